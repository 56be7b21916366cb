import type { SimulatedCar } from '../car/car'
import { alertIn } from './alertTypes'
import { link, type Ask } from './endpoint'
import { duration, instant, told, type Wire } from './facts'
import { longId } from './gateway'
import type { Generation } from './listing'
import { feature, type Spot } from './position'
import type { Alarm, Alert, Collision, Levels, Session, Stolen, Trip, Waypoint } from './records'

/** Whose addresses a record carries, and in which words it speaks. */
export type Addressed = Pick<Ask, 'root' | 'generation'>

/** Address of a car below the root that the caller uses. */
export const carAddress = ({ root, generation }: Addressed, car: SimulatedCar): string =>
  `${root}/vehicles/${generation === 'v1' ? car.id : longId(car.id)}`

const whereAndWhen = (spot: Spot | undefined, at: number) =>
  spot &&
  feature(spot, told({ heading: spot.heading, type: 'Acquire', fixStatus: '3D', signalQuality: 9, createdAt: instant(at) }))

const optional = (at: number | undefined) => (at === undefined ? undefined : instant(at))

/** Undefined where that generation has no such alert. */
export function sayAlert(alert: Alert, car: SimulatedCar, ask: Addressed, withPosition: boolean): Wire | undefined {
  const type = alertIn(alert.type, ask.generation)
  if (!type) return undefined
  const self = carAddress(ask, car)
  const { endAt, startedAt } = alert
  return told({
    _links: { self: link(`${self}/alerts/${alert.id}`), vehicle: link(self) },
    id: alert.id,
    active: endAt === undefined,
    type,
    severity: alert.severity,
    startedAt: instant(startedAt),
    endAt: optional(endAt),
    createdAt: instant(startedAt + 1000),
    updatedAt: instant((endAt ?? startedAt) + 1000),
    startPosition: withPosition ? whereAndWhen(alert.startSpot, startedAt) : undefined,
    endPosition: withPosition && endAt !== undefined ? whereAndWhen(alert.endSpot, endAt) : undefined,
  })
}

/** Only one of status and trigger is there. v4 does not know the newest triggers. */
export const sayAlarm = ({ id, at, activation, type, spot }: Alarm): Wire =>
  told({
    id,
    status: activation && { createdAt: instant(at), activation },
    trigger: type && told({ createdAt: instant(at), type, startAt: instant(at), position: whereAndWhen(spot, at) }),
  })

export function sayCollision(collision: Collision, car: SimulatedCar, ask: Addressed, trip?: Trip): Wire {
  const self = carAddress(ask, car)
  const { id, at, tippedOver, pedestrian, unlockRequested, details } = collision
  const lateral = (side: string) => (ask.generation === 'v4' && (side === 'Left' || side === 'Right') ? 'Lateral' : side)
  return told({
    _links: told({
      self: link(`${self}/collisions/${id}`),
      vehicle: link(self),
      trip: trip && link(`${self}/trips/${trip.id}`),
    }),
    id,
    createdAt: instant(at),
    tippedOver,
    pedestrian,
    unlockRequested: ask.generation === 'v1' ? unlockRequested : undefined,
    details: details.map(({ side, severity }) => told({ side: lateral(side), severity })),
  })
}

export function sayStolen({ id, startedAt, endAt, path }: Stolen, car: SimulatedCar, ask: Addressed): Wire {
  const self = carAddress(ask, car)
  return told({
    _links: { self: link(`${self}/stolen/${id}`), vehicle: link(self) },
    id,
    state: endAt === undefined,
    startedAt: instant(startedAt),
    endAt: optional(endAt),
    createdAt: instant(startedAt + 4000),
    updatedAt: instant((endAt ?? startedAt) + 4000),
    startPosition: whereAndWhen(path[0]?.spot, startedAt),
    endPosition: endAt === undefined ? undefined : whereAndWhen(path.at(-1)?.spot, endAt),
  })
}

