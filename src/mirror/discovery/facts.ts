/** What discovery has to know of a car to describe it. */
import type { CommandId } from '../../vehicle/commands'
import type { SignalId } from '../../vehicle/signals'
import type { Capabilities } from '../../vehicle/vehicle'
import type { LocationMode } from '../location'

export interface CarFacts {
  /** Whose car it is: an account. */
  owner?: string
  /** Absent while they could not be had: what was said before is kept. */
  capabilities?: Capabilities
  /** Commands that this broker connection takes from topics and the account allows; which of them the car has is looked up here. */
  allowed: readonly CommandId[]
  /** Signals that have a value now. */
  known: readonly SignalId[]
  location: LocationMode
}
