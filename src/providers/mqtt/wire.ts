/** What another Driveway writes on its topics; tolerant of what a newer one adds. */
import { z } from 'zod'
import { causeCodes } from '../../vehicle/causes'
import { finalPhases, progressPhases } from '../../vehicle/outcome'

const time = z.iso.datetime()
const text = z.string().max(500)

/** `<base>/bridge/<instance>/info` */
export const infoWire = z.object({
  accounts: z.array(z.object({ vehicles: z.array(z.string()).catch([]) })).catch([]),
})

/** `<base>/<car>/meta` */
export const metaWire = z.object({
  label: text.optional().catch(undefined),
  model: text.optional().catch(undefined),
  year: z.int().optional().catch(undefined),
  energy: text.optional().catch(undefined),
  capabilities: z
    .object({
      commands: z.array(z.string()).optional().catch(undefined),
      unlisted: z.array(z.string()).optional().catch(undefined),
    })
    .catch({ commands: undefined, unlisted: undefined }),
})
export type MetaWire = z.infer<typeof metaWire>

/** `<base>/<car>/state`: groups of signals beside `v` and the times. */
export const stateWire = z.looseObject({ observedAt: time })
export type StateWire = z.infer<typeof stateWire>

/** `<base>/<car>/event/<name>` */
export const eventWire = z.object({
  id: z.string().min(1).max(100),
  name: z.string(),
  observedAt: time,
  receivedAt: time,
  detectedWithin: z.number().min(0),
  source: z.enum(['poll', 'push']).catch('push'),
  late: z.boolean().catch(false),
  changes: z.array(z.object({ signal: z.string(), from: z.unknown(), to: z.unknown() })).catch([]),
  details: z.record(z.string(), z.unknown()).optional().catch(undefined),
})
export type EventWire = z.infer<typeof eventWire>

const provider = z.looseObject({}).optional().catch(undefined)

const cause = z.object({
  code: z.enum(causeCodes).catch('PROVIDER_ERROR'),
  message: text.catch('The other Driveway gave no reason'),
  retryAfter: z.number().min(0).optional().catch(undefined),
  action: text.optional().catch(undefined),
  provider,
})

/** `<base>/<car>/result/<command>`: one message per phase. */
export const outcomeWire = z.object({
  id: z.string().min(1),
  phase: z.enum([...progressPhases, ...finalPhases]),
  cause: cause.optional().catch(undefined),
  provider,
  state: z.record(z.string(), z.unknown()).optional().catch(undefined),
})
export type OutcomeWire = z.infer<typeof outcomeWire>

/** Longer messages are none of another Driveway's. */
const longest = 1024 * 1024

/** The JSON of a message as `schema` reads it; undefined where it is none. */
export function readJson<T>(payload: Buffer, schema: z.ZodType<T>): T | undefined {
  if (payload.length > longest) return undefined
  try {
    const read = schema.safeParse(JSON.parse(payload.toString('utf8')))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
