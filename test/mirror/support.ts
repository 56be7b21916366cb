/** An account whose cars are on a real broker, and somebody who commands them from there. */
import { connectAsync, type IClientPublishOptions, type MqttClient } from 'mqtt'
import type { Account } from '../../src/account/account'
import { seconds } from '../../src/clock'
import { Broker } from '../../src/cloud/mqtt'
import { Mirror, willOf, type MirrorOptions } from '../../src/mirror/mirror'
import type { Cause } from '../../src/vehicle/causes'
import { givenAccount, type Given } from '../account/support'
import { TestBroker, until, type BrokerOptions } from '../support/broker'
import type { ManualClock } from '../support/clock'
import { vin, type ScriptedProvider } from '../support/scriptedProvider'

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Told = any

export interface Plan {
  prepare?: (provider: ScriptedProvider) => void
  /** How many events wait at most. */
  bound?: number
  mirror?: Partial<MirrorOptions>
  instance?: string
  /** Of the calls that the cloud allows. */
  rules?: Parameters<typeof givenAccount>[1]
  /** Guarded commands that the account permits. */
  allow?: string[]
  options?: BrokerOptions
  /** One that is there already. */
  broker?: TestBroker
}

export const place = { latitude: 57.708912, longitude: 11.974612 }

/** An account on the scripted cloud, mirrored to a real broker. */
export class Mirrored {
  leave: (removed?: boolean) => void = () => undefined
  readonly problems: (string | undefined)[] = []
  readonly connection: Broker
  private readonly others: MqttClient[] = []
  readonly mirror: Mirror

  private constructor(
    readonly broker: TestBroker,
    readonly given: Given,
    { bound, mirror, instance = 'test' }: Plan,
  ) {
    const { clock } = given
    this.connection = new Broker({ url: broker.url, will: willOf('home', instance) }, clock, bound)
    const told = { onProblem: (problem?: Cause) => this.problems.push(problem?.code), ...mirror }
    this.mirror = new Mirror({ base: 'home', instance, version: '1.2.3', broker: this.connection, clock, ...told })
  }

  static async open(plan: Plan = {}): Promise<Mirrored> {
    const given = givenAccount({ vehicles: [], allow: plan.allow ?? [] }, plan.rules)
    given.provider.listed = [1, 2].map((n) => ({ id: vin(n), meta: { model: `EX${n}0`, year: 2025, energy: 'electric' } }))
    given.provider.says.set(vin(1), {
      'battery.stateOfCharge': 62,
      'charging.connection': 'disconnected',
      'charging.status': 'idle',
      'position.location': place,
      'lock.central': 'locked',
    })
    plan.prepare?.(given.provider)
    const mirrored = new Mirrored(plan.broker ?? (await TestBroker.open(plan.options)), given, plan)
    mirrored.connection.connect()
    mirrored.leave = mirrored.mirror.add('acc', given.account, 'My cars')
    await until(() => mirrored.connection.state === 'connected', 'connecting')
    return mirrored
  }

  /** A mirror that no account has come to yet, and that nobody has connected. */
  static alone(broker: TestBroker, mirror: Partial<MirrorOptions>): Mirrored {
    return new Mirrored(broker, givenAccount({ vehicles: [] }), { mirror })
  }

  get clock(): ManualClock {
    return this.given.clock
  }

  get provider(): ScriptedProvider {
    return this.given.provider
  }

  get account(): Account {
    return this.given.account
  }

  topic(leaf: string, n = 1): string {
    const car = this.account.known.find(({ id }) => id === vin(n))
    return `home/${car?.slug}/${leaf}`
  }

  json(leaf: string, n = 1) {
    return this.broker.payloads(this.topic(leaf, n)).map((payload) => JSON.parse(payload) as Record<string, any>) // eslint-disable-line @typescript-eslint/no-explicit-any
  }

  /** Somebody else on the broker. */
  async somebody(version: 4 | 5 = 5): Promise<MqttClient> {
    const client = await connectAsync(this.broker.url, { protocolVersion: version, reconnectPeriod: 0 })
    this.others.push(client)
    return client
  }

  /** Sends something to a command topic and gives all results for it, the final one last. */
  async command(name: string, payload: string | Buffer = '', options: IClientPublishOptions = {}): Promise<Told[]> {
    const leaf = `result/${name}`
    const before = this.json(leaf).length
    const client = this.others[0] ?? (await this.somebody())
    await client.publishAsync(this.topic(`command/${name}`), payload, { qos: 1, ...options })
    await until(
      () =>
        this.json(leaf)
          .slice(before)
          .some(({ finishedAt }) => finishedAt),
      `the result of ${name}`,
    )
    await until(() => this.connection.waiting === 0 && this.broker.underWay === 0, 'publishing')
    return this.json(leaf).slice(before)
  }

  /** Moves time on; then waits until the broker has everything. */
  async later(ms: number): Promise<void> {
    await this.clock.advance(ms)
    if (this.connection.state !== 'connected') return
    await until(() => this.connection.waiting === 0 && this.broker.underWay === 0, 'publishing')
  }

  async lose(): Promise<void> {
    await this.broker.kill()
    await until(() => this.connection.state === 'offline', 'losing the broker')
  }

  async regain(): Promise<void> {
    await this.broker.start()
    await this.clock.advance(seconds(80))
    await until(() => this.connection.state === 'connected' && this.connection.waiting === 0, 'the broker being back')
    await until(() => this.broker.underWay === 0, 'publishing')
  }

  async close(): Promise<void> {
    for (const client of this.others) client.end(true)
    await this.mirror.close()
    this.account.close()
    await this.broker.kill()
  }
}
