/**
 * The intervals of time triggers [stellantis.md 4.4, 5.3]. A daily interval begins when the clock on the wall shows its
 * start, and lasts as long as it says: eight hours are eight hours, also in the nights in which the clocks are changed.
 */
import { days, hours, minutes, seconds } from '../clock'
import { weekdays, type DailyTime, type TimeEntry } from './trigger'

const durationPattern = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/

/** ISO 8601 duration → ms; undefined for anything else, also for years and months, which have no fixed length. */
export function readDuration(text: string): number | undefined {
  const match = durationPattern.exec(text)
  if (!match || /^P$|T$/.test(text)) return undefined
  const [weekCount, dayCount, hourCount, minuteCount, secondCount] = match.slice(1).map((part) => Number(part ?? 0))
  return (
    days(7 * (weekCount ?? 0) + (dayCount ?? 0)) + hours(hourCount ?? 0) + minutes(minuteCount ?? 0) + seconds(secondCount ?? 0)
  )
}

const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)$/i

/** RFC 3339 (older answers write the offset without a colon) → ms since 1970. */
export function readInstant(text: string): number | undefined {
  if (!instantPattern.test(text)) return undefined
  const time = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(time) ? undefined : time
}

const weekPattern = /^w(\d{1,2})(?:-w(\d{1,2}))?$/i

/** `w30` or `w1-w25` → first and last ISO week. */
export function readWeeks(text: string): readonly [number, number] | undefined {
  const match = weekPattern.exec(text)
  if (!match) return undefined
  const first = Number(match[1])
  const last = Number(match[2] ?? match[1])
  return [first, last].every((week) => week >= 1 && week <= 53) ? [first, last] : undefined
}

export function isTimeZone(name: string): boolean {
  try {
    return wallClock(name) !== undefined
  } catch {
    return false
  }
}

/** Whether this moment (ms since 1970) lies in one of the intervals. The start belongs to an interval, the end does not. */
export function isWithin(times: readonly TimeEntry[], timeZone: string, at: number): boolean {
  return times.some((entry) => (entry.recurrence === 'Daily' ? isWithinDaily(entry, timeZone, at) : isWithinSingle(entry, at)))
}

function isWithinSingle({ start, duration }: { start: string; duration?: string }, at: number): boolean {
  const from = readInstant(start) ?? Infinity
  const lasts = duration === undefined ? Infinity : (readDuration(duration) ?? 0)
  return at >= from && at < from + lasts
}

/** Of an interval that begins each day. */
export const longestDaily = days(7)

/** An interval may have begun on any of the days before. */
function isWithinDaily({ start, duration, occurrence }: DailyTime, timeZone: string, at: number): boolean {
  const from = readDuration(start) ?? Infinity
  const lasts = Math.min(readDuration(duration) ?? 0, longestDaily)
  const today = Math.floor(wallTime(timeZone, at) / days(1))
  for (let day = today; (today - day - 2) * days(1) <= lasts; day--) {
    const began = momentOf(timeZone, day * days(1) + from)
    if (at >= began && at < began + lasts && occursOn(occurrence, day)) return true
  }
  return false
}

/** Days and weeks are those on which the interval begins. */
function occursOn(occurrence: DailyTime['occurrence'], day: number): boolean {
  const { day: named = [], week: weeks = [] } = occurrence ?? {}
  const weekday = weekdays[weekdayOf(day)]
  if (named.length > 0 && !(weekday && named.includes(weekday))) return false
  const week = isoWeekOf(day)
  return weeks.length === 0 || weeks.some((text) => covers(readWeeks(text), week))
}

/** `w50-w3` goes over the turn of the year. */
function covers(range: readonly [number, number] | undefined, week: number): boolean {
  if (!range) return false
  const [first, last] = range
  return first <= last ? week >= first && week <= last : week >= first || week <= last
}

/** Day 0 was a Thursday; 0 is Monday. */
const weekdayOf = (day: number): number => (((day + 3) % 7) + 7) % 7

/** ISO 8601: the week belongs to the year in which its Thursday lies. */
function isoWeekOf(day: number): number {
  const thursday = day - weekdayOf(day) + 3
  const year = new Date(days(thursday)).getUTCFullYear()
  return 1 + Math.floor((thursday - Date.UTC(year, 0, 1) / days(1)) / 7)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function wallClock(timeZone: string): Intl.DateTimeFormat {
  let clock = clocks.get(timeZone)
  if (!clock) {
    clock = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    clocks.set(timeZone, clock)
  }
  return clock
}

/** What the clocks of the zone show, as if they showed UTC. */
function wallTime(timeZone: string, at: number): number {
  const parts = new Map(
    wallClock(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const part = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'))
}

/**
 * When the clocks of the zone show this. What they show twice is meant the first time; what they skip comes as much
 * later as they jump.
 */
function momentOf(timeZone: string, wall: number): number {
  const offset = (near: number) => wallTime(timeZone, near) - near
  const [before, after] = [wall - offset(wall - days(1)), wall - offset(wall + days(1))]
  const shows = (moment: number) => wallTime(timeZone, moment) === wall
  return !shows(before) && shows(after) ? after : before
}
