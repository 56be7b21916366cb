/**
 * The monitors of one account that live in its provider's cloud. Nodes say what they want; this makes it so, tries again
 * when it fails, and looks now and then whether it still is.
 */
import type { Account } from '../account/account'
import type { Health } from '../account/health'
import { hours, minutes, seconds, type Clock, type Timer } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import type { MonitorService, Transport } from '../providers/monitors'
import { DrivewayError, toDrivewayError, type Cause } from '../vehicle/causes'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import type { MonitorDefinition } from './definition'
import { Ownership } from './ownership'
import { reconcile, type Troubles, type Wish } from './reconcile'

export interface CloudMonitorsOptions {
  account: Account
  /** Of the account's config node. */
  name: string
  /** Of this runtime and account, the same after a restart. */
  runtime: string
  clock: Clock
  store: StateStore
  /** Where a transport reaches us; undefined: nowhere. */
  address: (transport: Transport) => Promise<string | undefined>
  secret: string
  onTrouble: (error: unknown) => void
}

export interface HoldOptions {
  /** Whose monitor it is, see `markOf`. */
  mark: string
  definition: MonitorDefinition
  matches: (vehicle: Vehicle) => boolean
  /** Its trouble, or its being busy, is another one now. */
  changed?: () => void
}

/** One node's monitor in the cloud. */
export interface HeldMonitor {
  /** What stands in the way of it. */
  readonly trouble: Cause | undefined
  /** It is not yet as it is wanted. */
  readonly isBusy: boolean
  /** Resolves when it is so in the cloud; rejects when that failed, and is tried again. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** `removed`: the node was deleted or disabled, so its monitor goes too. Through when that is written down. */
  close(removed: boolean): Promise<void>
}

/** A paused or failed channel is noticed within this time. */
const lookEvery = hours(1)
const firstRetry = seconds(30)
/** Nodes that are not there by then are not there at all. */
const settledAfter = minutes(1)

interface Holding extends HoldOptions {
  isPaused: boolean
  isBusy: boolean
  trouble?: Cause
}

export class CloudMonitors {
  private readonly service: MonitorService
  private readonly ownership: Ownership
  private readonly held = new Map<string, Holding>()
  /** Marks of nodes that were closed and not removed: they come again, or Node-RED stops. */
  private readonly resting = new Set<string>()
  private readonly closing = new AbortController()
  private isSettled = false
  /** The whole cloud was looked through since the start, so what is ours is known. */
  private isKnown = false
  private retry = firstRetry
  private timer?: Timer
  private settling: Timer
  private underWay: Promise<void> = Promise.resolve()
  private next?: Promise<void>
  private hasFailed = false
  private secret: string
  private readonly onVehicles = () => void this.soon()
  /** Signed in again, or the provider is back. */
  private readonly onHealth = ({ problem }: Health) => {
    if (!problem && this.hasFailed) void this.soon()
  }

  /** Throws `UNSUPPORTED` for a provider without monitors. */
  constructor(private readonly options: CloudMonitorsOptions) {
    const { account, name, store, clock, secret, onTrouble } = options
    const { monitors } = account.provider
    if (!monitors) throw noMonitors
    this.service = monitors
    this.secret = secret
    this.ownership = new Ownership(store, name, onTrouble)
    this.settling = clock.after(settledAfter, () => this.settle())
    account.on('vehicles', this.onVehicles)
    account.on('health', this.onHealth)
    // What an earlier run could not remove is removed now, also where no node wants anything.
    void this.ownership.ready.then(() => {
      if ([...this.ownership.monitors.values()].some(({ leaving }) => leaving)) void this.soon()
    })
  }

  /** From now on the cloud holds this monitor. What is wrong with it stands in the answer's `trouble`. */
  hold(options: HoldOptions): HeldMonitor {
    const { mark } = options
    const holding: Holding = { ...options, isPaused: false, isBusy: true }
    this.held.set(mark, holding)
    this.resting.delete(mark)
    void this.soon()
    const set = (isPaused: boolean) => {
      holding.isPaused = isPaused
      return this.now(holding)
    }
    return {
      get trouble() {
        return holding.trouble
      },
      get isBusy() {
        return holding.isBusy
      },
      pause: () => set(true),
      resume: () => set(false),
      close: (removed) => this.release(holding, removed),
    }
  }

  /** All nodes had their say: what an earlier run owned and nobody wants any more is removed. */
  settle(): void {
    if (this.isSettled || this.closing.signal.aborted) return
    this.isSettled = true
    this.settling.cancel()
    void this.soon()
  }

  /** The flows have started: who was closed and does not come again soon is another account's, or gone. */
  arrived(): void {
    if (this.closing.signal.aborted) return
    this.settling.cancel()
    // Nodes hold theirs only when the account has opened.
    this.settling = this.options.clock.after(settledAfter, () => {
      this.resting.clear()
      this.isSettled = true
      void this.soon()
    })
  }

  /** What was known is forgotten, and the cloud has to deliver with another secret. */
  startAnew(secret: string): void {
    this.secret = secret
    this.isKnown = false
    this.ownership.forget()
    void this.soon()
  }

  /** The account is deleted: all that is ours in the cloud goes with it. */
  async leave(): Promise<void> {
    this.held.clear()
    this.resting.clear()
    this.isSettled = true
    await this.soon()
  }

