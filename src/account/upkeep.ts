/** Keeps what is known of the cars fresh: which cars there are, when each is asked, and what that brings. */
import { setMaxListeners } from 'node:events'
import type { Clock } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { Provider } from '../providers/provider'
import { toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'
import type { CommandId } from '../vehicle/commands'
import { observedAtOf, snapshotOf } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import { CarList } from './carList'
import type { Watcher } from './demand'
import type { HealthRecord } from './health'
import type { Keeper } from './keeper'
import { Reader } from './reader'
import { Schedule } from './schedule'
import type { AccountSettings } from './settings'
import type { AccountEvents } from './telling'

export interface UpkeepOptions {
  settings: AccountSettings
  provider: Provider
  ledger: Ledger
  clock: Clock
  keeper?: Keeper
  closing: AbortSignal
  record: HealthRecord
  /** Commands that the car carried out a short while ago. */
  commanded(vehicle: VehicleId): readonly CommandId[]
  tell<Name extends keyof AccountEvents>(name: Name, ...told: AccountEvents[Name]): void
}

/** A car that meets these may have left the account. */
const ofTheList: ReadonlySet<CauseCode> = new Set(['VEHICLE_NOT_YOURS', 'VEHICLE_UNKNOWN'])

export class Upkeep {
  readonly list: CarList
  readonly reader: Reader
  readonly schedule: Schedule

  constructor(private readonly options: UpkeepOptions) {
    const { settings, provider, ledger, clock, keeper, closing, record } = options
    // Many requests may wait at once.
    setMaxListeners(0, closing)
    this.reader = new Reader({
      provider,
      clock,
      closing,
      commanded: (id) => options.commanded(id),
      keep: (id, kept, now, came) => {
        if (now) return keeper?.keep(id, kept, came)
        keeper?.keepSoon(id, kept, came.intake !== undefined)
        return undefined
      },
      onTaken: (vehicle, { changes, events, drifts }, { source, receivedAt }, first) => {
        for (const drift of drifts) options.tell('drift', drift)
        options.tell('reading', vehicle, { changes, events, receivedAt, first })
        if (changes.length && source === 'push') this.schedule.touched(vehicle.id)
        if (changes.length) options.tell('change', vehicle, changes)
        for (const event of events) options.tell('event', vehicle, event)
      },
      onUntold: (vehicle, events) => {
        for (const event of events) options.tell('event', vehicle, event)
      },
      onRead: ([failure]) => {
        this.reached()
        if (failure) record.noted(failure)
      },
    })
    this.list = new CarList({
      provider,
      settings,
      clock,
      keeper,
      closing,
      guard: (work) => record.guard(work),
      failed: (cause) => record.failed(cause),
      listed: () => record.succeeded(),
      isNeeded: () => this.schedule.watched,
      // What changed since the restart is told, what did not is not.
      onAdded: ({ id }, kept) => kept && this.reader.restore(id, kept),
      onGone: (id) => this.reader.forget(id),
      onChanged: async (cars, added) => {
        options.tell('vehicles', cars)
        // Before the first read of them can tell anything newer.
        await Promise.all(added.map((car) => this.reader.catchUp(car)))
        this.schedule.resume()
      },
    })
    this.schedule = new Schedule({
      clock,
      vehicles: () => this.list.known,
      snapshot: (id) => snapshotOf(this.reader.memory(id)),
      lastTry: (id, group) => this.reader.lastTry(id, group),
      lastRead: (id, group) => this.reader.lastRead(id, group),
      cost: (id, groups) => provider.cost(id, groups),
      pushed: (id, group) => provider.pushed?.(id, group) ?? false,
      observedAt: (id, group) => observedAtOf(this.reader.memory(id), [group]),
      budget: () => ledger.budget(),
      waitFor: (calls) => this.waitFor(calls),
      read: (vehicle, groups) => this.freshen(vehicle, groups, 0, true),
    })
  }

  /** Keeps fresh what the watcher wants, until the answer is called. */
  watch(watcher: Watcher): () => void {
    const stop = this.schedule.watch(watcher)
    this.list.ensure()
    return () => {
      stop()
      if (!this.schedule.watched) this.list.rest()
    }
  }

  /** Reads what is older, shared with whoever else asks. Rejects when none of the groups could be read. */
  async freshen(vehicle: Vehicle, groups: readonly SignalGroup[], maxAgeMs: number, isRoutine = false): Promise<void> {
    try {
      await this.options.record.guard(this.reader.freshen(vehicle, groups, maxAgeMs, isRoutine))
    } finally {
      if (!this.options.closing.aborted) this.tried(vehicle, groups)
    }
  }

  /** Why none of these groups could be read at the last try; undefined when one of them was, or is yet to be tried. */
  failure(vehicle: VehicleId, groups: readonly SignalGroup[]): Cause | undefined {
    const causes = groups
      .map((group) => ({ group, cause: this.reader.failure(vehicle, group) }))
      .filter(({ group, cause }) => cause ?? this.options.provider.cost(vehicle, [group]) > 0)
    return causes.every(({ cause }) => cause) ? causes[0]?.cause : undefined
  }

  /** The cloud answered to somebody: what was waiting for that goes on. */
  reached(): void {
    this.options.record.succeeded()
    this.schedule.reached()
  }

  /** After a sign-in: what was waiting for one goes on. */
  resume(): void {
    this.schedule.resume()
    this.list.ensure()
  }

  /** Forgets what is known of the cars. */
  forget(): void {
    for (const id of this.list.forget()) this.reader.forget(id)
  }

  close(): void {
    this.schedule.close()
    this.list.rest()
  }

  private tried(vehicle: Vehicle, groups: readonly SignalGroup[]): void {
    const gone = groups.some((group) => ofTheList.has(this.reader.failure(vehicle.id, group)?.code ?? 'INTERNAL'))
    if (gone) this.list.doubt()
    this.options.tell('tried', vehicle)
  }

  /** Milliseconds until that many reads may be made. While there are none left for today, that is the account's trouble. */
  private waitFor(calls: number): number {
    const { ledger, record } = this.options
    try {
      ledger.check('read', calls)
    } catch (error) {
      record.failed(toDrivewayError(error).cause)
    }
    return ledger.waitFor('read', calls)
  }
}
