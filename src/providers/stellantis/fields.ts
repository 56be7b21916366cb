/** Tables of fields: path below a block → what it tells. The nearest `createdAt` on the way down is its time. */
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import {
  isMissing,
  number,
  numberOf,
  reading,
  sampleOf,
  word as wordRule,
  wordOf,
  type Origin,
  type Point,
  type Rule,
} from '../mapping'
import type { Context } from './context'
import { minutesOf } from './durations'
import { membersOf } from './wire'
import { upper } from './words'

export type Field = readonly [path: string, rule: Rule]
export type BlockReader = (block: unknown, context: Context) => Reading[]

/** Of two fields for one signal the first one that says something wins. */
export const fields =
  (...table: readonly Field[]): BlockReader =>
  (block, context) =>
    firstOfEach(
      table.flatMap(([path, rule]) => {
        const { value, time } = down(block, path.split('.'), context.time)
        if (isMissing(value)) return []
        const origin = { ...context.origin, where: `${context.origin.where} ${path}` }
        return rule.read({ value, time }, origin)
      }),
    )

/** What stands at the end of a path, and the time of the innermost block that has one. */
function down(block: unknown, path: readonly string[], time: unknown): Point {
  return path.reduce<Point>(
    (outer, name) => {
      const inside = membersOf(outer.value)
      return { value: inside[name], time: timeIn(inside, outer.time) }
    },
    { value: block, time },
  )
}

/** A block's own time, else the one around it. */
export const timeIn = (block: unknown, around: unknown): unknown => {
  const { createdAt } = membersOf(block)
  return isMissing(createdAt) ? around : createdAt
}

export function firstOfEach(readings: readonly Reading[]): Reading[] {
  const found = new Map<SignalId, Reading>()
  for (const one of readings) if (!found.has(one.signal)) found.set(one.signal, one)
  return [...found.values()]
}

type Table = Readonly<Record<string, string>>

/** A word of a table in the wire's own spelling. */
export const says = (signal: SignalId, table: Table): Rule => wordRule(signal, upper(table))

/** A word that stands for a number. */
export function saysNumber(signal: SignalId, table: Table): Rule {
  const word = says(signal, table)
  return {
    signals: [signal],
    read: (point, origin) =>
      word.read(point, origin).flatMap((one) => {
        const value = numberOf(one.value)
        // A number has no word for "not known": a strange word was told as drift, and gives nothing.
        return value === undefined ? [] : [{ ...one, value }]
      }),
  }
}

/** A number that the wire tells in another unit: ours = wire × factor. */
export const scaled = (signal: SignalId, factor: number): Rule => number(signal, { units: { '': factor } })

const flags: Readonly<Record<string, boolean>> = { TRUE: true, FALSE: false, ON: true, OFF: false }

/** Booleans, also as texts. */
export const flag = (signal: SignalId): Rule => ({
  signals: [signal],
  read(point, origin) {
    if (isMissing(point.value)) return []
    const value = flags[wordOf(point.value)]
    if (value === undefined) return strange(point.value, origin)
    return [reading(signal, value, point, origin)]
  },
})

/** The words of a list; one outside the table becomes `unknown`, once. */
export function saysAll(signal: SignalId, table: Table): Rule {
  const word = says(signal, table)
  return {
    signals: [signal],
    read(point, origin) {
      if (!Array.isArray(point.value)) return strange(point.value, origin)
      const words = point.value.flatMap((value: unknown) => word.read({ value }, origin).map((one) => one.value))
      return [reading(signal, [...new Set(words)], point, origin)]
    },
  }
}

/** An ISO 8601 duration, in minutes. */
export const durationIn = (signal: SignalId): Rule => ({
  signals: [signal],
  read(point, origin) {
    const value = minutesOf(point.value)
    return value === undefined ? strange(point.value, origin) : [reading(signal, value, point, origin)]
  },
})

/** An instant as a value of its own. */
export const instant = (signal: SignalId): Rule => ({
  signals: [signal],
  read(point, origin) {
    const value = instantOf(point.value)
    return value === undefined ? strange(point.value, origin) : [reading(signal, value, point, origin)]
  },
})

/** A text as it is; numbers count as texts. */
export const textAs = (signal: SignalId): Rule => ({
  signals: [signal],
  read: (point, origin) =>
    typeof point.value === 'object'
      ? strange(point.value, origin)
      : [reading(signal, `${point.value as string}`.slice(0, 60), point, origin)],
})

/** ISO 8601 UTC with milliseconds, of any ISO 8601 with or without an offset; anything else is `undefined`. */
export function instantOf(value: unknown): string | undefined {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\dT/.test(value.trim())) return undefined
  const text = value.trim()
  const time = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`)
  return Number.isNaN(time) ? undefined : new Date(time).toISOString()
}

function strange(value: unknown, origin: Origin): Reading[] {
  if (!isMissing(value)) origin.drift(origin.where, sampleOf(value))
  return []
}
