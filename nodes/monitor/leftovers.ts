/** Accounts that no monitor node uses: what is left of them in a cloud is looked after, and what is delivered comes in. */
import type { NodeAPI } from 'node-red'
import { minutes, type Timer } from '../../src/clock'
import { ownsAnything } from '../../src/monitors/ownership'
import { liveAccounts, type LiveAccount } from '../account/live'
import { clockOf } from '../shared/environment'
import { accountOf } from '../shared/glue'
import { placeOf } from '../shared/place'
import { attended, receptionOf, stateOf } from './desk'

let runtime: NodeAPI | undefined
let isListening = false

const againAfter = minutes(1)
/** By account. */
const retries = new Map<string, Timer>()

/** After each start of the flows; listens once, however often this module is loaded. */
export function removeLeftovers(RED: NodeAPI): void {
  runtime = RED
  if (isListening) return
  isListening = true
  RED.events.on('flows:started', look)
}

function look(): void {
  const RED = runtime
  if (!RED) return
  for (const [id, live] of liveAccounts) void lookAt(RED, id, live)
}

/** Never rejects: what fails is tried again in a minute, while the account is the same. */
async function lookAt(RED: NodeAPI, id: string, live: LiveAccount): Promise<void> {
  if (liveAccounts.get(id) !== live) return
  try {
    const accountNode = accountOf(RED, id)
    if (!accountNode) return
    const state = (await placeOf(RED)).kept?.state
    // Nothing is asked of a cloud in which nothing is ours.
    const mayOwn = state !== undefined && (await ownsAnything(state, id))
    if (!mayOwn && !attended.has(id) && !isUsed(RED, id, accountNode.users)) return
    const opened = await live.open()
    // An account on the simulator keeps what it knows elsewhere.
    const owns = await ownsAnything(stateOf(opened), id)
    if (!owns) attended.delete(id)
    if (owns || !opened.account.provider.monitors) await receptionOf(RED, accountNode, opened)
  } catch {
    // Each deploy looks anew; one that fails is one to try again.
    retries.get(id)?.cancel()
    retries.set(
      id,
      clockOf(RED).after(againAfter, () => void lookAt(RED, id, live)),
    )
  }
}

/** Somebody hears what is delivered: a node, or a mirror. */
function isUsed(RED: NodeAPI, id: string, users: object): boolean {
  let hasMirror = false
  RED.nodes.eachNode((config) => {
    if (config.id === id) hasMirror = Boolean((config as { mirror?: unknown }).mirror)
  })
  return hasMirror || Object.keys(users).length > 0
}
