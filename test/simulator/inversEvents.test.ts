import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { once } from 'node:events'
import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import type { InversEvent } from '../../src/simulator/invers/events'
import { tick } from '../support/clock'
import { givenFleet, type Fleet, type Json } from './inversSupport'

const car = 'K7QX2D'
const city = (given: Fleet) => given.sim.cars.get('city')
const stateOf = ({ data }: InversEvent) => data.vehicle_state as Json

describe('events of the simulated INVERS', () => {
  let given: Fleet
  beforeEach(async () => {
    given = await givenFleet()
  })
  afterEach(() => given.sim.close())

  const events = (type?: string) => given.sim.invers.events.list(type === undefined ? {} : { type })
  const types = () => events().map(({ metadata }) => metadata.type)

  it('tells of a command what changed, under the flow id of the call', async () => {
    const { headers } = await given.command(car, 'unlock-and-enable-driving')
    expect(types()).to.deep.equal(['VehicleStateRecorded', 'CentralLockStatusChanged'])
    const [recorded, lock] = events()
    expect(recorded!.metadata).to.deep.include({
      type: 'VehicleStateRecorded',
      schema_major_version: 2,
      occurred_at: `${new Date(given.clock.now()).toISOString().slice(0, 19)}Z`,
      flow_id: headers.get('x-invers-flow-id'),
    })
    expect(recorded!.metadata.id).to.match(/^[0-9A-HJKMNP-TV-Z]{26}$/)
    expect(recorded!.data.vehicle_id).to.equal(car)
    expect(Object.keys(stateOf(recorded!))).to.have.members(['central_lock', 'driving_enabled'])
    expect(stateOf(recorded!).central_lock.value).to.equal('UNLOCKED')
    expect(lock!.data).to.deep.equal({ vehicle_id: car, central_lock: 'UNLOCKED' })
    expect(lock!.metadata.flow_id).to.equal(headers.get('x-invers-flow-id'))
    expect(lock!.metadata.id).not.to.equal(recorded!.metadata.id)
  })

  it('says nothing of a lock that was locked already, and nothing of a refused command', async () => {
    await given.command(car, 'lock-central-lock')
    expect(types()).to.deep.equal(['VehicleStateRecorded'])
    await given.command(car, 'unlock-top-case')
    expect(types()).to.have.length(1)
  })

  it('tells what people do at the car, with flow ids of their own', () => {
    city(given).unlock()
    expect(types()).to.deep.equal(['VehicleStateRecorded', 'CentralLockStatusChanged'])
    expect(stateOf(events()[0]!)).to.have.all.keys('central_lock')
    city(given).set('reachability.signalQuality', 1)
    expect(stateOf(events().at(-1)!).cellular_signal_quality.value).to.equal(1)
    expect(new Set(events().map(({ metadata }) => metadata.id)).size).to.equal(events().length)
  })

  it('follows a trip from its start to its end, minute by minute', async () => {
    city(given).drive({ km: 5 })
    await given.sim.advance(150)
    expect(events('Trip').map(({ data }) => data.status)).to.deep.equal(['STARTED'])
    const onTheWay = events('VehicleStateRecorded').filter((event) => 'position' in stateOf(event))
    expect(onTheWay).to.have.length(2)
    await given.sim.advance(200)
    expect(events('Trip').map(({ data }) => data.status)).to.deep.equal(['STARTED', 'ENDED'])
    expect(stateOf(events('VehicleStateRecorded').at(-1)!).mileage_in_kilometers.value).to.equal(48218)
  })

  it('reports from time to time while nothing happens', async () => {
    await given.sim.advance(29 * 60)
    expect(types()).to.deep.equal([])
    await given.sim.advance(2 * 60)
    expect(events().filter(({ data }) => data.vehicle_id === car)).to.have.length(1)
  })

  it('tells of rentals, garages and lost connections why the vehicle is another one', async () => {
    await given.control('POST', `/invers/vehicles/${car}`, { rental: 'IN_RENTAL' })
    await given.control('POST', `/invers/vehicles/${car}`, { operation: 'GARAGE' })
    await given.control('POST', `/invers/vehicles/${car}`, { connected: false })
    expect(events('VehicleChanged').map(({ data }) => data.reasons)).to.deep.equal([
      ['RENTAL_STATUS_CHANGED'],
      ['OPERATION_STATUS_CHANGED'],
      ['LIFE_STATUS_CHANGED'],
    ])
    const vehicle = events('VehicleChanged').at(-1)!.data.vehicle as Json
    expect(vehicle).to.deep.include({ id: car })
    expect(vehicle.rental_status.value).to.equal('IN_RENTAL')
    expect(vehicle.life_status.value).to.equal('OFFLINE')
  })

  it('hears nothing from a car without a connection, and everything when it is back', async () => {
    await given.control('POST', `/invers/vehicles/${car}`, { connected: false })
    const before = events('VehicleStateRecorded').length
    await given.clock.advance(seconds(1))
    city(given).unlock()
    expect(events('VehicleStateRecorded')).to.have.length(before)
    expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.central_lock.value).to.equal('LOCKED')
    await given.control('POST', `/invers/vehicles/${car}`, { connected: true })
    expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.central_lock.value).to.equal('UNLOCKED')
    expect(types()).to.include('CentralLockStatusChanged')
  })

  it('is asked for smoke, and for events of types that nobody knows', async () => {
    await given.control('POST', `/invers/vehicles/${car}/smoke`)
    await given.control('POST', '/invers/events', { type: 'FloodDetection', data: { vehicle_id: car, level: 3 } })
    const { body } = await given.control('GET', '/invers/events')
    expect(body.total).to.equal(2)
    expect(body.events.map(({ metadata }: InversEvent) => metadata.type)).to.deep.equal(['SmokeDetection', 'FloodDetection'])
    expect((await given.control('GET', '/invers/events?type=FloodDetection')).body.events[0].data).to.deep.equal({
      vehicle_id: car,
      level: 3,
    })
    expect((await given.control('GET', '/invers/events?vehicle=other')).body.events).to.deep.equal([])
  })

  it('delivers the latest once more, exactly as they were', async () => {
    await given.command(car, 'unlock-central-lock')
    await given.control('POST', '/invers/events/again', { count: 2 })
    expect(events()).to.have.length(4)
    expect(events().slice(2)).to.deep.equal(events().slice(0, 2))
  })

  it('tells of a car of the fleet too why it is another one', async () => {
    await given.sim.close()
    given = await givenFleet({ fleet: 20 })
    const { id } = given.sim.invers.garage.fleet.at(3)
    await given.clock.advance(minutes(5))
    await given.control('POST', `/invers/vehicles/${id}`, { rental: 'IN_RENTAL', moving: true })
    expect(types()).to.deep.equal(['Trip', 'VehicleChanged'])
    expect(events('VehicleChanged')[0]!.data.reasons).to.deep.equal(['RENTAL_STATUS_CHANGED'])
    const { rental_status, modified_at } = (await given.get(`/vehicles/${id}`)).body
    expect(rental_status).to.deep.equal({ value: 'IN_RENTAL', modified_at })
    expect(Date.parse(modified_at as string)).to.equal(given.clock.now())
  })

  it('lets a fleet drive around, so many events a second', async () => {
    await given.sim.close()
    given = await givenFleet({ fleet: 500 })
    expect((await given.control('POST', '/invers/traffic', { perSecond: 200 })).status).to.equal(200)
    await given.clock.advance(seconds(10))
    const { total } = given.sim.invers.events
    // Some are chosen that have no connection.
    expect(total).to.be.within(1900, 2000)
    expect(Object.keys(stateOf(events()[0]!))).to.include('position')
    await given.control('POST', '/invers/traffic', { perSecond: 0 })
    await given.clock.advance(seconds(10))
    expect(given.sim.invers.events.total).to.equal(total)
  })

  it('goes on while the broker is away, keeps what it has for it, and says why', async () => {
    const nobody = createServer().listen(0, '127.0.0.1')
    await once(nobody, 'listening')
    const { port } = nobody.address() as AddressInfo
    await new Promise((resolve) => nobody.close(resolve))
    await given.sim.close()
    given = await givenFleet({
      amqp: { url: `amqp://user:secret@127.0.0.1:${port}`, queues: ['all', 'locks.CentralLockStatusChanged'] },
    })
    expect((await given.command(car, 'unlock-central-lock')).status).to.equal(200)
    while (!given.sim.invers.publisher!.problem) await tick()
    const { broker } = (await given.control('GET', '/invers/events')).body
    expect(broker).to.include({ connected: false, confirmed: 0, pending: 3 })
    expect(broker.problem).to.contain('ECONNREFUSED').and.not.contain('secret')
  })

  describe('by webhook', () => {
    let server: Server
    let received: { body: InversEvent; secret: string | undefined }[]
    let status: number
    beforeEach(async () => {
      received = []
      status = 200
      server = createServer((request, response) => {
        let text = ''
        request.on('data', (piece: Buffer) => (text += piece.toString()))
        request.on('end', () => {
          received.push({ body: JSON.parse(text) as InversEvent, secret: request.headers['x-secret'] as string | undefined })
          response.writeHead(status).end()
        })
      }).listen(0, '127.0.0.1')
      await once(server, 'listening')
      await given.sim.close()
      const { port } = server.address() as AddressInfo
      given = await givenFleet({ webhook: { url: `http://127.0.0.1:${port}/hook`, headers: { 'x-secret': 'kept' } } })
    })
    afterEach(() => {
      server.close()
      server.closeAllConnections()
    })
    const until = async (true_: () => boolean) => {
      while (!true_()) await tick()
    }

    it('posts each event, in order, with the headers that were asked for', async () => {
      await given.command(car, 'unlock-central-lock')
      await until(() => received.length === 2)
      expect(received.map(({ body }) => body)).to.deep.equal(JSON.parse(JSON.stringify(events())))
      expect(received[0]!.secret).to.equal('kept')
    })

    it('tries again when it was not taken, and goes on with the next', async () => {
      status = 503
      await given.command(car, 'unlock-central-lock')
      await until(() => received.length === 1)
      status = 200
      // The refusal has to arrive before the pause can begin.
      while (received.length < 3) await given.clock.advance(seconds(10))
      expect(received.map(({ body }) => body.metadata.type)).to.deep.equal([
        'VehicleStateRecorded',
        'VehicleStateRecorded',
        'CentralLockStatusChanged',
      ])
      expect(received[1]!.body).to.deep.equal(received[0]!.body)
    })

    it('goes where the control API says, or nowhere', async () => {
      await given.control('POST', '/invers/webhook', { url: null })
      city(given).unlock()
      await given.clock.advance(minutes(1))
      expect(received).to.deep.equal([])
      const { port } = server.address() as AddressInfo
      await given.control('POST', '/invers/webhook', { url: `http://127.0.0.1:${port}/other` })
      city(given).lock()
      await until(() => received.length === 2)
      expect(received[0]!.secret).to.equal(undefined)
    })
  })
})
