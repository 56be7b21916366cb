/** Readings → what is known of a car → what changed and what happened. */
import type { CommandId } from './commands'
import { derive, derivedRank } from './derive'
import type { Change, EventSource, VehicleEvent } from './events'
import { detect, isWatched } from './events/detect'
import { stepsOf, type OwnTrip, type Touch } from './events/moment'
import type { CarMemory, Held } from './memory'
import { unknownWord, type Drift, type Reading, type SignalValue } from './reading'
import {
  isSignalId,
  keyOf,
  signalGroups,
  signalIds,
  signalOf,
  signals,
  signalsOf,
  type SignalGroup,
  type SignalId,
} from './signals'
import type { ProviderId, VehicleId } from './vehicle'

export type { Change } from './events'

/** One answer of a cloud, or one push: one moment. */
export interface Intake {
  readings: readonly Reading[]
  /** In ms since 1970. */
  receivedAt: number
  source: EventSource
  /** Groups read whole by this answer: what is held of them counts as read now, also where the cloud said nothing new. */
  groups: readonly SignalGroup[]
  /** A push that came after newer ones. */
  late?: boolean
  /** Commands that lately reached the car: an engine started by one is no trip. */
  commanded?: readonly CommandId[]
  /** A trip that the provider told itself; from the first one on none is inferred. */
  trip?: OwnTrip
  /** What happened, in the source's own words: none is looked for here. */
  events?: readonly VehicleEvent[]
  /** Events that come beside those made of the readings, such as a monitor that fired. */
  also?: readonly VehicleEvent[]
}

export interface Taken {
  memory: CarMemory
  changes: Change[]
  events: VehicleEvent[]
  /** Something newer than before was said, changed or not. */
  fresh: boolean
  /** Times that cannot be. */
  drifts: Drift[]
}

/** Group → key → value. */
export type Snapshot = Partial<Record<SignalGroup, Record<string, SignalValue>>>

/** How far a car's clock may be ahead of ours, in ms. */
const clockTolerance = 5 * 60_000

/**
 * Takes one answer in. The memory handed over is changed in place and given back, so that the work depends on the
 * size of the answer only; keep a copy before if the old one matters. Taking in the same answer again changes nothing.
 * Throws nothing. An intake without readings lets events that wait for time to pass come out.
 */
export function takeIn(memory: CarMemory, intake: Intake, vehicle: { provider: ProviderId; id: VehicleId }): Taken {
  const taking = new Taking(memory, intake)
  taking.run()
  const { changes, fresh, drifts, touched } = taking
  const events: VehicleEvent[] = [...(intake.events ?? []), ...(intake.also ?? [])]
  const { receivedAt, source, late = false, commanded = [], trip } = intake
  if (!intake.events) {
    const steps = stepsOf(memory, touched)
    detect({ vehicle, memory, touched, steps, changes, receivedAt, source, late, commanded, trip, events })
  }
  memory.since ??= receivedAt
  memory.takenAt = Math.max(memory.takenAt ?? receivedAt, receivedAt)
  return { memory, changes, events, fresh, drifts }
}

/** A reading whose time and rank are settled. */
interface Fact {
  signal: SignalId
  value: SignalValue | null
  observedAt: number
  rank: number
}

class Taking {
  readonly changes: Change[] = []
  readonly drifts: Drift[] = []
  readonly touched = new Map<SignalId, Touch>()
  fresh = false

  constructor(
    private readonly memory: CarMemory,
    private readonly intake: Intake,
  ) {}

  run(): void {
    const facts = this.settle()
    // What holds only while charging is judged by the status of the same answer, wherever that stands in it.
    for (const fact of facts.values()) if (!whileCharging.has(fact.signal)) this.take(fact)
    const charging = this.memory.held['charging.status']?.value === 'charging'
    if (charging) for (const fact of facts.values()) if (whileCharging.has(fact.signal)) this.take(fact)
    if (!charging) for (const id of whileCharging) if (this.memory.held[id]) this.put(id, undefined)
    derive(
      this.memory,
      (id) => this.touched.has(id),
      (id, held) => this.put(id, held),
    )
    for (const id of signalsIn(this.intake.groups)) this.confirm(this.memory.held[id])
  }

