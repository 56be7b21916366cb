import { randomUUID } from 'node:crypto'
import { pause } from '../../clock'
import type { SimulatedCar } from '../car/car'
import type { Cloud, CloudBase, Handled, OwnControl } from '../cloud'
import { stellantisDemo } from '../credentials'
import type { FaultKinds } from '../faults'
import { json, type Call, type Ending, type Reply } from '../http'
import { match, type Match, type Route } from '../router'
import { Applications } from '../signIn/applications'
import { tokenFaults } from '../signIn/redeem'
import { Tokens, defaultTokenRules } from '../signIn/tokens'
import { Users } from '../users'
import { distort, distortionKinds } from './distort'
import type { Endpoint } from './endpoint'
import { gatewayRefusal, Refused, refusal } from './errors'
import { Channels } from './delivery/channels'
import { deliveryKinds, Deliveries } from './delivery/deliveries'
import { channelEndpoints } from './delivery/endpoints'
import { CarFiles } from './file'
import { histories } from './history/endpoints'
import { admit, gatewayKinds, longId, type Premises } from './gateway'
import { StellantisId } from './oauth'
import { stellantisControls } from './controls'
import { monitorEndpoints } from './monitors/endpoints'
import { Monitors, type Monitor } from './monitors/monitors'
import { Watch } from './monitors/watch'
import { lateKinds, remoteEndpoints } from './remotes/endpoints'
import { Remotes } from './remotes/remotes'
import { Quotas } from './quotas'
import { states } from './state'
import { vehicles } from './vehicles'

const wholesaleKinds = ['timeout', 'reset', 'slow', '500', '50000', '502-html', '503', '504', '495'] as const

const stellantisFaultKinds: FaultKinds = {
  all: [
    ...wholesaleKinds,
    ...gatewayKinds,
    ...distortionKinds,
    'text-code',
    'plain-rate-headers',
    ...tokenFaults,
    ...lateKinds,
    ...deliveryKinds,
    'next-command',
    'deep-sleep',
  ],
  once: [...tokenFaults, ...lateKinds, ...deliveryKinds, 'next-command', 'deep-sleep'],
}

const owners = { [stellantisDemo.user]: ['e208', 'p3008', 'corsa', 'avenger'], other: ['ec4'], nobody: [] }

const proxyPage = '<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>'

/** Stellantis's cloud as its reference describes it: sign-in, gateway and both generations of the API. */
export class StellantisCloud implements Cloud {
  readonly faultKinds = stellantisFaultKinds
  readonly users = new Users(stellantisDemo.user, owners)
  readonly applications = new Applications({
    clientId: stellantisDemo.clientId,
    clientSecret: stellantisDemo.clientSecret,
    redirectUris: [stellantisDemo.redirectUri],
    loopbackRedirects: true,
    scopes: stellantisDemo.scopes,
    pkce: false,
  })
  readonly tokens: Tokens
  /** `strict` = the specification; else also what the quick start sends. */
  readonly settings: { commandDelayMs: number; strict: boolean }
  readonly channels: Channels
  readonly monitors: Monitors
  readonly deliveries: Deliveries
  readonly remotes: Remotes
  readonly watch: Watch
  readonly controls: readonly OwnControl[]
  private readonly quotas: Quotas
  private readonly id: StellantisId
  private readonly files: CarFiles
  private readonly routes: readonly Route<Endpoint>[]
  private readonly premises: Premises

  constructor(private readonly base: CloudBase) {
    const { clock, faults, cars } = base
    this.settings = { commandDelayMs: base.commandDelayMs, strict: true }
    // Stellantis: about an hour; how long a refresh token lives is not documented, people sign in again after days to weeks.
    this.files = new CarFiles(() => clock.now())
    this.tokens = new Tokens(clock, { ...defaultTokenRules, accessSeconds: 3599, idleDays: 14 }, true)
    this.quotas = new Quotas(clock)
    this.id = new StellantisId(this.applications, this.tokens, this.users, faults)
    const { applications, tokens, users, quotas } = this
    this.premises = { applications, tokens, users, quotas, faults, cars, now: () => clock.now() }
    this.channels = new Channels(clock, this.settings)
    this.monitors = new Monitors(clock, this.settings, quotas.limits)
    this.deliveries = new Deliveries(clock, faults)
    const { channels, monitors, deliveries, files, settings } = this
    this.remotes = new Remotes({ clock, faults, quotas, channels, deliveries, files, settings })
    this.watch = new Watch({ users, monitors, channels, deliveries, files, faults, remote: (...asked) => this.sendFor(...asked) })
    this.controls = stellantisControls(this, cars)
    const isPending = (channelId: string) => this.remotes.isPending(channelId)
    this.routes = [
      ...vehicles,
      ...states(files),
      ...histories(files),
      ...channelEndpoints({ channels, monitors, quotas, isPending }),
      ...monitorEndpoints({ channels, monitors, watch: this.watch }),
      ...remoteEndpoints(this.remotes, channels, faults),
    ]
  }

  /** Quotas in force; tests may lower them. */
  get limits() {
    return this.quotas.limits
  }

