/** INVERS' calls: addresses, headers, limits, drifts that were told. */
import { pause, type Clock } from '../../clock'
import { backoff } from '../../cloud/backoff'
import { Caller, type Fault } from '../../cloud/call'
import type { Http, HttpRequest, HttpResponse } from '../../cloud/http'
import type { Tokens } from '../../cloud/oauth'
import type { Ledger } from '../../cloud/quota'
import type { Drift } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import { sampleOf, type Origin } from '../mapping'
import { Limits } from './limits'
import { authorizationServerError, faultOf } from './problems'
import { pathOf, type InversSettings } from './settings'

export interface InversApiOptions {
  settings: InversSettings
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  onDrift(drift: Drift): void
}

export type Sent = { response: HttpResponse } | { fault: Fault }

export const listTemplate = '/vehicles'
export const vehicleTemplate = '/vehicles/{vehicle_id}'
/** `path` below `commands/`; the template names it, as it is no secret. */
export const commandTemplate = (path: string): string => `${vehicleTemplate}/commands/${path}`

/** How often a command is sent while the authorization server has its fault: none of these reached the car. */
const mostSends = 3
/** The state of the clouds' words is told once a place; a hostile cloud cannot fill the memory with places. */
const mostPlaces = 500

export class InversApi {
  readonly clock: Clock
  private readonly caller: Caller
  private readonly limits: Limits
  private readonly told = new Set<string>()

  constructor(private readonly options: InversApiOptions) {
    const { http, tokens, ledger, clock } = options
    this.clock = clock
    this.limits = new Limits(clock, ledger)
    this.caller = new Caller({
      http,
      tokens,
      ledger,
      clock,
      headers: (token) => this.headers(token),
      classify: (response, request) => this.classify(response, request),
    })
  }

  /** Gives a good answer. Rejects with a DrivewayError. */
  async get(
    template: string,
    vehicle: VehicleId,
    signal: AbortSignal,
    query?: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    this.limits.checkRead()
    return this.caller.read({ method: 'GET', path: pathOf(template, vehicle), template, query: { ...query } }, signal)
  }

  /** Sends a command once; again only while INVERS cannot check our sign-in, so that it passes nothing on. Never rejects. */
  async post(path: string, vehicle: VehicleId, signal: AbortSignal, onWritten: () => void): Promise<Sent> {
    const template = commandTemplate(path)
    const request: HttpRequest = {
      method: 'POST',
      path: pathOf(template, vehicle),
      template,
      // INVERS: commands. The body is empty and is called JSON all the same.
      headers: { 'content-type': 'application/json' },
      timeoutMs: this.options.settings.commandTimeout,
    }
    for (let n = 0; ; n++) {
      const sent = await this.caller.command(request, signal, onWritten)
      const again = 'fault' in sent && sent.fault.cause.provider?.status === authorizationServerError
      if (!again || n + 1 >= mostSends || signal.aborted) return sent
      await pause(this.clock, backoff(this.clock, n), signal)
      if (signal.aborted) return sent
    }
  }

  origin(where: string): Origin {
    return { where, receivedAt: this.clock.now(), drift: (place, sample) => this.drift(place, sample) }
  }

  /** Told once a place. */
  drift(where: string, sample: unknown): void {
    if (this.told.has(where) || this.told.size >= mostPlaces) return
    this.told.add(where)
    this.options.onDrift({ where, sample: sampleOf(sample) })
  }

  private headers(token: string): Record<string, string> {
    const { fleetId } = this.options.settings
    return {
      authorization: `Bearer ${token}`,
      accept: 'application/json, application/problem+json',
      ...(fleetId && { 'x-invers-fleet-id': fleetId }),
    }
  }

  private classify(response: HttpResponse, request: HttpRequest): Fault | undefined {
    this.limits.note(response.status, response.headers)
    return faultOf(response, request, { now: this.clock.now(), untold: this.limits.untold })
  }
}
