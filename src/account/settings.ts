/** What an account is told by its dialog. Bad values name the first bad field. */
import { z } from 'zod'
import { basePattern } from '../providers/mqtt/topics'
import type { KnownProvider } from '../providers/registry'
import { DrivewayError } from '../vehicle/causes'
import { commandIds, type CommandId } from '../vehicle/commands'
import { readGiven } from '../vehicle/params'
import { signalGroups } from '../vehicle/signals'

export const slugPattern = /^[a-z0-9_-]+$/

/** Dialogs hand over numbers as texts, and an empty text where nothing was filled in. */
const number = (inner: z.ZodNumber) =>
  z.preprocess(
    (value) => (typeof value !== 'string' ? (value ?? undefined) : value.trim() === '' ? undefined : Number(value)),
    inner.optional(),
  )

const optionalText = z.preprocess((value) => (value === '' || value === null ? undefined : value), z.string().optional())
const optionalUrl = z.preprocess(
  (value) => (value === '' || value === null ? undefined : value),
  z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).optional(),
)

const listedCar = z.object({
  id: z.string().min(1),
  slug: z.preprocess(
    (value) => (value === '' ? undefined : value),
    z
      .string()
      .regex(slugPattern, 'may only have a-z, 0-9, _ and -')
      .refine((slug) => slug !== 'bridge', 'must not be "bridge", that name is taken')
      .optional(),
  ),
  label: optionalText,
  steering: z.preprocess((value) => (value === '' ? undefined : value), z.enum(['left', 'right']).optional()),
})

const schema = z
  .object({
    name: optionalText,
    provider: z.enum(['volvo', 'mqtt'], { error: 'must be volvo or mqtt' }),
    server: z.enum(['production', 'simulator', 'custom']).default('production'),
    url: optionalUrl,
    authUrl: optionalUrl,
    api: z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.enum(['v1', 'v2'], { error: 'must be v1 or v2' }).optional(),
    ),
    vehicles: z.array(listedCar).default([]),
    allow: z.array(z.enum(commandIds as [CommandId, ...CommandId[]])).default([]),
    scopes: optionalText.transform((list) => list?.split(/[\s,]+/).filter(Boolean)),
    quotaPerDay: number(z.number().int().min(1)),
    commandReserve: number(z.number().min(0).max(90)).transform((percent) => percent ?? 5),
    freshness: z.partialRecord(z.enum(signalGroups as unknown as [string, ...string[]]), number(z.number().min(1))).default({}),
    redirectUri: optionalText,
    /** Provider `mqtt`: the `driveway-mqtt` node to read through, and the base topic of the other Driveway. */
    broker: optionalText,
    sourceBase: optionalText.pipe(
      z.string().regex(basePattern, 'must be a topic without spaces, wildcards and empty levels').default('driveway'),
    ),
  })
  .refine((given) => given.provider !== 'mqtt' || given.broker !== undefined, {
    path: ['broker'],
    message: 'is needed to read another Driveway',
  })
  .refine((given) => given.server !== 'custom' || given.provider === 'mqtt' || given.url !== undefined, {
    path: ['url'],
    message: 'is needed with a custom server',
  })

export type AccountSettings = z.infer<typeof schema>

/** An account that signs in to a cloud; the others read another Driveway. */
export type CloudSettings = AccountSettings & { provider: KnownProvider }
export const isOfCloud = (settings: AccountSettings): settings is CloudSettings => settings.provider !== 'mqtt'

export interface AccountCredentials {
  apiKey?: string
  clientId?: string
  clientSecret?: string
  accessToken?: string
  refreshToken?: string
}

/** Reads the dialog's fields; throws `INVALID_CONFIG` naming the first bad one. */
export function readSettings(given: unknown): AccountSettings {
  const read = readGiven(schema, given)
  if ('value' in read) return read.value
  throw invalidConfig(`The account's ${read.where || 'settings'} ${read.why}`)
}

export const invalidConfig = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Complete the account.' })
