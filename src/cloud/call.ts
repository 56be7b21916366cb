/** One call of a cloud with everything around it: token, ledger, repeats. Knows no provider. */
import { setMaxListeners } from 'node:events'
import { pause, seconds, type Clock } from '../clock'
import { DrivewayError, toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'
import { backoff } from './backoff'
import { TransportError, type Http, type HttpRequest, type HttpResponse } from './http'
import type { Tokens } from './oauth'
import type { Ledger, Spender } from './quota'

/**
 * What a read may do about a fault:
 * `backoff` again after 1, 2, 4 s · `once` again after 5 s · `wait` again when the cloud said so ·
 * `renew` again with a new token · `key` again after 5 s, then with a new token.
 */
export type Retry = 'no' | 'backoff' | 'once' | 'wait' | 'renew' | 'key'

/** What an answer that is no success means. `phase` is what it makes of a command. */
export interface Fault {
  phase: 'refused' | 'failed' | 'unknown'
  /** What is told when repeating did not help or is not allowed. */
  cause: Cause
  retry: Retry
}

export interface CallerOptions {
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
  /** Headers of every request; the request's own win. */
  headers: (token: string) => Record<string, string>
  /** `undefined`: the answer is a success. */
  classify: (response: HttpResponse, request: HttpRequest) => Fault | undefined
}

type Attempt = { response: HttpResponse } | { fault: Fault; token: string }

/** What was tried already in one read. */
interface Tries {
  backoff: number
  once: number
  wait: number
  renew: number
}

/** `waitMs`: pause, then again; `'renew'`: again with a new token; `undefined`: give up. */
type Step = number | 'renew' | undefined

const longestWait = seconds(65)
const shortPause = seconds(5)

export class Caller {
  constructor(private readonly options: CallerOptions) {}

  /**
   * Gives the first answer that is a success; reads are repeated as their faults allow.
   * Rejects with a DrivewayError: the cause of the last fault, of the token, the ledger or the transport.
   */
  async read(request: HttpRequest, signal: AbortSignal): Promise<HttpResponse> {
    expectMany(signal)
    const tries: Tries = { backoff: 0, once: 0, wait: 0, renew: 0 }
    for (;;) {
      const attempt = await this.attempt('read', request, signal)
      if ('response' in attempt) return attempt.response
      const step = this.next(attempt.fault, tries)
      if (step === undefined || signal.aborted) throw new DrivewayError(attempt.fault.cause)
      if (step === 'renew') await this.options.tokens.renew(attempt.token, signal)
      else await pause(this.options.clock, step, signal)
      if (signal.aborted) throw closed()
    }
  }

  /**
   * Sends a command at most once, but for one case: a 401 has not reached the car, so a new token and one more
   * send may follow. Never rejects. `onWritten` is called when the request was handed over to the network.
   */
  async command(
    request: HttpRequest,
    signal: AbortSignal,
    onWritten?: () => void,
  ): Promise<{ response: HttpResponse } | { fault: Fault }> {
    expectMany(signal)
    const once = { ...request, fresh: true, onWritten }
    const first = await this.attempt('command', once, signal)
    if ('response' in first || !isRenewable(first.fault) || signal.aborted) return first
    try {
      await this.options.tokens.renew(first.token, signal)
    } catch (error) {
      return { fault: faultBeforehand(error) }
    }
    return this.attempt('command', once, signal)
  }

  private async attempt(spender: Spender, request: HttpRequest, signal: AbortSignal): Promise<Attempt> {
    const { http, tokens, ledger, headers, classify } = this.options
    let token = ''
    try {
      token = await tokens.access(signal)
      ledger.take(spender)
    } catch (error) {
      return { fault: faultBeforehand(error), token }
    }
    try {
      const response = await http.request({ ...request, headers: { ...headers(token), ...request.headers }, signal })
      const fault = classify(response, request)
      if (!fault) return { response }
      this.tell(fault)
      return { fault, token }
    } catch (error) {
      return { fault: faultOnTheWay(error), token }
    }
  }

  /** The cloud's own count is right and ours only an estimate, so the ledger learns from every refusal. */
  private tell({ cause }: Fault): void {
    if (cause.code === 'QUOTA_DAY') this.options.ledger.refused('day', cause.retryAfter)
    if (cause.code === 'QUOTA_MINUTE') this.options.ledger.refused('minute', cause.retryAfter)
  }

  private next({ retry, cause }: Fault, tries: Tries): Step {
    const asked = seconds(cause.retryAfter ?? 0)
    const steps: Record<Retry, () => Step> = {
      no: () => undefined,
      backoff: () =>
        tries.backoff < 3 && asked <= longestWait ? Math.max(asked, backoff(this.options.clock, tries.backoff++)) : undefined,
      once: () => (tries.once++ < 1 ? shortPause : undefined),
      wait: () => (tries.wait++ < 2 && asked <= longestWait ? Math.max(asked, seconds(1)) : undefined),
      renew: () => (tries.renew++ < 1 ? 'renew' : undefined),
      key: () => (tries.once++ < 1 ? shortPause : tries.renew++ < 1 ? 'renew' : undefined),
    }
    return steps[retry]()
  }
}

/** All calls of an account listen to its one end: that is no leak, so Node need not warn of one. */
const expectMany = (signal: AbortSignal): void => {
  if (expected.has(signal)) return
  expected.add(signal)
  setMaxListeners(0, signal)
}
const expected = new WeakSet<AbortSignal>()

const isRenewable = ({ retry }: Fault): boolean => retry === 'renew' || retry === 'key'

/** Codes under which something was tried before the call and did not work; every other one is a refusal. */
const failures: readonly CauseCode[] = ['PROVIDER_DOWN', 'PROVIDER_ERROR', 'NETWORK', 'TIMEOUT', 'INTERNAL']

/** No token, or nothing left in the ledger: the cloud was not asked. Tokens have been repeated where that helps. */
function faultBeforehand(error: unknown): Fault {
  const { cause } = toDrivewayError(error)
  const phase = failures.includes(cause.code) ? 'failed' : 'refused'
  return { phase, cause, retry: cause.code === 'QUOTA_MINUTE' ? 'wait' : 'no' }
}

/** No usable answer: what may have been written may have been done. */
function faultOnTheWay(error: unknown): Fault {
  const { cause } = toDrivewayError(error)
  const written = !(error instanceof TransportError) || error.sent
  const unsent = cause.code === 'INVALID_CONFIG' || cause.code === 'SHUTDOWN' ? 'refused' : 'failed'
  const again = cause.code === 'NETWORK' || cause.code === 'TIMEOUT'
  return { phase: written ? 'unknown' : unsent, cause, retry: again ? 'backoff' : 'no' }
}

const closed = (): DrivewayError => new DrivewayError({ code: 'SHUTDOWN', message: 'Stopped before the cloud was asked again' })
