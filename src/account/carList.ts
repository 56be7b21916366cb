/** Which cars the account has: asked of the cloud once a day, named, remembered, and asked for until they are known. */
import { days, hours, minutes, seconds, type Clock, type Timer } from '../clock'
import type { Provider } from '../providers/provider'
import { DrivewayError, toDrivewayError, type Cause } from '../vehicle/causes'
import type { ListedVehicle, Vehicle, VehicleId } from '../vehicle/vehicle'
import { nameVehicles } from './garage'
import type { Keeper, KeptCar } from './keeper'
import { isPassing } from './failures'
import type { AccountSettings } from './settings'

export interface CarListOptions {
  provider: Provider
  settings: AccountSettings
  clock: Clock
  keeper?: Keeper
  closing: AbortSignal
  /** Writes a failed talk with the cloud down. */
  guard(work: Promise<ListedVehicle[]>): Promise<ListedVehicle[]>
  failed(cause: Cause): void
  /** The cloud answered. */
  listed(): void
  /** Somebody needs the cars. */
  isNeeded(): boolean
  /** What was known of a car before the restart, if anything. */
  onAdded(vehicle: Vehicle, kept: KeptCar | undefined): void
  onGone(vehicle: VehicleId): void
  /** The list is another one; `added` are new in it. Nothing is read of them before this is through. */
  onChanged(cars: readonly Vehicle[], added: readonly Vehicle[]): Promise<void>
}

const listAge = days(1)
/** A car that is refused may have left the account: the list is renewed, but not more often than this. */
const rest = hours(1)
/** For each hundred cars it has, where the last such doubt was right: a long list is many calls. */
const restOfHundred = minutes(5)
const longestWait = minutes(15)
/** So many files are read at the same time: a fleet has more cars than a process may open files. */
const filesAtOnce = 64

export class CarList {
  private cars: readonly Vehicle[] = []
  private byId: ReadonlyMap<VehicleId, Vehicle> = new Map()
  private readonly slugs = new Map<VehicleId, string>()
  private listedAt = -Infinity
  /** When the list was last given up before its time, in ms since 1970. */
  private renewedAt = -Infinity
  /** The list that is asked for now is asked for because of a doubt; the last one so asked for lacked a car. */
  private isDoubted = false
  private wasRight = true
  private listing?: Promise<readonly Vehicle[]>
  /** How often everything was forgotten: a list that was asked for before must not bring it back. */
  private forgotten = 0
  private retry?: Timer
  private ensuring = false

  constructor(private readonly options: CarListOptions) {}

  /** The cars known so far. */
  get known(): readonly Vehicle[] {
    return this.cars
  }

  find(id: VehicleId): Vehicle | undefined {
    return this.byId.get(id)
  }

  /** The cars, listed within the last day. Those who ask at the same time share one call. */
  renewed(): Promise<readonly Vehicle[]> {
    if (this.options.clock.now() - this.listedAt < listAge) return Promise.resolve(this.cars)
    return this.asked()
  }

  /** Asks, and not for the list that is just being asked for. Where it fails, the cars known before count as they did. */
  async relist(): Promise<void> {
    await this.listing?.catch(() => undefined)
    await this.asked()
  }

  private asked(): Promise<readonly Vehicle[]> {
    this.listing ??= this.list().finally(() => (this.listing = undefined))
    return this.listing
  }

  /** A car may have left: the list is asked for again, unless that was done a short while ago. */
  doubt(): void {
    const now = this.options.clock.now()
    const wait = this.wasRight ? Math.min(rest, restOfHundred * Math.ceil(this.cars.length / 100)) : rest
    if (now - Math.max(this.listedAt, this.renewedAt) < wait) return
    this.renewedAt = now
    this.isDoubted = true
    this.listedAt = -Infinity
    this.ensure()
  }

