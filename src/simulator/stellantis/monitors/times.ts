import { days } from '../../../clock'
import { occurrenceOf, type Occurrence, type TimeBody, type TimesBody } from './body'
import { millisecondsOf, rfc3339, timeOfDay } from './durations'

/** Stellantis: the zone of times that name none. */
const usualZone = 'Europe/Paris'

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    return true
  } catch {
    return false
  }
}

const formats = new Map<string, Intl.DateTimeFormat>()

function format(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  formats.set(zone, made)
  return made
}

/** What the clocks show there, written as if it were UTC. */
function wallTime(at: number, zone: string): number {
  const parts = Object.fromEntries(
    format(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) + (((at % 1000) + 1000) % 1000)
}

/**
 * When the clocks there show this. A time that is skipped in spring comes as much later as the clocks jump, one that
 * happens twice in autumn is the first of the two; Stellantis does not say.
 */
export function zonedInstant(wall: number, zone: string): number {
  const offsets = [wall - days(1), wall + days(1)].map((near) => wallTime(near, zone) - near)
  const fitting = offsets.map((offset) => wall - offset).filter((at) => wallTime(at, zone) === wall)
  return fitting.length ? Math.min(...fitting) : wall - Math.min(...offsets)
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']

/** ISO 8601 week of a day. */
function weekOf(day: number): number {
  const date = new Date(day)
  const thursday = day + days(4 - (date.getUTCDay() || 7))
  const first = Date.UTC(new Date(thursday).getUTCFullYear(), 0, 1)
  return 1 + Math.floor((thursday - first) / days(7))
}

/** `w1-w25` or `w30`, also over the turn of the year; undefined when it is neither. */
export function weeksIn(text: string): { from: number; to: number } | undefined {
  const found = /^w(\d{1,2})(?:-w(\d{1,2}))?$/i.exec(text.trim())
  if (!found) return undefined
  const from = Number(found[1])
  const to = Number(found[2] ?? found[1])
  return from >= 1 && to >= 1 && from <= 53 && to <= 53 ? { from, to } : undefined
}

/** Whether an interval may begin on this day (midnight, as if UTC). */
function occurs(day: number, occurrence: Occurrence | undefined): boolean {
  const named = occurrence?.day
  if (named?.length && !named.includes(weekdays[new Date(day).getUTCDay()] ?? '')) return false
  const weeks = occurrence?.week
  if (!weeks?.length) return true
  const week = weekOf(day)
  return weeks.some((text) => {
    const range = weeksIn(text)
    if (!range) return false
    const { from, to } = range
    return from <= to ? week >= from && week <= to : week >= from || week <= to
  })
}

function inDaily(at: number, times: TimesBody, zone: string): boolean {
  const start = timeOfDay(times.start)
  const length = millisecondsOf(times.duration ?? '')
  if (start === undefined || length === undefined) return false
  const today = Math.floor(wallTime(at, zone) / days(1)) * days(1)
  // An interval that began yesterday or before may still last.
  for (let back = 0; back <= Math.ceil(length / days(1)) + 1; back++) {
    const day = today - days(back)
    if (!occurs(day, occurrenceOf(times))) continue
    const begun = zonedInstant(day + start, zone)
    if (at >= begun && at < begun + length) return true
  }
  return false
}

function inOnce(at: number, { start, duration }: TimesBody): boolean {
  const begun = rfc3339(start)
  if (begun === undefined || at < begun) return false
  return duration === undefined || at < begun + (millisecondsOf(duration) ?? 0)
}

/** Whether a moment lies in one of the intervals. */
export const isWithin = (at: number, { times, timeZone = usualZone }: TimeBody): boolean =>
  times.some((one) => (one.recurrence === 'None' ? inOnce(at, one) : inDaily(at, one, timeZone)))
