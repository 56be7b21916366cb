/** What comes of the cars without being asked: by the provider's own source, or brought by whoever receives deliveries. */
import type { Clock } from '../clock'
import type { Provider, Push } from '../providers/provider'
import type { Cause } from '../vehicle/causes'
import type { VehicleId } from '../vehicle/vehicle'
import type { CarList } from './carList'
import type { CarriedOut } from './carriedOut'
import type { Reader } from './reader'

/** A push, and when it came, in ms since 1970; default now. */
export type Delivered = Push & { receivedAt?: number }

export interface PushesOptions {
  provider: Provider
  clock: Clock
  closing: AbortSignal
  list: CarList
  reader: Reader
  carriedOut: CarriedOut
  /** The source is there, or says what cuts it off; `callsGoOn`: reads and commands work without it. */
  onSource(problem: Cause | undefined, callsGoOn: boolean): void
}

export class Pushes {
  /** The end of the line: they are taken in in the order in which they came. */
  private line: Promise<unknown> = Promise.resolve()
  private readonly stop?: () => void

  constructor(private readonly options: PushesOptions) {
    this.stop = options.provider.pushes?.start({
      over: options.closing,
      push: (vehicle, push) => this.deliver(vehicle, push),
      vehicles: () => this.relist(),
      health: (problem, more) => options.onSource(problem, more?.callsGoOn === true),
    })
  }

  /** Takes one in, each car's in the order of the calls. See `Account.deliver`. */
  async deliver(vehicle: VehicleId, given: Delivered): Promise<boolean> {
    const { provider, clock, closing, list, reader, carriedOut } = this.options
    const { readings, groups, events, late, trip, causedBy, receivedAt = clock.now() } = given
    // Only finding the car waits in line: the disk is slow, and each car's own line keeps its order.
    const car = await this.inLine(async () => {
      closing.throwIfAborted()
      if (!list.find(vehicle)) await list.renewed()
      return list.find(vehicle)
    })
    closing.throwIfAborted()
    if (!car) return false
    const told = provider.tellsEvents ? { events } : { also: events }
    const commanded = causedBy ? [...carriedOut.recent(vehicle), causedBy.command] : carriedOut.recent(vehicle)
    await reader.accept(car, { readings, receivedAt, source: 'push', groups, late, trip, commanded, ...told })
    return true
  }

  close(): void {
    this.stop?.()
  }

  /** The list of cars is another one now: it is asked for again, before what comes from now on is taken in. */
  relist(): void {
    this.inLine(() => this.options.list.relist()).catch(() => undefined)
  }

  private inLine<T>(take: () => Promise<T>): Promise<T> {
    const turn = this.line.then(take)
    this.line = turn.catch(() => undefined)
    return turn
  }
}
