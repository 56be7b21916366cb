import { expect } from 'chai'
import { days, hours, seconds } from '../../../src/clock'
import { DrivewayError } from '../../../src/vehicle/causes'
import { signalGroups } from '../../../src/vehicle/signals'
import { at, car, deliveredBy, givens, problem, property, statePath, valuesOf, vehicleOf, vehiclePath } from './support'

const failing = async (work: Promise<unknown>): Promise<DrivewayError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(DrivewayError)
  return error as DrivewayError
}
const gone = problem('/problems/resource-not-found', 404)

const everything = {
  mileage_in_kilometers: property(48213),
  state_of_charge_or_fuel_level_in_percent: property(64),
  remaining_range_in_kilometers: property(212),
  position: property({ lat: 52.5163, lon: 13.3777 }),
  altitude_in_meters: property(34),
  cellular_signal_quality: property(3),
  driving_enabled: property(false),
  central_lock: property('LOCKED'),
  top_case_lock: property('UNLOCKED'),
  top_case_lid: property('OPEN'),
  abs_status: property('ENABLED'),
  adblue_level_in_percent: property(80),
  adblue_level_low_indicator: property('ON'),
  brake_fluid_due_date: property('2027-03-01'),
  brake_fluid_level_low_indicator: property('OFF'),
  brake_lining_wear_indicator: property('ON'),
  brake_warning_indicator: property('SENSOR_FAILURE'),
}
const common = {
  'vehicle.odometer': 48213,
  'vehicle.range': 212,
  'position.location': { latitude: 52.5163, longitude: 13.3777, altitude: 34 },
  'reachability.signalQuality': 3,
  'vehicle.drivingEnabled': false,
  'lock.central': 'locked',
  'lock.topCase': 'unlocked',
  'doors.topCase': 'open',
  'assist.abs': true,
  'fuel.adBlueLevel': 80,
  'fuel.adBlueWarning': 'low',
  'service.brakeFluidDue': '2027-03-01T00:00:00.000Z',
  'service.brakeFluid': 'ok',
  'service.brakePads': 'worn',
  'service.brakeWarning': 'fault',
}

