/** Stellantis' APIs for end users: v4 (`/user`) and v1 (`/accounts`). */
import type { Cause } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Drift } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { Capabilities, ListedVehicle, Vehicle, VehicleId } from '../../vehicle/vehicle'
import type { ProviderOptions } from '../kit'
import type { DeliveryReader, History, MonitorService } from '../monitors'
import type { Answer, Order, Provider, Request, Verdict } from '../provider'
import { Abilities } from './ability'
import { StellantisApi } from './api'
import { Cars } from './cars'
import { Channels } from './channels'
import { StellantisDeliveries } from './deliveries'
import { StellantisHistory } from './history'
import { Reads } from './reads'
import { Remotes } from './remotes'
import { Board, Owners } from './remotesBoard'
import { RemotesChannel } from './remotesChannel'
import { StellantisMonitors } from './service'
import { readSettings } from './settings'

export class Stellantis implements Provider {
  readonly id = 'stellantis'
  readonly monitors: MonitorService
  readonly deliveries: DeliveryReader
  readonly history: History
  onDrift?: (drift: Drift) => void
  private readonly api: StellantisApi
  private readonly cars: Cars
  private readonly reads: Reads
  private readonly abilities: Abilities
  private readonly remotes: Remotes

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
    this.abilities = new Abilities(this.api)
    const [board, owners, channels] = [new Board(), new Owners(), new Channels(this.api)]
    const remotesChannel = new RemotesChannel(channels, `${credentials.clientId ?? ''} ${settings.realm}`)
    this.remotes = new Remotes(this.api, remotesChannel, board, owners)
    this.monitors = new StellantisMonitors(this.api, channels, owners)
    this.deliveries = new StellantisDeliveries(this.api, this.cars, board, owners)
  }

  vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    return this.reads.vehicles(signal)
  }

  capabilities(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities> {
    return this.abilities.read(vehicle, signal)
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

  execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    return this.remotes.execute(order, onPhase, signal)
  }

  async preview(order: Order): Promise<Request> {
    return this.remotes.preview(order)
  }

  likely(vehicle: Vehicle): Cause | undefined {
    return this.cars.of(vehicle.id).likely
  }
}
