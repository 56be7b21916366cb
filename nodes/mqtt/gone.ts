/** Mirrors whose node was deleted while Node-RED was off: what they told goes as soon as another node has a login there. */
import type { NodeAPI } from 'node-red'
import { z } from 'zod'
import { Broker } from '../../src/cloud/mqtt'
import type { StateStore } from '../../src/cloud/stateStore'
import { clearLeftBehind, forgetGone } from '../../src/mirror/leftBehind'
import { clockOf } from '../shared/environment'
import type { MqttSettings } from './settings'

/** By id of the node: where it wrote. Without a word of its login. */
const index = z.object({
  v: z.literal(1),
  mirrors: z.record(
    z.string(),
    z.object({ url: z.string(), base: z.string(), instance: z.string(), discoveryPrefix: z.string() }),
  ),
})
type Mirrors = z.infer<typeof index>['mirrors']

const name = 'mirrors'

async function known(store: StateStore): Promise<Mirrors> {
  const read = index.safeParse(await store.load(name).catch(() => undefined))
  return read.success ? read.data.mirrors : {}
}

let line: Promise<unknown> = Promise.resolve()

/** One change after the other. A disk that cannot be written costs no more than this. */
function change(store: StateStore, how: (mirrors: Mirrors) => void): Promise<void> {
  const turn = line.then(async () => {
    const mirrors = await known(store)
    const before = JSON.stringify(mirrors)
    how(mirrors)
    if (JSON.stringify(mirrors) !== before) await store.save(name, { v: 1, mirrors })
  })
  const settled = turn.catch(() => undefined)
  line = settled
  return settled
}

interface Living {
  /** With a login. */
  settings: MqttSettings
  /** Tells its broker anew what it holds. */
  tellAll(): unknown
}

/** Nodes that run now. */
const living = new Map<string, Living>()
/** Connections that clear, by the node whose login they use. */
const clearing = new Map<string, Set<Broker>>()
/** Nodes that are cleared up after just now. */
const underWay = new Set<string>()

let runtime: NodeAPI | undefined
let isListening = false

/** Looks after each start of the flows; listens once, however often this module is loaded. */
export function clearGoneMirrors(RED: NodeAPI, storeOf: (RED: NodeAPI) => StateStore): void {
  runtime = RED
  if (isListening) return
  isListening = true
  RED.events.on('flows:started', () => {
    if (runtime) void look(runtime, storeOf(runtime))
  })
}

/** It runs from now on. */
export const lives = (id: string, node: Living): void => void living.set(id, node)

/** It writes to its broker from now on. */
export function writes(id: string, { connection, base, instance, discoveryPrefix }: MqttSettings, store: StateStore): void {
  void change(store, (mirrors) => {
    mirrors[id] = { url: connection.url, base, instance, discoveryPrefix }
  })
}

/** It runs no more; `removed`: and has cleared what it told. */
export async function ends(id: string, removed: boolean, store: StateStore): Promise<void> {
  living.delete(id)
  const brokers = [...(clearing.get(id) ?? [])]
  clearing.delete(id)
  await Promise.all(brokers.map((broker) => broker.close()))
  if (removed) await change(store, (mirrors) => void delete mirrors[id])
}

async function look(RED: NodeAPI, store: StateStore): Promise<void> {
  const there = new Set<string>()
  RED.nodes.eachNode((config) => {
    if (config.type === 'driveway-mqtt' && !(config as { d?: boolean }).d) there.add(config.id)
  })
  await line
  for (const [id, gone] of Object.entries(await known(store))) {
    if (there.has(id) || underWay.has(id)) continue
    const [helper, node] = [...living].find(([, { settings }]) => settings.connection.url === gone.url) ?? []
    if (helper === undefined || !node) continue
    underWay.add(id)
    const broker = new Broker(node.settings.connection, clockOf(RED))
    const ofHelper = clearing.get(helper) ?? new Set()
    clearing.set(helper, ofHelper.add(broker))
    try {
      if (!(await clearLeftBehind({ name: id, ...gone }, { broker, clock: clockOf(RED), store }))) continue
      await forgetGone({ name: id }, store)
      await change(store, (mirrors) => void delete mirrors[id])
      // What was told of the same cars in that very moment may have gone too.
      for (const each of living.values()) if (each.settings.connection.url === gone.url) each.tellAll()
    } catch {
      // The disk: at the next start it is tried again.
    } finally {
      await broker.close()
      ofHelper.delete(broker)
      underWay.delete(id)
    }
  }
}
