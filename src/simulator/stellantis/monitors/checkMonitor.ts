import { isTelemetryKind } from '../kinds'
import type { Generation } from '../listing'
import {
  occurrenceOf,
  type Condition,
  type DataBody,
  type MonitorBody,
  type OnEvent,
  type TimesBody,
  type TriggerBody,
} from './body'
import { constantOf, ExpressionError, namesIn, parseExpression } from './boolExp'
import { millisecondsOf, rfc3339, timeOfDay } from './durations'
import { operands, operatorsOf } from './operands'
import { isZone, weeksIn } from './times'

export interface Strictness {
  generation?: Generation
  /** False: also what the quick start sends and the specification forbids. */
  strict?: boolean
}

type Given = Record<string, unknown>

const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value)
const texts = (value: unknown): value is string[] => Array.isArray(value) && value.every((item) => typeof item === 'string')

/** Thrown by a rule that is broken; caught where the monitor is checked. */
class Broken extends Error {}

const must = (so: unknown, otherwise: string): void => {
  if (!so) throw new Broken(otherwise)
}

/** Why a monitor is refused; undefined when it is taken. Stellantis: rules of 4.3 to 4.6 */
export function checkMonitor(body: unknown, { generation = 'v1', strict = true }: Strictness = {}): string | undefined {
  try {
    check(body, generation, strict)
    return undefined
  } catch (error) {
    if (error instanceof Broken || error instanceof ExpressionError) return error.message
    throw error
  }
}

function check(body: unknown, generation: Generation, strict: boolean): void {
  must(isObject(body), 'the monitor must be an object')
  const given = body as Given
  must(typeof given.label === 'string' && given.label !== '', 'label is required')
  must(isObject(given.triggerParam), 'triggerParam is required')
  const monitor = given as unknown as MonitorBody
  const { triggers, boolExp } = monitor.triggerParam
  must(Array.isArray(triggers) && triggers.length >= 1 && triggers.length <= 5, 'there must be 1 to 5 triggers')
  const names = triggers.map((trigger) => checkTrigger(trigger, generation, strict))
  must(new Set(names).size === names.length, 'names of triggers must be unique')
  must(typeof boolExp === 'string' && boolExp.trim() !== '', 'boolExp is required')
  checkExpression(boolExp, names, triggers)
  checkSubscription(given.subscribeParam, generation)
  checkAttributes(given.attributes, strict && generation === 'v1' ? ['Body'] : ['Header', 'Body', 'Query'])
  checkExtensions(given.extendedEventParam, generation)
  if (given.onEvent !== undefined) {
    must(generation === 'v1', 'onEvent is not known')
    const { actions } = given.onEvent as { actions?: unknown }
    must(Array.isArray(actions), 'onEvent.actions must be a list')
    for (const action of actions as unknown[]) checkAction(action, strict)
  }
}

const kinds = ['zone', 'time', 'data', 'setting'] as const

function checkTrigger(trigger: unknown, generation: Generation, strict: boolean): string {
  must(isObject(trigger), 'a trigger must be an object')
  const { name, ...rest } = trigger as TriggerBody
  must(
    typeof name === 'string' && /^[a-zA-Z]+[._]?[0-9]*$/.test(name),
    `the name of a trigger must be letters, then digits: ${String(name)}`,
  )
  const present = kinds.filter((kind) => rest[kind] !== undefined)
  must(present.length === 1, `trigger ${name} must have exactly one of ${kinds.join(', ')}`)
  if (rest.data) checkData(name, rest.data, generation)
  if (rest.zone) checkZone(name, rest.zone as unknown as Given)
  if (rest.time) {
    const { times, timeZone } = rest.time
    must(Array.isArray(times) && times.length > 0, `${name}: times is required`)
    must(timeZone === undefined || isZone(timeZone), `${name}: timeZone ${String(timeZone)} is unknown`)
    for (const one of times) checkTimes(name, one, generation, strict)
  }
  if (rest.setting) {
    must(generation === 'v1', `${name}: setting is not known`)
    must(['DigitalKey', 'LastMileNavigation'].includes(rest.setting.type), `${name}: setting.type is unknown`)
  }
  return name
}

