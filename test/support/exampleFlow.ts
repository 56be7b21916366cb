/** An example as it is imported, in a real runtime: its inject nodes are pressed, its debug nodes and widgets are listened at. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import type { AccountNode } from '../../nodes/account/accountNode'
import { seconds } from '../../src/clock'
import { givenHome, type AnyMessage, type Home } from './home'

const folder = join(__dirname, '../../examples')

export const exampleFiles = readdirSync(folder)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.slice(0, -'.json'.length))

export const readExample = (file: string): AnyMessage[] =>
  JSON.parse(readFileSync(join(folder, `${file}.json`), 'utf8')) as AnyMessage[]

/** Node-RED's own nodes that examples may use, by type; none other counts as core. */
export const coreNodes: Readonly<Record<string, string>> = {
  tab: '',
  comment: 'common/90-comment',
  inject: 'common/20-inject',
  debug: 'common/21-debug',
  catch: 'common/25-catch',
  function: 'function/10-function',
  switch: 'function/10-switch',
  change: 'function/15-change',
  trigger: 'function/89-trigger',
  rbe: 'function/rbe',
  'mqtt out': 'network/10-mqtt',
  'mqtt-broker': 'network/10-mqtt',
  join: 'sequence/17-split',
}

/** Nodes that ask for what they watch all by themselves; other monitors are told. */
const reads = ({ type, onChange, where }: AnyMessage): boolean =>
  type === 'driveway-charging' ||
  (type === 'driveway-monitor' && where === 'local') ||
  (type === 'driveway-state' && onChange === true)

/** Where a flow ends; what arrives there is what the example does. */
const isEnd = (type: string): boolean => type === 'debug' || type.startsWith('ui-')

export interface ExampleOptions {
  /** Time of the day at which it is deployed, UTC. */
  at?: string
  /** Takes the place of the broker that the example names. */
  brokerPort?: number
  /** Fields of nodes other than as imported, by name. */
  changed?: Record<string, AnyMessage>
}

export class Example {
  private constructor(
    readonly home: Home,
    readonly flow: readonly AnyMessage[],
  ) {}

  static async open(file: string, { at = '12:00', brokerPort, changed = {} }: ExampleOptions = {}): Promise<Example> {
    const flow = readExample(file)
    const home = await givenHome(async (_simulator, clock) => {
      await clock.advance(Date.parse(`2026-03-02T${at}:00Z`) - clock.now())
      return { nodes: [], coreTypes: [...new Set(Object.values(coreNodes).filter(Boolean))] }
    })
    const example = new Example(home, flow)
    await home.deploy(
      flow.map((node) => ({
        ...node,
        ...(node.type === 'driveway-mqtt' && { url: `mqtt://127.0.0.1:${brokerPort}` }),
        ...(node.type === 'mqtt-broker' && { port: brokerPort }),
        ...changed[node.name as string],
        ...(isEnd(node.type as string) && { type: 'helper' }),
      })),
    )
    return example
  }

  close(): Promise<void> {
    return this.home.close()
  }

  /** What is watched was read for the first time: what happens from now on is news. */
  async watched(): Promise<void> {
    const opened = (nodes: readonly AnyMessage[]) =>
      Promise.all(nodes.map(({ account }) => (this.home.node(account as string) as unknown as AccountNode).opened()))
    await opened(this.flow.filter(({ type }) => type === 'driveway-monitor'))
    const accounts = await opened(this.flow.filter(reads))
    const isRead = () => accounts.every((account) => account.known.some(({ id }) => account.memory(id).takenAt !== undefined))
    await this.home.until(isRead, 'a first read')
    // The other cars, and what other nodes of the flow want to know.
    await this.home.advance(seconds(30))
  }

  /** By name or, where there is but one, by type. */
  idOf(name: string): string {
    const found = this.flow.filter((node) => [node.name, node.type, node.label, node.title].includes(name))
    expect(found, `nodes with the name or type ${name}`).to.have.length(1)
    return found[0]!.id as string
  }

  /** Presses the button of an inject node, or sends a message to any other node. */
  press(name: string, message: AnyMessage = {}): void {
    this.home.node(this.idOf(name)).receive(message)
  }

  /** What a widget sends when somebody touches it. */
  touch(name: string, message: AnyMessage): void {
    this.home.node(this.idOf(name)).send(message)
  }

  car(key: string) {
    const car = this.home.simulator.cars.get(key)
    if (!car) throw new Error(`the simulator has no ${key}`)
    return car
  }

  messages(name: string): AnyMessage[] {
    return this.home.messages(this.idOf(name))
  }

  /** Everything that arrived at any end. */
  heard(): AnyMessage[] {
    return this.flow.filter(({ type }) => isEnd(type as string)).flatMap(({ id }) => this.home.messages(id as string))
  }

  /** The next message that arrives at an end, `seen` many passed over. */
  next(name: string, seen = 0): Promise<AnyMessage> {
    return this.home.next(this.idOf(name), undefined, seen)
  }

  /** What the flow's own Catch node got. */
  get caught(): AnyMessage[] {
    return this.catchEnds.flatMap((id) => this.home.messages(id))
  }

  /** What was caught until now was to be expected. */
  forgive(): void {
    for (const id of this.catchEnds) this.home.messages(id).length = 0
  }

  private get catchEnds(): string[] {
    return this.flow.filter(({ type }) => type === 'catch').flatMap(({ wires }) => (wires as string[][]).flat())
  }
}
