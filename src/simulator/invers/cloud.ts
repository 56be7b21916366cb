import { randomUUID } from 'node:crypto'
import type { Clock } from '../../clock'
import type { SimulatedCar } from '../car/car'
import type { Cloud, CloudBase, Crowd, Handled } from '../cloud'
import { inversDemo } from '../credentials'
import type { Faults } from '../faults'
import { json, type Call, type Ending } from '../http'
import { match, type Match, type Route } from '../router'
import { Users } from '../users'
import { AmqpPublisher, type AmqpTarget } from './amqp'
import { allows, Clients, type Permission } from './clients'
import { breakdown, plain } from './breakdown'
import { Commands } from './commands'
import { inversControls } from './controls'
import { crowdOf } from './crowd'
import { distort, distortionKinds } from './distort'
import { EventLog } from './events'
import { inversFaultKinds, meetable, shortNames } from './faultKinds'
import { FleetVehicle } from './fleet'
import { Garage } from './garage'
import { inversCommands, pathOf } from './listing'
import { askToken, tokenPath } from './oauth'
import { isProblemType, Problem, problemReply } from './problems'
import { RateLimit, rateFaults } from './rate'
import { defaultSettings, type InversSettings } from './settings'
import { AccessTokens, type Claims } from './tokens'
import { Traffic } from './traffic'
import { onWire, stateOnWire, type Circumstances, type InversVehicle } from './vehicle'
import { listVehicles } from './vehicles'
import { Webhook, type WebhookTarget } from './webhook'

export interface InversOptions {
  /** How many more cars the demo fleet has, beside the ones that live; default 0. */
  fleet?: number
  /** A real broker to publish events to. */
  amqp?: AmqpTarget
  /** An address to post events to. */
  webhook?: WebhookTarget
}

/** Living cars of each fleet, by their keys. */
const fleets = { [inversDemo.fleet]: ['city', 'van', 'moped', 'maker'], OTHER7: [] }

interface Visit {
  call: Call
  claims: Claims
  flowId: string
  params: Readonly<Record<string, string>>
}

interface Endpoint {
  needs: Permission
  answer(visit: Visit): Ending | Promise<Ending>
}

/** INVERS OneAPI as its reference describes it: token endpoint, vehicles, commands and events, below one prefix. */
export class InversCloud implements Cloud {
  readonly faultKinds = inversFaultKinds
  readonly users = new Users(inversDemo.fleet, fleets)
  readonly clients = new Clients()
  readonly settings: InversSettings = { ...defaultSettings }
  readonly tokens: AccessTokens
  readonly events: EventLog
  readonly garage: Garage
  readonly traffic: Traffic
  readonly crowd: Crowd
  readonly controls = inversControls(this)
  /** Absent: no broker was given. */
  publisher: AmqpPublisher | undefined
  private webhook: Webhook | undefined
  private readonly rate: RateLimit
  private readonly commands: Commands
  private readonly clock: Clock
  private readonly faults: Faults
  private quiet: InversVehicle | undefined
  /** How long a command takes, ms; tests may change it. */
  commandDelayMs: number

  constructor({ clock, cars, faults, commandDelayMs }: CloudBase, { fleet = 0, amqp, webhook }: InversOptions = {}) {
    this.clock = clock
    this.faults = faults
    this.commandDelayMs = commandDelayMs
    this.tokens = new AccessTokens(clock)
    this.events = new EventLog(clock)
    this.garage = new Garage(clock, cars, this.users, fleet)
    this.crowd = crowdOf(this.garage.fleet)
    this.traffic = new Traffic(clock, this.garage.fleet, this.events)
    this.rate = new RateLimit(clock, this.settings)
    this.commands = new Commands({
      clock,
      faults,
      settings: this.settings,
      events: this.events,
      delayMs: () => this.commandDelayMs,
      quietly: (vehicle, action) => this.quietly(vehicle, action),
    })
    for (const car of cars.list()) if (this.lists(car)) this.garage.of(car)
    if (amqp) void this.publishTo(amqp)
    this.postTo(webhook)
  }

  lists(car: SimulatedCar): boolean {
    return car.profile.invers !== undefined
  }

