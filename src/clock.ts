/**
 * Time and chance, handed to whoever needs them, so that tests and the simulator can move time.
 * The only file that touches the wall clock, timers and random numbers.
 */

/** A pending timer; `cancel` may be called at any time, also after it fired. */
export interface Timer {
  cancel(): void
}

export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number
  /** Calls `action` once after `ms` milliseconds. Timers never keep the process alive. */
  after(ms: number, action: () => void): Timer
  /** A number in [0, 1). */
  random(): number
}

/** Longer delays overflow Node's 32-bit timers and would fire at once. */
const longestDelay = 2_147_483_647

export const systemClock: Clock = {
  now: () => Date.now(),
  after(ms, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, ms), longestDelay))
    timer.unref()
    return { cancel: () => clearTimeout(timer) }
  },
  random: () => Math.random(),
}

/** Waits `ms` on `clock`; ends early, without an error, when `signal` aborts. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted) return resolve()
    const end = () => {
      timer.cancel()
      signal?.removeEventListener('abort', end)
      resolve()
    }
    const timer = clock.after(ms, end)
    signal?.addEventListener('abort', end, { once: true })
  })
}

export const seconds = (n: number): number => n * 1000
export const minutes = (n: number): number => n * 60_000
export const hours = (n: number): number => n * 3_600_000
export const days = (n: number): number => n * 86_400_000

/** Milliseconds since 1970 → the ISO 8601 UTC text that messages and topics carry. */
export const iso = (time: number): string => new Date(time).toISOString()
