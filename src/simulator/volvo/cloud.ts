import { randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock'
import { pause } from '../../clock'
import type { SimulatedCar } from '../car/car'
import type { SimulatedCars } from '../cars'
import type { Cloud, CloudBase, Handled } from '../cloud'
import { volvoDemo } from '../credentials'
import type { FaultKinds, Faults } from '../faults'
import { json, type Call, type Ending } from '../http'
import { match, type Route } from '../router'
import { Users } from '../users'
import { Applications } from '../signIn/applications'
import { tokenFaults } from '../signIn/redeem'
import { volvoCommands } from './commands'
import { connectedVehicle } from './connectedVehicle'
import { distort, distortionKinds } from './distort'
import type { Endpoint } from './endpoint'
import { energyV1 } from './energyV1'
import { energyV2 } from './energyV2'
import { checks, gatewayKinds, type Visit } from './gateway'
import { locationV1 } from './location'
import { VolvoId } from './oauth'
import { Quotas } from './quotas'
import { Tokens } from '../signIn/tokens'

const wholesaleKinds = ['timeout', 'reset', 'slow', '500', '502-html', '503', '504'] as const

const onceKinds = ['next-command', 'reset-late', 'timeout-late', 'error-late', ...tokenFaults]

const volvoFaultKinds: FaultKinds = {
  all: [...wholesaleKinds, ...gatewayKinds, ...distortionKinds, ...onceKinds],
  once: onceKinds,
}

const proxyPage =
  '<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body><center><h1>502 Bad Gateway</h1></center></body>\r\n</html>'

/** Who owns which cars, by the cars' keys. */
const owners = { [volvoDemo.user]: ['ex40', 'xc60', 'v60'], other: ['ex30', 'us-xc40'], nobody: [] }

/** Volvo's cloud as its reference describes it: sign-in, gateway, and four APIs, below one prefix. */
export class VolvoCloud implements Cloud {
  readonly faultKinds = volvoFaultKinds
  readonly applications = new Applications({
    ...volvoDemo,
    apiKeys: [volvoDemo.apiKey, volvoDemo.secondaryApiKey],
    redirectUris: [volvoDemo.redirectUri],
    loopbackRedirects: true,
  })
  readonly users = new Users(volvoDemo.user, owners)
  readonly tokens: Tokens
  readonly settings: { commandDelayMs: number }
  private readonly quotas: Quotas
  private readonly id: VolvoId
  private readonly routes: readonly Route<Endpoint>[]

  private readonly clock: Clock
  private readonly cars: SimulatedCars
  private readonly faults: Faults

  constructor({ clock, cars, faults, commandDelayMs }: CloudBase) {
    this.clock = clock
    this.cars = cars
    this.faults = faults
    this.settings = { commandDelayMs }
    this.tokens = new Tokens(clock)
    this.quotas = new Quotas(clock)
    this.id = new VolvoId(this.applications, this.tokens, this.users, faults)
    this.routes = [...connectedVehicle, ...volvoCommands(clock, faults, this.settings), ...energyV1, ...energyV2, ...locationV1]
  }

  /** Quotas in force; tests may lower them. */
  get limits() {
    return this.quotas.limits
  }

  /** Calls of an API key since midnight UTC. */
  usedToday(apiKey: string): number {
    return this.quotas.used(apiKey)
  }

  /** Cars, quotas and owners as at the start. Sign-ins stay good. */
  reset(): void {
    this.users.reset()
    this.quotas.reset()
  }

  lists({ profile }: SimulatedCar): boolean {
    return profile.volvo !== undefined
  }

  /** Answers a call; its path starts behind the prefix. */
  async handle(call: Call): Promise<Handled> {
    const signIn = match(this.id.routes, call.method, call.path)
    const found = match(this.routes, call.method, call.path)
    const template = signIn.kind === 'found' ? signIn.route.path : found.kind === 'found' ? found.route.path : '(unknown)'
    const broken = await this.broken(call)
    if (broken) return { template, ending: broken }
    if (signIn.kind === 'found') return { template, ending: signIn.route.to(call) }
    return { template, ending: await this.api(call, found) }
  }

  private async api(call: Call, found: Visit['found']): Promise<Ending> {
    const operationId = String(call.headers['vcc-api-operationid'] ?? randomUUID())
    const visit: Visit = {
      call,
      found,
      operationId,
      faults: this.faults,
      cars: this.cars,
      quotas: this.quotas,
      applications: this.applications,
      tokens: this.tokens,
      users: this.users,
    }
    return withIds(call, operationId, await this.answer(visit))
  }

  private async answer(visit: Visit): Promise<Ending> {
    for (const check of checks) {
      const refused = check(visit)
      if (refused) return refused
    }
    if (visit.found.kind !== 'found' || !visit.token) return json(404, {})
    const { call, operationId, token, cars } = visit
    const owned = this.users.carsOf(token.grant.user).flatMap((key) => cars.find(key) ?? [])
    // Only the list of cars names none, and it does not look at one.
    const car = visit.car ?? cars.first
    const ending = await visit.found.route.to.answer({ call, operationId, token, cars: owned, car })
    if (typeof ending === 'string' || ending.status !== 200 || call.method !== 'GET') return ending
    const fault = this.faults.take('volvo', call.path, distortionKinds)
    return fault ? distort(ending, fault) : ending
  }

  /** Faults that strike before anybody looks at the call. */
  private async broken(call: Call): Promise<Ending | undefined> {
    const fault = this.faults.take('volvo', call.path, wholesaleKinds)
    switch (fault?.kind) {
      case 'timeout':
        return 'hang'
      case 'reset':
        return 'destroy'
      case 'slow':
        await pause(this.clock, fault.delayMs ?? 5000)
        return undefined
      case '500':
        return json(500, { error: { message: 'INTERNAL_SERVER_ERROR', description: 'Internal server error' } })
      case '502-html':
        return { status: 502, text: proxyPage, headers: { 'content-type': 'text/html' } }
      case '503':
        return json(503, { error: { message: 'SERVICE_UNAVAILABLE', description: 'Service is temporarily unavailable' } })
      case '504':
        return json(504, { error: { message: 'GATEWAY_TIMEOUT', description: 'No answer in time' } })
      default:
        return undefined
    }
  }
}

/** Every answer carries the ids under which support finds the call; made here when the client sent none. */
function withIds(call: Call, operationId: string, ending: Ending): Ending {
  if (typeof ending === 'string') return ending
  const traceparent = String(
    call.headers.traceparent ?? `00-${randomBytes(16).toString('hex')}-${randomBytes(8).toString('hex')}-01`,
  )
  return { ...ending, headers: { 'vcc-api-operationId': operationId, traceparent, ...ending.headers } }
}