  /** From now on events go to this address alone; undefined: to none. */
  postTo(target: WebhookTarget | undefined): void {
    if (this.webhook) this.events.carriers.delete(this.webhook.carry)
    this.webhook?.close()
    this.webhook = target && new Webhook(this.clock, target)
    if (this.webhook) this.events.carriers.add(this.webhook.carry)
  }

  /** From now on events go to this broker alone. Resolves when it was tried once; it is tried on and on. */
  async publishTo(target: AmqpTarget): Promise<void> {
    if (!this.publisher?.isFor(target)) {
      if (this.publisher) this.events.carriers.delete(this.publisher.carry)
      void this.publisher?.close()
      this.publisher = new AmqpPublisher(this.clock, target)
      this.events.carriers.add(this.publisher.carry)
    }
    await this.publisher.tried
  }

  arrived(car: SimulatedCar): void {
    const vehicle = this.garage.of(car)
    if (vehicle === this.quiet) return
    const { fresh, lockChanged, reasons, trip } = vehicle.hear()
    this.events.recorded(vehicle, fresh)
    if (lockChanged) this.events.lockChanged(vehicle)
    if (trip) this.events.trip(vehicle, trip)
    if (reasons.length) this.events.vehicleChanged(vehicle, reasons)
  }

  /** Whether a command is running on this vehicle. */
  busy(vehicle: string): boolean {
    return this.commands.busy(vehicle)
  }

  /** Changes what no command can, and tells whoever listens. */
  change(vehicle: InversVehicle, circumstances: Partial<Circumstances>): void {
    vehicle.change(circumstances)
    // Living cars report it themselves.
    if (!(vehicle instanceof FleetVehicle)) return
    const { moving, rental, operation, connected } = circumstances
    if (moving !== undefined) this.events.trip(vehicle, moving ? 'STARTED' : 'ENDED')
    const reasons = Object.entries({ RENTAL: rental, OPERATION: operation, LIFE: connected }).flatMap(([word, to]) =>
      to === undefined ? [] : [`${word}_STATUS_CHANGED`],
    )
    if (reasons.length) this.events.vehicleChanged(vehicle, reasons)
  }

  /** API clients, quotas, vehicles and events as at the start. Tokens stay good. */
  reset(): void {
    Object.assign(this.settings, defaultSettings)
    this.users.reset()
    this.clients.reset()
    this.rate.reset()
    this.traffic.flow(0)
    this.garage.reset()
    this.events.clear()
  }

  async close(): Promise<void> {
    this.traffic.flow(0)
    this.webhook?.close()
    await this.publisher?.close()
  }

  /** Answers a call; its path starts behind the prefix. */
  async handle(call: Call): Promise<Handled> {
    const flowId = randomUUID()
    const isToken = call.path === tokenPath
    const found = match(this.routes(), call.method, call.path)
    const template = isToken ? tokenPath : found.kind === 'found' ? templateOf(found) : '(unknown)'
    const broken = await breakdown(call, this.clock, this.faults)
    if (broken) return { template, ending: withFlow(broken, flowId) }
    if (isToken) return { template, ending: withFlow(this.token(call, flowId), flowId) }
    return { template, ending: withFlow(await this.api(call, found, flowId), flowId) }
  }

  private token(call: Call, flowId: string): Ending {
    if (call.method !== 'POST') return plain(405, 'Method Not Allowed')
    const { clients, tokens, faults, settings } = this
    return askToken(call, flowId, { clients, tokens, faults, settings })
  }

  private async api(call: Call, found: Match<Endpoint>, flowId: string): Promise<Ending> {
    const claims: { held?: Claims } = {}
    const limit = () => (claims.held ? this.rate.headers(claims.held.sub) : {})
    try {
      claims.held = this.claims(call)
      this.rate.count(claims.held.sub)
      this.playProblem(call)
      if (found.kind === 'nothing') throw new Problem('resource-not-found')
      if (found.kind === 'method') return plain(405, 'Method Not Allowed')
      this.permit(claims.held, found.route.to.needs)
      const ending = await found.route.to.answer({ call, claims: claims.held, flowId, params: found.params })
      if (typeof ending === 'string') return ending
      const good = ending.status === 200 ? this.distorted(call, ending) : ending
      return { ...good, headers: { ...limit(), ...good.headers } }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const reply = problemReply(error, flowId, this.settings)
      // A refusal by the limit says in its own way how long to wait, and in that way only.
      return error.type === 'too-many-requests' ? reply : { ...reply, headers: { ...limit(), ...reply.headers } }
    }
  }

