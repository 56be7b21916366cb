/**
 * What an account remembers over a restart: its cars' short names, what was known of each, and their charging sessions.
 * A change is on disk before it is told, and its events stay there as untold until they are: a crash loses none, and
 * one that comes between telling and noting it makes them come again, with the ids that they had.
 */
import { z } from 'zod'
import { minutes, type Clock, type Timer } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import { DrivewayError } from '../vehicle/causes'
import type { VehicleEvent } from '../vehicle/events'
import type { CarMemory } from '../vehicle/memory'
import type { SessionBook } from '../vehicle/session'
import type { VehicleId } from '../vehicle/vehicle'

export interface KeptCar {
  memory: CarMemory
  book: SessionBook
  /** Events that are part of the memory already and that nobody heard yet, oldest first. */
  untold?: VehicleEvent[]
}

/** Times of reading alone change nothing that is told: they are written down once in a while. */
const lazyAfter = minutes(1)

const index = z.object({ v: z.literal(1), slugs: z.record(z.string(), z.string()) })
// Deep enough to know our own file; what is inside was written by us and is sealed against change.
const car = z.object({
  v: z.literal(1),
  memory: z.looseObject({ v: z.literal(1), held: z.looseObject({}), edges: z.looseObject({}), told: z.looseObject({}) }),
  book: z.looseObject({ past: z.array(z.looseObject({ startedAt: z.number() })) }),
  untold: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
})

export class Keeper {
  private readonly waiting = new Map<VehicleId, () => KeptCar>()
  private timer?: Timer
  private slugs: Record<VehicleId, string> = {}
  private readonly writing = new Set<Promise<void>>()

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

  /** Writes down what waits; afterwards nothing is on its way to the disk any more. */
  async flush(): Promise<void> {
    this.timer?.cancel()
    this.timer = undefined
    const all = [...this.waiting]
    this.waiting.clear()
    for (const [vehicle, kept] of all) void this.keep(vehicle, kept())
    await Promise.all(this.writing)
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
    await this.store.remove(this.account)
  }

  private nameOf(vehicle: VehicleId): string {
    return `${this.account}:${vehicle}`
  }

  private async write(name: string, value: unknown): Promise<void> {
    const written = this.save(name, value)
    this.writing.add(written)
    await written
    this.writing.delete(written)
  }

  private async save(name: string, value: unknown): Promise<void> {
    try {
      await this.store.save(name, value)
      this.troubled = false
    } catch (error) {
      if (!this.troubled) this.onTrouble(notWritten(error))
      this.troubled = true
    }
  }
}

const notWritten = (error: unknown): DrivewayError => {
  const { code } = error as { code?: unknown }
  return new DrivewayError({
    code: 'INTERNAL',
    message: `What is known of the cars cannot be written down${typeof code === 'string' ? ` (${code})` : ''}`,
    action: "Check the disk and the permissions of Driveway's folder.",
  })
}
