import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { TestBroker } from '../support/broker'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { temporaryFolder } from '../support/stage'
import { nothingIsLost, owns } from './support'

describe('an MQTT node that was deleted while Node-RED was off', () => {
  nothingIsLost()
  let broker: TestBroker
  let home: Home
  let folder: string
  beforeEach(async () => {
    broker = await TestBroker.open()
    folder = temporaryFolder('kept')
    process.env.DRIVEWAY_DIR = folder
  })
  afterEach(async () => {
    await home.close()
    await broker.kill()
    delete process.env.DRIVEWAY_DIR
  })

  const node = (id: string, more: AnyMessage = {}): AnyMessage => ({
    id: `mqtt-${id}`,
    type: 'driveway-mqtt',
    url: broker.url,
    instance: id,
    values: true,
    discovery: true,
    ...more,
  })
  const start = async (nodes: AnyMessage[], mirror = '', cars = ['ex40', 'xc60']) => {
    home = await givenHome((simulator) => {
      owns(simulator, ...cars)
      return { account: { mirror: mirror && `mqtt-${mirror}` }, nodes }
    })
  }
  const told = (cars: number) =>
    home.until(
      () => kept().filter((topic) => /^driveway\/[^/]+\/state$/.test(topic)).length >= cars,
      'the states of the cars',
      minutes(10),
    )
  const kept = () => [...broker.retained.keys()].sort()
  const files = () => readdirSync(join(folder, 'state')).filter((name) => name.endsWith('.json')).length

  /** A run with the node `old`, which leaves its topics. */
  const lived = async (more: AnyMessage = {}) => {
    await start([node('old', more)], 'old')
    await told(2)
    await home.advance(minutes(1))
    await home.close()
    const left = kept()
    expect(left).to.include('driveway/bridge/old/state')
    expect(left.filter((topic) => topic.startsWith('homeassistant/')).length).to.be.above(1)
    expect(left.filter((topic) => /\/values\//.test(topic)).length).to.be.above(10)
  }

  it('leaves nothing on the broker once another node with a login there runs', async () => {
    await lived()
    await start([node('new')])
    await home.advance(minutes(1.5))
    await home.until(() => kept().length === 0, 'the clearing')
    await home.advance(minutes(1))
    expect(kept()).to.deep.equal([])
    const before = broker.heard.length
    expect(files(), 'nor on the disk, but for the list of those that wrote').to.be.at.most(1)
    await home.close()
    await start([node('new')])
    await home.advance(minutes(3))
    expect(broker.heard.length, 'that is done once').to.equal(before)
  })

  it('leaves alone what the new node tells of the same cars, and takes the rest', async () => {
    await lived()
    await start([node('new', { values: false })], 'new', ['ex40'])
    await home.until(() => !broker.retained.has('driveway/bridge/old/state'), 'the clearing', minutes(10))
    await home.advance(minutes(1))
    await told(1)
    const left = kept()
    expect(left.filter((topic) => topic.includes('/bridge/'))).to.deep.equal([
      'driveway/bridge/new/health',
      'driveway/bridge/new/info',
      'driveway/bridge/new/state',
    ])
    const cars = new Set(left.flatMap((topic) => /^driveway\/(?!bridge\/)([^/]+)\//.exec(topic)?.[1] ?? []))
    expect([...cars].map((slug) => slug.split('-')[0])).to.deep.equal(['ex40'])
    const described = [...broker.retained].filter(([topic]) => topic.startsWith('homeassistant/'))
    expect(described.map(([, text]) => text.includes('driveway/bridge/new/state'))).to.deep.equal([true, true])
  })

  it('waits until somebody has a login at its broker, and does not touch another one', async () => {
    await lived()
    const left = kept()
    const other = await TestBroker.open()
    await start([node('new', { url: other.url })])
    await home.advance(minutes(3))
    expect(kept()).to.deep.equal(left)
    expect([...other.retained.keys()]).to.deep.equal([])
    await home.deploy(home.flow.map((one) => (one.id === 'mqtt-new' ? { ...one, url: broker.url } : one)))
    await home.advance(minutes(3))
    expect(kept()).to.deep.equal([])
    await other.kill()
  })

  it('whose name another node has taken keeps what that one tells', async () => {
    await lived()
    await start([node('new', { instance: 'old' })], 'new')
    await home.until(() => broker.retained.get('driveway/bridge/old/state') === 'online', 'the bridge')
    await home.advance(minutes(5))
    expect(broker.retained.get('driveway/bridge/old/state')).to.equal('online')
    expect(kept().filter((topic) => /state$/.test(topic))).to.have.length(3)
    expect(kept().filter((topic) => topic.startsWith('homeassistant/')).length).to.be.above(1)
  })

  it('lets a node go that clears up just then, without waiting for the end of it', async () => {
    await lived()
    const left = kept()
    await start([node('new')])
    await home.advance(minutes(0.5))
    await home.deploy(home.flow.filter(({ id }) => id === 'tab'))
    expect(kept()).to.deep.equal(left)
  })
})
