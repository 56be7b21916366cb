import { days } from '../../../clock'
import { Refused } from '../errors'
import { millisecondsOf, rfc3339 } from '../monitors/durations'

type Within = (at: number) => boolean

const wrong = (text: string): never => {
  throw new Refused({ status: 400, message: `timestamps ${text} is not understood` })
}

const instantOf = (text: string, whole: string): number => rfc3339(text) ?? wrong(whole)
const durationOf = (text: string, whole: string): number => millisecondsOf(text) ?? wrong(whole)

/** `Rn/T/D[/d]`: n repeats from T, spaced D, each d long (24 hours if not said); without n for ever. */
function repeated(whole: string, [times = '', start = '', spacing = '', length]: readonly string[]): Within {
  const count = times === 'R' ? Infinity : Number(times.slice(1))
  const from = instantOf(start, whole)
  const every = durationOf(spacing, whole)
  const lasts = length === undefined ? days(1) : durationOf(length, whole)
  if (Number.isNaN(count) || every <= 0) wrong(whole)
  return (at) => {
    const index = Math.floor((at - from) / every)
    // A repeat may last longer than the next one takes to begin.
    for (let back = 0; back <= Math.ceil(lasts / every); back++) {
      const begun = from + (index - back) * every
      if (index - back >= 0 && index - back < count && at >= begun && at < begun + lasts) return true
    }
    return false
  }
}

function single(whole: string, now: number): Within {
  const parts = whole.split('/')
  if (/^R\d*$/.test(parts[0] ?? '') && (parts.length === 3 || parts.length === 4)) return repeated(whole, parts)
  const [start = '', end = ''] = parts
  if (parts.length !== 2 || (start === '' && end === '')) return wrong(whole)
  if (start === '') {
    const until = instantOf(end, whole)
    return (at) => at <= until
  }
  const from = instantOf(start, whole)
  const until = end === '' ? now : end.startsWith('P') ? from + durationOf(end, whole) : instantOf(end, whole)
  return (at) => at >= from && at <= until
}

/** Whether a time is asked for. Stellantis: values of `timestamps`, up to ten of them. */
export function timesAsked(query: URLSearchParams, now: number): Within {
  const given = query.getAll('timestamps')
  if (given.length > 10) throw new Refused({ status: 400, message: 'timestamps may be given 10 times' })
  const all = given.map((text) => single(text, now))
  return (at) => !all.length || all.some((within) => within(at))
}

/** `0.1-`, `20-80`: both ends counted in. */
export function rangeAsked(query: URLSearchParams, name: string): (value: number) => boolean {
  const text = query.get(name)
  if (text === null) return () => true
  const found = /^(\d+(?:\.\d)?)-(\d+(?:\.\d)?)?$/.exec(text)
  if (!found) throw new Refused({ status: 400, message: `${name} must look like 10-20 or 10-` })
  const [, from = '0', to] = found
  return (value) => value >= Number(from) && (to === undefined || value <= Number(to))
}

/** Words of a repeated parameter; all fit when none is named. */
export function wordsAsked(query: URLSearchParams, name: string, known: readonly string[]): (word: string) => boolean {
  const given = query.getAll(name)
  const foreign = given.find((word) => !known.includes(word))
  if (foreign !== undefined) throw new Refused({ status: 400, message: `${name} must be one of ${known.join(', ')}` })
  return (word) => !given.length || given.includes(word)
}

/** Newest first unless asked otherwise. */
export function ordered<T>(items: readonly T[], query: URLSearchParams, at: (item: T) => number): T[] {
  const order = query.get('orderBy') ?? 'descending'
  if (order !== 'ascending' && order !== 'descending')
    throw new Refused({ status: 400, message: 'orderBy must be ascending or descending' })
  const sign = order === 'ascending' ? 1 : -1
  return [...items].sort((a, b) => sign * (at(a) - at(b)))
}
