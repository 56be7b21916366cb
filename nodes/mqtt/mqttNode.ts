import type { Node } from 'node-red'
import type { Account } from '../../src/account/account'
import type { Broker } from '../../src/cloud/mqtt'
import type { Cause } from '../../src/vehicle/causes'

/** What an account's node sees of the broker's config node. */
export interface MqttNode extends Node {
  /**
   * Mirrors an account onto the broker until the answer is called; `removed`: its topics are cleared. `onProblem` is
   * told what somebody has to mend, and nothing once it is mended; a broker that is only away is no such thing.
   */
  mirror(id: string, account: Account, label: string, onProblem: (problem?: Cause) => void): (removed?: boolean) => void
  /** The connection itself, opened, for an account that reads another Driveway; undefined while the settings are wrong. */
  link(): Broker | undefined
  /** Which broker it is, and below which topic it writes. */
  readonly place?: { url: string; base: string }
}