  /** Whoever watches needs the cars: asks for them until they are known, unless only a person can help. */
  ensure(attempt = 0): void {
    const { closing, clock } = this.options
    if (closing.aborted || !this.options.isNeeded() || this.ensuring) return
    this.retry?.cancel()
    this.ensuring = true
    const over = () => (this.ensuring = false)
    this.renewed()
      .finally(over)
      .then(
        () => this.again(this.listedAt + listAge - clock.now()),
        (error: unknown) => {
          const cause = error instanceof DrivewayError ? error.cause : undefined
          if (cause && !isPassing(cause.code)) return
          const wait = Math.max(seconds(cause?.retryAfter ?? 0), Math.min(longestWait, seconds(5) * 2 ** attempt))
          this.again(wait * (1 + clock.random() * 0.1), Math.min(attempt + 1, 10))
        },
      )
  }

  /** Stops asking by itself. */
  rest(): void {
    this.retry?.cancel()
  }

  /** Forgets the list; gives every car that was ever named, also of a list under way. */
  forget(): ReadonlySet<VehicleId> {
    this.forgotten++
    const ids = new Set([...this.slugs.keys(), ...this.byId.keys()])
    this.take([])
    this.slugs.clear()
    this.listedAt = -Infinity
    return ids
  }

  private take(cars: readonly Vehicle[]): void {
    this.cars = cars
    this.byId = new Map(cars.map((car) => [car.id, car]))
  }

  private async list(): Promise<readonly Vehicle[]> {
    const { options } = this
    const { provider, keeper, closing } = options
    const { forgotten } = this
    const stillWanted = () => {
      closing.throwIfAborted()
      if (this.forgotten !== forgotten) throw forgottenMeanwhile()
    }
    const told = await options.guard(provider.vehicles(closing))
    stillWanted()
    const kept = this.slugs.size === 0 ? await keeper?.loadSlugs().catch(() => undefined) : undefined
    stillWanted()
    for (const [id, slug] of kept ?? []) this.slugs.set(id, slug)
    const named = this.named(told)
    options.listed()
    for (const { id, slug } of named) this.slugs.set(id, slug)
    const added = named.filter(({ id }) => !this.byId.has(id))
    const remembered = await this.remembered(added)
    stillWanted()
    await keeper?.keepSlugs(this.slugs)
    stillWanted()
    for (const car of added) options.onAdded(car, remembered.get(car.id))
    const before = this.cars
    this.take(named)
    const gone = before.filter(({ id }) => !this.byId.has(id))
    for (const { id } of gone) options.onGone(id)
    this.wasRight = gone.length > 0 || (this.wasRight && !this.isDoubted)
    this.isDoubted = false
    this.listedAt = options.clock.now()
    await options.onChanged(named, added)
    return named
  }

  private named(told: readonly ListedVehicle[]): Vehicle[] {
    const { provider, settings } = this.options
    try {
      return nameVehicles(provider.id, told, settings.vehicles, this.slugs)
    } catch (error) {
      this.options.failed(toDrivewayError(error).cause)
      throw error
    }
  }

  private async remembered(added: readonly Vehicle[]): Promise<ReadonlyMap<VehicleId, KeptCar>> {
    const { keeper } = this.options
    const found = new Map<VehicleId, KeptCar>()
    for (let from = 0; keeper && from < added.length; from += filesAtOnce)
      await Promise.all(
        added.slice(from, from + filesAtOnce).map(async ({ id }) => {
          const kept = await keeper.load(id).catch(() => undefined)
          if (kept) found.set(id, kept)
        }),
      )
    return found
  }

  private again(wait: number, attempt = 0): void {
    this.retry?.cancel()
    if (this.options.closing.aborted || !this.options.isNeeded()) return
    this.retry = this.options.clock.after(wait, () => this.ensure(attempt))
  }
}

const forgottenMeanwhile = (): DrivewayError =>
  new DrivewayError({ code: 'AUTH_REQUIRED', message: 'The account was signed out and forgotten meanwhile', action: 'Sign in.' })
