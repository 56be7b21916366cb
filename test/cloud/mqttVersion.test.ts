import { connect as dial, createServer, type AddressInfo, type Server } from 'node:net'
import { expect } from 'chai'
import { days, minutes, seconds } from '../../src/clock'
import { Broker, type BrokerSettings } from '../../src/cloud/mqtt'
import { ManualClock } from '../support/clock'
import { TestBroker, until } from '../support/broker'

/** A door before a broker that hangs up, without a word, on every greeting in a version that it does not let through. */
class Door {
  /** Versions of the greetings, in order. */
  readonly greetings: number[] = []
  lets: (version: number) => boolean = (version) => version === 4
  private server?: Server

  constructor(private readonly broker: TestBroker) {}

  async open(): Promise<string> {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', (greeting: Buffer) => {
        // The protocol's name stands before its version.
        const version = greeting[greeting.indexOf('MQTT') + 4] ?? 0
        this.greetings.push(version)
        if (!this.lets(version)) return socket.end()
        const inside = dial(this.broker.port, '127.0.0.1')
        inside.on('error', () => socket.destroy())
        inside.write(greeting)
        socket.pipe(inside).pipe(socket)
      })
    })
    this.server = server
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  close(): void {
    this.server?.close()
  }
}

describe('a broker that hangs up on MQTT 5 without a word', () => {
  let broker: TestBroker
  let door: Door
  let clock: ManualClock
  let made: Broker
  const states: string[] = []

  beforeEach(async () => {
    clock = new ManualClock()
    states.length = 0
  })
  afterEach(async () => {
    await made.close()
    door.close()
    await broker.kill()
    expect(clock.timers, 'timers left').to.equal(0)
  })

  const given = async (version: '5' | '3.1.1', settings: Partial<BrokerSettings> = {}) => {
    broker = await TestBroker.open({ version })
    door = new Door(broker)
    made = new Broker({ url: await door.open(), ...settings }, clock)
    made.on('state', (state) => states.push(state))
    made.connect()
  }
  const greeted = (count: number) => until(() => door.greetings.length >= count, `greeting ${count}`)
  const offline = () => until(() => made.state === 'offline', 'the failure')
  const again = async () => {
    const count = door.greetings.length
    await offline()
    await clock.advance(seconds(80))
    await greeted(count + 1)
  }
  const connected = () => until(() => made.state === 'connected', 'connecting')
  /** Two greetings in 5 were not answered. */
  const fallenBack = async () => {
    await greeted(1)
    await again()
    await again()
    await connected()
    expect(door.greetings).to.deep.equal([5, 5, 4])
    expect(made.protocolVersion).to.equal(4)
  }

  it('is greeted in 3.1.1 when that has happened twice, and says meanwhile where it is and what to do', async () => {
    await given('3.1.1')
    await greeted(1)
    await offline()
    expect(made.problem?.message).to.match(
      /^The MQTT broker at mqtt:\/\/127\.0\.0\.1:\d+ cannot be reached \(it hangs up without a word\)$/,
    )
    expect(made.problem?.action).to.match(/TLS/)
    await again()
    await again()
    await connected()
    made.publish({ topic: 'a', payload: 'x', retain: false, qos: 1 })
    await until(() => broker.payloads('a').length === 1, 'the message')
  })

  it('is asked now and then whether it has learnt 5, ever more rarely, without losing the connection', async () => {
    await given('3.1.1')
    await fallenBack()
    await clock.advance(minutes(1))
    await greeted(4)
    await until(() => clock.timers === 1, 'the next look being planned')
    await clock.advance(minutes(1))
    expect(door.greetings).to.deep.equal([5, 5, 4, 5])
    await clock.advance(minutes(1))
    await greeted(5)
    await clock.advance(days(1))
    expect(made.state).to.equal('connected')
    expect(states.filter((state) => state === 'connected')).to.have.length(1)
    expect(broker.clients).to.have.length(1)
  })

  it('that was only starting is taken up in 5 soon; what was published meanwhile is there once', async () => {
    await given('5')
    await fallenBack()
    door.lets = () => true
    await clock.advance(minutes(1))
    for (let n = 0; n < 20; n++) made.publish({ topic: 'n', payload: String(n), retain: false, qos: 1 })
    await until(() => made.protocolVersion === 5 && made.state === 'connected' && made.waiting === 0, 'MQTT 5')
    expect(broker.payloads('n')).to.deep.equal(Array.from({ length: 20 }, (_, n) => String(n)))
    expect(states.slice(-2)).to.deep.equal(['connecting', 'connected'])
    const asked = door.greetings.length
    await clock.advance(days(2))
    expect(door.greetings, 'nobody asks any more').to.have.length(asked)
  })

  it('does not tell by its last will that we were gone when we only change to 5', async () => {
    await given('5', { will: { topic: 'bridge', payload: 'offline' } })
    await fallenBack()
    door.lets = () => true
    await clock.advance(minutes(1))
    await until(() => made.protocolVersion === 5 && made.state === 'connected', 'MQTT 5')
    await until(() => broker.sockets.size === 1, 'the old connection being gone')
    expect(broker.retained.has('bridge')).to.equal(false)
  })

  it('in 3.1.1, too, is greeted in 5 again', async () => {
    await given('3.1.1')
    door.lets = () => false
    await greeted(1)
    for (let n = 0; n < 6; n++) await again()
    expect(door.greetings).to.deep.equal([5, 5, 4, 5, 5, 4, 5])
    await offline()
  })

  it('may be left while it is asked', async () => {
    await given('3.1.1')
    await fallenBack()
    await clock.advance(minutes(1))
    await made.close()
    await until(() => broker.sockets.size === 0, 'leaving')
  })
})

describe('a broker that cannot be reached is told by its address and what to do', () => {
  const cases = [
    {
      what: 'nobody listens',
      url: 'mqtt://127.0.0.1:9',
      says: /at mqtt:\/\/127\.0\.0\.1:9 cannot be reached \(nothing listens there\)/,
    },
    {
      what: 'no such host',
      url: 'mqtt://nowhere.invalid',
      says: /at mqtt:\/\/nowhere\.invalid cannot be reached \(no such host\)/,
    },
    { what: 'with a secret in it', url: 'ws://me:hidden@127.0.0.1:9/p?key=hidden', says: /at ws:\/\/127\.0\.0\.1:9 cannot/ },
  ]
  for (const { what, url, says } of cases)
    it(what, async () => {
      const made = new Broker({ url }, new ManualClock())
      made.connect()
      await until(() => made.state === 'offline', 'the failure', 15_000)
      expect(made.problem?.message).to.match(says)
      expect(made.problem?.message).not.to.contain('hidden')
      expect(made.problem?.action).to.match(/Check/)
      await made.close()
    })
})
