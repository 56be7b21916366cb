/** Stellantis: what deliveries tell of remotes, handed to whoever waits for it. */
import type { VehicleId } from '../../vehicle/vehicle'

/** One thing told of a remote: by a delivered event, or read from its status. Words are the wire's. */
export interface Step {
  status?: string
  /** `Pending` or `Done`; a status that was read has none. */
  type?: string
  failureCause?: string
  /** v4: what else is known of a success. */
  feedback?: string
}

/** Remotes of which something is kept before anybody waits: an event may be faster than the answer to the order. */
const mostUnwatched = 200
const mostSteps = 20

export class Board {
  private readonly early = new Map<string, Step[]>()
  private readonly watchers = new Map<string, (step: Step) => void>()

  note(remoteId: string, step: Step): void {
    const watcher = this.watchers.get(remoteId)
    if (watcher) return watcher(step)
    const steps = this.early.get(remoteId) ?? []
    if (steps.length < mostSteps) steps.push(step)
    this.early.set(remoteId, steps)
    trim(this.early, mostUnwatched)
  }

  /** Tells what came already, then what comes, until the answer is called. */
  watch(remoteId: string, told: (step: Step) => void): () => void {
    this.watchers.set(remoteId, told)
    const early = this.early.get(remoteId) ?? []
    this.early.delete(remoteId)
    early.forEach(told)
    return () => {
      if (this.watchers.get(remoteId) === told) this.watchers.delete(remoteId)
    }
  }
}

/** Which car a monitor or a remote belongs to: in a batch a message names no car. */
export class Owners {
  private readonly cars = new Map<string, VehicleId>()

  set(id: string, vehicle: VehicleId | undefined): void {
    this.cars.delete(id)
    if (vehicle !== undefined) this.cars.set(id, vehicle)
    trim(this.cars, 5000)
  }

  of(id: string): VehicleId | undefined {
    return this.cars.get(id)
  }
}

/** Lets go of the oldest. */
function trim(map: Map<string, unknown>, most: number): void {
  for (const key of map.keys()) {
    if (map.size <= most) return
    map.delete(key)
  }
}
