/** One account alive: its cars and what is known of them, when to ask, what to send. The only thing nodes and mirror see. */
import { EventEmitter, setMaxListeners } from 'node:events'
import { minutes, pause, seconds, type Clock } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { HistoryPage, HistoryQuery } from '../providers/monitors'
import type { Provider, Push } from '../providers/provider'
import { DrivewayError, toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'
import { commands, type CommandId } from '../vehicle/commands'
import { eventOf, type Happening, type VehicleEvent } from '../vehicle/events'
import { isFinal, type Outcome } from '../vehicle/outcome'
import type { CarMemory } from '../vehicle/memory'
import type { Drift } from '../vehicle/reading'
import { observedAtOf, readingsOf, snapshotOf, type Change, type Snapshot } from '../vehicle/snapshot'
import { tellSession, type Session } from '../vehicle/session'
import { signalGroups, type SignalGroup } from '../vehicle/signals'
import type { Capabilities, Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Keeper } from './keeper'
import { CarList } from './carList'
import { findVehicle, isNamed } from './garage'
import { HealthRecord, type Health } from './health'
import { Orders, type CommandRequest } from './orders'
import { freshnessPolicy, type Policy } from './policies'
import { closed, Reader } from './reader'
import { Schedule } from './schedule'
import type { AccountSettings } from './settings'

export interface AccountOptions {
  settings: AccountSettings
  provider: Provider
  ledger: Ledger
  clock: Clock
  /** Remembers over a restart; absent: nothing is remembered. */
  keeper?: Keeper
  /** Lets go of connections; called once, at the end. */
  release?(): void
}

/** What is known of a car, as messages and topics carry it. */
export interface Known {
  vehicle: Vehicle
  snapshot: Snapshot
  readings: ReturnType<typeof readingsOf>
}

export interface AccountEvents {
  /** The list of cars is known, or changed. */
  vehicles: [readonly Vehicle[]]
  /** A read or push was taken in, changed or not. */
  reading: [Vehicle, { changes: Change[]; events: VehicleEvent[]; receivedAt: number; first: boolean }]
  /** A read of a car is over, well or not: see `failure`. */
  tried: [Vehicle]
  change: [Vehicle, Change[]]
  event: [Vehicle, VehicleEvent]
  /** Each phase of each command; the last one is final. The car is unknown when the command named none we know. */
  outcome: [Vehicle | undefined, Outcome]
  health: [Health]
  drift: [Drift]
  /** Something of our own does not work, such as a disk that cannot be written. Told once. */
  trouble: [Cause]
}

/** A push, and when it came, in ms since 1970; default now. */
export type Delivered = Push & { receivedAt?: number }

/** A car that meets these may have left the account. */
const ofTheList: ReadonlySet<CauseCode> = new Set(['VEHICLE_NOT_YOURS', 'VEHICLE_UNKNOWN'])
/** How long after a command its effect is looked for. */
const effectAfter = seconds(5)
/** How long what a car does may still be the echo of a command. */
const commandEcho = minutes(20)

export class Account extends EventEmitter<AccountEvents> {
  readonly provider: Provider
  private readonly clock: Clock
  private readonly closing = new AbortController()
  private readonly reader: Reader
  private readonly schedule: Schedule
  private readonly orders: Orders
  private readonly record: HealthRecord
  private readonly list: CarList
  /** Listeners that have thrown; each is reported once. */
  private readonly faulty = new WeakSet<object>()
  /** After `close`: until every command has its outcome and everything is written down. */
  ended: Promise<void> = Promise.resolve()
  private readonly carriedOut = new Map<VehicleId, { command: CommandId; at: number }[]>()
  private readonly endPushes?: () => void
  /** The end of the line of pushes: they are taken in in the order in which they came. */
  private pushed: Promise<unknown> = Promise.resolve()
  /** What cuts the source of pushes off now. */
  private cutOff?: Cause
  /** The same, where reads and commands go on without it. */
  private unpushed?: Cause

  constructor(private readonly options: AccountOptions) {
    super()
    // Many nodes listen, and many requests may wait at once.
    this.setMaxListeners(0)
    setMaxListeners(0, this.closing.signal)
    const { provider, clock, ledger, settings, keeper } = options
    this.provider = provider
    this.clock = clock
    provider.onDrift = (drift) => this.tell('drift', drift)
    this.record = new HealthRecord(clock, (health) => this.emit('health', health))
    this.reader = new Reader({
      provider,
      clock,
      closing: this.closing.signal,
      commanded: (id) => this.recentCommands(id),
      keep: (id, kept, now) => {
        if (now) return keeper?.keep(id, kept())
        keeper?.keepSoon(id, kept)
        return undefined
      },
      onTaken: (vehicle, { changes, events, drifts }, { source, receivedAt }, first) => {
        for (const drift of drifts) this.tell('drift', drift)
        this.tell('reading', vehicle, { changes, events, receivedAt, first })
        if (changes.length && source === 'push') this.schedule.touched(vehicle.id)
        if (changes.length) this.tell('change', vehicle, changes)
        for (const event of events) this.tell('event', vehicle, event)
      },
      onUntold: (vehicle, events) => {
        for (const event of events) this.tell('event', vehicle, event)
      },
      onRead: ([failure]) => {
        this.reached()
        if (failure) this.record.noted(failure)
      },
    })
    this.list = new CarList({
      provider,
      settings,
      clock,
      keeper,
      closing: this.closing.signal,
      guard: (work) => this.guard(work),
      failed: (cause) => this.record.failed(cause),
      listed: () => this.wentWell(),
      isNeeded: () => this.schedule.watched,
      // What changed since the restart is told, what did not is not.
      onAdded: ({ id }, kept) => kept && this.reader.restore(id, kept),
      onGone: (id) => this.reader.forget(id),
      onChanged: async (cars, added) => {
        this.tell('vehicles', cars)
        // Before the first read of them can tell anything newer.
        await Promise.all(added.map((car) => this.reader.catchUp(car)))
        this.schedule.resume()
      },
    })
    this.schedule = new Schedule({
      clock,
      vehicles: () => this.list.known,
      snapshot: (id) => this.snapshot(id),
      lastTry: (id, group) => this.reader.lastTry(id, group),
      lastRead: (id, group) => this.reader.lastRead(id, group),
      cost: (id, groups) => provider.cost(id, groups),
      pushed: (id, group) => provider.pushed?.(id, group) ?? false,
      observedAt: (id, group) => observedAtOf(this.reader.memory(id), [group]),
      budget: () => ledger.budget(),
      waitFor: (calls) => this.waitFor(calls),
      read: (vehicle, groups, maxAge) => this.freshen(vehicle, groups, maxAge),
    })
    this.orders = new Orders({
      provider,
      clock,
      closing: this.closing.signal,
      allow: settings.allow,
      vehicle: (reference) => this.vehicle(reference),
      capabilities: (vehicle) => this.capabilities(vehicle),
      checkQuota: () => void ledger.check('command'),
      onPhase: (vehicle, outcome) => this.told(vehicle, outcome),
      onReadings: (vehicle, readings) => {
        // The car left the account, or was forgotten, while the command was under way.
        if (!this.list.find(vehicle.id)) return
        this.reader.accept(vehicle, { readings, receivedAt: clock.now(), source: 'push', groups: [] }).catch(() => undefined)
      },
    })
    this.endPushes = provider.pushes?.start({
      push: (vehicle, push) => this.deliver(vehicle, push),
      vehicles: () => this.relist(),
      health: (problem, options) => this.pushesAre(problem, options?.callsGoOn === true),
    })
  }

  /** The cars, asked of the cloud once a day. Rejects while they were never known. */
  async vehicles(): Promise<readonly Vehicle[]> {
    if (this.closing.signal.aborted) throw closed()
    const renewed = this.list.renewed()
    if (this.list.known.length === 0) return renewed
    // An old list is better than none: it is renewed behind the back.
    renewed.catch(() => undefined)
    return this.list.known
  }

  /** The cars known so far, without asking. */
  get known(): readonly Vehicle[] {
    return this.list.known
  }

  /** The car that `reference` names (id, slug, or the `vehicle` of a message), or the only one. Rejects with `VEHICLE_UNKNOWN`. */
  async vehicle(reference: unknown): Promise<Vehicle> {
    return findVehicle(await this.vehicles(), reference)
  }

  /** All cars when nothing is named, else the named one. */
  async chosen(reference: unknown): Promise<readonly Vehicle[]> {
    return isNamed(reference) ? [await this.vehicle(reference)] : this.vehicles()
  }

  async capabilities(vehicle: Vehicle): Promise<Capabilities> {
    return this.guard(this.provider.capabilities(vehicle.id, this.closing.signal))
  }

  snapshot(vehicle: VehicleId): Snapshot {
    return snapshotOf(this.reader.memory(vehicle))
  }

  memory(vehicle: VehicleId): CarMemory {
    return this.reader.memory(vehicle)
  }

  /** What is known of a car now, without asking. No groups: all. */
  about(vehicle: Vehicle, groups?: readonly SignalGroup[]): Known {
    const memory = this.reader.memory(vehicle.id)
    const whole = snapshotOf(memory)
    const wanted = groups?.length ? groups : signalGroups
    const snapshot = Object.fromEntries(wanted.flatMap((group) => (whole[group] ? [[group, whole[group]]] : []))) as Snapshot
    return { vehicle, snapshot, readings: readingsOf(memory, groups?.length ? groups : undefined) }
  }

  /** Reads what is older than `maxAge` seconds, shared with whoever else asks; then tells what is known. No groups: all. */
  async read(vehicle: Vehicle, groups: readonly SignalGroup[], maxAge: number): Promise<Known> {
    const wanted = groups.length ? groups : signalGroups
    await this.freshen(vehicle, wanted, seconds(maxAge))
    return this.about(vehicle, groups)
  }

  /** Milliseconds since the car itself last told anything of these groups; undefined if it never did. */
  ageOf(vehicle: VehicleId, groups: readonly SignalGroup[]): number | undefined {
    const observedAt = observedAtOf(this.reader.memory(vehicle), groups)
    return observedAt === undefined ? undefined : Math.max(0, this.clock.now() - observedAt)
  }

  /** When a group was last read, in ms since 1970. */
  lastRead(vehicle: VehicleId, group: SignalGroup): number | undefined {
    return this.reader.lastRead(vehicle, group)
  }

  /** Why none of these groups could be read at the last try; undefined when one of them was, or is yet to be tried. */
  failure(vehicle: VehicleId, groups: readonly SignalGroup[]): Cause | undefined {
    const causes = groups
      .map((group) => ({ group, cause: this.reader.failure(vehicle, group) }))
      .filter(({ group, cause }) => cause ?? this.provider.cost(vehicle, [group]) > 0)
    return causes.every(({ cause }) => cause) ? causes[0]?.cause : undefined
  }

  /** Guarded commands that messages and topics may send. */
  get allow(): readonly CommandId[] {
    return this.options.settings.allow
  }

  /** How fresh this account's owner wants each group where nobody says otherwise. */
  get freshness(): Policy {
    return freshnessPolicy(this.options.settings.freshness)
  }

  /** Keeps these groups of the cars that `matches` as fresh as `policy` says, until the answer is called. */
  watch(matches: (vehicle: Vehicle) => boolean, groups: readonly SignalGroup[], policy: Policy): () => void {
    const stop = this.schedule.watch({ matches, groups, policy })
    this.list.ensure()
    return () => {
      stop()
      if (!this.schedule.watched) this.list.rest()
    }
  }

  /** Somebody knows that something happens with the car: polls fast for 10 minutes. False: already so, or resting. */
  hint(vehicle: Vehicle): boolean {
    return this.schedule.hint(vehicle.id)
  }

  /** The car's charging sessions, the last one last: it may be still on. */
  sessions(vehicle: VehicleId): Session[] {
    const { open, past } = this.reader.book(vehicle)
    return [...past, ...(open ? [open] : [])].map((session) => tellSession(session, this.clock.now()))
  }

  /**
   * Takes in what came of a car without being asked, each car's in the order of the calls. Resolves when it is kept and
   * handed on to all who listen; `false`: no such car in this account. Rejects when the account ends before.
   */
  deliver(
    vehicle: VehicleId,
    { readings, groups, events, late, trip, causedBy, receivedAt = this.clock.now() }: Delivered,
  ): Promise<boolean> {
    // Only finding the car waits in line: the disk is slow, and each car's own line keeps its order.
    const found = this.inOrder(async () => {
      this.closing.signal.throwIfAborted()
      if (!this.list.find(vehicle)) await this.list.renewed()
      return this.list.find(vehicle)
    })
    return found.then(async (car) => {
      this.closing.signal.throwIfAborted()
      if (!car) return false
      const told = this.provider.tellsEvents ? { events } : { also: events }
      const commanded = causedBy ? [...this.recentCommands(vehicle), causedBy.command] : this.recentCommands(vehicle)
      await this.reader.accept(car, { readings, receivedAt, source: 'push', groups, late, trip, commanded, ...told })
      return true
    })
  }

  /** Tells an event that no reading shows, such as a monitor that fired. Resolves as `deliver` does. */
  say(vehicle: Vehicle, happening: Happening): Promise<boolean> {
    const { late } = happening
    return this.deliver(vehicle.id, { readings: [], groups: [], events: [eventOf(vehicle, happening)], late })
  }

  /** A page of the car's past as the cloud keeps it: trips, alerts, charging sessions … Rejects with `UNSUPPORTED` where it keeps none. */
  async history(vehicle: Vehicle, kind: string, query: HistoryQuery): Promise<HistoryPage> {
    const { history } = this.provider
    if (!history?.kinds.includes(kind)) throw notKept(kind, history?.kinds ?? [])
    return this.guard(history.read(vehicle.id, kind, query, this.closing.signal))
  }

  /** Sends a command; every phase goes to `onPhase`, the last one is also the answer. Never rejects. */
  async send(
    request: CommandRequest,
    onPhase?: (outcome: Outcome, vehicle?: Vehicle) => void,
  ): Promise<{ outcome: Outcome; vehicle?: Vehicle }> {
    return this.orders.send(request, onPhase)
  }

  /** After a sign-in: what was waiting for one goes on. */
  resume(): void {
    this.record.signedIn()
    this.schedule.resume()
    this.list.ensure()
  }

  get health(): Health & { quota: ReturnType<Ledger['status']>; nextRead?: number; unfinished: number; unpushed?: Cause } {
    return {
      ...this.record.health,
      /** Why nothing comes by itself now, where calls do its work meanwhile. */
      ...(this.unpushed && { unpushed: this.unpushed }),
      quota: this.options.ledger.status(),
      nextRead: this.schedule.next,
      unfinished: this.orders.unfinished,
    }
  }

  /** The provider counts calls anew, before its time. */
  startAnew(): void {
    this.options.ledger.startAnew()
    this.schedule.startAnew()
  }

  /**
   * Forgets what is known of the cars, on disk too: places, sessions, short names. The count of calls stays on purpose,
   * because the cloud goes on counting them. Rejects when something could not be removed.
   */
  async forget(): Promise<void> {
    for (const id of this.list.forget()) this.reader.forget(id)
    await this.options.keeper?.forget()
    this.tell('vehicles', this.list.known)
  }

  /** Ends timers and requests at once; commands under way end as `unknown`, `SHUTDOWN`. */
  close(): void {
    if (this.closing.signal.aborted) return
    this.schedule.close()
    this.list.rest()
    this.endPushes?.()
    this.closing.abort(closed())
    this.options.release?.()
    this.ended = Promise.all([this.orders.settled(), this.options.keeper?.flush()]).then(() => undefined)
  }

  get closed(): boolean {
    return this.closing.signal.aborted
  }

  /** Milliseconds until that many reads may be made. While there are none left for today, that is the account's trouble. */
  private waitFor(calls: number): number {
    const { ledger } = this.options
    try {
      ledger.check('read', calls)
    } catch (error) {
      this.record.failed(toDrivewayError(error).cause)
    }
    return ledger.waitFor('read', calls)
  }

  private async freshen(vehicle: Vehicle, groups: readonly SignalGroup[], maxAgeMs: number): Promise<void> {
    try {
      await this.guard(this.reader.freshen(vehicle, groups, maxAgeMs))
    } finally {
      if (!this.closed) this.tried(vehicle, groups)
    }
  }

  private tried(vehicle: Vehicle, groups: readonly SignalGroup[]): void {
    const gone = groups.some((group) => ofTheList.has(this.reader.failure(vehicle.id, group)?.code ?? 'INTERNAL'))
    if (gone) this.list.doubt()
    this.emit('tried', vehicle)
  }

  private reached(): void {
    this.wentWell()
    this.schedule.reached()
  }

  /** Where all comes by push, an answer from memory does not mean that the source is there. */
  private wentWell(): void {
    if (!this.cutOff) this.record.succeeded()
  }

  /** The source of pushes is there, or says what cuts it off: then calls have to do its work. */
  private pushesAre(problem: Cause | undefined, callsGoOn: boolean): void {
    const unpushed = callsGoOn ? problem : undefined
    const isNews = unpushed?.message !== this.unpushed?.message
    this.unpushed = unpushed
    this.cutOff = callsGoOn ? undefined : problem
    if (unpushed) {
      this.record.noted(unpushed)
      if (isNews) this.tell('trouble', unpushed)
    } else if (problem) this.record.failed(problem)
    else this.reached()
    if (isNews) this.tell('health', this.record.health)
    this.schedule.replan()
  }

  private relist(): void {
    this.inOrder(() => this.list.relist()).catch(() => undefined)
  }

  private inOrder<T>(take: () => Promise<T>): Promise<T> {
    const turn = this.pushed.then(take)
    this.pushed = turn.catch(() => undefined)
    return turn
  }

  /** Writes a failed talk with the cloud down in the health record. */
  private async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      const failure = toDrivewayError(error)
      if (failure.code !== 'SHUTDOWN') this.record.failed(failure.cause)
      throw failure
    }
  }

  /** Tells every listener, also when one of them throws: its fault is neither the cloud's nor the other listeners'. */
  private tell<Name extends keyof AccountEvents>(name: Name, ...told: AccountEvents[Name]): void {
    for (const listener of this.rawListeners(name)) {
      try {
        Reflect.apply(listener, this, told)
      } catch (error) {
        if (this.faulty.has(listener)) continue
        this.faulty.add(listener)
        this.tell('trouble', listenerFailed(name, error))
      }
    }
  }

  private told(vehicle: Vehicle | undefined, outcome: Outcome): void {
    this.tell('outcome', vehicle, outcome)
    this.learnFrom(outcome)
    if (!vehicle || !isFinal(outcome.phase) || outcome.ok === false || outcome.phase === 'checked') return
    const command = outcome.command as CommandId
    this.carriedOut.set(vehicle.id, [...this.recentEntries(vehicle.id), { command, at: this.clock.now() }])
    if (!outcome.state) void this.lookForEffect(vehicle, command)
  }

  /** Where only commands are sent, they are what shows whether the account works. A car's own trouble is none of it. */
  private learnFrom({ phase, ok, cause }: Outcome): void {
    if (ok === true && phase !== 'checked') this.reached()
    if (cause && ofEveryCall.has(cause.code)) this.record.failed(cause)
  }

  private recentEntries(vehicle: VehicleId): { command: CommandId; at: number }[] {
    return (this.carriedOut.get(vehicle) ?? []).filter(({ at }) => this.clock.now() - at < commandEcho)
  }

  private recentCommands(vehicle: VehicleId): CommandId[] {
    return this.recentEntries(vehicle).map(({ command }) => command)
  }

  /** Most clouds answer a command without the car's new state: it is read once, a little later. */
  private async lookForEffect(vehicle: Vehicle, command: CommandId): Promise<void> {
    const touched = (commands[command].touches ?? []).filter((group) => this.provider.cost(vehicle.id, [group]) > 0)
    if (touched.length === 0 || !this.schedule.watched) return
    await pause(this.clock, effectAfter, this.closing.signal)
    if (this.closing.signal.aborted || this.options.ledger.waitFor('read', touched.length) > 0) return
    await this.freshen(vehicle, touched, 0).catch(() => undefined)
  }
}

const notKept = (kind: string, kinds: readonly string[]): DrivewayError =>
  new DrivewayError({
    code: 'UNSUPPORTED',
    message: `This cloud keeps no ${kind}`,
    action: kinds.length > 0 ? `Ask for one of: ${kinds.join(', ')}.` : 'Leave it out.',
  })

const listenerFailed = (name: string, error: unknown): Cause => ({
  code: 'INTERNAL',
  message: `Something that listens for "${name}" failed (${error instanceof Error ? error.name : typeof error})`,
  action: 'Report this fault to us.',
})

/** A command that meets these says something about every other call. */
const ofEveryCall: ReadonlySet<CauseCode> = new Set(['AUTH_REQUIRED', 'AUTH_EXPIRED', 'AUTH_REVOKED', 'KEY_INVALID', 'QUOTA_DAY'])
