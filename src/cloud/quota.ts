/** The ledger: counts the calls a provider allows, so that we refuse before the cloud does. */
import { hours, iso, minutes, seconds, type Clock } from '../clock'
import { DrivewayError, type CauseCode } from '../vehicle/causes'
import { Count, minuteWindow, nextOf, rateBucket, type SavedCount, type Spender } from './count'

export interface QuotaRules {
  perMinute?: number
  commandsPerMinute?: number
  perDay?: number
  /** Percent of `perDay` (and of `perMinute`, rounded down) that only commands may use. */
  commandReserve: number
}

export type { Spender }

export interface QuotaStatus {
  usedToday: number
  perDay?: number
  leftToday?: number
  /** What reads may use of `leftToday`. */
  leftForReads?: number
  /** Calls and commands that may be made right now. */
  perMinuteLeft?: number
  commandsPerMinuteLeft?: number
  /** When the day's count starts anew; ISO 8601 UTC. */
  resetAt: string
  /** The cloud refuses until then; ISO 8601 UTC. */
  blockedUntil?: string
  /** When reads run out at the rate of the last hour, if before `resetAt`; ISO 8601 UTC. */
  forecastEmptyAt?: string
}

/** Seconds, when the cloud tells no time. */
const unknownWait = { day: 3600, minute: 60 }
/** Seconds; whoever tells a longer time is not believed. */
const longestWait = 32 * 86_400

interface Obstacle {
  scope: 'day' | 'minute'
  until: number
  /** Only reads are stopped. */
  reserve?: boolean
}

/** The rules of one account over a count that it may share with others. */
export class Ledger {
  constructor(
    private readonly rules: QuotaRules,
    clock: Clock,
    private readonly provider: string,
    private readonly count = new Count(clock),
  ) {}

  /**
   * Throws `QUOTA_DAY` or `QUOTA_MINUTE`, with the seconds until it is back, when so many calls may not be made now.
   * Takes nothing; gives the time.
   */
  check(spender: Spender, calls = 1): number {
    const now = this.count.settle()
    const obstacle = this.obstacle(spender, calls, now)
    if (obstacle) throw this.refusal(obstacle, now)
    return now
  }

  /** Takes one call, or throws as `check` does. */
  take(spender: Spender): void {
    this.count.add(spender, this.check(spender))
  }

  /** Milliseconds until `calls` calls can be made at once, 0 = now; more than ever fit count as many as fit. */
  waitFor(spender: Spender, calls: number): number {
    const now = this.count.settle()
    const obstacle = this.obstacle(spender, calls, now)
    return obstacle ? Math.max(1, obstacle.until - now) : 0
  }

  /** The cloud refused for quota; its count is the right one. Without a time: an hour, or a minute. */
  refused(scope: 'day' | 'minute', retryAfterSeconds?: number): void {
    const now = this.count.settle()
    const told = retryAfterSeconds !== undefined && Number.isFinite(retryAfterSeconds) && retryAfterSeconds >= 0
    const ms = seconds(told ? Math.min(retryAfterSeconds, longestWait) : unknownWait[scope])
    this.count.blocks[scope] = { until: now + ms, ms }
    if (scope === 'minute' || !told) return
    this.count.resetAt = nextOf(now + ms, now)
    this.count.used = Math.max(this.count.used, this.perDay ?? 0)
  }

  /** An answer brought the cloud's own count of the day. A limit that a person set stays the limit. */
  told(limit: number, left: number): void {
    if (!(limit > 0 && left >= 0 && left <= limit)) return
    this.count.settle()
    this.count.toldLimit = limit
    this.count.used = Math.ceil(limit - left)
  }

  /** Nothing was spent and nothing refused: the provider counts anew. */
  startAnew(): void {
    const { used, resetAt, blocks } = new Count(this.count.clock)
    Object.assign(this.count, { used, resetAt, blocks, calls: [], commands: [] })
    this.count.rate.clear()
  }

  /** Reads that are left today and the milliseconds that they must last; undefined without a daily quota. */
  budget(): { left: number; ms: number } | undefined {
    const now = this.count.settle()
    const limit = this.dayLimit('read')
    return limit === undefined
      ? undefined
      : { left: Math.max(0, limit - this.count.used), ms: Math.max(0, this.count.resetAt - now) }
  }

