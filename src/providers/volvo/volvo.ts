/** Volvo's public APIs: Connected Vehicle v2, Energy v2 and v1, Location v1. */
import { hours, type Clock } from '../../clock'
import { Http } from '../../cloud/http'
import type { Tokens } from '../../cloud/oauth'
import type { Ledger } from '../../cloud/quota'
import { DrivewayError, toDrivewayError, type Cause } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Drift, Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { Capabilities, ListedVehicle, Vehicle, VehicleId } from '../../vehicle/vehicle'
import type { Answer, Order, Provider, Request, Verdict } from '../provider'
import { readAbility } from './ability'
import { commandCall, VolvoApi } from './api'
import { endpointOf, endpoints, listTemplate, type RechargePart } from './endpoints'
import { energyCost, readEnergy } from './energy'
import type { Details } from './knownCar'
import { likelyCause, noteReachability } from './likely'
import { isCause, verdictOfAnswer, verdictOfError, wireFor } from './order'
import { readOutage } from './outage'
import { planFor, volvoGroups, type Source } from './plan'
import { volvoUrls } from './scopes'
import { metaOf } from './vehicle'
import { listedVehicle } from './wire'

export { volvoLimits, volvoOAuth, volvoScopes, volvoUrls, type VolvoCredentials } from './scopes'

export interface VolvoOptions {
  /** Without a slash at its end. */
  baseUrl: string
  apiKey: string
  /** Which generation of the energy calls is preferred. */
  api: 'v2' | 'v1'
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  http?: Http
  onDrift?: (drift: Drift) => void
}

type Result = { source: Source | 'details' } & ({ readings: Reading[] } | { error: DrivewayError })

export class Volvo implements Provider {
  readonly id = 'volvo'
  onDrift?: (drift: Drift) => void
  private readonly http: Http
  private readonly api: VolvoApi

  constructor(private readonly options: VolvoOptions) {
    const { baseUrl, clock, apiKey, tokens, ledger } = options
    this.onDrift = options.onDrift
    this.http = options.http ?? new Http({ baseUrl, clock, name: 'Volvo' })
    this.api = new VolvoApi({ http: this.http, apiKey, tokens, ledger, clock, onDrift: (drift) => this.onDrift?.(drift) })
  }

