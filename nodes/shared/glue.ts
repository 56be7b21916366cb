/** What every node needs and must get right once: input done exactly once, catchable errors, close in time. */
import type { Node, NodeAPI, NodeMessageInFlow } from 'node-red'
import { seconds, systemClock } from '../../src/clock'
import { DrivewayError } from '../../src/vehicle/causes'
import type { AccountNode } from '../account/accountNode'
import { said } from './speech'

export type Message = NodeMessageInFlow & Record<string, unknown>
export type Send = (message: Message | (Message | null | Message[])[]) => void

/** Node-RED waits 15 s for a node to close; we promise 2. */
const closeBy = seconds(2)

/**
 * Answers each message with `handle`. Done is called exactly once, also when it throws; the error goes to Catch nodes
 * with `code` and `cause`, in the runtime's language.
 */
export function onInput(RED: NodeAPI, node: Node, handle: (message: Message, send: Send) => Promise<void>): void {
  // Node-RED counts the declared parameters: with three it waits for done.
  node.on('input', function (message, send, done) {
    handle(message as Message, send as Send).then(
      () => done(),
      (error: unknown) => done(said(RED, error)),
    )
  })
}

/** Runs `end` when the node is stopped; `removed` is true when it was deleted or disabled. Never takes longer than 2 s. */
export function onClose(node: Node, end: (removed: boolean) => void | Promise<void>): void {
  // Two parameters: Node-RED hands over `removed` and waits for done.
  node.on('close', function (removed: boolean, done: () => void) {
    let over = false
    const finish = () => {
      if (over) return
      over = true
      limit.cancel()
      done()
    }
    const limit = systemClock.after(closeBy, finish)
    Promise.resolve()
      .then(() => end(removed))
      .then(finish, finish)
  })
}

/** The account that a node names. Undefined when none is chosen, or it is disabled or deleted. */
export function accountOf(RED: NodeAPI, id: unknown): AccountNode | undefined {
  if (typeof id !== 'string' || !id) return undefined
  const found = RED.nodes.getNode(id) as AccountNode | null
  return found?.type === 'driveway-account' ? found : undefined
}

export const noAccount = (): DrivewayError =>
  new DrivewayError({
    code: 'INVALID_CONFIG',
    message: 'No account is chosen, or it is disabled',
    action: 'Choose an account in the node.',
  })

/** A text of the dialog: empty counts as not given. */
export const text = (value: unknown): string | undefined => (typeof value === 'string' && value.trim() ? value.trim() : undefined)

/** What the dialog says wins; what it leaves empty is taken from the message. */
export const chosen = (configured: unknown, given: unknown): unknown => text(configured) ?? given
