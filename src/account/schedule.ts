/**
 * When to ask the cloud. Watchers say what they want and how often; the tightest wish for each group counts, what one
 * call brings is read together, one car is never asked twice at once, and the ledger is asked before each read.
 * Nobody watches: nothing runs. One timer in all.
 */
import { minutes, seconds, type Clock, type Timer } from '../clock'
import { DrivewayError } from '../vehicle/causes'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import { Agenda } from './agenda'
import { nextTurn, rateOf, wishesFor, type Knowledge, type Turn, type Watcher } from './demand'
import { isPassing, mends } from './failures'

export interface ScheduleOptions extends Knowledge {
  clock: Clock
  vehicles(): readonly Vehicle[]
  /** Reads that are left today, and the milliseconds that they must last; undefined without a daily quota. */
  budget(): { left: number; ms: number } | undefined
  /** Milliseconds until that many reads may be spent. */
  waitFor(calls: number): number
  read(vehicle: Vehicle, groups: readonly SignalGroup[]): Promise<void>
}

const hintLasts = minutes(10)
const hintRests = minutes(10)
/** Reads at most this many cars at the same time. */
const atOnce = 4
const jitter = 0.05
/** How long the budget of the day is taken for known. */
const budgetLasts = minutes(1)
const longestStretch = 100
/** After an outage nobody should wait long for what happened meanwhile. */
const longestBackoff = minutes(2)
/** Clocks are corrected by a little all the time. */
const clockTolerance = seconds(2)

interface Plan {
  hintedUntil: number
  /** Interval × (1 - spread), drawn anew after each read, so that cars drift apart. */
  spread: number
  failures: number
  notBefore: number
  /** The last read failed for a reason that passes: what it was to bring is due as soon as asking is allowed. */
  owed: boolean
  busy: boolean
  /** Calls a second that the car's watchers wish for. */
  rate: number
}

export class Schedule {
  private readonly watchers = new Set<Watcher>()
  private readonly plans = new Map<VehicleId, Plan>()
  private readonly agenda = new Agenda<VehicleId>()
  private listed: readonly Vehicle[] = []
  private cars = new Map<VehicleId, Vehicle>()
  private timer?: Timer
  private running = 0
  private closed = false
  private halted = false
  private notBefore = 0
  /** The latest time that was seen, in ms since 1970. */
  private seen = -Infinity
  /** Calls a second that all watchers wish for. */
  private rate = 0
  private budget?: { left: number; until: number; asOf: number }

  constructor(private readonly options: ScheduleOptions) {}

  /** Starts to serve a watcher; the answer ends that. */
  watch(watcher: Watcher): () => void {
    this.watchers.add(watcher)
    this.planFor(watcher)
    return () => {
      this.watchers.delete(watcher)
      this.planFor(watcher)
    }
  }

  /** Polls fast for 10 minutes, then rests for 10 before the next burst. False: a burst is on, or resting. */
  hint(vehicle: VehicleId): boolean {
    const plan = this.planOf(vehicle)
    const now = this.options.clock.now()
    if (now < plan.hintedUntil + hintRests) return false
    plan.hintedUntil = now + hintLasts
    this.touched(vehicle)
    return true
  }

  hintedUntil(vehicle: VehicleId): number {
    return this.planOf(vehicle).hintedUntil
  }

  /** Something new is known of the car, from wherever: what is wanted next may have changed. */
  touched(vehicle: VehicleId): void {
    const car = this.cars.get(vehicle)
    if (!car || this.watchers.size === 0 || this.planOf(vehicle).busy) return
    this.enter(car)
    this.pump()
  }

  /** The cloud answered to somebody: it takes our sign-in again. */
  reached(): void {
    if (this.halted) this.resume()
  }

  /** After a sign-in or a new list of cars: whatever was waiting for that may go on. A refusal for quota still holds. */
  resume(): void {
    this.halted = false
    for (const plan of this.plans.values()) plan.notBefore = 0
    this.planAll()
  }

  /** What comes by itself changed: what is asked for does too. */
  replan(): void {
    this.planAll()
  }

  /** The provider counts calls anew: its refusal does not hold any more. */
  startAnew(): void {
    this.notBefore = 0
    this.budget = undefined
    this.resume()
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
    const { first } = this.agenda
    return first && !this.halted ? Math.max(first.at, this.notBefore) : undefined
  }

  /** How many times longer than wished the intervals are, so that today's calls last until the day ends; 1 = as wished. */
  get stretch(): number {
    const now = this.options.clock.now()
    if (!this.budget || now - this.budget.asOf > budgetLasts || now < this.budget.asOf) {
      const { left, ms } = this.options.budget() ?? { left: Infinity, ms: 0 }
      this.budget = { left, until: now + ms, asOf: now }
    }
    // A little more, because turns come early by their spread.
    const wanted = ((this.rate * Math.max(0, this.budget.until - now)) / 1000) * (1 + 1.2 * jitter)
    return wanted > this.budget.left ? Math.min(longestStretch, wanted / Math.max(1, this.budget.left)) : 1
  }

  private planOf(vehicle: VehicleId): Plan {
    let plan = this.plans.get(vehicle)
    if (!plan) {
      plan = { hintedUntil: -Infinity, spread: this.draw(), failures: 0, notBefore: 0, owed: false, busy: false, rate: 0 }
      this.plans.set(vehicle, plan)
    }
    return plan
  }

