import type { Reply } from '../../http'
import type { Route } from '../../router'
import { factsOf, hal, type Ask, type Endpoint } from '../endpoint'
import { Refused } from '../errors'
import { told, type Wire } from '../facts'
import type { CarFile, CarFiles } from '../file'
import { collection } from '../hal'
import type { Generation } from '../listing'
import type { Trip } from '../records'
import { carAddress, propulsionOf, sayAlarm, sayCollision, saySession, sayStolen, sayWaypoint, topSpeed } from '../say'
import { connected } from '../state'
import { thinned } from './path'
import { duringTrip, samples, saySample } from './telemetry'
import { ordered, rangeAsked, timesAsked, wordsAsked } from './timestamps'

/** A kind of record below a car: how it is found, filtered and told. */
interface Kind<T> {
  /** Last part of the address, and the name under `_embedded`. */
  path: string
  name: string
  v1?: readonly string[]
  v4?: readonly string[]
  records: (ask: Ask, file: CarFile) => readonly T[]
  at: (record: T) => number
  id: (record: T) => string
  fits?: (ask: Ask) => (record: T) => boolean
  say: (record: T, ask: Ask, file: CarFile) => Wire | undefined
  /** One alone comes without its addresses. */
  bare?: true
}

const states = ['Nominal', 'Unstarted', 'DataLacking', 'Unfinished']
const stateOf = ({ fault }: { fault?: string }) => fault ?? 'Nominal'

/** Where something happened is told only to whoever may know where the car is. */
const withPosition = (ask: Ask): boolean =>
  (ask.generation === 'v1' ? ask.scopes.has('data:telemetry:vehicle:location') : ask.scopes.hasFlat('data:position')) &&
  factsOf(ask.car).text('reachability.privacy') === 'none'

/** What began on a trip. */
const during = <T>(trip: Trip, records: readonly T[], at: (record: T) => number) =>
  records.filter((record) => at(record) >= trip.startedAt && at(record) <= trip.stoppedAt)

function tripOf(ask: Ask, file: CarFile): Trip {
  const trip = file.past.trips.find(({ id }) => id === ask.params.tid)
  if (!trip) throw new Refused({ status: 404, message: 'There is no such trip' })
  return trip
}

const alerts: Kind<CarFile['past']['alerts'][number]> = {
  path: 'alerts',
  name: 'alerts',
  v1: ['data:telemetry:vehicle:alert'],
  v4: ['data:alert'],
  records: (ask, file) =>
    ask.params.tid === undefined ? file.past.alerts : during(tripOf(ask, file), file.past.alerts, ({ startedAt }) => startedAt),
  at: ({ startedAt }) => startedAt,
  id: ({ id }) => id,
  fits: ({ query, generation }) => {
    const active = generation === 'v1' ? query.get('active') : null
    if (active !== null && active !== 'true' && active !== 'false')
      throw new Refused({ status: 400, message: 'active must be true or false' })
    return ({ endAt }) => active === null || (active === 'true') === (endAt === undefined)
  },
  say: (alert, ask, file) => file.sayAlert(alert, ask, withPosition(ask)),
}

const alarmKinds = ['vehicle.alarm.status', 'vehicle.alarm.trigger']

const alarms: Kind<CarFile['past']['alarms'][number]> = {
  path: 'alarms',
  name: 'alarms',
  v1: ['data:telemetry:vehicle:alarm'],
  v4: ['data:telemetry'],
  records: (_ask, { past }) => past.alarms,
  at: ({ at }) => at,
  id: ({ id }) => id,
  fits: ({ query }) => {
    const asked = wordsAsked(query, 'type', alarmKinds)
    return ({ activation }) => asked(activation === undefined ? 'vehicle.alarm.trigger' : 'vehicle.alarm.status')
  },
  say: sayAlarm,
}

const collisions: Kind<CarFile['past']['collisions'][number]> = {
  path: 'collisions',
  name: 'Collisions',
  v1: ['data:collision'],
  v4: ['data:collision'],
  records: (ask, file) =>
    ask.params.tid === undefined ? file.past.collisions : during(tripOf(ask, file), file.past.collisions, ({ at }) => at),
  at: ({ at }) => at,
  id: ({ id }) => id,
  say: (collision, ask, file) =>
    ask.params.tid === undefined ? file.sayCollision(collision, ask) : sayCollision(collision, file.car, ask, tripOf(ask, file)),
}

