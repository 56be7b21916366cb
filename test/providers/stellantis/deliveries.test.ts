import { expect } from 'chai'
import type { Delivery, DeliveryContext } from '../../../src/providers/monitors'
import { givenStellantis, page, vin } from './scripted'
import { valuesOf } from './reading'

const received = Date.parse('2026-03-02T12:00:05Z')
const date = '2026-03-02T12:00:03.118Z'
const silent: DeliveryContext = { headers: {}, query: {}, receivedAt: received }
const named: DeliveryContext = { ...silent, headers: { 'x-driveway-vehicle': vin } }

const position = {
  type: 'Feature',
  geometry: { type: 'Point', coordinates: [2.2088, 48.8049, 161] },
  properties: { createdAt: '2026-03-02T12:00:01Z', heading: 212, type: 'Acquire', fixStatus: '3D' },
}

describe('Messages that Stellantis delivers', () => {
  const open: Awaited<ReturnType<typeof givenStellantis>>[] = []
  const given = async (api: 'v4' | 'v1' = 'v1') => {
    const home = await givenStellantis({ api })
    open.push(home)
    const read = (message: unknown, context = named): Delivery | undefined => home.provider.deliveries.read(message, context)
    return { ...home, deliver: read, said: (message: unknown) => valuesOf(read(message)?.readings ?? []) }
  }
  afterEach(async () => {
    for (const { cloud } of open.splice(0)) await cloud.close()
  })

  const fired = (data: unknown, more: Record<string, unknown> = {}) => ({
    channelId: 'ch1',
    type: 'Monitor',
    date,
    monitorEvent: { monitorId: 'm1', data },
    ...more,
  })
  const older = (values: unknown, extensions?: unknown) => ({
    callbackId: 'cb1',
    type: 'Monitor',
    date,
    attributes: [{ key: 'vin', value: vin }],
    monitorEvent: { monitorId: 'm1', values, extensions, refresh: false },
  })
  const literal = (data: string, value: string, more = {}) => ({
    data,
    value: { type: 'string', body: { literalValue: value } },
    ...more,
  })

  it('v1: tell what fired, the car, and what comes with it', async () => {
    const { deliver } = await given()
    const message = fired(
      {
        values: [{ data: 'vehicle.energy.electric.level', value: '19.5' }],
        extensions: [
          { type: 'vehicle.position', body: [{ position }] },
          {
            type: 'vehicle.alerts.active',
            body: [
              {
                alerts: [{ id: 'a1', active: true, type: 'OilLevelLow', severity: 'Warning', startedAt: '2026-03-02T11:12:40Z' }],
              },
            ],
          },
        ],
        refresh: false,
      },
      { attributes: [{ key: 'monitor', value: 'Low battery' }] },
    )
    const delivery = deliver(message)
    expect(delivery?.key).to.match(/^monitor m1 2026-03-02T12:00:03.118Z [0-9a-f]{32}$/)
    expect(delivery).to.deep.include({
      at: Date.parse(date),
      channelId: 'ch1',
      vehicle: vin,
      groups: [],
      monitor: {
        monitorId: 'm1',
        refresh: false,
        values: [{ data: 'vehicle.energy.electric.level', value: '19.5' }],
        attributes: { monitor: 'Low battery' },
      },
    })
    expect(valuesOf(delivery?.readings ?? [])).to.deep.include({
      'battery.stateOfCharge': 19.5,
      'position.location': { latitude: 48.8049, longitude: 2.2088, altitude: 161, heading: 212 },
      'position.fix': '3d',
      'alerts.active': ['oil-level-low'],
      'alerts.severity': 'warning',
    })
    const times = Object.fromEntries((delivery?.readings ?? []).map(({ signal, observedAt }) => [signal, observedAt]))
    expect(times['battery.stateOfCharge'], 'the time of the message').to.equal(Date.parse(date))
    expect(times['position.location'], 'its own time').to.equal(Date.parse('2026-03-02T12:00:01Z'))
  })

  it('v4 and v1 of old: the values stand beside the monitor, inside of objects', async () => {
    const { deliver } = await given('v4')
    const delivery = deliver(older([literal('environment.air.temp', '31.5', { previous: '29' })]), silent)
    expect(delivery).to.deep.include({ channelId: 'cb1', vehicle: vin })
    expect(delivery?.monitor?.values).to.deep.equal([{ data: 'environment.air.temp', value: '31.5', previous: '29' }])
    expect(valuesOf(delivery?.readings ?? [])).to.deep.equal({ 'climate.outsideTemperature': 31.5 })
    const inside = { data: 'vehicle.odometer', value: { type: 'string', body: { literalValue: '22000', previous: '21999' } } }
    expect(deliver(older([inside]))?.monitor?.values).to.deep.equal([
      { data: 'vehicle.odometer', value: '22000', previous: '21999' },
    ])
  })

  it('v4: an alert is an object; the list of all alerts is not made up from it', async () => {
    const { deliver } = await given('v4')
    const objectValues = [{ id: '0a9d17', type: 'FuelLevelLow', active: true }, { type: 'OilLevelLow' }]
    const delivery = deliver(older([{ data: 'vehicle.alert', value: { type: 'obj.alert', body: { objectValues } } }]))
    expect(delivery?.monitor?.values).to.deep.equal([
      { data: 'vehicle.alert', value: 'FuelLevelLow' },
      { data: 'vehicle.alert', value: 'OilLevelLow' },
    ])
    expect(delivery?.readings).to.deep.equal([])
  })

  for (const [api, value] of [
    ['v1', 'FuelLevelLow'],
    [
      'v4',
      { type: 'obj.alert', body: { objectValues: [{ id: 'a2', type: 'FuelLevelLow', active: true, severity: 'Warning' }] } },
    ],
  ] as const)
    it(`${api}: an alert joins the list that was told before`, async () => {
      const { said } = await given(api)
      const before = { id: 'a1', active: true, type: 'OilLevelLow', severity: 'Warning' }
      said(fired({ values: [], extensions: [{ type: 'vehicle.alerts', body: [{ alerts: [before] }] }] }))
      const told = said(older([{ data: 'vehicle.alert', value }]))
      expect(told['alerts.active']).to.deep.equal(['oil-level-low', 'fuel-level-low'])
      expect(told['alerts.details']).to.have.length(2)
      expect(said(older([{ data: 'vehicle.alert', value }])), 'it is there already').to.deep.equal({})
    })

  it('say of a reminder that it is one', async () => {
    const { deliver } = await given()
    expect(deliver(fired({ values: [], refresh: true }))?.monitor?.refresh).to.equal(true)
    expect(deliver(older([]))?.monitor?.refresh).to.equal(false)
  })

  it('pass settings on as they are', async () => {
    const { deliver } = await given()
    const settings = { type: 'DigitalKey', event: { digitalKey: { status: 'OwnerPairingCompleted' } } }
    const delivery = deliver({ channelId: 'ch1', type: 'Monitor', date, monitorEvent: { monitorId: 'm1', settings } })
    expect(delivery?.monitor).to.deep.include({ settings, values: [] })
    expect(delivery?.readings).to.deep.equal([])
  })

  for (const [data, value, readings] of [
    ['vehicle.energy.charging.status', 'Finished', { 'charging.status': 'complete' }],
    ['vehicle.energy.charging.status', 'Disconnected', { 'charging.status': 'idle', 'charging.connection': 'disconnected' }],
    ['vehicle.energy.charging.status', 'InProgress', { 'charging.status': 'charging', 'charging.connection': 'connected' }],
    ['vehicle.energy.charging.plugged', 'true', { 'charging.connection': 'connected' }],
    ['vehicle.energy.charging.type', 'Quick', { 'charging.mode': 'quick' }],
    ['vehicle.energy.charging.settings.chargePreferenceRate', 'MedPlus', { 'charging.powerLevel': 4 }],
    ['vehicle.kinetic.speed', '10', { 'vehicle.speed': 36 }],
    ['vehicle.kinetic.moving', 'false', { 'vehicle.moving': false }],
    ['vehicle.powertrain.status', 'NotRunning', { 'engine.status': 'stopped' }],
    ['vehicle.autonomy', '512', { 'vehicle.range': 512 }],
    ['vehicle.maintenance.daysBeforeMaintenance', '-3', { 'service.time': -3 }],
    ['vehicle.safety.autoECallTriggering', 'Detected', { 'safety.eCall': 'detected' }],
    ['vehicle.alarm.trigger.type', 'GlassBreached', { 'alerts.alarmTrigger': 'glass' }],
    ['privacy.state', 'Full', { 'reachability.privacy': 'full' }],
    ['stolen.state', 'true', { 'alerts.stolen': true }],
    ['vehicle.collision.side', 'Front', { 'alerts.collision': { sides: [{ side: 'front' }] } }],
    ['vehicle.doorsState.lockedState', '', {}],
    ['vehicle.trip.distance', '12.5', {}],
    ['vehicle.energy.electric.level', 'much', {}],
    ['vehicle.energy.electric.level', '120', {}],
    ['vehicle.energy.charging.status', 'Dancing', { 'charging.status': 'unknown' }],
    ['vehicle.hovering', '1', {}],
  ] as const)
    it(`${data} ${value} tells ${JSON.stringify(readings)}`, async () => {
      const { said } = await given()
      expect(said(fired({ values: [{ data, value }] }))).to.deep.equal(readings)
    })

  it('read every extension by the rules of its block', async () => {
    const { said, drifts } = await given()
    const body = (type: string, inside: unknown) => ({ type, body: [inside] })
    const told = said(
      fired({
        values: [{ data: 'vehicle.doorsState.lockedState' }],
        extensions: [
          body('vehicle.doorsState', {
            doorState: { lockedState: ['Locked'], opening: [{ identifier: 'Trunk', state: 'Closed' }] },
          }),
          body('vehicle.maintenance', { maintenance: { daysBeforeMaintenance: 12, mileageBeforeMaintenance: 900 } }),
          body('vehicle.telemetry', { telemetry: { createdAt: date, environment: { air: { temp: 7 } } } }),
          body('vehicle.latestTelemetry', { latestTelemetry: { createdAt: date, vehicle: { odometer: { mileage: 4711 } } } }),
          body('vehicle.alarm', { alarm: { status: { activation: 'Active' } } }),
          body('vehicle.collision', { collision: { createdAt: date, details: [{ side: 'Rear', severity: 'Minor' }] } }),
          body('vehicle.stolen', { stolen: { state: true, startedAt: date } }),
          body('vehicle.trip', { trip: { id: 't1' } }),
          body('vehicle.status', { status: { privacy: { state: 'None' } } }),
        ],
      }),
    )
    expect(told).to.deep.include({
      'lock.central': 'locked',
      'doors.tailgate': 'closed',
      'service.time': 12,
      'service.distance': 900,
      'climate.outsideTemperature': 7,
      'vehicle.odometer': 4711,
      'alerts.alarm': 'active',
      'alerts.stolen': true,
      'reachability.privacy': 'none',
    })
    expect(told['alerts.collision']).to.deep.include({ sides: [{ side: 'rear', severity: 'minor' }] })
    expect(drifts).to.deep.equal([])
  })

  it('an extension without alerts says that there are none; a missing one says nothing', async () => {
    const { said } = await given()
    expect(said(fired({ values: [], extensions: [{ type: 'vehicle.alerts.active', body: [{ alerts: [] }] }] }))).to.deep.include({
      'alerts.active': [],
      'alerts.severity': 'none',
    })
    expect(said(fired({ values: [], extensions: [{ type: 'vehicle.alerts.active', body: [] }] }))).to.deep.equal({})
  })

  it('name the car by header, query, attribute, or by the monitor that watches only one', async () => {
    const { deliver, provider, cloud, abort, go } = await given('v4')
    const carOf = (context: Partial<DeliveryContext>, more = {}) =>
      deliver({ ...fired({ values: [] }), ...more }, { ...silent, ...context })?.vehicle
    expect(carOf({ headers: { 'x-driveway-vehicle': vin } })).to.equal(vin)
    expect(carOf({ headers: { 'x-driveway-vehicle': `${vin}, ${vin}` } })).to.equal(vin)
    expect(carOf({ query: { vin } })).to.equal(vin)
    expect(carOf({}, { attributes: [{ key: 'VIN', value: vin }] })).to.equal(vin)
    expect(carOf({ headers: { 'x-driveway-vehicle': '$vin' } }), 'a variable that was not filled in').to.equal(undefined)
    expect(carOf({})).to.equal(undefined)
    const monitors = '/user/vehicles/1f6b83d2c09e4a7751aa3e0f92bc64d7180e55ca/callbacks/cb1/monitors'
    cloud.on(
      `GET ${monitors}?client_id=id-1`,
      page('monitors', [{ monitorId: 'm1', monitor: { label: 'x' }, status: 'Running' }]),
    )
    await go(provider.monitors.monitors('cb1', vin, abort.signal))
    expect(carOf({}), 'known since the monitors were listed').to.equal(vin)
  })

  it('have one key each, the same when they come again', async () => {
    const { deliver } = await given()
    const key = (message: unknown, context = named) => deliver(message, context)?.key
    const remote = (eventStatus: unknown, at = date) => ({
      type: 'Remote',
      date: at,
      remoteEvent: { remoteActionId: 'r1', remoteType: 'Doors', eventStatus },
    })
    const pending = remote({ type: 'Pending', status: 'Accepted' })
    expect(key(fired({ values: [] }))).to.equal(key(fired({ values: [] })))
    expect(key({ ...fired({ values: [] }), date: '2026-03-02T12:00:04Z' })).not.to.equal(key(fired({ values: [] })))
    expect(key(pending)).to.equal(key(remote({ type: 'Pending', status: 'Accepted' }, '2026-03-02T12:01:00Z')))
    expect(key(pending)).not.to.equal(key(remote({ type: 'Pending', status: 'SentToVehicle' })))
    expect(deliver(pending)).to.deep.include({ remote: { id: 'r1' }, readings: [], vehicle: vin })
  })

  it('are told apart where one monitor tells several at one time: by the car, the reminder, the values', async () => {
    const { deliver } = await given()
    const key = (message: unknown, context = silent) => deliver(message, context)?.key
    const ofCar = (car: string) => ({ attributes: [{ key: 'vin', value: car }] })
    const level = (value: string) => ({ values: [{ data: 'vehicle.energy.electric.level', value }] })
    const other = 'VR3UHZKXZPT000002'
    const keys = [
      key(fired(level('19'), ofCar(vin))),
      key(fired(level('19'), ofCar(other))),
      key(fired({ ...level('19'), refresh: true }, ofCar(vin))),
      key(fired(level('18'), ofCar(vin))),
      key(fired(level('19')), { ...silent, headers: { 'x-driveway-vehicle': 'car-3' } }),
      key(fired(level('19')), { ...silent, query: { vin: 'car-4' } }),
    ]
    expect(new Set(keys).size).to.equal(keys.length)
    expect(keys.join(' '), 'keys are written down').not.to.contain(vin)
    expect(key(fired(level('19'), ofCar(vin)), named), 'again, in a batch without headers').to.equal(keys[0])
  })

  it('take their own clock, but none that is ahead of ours', async () => {
    const { deliver } = await given()
    expect(deliver({ ...fired({ values: [] }), date: '2026-03-02T11:00:00+0000' })?.at).to.equal(
      Date.parse('2026-03-02T11:00:00Z'),
    )
    expect(deliver({ ...fired({ values: [] }), date: '2026-03-02T14:00:00Z' })?.at).to.equal(received)
    expect(deliver({ ...fired({ values: [] }), date: 'soon' })?.at).to.equal(received)
  })

  for (const [what, message] of [
    ['nothing', undefined],
    ['a text', 'Monitor'],
    ['a number', 5],
    ['a list', [fired({ values: [] })]],
    ['an empty object', {}],
    ['another type', { type: 'Hello', date }],
    ['a type without its event', { type: 'Monitor', date }],
    ['an event of another type', { type: 'Remote', date, monitorEvent: { monitorId: 'm1' } }],
    ['a monitor without a name', { type: 'Monitor', date, monitorEvent: { data: { values: [] } } }],
    ['a remote without a status', { type: 'Remote', date, remoteEvent: { remoteActionId: 'r1' } }],
    ['a remote without a name', { type: 'Remote', date, remoteEvent: { eventStatus: { type: 'Done', status: 'Success' } } }],
  ] as const)
    it(`${what} is no delivery`, async () => {
      const { deliver, drifts } = await given()
      expect(deliver(message)).to.equal(undefined)
      expect(drifts).to.deep.equal([])
    })

  it('do not spoil each other: a bad member costs only itself', async () => {
    const { said } = await given()
    const values = [
      null,
      5,
      {},
      { data: 7, value: 'x' },
      { data: 'vehicle.odometer', value: { type: 'string' } },
      { data: 'vehicle.odometer', value: ['x'] },
    ]
    expect(
      said(fired({ values: [...values, { data: 'vehicle.energy.fuel.level', value: 40 }], extensions: 'none' })),
    ).to.deep.equal({
      'fuel.level': 40,
    })
  })

  it('show nothing private in what is told as strange', async () => {
    const { deliver, drifts } = await given()
    deliver(fired({ values: [{ data: `about ${vin}`, value: vin }], extensions: [{ type: 'x', body: [{ [vin]: 1 }] }] }))
    expect(drifts.length).to.be.greaterThan(0)
    expect(JSON.stringify(drifts)).not.to.include(vin)
  })
})
