/**
 * What an account remembers over a restart: its cars' short names, what was known of each, and their charging sessions.
 * A change is on disk before it is told, and its events stay there as untold until they are: a crash loses none, and
 * one that comes between telling and noting it makes them come again, with the ids that they had.
 *
 * A fleet changes all the time: of a car that was written whole since the start, only what came to it is written, and the
 * whole car when there is rest. What came is taken in once more after a crash, in the same order.
 */
import { z } from 'zod'
import { minutes, type Clock, type Timer } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import { DrivewayError } from '../vehicle/causes'
import type { VehicleEvent } from '../vehicle/events'
import type { CarMemory } from '../vehicle/memory'
import type { SessionBook } from '../vehicle/session'
import type { Intake } from '../vehicle/snapshot'
import type { VehicleId } from '../vehicle/vehicle'

export interface KeptCar {
  memory: CarMemory
  book: SessionBook
  /** Events that are part of the memory already and that nobody heard yet, oldest first. */
  untold?: VehicleEvent[]
  /** What came since the rest of it was written down, oldest first; not taken in yet. Only in what was loaded. */
  since?: readonly Came[]
}

/** What changes a car: all but the last so many of its events were told by now, and then an answer was taken in. */
export interface Came {
  left: number
  intake?: Intake
}

/** What is on the disk of a car since the start, or since it was loaded last. */
interface Step {
  /** Additions count only for what the same life has written whole. */
  life: string
  /** Of the last addition. */
  n: number
  /** It is not all that there is to know of the car. */
  isBehind: boolean
}

/** An answer with more readings takes no less than the whole car. */
const mostReadings = 24

/** Times of reading alone change nothing that is told: they are written down once in a while. */
const lazyAfter = minutes(1)

const index = z.object({ v: z.literal(1), slugs: z.record(z.string(), z.string()) })
// Deep enough to know our own file; what is inside was written by us and is sealed against change.
const car = z.object({
  v: z.literal(1),
  memory: z.looseObject({ v: z.literal(1), held: z.looseObject({}), edges: z.looseObject({}), told: z.looseObject({}) }),
  book: z.looseObject({ past: z.array(z.looseObject({ startedAt: z.number() })) }),
  untold: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
  life: z.string().optional(),
  n: z.number().optional(),
})
const addition = z.looseObject({ life: z.string(), n: z.number() })

export class Keeper {
  private readonly waiting = new Map<VehicleId, () => KeptCar>()
  private timer?: Timer
  private slugs: Record<VehicleId, string> = {}
  private readonly steps = new Map<VehicleId, Step>()
  /** No other start, of this process or another one, has the same. */
  private readonly start: string
  private lives = 0
  private underWay = 0
  private whenQuiet: (() => void)[] = []

  constructor(
    private readonly store: StateStore,
    private readonly account: string,
    private readonly clock: Clock,
    /** Told once when nothing can be written, and again only after it went well. */
    private readonly onTrouble: (error: DrivewayError) => void,
  ) {
    this.start = `${clock.now().toString(36)}-${clock.random().toString(36).slice(2)}`
  }

  private troubled = false

  /** The short names that the cars had. */
  async loadSlugs(): Promise<ReadonlyMap<VehicleId, string>> {
    const read = index.safeParse(await this.store.load(this.account))
    this.slugs = read.success ? read.data.slugs : {}
    return new Map(Object.entries(this.slugs))
  }

  async keepSlugs(slugs: ReadonlyMap<VehicleId, string>): Promise<void> {
    const now = Object.fromEntries(slugs)
    if (JSON.stringify(now) === JSON.stringify(this.slugs)) return
    this.slugs = now
    await this.written(() => this.store.save(this.account, { v: 1, slugs: now }))
  }

  async load(vehicle: VehicleId): Promise<KeptCar | undefined> {
    const { store } = this
    const name = this.nameOf(vehicle)
    // Whoever loads it goes on from there, or from nothing.
    this.steps.delete(vehicle)
    const { value, additions } = store.additions
      ? await store.additions.load(name)
      : { value: await store.load(name), additions: [] }
    const read = car.safeParse(value)
    if (!read.success) return undefined
    const { life, n = 0, ...kept } = read.data
    const since = additions.flatMap((one) => {
      const { data } = addition.safeParse(one)
      return data && data.life === life && data.n > n ? [data] : []
    })
    // What another process took over may be there twice.
    const inOrder = new Map(since.sort((a, b) => a.n - b.n).map((one) => [one.n, one as unknown as Came]))
    return { ...(kept as unknown as KeptCar), ...(inOrder.size > 0 && { since: [...inOrder.values()] }) }
  }

