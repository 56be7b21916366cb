/** Volvo's calls: addresses, headers, cars that were met, drifts that were told. */
import { randomUUID } from 'node:crypto'
import { seconds, type Clock } from '../../clock'
import { Caller, type Fault } from '../../cloud/call'
import type { Http, HttpRequest, HttpResponse } from '../../cloud/http'
import type { Tokens } from '../../cloud/oauth'
import type { Ledger } from '../../cloud/quota'
import { DrivewayError } from '../../vehicle/causes'
import type { Drift, Reading } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import { sampleOf, type Origin } from '../mapping'
import { endpointOf, placeOf, type EndpointId, type RechargePart } from './endpoints'
import { faultOf } from './faults'
import { KnownCar } from './knownCar'
import type { Members } from './wire'

export interface VolvoApiOptions {
  apiKey: string
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  onDrift(drift: Drift): void
}

/** Volvo blocks up to 150 s; a shorter wait would turn good commands into unknown ones. */
const commandDeadline = seconds(160)

export class VolvoApi {
  readonly clock: Clock
  private readonly caller: Caller
  private readonly cars = new Map<VehicleId, KnownCar>()
  private readonly told = new Set<string>()

  constructor(private readonly options: VolvoApiOptions) {
    const { http, tokens, ledger, clock } = options
    this.clock = clock
    this.caller = new Caller({
      http,
      tokens,
      ledger,
      clock,
      headers: (token) => this.headers(token),
      classify: (response, request) => faultOf(response, request, { now: clock.now(), asleep: this.isAsleep(request) }),
    })
  }

  car(vin: VehicleId): KnownCar {
    const known = this.cars.get(vin) ?? new KnownCar(this.clock)
    this.cars.set(vin, known)
    return known
  }

  /** The body of a good answer; `undefined` where the car has no such thing. Rejects with a DrivewayError. */
  async get(template: string, vin: VehicleId, signal: AbortSignal, accept?: string): Promise<Members | undefined> {
    const request: HttpRequest = {
      method: 'GET',
      path: pathOf(template, vin),
      template,
      headers: accept ? { accept } : undefined,
    }
    const response = await this.caller.read(request, signal)
    return response.status === 200 ? (response.body as Members) : undefined
  }

  /**
   * One call's readings; `undefined` where the car has no such data, which is then not asked for a day. A call that
   * has delivered before is asked again as usual: an empty answer of such a one is a slip of the cloud.
   * Rejects with a DrivewayError.
   */
  async read(id: EndpointId | RechargePart, vin: VehicleId, signal: AbortSignal): Promise<Reading[] | undefined> {
    const { template, accept, read } = endpointOf(id)
    const body = await this.get(template, vin, signal, accept).catch(absentIfUnsupported)
    const readings = body && read(body, this.origin(template))
    const { delivered } = this.car(vin)
    if (readings) delivered.add(id)
    else if (!delivered.has(id)) this.car(vin).lack(id)
    return readings
  }

  /** Sends a command once. Never rejects. */
  async post(
    path: string,
    vin: VehicleId,
    body: unknown,
    signal: AbortSignal,
    onWritten: () => void,
  ): Promise<{ response: HttpResponse } | { fault: Fault }> {
    return this.caller.command(
      {
        method: 'POST',
        ...commandCall(path, vin),
        headers: { 'content-type': 'application/json' },
        json: body,
        timeoutMs: commandDeadline,
      },
      signal,
      onWritten,
    )
  }

  origin(template: string): Origin {
    return { where: placeOf(template), receivedAt: this.clock.now(), drift: (where, sample) => this.drift(where, sample) }
  }

  /** Told once a place. */
  drift(where: string, sample: unknown): void {
    if (this.told.has(where)) return
    this.told.add(where)
    this.options.onDrift({ where, sample: sampleOf(sample) })
  }

  private headers(token: string): Record<string, string> {
    return {
      authorization: `Bearer ${token}`,
      'vcc-api-key': this.options.apiKey,
      accept: 'application/json',
      // The older of the two ids is deprecated, but still the one that Volvo's support asks for.
      'vcc-api-operationId': randomUUID(),
      traceparent: `00-${hex()}-${hex().slice(0, 16)}-01`,
    }
  }

  private isAsleep({ path }: HttpRequest): boolean {
    const vin = decodeURIComponent(/\/vehicles\/([^/]+)/.exec(path)?.[1] ?? '')
    return this.cars.get(vin)?.unavailable?.reason === 'power-saving'
  }
}

const commandRoot = '/connected-vehicle/v2/vehicles/{vin}/commands'

/** `path` below `commands/`; the template names it, as it is no secret. */
export const commandCall = (path: string, vin: VehicleId): Pick<HttpRequest, 'path' | 'template'> => ({
  path: pathOf(`${commandRoot}/${path}`, vin),
  template: `${commandRoot}/${path}`,
})

const pathOf = (template: string, vin: VehicleId): string => template.replace('{vin}', encodeURIComponent(vin))

function absentIfUnsupported(error: unknown): undefined {
  if (error instanceof DrivewayError && error.code === 'UNSUPPORTED') return undefined
  throw error
}

/** 32 random hexadecimal digits. Unlike random bytes, Node has UUIDs in stock: they cost nothing. */
const hex = (): string => randomUUID().replaceAll('-', '')
