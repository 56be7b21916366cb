import { expect } from 'chai'
import { hours, seconds } from '../../../src/clock'
import type { Broker } from '../../../src/cloud/mqtt'
import { memoryStateStore } from '../../../src/cloud/stateStore'
import { until } from '../../support/broker'
import { failing } from '../../account/support'
import { event, FarDriveway, meta, Reader, state } from './support'

/** Nothing outside shows what a connection listens to. */
const subscriptionsOf = (connection: Broker): string[] =>
  [...(connection as unknown as { listening: { subscriptions: Set<{ filter: string }> } }).listening.subscriptions].map(
    ({ filter }) => filter,
  )

describe('reading another Driveway', () => {
  let reader: Reader
  afterEach(() => reader.close())

  const driving = { battery: { stateOfCharge: 62 }, charging: { connection: 'disconnected', status: 'idle' } }

  describe('its cars', () => {
    it('are called what they are called there, and can what they can there', async () => {
      reader = await Reader.open()
      const [car, ...others] = await reader.account.vehicles()
      expect(others).to.deep.equal([])
      expect(car).to.deep.equal({
        id: 'red',
        slug: 'red',
        label: 'The red',
        provider: 'mqtt',
        meta: { model: 'EX40', year: 2025, energy: 'electric' },
      })
      expect(await reader.account.capabilities(car!)).to.deep.equal({
        commands: ['lock', 'climate-start', 'unlock'],
        unlisted: [],
      })
    })

    it('of which nothing is told leave it to the other side what they can', async () => {
      reader = await Reader.open({
        prepare: async (far) => {
          await far.sayAll('red')
          await far.say('red/meta', { ...meta('red'), capabilities: {} })
        },
      })
      const [car] = await reader.account.vehicles()
      const can = await reader.account.capabilities(car!)
      expect(can.commands).to.deep.equal([])
      expect(can.unlisted).to.include('lock')
    })

    it('come and go', async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.sayCars('red', 'blue')
      await reader.far.say('blue/state', state(driving))
      await reader.until(() => reader.account.known.length === 2, 'a second car')
      await reader.value('battery', 'stateOfCharge', 62, 'blue')
      await reader.far.say('red/meta', '')
      await reader.until(() => reader.account.known.length === 1, 'a car less')
      expect(reader.account.known[0]!.slug).to.equal('blue')
    })

    it('are known with their state, whichever of the two is told first', async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.say('blue/state', state(driving))
      await reader.far.say('red/state', state({ battery: { stateOfCharge: 50 } }))
      await reader.value('battery', 'stateOfCharge', 50)
      await reader.clock.advance(seconds(5))
      await reader.far.sayCars('red', 'blue')
      await reader.value('battery', 'stateOfCharge', 62, 'blue')
    })

    it('that left while we were away are gone when we are back', async () => {
      reader = await Reader.open({ prepare: (far) => far.sayAll('red', 'blue') })
      await reader.account.vehicles()
      expect(reader.account.known).to.have.length(2)
      await reader.loseBroker()
      // The new broker has nothing of what the old one kept.
      await reader.broker.start()
      const far = await FarDriveway.open(reader.broker.url)
      await far.sayAll('blue')
      await reader.clock.advance(seconds(80))
      await reader.until(() => reader.account.known.length === 1, 'one car')
      expect(reader.account.known[0]!.slug).to.equal('blue')
      await far.end()
    })

    it('stay although the broker came back without anything that it kept, before the other one did', async () => {
      reader = await Reader.open({ prepare: (far) => far.sayAll('red', 'blue') })
      await reader.account.vehicles()
      const counts: number[] = []
      reader.account.on('vehicles', (cars) => counts.push(cars.length))
      await reader.loseBroker()
      await reader.regainBroker()
      await reader.until(() => reader.account.health.problem?.code === 'PROVIDER_DOWN', 'the other one being away')
      const far = await FarDriveway.open(reader.broker.url)
      await far.sayAll('red', 'blue')
      await reader.until(() => reader.account.health.online, 'the other one being back')
      await reader.clock.advance(seconds(10))
      expect(reader.account.known).to.have.length(2)
      expect(counts.every((count) => count === 2)).to.equal(true)
      await far.end()
    })

    it('are asked for in vain where there is none: says that the other one is not there', async () => {
      // A bridge without an account, such as our own.
      reader = await Reader.open({
        prepare: async (far) => {
          await far.say('bridge/near/state', 'online')
          await far.say('bridge/near/info', { version: '1', schema: 1, accounts: [] })
        },
      })
      const asking = failing(reader.account.vehicles())
      await until(() => reader.connection.state === 'connected', 'connecting')
      const error = await asking
      expect(error.code).to.equal('PROVIDER_DOWN')
      expect(error.message).to.equal('No other Driveway runs below the topic "home"')
      await reader.far.sayAll('red')
      await reader.until(() => reader.account.known.length === 1, 'the car')
      await reader.until(() => reader.account.health.online, 'health')
    })
  })

  describe('what is known', () => {
    it('is what the other one says, with its time, and costs nothing', async () => {
      reader = await Reader.open({
        prepare: async (far) => {
          await far.sayAll('red')
          await far.say('red/state', state(driving))
        },
      })
      const [car] = await reader.account.vehicles()
      await reader.value('battery', 'stateOfCharge', 62)
      const { readings, snapshot } = await reader.account.read(car!, [], 0)
      expect(snapshot).to.deep.equal(driving)
      expect(readings['battery.stateOfCharge']).to.deep.equal({ value: 62, unit: '%', observedAt: '2026-03-02T11:55:00.000Z' })
      expect(reader.account.health.quota.usedToday).to.equal(0)
      expect(reader.events, 'what is so already is no event').to.deep.equal([])
    })

    it('follows: new values get the new time, others keep theirs, what is not said any more leaves', async () => {
      reader = await Reader.open()
      const [car] = await reader.account.vehicles()
      await reader.far.say('red/state', state(driving))
      await reader.value('battery', 'stateOfCharge', 62)
      await reader.far.say(
        'red/state',
        state({ battery: { stateOfCharge: 63 }, charging: { status: 'idle' } }, '2026-03-02T11:57:00.000Z'),
      )
      await reader.value('battery', 'stateOfCharge', 63)
      const { readings, snapshot } = reader.account.about(car!)
      expect(snapshot).to.deep.equal({ battery: { stateOfCharge: 63 }, charging: { status: 'idle' } })
      expect(readings['battery.stateOfCharge']!.observedAt).to.equal('2026-03-02T11:57:00.000Z')
      expect(readings['charging.status']!.observedAt).to.equal('2026-03-02T11:55:00.000Z')
    })

    it('follows also where the newest time goes back, because what was newest left', async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.say('red/state', state(driving, '2026-03-02T11:57:00.000Z'))
      await reader.value('battery', 'stateOfCharge', 62)
      await reader.far.say('red/state', state({ battery: { stateOfCharge: 61 } }, '2026-03-02T11:50:00.000Z'))
      await reader.value('battery', 'stateOfCharge', 61)
      expect(reader.snapshot()).to.deep.equal({ battery: { stateOfCharge: 61 } })
    })

    it('is looked through: what cannot be is left out, words of a newer one are unknown', async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.say('red/state', 'not { JSON')
      await reader.far.say('red/state', [1, 2])
      await reader.far.say('red/state', { battery: { stateOfCharge: 1 } })
      await reader.far.say(
        'red/state',
        state({
          battery: { stateOfCharge: 'much', range: 200, mood: 'good' },
          charging: { status: 'levitating', connection: 7 },
          wings: { left: 'up' },
          lock: 'locked',
        }),
      )
      await reader.value('battery', 'range', 200)
      expect(reader.snapshot()).to.deep.equal({
        battery: { range: 200 },
        charging: { status: 'unknown' },
        vehicle: { range: 200 },
      })
      expect(reader.drifts).to.have.members(['mqtt state', 'mqtt state battery.mood', 'mqtt state wings.left'])
    })

    it('is known after a restart; what changed meanwhile is told by the other one or not at all', async () => {
      const kept = memoryStateStore()
      reader = await Reader.open({ kept })
      await reader.account.vehicles()
      await reader.far.say('red/state', state({ lock: { central: 'locked' }, doors: { hood: 'open' } }))
      await reader.value('lock', 'central', 'locked')
      await reader.clock.advance(hours(1))
      await reader.close()
      reader = await Reader.open({
        kept,
        prepare: async (far) => {
          await far.sayAll('red')
          await far.say('red/state', state({ lock: { central: 'unlocked' } }, '2026-03-02T11:59:00.000Z'))
        },
      })
      const changes: unknown[] = []
      reader.account.on('change', (_car, told) => changes.push(...told))
      await reader.account.vehicles()
      await reader.value('lock', 'central', 'unlocked')
      expect(changes).to.have.deep.members([
        { signal: 'lock.central', from: 'locked', to: 'unlocked' },
        { signal: 'doors.hood', from: 'open', to: null },
      ])
      expect(reader.events).to.deep.equal([])
    })
  })

  describe('events', () => {
    beforeEach(async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.say('red/state', state(driving))
      await reader.value('battery', 'stateOfCharge', 62)
    })

    const plugged = state({ ...driving, charging: { connection: 'connected', status: 'idle' } }, '2026-03-02T11:58:00.000Z')

    it('are passed on as they are, together with what changed, and none is made of a change', async () => {
      const taken: { changes: number; events: number }[] = []
      reader.account.on('reading', (_car, { changes, events }) => taken.push({ changes: changes.length, events: events.length }))
      await reader.far.say('red/state', plugged)
      await reader.far.say('red/event/plugged-in', event('plugged-in'), false)
      await reader.until(() => reader.events.length > 0, 'the event')
      const { vehicle: _vehicle, state: _state, ...told } = event('plugged-in')
      expect(reader.events).to.deep.equal([told])
      expect(taken).to.deep.equal([{ changes: 1, events: 1 }])
      expect(reader.snapshot().charging!.connection).to.equal('connected')
    })

    it('are told once, however often they come', async () => {
      for (let time = 0; time < 3; time++) await reader.far.say('red/event/plugged-in', event('plugged-in'), false)
      await reader.far.say('red/event/locked', event('locked'), false)
      await reader.until(() => reader.events.some(({ name }) => name === 'locked'), 'the last event')
      expect(reader.events.map(({ name }) => name)).to.deep.equal(['plugged-in', 'locked'])
    })

    it('that somebody left on the broker, that nobody knows, or that are none, are not told', async () => {
      await reader.far.say('red/event/plugged-in', event('plugged-in'), true)
      await reader.loseBroker()
      await reader.regainBroker()
      const far = await FarDriveway.open(reader.broker.url)
      await far.say('red/event/plugged-in', event('plugged-in', { id: 'left' }), true)
      await far.sayAll('red')
      await reader.until(() => reader.account.health.online, 'the other one being back')
      await far.say('red/event/flown-away', event('flown-away'), false)
      await far.say('red/event/locked', event('unlocked'), false)
      await far.say('red/event/locked', '{}', false)
      await far.say('red/event/locked', event('locked'), false)
      await reader.until(() => reader.events.some(({ name }) => name === 'locked'), 'the good one')
      expect(reader.events.map(({ id }) => id)).to.deep.equal(['id-of-locked'])
      await far.end()
    })

    it('make charging sessions, as at the other side', async () => {
      const charging = (status: string, at: string) => state({ ...driving, charging: { connection: 'connected', status } }, at)
      await reader.far.say('red/event/charging-started', event('charging-started'), false)
      await reader.far.say('red/state', charging('charging', '2026-03-02T11:58:00.000Z'))
      await reader.until(() => reader.account.sessions('red').length === 1, 'a session')
      await reader.far.say(
        'red/event/charging-complete',
        event('charging-complete', { observedAt: '2026-03-02T11:59:00.000Z' }),
        false,
      )
      await reader.far.say('red/state', charging('complete', '2026-03-02T11:59:00.000Z'))
      await reader.until(() => reader.account.sessions('red')[0]?.end === 'charging-complete', 'its end')
    })
  })

  describe('whether it is there', () => {
    beforeEach(async () => {
      reader = await Reader.open()
      await reader.account.vehicles()
      await reader.far.say('red/state', state(driving))
      await reader.value('battery', 'stateOfCharge', 62)
      expect(reader.account.health.online).to.equal(true)
    })

    it('shows by its last will; what is known stays', async () => {
      reader.far.die()
      await reader.until(() => !reader.account.health.online, 'the last will')
      expect(reader.account.health.problem!.code).to.equal('PROVIDER_DOWN')
      expect(reader.snapshot()).to.deep.equal(driving)
      expect(await reader.account.vehicles()).to.have.length(1)
      // A list that is asked for anew is no sign of life.
      await reader.clock.advance(hours(25))
      await reader.account.vehicles()
      await reader.clock.advance(seconds(1))
      expect(reader.account.health.online).to.equal(false)
      const far = await FarDriveway.open(reader.broker.url)
      await far.sayAll('red')
      await reader.until(() => reader.account.health.online, 'being back')
      expect(reader.troubles).to.deep.equal(['PROVIDER_DOWN', ''])
      await far.end()
    })

    it('is no matter of other bridges below the same topic, such as our own', async () => {
      await reader.far.say('bridge/ours/state', 'online')
      await reader.far.say('bridge/ours/info', { version: '1', schema: 1, accounts: [] })
      reader.far.die()
      await reader.until(() => !reader.account.health.online, 'the last will')
    })

    it('is so while one of several that tell of the car is', async () => {
      await reader.far.say('bridge/second/info', { version: '1', schema: 1, accounts: [{ vehicles: ['red'] }] })
      await reader.far.say('bridge/second/state', 'online')
      await reader.far.say('bridge/far/state', 'offline')
      await reader.far.say('red/state', state({ battery: { stateOfCharge: 50 } }, '2026-03-02T11:58:00.000Z'))
      await reader.value('battery', 'stateOfCharge', 50)
      expect(reader.account.health.online).to.equal(true)
    })

    it('is not so when it has lost its own cloud', async () => {
      await reader.far.say('red/availability', 'offline')
      await reader.until(() => !reader.account.health.online, 'the cars being cut off')
      expect(reader.account.health.problem!.message).to.equal("The other Driveway has lost its cars' cloud")
      await reader.far.say('red/availability', 'online')
      await reader.until(() => reader.account.health.online, 'the cars being back')
    })

    it('cannot be told when the broker does not let us read: says so', async () => {
      await reader.loseBroker()
      reader.broker.options.maySubscribe = (filter) => !filter.startsWith('home/+/')
      await reader.regainBroker()
      await reader.until(() => reader.account.health.problem?.code === 'INVALID_CONFIG', 'the refusal')
      expect(reader.account.health.problem!.message).to.equal('The MQTT broker does not let us read below "home"')
      delete reader.broker.options.maySubscribe
      reader.broker.cut()
      await until(() => reader.connection.state === 'offline', 'losing the connection')
      await reader.clock.advance(seconds(80))
      const far = await FarDriveway.open(reader.broker.url)
      await far.sayAll('red')
      await reader.until(() => reader.account.health.online, 'being back')
      await far.end()
    })

    it('is not known while the broker is away, and found out when it is back', async () => {
      await reader.loseBroker()
      expect(reader.account.health.problem!.code).to.equal('NETWORK')
      expect(reader.snapshot()).to.deep.equal(driving)
      await reader.regainBroker()
      const far = await FarDriveway.open(reader.broker.url)
      await far.sayAll('red')
      await reader.until(() => reader.account.health.online, 'being back')
      await far.say('red/state', state({ battery: { stateOfCharge: 50 } }, '2026-03-02T11:58:00.000Z'))
      await reader.value('battery', 'stateOfCharge', 50)
      await far.end()
    })
  })

  it('leaves nothing behind when it ends: no timer, no subscription', async () => {
    reader = await Reader.open()
    await reader.account.vehicles()
    await reader.far.say('red/state', state(driving))
    await reader.value('battery', 'stateOfCharge', 62)
    const listened = new Set(subscriptionsOf(reader.connection))
    expect(listened).to.have.length(8)
    reader.account.close()
    expect(subscriptionsOf(reader.connection)).to.deep.equal([])
    await reader.account.ended
    await reader.connection.close()
    expect(reader.clock.timers).to.equal(0)
  })
})