const sessions: Kind<CarFile['past']['sessions'][number]> = {
  path: 'charging/sessions',
  name: 'sessions',
  v1: ['data:telemetry:vehicle:energies'],
  bare: true,
  records: (_ask, { past }) => past.sessions,
  at: ({ start }) => start,
  id: ({ id }) => id,
  fits: ({ query, car }) => {
    const { battery } = car.profile
    const state = wordsAsked(query, 'states', states)
    const level = rangeAsked(query, 'level')
    const power = rangeAsked(query, 'power')
    const autonomy = rangeAsked(query, 'autonomy')
    const lasted = rangeAsked(query, 'duration')
    return (session) => {
      const gained = session.to - session.from
      const wattHours = (gained / 100) * (battery?.capacity ?? 0) * 1000
      return (
        state(stateOf(session)) &&
        level(gained) &&
        power(wattHours) &&
        autonomy(wattHours / 10 / (battery?.consumption ?? 1)) &&
        lasted((session.end - session.start) / 1000)
      )
    }
  },
  say: (session, ask, file) => saySession(session, file.car, ask, withPosition(ask)),
}

const kinetics = ['HardAcceleration', 'HardBraking', 'HardCornering']
const propulsions = ['Thermal', 'Electric', 'Hybrid']

const trips: Kind<Trip> = {
  path: 'trips',
  name: 'trips',
  v1: ['data:trip'],
  v4: ['data:trip'],
  records: (_ask, { past }) => past.trips,
  at: ({ startedAt }) => startedAt,
  id: ({ id }) => id,
  fits: ({ query, generation }) => {
    if (generation === 'v1') wordsAsked(query, 'type', ['Normal'])
    const state = wordsAsked(query, 'states', states)
    const kinetic = generation === 'v1' ? wordsAsked(query, 'kinetics', kinetics) : () => true
    const propulsion = generation === 'v1' ? wordsAsked(query, 'propulsions', propulsions) : () => true
    const far = rangeAsked(query, 'distance')
    const lasted = rangeAsked(query, 'duration')
    return (trip) =>
      state(stateOf(trip)) &&
      propulsion(propulsionOf(trip)) &&
      // Every trip tells of a hard braking, a fast one of a hard acceleration too.
      (kinetic('HardBraking') || (kinetic('HardAcceleration') && topSpeed(trip) > 85)) &&
      far(Number(trip.distance.toFixed(1))) &&
      lasted((trip.stoppedAt - trip.startedAt) / 1000)
  },
  say: (trip, ask, file) => file.sayTrip(trip, ask, withPosition(ask)),
}

const stolen: Kind<CarFile['past']['stolen'][number]> = {
  path: 'stolen',
  name: 'stolen',
  v1: [],
  records: (_ask, { past }) => past.stolen,
  at: ({ startedAt }) => startedAt,
  id: ({ id }) => id,
  say: (report, ask, file) => sayStolen(report, file.car, ask),
}

const roots: Readonly<Record<Generation, string>> = {
  v1: '/v1/accounts/vehicles/{id}',
  v4: '/connectedcar/v4/user/vehicles/{id}',
}

/** Stellantis: privacy `Full` shares nothing. */
function open(ask: Ask): void {
  connected(ask.car)
  if (factsOf(ask.car).text('reachability.privacy') === 'full')
    throw new Refused({ status: 404, detail: 99, message: 'No data for this context.' })
}

/** The address that was asked for, without its query. */
function hrefOf(ask: Ask): string {
  const behind = ask.call.path.split('/vehicles/')[1]?.split('/').slice(1).join('/') ?? ''
  return `${carAddress(ask, ask.car)}/${behind}`
}

/** The collection and one of it, for a car or for a trip of it. */
function routesOf<T>(kind: Kind<T>, files: CarFiles, inTrip = false): Route<Endpoint>[] {
  const list = (ask: Ask): Reply => {
    open(ask)
    const file = files.of(ask.car)
    const within = timesAsked(ask.query, ask.now)
    const fits = kind.fits?.(ask) ?? (() => true)
    const found = kind.records(ask, file).filter((record) => within(kind.at(record)) && fits(record))
    const items = ordered(found, ask.query, kind.at).flatMap((record) => kind.say(record, ask, file) ?? [])
    return hal(200, collection({ name: kind.name, items, href: hrefOf(ask), ...ask }))
  }
  const one = (ask: Ask): Reply => {
    open(ask)
    const file = files.of(ask.car)
    const record = kind.records(ask, file).find((candidate) => kind.id(candidate) === ask.params.rid)
    const said = record && kind.say(record, ask, file)
    if (!said) throw new Refused({ status: 404, message: 'There is no such record' })
    const { _links, ...bare } = said
    return hal(200, kind.bare ? bare : told({ _links, ...bare }))
  }
  return (['v1', 'v4'] as const).flatMap((generation): Route<Endpoint>[] => {
    const own = kind[generation]
    if (!own) return []
    const scopes = inTrip ? [...own, 'data:trip'] : own
    const path = `${roots[generation]}${inTrip ? '/trips/{tid}' : ''}/${kind.path}`
    return [
      { method: 'GET', path, to: { generation, scopes, answer: list } },
      { method: 'GET', path: `${path}/{rid}`, to: { generation, scopes, answer: one } },
    ]
  })
}

