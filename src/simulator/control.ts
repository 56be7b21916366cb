import type { ServerResponse } from 'node:http'
import { iso, type Clock } from '../clock'
import { actions } from './actions'
import type { CallLog } from './calls'
import { CarRefusal } from './car/body'
import type { SimulatedCar } from './car/car'
import type { SimulatedCars } from './cars'
import type { Cloud, Crowd, Listed } from './cloud'
import { readBody, WrongBody } from './checkBody'
import { FaultError, type Faults } from './faults'
import { json, type Call, type Ending, type Reply } from './http'
import type { Live } from './live'
import { match, type Route } from './router'
import { pageFile, simulatorPage } from './page'
import { bodies } from './bodies'
import { chosen } from './carList'
import { choices } from './choices'
import type { Courses } from './courses'
import type { TimeLapse } from './timeLapse'
import { view } from './view'
import type { VolvoCloud } from './volvo/cloud'

/** What the control API controls. */
export interface Controlled {
  clock: Clock
  cars: SimulatedCars
  faults: Faults
  calls: CallLog
  clouds: Readonly<Record<string, Cloud>>
  volvo: VolvoCloud
  live: Live
  timeLapse: TimeLapse
  courses: Courses
  advance(seconds: number): Promise<void>
  reset(): void
}

interface Visit {
  call: Call
  params: Readonly<Record<string, string>>
  response: ServerResponse
}

const wrong = (message: string, field?: string): Reply => json(400, { error: message, ...(field === undefined ? {} : { field }) })

/** The page and the control API below `/sim`. Errors are JSON with `error` and, where one is to blame, `field`. */
export class Control {
  private readonly routes: readonly Route<(visit: Visit) => Ending>[]

  constructor(private readonly sim: Controlled) {
    const toPage = (): Reply => ({ status: 302, headers: { location: '/sim/' } })
    this.routes = [
      { method: 'GET', path: '/', to: toPage },
      { method: 'GET', path: '/sim', to: toPage },
      { method: 'GET', path: '/sim/', to: simulatorPage },
      { method: 'GET', path: '/sim/page/{file}', to: ({ params }) => pageFile(params.file) },
      { method: 'GET', path: '/sim/api/vehicles', to: ({ call }) => this.vehicles(call.query) },
      { method: 'POST', path: '/sim/api/vehicles', to: ({ call }) => this.add(call) },
      { method: 'GET', path: '/sim/api/vehicles/{id}', to: ({ params }) => this.vehicle(params) },
      { method: 'POST', path: '/sim/api/vehicles/{id}/{action}', to: ({ call, params }) => this.act(call, params) },
      { method: 'GET', path: '/sim/api/vehicles/{id}/course', to: ({ params }) => this.course(params) },
      { method: 'GET', path: '/sim/api/choices', to: () => json(200, choices(this.faultKinds)) },
      { method: 'GET', path: '/sim/api/faults', to: () => json(200, this.sim.faults.list()) },
      {
        method: 'POST',
        path: '/sim/api/faults',
        to: ({ call }) => json(200, this.sim.faults.add(readBody(bodies.fault, call.body))),
      },
      { method: 'DELETE', path: '/sim/api/faults', to: ({ call }) => this.clearFaults(call) },
      { method: 'DELETE', path: '/sim/api/faults/{id}', to: ({ params }) => this.removeFault(params) },
      { method: 'GET', path: '/sim/api/calls', to: ({ call }) => this.calls(call) },
      { method: 'POST', path: '/sim/api/clock', to: ({ call }) => this.advance(call) },
      { method: 'GET', path: '/sim/api/clock', to: () => json(200, { now: iso(this.sim.clock.now()) }) },
      { method: 'GET', path: '/sim/api/play', to: () => json(200, this.sim.timeLapse.state) },
      {
        method: 'POST',
        path: '/sim/api/play',
        to: ({ call }) => json(200, this.sim.timeLapse.play(readBody(bodies.play, call.body))),
      },
      { method: 'DELETE', path: '/sim/api/play', to: () => json(200, this.sim.timeLapse.stop()) },
      { method: 'POST', path: '/sim/api/reset', to: ({ call }) => this.reset(call) },
      { method: 'POST', path: '/sim/api/volvo/test-token', to: ({ call }) => this.testToken(call) },
      { method: 'GET', path: '/sim/api/events', to: (visit) => this.events(visit) },
      ...Object.entries(sim.clouds).flatMap(([provider, { controls = [] }]) =>
        controls.map(({ method, path, to }) => ({
          method,
          path: `/sim/api/${provider}${path}`,
          to: ({ call, params }: Visit) => to(call, params),
        })),
      ),
    ]
  }

