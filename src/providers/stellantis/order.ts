/** Stellantis: an order in the words of the wire. v1 puts the one action below `action`, v4 beside the label. */
import type { Cause } from '../../vehicle/causes'
import { commands, type CommandId, type CommandParams } from '../../vehicle/commands'
import type { Order } from '../provider'
import { asDuration } from './durations'
import type { Generation } from './settings'
import { isMembers, type Members } from './wire'
import { weekDays, wireWords } from './words'

interface Form {
  /** The one action; a text is a sentence for people why these params cannot be said on this wire. */
  action(params: CommandParams): Members | string
  /** What header mode names and `MissingRights` means: `remote:<scope>:write`; absent: no source names one. */
  scope?: string
}

type Forms = Readonly<Partial<Record<CommandId, Form>>>

const time = (clock: unknown): string => asDuration(String(clock)) ?? ''
const dayList = (given: unknown): string[] => (given as string[]).flatMap((day) => wireWords(weekDays, day))
/** Without the members that were not given. */
const given = (members: Members): Members =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

const climate = (airConditioning: Members): Members => ({ preconditioning: { airConditioning } })
const charge = (inside: Members): Members => ({ charging: { charge: inside } })

const levels = ['Low', 'LowPlus', 'Med', 'MedPlus', 'High']
const suppressHours = [2, 4, 12, 24, 72, 168]

const v1: Forms = {
  lock: { action: () => ({ locking: { state: 'Locked' } }), scope: 'locking' },
  unlock: { action: () => ({ locking: { state: 'Unlocked' } }), scope: 'locking' },
  honk: { action: () => ({ horn: { state: 'Activated' } }), scope: 'horn' },
  'honk-stop': { action: () => ({ horn: { state: 'Unactivated' } }), scope: 'horn' },
  flash: { action: () => ({ lights: { state: 'Activated' } }), scope: 'lights' },
  'flash-stop': { action: () => ({ lights: { state: 'Unactivated' } }), scope: 'lights' },
  'climate-start': { action: () => climate({ immediate: true }), scope: 'preconditioning' },
  // Stellantis v1: that this stops it is inferred from charging.
  'climate-stop': { action: () => climate({ immediate: false }), scope: 'preconditioning' },
  'climate-schedule': { action: climateProgramV1, scope: 'preconditioning' },
  'climate-schedule-delete': {
    action: ({ slot }) => climate({ programs: [{ actionsType: 'Delete', slot }] }),
    scope: 'preconditioning',
  },
  'climate-settings': {
    action: ({ temperature, mode = 'auto', enabled = true }) =>
      climate({
        settings: {
          temp: temperature,
          mode: mode === 'manual' ? 'Manual' : 'Auto',
          state: enabled === false ? 'Unactivated' : 'Activated',
        },
      }),
    scope: 'preconditioning',
  },
  'charge-start': { action: () => charge({ deferred: { start: { immediate: true } } }), scope: 'charging' },
  // Stellantis v1: deprecated, and there is no newer form.
  'charge-stop': { action: () => charge({ immediate: false }), scope: 'charging' },
  'charge-limit': {
    action: ({ percent }) => charge({ settings: { chargeLimit: percent === 80 ? 'MedPlus' : 'High' } }),
    scope: 'charging',
  },
  'charge-power': {
    action: ({ level }) => charge({ settings: { chargePreferenceRate: levels[Number(level) - 1] } }),
    scope: 'charging',
  },
  'charge-schedule': { action: chargeProgramV1, scope: 'charging' },
  'charge-schedule-delete': {
    action: ({ slot }) => charge({ programs: [{ actionsType: 'Delete', slot }] }),
    scope: 'charging',
  },
  'charge-defer': { action: deferV1, scope: 'charging' },
  'wake-up': { action: () => ({ wakeup: { action: 'Wakeup' } }), scope: 'wakeUp' },
  refresh: { action: () => ({ wakeup: { action: 'Wakeup' } }), scope: 'wakeUp' },
  'send-destination': {
    action: ({ positions }) => ({ navigation: { positions: (positions as Destination[]).map(featureOf) } }),
    scope: 'navigation',
  },
  find: { action: () => ({ vehicleFinder: { action: 'GetPresentLocation' } }), scope: 'vehicleFinder' },
  immobilise: { action: () => ({ immobilization: { activate: true } }) },
  release: { action: () => ({ immobilization: { activate: false } }) },
  'stolen-report': { action: ({ stolen }) => ({ stolen: { state: stolen } }) },
  'crank-inhibit': { action: ({ active }) => ({ stolen: { crankInhibit: { activate: active } } }) },
  'alarm-suppress': {
    action: ({ hours }) => ({ tan: { suppress: { state: true, duration: suppressHours.indexOf(Number(hours)) } } }),
  },
  'alarm-resume': { action: () => ({ tan: { suppress: { state: false } } }) },
  'alarm-confirm': { action: ({ theft }) => ({ tan: { confirm: { state: theft } } }) },
  'delete-personal-data': { action: () => ({ onboardPersonalData: { action: 'Delete' } }), scope: 'onboardPersonalData' },
}

