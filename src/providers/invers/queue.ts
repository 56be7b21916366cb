/** One named queue of the event stream, read for as long as its connection stands. */
import { createHash } from 'node:crypto'
import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib'
import { pause, seconds, type Clock } from '../../clock'
import { backoff } from '../../cloud/backoff'
import type { Cause } from '../../vehicle/causes'
import { Acks } from './acks'
import type { Properties } from './events'
import { longRest, troubleOfQueue } from './troubles'

/** What becomes of a message. Rejects when handing on failed. */
export type Take = (body: unknown, properties: Properties) => Promise<Fate>
/** `foreign`: its car is not in the account. `unreadable`: nobody can read it. */
export type Fate = 'handed-on' | 'foreign' | 'unreadable'

export interface QueueOptions {
  queue: string
  clock: Clock
  take: Take
  /** Nothing: it is being read. */
  onState: (problem: Cause | undefined) => void
  onUnreadable: (queue: string) => void
}

/** What ended the reading of a queue. */
interface Ending {
  problem: Cause
  isCancelled?: true
}

/** Messages under way to us at a time: enough to be busy, few enough to come again after a crash. */
const prefetch = 500
/** A message longer than that is none of INVERS. */
const longestMessage = 1024 * 1024
/** So often handing on is tried. */
const mostTries = 3
const pauseAfterFailure = seconds(1)
/** A broker that is gone answers nothing. */
const closeWithin = seconds(1)
/** More than are under way at a time; the oldest are forgotten. */
const mostFailing = 2 * prefetch

export class QueueReader {
  /** Message → how often handing it on has failed. */
  private readonly failures = new Map<string, number>()

  constructor(private readonly options: QueueOptions) {}

  /** Reads until `over`; what ends it before is tried again. Never rejects. */
  async run(model: ChannelModel, over: AbortSignal): Promise<void> {
    const { clock, onState } = this.options
    for (let n = 0; !over.aborted; n++) {
      const begun = clock.now()
      const { problem, isCancelled } = await this.read(model, over)
      if (over.aborted) return
      if (clock.now() - begun > seconds(60)) n = 0
      // RabbitMQ cancels a consumer when its queue is deleted, and when the queue moves to another machine: the next try tells.
      if (isCancelled && n === 0) continue
      onState(problem)
      await pause(clock, problem.code === 'NETWORK' ? backoff(clock, n) : longRest, over)
    }
  }

  /** Resolves with what ended it. */
  private async read(model: ChannelModel, over: AbortSignal): Promise<Ending> {
    const { queue, onState } = this.options
    let channel: Channel | undefined
    let acks: Acks | undefined
    const endedBy = (error?: unknown): Ending => ({ problem: troubleOfQueue(error, queue) })
    const aborted = new Promise<Ending>((resolve) => {
      over.addEventListener('abort', () => resolve(endedBy()), { once: true })
    })
    try {
      const opened = await model.createChannel()
      channel = opened
      const line = (acks = new Acks(opened))
      const ended = new Promise<Ending>((resolve) => {
        opened.on('error', (error) => resolve(endedBy(error)))
        opened.on('close', () => {
          // At once: the library throws at whoever says anything on it from now on.
          line.end()
          resolve(endedBy())
        })
      })
      await opened.prefetch(prefetch)
      const cancelled = new Promise<Ending>((resolve) => {
        const take = (message: ConsumeMessage | null) =>
          message ? this.take(line, message, over) : resolve({ ...endedBy(), isCancelled: true })
        opened.consume(queue, take, { noAck: false }).then(
          () => onState(undefined),
          (error: unknown) => resolve(endedBy(error)),
        )
      })
      return await Promise.race([cancelled, ended, aborted])
    } catch (error) {
      return endedBy(error)
    } finally {
      if (over.aborted) {
        // What was handed on in this very turn says so in the next one.
        await new Promise((resolve) => setImmediate(resolve))
        acks?.flush()
      }
      acks?.end()
      const closed = channel?.close().catch(() => undefined)
      // The library may send the end of the connection before the last word of a channel.
      if (over.aborted && closed) await within(this.options.clock, closeWithin, closed)
    }
  }

  private take(acks: Acks, message: ConsumeMessage, over: AbortSignal): void {
    const { take, onUnreadable, queue } = this.options
    const through = acks.take(message)
    const body = bodyOf(message)
    if (body === undefined) {
      acks.giveBack(message, false)
      return onUnreadable(queue)
    }
    take(body, propertiesOf(message)).then(
      (fate) => {
        if (this.failures.size > 0) this.failures.delete(keyOf(message))
        if (fate !== 'unreadable') return through()
        acks.giveBack(message, false)
        onUnreadable(queue)
      },
      () => void this.failed(acks, message, over),
    )
  }

  /** It goes back to the broker, a little later, so that we do not run in a circle; after some tries it is set aside. */
  private async failed(acks: Acks, message: ConsumeMessage, over: AbortSignal): Promise<void> {
    const key = keyOf(message)
    const failures = (this.failures.get(key) ?? 0) + 1
    const isLast = failures >= mostTries
    this.failures.delete(key)
    if (!isLast) this.failures.set(key, failures)
    const [oldest] = this.failures.keys()
    if (oldest !== undefined && this.failures.size > mostFailing) this.failures.delete(oldest)
    await pause(this.options.clock, pauseAfterFailure, over)
    if (over.aborted) return
    acks.giveBack(message, !isLast)
    if (isLast) this.options.onUnreadable(this.options.queue)
  }
}

/** Resolves when the work is over, after that long at the latest. */
async function within(clock: Clock, ms: number, work: Promise<unknown>): Promise<void> {
  const over = new AbortController()
  await Promise.race([work, pause(clock, ms, over.signal)])
  over.abort()
}

/** AMQP: a message that was given back comes under a new delivery tag, and need not have an id. */
const keyOf = ({ content }: ConsumeMessage): string => createHash('sha256').update(content).digest('hex')

function bodyOf({ content }: ConsumeMessage): unknown {
  if (content.length > longestMessage) return undefined
  try {
    return JSON.parse(content.toString()) as unknown
  } catch {
    return undefined
  }
}

/** INVERS: event format; every member of the metadata stands in a property of the message as well. */
function propertiesOf({ properties }: ConsumeMessage): Properties {
  const text = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)
  return {
    id: text(properties.messageId),
    type: text(properties.type),
    at: timeOf(properties.timestamp),
    flowId: text(properties.correlationId),
  }
}

/** AMQP: whole seconds since 1970. */
const timeOf = (timestamp: unknown): number | undefined =>
  typeof timestamp === 'number' && timestamp > 0 ? seconds(timestamp) : undefined
