/** The whole chain: simulated cars, their events at a RabbitMQ, an account that reads them there. Time is moved. */
import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { hours, minutes, seconds } from '../../src/clock'
import { ClientTokens } from '../../src/cloud/oauth'
import { Ledger } from '../../src/cloud/quota'
import { inversKit } from '../../src/providers/invers/kit'
import { inversDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import { until } from '../support/broker'
import { ManualClock, tick } from '../support/clock'
import { consumer, publisher, rabbitPath, RabbitMq, vhost } from '../support/rabbitmq'
import { WatchedHttp } from '../support/scriptedCloud'

const queue = 'chain'
const cars = ['city', 'van', 'moped', 'maker']
/** How often the account would ask each car if nothing came by itself. */
const interval = 120

describe('simulated cars, RabbitMQ, an account', function () {
  this.timeout(180_000)
  let broker: RabbitMq
  let sim: Simulator
  let account: Account
  let clock: ManualClock
  let http: WatchedHttp

  before(async function () {
    if (!rabbitPath) {
      console.log('interop: SKIPPED with RabbitMQ: it is not installed (apt-get install rabbitmq-server)')
      return this.skip()
    }
    broker = await RabbitMq.start({ queues: [queue] })
  })
  beforeEach(async () => {
    clock = new ManualClock()
    const url = `${broker.url.replace('amqp://', `amqp://${publisher.user}:${publisher.password}@`)}/${vhost}`
    sim = await startSimulator({
      clock,
      commandDelayMs: 0,
      tickMs: 60_000,
      lag: { min: 0, max: 0 },
      amqp: { url, queues: [queue] },
    })
    const own = { amqpUrl: broker.url, amqpVhost: vhost, amqpQueues: queue }
    const settings = { api: '', timeZone: 'UTC', own }
    const addresses = inversKit.simulated(sim.url, settings)
    http = new WatchedHttp({ baseUrl: addresses.url, clock, name: 'INVERS' })
    const { clientId, clientSecret } = inversDemo
    const client = inversKit.oauth(addresses.authUrl, { clientId, clientSecret, settings })
    const tokens = new ClientTokens({ client, http, grantIn: 'query', clock })
    const ledger = new Ledger(inversKit.limits, clock, 'INVERS')
    const credentials = { clientId, clientSecret, amqpUser: consumer.user, amqpPassword: consumer.password }
    const provider = inversKit.open({
      baseUrl: addresses.url,
      settings,
      credentials,
      http,
      httpTo: () => http,
      tokens,
      ledger,
      clock,
    })
    account = new Account({ settings: readSettings({ provider: 'invers', ...own }), provider, ledger, clock })
  })
  afterEach(async () => {
    account?.close()
    http?.close()
    await sim?.close()
  })
  after(() => broker?.stop())

  /** What is on the wire arrives before time goes on. */
  const settle = async (): Promise<void> => {
    do await tick()
    while (http.underWay > 0 || (sim.invers.publisher?.connected && sim.invers.publisher.pending > 0))
  }
  const advance = async (ms: number): Promise<void> => {
    for (let left = ms; left > 0; left -= minutes(1)) await clock.advance(Math.min(left, minutes(1)), settle)
  }
  /** Time goes on by seconds until it is so. */
  const passing = async (condition: () => boolean, what: string): Promise<void> => {
    const end = Date.now() + 60_000
    while (!condition()) {
      if (Date.now() > end) throw new Error(`${what} did not happen`)
      await clock.advance(seconds(1), settle)
    }
  }
  const idOf = (key: string) => sim.invers.garage.of(sim.cars.get(key)).id
  const streams = () => cars.every((key) => account.provider.pushed?.(idOf(key), 'lock') === true)
  const calls = () => sim.calls.total
  /** Every car has something to tell. */
  const tell = (level: number) => cars.forEach((key) => sim.cars.get(key).set('reachability.signalQuality', level))
  const perHour = (cars.length * 3600) / interval

  it('asks hardly while the stream is there, on a schedule while it is not, and hardly again when it is back', async () => {
    const events: string[] = []
    account.on('event', (_car, { name, source }) => events.push(`${name} ${source}`))
    account.watch(
      () => true,
      ['lock', 'position'],
      () => interval,
    )
    await passing(() => account.known.length === cars.length, 'the list')
    await passing(() => account.health.unpushed === undefined && sim.invers.publisher?.connected === true, 'the broker')
    tell(2)
    await passing(streams, 'that all cars are heard')

    const atFirst = calls()
    for (let hour = 0; hour < 24; hour++) {
      tell(hour % 5)
      await advance(hours(1))
    }
    const inADay = calls() - atFirst
    // Every six hours to be sure, each with a token of its own at most.
    expect(inADay, 'calls in a day').to.be.within(cars.length, cars.length * 6 * 2)

    sim.cars.get('city').unlock()
    await until(() => events.length > 0, 'the lock')
    expect(events).to.deep.equal(['unlocked push'])

    await broker.kill()
    await passing(() => account.health.unpushed !== undefined, 'the loss of the stream')
    expect(account.health.unpushed?.code).to.equal('NETWORK')
    const atLoss = calls()
    await advance(hours(1))
    const without = calls() - atLoss
    expect(without, 'calls in an hour without it').to.be.within(perHour * 0.9, perHour * 1.3)
    sim.cars.get('city').lock()
    await advance(seconds(interval + 20))
    expect(events.at(-1), 'heard by asking').to.equal('locked poll')

    await broker.again()
    await passing(() => account.health.unpushed === undefined, 'the return of the stream')
    tell(3)
    await passing(() => sim.invers.publisher?.connected === true && streams(), 'that all cars are heard again')
    const atReturn = calls()
    await advance(hours(3))
    expect(calls() - atReturn, 'calls in three hours with it').to.be.at.most(cars.length * 2)
    expect(account.snapshot(idOf('city')).lock?.central).to.equal('locked')
    expect(events).to.have.length(2)
    console.log(`      ${inADay} calls in a day with the stream; ${without} in an hour without it, as asked for`)
  })
})
