import type { Clock } from '../../clock'
import { minutes, seconds } from '../../clock'
import type { StandingFault } from '../faults'
import { Problem } from './problems'
import type { InversSettings } from './settings'

/** The ways a refusal tells how long it lasts. INVERS: two kinds of 429, told apart by header */
export const rateFaults = ['429', '429-retry-after', '429-retry-date', '429-bare'] as const

/** Seconds that a 429 played as a fault asks to wait. */
const playedWait = 20

interface Window {
  start: number
  used: number
}

/** Counts the calls of each API client, minute by minute. */
export class RateLimit {
  private readonly windows = new Map<string, Window>()

  constructor(
    private readonly clock: Clock,
    private readonly settings: InversSettings,
  ) {}

  /** Counts a call; throws the problem when it was one too many. */
  count(client: string): void {
    const window = this.windowOf(client)
    window.used += 1
    if (window.used > this.settings.perMinute) throw this.refused(this.settings.refusal, window.start + minutes(1))
  }

  /** What every answer tells about the limit; `Reset` is in epoch seconds. */
  headers(client: string): Record<string, string> {
    if (this.settings.rateHeaders !== 'always') return {}
    const { used, start } = this.windowOf(client)
    return this.state(Math.max(0, this.settings.perMinute - used), start + minutes(1))
  }

  play({ kind }: StandingFault): Problem {
    const style = { '429': 'x-rate-limit', '429-retry-after': 'retry-after', '429-retry-date': 'retry-date' } as const
    return this.refused(style[kind as keyof typeof style] ?? 'bare', this.clock.now() + seconds(playedWait))
  }

  reset(): void {
    this.windows.clear()
  }

  private refused(style: 'x-rate-limit' | 'retry-after' | 'retry-date' | 'bare', until: number): Problem {
    const wait = Math.max(1, Math.ceil((until - this.clock.now()) / 1000))
    const styles = {
      'x-rate-limit': () => this.state(0, until),
      'retry-after': () => ({ 'retry-after': String(wait) }),
      'retry-date': () => ({ 'retry-after': new Date(until).toUTCString() }),
      bare: () => ({}),
    }
    return new Problem('too-many-requests', undefined, styles[style]())
  }

  private state(remaining: number, until: number): Record<string, string> {
    return {
      'X-Rate-Limit-Limit': String(this.settings.perMinute),
      'X-Rate-Limit-Remaining': String(remaining),
      'X-Rate-Limit-Reset': String(Math.ceil(until / 1000)),
    }
  }

  private windowOf(client: string): Window {
    const now = this.clock.now()
    const known = this.windows.get(client)
    if (known && now < known.start + minutes(1)) return known
    const fresh = { start: now, used: 0 }
    this.windows.set(client, fresh)
    return fresh
  }
}
