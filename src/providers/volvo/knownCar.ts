/** What was learned about one car between the calls. */
import { hours, type Clock } from '../../clock'
import type { CommandId } from '../../vehicle/commands'
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import type { Capabilities, VehicleMeta } from '../../vehicle/vehicle'
import type { EndpointId, RechargePart } from './endpoints'

export const day = hours(24)

/** Something that the car lacks: a call, or the charge level in a call that others have it in. */
export type Lack = EndpointId | RechargePart | `battery in ${EndpointId}`

export interface Details {
  meta: VehicleMeta
  capacity: readonly Reading[]
}

export interface Ability {
  capabilities: Capabilities
  /** The car's own paths of its commands. */
  paths: ReadonlyMap<CommandId, string>
}

interface Kept<T> {
  value: T
  until: number
}

export class KnownCar {
  private readonly lacking = new Map<Lack, number>()
  private keptDetails?: Kept<Details>
  private keptAbility?: Kept<Ability>
  /** Signals that an energy call has ever delivered: other sources are then never asked for them. */
  readonly fromEnergy = new Set<SignalId>()
  /** Calls that have told something of this car. */
  readonly delivered = new Set<Lack>()
  /** Whether an energy call has been tried with an answer that will not change soon. */
  energyTried = false
  /** Energy v1 is read in its parts, because the whole is not permitted. */
  energyParts = false
  /** The latest word of the command accessibility; `undefined` while available or not known. */
  unavailable?: { reason: string | undefined }

  constructor(private readonly clock: Clock) {}

  /** Not asked again for a day, or for `ms`. */
  lack(what: Lack, ms = day): void {
    this.lacking.set(what, this.clock.now() + ms)
  }

  lacks(what: Lack): boolean {
    return (this.lacking.get(what) ?? 0) > this.clock.now()
  }

  get details(): Details | undefined {
    return this.fresh(this.keptDetails)
  }

  keepDetails(value: Details): void {
    this.keptDetails = { value, until: this.clock.now() + day }
  }

  get ability(): Ability | undefined {
    return this.fresh(this.keptAbility)
  }

  keepAbility(value: Ability, ms = day): void {
    this.keptAbility = { value, until: this.clock.now() + ms }
  }

  /** Known paths of commands, also when the list is due to be read again. */
  pathOf(command: CommandId): string | undefined {
    return this.keptAbility?.value.paths.get(command)
  }

  private fresh<T>(kept: Kept<T> | undefined): T | undefined {
    return kept && kept.until > this.clock.now() ? kept.value : undefined
  }
}
