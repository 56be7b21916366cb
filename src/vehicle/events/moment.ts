/** One answer as the event rules see it: all of it is taken in, and what stood there before is still known. */
import type { CommandId } from '../commands'
import { eventOf, type Change, type EventName, type EventSource, type VehicleEvent } from '../events'
import type { CarMemory, Edge, Held, Word } from '../memory'
import type { SignalValue } from '../reading'
import { keyOf, type SignalId } from '../signals'
import type { ProviderId, VehicleId } from '../vehicle'

/** A signal that this answer said something new about. */
export interface Touch {
  before?: Held
  after?: Held
  /** The last real word before this answer. */
  edge?: Edge
}

/** Start or end of a trip in the provider's own words. */
export interface OwnTrip {
  edge: 'start' | 'stop'
  /** In ms since 1970. */
  at: number
  /** What goes into the event beside what we know. */
  details?: Record<string, unknown>
}

export interface Moment {
  readonly vehicle: { provider: ProviderId; id: VehicleId }
  /** As it is after the taking in; rules write in `told` only. */
  readonly memory: CarMemory
  readonly touched: ReadonlyMap<SignalId, Touch>
  readonly steps: ReadonlyMap<SignalId, Step>
  readonly changes: readonly Change[]
  readonly receivedAt: number
  readonly source: EventSource
  readonly late: boolean
  /** Commands that lately reached the car; what they did is no trip. */
  readonly commanded: readonly CommandId[]
  /** A trip that the provider told itself. */
  readonly trip?: OwnTrip
  readonly events: VehicleEvent[]
}

/** From one last real word to the next. */
export interface Step {
  from: Edge
  to: Edge
}

/** Looks for the edges of one kind and tells them. */
export type Rule = (moment: Moment) => void

const none: ReadonlyMap<SignalId, Step> = new Map()

/** All of an answer, looked for once: the rules ask for many signals, and most answers of a fleet change no word. */
export function stepsOf({ edges }: CarMemory, touched: Moment['touched']): Moment['steps'] {
  let steps: Map<SignalId, Step> | undefined
  for (const [signal, { edge: from }] of touched) {
    const to = edges[signal]
    if (from && to && from.value !== to.value) (steps ??= new Map()).set(signal, { from, to })
  }
  return steps ?? none
}

/** The change of the last real word of a signal in this answer, if there is one. */
export const stepOf = (moment: Moment, signal: SignalId): Step | undefined => moment.steps.get(signal)

/** The last real word of a signal, this answer included. */
export const wordOf = (moment: Moment, signal: SignalId): string | boolean | undefined => moment.memory.edges[signal]?.value

export const valueOf = (moment: Moment, signal: SignalId): SignalValue | undefined => moment.memory.held[signal]?.value

export function numberOf(moment: Moment, signal: SignalId): number | undefined {
  const value = valueOf(moment, signal)
  return typeof value === 'number' ? value : undefined
}

export const isWithheld = (moment: Moment): boolean => {
  const privacy = wordOf(moment, 'reachability.privacy')
  return privacy === 'geolocation' || privacy === 'full'
}

/** Present values of these signals by their keys; a place never while the car withholds it. */
export function pick(moment: Moment, ...ids: readonly SignalId[]): Record<string, unknown> {
  const picked: Record<string, unknown> = {}
  for (const id of ids) {
    const held = moment.memory.held[id]
    if (held && !(id === 'position.location' && isWithheld(moment))) picked[keyOf(id)] = held.value
  }
  return picked
}

interface Telling {
  name: EventName
  /** The signal whose change made the event. */
  signal: SignalId
  part?: string
  to?: string
  observedAt: number
  /** What was known before; absent: nothing was. */
  from?: Pick<Word, 'observedAt' | 'readAt'>
  details?: Record<string, unknown>
}

/** Makes the event, honest about when it can have happened. */
export function tell(moment: Moment, telling: Telling): void {
  const { signal, from, name, part, to, observedAt, details } = telling
  moment.events.push(
    eventOf(moment.vehicle, {
      name,
      part,
      to,
      details,
      observedAt,
      receivedAt: moment.receivedAt,
      notBefore: moment.source === 'push' ? observedAt : notBefore(from ?? sinceEver(moment), observedAt),
      source: moment.source,
      late: moment.late,
      changes: startingWith(signal, moment.changes),
    }),
  )
}

/** What made the event comes first. */
function startingWith(signal: SignalId, changes: readonly Change[]): Change[] {
  const ordered: Change[] = []
  for (const change of changes) if (change.signal === signal) ordered.push(change)
  for (const change of changes) if (change.signal !== signal) ordered.push(change)
  return ordered
}

/** Without anything known before, the whole time since we know the car is in question. */
const sinceEver = ({ memory, receivedAt }: Moment): Pick<Word, 'observedAt' | 'readAt'> => {
  const since = memory.since ?? receivedAt
  return { observedAt: since, readAt: since }
}

/**
 * How long a car takes at most to tell its cloud, in ms. While it does, the cloud still tells the old word, and a later
 * report may put its own, newer time on the new one: so a read proves only what lies this long before it.
 */
const longestReport = 5 * 60_000

/** A time not after our last read means that the cloud was later than that, so that read proves nothing at all. */
const notBefore = (from: Pick<Word, 'observedAt' | 'readAt'>, observedAt: number): number =>
  observedAt > from.readAt ? Math.max(from.observedAt, from.readAt - longestReport) : Math.min(from.observedAt, observedAt)