  /** Volvo: list vehicles, and the details of each once a day. A car whose details fail is listed without them. */
  async vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    const body = await this.api.get(listTemplate, '', signal)
    const items = Array.isArray(body?.data) ? body.data : []
    const vins = items.flatMap((item) => listedVehicle.safeParse(item).data?.vin ?? [])
    return Promise.all(
      [...new Set(vins)].map(async (id) => ({
        id,
        meta: await this.details(id, signal).then(
          ({ meta }) => meta,
          () => ({}),
        ),
      })),
    )
  }

  /** Volvo: list commands, Energy v2 capabilities; kept for a day. */
  async capabilities(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities> {
    const known = this.api.car(vehicle).ability
    const { api, baseUrl } = this.options
    return (known ?? (await readAbility(this.api, api, baseUrl, vehicle, signal))).capabilities
  }

  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    const energy = this.energyCost(vehicle)
    const calls = this.plan(vehicle, groups).map((source) => (source === 'energy' ? energy : 1))
    return calls.reduce((sum, one) => sum + one, this.wantsDetails(vehicle, groups) ? 1 : 0)
  }

  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    const spent = this.plan(vehicle, groups)
    return volvoGroups.filter((group) => !groups.includes(group) && isWithin(this.plan(vehicle, [group]), spent))
  }

  async read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal): Promise<Answer> {
    const results: Result[] = []
    const asked = new Set<Source>()
    const details = this.wantsDetails(vehicle, groups) ? this.readDetails(vehicle, signal) : undefined
    // The second round is for what only the first one shows to be needed: stand-ins of the energy calls.
    for (const round of ['first', 'stand-ins'] as const) {
      const sources = this.plan(vehicle, groups).filter((source) => !asked.has(source))
      sources.forEach((source) => asked.add(source))
      results.push(...(await Promise.all(sources.map((source) => this.readSource(source, vehicle, signal)))))
      if (round === 'first' && details) results.push(await details)
    }
    return this.answer(vehicle, groups, results)
  }

  /** Volvo: Energy v1, one part of the recharge status by itself, whichever generation is preferred. */
  async rechargeStatus(vehicle: VehicleId, part: RechargePart, signal: AbortSignal): Promise<Reading[]> {
    return (await this.api.read(part, vehicle, signal)) ?? []
  }

  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    let sent = false
    const onWritten = () => {
      if (!sent) onPhase('sent')
      sent = true
    }
    try {
      const wire = wireFor(order, this.api)
      if (isCause(wire)) return { phase: 'refused', cause: wire }
      onPhase('accepted')
      const answer = await this.api.post(wire.path, order.vehicle, wire.body, signal, onWritten)
      return verdictOfAnswer(answer, wire.path, this.api)
    } catch (error) {
      return verdictOfError(error, sent)
    }
  }

  async preview(order: Order): Promise<Request> {
    const wire = wireFor(order, this.api)
    if (isCause(wire)) throw new DrivewayError(wire)
    return {
      method: 'POST',
      path: commandCall(wire.path, order.vehicle).template,
      ...(wire.body === undefined ? {} : { body: wire.body }),
    }
  }

  likely(vehicle: Vehicle): Cause | undefined {
    return likelyCause(this.api.car(vehicle.id))
  }

  /** What Volvo itself says about an outage, where it says something. Production only; spends no call of the quota. */
  async outage(signal: AbortSignal): Promise<Cause | undefined> {
    return this.options.baseUrl === volvoUrls.api ? readOutage(this.http, signal) : undefined
  }

  /** Ends the connections; calls in flight end through their own signal. */
  close(): void {
    if (!this.options.http) this.http.close()
  }

  private plan(vehicle: VehicleId, groups: readonly SignalGroup[]): Source[] {
    return planFor(groups, this.api.car(vehicle), this.energyCost(vehicle) > 0)
  }

  private energyCost(vehicle: VehicleId): number {
    return energyCost(this.options.api, this.api.car(vehicle))
  }

  private wantsDetails(vehicle: VehicleId, groups: readonly SignalGroup[]): boolean {
    const car = this.api.car(vehicle)
    return groups.includes('battery') && !car.details && !car.lacks('details')
  }

  private async readSource(source: Source, vehicle: VehicleId, signal: AbortSignal): Promise<Result> {
    const car = this.api.car(vehicle)
    try {
      if (source === 'energy') return { source, readings: (await readEnergy(this.api, this.options.api, vehicle, signal)) ?? [] }
      const readings = (await this.api.read(source, vehicle, signal)) ?? []
      const { standsInFor } = endpointOf(source)
      if (standsInFor && !readings.some((one) => one.signal === standsInFor)) car.lack(`battery in ${source}`)
      noteReachability(car, readings)
      return { source, readings }
    } catch (error) {
      return { source, error: toDrivewayError(error) }
    }
  }

  private async readDetails(vehicle: VehicleId, signal: AbortSignal): Promise<Result> {
    try {
      await this.details(vehicle, signal)
      return { source: 'details', readings: [] }
    } catch (error) {
      // The capacity is not worth a call with every reading.
      if (!signal.aborted) this.api.car(vehicle).lack('details', hours(1))
      return { source: 'details', error: toDrivewayError(error) }
    }
  }

  private async details(vehicle: VehicleId, signal: AbortSignal): Promise<Details> {
    const car = this.api.car(vehicle)
    const known = car.details
    if (known) return known
    const { template, read } = endpoints.details
    const body = await this.api.get(template, vehicle, signal)
    const origin = this.api.origin(template)
    const details = { meta: metaOf(body?.data, origin), capacity: (body && read(body, origin)) ?? [] }
    car.keepDetails(details)
    return details
  }

  private answer(vehicle: VehicleId, groups: readonly SignalGroup[], results: readonly Result[]): Answer {
    const place = ({ code }: DrivewayError) => (/^(AUTH|KEY|QUOTA)_/.test(code) ? 0 : 1)
    const errors = results.flatMap((one) => ('error' in one ? [one.error] : [])).sort((a, b) => place(a) - place(b))
    const [foremost] = errors
    if (foremost && errors.length === results.length) throw foremost
    const good = results.flatMap((one) => ('readings' in one ? [one.source] : []))
    const capacity = groups.includes('battery') ? (this.api.car(vehicle).details?.capacity ?? []) : []
    const whole = volvoGroups.filter((group) => isWithin(this.plan(vehicle, [group]), good))
    const empty = groups.filter((group) => this.plan(vehicle, [group]).length === 0)
    return {
      readings: [...results.flatMap((one) => ('readings' in one ? one.readings : [])), ...capacity],
      groups: [...new Set([...whole, ...empty])],
      failures: [...new Map(errors.map(({ cause }) => [`${cause.code} ${cause.message}`, cause])).values()],
    }
  }
}

/** Something is needed, and all of it is there. */
const isWithin = (needed: readonly Source[], there: readonly string[]): boolean =>
  needed.length > 0 && needed.every((source) => there.includes(source))
