import type { NodeAPI } from 'node-red'

const waiting = new Set<() => void>()
const heard = new WeakSet<NodeAPI['events']>()

/** Calls after each start of the flows, until the answer is called. One listener for all: there may be many accounts. */
export function onFlowsStarted(RED: NodeAPI, call: () => void): () => void {
  if (!heard.has(RED.events)) {
    heard.add(RED.events)
    RED.events.on('flows:started', () => [...waiting].forEach((each) => each()))
  }
  waiting.add(call)
  return () => void waiting.delete(call)
}
