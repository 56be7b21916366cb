/** What is on INVERS' wire, as tolerant as it has to be: unknown members pass, a bad member spoils only itself. */
import { z } from 'zod'

const members = z.record(z.string(), z.unknown())
export type Members = z.infer<typeof members>

export const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const optionalText = z.string().optional().catch(undefined)
const optionalMembers = members.optional().catch(undefined)
const texts = z.array(z.string().catch('')).optional().catch(undefined)

/** A status in a vehicle object, with the time of its last change. */
const status = z.looseObject({ value: z.unknown(), modified_at: z.unknown().optional() }).optional().catch(undefined)

/** Ids are opaque, but they stand in paths: dots alone would lead elsewhere, half a character cannot be written. */
const isPartOfPath = (id: string): boolean => id !== '.' && id !== '..' && !/\p{Surrogate}/u.test(id)

/** INVERS: vehicle management. */
export const vehicleObject = z.looseObject({
  id: z.string().min(1).refine(isPartOfPath),
  last_contact_at: optionalText,
  master_data: optionalMembers,
  life_status: status,
  operation_status: status,
  rental_status: status,
  capabilities: z.looseObject({ commands: texts, vehicle_state: texts }).optional().catch(undefined),
})
export type VehicleObject = z.infer<typeof vehicleObject>

/** INVERS: error model; the shape of RFC 9457 with two members more. */
export const problem = z.looseObject({ type: optionalText, detail: optionalText, flow_id: optionalText })

/** What `raw` takes: any command name. */
export const rawParams = z.strictObject({
  command: z.string().regex(/^[a-z][a-z-]*$/, 'must be lower-case letters and hyphens'),
})
