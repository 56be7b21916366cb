/** Everything known of the account's cars, and the one way to learn more: one read at a time for each car. */
import type { Clock } from '../clock'
import type { Provider } from '../providers/provider'
import { DrivewayError, toDrivewayError, type Cause } from '../vehicle/causes'
import type { CommandId } from '../vehicle/commands'
import type { VehicleEvent } from '../vehicle/events'
import { emptyMemory, type CarMemory } from '../vehicle/memory'
import { emptyBook, followSession, type SessionBook } from '../vehicle/session'
import { takeIn, type Intake, type Taken } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'
import type { ProviderId, Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Came, KeptCar } from './keeper'

interface Failure {
  at: number
  /** Which turn of all it was: two things may happen in one millisecond. */
  turn: number
  error: DrivewayError
}

interface CarState extends Required<Omit<KeptCar, 'since'>> {
  /** When each group was last read whole, in ms since 1970. */
  readAt: Partial<Record<SignalGroup, number>>
  /** When the last try for each group failed, and why. */
  failedAt: Partial<Record<SignalGroup, Failure>>
  /** By group: the turn in which it was told that it is another one now, until a read that began later. */
  outdated: Partial<Record<SignalGroup, number>>
  /** The end of the line of reads. */
  line: Promise<unknown>
  /** The end of the line of answers that are taken in; absent: none is being taken in. */
  taking?: Promise<unknown>
  /** Ids of events that the start tells again: a cloud that heard no thanks for them sends them again as well. */
  restored: ReadonlySet<string>
  /** Something was told, and what is on disk does not say so yet. */
  unnoted: boolean
}

export interface ReaderOptions {
  provider: Provider
  clock: Clock
  closing: AbortSignal
  /** Commands that the car carried out a short while ago: what they cause is not the driver's doing. */
  commanded(vehicle: VehicleId): readonly CommandId[]
  /** Keeps the car over a crash. `now`: something is told of it, or was; otherwise a little later is soon enough. */
  keep?(vehicle: VehicleId, kept: () => KeptCar, now: boolean, came: Came): Promise<void> | undefined
  /** `first`: nothing was known of the car before. */
  onTaken(vehicle: Vehicle, taken: Taken, intake: Intake, first: boolean): void
  /** A crash kept these from being told, or from being noted as told. */
  onUntold(vehicle: Vehicle, events: readonly VehicleEvent[]): void
  /** A read brought something; `failures` are those of its calls that did not. */
  onRead(failures: readonly Cause[]): void
}

export class Reader {
  private readonly cars = new Map<VehicleId, CarState>()
  private turns = 0
  /** Cars whose turn to be written is coming, since something was told of them. */
  private readonly toNote = new Map<VehicleId, CarState>()

  constructor(private readonly options: ReaderOptions) {}

  memory(vehicle: VehicleId): CarMemory {
    return this.car(vehicle).memory
  }

  /** Its charging sessions. */
  book(vehicle: VehicleId): SessionBook {
    return this.car(vehicle).book
  }

  restore(vehicle: VehicleId, { memory, book, untold = [], since = [] }: KeptCar): void {
    const car = Object.assign(this.car(vehicle), { memory, book, untold })
    for (const { left, intake } of since) {
      car.untold.splice(0, car.untold.length - left)
      if (intake) takenInto(car, intake, { provider: this.options.provider.id, id: vehicle })
    }
    car.restored = new Set(car.untold.map(({ id }) => id))
  }

  /** Tells what was kept as untold. */
  async catchUp(vehicle: Vehicle): Promise<void> {
    await this.inTaking(vehicle.id, (car) => {
      const events = car.untold
      if (events.length === 0) return
      this.options.onUntold(vehicle, events)
      this.told(vehicle.id, car, events)
    })
  }

  forget(vehicle: VehicleId): void {
    this.cars.delete(vehicle)
  }

  /** When the group was last read whole, or tried in vain; undefined if never. */
  lastTry(vehicle: VehicleId, group: SignalGroup): number | undefined {
    const { readAt, failedAt } = this.car(vehicle)
    const times = [readAt[group], failedAt[group]?.at].filter((time) => time !== undefined)
    return times.length ? Math.max(...times) : undefined
  }

  /** When the group was last read whole; undefined if never. */
  lastRead(vehicle: VehicleId, group: SignalGroup): number | undefined {
    return this.car(vehicle).readAt[group]
  }

  /** Whatever was read of these groups is no longer so, nor is what a read under way will bring of them. */
  outdate(vehicle: VehicleId, groups: readonly SignalGroup[]): void {
    const turn = this.turns++
    for (const group of groups) this.car(vehicle).outdated[group] = turn
  }

