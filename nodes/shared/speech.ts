/**
 * What nodes say to people beside their status: in the language of the runtime. Only nodes speak; causes are told in
 * English below them, and topics stay English, because machines read them.
 */
import path from 'node:path'
import type { Node, NodeAPI } from 'node-red'
import { DrivewayError, toDrivewayError, type Cause, type CauseCode } from '../../src/vehicle/causes'
import type { Outcome } from '../../src/vehicle/outcome'
import { packageRoot } from './version'

/** Every other node needs an account, so what all say is in its catalogue. */
const shared = '@driveway/node-red-connected-car/driveway-account:driveway-account'

type Values = Record<string, string | number>

/** A text that nodes share; undefined where no catalogue has it. */
export function sharedText(RED: NodeAPI, key: string, values?: Values): string | undefined {
  const text = RED._(`${shared}.${key}`, values)
  // What is not known comes back as it was asked for.
  return text.endsWith(key) ? undefined : text
}

/** Something to know that is no error, such as for the log: `notice.<key>` of the shared catalogue. */
export function notice(RED: NodeAPI, key: string, values: Values = {}): string {
  const told = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? speechOf(RED).ofText(value) : value,
  ])
  return sharedText(RED, `notice.${key}`, Object.fromEntries(told) as Values) ?? [key, ...Object.values(values)].join(' ')
}

/** What is told of a trouble: the whole cause, or what of it is kept. */
type Told = Pick<Cause, 'message' | 'action'> & { code: CauseCode }

interface Speech {
  ofCause: <T extends Told>(cause: T) => T
  /** What is no sentence of ours stays as it is. */
  ofText: (text: string) => string
}

interface Sentences {
  sentencesIn: (local: unknown, english: unknown) => Speech
}

/** The editor loads the same file, so it is plain JavaScript outside of what is compiled. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { sentencesIn } = require(path.join(packageRoot, 'resources', 'sentences.js')) as Sentences

const speeches = new WeakMap<object, Speech>()

function speechOf(RED: NodeAPI): Speech {
  const known = speeches.get(RED)
  if (known) return known
  const raw = (lng?: string): unknown => {
    const ask = RED._ as (key: string, options: object) => unknown
    const block = (name: string) =>
      ask(`${shared}.${name}`, { returnObjects: true, skipInterpolation: true, ...(lng && { lng }) })
    return {
      cause: block('cause'),
      sentence: block('sentence'),
      name: block('shared.name'),
      language: block('page.language'),
    }
  }
  const speech = sentencesIn(raw(), raw('en-US'))
  speeches.set(RED, speech)
  return speech
}

/** A cause in the runtime's language; in English it is the same. */
export const causeSaid: <T extends Told>(RED: NodeAPI, cause: T) => T = (RED, cause) => speechOf(RED).ofCause(cause)

/** What became of a command, the reason in the runtime's language. */
export const outcomeSaid = (RED: NodeAPI, outcome: Outcome): Outcome =>
  outcome.cause ? { ...outcome, cause: causeSaid(RED, outcome.cause) } : outcome

/** Its words are the runtime's already. */
class SaidError extends DrivewayError {}

/** Any thrown value as the error that a node raises: with `code` and `cause`, in the runtime's language. */
export function said(RED: NodeAPI, error: unknown): DrivewayError {
  if (error instanceof SaidError) return error
  const original = toDrivewayError(error)
  const cause = causeSaid(RED, original.cause)
  return cause === original.cause ? original : errorOf(cause)
}

/** The error of a cause that was said already. */
export const errorOf = (cause: Cause): DrivewayError => new SaidError(cause)

/** Raises an error at a node's tab that belongs to no message. */
export const raise = (RED: NodeAPI, node: Node, error: unknown): void => node.error(said(RED, error), {})
