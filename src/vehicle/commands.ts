/** The command catalogue: what a car can be asked to do, once. Each provider's folder holds its own names for them. */
import { z } from 'zod'
import type { SignalGroup } from './signals'

export interface Command {
  label: string
  /** Sent from a message or a topic only when the account's `allow` lists it. */
  guarded?: true
  params: z.ZodType<Record<string, unknown>>
  /** What it changes in the car: read again a little later, because most clouds answer without the new state. */
  touches?: readonly SignalGroup[]
}

/** What a car that was woken tells first. */
const livelyGroups: readonly SignalGroup[] = ['vehicle', 'battery', 'charging', 'fuel', 'lock', 'doors', 'position']

const none = z.strictObject({})
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time of day such as 22:30')
const weekdays = z
  .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
  .min(1)
  .max(7)
  .refine((days) => new Set(days).size === days.length, 'must not name a day twice')

const address = z.strictObject({
  houseNumber: z.string().optional(),
  postalCode: z.int().optional(),
  street: z.string().optional(),
  city: z.string().optional(),
  country: z.string().optional(),
  province: z.string().optional(),
})

const destination = z.strictObject({
  latitude: z.number().min(-90).max(90),
  longitude: z.number().min(-180).max(180),
  name: z.string().optional(),
  category: z.string().optional(),
  description: z.string().optional(),
  phone: z.string().optional(),
  url: z.string().optional(),
  placeId: z.int().optional(),
  address: address.optional(),
})

const table = {
  lock: { label: 'Lock', params: none, touches: ['lock'] },
  unlock: { label: 'Unlock', guarded: true, params: none, touches: ['lock'] },
  'lock-reduced-guard': { label: 'Lock with reduced alarm', params: none, touches: ['lock'] },
  honk: { label: 'Honk', params: none },
  'honk-stop': { label: 'Stop honking', params: none },
  flash: { label: 'Flash the lights', params: none },
  'flash-stop': { label: 'Stop flashing', params: none },
  'honk-flash': { label: 'Honk and flash', params: none },
  'climate-start': { label: 'Start the climate', params: none, touches: ['climate'] },
  'climate-stop': { label: 'Stop the climate', params: none, touches: ['climate'] },
  'climate-schedule': {
    label: 'Set a climate program',
    params: z.strictObject({
      slot: z.int().min(1).max(4),
      start: timeOfDay,
      days: weekdays,
      enabled: z.boolean(),
      temperature: z.number().optional(),
      repeat: z.enum(['daily', 'once']).optional(),
    }),
  },
  'climate-schedule-delete': { label: 'Delete a climate program', params: z.strictObject({ slot: z.int().min(1).max(4) }) },
  'climate-settings': {
    label: 'Set the climate',
    // No cloud tells a range; 16 to 30 °C is what cars offer on their own screens.
    params: z.strictObject({
      temperature: z.number().min(16).max(30),
      mode: z.enum(['auto', 'manual']).default('auto'),
      enabled: z.boolean().default(true),
    }),
  },
  'engine-start': {
    label: 'Start the engine',
    guarded: true,
    params: z.strictObject({ minutes: z.int().min(1).max(15) }),
    touches: ['engine'],
  },
  'engine-stop': { label: 'Stop the engine', params: none, touches: ['engine'] },
  'charge-start': { label: 'Start charging', params: none, touches: ['charging'] },
  'charge-stop': { label: 'Stop charging', params: none, touches: ['charging'] },
  'charge-limit': {
    label: 'Set the charge limit',
    params: z.strictObject({ percent: z.literal([80, 100]) }),
    touches: ['charging'],
  },
  'charge-power': {
    label: 'Set the charging power',
    params: z.strictObject({ level: z.int().min(1).max(5) }),
    touches: ['charging'],
  },
  'charge-schedule': {
    label: 'Set a charging program',
    params: z.strictObject({
      slot: z.int().min(1).max(2),
      start: timeOfDay,
      end: timeOfDay.optional(),
      days: weekdays,
      enabled: z.boolean(),
      toFull: z.boolean().optional(),
      minimum: z.int().min(0).max(50).optional(),
      maximum: z.int().min(0).max(100).optional(),
      kind: z.enum(['regular', 'cooperative']).optional(),
    }),
  },
  'charge-schedule-delete': { label: 'Delete a charging program', params: z.strictObject({ slot: z.int().min(1).max(2) }) },
  'charge-defer': {
    label: 'Charge later',
    params: z
      .strictObject({ start: timeOfDay.optional(), end: timeOfDay.optional(), toFull: z.boolean().optional() })
      .refine((given) => given.start !== undefined || given.end !== undefined, {
        path: ['start'],
        message: 'or end must be given',
      }),
  },
  'wake-up': { label: 'Wake up', params: none, touches: livelyGroups },
  refresh: { label: 'Ask the car for fresh state', params: none, touches: livelyGroups },
  'send-destination': { label: 'Send a destination', params: z.strictObject({ positions: z.array(destination).min(1).max(10) }) },
  find: { label: 'Find the car', params: none },
  immobilise: { label: 'Immobilise', guarded: true, params: none },
  release: { label: 'Release the immobiliser', guarded: true, params: none },
  'stolen-report': { label: 'Report stolen or found', guarded: true, params: z.strictObject({ stolen: z.boolean() }) },
  'crank-inhibit': { label: 'Forbid or permit starting', guarded: true, params: z.strictObject({ active: z.boolean() }) },
  'alarm-suppress': {
    label: 'Suppress the theft alarm',
    guarded: true,
    params: z.strictObject({ hours: z.literal([2, 4, 12, 24, 72, 168]) }),
  },
  'alarm-resume': { label: 'Resume the theft alarm', params: none },
  'alarm-confirm': { label: 'Confirm or deny a theft', guarded: true, params: z.strictObject({ theft: z.boolean() }) },
  'delete-personal-data': {
    label: 'Delete personal data in the car',
    guarded: true,
    params: z.strictObject({ confirm: z.literal(true) }),
  },
  'enable-driving': { label: 'Enable driving', guarded: true, params: none },
  'disable-driving': { label: 'Disable driving', guarded: true, params: none },
  'unlock-and-enable-driving': { label: 'Unlock and enable driving', guarded: true, params: none },
  'lock-and-disable-driving': { label: 'Lock and disable driving', guarded: true, params: none },
  'unlock-top-case': { label: 'Unlock the top case', guarded: true, params: none, touches: ['lock'] },
  'lock-top-case': { label: 'Lock the top case', params: none, touches: ['lock'] },
  'draw-attention': { label: 'Draw attention', params: none },
  'unlock-battery-compartment': { label: 'Unlock the battery compartment', guarded: true, params: none },
  // What `raw` takes differs from cloud to cloud, so its provider checks it.
  raw: { label: 'Send as it is', guarded: true, params: z.record(z.string(), z.unknown()) },
} satisfies Record<string, Command>

export type CommandId = keyof typeof table
export type CommandParams = Record<string, unknown>

export const commands: Readonly<Record<CommandId, Command>> = table
export const commandIds = Object.keys(table) as CommandId[]
export const isCommandId = (text: unknown): text is CommandId => typeof text === 'string' && Object.hasOwn(table, text)
export const isGuarded = (id: CommandId): boolean => commands[id].guarded === true
