/** Monitors in a cloud whose nodes are gone: an account that no monitor node uses any more looks after them all the same. */
import type { NodeAPI } from 'node-red'
import { ownsAnything } from '../../src/monitors/ownership'
import { liveAccounts } from '../account/live'
import { accountOf } from '../shared/glue'
import { placeOf } from '../shared/place'
import { deskOf } from './desk'

let runtime: NodeAPI | undefined
let isListening = false

/** After each start of the flows; listens once, however often this module is loaded. */
export function removeLeftovers(RED: NodeAPI): void {
  runtime = RED
  if (isListening) return
  isListening = true
  RED.events.on('flows:started', () => void look())
}

async function look(): Promise<void> {
  const RED = runtime
  const state = RED && (await placeOf(RED)).kept?.state
  if (!state) return
  for (const [id, live] of liveAccounts) {
    const accountNode = accountOf(RED, id)
    // Nothing is asked of a cloud in which nothing is ours.
    if (!accountNode || !(await ownsAnything(state, id))) continue
    await live
      .open()
      .then((opened) => deskOf(RED, accountNode, opened))
      .catch(() => undefined)
  }
}
