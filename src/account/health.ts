/** How an account is doing, for people: what stands in its way now, and what it spent. */
import { iso, minutes, type Clock } from '../clock'
import { toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'

export interface Health {
  /** False while signed out or the cloud is down: what is known may be old. A sleeping car is no reason. */
  online: boolean
  /** What stands in the way of the whole account now. */
  problem?: Cause
  /** ISO 8601 UTC: since when, and until when where that is known. */
  problemSince?: string
  problemUntil?: string
  /** The last thing that went wrong, also with one car or one call. */
  lastError?: { code: CauseCode; message: string; at: string }
  lastSuccess?: string
}

/** These concern the account as a whole; any other failure is the matter of one car or one call. */
const ofTheAccount: ReadonlySet<CauseCode> = new Set([
  'AUTH_REQUIRED',
  'AUTH_EXPIRED',
  'AUTH_REVOKED',
  'KEY_INVALID',
  'INVALID_CONFIG',
  'QUOTA_DAY',
  'PROVIDER_DOWN',
  'NETWORK',
  'TIMEOUT',
  'PROVIDER_ERROR',
])
/** With these, nothing new can be learnt at all. */
const cutsOff: ReadonlySet<CauseCode> = new Set([
  'AUTH_REQUIRED',
  'AUTH_EXPIRED',
  'AUTH_REVOKED',
  'KEY_INVALID',
  'INVALID_CONFIG',
  'PROVIDER_DOWN',
  'NETWORK',
  'TIMEOUT',
  'PROVIDER_ERROR',
])

const mendedBySignIn: ReadonlySet<CauseCode> = new Set(['AUTH_REQUIRED', 'AUTH_EXPIRED', 'AUTH_REVOKED', 'KEY_INVALID'])
/** A command that meets these says something about every other call; its car's own trouble says nothing. */
const ofEveryCall: ReadonlySet<CauseCode> = new Set(['AUTH_REQUIRED', 'AUTH_EXPIRED', 'AUTH_REVOKED', 'KEY_INVALID', 'QUOTA_DAY'])

export const concernsAccount = (code: CauseCode): boolean => ofTheAccount.has(code)

/** By how much the end of a problem may move before that is worth telling, in ms. */
const untilTolerance = minutes(1)

/** Keeps the health; tells `onChange` when the problem or its end changes, not each time that it is met again. */
export class HealthRecord {
  private current: Health = { online: true }
  /** What was told of the problem last. */
  private told?: { message: string; until?: string }
  /** What cuts the source of pushes off now, where nothing else brings anything. */
  private cutOff?: Cause
  /** The same, where calls do its work meanwhile. */
  private withoutPushes?: Cause

  constructor(
    private readonly clock: Clock,
    private readonly onChange: (health: Health) => void,
  ) {}

  get health(): Health {
    return { ...this.current }
  }

  /** Why nothing comes by itself now, where calls do its work meanwhile. */
  get unpushed(): Cause | undefined {
    return this.withoutPushes
  }

  /** Passes a talk with the cloud on; writes down that it failed. */
  async guard<T>(work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      const failure = toDrivewayError(error)
      if (failure.code !== 'SHUTDOWN') this.failed(failure.cause)
      throw failure
    }
  }

  failed(cause: Cause): void {
    this.noted(cause)
    if (!ofTheAccount.has(cause.code)) return
    const now = this.clock.now()
    const same = this.current.problem?.code === cause.code
    const problemUntil = cause.retryAfter === undefined ? undefined : iso(now + cause.retryAfter * 1000)
    this.current = {
      ...this.current,
      online: !cutsOff.has(cause.code),
      problem: cause,
      problemSince: same ? this.current.problemSince : iso(now),
      problemUntil,
    }
    if (same && this.isTold(cause.message, problemUntil)) return
    this.told = { message: cause.message, until: problemUntil }
    this.onChange(this.health)
  }

  private isTold(message: string, until: string | undefined): boolean {
    const { told } = this
    if (told?.message !== message || (told.until === undefined) !== (until === undefined)) return false
    return !told.until || !until || Math.abs(Date.parse(until) - Date.parse(told.until)) <= untilTolerance
  }

  /** Where only commands are sent, they are what shows whether the account works. */
  commandFailed(cause: Cause): void {
    if (ofEveryCall.has(cause.code)) this.failed(cause)
  }

  /**
   * The source of pushes is there, or says what cuts it off; `callsGoOn`: reads and commands work without it. True: what
   * `unpushed` tells is news.
   */
  pushesAre(problem: Cause | undefined, callsGoOn: boolean): boolean {
    const unpushed = callsGoOn ? problem : undefined
    const isNews = unpushed?.message !== this.withoutPushes?.message
    this.withoutPushes = unpushed
    this.cutOff = callsGoOn ? undefined : problem
    if (unpushed) this.noted(unpushed)
    else if (problem) this.failed(problem)
    else this.succeeded()
    return isNews
  }

  /** Something failed beside what went well: no trouble of the account. */
  noted({ code, message }: Cause): void {
    this.current = { ...this.current, lastError: { code, message, at: iso(this.clock.now()) } }
  }

  /** Somebody signed in: what was waiting for that is no problem any more, as far as anybody knows. */
  signedIn(): void {
    const { problem, lastError, lastSuccess } = this.current
    if (!problem || !mendedBySignIn.has(problem.code)) return
    this.current = { online: true, ...(lastError && { lastError }), ...(lastSuccess && { lastSuccess }) }
    this.onChange(this.health)
  }

  /** An answer came. Where all comes by push, one from memory does not mean that the source is there. */
  succeeded(): void {
    if (this.cutOff) return
    const had = this.current.problem !== undefined
    const { lastError } = this.current
    this.current = { online: true, lastSuccess: iso(this.clock.now()), ...(lastError && { lastError }) }
    if (had) this.onChange(this.health)
  }
}
