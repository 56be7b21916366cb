/** A monitor as a person sets it up. What is wrong is told in plain words, with the field and the trigger it is in. */
import { z } from 'zod'
import type { CloudAction, Transport } from '../providers/monitors'
import type { Generation } from '../providers/stellantis/operands'
import { DrivewayError } from '../vehicle/causes'
import { isCommandId } from '../vehicle/commands'
import { readGiven } from '../vehicle/params'
import { days } from '../clock'
import { askedOf, isExtension, type Venue } from './asked'
import { ExpressionError, readExpression, triggerName, type Expression } from './expression'
import { isTimeZone, longestDaily, readDuration, readInstant, readWeeks } from './times'
import { operators, weekdays, type DataTrigger, type TimeEntry, type Trigger } from './trigger'

/** In the provider's cloud; on the stream of events that a provider sends; here, on all that polling and pushes bring. */
export type Where = 'provider' | 'stream' | 'local'

export interface MonitorDefinition {
  label: string
  where: Where
  triggers: readonly Trigger[]
  expression: Expression
  /** Seconds; absent: no reminders. */
  refreshEvery?: number
  /** Extra data that the provider shall send with the event. */
  extend: readonly string[]
  /** What the provider does by itself. */
  actions: readonly CloudAction[]
  /** It does so with reminders too. */
  actOnRefresh: boolean
  transport: Transport
  /** Push: device tokens. */
  devices: readonly string[]
}

const text = z.preprocess((given) => (given === null || given === undefined ? '' : given), z.string().trim())
const list = <T extends z.ZodType>(entry: T) =>
  z.preprocess((given) => (given === '' || given === null || given === undefined ? [] : given), z.array(entry))
const optionalNumber = (inner: z.ZodNumber) =>
  z.preprocess(
    (given) => (given === '' || given === null ? undefined : typeof given === 'string' ? Number(given) : given),
    inner.optional(),
  )

const fields = z.object({
  label: text.pipe(z.string().max(100)),
  where: z.enum(['provider', 'stream', 'local']).default('local'),
  triggers: z.array(z.unknown()).min(1, 'must have 1 to 5 entries').max(5, 'must have 1 to 5 entries'),
  expression: text,
  refreshEvery: optionalNumber(z.number().int().min(60)),
  extend: list(z.string()),
  actions: list(z.unknown()),
  actOnRefresh: z.preprocess((given) => given ?? false, z.boolean()),
  transport: z.preprocess((given) => given || 'webhook', z.enum(['webhook', 'websocket', 'push'])),
  devices: list(z.string().trim().min(1)),
})

/** Numbers and switches of dialogs and messages are texts on the wire. */
const value = z.preprocess(
  (given) => (typeof given === 'number' || typeof given === 'boolean' ? String(given) : given),
  z.string().trim(),
)
const values = z.preprocess(
  (given) => (given === '' || given === null || given === undefined ? [] : Array.isArray(given) ? (given as unknown[]) : [given]),
  z.array(value),
)
const wantedNumber = (inner: z.ZodNumber) =>
  z.preprocess((given) => (typeof given === 'string' && given.trim() !== '' ? Number(given) : given), inner)
const name = z.string().regex(triggerName, 'must be letters, then a dot or underscore if wanted, then digits')

const shapes = {
  data: z.object({
    name,
    kind: z.literal('data'),
    data: z.string().min(1),
    op: z.enum(operators),
    value: values,
    previous: z.preprocess(
      (given) => (given === null || given === '' ? undefined : given),
      z.object({ op: z.enum(['equalsTo', 'includedIn']), value: values }).optional(),
    ),
  }),
  zone: z.object({
    name,
    kind: z.literal('zone'),
    transition: z.enum(['In', 'Out']),
    place: z.object({
      radius: wantedNumber(z.number().positive().max(20_100)),
      center: z.object({
        latitude: wantedNumber(z.number().min(-90).max(90)),
        longitude: wantedNumber(z.number().min(-180).max(180)),
      }),
    }),
  }),
  time: z.object({
    name,
    kind: z.literal('time'),
    times: z.array(z.unknown()).min(1),
    // Stellantis: the default of the wire.
    timeZone: z.preprocess(
      (given) => given || 'Europe/Paris',
      z.string().refine(isTimeZone, 'is no time zone that is known here'),
    ),
  }),
  setting: z.object({ name, kind: z.literal('setting'), type: z.enum(['DigitalKey', 'LastMileNavigation']) }),
}

