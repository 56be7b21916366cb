import { expect } from 'chai'
import helper from 'node-red-node-test-helper'
import { minutes, seconds } from '../../src/clock'
import { Refused } from '../../src/simulator/stellantis/errors'
import { catchAll, givenHome, logged, type AnyMessage, type Home } from '../support/home'
import { nothingIsLost } from './support'

const alert = { name: 'fault', kind: 'data', data: 'vehicle.alert', op: 'onChange' }

const monitor = (more: AnyMessage = {}): AnyMessage => ({
  id: 'monitor',
  type: 'driveway-monitor',
  account: 'acc',
  label: 'Alert',
  where: 'provider',
  transport: 'webhook',
  triggers: [alert],
  expression: 'fault',
  wires: [['told']],
  ...more,
})

const watching = 'driveway-monitor.status.watching'

type Request = Promise<{ status: number; body: AnyMessage }> & { send(body: unknown): Request }
const ask = (path: string, body: unknown = {}): Request =>
  (helper.request() as unknown as { post(path: string): Request }).post(path).send(body)

describe('a monitor node whose monitor lives in the cloud', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  const given = async (node: AnyMessage, api = 'v4') => {
    home = await givenHome({ account: { provider: 'stellantis', brand: 'peugeot', api }, nodes: [catchAll, node] })
    await home.until(() => home.status('monitor').startsWith(watching), 'watching')
  }

  /** Calls that changed something at the cloud, as `DELETE monitor 204`. */
  const changes = () =>
    home.simulator.calls
      .list()
      .filter(({ method, path }) => method !== 'GET' && /monitors|callbacks|channels/.test(path))
      .map(({ method, path, status }) => `${method} ${path.includes('/monitors') ? 'monitor' : 'channel'} ${status}`)

  const posts = () => changes().filter((call) => call.startsWith('POST monitor'))
  const removals = () => changes().filter((call) => call.startsWith('DELETE'))
  const isGone = (limit = minutes(3)) =>
    home.until(() => removals().some((call) => call.startsWith('DELETE channel 2')), 'the removal', limit)

  const addressNow = async () => (await ask('/driveway/monitors/acc/address')).body.address as string

  const deliver = async (address: string, body: unknown): Promise<number> => {
    const headers = { 'content-type': 'application/json' }
    return (await fetch(address, { method: 'POST', headers, body: JSON.stringify(body) })).status
  }

  const without = (...ids: string[]) => home.flow.filter(({ id }) => !ids.includes(id as string))

  it('complains of strange messages once an hour, each kind by itself', async () => {
    await given(monitor())
    const address = await addressNow()
    const complaints = () => logged().filter(({ level, msg }) => level === 30 && /strange|cannot be used/.test(String(msg)))
    const before = complaints().length
    const nameless = { type: 'Monitor', date: '2026-03-02T12:00:00Z', monitorEvent: { monitorId: 'm', data: { values: [] } } }
    const round = async (date: string) => {
      for (const n of [1, 2, 3]) {
        expect(await deliver(address, { hello: n })).to.equal(200)
        expect(await deliver(address, { ...nameless, date: `${date}T12:00:0${n}Z` })).to.equal(200)
      }
    }
    await round('2026-03-01')
    expect(complaints().length - before, 'at first').to.equal(2)
    await home.advance(minutes(59))
    await round('2026-02-01')
    expect(complaints().length - before, 'within the hour').to.equal(2)
    await home.advance(minutes(2))
    await round('2026-01-01')
    expect(complaints().length - before, 'an hour later').to.equal(4)
  })

  it('for which there is no room says so in a few words below the node; its error names what takes it up', async () => {
    home = await givenHome((simulator) => {
      simulator.stellantis.monitors.create = () => {
        throw new Refused({ status: 409, message: 'enough' })
      }
      return { account: { provider: 'stellantis', brand: 'peugeot', api: 'v4' }, nodes: [catchAll, monitor()] }
    })
    const { error } = await home.next('caught')
    expect(error.cause.code).to.equal('CONFLICT')
    expect(error.message).to.contain('allows no more monitors')
    expect(home.status('monitor')).to.equal('driveway-monitor.status.limit')
  })

  it('is removed from the simulated cloud by a full deploy without it, though no other node is left', async () => {
    await given(monitor())
    await home.deploy(without('monitor', 'catch'), 'full')
    await isGone()
    expect(removals()).to.have.length(4)
  })

  it('is removed although the account could not be opened at first: that is tried again each minute', async () => {
    await given(monitor())
    const { faults, stellantis } = home.simulator
    faults.add({ provider: 'stellantis', kind: '503' })
    const issue = stellantis.tokens.issueAccess
    let refused = 0
    stellantis.tokens.issueAccess = () => {
      refused++
      throw new Error('nobody gets in')
    }
    const charging = { id: 'charging', type: 'driveway-charging', account: 'acc', z: 'tab', x: 1, y: 1, wires: [[]] }
    await home.deploy([...without('monitor'), charging], 'full')
    await home.until(() => refused > 0, 'the first refusal')
    await home.deploy(without('monitor', 'charging'), 'nodes')
    const before = refused
    await home.advance(minutes(5))
    expect(refused - before, 'each minute').to.be.within(3, 6)
    stellantis.tokens.issueAccess = issue
    faults.clear()
    await isGone(minutes(1) + seconds(10))
  })

  it('that has become invalid, and is deleted then, leaves nothing behind', async () => {
    await given(monitor())
    await home.deploy(
      home.flow.map((node) => (node.id === 'monitor' ? { ...node, expression: 'fault & nobody' } : node)),
      'nodes',
    )
    await home.until(() => home.messages('caught').length > 0, 'the error')
    expect(home.messages('caught')[0]!.error.message).to.contain('nobody')
    await home.advance(seconds(10))
    expect(removals(), 'somebody may be about to mend it').to.deep.equal([])
    await home.deploy(without('monitor'), 'nodes')
    await isGone()
    expect(removals()).to.have.length(4)
  })

  for (const api of ['v4', 'v1'])
    it(`is delivered to at another address after "sign out and forget", and nobody gets in by the old one (${api})`, async () => {
      await given(monitor(), api)
      const made = posts().length
      const before = await addressNow()
      expect(await deliver(before, [])).to.equal(200)
      expect((await ask('/driveway/accounts/acc/sign-out', { forget: true })).status).to.equal(200)
      expect(await deliver(before, []), 'the old address, at once').to.equal(401)
      const now = await addressNow()
      expect(now).not.to.equal(before)
      expect(await deliver(now, [])).to.equal(200)
      // A simulated account signs itself in again.
      await home.until(() => changes().some((call) => call.startsWith('PUT channel')), 'the new address at the cloud')
      await home.until(() => home.status('monitor').startsWith(watching), 'watching')
      const car = home.simulator.cars.get('e208')
      car.alert('AssistanceButtonFault')
      const told = await home.next('told')
      expect(told.event.details.label).to.equal('Alert')
      expect(posts(), 'made once').to.have.length(made)
    })
})