  /** Why the last try for the group failed; undefined when it did not. */
  failure(vehicle: VehicleId, group: SignalGroup): Cause | undefined {
    return this.car(vehicle).failedAt[group]?.error.cause
  }

  /**
   * Makes sure that these groups are no older than `maxAgeMs`. Unless they are to be read now, what was once read whole and
   * tells its changes by itself since is as fresh as can be. Those who ask while a read is under way wait for it
   * and share what it brings, its failure too. Rejects when none of the groups could be read. `isRoutine`: the schedule asks.
   */
  async freshen(vehicle: Vehicle, groups: readonly SignalGroup[], maxAgeMs: number, isRoutine = false): Promise<void> {
    const asked = this.turns++
    const oldest = this.options.clock.now() - maxAgeMs
    const car = this.car(vehicle.id)
    const isStale = (group: SignalGroup) =>
      car.outdated[group] !== undefined ||
      ((car.readAt[group] ?? -Infinity) < oldest && (maxAgeMs === 0 || !this.isKeptFresh(vehicle.id, group)))
    const turn = car.line.then(() => this.readStale(vehicle, car, groups.filter(isStale), { asked, isRoutine }))
    car.line = turn.catch(() => undefined)
    await turn
  }

  /**
   * Takes in what was read, or what came by itself, such as a push or the answer of a command: one after the other, so
   * that each is kept and told before the next one. It does not wait for a read that is under way.
   */
  accept(vehicle: Vehicle, intake: Intake): Promise<void> {
    return this.inTaking(vehicle.id, (car) => this.take(vehicle, car, intake))
  }

  /** Resolves when all that was given to it so far is taken in. */
  async settled(): Promise<void> {
    for (const { taking } of [...this.cars.values()]) await taking
  }

  /**
   * Where nothing of the car is under way, the action begins at once: a large fleet tells too much for a turn each. It
   * may tell others in its last step only, so that nobody who is told, and comes from there with more, overtakes it.
   */
  private inTaking(vehicle: VehicleId, action: (car: CarState) => Promise<void> | void): Promise<void> {
    const car = this.car(vehicle)
    const { taking } = car
    if (taking)
      return lined(
        car,
        taking.then(() => (this.isKnown(vehicle, car) ? action(car) : undefined)),
      )
    car.taking = nothing
    try {
      const work = action(car)
      if (work) return lined(car, work)
    } catch (error) {
      return lined(car, Promise.reject(toDrivewayError(error)))
    }
    if (car.taking === nothing) car.taking = undefined
    return nothing
  }

  private take(vehicle: Vehicle, car: CarState, given: Intake): Promise<void> | void {
    const intake = this.anew(car, given)
    const first = car.memory.takenAt === undefined
    const left = car.untold.length
    const taken = takenInto(car, intake, vehicle)
    const { changes, events } = taken
    const kept = this.keep(vehicle.id, car, changes.length > 0 || events.length > 0, { left, intake })
    const tell = () => {
      this.options.onTaken(vehicle, taken, intake, first)
      this.told(vehicle.id, car, events)
    }
    return kept ? this.unlessOver(vehicle.id, car, kept, tell) : tell()
  }

  /** Where nobody listens any more, it is told after the start. */
  private async unlessOver(vehicle: VehicleId, car: CarState, kept: Promise<void>, tell: () => void): Promise<void> {
    await kept
    if (!this.options.closing.aborted && this.isKnown(vehicle, car)) tell()
  }

  /** Without what the start tells again. A provider that tells events itself has none made up for it. */
  private anew(car: CarState, given: Intake): Intake {
    const { tellsEvents = false } = this.options.provider
    const { restored } = car
    if (restored.size === 0) return tellsEvents && !given.events ? { ...given, events: [] } : given
    const anew = (events: Intake['events']) => events?.filter(({ id }) => !restored.has(id))
    return { ...given, events: anew(given.events) ?? (tellsEvents ? [] : undefined), also: anew(given.also) }
  }

  /**
   * Notes that these events were told. Nothing waits until that is on disk, and what comes of the car at once, as in a
   * burst, takes it along: it has to be written down anyway.
   */
  private told(vehicle: VehicleId, car: CarState, events: readonly VehicleEvent[]): void {
    // Whoever was told may have let it be forgotten.
    if (events.length === 0 || !this.isKnown(vehicle, car)) return
    car.untold = car.untold.filter((event) => !events.includes(event))
    car.unnoted = true
    // Should the account end before its turn comes, it is among what is written at the end.
    void this.keep(vehicle, car, false, { left: car.untold.length })
    this.noteSoon(vehicle, car)
  }

  private noteSoon(vehicle: VehicleId, car: CarState): void {
    if (this.toNote.size === 0) setImmediate(() => this.note())
    this.toNote.set(vehicle, car)
  }

