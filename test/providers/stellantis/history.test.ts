import { expect } from 'chai'
import { DrivewayError } from '../../../src/vehicle/causes'
import { givenStellantis, page } from './scripted'

const feature = (longitude: number, latitude: number, properties: object = {}) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [longitude, latitude] },
  properties,
})
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  return error instanceof DrivewayError ? `${error.code}: ${error.message}` : 'no refusal'
}

const tripV1 = {
  id: 't1',
  createdAt: '2026-03-01T06:10:02Z',
  startedAt: '2026-03-01T06:10:00Z',
  stoppedAt: '2026-03-01T06:52:11Z',
  startMileage: 21873.4,
  startEnergies: [{ type: 'Electric', subType: 'ElectricEnergy', level: 80, autonomy: 281 }],
  endEnergies: [{ type: 'Fuel', subType: 'FossilEnergy', level: 40 }],
  stats: {
    duration: 'PT42M11S',
    distance: { total: 27.6, parts: [{ type: 'Electric', percent: 100 }] },
    energyConsumptions: [
      { type: 'Electric', subType: 'ElectricEnergy', consumption: 4.1, avgConsumption: 14850 },
      { type: 'Fuel', consumption: 1.2, avgConsumption: 430 },
    ],
    kinetic: {
      speed: { averageSpeed: 39.3, topSpeed: 92 },
      acceleration: { max: 2.9, min: -3.4, segments: { hardBrakings: [{ offset: 1312, duration: 2, acceleration: -3.4 }] } },
    },
    env: { lightDrive: { day: 100 }, temp: { min: 13, max: 16.5 } },
    ecoCoaching: { totalScore: 81, segments: [{ offset: 0, duration: 60, acceleration: 4, score: 3 }] },
    drivingMode: { segments: [{ offset: 0, duration: 2531, mode: 'Eco' }] },
  },
  state: { done: false, faults: [{ fault: 'DataLacking', cause: 'GeoPrivacy' }] },
  locations: { startPosition: feature(2.34, 48.86), stopPosition: feature(2.2, 48.8) },
}

