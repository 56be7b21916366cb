import { createHash } from 'node:crypto'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import { Broker } from '../../src/cloud/mqtt'
import { Mirror, willOf } from '../../src/mirror/mirror'
import { isBase } from '../../src/mirror/topics'
import { DrivewayError } from '../../src/vehicle/causes'
import { onClose, text } from '../shared/glue'
import { clockOf } from '../shared/environment'
import { Status } from '../shared/status'
import { version } from '../shared/version'
import type { MqttNode } from './mqttNode'

interface MqttConfig extends NodeDef {
  url?: string
  base?: string
  instance?: string
}

interface MqttCredentials {
  username?: string
  password?: string
}

/** `driveway-mqtt`: one connection to a broker; the accounts that name it are mirrored onto its topics. */
export default function (RED: NodeAPI): void {
  function CarMqtt(this: Node<MqttCredentials>, config: MqttConfig): void {
    RED.nodes.createNode(this, config)
    const node = this as unknown as MqttNode & Node<MqttCredentials>
    const status = new Status(RED, node)
    let mirror: Mirror | undefined

    try {
      const { url, base, instance } = settingsOf(config, node.id)
      const { username, password } = node.credentials ?? {}
      const broker = new Broker({ url, username, password, will: willOf(base, instance) }, clockOf(RED))
      mirror = new Mirror({ base, instance, version, broker, clock: clockOf(RED) })
      let lost = false
      broker.on('state', (state) => {
        if (state === 'connected') {
          status.word('well', 'connected')
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

    onClose(node, () => mirror?.close())
  }

  RED.nodes.registerType('driveway-mqtt', CarMqtt as never, {
    credentials: { username: { type: 'password' }, password: { type: 'password' } },
  })
}

/** Checks the fields; throws `INVALID_CONFIG` naming the first bad one. */
function settingsOf(config: MqttConfig, id: string): { url: string; base: string; instance: string } {
  const url = text(config.url) ?? ''
  const base = text(config.base) ?? 'driveway'
  // Stable over restarts and deploys, and says nothing about this machine.
  const instance = text(config.instance) ?? createHash('sha256').update(id).digest('hex').slice(0, 8)
  if (!/^(mqtts?|wss?):\/\/[^\s/]+/.test(url))
    throw wrong('The broker address must start with mqtt://, mqtts://, ws:// or wss://')
  if (!isBase(base)) throw wrong('The base topic must not be empty nor have spaces, "+", "#", or empty levels')
  if (!isBase(instance) || instance.includes('/')) throw wrong('The instance name must not have spaces, "/", "+" or "#"')
  return { url, base, instance }
}

const wrong = (message: string): DrivewayError =>
  new DrivewayError({ code: 'INVALID_CONFIG', message, action: 'Open the MQTT settings and mend them.' })
