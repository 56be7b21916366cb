import { expect } from 'chai'
import { hours, minutes } from '../../../src/clock'
import { Echoes } from '../../../src/providers/invers/echoes'
import { Fleet } from '../../../src/providers/invers/fleet'
import type { Properties } from '../../../src/providers/invers/events'
import { Intake, type Listener } from '../../../src/providers/invers/intake'
import type { Push } from '../../../src/providers/provider'
import type { SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock, tick } from '../../support/clock'
import { Gate } from '../../support/scriptedProvider'
import { at, car, commandPath, deliveredBy, flowId, givens, property, valuesOf, vehicleOf } from './support'

const occurred = '2026-03-02T11:41:12Z'
const event = (type: string, data: unknown, metadata: Record<string, unknown> = {}) => ({
  metadata: {
    id: '01HZX3V8QK7M2T9B4D6F8G0J1N',
    type,
    schema_major_version: 2,
    occurred_at: occurred,
    flow_id: flowId,
    ...metadata,
  },
  data,
})
const state = { central_lock: property('UNLOCKED'), state_of_charge_or_fuel_level_in_percent: property(64) }
/** As deep as it gets off the wire. */
const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
const receivedAt = Date.parse('2026-03-02T12:00:00Z')

describe('events of INVERS', () => {
  const { given, close } = givens()
  afterEach(close)

  /** What is made of a message that comes by webhook, once the fleet is known. */
  const readers = async () => {
    const home = await given()
    await home.list()
    const read = (message: unknown) => deliveredBy(home.invers, message, receivedAt)
    return { ...home, read }
  }

  const places: [what: string, data: unknown][] = [
    ['beside the id', { vehicle_id: car, vehicle_state: state }],
    ['under another name', { vehicle_id: car, recorded: state }],
    ['flat beside the id', { vehicle_id: car, ...state }],
    ['within the vehicle', { vehicle: { id: car, name: 'x' }, state }],
    ['in camel case', { vehicleId: car, state }],
  ]
  for (const [what, data] of places)
    it(`finds the state ${what}`, async () => {
      const { read, drifts } = await readers()
      const delivery = read(event('VehicleStateRecorded', data))
      expect(delivery).to.include({ key: '01HZX3V8QK7M2T9B4D6F8G0J1N', vehicle: car, at: Date.parse(occurred) })
      expect(valuesOf(delivery?.readings ?? [])).to.deep.equal({ 'lock.central': 'unlocked', 'battery.stateOfCharge': 64 })
      expect(delivery?.readings.map(({ observedAt }) => observedAt)).to.deep.equal([Date.parse(at), Date.parse(at)])
      expect(delivery).not.to.have.property('events')
      expect(drifts).to.deep.equal([])
    })

  it('takes the time of the event for what has none of its own', async () => {
    const { read } = await readers()
    const delivery = read(event('VehicleStateReceived', { vehicle_id: car, state: { central_lock: { value: 'LOCKED' } } }))
    expect(delivery?.readings).to.deep.equal([{ signal: 'lock.central', value: 'locked', observedAt: Date.parse(occurred) }])
  })

  it('says nothing of the charge of a car that it does not know', async () => {
    const { read } = await readers()
    const delivery = read(event('VehicleStateRecorded', { vehicle_id: 'NEW', vehicle_state: state }))
    expect(valuesOf(delivery?.readings ?? [])).to.deep.equal({ 'lock.central': 'unlocked' })
  })

  for (const data of [
    { vehicle_id: car, central_lock: 'LOCKED' },
    { vehicle_id: car, status: 'locked' },
    { vehicle_id: car, change: { from: 1, to: 'LOCKED' } },
    { vehicle_id: car, state: { central_lock: property('LOCKED', occurred) } },
  ])
    it(`knows what became of the lock from ${JSON.stringify(data).slice(0, 60)}`, async () => {
      const { read } = await readers()
      expect(read(event('CentralLockStatusChanged', data))?.readings).to.deep.equal([
        { signal: 'lock.central', value: 'locked', observedAt: Date.parse(occurred) },
      ])
    })

  for (const [what, data] of [
    ['whole', { reasons: ['RENTAL_STATUS_CHANGED'], vehicle: vehicleOf(car, { rental_status: { value: 'IN_RENTAL' } }) }],
    ['in part', { reasons: [], vehicle: { id: car, rental_status: { value: 'IN_RENTAL', modified_at: at } } }],
    [
      'with a part of its data',
      { reasons: [], vehicle: { id: car, master_data: { license_plate: 'B-NEW 1' }, rental_status: { value: 'IN_RENTAL' } } },
    ],
  ] as const)
    it(`learns from a changed vehicle that is told ${what}`, async () => {
      const { read, invers, abort } = await readers()
      const delivery = read(event('VehicleChanged', data))
      expect(valuesOf(delivery?.readings ?? [])).to.include({ 'vehicle.rental': 'rented' })
      // What it did not tell of the car is still known.
      expect((await invers.capabilities(car, abort.signal)).commands).to.include('unlock')
      expect(valuesOf(read(event('VehicleStateRecorded', { vehicle_id: car, state }, { id: '2' }))?.readings ?? [])).to.include({
        'battery.stateOfCharge': 64,
      })
    })

  for (const [data, edge] of [
    [{ status: 'STARTED' }, 'start'],
    [{ trip: { state: 'ended' } }, 'stop'],
    [{ started_at: '2026-03-02T11:00:00Z' }, 'start'],
    [{ started_at: '2026-03-02T11:00:00Z', ended_at: '2026-03-02T11:40:00Z' }, 'stop'],
    [{ started_at: '2026-03-02T11:00:00Z', ended_at: null }, 'start'],
  ] as const)
    it(`takes ${JSON.stringify(data)} for the ${edge} of a trip`, async () => {
      const { read } = await readers()
      expect(read(event('Trip', { vehicle_id: car, ...data }))?.trip).to.include({ edge, at: Date.parse(occurred) })
    })

  it('tells the harmless part of what it cannot place apart from the rest', async () => {
    const { read } = await readers()
    const raw = {
      vehicle_id: car,
      lamp: 'ENGINE',
      reasons: ['OIL_LOW', 'B-MW 1234'],
      status: 'WBA12345678901234',
      started_at: occurred,
      at: '52.51,13.37',
      place: { lat: 52.51, lng: 13.37 },
      area: { type: 'Point', coordinates: [13.37, 52.51] },
    }
    const names = { vin: 'WBA12345678901234', licensePlate: 'B-MW 1234' }
    const [told] = read(event('FaultLampChanged', { ...raw, ...names }))?.events ?? []
    expect(told?.details).to.deep.equal({
      type: 'FaultLampChanged',
      data: { type: 'Point', lamp: 'ENGINE', reasons: ['OIL_LOW'], started_at: occurred },
      raw,
    })
    expect(read(event('Trip', { vehicle_id: car, state: 'STARTED', vin: 'X' }, { id: '2' }))?.trip?.details).to.deep.equal({
      trip: { state: 'STARTED' },
      raw: { vehicle_id: car, state: 'STARTED' },
    })
  })

  it('passes on what it cannot place, as it is, and says so once', async () => {
    const { read, drifts } = await readers()
    const data = { vehicle_id: car, lamp: 'ENGINE' }
    const delivery = read(event('FaultLampChanged', data))
    read(event('FaultLampChanged', data, { id: '2' }))
    expect(delivery?.events).to.have.length(1)
    expect(delivery?.events?.[0]).to.deep.include({
      name: 'monitor',
      observedAt: '2026-03-02T11:41:12.000Z',
      source: 'push',
      late: false,
      details: { type: 'FaultLampChanged', data: { lamp: 'ENGINE' }, raw: data },
    })
    expect(drifts).to.deep.equal([{ where: 'events FaultLampChanged', sample: 'a type of event that is not known' }])
    expect(read(event('Trip', { vehicle_id: car, odd: 1 }, { id: '3' }))?.events?.[0]?.name).to.equal('monitor')
  })

  it('tells smoke, once for each event, and which came late', async () => {
    const { read } = await readers()
    const smoke = (id: string, occurred_at: string) =>
      read(event('SmokeDetection', { vehicle_id: car }, { id, occurred_at }))?.events?.[0]
    const [first, late, other] = [smoke('1', occurred), smoke('2', '2026-03-02T11:00:00Z'), smoke('3', occurred)]
    expect([first?.name, first?.late, late?.late, other?.late]).to.deep.equal(['smoke-detected', false, true, false])
    expect(other?.id).not.to.equal(first?.id)
    expect(smoke('1', occurred)).to.equal(undefined)
  })

  it('knows an event by what it says where it lost its id', async () => {
    const { read } = await readers()
    const without = (data: unknown) => read({ metadata: { type: 'SmokeDetection' }, data })?.key
    expect(without({ vehicle_id: car }))
      .to.be.a('string')
      .and.equal(without({ vehicle_id: car }))
    expect(without({ vehicle_id: 'B' })).not.to.equal(without({ vehicle_id: car }))
  })

  it('is not told the future', async () => {
    const { read, drifts } = await readers()
    const delivery = read(event('SmokeDetection', { vehicle_id: car }, { occurred_at: '2031-01-01T00:00:00Z' }))
    expect(delivery?.at).to.equal(receivedAt)
    expect(drifts.map(({ where }) => where)).to.deep.equal(['times'])
  })

  const none: unknown[] = [
    undefined,
    null,
    7,
    'text',
    [],
    {},
    { metadata: { type: 'Trip' } },
    { data: { vehicle_id: car } },
    event('Trip', 'text'),
    event('Trip', { id: car }),
    event('VehicleStateRecorded', { vehicle_state: state }),
    event('VehicleChanged', { vehicle: { id: '' } }),
  ]
  for (const message of none)
    it(`makes nothing of ${JSON.stringify(message)?.slice(0, 60)}`, async () => {
      const { read } = await readers()
      expect(read(message)).to.equal(undefined)
    })

  it('survives any members of any kind', async () => {
    const { read } = await readers()
    const odd: unknown[] = [
      null,
      0,
      '',
      [],
      [[]],
      { a: { b: { c: 1 } } },
      true,
      'x'.repeat(10_000),
      { value: null },
      property({}),
      { toString: 1, valueOf: null },
      [{ toString: 1 }],
      nested(100),
    ]
    for (const type of [
      'VehicleStateRecorded',
      'CentralLockStatusChanged',
      'VehicleChanged',
      'Trip',
      'SmokeDetection',
      '__proto__',
      'New',
    ])
      for (const one of odd)
        for (const data of [
          { vehicle_id: car, one },
          { vehicle_id: car, state: one },
          { vehicle_id: car, reasons: [one], vehicle: { life_status: { value: one } } },
          { vehicle: one },
          { vehicle_id: one },
        ])
          expect(() => read(event(type, data, { id: JSON.stringify([type, data]) }))).not.to.throw()
  })

  it('tells a changed car although a reason is no word', async () => {
    const { read } = await readers()
    const vehicle = { life_status: { value: { toString: 1 } }, rental_status: { value: 'IN_RENTAL' } }
    const said = read(event('VehicleChanged', { vehicle_id: car, reasons: [{ toString: 1 }], vehicle }))
    expect(valuesOf(said?.readings ?? [])).to.include({ 'vehicle.rental': 'rented' })
  })

  it('tells what is nested deeper than anybody writes, but not where it lost its id too', async () => {
    const { read } = await readers()
    const data = { vehicle_id: car, more: nested(20_000) }
    expect(read(event('SmokeDetection', data))?.events?.[0]?.name).to.equal('smoke-detected')
    expect(read({ metadata: { type: 'SmokeDetection' }, data })).to.equal(undefined)
  })

  it('ties an event to the command of ours that caused it', async () => {
    const { read, cloud, send } = await readers()
    cloud.on(commandPath('unlock-central-lock'), { body: {}, headers: { 'X-Invers-Flow-ID': flowId } })
    await send('unlock')
    const said = event('VehicleStateRecorded', { vehicle_id: car, vehicle_state: state })
    expect(read(said)?.causedBy).to.deep.equal({ id: 'o1', command: 'unlock' })
    expect(read({ ...said, metadata: { ...said.metadata, flow_id: 'another' } })).not.to.have.property('causedBy')
  })

  it('ties it also to a command of which INVERS could not say what became', async () => {
    const { read, cloud, send } = await readers()
    const body = { type: '/problems/vehicle/no-connection', flow_id: flowId }
    cloud.on(commandPath('unlock-central-lock'), { status: 504, body })
    expect((await send('unlock')).phase).to.equal('unknown')
    expect(read(event('VehicleStateRecorded', { vehicle_id: car, vehicle_state: state }))?.causedBy?.command).to.equal('unlock')
  })
})

