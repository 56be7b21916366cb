import type { Node, NodeAPI } from 'node-red'
import { Broker } from '../../src/cloud/mqtt'
import type { StateStore } from '../../src/cloud/stateStore'
import { Mirror, willOf } from '../../src/mirror/mirror'
import { toDrivewayError, type Cause } from '../../src/vehicle/causes'
import { onClose } from '../shared/glue'
import { clockOf } from '../shared/environment'
import { instanceOf } from '../shared/instance'
import { placeOf } from '../shared/place'
import { migrated } from '../shared/migrate'
import { Status } from '../shared/status'
import { version } from '../shared/version'
import type { MqttNode } from './mqttNode'
import { settingsOf, type MqttConfig, type MqttCredentials } from './settings'

/** Where Home Assistant sends people who want help. */
const supportUrl = 'https://github.com/driveway-cars/node-red-connected-car'

/** `driveway-mqtt`: one connection to a broker; the accounts that name it are mirrored onto its topics. */
export default function (RED: NodeAPI): void {
  function CarMqtt(this: Node<MqttCredentials>, saved: MqttConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(this, saved)
    const node = this as unknown as MqttNode & Node<MqttCredentials>
    const status = new Status(RED, node)
    let mirror: Mirror | undefined

    try {
      const settings = settingsOf(config, node.credentials ?? {}, instanceOf(RED, node.id))
      const { connection, base, instance } = settings
      const { url } = connection
      const clock = clockOf(RED)
      const broker = new Broker({ ...connection, will: willOf(base, instance) }, clock)
      let problem: Cause | undefined
      let lost = false
      const show = () => {
        if (broker.state !== 'connected') return
        if (problem) status.trouble(problem)
        else status.word('well', 'connected')
      }
      mirror = new Mirror({
        ...settings,
        version,
        supportUrl,
        broker,
        clock,
        store: storeOf(RED),
        onProblem: (now) => {
          if (now) node.warn(now.message)
          problem = now
          show()
        },
        onTrouble: (error) => node.warn(`What was asked of the cars cannot be written down: ${toDrivewayError(error).message}`),
      })
      broker.on('state', (state) => {
        if (state === 'connected') {
          show()
          if (lost) node.log('connected to the MQTT broker again')
          lost = false
        } else if (state === 'offline') {
          status.word('attention', 'disconnected')
          // Told once, not at each try.
          if (!lost && broker.problem) node.warn(broker.problem.message)
          lost = true
        } else if (state === 'connecting' && !lost) status.word('waiting', 'connecting')
      })
      Object.assign(node, { place: { url, base } })
      node.link = () => {
        broker.connect()
        return broker
      }
      // Nothing is opened before an account needs it.
      node.mirror = (id, account, label) => {
        broker.connect()
        return (mirror as Mirror).add(id, account, label)
      }
    } catch (error) {
      node.error(error, {})
      status.word('fault', 'config')
      node.mirror = () => () => undefined
      node.link = () => undefined
    }

    onClose(node, (removed) => mirror?.close(removed))
  }

  const secret = { type: 'password' } as const
  RED.nodes.registerType('driveway-mqtt', CarMqtt as never, {
    credentials: { username: secret, password: secret, ca: secret, cert: secret, key: secret },
  })
}

/** Where this runtime keeps things, once that is known; without a place nothing is kept. */
function storeOf(RED: NodeAPI): StateStore {
  const place = placeOf(RED).then(({ kept }) => kept?.state)
  return {
    load: async (name) => (await place)?.load(name),
    save: async (name, value) => (await place)?.save(name, value),
    remove: async (name) => (await place)?.remove(name),
  }
}
