/** Commands on their way to the other Driveway, and what it says of them. Nothing is sent twice, or late. */
import { seconds, type Clock } from '../../clock'
import { toDrivewayError, type Cause } from '../../vehicle/causes'
import { progressPhases, type ProgressPhase } from '../../vehicle/outcome'
import type { Order, Request, Verdict } from '../provider'
import type { Link } from './link'
import { verdictOf } from './mapping'
import { commandTopic } from './topics'
import type { OutcomeWire } from './wire'

/** The other side gives a command up after 160 s; a little more, because its word takes time. */
const deadline = seconds(170)

interface RequestsOptions {
  link: Link
  base: string
  clock: Clock
  /** Where the other side may answer to us alone; undefined while that is not known to work. */
  answerTo(): string | undefined
}

type Hear = (outcome: OutcomeWire) => void

export class Requests {
  private readonly waiting = new Map<string, Hear>()

  constructor(private readonly options: RequestsOptions) {}

  /** What a command looks like on the broker. */
  preview({ id, vehicle, command, params }: Order): Request {
    return { method: 'PUBLISH', path: commandTopic(this.options.base, vehicle, command), body: { id, params } }
  }

  /** Takes a result in, wherever it was heard; the same one may be heard twice. */
  hear(outcome: OutcomeWire): void {
    this.waiting.get(outcome.id)?.(outcome)
  }

  /** Sends a command and waits for its end. Never rejects. */
  send(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    const { clock, link } = this.options
    return new Promise((resolve) => {
      const end = (verdict: Verdict) => {
        limit.cancel()
        signal.removeEventListener('abort', stop)
        this.waiting.delete(order.id)
        resolve(verdict)
      }
      const stop = () => end({ phase: 'unknown', cause: stopped })
      const limit = clock.after(deadline, () => end({ phase: 'unknown', cause: noAnswer }))
      signal.addEventListener('abort', stop, { once: true })
      let isTaken = false
      this.waiting.set(order.id, (outcome) => {
        // The first of two deliveries is under way: what is refused is the second.
        if (isTaken && outcome.cause?.code === 'DUPLICATE') return
        isTaken = true
        const phase = progressPhases.find((one) => one === outcome.phase)
        if (phase) return onPhase(phase)
        const verdict = verdictOf(outcome)
        if (verdict) end(verdict)
      })
      const { path: topic, body } = this.preview(order)
      const answer = link.protocolVersion === 5 ? this.options.answerTo() : undefined
      const asking = answer === undefined ? {} : { responseTopic: answer, correlationData: Buffer.from(order.id) }
      link.publishNow(topic, JSON.stringify(body), asking).then(
        (isHeard) => isHeard || end({ phase: 'refused', cause: nobodyListens }),
        // A broker that says no has handed it to nobody.
        (error: unknown) => end({ phase: 'failed', cause: toDrivewayError(error).cause }),
      )
    })
  }
}

const noAnswer: Cause = {
  code: 'TIMEOUT',
  message: 'The other Driveway did not say what became of the command',
  action: 'Look at the car before you send it again. Check that the other Driveway accepts commands from topics.',
}

const nobodyListens: Cause = {
  code: 'NOT_ALLOWED',
  message: 'The other Driveway accepts no commands from topics',
  action: 'Name the command in the MQTT settings of the other Driveway.',
}

const stopped: Cause = {
  code: 'SHUTDOWN',
  message: 'Driveway was stopped before the other Driveway answered',
  action: 'Look at the car.',
}