  private claims({ headers, path }: Call): Claims {
    if (headers.authorization === undefined) throw new Problem('missing-credentials')
    if (this.faults.take('invers', path, ['token-revoked'])) this.tokens.revokeAll()
    const [scheme, token] = headers.authorization.split(' ')
    const claims = scheme?.toLowerCase() === 'bearer' && token ? this.tokens.check(token) : undefined
    if (!claims || !this.clients.find(claims.sub)) throw new Problem('invalid-credentials')
    return claims
  }

  /** Without the permission the client may not; with it, an old token still may not. INVERS: problem types, 403 */
  private permit({ sub, scopes }: Claims, wanted: Permission): void {
    if (!allows(this.clients.find(sub)?.permissions ?? [], wanted))
      throw new Problem('missing-permissions', `The API client lacks the permission '${wanted}'.`)
    if (!allows(scopes, wanted)) throw new Problem('forbidden-resource', `The token lacks the scope '${wanted}'.`)
  }

  private playProblem(call: Call): void {
    const limited = this.faults.take('invers', call.path, rateFaults)
    if (limited) throw this.rate.play(limited)
    const kind = this.faults.take('invers', call.path, meetable(call.method === 'POST'))?.kind
    if (kind === undefined) return
    throw new Problem(isProblemType(kind) ? kind : (shortNames[kind] ?? 'internal-server-error'))
  }

  private distorted(call: Call, ending: Exclude<Ending, string>): Exclude<Ending, string> {
    const fault = this.faults.take('invers', call.path, distortionKinds)
    return fault ? distort(ending, fault) : ending
  }

  /** The latest state is where the settings say. */
  private routes(): readonly Route<Endpoint>[] {
    const own = ({ claims, params }: Visit): InversVehicle => {
      const { vehicle_id = '' } = params
      const vehicle = this.garage.inFleet(claims.fleet, vehicle_id)
      if (!vehicle) throw new Problem('resource-not-found', `No vehicle with ID '${vehicle_id}' was found.`)
      return vehicle
    }
    const reading = (answer: Endpoint['answer']): Endpoint => ({ needs: 'vehicles.ro', answer })
    return [
      {
        method: 'GET',
        path: '/vehicles',
        to: reading(({ call, claims }) => listVehicles(call, claims.fleet, this.garage, this.settings)),
      },
      { method: 'GET', path: '/vehicles/{vehicle_id}', to: reading((visit) => json(200, onWire(own(visit)))) },
      { method: 'GET', path: this.settings.statePath, to: reading((visit) => json(200, stateOnWire(own(visit).state()))) },
      {
        method: 'POST',
        path: '/vehicles/{vehicle_id}/commands/{command}',
        to: {
          needs: 'vehicle-commands',
          answer: (visit) => this.commands.run(own(visit), visit.params.command ?? '', visit.call, visit.flowId),
        },
      },
    ]
  }

  private quietly(vehicle: InversVehicle, action: () => void): void {
    this.quiet = vehicle
    try {
      action()
    } finally {
      this.quiet = undefined
    }
  }
}

const known = new Set(inversCommands.map(pathOf))

/** Commands are counted by their own names. */
function templateOf({ route, params }: Extract<Match<Endpoint>, { kind: 'found' }>): string {
  const { command } = params
  return command !== undefined && known.has(command) ? route.path.replace('{command}', command) : route.path
}

/** Every answer carries the id under which support finds the call. INVERS: headers */
function withFlow(ending: Ending, flowId: string): Ending {
  return typeof ending === 'string' ? ending : { ...ending, headers: { 'X-INVERS-Flow-ID': flowId, ...ending.headers } }
}
