import type { ChannelModel, ConfirmChannel } from 'amqplib'
import type { Clock, Timer } from '../../clock'
import { seconds } from '../../clock'
import { eventTypes, type InversEvent } from './events'

export interface AmqpTarget {
  /** `amqp://` or `amqps://`, with user, password and virtual host. */
  url: string
  /**
   * Queues to fill. One whose name ends with `.` and an event type gets only events of that type, as a subscribed topic
   * does; any other gets all. Default: one for each type, such as `driveway-demo.VehicleStateRecorded`.
   */
  queues?: readonly string[]
  /** PEM of the authority that signed the broker's certificate. */
  ca?: string
}

const ownQueues = Object.keys(eventTypes).map((type) => `driveway-demo.${type}`)
const topicOf = (queue: string): string | undefined => Object.keys(eventTypes).find((type) => queue.endsWith(`.${type}`))

/** While the broker is away so many events wait; older ones are lost. */
const mostWaiting = 200_000
const firstPause = seconds(1)
const longestPause = seconds(30)

interface Parcel {
  queue: string
  event: InversEvent
}

/** Publishes events to a real broker, each until it is confirmed, so at least once. INVERS: transport, event format */
export class AmqpPublisher {
  readonly queues: readonly string[]
  private readonly waiting: Parcel[] = []
  private readonly unconfirmed = new Set<Parcel>()
  private connection: ChannelModel | undefined
  private channel: ConfirmChannel | undefined
  private declared = false
  private full = false
  private closed = false
  private retry: Timer | undefined
  private pause = firstPause
  private confirmedCount = 0
  private idle: (() => void)[] = []
  private trouble = ''
  /** The first try to reach the broker is over, well or not; where it went well the queues are there. */
  readonly tried: Promise<void>

  constructor(
    private readonly clock: Clock,
    private readonly target: AmqpTarget,
  ) {
    this.queues = target.queues?.length ? target.queues : ownQueues
    this.tried = this.connect()
  }

  isFor({ url, queues }: AmqpTarget): boolean {
    return url === this.target.url && (queues ?? ownQueues).join() === this.queues.join()
  }

  /** Copies of events that the broker has taken. */
  get confirmed(): number {
    return this.confirmedCount
  }

  /** Copies that the broker does not have yet. */
  get pending(): number {
    return this.waiting.length + this.unconfirmed.size
  }

  /** Why there was no connection the last time; empty while there is one. */
  get problem(): string {
    return this.trouble
  }

  get connected(): boolean {
    return this.channel !== undefined
  }

  readonly carry = (event: InversEvent): void => {
    for (const queue of this.queues)
      if ((topicOf(queue) ?? event.metadata.type) === event.metadata.type) this.waiting.push({ queue, event })
    if (this.waiting.length > mostWaiting) this.waiting.splice(0, this.waiting.length - mostWaiting)
    this.flush()
  }

  /** Resolves when the broker has everything that was handed over so far. */
  drained(): Promise<void> {
    return this.pending ? new Promise((resolve) => this.idle.push(resolve)) : Promise.resolve()
  }

  async close(): Promise<void> {
    this.closed = true
    this.retry?.cancel()
    this.channel = undefined
    await this.connection?.close().catch(() => undefined)
  }

  private async connect(): Promise<void> {
    try {
      // Loaded only when there is a broker: it is an optional dependency.
      const { connect } = await import('amqplib')
      const connection = await connect(this.target.url, this.target.ca === undefined ? {} : { ca: [Buffer.from(this.target.ca)] })
      connection.on('error', () => undefined)
      connection.on('close', () => this.lost(connection))
      this.connection = connection
      if (this.closed) return void (await connection.close())
      const channel = await connection.createConfirmChannel()
      channel.on('error', () => undefined)
      channel.on('close', () => this.lost(connection))
      channel.on('drain', () => {
        this.full = false
        this.flush()
      })
      await this.declare(channel)
      this.full = false
      this.channel = channel
      this.pause = firstPause
      this.trouble = ''
      this.flush()
    } catch (error) {
      this.trouble = error instanceof Error ? error.message || error.name : 'unknown'
      this.lost(this.connection)
    }
  }

  /** The platform makes the queues, once: one that was deleted later stays away until it is subscribed again. */
  private async declare(channel: ConfirmChannel): Promise<void> {
    if (this.declared) return
    for (const queue of this.queues) await channel.assertQueue(queue, { durable: true })
    this.declared = true
  }

  /** What was on its way goes again, first. */
  private lost(connection: ChannelModel | undefined): void {
    if (connection !== this.connection || this.closed || this.retry) return
    this.channel = undefined
    this.connection = undefined
    void connection?.close().catch(() => undefined)
    this.waiting.unshift(...this.unconfirmed)
    this.unconfirmed.clear()
    this.retry = this.clock.after(this.pause, () => {
      this.retry = undefined
      void this.connect()
    })
    this.pause = Math.min(this.pause * 2, longestPause)
  }

  private flush(): void {
    const { channel } = this
    if (!channel) return
    let sent = 0
    while (!this.full && sent < this.waiting.length) {
      const parcel = this.waiting[sent]
      sent += 1
      if (parcel) this.send(channel, parcel)
    }
    this.waiting.splice(0, sent)
  }

  private send(channel: ConfirmChannel, parcel: Parcel): void {
    const { metadata } = parcel.event
    this.unconfirmed.add(parcel)
    const room = channel.sendToQueue(
      parcel.queue,
      Buffer.from(JSON.stringify(parcel.event)),
      {
        contentType: 'application/json',
        persistent: true,
        messageId: metadata.id,
        type: metadata.type,
        correlationId: metadata.flow_id,
        timestamp: Math.floor(Date.parse(metadata.occurred_at) / 1000),
        headers: { schema_major_version: metadata.schema_major_version },
      },
      (error) => {
        // After a lost connection the parcel may be waiting again already.
        if (!this.unconfirmed.delete(parcel)) return
        if (error) this.waiting.push(parcel)
        else this.taken()
      },
    )
    if (!room) this.full = true
  }

  private taken(): void {
    this.confirmedCount += 1
    if (this.pending) return
    for (const resolve of this.idle.splice(0)) resolve()
  }
}
