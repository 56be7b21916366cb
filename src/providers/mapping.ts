/** Small total functions that make readings of wire values: a missing value gives nothing, a strange one a drift. */
import { minutes } from '../clock'
import { unknownWord, type Reading, type SignalValue } from '../vehicle/reading'
import { signalOf, type SignalId } from '../vehicle/signals'

/** One data point of an answer, whatever its cloud calls the members. */
export interface Point {
  value?: unknown
  unit?: unknown
  /** ISO 8601, when the car saw it. */
  time?: unknown
}

/** Where an answer came from and whom to tell about what is strange in it. */
export interface Origin {
  /** Such as `connected-vehicle/v2/doors centralLock`. */
  where: string
  /** ms since 1970. */
  receivedAt: number
  drift(where: string, sample: string): void
}

export interface Rule {
  readonly signals: readonly SignalId[]
  read(point: Point, origin: Origin): Reading[]
}

/** Unit word in lower case → factor to the catalogue's unit; the first one counts when the wire names none. */
export type Units = Readonly<Record<string, number>>

const kmPerMile = 1.609344
export const percent: Units = { percentage: 1, '%': 1 }
export const kilometres: Units = { km: 1, kilometers: 1, mi: kmPerMile, miles: kmPerMile }

/** A wire value that says nothing. */
export function isMissing(value: unknown): boolean {
  if (typeof value !== 'string') return value === undefined || value === null
  const text = value.trim()
  // The length first: most texts are times, and a fleet tells very many.
  return text === '' || (text.length === 4 && text.toLowerCase() === 'null')
}

/** A wire text, or `undefined` where it is missing, empty or the text "null". */
export const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && !isMissing(value) ? value.trim() : undefined

/** Numbers may come as texts; anything else is `undefined`. */
export function numberOf(value: unknown): number | undefined {
  const text = typeof value === 'string' ? value.trim() : value
  const found = typeof text === 'string' && text !== '' ? Number(text) : text
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined
}

/** What may be shown of a strange value: short, and without anything that looks like a vehicle number. */
export function sampleOf(value: unknown): string {
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object'
  return hideVehicle(`${value as string}`).slice(0, 40)
}

/** A word of the wire in one spelling, so that tables need one case. Booleans and numbers count as words. */
export const wordOf = (value: unknown): string => (typeof value === 'object' ? '' : `${value as string}`.trim().toUpperCase())

export const hideVehicle = (text: string): string => text.replace(/[A-HJ-NPR-Z0-9]{17}/gi, '…')

const parsedTime = (text: string): number =>
  /^\d{4}-\d\d-\d\dT/.test(text) ? Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`) : NaN
/** The points of one answer mostly have one time. */
let lastTime = { text: '', time: NaN }

/**
 * ISO 8601 with any offset, none meaning UTC → ms since 1970. A time more than five minutes ahead of its receipt is
 * a drift and counts as the receipt; a missing time is `undefined`.
 */
export function timeOf(value: unknown, origin: Origin): number | undefined {
  if (isMissing(value)) return undefined
  const text = typeof value === 'string' ? value.trim() : ''
  if (text !== lastTime.text) lastTime = { text, time: parsedTime(text) }
  const { time } = lastTime
  if (Number.isNaN(time)) {
    origin.drift(`${origin.where} time`, sampleOf(value))
    return undefined
  }
  if (time <= origin.receivedAt + minutes(5)) return time
  // One word for all of them: a clock that is wrong is wrong everywhere.
  origin.drift('times', 'ahead of their receipt')
  return origin.receivedAt
}

export function reading(signal: SignalId, value: SignalValue | null, point: Point, origin: Origin, rank?: number): Reading {
  const observedAt = timeOf(point.time, origin)
  const told: Reading = { signal, value }
  if (observedAt !== undefined) told.observedAt = observedAt
  if (rank !== undefined) told.rank = rank
  return told
}

export interface NumberOptions {
  units?: Units
  rank?: number
  /** A zero that stands for "not available". */
  zeroIsMissing?: true
}

/** A number in the catalogue's unit; out of the catalogue's bounds or in a strange unit it is a drift and no reading. */
export function number(signal: SignalId, { units = { '': 1 }, rank, zeroIsMissing }: NumberOptions = {}): Rule {
  const { min = -Infinity, max = Infinity } = signalOf(signal)
  const usual = Object.keys(units)[0] ?? ''
  return {
    signals: [signal],
    read(point, origin) {
      if (isMissing(point.value)) return []
      const found = numberOf(point.value)
      const factor = units[textOf(point.unit)?.toLowerCase() ?? usual]
      if (found === undefined || found < min || found > max) {
        origin.drift(origin.where, sampleOf(point.value))
        return []
      }
      if (factor === undefined) {
        origin.drift(`${origin.where} unit`, sampleOf(point.unit))
        return []
      }
      if (zeroIsMissing && found === 0) return []
      const value = rounded(found * factor)
      if (!Number.isFinite(value)) {
        origin.drift(origin.where, sampleOf(point.value))
        return []
      }
      return [reading(signal, value, point, origin, rank)]
    },
  }
}

/** Kilometres, from kilometres or miles. */
export const distance = (signal: SignalId, rank?: number): Rule => number(signal, { units: kilometres, rank })

/** Wire word in upper case → our word; `null`: the cloud says that it does not know. */
export type Words = Readonly<Record<string, string | null>>

/** A word of the table in any case; one outside it becomes `unknown` and a drift. */
export function word(signal: SignalId, words: Words): Rule & { readonly words: Words } {
  const meanings = new Map(Object.entries(words))
  return {
    signals: [signal],
    words,
    read(point, origin) {
      if (isMissing(point.value)) return []
      if (typeof point.value === 'object') {
        origin.drift(origin.where, sampleOf(point.value))
        return []
      }
      const known = meanings.get(wordOf(point.value))
      if (known === undefined) origin.drift(origin.where, sampleOf(point.value))
      return [reading(signal, known === undefined ? unknownWord : known, point, origin)]
    },
  }
}

/** Several facts from one point. */
export const all = (...rules: readonly Rule[]): Rule => ({
  signals: rules.flatMap((rule) => rule.signals),
  read(point, origin) {
    const readings: Reading[] = []
    for (const rule of rules) readings.push(...rule.read(point, origin))
    return readings
  },
})

/** Factors leave noise such as 10.656000000000001. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
