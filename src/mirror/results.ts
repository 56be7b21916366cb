/** What became of commands, on the result topics and where whoever asked wants it: each phase once, one final one. */
import { randomUUID } from 'node:crypto'
import type { Clock } from '../clock'
import type { Message } from '../cloud/outbox'
import { isCommandId } from '../vehicle/commands'
import { isFinal, type Outcome } from '../vehicle/outcome'
import type { Vehicle } from '../vehicle/vehicle'
import { outcomeOfLeft, type Journal, type ResponseTo } from './journal'
import type { Topics } from './topics'

export interface ResultsOptions {
  topics: Topics
  journal: Journal
  clock: Clock
  publish(message: Message): void
}

export class Results {
  /** Who asked, of the commands under way. */
  private readonly askers = new Map<string, ResponseTo>()
  /** Dry runs by the ids that accounts have of them: as they were asked for. */
  private readonly dryRuns = new Map<string, { id: string; response?: ResponseTo }>()
  /** Final ones that are being written down. */
  private readonly telling = new Set<Promise<void>>()

  constructor(private readonly options: ResultsOptions) {
    // What an earlier run left without an end: it is told, and never sent again.
    void options.journal.left.then((left) => {
      for (const order of left) this.tellFinal(order.slug, outcomeOfLeft(order, options.clock), order.response)
    })
  }

  /** The phases of this order go to whoever asked, too. */
  answerTo(id: string, response: ResponseTo): void {
    this.askers.set(id, response)
  }

  /** A dry run begins. It is no order: whatever becomes of it must not end one of the same id. */
  dryRun(id: string, response?: ResponseTo): string {
    const known = randomUUID()
    this.dryRuns.set(known, { id, response })
    return known
  }

  tell(car: Vehicle | undefined, outcome: Outcome): void {
    const dry = this.dryRuns.get(outcome.id)
    this.dryRuns.delete(outcome.id)
    // A command that names no car of ours has no topic; one that nobody knows must not choose one.
    if (!car || !isCommandId(outcome.command)) return
    const { id, command, requestedAt, phase } = outcome
    if (outcome.dryRun) return this.say(car.slug, { ...outcome, id: dry?.id ?? id }, dry?.response)
    const response = this.askers.get(id)
    if (!isFinal(phase)) {
      void this.options.journal.begin({ id, slug: car.slug, command, requestedAt })
      return this.say(car.slug, outcome, response)
    }
    this.askers.delete(id)
    this.tellFinal(car.slug, outcome, response)
  }

  /** It never was an order. */
  tellRefused(slug: string, outcome: Outcome, response?: ResponseTo): void {
    this.say(slug, outcome, response)
  }

  /** Through when nothing waits for the disk any more. */
  async written(): Promise<void> {
    await Promise.all(this.telling)
  }

  /** A final result is told once it is written down, so that a crash cannot make another one of it. */
  private tellFinal(slug: string, outcome: Outcome, response?: ResponseTo): void {
    const { journal } = this.options
    const tell = () => this.say(slug, outcome, response, () => journal.settled(outcome.id))
    const written = journal.ended(outcome)
    if (!written) return tell()
    const telling = written.then(tell).finally(() => this.telling.delete(telling))
    this.telling.add(telling)
  }

  private say(slug: string, outcome: Outcome, response?: ResponseTo, settled?: () => void): void {
    const own = this.options.topics.result(slug, outcome.command)
    const payload = JSON.stringify(outcome)
    const publish = (topic: string, more: Partial<Message> = {}) =>
      this.options.publish({ topic, payload, retain: false, qos: 1, ...more })
    const correlation =
      response?.correlation === undefined ? {} : { correlationData: Buffer.from(response.correlation, 'base64') }
    if (response && response.topic !== own) publish(response.topic, correlation)
    publish(own, { ...(response?.topic === own && correlation), ...(settled && { settled }) })
  }
}