const v4: Forms = {
  lock: { action: () => ({ door: { state: 'Locked' } }), scope: 'door' },
  unlock: { action: () => ({ door: { state: 'Unlocked' } }), scope: 'door' },
  honk: { action: () => ({ horn: { state: 'Activated' } }), scope: 'horn' },
  'honk-stop': { action: () => ({ horn: { state: 'Unactivated' } }), scope: 'horn' },
  flash: { action: () => ({ lights: { on: true } }), scope: 'lights' },
  'flash-stop': { action: () => ({ lights: { on: false } }), scope: 'lights' },
  'climate-start': { action: () => climate({ immediate: true }), scope: 'preconditioning' },
  'climate-stop': { action: () => climate({ immediate: false }), scope: 'preconditioning' },
  'climate-schedule': { action: climateProgramV4, scope: 'preconditioning' },
  'climate-schedule-delete': {
    // Stellantis v4: `start` is required by the document, whatever is done with the program.
    action: ({ slot }) => climate({ programs: [{ actionsType: 'Delete', slot, start: 'PT0H0M' }] }),
    scope: 'preconditioning',
  },
  'charge-start': { action: () => ({ charging: { immediate: true } }), scope: 'charging' },
  'charge-stop': { action: () => ({ charging: { immediate: false } }), scope: 'charging' },
  'charge-limit': {
    action: ({ percent }) => ({ charging: { preferences: { type: percent === 80 ? 'Partial' : 'Full' } } }),
    scope: 'charging',
  },
  'charge-power': {
    action: ({ level }) => ({ charging: { preferences: { level: `Level${Number(level)}` } } }),
    scope: 'charging',
  },
  'charge-schedule': { action: chargeProgramV4, scope: 'charging' },
  'charge-defer': {
    action: ({ start, end, toFull }) => lacking({ end, toFull }) ?? { charging: { schedule: { nextDelayedTime: time(start) } } },
    scope: 'charging',
  },
  'wake-up': { action: () => ({ wakeUp: { action: 'WakeUp' } }), scope: 'wakeup' },
  refresh: { action: () => ({ wakeUp: { action: 'WakeUp' } }), scope: 'wakeup' },
  'send-destination': {
    // Stellantis v4: bare points; there is no place for names and addresses.
    action: ({ positions }) => ({
      navigation: {
        positions: (positions as Destination[]).map(({ latitude, longitude }) => ({
          type: 'Point',
          coordinates: [longitude, latitude],
        })),
      },
    }),
    scope: 'navigation',
  },
}

const forms: Readonly<Record<Generation, Forms>> = { v1, v4 }

/** What this generation has a word for, `raw` left out. */
export const commandsOf = (generation: Generation): CommandId[] => Object.keys(forms[generation]) as CommandId[]

/** Header mode names it in `X-CVS-Scope`. */
export function scopeOfCommand(command: CommandId, generation: Generation): string {
  const scope = forms[generation][command]?.scope
  return scope === undefined ? 'remote' : `remote:${scope}:write`
}

export interface Remote {
  body: Members
  /** By it the order is found again when its answer was lost; absent: it cannot be. */
  label?: string
}

/** What is sent; rejects nothing: a command that this wire has not, or params that it cannot say, is a cause. */
export function remoteOf({ id, command, params }: Order, generation: Generation): Remote | Cause {
  if (command === 'raw') return rawRemote(params, generation)
  const form = forms[generation][command]
  if (!form) return unsupported(command, generation)
  const action = form.action(params)
  if (typeof action === 'string') return invalid(`${commands[command].label}: ${action}`)
  const label = `${command} ${id}`.slice(0, 100)
  return { label, body: { label, ...wrapped(action, generation) } }
}

export const isCause = (made: Remote | Cause): made is Cause => 'code' in made

/** An action as a remote's body has it. */
export const wrapped = (action: Members, generation: Generation): Members => (generation === 'v1' ? { action } : action)

