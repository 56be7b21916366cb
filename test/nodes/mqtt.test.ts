import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { ranOut } from '../support/deadlines'
import { givenHome, logged, type AnyMessage, type Home } from '../support/home'
import { freePort } from '../support/ports'
import { TestBroker as StrictBroker } from '../support/broker'
import { TestBroker } from './brokerSupport'
import { callsOf, catchAll, nothingIsLost, owns } from './support'

const mqtt = (url: string, more: AnyMessage = {}): AnyMessage => ({
  id: 'mqtt',
  type: 'driveway-mqtt',
  url,
  instance: 'test',
  ...more,
})

const givenMirror = (url: string, more: AnyMessage = {}, nodes: AnyMessage[] = []): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, 'ex40')
    return { account: { mirror: 'mqtt' }, nodes: [mqtt(url, more), ...nodes] }
  })

const command = { id: 'command', type: 'driveway-command', account: 'acc', command: 'lock', wires: [['result']] }
const charging = {
  id: 'charging',
  type: 'driveway-charging',
  account: 'acc',
  profile: 'fast',
  emit: 'events',
  wires: [['events']],
}
const bridge = /^driveway\/bridge\/test\/state$/
const availability = /^driveway\/ex40-\w+\/availability$/
const state = /^driveway\/ex40-\w+\/state$/

