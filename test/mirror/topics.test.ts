import { expect } from 'chai'
import { days, minutes, seconds } from '../../src/clock'
import { configTopic, uidOf } from '../../src/mirror/discovery/device'
import { memoryStateStore } from '../../src/cloud/stateStore'
import type { MirrorOptions } from '../../src/mirror/mirror'
import { TestBroker, until } from '../support/broker'
import { failure, vin } from '../support/scriptedProvider'
import { Mirrored, place } from './support'

describe('what an owner may choose to have on MQTT', () => {
  let home: Mirrored
  afterEach(() => home.close())

  const open = async (mirror: Partial<MirrorOptions> = {}, more: object = {}) => {
    home = await Mirrored.open({ mirror, ...more })
    await home.later(seconds(1))
  }
  const says = (values: object) => home.provider.says.set(vin(1), { ...home.provider.says.get(vin(1)), ...values })
  const retained = (part: string) => [...home.broker.retained].filter(([topic]) => topic.includes(part))
  const everything = () => home.broker.heard.map(({ topic, payload }) => `${topic} ${payload}`).join('\n')

  describe('the location', () => {
    const places = [
      { name: 'town', latitude: 57.7, longitude: 11.97, radius: 5000 },
      { name: 'home', latitude: 57.709, longitude: 11.9745, radius: 100 },
    ]
    /** Makes the exact place pass through everything that is published. */
    const busyDay = async () => {
      home.provider.onExecute = () =>
        Promise.resolve({
          phase: 'done',
          readings: [{ signal: 'position.location', value: { ...place, latitude: 57.81234 }, observedAt: home.clock.now() }],
        })
      await home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog' })
      await home.later(seconds(10))
      says({ 'position.location': { latitude: 57.91234, longitude: 11.954321 }, 'charging.connection': 'connected' })
      await home.later(minutes(20))
      await home.lose()
      await home.regain()
    }

    for (const location of [undefined, 'off', 'zone', 'rounded'] as const)
      it(`does not get to the broker exactly in any topic when it is ${location ?? 'not chosen'}`, async () => {
        await open({ ...(location && { location }), places, values: true })
        await busyDay()
        const all = everything()
        expect(all).to.contain('/event/moved ')
        expect(all).not.to.match(/57\.(7089|8123|9123)|11\.9(746|543)/)
        if (location !== 'rounded') expect(all).not.to.match(/latitude/)
      })

    const hidden: [what: string, details: object][] = [
      ['a text', { values: [{ data: 'x', value: '{"latitude":57.7089,"longitude":11.9746}' }] }],
      ['the value of a place', { values: [{ data: 'position.location', value: '57.7089,11.9746', previous: '57.7089' }] }],
      ['short names', { at: { lat: 57.7089, lng: 11.9746 } }],
      ['GeoJSON', { geometry: { type: 'Point', coordinates: [11.9746, 57.7089] } }],
      ['what the cloud sent', { type: 'X', raw: { where: '57.7089,11.9746', vin: vin(1), licence_plate: 'AB 123' } }],
      [
        'the settings of a digital key',
        {
          settings: {
            type: 'DigitalKey',
            vin: vin(1),
            event: {
              digitalKey: { status: 'Unpaired', workflow: { vehicleState: vin(1) }, pairing: { url: 'x', password: 'AB 123' } },
            },
          },
        },
      ],
      [
        'the settings of a destination',
        {
          settings: {
            type: 'LastMileNavigation',
            event: {
              lastMileNavigation: {
                status: '57.7089,11.9746',
                targetLocation: { type: 'Feature', place: '57.7089 11.9746', properties: { name: 'AB 123' } },
                currentLocation: { type: 'Feature', geometry: { type: 'Point', coordinates: [11.9746, 57.7089] } },
              },
            },
          },
        },
      ],
      ['settings that nobody knows', { settings: [{ type: vin(1) }, 'AB 123'] }],
      ['settings that are a text', { settings: `AB 123 ${vin(1)}` }],
    ]
    for (const [what, details] of hidden)
      it(`does not get to the broker as ${what} in an event`, async () => {
        await open()
        const car = await home.account.vehicle(vin(1))
        const now = home.clock.now()
        await home.account.say(car, {
          name: 'monitor',
          observedAt: now,
          receivedAt: now,
          source: 'push',
          details: { label: 'Seen', ...details },
        })
        await until(() => home.json('event/monitor').length > 0, 'the event')
        expect(home.json('event/monitor')[0]!.details).to.include({ label: 'Seen' })
        expect(everything()).not.to.match(/57\.7089|11\.9746|YV1SCRIPTED|AB 123/)
      })

    for (const location of ['off', 'exact'] as const)
      it(`settings that a monitor saw change are told by their kind alone (location ${location})`, async () => {
        await open({ location })
        const car = await home.account.vehicle(vin(1))
        const now = home.clock.now()
        const digitalKey = { status: 'OwnerPairingCompleted', pairing: { url: 'https://key.example', password: '123456' } }
        const details = { label: 'Key', settings: { type: 'DigitalKey', event: { digitalKey } } }
        await home.account.say(car, { name: 'monitor', observedAt: now, receivedAt: now, source: 'push', details })
        await until(() => home.json('event/monitor').length > 0, 'the event')
        expect(home.json('event/monitor')[0]!.details).to.deep.equal({
          label: 'Key',
          settings: { type: 'DigitalKey', status: 'OwnerPairingCompleted' },
        })
      })

    it('is exact in topic, state and events when its owner wants that', async () => {
      await open({ location: 'exact' })
      expect(home.json('location')).to.deep.equal([{ ...place, gps_accuracy: 10, observedAt: '2026-03-02T12:00:00.000Z' }])
      await busyDay()
      expect(home.json('state')[0]!.position.location).to.deep.equal(place)
      expect(home.json('event/moved')[0]!.changes.map(({ signal }: { signal: string }) => signal)).to.include('position.location')
      expect(home.broker.retained.has(home.topic('location'))).to.equal(true)
    })

    it('is rounded to about a kilometre', async () => {
      await open({ location: 'rounded' })
      expect(home.json('location')).to.deep.equal([
        { latitude: 57.71, longitude: 11.97, gps_accuracy: 800, observedAt: '2026-03-02T12:00:00.000Z' },
      ])
      says({ 'position.location': { latitude: 57.7091, longitude: 11.9744 } })
      await home.later(minutes(20))
      expect(home.json('location'), 'a move within the same kilometre is not told').to.have.length(1)
    })

    it('is the name of the nearest place, or away', async () => {
      await open({ location: 'zone', places })
      const at = async (latitude: number) => {
        says({ 'position.location': { latitude, longitude: 11.9746 } })
        await home.later(minutes(20))
      }
      for (const latitude of [57.7091, 57.715, 58.9, 59.9]) await at(latitude)
      expect(home.json('location').map(({ zone }) => zone)).to.deep.equal(['home', 'town', 'away'])
    })

    it('that was told by an earlier run goes off the broker as soon as it may not be told', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ location: 'exact', store }, { broker })
      const topic = home.topic('location')
      await home.mirror.close()
      home.account.close()
      expect(broker.retained.has(topic), 'a stop alone clears nothing').to.equal(true)
      await open({ location: 'off', store }, { broker })
      expect(broker.retained.has(topic)).to.equal(false)
      expect(broker.retained.get(topic.replace('location', 'state'))).not.to.contain('latitude')
    })
  })

  describe('one topic for each fact', () => {
    it('is there for numbers, words and times, told on change with QoS 0, and not for lists and objects', async () => {
      await open({ values: true })
      const values = () => retained('/values/').map(([topic, text]) => [topic.split('/values/')[1], text])
      expect(values()).to.deep.equal([
        ['battery/stateOfCharge', '62'],
        ['charging/connection', 'disconnected'],
        ['charging/status', 'idle'],
        ['lock/central', 'locked'],
      ])
      expect(home.broker.heard.filter(({ topic }) => topic.includes('/values/')).every(({ qos }) => qos === 0)).to.equal(true)
      says({ 'charging.connection': 'connected', 'alerts.active': ['x'] })
      await home.later(minutes(20))
      expect(home.broker.payloads(home.topic('values/charging/connection'))).to.deep.equal(['disconnected', 'connected'])
      expect(home.broker.payloads(home.topic('values/battery/stateOfCharge'))).to.deep.equal(['62'])
      expect(values()).to.have.length(4)
    })

    it('goes when the fact goes', async () => {
      await open({ values: true })
      says({ 'battery.stateOfCharge': null })
      await home.later(minutes(20))
      expect(home.broker.payloads(home.topic('values/battery/stateOfCharge'))).to.deep.equal(['62', ''])
    })

    it('is not there unless it is wanted, and goes when it is not wanted any more', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ values: true, store }, { broker })
      expect(retained('/values/')).to.have.length(4)
      await home.mirror.close()
      home.account.close()
      await open({ store }, { broker })
      expect(retained('/values/')).to.deep.equal([])
      expect(retained('/state')).to.have.length(2)
    })
  })

  describe('the health', () => {
    const health = () => home.broker.payloads('home/bridge/test/health').map((payload) => JSON.parse(payload))

    it('tells uptime, quota and the last error of each account', async () => {
      await open()
      expect(health()[0]).to.deep.include({ v: 1, uptime: 0, eventsDropped: 0 })
      expect(health()[0].accounts[0]).to.deep.include({ label: 'My cars', provider: 'volvo', online: true })
      home.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN'))
      await home.later(minutes(20))
      const last = health().at(-1)
      expect(last.lastError).to.deep.include({ code: 'PROVIDER_DOWN', account: 'My cars' })
      expect(last.accounts[0]).to.deep.include({ online: false })
      expect(last.accounts[0].problem.code).to.equal('PROVIDER_DOWN')
      expect(last.accounts[0].quota).to.have.property('usedToday')
      expect(last.uptime).to.be.within(60, 20 * 60)
    })

    it('is told at most once a minute, and only when it changed', async () => {
      await open()
      const before = health().length
      await home.later(minutes(50))
      expect(health().length - before, 'the uptime alone is no news').to.be.at.most(1)
      let n = 0
      home.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN', { message: `Trouble ${n++}` }))
      for (let second = 0; second < 180; second += 10) {
        await home.account.read(home.account.known[0]!, ['lock'], 0).catch(() => undefined)
        await home.later(seconds(10))
      }
      expect(health().length - before).to.be.within(2, 5)
    })
  })

  describe('nothing stays on the broker', () => {
    const own = () => [...home.broker.retained.keys()].filter((topic) => !topic.includes('/bridge/'))

    it('of an account that was removed; of one that only stops everything stays', async () => {
      await open({ values: true, location: 'exact' })
      const before = own()
      home.leave()
      await home.later(1)
      expect(own()).to.deep.equal(before)
      home.leave = home.mirror.add('acc', home.account, 'My cars')
      await home.later(1)
      home.leave(true)
      await home.later(1)
      expect(own()).to.deep.equal([])
    })

    it('when the connection itself is removed', async () => {
      await open({ values: true })
      await home.mirror.close(true)
      await until(() => home.broker.retained.size === 0, 'the clearing')
    })

    it('of a car that got another short name while we were stopped', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ values: true, store }, { broker })
      const old = home.account.known[0]!.slug
      await home.mirror.close()
      home.account.close()
      await open({ values: true, store }, { broker, prepare: undefined })
      expect(retained(`/${old}/`).length).to.be.above(5)
      await home.mirror.close()
      home.account.close()
      const prepare = (provider: Mirrored['provider']) => (provider.listed[0]!.meta.model = 'Renamed')
      await open({ values: true, store }, { broker, prepare })
      expect(retained(`/${old}/`)).to.deep.equal([])
      expect(retained('/renamed-').length).to.be.above(5)
    })

    it('but what another bridge tells of the same car', async () => {
      await open()
      const { slug } = home.account.known[0]!
      const client = await home.somebody()
      const info = { accounts: [{ label: 'x', provider: 'volvo', vehicles: [slug] }] }
      await client.publishAsync('home/bridge/other/info', JSON.stringify(info), { qos: 1, retain: true })
      let heard = false
      home.connection.subscribe({ filter: 'later', take: () => void (heard = true) })
      await client.publishAsync('later', '', { qos: 1, retain: true })
      await until(() => heard, 'hearing of the other bridge')
      home.leave(true)
      await home.later(1)
      expect(home.broker.retained.get(`home/${slug}/availability`)).to.equal('online')
      expect(own().every((topic) => topic.startsWith(`home/${slug}/`))).to.equal(true)
    })

    it('of an account that was removed while we were stopped, nor its devices; of those that are to come everything', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ values: true, discovery: true, store }, { broker })
      const devices = () => [...broker.retained.keys()].filter((topic) => topic.startsWith('homeassistant/'))
      expect(devices()).to.have.length(2)
      await home.mirror.close()
      home.account.close()
      const before = own()
      const stranger = await home.somebody()
      for (const topic of ['home/other-car/state', 'homeassistant/device/theirs/config'])
        await stranger.publishAsync(topic, 'x', { qos: 1, retain: true })
      const next = Mirrored.alone(broker, { values: true, discovery: true, store })
      await next.mirror.clearGone((account) => account === 'acc')
      await next.clock.advance(minutes(1))
      expect(own()).to.deep.equal([...before, 'home/other-car/state', 'homeassistant/device/theirs/config'])
      const cleared = next.mirror.clearGone(() => false)
      await until(() => next.connection.state === 'connected', 'connecting')
      await cleared
      await next.clock.advance(seconds(2))
      await until(() => own().length === 2, 'the clearing')
      expect(own()).to.deep.equal(['home/other-car/state', 'homeassistant/device/theirs/config'])
      await next.mirror.close()
    })

    it('of a removed account, but what another bridge tells of the same car by now', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ store }, { broker })
      const { slug } = home.account.known[0]!
      await home.mirror.close()
      home.account.close()
      const stranger = await home.somebody()
      const info = { accounts: [{ label: 'x', provider: 'volvo', vehicles: [slug] }] }
      await stranger.publishAsync('home/bridge/other/info', JSON.stringify(info), { qos: 1, retain: true })
      const next = Mirrored.alone(broker, { store })
      await next.mirror.clearGone(() => false)
      let heard = false
      next.connection.subscribe({ filter: 'later', take: () => void (heard = true) })
      await stranger.publishAsync('later', 'x', { qos: 1, retain: true })
      await until(() => heard, 'hearing of the other bridge')
      await next.clock.advance(seconds(2))
      await until(() => next.connection.waiting === 0 && broker.underWay === 0, 'the clearing')
      const left = own().filter((topic) => topic !== 'later')
      expect(left).to.have.length.above(2)
      expect(left.every((topic) => topic.startsWith(`home/${slug}/`))).to.equal(true)
      await next.mirror.close()
    })

    it('of a car that left the account while we were stopped, nor its device', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ discovery: true, store }, { broker })
      const gone = home.account.known[1]!
      await home.mirror.close()
      home.account.close()
      const prepare = (provider: Mirrored['provider']) => void provider.listed.pop()
      await open({ discovery: true, store }, { broker, prepare })
      await until(() => retained(`/${gone.slug}/`).length === 0, 'the clearing')
      const devices = [...broker.retained.keys()].filter((topic) => topic.startsWith('homeassistant/'))
      expect(devices).to.deep.equal([configTopic('homeassistant', uidOf(home.account.known[0]!))])
    })

    it('of a bridge that got another name', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ store, name: 'node' }, { broker, instance: 'old' })
      await home.mirror.close()
      home.account.close()
      await open({ store, name: 'node' }, { broker, instance: 'new' })
      await until(() => !retained('/bridge/old/').length, 'the clearing')
      expect(broker.retained.get('home/bridge/new/state')).to.equal('online')
      expect(retained('/availability')).to.have.length(2)
    })

    it('and a start wipes nothing', async () => {
      const [store, broker] = [memoryStateStore(), await TestBroker.open()]
      await open({ values: true, location: 'zone', store }, { broker })
      await home.mirror.close()
      home.account.close()
      const before = broker.heard.length
      await open({ values: true, location: 'zone', store }, { broker })
      await home.later(days(1) / 24)
      expect(broker.heard.slice(before).filter(({ payload }) => payload === '')).to.deep.equal([])
    })
  })

  it('two accounts with one short name: the first one has it, and that is said', async () => {
    await open()
    const problems = home.problems.length
    const leave = home.mirror.add('acc2', home.account, 'The same again')
    await home.later(seconds(1))
    expect(home.problems.slice(problems)).to.deep.equal(['INVALID_CONFIG'])
    leave()
    expect(home.problems.at(-1)).to.equal(undefined)
  })
})
