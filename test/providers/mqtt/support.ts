/** Another Driveway played by hand on a real broker, and an account that reads it. */
import { connectAsync, type IPublishPacket, type MqttClient } from 'mqtt'
import { Account } from '../../../src/account/account'
import { readSettings } from '../../../src/account/settings'
import { openAccount } from '../../../src/account/open'
import { seconds } from '../../../src/clock'
import { Broker } from '../../../src/cloud/mqtt'
import { memoryStateStore, type StateStore } from '../../../src/cloud/stateStore'
import { memoryTokenStore } from '../../../src/cloud/tokens'
import type { VehicleEvent } from '../../../src/vehicle/events'
import type { Outcome } from '../../../src/vehicle/outcome'
import { TestBroker, until, type BrokerOptions } from '../../support/broker'
import { ManualClock } from '../../support/clock'

export interface Asked {
  topic: string
  retain: boolean
  id: string
  params: unknown
  responseTopic?: string
  correlationData?: string
}

/** The other side, in its own words: nothing of our code. */
export class FarDriveway {
  readonly asked: Asked[] = []
  private constructor(private readonly client: MqttClient) {}

  static async open(url: string, version: 4 | 5 = 5): Promise<FarDriveway> {
    const will = { topic: 'home/bridge/far/state', payload: Buffer.from('offline'), retain: true, qos: 1 as const }
    const client = await connectAsync(url, { protocolVersion: version, will, reconnectPeriod: 0 })
    const far = new FarDriveway(client)
    client.on('message', (topic, payload, packet) => far.heard(topic, payload, packet))
    await client.subscribeAsync('home/+/command/+', { qos: 1 })
    return far
  }

  private heard(topic: string, payload: Buffer, { retain, properties }: IPublishPacket): void {
    const { id, params } = JSON.parse(String(payload)) as { id: string; params: unknown }
    const correlationData = properties?.correlationData && String(properties.correlationData)
    this.asked.push({ topic, retain, id, params, responseTopic: properties?.responseTopic, correlationData })
  }

  async say(topic: string, payload: unknown, retain = true): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    await this.client.publishAsync(topic.startsWith('!') ? topic.slice(1) : `home/${topic}`, text, { qos: 1, retain })
  }

  /** Bridge, list and one car, as they lie on the broker. */
  async sayAll(...cars: string[]): Promise<void> {
    await this.say('bridge/far/state', 'online')
    await this.sayCars(...cars)
  }

  async sayCars(...cars: string[]): Promise<void> {
    await this.say('bridge/far/info', {
      version: '1.0.0',
      schema: 1,
      accounts: [{ label: 'My Volvo', provider: 'volvo', vehicles: cars }],
    })
    for (const car of cars) {
      await this.say(`${car}/meta`, meta(car))
      await this.say(`${car}/availability`, 'online')
    }
  }

  /** As if the process was killed: the broker publishes the last will. */
  die(): void {
    this.client.stream.destroy()
  }

  async end(): Promise<void> {
    await this.client.endAsync(true)
  }
}

export const meta = (car: string) => ({
  v: 1,
  label: `The ${car}`,
  provider: 'volvo',
  model: 'EX40',
  year: 2025,
  energy: 'electric',
  capabilities: { commands: ['lock', 'climate-start', 'unlock', 'fly'] },
  units: {},
})

export const state = (groups: object, observedAt = '2026-03-02T11:55:00.000Z') => ({
  v: 1,
  ...groups,
  observedAt,
  fetchedAt: '2026-03-02T11:59:00.000Z',
  stale: false,
})

export const event = (name: string, more: object = {}) => ({
  id: `id-of-${name}`,
  name,
  observedAt: '2026-03-02T11:58:00.000Z',
  receivedAt: '2026-03-02T11:59:00.000Z',
  detectedWithin: 90,
  source: 'poll',
  late: false,
  changes: [{ signal: 'charging.connection', from: 'disconnected', to: 'connected' }],
  vehicle: { slug: 'red', label: 'The red', provider: 'volvo' },
  state: {},
  ...more,
})

export class Reader {
  readonly events: VehicleEvent[] = []
  readonly outcomes: Outcome[] = []
  /** What the account said stood in its way, `''` when nothing does. */
  readonly troubles: string[] = []
  readonly drifts: string[] = []

  private constructor(
    readonly broker: TestBroker,
    readonly clock: ManualClock,
    readonly connection: Broker,
    readonly account: Account,
    readonly far: FarDriveway,
    readonly kept: StateStore,
  ) {
    account.on('event', (_car, told) => this.events.push(told))
    account.on('outcome', (_car, outcome) => this.outcomes.push(outcome))
    account.on('health', ({ problem }) => this.troubles.push(problem?.code ?? ''))
    account.on('drift', ({ where }) => this.drifts.push(where))
  }

  static async open({
    prepare,
    kept = memoryStateStore(),
    settings = {},
    ...options
  }: BrokerOptions & {
    prepare?: (far: FarDriveway) => Promise<void>
    kept?: StateStore
    settings?: object
  } = {}): Promise<Reader> {
    const broker = await TestBroker.open(options)
    const far = await FarDriveway.open(broker.url, options.version === '3.1.1' ? 4 : 5)
    await (prepare ? prepare(far) : far.sayAll('red'))
    const clock = new ManualClock()
    const connection = new Broker({ url: broker.url }, clock)
    const { account } = await openAccount({
      id: 'reader',
      settings: readSettings({ provider: 'mqtt', broker: 'node', sourceBase: 'home', ...settings }),
      credentials: {},
      clock,
      store: memoryTokenStore(),
      kept: { state: kept },
      link: connection,
    })
    const reader = new Reader(broker, clock, connection, account, far, kept)
    connection.connect()
    return reader
  }

  /** Waits for a condition; what comes together is taken in as time goes on. */
  async until(condition: () => boolean, what: string): Promise<void> {
    const end = Date.now() + 15_000
    while (!condition()) {
      if (Date.now() > end) throw new Error(`${what} did not happen`)
      await this.clock.advance(20)
      await new Promise((resolve) => setTimeout(resolve, 1))
    }
  }

  async value(group: string, key: string, value: unknown, car = 'red'): Promise<void> {
    await this.until(() => this.snapshot(car)[group]?.[key] === value, `${group}.${key} = ${String(value)}`)
  }

  snapshot(car = 'red'): Record<string, Record<string, unknown>> {
    return this.account.snapshot(car)
  }

  /** The broker is killed and comes back, empty. */
  async loseBroker(): Promise<void> {
    await this.broker.kill()
    await until(() => this.connection.state === 'offline', 'losing the broker')
  }

  async regainBroker(): Promise<void> {
    await this.broker.start()
    await this.clock.advance(seconds(80))
    await until(() => this.connection.state === 'connected', 'the broker being back')
  }

  async close(): Promise<void> {
    this.account.close()
    await this.account.ended
    await this.connection.close()
    await this.far.end()
    await this.broker.kill()
  }
}
