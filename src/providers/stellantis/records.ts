/** Tables for records of the past: our member → where it stands on the wire and what becomes of it. */
import { unknownWord } from '../../vehicle/reading'
import { isMissing, numberOf, sampleOf, textOf, wordOf } from '../mapping'
import { below, type Context } from './context'
import { durationOf } from './durations'
import { instantOf } from './fields'
import { placeIn } from './position'
import { at, isMembers, listOf, type Members } from './wire'
import * as words from './words'

export type RecordOf = Readonly<Record<string, unknown>>
/** One member of a record; `undefined`: the wire does not say. */
export type Member = (item: Members, context: Context) => unknown

/** Members that say nothing are left out. */
export const record =
  (table: Readonly<Record<string, Member>>) =>
  (item: Members, context: Context): RecordOf =>
    Object.fromEntries(
      Object.entries(table).flatMap(([name, member]) => {
        const value = member(item, context)
        return value === undefined ? [] : [[name, value] as const]
      }),
    )

const found = (item: Members, path: string): unknown => at(item, ...path.split('.'))
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6

/** ours = wire × factor */
export const amount =
  (path: string, factor = 1): Member =>
  (item) => {
    const value = rounded((numberOf(found(item, path)) ?? NaN) * factor)
    return Number.isFinite(value) ? value : undefined
  }

export const text =
  (path: string): Member =>
  (item) =>
    textOf(found(item, path))

/** ISO 8601 UTC. */
export const moment =
  (path: string): Member =>
  (item) =>
    instantOf(found(item, path))

/** Seconds, of an ISO 8601 duration (v1) or a number of seconds (v4). */
export const duration =
  (path: string): Member =>
  (item) => {
    const value = found(item, path)
    const ms = durationOf(value)
    return ms === undefined ? numberOf(value) : ms / 1000
  }

export const yesNo =
  (path: string): Member =>
  (item) => {
    const value = found(item, path)
    const word = isMissing(value) ? '' : wordOf(value)
    return word === 'TRUE' ? true : word === 'FALSE' ? false : undefined
  }

export const place =
  (path: string): Member =>
  (item) =>
    placeIn(found(item, path))

/** A word of a table; one outside it becomes `unknown` and a drift. */
export const term =
  (path: string, table: Readonly<Record<string, string>>): Member =>
  (item, context) => {
    const value = found(item, path)
    if (isMissing(value)) return undefined
    const known = words.ourWord(table, wordOf(value))
    if (known === undefined) context.origin.drift(`${context.origin.where} ${path}`, sampleOf(value))
    return known ?? unknownWord
  }

/** A word that stands for a number. */
export const level =
  (path: string, table: Readonly<Record<string, string>>): Member =>
  (item, context) =>
    numberOf(term(path, table)(item, context)) ?? numberOf(found(item, path))

/** Members of an object; left out where the object is missing. */
export const part =
  (path: string, inner: (item: Members, context: Context) => RecordOf): Member =>
  (item, context) => {
    const value = found(item, path)
    return isMembers(value) ? inner(value, below(context, path)) : undefined
  }

export const each =
  (path: string, inner: (item: Members, context: Context) => unknown): Member =>
  (item, context) => {
    const value = found(item, path)
    return Array.isArray(value) ? listOf(value).map((one) => inner(one, below(context, path))) : undefined
  }

/** The first of several places that says something: names differ between the generations. */
export const either =
  (...members: readonly Member[]): Member =>
  (item, context) => {
    for (const member of members) {
      const value = member(item, context)
      if (value !== undefined) return value
    }
    return undefined
  }
