import { createRequire } from 'node:module'
import { EventEmitter } from 'node:events'
import type { Node, NodeAPI } from 'node-red'
import helper from 'node-red-node-test-helper'
import accountNode from '../../nodes/account/account'
import chargingNode from '../../nodes/charging/charging'
import commandNode from '../../nodes/command/command'
import monitorNode from '../../nodes/monitor/monitor'
import mqttNode from '../../nodes/mqtt/mqtt'
import stateNode from '../../nodes/state/state'
import { holdSimulator, releaseSimulator } from '../../nodes/account/simulatorHost'
import { minutes, seconds } from '../../src/clock'
import type { Simulator } from '../../src/simulator/simulator'
import { ManualClock } from './clock'
import { settle } from './settle'

/** The Node-RED under test; another one may be named, so that the same suite runs on every version that is supported. */
export const nodeRedPath = process.env.DRIVEWAY_NODE_RED ?? createRequire(__filename).resolve('node-red')

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type AnyMessage = Record<string, any>

type Credentials = Record<string, Record<string, string>>

/** May be made once the simulator runs, for accounts that need its address or its tokens. */
export type Plan = HomeOptions | ((simulator: Simulator, clock: ManualClock) => HomeOptions | Promise<HomeOptions>)

export interface HomeOptions {
  /** Nodes besides the account; `sink` nodes are made for every wire target that is not there. */
  nodes: AnyMessage[]
  /** Fields of the account over the defaults. */
  account?: AnyMessage
  credentials?: Credentials
  /** Node-RED's own nodes that the flow uses, such as `function/10-switch`. */
  coreTypes?: string[]
}

/** A Node-RED with an account on the simulator, on a clock that stands still until it is moved. */
export class Home {
  private readonly heard = new Map<string, AnyMessage[]>()
  private readonly sinks = new WeakSet<object>()
  flow: AnyMessage[] = []
  readonly news = new EventEmitter()

  constructor(
    readonly clock: ManualClock,
    readonly simulator: Simulator,
  ) {}

  get car() {
    const car = this.simulator.cars.get('ex40')
    if (!car) throw new Error('the simulator has no ex40')
    return car
  }

  node(id: string): Node & { receive(message: object): void } {
    return helper.getNode(id) as Node & { receive(message: object): void }
  }

  /** Deploys a flow in place of the present one, the way the editor's Deploy menu does. */
  async deploy(flow: AnyMessage[] = this.flow, type: 'full' | 'flows' | 'nodes' = 'full'): Promise<void> {
    this.flow = flow
    await helper.setFlows(flow as never, type)
    this.attach()
    await settle()
  }

  /** Listens at the sinks of the flow that runs now. */
  attach(): void {
    for (const { id, type } of this.flow) {
      const sink = type === 'helper' ? (this.node(id as string) as object | null) : null
      if (!sink || this.sinks.has(sink)) continue
      this.sinks.add(sink)
      ;(sink as Node).on('input', (message) => this.hear(id as string, message))
    }
  }

  /** Everything that a node showed below itself so far, oldest first. */
  statuses(id: string): { fill?: string; shape?: string; text?: string }[] {
    return callsOf((this.node(id) as unknown as { status: unknown }).status)
      .filter(({ thisValue }) => (thisValue as Node).id === id)
      .map(({ args }) => args[0] as { text?: string })
  }

  /** What a node shows below itself now. */
  status(id: string): string {
    const last = this.statuses(id).at(-1)
    return last?.text ?? ''
  }

  hear(id: string, message: AnyMessage): void {
    this.messages(id).push(message)
    this.news.emit('message')
  }

  /** Everything that arrived at a sink so far. */
  messages(id: string): AnyMessage[] {
    let list = this.heard.get(id)
    if (!list) this.heard.set(id, (list = []))
    return list
  }

  topics(id: string): string[] {
    return this.messages(id).map((message) => String(message.topic))
  }

  /** Moves the clock on until `condition` holds; fails after `limit` milliseconds of its time. */
  async until(condition: () => boolean, what = 'it', limit = minutes(30)): Promise<void> {
    const end = this.clock.now() + limit
    await settle()
    while (!condition()) {
      if (this.clock.now() >= end)
        throw new Error(
          `${what} did not happen within ${limit / 1000} s; heard: ${JSON.stringify([...this.heard]).slice(0, 1500)}`,
        )
      await this.clock.advance(seconds(1), settle)
    }
  }

