import { expect } from 'chai'
import { minutes, seconds } from '../../../src/clock'
import { catchAll, callsOf, commandsSent, nothingIsLost, owns } from '../../nodes/support'
import { givenHome, logged, type AnyMessage, type Home } from '../../support/home'
import { TestBroker, until } from '../../support/broker'

const car = 'ex40'

/** Nodes of the account that reads the other one; the sinks carry the names of the nodes. */
const readers: AnyMessage[] = [
  { id: 'charging', type: 'driveway-charging', account: 'reader', profile: 'fast', emit: 'changes', wires: [['charged']] },
  {
    id: 'command',
    type: 'driveway-command',
    account: 'reader',
    command: 'lock',
    progress: true,
    wires: [['result'], ['progress']],
  },
  { id: 'state', type: 'driveway-state', account: 'reader', maxAge: 0, wires: [['snapshot']] },
]

const givenHomes = (url: string, more: { reader?: AnyMessage; nodes?: AnyMessage[]; source?: AnyMessage } = {}): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, car)
    return {
      account: { mirror: 'out', freshness: { charging: 30, battery: 30 } },
      nodes: [
        { id: 'out', type: 'driveway-mqtt', url, base: 'home', instance: 'far', commands: ['safe'], ...more.source },
        { id: 'in', type: 'driveway-mqtt', url, base: 'home', instance: 'near' },
        { id: 'reader', type: 'driveway-account', provider: 'mqtt', broker: 'in', sourceBase: 'home', ...more.reader },
        { id: 'first', type: 'driveway-charging', account: 'acc', profile: 'fast', emit: 'events', wires: [['told']] },
        ...readers,
        catchAll,
        ...(more.nodes ?? []),
      ],
    }
  })