function checkData(name: string, { data, op, value, previous }: DataBody, generation: Generation): void {
  const operand = Object.hasOwn(operands, data) ? operands[data] : undefined
  const operators = operatorsOf(data, generation)
  must(operand && operators.length, `${name}: data ${String(data)} is unknown`)
  must(operators.includes(op), `${name}: ${data} cannot be asked with ${String(op)}, only with ${operators.join(', ')}`)
  checkValues(name, { op, value }, operand?.value)
  if (previous === undefined) return
  const allowed = generation === 'v4' ? (operand?.previousV4 ?? operand?.previous) : operand?.previous
  must(allowed, `${name}: ${data} has no previous`)
  must(allowed?.includes(previous.op), `${name}: previous of ${data} must be ${allowed?.join(' or ')}`)
  checkValues(name, previous, operand?.value)
}

function checkValues(name: string, { op, value }: Condition, kind: 'number' | 'text' | readonly string[] | undefined): void {
  if (op === 'onChange') return must(value === undefined || value.length === 0, `${name}: onChange takes no value`)
  must(texts(value) && value.length > 0, `${name}: ${op} needs a value, as a text`)
  // Only the first is used, unless one of several is enough.
  const used = op === 'includedIn' ? (value ?? []) : (value ?? []).slice(0, 1)
  for (const one of used) {
    if (kind === 'number') must(one.trim() !== '' && Number.isFinite(Number(one)), `${name}: ${one} is no number`)
    else if (kind !== 'text') must(kind?.includes(one), `${name}: ${one} is no value of it`)
  }
}

