/** What people give us, read by a schema; what is wrong is told in plain words. */
import type { z } from 'zod'

export type Given<T> = { value: T } | { where: string; why: string }

/**
 * Reads `given` by `schema`. `where` names the first bad part, empty for the whole; `why` goes on with it:
 * "minutes", "must be at most 15". Words that a schema brings itself win.
 */
export function readGiven<T>(schema: z.ZodType<T>, given: unknown): Given<T> {
  const read = schema.safeParse(given, { error: whyNot })
  if (read.success) return { value: read.data }
  const [issue] = read.error.issues
  if (!issue) return { where: '', why: notValid }
  const extra = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : []
  return { where: placeOf([...issue.path, ...extra]), why: issue.message }
}

const notValid = 'is not valid'
const notKnown = 'is not known'
/** More choices than that are no help in a sentence. */
const mostChoices = 10

const types: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object with names and values',
  record: 'an object with names and values',
}

/** What is counted in things that have a size. */
const counted: Readonly<Record<string, string>> = { string: 'characters', array: 'entries', set: 'entries' }

/** `['positions', 0, 'latitude']` → `positions no. 1 latitude`. */
const placeOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => (typeof part === 'number' ? `no. ${part + 1}` : String(part).slice(0, 40))).join(' ')

function whyNot(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'must be given' : `must be ${types[issue.expected] ?? `a ${issue.expected}`}`
    case 'too_big':
      return bounded(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)
    case 'too_small':
      if (counted[issue.origin] && issue.minimum === 1) return 'must not be empty'
      return bounded(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)
    case 'invalid_value':
      if (issue.input === undefined) return 'must be given'
      return issue.values.length > mostChoices ? notKnown : `must be ${choiceOf(issue.values.map(String))}`
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`
    case 'invalid_format':
      return 'is not written in the right form'
    case 'unrecognized_keys':
    case 'invalid_key':
      return notKnown
    default:
      return notValid
  }
}

function bounded(origin: string, how: string, limit: number | bigint): string {
  const what = counted[origin]
  return what ? `must have ${how} ${limit} ${what}` : `must be ${how} ${limit}`
}

function choiceOf(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}