  handle(call: Call, response: ServerResponse): Ending {
    if (!fromHere(call)) return json(403, { error: 'Another website may not steer the simulator' })
    const found = match(this.routes, call.method, call.path)
    if (found.kind === 'nothing') return json(404, { error: 'There is no such address' })
    if (found.kind === 'method')
      return json(405, { error: `Only ${found.allowed.join(', ')}` }, { allow: found.allowed.join(', ') })
    try {
      return found.route.to({ call, params: found.params, response })
    } catch (error) {
      if (error instanceof WrongBody || error instanceof FaultError) return wrong(error.message, error.field)
      if (error instanceof CarRefusal)
        return error.field === undefined ? json(409, { error: error.message }) : wrong(error.message, error.field)
      throw error
    }
  }

  /**
   * Those that `q`, `provider` and `fleet` mean, from `offset` on, 1000 unless `limit` says less; the cars first, then the
   * fleet. The header says how many match.
   */
  private vehicles(query: URLSearchParams): Reply {
    this.sim.cars.sync()
    const { cars, crowd, total } = chosen(this.sim.cars.list(), this.crowds, query)
    const own = cars.map((car) => ({ ...view(car), owners: this.cloudOf(car)?.users.ownersOf(car.key) ?? [] }))
    return json(200, [...own, ...crowd.map((vehicle) => vehicle.view())], { 'x-total-count': String(total) })
  }

  private course({ id = '' }: Visit['params']): Reply {
    const car = this.find(id)
    car?.sync()
    return car ? json(200, this.sim.courses.of(car)) : json(404, { error: 'There is no such car' })
  }

  private get faultKinds() {
    return Object.fromEntries(Object.entries(this.sim.clouds).map(([provider, { faultKinds }]) => [provider, faultKinds]))
  }

  private get crowds(): Readonly<Record<string, Crowd>> {
    return Object.fromEntries(Object.entries(this.sim.clouds).flatMap(([name, { crowd }]) => (crowd ? [[name, crowd]] : [])))
  }

  private inCrowd(id: string): Listed | undefined {
    const found = Object.values(this.crowds).map((crowd) => crowd.find(id))
    return found.find((vehicle) => vehicle !== undefined)
  }

  private removeFault({ id = '' }: Visit['params']): Reply {
    return this.sim.faults.remove(Number(id)) ? json(200, this.sim.faults.list()) : json(404, { error: 'There is no such fault' })
  }

  private cloudOf(car: SimulatedCar): Cloud | undefined {
    return Object.values(this.sim.clouds).find((cloud) => cloud.lists(car))
  }

  private find(id: string): SimulatedCar | undefined {
    return findCar(this.sim, id)
  }

  private vehicle({ id = '' }: Visit['params']): Reply {
    const car = this.find(id)
    car?.sync()
    const shown = car ? view(car) : this.inCrowd(id)?.view()
    return shown ? json(200, shown) : json(404, { error: 'There is no such car' })
  }

