import { readFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { Aedes } from 'aedes'
import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import type { AnyMessage } from '../support/home'
import { Statuses } from '../support/comms'
import { listener, NodeRed } from '../support/nodeRed'
import { demoCredentials, tab } from './support'

const { nodes } = (JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as AnyMessage)['node-red'] as {
  nodes: Record<string, string>
}
const types = Object.keys(nodes)

describe('Node-RED with this package', () => {
  let nodeRed: NodeRed
  let broker: Aedes
  let server: Server
  let statuses: Statuses

  before(async () => {
    broker = await Aedes.createBroker()
    server = createServer(broker.handle)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    nodeRed = await NodeRed.start({
      flows: flows(`mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`),
      credentials: { 'signed-out': demoCredentials, incomplete: demoCredentials },
    })
    statuses = await Statuses.of(nodeRed.adminUrl)
  })

  after(async () => {
    statuses?.close()
    await nodeRed?.end()
    await new Promise<void>((resolve) => broker.close(() => server.close(() => resolve())))
  })

  const press = (node: string) => nodeRed.admin('POST', `inject/${node}`, { body: {} })

  it('loads every node type without an error', async () => {
    const sets = (await nodeRed.admin('GET', 'nodes')).json as AnyMessage[]
    const ours = sets.filter(({ module }) => module === '@driveway/node-red-connected-car')
    expect(ours.flatMap((set) => set.types as string[])).to.have.members(types)
    for (const set of ours)
      expect(set, set.id as string)
        .to.include({ enabled: true })
        .and.not.to.have.property('err')
  })

  it('serves the files that the dialogs load', async () => {
    const text = await (await fetch(`${nodeRed.adminUrl}nodes`, { headers: { accept: 'text/html' } })).text()
    for (const type of types) expect(text).to.contain(`registerType('${type}'`)
    const scripts = new Set([...text.matchAll(/src="(resources\/@driveway[^"]+)"/g)].map(([, path]) => path!))
    expect([...scripts]).not.to.be.empty
    for (const path of scripts) {
      const answer = await fetch(nodeRed.adminUrl + path)
      expect(answer.status, path).to.equal(200)
      expect(answer.headers.get('content-type')).to.contain('javascript')
    }
    for (const type of types) {
      const icon = await fetch(`${nodeRed.adminUrl}icons/@driveway/node-red-connected-car/${type}.svg`)
      expect(icon.headers.get('content-type'), type).to.contain('svg')
    }
  })

  it('shows the cars in words of the catalogue', async () => {
    await statuses.shows('charging', /^\d+ % · unplugged/)
    await statuses.shows('mqtt', /^connected$/)
    await statuses.shows('orphan', /^no account$/)
    await press('ask')
    await statuses.shows('state', /^reading…$/)
    await press('order')
    await statuses.shows('command', /^sending…$/)
    await statuses.shows('command', /^climate-start: done$/)
  })

  it('shows trouble in words of the catalogue', async () => {
    await statuses.shows('nobody', /^sign in needed$/)
    await statuses.shows('unfinished', /^not complete$/)
    await statuses.shows('stranger', /^no such car$/)
  })

  it('never shows a key where words should be', () => {
    expect(statuses.all.length).to.be.greaterThan(8)
    for (const text of statuses.all) expect(text).not.to.match(/driveway-|status\.|__\w+__|undefined|NaN/)
  })

  it('raises each trouble once, and complains of nothing else', async () => {
    await eventually(
      () => nodeRed.heard('caught').length,
      (count) => count >= 3,
      'the errors of the three accounts in trouble',
    )
    const codes = nodeRed.heard('caught').map(({ error }) => error.cause.code as string)
    expect(codes).to.have.members(['AUTH_REQUIRED', 'INVALID_CONFIG', 'VEHICLE_UNKNOWN'])
    expect(nodeRed.complaints).to.deep.equal([])
  })

  it('starts after a deploy as it did before, of any type', async () => {
    const deployed = (await nodeRed.admin('GET', 'flows')).json as AnyMessage[]
    for (const type of ['full', 'flows', 'nodes', 'reload']) {
      const seen = statuses.of('charging').length
      const changed = deployed.map((node) => (node.id === 'charging' ? { ...node, name: type } : node))
      await nodeRed.deploy(changed, { type })
      await statuses.shows('charging', /\d %/, seen)
    }
    expect(nodeRed.complaints).to.deep.equal([])
  })

  it('ends within a few seconds when it is told to', async () => {
    const started = process.hrtime.bigint()
    await nodeRed.end('SIGTERM')
    // A machine may be slow; Node-RED gives a node 15 s.
    expect(Number(process.hrtime.bigint() - started) / 1e9).to.be.lessThan(12)
    expect(nodeRed.log).not.to.match(/Error stopping node|timed out/i)
  })
})

/** One node of each type that works, and some in trouble. */
function flows(url: string): AnyMessage[] {
  const account = { type: 'driveway-account', provider: 'volvo' }
  const inject = { type: 'inject', props: [], once: false, repeat: '' }
  const placed: AnyMessage[] = [
    {
      id: 'charging',
      type: 'driveway-charging',
      account: 'acc',
      vehicle: 'ex40',
      profile: 'normal',
      emit: 'events',
      wires: [[]],
    },
    { id: 'state', type: 'driveway-state', account: 'acc', vehicle: 'ex40', maxAge: '0', wires: [[]] },
    { id: 'command', type: 'driveway-command', account: 'acc', vehicle: 'ex40', command: 'climate-start', wires: [[]] },
    { id: 'ask', ...inject, wires: [['state']] },
    { id: 'order', ...inject, wires: [['command']] },
    { id: 'orphan', type: 'driveway-charging', account: '', profile: 'normal', emit: 'events', wires: [[]] },
    { id: 'nobody', type: 'driveway-charging', account: 'signed-out', profile: 'normal', emit: 'events', wires: [[]] },
    { id: 'unfinished', type: 'driveway-charging', account: 'incomplete', profile: 'normal', emit: 'events', wires: [[]] },
    {
      id: 'stranger',
      type: 'driveway-charging',
      account: 'acc',
      vehicle: 'batmobile',
      profile: 'normal',
      emit: 'events',
      wires: [[]],
    },
  ].map((node) => ({ z: 'tab', x: 200, y: 100, ...node }))
  return [
    tab,
    {
      ...account,
      id: 'acc',
      name: 'On the simulator',
      server: 'simulator',
      mirror: 'mqtt',
      vehicles: [{ id: 'YV1ZZZEX4R0000001', slug: 'ex40' }],
    },
    { ...account, id: 'signed-out', name: 'Nobody signed in', server: 'custom', url: 'http://127.0.0.1:9' },
    { ...account, id: 'incomplete', name: 'Not complete', server: 'custom', url: '' },
    { id: 'mqtt', type: 'driveway-mqtt', name: 'A broker', url, base: 'driveway', instance: 'loading' },
    ...placed,
    { id: 'catch', type: 'catch', scope: null, uncaught: false, z: 'tab', x: 200, y: 400, wires: [['caught']] },
    listener('caught'),
  ]
}
