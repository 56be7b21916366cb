/** A monitor that is evaluated here, on all that polling and pushes bring. One evaluator for each car. */
import { createHash } from 'node:crypto'
import type { Account, AccountEvents } from '../account/account'
import type { Clock } from '../clock'
import { memoryStateStore, type StateStore } from '../cloud/stateStore'
import type { CarMemory } from '../vehicle/memory'
import { observedAtOf, type Change } from '../vehicle/snapshot'
import { isSignalId, signalsOf } from '../vehicle/signals'
import type { Vehicle } from '../vehicle/vehicle'
import { CarRecords, type CarRecord } from './carRecords'
import { Evaluator, type Condition, type EvaluatorState } from './evaluator'
import { writeExpression } from './expression'
import { happeningOf, valuesOf } from './fired'
import { factsOf, groupsOf } from './picture'
import type { MonitorDefinition } from './definition'

export interface LocalOptions {
  account: Account
  definition: MonitorDefinition
  /** Whose monitor it is; its events carry it. */
  mark: string
  matches: (vehicle: Vehicle) => boolean
  clock: Clock
  /** Where it is remembered over a restart what was true already; absent: nowhere. */
  store?: StateStore
  /** Told once when nothing can be written down. */
  onTrouble: (error: unknown) => void
}

export class LocalMonitor {
  /** When what was remembered is read; never rejects. */
  readonly ready: Promise<void>
  private readonly condition: Condition
  private readonly records: CarRecords
  private readonly stops: (() => void)[] = []
  private isPaused = false
  private isClosed = false

  constructor(private readonly options: LocalOptions) {
    const { account, definition, mark, matches } = options
    const { triggers, expression, refreshEvery } = definition
    this.condition = { triggers, expression, refreshEvery }
    const store = options.store ?? memoryStateStore()
    const print = printOf(this.condition)
    this.records = new CarRecords({ store, mark, print, onTrouble: (error) => options.onTrouble(error) })
    this.ready = this.records.recall().then(() => this.begin())
    const onReading = (...[vehicle, { changes, receivedAt }]: AccountEvents['reading']) => {
      if (matches(vehicle)) void this.ready.then(() => this.take(vehicle, changes, receivedAt))
    }
    account.on('reading', onReading)
    this.stops.push(() => account.off('reading', onReading))
    // A stream brings what it brings; nothing is asked for.
    const groups = definition.where === 'local' ? groupsOf(triggers, account.provider.id) : []
    if (groups.length > 0) this.stops.push(account.watch(matches, groups, account.freshness))
  }

  /** It goes on watching, and says nothing: what becomes true meanwhile does not fire later. */
  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  /** Through when everything is written down. */
  close(): Promise<void> {
    this.isClosed = true
    for (const stop of this.stops.splice(0)) stop()
    return this.records.close()
  }

  /** What is remembered of a monitor that is no more. */
  static forget(store: StateStore, mark: string): Promise<void> {
    return CarRecords.forget(store, mark)
  }

  /** What is true already when it is set up does not fire; what becomes true from now on does. */
  private begin(): void {
    const { account, matches, clock } = this.options
    const all = (vehicles: readonly Vehicle[]) => {
      for (const vehicle of vehicles)
        if (matches(vehicle) && account.memory(vehicle.id).takenAt !== undefined) this.take(vehicle, [], clock.now())
    }
    const onVehicles = (vehicles: readonly Vehicle[]) => {
      // The account has forgotten them, or they are another's now.
      this.records.keepOnly(new Set(vehicles.map(({ id }) => id)))
      all(vehicles)
    }
    if (this.isClosed) return
    account.on('vehicles', onVehicles)
    this.stops.push(() => account.off('vehicles', onVehicles))
    all(account.known)
  }

  private take(vehicle: Vehicle, changes: readonly Change[], receivedAt: number): void {
    if (this.isClosed) return
    const memory = this.options.account.memory(vehicle.id)
    const record = this.records.of(vehicle.id)
    const { state } = record
    const before = JSON.stringify(state)
    const notBefore = record.confirmedAt
    const at = momentOf(record, memory, receivedAt)
    const facts = factsOf(this.condition.triggers, (signal) => memory.held[signal]?.value, changes, state)
    const { toldAt } = state
    const verdict = new Evaluator(this.condition, state).take({ ...facts, at })
    // Reminders count from when it was told, not from when the car saw it; nor from a clock that was set back since.
    if (state.toldAt !== toldAt) state.toldAt = Math.max(receivedAt, at)
    record.confirmedAt = this.confirmedAt(memory) ?? notBefore
    if (verdict && !this.isPaused) this.tell(vehicle, verdict === 'remind', { at, receivedAt, notBefore })
    if (isWorthKeeping(before, state)) void this.records.save(vehicle.id)
  }

  private tell(
    vehicle: Vehicle,
    refresh: boolean,
    { at, receivedAt, notBefore = at }: { at: number; receivedAt: number; notBefore?: number },
  ): void {
    const { account, definition, mark, onTrouble } = this.options
    const values = valuesOf(this.condition, this.records.of(vehicle.id).state)
    const fired = { mark, label: definition.label, refresh, values }
    const when = { observedAt: at, receivedAt, notBefore: Math.min(notBefore, at), source: 'poll' as const }
    account.say(vehicle, happeningOf(fired, when)).catch((error: unknown) => {
      if (!account.closed) onTrouble(error)
    })
  }

  /** The oldest of the last confirmations of all that is asked for. */
  private confirmedAt(memory: CarMemory): number | undefined {
    const { triggers } = this.condition
    const { id } = this.options.account.provider
    const own = triggers.flatMap((trigger) => (trigger.kind === 'data' && isSignalId(trigger.data) ? [trigger.data] : []))
    const asked = own.length === triggers.length ? own : signalsOf(groupsOf(triggers, id))
    const times = asked.flatMap((signal) => memory.held[signal]?.readAt ?? [])
    return times.length > 0 ? Math.min(...times) : undefined
  }
}

const printOf = ({ triggers, expression }: Condition): string =>
  createHash('sha256')
    .update(JSON.stringify([triggers, writeExpression(expression)]))
    .digest('hex')
    .slice(0, 16)

/** The car's own time where it told something new; else the time at which it was told again. Never backwards. */
function momentOf(record: CarRecord, memory: CarMemory, receivedAt: number): number {
  const observedAt = observedAtOf(memory)
  const isNew = observedAt !== undefined && observedAt > (record.observedAt ?? -Infinity)
  if (isNew) record.observedAt = observedAt
  return Math.max(isNew ? Math.min(observedAt, receivedAt) : receivedAt, record.state.at ?? -Infinity)
}

/** The mere time of the last facts is not. */
function isWorthKeeping(before: string, state: EvaluatorState): boolean {
  const { at: _then, ...rest } = JSON.parse(before) as EvaluatorState
  const { at: _now, ...now } = state
  return JSON.stringify(rest) !== JSON.stringify(now)
}
