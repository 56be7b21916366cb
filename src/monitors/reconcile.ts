/**
 * Makes a provider's cloud hold exactly the monitors that are wanted. It looks first and then changes what differs, so a
 * crash or a lost answer leaves nothing doubled: what is there already is taken over by its mark.
 */
import type { CloudChannel, CloudMonitor, MonitorService, MonitorWanted, Transport } from '../providers/monitors'
import type { Generation } from '../providers/stellantis/operands'
import { toDrivewayError, type Cause } from '../vehicle/causes'
import type { VehicleId } from '../vehicle/vehicle'
import { Channels, transports, type ChannelsOptions } from './channels'
import { wantedOf } from './cloudForm'
import type { MonitorDefinition } from './definition'
import { marked, markIn } from './marks'
import type { OwnedRef } from './ownership'

/** A monitor that a node wants. */
export interface Wish {
  mark: string
  definition: MonitorDefinition
  /** Cars that it shall watch. */
  vehicles: readonly VehicleId[]
  isPaused: boolean
}

export interface Surroundings extends ChannelsOptions {
  /** All cars of the account. */
  vehicles: readonly VehicleId[]
  /** All nodes had their say: marks that nobody wants any more are removed. */
  isSettled: boolean
  /** Nodes that are being deployed again: they will want theirs in a moment. */
  resting: ReadonlySet<string>
  /** Whether its node is still there; it may go while this is under way. */
  isHeld: (mark: string) => boolean
}

/** By mark: what stands in the way of a monitor. */
export type Troubles = Map<string, Cause>

/** Rejects where nothing can be done at all; what concerns one monitor alone is in the answer. */
export async function reconcile(wishes: readonly Wish[], around: Surroundings): Promise<Troubles> {
  return new Pass(wishes, around).run()
}

class Pass {
  private readonly troubles: Troubles = new Map()
  private readonly channels: Channels
  /** Marks whose monitors this pass removes. Who leaves meanwhile is a matter of the next one. */
  private leaving = new Set<string>()
  private readonly generation: Generation

  constructor(
    private readonly wishes: readonly Wish[],
    private readonly around: Surroundings,
  ) {
    this.channels = new Channels(around)
    this.generation = around.service.scope === 'account' ? 'v1' : 'v4'
  }

  async run(): Promise<Troubles> {
    const { ownership } = this.around
    await this.writeDown()
    if (ownership.monitors.size === 0 && ownership.channels.size === 0) return this.troubles
    await this.channels.look()
    const open = new Map<Transport, CloudChannel>()
    for (const transport of transports) {
      const of = this.wishes.filter(({ definition }) => definition.transport === transport)
      const devices = of.flatMap(({ definition }) => definition.devices)
      const ready = of.length > 0 ? await this.attempt(of, () => this.channels.ready(transport, devices)) : undefined
      const channel = ready ?? this.channels.own(transport)
      if (channel) open.set(transport, channel)
    }
    for (const [transport, channel] of open) await this.settle(transport, channel)
    await this.tidy(open)
    await ownership.save()
    return this.troubles
  }

  /** Before anything is made: what is made must be known after a crash. */
  private async writeDown(): Promise<void> {
    const { ownership, isSettled, resting } = this.around
    const wanted = new Set(this.wishes.map(({ mark }) => mark))
    for (const { mark, definition } of this.wishes)
      ownership.monitors.set(mark, { label: definition.label, refs: ownership.monitors.get(mark)?.refs ?? [] })
    for (const [mark, owned] of ownership.monitors)
      if (isSettled && !wanted.has(mark) && !resting.has(mark)) ownership.monitors.set(mark, { ...owned, leaving: true })
    this.leaving = new Set([...ownership.monitors].filter(([, { leaving }]) => leaving).map(([mark]) => mark))
    await ownership.save()
  }

  /** The monitors below one channel of ours. */
  private async settle(transport: Transport, channel: CloudChannel): Promise<void> {
    const { service, ownership, vehicles, isSettled, signal } = this.around
    const cars: readonly (VehicleId | undefined)[] = service.scope === 'car' ? vehicles : [undefined]
    for (const car of cars) {
      const there = await service.monitors(channel.id, car, signal)
      const found = (mark: string) => there.filter(({ label }) => markIn(label) === mark)
      for (const mark of ownership.monitors.keys()) {
        if (this.troubles.has(mark)) continue
        const wish = this.wishes.find((one) => one.mark === mark && one.definition.transport === transport)
        const isWanted = wish !== undefined && this.carsOf(wish, car).length > 0
        if (isWanted) await this.attempt([wish], () => this.fit(wish, channel, car, found(mark)))
        else if (this.isWished(mark) || this.leaving.has(mark)) await this.letGo(mark, found(mark))
      }
      // Our channel, and what was written down of them is lost: their nodes are gone.
      const strays = there.filter(({ label }) => markIn(label) && !ownership.monitors.has(markIn(label) ?? ''))
      if (isSettled) await this.drop('', strays)
    }
  }

