/** Stellantis: alerts, the theft alarm, collisions, stolen reports. As blocks of a car's state and as lists of their own. */
import { unknownWord, type Reading } from '../../vehicle/reading'
import { isMissing, reading, sampleOf, textOf, timeOf, wordOf, type Origin } from '../mapping'
import { alertCodes } from './alertCodes'
import { below, type Context } from './context'
import { fields, flag, instant, instantOf, says, timeIn, type BlockReader } from './fields'
import { placeIn } from './position'
import { at, isMembers, listOf, type Members } from './wire'
import * as words from './words'

const codes = new Map(Object.entries(alertCodes).map(([wire, code]) => [wire.toUpperCase(), code]))

/** Our code of an alert type, in any case. */
export const alertCodeOf = (type: string): string | undefined => codes.get(type.trim().toUpperCase())

const ranking = ['critical', 'warning', 'information']

const isActive = ({ active, endAt }: Members): boolean =>
  isMissing(active) ? isMissing(endAt) : wordOf(active) === 'TRUE' && isMissing(endAt)

/** Alerts that are active now; the whole list is one statement. */
export function alertsOf(items: readonly Members[], context: Context): Reading[] {
  const { origin, time } = context
  const details = items.filter(isActive).map((item) => alertOf(item, origin))
  const say = (signal: 'alerts.active' | 'alerts.details' | 'alerts.severity', value: Reading['value']) =>
    reading(signal, value, { time }, origin)
  const severities = details.map(({ severity }) => severity)
  const worst = ranking.find((one) => severities.includes(one)) ?? (details.length === 0 ? 'none' : unknownWord)
  return [
    say('alerts.active', [...new Set(details.map(({ code }) => code))]),
    say('alerts.details', details),
    say('alerts.severity', worst),
  ]
}

/** One alert in our words. The report of v1 has neither id nor start; a strange type keeps its word as id. */
export function alertOf(item: Members, origin: Origin) {
  const type = textOf(item.type) ?? ''
  const known = alertCodeOf(type)
  if (known === undefined) origin.drift(`${origin.where} type`, sampleOf(type))
  const severity = isMissing(item.severity) ? undefined : words.ourWord(words.severity, wordOf(item.severity))
  if (severity === undefined && !isMissing(item.severity)) origin.drift(`${origin.where} severity`, sampleOf(item.severity))
  const id = known === undefined ? sampleOf(type) : textOf(item.id)
  const since = instantOf(item.startedAt)
  const location = placeIn(item.startPosition)
  return {
    ...(id === undefined ? {} : { id }),
    code: known ?? unknownWord,
    severity: severity ?? unknownWord,
    ...(since === undefined ? {} : { since }),
    ...(location === undefined ? {} : { location }),
  }
}

/** The block of v1: the active ones count; the report only where those are missing. */
export const alertBlock: BlockReader = (block, context) => {
  const { active, report } = isMembers(block) ? block : {}
  if (isMembers(active) && Array.isArray(active.activeAlerts))
    return alertsOf(listOf(active.activeAlerts), { ...below(context, 'active'), time: timeIn(active, context.time) })
  if (isMembers(report) && Array.isArray(report.reportDetails))
    return alertsOf(listOf(report.reportDetails), { ...below(context, 'report'), time: timeIn(report, context.time) })
  return []
}

/** A list of alerts, active and ended: true at the time of its newest change. */
export const alertList = (items: readonly Members[], context: Context): Reading[] =>
  alertsOf(items, { ...context, time: newest(items, context) ?? context.time })

const changedAt = (item: Members): unknown => (isMissing(item.updatedAt) ? item.createdAt : item.updatedAt)

function newest(items: readonly Members[], { origin }: Context): unknown {
  return sortedByTime(items, changedAt, origin).map(changedAt)[0]
}

/** Newest first; items without a time last. */
function sortedByTime(items: readonly Members[], timeOfItem: (item: Members) => unknown, origin: Origin): Members[] {
  const when = (item: Members) => timeOf(timeOfItem(item), origin) ?? -Infinity
  return [...items].sort((a, b) => when(b) - when(a))
}

/** Whether the alarm is armed or rings is not said; what set it off stands beside. */
export const alarmBlock: BlockReader = fields(
  ['status.activation', says('alerts.alarm', words.alarmStatus)],
  ['trigger.type', says('alerts.alarmTrigger', words.alarmTrigger)],
  ['trigger.startAt', instant('alerts.alarmSince')],
)

/** Items tell either the state or a trigger: the newest of each counts. */
export function alarmList(items: readonly Members[], context: Context): Reading[] {
  const newestWith = (part: 'status' | 'trigger') =>
    sortedByTime(
      items.filter((item) => isMembers(item[part])),
      (item) => at(item, part, 'createdAt'),
      context.origin,
    )[0]?.[part]
  return alarmBlock({ status: newestWith('status'), trigger: newestWith('trigger') }, context)
}

/** One collision in our words. */
export function collisionOf(item: Members, origin: Origin) {
  const word = (table: Readonly<Record<string, string>>, value: unknown, name: string): string | undefined => {
    if (isMissing(value)) return undefined
    const known = words.ourWord(table, wordOf(value))
    if (known === undefined) origin.drift(`${origin.where} ${name}`, sampleOf(value))
    return known ?? unknownWord
  }
  const sides = listOf(item.details).map(({ side, severity }) => ({
    side: word(words.collisionSide, side, 'side') ?? unknownWord,
    ...(isMissing(severity) ? {} : { severity: word(words.collisionSeverity, severity, 'severity') }),
  }))
  const flags = Object.fromEntries(
    ['tippedOver', 'pedestrian', 'unlockRequested'].flatMap((name) => {
      const value = wordOf(item[name] ?? '')
      return value === 'TRUE' || value === 'FALSE' ? [[name, value === 'TRUE'] as const] : []
    }),
  )
  const happened = instantOf(item.createdAt)
  return { ...(happened === undefined ? {} : { at: happened }), sides, ...flags }
}

/** The newest collision; an empty list says nothing that could be shown. */
export function collisionList(items: readonly Members[], context: Context): Reading[] {
  const latest = sortedByTime(items, ({ createdAt }) => createdAt, context.origin)[0]
  return latest ? collisionBlock(latest, context) : []
}

export const collisionBlock: BlockReader = (block, context) =>
  isMembers(block)
    ? [reading('alerts.collision', collisionOf(block, context.origin), { time: timeIn(block, context.time) }, context.origin)]
    : []

const stolenFields = fields(['state', flag('alerts.stolen')], ['startedAt', instant('alerts.stolenSince')])

/** A report that has ended says that the car is there again. */
export const stolenBlock: BlockReader = (block, context) => {
  if (!isMembers(block)) return []
  const ended = !isMissing(block.endAt)
  const time = isMissing(block.updatedAt) ? timeIn(block, context.time) : block.updatedAt
  const given = { ...block, createdAt: time, ...(ended ? { state: false } : {}) }
  return stolenFields(given, context).map((one) =>
    one.signal === 'alerts.stolenSince' && wordOf(given.state ?? '') !== 'TRUE' ? { ...one, value: null } : one,
  )
}

/** The newest report; a car that was never reported stolen is not stolen. */
export function stolenList(items: readonly Members[], context: Context): Reading[] {
  const { origin, time } = context
  const latest = sortedByTime(items, ({ startedAt }) => startedAt, origin)[0]
  return latest ? stolenBlock(latest, context) : [reading('alerts.stolen', false, { time }, origin)]
}
