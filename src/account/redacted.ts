/** A provider whose words may be shown: secrets, vehicle numbers and mail addresses that a cloud repeats are masked. */
import type { DeliveryReader, History, MonitorService } from '../providers/monitors'
import type { Answer, Order, Provider, PushSource, Request, Verdict } from '../providers/provider'
import { DrivewayError, toDrivewayError, type Cause, type ProviderDetail } from '../vehicle/causes'
import type { ProgressPhase } from '../vehicle/outcome'
import type { Drift } from '../vehicle/reading'
import type { SignalGroup } from '../vehicle/signals'
import type { Capabilities, ListedVehicle, ProviderId, Vehicle, VehicleId } from '../vehicle/vehicle'

type Clean = (text: string) => string

export class RedactedProvider implements Provider {
  onDrift?: (drift: Drift) => void
  readonly likely?: (vehicle: Vehicle) => Cause | undefined
  readonly pushes?: PushSource
  readonly pushed?: (vehicle: VehicleId, group: SignalGroup) => boolean
  readonly monitors?: MonitorService
  readonly deliveries?: DeliveryReader
  readonly history?: History
  readonly tellsEvents?: true

  constructor(
    readonly inner: Provider,
    private readonly clean: Clean,
  ) {
    inner.onDrift = ({ where, sample }) => this.onDrift?.({ where, sample: clean(sample) })
    if (inner.likely) this.likely = (vehicle) => inner.likely?.(vehicle)
    this.pushes = inner.pushes && this.redactedPushes(inner.pushes)
    this.monitors = inner.monitors && this.redactedMonitors(inner.monitors)
    this.deliveries = inner.deliveries
    this.tellsEvents = inner.tellsEvents
    if (inner.pushed) this.pushed = (vehicle, group) => inner.pushed?.(vehicle, group) ?? false
    const { history } = inner
    this.history = history && {
      kinds: history.kinds,
      read: (...asked: Parameters<History['read']>) => this.guarded(history.read(...asked)),
    }
  }

  get id(): ProviderId {
    return this.inner.id
  }

  vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    return this.guarded(this.inner.vehicles(signal))
  }

  capabilities(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities> {
    return this.guarded(this.inner.capabilities(vehicle, signal))
  }

  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    return this.inner.cost(vehicle, groups)
  }

  bring(vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    return this.inner.bring(vehicle, groups)
  }

  async read(...asked: Parameters<Provider['read']>): Promise<Answer> {
    const answer = await this.guarded(this.inner.read(...asked))
    return answer.failures.length ? { ...answer, failures: answer.failures.map((cause) => this.cause(cause)) } : answer
  }

  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    const { cause, provider, ...rest } = await this.inner.execute(order, onPhase, signal)
    return { ...rest, ...(cause && { cause: this.cause(cause) }), ...(provider && { provider: this.detail(provider) }) }
  }

  preview(order: Order, signal: AbortSignal): Promise<Request> {
    return this.guarded(this.inner.preview(order, signal))
  }

  private redactedPushes(pushes: PushSource): PushSource {
    const told = (problem: Cause | undefined) => problem && this.cause(problem)
    return {
      start: (sink) =>
        pushes.start({
          over: sink.over,
          push: (vehicle, push) => sink.push(vehicle, push),
          changed: (vehicle, groups) => sink.changed(vehicle, groups),
          vehicles: () => sink.vehicles(),
          health: (problem, options) => sink.health(told(problem), options),
        }),
    }
  }

  /** Every call of the service, with what its errors say masked. */
  private redactedMonitors(service: MonitorService): MonitorService {
    const { limits, scope, transports } = service
    const guard =
      <Asked extends unknown[], Given>(call: (...asked: Asked) => Promise<Given>) =>
      (...asked: Asked): Promise<Given> =>
        this.guarded(call(...asked))
    return {
      limits,
      scope,
      transports,
      fingerprint: (wanted) => service.fingerprint(wanted),
      channels: guard(service.channels.bind(service)),
      createChannel: guard(service.createChannel.bind(service)),
      updateChannel: guard(service.updateChannel.bind(service)),
      setChannel: guard(service.setChannel.bind(service)),
      removeChannel: guard(service.removeChannel.bind(service)),
      monitors: guard(service.monitors.bind(service)),
      create: guard(service.create.bind(service)),
      update: guard(service.update.bind(service)),
      set: guard(service.set.bind(service)),
      remove: guard(service.remove.bind(service)),
    }
  }

  private async guarded<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      throw new DrivewayError(this.cause(toDrivewayError(error).cause))
    }
  }

  private cause(cause: Cause): Cause {
    return { ...cause, message: this.clean(cause.message), ...(cause.provider && { provider: this.detail(cause.provider) }) }
  }

  private detail(detail: ProviderDetail): ProviderDetail {
    return detail.message ? { ...detail, message: this.clean(detail.message) } : detail
  }
}
