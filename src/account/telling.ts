/** What an account tells, and to whom: a listener that throws keeps nothing from the others, and is no fault of the cloud. */
import { EventEmitter } from 'node:events'
import type { Cause } from '../vehicle/causes'
import type { VehicleEvent } from '../vehicle/events'
import type { Outcome } from '../vehicle/outcome'
import type { Drift } from '../vehicle/reading'
import type { Change } from '../vehicle/snapshot'
import type { Vehicle } from '../vehicle/vehicle'
import type { Health } from './health'

export interface AccountEvents {
  /** The list of cars is known, or changed. */
  vehicles: [readonly Vehicle[]]
  /** A read or push was taken in, changed or not. */
  reading: [Vehicle, { changes: Change[]; events: VehicleEvent[]; receivedAt: number; first: boolean }]
  /** A read of a car is over, well or not: see `failure`. */
  tried: [Vehicle]
  change: [Vehicle, Change[]]
  event: [Vehicle, VehicleEvent]
  /** Each phase of each command; the last one is final. The car is unknown when the command named none we know. */
  outcome: [Vehicle | undefined, Outcome]
  health: [Health]
  drift: [Drift]
  /** Something of our own does not work, such as a disk that cannot be written. Told once. */
  trouble: [Cause]
}

export class Telling extends EventEmitter<AccountEvents> {
  /** Listeners that have thrown; each is reported once. */
  private readonly faulty = new WeakSet<object>()

  constructor() {
    super()
    // Many nodes listen.
    this.setMaxListeners(0)
  }

  /** Tells every listener, also when one of them throws. */
  protected tell<Name extends keyof AccountEvents>(name: Name, ...told: AccountEvents[Name]): void {
    if (this.listenerCount(name) === 0) return
    for (const listener of this.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, told)
      } catch (error) {
        if (this.faulty.has(listener)) continue
        this.faulty.add(listener)
        this.tell('trouble', listenerFailed(name, error))
      }
    }
  }
}

const listenerFailed = (name: string, error: unknown): Cause => ({
  code: 'INTERNAL',
  message: `Something that listens for "${name}" failed (${error instanceof Error ? error.name : typeof error})`,
  action: 'Report this fault to us.',
})
