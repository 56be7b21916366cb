/**
 * When to ask the cloud. Watchers say what they want and how often; the tightest wish for each group counts, what one
 * call brings is read together, one car is never asked twice at once, and the ledger is asked before each read.
 * Nobody watches: nothing runs. One timer in all.
 */
import { hours, minutes, seconds, type Clock, type Timer } from '../clock'
import { DrivewayError, type CauseCode } from '../vehicle/causes'
import type { Snapshot } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Policy } from './policies'

export interface Watcher {
  /** Which cars it is about. */
  matches(vehicle: Vehicle): boolean
  groups: readonly SignalGroup[]
  policy: Policy
}

export interface ScheduleOptions {
  clock: Clock
  vehicles(): readonly Vehicle[]
  snapshot(vehicle: VehicleId): Snapshot
  /** When a read of the group was last tried, and when it last succeeded; in ms since 1970. */
  lastTry(vehicle: VehicleId, group: SignalGroup): number | undefined
  lastRead(vehicle: VehicleId, group: SignalGroup): number | undefined
  /** Calls that reading these groups costs now; 0: the cloud has nothing for them. */
  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number
  /** Milliseconds until that many reads may be spent. */
  waitFor(calls: number): number
  read(vehicle: Vehicle, groups: readonly SignalGroup[], maxAgeMs: number): Promise<void>
}

const hintLasts = minutes(10)
const hintRests = minutes(10)
/** Reads at most this many cars at the same time. */
const atOnce = 4
/** What is due within this part of its interval is read along with what is due now. */
const slack = 0.1
const jitter = 0.05

/** Only a person can mend these: asking again would lock the account or burn the quota. */
const untilSignedIn: ReadonlySet<CauseCode> = new Set([
  'AUTH_REQUIRED',
  'AUTH_EXPIRED',
  'AUTH_REVOKED',
  'KEY_INVALID',
  'INVALID_CONFIG',
])
const quota: ReadonlySet<CauseCode> = new Set(['QUOTA_DAY', 'QUOTA_MINUTE'])
/** Failures after which asking again by itself makes sense. */
export const passing: ReadonlySet<CauseCode> = new Set([
  'NETWORK',
  'TIMEOUT',
  'PROVIDER_DOWN',
  'PROVIDER_ERROR',
  'QUOTA_DAY',
  'QUOTA_MINUTE',
  'SCHEMA_DRIFT',
  'INTERNAL',
])

interface Plan {
  hintedUntil: number
  /** Interval × (1 + spread), drawn anew after each read, so that cars drift apart. */
  spread: number
  failures: number
  notBefore: number
  /** The last read failed for a reason that passes: what it was to bring is due as soon as asking is allowed. */
  owed: boolean
  busy: boolean
}

export class Schedule {
  private readonly watchers = new Set<Watcher>()
  private readonly plans = new Map<VehicleId, Plan>()
  private timer?: Timer
  private running = 0
  private closed = false
  private halted = false
  private notBefore = 0

  constructor(private readonly options: ScheduleOptions) {}

  /** Starts to serve a watcher; the answer ends that. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher)
    this.plan()
    return () => {
      this.watchers.delete(watcher)
      this.plan()
    }
  }

  /** Polls fast for 10 minutes, then rests for 10 before the next burst. False: a burst is on, or resting. */
  hint(vehicle: VehicleId): boolean {
    const plan = this.planOf(vehicle)
    const now = this.options.clock.now()
    if (now < plan.hintedUntil + hintRests) return false
    plan.hintedUntil = now + hintLasts
    this.plan()
    return true
  }

  hintedUntil(vehicle: VehicleId): number {
    return this.planOf(vehicle).hintedUntil
  }

  /** The cloud answered to somebody: it takes our sign-in again. */
  reached(): void {
    if (this.halted) this.resume()
  }

  /** After a sign-in or a new list of cars: whatever was waiting for that may go on. A refusal for quota still holds. */
  resume(): void {
    this.halted = false
    for (const plan of this.plans.values()) plan.notBefore = 0
    this.plan()
  }

  close(): void {
    this.closed = true
    this.timer?.cancel()
    this.watchers.clear()
  }

  get watched(): boolean {
    return this.watchers.size > 0
  }