describe('two Node-RED instances that share one account over MQTT', () => {
  nothingIsLost()
  let broker: TestBroker
  let home: Home
  beforeEach(async () => {
    broker = await TestBroker.open()
  })
  afterEach(async () => {
    await home.close()
    await broker.kill()
  })

  const learnt = async () => {
    await home.until(() => / %/.test(home.status('charging')), 'the first state')
    // While the other one starts it is not there yet.
    home.messages('caught').length = 0
    return home.ask('state', {}, 'snapshot')
  }

  it('tell of the same car the same: state, event and its id', async () => {
    home = await givenHomes(broker.url)
    const { payload, vehicle } = await learnt()
    expect(payload.battery.stateOfCharge).to.equal(62.5)
    expect(vehicle).to.deep.equal({ id: vehicle.slug, slug: vehicle.slug, label: 'EX40', provider: 'mqtt' })
    expect(vehicle.slug).to.match(/^ex40-[0-9a-f]{4}$/)
    home.car.plugIn('ac')
    const [far, near] = [await home.next('told', 'plugged-in'), await home.next('charged', 'plugged-in')]
    expect(near.event.id).to.equal(far.event.id)
    expect(near.event).to.deep.include({
      observedAt: far.event.observedAt,
      receivedAt: far.event.receivedAt,
      detectedWithin: far.event.detectedWithin,
    })
    expect(near.payload.charging.connection).to.equal('connected')
    await home.advance(minutes(5))
    const count = (sink: string, topic: string) => home.topics(sink).filter((one) => one === topic).length
    for (const topic of ['plugged-in', 'charging-started']) expect(count('charged', topic), topic).to.equal(1)
    expect(home.messages('caught')).to.deep.equal([])
  })

  it('never show the car by its number to the one that reads', async () => {
    home = await givenHomes(broker.url)
    await learnt()
    home.car.plugIn('ac')
    await home.next('charged', 'plugged-in')
    expect(JSON.stringify([home.messages('charged'), home.messages('snapshot'), broker.heard])).to.not.include(home.car.id)
  })

  it('cost calls at one of them only', async () => {
    home = await givenHomes(broker.url)
    await learnt()
    await home.advance(seconds(2))
    const before = callsOf(home).length
    for (let time = 0; time < 20; time++) await home.ask('state', {}, 'snapshot')
    // Asking takes a second of the home's time at most; the mirror reads on by itself.
    expect(callsOf(home).length - before).to.be.at.most(4)
  })

  it('send one command to the car, and know at both what became of it', async () => {
    home = await givenHomes(broker.url)
    await learnt()
    const { payload, vehicle } = await home.ask('command', {}, 'result')
    expect(payload).to.include({ command: 'lock', phase: 'done', ok: true })
    expect(vehicle.provider).to.equal('mqtt')
    expect(home.messages('progress').map((message) => message.payload.phase)).to.deep.equal(['accepted', 'sent'])
    expect(commandsSent(home)).to.have.length(1)
    const results = broker.heard
      .filter(({ topic }) => topic.endsWith('/result/lock'))
      .map(({ payload: text }) => JSON.parse(text) as { id: string; phase: string })
    expect(new Set(results.map(({ id }) => id))).to.deep.equal(new Set([payload.id]))
    expect(results.map(({ phase }) => phase).filter((phase) => phase === 'done')).to.have.length(1)
  })

  it('refuse at the far end what is not accepted there from topics', async () => {
    home = await givenHomes(broker.url, { source: { commands: ['honk'] } })
    await learnt()
    home.node('command').receive({})
    const { error } = await home.next('caught')
    expect(error.cause.code).to.equal('NOT_ALLOWED')
    expect(commandsSent(home)).to.deep.equal([])
  })

  it('see that the other one took its car away, once for each tab, and that it is back', async () => {
    home = await givenHomes(broker.url)
    await learnt()
    const withoutSource = home.flow.filter(({ id }) => id !== 'acc' && id !== 'out' && id !== 'first')
    const whole = home.flow
    await home.deploy(withoutSource, 'nodes')
    const { error } = await home.next('caught')
    expect(error.cause.code).to.equal('PROVIDER_DOWN')
    expect(home.status('state')).to.equal('driveway-state.status.offline')
    await home.deploy(whole, 'nodes')
    await home.until(() => / %/.test(home.status('charging')), 'being back')
    expect((await home.ask('state', {}, 'snapshot')).payload.battery.stateOfCharge).to.equal(62.5)
    expect(home.messages('caught')).to.have.length(1)
  })

  it('go on when the broker was away', async () => {
    home = await givenHomes(broker.url)
    await learnt()
    await broker.kill()
    await home.until(() => home.status('charging') === 'driveway-charging.status.offline', 'losing the broker')
    await broker.start()
    await home.until(() => home.status('charging') !== 'driveway-charging.status.offline', 'the broker being back')
    home.car.plugIn('ac')
    await home.next('charged', 'plugged-in')
  })

  for (const [what, mirror] of [
    ['through one connection', 'in'],
    ['through two', 'again'],
  ] as const)
    it(`do not mirror into the topic that they read, ${what}`, async () => {
      const again = { id: 'again', type: 'driveway-mqtt', url: broker.url, base: 'home', instance: 'third' }
      home = await givenHomes(broker.url, { reader: { mirror }, nodes: [again] })
      const { error } = await home.next('caught')
      expect(error.cause.code).to.equal('INVALID_CONFIG')
      expect(error.message).to.equal('The account\'s mirror writes below "home", the topic that the account reads')
    })

  it('mirror into another topic, whoever asks there', async () => {
    const other = {
      id: 'other',
      type: 'driveway-mqtt',
      url: broker.url,
      base: 'elsewhere',
      instance: 'third',
      commands: ['safe'],
    }
    home = await givenHomes(broker.url, { reader: { mirror: 'other' }, nodes: [other] })
    const { vehicle } = await learnt()
    await home.until(() => broker.retained.has(`elsewhere/${vehicle.slug}/state`), 'the state at the other place')
    home.car.plugIn('ac')
    await home.next('charged', 'plugged-in')
    await until(() => broker.payloads(`elsewhere/${vehicle.slug}/event/plugged-in`).length === 1, 'the event at the other place')
  })

  it('say which broker is missing', async () => {
    home = await givenHomes(broker.url, { reader: { broker: 'gone' } })
    const { error } = await home.next('caught')
    expect(error.cause.code).to.equal('INVALID_CONFIG')
    expect(error.message).to.equal("The account's MQTT broker is missing or disabled")
    expect(JSON.stringify(logged())).to.not.include('Something went wrong')
  })
})