  private note(): void {
    const due = [...this.toNote]
    this.toNote.clear()
    for (const [vehicle, car] of due)
      if (car.unnoted && this.isKnown(vehicle, car)) void this.keep(vehicle, car, true, { left: car.untold.length })
  }

  private keep(vehicle: VehicleId, car: CarState, now: boolean, came: Came): Promise<void> | undefined {
    if (now) car.unnoted = false
    return this.options.keep?.(vehicle, () => keptOf(car), now, came)
  }

  /** The car has not left the account, nor was it forgotten. */
  private isKnown(vehicle: VehicleId, car: CarState): boolean {
    return this.cars.get(vehicle) === car
  }

  private isKeptFresh(vehicle: VehicleId, group: SignalGroup): boolean {
    return this.lastRead(vehicle, group) !== undefined && this.options.provider.pushed?.(vehicle, group) === true
  }

  private async readStale(
    vehicle: Vehicle,
    car: CarState,
    old: readonly SignalGroup[],
    { asked, isRoutine }: { asked: number; isRoutine: boolean },
  ): Promise<void> {
    const { provider, clock, closing } = this.options
    const stale = old.filter((group) => provider.cost(vehicle.id, [group]) > 0)
    if (stale.length === 0) return
    closing.throwIfAborted()
    // What failed while we waited in line is not tried again for us.
    const failure = (group: SignalGroup) => car.failedAt[group]
    const wanted = stale.filter((group) => (failure(group)?.turn ?? -1) < asked)
    const shared = stale.map(failure).find((known) => known !== undefined)
    if (wanted.length === 0 && shared) throw shared.error
    const begun = this.turns++
    try {
      const answer = await provider.read(vehicle.id, wanted, closing, isRoutine)
      closing.throwIfAborted()
      if (!this.isKnown(vehicle.id, car)) return
      const receivedAt = clock.now()
      const covered = [...new Set([...answer.groups, ...provider.bring(vehicle.id, answer.groups)])]
      for (const group of covered) {
        car.readAt[group] = receivedAt
        delete car.failedAt[group]
        if ((car.outdated[group] ?? Infinity) < begun) delete car.outdated[group]
      }
      const missed = wanted.filter((group) => !covered.includes(group))
      if (missed.length < wanted.length) this.options.onRead(answer.failures)
      await this.accept(vehicle, {
        readings: answer.readings,
        receivedAt,
        source: 'poll',
        groups: covered,
        commanded: this.options.commanded(vehicle.id),
      })
      const error = new DrivewayError(answer.failures[0] ?? notTold)
      this.failed(car, missed, error, receivedAt)
      if (missed.length === wanted.length) throw error
    } catch (error) {
      const failure = closing.aborted ? closed() : toDrivewayError(error)
      this.failed(car, wanted, failure, clock.now())
      throw failure
    }
  }

  private failed(car: CarState, groups: readonly SignalGroup[], error: DrivewayError, at: number): void {
    const turn = this.turns++
    for (const group of groups) car.failedAt[group] = { at, turn, error }
  }

  private car(id: VehicleId): CarState {
    let car = this.cars.get(id)
    if (!car) {
      car = {
        memory: emptyMemory(),
        book: emptyBook(),
        untold: [],
        restored: new Set(),
        readAt: {},
        failedAt: {},
        outdated: {},
        line: nothing,
        unnoted: false,
      }
      this.cars.set(id, car)
    }
    return car
  }
}

const nothing = Promise.resolve()

/** Who comes next waits for this one. */
function lined(car: CarState, turn: Promise<void>): Promise<void> {
  const over = () => {
    if (car.taking === ended) car.taking = undefined
  }
  const ended: Promise<void> = turn.then(over, over)
  car.taking = ended
  return turn
}

/** The same answers, in the same order, make the same of a car: what was written down of them is enough. */
function takenInto(car: CarState, intake: Intake, vehicle: { provider: ProviderId; id: VehicleId }): Taken {
  const taken = takeIn(car.memory, intake, vehicle)
  car.memory = taken.memory
  followSession(car.book, car.memory, taken.events)
  if (taken.events.length > 0) car.untold.push(...taken.events)
  return taken
}

const keptOf = ({ memory, book, untold }: CarState): KeptCar => ({ memory, book, ...(untold.length > 0 && { untold }) })

/** No call failed, and still the answer lacks what was asked for. */
const notTold: Cause = { code: 'SCHEMA_DRIFT', message: 'The cloud answered without what was asked for' }

export const closed = (): DrivewayError =>
  new DrivewayError({ code: 'SHUTDOWN', message: 'The account was closed meanwhile', action: 'Try again when it is back.' })
