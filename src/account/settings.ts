/** What an account is told by its dialog. Bad values name the first bad field. */
import { z } from 'zod'
import { basePattern } from '../providers/mqtt/topics'
import type { ProviderCredentials, ProviderSettings } from '../providers/kit'
import type { KnownProvider } from '../providers/registry'
import { DrivewayError } from '../vehicle/causes'
import { commandIds, type CommandId } from '../vehicle/commands'
import { readGiven } from '../vehicle/params'
import { signalGroups } from '../vehicle/signals'

const slugPattern = /^[a-z0-9_-]+$/

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

/** What is left empty is absent; a tick is the text `true`. */
const ownTexts = (given: unknown): unknown =>
  typeof given === 'object' && given !== null
    ? Object.fromEntries(
        Object.entries(given).flatMap(([key, value]) =>
          value === undefined || value === null || value === '' || value === false ? [] : [[key, `${value as string}`.trim()]],
        ),
      )
    : given

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone })
    return true
  } catch {
    return false
  }
}

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
    provider: z.enum(['volvo', 'stellantis', 'invers', 'mqtt'], { error: 'must be volvo, stellantis, invers or mqtt' }),
    server: z.enum(['production', 'simulator', 'custom']).default('production'),
    url: optionalUrl,
    authUrl: optionalUrl,
    api: z.preprocess(
      (value) => (value === '' ? undefined : value),
      z.enum(['v1', 'v2', 'v4'], { error: 'must be v1, v2 or v4' }).optional(),
    ),
    vehicles: z.array(listedCar).default([]),
    allow: z.array(z.enum(commandIds as [CommandId, ...CommandId[]])).default([]),
    scopes: optionalText.transform((list) => list?.split(/[\s,]+/).filter(Boolean)),
    quotaPerDay: number(z.number().int().min(1)),
    commandReserve: number(z.number().min(0).max(90)).transform((percent) => percent ?? 5),
    freshness: z.partialRecord(z.enum(signalGroups as unknown as [string, ...string[]]), number(z.number().min(1))).default({}),
    redirectUri: optionalText,
    timeZone: optionalText
      .refine((zone) => zone === undefined || isTimeZone(zone), 'must be a time zone such as Europe/Stockholm')
      .transform((zone) => zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone),
    /** Where clouds reach this Node-RED from outside, for webhooks. */
    publicUrl: optionalUrl,
    own: z.preprocess(ownTexts, z.record(z.string(), z.string())).default({}),
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

/** Fields that only one provider has; the dialog keeps them beside the others. */
const ownFields = [
  'brand',
  'realm',
  'environment',
  'userId',
  'partnerId',
  'customerContext',
  'headerMode',
  'grant',
  'locale',
  'speedUnit',
  'statePath',
  'fleetId',
  'cursorField',
  'cursorParam',
  'commandTimeout',
  'amqpUrl',
  'amqpVhost',
  'amqpQueues',
] as const

export type AccountSettings = z.infer<typeof schema>

/** An account that signs in to a cloud; the others read another Driveway. */
export type CloudSettings = AccountSettings & { provider: KnownProvider }
export const isOfCloud = (settings: AccountSettings): settings is CloudSettings => settings.provider !== 'mqtt'

export type AccountCredentials = ProviderCredentials

/** What the provider's kit wants to know of the account. */
export const providerSettings = ({ api, timeZone, own, vehicles }: AccountSettings): ProviderSettings => ({
  api: api ?? '',
  timeZone,
  steering: Object.fromEntries(vehicles.flatMap(({ id, steering }) => (steering ? [[id, steering]] : []))),
  own,
})

/** Reads the dialog's fields; throws `INVALID_CONFIG` naming the first bad one. */
export function readSettings(given: unknown): AccountSettings {
  const read = readGiven(schema, withOwn(given))
  if ('value' in read) return read.value
  throw invalidConfig(`The account's ${inDialogWords(read.where) || 'settings'} ${read.why}`)
}

/** Fields as the dialog labels them; those that are not here have a label that is their name. */
export const fieldLabels: Readonly<Record<string, string>> = {
  url: 'API address',
  authUrl: 'sign-in address',
  publicUrl: 'public address',
  timeZone: 'time zone',
  quotaPerDay: 'calls a day',
  commandReserve: 'share kept for commands',
  sourceBase: 'source topic',
  broker: 'MQTT broker',
  vehicles: 'cars',
  id: 'VIN or id',
  slug: 'short name',
}

const inDialogWords = (where: string): string =>
  where
    .split(' ')
    .map((part) => fieldLabels[part] ?? part)
    .join(' ')

/** The provider's own fields, which dialogs keep at the top, in a place of their own. */
function withOwn(given: unknown): unknown {
  if (typeof given !== 'object' || given === null) return given
  const fields = given as Readonly<Record<string, unknown>>
  return { ...fields, own: Object.fromEntries(ownFields.map((name) => [name, fields[name]])) }
}

export const invalidConfig = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Complete the account.' })
