import type { Node, NodeAPI } from 'node-red'
import { Broker } from '../../src/cloud/mqtt'
import type { StateStore } from '../../src/cloud/stateStore'
import { Mirror, willOf } from '../../src/mirror/mirror'
import { toDrivewayError, type Cause } from '../../src/vehicle/causes'
import { onClose } from '../shared/glue'
import { clockOf } from '../shared/environment'
import { instanceOf } from '../shared/instance'
import { placeOf } from '../shared/place'
import { onFlowsStarted } from '../shared/flowsStarted'
import { migrated } from '../shared/migrate'
import { causeSaid, notice, raise, said } from '../shared/speech'
import { Status } from '../shared/status'
import { version } from '../shared/version'
import { clearGoneMirrors, ends, lives, writes } from './gone'
import type { MqttNode } from './mqttNode'
import { settingsOf, type MqttConfig, type MqttCredentials } from './settings'

/** Where Home Assistant sends people who want help. */
const supportUrl = 'https://github.com/driveway-cars/node-red-connected-car'

/** `driveway-mqtt`: one connection to a broker; the accounts that name it are mirrored onto its topics. */
export default function (RED: NodeAPI): void {
  clearGoneMirrors(RED, storeOf)

  function CarMqtt(this: Node<MqttCredentials>, saved: MqttConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const node = this as unknown as MqttNode & Node<MqttCredentials>
    const status = new Status(RED, node)
    let mirror: Mirror | undefined
    const notices = new Notices()

    try {
      const settings = settingsOf(config, node.credentials ?? {}, instanceOf(RED, node.id))
      const { connection, base, instance } = settings
      const { url } = connection
      const clock = clockOf(RED)
      const broker = new Broker({ ...connection, will: willOf(base, instance) }, clock)
      lives(node.id, { settings, tellAll: () => broker.state === 'connected' && mirror?.tellAll() })
      let problem: Cause | undefined
      let lost = false
      const show = () => {
        if (broker.state !== 'connected') return
        if (problem) status.trouble(problem)
        else status.word('well', 'connected')
        notices.tell(problem)
      }
      mirror = new Mirror({
        ...settings,
        version,
        supportUrl,
        broker,
        clock,
        store: storeOf(RED),
        name: node.id,
        onProblem: (now) => {
          if (now) node.warn(inWords(causeSaid(RED, now)))
          problem = now
          show()
        },
        onTrouble: (error) => node.warn(notice(RED, 'ordersNotKept', { reason: said(RED, error).message })),
      })
      broker.on('state', (state) => {
        if (state === 'connected') {
          show()
          if (lost) node.log(notice(RED, 'brokerBack'))
          lost = false
        } else if (state === 'offline') {
          status.word('attention', 'disconnected')
          // Told once, not at each try.
          if (!lost && broker.problem) node.warn(inWords(causeSaid(RED, broker.problem)))
          lost = true
          if (broker.problem?.code !== 'NETWORK') notices.tell(broker.problem)
        } else if (state === 'connecting' && !lost) status.word('waiting', 'connecting')
      })
      Object.assign(node, { place: { url, base } })
      node.link = () => {
        broker.connect()
        return broker
      }
      // Nothing is opened before an account needs it.
      node.mirror = (id, account, label, onProblem) => {
        broker.connect()
        writes(node.id, settings, storeOf(RED))
        const leave = (mirror as Mirror).add(id, account, label)
        const ignore = notices.add(onProblem)
        return (removed) => {
          ignore()
          leave(removed)
        }
      }
    } catch (error) {
      raise(RED, node, error)
      status.word('fault', 'config')
      notices.tell(toDrivewayError(error).cause)
      node.mirror = (_id, _account, _label, onProblem) => notices.add(onProblem)
      node.link = () => undefined
    }

    // Also an account that was removed, or took another mirror, while nobody was here to see it.
    const started = () => void mirror?.clearGone((account) => isMirroredBy(RED, account, node.id))
    const unhear = onFlowsStarted(RED, started)
    onClose(node, async (removed) => {
      unhear()
      await Promise.all([mirror?.close(removed), ends(node.id, removed, storeOf(RED))])
    })
  }

  const secret = { type: 'password' } as const
  RED.nodes.registerType('driveway-mqtt', CarMqtt as never, {
    credentials: { username: secret, password: secret, ca: secret, cert: secret, key: secret },
  })
}

/** What somebody has to mend, for the accounts that are mirrored; each is told once. */
class Notices {
  private readonly listeners = new Set<(problem?: Cause) => void>()
  private now?: Cause

  /** Tells at once what stands, and from then on until the answer is called. */
  add(listener: (problem?: Cause) => void): () => void {
    this.listeners.add(listener)
    if (this.now) listener(this.now)
    return () => void this.listeners.delete(listener)
  }

  tell(problem: Cause | undefined): void {
    if (this.now?.message === problem?.message) return
    this.now = problem
    for (const listener of this.listeners) listener(problem)
  }
}

const inWords = ({ message, action }: Cause): string => (action === undefined ? message : `${message}. ${action}`)

function isMirroredBy(RED: NodeAPI, account: string, mirror: string): boolean {
  if (!RED.nodes.getNode(account)) return false
  let chosen: string | undefined = mirror
  RED.nodes.eachNode((config) => {
    if (config.id === account) chosen = (config as { mirror?: string }).mirror
  })
  return chosen === mirror
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
