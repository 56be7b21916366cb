/** What is on Volvo's wire, as tolerant as it has to be: unknown members pass, a bad member spoils only itself. */
import { z } from 'zod'

const members = z.record(z.string(), z.unknown())
export type Members = z.infer<typeof members>

const optionalText = z.string().optional().catch(undefined)

/** Connected Vehicle, Energy v1 and Location wrap in `data`; missing or empty means that the car has no such thing. */
export const envelope = z.looseObject({ data: z.union([members, z.array(z.unknown()), z.literal(''), z.null()]).optional() })

/** Volvo: Energy v2 state, no wrapper; one with it is accepted as well. */
export const energyState = members.transform((body) => members.safeParse(body.data).data ?? body)

/** A data point of Energy v2; a failed one has a code instead of a value. */
export const energyPoint = z.looseObject({ status: optionalText, code: optionalText, value: z.unknown().optional() })

/** A data point of Connected Vehicle and Energy v1. */
export const point = z.looseObject({
  value: z.unknown().optional(),
  unit: z.unknown().optional(),
  timestamp: z.unknown().optional(),
})

export const listedVehicle = z.looseObject({ vin: z.string().min(1) })

export const details = z.looseObject({
  modelYear: z.unknown().optional(),
  gearbox: optionalText,
  fuelType: optionalText,
  externalColour: optionalText,
  batteryCapacityKWH: z.unknown().optional(),
  images: z.looseObject({ exteriorImageUrl: optionalText, internalImageUrl: optionalText }).optional().catch(undefined),
  descriptions: z
    .looseObject({ model: optionalText, upholstery: optionalText, steering: optionalText })
    .optional()
    .catch(undefined),
})
export type Details = z.infer<typeof details>

export const listedCommand = z.looseObject({ command: z.string(), href: optionalText })

export const energyCapabilities = z.looseObject({ getEnergyState: members })
export const supported = z.looseObject({ isSupported: z.boolean() })

export const location = z.looseObject({
  type: z.literal('Feature'),
  geometry: z.looseObject({ type: z.literal('Point'), coordinates: z.array(z.unknown()) }),
  properties: members.optional().catch(undefined),
})

/** The answer of a command; the wrapper is missing in one of Volvo's own documents. */
const invocation = z.looseObject({
  invokeStatus: z.string(),
  message: optionalText,
  readyToUnlock: z.boolean().optional().catch(undefined),
  readyToUnlockUntil: z.unknown().optional(),
})
export type Invocation = z.infer<typeof invocation>
export const commandAnswer = z.union([z.looseObject({ data: invocation }).transform(({ data }) => data), invocation])

/** What `raw` takes: any path below `commands/`. */
export const rawParams = z.strictObject({
  path: z.string().regex(/^[a-z-]+$/, 'must be lower-case letters and hyphens'),
  body: members.optional(),
})