  /**
   * Afterwards it survives a crash; rejects never, a disk that is full does not stop the cars. `came`: what alone changed
   * the car since this was called last.
   */
  keep(vehicle: VehicleId, kept: () => KeptCar, came?: Came): Promise<void> {
    this.waiting.delete(vehicle)
    const step = this.steps.get(vehicle)
    const { additions } = this.store
    const name = this.nameOf(vehicle)
    if (!came || !additions || !step || step.isBehind || isLong(came)) return this.keepWhole(name, vehicle, kept)
    const n = ++step.n
    const whole = this.wholeOf(step, kept)
    return this.written(() => additions.add(name, { ...came, life: step.life, n }, whole), step)
  }

  /** Lives long, and holds nothing of what came. */
  private wholeOf(step: Step, kept: () => KeptCar): () => unknown {
    return () => ({ v: 1, ...kept(), life: step.life, n: step.n })
  }

  private keepWhole(name: string, vehicle: VehicleId, kept: () => KeptCar): Promise<void> {
    const step = this.steps.get(vehicle) ?? { life: `${this.start}-${++this.lives}`, n: 0, isBehind: false }
    this.steps.set(vehicle, step)
    step.isBehind = false
    const whole = this.wholeOf(step, kept)
    return this.written(() => this.store.save(name, whole()), step)
  }

  /** Written down within a minute. `isNews`: it is more than what is written already. */
  keepSoon(vehicle: VehicleId, kept: () => KeptCar, isNews = true): void {
    this.waiting.set(vehicle, kept)
    const step = this.steps.get(vehicle)
    if (step && isNews) step.isBehind = true
    this.timer ??= this.clock.after(lazyAfter, () => void this.flush())
  }

  /** Writes down what waits; afterwards nothing is on its way to the disk any more. */
  async flush(): Promise<void> {
    this.timer?.cancel()
    this.timer = undefined
    const all = [...this.waiting]
    this.waiting.clear()
    for (const [vehicle, kept] of all) void this.keep(vehicle, kept)
    if (this.underWay > 0) await new Promise<void>((resolve) => this.whenQuiet.push(resolve))
  }

  /**
   * Removes everything that was kept of the account, also of cars that were not listed since the start. The count of
   * calls stays on purpose: it belongs to the key, and the cloud counts on. Rejects when something could not be removed.
   */
  async forget(): Promise<void> {
    this.timer?.cancel()
    this.timer = undefined
    const known = [...Object.keys(this.slugs), ...this.waiting.keys()]
    this.waiting.clear()
    await this.loadSlugs().catch(() => undefined)
    const vehicles = new Set([...known, ...Object.keys(this.slugs)])
    this.slugs = {}
    // The index goes last: it is what finds the others when this has to be tried again.
    await Promise.all([...vehicles].map((id) => this.store.remove(this.nameOf(id))))
    // What comes of them from now on comes to nothing that was kept.
    this.steps.clear()
    await this.store.remove(this.account)
  }

  private nameOf(vehicle: VehicleId): string {
    return `${this.account}:${vehicle}`
  }

  private async written(write: () => Promise<void>, step?: Step): Promise<void> {
    this.underWay++
    try {
      await write()
      this.troubled = false
    } catch (error) {
      if (step) step.isBehind = true
      if (!this.troubled) this.onTrouble(notWritten(error))
      this.troubled = true
    }
    if (--this.underWay === 0) for (const quiet of this.whenQuiet.splice(0)) quiet()
  }
}

const isLong = ({ intake }: Came): boolean => intake !== undefined && intake.readings.length > mostReadings

const notWritten = (error: unknown): DrivewayError => {
  const { code } = error as { code?: unknown }
  return new DrivewayError({
    code: 'INTERNAL',
    message: `What is known of the cars cannot be written down${typeof code === 'string' ? ` (${code})` : ''}`,
    action: "Check the disk and the permissions of Driveway's folder.",
  })
}
