/** What the nodes that watch an account have in common, from their start to their end. */
import type { Node, NodeAPI } from 'node-red'
import { toDrivewayError, type DrivewayError } from '../../src/vehicle/causes'
import type { AccountNode } from '../account/accountNode'
import { accountOf, noAccount, onClose, onInput, type Message } from './glue'
import { raise } from './speech'
import type { Status } from './status'

/** One node's watch over one account. */
export interface Watch {
  /** What a message into the node asks for, such as `pause`. */
  obey(message: Message): Promise<void>
  /** `removed`: the node was deleted or disabled. */
  stop(removed: boolean): void | Promise<void>
}

export interface Watched<Opened> {
  /** A failure of this is the account's trouble: it is shown here, and raised by the account. */
  open(accountNode: AccountNode): Promise<Opened>
  /**
   * Makes ready what may take a while, and gives what begins the watch; that is called unless the node is closed by
   * then. A failure of either is this node's own.
   */
  prepare(opened: Opened, accountNode: AccountNode): Promise<() => Watch> | (() => Watch)
}

/** Ties a node to its account: begins the watch, hands messages to it, ends it. */
export function watchNode<Opened>(RED: NodeAPI, node: Node, account: unknown, status: Status, watched: Watched<Opened>): void {
  const accountNode = accountOf(RED, account)
  let watch: Watch | undefined
  /** When it is known whether there is a watch. Never rejects. */
  let begun: Promise<void> | undefined
  let unfit: DrivewayError | undefined
  let closing = false
  accountNode?.register(node)
  if (!accountNode) status.word('fault', 'noAccount')
  else {
    status.word('idle', 'loading')
    begun = watched.open(accountNode).then(
      async (opened) => {
        try {
          const begin = await watched.prepare(opened, accountNode)
          if (!closing) watch = begin()
        } catch (error) {
          if (closing) return
          unfit = toDrivewayError(error)
          status.trouble(unfit.cause)
          raise(RED, node, unfit)
        }
      },
      (error: unknown) => status.trouble(toDrivewayError(error).cause),
    )
  }

  onInput(RED, node, async (message) => {
    if (!accountNode) throw noAccount()
    try {
      await accountNode.opened()
      await begun
      if (unfit) throw unfit
      await watch?.obey(message)
    } catch (error) {
      accountNode.told(node, toDrivewayError(error).cause)
      throw error
    }
  })

  onClose(node, async (removed) => {
    closing = true
    accountNode?.deregister(node)
    await watch?.stop(removed)
  })
}