  /** When the next read is planned, in ms since 1970. */
  get next(): number | undefined {
    const due = this.options.vehicles().map((vehicle) => this.due(vehicle))
    const times = due.flatMap((wish) => (wish ? [wish.at] : []))
    return times.length && !this.halted ? Math.min(...times) : undefined
  }

  private planOf(vehicle: VehicleId): Plan {
    let plan = this.plans.get(vehicle)
    if (!plan) {
      plan = { hintedUntil: -Infinity, spread: this.draw(), failures: 0, notBefore: 0, owed: false, busy: false }
      this.plans.set(vehicle, plan)
    }
    return plan
  }

  private draw(): number {
    return this.options.clock.random() * jitter
  }

  /** Which groups of a car are wanted next, and when. */
  private due(vehicle: Vehicle): { at: number; groups: SignalGroup[] } | undefined {
    const { options } = this
    const plan = this.planOf(vehicle.id)
    const view = { snapshot: options.snapshot(vehicle.id), now: options.clock.now(), hintedUntil: plan.hintedUntil }
    const wishes = new Map<SignalGroup, { at: number; interval: number }>()
    for (const watcher of this.watchers) {
      if (!watcher.matches(vehicle)) continue
      for (const group of watcher.groups) {
        const interval = watcher.policy(view, group)
        if (interval === undefined || options.cost(vehicle.id, [group]) === 0) continue
        const before = wishes.get(group)
        if (before && before.interval <= seconds(interval)) continue
        const last = plan.owed ? options.lastRead(vehicle.id, group) : options.lastTry(vehicle.id, group)
        const at = last === undefined ? view.now : last + seconds(interval) * (1 - plan.spread)
        wishes.set(group, { at, interval: seconds(interval) })
      }
    }
    if (wishes.size === 0) return undefined
    const first = Math.min(...[...wishes.values()].map((wish) => wish.at))
    const at = Math.max(first, plan.notBefore, this.notBefore)
    const groups = [...wishes].filter(([, wish]) => wish.at <= at + wish.interval * slack).map(([group]) => group)
    return { at, groups }
  }

  private plan(): void {
    this.wakeAt(undefined)
    if (this.closed || this.halted || this.watchers.size === 0 || this.running >= atOnce) return
    const now = this.options.clock.now()
    let soonest: number | undefined
    for (const vehicle of this.options.vehicles()) {
      if (this.planOf(vehicle.id).busy) continue
      const due = this.due(vehicle)
      if (!due) continue
      const at = due.at <= now ? now + this.options.waitFor(this.options.cost(vehicle.id, due.groups)) : due.at
      if (at <= now && this.running < atOnce) this.start(vehicle, due.groups)
      else soonest = Math.min(soonest ?? Infinity, at)
    }
    this.wakeAt(soonest)
  }

  /** The one timer: whatever was set before, by whoever, is forgotten. */
  private wakeAt(time: number | undefined): void {
    const { clock } = this.options
    this.timer?.cancel()
    this.timer = time === undefined || this.closed ? undefined : clock.after(Math.max(1, time - clock.now()), () => this.plan())
  }

  private start(vehicle: Vehicle, groups: SignalGroup[]): void {
    const plan = this.planOf(vehicle.id)
    plan.busy = true
    this.running++
    const over = (error?: unknown) => {
      plan.busy = false
      plan.spread = this.draw()
      this.running--
      plan.owed = false
      if (error === undefined) plan.failures = 0
      else this.failed(plan, error)
      this.plan()
    }
    this.options.read(vehicle, groups, 0).then(() => over(), over)
  }

  private failed(plan: Plan, error: unknown): void {
    const { clock } = this.options
    const cause = error instanceof DrivewayError ? error.cause : undefined
    plan.owed = !cause || passing.has(cause.code) || untilSignedIn.has(cause.code)
    if (cause && untilSignedIn.has(cause.code)) {
      this.halted = true
    } else if (cause && quota.has(cause.code)) {
      // Told exactly how long: no jitter, and it holds for every car.
      this.notBefore = clock.now() + seconds(cause.retryAfter ?? 60)
    } else {
      const wait = Math.min(hours(0.25), seconds(15) * 2 ** plan.failures) * (1 + clock.random() * 0.2)
      plan.failures = Math.min(plan.failures + 1, 10)
      plan.notBefore = clock.now() + Math.max(wait, seconds(cause?.retryAfter ?? 0))
    }
  }
}