  status(): QuotaStatus {
    const now = this.count.settle()
    const { perMinute, commandsPerMinute } = this.rules
    const { perDay } = this
    const blocked = Math.max(this.count.blocks.day.until, this.count.blocks.minute.until)
    const left = (limit: number) => (this.count.blocks.day.until > now ? 0 : Math.max(0, limit - this.count.used))
    const emptyAt = this.forecast(now)
    return {
      usedToday: this.count.used,
      ...(perDay !== undefined && { perDay, leftToday: left(perDay), leftForReads: left(this.dayLimit('read') ?? 0) }),
      ...(perMinute !== undefined && { perMinuteLeft: blocked > now ? 0 : Math.max(0, perMinute - this.count.calls.length) }),
      ...(commandsPerMinute !== undefined && {
        commandsPerMinuteLeft: blocked > now ? 0 : Math.max(0, commandsPerMinute - this.count.commands.length),
      }),
      resetAt: iso(this.count.resetAt),
      ...(blocked > now && { blockedUntil: iso(blocked) }),
      ...(emptyAt !== undefined && { forecastEmptyAt: iso(emptyAt) }),
    }
  }

  toJSON(): SavedCount {
    return this.count.toJSON()
  }

  /** Goes on from what `toJSON` gave; anything else is left aside and gives `false`. */
  restore(saved: unknown): boolean {
    return this.count.restore(saved)
  }

  private obstacle(spender: Spender, wanted: number, now: number): Obstacle | undefined {
    if (this.count.blocks.day.until > now) return { scope: 'day', until: this.count.blocks.day.until }
    const dayLimit = this.dayLimit(spender)
    if (dayLimit !== undefined && this.count.used + Math.min(wanted, Math.max(1, dayLimit)) > dayLimit) {
      return { scope: 'day', until: this.count.resetAt, reserve: this.count.used < (this.perDay ?? 0) }
    }
    const until = Math.max(
      this.count.blocks.minute.until,
      roomAt(this.count.calls, this.minuteLimit(spender), wanted),
      spender === 'command' ? roomAt(this.count.commands, this.rules.commandsPerMinute, wanted) : 0,
    )
    return until > now ? { scope: 'minute', until } : undefined
  }

  private get perDay(): number | undefined {
    return this.rules.perDay ?? this.count.toldLimit
  }

  private dayLimit(spender: Spender): number | undefined {
    const { perDay } = this
    return perDay === undefined || spender === 'command' ? perDay : perDay - Math.ceil(perDay * this.reserve)
  }

  private minuteLimit(spender: Spender): number | undefined {
    const { perMinute } = this.rules
    return perMinute === undefined || spender === 'command'
      ? perMinute
      : Math.max(1, perMinute - Math.floor(perMinute * this.reserve))
  }

  private get reserve(): number {
    return Math.min(1, Math.max(0, this.rules.commandReserve / 100))
  }

  private forecast(now: number): number | undefined {
    const limit = this.dayLimit('read')
    const buckets = [...this.count.rate.keys()]
    if (limit === undefined || this.count.used >= limit || buckets.length === 0) return undefined
    const since = Math.max(now - Math.min(...buckets) * rateBucket, rateBucket)
    const calls = [...this.count.rate.values()].reduce((sum, count) => sum + count, 0)
    const emptyAt = now + (Math.max(0, limit - this.count.used) * since) / calls
    return emptyAt < this.count.resetAt ? Math.round(emptyAt) : undefined
  }

  private refusal({ scope, until, reserve }: Obstacle, now: number): DrivewayError {
    const code: CauseCode = scope === 'day' ? 'QUOTA_DAY' : 'QUOTA_MINUTE'
    const { perDay } = this
    const number = perDay === undefined ? '' : `${perDay.toLocaleString('en-US')} `
    const what =
      scope === 'minute'
        ? 'too many calls within a minute'
        : reserve
          ? "today's calls for reading are used up, the rest is kept for commands"
          : `today's ${number}calls are used up`
    return new DrivewayError({
      code,
      message: `${this.provider}: ${what}; back at ${timeOfDay(until)} (in ${duration(until - now)})`,
      retryAfter: Math.max(1, Math.ceil((until - now) / 1000)),
      action: scope === 'day' ? 'Wait, or use fewer calls.' : 'Wait a minute.',
    })
  }
}

/** When `wanted` more fit under `limit`, given the times of what counts already; 0 = now. */
function roomAt(times: readonly number[], limit: number | undefined, wanted: number): number {
  if (limit === undefined) return 0
  const surplus = times.length + Math.min(wanted, limit) - limit
  const leaving = times[surplus - 1]
  return leaving === undefined ? 0 : leaving + minuteWindow
}

function timeOfDay(time: number): string {
  const date = new Date(time)
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
}

function duration(ms: number): string {
  if (ms < minutes(2)) return `${Math.max(1, Math.ceil(ms / seconds(1)))} s`
  return ms < hours(2) ? `${Math.ceil(ms / minutes(1))} min` : `${Math.round(ms / hours(1))} h`
}
