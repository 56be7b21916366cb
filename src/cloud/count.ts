/** What was called with one key, as the cloud counts it: over days, minutes and refusals, also after the clock was moved. */
import { z } from 'zod'
import { days, hours, minutes, seconds, type Clock } from '../clock'

export type Spender = 'read' | 'command'

/** The clouds' minute is a sliding one; a second more, because calls take unequal time on their way. */
export const minuteWindow = minutes(1) + seconds(1)
export const rateBucket = minutes(5)

/** A refusal by the cloud. Its length is kept, so that a clock set back cannot stretch it. */
const blockSchema = z.object({ until: z.number(), ms: z.number().min(0) })

const savedSchema = z.object({
  v: z.literal(1),
  used: z.int().min(0),
  resetAt: z.number(),
  blocks: z.object({ day: blockSchema, minute: blockSchema }),
  calls: z.array(z.number()),
  commands: z.array(z.number()),
})

export type SavedCount = z.infer<typeof savedSchema>

/** What was called with one key, whoever called: the cloud counts it as one. Rules are the business of each `Ledger`. */
export class Count {
  used = 0
  /** Start of the next day as the provider counts days: UTC midnight until its countdown tells better. */
  resetAt: number
  blocks = { day: { until: 0, ms: 0 }, minute: { until: 0, ms: 0 } }
  /** Times of the calls and commands of the last minute, oldest first. */
  calls: number[] = []
  commands: number[] = []
  /** The cloud's own limit of a day, where it tells one with its answers. */
  toldLimit?: number
  /** Start of five minutes → calls in them, for the forecast. */
  readonly rate = new Map<number, number>()

  constructor(readonly clock: Clock) {
    this.resetAt = nextMidnight(clock.now())
  }

  add(spender: Spender, now: number): void {
    this.used++
    this.calls.push(now)
    if (spender === 'command') this.commands.push(now)
    const bucket = Math.floor(now / rateBucket)
    this.rate.set(bucket, (this.rate.get(bucket) ?? 0) + 1)
  }

  toJSON(): SavedCount {
    const { used, resetAt, blocks, calls, commands } = this
    return { v: 1, used, resetAt, blocks: structuredClone(blocks), calls: [...calls], commands: [...commands] }
  }

  /** Goes on from what `toJSON` gave; anything else is left aside and gives `false`. */
  restore(saved: unknown): boolean {
    const result = savedSchema.safeParse(saved)
    if (!result.success) return false
    const { used, resetAt, blocks, calls, commands } = result.data
    Object.assign(this, { used, resetAt, blocks, calls: sorted(calls), commands: sorted(commands) })
    this.settle()
    return true
  }

  /** Brings the counts to the present, also after the clock was moved either way. Gives the time. */
  settle(): number {
    const now = this.clock.now()
    if (now >= this.resetAt) {
      this.used = 0
      this.resetAt = nextOf(this.resetAt, now)
    } else if (this.resetAt - now > days(1)) {
      this.resetAt = nextOf(this.resetAt, now)
    }
    for (const block of Object.values(this.blocks)) block.until = Math.min(block.until, now + block.ms)
    // A time ahead of the clock means that the clock was set back: such calls count as just made.
    const recent = (times: number[]) => times.map((time) => Math.min(time, now)).filter((time) => time > now - minuteWindow)
    this.calls = recent(this.calls)
    this.commands = recent(this.commands)
    for (const bucket of this.rate.keys()) {
      const start = bucket * rateBucket
      if (start <= now - hours(1) || start > now) this.rate.delete(bucket)
    }
    return now
  }
}

const nextMidnight = (now: number): number => (Math.floor(now / days(1)) + 1) * days(1)

/** The next moment after `now` that lies whole days from `moment`. */
export const nextOf = (moment: number, now: number): number => moment + (Math.floor((now - moment) / days(1)) + 1) * days(1)

const sorted = (times: readonly number[]): number[] => [...times].sort((a, b) => a - b)
