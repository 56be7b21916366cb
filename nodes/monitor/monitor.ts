import type { Node, NodeAPI, NodeDef } from 'node-red'
import { accountOf, onClose } from '../shared/glue'
import type { MqttOutConfig } from '../shared/mqttOut'
import { migrated } from '../shared/migrate'
import { Status } from '../shared/status'
import { serveMonitorRoutes } from './routes'

export interface MonitorConfig extends NodeDef, MqttOutConfig {
  account: string
}

/** `driveway-monitor`: fires on a condition. */
export default function (RED: NodeAPI): void {
  serveMonitorRoutes(RED, {
    of: () => Promise.resolve({ isGuarded: false, isOff: false, isSimulated: false }),
    test: () => Promise.resolve(),
  })

  function CarMonitor(this: Node, saved: MonitorConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(this, saved)
    const node = this
    const status = new Status(RED, node)
    const accountNode = accountOf(RED, config.account)
    accountNode?.register(node)
    if (!accountNode) status.word('fault', 'noAccount')
    else status.word('idle', 'loading')
    onClose(node, () => accountNode?.deregister(node))
  }

  RED.nodes.registerType('driveway-monitor', CarMonitor)
}
