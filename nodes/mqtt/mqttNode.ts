import type { Node } from 'node-red'
import type { Account } from '../../src/account/account'

/** What an account's node sees of the broker's config node. */
export interface MqttNode extends Node {
  /** Mirrors an account onto the broker until the answer is called. */
  mirror(id: string, account: Account, label: string): () => void
}