  private draw(): number {
    return this.options.clock.random() * jitter
  }

  /** Which groups of a car are wanted next, and when. */
  private due(vehicle: Vehicle): Turn | undefined {
    const { options } = this
    const { id } = vehicle
    const plan = this.planOf(id)
    const now = options.clock.now()
    // A hint never lasts longer than it was given for, also when the clock was set back meanwhile.
    const hintedUntil = plan.hintedUntil - now > hintLasts ? -Infinity : plan.hintedUntil
    const wishes = wishesFor(vehicle, this.watchers, options, { now, hintedUntil })
    this.rated(plan, rateOf(wishes, id, options))
    const { notBefore, spread, owed } = plan
    const last = (group: SignalGroup) => (owed ? options.lastRead(id, group) : options.lastTry(id, group))
    return wishes.size > 0 ? nextTurn(wishes, { now, notBefore, spread, stretch: this.stretch, last }) : undefined
  }

  private enter(vehicle: Vehicle): void {
    const due = this.due(vehicle)
    if (due) this.agenda.set(vehicle.id, due.at)
    else this.agenda.delete(vehicle.id)
  }

  /** Plans every car anew. */
  private planAll(): void {
    if (this.closed) return
    this.agenda.clear()
    this.listed = this.options.vehicles()
    this.cars = new Map(this.listed.map((vehicle) => [vehicle.id, vehicle]))
    for (const id of this.plans.keys()) if (!this.cars.has(id)) this.forget(id)
    if (this.watchers.size > 0) this.enterAll(this.cars.values())
    else for (const plan of this.plans.values()) this.rated(plan, 0)
    this.pump()
  }

  /** A watcher came or went: the other cars' turns stay, unless the calls of the day have to be shared out anew. */
  private planFor(watcher: Watcher): void {
    if (this.closed) return
    if (this.watchers.size === 0 || this.listed !== this.options.vehicles()) return this.planAll()
    const { stretch } = this
    const others: Vehicle[] = []
    const its: Vehicle[] = []
    for (const vehicle of this.listed) (watcher.matches(vehicle) ? its : others).push(vehicle)
    this.enterAll(its)
    if (this.stretch !== stretch) this.enterAll(others)
    this.pump()
  }

  private enterAll(vehicles: Iterable<Vehicle>): void {
    for (const vehicle of vehicles) if (!this.planOf(vehicle.id).busy) this.enter(vehicle)
  }

  /** The clock was set back: what was planned for a time that is now far away is planned anew. */
  private turnBack(now: number): void {
    this.notBefore = Math.min(this.notBefore, now)
    for (const plan of this.plans.values()) plan.notBefore = Math.min(plan.notBefore, now)
    this.enterAll(this.cars.values())
  }

  private forget(vehicle: VehicleId): void {
    this.rated(this.planOf(vehicle), 0)
    this.plans.delete(vehicle)
  }

  private rated(plan: Plan, rate: number): void {
    this.rate += rate - plan.rate
    plan.rate = rate
  }

  /** Starts what is due, as far as it may, and sets the timer for the rest. */
  private pump(): void {
    this.wakeAt(undefined)
    if (this.closed || this.halted || this.watchers.size === 0) return
    const now = this.options.clock.now()
    if (now < this.seen - clockTolerance) this.turnBack(now)
    this.seen = now
    while (this.running < atOnce) {
      const { first } = this.agenda
      if (!first) return
      const at = Math.max(first.at, this.notBefore)
      if (at > now) return this.wakeAt(at)
      this.agenda.delete(first.id)
      const vehicle = this.cars.get(first.id)
      // Somebody may have read meanwhile: what is wanted now is looked up now.
      const due = vehicle && this.due(vehicle)
      if (!vehicle || !due) continue
      const wait = due.at > now ? 0 : this.options.waitFor(this.options.cost(vehicle.id, due.groups))
      if (due.at > now || wait > 0) this.agenda.set(vehicle.id, due.at)
      if (wait > 0) return this.wakeAt(now + wait)
      if (due.at <= now) this.start(vehicle, due.groups)
    }
  }

  /** The one timer: whatever was set before, by whoever, is forgotten. */
  private wakeAt(time: number | undefined): void {
    const { clock } = this.options
    this.timer?.cancel()
    this.timer = time === undefined || this.closed ? undefined : clock.after(Math.max(1, time - clock.now()), () => this.pump())
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
      const car = this.cars.get(vehicle.id)
      if (car && !this.closed && this.watchers.size > 0) this.enter(car)
      this.pump()
    }
    this.options.read(vehicle, groups).then(() => over(), over)
  }

  private failed(plan: Plan, error: unknown): void {
    const { clock } = this.options
    const cause = error instanceof DrivewayError ? error.cause : undefined
    const mended = cause && mends(cause.code)
    plan.owed = !cause || isPassing(cause.code) || mended === 'person'
    if (mended === 'person') {
      this.halted = true
    } else if (mended === 'quota') {
      // Told exactly how long: no jitter, and it holds for every car.
      this.notBefore = clock.now() + seconds(cause?.retryAfter ?? 60)
    } else {
      const wait = Math.min(longestBackoff, seconds(15) * 2 ** plan.failures) * (1 + clock.random() * 0.2)
      plan.failures = Math.min(plan.failures + 1, 10)
      plan.notBefore = clock.now() + Math.max(wait, seconds(cause?.retryAfter ?? 0))
    }
  }
}
