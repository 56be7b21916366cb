import { iso, type Clock, type Timer } from '../clock'

/** How fast the time runs, and for how long. */
export interface Play {
  /** Simulated seconds in each real one; 1440 is a day in a minute. */
  secondsPerSecond: number
  /** Simulated seconds; absent = until somebody stops it. */
  for?: number
  /** The cars have an ordinary day meanwhile. */
  routine?: boolean
}

/** What a time-lapse is doing; `left` is in simulated seconds, and stays when it is stopped before its end. */
export interface PlayState {
  playing: boolean
  /** ISO 8601 UTC, the simulator's time. */
  now: string
  secondsPerSecond?: number
  left?: number
  routine?: boolean
}

interface Running extends Play {
  left: number
  steppedAt: number
  /** Until when the cars have done what they do of their own accord. */
  livedUntil: number
  timer: Timer
}

/** Whose time runs fast. */
export interface Played {
  /** Tells when the next step is due: real time. */
  outside: Clock
  now(): number
  /** Puts the simulator's time forward, seconds. */
  advance(seconds: number): void
  /** What the cars do of their own accord in this time, ms since 1970. */
  live(from: number, until: number): void
  /** After every step, and when it starts or ends. */
  changed(state: PlayState): void
}

/** Real time between two steps: often enough to look smooth. */
const stepMs = 250
/** A machine that is too slow for the pace makes the time run slower, not the steps longer and longer. */
const longestStepMs = 1000
/** The cars' own appointments are kept this exactly, seconds. */
const finest = 300

/** Lets the simulator's time run fast, in small steps, so that the cars live through all of it. */
export class TimeLapse {
  private running: Running | undefined
  private rest: number | undefined

  constructor(private readonly played: Played) {}

  get state(): PlayState {
    const { running, rest } = this
    const now = iso(this.played.now())
    if (!running) return { playing: false, now, ...(rest === undefined ? {} : { left: rest }) }
    const { secondsPerSecond, left, routine = false } = running
    return { playing: true, now, secondsPerSecond, routine, ...(Number.isFinite(left) ? { left } : {}) }
  }

  /** Starts, or goes on in another way. */
  play(order: Play): PlayState {
    this.running?.timer.cancel()
    const { outside } = this.played
    this.rest = undefined
    this.running = {
      ...order,
      left: order.for ?? Infinity,
      steppedAt: outside.now(),
      livedUntil: this.played.now(),
      timer: this.soon(),
    }
    return this.told()
  }

  /** The time goes on as everywhere; nothing when it does already. */
  stop(): PlayState {
    if (!this.running) return this.state
    const { left, timer } = this.running
    timer.cancel()
    this.running = undefined
    this.rest = left > 0 && Number.isFinite(left) ? left : undefined
    return this.told()
  }

  /** As at the start: nothing to go on with. */
  reset(): void {
    this.stop()
    this.rest = undefined
  }

  private soon(): Timer {
    return this.played.outside.after(stepMs, () => this.step())
  }

  private step(): void {
    const { running, played } = this
    if (!running) return
    const at = played.outside.now()
    const real = Math.min(at - running.steppedAt, longestStepMs) / 1000
    const wanted = Math.min(real * running.secondsPerSecond, running.left)
    running.steppedAt = at
    running.left -= wanted
    // The simulator's clock has gone on by the real time already.
    this.leap(running, Math.max(0, wanted - real))
    if (running.left <= 0) return void this.stop()
    running.timer = this.soon()
    this.told()
  }

  private leap(running: Running, seconds: number): void {
    const { played } = this
    for (let left = seconds; left > 0; left -= finest) {
      played.advance(Math.min(left, finest))
      const now = played.now()
      if (running.routine) played.live(running.livedUntil, now)
      running.livedUntil = now
    }
  }

  private told(): PlayState {
    const { state } = this
    this.played.changed(state)
    return state
  }
}