  async advance(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= seconds(5)) await this.clock.advance(Math.min(left, seconds(5)), settle)
  }

  /** The next message that arrives at a sink (or one that is there already, after `seen`). */
  async next(id: string, topic?: string, seen = 0): Promise<AnyMessage> {
    const found = () =>
      this.messages(id)
        .slice(seen)
        .find((message) => topic === undefined || message.topic === topic)
    await this.until(() => found() !== undefined, `${topic ?? 'a message'} at ${id}`)
    return found() as AnyMessage
  }

  /** Sends a message into a node and gives what comes next at a sink. */
  async ask(id: string, message: AnyMessage, sink: string): Promise<AnyMessage> {
    const seen = this.messages(sink).length
    this.node(id).receive({ ...message })
    return this.next(sink, undefined, seen)
  }

  async close(): Promise<void> {
    await helper.unload()
    releaseSimulator()
    await this.clock.advance(seconds(4), settle)
  }
}

let started = false

/** Ends the runtime's server, if there is one; the next home starts it again. */
export async function stopServing(): Promise<void> {
  if (!started) return
  started = false
  await new Promise<void>((resolve) => helper.stopServer(() => resolve()))
}

/** What the runtime would have written to its log so far. */
export const logged = (): { level: number; type?: string; msg: unknown }[] =>
  callsOf(helper.log()).map(({ args }) => {
    const entry = args[0] as { level: number; msg: unknown }
    return { ...entry, msg: plain(entry.msg) }
  })

/** Once a debug node was loaded, it wraps up every error for the editor, in the log as well, and cuts it short. */
function plain(msg: unknown): unknown {
  if (typeof msg !== 'string' || !msg.startsWith('{"__enc__"')) return msg
  const [, message] = /"message":("(?:[^"\\]|\\.)*")/.exec(msg) ?? []
  return message === undefined ? msg : (JSON.parse(message) as string)
}

const callsOf = (spy: unknown) => (spy as { getCalls(): { args: unknown[]; thisValue: unknown }[] }).getCalls()

export async function givenHome(plan: Plan): Promise<Home> {
  const clock = new ManualClock(Date.parse('2026-03-02T12:00:00Z'))
  helper.init(nodeRedPath)
  if (!started) await new Promise<void>((resolve) => helper.startServer(() => resolve()))
  started = true
  helper.settings({
    drivewayAccountClock: clock,
    drivewayAccountSimulator: { lag: { min: 0, max: 0 }, commandDelayMs: 1500, tickMs: 5000 },
  } as never)
  const simulator = await holdSimulator({ clock, lag: { min: 0, max: 0 }, commandDelayMs: 1500, tickMs: 5000 })
  simulator.reset()
  const home = new Home(clock, simulator)
  const {
    nodes,
    account = {},
    credentials = {},
    coreTypes = [],
  } = typeof plan === 'function' ? await plan(simulator, clock) : plan
  home.flow = complete(nodes, account)
  servePages()
  // They are loaded by another thread, which no settling sees; so they are there before the clock moves.
  await Promise.all([import('mqtt'), import('ws'), import('amqplib')])
  const types = [noteApps, accountNode, mqttNode, commandNode, chargingNode, monitorNode, stateNode]
  const core = coreTypes.map((name) => createRequire(nodeRedPath)(`@node-red/nodes/core/${name}`) as typeof stateNode)
  await helper.load([...types, ...core], home.flow as never, credentials)
  home.attach()
  return home
}

type App = (request: unknown, response: unknown, next: () => void) => void
/** The editor's and the flows' own pages of the Node-RED that is loaded now. */
let apps: App[] = []
const noteApps = (RED: NodeAPI): void => {
  apps = [RED.httpAdmin, RED.httpNode] as unknown as App[]
}

let served: object | undefined
/** The test helper listens, and answers nothing; whoever comes from outside needs more. */
function servePages(): void {
  const { _app } = helper as unknown as { _app: { use(app: App): void } }
  if (served === _app) return
  served = _app
  for (const index of [0, 1]) _app.use((request, response, next) => apps[index]?.(request, response, next))
}

const configTypes: ReadonlySet<string> = new Set(['driveway-mqtt', 'driveway-account'])

/** Adds a tab, the account, and a sink for each wire that leads to a node that is not there. */
function complete(nodes: AnyMessage[], account: AnyMessage): AnyMessage[] {
  const tab = { id: 'tab', type: 'tab', label: 'test' }
  const acc = { id: 'acc', type: 'driveway-account', name: 'My Volvo', provider: 'volvo', server: 'simulator', ...account }
  // Node-RED takes a node without a place for a config node.
  const place = { z: 'tab', x: 100, y: 100, wires: [] }
  const placed = nodes.map((node): AnyMessage => (configTypes.has(node.type as string) ? { ...node } : { ...place, ...node }))
  const ids = new Set(placed.map((node) => node.id as string))
  const targets = new Set(placed.flatMap((node) => ((node.wires ?? []) as string[][]).flat()))
  const sinks = [...targets]
    .filter((id) => !ids.has(id))
    .map((id) => ({ id, z: 'tab', type: 'helper', x: 200, y: 100, wires: [] }))
  return [tab, acc, ...placed, ...sinks]
}

export const catchAll = { id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] }
