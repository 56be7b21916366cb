import { expect } from 'chai'
import helper from 'node-red-node-test-helper'
import { minutes, seconds } from '../../src/clock'
import type { Simulator } from '../../src/simulator/simulator'
import { givenHome, logged, type AnyMessage, type Home } from '../support/home'
import { ManualClock } from '../support/clock'
import {
  apiKey,
  callsOf,
  catchAll,
  clientId,
  clientSecret,
  codeOf,
  nothingIsLost,
  ownServer,
  owns,
  refreshes,
  signedIn,
} from './support'

const state = (id: string, more: AnyMessage = {}) => ({
  id,
  type: 'driveway-state',
  account: 'acc',
  maxAge: 0,
  groups: ['lock'],
  wires: [['told']],
  ...more,
})
const charging = (id: string, more: AnyMessage = {}) => ({
  id,
  type: 'driveway-charging',
  account: 'acc',
  profile: 'fast',
  emit: 'events',
  wires: [['events']],
  ...more,
})
const command = (id: string, more: AnyMessage = {}) => ({
  id,
  type: 'driveway-command',
  account: 'acc',
  command: 'lock',
  wires: [['told']],
  ...more,
})

/** A second tab with a Catch node of its own. */
const otherTab = [
  { id: 'tab2', type: 'tab', label: 'other' },
  { ...catchAll, id: 'catch2', z: 'tab2', wires: [['caught2']] },
  { id: 'caught2', type: 'helper', z: 'tab2', x: 1, y: 1, wires: [] },
]

interface Answer {
  status: number
  body: AnyMessage
}

const custom = async (simulator: Simulator, clock: ManualClock, nodes: AnyMessage[], secrets: Record<string, string> = {}) => {
  owns(simulator, 'ex40')
  const { refreshToken = '' } = await signedIn(simulator, clock)
  return {
    account: ownServer(simulator),
    credentials: { acc: { apiKey, clientId, clientSecret, refreshToken, ...secrets } },
    nodes,
  }
}

/** What the account's dialog is told. */
const told = async (path: string): Promise<string> => {
  const request = helper.request() as unknown as { get(url: string): Promise<{ text: string }> }
  return (await request.get(`/driveway/accounts/acc${path}`)).text
}