describe('The past of a Stellantis car (v1)', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  beforeEach(async () => {
    home = await givenStellantis({ api: 'v1' })
  })
  afterEach(() => home.cloud.close())

  it('has seven kinds of records', () => {
    expect(home.provider.history.kinds).to.deep.equal([
      'alerts',
      'alarms',
      'charging-sessions',
      'trips',
      'collisions',
      'stolen',
      'telemetry',
    ])
  })

  it('has trips, whole', async () => {
    home.on('/trips?type=Normal&pageSize=100', page('trips', [tripV1]))
    const { records, next } = await home.past('trips')
    expect(next).to.equal(undefined)
    expect(records).to.deep.equal([
      {
        id: 't1',
        startedAt: '2026-03-01T06:10:00.000Z',
        stoppedAt: '2026-03-01T06:52:11.000Z',
        duration: 2531,
        distance: 27.6,
        parts: [{ propulsion: 'electric', percent: 100 }],
        startMileage: 21873.4,
        startEnergies: [{ type: 'electric', kind: 'electric', level: 80, range: 281 }],
        endEnergies: [{ type: 'fuel', kind: 'fossil', level: 40 }],
        energyConsumptions: [
          { type: 'electric', kind: 'electric', consumption: 4.1, average: 14.85 },
          { type: 'fuel', consumption: 1.2, average: 4.3 },
        ],
        averageSpeed: 39.3,
        topSpeed: 92,
        acceleration: { max: 2.9, min: -3.4, hardBrakings: [{ offset: 1312, duration: 2, acceleration: -3.4 }] },
        environment: { day: 100, minTemperature: 13, maxTemperature: 16.5 },
        ecoCoaching: { totalScore: 81, segments: [{ offset: 0, duration: 60, acceleration: 4, score: 3 }] },
        drivingModes: [{ offset: 0, duration: 2531, mode: 'eco' }],
        startLocation: { latitude: 48.86, longitude: 2.34 },
        stopLocation: { latitude: 48.8, longitude: 2.2 },
        done: false,
        faults: [{ fault: 'data-lacking', cause: 'geolocation-privacy' }],
      },
    ])
    expect(home.drifts).to.deep.equal([])
  })

  it('has charging sessions', async () => {
    home.on(
      '/charging/sessions?timestamps=2026-03-01T00%3A00%3A00Z%2F2026-03-02T00%3A00%3A00Z&pageSize=10',
      page('sessions', [
        {
          sid: 's1',
          state: { done: true, faults: [{ status: 'Unfinished', cause: 'Connection' }] },
          start: '2026-03-01T20:00:00+01:00',
          end: '2026-03-01T23:30:41Z',
          duration: 'PT4H30M41S',
          startEnergy: {
            level: 34,
            autonomy: 118,
            batteryPower: 15800,
            chargingMode: 'Slow',
            chargingSpeed: 30,
            chargePreferenceRate: 'High',
            powerType: 'AC',
            chargingType: 'Partial',
          },
          endEnergy: { level: 80, powerType: 'DC', chargingMode: 'Quick', chargingType: 'Full' },
          finishReason: 'Finished',
          gain: { level: 46, autonomy: 163, power: 21300 },
          segments: [
            { offset: 0, level: 34, autonomy: 118, load: 15800, chargingMode: 'Slow', chargingRate: 30, chargingPowerLevel: 3 },
          ],
          environment: { temperatures: { min: 14.5, max: 21 } },
          position: feature(2.34, 48.86),
        },
      ]),
    )
    const { records } = await home.past('charging-sessions', {
      from: '2026-03-01T00:00:00Z',
      to: '2026-03-02T01:00:00+01:00',
      limit: 10,
    })
    expect(records).to.deep.equal([
      {
        id: 's1',
        start: '2026-03-01T19:00:00.000Z',
        end: '2026-03-01T23:30:41.000Z',
        duration: 16241,
        done: true,
        faults: [{ fault: 'unfinished', cause: 'connection' }],
        finishReason: 'complete',
        startEnergy: {
          level: 34,
          range: 118,
          energy: 15.8,
          mode: 'slow',
          rate: 30,
          powerLevel: 5,
          limitMode: 'partial',
          type: 'ac',
        },
        endEnergy: { level: 80, mode: 'quick', limitMode: 'full', type: 'dc' },
        gain: { level: 46, range: 163, energy: 21.3 },
        segments: [{ offset: 0, level: 34, range: 118, energy: 15.8, mode: 'slow', rate: 30, powerLevel: 3 }],
        temperatures: { min: 14.5, max: 21 },
        location: { latitude: 48.86, longitude: 2.34 },
      },
    ])
  })

  it('has alerts, newest first, only the active ones where asked', async () => {
    const alert = (id: string, active: boolean, startedAt: string) => ({
      id,
      active,
      type: 'OilLevelLow',
      severity: 'Warning',
      startedAt,
      ...(active ? {} : { endAt: '2026-03-01T12:00:00Z', endPosition: feature(2, 48) }),
    })
    home.on(
      '/alerts?pageSize=100',
      page('alerts', [alert('1', false, '2026-03-01T10:00:00Z'), alert('2', true, '2026-03-02T10:00:00Z')]),
    )
    home.on('/alerts?active=true&locale=fr-FR&pageSize=100', page('alerts', [alert('2', true, '2026-03-02T10:00:00Z')]))
    expect((await home.past('alerts')).records).to.deep.equal([
      { id: '2', code: 'oil-level-low', severity: 'warning', since: '2026-03-02T10:00:00.000Z', active: true },
      {
        id: '1',
        code: 'oil-level-low',
        severity: 'warning',
        since: '2026-03-01T10:00:00.000Z',
        active: false,
        endedAt: '2026-03-01T12:00:00.000Z',
        endLocation: { latitude: 48, longitude: 2 },
      },
    ])
    expect((await home.past('alerts', { active: true, locale: 'fr-FR' })).records).to.have.length(1)
  })

  it('has alarms, collisions and stolen reports', async () => {
    home.on(
      '/alarms?pageSize=100',
      page('alarms', [
        { id: 'b', status: { activation: 'Inactive', createdAt: '2026-03-01T00:00:00Z' } },
        {
          id: 'a',
          trigger: {
            type: 'TrunkDoorBreakIn',
            startAt: '2026-03-02T22:47:12Z',
            createdAt: '2026-03-02T22:47:15Z',
            position: feature(2.3, 48.8),
          },
        },
      ]),
    )
    home.on(
      '/collisions?pageSize=100',
      page('Collisions', [
        {
          id: 'c',
          createdAt: '2026-02-28T15:40:07Z',
          pedestrian: false,
          unlockRequested: true,
          details: [{ side: 'Front', severity: 'Minor' }, { side: 'Left' }],
          _links: { trip: { href: 'https://x.invalid/accounts/vehicles/V/trips/t77?x=1' } },
        },
      ]),
    )
    home.on(
      '/stolen?pageSize=100',
      page('stolen', [{ id: 's', state: false, startedAt: '2026-02-01T00:00:00Z', endAt: '2026-02-02T00:00:00Z' }]),
    )
    expect((await home.past('alarms')).records).to.deep.equal([
      {
        id: 'a',
        at: '2026-03-02T22:47:15.000Z',
        trigger: 'tailgate',
        since: '2026-03-02T22:47:12.000Z',
        location: { latitude: 48.8, longitude: 2.3 },
      },
      { id: 'b', at: '2026-03-01T00:00:00.000Z', alarm: 'inactive' },
    ])
    expect((await home.past('collisions')).records).to.deep.equal([
      {
        id: 'c',
        at: '2026-02-28T15:40:07.000Z',
        sides: [{ side: 'front', severity: 'minor' }, { side: 'left' }],
        pedestrian: false,
        unlockRequested: true,
        trip: 't77',
      },
    ])
    expect((await home.past('stolen')).records).to.deep.equal([
      { id: 's', stolen: false, since: '2026-02-01T00:00:00.000Z', endedAt: '2026-02-02T00:00:00.000Z' },
    ])
  })

  it('has the old telemetry in our signals', async () => {
    home.on(
      '/telemetries?pageSize=2',
      page('telemetries', [
        {
          createdAt: '2026-03-01T06:31:00Z',
          _links: { trip: { href: '/accounts/vehicles/V/trips/t1' } },
          vehicle: { kinetic: { speed: 20, moving: true }, energies: [{ type: 'Electric', level: 75.5 }] },
          privacy: { state: 'None' },
        },
      ]),
    )
    expect((await home.past('telemetry', { limit: 2 })).records).to.deep.equal([
      {
        at: '2026-03-01T06:31:00.000Z',
        trip: 't1',
        signals: { 'battery.stateOfCharge': 75.5, 'vehicle.speed': 72, 'vehicle.moving': true, 'reachability.privacy': 'none' },
      },
    ])
  })

  it('has the parts of one trip and of one stolen report', async () => {
    home.on('/trips/t%2F1', { body: tripV1 })
    home.on(
      '/trips/t1/wayPoints?orderBy=ascending',
      page('positions', [
        feature(2.34, 48.86, {
          createdAt: '2026-03-01T06:10:00Z',
          heading: 84,
          type: 'Acquire',
          fixStatus: '3D',
          tripContext: { distance: 0.5, duration: 'PT1M', propulsionType: 'Thermal', kinetic: { hardBraking: true } },
        }),
      ]),
    )
    home.on('/trips/t1/alerts?pageSize=100', page('alerts', []))
    home.on('/trips/t1/collisions?pageSize=100', page('Collisions', []))
    home.on('/trips/t1/telemetry?indexRange=0-4', page('telemetries', [{ createdAt: '2026-03-01T06:31:00Z' }]))
    home.on('/stolen/s1/waypoints?pageSize=100', page('positions', [feature(1, 2)]))
    expect((await home.past('trips', { id: 't/1' })).records).to.have.length(1)
    expect((await home.past('trips', { id: 't1', part: 'wayPoints' })).records).to.deep.equal([
      {
        at: '2026-03-01T06:10:00.000Z',
        location: { latitude: 48.86, longitude: 2.34, heading: 84 },
        fix: '3d',
        trip: { distance: 0.5, duration: 60, propulsion: 'thermal', hardBraking: true },
      },
    ])
    expect((await home.past('trips', { id: 't1', part: 'alerts' })).records).to.deep.equal([])
    expect((await home.past('trips', { id: 't1', part: 'collisions' })).records).to.deep.equal([])
    expect((await home.past('trips', { id: 't1', part: 'telemetry', limit: 5 })).records).to.deep.equal([
      { at: '2026-03-01T06:31:00.000Z', signals: {} },
    ])
    expect((await home.past('stolen', { id: 's1', part: 'wayPoints' })).records).to.deep.equal([
      { location: { latitude: 2, longitude: 1 } },
    ])
  })

  it('comes page by page, with the way to the next one', async () => {
    const trip = (id: string) => ({ id, startedAt: '2026-03-01T06:10:00Z' })
    home.on('/trips?type=Normal&pageSize=2', page('trips', [trip('1'), trip('2')], 'https://x.invalid/trips?pageToken=p%2F2'))
    home.on('/trips?pageToken=p%2F2', page('trips', [trip('3')]))
    const first = await home.past('trips', { limit: 2 })
    expect(first.records).to.have.length(2)
    const second = await home.past('trips', { limit: 2, next: first.next })
    expect(second.records.map(({ id }) => id)).to.deep.equal(['3'])
    expect(second.next).to.equal(undefined)
  })

  it('is empty where the cloud has nothing', async () => {
    expect(await home.past('charging-sessions')).to.deep.equal({ records: [] })
    expect(await home.past('trips', { id: 'gone' })).to.deep.equal({ records: [] })
  })

  it('refuses what cannot be asked, with the reason', async () => {
    const asked: [work: Promise<unknown>, reason: string][] = [
      [home.past('dreams'), 'There are no records of the kind "dreams". There are: alerts, alarms, charging-sessions, trips,'],
      [home.past('trips', { limit: 0 }), 'The limit must be a whole number from 1 to 500'],
      [home.past('trips', { limit: 501 }), 'The limit must be a whole number from 1 to 500'],
      [home.past('trips', { limit: 1.5 }), 'The limit must be a whole number from 1 to 500'],
      [home.past('trips', { from: 'yesterday' }), 'The time "from" must look like 2026-03-02T08:00:00Z'],
      [home.past('trips', { part: 'wayPoints' }), 'A part belongs to one record: give its id'],
      [home.past('trips', { id: 't', part: 'songs' }), 'has no part "songs". It has: alerts, collisions, wayPoints, telemetry'],
      [home.past('alerts', { id: 'a', part: 'songs' }), 'Records of the kind "alerts" have no parts'],
      [home.past('telemetry', { id: 'a' }), 'Records of the kind "telemetry" have no ids'],
      [home.past('trips', { next: 'a b\n' }), 'This is no "next" of an earlier page'],
    ]
    for (const [work, reason] of asked) {
      const said = await refusal(work)
      expect(said).to.contain('INVALID_PARAMS: ')
      expect(said).to.contain(reason)
    }
    expect(home.cloud.seen).to.have.length(0)
  })

  it('has an unknown word where the cloud has a new one', async () => {
    home.on('/trips/t1', { body: { id: 't1', state: { faults: [{ fault: 'Boredom' }] } } })
    expect((await home.past('trips', { id: 't1' })).records).to.deep.equal([{ id: 't1', faults: [{ fault: 'unknown' }] }])
    expect(home.drifts).to.deep.equal([{ where: 'vehicles/trips state.faults fault', sample: 'Boredom' }])
  })
})

