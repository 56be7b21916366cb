import { expect } from 'chai'
import { kilometres } from '../../src/simulator/stellantis/monitors/zone'
import { givenStellantis, signIn, type GivenStellantis } from './stellantisSupport'
import type { Json } from './support'

describe('the past of the simulated Stellantis cars', () => {
  let given: GivenStellantis
  beforeEach(async () => {
    given = await givenStellantis()
  })
  afterEach(() => given.sim.close())

  const path = (rest: string) => `/vehicles/${given.vinOf('e208')}/${rest}`
  const list = async (rest: string, name: string): Promise<Json[]> => {
    const answer = await given.v1(path(rest))
    expect(answer.status, JSON.stringify(answer.body)).to.equal(200)
    return answer.body._embedded[name] as Json[]
  }
  const status = async (rest: string) => (await given.v1(path(rest))).status

  it('has two months of trips, newest first, that fit together', async () => {
    const trips = await list('trips?type=Normal&pageSize=500', 'trips')
    expect(trips.length).to.be.greaterThan(60)
    for (const [index, trip] of trips.entries()) {
      const older = trips[index + 1]
      expect(Date.parse(String(trip.stoppedAt))).to.be.greaterThan(Date.parse(String(trip.startedAt)))
      if (!older) continue
      expect(Date.parse(String(trip.startedAt))).to.be.greaterThan(Date.parse(String(older.stoppedAt)))
      expect(trip.startMileage).to.be.closeTo((older.startMileage as number) + (older.stats.distance.total as number), 0.2)
    }
    expect(Date.parse(String(trips[0]!.stoppedAt))).to.be.lessThan(given.sim.now())
    const first = await given.v1(path(`trips/${trips[0]!.id}`))
    expect(first.body).to.deep.equal(trips[0])
    expect(await status('trips/none')).to.equal(404)
  })

  it('filters by time in every form, by number and by word', async () => {
    const starts = async (query: string) =>
      (await list(`trips?${query}`, 'trips')).map(({ startedAt }) => String(startedAt).slice(0, 10))
    expect(await starts('timestamps=2026-02-27T00:00:00Z/P1D')).to.deep.equal(['2026-02-27', '2026-02-27'])
    expect(await starts('timestamps=2026-02-26T00:00:00Z/2026-02-27T12:00:00Z&orderBy=ascending')).to.deep.equal([
      '2026-02-26',
      '2026-02-26',
      '2026-02-27',
    ])
    expect(await starts('timestamps=2026-03-02T00:00:00Z/')).to.deep.equal(['2026-03-02'])
    expect(await starts('timestamps=/2026-01-02T23:00:00Z')).to.deep.equal(['2026-01-02', '2026-01-02'])
    expect(await starts('timestamps=R2/2026-02-23T00:00:00Z/P7D/PT12H')).to.deep.equal(['2026-03-02', '2026-02-23'])
    expect(await starts('timestamps=2026-02-26T00:00:00Z/P1D&timestamps=2026-02-24T00:00:00Z/P1D')).to.have.length(4)
    expect(await starts('distance=0-1')).to.deep.equal([])
    expect(
      (await list('trips?states=DataLacking&pageSize=500', 'trips')).every(
        ({ state }) => state.faults[0].fault === 'DataLacking',
      ),
    ).to.equal(true)
    for (const wrong of [
      'timestamps=yesterday',
      'timestamps=/',
      'distance=far',
      'states=Good',
      'orderBy=up',
      'type=Odd',
      'duration=9',
    ])
      expect(await status(`trips?${wrong}`), wrong).to.equal(400)
  })

  it('tells the way of a trip, thinned where that is asked', async () => {
    const [trip] = await list('trips', 'trips')
    const points = await list(`trips/${trip!.id}/wayPoints`, 'positions')
    const [longitude, latitude] = points[0]!.geometry.coordinates as [number, number]
    const start = trip!.locations.startPosition.geometry.coordinates as number[]
    expect(kilometres({ longitude, latitude }, { longitude: start[0]!, latitude: start[1]! })).to.be.lessThan(0.1)
    expect(points.length).to.be.greaterThan(5)
    expect(trip!.locations.stopPosition.properties.tripContext.distance).to.be.closeTo(trip!.stats.distance.total as number, 0.1)
    expect(await list(`trips/${trip!.id}/wayPoints?tolerance=100`, 'positions')).to.have.length(2)
    expect((await list(`trips/${trip!.id}/telemetry?type=vehicle.kinetic`, 'telemetries')).length).to.equal(points.length)
  })

  it('keeps alerts, alarms, collisions, sessions and a theft', async () => {
    const alerts = await list('alerts', 'alerts')
    expect(alerts.map(({ active }) => active as boolean)).to.deep.equal([false, false, false])
    given.sim.cars.get('e208').alert('OilLevelLow')
    expect((await list('alerts?active=true', 'alerts')).map(({ type }) => type as string)).to.deep.equal(['OilLevelLow'])
    given.sim.cars.get('e208').alert('OilLevelLow', false)
    expect(await list('alerts?active=true', 'alerts')).to.deep.equal([])
    expect((await given.v1(path(`alerts/${alerts[0]!.id}`))).body).to.deep.equal(alerts[0])

    const [alarm] = await list('alarms?type=vehicle.alarm.trigger', 'alarms')
    expect(alarm).to.have.keys('id', 'trigger')
    expect((await list('alarms', 'alarms'))[0]!.status.activation, 'as the car is now').to.equal('Active')
    const [collision] = await list('collisions', 'Collisions')
    expect(collision!.details[0]).to.deep.equal({ side: 'Front', severity: 'Minor' })

    const sessions = await list('charging/sessions?pageSize=500', 'sessions')
    expect(sessions.length).to.be.greaterThan(10)
    const { _links, ...alone } = sessions[0]!
    expect(_links).to.have.keys('self', 'vehicle')
    expect((await given.v1(path(`charging/sessions/${sessions[0]!.sid}`))).body).to.deep.equal(alone)
    for (const { gain, startEnergy, endEnergy } of sessions) expect(gain.level).to.equal(endEnergy.level - startEnergy.level)
    expect(
      (await list('charging/sessions?level=60-&pageSize=500', 'sessions')).every(({ gain }) => (gain.level as number) >= 60),
    ).to.equal(true)

    const [theft] = await list('stolen', 'stolen')
    expect(theft!.state).to.equal(false)
    expect((await list(`stolen/${theft!.id}/waypoints`, 'positions')).length).to.be.greaterThan(2)
  })

  it('writes down what the car does from now on', async () => {
    const car = given.sim.cars.get('e208')
    car.drive({ km: 12 })
    car.tick(300)
    const [running] = await list('trips', 'trips')
    expect(running!.state.done).to.equal(false)
    car.tick(900)
    const [trip] = await list('trips', 'trips')
    expect(trip!.state.done).to.equal(true)
    expect(trip!.stats.distance.total).to.be.closeTo(12, 0.1)
    expect(trip!.startMileage).to.equal(21901)
    expect((await list(`trips/${trip!.id}/wayPoints`, 'positions')).length).to.be.greaterThan(8)

    car.plugIn('ac')
    car.tick(1800)
    expect((await list('charging/sessions', 'sessions'))[0]!.state.done).to.equal(false)
    car.unplug()
    const [session] = await list('charging/sessions', 'sessions')
    expect(session!).to.deep.include({ finishReason: 'Disconnected', state: { done: true } })
    expect(session!.gain.level).to.be.closeTo(8, 1)
    const [latest] = await list('telemetries?type=vehicle.energies', 'telemetries')
    expect(latest!.vehicle.energies[0].extension.electric.charging.plugged).to.equal(false)
    expect(latest!.vehicle.energies[0]).to.not.have.property('createdAt')
  })

  it('tells the same past in the words of v4', async () => {
    const id = await given.idOf('e208')
    const page = await given.v4(`/vehicles/${id}/trips?pageSize=2`)
    expect(page.body._embedded.trips).to.have.length(2)
    const [trip] = page.body._embedded.trips as Json[]
    const [same] = await list('trips', 'trips')
    expect(trip!.id).to.equal(same!.id)
    expect(trip!.duration).to.be.a('number')
    // Stellantis: the mean in metres a second, the most in kilometres an hour
    expect((trip!.kinetic.avgSpeed as number) * 3.6).to.be.closeTo(same!.stats.kinetic.speed.averageSpeed as number, 0.1)
    const samples = await given.v4(`/vehicles/${id}/telemetry?pageSize=2000&type=vehicle.energies&extension=location`)
    const told = samples.body._embedded.telemetries as Json[]
    expect(told.length).to.be.greaterThan(500)
    expect(told[0]!._embedded.extension.location.geometry.type).to.equal('Point')
    expect((await given.v4(`/vehicles/${id}/alerts`)).body._embedded.alerts[1].type).to.equal('LeftFrontTireUnderInflated')
    expect((await given.v4(`/vehicles/${id}/charging/sessions`)).status).to.equal(404)
  })

  it('hides the past from whoever may not see it', async () => {
    const { access_token: token } = await signIn(given.sim, { scope: 'data:trip' })
    const id = await given.idOf('e208')
    const trips = await given.v4(`/vehicles/${id}/trips`, { token })
    expect(trips.body._embedded.trips[0]).to.not.have.property('startPosition')
    expect((await given.v4(`/vehicles/${id}/alerts`, { token })).status).to.equal(403)
    given.sim.cars.get('e208').setPrivacy('full')
    expect(await status('trips')).to.equal(404)
    expect((await given.v1(`/vehicles/${given.vinOf('corsa')}/trips`)).status).to.equal(404)
  })
})
