import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { TestBroker } from '../support/broker'
import { catchAll, givenHome, type AnyMessage, type Home } from '../support/home'
import { nothingIsLost, owns } from './support'

const charging = { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'fast', emit: 'events' }
const state = { id: 'state', type: 'driveway-state', account: 'acc', maxAge: 0 }
const wires = [['told'], ['out']]
const place = /latitude|longitude/

describe('messages for an mqtt out node', () => {
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

  /** The account is mirrored too, so that the one can be held against the other. */
  const givenNode = async (node: AnyMessage, base = 'driveway') => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      const mirror = { id: 'mqtt', type: 'driveway-mqtt', url: broker.url, base, instance: 'test' }
      return { account: { mirror: 'mqtt' }, nodes: [mirror, node, catchAll] }
    })
  }
  const published = (part: string) =>
    broker.heard
      .filter(({ topic }) => topic.includes(part) && !topic.includes('bridge'))
      .map(({ topic, payload }) => ({ topic, payload }))
  const sent = (part: string) =>
    home
      .messages('out')
      .filter(({ topic }) => String(topic).includes(part))
      .map(({ topic, payload }) => ({ topic, payload }))

  it('from the charging node are what the mirror publishes: each state and each event, on the last output', async () => {
    await givenNode({ ...charging, forMqttOut: true, wires })
    await home.until(() => sent('/state').length > 0, 'the first state')
    home.car.plugIn('ac')
    await home.next('told', 'plugged-in')
    await home.next('told', 'charging-started')
    await home.advance(minutes(5))
    const charge = published('/event/').filter(({ topic }) => /plugged|charg|level/.test(topic))
    await home.until(() => sent('/event/').length >= charge.length, 'the events')
    expect(sent('/event/').slice(0, charge.length)).to.deep.equal(charge)
    expect(sent('/state')).to.include.deep.members(published('/state').slice(-1))
    const told = new Set(published('/state').map(({ payload }) => payload))
    // The node may have heard of the car before the mirror's broker was there.
    for (const { payload } of sent('/state').slice(1)) expect(told.has(String(payload)), String(payload)).to.equal(true)
    for (const { topic, payload, retain, qos } of home.messages('out')) {
      expect({ retain, qos }).to.deep.equal({ retain: String(topic).endsWith('/state'), qos: 1 })
      expect(payload).to.be.a('string').and.not.match(place)
    }
    expect(home.topics('told').some((topic) => topic.startsWith('driveway/'))).to.equal(false)
    expect(JSON.stringify(home.messages('out'))).to.not.include(home.car.id)
  })

  it('from the state node are the whole state as the mirror publishes it, at each answer', async () => {
    await givenNode({ ...state, groups: ['battery'], forMqttOut: true, mqttBase: 'my/cars', wires }, 'my/cars')
    await home.until(() => published('/state').length > 0, 'the mirror')
    await home.advance(minutes(1))
    await home.ask('state', {}, 'told')
    await home.ask('state', {}, 'told')
    await home.until(() => sent('/state').length === 2, 'the states')
    const [mirrored] = published('/state').slice(-1)
    const [last] = sent('/state').slice(-1)
    expect(last!.topic)
      .to.equal(mirrored!.topic)
      .and.match(/^my\/cars\/ex40-\w+\/state$/)
    const { fetchedAt: _one, ...now } = JSON.parse(String(last!.payload)) as Record<string, unknown>
    const { fetchedAt: _other, ...then } = JSON.parse(mirrored!.payload) as Record<string, unknown>
    expect(now).to.deep.equal(then)
    expect(last!.payload).to.not.match(place)
    expect(Object.keys(home.messages('told').at(-1)!.payload as object)).to.deep.equal(['battery'])
  })

  it('from a state node with On change come with each change', async () => {
    await givenNode({ ...state, onChange: true, forMqttOut: true, wires })
    await home.until(() => published('/state').length > 0, 'the mirror')
    home.car.set('battery.stateOfCharge', 40)
    await home.next('told', 'snapshot')
    const [message] = sent('/state')
    expect(message!.payload).to.equal(published('/state').at(-1)!.payload)
    expect(JSON.parse(String(message!.payload)).battery.stateOfCharge).to.equal(40)
  })

  it('do not come unless asked for, nor while the node is paused', async () => {
    await givenNode({ ...charging, wires })
    await home.until(() => published('/state').length > 0, 'the first state')
    await home.advance(minutes(1))
    home.car.plugIn('ac')
    await home.next('told', 'plugged-in')
    expect(home.messages('out')).to.deep.equal([])
    await home.close()
    await givenNode({ ...charging, forMqttOut: true, wires })
    await home.until(() => sent('/state').length > 0, 'the first state')
    home.node('charging').receive({ topic: 'pause' })
    const before = home.messages('out').length
    home.car.plugIn('ac')
    await home.until(() => published('/event/plugged-in').length > 0, 'the mirror to tell', minutes(60))
    expect(home.messages('out')).to.have.length(before)
  })

  for (const node of [charging, state])
    it(`do not go to what is no topic: ${node.type} says so`, async () => {
      await givenNode({ ...node, onChange: true, forMqttOut: true, mqttBase: 'cars/#', wires })
      const { error } = await home.next('caught')
      expect(error.cause.code).to.equal('INVALID_CONFIG')
      expect(home.status(node.id)).to.equal(`${node.type}.status.config`)
      home.node(node.id).receive({})
      const again = await home.next('caught', undefined, 1)
      expect(again.error.cause.code).to.equal('INVALID_CONFIG')
    })
})