describe('the MQTT mirror', () => {
  nothingIsLost()
  let broker: TestBroker
  let home: Home
  beforeEach(async () => {
    broker = await TestBroker.open()
  })
  afterEach(async () => {
    await home.close()
    await broker.close()
  })

  const mirrored = () => home.until(() => broker.on(state).length > 0, 'the state on MQTT')

  it('keeps what lasts on the broker, and lets go what happens', async () => {
    home = await givenMirror(broker.url, {}, [command, charging])
    await mirrored()
    home.car.plugIn('ac')
    await home.next('events', 'plugged-in')
    await home.ask('command', {}, 'result')
    await home.until(() => broker.on(/result\/lock$/).length === 3, 'the result on MQTT')
    const retained = await broker.retained()
    const { slug } = home.messages('events')[0]!.vehicle
    expect([...retained.keys()]).to.have.members([
      'driveway/bridge/test/state',
      'driveway/bridge/test/info',
      'driveway/bridge/test/health',
      `driveway/${slug}/meta`,
      `driveway/${slug}/availability`,
      `driveway/${slug}/state`,
    ])
    expect(retained.get('driveway/bridge/test/state')).to.equal('online')
    expect(retained.get(`driveway/${slug}/availability`)).to.equal('online')
    expect(JSON.parse(retained.get(`driveway/${slug}/state`)!)).to.include({ v: 1, stale: false })
    expect(JSON.parse(retained.get(`driveway/${slug}/meta`)!).capabilities.commands).to.include('lock')
    expect(JSON.parse(retained.get('driveway/bridge/test/info')!).accounts).to.deep.equal([
      { label: 'My Volvo', provider: 'volvo', vehicles: [slug] },
    ])
    const { id } = home.car
    for (const { topic, payload } of broker.heard) expect(`${topic} ${payload}`).to.not.include(id)
  })

  it('publishes a state only when something changed', async () => {
    home = await givenMirror(broker.url)
    await mirrored()
    await home.advance(minutes(1))
    const before = broker.on(state).length
    const reads = callsOf(home, '/energy/v2').length
    await home.advance(minutes(12))
    expect(callsOf(home, '/energy/v2').length, 'it went on reading').to.be.above(reads)
    expect(broker.on(state)).to.have.length(before)
  })

  it('is offline by its last will when the connection is lost, and back online by itself', async () => {
    home = await givenMirror(broker.url)
    await mirrored()
    broker.cut()
    await home.until(() => broker.payloads(bridge).at(-1) === 'offline', 'the last will')
    expect((await broker.retained()).get('driveway/bridge/test/state')).to.be.oneOf(['offline', 'online'])
    await home.until(() => broker.payloads(bridge).at(-1) === 'online', 'the way back')
    expect(broker.payloads(bridge)).to.deep.equal(['online', 'offline', 'online'])
  })

  it('calls a car offline while the account is signed out, and not while the car sleeps', async () => {
    home = await givenMirror(broker.url, {}, [charging, catchAll])
    await mirrored()
    home.car.sleep()
    await home.advance(minutes(3))
    expect(new Set(broker.payloads(availability))).to.deep.equal(new Set(['online']))
    home.simulator.faults.add({ provider: 'volvo', kind: 'token-revoked' })
    await home.until(() => broker.payloads(availability).at(-1) === 'offline', 'the news', minutes(20))
    expect(JSON.parse((await broker.retained()).get(broker.on(state)[0]!.topic)!).charging.connection).to.equal('disconnected')
  })

  it('says good-bye when it is removed', async () => {
    home = await givenMirror(broker.url)
    await mirrored()
    await home.deploy(home.flow.filter(({ id }) => id === 'tab'))
    await home.until(() => broker.payloads(bridge).at(-1) === '', 'the good-bye')
    expect(broker.payloads(bridge)).to.deep.equal(['online', 'offline', ''])
    expect(broker.payloads(availability)).to.deep.equal(['online', 'offline', ''])
    expect([...(await broker.retained()).keys()], 'nothing of it stays').to.deep.equal([])
  })

  it('takes the cars of a removed account off the broker, and stays itself', async () => {
    home = await givenMirror(broker.url)
    await mirrored()
    await home.deploy(home.flow.filter(({ id }) => id !== 'acc'))
    await home.until(() => broker.payloads(state).at(-1) === '', 'the good-bye')
    expect([...(await broker.retained()).keys()].filter((topic) => !topic.includes('/bridge/'))).to.deep.equal([])
  })

  it('takes the cars of an account that chose no mirror any more off the broker', async () => {
    home = await givenMirror(broker.url)
    await mirrored()
    const without = home.flow.map((node) => (node.id === 'acc' ? { ...node, mirror: '' } : node))
    await home.deploy(without, 'nodes')
    await home.until(() => broker.on(/meta$/).at(-1)?.payload === '', 'the clearing')
    const left = [...(await broker.retained()).keys()]
    expect(left.filter((topic) => !topic.includes('/bridge/'))).to.deep.equal([])
    expect(broker.payloads(bridge).at(-1)).to.equal('online')
  })

  it('carries out a command from a topic that is accepted', async () => {
    home = await givenMirror(broker.url, { commands: ['safe'] })
    await mirrored()
    const slug = broker.on(state)[0]!.topic.split('/')[1]
    const client = await broker.client()
    await client.publishAsync(`driveway/${slug}/command/lock`, 'PRESS', { qos: 1 })
    await client.publishAsync(`driveway/${slug}/command/unlock`, '', { qos: 1 })
    await home.until(() => broker.on(/result\/lock$/).length === 3, 'the result on MQTT')
    await client.endAsync(true)
    expect(broker.payloads(/result\/lock$/).map((payload) => JSON.parse(payload).phase)).to.deep.equal([
      'accepted',
      'sent',
      'done',
    ])
    expect(broker.payloads(/result\/unlock$/).map((payload) => JSON.parse(payload).cause.code)).to.deep.equal(['NOT_ALLOWED'])
  })

  it('goes on after a deploy, once', async () => {
    home = await givenMirror(broker.url, {}, [charging])
    await mirrored()
    await home.deploy()
    await home.until(() => broker.payloads(bridge).length === 3, 'the way back')
    expect(broker.payloads(bridge)).to.deep.equal(['online', 'offline', 'online'])
    await home.advance(minutes(2))
    home.car.plugIn('ac')
    await home.next('events', 'plugged-in')
    await home.advance(minutes(2))
    expect(broker.on(/event\/plugged-in$/)).to.have.length(1)
  })

  it('tells on one broker of two accounts, each under its own short names', async () => {
    home = await givenMirror(broker.url, {}, [
      {
        id: 'acc2',
        type: 'driveway-account',
        name: 'Other',
        provider: 'volvo',
        server: 'simulator',
        mirror: 'mqtt',
        vehicles: [{ id: 'YV1ZZZEX4R0000001', slug: 'mine' }],
      },
    ])
    await mirrored()
    await home.until(() => broker.on(/^driveway\/mine\/state$/).length > 0, 'the other')
    const info = JSON.parse(broker.payloads(/info$/).at(-1)!)
    expect(info.accounts.map(({ label }: AnyMessage) => label)).to.have.members(['My Volvo', 'Other'])
    expect(broker.payloads(bridge)).to.deep.equal(['online'])
  })

  const unfit: { what: string; more: AnyMessage; says: RegExp }[] = [
    { what: 'an address that is none', more: { url: 'http://127.0.0.1' }, says: /broker address must start with/ },
    { what: 'no address', more: { url: '' }, says: /broker address must start with/ },
    { what: 'a wildcard in the base', more: { base: 'drive/#' }, says: /base topic must not/ },
    { what: 'an empty level in the base', more: { base: 'drive//way' }, says: /base topic must not/ },
    { what: 'a wildcard in the instance', more: { instance: 'a+b' }, says: /instance name must not/ },
    { what: 'a level in the instance', more: { instance: 'a/b' }, says: /instance name must not/ },
    { what: 'a location that is no word of ours', more: { location: 'near' }, says: /location must be "off"/ },
    { what: 'the place by its name and no place', more: { location: 'zone' }, says: /location "zone" needs .* places/ },
    {
      what: 'a place without a radius',
      more: { places: [{ name: 'home', latitude: 1, longitude: 2 }] },
      says: /places: entry 1 needs a radius/,
    },
    {
      what: 'a place off the globe',
      more: { places: [{ name: 'home', latitude: 91, longitude: 2, radius: 5 }] },
      says: /places: entry 1 needs a latitude/,
    },
    {
      what: 'a place called away',
      more: { places: [{ name: 'away', latitude: 1, longitude: 2, radius: 5 }] },
      says: /places: entry 1 needs a name/,
    },
    { what: 'a command that does not exist', more: { commands: ['fly'] }, says: /commands accepted from topics hold one/ },
    { what: 'a wildcard in the group', more: { commands: ['safe'], shared: 'a/#' }, says: /group of shared commands must not/ },
    { what: 'a group and no commands', more: { shared: 'all' }, says: /group of shared commands is of no use/ },
    { what: 'a wildcard in the discovery prefix', more: { discoveryPrefix: '+' }, says: /discovery prefix must not/ },
    { what: 'a password in the address', more: { url: 'mqtt://me:secret@127.0.0.1' }, says: /address must not hold a user name/ },
  ]
  for (const { what, more, says } of unfit) {
    it(`with ${what} says so once, and the account works without it`, async () => {
      home = await givenMirror(broker.url, more, [command, catchAll])
      expect((await home.ask('command', {}, 'result')).payload.ok).to.equal(true)
      const told = logged().filter(({ level, type }) => level <= 30 && type === 'driveway-mqtt')
      expect(told).to.have.length(1)
      expect(String(told[0]!.msg)).to.match(says)
      expect(home.status('mqtt')).to.equal('driveway-mqtt.status.config')
      expect(broker.heard).to.deep.equal([])
    })
  }

  for (const { what, mirror, says } of [
    { what: 'has wrong settings', mirror: mqtt('http://127.0.0.1'), says: /address must start with/ },
    { what: 'is disabled', mirror: mqtt('mqtt://127.0.0.1:9', { d: true }), says: /disabled, or there is none/ },
  ]) {
    it(`that ${what} is told once to each tab of the account, whose nodes go on`, async () => {
      home = await givenHome((simulator) => {
        owns(simulator, 'ex40')
        return { account: { mirror: 'mqtt' }, nodes: [mirror, command, catchAll] }
      })
      const { error } = await home.next('caught')
      expect(error.cause).to.include({ code: 'INVALID_CONFIG' })
      expect(error.message).to.match(/^The account's MQTT mirror does not work: /)
      expect(error.message).to.match(says)
      expect(error.cause.action).to.match(/Open the/)
      expect((await home.ask('command', {}, 'result')).payload.ok).to.equal(true)
      await home.advance(minutes(10))
      expect(home.messages('caught')).to.have.length(1)
    })
  }

  it('whose broker does not take our login is told to the tab, and again only when it was well in between', async () => {
    let isLetIn = false
    const strict = await StrictBroker.open({ login: () => isLetIn })
    try {
      home = await givenMirror(strict.url, {}, [command, catchAll])
      const { error } = await home.next('caught')
      expect(error.cause).to.include({ code: 'AUTH_REQUIRED' })
      expect(error.message).to.contain(`at ${strict.url} refused user name or password`)
      await home.until(() => strict.refusals > 3, 'more tries', minutes(5))
      expect(home.messages('caught')).to.have.length(1)
      isLetIn = true
      await home.until(() => strict.clients.length > 0, 'being let in', minutes(5))
      isLetIn = false
      strict.cut()
      await home.next('caught', undefined, 1)
      expect(home.messages('caught')).to.have.length(2)
    } finally {
      await strict.kill()
    }
  })

  it('is one of dozens without a warning of the process', async () => {
    const warned: string[] = []
    const note = ({ name, message }: Error) => warned.push(`${name}: ${message}`)
    process.on('warning', note)
    const others = Array.from({ length: 30 }, (_, n) => mqtt(broker.url, { id: `mqtt-${n}`, instance: `n${n}` }))
    home = await givenMirror(broker.url, {}, others)
    await home.until(() => broker.on(bridge).length > 0, 'the bridge')
    process.off('warning', note)
    expect(warned).to.deep.equal([])
  })

  it('uses the base and makes an instance name of its own where none is given', async () => {
    home = await givenMirror(broker.url, { base: 'my/cars', instance: '' })
    await home.until(() => broker.on(/^my\/cars\/ex40-\w+\/state$/).length > 0, 'the state')
    const [instance] = broker.on(/^my\/cars\/bridge\/[0-9a-f]{8}\/state$/)
    expect(instance?.payload).to.equal('online')
    expect(broker.on(/^driveway\//)).to.deep.equal([])
  })
})

describe('the MQTT mirror without its broker', () => {
  nothingIsLost()
  let broker: TestBroker | undefined
  let home: Home
  afterEach(async () => {
    await home.close()
    await broker?.close()
  })

  it('keeps the last value and every event until the broker comes', async () => {
    const port = await freePort()
    home = await givenMirror(`mqtt://127.0.0.1:${port}`, {}, [charging, catchAll])
    await home.until(() => home.status('charging').startsWith('63 %'), 'the first reading')
    home.car.plugIn('ac')
    await home.next('events', 'plugged-in')
    home.car.unplug()
    await home.next('events', 'unplugged')
    home.car.plugIn('ac')
    await home.next('events', 'plugged-in', home.messages('events').length)
    const warnings = logged().filter(({ level, type }) => level === 30 && type === 'driveway-mqtt')
    expect(
      warnings.map(({ msg }) => msg),
      'told once, not at each try',
    ).to.deep.equal([
      `The MQTT broker at mqtt://127.0.0.1:${port} cannot be reached (nothing listens there). Check that the broker runs, and the port in its address.`,
    ])
    broker = await TestBroker.open(port)
    await home.until(() => broker!.on(/event\/plugged-in$/).length === 2, 'the events', minutes(5))
    await home.advance(seconds(2))
    expect(broker.on(/event\/unplugged$/)).to.have.length(1)
    const states = broker.payloads(state).map((payload) => JSON.parse(payload))
    expect(states.map(({ charging: { connection } }) => connection)).to.not.include('disconnected')
    expect(broker.payloads(bridge)).to.deep.equal(['online'])
    expect(home.messages('caught')).to.deep.equal([])
  })

  it('closes at once all the same', async () => {
    home = await givenMirror(`mqtt://127.0.0.1:${await freePort()}`)
    await home.advance(seconds(20))
    // The clock stands still: only its deadline ends a node that waits.
    const late = await ranOut(() => home.deploy(home.flow.filter(({ id }) => id === 'tab')))
    expect(late).to.deep.equal([])
  })
})
