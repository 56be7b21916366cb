import { expect } from 'chai'
import { hours } from '../../../src/clock'
import { alertCodes, alertCodesOfBoth, alertCodesOfV1, alertCodesOfV4 } from '../../../src/providers/stellantis/alertCodes'
import { DrivewayError } from '../../../src/vehicle/causes'
import { carId, givenStellantis, listedV4, page, vin } from './scripted'

const seen = '2026-03-02T11:50:00Z'
const status = (members: object = {}) => ({ body: { createdAt: seen, ignition: { type: 'Stop' }, ...members } })
const withEverything = status({
  lastPosition: { type: 'Feature', geometry: { coordinates: [2, 48] }, properties: { createdAt: seen } },
  alarm: { status: { createdAt: seen, activation: 'Inactive' } },
})
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'no error',
    (error: unknown) => (error instanceof DrivewayError ? error.code : String(error)),
  )

describe('The cars of a Stellantis account', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  afterEach(() => home.cloud.close())

  it('are listed by their vehicle numbers, with what is known of them', async () => {
    home = await givenStellantis()
    expect(await home.vehicles()).to.deep.equal([
      {
        id: vin,
        meta: { brand: 'Peugeot', model: 'e-208', energy: 'electric', image: 'https://cloud.invalid/p1.png' },
      },
    ])
  })

  it('are found on every page of the list', async () => {
    home = await givenStellantis({ api: 'v1' })
    const car = (end: string) => ({ vin: `VR3ZZZSWXR123456${end}`, motorization: 'Thermic' })
    home.cloud.on('GET /accounts/vehicles', page('vehicles', [car('1'), car('2')], 'https://elsewhere.invalid/x?pageToken=t2'))
    home.cloud.on('GET /accounts/vehicles?pageToken=t2', page('vehicles', [car('3')], '?pageToken=t3'))
    home.cloud.on('GET /accounts/vehicles?pageToken=t3', page('vehicles', []))
    const cars = await home.vehicles()
    expect(cars.map(({ id }) => id.slice(-1))).to.deep.equal(['1', '2', '3'])
    expect(cars[0]?.meta).to.deep.equal({ energy: 'other' })
  })

  it('end with the list, even where its last page points to itself', async () => {
    home = await givenStellantis({ api: 'v1' })
    home.cloud.on('GET /accounts/vehicles', page('vehicles', [{ vin }], '?pageToken=t'))
    home.cloud.on('GET /accounts/vehicles?pageToken=t', page('vehicles', [{ vin: `${vin}X` }], '?pageToken=t'))
    expect(await home.vehicles()).to.have.length(2)
    expect(home.cloud.seen).to.have.length(2)
  })

  it('are none where the answer has neither list nor total', async () => {
    home = await givenStellantis({ api: 'v1' })
    home.cloud.on('GET /accounts/vehicles', { body: { _links: {} } })
    expect(await home.vehicles()).to.deep.equal([])
  })

  it('have the id of their link where v4 tells none, and v1 takes the vehicle number', async () => {
    home = await givenStellantis()
    const { id: _, ...rest } = listedV4
    home.cloud.on('GET /user/vehicles?extension=branding&extension=pictures&client_id=id-1', page('vehicles', [rest]))
    home.on('/maintenance', { body: { daysBeforeMaintenance: 9 } })
    await home.vehicles()
    expect(await home.values('service')).to.deep.equal({ 'service.time': 9 })
  })

  it('that nobody knows are said to be unknown, and what to do', async () => {
    home = await givenStellantis({ api: 'v1' })
    home.cloud.on('GET /accounts/vehicles', { status: 404, body: { uuid: 'u', code: 40410, message: 'No vehicule found' } })
    expect(await codeOf(home.vehicles())).to.equal('VEHICLE_UNKNOWN')
  })
})