  /** What of ours is in the cloud still, by label. */
  get remaining(): string[] {
    const { monitors, channels } = this.ownership
    return [
      ...[...monitors.values()].map(({ label }) => label),
      ...[...channels.keys()].map((transport) => `channel ${transport}`),
    ]
  }

  /** Whose monitor fired. Rejects while that cannot be known yet. */
  async ownerOf(monitorId: string): Promise<{ mark: string; label: string; vehicle?: VehicleId } | undefined> {
    await this.ownership.ready
    const found = this.ownership.ownerOf(monitorId)
    if (!found && !this.isKnown && this.held.size > 0) throw notYet
    if (!found) return undefined
    const [only, ...others] = found.ref.vehicles
    return { mark: found.mark, label: found.owned.label, ...(only !== undefined && others.length === 0 && { vehicle: only }) }
  }

  /** Leaves everything in the cloud as it is. */
  close(): void {
    if (this.closing.signal.aborted) return
    this.closing.abort(closed)
    this.timer?.cancel()
    this.settling.cancel()
    this.options.account.off('vehicles', this.onVehicles)
    this.options.account.off('health', this.onHealth)
  }

  /** When the work that is under way is over. Never rejects. */
  get settled(): Promise<void> {
    return this.next ?? this.underWay
  }

  private async release(holding: Holding, removed: boolean): Promise<void> {
    const { mark } = holding
    // A node that was deployed again has taken over already.
    if (this.held.get(mark) !== holding) return
    this.held.delete(mark)
    if (!removed) {
      this.resting.add(mark)
      return
    }
    await this.ownership.ready
    if (this.held.has(mark)) return
    const owned = this.ownership.monitors.get(mark)
    // A pass may be about to make it, so the next one looks also where nothing is written down yet.
    const pass = this.soon()
    if (!owned) return void pass
    this.ownership.monitors.set(mark, { ...owned, leaving: true })
    await this.ownership.save()
  }

  /** Rejects with what stands in the way of this one. */
  private async now(holding: Holding): Promise<void> {
    await this.soon()
    if (holding.trouble) throw new DrivewayError(holding.trouble)
  }

  /** One pass at a time; those who ask meanwhile share the next one. */
  private soon(): Promise<void> {
    if (this.closing.signal.aborted) return Promise.resolve()
    this.next ??= this.underWay.then(() => {
      this.next = undefined
      this.underWay = this.pass()
      return this.underWay
    })
    return this.next
  }

  private async pass(): Promise<void> {
    const { clock } = this.options
    this.timer?.cancel()
    let again = lookEvery
    const asked = [...this.held.values()]
    try {
      this.told(asked, await this.makeItSo(asked))
      this.isKnown = true
      this.hasFailed = false
      this.retry = firstRetry
    } catch (error) {
      if (this.closing.signal.aborted) return
      const { cause } = toDrivewayError(error)
      this.hasFailed = true
      this.told(asked, new Map(asked.map(({ mark }) => [mark, cause])))
      again = Math.max(this.retry, seconds(cause.retryAfter ?? 0))
      this.retry = Math.min(2 * this.retry, lookEvery)
    }
    if (this.closing.signal.aborted) return
    this.timer = clock.after(again, () => void this.soon())
  }

  private async makeItSo(asked: readonly Holding[]): Promise<Troubles> {
    const { runtime, address } = this.options
    const { secret } = this
    const { signal } = this.closing
    await this.ownership.ready
    if (asked.length === 0 && this.ownership.monitors.size === 0 && this.ownership.channels.size === 0) return new Map()
    const cars = await this.cars()
    signal.throwIfAborted()
    const wishes = asked
      .filter((one) => this.held.get(one.mark) === one)
      .map(({ mark, definition, matches, isPaused }): Wish => ({
        mark,
        definition,
        isPaused,
        vehicles: cars.filter(matches).map(({ id }) => id),
      }))
    return reconcile(wishes, {
      service: this.service,
      ownership: this.ownership,
      runtime,
      address,
      secret,
      vehicles: cars.map(({ id }) => id),
      isSettled: this.isSettled,
      resting: this.resting,
      isHeld: (mark) => this.held.has(mark),
      signal,
    })
  }

  /** The last pass comes when the account is over, and asks it for nothing. */
  private async cars(): Promise<readonly Vehicle[]> {
    const { account } = this.options
    try {
      return account.closed ? account.known : await account.vehicles()
    } catch (error) {
      if (account.closed) return account.known
      throw error
    }
  }

  private told(asked: readonly Holding[], troubles: Troubles): void {
    for (const holding of asked) {
      const trouble = troubles.get(holding.mark)
      const isNews = holding.isBusy || JSON.stringify(trouble) !== JSON.stringify(holding.trouble)
      holding.trouble = trouble
      holding.isBusy = false
      if (isNews) holding.changed?.()
    }
  }
}

const noMonitors = new DrivewayError({
  code: 'UNSUPPORTED',
  message: 'The provider of this account has no monitors',
  action: 'Watch here instead (where: local).',
})

const notYet = new DrivewayError({
  code: 'BUSY',
  message: 'It is not known yet which monitors are ours',
  retryAfter: 10,
})

const closed = new DrivewayError({ code: 'SHUTDOWN', message: 'The account was closed meanwhile' })
