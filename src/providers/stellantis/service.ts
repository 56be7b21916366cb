/** Stellantis: monitors in the cloud. v1: below a channel, for any number of cars; v4: below one car and a callback. */
import { DrivewayError, toDrivewayError } from '../../vehicle/causes'
import type { VehicleId } from '../../vehicle/vehicle'
import { textOf } from '../mapping'
import type { ChannelWanted, CloudChannel, CloudMonitor, MonitorRef, MonitorService, MonitorWanted } from '../monitors'
import type { Call, StellantisApi } from './api'
import { statusOf, type Channels } from './channels'
import { isGone } from './faults'
import { fingerprintOf, monitorBody, scopesOf } from './monitorBody'
import type { Owners } from './remotesBoard'
import { mostChannels } from './remotesChannel'
import { embedded, idInLink, membersOf, type Members } from './wire'

const mostMonitors = 5

export class StellantisMonitors implements MonitorService {
  /** Stellantis: numbers of v1; v4 tells none for callbacks, and five monitors for each car. */
  readonly limits = { channels: mostChannels, monitors: mostMonitors, settings: 1 }
  readonly scope: 'account' | 'car'
  readonly transports = ['webhook', 'websocket', 'push'] as const
  private readonly generation: 'v1' | 'v4'
  /** v1: cars of a monitor as they were last told, for when the list of them cannot be read. */
  private readonly attached = new Map<string, readonly VehicleId[]>()

  constructor(
    private readonly api: StellantisApi,
    private readonly ways: Channels,
    private readonly owners: Owners,
  ) {
    this.generation = api.settings.generation
    this.scope = api.isV1 ? 'account' : 'car'
  }

  channels(signal: AbortSignal): Promise<CloudChannel[]> {
    return this.ways.list(signal)
  }

  async createChannel(wanted: ChannelWanted, signal: AbortSignal): Promise<CloudChannel> {
    const made = await this.ways.make(wanted, signal).catch(async (error: unknown) => {
      throw await this.full(error, 'channels', mostChannels, () => this.ways.list(signal))
    })
    this.ways.keep(made)
    return made
  }

  async updateChannel(id: string, wanted: ChannelWanted, signal: AbortSignal): Promise<void> {
    await this.ways.replace(id, wanted, signal)
    this.ours(id)
  }

  /** Orders to cars may go by this channel too: what is delivered by it reaches this account. */
  ours(id: string): void {
    this.ways.ours(id)
  }

  setChannel(id: string, status: 'running' | 'paused', signal: AbortSignal): Promise<void> {
    return this.ways.set(id, status, signal)
  }

  removeChannel(id: string, signal: AbortSignal): Promise<void> {
    return this.ways.remove(id, signal)
  }

  async monitors(channelId: string, vehicle: VehicleId | undefined, signal: AbortSignal): Promise<CloudMonitor[]> {
    const { items } = await this.api.list(this.call({ channelId, monitorId: '', vehicle }, ''), 'monitors', signal)
    return Promise.all(items.flatMap((item) => this.monitorIn(item, channelId, vehicle, signal) ?? []))
  }

  async create(channelId: string, wanted: MonitorWanted, signal: AbortSignal): Promise<CloudMonitor> {
    const vehicle = this.onlyCar(wanted)
    const call = { ...this.call({ channelId, monitorId: '', vehicle }, ''), scope: scopesOf(wanted) }
    const body = await this.api
      .make(call, monitorBody(wanted, this.generation, channelId), signal)
      .catch(async (error: unknown) => {
        throw await this.full(error, 'monitors', mostMonitors, () => this.monitors(channelId, vehicle, signal))
      })
    const monitorId = textOf(body.monitorId) ?? idInLink(body, 'monitor')
    if (monitorId === undefined) throw nameless()
    const ref = { channelId, monitorId, ...(this.api.isV1 ? {} : { vehicle }) }
    if (this.api.isV1) await this.attach(ref, wanted.vehicles, signal)
    this.remember(monitorId, wanted.vehicles)
    return {
      ...ref,
      label: wanted.label,
      status: statusOf(body.status),
      fingerprint: this.fingerprint(wanted),
      vehicles: wanted.vehicles,
    }
  }

  async update(ref: MonitorRef, wanted: MonitorWanted, signal: AbortSignal): Promise<void> {
    const call = { ...this.call({ ...ref, vehicle: ref.vehicle ?? this.onlyCar(wanted) }), scope: scopesOf(wanted) }
    await this.api.change('PUT', call, monitorBody(wanted, this.generation, ref.channelId), signal)
    if (this.api.isV1) await this.attach(ref, wanted.vehicles, signal)
    this.remember(ref.monitorId, wanted.vehicles)
  }

  async set(ref: MonitorRef, status: 'running' | 'paused', signal: AbortSignal): Promise<void> {
    const body = { status: status === 'running' ? 'Running' : 'Paused' }
    await this.api.change('PUT', this.call(ref, '/{monitor}/status'), body, signal)
  }

  async remove(ref: MonitorRef, signal: AbortSignal): Promise<void> {
    await this.api.change('DELETE', this.call(ref), undefined, signal).catch((error: unknown) => {
      if (!isGone(error)) throw error
    })
    this.attached.delete(ref.monitorId)
    this.owners.set(ref.monitorId, undefined)
  }

  fingerprint(wanted: MonitorWanted): string {
    return fingerprintOf(monitorBody(wanted, this.generation, ''))
  }

