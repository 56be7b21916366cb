/** "Sign out and forget", for the monitors of an account: what is on disk, and what its open desk knows. */
import type { NodeAPI } from 'node-red'
import type { OpenedAccount } from '../../src/account/open'
import { forgetMonitors } from '../../src/monitors/forget'
import { markOf } from '../../src/monitors/marks'
import { clockOf } from '../shared/environment'
import { instanceOf } from '../shared/instance'
import { renewDesk, stateOf } from './desk'

/** Rejects when something could not be removed. */
export async function forgetMonitorsOf(RED: NodeAPI, account: string, opened: OpenedAccount): Promise<void> {
  await forgetMonitors(stateOf(opened), account, { clock: clockOf(RED), marks: marksOf(RED, account) })
  await renewDesk(RED, account, opened)
}

/** Of the monitor nodes that use the account, deployed or disabled. */
function marksOf(RED: NodeAPI, account: string): string[] {
  const marks: string[] = []
  RED.nodes.eachNode((config) => {
    const { type, id, account: of } = config as { type: string; id: string; account?: string }
    if (type === 'driveway-monitor' && of === account) marks.push(markOf(instanceOf(RED, 'monitors'), id))
  })
  return marks
}
