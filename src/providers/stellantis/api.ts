/** Stellantis' calls: addresses, headers, pages, and the cars' ids in paths. */
import type { Clock } from '../../clock'
import { Caller, type Fault } from '../../cloud/call'
import type { Http, HttpRequest, HttpResponse } from '../../cloud/http'
import { noTokens, type Tokens } from '../../cloud/oauth'
import type { Ledger } from '../../cloud/quota'
import { DrivewayError } from '../../vehicle/causes'
import type { Drift } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import { hideVehicle, sampleOf, type Origin } from '../mapping'
import { scopeOf } from './brands'
import { faultOf } from './faults'
import { dayLeft, dayLimit } from './rateLimit'
import type { StellantisSettings } from './settings'
import { embedded, hrefOf, idInLink, listOf, membersOf, type Members } from './wire'

export interface Call {
  /** Below the base URL; members in braces are ids: `/user/vehicles/{id}/alerts/{aid}`. `{id}` is the car's. */
  template: string
  vehicle?: VehicleId
  /** The other ids of the template. */
  ids?: Readonly<Record<string, string>>
  /** Empty ones are left out. */
  query?: Readonly<Record<string, string | readonly string[] | undefined>>
  /** Header mode: the permission that it names; default by the template. */
  scope?: string
}

export interface Listing {
  items: Members[]
  /** There is more: what `list` takes as `from`. */
  next?: string
  /** The cloud says that there is no such data at all, rather than none at the moment. */
  isAbsent?: true
}

export interface ListOptions {
  /** Where to go on: `next` of the listing before. */
  from?: string
  /** No more calls than this; default 20. */
  pages?: number
}

export interface StellantisApiOptions {
  settings: StellantisSettings
  clientId: string
  clientSecret: string
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  onDrift(drift: Drift): void
}

const mostPages = 20

export class StellantisApi {
  readonly clock: Clock
  readonly settings: StellantisSettings
  private readonly caller: Caller
  /** VIN → id in paths. */
  private readonly paths = new Map<VehicleId, string>()
  private listed?: Promise<void>
  private readonly told = new Set<string>()

  constructor(private readonly options: StellantisApiOptions) {
    const { http, tokens, ledger, clock, settings } = options
    const { headerMode } = settings
    this.clock = clock
    this.settings = settings
    this.caller = new Caller({
      http,
      tokens: headerMode ? noTokens : tokens,
      ledger,
      clock,
      headers: (token) => this.headers(token),
      classify: (response, request) => {
        this.learn(response)
        return faultOf(response, request, { headerMode })
      },
    })
  }

  get isV1(): boolean {
    return this.settings.generation === 'v1'
  }

  /** `/accounts` or `/user`: what stands before everything. */
  get root(): string {
    return this.isV1 ? '/accounts' : '/user'
  }

  /** The body of a good answer; `undefined` where there is no such data. Rejects with a DrivewayError. */
  async get(call: Call, signal: AbortSignal): Promise<Members | undefined> {
    const response = await this.caller.read(await this.requestOf('GET', call, signal), signal)
    return response.status === 404 ? undefined : membersOf(response.body)
  }

  /** One collection, followed page by page; without such data it is empty. Rejects with a DrivewayError. */
  async list(call: Call, name: string, signal: AbortSignal, { from, pages = mostPages }: ListOptions = {}): Promise<Listing> {
    const items: Members[] = []
    const seen = new Set<string>()
    let next = from
    for (let page = 0; page < pages; page++) {
      const body = await this.get(next === undefined ? call : { ...call, query: queryIn(next) }, signal)
      if (body === undefined && page === 0) return { items, isAbsent: true }
      items.push(...listOf(embedded(body, name)))
      const following = nextIn(body)
      if (following === undefined || seen.has(following)) return { items }
      seen.add(following)
      next = following
    }
    return { items, ...(next === undefined ? {} : { next }) }
  }

  /** A change that may be repeated as it is. Rejects with a DrivewayError. */
  async change(method: 'PUT' | 'DELETE', call: Call, body: unknown, signal: AbortSignal): Promise<HttpResponse> {
    return this.caller.read({ ...(await this.requestOf(method, call, signal)), json: body }, signal)
  }

  /** Makes something; never repeated, but for a token that was refused. Rejects with a DrivewayError. */
  async make(call: Call, body: unknown, signal: AbortSignal): Promise<Members> {
    const answer = await this.send(call, body, signal)
    if ('fault' in answer) throw new DrivewayError(answer.fault.cause)
    return membersOf(answer.response.body)
  }

  /** Sends an order once. Rejects only when the car's id in paths cannot be found out: then nothing was sent. */
  async send(
    call: Call,
    body: unknown,
    signal: AbortSignal,
    onWritten?: () => void,
  ): Promise<{ response: HttpResponse } | { fault: Fault }> {
    const request = await this.requestOf('POST', call, signal)
    return this.caller.command({ ...request, json: body }, signal, onWritten)
  }

