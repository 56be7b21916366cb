/** What the cars were made to do a short while ago: it echoes in what they tell, and its effect is looked for once. */
import { minutes, pause, seconds, type Clock } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { Provider } from '../providers/provider'
import { commands, type CommandId } from '../vehicle/commands'
import { isFinal, type Outcome } from '../vehicle/outcome'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'

export interface CarriedOutOptions {
  provider: Provider
  ledger: Ledger
  clock: Clock
  closing: AbortSignal
  /** Somebody wants to know about the cars. */
  isWatched(): boolean
  read(vehicle: Vehicle, groups: readonly SignalGroup[]): Promise<void>
}

interface Entry {
  /** Of the order. */
  id: string
  command: CommandId
  at: number
}

/** How long after a command its effect is looked for. */
const effectAfter = seconds(5)
/** How long what a car does may still be the echo of a command. */
const commandEcho = minutes(20)

export class CarriedOut {
  private readonly entries = new Map<VehicleId, Entry[]>()

  constructor(private readonly options: CarriedOutOptions) {}

  /**
   * What was told of a command; only what it did, or may have done, counts. It counts from when it is on its way: cars
   * tell what they do before their cloud says what became of the command.
   */
  note(vehicle: Vehicle, { id, command, phase, ok, state }: Outcome): void {
    if (phase === 'checked') return
    const entry = { id, command: command as CommandId, at: this.options.clock.now() }
    const others = this.recentEntries(vehicle.id).filter((other) => other.id !== id)
    const entries = ok === false ? others : [...others, entry]
    if (entries.length > 0) this.entries.set(vehicle.id, entries)
    else this.entries.delete(vehicle.id)
    if (isFinal(phase) && ok !== false && !state) void this.lookForEffect(vehicle, entry.command)
  }

  /** What a car does now may be the doing of these. */
  recent(vehicle: VehicleId): CommandId[] {
    return this.recentEntries(vehicle).map(({ command }) => command)
  }

  private recentEntries(vehicle: VehicleId): Entry[] {
    return (this.entries.get(vehicle) ?? []).filter(({ at }) => this.options.clock.now() - at < commandEcho)
  }

  /** Most clouds answer a command without the car's new state: it is read once, a little later. */
  private async lookForEffect(vehicle: Vehicle, command: CommandId): Promise<void> {
    const { provider, ledger, clock, closing } = this.options
    const touched = (commands[command].touches ?? []).filter((group) => provider.cost(vehicle.id, [group]) > 0)
    if (touched.length === 0 || !this.options.isWatched()) return
    await pause(clock, effectAfter, closing)
    if (closing.aborted || ledger.waitFor('read', touched.length) > 0) return
    await this.options.read(vehicle, touched).catch(() => undefined)
  }
}
