import { seconds, type Clock } from '../../clock'
import type { Ledger } from '../../cloud/quota'
import { untilReset } from '../../cloud/waits'
import { DrivewayError } from '../../vehicle/causes'
import { numberOf } from '../mapping'

/** So much of what INVERS allows is left for commands: a tenth, but one call at least. */
const kept = 0.1
/** Seconds. */
const longestUntold = 60
const longestTold = 3600

/** What INVERS' answers tell about its limits, whose numbers it does not document. */
export class Limits {
  private left = Infinity
  private limit = 0
  /** ms since 1970. */
  private notedAt = 0
  private resetAt = 0
  private refusals = 0

  constructor(
    private readonly clock: Clock,
    private readonly ledger: Ledger,
  ) {}

  /** Looks at an answer. INVERS: too many requests; `Remaining` should never reach zero. */
  note(status: number, headers: Readonly<Record<string, string>>): void {
    this.refusals = status === 429 ? this.refusals + 1 : 0
    const now = this.clock.now()
    const left = numberOf(headers['x-rate-limit-remaining'])
    const wait = untilReset(headers['x-rate-limit-reset'], now)
    if (left === undefined || wait === undefined) return
    const ms = seconds(Math.min(wait, longestTold))
    this.left = left
    this.limit = numberOf(headers['x-rate-limit-limit']) ?? 0
    this.notedAt = now
    this.resetAt = now + ms
    if (left <= 0 && status !== 429) this.ledger.refused('minute', ms / 1000)
  }

  /** Seconds to wait after a refusal that tells no time: 1, 2, 4 … */
  get untold(): number {
    return Math.min(longestUntold, 2 ** Math.min(Math.max(0, this.refusals - 1), 10))
  }

  /** Throws `QUOTA_MINUTE` where a read would take what commands may need. */
  checkRead(): void {
    const now = this.clock.now()
    const wait = this.resetAt - now
    // A clock that was set back must not make us wait for the time that was.
    if (wait <= 0 || now < this.notedAt || this.left > Math.max(1, Math.floor(this.limit * kept))) return
    const retryAfter = Math.max(1, Math.ceil(wait / 1000))
    throw new DrivewayError({
      code: 'QUOTA_MINUTE',
      message: `INVERS: what is left of its calls is kept for commands; reading goes on in ${retryAfter} s`,
      retryAfter,
      action: 'Wait.',
    })
  }
}
