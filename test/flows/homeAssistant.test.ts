import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { TestBroker } from '../nodes/brokerSupport'
import { catchAll, nothingIsLost, owns } from '../nodes/support'
import { givenHome, type Home } from '../support/home'

describe('a car in Home Assistant', () => {
  nothingIsLost()
  let broker: TestBroker
  let home: Home
  let client: Awaited<ReturnType<TestBroker['client']>>
  beforeEach(async () => {
    broker = await TestBroker.open()
    client = await broker.client()
  })
  afterEach(async () => {
    await client.endAsync(true)
    await home.close()
    await broker.close()
  })

  const given = (more: Record<string, unknown>) =>
    givenHome((simulator) => {
      owns(simulator, 'ex40')
      const mqtt = { id: 'mqtt', type: 'driveway-mqtt', url: broker.url, instance: 'test', discovery: true, ...more }
      return { account: { mirror: 'mqtt', allow: ['unlock'] }, nodes: [mqtt, catchAll] }
    })
  const configs = () => broker.heard.filter(({ topic }) => /^homeassistant\/device\/[^/]+\/config$/.test(topic))
  const last = () => JSON.parse(configs().at(-1)!.payload)

  it('is one device that is told before its state, without its number', async () => {
    home = await given({})
    await home.until(() => broker.heard.some(({ topic }) => /ex40-\w+\/state$/.test(topic)), 'the state')
    const order = broker.heard.map(({ topic }) => topic)
    expect(order.findIndex((topic) => topic.startsWith('homeassistant/'))).to.be.within(
      0,
      order.findIndex((topic) => /ex40-\w+\/state$/.test(topic)),
    )
    expect(last().device.name).to.equal('EX40')
    expect(Object.keys(last().components).length).to.be.greaterThan(20)
    expect(configs().at(-1)!.payload).not.to.include(home.car.id)
  })

  it('has a lock whose both words reach the car, when the owner allows it', async () => {
    home = await given({ commands: ['safe', 'unlock'] })
    await home.until(() => configs().length > 0 && JSON.stringify(last()).includes('payload_unlock'), 'the lock')
    const lock = Object.values(last().components as Record<string, Record<string, string>>).find(
      ({ platform }) => platform === 'lock',
    )!
    for (const [word, expected] of [
      [lock.payload_unlock, 'unlocked'],
      [lock.payload_lock, 'locked'],
    ] as const) {
      await client.publishAsync(lock.command_topic!, word!)
      await home.until(() => home.car.truth('lock.central') === expected, expected, minutes(5))
    }
  })

  it('is told anew when Home Assistant has started', async () => {
    home = await given({})
    await home.until(() => configs().length > 0, 'the device')
    await home.advance(minutes(2))
    const before = configs().length
    await client.publishAsync('homeassistant/status', 'online')
    await home.until(() => configs().length > before, 'the device again', minutes(1))
  })
})
