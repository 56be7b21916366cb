import type { Clock } from '../../clock'
import { days, minutes, seconds } from '../../clock'
import { json, type Reply } from '../http'

export interface Limits {
  /** Calls per minute of one person with one application. */
  perMinute: number
  /** Of these, commands. */
  commandsPerMinute: number
  /** Calls per UTC day and API key. */
  perDay: number
  /** Whether a 429 says when to come back; unconfirmed for the real cloud. */
  retryAfter: boolean
}

export const defaultLimits: Readonly<Limits> = { perMinute: 100, commandsPerMinute: 10, perDay: 10_000, retryAfter: true }

const twoDigits = (n: number) => String(n).padStart(2, '0')

/** Counts what Volvo's gateway counts. Refused calls do not count. Volvo: limits */
export class Quotas {
  readonly limits: Limits = { ...defaultLimits }
  private recent = new Map<string, number[]>()
  private today = { day: 0, counts: new Map<string, number>() }

  constructor(private readonly clock: Clock) {}

  /** The refusal of a key that has used up its day. */
  refuseDay(apiKey: string): Reply | undefined {
    return this.used(apiKey) >= this.limits.perDay ? this.outOfDay() : undefined
  }

  /** The refusal of a call that would be one too many within a minute. */
  refuseMinute(subject: string, isCommand: boolean): Reply | undefined {
    const calls = this.within(subject)
    if (calls.length >= this.limits.perMinute) return this.outOfMinute(calls)
    const commands = this.within(`${subject} commands`)
    return isCommand && commands.length >= this.limits.commandsPerMinute ? this.outOfMinute(commands) : undefined
  }

  count(apiKey: string, subject: string, isCommand: boolean): void {
    this.today.counts.set(apiKey, this.used(apiKey) + 1)
    this.within(subject).push(this.clock.now())
    if (isCommand) this.within(`${subject} commands`).push(this.clock.now())
  }

  /** Calls of this key since midnight UTC. */
  used(apiKey: string): number {
    const day = Math.floor(this.clock.now() / days(1))
    if (day !== this.today.day) this.today = { day, counts: new Map() }
    return this.today.counts.get(apiKey) ?? 0
  }

  /** Volvo: E4, without an `error` key */
  outOfDay(): Reply {
    const left = Math.ceil((days(1) - (this.clock.now() % days(1))) / 1000)
    const countdown = [left / 3600, (left % 3600) / 60, left % 60].map((part) => twoDigits(Math.floor(part))).join(':')
    return json(403, { statusCode: 403, message: `Out of call volume quota. Quota will be replenished in ${countdown}.` })
  }

  outOfMinute(calls: readonly number[] = []): Reply {
    const wait = Math.max(1, Math.ceil(((calls[0] ?? this.clock.now()) + minutes(1) - this.clock.now()) / seconds(1)))
    const headers = this.limits.retryAfter ? { 'retry-after': String(wait) } : undefined
    return json(429, { statusCode: 429, message: `Rate limit is exceeded. Try again in ${wait} seconds.` }, headers)
  }

  reset(): void {
    Object.assign(this.limits, defaultLimits)
    this.recent.clear()
    this.today.counts.clear()
  }

  private within(subject: string): number[] {
    const since = this.clock.now() - minutes(1)
    const calls = this.recent.get(subject) ?? []
    while (calls[0] !== undefined && calls[0] <= since) calls.shift()
    this.recent.set(subject, calls)
    return calls
  }
}