function checkZone(name: string, { transition, place }: Given): void {
  must(transition === 'In' || transition === 'Out', `${name}: transition must be In or Out`)
  must(isObject(place) && isObject(place.center), `${name}: place is required`)
  const { radius, center } = place as { radius: unknown; center: Given }
  must(Number.isInteger(radius) && Number(radius) > 0, `${name}: radius must be whole kilometres`)
  const { latitude, longitude } = center
  must(typeof latitude === 'number' && Math.abs(latitude) <= 90, `${name}: latitude must be a number from -90 to 90`)
  must(typeof longitude === 'number' && Math.abs(longitude) <= 180, `${name}: longitude must be a number from -180 to 180`)
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function checkTimes(name: string, times: TimesBody, generation: Generation, strict: boolean): void {
  must(isObject(times), `${name}: times must be objects`)
  const { recurrence = 'Daily', start, duration } = times
  const occurrence = occurrenceOf(times)
  must(recurrence === 'Daily' || recurrence === 'None', `${name}: recurrence must be Daily or None`)
  must(typeof start === 'string', `${name}: start is required`)
  must(duration === undefined || millisecondsOf(duration) !== undefined, `${name}: duration must be an ISO 8601 duration`)
  if (recurrence === 'None') {
    must(rfc3339(start) !== undefined, `${name}: start must be an RFC 3339 time`)
    must(occurrence === undefined || !strict, `${name}: invalid parameter, occurrence goes with Daily only`)
    return
  }
  must(timeOfDay(start) !== undefined, `${name}: start must be a duration from midnight, PT0H to PT23H59M`)
  must(duration !== undefined, `${name}: duration is needed with Daily`)
  if (strict)
    must(
      times[generation === 'v1' ? 'occurence' : 'occurrence'] === undefined,
      `${name}: it is spelt ${generation === 'v1' ? 'occurrence' : 'occurence'}`,
    )
  if (occurrence === undefined) return
  must(
    occurrence.day === undefined || (texts(occurrence.day) && occurrence.day.every((day) => dayNames.includes(day))),
    `${name}: day must be ${dayNames.join(', ')}`,
  )
  must(
    occurrence.week === undefined || (texts(occurrence.week) && occurrence.week.every(weeksIn)),
    `${name}: week must look like w1-w25 or w30`,
  )
}

function checkExpression(boolExp: string, names: readonly string[], triggers: readonly TriggerBody[]): void {
  const expression = parse(boolExp)
  const used = namesIn(expression)
  for (const name of used) must(names.includes(name), `boolExp: there is no trigger ${name}`)
  const constant = constantOf(expression)
  must(constant === undefined, `boolExp is always ${String(constant)}`)
  const setting = triggers.find((trigger) => trigger.setting)
  must(!setting || (triggers.length === 1 && expression.kind === 'name'), 'a setting trigger cannot be combined')
}

function parse(boolExp: string) {
  try {
    return parseExpression(boolExp)
  } catch (error) {
    throw new Broken(`boolExp: ${error instanceof Error ? error.message : ''}`)
  }
}

function checkSubscription(given: unknown, generation: Generation): void {
  if (given === undefined) return
  must(isObject(given), 'subscribeParam must be an object')
  const { refreshEvent } = given as Given
  const attributes = (given as Given)[generation === 'v1' ? 'channelAttributes' : 'callbackAttributes']
  must(refreshEvent !== undefined || attributes !== undefined, 'subscribeParam needs one of its two members')
  must(
    refreshEvent === undefined || (Number.isInteger(refreshEvent) && Number(refreshEvent) >= 60),
    'refreshEvent must be at least 60',
  )
}

export function checkAttributes(given: unknown, types: readonly string[]): void {
  if (given === undefined) return
  must(Array.isArray(given), 'attributes must be a list')
  for (const item of (given as unknown[]).flat()) {
    must(isObject(item) && typeof item.key === 'string' && typeof item.value === 'string', 'an attribute needs key and value')
    const { type = types[0] } = item as { type?: string }
    must(types.includes(String(type)), `type of an attribute must be ${types.join(' or ')}`)
  }
}

const extensions: Readonly<Record<Generation, readonly string[]>> = {
  v1: [
    'vehicle.doorsState',
    'vehicle.latestTelemetry',
    'vehicle.maintenance',
    'vehicle.position',
    'vehicle.telemetry',
    'vehicle.alerts.active',
    'vehicle.collision',
    'vehicle.trip',
    'vehicle.stolen',
    'vehicle.alarm',
  ],
  v4: [
    'vehicle.doorsState',
    'vehicle.status',
    'vehicle.maintenance',
    'vehicle.position',
    'vehicle.telemetry',
    'vehicle.alerts',
    'vehicle.alarm',
    'vehicle.trip',
  ],
}

function checkExtensions(given: unknown, generation: Generation): void {
  if (given === undefined) return
  must(texts(given), 'extendedEventParam must be a list of texts')
  for (const name of given as string[]) {
    // The text allows what the enumeration forbids: the kind of telemetry behind it.
    const kind = name.startsWith('vehicle.telemetry.') ? name.slice('vehicle.telemetry.'.length) : undefined
    must(
      kind === undefined ? extensions[generation].includes(name) : isTelemetryKind(kind, generation),
      `extendedEventParam ${name} is unknown`,
    )
  }
}

function checkAction(given: unknown, strict: boolean): void {
  must(isObject(given), 'an action must be an object')
  const { type, monitorAction, remoteAction } = given as OnEvent
  must(['Notify', 'Remote', 'Monitor'].includes(type), 'type of an action must be Notify, Remote or Monitor')
  if (type === 'Remote') must(isObject(remoteAction?.remote), 'an action of type Remote needs remoteAction.remote')
  if (type === 'Monitor')
    must(['Pause', 'Resume', 'Delete'].includes(monitorAction?.changeType ?? ''), 'changeType must be Pause, Resume or Delete')
  if (!strict) return
  must(type === 'Remote' || remoteAction === undefined, `remoteAction does not belong to type ${type}`)
  must(type === 'Monitor' || monitorAction === undefined, `monitorAction does not belong to type ${type}`)
}
