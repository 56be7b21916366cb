/** What clouds tell without being asked, and who is told. */
import type { Cause } from '../vehicle/causes'
import type { CommandId } from '../vehicle/commands'
import type { VehicleEvent } from '../vehicle/events'
import type { OwnTrip } from '../vehicle/events/moment'
import type { Reading } from '../vehicle/reading'
import type { SignalGroup } from '../vehicle/signals'
import type { VehicleId } from '../vehicle/vehicle'

/** What came of one car without being asked. */
export interface Push {
  readings: readonly Reading[]
  /** Groups that it tells whole. */
  groups: readonly SignalGroup[]
  /** Events in the source's own words; they are passed on as they are, beside those made of the readings. */
  events?: readonly VehicleEvent[]
  /** It is older than what came before. */
  late?: boolean
  /** A trip that the source tells itself. */
  trip?: OwnTrip
  /** The command of ours whose effect it is, where the source says so. */
  causedBy?: { id: string; command: CommandId }
}

/** Who is told of what comes by itself. What is told is taken in in order. */
export interface PushSink {
  /** Aborted when nobody listens any more: what is asked for their sake ends with it. */
  readonly over: AbortSignal
  /** Resolves when it was kept and handed on; `false`: no such car in this account. Rejects when the account ends before. */
  push(vehicle: VehicleId, push: Push): Promise<boolean>
  /**
   * Something of these groups is another one now, what is not told: they are read soon. Resolves at once, before that;
   * `false`: no such car in this account. Rejects when the account ends before.
   */
  changed(vehicle: VehicleId, groups: readonly SignalGroup[]): Promise<boolean>
  /** The list of cars is another one now: it is asked for again. */
  vehicles(): void
  /** What cuts the source off now; nothing: it is there. `callsGoOn`: reads and commands work without it. */
  health(problem: Cause | undefined, options?: { callsGoOn: true }): void
}

/** Socket or stream, held by us. */
export interface PushSource {
  /** Starts to tell, until the answer is called. */
  start(sink: PushSink): () => void
}