/** Way points of a trip or of a theft. */
function waypoints(ask: Ask, path: Trip['path']): Reply {
  const text = ask.query.get('tolerance')
  const tolerance = text === null ? undefined : Number(text)
  if (tolerance !== undefined && !(tolerance >= 0))
    throw new Refused({ status: 400, message: 'tolerance must be a number of kilometres' })
  const within = timesAsked(ask.query, ask.now)
  const found = (tolerance === undefined ? path : thinned(path, tolerance)).filter(({ at }) => within(at))
  // In the order of the way, unless asked otherwise.
  const items = (ask.query.has('orderBy') ? ordered(found, ask.query, ({ at }) => at) : found).map((point) => sayWaypoint(point))
  return hal(200, collection({ name: 'positions', items, href: hrefOf(ask), ...ask }))
}

/** Everything that is over. Stellantis: operations 4, 6 to 21 and 39 to 41, and v4's */
export function histories(files: CarFiles): readonly Route<Endpoint>[] {
  const telemetry = (ask: Ask): Reply => {
    open(ask)
    const file = files.of(ask.car)
    const within = timesAsked(ask.query, ask.now)
    const found = samples(file).filter(({ at }) => within(at))
    const items = ordered(found, ask.query, ({ at }) => at).flatMap((sample) => saySample(sample, ask, file) ?? [])
    const largest = ask.generation === 'v4' ? 2000 : undefined
    return hal(200, collection({ name: 'telemetries', items, href: hrefOf(ask), ...ask, ...(largest ? { largest } : {}) }))
  }
  const tripTelemetry = (ask: Ask): Reply => {
    open(ask)
    const file = files.of(ask.car)
    const within = timesAsked(ask.query, ask.now)
    const found = duringTrip(file, tripOf(ask, file)).filter(({ at }) => within(at))
    const items = ordered(found, ask.query, ({ at }) => at).flatMap((sample) => saySample(sample, ask, file) ?? [])
    // Stellantis v4: as large as pages of the telemetry itself.
    const largest = ask.generation === 'v4' ? 2000 : undefined
    return hal(200, collection({ name: 'telemetries', items, href: hrefOf(ask), ...ask, ...(largest ? { largest } : {}) }))
  }
  const tripPoints = (ask: Ask): Reply => {
    open(ask)
    return waypoints(ask, tripOf(ask, files.of(ask.car)).path)
  }
  const stolenPoints = (ask: Ask): Reply => {
    open(ask)
    const report = files.of(ask.car).past.stolen.find(({ id }) => id === ask.params.rid)
    if (!report) throw new Refused({ status: 404, message: 'There is no such report' })
    return waypoints(ask, report.path)
  }
  return [
    ...routesOf(alerts, files),
    ...routesOf(alarms, files),
    ...routesOf(collisions, files),
    ...routesOf(sessions, files),
    ...routesOf(trips, files),
    ...routesOf(stolen, files),
    ...routesOf(alerts, files, true),
    ...routesOf(collisions, files, true),
    { method: 'GET', path: `${roots.v1}/telemetries`, to: { generation: 'v1', answer: telemetry } },
    { method: 'GET', path: `${roots.v4}/telemetry`, to: { generation: 'v4', answer: telemetry } },
    ...(['v1', 'v4'] as const).flatMap((generation): Route<Endpoint>[] => [
      {
        method: 'GET',
        path: `${roots[generation]}/trips/{tid}/telemetry`,
        to: { generation, scopes: ['data:trip'], answer: tripTelemetry },
      },
      {
        method: 'GET',
        path: `${roots[generation]}/trips/{tid}/wayPoints`,
        to: {
          generation,
          scopes: ['data:trip', generation === 'v1' ? 'data:telemetry:vehicle:location' : 'data:position'],
          answer: tripPoints,
        },
      },
    ]),
    { method: 'GET', path: `${roots.v1}/stolen/{rid}/waypoints`, to: { generation: 'v1', answer: stolenPoints } },
  ]
}