describe('reading an INVERS vehicle', () => {
  const { given, close } = givens()
  afterEach(close)

  it('says all that a state says, for an electric car', async () => {
    const { cloud, list, values, drifts } = await given()
    await list()
    cloud.on(`GET ${statePath()}`, { body: everything })
    expect(await values('battery')).to.deep.equal({ ...common, 'battery.stateOfCharge': 64, 'battery.range': 212 })
    expect(drifts).to.deep.equal([])
  })

  for (const fuel of ['PETROL', 'HYBRID', 'SOLAR', undefined]) {
    it(`takes the level for that of the tank when the fuel is ${fuel ?? 'not told'}`, async () => {
      const { cloud, list, values } = await given({}, [vehicleOf(car, { master_data: { fuel_type: fuel } })])
      await list()
      cloud.on(`GET ${statePath()}`, { body: everything })
      expect(await values('fuel')).to.deep.equal({ ...common, 'fuel.level': 64, 'fuel.range': 212 })
    })
  }

  it('does not guess what the level of a car is about that it has not met', async () => {
    const { cloud, values } = await given()
    cloud.on(`GET ${statePath()}`, { body: everything })
    expect(await values('lock')).to.deep.equal(common)
  })

  it('takes the older name of the level where the newer one is absent', async () => {
    const { cloud, list, values } = await given({}, [vehicleOf(car, { master_data: { fuel_type: 'PETROL' } })])
    await list()
    const old = { fuel_level_in_percent: property(20) }
    cloud.on(`GET ${statePath()}`, { body: old }, { body: { ...old, state_of_charge_or_fuel_level_in_percent: property(30) } })
    expect(await values('fuel')).to.deep.equal({ 'fuel.level': 20 })
    expect(await values('fuel')).to.deep.equal({ 'fuel.level': 30 })
  })

  it('loses only what is bad in a state, and says where', async () => {
    const { cloud, values, drifts } = await given()
    cloud.on(`GET ${statePath()}`, {
      body: {
        central_lock: property('AJAR'),
        center_stand_position: property('DOWN'),
        mileage_in_kilometers: property('48213.5'),
        cellular_signal_quality: property(9),
        driving_enabled: property('perhaps'),
        position: property({ lat: 152.5, lon: 13 }),
        top_case_lid: 'OPEN',
        top_case_lock: null,
        brake_fluid_due_date: property('soon'),
        abs_status: property(null),
        adblue_level_in_percent: property(-1),
        brake_warning_indicator: { value: 'OFF', timestamp: 'yesterday', confidence: 1 },
        brake_lining_wear_indicator: property(['ON']),
        roof_position: property('UP'),
        'sun roof\n{"x":1}': property({ deep: [1] }),
        __proto__: property(1),
      },
    })
    expect(await values('lock')).to.deep.equal({
      'lock.central': 'unknown',
      'vehicle.centerStand': 'unknown',
      'vehicle.odometer': 48213.5,
      'service.brakeWarning': 'ok',
    })
    expect(drifts.map(({ where }) => where)).to.have.members([
      'state central_lock',
      'state center_stand_position',
      'state cellular_signal_quality',
      'state driving_enabled',
      'state position',
      'state top_case_lid',
      'state brake_fluid_due_date',
      'state adblue_level_in_percent',
      'state brake_warning_indicator time',
      'state brake_lining_wear_indicator',
      'state roof_position',
      'state sun roof\n{"x":1}',
    ])
  })

  it('tells each drift once', async () => {
    const { cloud, values, drifts } = await given()
    cloud.on(`GET ${statePath()}`, { body: { roof_position: property('UP') } })
    await values('lock')
    await values('lock')
    expect(drifts).to.deep.equal([{ where: 'state roof_position', sample: 'not known' }])
  })

  for (const [what, answer] of [
    ['an empty object', { body: {} }],
    ['nothing', { status: 204, body: '' }],
    ['a list', { body: [1, 2] }],
  ] as const)
    it(`takes ${what} for a state that says nothing`, async () => {
      const { cloud, read } = await given()
      cloud.on(`GET ${statePath()}`, answer)
      expect(await read('lock')).to.deep.include({ readings: [], failures: [] })
    })

  for (const [what, answer, code] of [
    ['a page', { body: '<html>' }, 'SCHEMA_DRIFT'],
    ['5 MB', { body: `{"x":"${'y'.repeat(5 * 1024 * 1024)}"}` }, 'SCHEMA_DRIFT'],
    ['502 that lasts', { status: 502, body: '' }, 'PROVIDER_DOWN'],
    ['no connection to the vehicle', problem('/problems/vehicle/no-connection', 504), 'UNREACHABLE'],
  ] as const)
    it(`fails as ${code} after ${what}`, async () => {
      const { cloud, read } = await given()
      cloud.on(`GET ${statePath()}`, answer)
      expect((await failing(read('lock'))).code).to.equal(code)
    })

  it('asks for the vehicle where only that can tell, and for both where both can', async () => {
    const { cloud, read, invers } = await given()
    cloud.on(`GET ${statePath()}`, { body: everything }).on(`GET ${vehiclePath()}`, { body: vehicleOf() })
    expect(['lock', 'reachability', 'vehicle', 'windows'].map((group) => invers.cost(car, [group as 'lock']))).to.deep.equal([
      1, 2, 2, 0,
    ])
    const answer = await read('reachability')
    expect(valuesOf(answer.readings)).to.include({
      'reachability.status': 'available',
      'vehicle.operation': 'operating',
      'vehicle.rental': 'free',
      'vehicle.lastContact': '2026-03-02T11:41:12.000Z',
      'lock.central': 'locked',
    })
    expect(cloud.paths()).to.have.members([`GET ${statePath()}`, `GET ${vehiclePath()}`])
    expect(invers.bring(car, ['lock']))
      .to.include.members(['battery', 'fuel', 'doors', 'position'])
      .and.not.include('vehicle')
    expect(answer.groups).to.include.members(['reachability', 'vehicle', 'lock'])
  })

  it('gives what one call brought when the other fails', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${statePath()}`, { body: everything }).on(`GET ${vehiclePath()}`, problem('/problems/missing-permissions', 403))
    const answer = await read('vehicle', 'lock')
    expect(answer.failures.map(({ code }) => code)).to.deep.equal(['SCOPE_MISSING'])
    expect(answer.groups).to.include('lock').and.not.include('vehicle')
  })

  it('reads the state where the account says that it is', async () => {
    const { cloud, values } = await given({ statePath: '/fleet/{vehicle_id}/latest' })
    cloud.on(`GET /fleet/${car}/latest`, { body: { central_lock: property('LOCKED') } })
    expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
  })

  it('reads vehicles whose ids are of any kind, and takes in what is told of them', async () => {
    const ids = ['a/b', '../x', 'Ä 日本', 'k?x=1#y', '%2F']
    const home = await given(
      {},
      ids.map((id) => vehicleOf(id)),
    )
    const { cloud, list, go, invers, abort } = home
    await list()
    for (const id of ids) {
      cloud.on(`GET ${statePath(id)}`, { body: { central_lock: property('LOCKED') } })
      const { readings, failures } = await go(invers.read(id, ['lock'], abort.signal))
      expect([valuesOf(readings), failures], id).to.deep.equal([{ 'lock.central': 'locked' }, []])
      const data = { vehicle_id: id, vehicle_state: { central_lock: property('UNLOCKED') } }
      const told = deliveredBy(invers, { metadata: { id, type: 'VehicleStateRecorded' }, data }, Date.parse(at))
      expect([told?.vehicle, valuesOf(told?.readings ?? [])]).to.deep.equal([id, { 'lock.central': 'unlocked' }])
    }
  })

  it('leaves a car without a latest state alone for a day, and tells when no car has one', async () => {
    const fleet = ['A', 'B', 'C'].map((id) => vehicleOf(id))
    const { cloud, list, go, invers, abort, drifts, clock } = await given({}, fleet)
    await list()
    for (const one of fleet) cloud.on(`GET ${statePath(one.id)}`, gone).on(`GET ${vehiclePath(one.id)}`, { body: one })
    const read = (id: string) => go(invers.read(id, ['lock'], abort.signal))
    expect((await read('A')).failures).to.deep.equal([])
    expect([invers.cost('A', ['lock']), invers.cost('B', ['lock']), invers.cost('A', ['vehicle'])]).to.deep.equal([0, 1, 1])
    await read('B')
    expect(drifts).to.deep.equal([])
    await read('C')
    expect(drifts.map(({ sample }) => sample)).to.deep.equal(['no car has one: check the state path'])
    expect(invers.cost('D', ['lock'])).to.equal(0)
    await clock.advance(hours(2))
    expect([invers.cost('A', ['lock']), invers.cost('D', ['lock'])]).to.deep.equal([0, 1])
    await clock.advance(days(1))
    expect(invers.cost('A', ['lock'])).to.equal(1)
  })

  it('takes what the list says of a car that is not at its own address, which is a guess', async () => {
    const { cloud, list, values, invers, go, abort, drifts, clock } = await given()
    await list()
    cloud.on(`GET ${statePath()}`, { body: everything }).on(`GET ${vehiclePath()}`, gone)
    expect(await values('vehicle')).to.include({
      'vehicle.odometer': 48213,
      'vehicle.operation': 'operating',
      'vehicle.rental': 'free',
      'reachability.status': 'available',
    })
    expect(drifts.map(({ where }) => where)).to.deep.equal(['vehicle'])
    expect((await go(invers.capabilities(car, abort.signal))).commands).to.include('unlock')
    // Whether it is still there, and what is said of it now, is looked up seldom.
    const lists = () => cloud.paths().filter((path) => path === 'GET /vehicles?limit=100').length
    expect(lists()).to.equal(1)
    await clock.advance(hours(2))
    cloud.on('GET /vehicles?limit=100', { body: { items: [vehicleOf(car, { rental_status: { value: 'IN_RENTAL' } })] } })
    for (let n = 0; n < 3; n++) expect(await values('vehicle')).to.include({ 'vehicle.rental': 'rented' })
    expect(lists()).to.equal(2)
    await clock.advance(hours(2))
    cloud.on('GET /vehicles?limit=100', { status: 500, body: '' })
    expect(await values('vehicle')).to.include({ 'vehicle.rental': 'rented' })
  })

  it('tells a car without a state, and not at its own address, from one that left the list', async () => {
    const { cloud, list, read, go, invers, abort, clock } = await given()
    await list()
    cloud.on(`GET ${statePath()}`, gone).on(`GET ${vehiclePath()}`, gone)
    expect((await read('lock')).failures).to.deep.equal([])
    await clock.advance(hours(2))
    cloud.on('GET /vehicles?limit=100', { body: { items: [vehicleOf('OTHER')] } })
    expect((await failing(read('vehicle'))).code).to.equal('VEHICLE_UNKNOWN')
    // Who is in the fleet is learnt when the account asks.
    expect((await failing(go(invers.read('OTHER', ['vehicle'], abort.signal)))).code).to.equal('VEHICLE_UNKNOWN')
  })

  it('does not take a car for present that is not at its own address, when others are at theirs', async () => {
    const { cloud, list, values, go, invers, abort } = await given({}, [vehicleOf(), vehicleOf('OTHER')])
    await list()
    cloud.on(`GET ${statePath()}`, { body: everything }, gone).on(`GET ${vehiclePath()}`, gone)
    cloud.on(`GET ${statePath('OTHER')}`, { body: everything }).on(`GET ${vehiclePath('OTHER')}`, { body: vehicleOf('OTHER') })
    expect(await values('vehicle'), 'while none was found there').to.include({ 'vehicle.rental': 'free' })
    await go(invers.read('OTHER', ['vehicle'], abort.signal))
    expect((await failing(go(invers.read(car, ['vehicle'], abort.signal)))).code).to.equal('VEHICLE_UNKNOWN')
    expect(cloud.paths().filter((path) => path === 'GET /vehicles?limit=100')).to.have.length(1)
  })

  it('tells a car that left the fleet from one without a state', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${statePath()}`, gone).on(`GET ${vehiclePath()}`, gone)
    expect((await failing(read('lock'))).code).to.equal('VEHICLE_UNKNOWN')
  })

  it('reads again with a new token after a 401, and after a fault of the authorization server', async () => {
    const { cloud, values, tokens, clock } = await given()
    const good = { body: { central_lock: property('LOCKED') } }
    cloud.on(`GET ${statePath()}`, problem('/problems/missing-credentials', 401), good)
    expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
    expect(tokens.renewals).to.equal(1)
    const begun = clock.now()
    cloud.on(`GET ${statePath()}`, problem('/problems/authorization-server-error', 403), good)
    expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
    expect(clock.now() - begun).to.be.within(700, 1300)
  })

  it('keeps what is left of the calls for commands, and asks nothing while nothing is left', async () => {
    const { cloud, values, read, send, clock } = await given()
    const reset = String(Math.floor(clock.now() / 1000) + 30)
    const left = (count: number) => ({
      body: { central_lock: property('LOCKED') },
      headers: { 'X-Rate-Limit-Limit': '100', 'X-Rate-Limit-Remaining': String(count), 'X-Rate-Limit-Reset': reset },
    })
    cloud.on(`GET ${statePath()}`, left(11), left(10), left(99)).on(`POST /vehicles/${car}/commands/lock-central-lock`, left(0))
    await values('lock')
    await values('lock')
    const refused = await failing(read('lock'))
    expect(refused.cause).to.include({ code: 'QUOTA_MINUTE', retryAfter: 30 })
    expect((await send('lock')).phase).to.equal('done')
    expect((await send('lock')).cause?.code).to.equal('QUOTA_MINUTE')
    expect(cloud.seen).to.have.length(3)
    await clock.advance(seconds(31))
    expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
  })

  const limits: readonly [what: string, headers: Record<string, string>, back: number][] = [
    ['a limit told before the clock was set back', { 'X-Rate-Limit-Limit': '100', 'X-Rate-Limit-Remaining': '5' }, days(1)],
    ['a limit that does not say how much is left', { 'X-Rate-Limit-Limit': '100', 'X-Rate-Limit-Remaining': '' }, 0],
  ]
  for (const [what, told, back] of limits)
    it(`does not wait for ${what}`, async () => {
      const { cloud, values, clock } = await given()
      const headers = { ...told, 'X-Rate-Limit-Reset': String(Math.floor(clock.now() / 1000) + 30) }
      cloud.on(`GET ${statePath()}`, { body: {}, headers }, { body: { central_lock: property('LOCKED') } })
      await values('lock')
      await clock.advance(-back)
      expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
    })

  it('waits out a refusal for too many calls, and longer each time when it is not told how long', async () => {
    const { cloud, values, clock } = await given()
    const refusal = problem('/problems/too-many-requests', 429)
    cloud.on(`GET ${statePath()}`, refusal, refusal, { body: { central_lock: property('LOCKED') } })
    const begun = clock.now()
    expect(await values('lock')).to.deep.equal({ 'lock.central': 'locked' })
    expect(clock.now() - begun).to.be.within(3000, 3100)
    cloud.on(`GET ${statePath()}`, { ...refusal, headers: { 'Retry-After': '20' } }, { body: {} })
    const again = clock.now()
    await values('lock')
    expect(clock.now() - again).to.be.within(20_000, 20_100)
  })

  it('offers no group that no answer can speak of', async () => {
    const { invers } = await given()
    const told = signalGroups.filter((group) => invers.cost(car, [group]) > 0)
    expect(told).to.have.members(['battery', 'fuel', 'vehicle', 'lock', 'doors', 'position', 'service', 'assist', 'reachability'])
  })

  it('gives every property the time that it was captured at', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${statePath()}`, {
      body: { central_lock: property('LOCKED'), mileage_in_kilometers: property(1, '2026-03-02T09:00:00+02:00') },
    })
    const { readings } = await read('lock')
    expect(readings.map(({ observedAt }) => observedAt)).to.deep.equal([Date.parse(at), Date.parse('2026-03-02T07:00:00Z')])
  })
})