describe('the account', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  it('asks nobody for anything before a node needs it', async () => {
    home = await givenHome((simulator, clock) => custom(simulator, clock, [command('command'), state('state'), catchAll]))
    home.simulator.calls.clear()
    await home.advance(minutes(5))
    expect(home.simulator.calls.total).to.equal(0)
    await home.ask('state', {}, 'told')
    expect(home.simulator.calls.total).to.be.above(0)
  })

  it('tells its trouble once on every tab, shows it below every node, and takes it back when it is over', async () => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      return { nodes: [charging('one'), charging('two'), command('command'), state('state'), catchAll] }
    })
    await home.deploy([...home.flow, ...otherTab, charging('three', { z: 'tab2', x: 1, y: 1 })])
    home.simulator.calls.clear()
    await home.until(() => callsOf(home, '/state').length > 0, 'the first reading')
    await home.advance(seconds(5))
    home.simulator.faults.add({ provider: 'volvo', kind: '503' })
    await home.next('caught')
    await home.advance(minutes(10))
    for (const sink of ['caught', 'caught2']) {
      const [first, ...more] = home.messages(sink)
      expect(more, sink).to.deep.equal([])
      expect(codeOf(first!)).to.equal('PROVIDER_DOWN')
      expect(first!.error.cause.action).to.be.a('string')
    }
    for (const id of ['one', 'two', 'three', 'command', 'state']) expect(home.status(id), id).to.contain('.status.offline')
    home.simulator.faults.clear()
    await home.until(() => !home.status('one').includes('offline'), 'the recovery', minutes(20))
    for (const id of ['two', 'three', 'command', 'state']) expect(home.status(id), id).to.not.contain('.status.offline')
    home.simulator.faults.add({ provider: 'volvo', kind: '500' })
    await home.until(() => home.messages('caught').length > 1, 'the next trouble')
    expect(codeOf(home.messages('caught')[1]!)).to.equal('PROVIDER_ERROR')
  })

  it('asks the cloud each time that its connection is tried: what it knows already proves nothing', async () => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      return { nodes: [state('state'), catchAll] }
    })
    await home.ask('state', {}, 'told')
    const tried = async (): Promise<Answer> => {
      let answer: Answer | undefined
      void (helper.request() as unknown as { post(url: string): Promise<Answer> })
        .post('/driveway/accounts/acc/test')
        .then((given) => (answer = given))
      await home.until(() => answer !== undefined, 'an answer')
      return answer!
    }
    const well = await tried()
    expect(well.body.vehicles).to.have.length(1)
    home.simulator.faults.add({ provider: 'volvo', kind: '401' })
    const { status, body } = await tried()
    expect(body).to.include({ code: 'KEY_INVALID' }).and.to.not.have.property('vehicles')
    expect(status).to.equal(502)
    home.simulator.faults.clear()
    expect((await tried()).body.vehicles).to.have.length(1)
  })

  it('does not complain of the simulator whose clock somebody puts on', async () => {
    home = await givenHome({ nodes: [state('state', { maxAge: '0', groups: ['charging'] }), catchAll] })
    const { vehicle } = await home.ask('state', {}, 'told')
    const headers = { 'content-type': 'application/json' }
    await fetch(`${home.simulator.url}/sim/api/clock`, { method: 'POST', headers, body: '{"advance":86400}' })
    home.car.plugIn('ac')
    await home.advance(minutes(6))
    const { readings } = await home.ask('state', { vehicle: vehicle.id }, 'told')
    expect(readings['charging.connection'].value).to.equal('connected')
    expect(logged().filter(({ msg }) => String(msg).includes('schema-drift'))).to.deep.equal([])
  })

  it('tells its dialog who signed in, where the cloud names somebody, and nobody else', async () => {
    home = await givenHome({
      account: { provider: 'stellantis', brand: 'peugeot', api: 'v4', customerContext: 'customer-4711' },
      nodes: [state('state'), catchAll],
    })
    await home.ask('state', {}, 'told')
    expect((JSON.parse(await told('')) as AnyMessage).signIn.who).to.match(/^Driver /)
    expect(await told('/diagnostics'))
      .to.contain('"signedIn":true')
      .and.to.contain('"own":{"brand":"peugeot"')
      .and.to.not.contain('Driver ')
      .and.to.not.contain('4711')
  })

  it('says in its diagnostics how a car of a fleet is connected, and nothing that names it', async () => {
    home = await givenHome({ account: { provider: 'invers' }, nodes: [state('state'), catchAll] })
    await home.ask('state', {}, 'told')
    const { vehicles } = JSON.parse(await told('/diagnostics')) as AnyMessage
    expect(vehicles[0].own).to.deep.equal({ status: 'CONNECTED_VEHICLE', telematicsUnit: 'CLOUDBOXX' })
  })

  it('does not repeat on a tab what a node there has told already', async () => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      return { nodes: [state('state'), command('command'), catchAll] }
    })
    await home.ask('state', {}, 'told')
    await home.advance(seconds(5))
    home.simulator.faults.add({ provider: 'volvo', kind: '401-token' })
    const caught = await home.ask('state', {}, 'caught')
    expect(codeOf(caught)).to.equal('AUTH_REVOKED')
    expect(caught.error.source.id).to.equal('state')
    await home.advance(minutes(1))
    expect(home.messages('caught')).to.have.length(1)
  })

  const unfit: { what: string; account?: AnyMessage; secrets?: Record<string, string>; says: RegExp }[] = [
    { what: 'no API key', secrets: { apiKey: '' }, says: /API key is missing/ },
    { what: 'no client id', secrets: { clientId: '' }, says: /client id is missing/ },
    { what: 'no address of its own server', account: { url: '' }, says: /API address is needed/ },
    { what: 'an address that is none', account: { url: 'ftp://x' }, says: /API address must be/ },
    { what: 'a provider that is none', account: { provider: 'trabant' }, says: /provider must be/ },
    { what: 'a quota that is no number', account: { quotaPerDay: 'many' }, says: /calls a day/ },
    { what: 'a command to allow that is none', account: { allow: ['fly'] }, says: /allow/ },
  ]
  for (const { what, account = {}, secrets = {}, says } of unfit) {
    it(`with ${what} names that, once, and at each message`, async () => {
      home = await givenHome(async (simulator, clock) => {
        const plan = await custom(simulator, clock, [charging('charging'), command('command'), catchAll], secrets)
        return { ...plan, account: { ...plan.account, ...account } }
      })
      home.simulator.calls.clear()
      const first = await home.next('caught')
      expect(codeOf(first)).to.equal('INVALID_CONFIG')
      expect(first.error.message).to.match(says)
      await home.advance(minutes(2))
      expect(home.messages('caught')).to.have.length(1)
      expect(home.status('charging')).to.contain('.status.config')
      expect(home.status('command')).to.contain('.status.config')
      expect(codeOf(await home.ask('command', {}, 'caught'))).to.equal('INVALID_CONFIG')
      await home.advance(seconds(5))
      expect(home.messages('caught')).to.have.length(2)
      expect(home.simulator.calls.total).to.equal(0)
      const bundle = JSON.parse(await told('/diagnostics')) as AnyMessage
      expect(bundle.problem.code).to.equal('INVALID_CONFIG')
      expect(bundle.versions.driveway).to.match(/^\d/)
    })
  }

  it('says so when nobody has signed in', async () => {
    home = await givenHome((simulator, clock) =>
      custom(simulator, clock, [command('command'), charging('charging'), catchAll], { refreshToken: '' }),
    )
    const first = await home.next('caught')
    expect(codeOf(first)).to.equal('AUTH_REQUIRED')
    expect(first.error.message).to.match(/Not signed in/)
    expect(home.status('charging')).to.contain('.status.signedOut')
    const { outcome } = await home.ask('command', {}, 'caught')
    expect(outcome.cause.code).to.equal('AUTH_REQUIRED')
  })

  for (const kind of ['token-reuse', 'token-revoked']) {
    it(`stops asking when the sign-in has ended (${kind}), and says what to do`, async () => {
      home = await givenHome((simulator, clock) => custom(simulator, clock, [charging('charging'), command('command'), catchAll]))
      await home.until(() => callsOf(home, '/state').length > 0, 'the first reading')
      home.simulator.faults.add({ provider: 'volvo', kind })
      const first = await home.next('caught')
      expect(codeOf(first)).to.be.oneOf(['AUTH_EXPIRED', 'AUTH_REVOKED'])
      expect(first.error.cause.action).to.match(/sign in again/i)
      await home.advance(seconds(5))
      const calls = home.simulator.calls.total
      await home.advance(minutes(15))
      expect(home.simulator.calls.total).to.equal(calls)
      expect(home.messages('caught')).to.have.length(1)
      expect(home.status('charging')).to.contain('.status.expired')
    })
  }

  it('never refreshes one sign-in twice at once, also when two accounts stand on it', async () => {
    home = await givenHome(async (simulator, clock) => {
      const plan = await custom(simulator, clock, [
        { id: 'acc2', type: 'driveway-account', name: 'twin', provider: 'volvo', ...ownServer(simulator) },
        state('one'),
        state('two', { account: 'acc2' }),
        state('three'),
        catchAll,
      ])
      return { ...plan, credentials: { ...plan.credentials, acc2: plan.credentials.acc } }
    })
    home.simulator.calls.clear()
    const rounds = 4
    for (let round = 1; round <= rounds; round++) {
      for (const id of ['one', 'two', 'three']) home.node(id).receive({})
      await home.until(() => home.messages('told').length === 3 * round, 'all answers')
      expect(refreshes(home), 'one refresh a round').to.equal(round)
      await home.advance(minutes(6))
    }
    expect(home.messages('caught')).to.deep.equal([])
    const all = home.simulator.calls.list({ path: '/as/token' }).map(({ status }) => status)
    expect(all).to.deep.equal(Array.from({ length: rounds }, () => 200))
  })

  it('keeps quiet in the log about a trouble that a Catch node has got', async () => {
    home = await givenHome({ nodes: [charging('charging'), catchAll], account: { quotaPerDay: 'many' } })
    await home.next('caught')
    expect(logged().filter(({ level }) => level <= 20)).to.deep.equal([])
  })

  it('tells the log, once, when there is no Catch node', async () => {
    home = await givenHome({ nodes: [charging('charging'), charging('other')], account: { quotaPerDay: 'many' } })
    await home.advance(minutes(2))
    const told = logged().filter(({ level }) => level === 20)
    expect(told).to.have.length(1)
    expect(String(told[0]!.msg)).to.match(/^The account's calls a day/)
  })
})
