import { expect } from 'chai'
import { days, minutes, seconds } from '../../src/clock'
import { isBase } from '../../src/mirror/topics'
import { until } from '../support/broker'
import { failure, vin } from '../support/scriptedProvider'
import { Mirrored, place } from './support'

describe('cars on MQTT', () => {
  let home: Mirrored
  beforeEach(async () => {
    home = await Mirrored.open()
    await home.later(seconds(1))
  })
  afterEach(() => home.close())

  const plugIn = () => home.provider.says.set(vin(1), { ...home.provider.says.get(vin(1)), 'charging.connection': 'connected' })

  it('show what is known: bridge, car, state; all retained', () => {
    const { retained } = home.broker
    expect(retained.get('home/bridge/test/state')).to.equal('online')
    expect(JSON.parse(retained.get('home/bridge/test/info')!)).to.deep.equal({
      version: '1.2.3',
      schema: 1,
      accounts: [{ label: 'My cars', provider: 'volvo', vehicles: home.account.known.map(({ slug }) => slug) }],
    })
    expect(retained.get(home.topic('availability'))).to.equal('online')
    expect(JSON.parse(retained.get(home.topic('meta'))!)).to.deep.include({
      v: 1,
      label: 'EX10',
      provider: 'volvo',
      model: 'EX10',
      capabilities: home.provider.can,
    })
    expect(JSON.parse(retained.get(home.topic('state'))!)).to.deep.equal({
      v: 1,
      battery: { stateOfCharge: 62 },
      charging: { connection: 'disconnected', status: 'idle' },
      lock: { central: 'locked' },
      observedAt: '2026-03-02T12:00:00.000Z',
      fetchedAt: '2026-03-02T12:00:00.000Z',
      stale: false,
    })
    expect(retained.has(home.topic('state', 2)), 'of the other car nothing is known').to.equal(false)
  })

  it('publish a state when something changed, not when a read brought nothing new', async () => {
    await home.later(minutes(30))
    expect(home.json('state')).to.have.length(1)
    plugIn()
    await home.later(minutes(5))
    expect(home.json('state')).to.have.length(2)
    expect(home.json('state').at(-1)!.charging.connection).to.equal('connected')
  })

  it('publish nothing anew when the list of the cars is renewed and is the same', async () => {
    const leaves = () => home.broker.heard.map(({ topic }) => topic).filter((topic) => !/\/(state|health)$/.test(topic))
    const before = leaves()
    await home.later(days(1) + minutes(5))
    expect(home.provider.count('list')).to.equal(2)
    expect(leaves()).to.deep.equal(before)
  })

  it('tell each event once, not retained, with the state that it led to', async () => {
    plugIn()
    await home.later(minutes(20))
    const [event, ...others] = home.json('event/plugged-in')
    expect(others).to.deep.equal([])
    expect(event).to.deep.include({ name: 'plugged-in', source: 'poll', late: false })
    expect(event!.vehicle).to.deep.equal({ slug: home.account.known[0]!.slug, label: 'EX10', provider: 'volvo' })
    expect(event!.state.charging.connection).to.equal('connected')
    expect(home.broker.retained.has(home.topic('event/plugged-in'))).to.equal(false)
    expect(home.broker.heard.every(({ qos }) => qos === 1)).to.equal(true)
  })

  it('tell each phase of a command on its result topic, not retained', async () => {
    const { outcome } = await home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog' })
    await home.later(seconds(1))
    expect(home.json('result/lock').map(({ phase }) => phase)).to.deep.equal(['accepted', 'sent', 'done'])
    expect(home.json('result/lock').at(-1)).to.deep.equal(outcome)
    expect(home.broker.retained.has(home.topic('result/lock'))).to.equal(false)
  })

  it('tell nothing of commands that name no car of ours, or that nobody knows', async () => {
    const before = home.broker.heard.length
    await home.account.send({ vehicle: 'x/#', command: 'lock', origin: 'topic' })
    await home.account.send({ vehicle: vin(1), command: '../+', origin: 'topic' })
    await home.later(seconds(1))
    expect(home.broker.heard.slice(before)).to.deep.equal([])
  })

  it('go offline with a stale state when the cloud is down, and come back; a car asleep stays online', async () => {
    home.provider.onRead = () => Promise.reject(failure('ASLEEP'))
    await home.later(minutes(30))
    expect(home.broker.payloads(home.topic('availability'))).to.deep.equal(['online'])
    home.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN'))
    await home.later(minutes(30))
    expect(home.broker.payloads(home.topic('availability'))).to.deep.equal(['online', 'offline'])
    expect(home.json('state').map(({ stale }) => stale)).to.deep.equal([false, true])
    home.provider.onRead = undefined
    await home.later(minutes(30))
    expect(home.broker.payloads(home.topic('availability'))).to.deep.equal(['online', 'offline', 'online'])
    expect(home.json('state').map(({ stale }) => stale)).to.deep.equal([false, true, false])
  })

  it('go offline and off the broker when they leave the account; a new one comes', async () => {
    const gone = home.topic('availability', 1)
    home.provider.listed = [2, 3].map((n) => ({ id: vin(n), meta: { model: 'EX40' } }))
    await home.later(days(1) + minutes(30))
    expect(home.broker.payloads(gone)).to.deep.equal(['online', 'offline', ''])
    for (const leaf of ['meta', 'availability', 'state'])
      expect(home.broker.retained.has(gone.replace('availability', leaf)), leaf).to.equal(false)
    expect(home.broker.retained.get(home.topic('availability', 3))).to.equal('online')
    const info = JSON.parse(home.broker.retained.get('home/bridge/test/info')!)
    expect(info.accounts[0].vehicles).to.deep.equal(home.account.known.map(({ slug }) => slug))
  })

  it('are shown without their commands while the cloud does not tell them, then with them, and never lose them again', async () => {
    const commandsTold = () => home.json('meta').map(({ capabilities }) => capabilities.commands !== undefined)
    const deaf = () => Promise.reject(failure('NETWORK'))
    await home.close()
    home = await Mirrored.open({ prepare: (provider) => (provider.onCan = deaf) })
    await home.later(seconds(1))
    expect(commandsTold()).to.deep.equal([false])
    home.provider.onCan = undefined
    await home.later(days(1))
    expect(commandsTold()).to.deep.equal([false, true])
    home.provider.onCan = deaf
    await home.later(days(1))
    expect(commandsTold()).to.deep.equal([false, true])
  })

  it('after a broker that died and lost everything, everything is there again: states last, events in order', async () => {
    await home.lose()
    plugIn()
    await home.later(minutes(6))
    home.provider.says.set(vin(1), { ...home.provider.says.get(vin(1)), 'lock.central': 'unlocked' })
    await home.later(minutes(20))
    await home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog' })
    const before = home.broker.heard.length
    await home.regain()
    const { retained } = home.broker
    expect(retained.get('home/bridge/test/state')).to.equal('online')
    for (const leaf of ['meta', 'availability', 'state']) expect(retained.has(home.topic(leaf)), leaf).to.equal(true)
    expect(retained.has(home.topic('meta', 2))).to.equal(true)
    const state = JSON.parse(retained.get(home.topic('state'))!)
    expect([state.charging.connection, state.lock.central]).to.deep.equal(['connected', 'unlocked'])
    const moments = home.broker.heard.slice(before).filter(({ retain }) => !retain)
    expect(moments.map(({ topic }) => topic.split('/').slice(2).join('/'))).to.deep.equal([
      'event/plugged-in',
      'event/unlocked',
      'result/lock',
      'result/lock',
      'result/lock',
    ])
    await home.later(minutes(20))
    expect(home.json('event/plugged-in'), 'nothing is told twice').to.have.length(1)
  })

  it('while the broker is away as many events wait as are allowed', async () => {
    await home.close()
    home = await Mirrored.open({ bound: 2 })
    await home.later(seconds(1))
    await home.lose()
    for (let n = 0; n < 2; n++) await home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog' })
    await until(() => home.connection.dropped === 4, 'the last result')
    await home.regain()
    expect(home.json('result/lock').map(({ phase }) => phase)).to.deep.equal(['sent', 'done'])
  })

  it('the bridge is offline by its last will when the wire is cut, and online again afterwards', async () => {
    home.broker.cut()
    await until(() => home.broker.retained.get('home/bridge/test/state') === 'offline', 'the last will')
    await until(() => home.connection.state === 'offline', 'losing the broker')
    await home.clock.advance(seconds(80))
    await until(() => home.broker.retained.get('home/bridge/test/state') === 'online', 'being back')
  })

  it('when the mirror closes, cars and bridge are offline, and the cloud is asked no more', async () => {
    await home.mirror.close()
    const { retained } = home.broker
    expect(retained.get('home/bridge/test/state')).to.equal('offline')
    for (const n of [1, 2]) expect(retained.get(home.topic('availability', n))).to.equal('offline')
    const [calls, heard] = [home.provider.calls.length, home.broker.heard.length]
    plugIn()
    await home.later(days(1))
    expect([home.provider.calls.length, home.broker.heard.length]).to.deep.equal([calls, heard])
    expect(home.account.eventNames()).to.have.members(['outcome', 'health'])
  })

  it('when the account leaves, its cars are offline; come back, they are online', async () => {
    home.leave()
    await home.later(1)
    expect(home.broker.retained.get(home.topic('availability'))).to.equal('offline')
    expect(JSON.parse(home.broker.retained.get('home/bridge/test/info')!).accounts).to.deep.equal([])
    home.leave = home.mirror.add('acc', home.account, 'My cars')
    await home.later(1)
    expect(home.broker.retained.get(home.topic('availability'))).to.equal('online')
  })

  it('never tell a VIN or a place, wherever one stands', async () => {
    let codes: string[] = []
    const details = [{ id: 'a1', code: 'battery-low', severity: 'high', since: '2026-03-02T11:00:00Z', location: place }]
    home.provider.onExecute = () =>
      Promise.resolve({
        phase: 'done',
        provider: { status: 'COMPLETED', call: 'POST /vehicles/{vin}/commands/lock' },
        readings: [
          { signal: 'position.location', value: { ...place, latitude: 57.8 }, observedAt: home.clock.now() },
          { signal: 'lock.central', value: 'unlocked', observedAt: home.clock.now() },
          { signal: 'alerts.active', value: codes, observedAt: home.clock.now() },
          { signal: 'alerts.details', value: codes.length ? details : [], observedAt: home.clock.now() },
        ],
      })
    const lock = () => home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog' })
    await lock()
    await home.later(seconds(1))
    codes = ['battery-low']
    await lock()
    home.provider.says.set(vin(1), {
      ...home.provider.says.get(vin(1)),
      'charging.connection': 'connected',
      'charging.status': 'charging',
      'position.location': { ...place, latitude: 57.9 },
    })
    await home.later(minutes(20))
    await home.lose()
    await home.regain()
    const all = home.broker.heard.map(({ topic, payload }) => `${topic} ${payload}`).join('\n')
    for (const event of ['moved', 'unlocked', 'alert-raised', 'charging-started']) expect(all).to.contain(`/event/${event} `)
    expect(all).to.contain('"lock":{"central":"unlocked"}')
    expect(all).not.to.match(/YV1SCRIPTED|latitude|longitude|57\.[789]|11\.97|"position"/)
  })
})

describe('the base of the topics', () => {
  for (const good of ['driveway', 'home/cars', 'a/b/c', 'größe']) it(`may be ${good}`, () => expect(isBase(good)).to.equal(true))
  for (const bad of ['', '/', 'a/', '/a', 'a//b', 'a/+', '#', 'a b', '$SYS', 'a/#/b', 'a\0b', 'a\u007f', 'a\nb', 'x'.repeat(201)])
    it(`may not be ${JSON.stringify(bad).slice(0, 20)}`, () => expect(isBase(bad)).to.equal(false))
})
