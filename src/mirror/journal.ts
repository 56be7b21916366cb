/**
 * What is written down of commands: which ids were taken, and which orders have no final result on the broker yet. An
 * order that was under way at a stop is reported at the next start, and never sent again.
 */
import { z } from 'zod'
import { hours, iso, type Clock } from '../clock'
import { memoryStateStore, type StateStore } from '../cloud/stateStore'
import type { Cause } from '../vehicle/causes'
import { okOf, type Outcome } from '../vehicle/outcome'
import { Written } from '../cloud/written'

/** Where the asker waits for an answer (MQTT 5). */
export interface ResponseTo {
  topic: string
  /** Base64. */
  correlation?: string
}

export interface OpenOrder {
  id: string
  slug: string
  command: string
  /** ISO 8601 UTC. */
  requestedAt: string
  response?: ResponseTo
  /** How it ended, while the broker has not taken that. */
  outcome?: Outcome
}

const sameIdFor = hours(24)
/** More than that in a day is no household; the oldest are forgotten. */
const mostIds = 10_000

const schema = z.object({
  v: z.literal(1),
  ids: z.array(z.tuple([z.string(), z.number()])),
  open: z.array(
    z.object({
      id: z.string(),
      slug: z.string(),
      command: z.string(),
      requestedAt: z.string(),
      response: z.object({ topic: z.string(), correlation: z.string().optional() }).optional(),
      outcome: z.looseObject({ id: z.string(), phase: z.string() }).optional(),
    }),
  ),
})

export class Journal {
  private readonly ids = new Map<string, number>()
  private readonly open = new Map<string, OpenOrder>()
  private readonly written: Written
  /** What an earlier run left behind, once it was read. */
  readonly left: Promise<OpenOrder[]>

  constructor(
    store: StateStore | undefined,
    name: string,
    private readonly clock: Clock,
    onTrouble: (error: unknown) => void,
  ) {
    const value = () => ({ v: 1, ids: [...this.ids], open: [...this.open.values()] })
    this.written = new Written(store ?? memoryStateStore(), name, value, onTrouble)
    this.left = this.read()
  }

  /** Takes an id; false when it was taken within the last 24 hours. */
  take(id: string): boolean {
    const now = this.clock.now()
    for (const [known, at] of this.ids) {
      // A time ahead of the clock: it was set back.
      if (Math.abs(now - at) < sameIdFor && this.ids.size <= mostIds) break
      this.ids.delete(known)
    }
    const at = this.ids.get(id)
    if (at !== undefined && Math.abs(now - at) < sameIdFor) return false
    this.ids.delete(id)
    this.ids.set(id, now)
    return true
  }

  /** An order goes out; afterwards it survives a crash. */
  async begin(order: OpenOrder): Promise<void> {
    if (this.open.has(order.id)) return
    this.open.set(order.id, order)
    await this.written.save()
  }

  /**
   * An order has its final outcome, which the broker has not taken yet. Undefined where the order was never written
   * down; else through when the outcome survives a crash: told before that, another one might be told after it.
   */
  ended(outcome: Outcome): Promise<void> | undefined {
    const order = this.open.get(outcome.id)
    if (!order) return undefined
    this.open.set(outcome.id, { ...order, outcome })
    return this.written.save()
  }

  /** The broker has the final outcome. */
  settled(id: string): void {
    if (this.open.delete(id)) void this.written.save()
  }

  /** Through when all of it is on disk; nothing is written down any more. */
  close(): Promise<void> {
    return this.left.then(() => this.written.close())
  }

  private async read(): Promise<OpenOrder[]> {
    const read = schema.safeParse(await this.written.load())
    if (!read.success) return []
    for (const [id, at] of read.data.ids) this.ids.set(id, at)
    const left = read.data.open as OpenOrder[]
    for (const order of left) this.open.set(order.id, order)
    return left
  }
}

/** What is told of an order that an earlier run left behind: how it ended, if that was known; else nobody can say. */
export function outcomeOfLeft({ id, command, requestedAt, outcome }: OpenOrder, clock: Clock): Outcome {
  if (outcome) return outcome
  const now = clock.now()
  const durationMs = Math.max(0, now - Date.parse(requestedAt))
  const times = { requestedAt, finishedAt: iso(now), durationMs }
  return { id, command, phase: 'unknown', ok: okOf.unknown, cause: lostToShutdown, ...times }
}

const lostToShutdown: Cause = {
  code: 'SHUTDOWN',
  message: 'Driveway was stopped before the car answered',
  action: 'Look at the car.',
}
