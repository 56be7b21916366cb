/**
 * Makes a provider's cloud hold exactly the monitors that are wanted. It looks first and then changes what differs, so a
 * crash or a lost answer leaves nothing doubled: what is there already is taken over by its mark.
 */
import { createHash } from 'node:crypto'
import type { ChannelWanted, CloudChannel, CloudMonitor, MonitorService, MonitorWanted, Transport } from '../providers/monitors'
import type { Generation } from '../providers/stellantis/operands'
import { DrivewayError, toDrivewayError, type Cause } from '../vehicle/causes'
import type { VehicleId } from '../vehicle/vehicle'
import { wantedOf } from './cloudForm'
import type { MonitorDefinition } from './definition'
import { marked, markIn, markOf } from './marks'
import type { OwnedRef, Ownership } from './ownership'
import { secretHeader } from './secret'

/** A monitor that a node wants. */
export interface Wish {
  mark: string
  definition: MonitorDefinition
  /** Cars that it shall watch. */
  vehicles: readonly VehicleId[]
  isPaused: boolean
}

export interface Surroundings {
  service: MonitorService
  ownership: Ownership
  /** The same after a restart; part of the marks of channels. */
  runtime: string
  /** Where this transport reaches us; undefined: nowhere. */
  address: (transport: Transport) => Promise<string | undefined>
  secret: string
  /** All cars of the account. */
  vehicles: readonly VehicleId[]
  /** All nodes had their say: marks that nobody wants any more are removed. */
  isSettled: boolean
  /** Nodes that are being deployed again: they will want theirs in a moment. */
  resting: ReadonlySet<string>
  /** Whether its node is still there; it may go while this is under way. */
  isHeld: (mark: string) => boolean
  signal: AbortSignal
}

/** By mark: what stands in the way of a monitor. */
export type Troubles = Map<string, Cause>

const transports: readonly Transport[] = ['webhook', 'websocket', 'push']

/** Rejects where nothing can be done at all; what concerns one monitor alone is in the answer. */
export async function reconcile(wishes: readonly Wish[], around: Surroundings): Promise<Troubles> {
  return new Pass(wishes, around).run()
}

class Pass {
  private readonly troubles: Troubles = new Map()
  private channels: CloudChannel[] = []
  /** Marks whose monitors this pass removes. Who leaves meanwhile is a matter of the next one. */
  private leaving = new Set<string>()
  private readonly generation: Generation

  constructor(
    private readonly wishes: readonly Wish[],
    private readonly around: Surroundings,
  ) {
    this.generation = around.service.scope === 'account' ? 'v1' : 'v4'
  }

  async run(): Promise<Troubles> {
    const { service, ownership, signal } = this.around
    await this.writeDown()
    if (ownership.monitors.size === 0 && ownership.channels.size === 0) return this.troubles
    this.channels = await service.channels(signal)
    const open = new Map<Transport, CloudChannel>()
    for (const transport of transports) {
      const of = this.wishes.filter(({ definition }) => definition.transport === transport)
      const ready = of.length > 0 ? await this.attempt(of, () => this.channelFor(transport, of)) : undefined
      const channel = ready ?? this.own(transport)
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

  // ── Channels ──────────────────────────────────────────────────────────────────────────────────────────────────────

  private own(transport: Transport): CloudChannel | undefined {
    const mark = this.channelMark(transport)
    return this.channels.find(({ label }) => markIn(label) === mark)
  }

  private channelMark(transport: Transport): string {
    return markOf(this.around.runtime, `channel ${transport}`)
  }

  private async channelFor(transport: Transport, wishes: readonly Wish[]): Promise<CloudChannel> {
    const { service, ownership, signal } = this.around
    if (!service.transports.includes(transport)) throw notOffered(transport, service.transports)
    const wanted = await this.channelWanted(transport, wishes)
    const print = printOf(wanted)
    const known = this.own(transport)
    if (!known) {
      if (this.channels.length >= service.limits.channels) throw full('channels', this.channels)
      const made = await service.createChannel(wanted, signal)
      this.channels.push(made)
      ownership.channels.set(transport, { id: made.id, print })
      await ownership.save()
      return made
    }
    const before = ownership.channels.get(transport)
    const isChanged = known.target !== wanted.target || (before !== undefined && before.print !== print)
    if (isChanged) await service.updateChannel(known.id, wanted, signal)
    ownership.channels.set(transport, { id: known.id, print })
    if (known.status === 'paused' || known.status === 'failed') await this.heal(known)
    // Commands may go by it too, and their steps then come as deliveries.
    if (transport !== 'push') service.ours?.(known.id)
    return known
  }

  private async channelWanted(transport: Transport, wishes: readonly Wish[]): Promise<ChannelWanted> {
    const label = marked(`Driveway ${transport}`, this.channelMark(transport))
    // One channel for all: what is pushed goes to every device that any of them names.
    if (transport === 'push')
      return { label, transport, devices: [...new Set(wishes.flatMap(({ definition }) => definition.devices))] }
    const { address, signal } = this.around
    const target = await unlessAborted(address(transport), signal)
    if (target === undefined) throw unreachable
    return { label, transport, target, header: { name: secretHeader, value: this.around.secret } }
  }

  /** Nobody of ours pauses a channel. Rejects where it does not run again. */
  private async heal({ id, status }: CloudChannel): Promise<void> {
    const { service, signal } = this.around
    await service.setChannel(id, 'running', signal)
    const now = (await service.channels(signal)).find((channel) => channel.id === id)
    if (now?.status === 'failed' || now?.status === 'paused') throw stuck(status)
  }

  // ── Monitors ──────────────────────────────────────────────────────────────────────────────────────────────────────

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

/** Whoever answers may take as long as Node-RED takes to start. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const end = () => reject(toDrivewayError(signal.reason))
    if (signal.aborted) return end()
    signal.addEventListener('abort', end, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', end))
  })
}

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

const printOf = (wanted: ChannelWanted): string => createHash('sha256').update(JSON.stringify(wanted)).digest('hex').slice(0, 16)

const full = (what: string, there: readonly { label: string }[]): DrivewayError =>
  new DrivewayError({
    code: 'CONFLICT',
    message: `The provider allows no more ${what}. There are: ${there.map(({ label }) => `"${label}"`).join(', ')}`,
    action: 'Delete one that you no longer need.',
  })

const notOffered = (transport: Transport, offered: readonly Transport[]): DrivewayError =>
  new DrivewayError({
    code: 'INVALID_CONFIG',
    message: `The provider does not deliver by ${transport}; it does by ${offered.join(', ')}`,
    action: 'Choose another transport.',
  })

const unreachable = new DrivewayError({
  code: 'INVALID_CONFIG',
  message: 'The account has no public address, so the provider cannot deliver anything',
  action: 'Enter the public address in the account, or watch here (where: local).',
})

const stuck = (status: string): DrivewayError =>
  new DrivewayError({
    code: 'PROVIDER_ERROR',
    message: `The provider has stopped delivering (channel ${status}) and cannot be made to go on`,
    action: 'Check that the public address can be reached from outside.',
  })
