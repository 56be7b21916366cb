import { expect } from 'chai'
import { connectAsync } from 'mqtt'
import { seconds } from '../../src/clock'
import { Broker } from '../../src/cloud/mqtt'
import { fits, type Arrival } from '../../src/cloud/subscriptions'
import { TestBroker, until } from '../support/broker'
import { ManualClock } from '../support/clock'

describe('listening on the MQTT broker', () => {
  let broker: TestBroker
  let clock: ManualClock
  let made: Broker
  beforeEach(async () => {
    clock = new ManualClock()
    broker = await TestBroker.open()
    made = new Broker({ url: broker.url }, clock)
  })
  afterEach(async () => {
    await made.close()
    await broker.kill()
  })

  const connected = async () => {
    made.connect()
    await until(() => made.state === 'connected', 'connecting')
  }
  const say = async (topic: string, payload = '', options: object = {}) => {
    const client = await connectAsync(broker.url, { protocolVersion: 5 })
    await client.publishAsync(topic, payload, { qos: 1, ...options })
    await client.endAsync()
  }
  const listen = (filter: string) => {
    const heard: Arrival[] = []
    const end = made.subscribe({ filter, take: (arrival) => void heard.push(arrival) })
    return { heard, end }
  }

  it('hears what is said, with flag, response topic and correlation data, before and after a loss', async () => {
    const { heard } = listen('a/+/c')
    await connected()
    const properties = { responseTopic: 'answer', correlationData: Buffer.from('x') }
    await say('a/b/c', '1', { properties, retain: true })
    await until(() => heard.length === 1, 'the first')
    expect(heard[0]).to.deep.equal({ topic: 'a/b/c', payload: Buffer.from('1'), retain: true, ...properties })
    broker.cut()
    await until(() => made.state === 'offline', 'losing the broker')
    await clock.advance(seconds(80))
    await until(() => heard.length === 2, 'the retained one once more')
    await say('a/b/c', '2')
    await until(() => heard.length === 3, 'the next')
  })

  it('hears no more once it has ended, and tells each listener what it asked for', async () => {
    await connected()
    const [one, two] = [listen('a/#'), listen('b/#')]
    await say('b/x')
    await until(() => two.heard.length === 1, 'the message')
    two.end()
    await say('b/x')
    await say('a/x')
    await until(() => one.heard.length === 1, 'the other message')
    expect(two.heard).to.have.length(1)
  })

  it('a listener that fails does no harm', async () => {
    await connected()
    made.subscribe({ filter: 'a', take: () => Promise.reject(new Error('mine')) })
    const { heard } = listen('a')
    await say('a')
    await say('a')
    await until(() => heard.length === 2, 'both')
  })

  it('tells the broker that it has a message only when that is taken', async () => {
    await connected()
    let taken = 0
    let go: () => void = () => undefined
    made.subscribe({ filter: 'a', take: () => new Promise<void>((resolve) => (taken++, (go = resolve))) })
    await say('a', '1')
    await until(() => taken === 1, 'the first')
    await say('a', '2')
    expect(taken, 'one after the other').to.equal(1)
    go()
    await until(() => taken === 2, 'the second')
    go()
  })

  it('says when the broker does not let it', async () => {
    broker.options.maySubscribe = (filter) => filter !== 'secret'
    let refused = false
    await connected()
    made.subscribe({ filter: 'secret', take: () => undefined, refused: () => (refused = true) })
    await until(() => refused, 'the refusal')
  })

  const table: [filter: string, topic: string, yes: boolean][] = [
    ['a/b', 'a/b', true],
    ['a/b', 'a/b/c', false],
    ['a/+', 'a/b', true],
    ['a/+', 'a', false],
    ['a/+', 'a/', true],
    ['+/+', '/a', true],
    ['a/#', 'a', true],
    ['a/#', 'a/b/c', true],
    ['#', 'a', true],
    ['#', '$SYS/a', false],
    ['+/a', '$SYS/a', false],
    ['$SYS/#', '$SYS/a', true],
    ['$share/g/a/+', 'a/b', true],
    ['$share/g/a/+', 'g/a/b', false],
  ]
  for (const [filter, topic, yes] of table)
    it(`${filter} ${yes ? 'fits' : 'does not fit'} ${topic}`, () => expect(fits(filter, topic)).to.equal(yes))
})
