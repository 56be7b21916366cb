/** Stellantis: the words that a remote tells on its way → phases and one verdict. */
import { seconds, type Clock } from '../../clock'
import type { ProviderDetail } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Verdict } from '../provider'
import {
  batteryNote,
  batteryWarning,
  failureOf,
  isKnownFailure,
  noEnd,
  progress,
  strangeEnd,
  success,
  verdictOf,
} from './remoteCauses'
import type { Step } from './remotesBoard'

/** A refusal that is only pending may still be followed by an end. */
const pendingPatience = seconds(60)

export class Ladder {
  private waking = false
  private sent = false
  private note?: string
  private pending?: { verdict: Verdict; at: number }

  constructor(
    private readonly clock: Clock,
    private readonly remoteId: string,
    private readonly onPhase: (phase: ProgressPhase) => void,
    private readonly drift: (where: string, sample: string) => void,
  ) {}

  /** The verdict, when this word ends it. */
  take({ status, type, failureCause, feedback }: Step): Verdict | undefined {
    const kind = type?.toUpperCase()
    // Stellantis: a chart draws `Failed` as a type of its own.
    const word = (kind === 'FAILED' ? 'FAILED' : status?.toUpperCase()) ?? ''
    if (Object.hasOwn(progress, word)) return this.onTheWay(progress[word])
    if (Object.hasOwn(success, word))
      return { phase: 'done', provider: this.detail(status, feedback ?? success[word] ?? this.note) }
    if (word === batteryWarning) {
      this.note = batteryNote
      return undefined
    }
    if (word === 'FAILED') return this.failed(failureCause, status ?? type)
    if (isKnownFailure(word)) {
      const verdict = this.failed(status, status)
      if (kind !== 'PENDING') return verdict
      this.pending ??= { verdict, at: this.clock.now() + pendingPatience }
      return undefined
    }
    this.drift('remotes status', status ?? '')
    return kind === 'DONE' ? verdictOf(strangeEnd, this.detail(status), this.clock) : undefined
  }

  /** When a pending refusal counts as the end; ms since 1970. */
  get settlesAt(): number {
    return this.pending?.at ?? Infinity
  }

  /** The end of a remote of which nothing more was heard. */
  get silence(): Verdict {
    return this.pending?.verdict ?? verdictOf(noEnd, this.detail(undefined, this.note), this.clock)
  }

  private onTheWay(phase: ProgressPhase | undefined): undefined {
    if (phase === undefined) return
    this.waking ||= phase === 'waking'
    this.sent ||= phase === 'sent'
    this.onPhase(phase)
  }

  private failed(cause: string | undefined, status: string | undefined): Verdict {
    if (cause !== undefined && !isKnownFailure(cause)) this.drift('remotes failureCause', cause)
    const { waking, sent } = this
    return verdictOf(failureOf(cause, { waking, sent }), this.detail(status, cause === status ? this.note : cause), this.clock)
  }

  private detail(status: string | undefined, message?: string): ProviderDetail {
    return {
      ...(status === undefined ? {} : { status: status.slice(0, 60) }),
      ...(message === undefined ? {} : { message: message.slice(0, 200) }),
      requestIds: { remoteActionId: this.remoteId },
    }
  }
}
