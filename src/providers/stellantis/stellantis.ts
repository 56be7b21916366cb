/** Stellantis' APIs for end users: v4 (`/user`) and v1 (`/accounts`). */
import type { Cause } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Drift } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { Capabilities, ListedVehicle, Vehicle, VehicleId } from '../../vehicle/vehicle'
import type { ProviderOptions } from '../kit'
import type { DeliveryReader, History, MonitorService } from '../monitors'
import type { Answer, Order, Provider, Request, Verdict } from '../provider'
import { StellantisApi } from './api'
import { readSettings } from './settings'

export class Stellantis implements Provider {
  readonly id = 'stellantis'
  readonly monitors?: MonitorService
  readonly deliveries?: DeliveryReader
  readonly history?: History
  onDrift?: (drift: Drift) => void
  private readonly api: StellantisApi

  constructor(options: ProviderOptions) {
    const { settings, credentials, http, tokens, ledger, clock } = options
    this.api = new StellantisApi({
      settings: readSettings(settings),
      clientId: credentials.clientId ?? '',
      clientSecret: credentials.clientSecret ?? '',
      http,
      tokens,
      ledger,
      clock,
      onDrift: (drift) => this.onDrift?.(drift),
    })
  }

  async vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    return (await this.api.vehicles(signal)).map(({ id }) => ({ id, meta: {} }))
  }

  async capabilities(_vehicle: VehicleId, _signal: AbortSignal): Promise<Capabilities> {
    return { commands: [], unlisted: [] }
  }

  cost(_vehicle: VehicleId, _groups: readonly SignalGroup[]): number {
    return 1
  }

  bring(_vehicle: VehicleId, _groups: readonly SignalGroup[]): readonly SignalGroup[] {
    return []
  }

  async read(_vehicle: VehicleId, groups: readonly SignalGroup[], _signal: AbortSignal): Promise<Answer> {
    return { readings: [], groups, failures: [] }
  }

  async execute(_order: Order, _onPhase: (phase: ProgressPhase) => void, _signal: AbortSignal): Promise<Verdict> {
    return { phase: 'refused', cause: { code: 'UNSUPPORTED', message: 'Not yet' } }
  }

  async preview(_order: Order, _signal: AbortSignal): Promise<Request> {
    return { method: 'POST', path: '' }
  }

  likely(_vehicle: Vehicle): Cause | undefined {
    return undefined
  }
}