describe("INVERS' event stream, as it hands on", () => {
  const setUp = (push: (vehicle: string, push: Push) => Promise<boolean> = () => Promise.resolve(true)) => {
    const clock = new ManualClock()
    const fleet = new Fleet(clock)
    fleet.listed([vehicleOf()])
    const pushes: { vehicle: string; push: Push }[] = []
    const drifts: string[] = []
    const changed: (readonly SignalGroup[])[] = []
    let listings = 0
    const intake = new Intake({
      fleet,
      clock,
      echoes: new Echoes(clock),
      drift: (where) => drifts.push(where),
    })
    const listener: Listener = {
      over: new AbortController().signal,
      push: (vehicle, told) => {
        pushes.push({ vehicle, push: told })
        return push(vehicle, told)
      },
      changed: (_vehicle, groups) => {
        changed.push(groups)
        return Promise.resolve(true)
      },
      vehicles: () => listings++,
      isSteady: true,
    }
    const take = (body: unknown, properties: Properties = {}) => intake.take(intake.read(body, properties), listener)
    const values = () => pushes.map(({ push: { readings } }) => readings[0]?.value)
    return { clock, fleet, take, pushes, changed, drifts, values, listings: () => listings }
  }
  const told = (id: string, value: number, vehicle = car) =>
    event('VehicleStateRecorded', { vehicle_id: vehicle, vehicle_state: { mileage_in_kilometers: property(value) } }, { id })

  it('hands on each event once, however often it is delivered', async () => {
    const { take, values } = setUp()
    for (const id of ['1', '2', '1', '2', '3']) await take(told(id, Number(id)))
    expect(values()).to.deep.equal([1, 2, 3])
  })

  it('calls a second delivery through only when the first one is', async () => {
    const gate = new Gate<boolean>()
    const { take, pushes } = setUp(() => gate.promise)
    let through = 0
    for (let n = 0; n < 2; n++) void take(told('1', 1)).then(() => through++)
    await tick()
    expect([pushes.length, through]).to.deep.equal([1, 0])
    gate.open(true)
    await tick()
    expect([pushes.length, through]).to.deep.equal([1, 2])
  })

  it('hands on once more what could not be handed on', async () => {
    let isFull = true
    const { take, values } = setUp(() => (isFull ? Promise.reject(new Error('the disk is full')) : Promise.resolve(true)))
    expect(await take(told('1', 1)).catch((error: Error) => error.message)).to.equal('the disk is full')
    isFull = false
    expect(await take(told('1', 1))).to.equal('handed-on')
    expect(values()).to.deep.equal([1, 1])
  })

  it('hands on in the order in which they came, without waiting for one another', async () => {
    const { take, values } = setUp(() => new Promise(() => undefined))
    for (const id of ['3', '1', '2']) void take(told(id, Number(id)))
    await tick()
    expect(values()).to.deep.equal([3, 1, 2])
  })

  it('takes from the properties of the message what its body lost', async () => {
    const { take, pushes } = setUp()
    const data = { vehicle_id: car, vehicle_state: { central_lock: { value: 'LOCKED' } } }
    const properties = { id: 'p1', type: 'VehicleStateRecorded', at: Date.parse(occurred) }
    for (let n = 0; n < 2; n++) expect(await take({ data }, properties)).to.equal('handed-on')
    expect(pushes).to.have.length(1)
    expect(pushes[0]?.push.readings[0]?.observedAt).to.equal(Date.parse(occurred))
  })

  it('says of what something changed where an event does not tell what it is now, and hands on the next', async () => {
    const { take, changed, pushes } = setUp()
    const vague = (type: string) => take(event(type, { vehicle_id: car, when: 'now' }, { id: type }))
    for (const type of ['CentralLockStatusChanged', 'VehicleStateRecorded', 'VehicleChanged'])
      expect(await vague(type)).to.equal('handed-on')
    expect(changed[0]).to.deep.equal(['lock'])
    expect(changed[1]).to.include.members(['lock', 'position', 'battery'])
    expect(changed[2]).to.have.members(['reachability', 'vehicle'])
    expect(pushes, 'as if something had been told').to.deep.equal([])
  })

  it('has the list asked for when a car is new or its data changed, but seldom', async () => {
    const { take, listings, clock } = setUp()
    for (let n = 0; n < 50; n++) await take(told(`n${n}`, n, `NEW${n}`))
    expect(listings()).to.equal(1)
    await clock.advance(minutes(14))
    expect(listings(), 'so soon').to.equal(1)
    await clock.advance(minutes(2))
    expect(listings(), 'for those that came in between').to.equal(2)
    await clock.advance(hours(5))
    expect(listings(), 'when nothing came').to.equal(2)
    const changed = (reason: string) =>
      event('VehicleChanged', { vehicle: { id: car, life_status: { value: 'ONLINE' } }, reasons: [reason] }, { id: reason })
    await take(changed('LIFE_STATUS_CHANGED'))
    expect(listings()).to.equal(2)
    await take(changed('MASTER_DATA_CHANGED'))
    expect(listings()).to.equal(3)
  })

  it('remembers the last 20,000 ids at least, and not all that ever came', async () => {
    const { take, values } = setUp()
    for (let n = 0; n < 50_000; n++) await take(told(`m${n}`, n))
    for (const n of [49_999, 40_000, 30_001]) await take(told(`m${n}`, n))
    expect(values()).to.have.length(50_000)
    await take(told('m9', 9))
    expect(values()).to.have.length(50_001)
  })

  it('forgets which command an event is of after half an hour', async () => {
    const clock = new ManualClock()
    const echoes = new Echoes(clock)
    echoes.note('f1', { id: 'a', command: 'lock' })
    await clock.advance(hours(1))
    expect(echoes.of('f1')).to.equal(undefined)
    for (let n = 0; n < 1500; n++) echoes.note(`g${n}`, { id: String(n), command: 'lock' })
    expect([echoes.of('g0'), echoes.of('g1499')?.id]).to.deep.equal([undefined, '1499'])
  })
})
