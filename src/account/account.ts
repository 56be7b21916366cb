/** One account alive: its cars and what is known of them, when to ask, what to send. The only thing nodes and mirror see. */
import { seconds, type Clock } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { HistoryPage, HistoryQuery } from '../providers/monitors'
import type { Provider } from '../providers/provider'
import { DrivewayError, type Cause } from '../vehicle/causes'
import type { CommandId } from '../vehicle/commands'
import { eventOf, type Happening } from '../vehicle/events'
import type { Outcome } from '../vehicle/outcome'
import type { CarMemory } from '../vehicle/memory'
import { observedAtOf, snapshotOf, type Snapshot } from '../vehicle/snapshot'
import { tellSession, type Session } from '../vehicle/session'
import { signalGroups, type SignalGroup } from '../vehicle/signals'
import type { Capabilities, Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Keeper } from './keeper'
import { CarriedOut } from './carriedOut'
import { findVehicle, isNamed } from './garage'
import { HealthRecord, type Health } from './health'
import { knownOf, type Known } from './known'
import { Orders, type CommandRequest } from './orders'
import { freshnessPolicy, type Policy } from './policies'
import { Pushes, type Delivered } from './pushes'
import { closed } from './reader'
import type { AccountSettings } from './settings'
import { Telling } from './telling'
import { Upkeep } from './upkeep'

export type { Known } from './known'
export type { AccountEvents } from './telling'

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

export class Account extends Telling {
  readonly provider: Provider
  private readonly clock: Clock
  private readonly closing = new AbortController()
  private readonly record: HealthRecord
  private readonly carriedOut: CarriedOut
  private readonly upkeep: Upkeep
  private readonly orders: Orders
  private readonly pushes: Pushes
  /** Who needs the connection to the cloud: the account itself, and those who may have a last word to say. */
  private connections = 1
  /** After `close`: until every command has its outcome and everything is written down. */
  ended: Promise<void> = Promise.resolve()

  constructor(private readonly options: AccountOptions) {
    super()
    const { provider, clock, ledger, settings } = options
    this.provider = provider
    this.clock = clock
    provider.onDrift = (drift) => this.tell('drift', drift)
    this.record = new HealthRecord(clock, (health) => this.tell('health', health))
    const parts = { ...options, closing: this.closing.signal }
    this.upkeep = new Upkeep({
      ...parts,
      record: this.record,
      commanded: (id) => this.carriedOut.recent(id),
      tell: (name, ...told) => this.tell(name, ...told),
    })
    this.carriedOut = new CarriedOut({
      ...parts,
      isWatched: () => this.upkeep.schedule.watched,
      read: (vehicle, groups) => this.upkeep.freshen(vehicle, groups, 0),
    })
    this.orders = new Orders({
      ...parts,
      allow: settings.allow,
      vehicle: (reference) => this.vehicle(reference),
      capabilities: (vehicle) => this.capabilities(vehicle),
      checkQuota: () => void ledger.check('command'),
      onPhase: (vehicle, outcome) => this.told(vehicle, outcome),
      onReadings: (vehicle, readings) => {
        // The car left the account, or was forgotten, while the command was under way.
        const { list, reader } = this.upkeep
        if (!list.find(vehicle.id)) return
        reader.accept(vehicle, { readings, receivedAt: clock.now(), source: 'push', groups: [] }).catch(() => undefined)
      },
    })
    this.pushes = new Pushes({
      ...parts,
      list: this.upkeep.list,
      reader: this.upkeep.reader,
      read: (vehicle, groups) => this.upkeep.freshen(vehicle, groups, 0),
      carriedOut: this.carriedOut,
      onSource: (problem, callsGoOn) => this.pushesAre(problem, callsGoOn),
    })
  }

  /** The cars, asked of the cloud once a day. Rejects while they were never known. */
  async vehicles(): Promise<readonly Vehicle[]> {
    if (this.closing.signal.aborted) throw closed()
    const { list } = this.upkeep
    const renewed = list.renewed()
    if (list.known.length === 0) return renewed
    // An old list is better than none: it is renewed behind the back.
    renewed.catch(() => undefined)
    return list.known
  }

  /** The cars as the cloud lists them now, asked for this. Rejects when it does not. */
  async vehiclesNow(): Promise<readonly Vehicle[]> {
    if (this.closing.signal.aborted) throw closed()
    await this.upkeep.list.relist()
    return this.upkeep.list.known
  }

  /** The cars known so far, without asking. */
  get known(): readonly Vehicle[] {
    return this.upkeep.list.known
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
    return this.record.guard(this.provider.capabilities(vehicle.id, this.closing.signal))
  }

  snapshot(vehicle: VehicleId): Snapshot {
    return snapshotOf(this.upkeep.reader.memory(vehicle))
  }

  memory(vehicle: VehicleId): CarMemory {
    return this.upkeep.reader.memory(vehicle)
  }

  /** What is known of a car now, without asking. No groups: all. */
  about(vehicle: Vehicle, groups?: readonly SignalGroup[]): Known {
    return knownOf(vehicle, this.upkeep.reader.memory(vehicle.id), groups)
  }

  /** Reads what is older than `maxAge` seconds, shared with whoever else asks; then tells what is known. No groups: all. */
  async read(vehicle: Vehicle, groups: readonly SignalGroup[], maxAge: number): Promise<Known> {
    const wanted = groups.length ? groups : signalGroups
    await this.upkeep.freshen(vehicle, wanted, seconds(maxAge))
    return this.about(vehicle, groups)
  }

