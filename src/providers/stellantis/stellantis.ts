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
import { Cars } from './cars'
import { StellantisHistory } from './history'
import { Reads } from './reads'
import { readSettings } from './settings'

export class Stellantis implements Provider {
  readonly id = 'stellantis'
  readonly monitors?: MonitorService
  readonly deliveries?: DeliveryReader
  readonly history: History
  onDrift?: (drift: Drift) => void
  private readonly api: StellantisApi
  private readonly cars: Cars
  private readonly reads: Reads

  constructor(options: ProviderOptions) {
    const { credentials, http, tokens, ledger, clock } = options
    const settings = readSettings(options.settings)
    this.api = new StellantisApi({
      settings,
      clientId: credentials.clientId ?? '',
      clientSecret: credentials.clientSecret ?? '',
      http,
      tokens,
      ledger,
      clock,
      onDrift: (drift) => this.onDrift?.(drift),
    })
    this.cars = new Cars(settings, clock)
    this.reads = new Reads(this.api, this.cars)
    this.history = new StellantisHistory(this.api, this.cars)
  }

  vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    return this.reads.vehicles(signal)
  }

  async capabilities(_vehicle: VehicleId, _signal: AbortSignal): Promise<Capabilities> {
    return { commands: [], unlisted: [] }
  }

  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    return this.reads.cost(vehicle, groups)
  }

  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    return this.reads.bring(vehicle, groups)
  }

  read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal): Promise<Answer> {
    return this.reads.read(vehicle, groups, signal)
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
