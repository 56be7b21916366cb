/**
 * Reads for those of whom it was told only that something changed. What comes while a car is being read shares the next
 * read: a hundred such words cost two. What fails for a reason that passes is tried again, later each time.
 */
import { minutes, seconds, type Clock, type Timer } from '../clock'
import type { Ledger } from '../cloud/quota'
import type { Provider } from '../providers/provider'
import { toDrivewayError, type CauseCode } from '../vehicle/causes'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import { Agenda } from './agenda'
import type { CarList } from './carList'
import { mends } from './failures'
import type { Reader } from './reader'

export interface RereadsOptions {
  provider: Pick<Provider, 'cost'>
  clock: Clock
  ledger: Pick<Ledger, 'waitFor'>
  list: Pick<CarList, 'find'>
  reader: Pick<Reader, 'outdate'>
  read(vehicle: Vehicle, groups: readonly SignalGroup[]): Promise<void>
}

/** So many cars are read for this at the same time, beside those that are read on a schedule. */
const atOnce = 4
const firstWait = seconds(15)
const longestWait = minutes(10)

interface Wanted {
  groups: Set<SignalGroup>
  /** In a row. */
  failures: number
}

export class Rereads {
  private readonly wanted = new Map<VehicleId, Wanted>()
  private readonly agenda = new Agenda<VehicleId>()
  private readonly underWay = new Set<VehicleId>()
  private timer?: Timer
  private isClosed = false

  constructor(private readonly options: RereadsOptions) {}

  /** Something of these groups is another one now. */
  add(vehicle: VehicleId, groups: readonly SignalGroup[]): void {
    this.options.reader.outdate(vehicle, groups)
    const known = this.wanted.get(vehicle)
    this.want(vehicle, groups, known?.failures ?? 0)
    // One that is waiting keeps its turn, so that a stream of news does not undo what a failure taught.
    if (known || this.underWay.has(vehicle)) return
    this.agenda.set(vehicle, this.options.clock.now())
    this.pump()
  }

  close(): void {
    this.isClosed = true
    this.timer?.cancel()
  }

  private want(vehicle: VehicleId, groups: Iterable<SignalGroup>, failures: number): void {
    const before = this.wanted.get(vehicle)?.groups ?? []
    this.wanted.set(vehicle, { groups: new Set([...before, ...groups]), failures })
  }

  private pump(): void {
    const { clock, list, ledger, provider } = this.options
    this.timer?.cancel()
    while (!this.isClosed && this.underWay.size < atOnce) {
      const { first } = this.agenda
      if (!first) return
      const now = clock.now()
      // Nobody waits for a time that was planned before the clock was set back.
      if (first.at > now && first.at - now <= longestWait) return this.wakeIn(first.at - now)
      const car = list.find(first.id)
      const groups = [...(this.wanted.get(first.id)?.groups ?? [])]
      const wait = car ? ledger.waitFor('read', provider.cost(car.id, groups)) : 0
      if (wait > 0) return this.wakeIn(wait)
      this.agenda.delete(first.id)
      if (car) this.start(car, groups)
      else this.wanted.delete(first.id)
    }
  }

  private wakeIn(ms: number): void {
    this.timer = this.options.clock.after(Math.max(1, ms), () => this.pump())
  }

  private start(car: Vehicle, groups: readonly SignalGroup[]): void {
    const { id } = car
    const failures = this.wanted.get(id)?.failures ?? 0
    this.wanted.delete(id)
    this.underWay.add(id)
    const over = (wait?: number) => {
      this.underWay.delete(id)
      if (wait !== undefined) this.want(id, groups, failures + 1)
      if (this.wanted.has(id)) this.agenda.set(id, this.options.clock.now() + (wait ?? 0))
      this.pump()
    }
    this.options.read(car, groups).then(
      () => over(),
      (error: unknown) => {
        const { code, retryAfter = 0 } = toDrivewayError(error).cause
        over(isWorthIt(code) ? this.waitAfter(failures, seconds(retryAfter)) : undefined)
      },
    )
  }

  private waitAfter(failures: number, told: number): number {
    const grown = firstWait * 2 ** Math.min(failures, 10) * (1 + this.options.clock.random() * 0.2)
    return Math.min(longestWait, Math.max(grown, told))
  }
}

/** A car that cannot be read at all is not asked for again and again: whoever needs it then asks. */
const isWorthIt = (code: CauseCode): boolean => mends(code) !== undefined