  /** Milliseconds since the car itself last told anything of these groups; undefined if it never did. */
  ageOf(vehicle: VehicleId, groups: readonly SignalGroup[]): number | undefined {
    const observedAt = observedAtOf(this.upkeep.reader.memory(vehicle), groups)
    return observedAt === undefined ? undefined : Math.max(0, this.clock.now() - observedAt)
  }

  /** When a group was last read, in ms since 1970. */
  lastRead(vehicle: VehicleId, group: SignalGroup): number | undefined {
    return this.upkeep.reader.lastRead(vehicle, group)
  }

  /** Why none of these groups could be read at the last try; undefined when one of them was, or is yet to be tried. */
  failure(vehicle: VehicleId, groups: readonly SignalGroup[]): Cause | undefined {
    return this.upkeep.failure(vehicle, groups)
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
    return this.upkeep.watch({ matches, groups, policy })
  }

  /** Somebody knows that something happens with the car: polls fast for 10 minutes. False: already so, or resting. */
  hint(vehicle: Vehicle): boolean {
    return this.upkeep.schedule.hint(vehicle.id)
  }

  /** The car's charging sessions, the last one last: it may be still on. */
  sessions(vehicle: VehicleId): Session[] {
    const { open, past } = this.upkeep.reader.book(vehicle)
    return [...past, ...(open ? [open] : [])].map((session) => tellSession(session, this.clock.now()))
  }

  /**
   * Takes in what came of a car without being asked, each car's in the order of the calls. Resolves when it is kept and
   * handed on to all who listen; `false`: no such car in this account. Rejects when the account ends before.
   */
  deliver(vehicle: VehicleId, push: Delivered): Promise<boolean> {
    return this.pushes.deliver(vehicle, push)
  }

  /** Somebody was told that something of these groups changed: they are read soon. Answers as `deliver` does. */
  changed(vehicle: VehicleId, groups: readonly SignalGroup[]): Promise<boolean> {
    return this.pushes.changed(vehicle, groups)
  }

  /** Somebody was told that the cars are others now: the list is asked for again. */
  relist(): void {
    this.pushes.relist()
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
    return this.record.guard(history.read(vehicle.id, kind, query, this.closing.signal))
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
    this.upkeep.resume()
  }

  get health(): Health & { quota: ReturnType<Ledger['status']>; nextRead?: number; unfinished: number; unpushed?: Cause } {
    const { health, unpushed } = this.record
    return {
      ...health,
      ...(unpushed && { unpushed }),
      quota: this.options.ledger.status(),
      nextRead: this.upkeep.schedule.next,
      unfinished: this.orders.unfinished,
    }
  }

  /** The provider counts calls anew, before its time. */
  startAnew(): void {
    this.options.ledger.startAnew()
    this.upkeep.schedule.startAnew()
  }

  /**
   * Forgets what is known of the cars, on disk too: places, sessions, short names. The count of calls stays on purpose,
   * because the cloud goes on counting them. Rejects when something could not be removed.
   */
  async forget(): Promise<void> {
    this.upkeep.forget()
    await this.options.keeper?.forget()
    this.tell('vehicles', this.upkeep.list.known)
  }

  /** Ends timers and requests at once; commands under way end as `unknown`, `SHUTDOWN`. */
  close(): void {
    if (this.closing.signal.aborted) return
    this.upkeep.close()
    this.pushes.close()
    this.closing.abort(closed())
    this.letGo()
    this.ended = this.end()
  }

  /** Something of our own does not work: whoever listens is told. */
  troubled(cause: Cause): void {
    this.tell('trouble', cause)
  }

  private async end(): Promise<void> {
    const { keeper } = this.options
    await Promise.all([this.orders.settled(), keeper?.flush(), this.upkeep.reader.settled()])
    // What waited for its turn until now.
    await keeper?.flush()
  }

  /** The connection to the cloud outlives `close` until the answer is called: somebody has a last word to say there. */
  keepConnected(): () => void {
    this.connections++
    let isOver = false
    return () => {
      if (!isOver) this.letGo()
      isOver = true
    }
  }

  private letGo(): void {
    if (--this.connections === 0) this.options.release?.()
  }

  get closed(): boolean {
    return this.closing.signal.aborted
  }

  /** Aborted by `close`. */
  get over(): AbortSignal {
    return this.closing.signal
  }

  private pushesAre(problem: Cause | undefined, callsGoOn: boolean): void {
    const isNews = this.record.pushesAre(problem, callsGoOn)
    const { health, unpushed } = this.record
    if (!problem) this.upkeep.schedule.reached()
    if (isNews && unpushed) this.tell('trouble', unpushed)
    if (isNews) this.tell('health', health)
    this.upkeep.schedule.replan()
  }

  private told(vehicle: Vehicle | undefined, outcome: Outcome): void {
    this.tell('outcome', vehicle, outcome)
    const { phase, ok, cause } = outcome
    if (ok === true && phase !== 'checked') this.upkeep.reached()
    if (cause) this.record.commandFailed(cause)
    if (vehicle) this.carriedOut.note(vehicle, outcome)
  }
}

const notKept = (kind: string, kinds: readonly string[]): DrivewayError =>
  new DrivewayError({
    code: 'UNSUPPORTED',
    message: `This cloud keeps no ${kind}`,
    action: kinds.length > 0 ? `Ask for one of: ${kinds.join(', ')}.` : 'Leave it out.',
  })
