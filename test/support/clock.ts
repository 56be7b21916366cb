import type { Clock, Timer } from '../../src/clock'

interface Pending {
  at: number
  action: () => void
}

/** A clock that stands still until it is moved; chance is a fixed sequence from a seed. */
export class ManualClock implements Clock {
  private pending: Pending[] = []
  private seed: number

  constructor(
    private time = Date.parse('2026-03-02T12:00:00Z'),
    seed = 1,
  ) {
    this.seed = seed
  }

  now(): number {
    return this.time
  }

  after(ms: number, action: () => void): Timer {
    const entry = { at: this.time + Math.max(0, ms), action }
    this.pending.push(entry)
    return {
      cancel: () => {
        this.pending = this.pending.filter((other) => other !== entry)
      },
    }
  }

  /** mulberry32: small, repeatable. */
  random(): number {
    this.seed = (this.seed + 0x6d2b79f5) | 0
    let t = Math.imul(this.seed ^ (this.seed >>> 15), 1 | this.seed)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }

  get timers(): number {
    return this.pending.length
  }

  /** When the next timer fires, in ms since 1970. */
  get next(): number | undefined {
    return this.pending.length ? Math.min(...this.pending.map((entry) => entry.at)) : undefined
  }

  /**
   * Moves time by `ms`, firing every timer on the way in order. After each one `settle` is awaited, so that
   * whatever it started (a real request on loopback, say) is over before time goes on.
   */
  async advance(ms: number, settle: () => Promise<void> = tick): Promise<void> {
    const end = this.time + ms
    await settle()
    for (;;) {
      const due = this.pending.filter((entry) => entry.at <= end).sort((a, b) => a.at - b.at)[0]
      if (!due) break
      this.pending = this.pending.filter((entry) => entry !== due)
      this.time = Math.max(this.time, due.at)
      due.action()
      await settle()
    }
    this.time = end
    await settle()
  }
}

/** Lets everything run that is ready to run now. */
export const tick = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
