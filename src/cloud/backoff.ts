/** When to try again. */
import { pause, seconds, type Clock } from '../clock'
import { DrivewayError } from '../vehicle/causes'

const longest = seconds(60)

/** Milliseconds before repeat `n` (0, 1, 2 …): 1, 2, 4 s … up to a minute, a quarter more or less. For reads only. */
export function backoff(clock: Clock, n: number): number {
  const steady = Math.min(longest, seconds(2 ** Math.max(0, n)))
  return Math.round(steady * (0.75 + clock.random() / 2))
}

/**
 * Gives the first result of `attempt(0)`, `attempt(1)` …; between them it waits as long as `retryAfterMs` says of the
 * error of attempt `n`, `undefined` meaning that this error is told. Rejects with `SHUTDOWN` when `signal` aborts a wait.
 */
export async function withRetries<T>(
  clock: Clock,
  attempt: (n: number) => Promise<T>,
  retryAfterMs: (error: unknown, n: number) => number | undefined,
  signal?: AbortSignal,
): Promise<T> {
  for (let n = 0; ; n++) {
    try {
      return await attempt(n)
    } catch (error) {
      const wait = retryAfterMs(error, n)
      if (wait === undefined) throw error
      await pause(clock, wait, signal)
      if (signal?.aborted) throw new DrivewayError({ code: 'SHUTDOWN', message: 'Driveway stopped waiting' })
    }
  }
}