describe('The past of a Stellantis car (v4)', () => {
  let home: Awaited<ReturnType<typeof givenStellantis>>
  beforeEach(async () => {
    home = await givenStellantis()
  })
  afterEach(() => home.cloud.close())

  it('has no charging sessions and no stolen reports', () => {
    expect(home.provider.history.kinds).to.deep.equal(['alerts', 'alarms', 'trips', 'collisions', 'telemetry'])
  })

  it('has trips, whose average speed is told in m/s', async () => {
    const trip = {
      id: 't4',
      startedAt: '2026-03-01T06:10:00Z',
      stoppedAt: '2026-03-01T06:52:11Z',
      startPosition: feature(2.34, 48.86),
      duration: 2531,
      distance: 27.6,
      energyConsumptions: [{ type: 'Electric', consumption: 4.1, avgConsumption: 14850 }],
      kinetic: { avgSpeed: 10, maxSpeed: 92 },
      segments: [{ propulsion: 'Hybrid', percent: 40, distance: 11 }],
      done: true,
      faults: [],
    }
    home.on('/trips?pageSize=50', page('trips', [trip]))
    expect((await home.past('trips')).records).to.deep.equal([
      {
        id: 't4',
        startedAt: '2026-03-01T06:10:00.000Z',
        stoppedAt: '2026-03-01T06:52:11.000Z',
        duration: 2531,
        distance: 27.6,
        parts: [{ propulsion: 'hybrid', percent: 40, distance: 11 }],
        energyConsumptions: [{ type: 'electric', consumption: 4.1, average: 14.85 }],
        averageSpeed: 36,
        topSpeed: 92,
        startLocation: { latitude: 48.86, longitude: 2.34 },
        done: true,
        faults: [],
      },
    ])
  })

  it('takes pages that this generation allows, and no more than asked for', async () => {
    const trip = (id: number) => ({ id: String(id) })
    home.on(
      '/trips?pageSize=50',
      page(
        'trips',
        Array.from({ length: 50 }, (_, id) => trip(id)),
        '?pageToken=2',
      ),
    )
    home.on(
      '/trips?pageToken=2',
      page(
        'trips',
        Array.from({ length: 50 }, (_, id) => trip(50 + id)),
        '?pageToken=3',
      ),
    )
    const { records, next } = await home.past('trips', { limit: 100 })
    expect(records).to.have.length(100)
    expect(next).to.equal('pageToken=3')
  })

  it('has no active and ended trips, only alerts of that kind', async () => {
    home.on('/trips?pageSize=50', page('trips', [{ id: '1' }]))
    expect((await home.past('trips', { active: false })).records).to.have.length(1)
    const alert = (id: string, active: boolean) => ({ id, active, type: 'RiskOfIce', severity: 'Warning' })
    home.on('/trips/1/alerts?pageSize=50', page('alerts', [alert('a', true), alert('b', false)]))
    const { records } = await home.past('trips', { id: '1', part: 'alerts', active: true })
    expect(records.map(({ id }) => id)).to.deep.equal(['a'])
  })

  it('sorts out alerts that have ended, since the cloud does not', async () => {
    const alert = (id: string, active: boolean) => ({ id, active, type: 'RiskOfIce', severity: 'Warning' })
    home.on('/alerts?pageSize=50', page('alerts', [alert('1', true), alert('2', false)]))
    expect((await home.past('alerts', { active: false })).records.map(({ id }) => id)).to.deep.equal(['2'])
  })

  it('has position and maintenance beside the old telemetry', async () => {
    const item = {
      createdAt: '2026-03-01T06:31:00Z',
      vehicle: { kinetic: { speed: 77, moving: true } },
      _embedded: { extension: { location: feature(2.3, 48.84, { type: 'Acquire' }), maintenance: { daysBeforeMaintenance: 3 } } },
    }
    home.on('/telemetry?extension=location&extension=maintenance&pageSize=100', page('telemetries', [item]))
    expect((await home.past('telemetry')).records).to.deep.equal([
      {
        at: '2026-03-01T06:31:00.000Z',
        signals: {
          'vehicle.speed': 77,
          'vehicle.moving': true,
          'position.location': { latitude: 48.84, longitude: 2.3 },
          'position.fix': 'acquired',
          'service.time': 3,
        },
      },
    ])
  })
})