/** Members of a v4 body that are no action. */
const besideAction = ['label', 'attributes', 'callbackAttributes', 'extendedEventParam']

function rawRemote({ body, ...others }: CommandParams, generation: Generation): Remote | Cause {
  const inside = isMembers(body) ? (generation === 'v1' ? body.action : body) : undefined
  const actions = isMembers(inside)
    ? Object.keys(inside).filter((name) => generation === 'v1' || !besideAction.includes(name))
    : []
  if (!isMembers(body) || actions.length !== 1 || Object.keys(others).length > 0)
    return invalid(`${commands.raw.label}: body must be a whole remote with exactly one action`)
  return { body }
}

const invalid = (message: string): Cause => ({ code: 'INVALID_PARAMS', message, action: 'Check what the command was given.' })

const unsupported = (command: CommandId, generation: Generation): Cause => ({
  code: 'UNSUPPORTED',
  message: `Stellantis has no command to do this: ${commands[command].label}. It has: ${commandsOf(generation).join(', ')}.`,
  action: 'Choose a command the car has.',
})

/** The first that was given although this generation has no place for it. */
function lacking(params: CommandParams): string | undefined {
  const name = Object.keys(params).find((key) => params[key] !== undefined)
  return name === undefined ? undefined : `${name} cannot be told by this interface of Stellantis`
}

function climateProgramV1({ slot, start, days, enabled, temperature, repeat }: CommandParams): Members | string {
  if (temperature !== undefined && !Number.isInteger(temperature)) return 'temperature must be a whole number'
  const program = { actionsType: 'Set', slot, start: time(start), enabled, occurrence: { day: dayList(days) }, temp: temperature }
  return lacking({ repeat }) ?? climate({ programs: [given(program)] })
}

function climateProgramV4({ slot, start, days, enabled, temperature, repeat = 'daily' }: CommandParams): Members | string {
  // Stellantis v4: so spelt.
  const occurence = { day: dayList(days) }
  const recurrence = repeat === 'once' ? 'None' : 'Daily'
  const program = { slot, actionsType: 'Set', enabled, recurrence, start: time(start), occurence }
  return lacking({ temperature }) ?? climate({ programs: [program] })
}

function chargeProgramV1(params: CommandParams): Members {
  const { slot, start, end, days, enabled, toFull, minimum = 0, maximum = 100, kind } = params
  const program = {
    actionsType: 'Set',
    slot,
    enabled,
    start: time(start),
    end: end === undefined ? undefined : time(end),
    // Stellantis v1: to full unless told otherwise, which would leave a limit without effect.
    chargeToFull: toFull ?? maximum === 100,
    // Both levels are marked as required.
    minChargingLevel: minimum,
    maxChargingLevel: maximum,
    chargeType: kind === 'cooperative' ? 'Cooperative' : 'Regular',
    occurrence: { day: dayList(days) },
  }
  return charge({ programs: [given(program)] })
}

function chargeProgramV4({ start, end, days, enabled, toFull, minimum, maximum, kind }: CommandParams): Members | string {
  const program = {
    start: time(start),
    end: end === undefined ? undefined : time(end),
    enabled,
    occurence: { day: dayList(days) },
  }
  return lacking({ toFull, minimum, maximum, kind }) ?? { charging: { schedule: { programs: [given(program)] } } }
}

function deferV1({ start, end, toFull }: CommandParams): Members {
  return charge({
    deferred: given({
      start: start === undefined ? undefined : { startTime: time(start) },
      end:
        end === undefined && toFull === undefined
          ? undefined
          : given({ endTime: end === undefined ? undefined : time(end), chargeToFull: toFull ?? false }),
    }),
  })
}

interface Destination {
  latitude: number
  longitude: number
  name?: string
  category?: string
  description?: string
  phone?: string
  url?: string
  placeId?: number
  address?: {
    houseNumber?: string
    postalCode?: number
    street?: string
    city?: string
    country?: string
    province?: string
  }
}

function featureOf({ latitude, longitude, name, category, description, phone, url, placeId, address }: Destination): Members {
  const properties = given({
    name,
    category,
    description,
    phoneNumber: phone,
    url,
    placeid: placeId,
    address:
      address &&
      given({
        houseNumber: address.houseNumber,
        postalCode: address.postalCode,
        streetName: address.street,
        cityName: address.city,
        countryName: address.country,
        provinceName: address.province,
      }),
  })
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [longitude, latitude] }, properties }
}