  private call({ channelId, monitorId, vehicle }: MonitorRef, behind = '/{monitor}'): Call {
    const root = this.api.isV1 ? '/accounts/channels/{channel}/monitors' : '/user/vehicles/{id}/callbacks/{channel}/monitors'
    return { template: root + behind, vehicle, ids: { channel: channelId, monitor: monitorId } }
  }

  /** v4: the one car of the monitor. v1: the first one, which header mode names. */
  private onlyCar({ vehicles }: MonitorWanted): VehicleId | undefined {
    if (this.api.isV1) return vehicles[0]
    if (vehicles.length === 1) return vehicles[0]
    throw new DrivewayError({ code: 'INTERNAL', message: 'A monitor of Stellantis v4 watches exactly one car' })
  }

  private monitorIn(
    item: Members,
    channelId: string,
    vehicle: VehicleId | undefined,
    signal: AbortSignal,
  ): Promise<CloudMonitor> | undefined {
    const monitorId = textOf(item.monitorId) ?? idInLink(item, 'self')
    if (monitorId === undefined) return undefined
    return this.withCars({ channelId, monitorId, vehicle }, membersOf(item.monitor), item.status, signal)
  }

  private async withCars(ref: MonitorRef, monitor: Members, status: unknown, signal: AbortSignal): Promise<CloudMonitor> {
    const { channelId, monitorId, vehicle } = ref
    const told = this.api.isV1 ? await this.handles(ref, signal) : vehicle === undefined ? [] : [vehicle]
    const vehicles = told ?? this.attached.get(monitorId) ?? []
    this.remember(monitorId, vehicles)
    return {
      channelId,
      monitorId,
      ...(this.api.isV1 || vehicle === undefined ? {} : { vehicle }),
      label: textOf(monitor.label) ?? '',
      status: statusOf(status),
      fingerprint: fingerprintOf(withoutChannel(monitor)),
      vehicles,
    }
  }

  /** v1: the cars of a monitor; `undefined` where they cannot be read, which takes a scope that no list names. */
  private async handles(ref: MonitorRef, signal: AbortSignal): Promise<VehicleId[] | undefined> {
    const ids: VehicleId[] = []
    try {
      const call = { ...this.call({ ...ref, vehicle: undefined }, '/{monitor}/handles'), query: { pageSize: '500' } }
      // The list holds texts, not objects.
      const body = await this.api.get(call, signal)
      const listed = embedded(body, 'vehicleIds')
      if (Array.isArray(listed)) ids.push(...(listed as unknown[]).flatMap((one) => textOf(one) ?? []))
      return ids
    } catch (error) {
      if (toDrivewayError(error).code === 'SHUTDOWN') throw error
      return undefined
    }
  }

  /** v1: exactly these cars. How a new monitor gets its first one is told nowhere. */
  private async attach(ref: MonitorRef, wanted: readonly VehicleId[], signal: AbortSignal): Promise<void> {
    const there = await this.handles(ref, signal)
    const missing = wanted.filter((one) => !there?.includes(one))
    const surplus = (there ?? []).filter((one) => !wanted.includes(one))
    const call = this.call({ ...ref, vehicle: wanted[0] }, '/{monitor}/handles')
    if (missing.length > 0) await this.api.change('PUT', call, { action: 'Add', vehicleIds: missing }, signal)
    if (surplus.length > 0) await this.api.change('PUT', call, { action: 'Remove', vehicleIds: surplus }, signal)
  }

  /** A message of a monitor with one car is about that car, also in a batch. */
  private remember(monitorId: string, vehicles: readonly VehicleId[]): void {
    this.attached.set(monitorId, vehicles)
    this.owners.set(monitorId, vehicles.length === 1 ? vehicles[0] : undefined)
  }

  /** A refusal at the limit says what occupies the places; with which status it comes is told nowhere. */
  private async full(
    given: unknown,
    what: string,
    most: number,
    list: () => Promise<readonly { label: string }[]>,
  ): Promise<DrivewayError> {
    const error = toDrivewayError(given)
    if (!['CONFLICT', 'INVALID_PARAMS'].includes(error.code)) return error
    const all = await list().catch(() => [])
    if (error.code !== 'CONFLICT' && all.length < most) return error
    const names = all.map(({ label }) => `"${label}"`).join(', ')
    return new DrivewayError({
      ...error.cause,
      code: 'CONFLICT',
      message: `Stellantis allows no more ${what}${names ? `. There are: ${names}` : ''}`,
      action: 'Delete one that you no longer need.',
    })
  }
}

/** The channel of an action is where the monitor is: it is no part of what the monitor does. */
function withoutChannel(monitor: Members): Members {
  const { actions, ...rest } = membersOf(monitor.onEvent)
  if (!Array.isArray(actions)) return monitor
  const plain = (actions as unknown[]).map((action) => {
    const { remoteAction, ...others } = membersOf(action)
    if (remoteAction === undefined) return others
    const { remote } = membersOf(remoteAction)
    return { ...others, remoteAction: { ChannelId: '', remote } }
  })
  return { ...monitor, onEvent: { ...rest, actions: plain } }
}

const nameless = (): DrivewayError =>
  new DrivewayError({
    code: 'SCHEMA_DRIFT',
    message: 'Stellantis did not say how the monitor is called that it made',
    action: 'Send us the diagnostics.',
  })