  /** For other cars, or by another way. A monitor whose node has not spoken yet after a start stays as it is. */
  private isWished(mark: string): boolean {
    return this.wishes.some((wish) => wish.mark === mark)
  }

  private carsOf({ vehicles }: Wish, car: VehicleId | undefined): readonly VehicleId[] {
    return car === undefined ? vehicles : vehicles.filter((one) => one === car)
  }

  private async fit(
    wish: Wish,
    channel: CloudChannel,
    car: VehicleId | undefined,
    found: readonly CloudMonitor[],
  ): Promise<void> {
    const { service, signal } = this.around
    const { mark, definition } = wish
    const vehicles = this.carsOf(wish, car)
    const wanted = wantedOf(definition, { label: marked(definition.label, mark), generation: this.generation, vehicles })
    const [first, ...doubles] = found
    await this.drop(mark, doubles)
    // Its node has gone meanwhile: the next pass looks after it.
    if (!this.around.isHeld(mark)) return
    const monitor = first ?? (await service.create(channel.id, wanted, signal))
    if (first && !isLike(first, wanted, service)) await service.update(first, wanted, signal)
    await this.remember(mark, { ...refOf(monitor), vehicles })
    await this.setStatus(wish, monitor)
  }

  private async setStatus({ definition, isPaused }: Wish, monitor: CloudMonitor): Promise<void> {
    const { service, signal } = this.around
    if (isPaused) {
      if (monitor.status !== 'paused') await service.set(monitor, 'paused', signal)
      return
    }
    // One that pauses itself when it fires is meant to stay so.
    const pausesItself = definition.actions.some((action) => action.type === 'Monitor' && action.changeType !== 'Resume')
    if (monitor.status === 'failed' || (monitor.status === 'paused' && !pausesItself))
      await service.set(monitor, 'running', signal)
  }

  /** One that cannot be removed stays written down, and is tried again with the next pass. */
  private async letGo(mark: string, monitors: readonly CloudMonitor[]): Promise<void> {
    const gone = await this.attempt([], async () => {
      await this.drop(mark, monitors)
      return true
    })
    if (!gone) this.leaving.delete(mark)
  }

  private async drop(mark: string, monitors: readonly CloudMonitor[]): Promise<void> {
    const { service, ownership, signal } = this.around
    for (const monitor of monitors) {
      await service.remove(monitor, signal)
      const owned = ownership.monitors.get(mark)
      const refs = owned?.refs.filter(({ monitorId }) => monitorId !== monitor.monitorId)
      if (owned && refs) ownership.monitors.set(mark, { ...owned, refs })
    }
  }

  private async remember(mark: string, ref: OwnedRef): Promise<void> {
    const { ownership } = this.around
    const owned = ownership.monitors.get(mark)
    if (!owned) return
    const others = owned.refs.filter((one) => one.monitorId !== ref.monitorId && one.vehicle !== ref.vehicle)
    ownership.monitors.set(mark, { ...owned, refs: [...others, ref] })
    await ownership.save()
  }

  /** What is left over: marks that are gone everywhere, and channels that nothing goes by any more. */
  private async tidy(open: ReadonlyMap<Transport, CloudChannel>): Promise<void> {
    const { service, ownership, signal } = this.around
    for (const mark of this.leaving) ownership.monitors.delete(mark)
    // Nodes that have not spoken yet may want one.
    if (ownership.monitors.size > this.wishes.length) return
    for (const transport of transports) {
      if (this.wishes.some(({ definition }) => definition.transport === transport)) continue
      const channel = open.get(transport)
      if (channel) await this.attempt([], () => service.removeChannel(channel.id, signal))
      ownership.channels.delete(transport)
    }
  }

  /** What concerns these monitors alone does not stop the others. */
  private async attempt<T>(wishes: readonly Wish[], work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      const { cause } = toDrivewayError(error)
      if (!ofOneMonitor.has(cause.code)) throw error
      for (const { mark } of wishes) this.troubles.set(mark, cause)
      return undefined
    }
  }
}

/** Everything else, such as a sign-in that is over, stands in the way of all. */
const ofOneMonitor: ReadonlySet<Cause['code']> = new Set([
  'CONFLICT',
  'REJECTED',
  'INVALID_PARAMS',
  'INVALID_CONFIG',
  'UNSUPPORTED',
  'SCOPE_MISSING',
  'NOT_ALLOWED',
  'VEHICLE_NOT_YOURS',
  'VEHICLE_UNKNOWN',
  'PROVIDER_ERROR',
])

const refOf = ({ channelId, monitorId, vehicle }: CloudMonitor) => ({
  channelId,
  monitorId,
  ...(vehicle !== undefined && { vehicle }),
})

function isLike(there: CloudMonitor, wanted: MonitorWanted, service: MonitorService): boolean {
  const cars = new Set(there.vehicles)
  const hasCars = cars.size === wanted.vehicles.length && wanted.vehicles.every((id) => cars.has(id))
  return hasCars && there.label === wanted.label && there.fingerprint === service.fingerprint(wanted)
}