const ofDay = (start: string) => (readDuration(start) ?? Infinity) < days(1)
const lasting = (duration: string) => (readDuration(duration) ?? 0) > 0
const notADuration = 'must be a duration such as PT8H'

const daily = z.object({
  recurrence: z.literal('Daily'),
  start: z.string().refine(ofDay, 'must be a time of day such as PT22H30M'),
  duration: z
    .string()
    .refine(lasting, notADuration)
    .refine((given) => (readDuration(given) ?? 0) <= longestDaily, 'must be at most 7 days'),
  occurrence: z
    .object({
      day: list(z.enum(weekdays)),
      week: list(z.string().refine((given) => readWeeks(given) !== undefined, 'must be weeks such as w30 or w1-w25')),
    })
    .optional(),
})

const single = z.object({
  recurrence: z.literal('None'),
  start: z.string().refine((given) => readInstant(given) !== undefined, 'must be a moment such as 2026-07-01T08:00:00Z'),
  duration: z.preprocess((given) => given || undefined, z.string().refine(lasting, notADuration).optional()),
  // Stellantis: refused as an invalid parameter.
  occurrence: z.undefined({ error: 'goes only with a time of each day' }).optional(),
})

const actionShapes = {
  Notify: z.object({ type: z.literal('Notify') }),
  Remote: z.object({
    type: z.literal('Remote'),
    command: z.string().refine(isCommandId, 'is no command that is known'),
    params: z.record(z.string(), z.unknown()).optional(),
  }),
  Monitor: z.object({
    type: z.literal('Monitor'),
    changeType: z.enum(['Pause', 'Resume', 'Delete']),
    monitorId: z.preprocess((given) => given || undefined, z.string().optional()),
  }),
}

/**
 * Reads the fields of a monitor. `generation`: of the provider's interface, for monitors that live in its cloud. Throws
 * `INVALID_CONFIG` with the first field that is wrong, and why.
 */
export function readMonitor(given: unknown, generation: Generation = 'v4'): MonitorDefinition {
  const read = readOr(fields, given, '')
  const venue: Venue = read.where === 'provider' ? generation : 'local'
  const triggers = read.triggers.map((trigger, index) => readTrigger(trigger, index, venue))
  const names = triggers.map(({ name }) => name)
  const twice = names.find((name, index) => names.indexOf(name) !== index)
  if (twice !== undefined) throw wrong(`list has two triggers named "${twice}"`)
  const definition: MonitorDefinition = {
    label: read.label || 'Monitor',
    where: read.where,
    triggers,
    expression: expressionOf(read.expression, names),
    ...(read.refreshEvery !== undefined && { refreshEvery: read.refreshEvery }),
    extend: read.extend,
    actions: read.actions.map(readAction),
    actOnRefresh: read.actOnRefresh,
    transport: read.transport,
    devices: read.devices,
  }
  const reason = read.where === 'provider' ? unfitForCloud(definition, generation) : undefined
  if (reason) throw wrong(reason)
  return definition
}

/** The same rules, for a field that is checked while it is typed. Throws `INVALID_CONFIG`. */
function expressionOf(given: string, names: readonly string[]): Expression {
  const [only, ...others] = names
  // One trigger needs no expression.
  const written = given === '' && only !== undefined && others.length === 0 ? only : given
  try {
    return readExpression(written, names)
  } catch (error) {
    if (error instanceof ExpressionError) throw wrong(`expression ${error.message}`)
    throw error
  }
}

const kinds = Object.keys(shapes) as (keyof typeof shapes)[]

function readTrigger(given: unknown, index: number, venue: Venue): Trigger {
  const { name: called, kind } = (given ?? {}) as { name?: unknown; kind?: unknown }
  const place = typeof called === 'string' && called ? `trigger "${called.slice(0, 40)}"` : `trigger no. ${index + 1}`
  const shape = kinds.find((known) => known === kind)
  if (!shape) throw wrong(`${place} kind must be ${kinds.join(', ')}`)
  if (shape === 'data') return dataTrigger(readOr(shapes.data, given, place), place, venue)
  if (shape === 'zone') return readOr(shapes.zone, given, place)
  if (shape === 'setting') {
    if (venue === 'local') throw wrong(`${place} watches a setting, which only the provider can (where: provider)`)
    return readOr(shapes.setting, given, place)
  }
  const { times, ...rest } = readOr(shapes.time, given, place)
  return { ...rest, times: times.map((entry, at) => readTime(entry, `${place} times no. ${at + 1}`)) }
}