  /** One fact per signal: the better source, then the newer one, then the side that cannot harm. */
  private settle(): Map<SignalId, Fact> {
    const facts = new Map<SignalId, Fact>()
    for (const reading of this.intake.readings) {
      if (!isSignalId(reading.signal)) continue
      const fact = this.factOf(reading)
      const other = facts.get(fact.signal)
      if (!other || beats(fact, other)) facts.set(fact.signal, fact)
    }
    const charging = facts.get('charging.status')?.value === 'charging'
    if (charging && facts.get('charging.connection')?.value === 'disconnected') facts.delete('charging.connection')
    return facts
  }

  private factOf({ signal, value, observedAt, rank = 0 }: Reading): Fact {
    const held = this.memory.held[signal]
    const { receivedAt } = this.intake
    if (observedAt === undefined || !Number.isFinite(observedAt)) {
      // A word that says nothing, without a time, must not outdate the next real one.
      const unchanged =
        value === null ? (this.memory.gone[signal] ?? held?.observedAt) : held && same(held.value, value) && held.observedAt
      return { signal, value, observedAt: typeof unchanged === 'number' ? unchanged : receivedAt, rank }
    }
    if (observedAt <= receivedAt + clockTolerance) return { signal, value, observedAt, rank }
    const ahead = Math.round((observedAt - receivedAt) / 60_000)
    this.drifts.push({ where: `${signal} time`, sample: `${ahead} min ahead of now` })
    return { signal, value, observedAt: receivedAt, rank }
  }

  private take(fact: Fact): void {
    const { memory, intake } = this
    const { signal, value, observedAt, rank } = fact
    const best = memory.ranks[signal]
    if (best !== undefined && rank > best) return
    if (value !== null) memory.ranks[signal] = rank
    const held = memory.held[signal]
    const known = held && held.rank !== derivedRank ? held.observedAt : memory.gone[signal]
    if (known !== undefined && observedAt < known) return
    if (known === undefined || observedAt > known) this.fresh = true
    if (value === null) {
      memory.gone[signal] = observedAt
      return this.put(signal, undefined)
    }
    // A fleet's cars are rarely without a word, and a removal of nothing is dear.
    if (memory.gone[signal] !== undefined) delete memory.gone[signal]
    this.put(signal, { value, observedAt, readAt: Math.max(intake.receivedAt, held?.readAt ?? 0), rank })
    this.remember(fact)
  }

  /** Stores or removes what is held; a removed signal that was not there is no touch. */
  private put(signal: SignalId, held: Held | undefined): void {
    const { memory, touched, changes } = this
    const kept = memory.held[signal]
    if (!kept && !held) return
    const isSame = kept !== undefined && held !== undefined && same(kept.value, held.value)
    if (isSame && kept.observedAt === held.observedAt) {
      kept.readAt = held.readAt
      kept.rank = held.rank
      return
    }
    // Copies, since what is kept is changed in place: it lives long, and a new one each time is dear to collect.
    const before = kept && { ...kept }
    const edge = memory.edges[signal]
    touched.set(signal, { before, after: held, edge: edge && { ...edge } })
    if (!held) delete memory.held[signal]
    else if (kept) refill(kept, held)
    else memory.held[signal] = held
    if (!isSame) changes.push({ signal, from: before?.value ?? null, to: held?.value ?? null })
  }

  /** Keeps the last real word, so that absence and `unknown` are neither start nor end of an edge. */
  private remember({ signal, value, observedAt }: Fact): void {
    if (!isWatched(signal) || value === unknownWord) return
    if (typeof value !== 'string' && typeof value !== 'boolean') return
    const { memory, intake } = this
    const last = memory.edges[signal]
    // A push proves what it says for its own moment, not for the moment at which it came.
    const readAt = Math.max(intake.source === 'push' ? observedAt : intake.receivedAt, last?.value === value ? last.readAt : 0)
    if (!last) {
      memory.edges[signal] = { value, observedAt, readAt }
      return
    }
    if (last.value !== value) last.before = { value: last.value, observedAt: last.observedAt, readAt: last.readAt }
    last.value = value
    last.observedAt = observedAt
    last.readAt = readAt
  }

