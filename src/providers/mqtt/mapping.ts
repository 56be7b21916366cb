/** What another Driveway says → readings, events and verdicts. The words are our own: they are only looked through. */
import { isEventName, type VehicleEvent } from '../../vehicle/events'
import { isFinal } from '../../vehicle/outcome'
import { unknownWord, type Reading, type SignalValue } from '../../vehicle/reading'
import type { SignalType } from '../../vehicle/signal'
import { isSignalId, keyOf, signalIds, signalOf, type SignalId } from '../../vehicle/signals'
import type { Verdict } from '../provider'
import type { EventWire, OutcomeWire, StateWire } from './wire'

const isText = (value: unknown): boolean => typeof value === 'string'
const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Whether a value is what the catalogue says that it is. */
const fits: Readonly<Record<SignalType, (value: unknown) => boolean>> = {
  number: Number.isFinite,
  integer: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  word: isText,
  words: (value) => Array.isArray(value) && value.every(isText),
  text: isText,
  time: (value) => typeof value === 'string' && Number.isFinite(Date.parse(value)),
  list: Array.isArray,
  object: isObject,
}

/** The value of a signal in a state; undefined where it is absent or cannot be one. */
function valueIn(state: Readonly<Record<string, unknown>>, signal: SignalId): SignalValue | undefined {
  const { group, type, words } = signalOf(signal)
  const value = (state[group] as Record<string, unknown> | undefined)?.[keyOf(signal)]
  if (value === undefined || !fits[type](value)) return undefined
  // A newer Driveway may know more words.
  if (type === 'word' && words && !words.includes(value as string)) return unknownWord
  return value as SignalValue
}

/** What a state told, so that the next one can be compared with it. */
export type Told = ReadonlyMap<SignalId, SignalValue>

export function toldBy(state: Readonly<Record<string, unknown>>): Told {
  const told = new Map<SignalId, SignalValue>()
  for (const signal of signalIds) {
    const value = valueIn(state, signal)
    if (value !== undefined) told.set(signal, value)
  }
  return told
}

/** Groups and keys of a state that no catalogue of ours has, such as `battery.mood`. */
export function strangersIn(state: StateWire): string[] {
  const groups = Object.entries(state).filter(([, value]) => isObject(value)) as [string, object][]
  return groups.flatMap(([group, keys]) =>
    Object.keys(keys)
      .map((key) => `${group}.${key}`)
      .filter((id) => !isSignalId(id)),
  )
}

/**
 * A whole state as readings. It has one time for all: what is new since `before` gets that, what is the same keeps
 * the time it has. Without `before`, everything that is not told is said to be gone.
 */
export function readingsOf(now: Told, before: Told | undefined, observedAt: number): Reading[] {
  return signalIds.flatMap((signal): Reading[] => {
    const [value, old] = [now.get(signal), before?.get(signal)]
    if (value !== undefined) return [isSame(value, old) ? { signal, value } : { signal, value, observedAt }]
    return before === undefined || old !== undefined ? [{ signal, value: null, observedAt }] : []
  })
}

const isSame = (value: SignalValue, old: SignalValue | undefined): boolean =>
  old !== undefined && (value === old || JSON.stringify(value) === JSON.stringify(old))

/** An event as it was told; undefined where nobody here knows its name. */
export function eventFrom({ name, changes, details, ...rest }: EventWire): VehicleEvent | undefined {
  if (!isEventName(name)) return undefined
  const known = changes.flatMap(({ signal, from, to }) =>
    isSignalId(signal) ? [{ signal, from: (from ?? null) as SignalValue | null, to: (to ?? null) as SignalValue | null }] : [],
  )
  return { ...rest, name, changes: known, ...(details && { details }) }
}

/** What the other side said became of a command; undefined while that is not the end. */
export function verdictOf({ phase, cause, provider, state }: OutcomeWire): Verdict | undefined {
  if (!isFinal(phase) || phase === 'checked') return undefined
  const readings = state ? [...toldBy(state)].map(([signal, value]): Reading => ({ signal, value })) : []
  return {
    phase,
    ...(cause && { cause: cause }),
    ...(provider && { provider: provider }),
    ...(readings.length > 0 && { readings }),
  }
}
