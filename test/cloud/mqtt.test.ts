import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { expect } from 'chai'
import { connectAsync } from 'mqtt'
import { seconds } from '../../src/clock'
import { Broker, type BrokerSettings, type BrokerState } from '../../src/cloud/mqtt'
import { ManualClock, tick } from '../support/clock'
import { TestBroker, until } from '../support/broker'

/** A server on the broker's port that never says anything. */
async function silentServer(): Promise<{ server: Server; sockets: Set<Socket>; url: string }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => undefined))
    socket.resume()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { server, sockets, url: `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}` }
}

describe('the connection to the MQTT broker', () => {
  let broker: TestBroker
  let clock: ManualClock
  let open: Broker[] = []

  beforeEach(async () => {
    clock = new ManualClock()
    broker = await TestBroker.open()
  })
  afterEach(async () => {
    await Promise.all(open.map((one) => one.close()))
    open = []
    await broker.kill()
  })

  const connection = (settings: Partial<BrokerSettings> = {}, bound?: number): Broker => {
    const made = new Broker({ url: broker.url, ...settings }, clock, bound)
    open.push(made)
    return made
  }
  const connected = async (...given: Parameters<typeof connection>): Promise<Broker> => {
    const made = connection(...given)
    made.connect()
    await until(() => made.state === 'connected', 'connecting')
    return made
  }
  const lost = (made: Broker) => until(() => made.state === 'offline', 'losing the broker')
  /** Lets the wait before the next try pass. */
  const back = async (made: Broker) => {
    await clock.advance(seconds(80))
    await until(() => made.state === 'connected', 'the broker being back')
  }
  const say = (made: Broker, topic: string, payload: string, retain = false) => made.publish({ topic, payload, retain, qos: 1 })
  const states = (made: Broker): BrokerState[] => {
    const seen: BrokerState[] = []
    made.on('state', (state) => seen.push(state))
    return seen
  }

  it('speaks MQTT 5, and what is published arrives', async () => {
    const made = await connected()
    expect(made.protocolVersion).to.equal(5)
    say(made, 'a/state', '1', true)
    say(made, 'a/event', '2')
    await until(() => broker.heard.length === 2 && made.waiting === 0, 'both')
    expect(broker.heard).to.deep.equal([
      { topic: 'a/state', payload: '1', retain: true, qos: 1 },
      { topic: 'a/event', payload: '2', retain: false, qos: 1 },
    ])
  })

  it('falls back to MQTT 3.1.1, at once and for good, when the broker refuses 5', async () => {
    await broker.kill()
    broker = await TestBroker.open({ version: '3.1.1' })
    const made = connection()
    const seen = states(made)
    say(made, 'a/state', 'early', true)
    made.connect()
    await until(() => broker.heard.length === 1, 'the message')
    expect(made.protocolVersion).to.equal(4)
    expect(seen, 'nobody is told of a refused first try').to.deep.equal(['connecting', 'connected'])
    await broker.kill()
    await lost(made)
    await broker.start()
    await back(made)
    expect(broker.clients).to.have.length(2)
  })

  it('is one connection, however many ask for it', async () => {
    const made = connection()
    for (let n = 0; n < 3; n++) made.connect()
    await until(() => made.state === 'connected', 'connecting')
    made.connect()
    say(made, 'a', '1')
    await until(() => broker.heard.length === 1, 'the message')
    expect(broker.clients).to.have.length(1)
    expect(broker.sockets.size).to.equal(1)
  })

  it('keeps what is published before the broker is there', async () => {
    const made = connection()
    say(made, 'a/state', 'old', true)
    say(made, 'a/state', 'new', true)
    say(made, 'a/event', 'e')
    expect(made.waiting).to.equal(2)
    made.connect()
    await until(() => broker.heard.length === 2, 'both')
    expect(broker.heard.map(({ payload }) => payload)).to.deep.equal(['new', 'e'])
  })

  it('keeps the last state and every event, in order, while the broker is dead, and brings them once it is back', async () => {
    const made = await connected()
    const seen = states(made)
    await broker.kill()
    await lost(made)
    expect(made.problem).to.include({
      code: 'NETWORK',
      message: `The MQTT broker at ${broker.url} cannot be reached (the connection was lost)`,
    })
    for (let n = 1; n <= 5; n++) {
      say(made, 'a/event', `e${n}`)
      say(made, 'a/state', `s${n}`, true)
    }
    await clock.advance(seconds(10))
    await broker.start()
    await back(made)
    await until(() => made.waiting === 0, 'all')
    expect(broker.payloads('a/event')).to.deep.equal(['e1', 'e2', 'e3', 'e4', 'e5'])
    expect(broker.payloads('a/state')).to.deep.equal(['s5'])
    expect(made.problem).to.equal(undefined)
    expect(seen[0]).to.equal('offline')
    expect(seen.at(-1)).to.equal('connected')
  })

  it('drops the oldest events when too many wait, and counts them', async () => {
    const made = connection({}, 3)
    say(made, 'a/state', 's', true)
    for (let n = 1; n <= 8; n++) say(made, 'a/event', `e${n}`)
    expect([made.waiting, made.dropped]).to.deep.equal([4, 5])
    made.connect()
    await until(() => broker.heard.length === 4, 'the rest')
    expect(broker.payloads('a/event')).to.deep.equal(['e6', 'e7', 'e8'])
  })

  it('sends again what was not acknowledged, and never an older state after a newer one', async () => {
    const made = await connected()
    broker.freeze()
    for (const payload of ['s1', 's2', 's3']) say(made, 'a/state', payload, true)
    say(made, 'a/event', 'e1')
    say(made, 'a/event', 'e2')
    await tick()
    expect(made.waiting).to.equal(5)
    broker.cut()
    await lost(made)
    say(made, 'b/state', 'b', true)
    expect(made.waiting, 'of the states the last one').to.equal(4)
    await back(made)
    await until(() => made.waiting === 0, 'all')
    expect(broker.retained.get('a/state')).to.equal('s3')
    expect(broker.payloads('a/state').at(-1)).to.equal('s3')
    expect(broker.payloads('a/event').slice(-2)).to.deep.equal(['e1', 'e2'])
  })

  it('brings what somebody tells anew on connecting in place of what waited, and nothing overtakes', async () => {
    const made = connection()
    say(made, 'a/state', 'waited', true)
    say(made, 'a/event', 'e1')
    made.on('state', (state) => {
      if (state !== 'connected') return
      say(made, 'a/event', 'e2')
      say(made, 'a/state', 'now', true)
    })
    made.connect()
    await until(() => broker.heard.length === 3 && made.waiting === 0, 'all')
    expect(broker.heard.map(({ payload }) => payload)).to.deep.equal(['now', 'e1', 'e2'])
  })

  it('tries for ever, ever more rarely, at most each 75 seconds', async () => {
    await broker.kill()
    const made = connection()
    const tries: number[] = []
    made.on('state', (state) => state === 'connecting' && tries.push(clock.now()))
    made.connect()
    for (let n = 0; n < 10; n++) {
      await lost(made)
      await clock.advance(clock.next! - clock.now())
    }
    const waits = tries.slice(1).map((at, index) => (at - tries[index]!) / 1000)
    ;[1, 2, 4, 8, 16, 32, 60, 60, 60].forEach((wait, index) => expect(waits[index]).to.be.within(wait * 0.75, wait * 1.25))
    expect(clock.timers, 'one try at a time').to.be.at.most(1)
  })

  it('lets the broker tell that we are gone when the wire is cut, and not when we leave ourselves', async () => {
    const will = { topic: 'bridge/state', payload: 'offline' }
    const made = await connected({ will })
    broker.cut()
    await until(() => broker.retained.get('bridge/state') === 'offline', 'the last will')
    await lost(made)
    await back(made)
    say(made, 'bridge/state', 'online', true)
    await until(() => broker.retained.get('bridge/state') === 'online', 'being back')
    const before = broker.heard.length
    await made.close({ topic: 'bridge/state', payload: 'bye', retain: true, qos: 1 })
    await until(() => broker.sockets.size === 0, 'leaving')
    expect(broker.heard.slice(before).map(({ payload }) => payload)).to.deep.equal(['bye'])
    expect(broker.retained.get('bridge/state')).to.equal('bye')
  })

  for (const version of ['5', '3.1.1'] as const)
    it(`says in plain words that the login is wrong, tries again, and gets in once it is right (MQTT ${version})`, async () => {
      await broker.kill()
      let password = 'other'
      broker = await TestBroker.open({ version, login: (user, given) => user === 'me' && given === password })
      const made = connection({ username: 'me', password: 'secret' })
      made.connect()
      await lost(made)
      expect(made.problem).to.deep.equal({
        code: 'AUTH_REQUIRED',
        message: `The MQTT broker at ${broker.url} refused user name or password`,
        action: 'Check user name and password of the broker.',
      })
      await clock.advance(seconds(2))
      await until(() => broker.refusals === 2, 'the second try')
      await lost(made)
      password = 'secret'
      await back(made)
      expect(made.problem).to.equal(undefined)
    })

  it('calls an address that cannot be one by its name', async () => {
    const made = connection({ url: 'mqtt://127.0.0.1:99999' })
    made.connect()
    await lost(made)
    expect(made.problem?.code).to.equal('INVALID_CONFIG')
  })

  describe('closes', () => {
    /** Somebody else connects; the answer: as which one, those included who were on their way before. */
    const comesNext = async (): Promise<number> => {
      const client = await connectAsync(broker.url, { clientId: 'next', reconnectPeriod: 0 })
      await client.endAsync(true)
      return broker.clients.indexOf('next') + 1
    }

    it('after what was under way has arrived', async () => {
      const made = await connected()
      for (let n = 0; n < 50; n++) say(made, 'a/event', String(n))
      await made.close({ topic: 'a/state', payload: 'offline', retain: true, qos: 1 })
      expect(broker.payloads('a/event')).to.have.length(50)
      expect(broker.retained.get('a/state')).to.equal('offline')
      await until(() => broker.sockets.size === 0, 'leaving')
    })

    it('within 2 s, and lets go of the wire, when the broker has frozen', async () => {
      const made = connection()
      made.connect()
      await until(() => made.state === 'connected', 'connecting')
      broker.freeze()
      let isOver = false
      const closing = made.close({ topic: 'a', payload: 'offline', retain: true, qos: 1 }).then(() => (isOver = true))
      await clock.advance(seconds(2) - 1)
      expect(isOver, 'what was said last may still arrive').to.equal(false)
      await clock.advance(1)
      await closing
      for (const socket of broker.sockets) socket.resume()
      await until(() => broker.sockets.size === 0, 'letting go')
    })

    it('at once when a server takes the call and never answers', async () => {
      const { server, sockets, url } = await silentServer()
      const made = connection({ url })
      made.connect()
      await until(() => sockets.size === 1, 'the call')
      // The clock stands still, so nothing can be waited for.
      await made.close()
      await until(() => sockets.size === 0, 'hanging up')
      await new Promise((resolve) => server.close(resolve))
    })

    it('at once while the broker is dead, and tries no more', async () => {
      const made = await connected()
      await broker.kill()
      await lost(made)
      await made.close()
      expect(clock.timers).to.equal(0)
      await broker.start()
      await clock.advance(seconds(200))
      made.connect()
      say(made, 'a', '1')
      await made.close()
      expect(await comesNext()).to.equal(2)
      expect(made.waiting).to.equal(0)
    })

    it('before it was ever opened', async () => {
      const made = connection()
      made.connect()
      await made.close()
      expect(await comesNext()).to.equal(1)
      expect(made.state).to.equal('closed')
    })
  })
})