  private confirm(held: Held | undefined): void {
    if (held) held.readAt = Math.max(held.readAt, this.intake.receivedAt)
  }
}

const whileCharging: ReadonlySet<SignalId> = new Set(signalIds.filter((id) => signalOf(id).onlyWhileCharging))

const idsOfGroup = new Map(signalGroups.map((group) => [group, signalsOf([group])]))
function signalsIn(groups: readonly SignalGroup[]): readonly SignalId[] {
  const [only, ...more] = groups
  // The schedule asks for one group after the other, of each car, again and again.
  if (only && more.length === 0) return idsOfGroup.get(only) ?? []
  return groups.flatMap((group) => idsOfGroup.get(group) ?? [])
}

/** Of two contradicting words of one moment the later one in this list is believed: the side that cannot harm. */
const caution: readonly SignalValue[] = ['locked', 'unlocked', 'closed', 'ajar', 'open']

function beats(fact: Fact, other: Fact): boolean {
  if (fact.rank !== other.rank) return fact.rank < other.rank
  if (fact.observedAt !== other.observedAt) return fact.observedAt > other.observedAt
  if (fact.value === null || other.value === null) return other.value === null
  return caution.indexOf(fact.value) >= caution.indexOf(other.value)
}

function refill(kept: Held, { value, observedAt, readAt, rank }: Held): void {
  kept.value = value
  kept.observedAt = observedAt
  kept.readAt = readAt
  kept.rank = rank
}

/** Equal as JSON is equal: order of members does not matter. */
function same(a: unknown, b: unknown): boolean {
  if (Object.is(a, b) || a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) !== Array.isArray(b)) return false
  return sameMembers(a as Members, b as Members)
}

type Members = Readonly<Record<string, unknown>>

function sameMembers(a: Members, b: Members): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && same(a[name], b[name]))
}

/** Everything known now, derived signals included. */
export function snapshotOf(memory: CarMemory): Snapshot {
  const snapshot: Snapshot = {}
  for (const [id, held] of heldOf(memory)) (snapshot[signals[id].group] ??= {})[keyOf(id)] = held.value
  return snapshot
}

export interface TimedReading {
  value: SignalValue
  unit?: string
  /** ISO 8601 UTC. */
  observedAt: string
}

export type TimedReadings = Partial<Record<SignalId, TimedReading>>

/** The same by signal id, with units and times; of these groups only, where given. */
export function readingsOf(memory: CarMemory, groups?: readonly SignalGroup[]): TimedReadings {
  const readings: TimedReadings = {}
  for (const [id, held] of heldOf(memory, groups)) {
    const { unit } = signalOf(id)
    readings[id] = { value: held.value, ...(unit !== undefined && { unit }), observedAt: new Date(held.observedAt).toISOString() }
  }
  return readings
}

/** The newest time at which the car saw any of it, in ms since 1970. */
export function observedAtOf(memory: CarMemory, groups?: readonly SignalGroup[]): number | undefined {
  let newest: number | undefined
  for (const id of groups ? signalsIn(groups) : (Object.keys(memory.held) as SignalId[])) {
    const observedAt = memory.held[id]?.observedAt
    if (observedAt !== undefined && !(newest !== undefined && newest >= observedAt)) newest = observedAt
  }
  return newest
}

/** What is held, in catalogue order. */
function heldOf(memory: CarMemory, groups?: readonly SignalGroup[]): [SignalId, Held][] {
  const found: [SignalId, Held][] = []
  for (const id of groups ? signalsIn(groups) : signalIds) {
    const held = memory.held[id]
    if (held) found.push([id, held])
  }
  return found
}
