/** Tests with a Mosquitto of their own, bridges that can be killed, and foreign clients. All of it ends with the test. */
import { join } from 'node:path'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Socket } from 'node:net'
import { systemClock } from '../../../src/clock'
import { Broker, type BrokerSettings } from '../../../src/cloud/mqtt'
import { until } from '../../support/broker'
import { Run } from '../../support/childProcess'
import { Mosquitto, mosquittoPath } from '../../support/mosquitto'
import { temporaryFolder } from '../../support/stage'
import type { BridgeTask } from './bridge'

const root = join(__dirname, '..', '..', '..')
/** How long something on loopback may take on a busy machine. */
export const limit = 30_000

/** A number of the environment, for longer proofs than every run has the time for. */
export const howMany = (name: string, usual: number): number => Number(process.env[`DRIVEWAY_INTEROP_${name}`] ?? usual)

export interface Listener {
  client: MqttClient
  heard: { topic: string; text: string }[]
  /** What was heard on one topic. */
  on(topic: string): string[]
  /** The final results heard on one topic. */
  finals(topic: string): { id: string; phase: string; cause?: { code: string } }[]
}

export interface Stage {
  /** Starts the broker of this test. */
  start(lines?: readonly string[]): Promise<Mosquitto>
  bridge(task: Partial<BridgeTask> & { url: string }): Run
  listener(url: string, filter: string, qos?: 0 | 1): Promise<Listener>
  connection(settings: BrokerSettings): Broker
  /** Ends with the test, the last one first. */
  atEnd(end: () => unknown): void
}

/** To be called inside `describe`; skips it where Mosquitto is not installed. */
export function withMosquitto(): Stage {
  let broker: Mosquitto | undefined
  const ends: (() => unknown)[] = []

  before(function () {
    if (mosquittoPath) return
    console.log('interop: SKIPPED with Mosquitto: it is not installed (apt-get install mosquitto mosquitto-clients)')
    this.skip()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    await broker?.stop()
    broker = undefined
  })

  return {
    start: async (lines) => (broker = await Mosquitto.start(lines)),
    bridge: (given) => {
      const task: BridgeTask = { instance: 'one', dir: given.dir ?? temporaryFolder('bridge'), ...given }
      const env = { NODE_OPTIONS: '--import tsx' }
      const run = new Run(join(__dirname, 'bridge.ts'), [JSON.stringify(task)], { cwd: root, env })
      ends.push(() => run.end('SIGKILL'))
      return run
    },
    listener: async (url, filter, qos = 1) => {
      const client: MqttClient = await connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 })
      ;(client.stream as Socket).setNoDelay(true)
      client.on('error', () => undefined)
      const heard: Listener['heard'] = []
      client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }))
      await client.subscribeAsync(filter, { qos })
      ends.push(() => client.endAsync(true))
      const on = (topic: string) => heard.filter((one) => one.topic === topic).map(({ text }) => text)
      const finals: Listener['finals'] = (topic) =>
        on(topic)
          .map((text) => JSON.parse(text) as { id: string; phase: string; finishedAt?: string })
          .filter(({ finishedAt }) => finishedAt)
      return { client, heard, on, finals }
    },
    connection: (settings) => {
      const made = new Broker(settings, systemClock)
      ends.push(() => made.close())
      made.connect()
      return made
    },
    atEnd: (end) => void ends.push(end),
  }
}

export const settled = (made: Broker): Promise<void> =>
  until(() => made.state === 'connected' || made.problem !== undefined, 'an answer', limit)

/** Ids of the commands that reached the car through these bridges. */
export const executed = (...runs: Run[]): string[] =>
  runs.flatMap((run) => [...run.output.matchAll(/^executed (\S+)$/gm)].map(([, id]) => id ?? ''))