export const sayWaypoint = ({ at, spot }: Waypoint): Wire =>
  feature(spot, told({ heading: spot.heading, type: 'Acquire', createdAt: instant(at) }))

/** v1 says at both ends of a trip how the trip stands there. */
function sayEnd(trip: Trip, point: Waypoint | undefined, at: number, generation: Generation): Wire | undefined {
  const where = whereAndWhen(point?.spot, at)
  if (!where || !point || generation === 'v4') return where
  const tripContext = {
    distance: Number(point.driven.toFixed(2)),
    duration: Math.round((at - trip.startedAt) / 1000),
    propulsionType: propulsionOf(trip),
    kinetic: { hardBraking: false, hardAcceleration: topSpeed(trip) > 85, hardCornering: false },
  }
  return { ...where, properties: { ...(where.properties as Wire), tripContext } }
}

export const propulsionOf = ({ start }: Trip): string => (start.electric ? 'Electric' : 'Thermal')

const energies = ({ electric, fuel }: Levels): Wire[] => [
  ...(electric ? [energy('Electric', 'ElectricEnergy', electric)] : []),
  ...(fuel ? [energy('Fuel', 'FossilEnergy', fuel)] : []),
]
const energy = (type: string, subType: string, { level, autonomy }: { level: number; autonomy: number }): Wire => ({
  type,
  subType,
  level: Number(level.toFixed(1)),
  autonomy: Math.round(autonomy),
})

/** kWh or litres that a trip took, with the mean: Wh or cL for 100 km. */
function consumptions({ profile }: SimulatedCar, trip: Trip): Wire[] {
  const { battery, tank } = profile
  if (trip.start.electric && battery) {
    const used = (trip.distance * battery.consumption) / 100
    return [energyUse('Electric', 'ElectricEnergy', used, battery.consumption * 1000)]
  }
  return tank ? [energyUse('Fuel', 'FossilEnergy', (trip.distance * tank.consumption) / 100, tank.consumption * 100)] : []
}
const energyUse = (type: string, subType: string, consumption: number, avgConsumption: number): Wire => ({
  type,
  subType,
  consumption: Number(consumption.toFixed(2)),
  avgConsumption: Math.round(avgConsumption),
})

export const topSpeed = ({ path }: Trip): number => Math.max(0, ...path.map(({ speed }) => speed))

const averageSpeed = ({ distance, startedAt, stoppedAt }: Trip): number => {
  const lasted = (stoppedAt - startedAt) / 3_600_000
  return lasted > 0 ? distance / lasted : 0
}

const faultsOf = ({ fault }: { fault?: string }, name: 'fault' | 'status') =>
  fault ? [{ [name]: fault, cause: 'Connection' }] : undefined