  lists({ profile }: SimulatedCar): boolean {
    return profile.stellantis !== undefined
  }

  /** The car behind an id of v4. */
  find(id: string): SimulatedCar | undefined {
    return this.base.cars.list().find((car) => this.lists(car) && longId(car.id) === id)
  }

  arrived(car: SimulatedCar, at: number): void {
    this.files.of(car).update(at)
    this.watch.arrived(car, at)
  }

  /** Owners, quotas, files of cars as at the start. Sign-ins stay good. */
  reset(): void {
    this.users.reset()
    this.quotas.reset()
    this.files.reset()
    this.channels.clear()
    this.monitors.clear()
    this.remotes.clear()
    this.deliveries.clear()
    this.settings.strict = true
  }

  close(): Promise<void> {
    this.deliveries.close()
    return Promise.resolve()
  }

  async handle(call: Call): Promise<Handled> {
    const signIn = match(this.id.routes, call.method, call.path)
    const path = call.path.replace(/\/{2,}/g, '/')
    const found = match(this.routes, call.method, path)
    const template = signIn.kind === 'found' ? signIn.route.path : found.kind === 'found' ? found.route.path : '(unknown)'
    const broken = await this.broken(call)
    if (broken) return { template, ending: broken }
    if (signIn.kind === 'found') return { template, ending: signIn.route.to(call) }
    return { template, ending: this.withHeaders(call, await this.api({ ...call, path }, found)) }
  }

  private async api(call: Call, found: Match<Endpoint>): Promise<Ending> {
    const generation = call.path.startsWith('/connectedcar/v4/') ? 'v4' : 'v1'
    const root = `http://${call.headers.host ?? '127.0.0.1'}/stellantis${generation === 'v4' ? '/connectedcar/v4/user' : '/v1/accounts'}`
    try {
      const admitted = admit(call, found, this.premises, root)
      if ('status' in admitted || found.kind !== 'found') return admitted as Ending
      const ending = await found.route.to.answer(admitted)
      if (typeof ending === 'string' || ending.status !== 200 || call.method !== 'GET') return ending
      const fault = this.base.faults.take('stellantis', call.path, distortionKinds)
      return fault ? distort(ending, fault) : ending
    } catch (error) {
      if (error instanceof Refused) return this.worded(call, refusal(generation, error, this.base.clock.now()))
      throw error
    }
  }

  /** Codes of errors have been seen as texts too. */
  private worded(call: Call, reply: Reply): Reply {
    const { code, ...rest } = (reply.json ?? {}) as Record<string, unknown>
    if (typeof code !== 'number' || !this.base.faults.take('stellantis', call.path, ['text-code'])) return reply
    return { ...reply, json: { code: String(code), ...rest } }
  }

  /** A remote that a monitor asked for; its rights were granted with the monitor. */
  private sendFor(
    car: SimulatedCar,
    { generation, owner }: Monitor,
    body: Record<string, unknown>,
    channelId: string | undefined,
  ): void {
    try {
      this.remotes.send({ body, generation, owner, car, allowed: () => true, ...(channelId === undefined ? {} : { channelId }) })
    } catch (error) {
      if (!(error instanceof Refused)) throw error
    }
  }

  /** Headers that real answers carry. Stellantis: rate limits and other headers seen */
  private withHeaders(call: Call, ending: Ending): Ending {
    if (typeof ending === 'string') return ending
    const clientId = String(call.headers['x-ibm-client-id'] ?? call.query.get('client_id') ?? '')
    if (!this.applications.find(clientId))
      return { ...ending, headers: { 'X-Global-Transaction-ID': randomUUID(), ...ending.headers } }
    // In the field the headers have no numbers.
    const plain = this.base.faults.take('stellantis', call.path, ['plain-rate-headers']) !== undefined
    const quota = this.quotas.headers(clientId, plain)
    return { ...ending, headers: { 'X-Global-Transaction-ID': randomUUID(), ...quota, ...ending.headers } }
  }

  /** Faults that strike before anybody looks at the call. */
  private async broken(call: Call): Promise<Ending | undefined> {
    const fault = this.base.faults.take('stellantis', call.path, wholesaleKinds)
    const now = this.base.clock.now()
    const generation = call.path.startsWith('/connectedcar/v4/') ? 'v4' : 'v1'
    switch (fault?.kind) {
      case 'timeout':
        return 'hang'
      case 'reset':
        return 'destroy'
      case 'slow':
        await pause(this.base.clock, fault.delayMs ?? 5000)
        return undefined
      case '500':
        return refusal(generation, { status: 500, message: 'Internal server error' }, now)
      case '50000':
        // Stellantis: after the telematics box of a car was replaced
        return refusal('v4', { status: 500, message: 'Internal server error' }, now)
      case '502-html':
        return { status: 502, text: proxyPage, headers: { 'content-type': 'text/html' } }
      case '503':
        return gatewayRefusal(503, 'Service unavailable')
      case '495':
        // Stellantis: the middleware of the phone apps, about a client certificate
        return json(495, { code: '495', message: 'Invalid or expired client certificate' })
      case '504':
        return { status: 504, text: '', headers: {} }
      default:
        return undefined
    }
  }
}
