import type { OpenedAccount } from '../../src/account/open'

/** A deployed account, as the editor's routes see it. */
export interface LiveAccount {
  open(): Promise<OpenedAccount>
  opened?: OpenedAccount
}

/** By id of the config node. */
export const liveAccounts = new Map<string, LiveAccount>()
