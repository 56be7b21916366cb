/** Where a monitor is evaluated, as the node sees it: here, or in the provider's cloud. */
import type { Account } from '../../src/account/account'
import type { Clock } from '../../src/clock'
import type { StateStore } from '../../src/cloud/stateStore'
import type { MonitorDefinition } from '../../src/monitors/definition'
import type { Cause } from '../../src/vehicle/causes'
import type { Vehicle } from '../../src/vehicle/vehicle'

export interface Engine {
  /** Nothing fires until `resume`. */
  pause(): void | Promise<void>
  resume(): void | Promise<void>
  /** What stands in the way of it, beside what the account itself has. */
  readonly trouble?: Cause
  /** It is being set up. */
  readonly isBusy?: boolean
  /** Lets go within two seconds. `removed`: the node was deleted or disabled. */
  close(removed: boolean): Promise<void>
}

/** What an engine works with. */
export interface EngineParts {
  account: Account
  definition: MonitorDefinition
  /** Whose monitor it is. */
  mark: string
  isMine: (car: Vehicle) => boolean
  clock: Clock
  /** Where it remembers over a restart. */
  store: StateStore
  /** Its state is another one now. */
  changed: () => void
  /** Something went wrong beside the work on a message. */
  raise: (error: unknown) => void
}