describe('The state of a Stellantis car (v4)', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  beforeEach(async () => {
    home = await givenStellantis()
  })
  afterEach(() => home.cloud.close())

  it('comes with one call, whatever of it was asked for', async () => {
    home.on('/status', withEverything)
    await home.vehicles()
    home.calls()
    const answer = await home.read('charging')
    expect(home.calls()).to.deep.equal(['/status'])
    expect(answer.groups).to.include.members(['charging', 'battery', 'lock', 'doors', 'vehicle', 'lowVoltage', 'position'])
    expect(answer.groups).to.not.include.members(['service', 'alerts', 'assist'])
    expect(answer.failures).to.deep.equal([])
    expect(home.bring('charging')).to.include.members(['doors', 'climate', 'fuel'])
    expect(home.bring('charging')).to.not.include.members(['service'])
  })

  it('tells when the car was last heard of', async () => {
    home.on('/status', status({ createdAt: '2026-03-02T10:00:00Z', updatedAt: '2026-03-02T11:59:00Z' }))
    const { readings } = await home.read('vehicle')
    const contact = readings.find(({ signal }) => signal === 'vehicle.lastContact')
    expect(contact).to.deep.include({
      value: '2026-03-02T11:59:00.000Z',
      observedAt: Date.parse('2026-03-02T11:59:00Z'),
    })
  })

  it('finds out the id in paths by itself, once', async () => {
    home.on('/status', withEverything)
    await home.read('lock')
    await home.read('lock')
    expect(home.cloud.paths()).to.deep.equal([
      'GET /user/vehicles?client_id=id-1',
      `GET /user/vehicles/${carId}/status?client_id=id-1`,
      `GET /user/vehicles/${carId}/status?client_id=id-1`,
    ])
  })

  it('asks for the position by itself only where the state has none', async () => {
    home.on('/status', status(), withEverything)
    home.on('/lastPosition', {
      body: { type: 'Feature', geometry: { type: 'Point', coordinates: [2.2, 48.8] }, properties: { createdAt: seen } },
    })
    await home.vehicles()
    home.calls()
    expect(await home.values('position')).to.deep.include({ 'position.location': { latitude: 48.8, longitude: 2.2 } })
    expect(home.calls()).to.deep.equal(['/lastPosition', '/status'])
    expect(home.cost('position')).to.equal(2)
    await home.read('position')
    home.calls()
    await home.read('position')
    expect(home.calls()).to.deep.equal(['/status'])
    expect(home.cost('position')).to.equal(1)
  })

  it('asks for maintenance, alerts and assistance where they are wanted', async () => {
    home.on('/status', withEverything)
    home.on('/maintenance', { body: { createdAt: seen, updatedAt: '2026-03-02T11:55:00Z', daysBeforeMaintenance: 212 } })
    home.on('/alerts', page('alerts', [{ id: 'a', type: 'RiskOfIce', severity: 'Warning', active: true, createdAt: seen }]))
    home.on(
      '/collisions',
      page('Collisions', [
        { id: 'c1', createdAt: '2026-02-01T00:00:00Z', details: [{ side: 'Rear' }] },
        { id: 'c2', createdAt: '2026-02-20T00:00:00Z', tippedOver: true, details: [{ side: 'Lateral', severity: 'Major' }] },
      ]),
    )
    home.on(
      '/telemetry?type=vehicle.adas&type=vehicle.transmission&type=vehicle.wipingBlades&pageSize=60',
      page('telemetries', [
        { createdAt: '2026-03-02T09:00:00Z', vehicle: { adas: { esp: true, abs: true } } },
        { createdAt: '2026-03-02T10:00:00Z', vehicle: { adas: { esp: false }, transmission: { gearbox: { ratio: 'Reverse' } } } },
      ]),
    )
    await home.vehicles()
    home.calls()
    expect(await home.values('service')).to.deep.equal({ 'service.time': 212 })
    const alerts = await home.values('alerts')
    expect(alerts).to.deep.include({
      'alerts.active': ['risk-of-ice'],
      'alerts.severity': 'warning',
      'alerts.alarm': 'inactive',
      'alerts.collision': {
        at: '2026-02-20T00:00:00.000Z',
        sides: [{ side: 'lateral', severity: 'major' }],
        tippedOver: true,
      },
    })
    expect(await home.values('assist')).to.deep.equal({
      'assist.stability': false,
      'assist.abs': true,
      'vehicle.gear': 'reverse',
    })
    const { groups } = await home.read('service', 'alerts', 'assist')
    expect(groups).to.include.members(['service', 'alerts', 'assist'])
    expect(home.calls().filter((call) => call === '/status')).to.have.length(2)
  })

  it('loses no alert that came up before the list was seen empty', async () => {
    home.on('/status', withEverything)
    home.on('/collisions', page('Collisions', []))
    const alert = (createdAt: string) => ({ id: createdAt, type: 'RiskOfIce', severity: 'Warning', active: true, createdAt })
    const lists = [[], [alert('2026-03-02T11:59:00Z')], [alert('2026-03-02T13:30:00Z')], []]
    home.on('/alerts', ...lists.map((list) => page('alerts', list)))
    const times: (number | string | undefined)[] = []
    for (const _ of lists) {
      const { readings } = await home.read('alerts')
      const told = readings.find(({ signal }) => signal === 'alerts.active')
      times.push(told?.observedAt === undefined ? 'receipt' : new Date(told.observedAt).toISOString())
      await home.clock.advance(hours(1))
    }
    expect(times).to.deep.equal(['receipt', 'receipt', '2026-03-02T13:30:00.000Z', 'receipt'])
  })

  it('asks for alarms by themselves only where the state has none', async () => {
    home.on('/status', status())
    home.on('/alerts', page('alerts', []))
    home.on('/collisions', page('Collisions', []))
    home.on(
      '/alarms',
      page('alarms', [
        { id: '1', status: { createdAt: '2026-03-01T00:00:00Z', activation: 'Active' } },
        { id: '2', status: { createdAt: '2026-03-02T00:00:00Z', activation: 'Inactive' } },
        { id: '3', trigger: { createdAt: '2026-03-01T01:00:00Z', type: 'RoofBreakIn', startAt: '2026-03-01T00:59:00Z' } },
      ]),
    )
    expect(await home.values('alerts')).to.deep.include({
      'alerts.active': [],
      'alerts.severity': 'none',
      'alerts.alarm': 'inactive',
      'alerts.alarmTrigger': 'roof',
      'alerts.alarmSince': '2026-03-01T00:59:00.000Z',
    })
  })

  it('does without data for a car that has none, and asks again after a day', async () => {
    home.on('/status', { status: 404, body: { code: 40400, message: "We didn't find the status for this vehicle." } })
    await home.vehicles()
    home.calls()
    const answer = await home.read('charging', 'lock')
    expect(answer).to.deep.include({ readings: [], failures: [] })
    expect(answer.groups).to.include.members(['charging', 'lock'])
    expect(home.cost('charging')).to.equal(0)
    await home.read('charging')
    expect(home.calls()).to.deep.equal(['/status'])
    await home.clock.advance(hours(25))
    await home.read('charging')
    expect(home.calls()).to.deep.equal(['/status'])
  })

  it('takes a 404 after good answers for a slip', async () => {
    home.on('/status', withEverything, { status: 404 }, withEverything)
    await home.read('lock')
    expect((await home.read('lock')).readings).to.deep.equal([])
    expect(home.cost('lock')).to.equal(1)
    expect(await home.values('vehicle')).to.include({ 'vehicle.ignition': 'off' })
  })

  it('tells what came although a part failed', async () => {
    home.on('/status', withEverything)
    home.on('/maintenance', { status: 403, body: { code: 40300, message: 'scope data:telemetry is missing' } })
    const answer = await home.read('service', 'lock')
    expect(answer.groups).to.include('lock')
    expect(answer.groups).to.not.include('service')
    expect(answer.failures.map(({ code }) => code)).to.deep.equal(['SCOPE_MISSING'])
  })

  it('does not ask for a day for what was not permitted, and says so once', async () => {
    home.on('/status', withEverything)
    home.on('/alerts', { status: 403, body: { code: 40300, message: 'scope data:alert is missing' } })
    home.on('/collisions', { status: 403, body: { code: 40300, message: 'scope data:collision is missing' } })
    const first = await home.read('alerts')
    expect(first.failures.map(({ code }) => code)).to.deep.equal(['SCOPE_MISSING'])
    expect(first.groups).to.not.include('alerts')
    home.calls()
    const second = await home.read('alerts')
    expect([second.failures, second.groups.includes('alerts')]).to.deep.equal([[], true])
    expect(home.calls()).to.deep.equal(['/status'])
    await home.clock.advance(hours(25))
    await home.read('alerts')
    expect(home.calls()).to.deep.equal(['/alerts', '/collisions', '/status'])
  })

  it('foresees that a car with full privacy takes no command', async () => {
    const car = { id: vin, slug: 'c', label: 'C', provider: 'stellantis', meta: {} } as const
    home.on('/status', status({ privacy: { state: 'Full' } }), status({ privacy: { state: 'None' } }))
    expect(home.provider.likely(car)).to.equal(undefined)
    await home.read('reachability')
    expect(home.provider.likely(car)?.code).to.equal('PRIVACY')
    await home.read('reachability')
    expect(home.provider.likely(car)).to.equal(undefined)
  })

  it('fails when nothing came', async () => {
    home.on('/status', { status: 503, body: '<html>busy</html>' })
    expect(await codeOf(home.read('lock'))).to.equal('PROVIDER_DOWN')
  })

  it('tells each drift once', async () => {
    home.on('/status', status({ ignition: { type: 'Humming' } }))
    await home.read('vehicle')
    await home.read('vehicle')
    expect(home.drifts).to.deep.equal([{ where: 'vehicles/status ignition type', sample: 'Humming' }])
  })

  it('costs no call for groups that no call of Stellantis tells', async () => {
    expect(home.cost('tyres')).to.equal(0)
    expect(await home.read('tyres')).to.deep.equal({ readings: [], groups: ['tyres'], failures: [] })
  })
})

