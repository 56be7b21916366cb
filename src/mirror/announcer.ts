/** Tells Home Assistant of the cars that the mirror shows, each time something about them is new. */
import type { Account } from '../account/account'
import type { Broker } from '../cloud/mqtt'
import { isGuarded, type CommandId } from '../vehicle/commands'
import type { SignalId } from '../vehicle/signals'
import type { Capabilities, Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Counted } from './discovery/bridge'
import { uidOf } from './discovery/device'
import type { Discovery } from './discovery/discovery'
import type { Rivals } from './discovery/rivals'
import type { LocationMode } from './location'

export interface AnnouncerOptions {
  /** False: what an earlier run told is taken back, and nothing is told. */
  wanted: boolean
  discovery: Discovery
  rivals: Rivals
  broker: Broker
  /** Commands that are taken from topics. */
  accepted: ReadonlySet<CommandId>
  location: LocationMode
}

export class Announcer {
  /** The signals that a car was described with last. */
  private readonly described = new Map<VehicleId, string>()
  /** When what an earlier run told is known. */
  readonly ready: Promise<void>
  private isReady = false

  constructor(private readonly options: AnnouncerOptions) {
    const { discovery, wanted, broker } = options
    this.ready = discovery.open().then(() => {
      if (!wanted) discovery.clear()
      this.isReady = true
    })
    if (wanted)
      broker.subscribe({
        filter: discovery.birthTopic,
        take: ({ payload }) => {
          discovery.onBirth(payload.toString())
          return Promise.resolve()
        },
      })
  }

  /** Whether a car can be described before its state is told; with nothing to describe nobody waits. */
  get canDescribe(): boolean {
    return this.isReady || !this.options.wanted
  }

  /** Describes the bridge itself. */
  describeBridge(accounts: readonly Counted[]): void {
    if (this.options.wanted) this.whenReady(() => this.options.discovery.tellBridge(accounts))
  }

  /** At once where that is possible: whoever waits must not be overtaken by the car's state. */
  private whenReady(tell: () => void): void {
    if (this.isReady) tell()
    else void this.ready.then(tell)
  }

  /** Describes a car unless that was done with the same signals; `capabilities` where they are news. */
  describe(owner: string, account: Account, car: Vehicle, capabilities?: Capabilities): void {
    const { wanted, discovery, rivals, accepted, location } = this.options
    if (!wanted) return
    rivals.watch(uidOf(car))
    const known = Object.keys(account.memory(car.id).held) as SignalId[]
    const signals = known.join()
    if (!capabilities && this.described.get(car.id) === signals) return
    this.described.set(car.id, signals)
    const allowed = [...accepted].filter((id) => !isGuarded(id) || account.allow.includes(id))
    this.whenReady(() => discovery.tell(car, { owner, capabilities, allowed, known, location }))
  }

  /** The car has left. */
  forget(car: Vehicle): void {
    this.described.delete(car.id)
    const { wanted, discovery, rivals } = this.options
    if (!wanted) return
    void this.ready.then(() => {
      discovery.forget(car)
      rivals.ignore(uidOf(car))
    })
  }

  /** These are an account's cars now; others, that an earlier run told of, are gone. */
  sweep(owner: string, cars: readonly Vehicle[]): void {
    if (this.options.wanted) void this.ready.then(() => this.options.discovery.sweep(owner, cars))
  }

  /** The accounts whose cars were told of, also by an earlier run. */
  get owners(): string[] {
    return this.options.discovery.owners
  }

  /** The broker may have lost what it kept. */
  retell(): void {
    if (this.options.wanted) this.whenReady(() => this.options.discovery.retell())
  }

  /** `removed`: nothing of it stays on the broker. */
  async close(removed: boolean): Promise<void> {
    await this.ready
    if (removed) this.options.discovery.clear()
    this.options.rivals.close()
    await this.options.discovery.close()
  }
}
