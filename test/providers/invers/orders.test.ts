import { expect } from 'chai'
import { commandIds } from '../../../src/vehicle/commands'
import { until } from '../../support/broker'
import { at, car, commandPath, flowId, givens, problem, property, valuesOf, vehicleOf } from './support'

const state = { central_lock: property('UNLOCKED'), state_of_charge_or_fuel_level_in_percent: property(64) }
const failing = (type: string, status: number) => problem(`/problems/${type}`, status)

describe('commands to an INVERS vehicle', () => {
  const { given, close } = givens()
  afterEach(close)

  const names = {
    refresh: 'request-vehicle-state',
    lock: 'lock-central-lock',
    unlock: 'unlock-central-lock',
    'enable-driving': 'enable-driving',
    'disable-driving': 'disable-driving',
    'unlock-and-enable-driving': 'unlock-and-enable-driving',
    'lock-and-disable-driving': 'lock-and-disable-driving',
    'unlock-top-case': 'unlock-top-case',
    'lock-top-case': 'lock-top-case',
    'draw-attention': 'draw-attention',
    'unlock-battery-compartment': 'unlock-battery-compartment',
  } as const
  for (const [command, name] of Object.entries(names)) {
    it(`sends ${command} as ${name}, with an empty body that is called JSON`, async () => {
      const { cloud, send, phases } = await given()
      cloud.on(commandPath(name), { body: state, headers: { 'X-INVERS-Flow-ID': flowId } })
      const verdict = await send(command as keyof typeof names)
      expect(verdict.phase).to.equal('done')
      expect(phases).to.deep.equal(['accepted', 'sent'])
      expect(cloud.seen).to.have.length(1)
      expect(cloud.seen[0]).to.deep.include({ method: 'POST', path: `/vehicles/${car}/commands/${name}`, body: '' })
      expect(cloud.seen[0]?.headers).to.include({
        authorization: 'Bearer t1',
        'content-type': 'application/json',
        'content-length': '0',
        accept: 'application/json, application/problem+json',
      })
      expect(cloud.seen[0]?.headers).not.to.have.property('x-invers-fleet-id')
      expect(verdict.provider?.requestIds).to.deep.equal({ flowId })
    })
  }

  it('takes the answer for the new state of the car, with the times that it tells', async () => {
    const { cloud, list, send } = await given()
    await list()
    cloud.on(commandPath('unlock-central-lock'), { body: state })
    const { readings = [] } = await send('unlock')
    expect(valuesOf(readings)).to.deep.equal({ 'lock.central': 'unlocked', 'battery.stateOfCharge': 64 })
    expect(new Set(readings.map(({ observedAt }) => observedAt))).to.deep.equal(new Set([Date.parse(at)]))
  })

  it('takes an answer without a word for a success, as the status says so', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('unlock-central-lock'), { body: '' })
    expect(await send('unlock')).to.deep.include({ phase: 'done' })
    cloud.on(commandPath('unlock-central-lock'), { body: {} })
    expect(await send('unlock')).not.to.have.property('readings')
  })

  it('sends any name by raw, and nothing that is no name', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('open-sun-roof'), { body: {} })
    expect((await send('raw', { command: 'open-sun-roof' })).phase).to.equal('done')
    for (const params of [{ command: '../../users' }, { command: 'Lock' }, { command: 'lock', body: {} }, {}]) {
      const verdict = await send('raw', params)
      expect(verdict).to.deep.include({ phase: 'refused' })
      expect(verdict.cause?.code).to.equal('INVALID_PARAMS')
    }
    expect(cloud.seen).to.have.length(1)
  })

  it('names what there is instead of a horn', async () => {
    const { cloud, send } = await given()
    const { phase, cause } = await send('honk')
    expect(phase).to.equal('refused')
    expect(cause).to.deep.include({ code: 'UNSUPPORTED', action: 'Use draw-attention.' })
    expect(cloud.seen).to.have.length(0)
  })

  it('has an answer of its own for every other command', async () => {
    const { send, cloud } = await given()
    const others = commandIds.filter((id) => !(id in names) && id !== 'raw')
    for (const id of others) expect((await send(id)).cause?.code, id).to.equal('UNSUPPORTED')
    expect(cloud.seen).to.have.length(0)
  })

  it('encodes ids of any kind', async () => {
    const { cloud, send } = await given()
    for (const id of ['a/b', '../x', 'Ä 日本', 'k?x=1#y', '%2F']) {
      cloud.on(commandPath('lock-central-lock', id), { body: {} })
      expect((await send('lock', {}, id)).phase, id).to.equal('done')
    }
    expect(cloud.paths()).to.include('POST /vehicles/a%2Fb/commands/lock-central-lock')
  })

  it('sends the fleet along where the account names one', async () => {
    const { cloud, send } = await given({ fleetId: 'DEMO1' })
    cloud.on(commandPath('lock-central-lock'), { body: {} })
    await send('lock')
    expect(cloud.seen[0]?.headers['x-invers-fleet-id']).to.equal('DEMO1')
  })

  it('asks for a new token once after a 401 and sends once more', async () => {
    const { cloud, send, tokens } = await given()
    cloud.on(commandPath('lock-central-lock'), failing('invalid-credentials', 401), { body: {} })
    expect((await send('lock')).phase).to.equal('done')
    expect(tokens.renewals).to.equal(1)
    expect(cloud.seen).to.have.length(2)
    cloud.on(commandPath('lock-central-lock'), failing('invalid-credentials', 401))
    const { phase, cause } = await send('lock')
    expect([phase, cause?.code]).to.deep.equal(['refused', 'AUTH_REVOKED'])
    expect(cloud.seen).to.have.length(4)
  })

  it('sends again while INVERS cannot check sign-ins, which passes nothing on to the car', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('lock-central-lock'), failing('authorization-server-error', 403), { body: {} })
    expect((await send('lock')).phase).to.equal('done')
    cloud.on(commandPath('lock-central-lock'), failing('authorization-server-error', 403))
    const { phase, cause } = await send('lock')
    expect([phase, cause?.code]).to.deep.equal(['failed', 'PROVIDER_DOWN'])
    expect(cloud.seen).to.have.length(2 + 3)
  })

  const onceOnly: [
    what: string,
    answer: Parameters<Awaited<ReturnType<typeof given>>['cloud']['on']>[1],
    phase: string,
    code: string,
  ][] = [
    ['502 of the maker', failing('third-party/error', 502), 'unknown', 'PROVIDER_ERROR'],
    ['502 of a proxy', { status: 502, body: '<html>' }, 'unknown', 'PROVIDER_DOWN'],
    ['504 of the car', failing('vehicle/no-connection', 504), 'unknown', 'UNREACHABLE'],
    ['504 of a proxy', { status: 504, body: '<html>' }, 'unknown', 'TIMEOUT'],
    ['500', failing('internal-server-error', 500), 'unknown', 'PROVIDER_ERROR'],
    ['500 of the unit', failing('telematics-unit/error', 500), 'failed', 'VEHICLE_ERROR'],
    ['409 while another one runs', failing('vehicle/conflicting-command', 409), 'refused', 'BUSY'],
    ['429', failing('too-many-requests', 429), 'refused', 'QUOTA_MINUTE'],
    ['a cut connection', { cut: true }, 'unknown', 'NETWORK'],
    ['a page', { body: '<html>welcome</html>' }, 'unknown', 'SCHEMA_DRIFT'],
    ['5 MB', { body: `{"x":"${'y'.repeat(5 * 1024 * 1024)}"}` }, 'unknown', 'SCHEMA_DRIFT'],
  ]
  for (const [what, answer, phase, code] of onceOnly) {
    it(`never sends a second time after ${what}`, async () => {
      const { cloud, send } = await given()
      cloud.on(commandPath('unlock-central-lock'), answer)
      const verdict = await send('unlock')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal([phase, code])
      expect(cloud.seen).to.have.length(1)
    })
  }

  it('waits for a command as long as the account says, and never sends it again', async () => {
    const { cloud, invers, clock, abort } = await given({ commandTimeout: '240' })
    cloud.on(commandPath('lock-central-lock'), { silent: true })
    const order = { id: 'o1', vehicle: car, command: 'lock', params: {} } as const
    let over = false
    const verdict = invers.execute(order, () => undefined, abort.signal).finally(() => (over = true))
    await until(() => cloud.seen.length > 0, 'the request')
    await clock.advance(239_000)
    expect(over).to.equal(false)
    await clock.advance(2000)
    const { phase, cause } = await verdict
    expect([phase, cause?.code]).to.deep.equal(['unknown', 'TIMEOUT'])
    expect(cause?.message).to.contain('within 240 s')
    expect(cloud.seen).to.have.length(1)
  })

  it('tells a command that the car does not list from a car that is gone', async () => {
    const { cloud, list, send } = await given({}, [vehicleOf(), vehicleOf('OTHER', { capabilities: undefined })])
    await list()
    const gone = failing('resource-not-found', 404)
    cloud
      .on(commandPath('fold-roof'), gone)
      .on(commandPath('lock-central-lock'), gone)
      .on(commandPath('fold-roof', 'OTHER'), gone)
    expect((await send('raw', { command: 'fold-roof' })).cause?.code).to.equal('UNSUPPORTED')
    expect((await send('lock')).cause?.code).to.equal('VEHICLE_UNKNOWN')
    expect((await send('raw', { command: 'fold-roof' }, 'OTHER')).cause?.code).to.equal('VEHICLE_UNKNOWN')
  })

  it('says for a dry run what it would send, and sends nothing', async () => {
    const { invers, cloud } = await given()
    const order = { id: 'o', vehicle: car, command: 'unlock', params: {} } as const
    expect(await invers.preview(order)).to.deep.equal({
      method: 'POST',
      path: '/vehicles/{vehicle_id}/commands/unlock-central-lock',
    })
    const error = await invers.preview({ ...order, command: 'flash' }).catch((reason: { code: string }) => reason)
    expect(error).to.include({ code: 'UNSUPPORTED' })
    expect(cloud.seen).to.have.length(0)
  })

  it('foretells that a car without contact will not answer', async () => {
    const { invers, list } = await given({}, [vehicleOf(), vehicleOf('AWAY', { life_status: { value: 'OFFLINE' } })])
    const [here, away] = (await list()).map((listed) => ({ ...listed, slug: '', label: '', provider: 'invers' as const }))
    expect(invers.likely(here!)).to.equal(undefined)
    expect(invers.likely(away!)?.code).to.equal('UNREACHABLE')
  })
})