  private act(call: Call, { id = '', action = '' }: Visit['params']): Reply {
    const car = this.find(id)
    if (!car && this.inCrowd(id))
      return json(409, { error: "A vehicle of the fleet has no such buttons; it is changed by its cloud's own controls" })
    if (!car) return json(404, { error: 'There is no such car' })
    const found = Object.hasOwn(actions, action) ? actions[action] : undefined
    if (!found) return json(404, { error: `There is no action ${action}; there are ${Object.keys(actions).join(', ')}` })
    found(car, call.body)
    return json(200, view(car))
  }

  private add(call: Call): Reply {
    const { like, key, vin, owner } = readBody(bodies.newCar, call.body)
    if (!this.sim.cars.find(like))
      return wrong(
        `like must be one of ${this.sim.cars
          .list()
          .map((car) => car.key)
          .join(', ')}`,
        'like',
      )
    if (this.sim.cars.find(key)) return wrong('key is taken', 'key')
    if (this.sim.cars.find(vin)) return wrong('vin is taken', 'vin')
    const car = this.sim.cars.add({ like, key, vin })
    const users = this.cloudOf(car)?.users
    const to = owner ?? users?.first ?? ''
    users?.give(to, [...users.carsOf(to), key])
    return json(201, view(car))
  }

  private clearFaults(call: Call): Reply {
    this.sim.faults.clear(call.query.get('provider') ?? undefined)
    return json(200, [])
  }

  private calls({ query }: Call): Reply {
    const calls = this.sim.calls.list({
      path: query.get('path') ?? '',
      method: query.get('method') ?? undefined,
      provider: query.get('provider') ?? undefined,
    })
    if (query.has('summary')) return json(200, { total: this.sim.calls.total, byPath: this.sim.calls.byPath })
    const limit = Number(query.get('limit') ?? 5000)
    const { total, last } = this.sim.calls
    return json(200, calls.slice(-limit), { 'x-total-count': String(total), 'x-last-call': String(last) })
  }

  private advance(call: Call): Reply {
    const { advance } = readBody(bodies.clock, call.body)
    void this.sim.advance(advance)
    return json(200, { now: iso(this.sim.clock.now()) })
  }

  private reset(call: Call): Reply {
    const { vehicles } = readBody(bodies.reset, call.body)
    const unknown = vehicles?.find((name) => !this.sim.cars.find(name))
    if (unknown !== undefined) return wrong(`vehicles: there is no car ${unknown}`, 'vehicles')
    this.sim.reset()
    const wanted = vehicles?.map((name) => this.sim.cars.get(name)) ?? []
    for (const cloud of Object.values(this.sim.clouds)) {
      const listed = wanted.filter((car) => cloud.lists(car))
      if (listed.length || vehicles?.length === 0) cloud.users.give(cloud.users.first, keysOf(listed))
    }
    return this.vehicles(new URLSearchParams({ fleet: 'false' }))
  }

  private testToken(call: Call): Reply {
    const { user, scopes, readOnly } = readBody(bodies.testToken, call.body)
    return json(200, { access_token: this.sim.volvo.tokens.testToken(user, scopes, readOnly), expires_in: 3600 })
  }

  /** `cars`, keys with commas between, narrows what is told to these cars. */
  private events({ call, response }: Visit): Ending {
    this.sim.live.listen(response, call.query.get('cars')?.split(','))
    return 'taken'
  }
}

/** By VIN, short name, or the id that the car's cloud gives it. */
export function findCar({ cars, clouds }: Pick<Controlled, 'cars' | 'clouds'>, id: string): SimulatedCar | undefined {
  const known = Object.values(clouds).map((cloud) => cloud.find?.(id))
  return cars.find(id) ?? known.find((car) => car !== undefined)
}

const keysOf = (cars: readonly SimulatedCar[]) => cars.map(({ key }) => key)

/** Browsers say which site a request comes from; only our own page may steer. */
function fromHere({ headers }: Call): boolean {
  if (headers.origin === undefined) return true
  try {
    return new URL(headers.origin).host === headers.host
  } catch {
    return false
  }
}
