/** What comes of the cars without being asked: by the provider's own source, or brought by whoever receives deliveries. */
import type { Clock } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { Provider, Push } from '../providers/provider'
import type { Cause } from '../vehicle/causes'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import type { CarList } from './carList'
import type { CarriedOut } from './carriedOut'
import type { Reader } from './reader'
import { Rereads } from './rereads'

/** A push, and when it came, in ms since 1970; default now. */
export type Delivered = Push & { receivedAt?: number }

export interface PushesOptions {
  provider: Provider
  clock: Clock
  ledger: Ledger
  closing: AbortSignal
  list: CarList
  reader: Reader
  carriedOut: CarriedOut
  /** Rejects when none of the groups could be read. */
  read(vehicle: Vehicle, groups: readonly SignalGroup[]): Promise<void>
  /** The source is there, or says what cuts it off; `callsGoOn`: reads and commands work without it. */
  onSource(problem: Cause | undefined, callsGoOn: boolean): void
}

export class Pushes {
  /** The end of the line: they are taken in in the order in which they came. */
  private line: Promise<unknown> = Promise.resolve()
  private waiting = 0
  private readonly rereads: Rereads
  private readonly stop?: () => void

  constructor(private readonly options: PushesOptions) {
    this.rereads = new Rereads(options)
    this.stop = options.provider.pushes?.start({
      over: options.closing,
      push: (vehicle, push) => this.deliver(vehicle, push),
      changed: (vehicle, groups) => this.changed(vehicle, groups),
      vehicles: () => this.relist(),
      health: (problem, more) => options.onSource(problem, more?.callsGoOn === true),
    })
  }

  /** Takes one in, each car's in the order of the calls. See `Account.deliver`. */
  deliver(vehicle: VehicleId, given: Delivered): Promise<boolean> {
    const { provider, clock, reader, carriedOut } = this.options
    const { readings, groups, late, trip, causedBy, receivedAt = clock.now() } = given
    const [events, also] = provider.tellsEvents ? [given.events, undefined] : [undefined, given.events]
    return this.withCar(vehicle, (car) => {
      const recent = carriedOut.recent(vehicle)
      const commanded = causedBy ? [...recent, causedBy.command] : recent
      return reader.accept(car, { readings, receivedAt, source: 'push', groups, late, trip, commanded, events, also })
    })
  }

  /** Something of these groups is another one now: they are read soon, and nobody waits for that. */
  async changed(vehicle: VehicleId, groups: readonly SignalGroup[]): Promise<boolean> {
    return this.withCar(vehicle, () => this.rereads.add(vehicle, groups))
  }

  close(): void {
    this.stop?.()
    this.rereads.close()
  }

  /** The list of cars is another one now: it is asked for again, before what comes from now on is taken in. */
  relist(): void {
    this.inLine(() => this.options.list.relist()).catch(() => undefined)
  }

  /**
   * Resolves when the car is taken care of; `false`: there is none. In the order of the calls, which wait for each other
   * only where a car has to be looked for: the disk is slow, and each car's own line keeps its order.
   */
  private withCar(vehicle: VehicleId, take: (car: Vehicle) => Promise<void> | void): Promise<boolean> {
    const { closing, list } = this.options
    const known = this.waiting === 0 && !closing.aborted ? list.find(vehicle) : undefined
    // A fleet's events come this way: as few promises as can be.
    if (known) return (take(known) ?? nothing).then(isThere)
    return this.withLookedFor(vehicle, take)
  }

  private async withLookedFor(vehicle: VehicleId, take: (car: Vehicle) => Promise<void> | void): Promise<boolean> {
    const { closing, list } = this.options
    closing.throwIfAborted()
    const { car, taken } = await this.inLine(async () => {
      closing.throwIfAborted()
      if (!list.find(vehicle)) await list.renewed()
      closing.throwIfAborted()
      const found = list.find(vehicle)
      // Begun in its turn, and not waited for there.
      return { car: found, taken: found && take(found) }
    })
    await taken
    return car !== undefined
  }

  private inLine<T>(take: () => Promise<T>): Promise<T> {
    this.waiting++
    const turn = this.line.then(take)
    const over = () => void this.waiting--
    this.line = turn.then(over, over)
    return turn
  }
}

const nothing = Promise.resolve()
const isThere = () => true
