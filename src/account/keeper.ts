/**
 * What an account remembers over a restart: its cars' short names, what was known of each, and their charging sessions.
 * A change is on disk before it is told, so that a crash neither loses nor doubles it.
 */
import { z } from 'zod'
import { minutes, type Clock, type Timer } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import { toDrivewayError, type DrivewayError } from '../vehicle/causes'
import type { CarMemory } from '../vehicle/memory'
import type { SessionBook } from '../vehicle/session'
import type { VehicleId } from '../vehicle/vehicle'

export interface KeptCar {
  memory: CarMemory
  book: SessionBook
}

/** Times of reading alone change nothing that is told: they are written down once in a while. */
const lazyAfter = minutes(1)

const index = z.object({ v: z.literal(1), slugs: z.record(z.string(), z.string()) })
// Deep enough to know our own file; what is inside was written by us and is sealed against change.
const car = z.object({
  v: z.literal(1),
  memory: z.looseObject({ v: z.literal(1), held: z.looseObject({}), edges: z.looseObject({}), told: z.looseObject({}) }),
  book: z.looseObject({ past: z.array(z.looseObject({ startedAt: z.number() })) }),
})

export class Keeper {
  private readonly waiting = new Map<VehicleId, () => KeptCar>()
  private timer?: Timer
  private slugs: Record<VehicleId, string> = {}

  constructor(
    private readonly store: StateStore,
    private readonly account: string,
    private readonly clock: Clock,
    /** Told once when nothing can be written, and again only after it went well. */
    private readonly onTrouble: (error: DrivewayError) => void,
  ) {}

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
    await this.write(this.account, { v: 1, slugs: now })
  }

  async load(vehicle: VehicleId): Promise<KeptCar | undefined> {
    const read = car.safeParse(await this.store.load(this.nameOf(vehicle)))
    return read.success ? (read.data as unknown as KeptCar) : undefined
  }

  /** Afterwards it survives a crash; rejects never, a disk that is full does not stop the cars. */
  async keep(vehicle: VehicleId, kept: KeptCar): Promise<void> {
    this.waiting.delete(vehicle)
    await this.write(this.nameOf(vehicle), { v: 1, ...kept })
  }

  /** Written down within a minute. */
  keepSoon(vehicle: VehicleId, kept: () => KeptCar): void {
    this.waiting.set(vehicle, kept)
    this.timer ??= this.clock.after(lazyAfter, () => void this.flush())
  }

  /** Writes down what waits. */
  async flush(): Promise<void> {
    this.timer?.cancel()
    this.timer = undefined
    const all = [...this.waiting]
    this.waiting.clear()
    await Promise.all(all.map(([vehicle, kept]) => this.keep(vehicle, kept())))
  }

  /** Removes everything that was kept of the account. */
  async forget(): Promise<void> {
    this.timer?.cancel()
    this.timer = undefined
    this.waiting.clear()
    const vehicles = Object.keys(this.slugs)
    this.slugs = {}
    await Promise.all([this.account, ...vehicles.map((id) => this.nameOf(id))].map((name) => this.store.remove(name)))
  }

  private nameOf(vehicle: VehicleId): string {
    return `${this.account}:${vehicle}`
  }

  private async write(name: string, value: unknown): Promise<void> {
    try {
      await this.store.save(name, value)
      this.troubled = false
    } catch (error) {
      if (!this.troubled) this.onTrouble(toDrivewayError(error))
      this.troubled = true
    }
  }
}
