import type { Node } from 'node-red'
import type { Account } from '../../src/account/account'
import type { Status } from '../shared/status'
import type { Cause } from '../../src/vehicle/causes'

/** What other nodes see of the account's config node. */
export interface AccountNode extends Node {
  /** Opens the account with the first who asks; rejects with a DrivewayError while its settings are not right. */
  opened(): Promise<Account>
  /**
   * Says that a node uses the account, until `deregister`. Errors of the account are raised at its users; with a
   * status, they are shown below the user and go away with the trouble.
   */
  register(user: Node, status?: Status): void
  deregister(user: Node): void
  /** A user has raised this trouble by itself: its tab knows already. */
  told(user: Node, cause: Cause): void
  /** Node-RED's Catch and Status nodes look at exactly this: a plain object. */
  users: Record<string, Node>
}
