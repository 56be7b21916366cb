/** ISO 8601 durations, and times of day that are told as durations from midnight (`PT22H30M`). */
import { days, hours, iso, minutes, seconds } from '../../clock'

const form = /^(-)?P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i

/** Milliseconds; weeks, months and years are not used by this cloud. */
export function durationOf(value: unknown): number | undefined {
  const match = typeof value === 'string' ? form.exec(value.trim()) : null
  if (!match || /[PT]$/i.test(match[0])) return undefined
  const [dayCount = 0, hourCount = 0, minuteCount = 0, secondCount = 0] = match.slice(2).map((part) => Number(part ?? 0))
  const sum = days(dayCount) + hours(hourCount) + minutes(minuteCount) + seconds(secondCount)
  return match[1] === undefined ? sum : -sum
}

export function minutesOf(value: unknown): number | undefined {
  const found = durationOf(value)
  return found === undefined || found < 0 ? undefined : Math.round(found / minutes(1))
}

/** Minutes after midnight of a time of day; `undefined` where it is none. */
export function timeOfDay(value: unknown): number | undefined {
  const found = durationOf(value)
  return found === undefined || found < 0 || found >= days(1) ? undefined : Math.floor(found / minutes(1))
}

const two = (count: number): string => String(count).padStart(2, '0')

/** `PT7H15M` → `07:15`. */
export function clockTime(value: unknown): string | undefined {
  const found = timeOfDay(value)
  return found === undefined ? undefined : `${two(Math.floor(found / 60))}:${two(found % 60)}`
}

/** `07:15` → `PT7H15M`. */
export function asDuration(clock: string): string | undefined {
  const match = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(clock.trim())
  return match ? `PT${Number(match[1])}H${Number(match[2])}M` : undefined
}

/** The next moment after `now` at which clocks in the zone show this time of day. ISO 8601 UTC. */
export function nextAt(minuteOfDay: number, now: number, timeZone: string): string {
  const wall = now + offsetAt(now, timeZone)
  const midnight = Math.floor(wall / days(1)) * days(1)
  const candidates = [0, 1, 2].map((day) => toUtc(midnight + days(day) + minutes(minuteOfDay), timeZone))
  return iso(candidates.find((time) => time > now) ?? now)
}

/** A wall-clock time (as if it were UTC) → the moment; one that the clocks skip counts from before the change. */
function toUtc(wall: number, timeZone: string): number {
  const guess = wall - offsetAt(wall, timeZone)
  return wall - offsetAt(guess, timeZone)
}

const formats = new Map<string, Intl.DateTimeFormat>()

/** Milliseconds that clocks in the zone are ahead of UTC. A zone that nobody knows counts as UTC. */
function offsetAt(time: number, timeZone: string): number {
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(time)
      .map(({ type, value }) => [type, Number(value)]),
  )
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(time / 1000) * 1000
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone)
  if (known) return known
  const made = formatFor(timeZone)
  formats.set(timeZone, made)
  return made
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const shape = {
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const
  try {
    return new Intl.DateTimeFormat('en-US', { ...shape, timeZone })
  } catch {
    return new Intl.DateTimeFormat('en-US', { ...shape, timeZone: 'UTC' })
  }
}