function readTime(given: unknown, place: string): TimeEntry {
  const { recurrence = 'Daily', ...rest } = (given ?? {}) as { recurrence?: unknown }
  if (recurrence === 'None') {
    const { start, duration } = readOr(single, { ...rest, recurrence }, place)
    return { recurrence, start, ...(duration !== undefined && { duration }) }
  }
  if (recurrence !== 'Daily') throw wrong(`${place} recurrence must be Daily or None`)
  const { start, duration, occurrence } = readOr(daily, { ...rest, recurrence }, place)
  const { day, week } = occurrence ?? { day: [], week: [] }
  const chosen = { ...(day.length > 0 && { day }), ...(week.length > 0 && { week }) }
  return { recurrence, start, duration, ...(Object.keys(chosen).length > 0 && { occurrence: chosen }) }
}

function dataTrigger(trigger: DataTrigger, place: string, venue: Venue): DataTrigger {
  const { data, op, value, previous } = trigger
  const asked = askedOf(data, venue)
  if (typeof asked === 'string') throw wrong(`${place} data "${data.slice(0, 80)}" ${asked}`)
  if (!asked.operators.includes(op)) throw wrong(`${place} op cannot be ${op} for ${data}: ${orNone(asked.operators)}`)
  const check = (field: string, how: string, given: readonly string[]) => {
    if (how === 'onChange' && given.length > 0) throw wrong(`${place} ${field} must be empty: any change counts`)
    if (how === 'includedIn' && given.length === 0) throw wrong(`${place} ${field} must have at least one entry`)
    if (how !== 'onChange' && how !== 'includedIn' && given.length !== 1) throw wrong(`${place} ${field} must be exactly one`)
    for (const one of given) {
      const reason = asked.wrong(one)
      if (reason) throw wrong(`${place} ${field} "${one.slice(0, 40)}" ${reason}`)
    }
  }
  check('value', op, value)
  if (!previous) return { name: trigger.name, kind: 'data', data, op, value }
  if (!asked.previous.includes(previous.op))
    throw wrong(`${place} previous cannot be ${previous.op} for ${data}: ${orNone(asked.previous)}`)
  check('previous value', previous.op, previous.value)
  return trigger
}

const orNone = (words: readonly string[]): string => (words.length ? `there is ${words.join(', ')}` : 'there is none')

function readAction(given: unknown, index: number): CloudAction {
  const place = `actions no. ${index + 1}`
  const { type } = (given ?? {}) as { type?: unknown }
  if (type === 'Notify') return readOr(actionShapes.Notify, given, place)
  if (type === 'Remote') return readOr(actionShapes.Remote, given, place)
  if (type === 'Monitor') return readOr(actionShapes.Monitor, given, place)
  throw wrong(`${place} type must be Notify, Remote or Monitor`)
}

/** What the cloud would refuse [stellantis.md 4.3, 4.4, 4.6]. */
function unfitForCloud(definition: MonitorDefinition, generation: Generation): string | undefined {
  const { triggers, expression, extend, actions, transport, devices } = definition
  for (const { name, ...trigger } of triggers) {
    if (trigger.kind === 'setting' && generation === 'v4')
      return `trigger "${name}" watches a setting, which only the interface v1 can`
    if (trigger.kind === 'setting' && triggers.length > 1) return `trigger "${name}" watches a setting and must be the only one`
    if (trigger.kind === 'setting' && expression.is !== 'name')
      return `expression may only be "${name}" where a setting is watched`
    if (trigger.kind === 'zone' && !Number.isInteger(trigger.place.radius))
      return `trigger "${name}" radius must be whole kilometres in the provider's cloud`
  }
  const strange = extend.find((extension) => !isExtension(extension, generation))
  if (strange !== undefined) return `extend "${strange.slice(0, 60)}" is not known in the provider's interface ${generation}`
  if (actions.length > 0 && generation === 'v4') return 'actions are known only in the interface v1 of the provider'
  if (transport === 'push' && devices.length === 0) return 'devices must name at least one device to push to'
  return undefined
}

function readOr<T>(schema: z.ZodType<T>, given: unknown, place: string): T {
  const read = readGiven(schema, given)
  if ('value' in read) return read.value
  throw wrong([place, read.where, read.why].filter(Boolean).join(' '))
}

const wrong = (reason: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message: `The monitor's ${reason}`, action: 'Correct the monitor.' })
