import { CarRefusal, type CarBody, type Part } from './body'
import type { Charging } from './charging'

export interface Place {
  latitude: number
  longitude: number
}

/** Places that `drive` knows by name. */
export const places: Readonly<Record<string, Place>> = {
  home: { latitude: 57.70887, longitude: 11.97456 },
  work: { latitude: 57.68, longitude: 11.875 },
  shop: { latitude: 57.7215, longitude: 12.0402 },
  cabin: { latitude: 57.9286, longitude: 12.5362 },
}

/** km/h, a mix of town and country. */
const cruising = 60
const earthRadius = 6371
/** The self-resetting trip meter starts again after a rest this long, hours. */
const tripResetAfter = 4

const radians = (degrees: number) => (degrees * Math.PI) / 180

/** Kilometres as the crow flies. */
export function distance(a: Place, b: Place): number {
  const dLat = radians(b.latitude - a.latitude)
  const dLon = radians(b.longitude - a.longitude)
  const h = Math.sin(dLat / 2) ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * Math.sin(dLon / 2) ** 2
  return 2 * earthRadius * Math.asin(Math.sqrt(h))
}

/** Compass degrees from a to b, 0 to 359. */
function bearing(a: Place, b: Place): number {
  const east = (b.longitude - a.longitude) * Math.cos(radians(a.latitude))
  const degrees = (Math.atan2(east, b.latitude - a.latitude) * 180) / Math.PI
  return Math.round((degrees + 360) % 360) % 360
}

interface Trip {
  from: Place
  to: Place
  km: number
  driven: number
  seconds: number
}

/** The wheels: position, odometer, trip meters and what a trip uses up. */
export class Driving implements Part {
  private trip: Trip | undefined
  private lastParked = -Infinity

  constructor(
    private readonly body: CarBody,
    private readonly charging: Charging,
  ) {}

  get active(): boolean {
    return this.trip !== undefined
  }

  /** Sets off towards a place, or so many kilometres in some direction. Whoever drives takes the cable out and shuts the doors. */
  start(goal: { to?: Place; km?: number }): void {
    if (this.trip) throw new CarRefusal('This car is driving already')
    const from = this.position
    const to = goal.to ?? this.somewhere(from, goal.km ?? 10)
    const km = goal.km ?? distance(from, to)
    if (km <= 0) throw new CarRefusal('The car is there already', 'to')
    if (this.charging.plugged) this.charging.unplug()
    this.trip = { from, to, km, driven: 0, seconds: 0 }
    if (this.body.time - this.lastParked > tripResetAfter * 3_600_000) this.body.put({ 'trip.meterAutomatic': 0 })
    this.body.put({ 'engine.status': 'running', 'vehicle.ignition': 'on', 'vehicle.moving': true, 'vehicle.speed': cruising })
    this.body.put({ 'reachability.status': 'unavailable', 'reachability.reason': 'in-use' })
    this.body.record('engine-started')
    this.body.record('trip-started')
    this.body.report('engine', 'motion', 'reachability')
    this.reportOnTheMove()
  }

  /** Stops wherever the car is. */
  park(): void {
    const { trip } = this
    if (!trip) throw new CarRefusal('This car is parked already')
    this.trip = undefined
    this.lastParked = this.body.time
    this.body.put({ 'engine.status': 'stopped', 'vehicle.ignition': 'off', 'vehicle.moving': false, 'vehicle.speed': 0 })
    this.body.put({ 'reachability.status': 'available', 'reachability.reason': undefined })
    this.summarise(trip)
    this.body.record('engine-stopped')
    this.body.record('trip-stopped')
    this.body.cancel('driving report')
    this.body.report('engine', 'motion', 'reachability', 'position', 'odometer', 'trip', 'energy', 'fuel', 'health')
  }

  reset(): void {
    this.trip = undefined
    this.lastParked = -Infinity
  }

  step(seconds: number): void {
    const { trip } = this
    if (!trip) return
    const km = Math.min((cruising * seconds) / 3600, trip.km - trip.driven)
    trip.driven += km
    trip.seconds += seconds
    this.use(km)
    const share = trip.driven / trip.km
    this.body.put({
      'vehicle.odometer': this.body.number('vehicle.odometer') + km,
      'position.location': {
        latitude: trip.from.latitude + (trip.to.latitude - trip.from.latitude) * share,
        longitude: trip.from.longitude + (trip.to.longitude - trip.from.longitude) * share,
        altitude: 0,
        heading: bearing(trip.from, trip.to),
      },
    })
    if (trip.driven >= trip.km || this.empty) this.park()
  }

  /** Some cars tell where they are while they drive, others only when they are parked. */
  private reportOnTheMove(): void {
    const { reportsEvery } = this.body.profile
    if (reportsEvery === undefined) return
    this.body.plan('driving report', reportsEvery, () => {
      this.body.report('motion', 'position', 'odometer', 'energy', 'fuel')
      this.reportOnTheMove()
    })
  }

  private get position(): Place {
    return this.body.get('position.location') as unknown as Place
  }

  private somewhere(from: Place, km: number): Place {
    const direction = radians(this.body.random(0, 360))
    const degrees = km / 111.2
    return {
      latitude: from.latitude + degrees * Math.cos(direction),
      longitude: from.longitude + (degrees * Math.sin(direction)) / Math.cos(radians(from.latitude)),
    }
  }

  private get empty(): boolean {
    const { battery, tank } = this.body.profile
    return (!battery || this.body.number('battery.stateOfCharge') <= 0) && (!tank || this.body.number('fuel.amount') <= 0)
  }

  /** A hybrid drives on its battery first. */
  private use(km: number): void {
    const { battery, tank } = this.body.profile
    if (battery && this.body.number('battery.stateOfCharge') > 0) this.charging.drain((km * battery.consumption) / 100)
    else if (tank) {
      const amount = Math.max(0, this.body.number('fuel.amount') - (km * tank.consumption) / 100)
      this.body.put({ 'fuel.amount': amount, 'fuel.range': (amount / tank.consumption) * 100 })
    }
  }

  private summarise(trip: Trip): void {
    const { battery, tank } = this.body.profile
    const speed = trip.seconds > 0 ? (trip.driven / trip.seconds) * 3600 : 0
    const meter = this.body.number('trip.meterManual')
    const blended = (this.body.number('trip.averageSpeed') * meter + speed * trip.driven) / Math.max(meter + trip.driven, 0.001)
    this.body.put({
      'trip.meterManual': meter + trip.driven,
      'trip.meterAutomatic': this.body.number('trip.meterAutomatic') + trip.driven,
      'trip.averageSpeed': blended,
      'trip.averageSpeedAutomatic': speed,
      'service.distance': this.body.number('service.distance') - trip.driven,
    })
    if (battery) this.body.put({ 'trip.averageConsumptionAutomatic': battery.consumption })
    if (tank) this.body.put({ 'trip.averageFuelConsumptionAutomatic': battery ? 0 : tank.consumption })
  }
}
