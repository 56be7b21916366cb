import type { Clock } from '../../clock'
import { days, seconds } from '../../clock'
import type { Reply } from '../http'
import { gatewayRefusal } from './errors'

/** Sizes are by contract; these are ours. Tests may lower them. Stellantis: rate limits */
export interface Limits {
  /** Calls in any 24 hours. */
  perDay: number
  /** Calls within a second. */
  perSecond: number
  /** Wake-ups of one car in a calendar month. */
  wakeUpsPerMonth: number
  channels: number
  monitors: number
}

export const defaultLimits: Readonly<Limits> = { perDay: 20_000, perSecond: 50, wakeUpsPerMonth: 100, channels: 5, monitors: 5 }

/** Counts what the gateway counts, per application, and says in every answer how much is left. */
export class Quotas {
  readonly limits: Limits = { ...defaultLimits }
  private calls = new Map<string, number[]>()

  constructor(private readonly clock: Clock) {}

  /** The refusal of a call that would be one too many; else the call is counted. */
  spend(clientId: string): Reply | undefined {
    const now = this.clock.now()
    const calls = this.within(clientId)
    const { perDay, perSecond } = this.limits
    if (calls.length >= perDay) return this.refuse(clientId, Math.ceil(((calls[0] ?? now) + days(1) - now) / 1000))
    if (this.inSecond(calls) >= perSecond) return this.refuse(clientId, 1)
    calls.push(now)
    return undefined
  }

  refuse(clientId: string, wait = 1): Reply {
    const headers = { ...this.headers(clientId), 'X-RateLimit-Reset': String(wait), 'Retry-After': String(wait) }
    return gatewayRefusal(429, 'Rate Limit exceeded', headers)
  }

  /** Headers of every answer: `-1` is the day, `-2` the burst; `plain` ones tell of the day alone. */
  headers(clientId: string, plain = false): Record<string, string> {
    const calls = this.within(clientId)
    const { perDay, perSecond } = this.limits
    const left = String(Math.max(0, perDay - calls.length))
    if (plain) return { 'X-RateLimit-Limit': String(perDay), 'X-RateLimit-Remaining': left }
    return {
      'X-RateLimit-Limit-1': String(perDay),
      'X-RateLimit-Remaining-1': left,
      'X-RateLimit-Limit-2': String(perSecond),
      'X-RateLimit-Remaining-2': String(Math.max(0, perSecond - this.inSecond(calls))),
    }
  }

  reset(): void {
    Object.assign(this.limits, defaultLimits)
    this.calls.clear()
  }

  private inSecond(calls: readonly number[]): number {
    const since = this.clock.now() - seconds(1)
    let count = 0
    for (let index = calls.length - 1; index >= 0 && (calls[index] ?? 0) > since; index--) count++
    return count
  }

  private within(clientId: string): number[] {
    const since = this.clock.now() - days(1)
    const calls = this.calls.get(clientId) ?? []
    const gone = calls.findIndex((at) => at > since)
    if (gone > 0) calls.splice(0, gone)
    else if (gone < 0) calls.length = 0
    this.calls.set(clientId, calls)
    return calls
  }
}
