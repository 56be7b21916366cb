import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { signalGroups } from '../../src/vehicle/signals'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { callsOf, catchAll, codeOf, nothingIsLost, owns } from './support'

const node = (more: AnyMessage): AnyMessage => ({
  id: 'state',
  type: 'driveway-state',
  account: 'acc',
  wires: [['told']],
  ...more,
})
const complete = { id: 'complete', type: 'complete', scope: ['state'], wires: [['completed']] }

const givenState = (more: AnyMessage = {}, cars = ['ex40'], nodes: AnyMessage[] = []): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, ...cars)
    return { nodes: [node(more), catchAll, complete, ...nodes] }
  })

const reads = (home: Home, part = ''): number => callsOf(home, part).length

describe('the state node', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  it('answers with everything that is known, in groups and as readings, and keeps the message', async () => {
    home = await givenState()
    const { payload, readings, vehicle, ...message } = await home.ask('state', { _msgid: 'm1', kept: { deep: 1 } }, 'told')
    expect(message).to.deep.equal({ _msgid: 'm1', kept: { deep: 1 }, topic: 'snapshot' })
    expect(vehicle).to.deep.equal({ id: home.car.id, slug: vehicle.slug, label: 'EX40', provider: 'volvo' })
    expect(payload.battery.stateOfCharge).to.equal(62.5)
    expect(payload).to.include.keys('battery', 'charging', 'doors', 'lock', 'tyres', 'position', 'vehicle')
    expect(readings['battery.stateOfCharge']).to.include({ value: 62.5, unit: '%' })
    expect(new Date(readings['battery.stateOfCharge'].observedAt).toISOString()).to.equal(
      readings['battery.stateOfCharge'].observedAt,
    )
    expect(home.messages('completed')).to.have.length(1)
  })

  it('spends no call while what it knows is fresh enough, and reads when it is not', async () => {
    home = await givenState()
    await home.ask('state', {}, 'told')
    const before = reads(home)
    await home.advance(minutes(4))
    await home.ask('state', {}, 'told')
    expect(reads(home)).to.equal(before)
    await home.advance(minutes(2))
    await home.ask('state', {}, 'told')
    expect(reads(home)).to.be.above(before)
  })

  it('takes maxAge from the message where the node is silent; 0 reads now', async () => {
    home = await givenState({ groups: ['battery'] })
    await home.ask('state', {}, 'told')
    await home.advance(seconds(5))
    const before = reads(home, '/energy/v2')
    await home.ask('state', { maxAge: 60 }, 'told')
    expect(reads(home, '/energy/v2')).to.equal(before)
    await home.ask('state', { maxAge: 0 }, 'told')
    expect(reads(home, '/energy/v2')).to.equal(before + 1)
  })

  it('does what the node says about maxAge, also 0, whatever the message wants', async () => {
    home = await givenState({ groups: ['battery'], maxAge: 0 })
    await home.ask('state', {}, 'told')
    await home.advance(seconds(5))
    const before = reads(home, '/energy/v2')
    await home.ask('state', { maxAge: 9999 }, 'told')
    expect(reads(home, '/energy/v2')).to.equal(before + 1)
  })

  it('shares one read among twenty nodes that ask at once', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `state${n}`)
    home = await givenState(
      { groups: ['lock'] },
      ['ex40'],
      ids.map((id) => node({ id, groups: ['lock'], maxAge: '0' })),
    )
    await home.ask('state', {}, 'told')
    await home.advance(seconds(5))
    home.simulator.calls.clear()
    for (const id of ids) home.node(id).receive({ asked: id })
    await home.until(() => home.messages('told').length === 21, 'all answers')
    expect(callsOf(home)).to.deep.equal([`GET /volvo/connected-vehicle/v2/vehicles/${home.car.id}/doors`])
    expect(
      new Set(
        home
          .messages('told')
          .slice(1)
          .map(({ asked }) => asked),
      ).size,
    ).to.equal(20)
  })

  it('sends one message for each car, with parts for a Join node, and keeps the topic', async () => {
    home = await givenState({ groups: ['fuel', 'battery'] }, ['ex40', 'xc60', 'v60'])
    home.node('state').receive({ topic: 'mine', _msgid: 'm2', list: [1] })
    await home.until(() => home.messages('told').length === 3, 'all cars')
    const told = home.messages('told')
    expect(told.map(({ vehicle }) => vehicle.label)).to.have.members(['EX40', 'XC60', 'V60'])
    expect(told.map(({ parts }) => parts.index)).to.deep.equal([0, 1, 2])
    expect(new Set(told.map(({ parts }) => `${parts.id} ${parts.count}`)).size).to.equal(1)
    expect(told[0]!.parts.count).to.equal(3)
    for (const { topic, _msgid, list } of told)
      expect({ topic, _msgid, list }).to.deep.equal({ topic: 'mine', _msgid: 'm2', list: [1] })
    expect(told[0]!.list).to.not.equal(told[1]!.list)
    expect(home.messages('completed')).to.have.length(1)
  })

  it('sends no parts for one car', async () => {
    home = await givenState({ groups: ['lock'] }, ['ex40', 'xc60'])
    const message = await home.ask('state', { vehicle: home.car.id, topic: 'mine' }, 'told')
    expect(message).to.not.have.property('parts')
    expect(message.topic).to.equal('mine')
    expect(message.vehicle.id).to.equal(home.car.id)
  })

  it('tells only the groups that are asked for, and reads only what they need', async () => {
    home = await givenState({ groups: ['lock'] })
    const { payload, readings } = await home.ask('state', { groups: ['battery'] }, 'told')
    expect(Object.keys(payload)).to.deep.equal(['lock'])
    expect(Object.keys(readings).every((id) => id.startsWith('lock.'))).to.equal(true)
    expect(reads(home, '/energy/')).to.equal(0)
  })

  it('takes groups from the message where the node is silent', async () => {
    home = await givenState()
    const { payload } = await home.ask('state', { groups: ['lock', 'doors'] }, 'told')
    expect(Object.keys(payload)).to.have.members(['lock', 'doors'])
  })

  it('with onChange also tells every change by itself, and the first reading is none', async () => {
    home = await givenState({ onChange: true, groups: ['doors', 'lock'] })
    await home.until(() => reads(home, '/doors') > 0, 'the first reading')
    await home.advance(minutes(1))
    expect(home.messages('told')).to.deep.equal([])
    home.car.open('frontLeft')
    const { topic, payload } = await home.next('told')
    expect(topic).to.equal('snapshot')
    expect(payload.doors.frontLeft).to.equal('open')
    expect(Object.keys(payload)).to.have.members(['doors', 'lock'])
  })

  it('answers for the cars that could be read, and one error names the other', async () => {
    home = await givenState({ groups: ['lock'], maxAge: 0 }, ['ex40', 'xc60', 'v60'])
    home.node('state').receive({})
    await home.until(() => home.messages('told').length === 3, 'all cars')
    await home.advance(seconds(5))
    home.simulator.faults.add({ provider: 'volvo', kind: '403-not-yours', path: home.car.id })
    const { error } = await home.ask('state', { kept: 1 }, 'caught')
    expect(error.message)
      .to.match(/^EX40: /)
      .and.not.include('YV1')
    expect(error.code).to.equal('VEHICLE_NOT_YOURS')
    const told = home.messages('told').slice(3)
    expect(told.map(({ vehicle }) => vehicle.label)).to.have.members(['XC60', 'V60'])
    expect(told.map(({ parts }) => parts.count)).to.deep.equal([2, 2])
    await home.advance(seconds(2))
    expect(home.messages('caught')).to.have.length(1)
    expect(home.messages('completed'), 'the first message alone').to.have.length(1)
  })

  it('tells how the account is doing, without a call, alone or beside signals', async () => {
    home = await givenState({}, ['ex40', 'xc60'])
    const { payload, parts, topic } = await home.ask('state', { groups: ['account'], topic: 'mine' }, 'told')
    expect(reads(home)).to.equal(0)
    expect({ parts, topic }).to.deep.equal({ parts: undefined, topic: 'mine' })
    expect(payload).to.deep.equal({ account: { online: true, callsToday: 0, perDay: 10_000, leftToday: 10_000 } })
    home.node('state').receive({ groups: ['account', 'lock'], vehicle: home.car.id })
    await home.until(() => home.messages('told').length === 2, 'both')
    const both = home.messages('told')[1]!
    expect(both.payload.lock).to.be.an('object')
    expect(both.payload.account.callsToday).to.be.above(0)
    expect(both.vehicle.id).to.equal(home.car.id)
  })

  it('tells what stands in the way of the account even while nothing can be read', async () => {
    home = await givenState({ groups: ['account'] })
    await home.ask('state', {}, 'told')
    home.simulator.faults.add({ provider: 'volvo', kind: '503' })
    const other = node({ id: 'other', groups: ['lock'], wires: [['others']] })
    await home.deploy([...home.flow, { z: 'tab', x: 1, y: 1, ...other }], 'nodes')
    home.node('other').receive({})
    await home.next('caught')
    const { payload } = await home.ask('state', {}, 'told')
    expect(payload.account).to.include({ online: false })
    expect(payload.account.problem).to.include({ code: 'PROVIDER_DOWN' })
    expect(payload.account.lastError.code).to.equal('PROVIDER_DOWN')
  })

  describe('with onChange, when its car cannot be read', () => {
    it('says so once and below itself, until it can', async () => {
      home = await givenState({ onChange: true, groups: ['lock'] })
      await home.until(() => reads(home, '/doors') > 0, 'the first reading')
      home.simulator.faults.add({ provider: 'volvo', kind: '403-scope', path: '/doors' })
      await home.advance(minutes(50))
      expect(home.messages('caught').map(codeOf)).to.deep.equal(['SCOPE_MISSING'])
      expect(home.status('state')).to.equal('driveway-state.status.scope')
      home.simulator.faults.clear()
      await home.until(() => home.status('state') === '', 'no trouble')
    })
  })

  describe('refuses, naming what is wrong,', () => {
    const tables: { what: string; message: AnyMessage; fields?: AnyMessage; code?: string; says: RegExp }[] = [
      { what: 'a group that is none', message: { groups: ['lock', 'wings', 'fins'] }, says: /groups: .*"wings"/ },
      { what: 'groups that are no list', message: { groups: 7 }, says: /groups: .*7/ },
      { what: 'a maxAge that is no number', message: { maxAge: 'young' }, says: /maxAge must be a number/ },
      { what: 'a maxAge below 0', message: {}, fields: { maxAge: '-1' }, says: /maxAge must be a number/ },
      { what: 'a maxAge that is null', message: { maxAge: {} }, says: /maxAge must be a number/ },
      {
        what: 'a car that is not there',
        message: { vehicle: 'YV1WRONGWRONG0001' },
        code: 'VEHICLE_UNKNOWN',
        says: /not in the account/,
      },
      { what: 'no account', message: {}, fields: { account: '' }, code: 'INVALID_CONFIG', says: /No account/ },
    ]
    for (const { what, message, fields = {}, code = 'INVALID_PARAMS', says } of tables) {
      it(what, async () => {
        home = await givenState(fields)
        const caught = await home.ask('state', { ...message, kept: 1 }, 'caught')
        expect(codeOf(caught)).to.equal(code)
        expect(caught.error.code).to.equal(code)
        expect(caught.error.message).to.match(says).and.not.include('YV1')
        expect(caught.error.cause.action).to.be.a('string')
        expect(caught.kept).to.equal(1)
        await home.advance(seconds(2))
        expect(home.messages('caught')).to.have.length(1)
        expect(home.messages('told')).to.deep.equal([])
        expect(home.messages('completed')).to.deep.equal([])
        expect(reads(home, '/doors')).to.equal(0)
      })
    }
  })

  it('knows no group that the catalogue does not', async () => {
    home = await givenState({ groups: [...signalGroups] })
    expect((await home.ask('state', {}, 'told')).payload).to.include.keys('battery', 'lock')
  })
})
