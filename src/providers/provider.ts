import type { Cause, ProviderDetail } from '../vehicle/causes'
import type { CommandId, CommandParams } from '../vehicle/commands'
import type { FinalPhase, ProgressPhase } from '../vehicle/outcome'
import type { Drift, Reading } from '../vehicle/reading'
import type { SignalGroup } from '../vehicle/signals'
import type { DeliveryReader, History, MonitorService } from './monitors'
import type { PushSource } from './push'
import type { Capabilities, ListedVehicle, ProviderId, Vehicle, VehicleId } from '../vehicle/vehicle'

export type { Push, PushSink, PushSource } from './push'

/** A checked command on its way to a car. */
export interface Order {
  id: string
  vehicle: VehicleId
  command: CommandId
  /** Valid by the command's schema. */
  params: CommandParams
}

/** What the cloud said became of an order; the account adds ids and times and makes the outcome of it. */
export interface Verdict {
  phase: Exclude<FinalPhase, 'checked'>
  cause?: Cause
  provider?: ProviderDetail
  /** The car's state, where the answer carries it. */
  readings?: Reading[]
}

/** What one read brought. */
export interface Answer {
  readings: Reading[]
  /** Groups that were read whole; the calls made may bring more than was asked for. */
  groups: readonly SignalGroup[]
  /** Calls that failed while others succeeded. */
  failures: Cause[]
}

/** What a command would look like on the wire, for a dry run. */
export interface Request {
  method: string
  path: string
  body?: unknown
}

/** One cloud. Knows its wire words, its calls and its quirks; knows no schedule, no node, no topic. */
export interface Provider {
  readonly id: ProviderId
  vehicles(signal: AbortSignal): Promise<ListedVehicle[]>
  capabilities(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities>
  /** Calls that reading these groups of this car will cost. */
  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number
  /** The groups that come along, free of further calls, when these are read. */
  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[]
  /**
   * Rejects with a DrivewayError only when no call succeeded. `isRoutine`: nobody asked for it just now, so what the list of
   * cars told a short while ago is as good as a call of its own.
   */
  read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal, isRoutine?: boolean): Promise<Answer>
  /** Throws nothing: whatever happens is in the verdict. */
  execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict>
  /** What `execute` would send. */
  preview(order: Order, signal: AbortSignal): Promise<Request>
  /** What a command would likely meet now, by what was read last; absent when nothing speaks against it. */
  likely?(vehicle: Vehicle): Cause | undefined
  /** What comes without being asked; absent where nothing does. */
  readonly pushes?: PushSource
  /**
   * Whether all that is new in this group of this car comes by itself now, so that nobody needs to ask on a schedule.
   * May change whenever the source tells its health.
   */
  pushed?(vehicle: VehicleId, group: SignalGroup): boolean
  /** Monitors in the cloud; absent where it has none. */
  readonly monitors?: MonitorService
  /** What comes to our own address; absent where nothing does. */
  readonly deliveries?: DeliveryReader
  /** Records of the past; absent where the cloud keeps none. */
  readonly history?: History
  /** It tells events itself, so none is made of its readings. */
  readonly tellsEvents?: true
  /** Words, units or fields outside the documents; called once per place. */
  onDrift?: (drift: Drift) => void
}
