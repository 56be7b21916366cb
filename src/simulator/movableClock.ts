import type { Clock, Timer } from '../clock'

interface Waiting {
  at: number
  fire: () => void
}

/** The simulator's own time: runs with another clock and can be put forward. Never goes back. */
export class MovableClock implements Clock {
  private offset = 0
  private readonly waiting = new Set<Waiting>()
  private chance: () => number

  constructor(
    private readonly base: Clock,
    seed?: number,
  ) {
    this.chance = seed === undefined ? () => base.random() : sequence(seed)
  }

  now(): number {
    return this.base.now() + this.offset
  }

  random(): number {
    return this.chance()
  }

  after(ms: number, action: () => void): Timer {
    const entry: Waiting = {
      at: this.now() + Math.max(0, ms),
      fire: () => {
        if (!this.waiting.delete(entry)) return
        timer.cancel()
        action()
      },
    }
    this.waiting.add(entry)
    const timer = this.base.after(ms, entry.fire)
    return {
      cancel: () => {
        this.waiting.delete(entry)
        timer.cancel()
      },
    }
  }

  /** Puts the time forward and fires, in order, what became due. */
  advance(ms: number): void {
    this.offset += ms
    const due = [...this.waiting].filter((entry) => entry.at <= this.now()).sort((a, b) => a.at - b.at)
    for (const entry of due) entry.fire()
  }
}

/** A repeatable sequence of numbers in [0, 1) (mulberry32). */
function sequence(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}
