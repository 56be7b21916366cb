import { expect } from 'chai'
import helper from 'node-red-node-test-helper'
import type { AccountNode } from '../../nodes/account/accountNode'
import { minutes, seconds } from '../../src/clock'
import { TestBroker } from '../nodes/brokerSupport'
import { callsOf, catchAll, nothingIsLost, owns } from '../nodes/support'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { ranOut } from '../support/deadlines'
import { settle } from '../support/settle'

const flowNodes = (url: string): AnyMessage[] => [
  { id: 'mqtt', type: 'driveway-mqtt', url, instance: 'test' },
  { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'fast', emit: 'events', wires: [['events']] },
  { id: 'state', type: 'driveway-state', account: 'acc', onChange: true, groups: ['doors'], wires: [['told']] },
  { id: 'command', type: 'driveway-command', account: 'acc', command: 'lock', wires: [['result']] },
  catchAll,
]

/** What must not grow. */
interface Held {
  listeners: number
  timers: number
  sockets: number
  routes: number
}

describe('deploying again', () => {
  nothingIsLost()
  let broker: TestBroker
  let home: Home
  beforeEach(async () => {
    broker = await TestBroker.open()
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      return { account: { mirror: 'mqtt' }, nodes: flowNodes(broker.url) }
    })
    await atWork()
  })
  afterEach(async () => {
    await home.close()
    await broker.close()
  })

  /** Everything has started: read, connected, mirrored. */
  async function atWork(): Promise<void> {
    const seen = callsOf(home, '/doors').length
    const states = broker.on(/bridge\/test\/state$/).length
    if (states === 0 || broker.payloads(/bridge\/test\/state$/).at(-1) === 'offline')
      await home.until(() => broker.payloads(/bridge\/test\/state$/).at(-1) === 'online', 'the bridge', minutes(5))
    await home.until(() => callsOf(home, '/doors').length > seen || seen > 0, 'the first reading', minutes(5))
    await home.advance(seconds(10))
  }

  async function held(): Promise<Held> {
    const account = await (home.node('acc') as unknown as AccountNode).opened()
    for (let round = 0; round < 20; round++) await settle()
    return {
      listeners: account.eventNames().reduce((sum, name) => sum + account.listenerCount(name), 0),
      timers: home.clock.timers,
      sockets: process.getActiveResourcesInfo().filter((kind) => /TCPSocket|TCPServer/.test(kind)).length,
      routes: (helper as unknown as { _httpAdmin: { _router: { stack: unknown[] } } })._httpAdmin._router.stack.length,
    }
  }

  const isConfig = ({ type }: AnyMessage) => type === 'driveway-account' || type === 'driveway-mqtt'
  const kinds: { title: string; type: 'full' | 'flows' | 'nodes'; change: (node: AnyMessage) => boolean }[] = [
    { title: 'everything', type: 'full', change: () => false },
    { title: 'the flow that changed', type: 'flows', change: ({ id }) => id === 'command' || id === 'charging' },
    { title: 'one node that changed', type: 'nodes', change: ({ id }) => id === 'state' },
    { title: 'an account and a broker that changed', type: 'nodes', change: isConfig },
  ]
  for (const { title, type, change } of kinds) {
    it(`20 times (${title}) leaves no listener, timer, route or connection behind, and works`, async () => {
      await home.deploy()
      await atWork()
      const before = await held()
      for (let round = 0; round < 20; round++) {
        const flow = home.flow.map((node) => (change(node) ? { ...node, name: `${String(node.id)} ${round}` } : node))
        await home.deploy(flow, type)
      }
      // So many starts in one moment use up the calls of a minute.
      await home.advance(minutes(1))
      await atWork()
      const after = await held()
      expect(after.listeners, 'listeners').to.equal(before.listeners)
      expect(after.routes, 'routes').to.equal(before.routes)
      expect(after.timers, 'timers').to.be.within(before.timers - 2, before.timers + 2)
      expect(after.sockets, 'connections').to.be.at.most(before.sockets + 2)

      await home.advance(minutes(2))
      home.car.plugIn('ac')
      await home.next('events', 'plugged-in')
      home.car.open('frontLeft')
      await home.next('told')
      expect((await home.ask('command', {}, 'caught')).error.code).to.equal('DOOR_OPEN')
      await home.advance(minutes(3))
      expect(home.topics('events').filter((topic) => topic === 'plugged-in')).to.have.length(1)
      expect(broker.on(/event\/plugged-in$/)).to.have.length(1)
    })
  }

  it('keeps a node that did not change at work while others are deployed', async () => {
    const kept = home.node('charging')
    const flow = home.flow.map((node) => (node.id === 'command' ? { ...node, command: 'honk' } : node))
    await home.deploy(flow, 'nodes')
    expect(home.node('charging')).to.equal(kept)
    home.car.plugIn('ac')
    await home.next('events', 'plugged-in')
    expect((await home.ask('command', {}, 'result')).payload.command).to.equal('honk')
  })

  it('with a server that hangs ends everything at once', async () => {
    home.simulator.faults.add({ provider: 'volvo', kind: 'timeout' })
    home.node('command').receive({})
    home.node('charging').receive({ topic: 'refresh' })
    await home.advance(seconds(3))
    // The clock stands still: only its deadline ends a node that waits.
    expect(await ranOut(() => helper.clearFlows())).to.deep.equal([])
    for (let round = 0; round < 20; round++) await settle()
    expect(home.clock.timers, 'only the simulator is still alive').to.be.at.most(1)
    home.simulator.faults.clear()
  })

  it('leaves nothing behind when all nodes are gone', async () => {
    await home.deploy(home.flow.filter(({ id }) => id === 'tab'))
    await home.advance(minutes(1))
    const calls = home.simulator.calls.total
    const heard = broker.heard.length
    await home.advance(minutes(10))
    expect(home.simulator.calls.total).to.equal(calls)
    expect(broker.heard.length).to.equal(heard)
    // The simulator's own heartbeat, since this test holds it.
    expect(home.clock.timers).to.be.at.most(1)
  })
})