  /** Every car of the account, as it is listed; their ids in paths are known from then on. */
  async vehicles(signal: AbortSignal, query: Call['query'] = {}): Promise<{ id: VehicleId; item: Members }[]> {
    const { locale } = this.settings
    const { items } = await this.list({ template: `${this.root}/vehicles`, query: { locale, ...query } }, 'vehicles', signal)
    return items.flatMap((item) => {
      const path = textIn(item.id) ?? idInLink(item, 'self') ?? textIn(item.vin)
      const id = textIn(item.vin) ?? path
      if (id === undefined || path === undefined) return []
      this.paths.set(id, path)
      return [{ id, item }]
    })
  }

  origin(where: string): Origin {
    return { where, receivedAt: this.clock.now(), drift: (place, sample) => this.drift(place, sample) }
  }

  /** Told once a place. */
  drift(where: string, sample: unknown): void {
    if (this.told.has(where)) return
    this.told.add(where)
    this.options.onDrift({ where, sample: sampleOf(sample) })
  }

  private async requestOf(method: HttpRequest['method'], call: Call, signal: AbortSignal): Promise<HttpRequest> {
    const { template, vehicle, ids = {}, query = {} } = call
    const path = vehicle === undefined ? undefined : await this.pathOf(vehicle, signal)
    const values: Readonly<Record<string, string>> = { ...ids, ...(path === undefined ? {} : { id: path }) }
    return {
      method,
      path: template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(values[name] ?? '')),
      template,
      query: this.queryOf(query),
      headers: this.settings.headerMode ? { 'x-cvs-scope': scopeHeader(call.scope ?? scopeOf(method, template), vehicle) } : {},
    }
  }

  /** The car's id in paths. A car that was not listed yet is looked up once; if it is in no list, its own id is used. */
  private async pathOf(vehicle: VehicleId, signal: AbortSignal): Promise<string> {
    // Stellantis v1: paths take the vehicle number.
    if (!this.isV1 && !this.paths.has(vehicle) && ![...this.paths.values()].includes(vehicle)) {
      this.listed ??= this.vehicles(signal).then(
        () => undefined,
        (error: unknown) => {
          this.listed = undefined
          throw error
        },
      )
      await this.listed
    }
    return this.paths.get(vehicle) ?? vehicle
  }

  private queryOf(query: NonNullable<Call['query']>): Record<string, string | readonly string[]> {
    const { environment } = this.settings
    const own = { ...query, env: environment, client_id: this.isV1 ? undefined : this.options.clientId }
    const given = Object.entries(own).flatMap(([name, value]) =>
      value === undefined || value.length === 0 ? [] : [[name, value] as const],
    )
    return Object.fromEntries(given)
  }

  private headers(token: string): Record<string, string> {
    const { realm, headerMode, userId, partnerId, customerContext } = this.settings
    const { clientId, clientSecret } = this.options
    const optional: Readonly<Record<string, string | undefined>> = {
      authorization: headerMode ? undefined : `Bearer ${token}`,
      ...(this.isV1 && {
        'x-ibm-client-id': clientId,
        'x-ibm-client-secret': clientSecret,
        // Whom to act for: two names with one value, as the quick start sends them.
        'x-cvs-user-id': userId,
        'x-supersede-cvs-user-id': userId,
        'x-partnerid': partnerId,
        'x-customer-context': customerContext,
      }),
    }
    return {
      accept: 'application/hal+json, application/json, application/vnd.geo+json',
      'x-introspect-realm': realm,
      ...Object.fromEntries(Object.entries(optional).flatMap(([name, value]) => (value ? [[name, value]] : []))),
    }
  }

  /** Stellantis tells with each answer how many calls of the day are left. */
  private learn({ headers }: HttpResponse): void {
    const limit = dayLimit(headers)
    const left = dayLeft(headers)
    if (limit !== undefined && left !== undefined) this.options.ledger.told(limit, left)
  }
}

const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined

const scopeHeader = (scope: string, vehicle: VehicleId | undefined): string =>
  [scope, vehicle === undefined ? '' : `VIN:${vehicle}`].filter(Boolean).join(' ')

/** Of a link to the next page only the query counts: the host stays ours. */
function nextIn(body: Members | undefined): string | undefined {
  const href = hrefOf(body, 'next')
  const from = href?.indexOf('?') ?? -1
  return href === undefined || from < 0 ? undefined : href.slice(from + 1).split('#')[0]
}

/** A page's own query; what every call carries is put over it. */
function queryIn(search: string): Record<string, readonly string[]> {
  const found = new URLSearchParams(search)
  return Object.fromEntries([...new Set(found.keys())].map((name) => [name, found.getAll(name)]))
}

/** Where on the wire a drift was seen, without ids. */
export const placeOf = (template: string): string => hideVehicle(template).replace(/^\/(accounts|user)\/|\/\{\w+\}/g, '')