describe('The state of a Stellantis car (v1)', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  beforeEach(async () => {
    home = await givenStellantis({ api: 'v1' })
  })
  afterEach(() => home.cloud.close())

  const latest = (vehicle: object = {}) => ({ body: { createdAt: seen, vehicle: { ignition: { type: 'Start' }, ...vehicle } } })

  it('comes with one call below the vehicle number', async () => {
    home.on('/telemetries/latest', latest({ kinetic: { speed: 10 } }))
    expect(await home.values('lock', 'tyres', 'service')).to.deep.equal({
      'vehicle.ignition': 'on',
      'vehicle.speed': 36,
      'vehicle.lastContact': '2026-03-02T11:50:00.000Z',
    })
    expect(home.calls()).to.deep.equal(['/telemetries/latest'])
  })

  it('asks for alerts, alarms and stolen reports only where the state lacks them', async () => {
    home.on('/telemetries/latest', latest())
    home.on('/alerts?active=true', page('alerts', [{ id: 'a', type: 'warning', severity: 'Warning', active: true }]))
    home.on('/alarms', page('alarms', []))
    home.on('/stolen', page('stolen', []))
    home.on('/collisions', page('Collisions', []))
    expect(await home.values('alerts')).to.deep.include({
      'alerts.active': ['warning'],
      'alerts.stolen': false,
    })
    expect(home.calls()).to.deep.equal(['/alarms', '/alerts?active=true', '/collisions', '/stolen', '/telemetries/latest'])
    home.on(
      '/telemetries/latest',
      latest({
        alerts: { active: { createdAt: seen, activeAlerts: [] } },
        alarm: { id: 'x', status: { createdAt: seen, activation: 'Active' } },
        stolen: { id: 's', state: true, startedAt: seen, createdAt: seen },
      }),
    )
    await home.read('vehicle')
    home.calls()
    expect(await home.values('alerts')).to.include({ 'alerts.alarm': 'active', 'alerts.stolen': true })
    expect(home.calls()).to.deep.equal(['/collisions', '/telemetries/latest'])
  })

  it('follows the list of alerts to its end', async () => {
    home.on('/telemetries/latest', latest({ alarm: { status: { activation: 'Active' } }, stolen: { state: false } }))
    home.on('/collisions', page('Collisions', []))
    const alert = (id: string, type: string) => ({ id, type, severity: 'Warning', active: true })
    home.on('/alerts?active=true', page('alerts', [alert('1', 'RiskOfIce')], '/accounts/vehicles/x/alerts?pageToken=n2'))
    home.on('/alerts?pageToken=n2', page('alerts', [alert('2', 'GearboxFault')]))
    expect((await home.values('alerts'))['alerts.active']).to.deep.equal(['risk-of-ice', 'gearbox-fault'])
  })

  it('puts the driver where the account says', async () => {
    await home.cloud.close()
    home = await givenStellantis({ api: 'v1', steering: { [vin]: 'right' } })
    home.on('/telemetries/latest', latest({ doorsState: { opening: [{ identifier: 'Driver', state: 'Open' }] } }))
    expect(await home.values('doors')).to.include({ 'doors.frontRight': 'open' })
    await home.cloud.close()
    home = await givenStellantis({ api: 'v1', own: { brand: 'vauxhall' } })
    home.on('/telemetries/latest', latest({ doorsState: { opening: [{ identifier: 'Driver', state: 'Open' }] } }))
    expect(await home.values('doors')).to.include({ 'doors.frontRight': 'open' })
  })

  it('takes the speed in the unit that the account says', async () => {
    await home.cloud.close()
    home = await givenStellantis({ api: 'v1', own: { speedUnit: 'km/h' } })
    home.on('/telemetries/latest', latest({ kinetic: { speed: 50 } }))
    expect(await home.values('vehicle')).to.include({ 'vehicle.speed': 50 })
  })
})

describe("Stellantis' alert types", () => {
  it('are all known: 90 of both generations, 48 of v1, 14 of v4', () => {
    expect([alertCodesOfBoth, alertCodesOfV1, alertCodesOfV4].map((table) => Object.keys(table).length)).to.deep.equal([
      90, 48, 14,
    ])
    expect(Object.keys(alertCodes)).to.have.length(152)
    expect(new Set(Object.values(alertCodes)).size).to.equal(137)
    for (const code of Object.values(alertCodes)) expect(code).to.match(/^[a-z]+(-[a-z]+)*$/)
  })
})