export function sayTrip(trip: Trip, car: SimulatedCar, ask: Addressed, withPosition = true): Wire {
  const vehicle = carAddress(ask, car)
  const self = `${vehicle}/trips/${trip.id}`
  const seconds = Math.round((trip.stoppedAt - trip.startedAt) / 1000)
  const common = {
    _links: { self: link(self), vehicle: link(vehicle), waypoints: link(`${self}/wayPoints`), alerts: link(`${self}/alerts`) },
    id: trip.id,
    createdAt: instant(trip.startedAt + 2000),
    updatedAt: instant(trip.stoppedAt + 2000),
    startedAt: instant(trip.startedAt),
    stoppedAt: instant(trip.stoppedAt),
    startMileage: trip.startMileage,
    startEnergies: energies(trip.start),
    endEnergies: energies(trip.end),
  }
  const start = withPosition ? sayEnd(trip, trip.path[0], trip.startedAt, ask.generation) : undefined
  const stop = withPosition ? sayEnd(trip, trip.path.at(-1), trip.stoppedAt, ask.generation) : undefined
  if (ask.generation === 'v4')
    return told({
      ...common,
      startPosition: start,
      stopPosition: stop,
      duration: seconds,
      distance: Number(trip.distance.toFixed(1)),
      energyConsumptions: consumptions(car, trip),
      // Stellantis: the mean in metres a second, the most in kilometres an hour
      kinetic: { avgSpeed: Number((averageSpeed(trip) / 3.6).toFixed(2)), maxSpeed: topSpeed(trip) },
      segments: [{ propulsion: propulsionOf(trip), percent: 100, distance: Number(trip.distance.toFixed(1)) }],
      done: trip.done,
      faults: faultsOf(trip, 'fault'),
    })
  return told({
    ...common,
    stats: {
      duration: duration(seconds),
      distance: { total: Number(trip.distance.toFixed(1)), parts: [{ percent: 100, type: propulsionOf(trip) }] },
      energyConsumptions: consumptions(car, trip),
      kinetic: {
        speed: { averageSpeed: Number(averageSpeed(trip).toFixed(1)), topSpeed: topSpeed(trip) },
        acceleration: {
          max: 2.4,
          min: -2.9,
          segments: { hardBrakings: [{ offset: Math.round(seconds / 3), duration: 2, acceleration: -2.9 }] },
        },
      },
      env: { lightDrive: { day: 100 }, temp: { max: 16.5, min: 12 } },
      ecoCoaching: {
        totalScore: 4.1,
        segments: [{ offset: 0, duration: seconds, acceleration: 4, deceleration: 4, speed: 4.5, score: 4.1 }],
      },
      drivingMode: { segments: [{ offset: 0, duration: seconds, mode: 'Eco' }] },
    },
    state: told({ done: trip.done, faults: faultsOf(trip, 'fault') }),
    locations: start || stop ? told({ startPosition: start, stopPosition: stop }) : undefined,
  })
}

/** Stellantis v1 alone keeps charging sessions. */
export function saySession(session: Session, car: SimulatedCar, ask: Addressed, withPosition: boolean): Wire {
  const { battery } = car.profile
  const capacity = (battery?.capacity ?? 0) * 1000
  const range = (level: number) => (battery ? Math.round((level / 100) * (battery.capacity / battery.consumption) * 100) : 0)
  const power = session.type === 'DC' ? (battery?.dc ?? 0) : (battery?.ac ?? 0)
  const rate = battery ? Math.min(500, Math.round((power / battery.consumption) * 100)) : 0
  const mode = session.type === 'DC' ? 'Quick' : 'Slow'
  const side = (level: number): Wire => ({
    batteryPower: Math.round((capacity * level) / 100),
    level: Math.round(level),
    autonomy: range(level),
    chargingMode: mode,
    chargingSpeed: rate,
    chargePreferenceRate: 'High',
    chargingType: session.to >= 100 ? 'Full' : 'Partial',
    powerType: session.type,
  })
  const self = carAddress(ask, car)
  return told({
    _links: { self: link(`${self}/charging/sessions/${session.id}`), vehicle: link(self) },
    sid: session.id,
    createdAt: instant(session.start + 3000),
    updatedAt: instant(session.end + 3000),
    state: told({ done: session.done, faults: faultsOf(session, 'status') }),
    start: instant(session.start),
    end: instant(session.end),
    duration: duration((session.end - session.start) / 1000),
    position: withPosition && session.spot ? feature(session.spot, {}) : undefined,
    startEnergy: side(session.from),
    endEnergy: side(session.to),
    finishReason: session.finishReason,
    segments: [
      {
        offset: 0,
        level: Math.round(session.from),
        autonomy: range(session.from),
        load: Math.round((capacity * session.from) / 100),
        chargingMode: mode,
        chargingRate: rate,
        chargingPowerLevel: 5,
      },
    ],
    gain: {
      level: Math.round(session.to - session.from),
      autonomy: range(session.to) - range(session.from),
      power: Math.round((capacity * (session.to - session.from)) / 100),
    },
    environment: { temperatures: { max: 18, min: 11.5 } },
  })
}
