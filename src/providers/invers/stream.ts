/** INVERS: the event stream, AMQP 0.9.1. One connection, held for ever; each named queue is read on a channel of its own. */
import type { ChannelModel } from 'amqplib'
import { pause, seconds, type Clock } from '../../clock'
import { backoff } from '../../cloud/backoff'
import type { Cause } from '../../vehicle/causes'
import { QueueReader, type Take } from './queue'
import type { AmqpSettings } from './settings'
import { troubleOfConnection } from './troubles'

export interface StreamOptions {
  settings: AmqpSettings
  user: string
  password: string
  /** An authority of one's own, PEM. */
  ca?: string
  clock: Clock
  take: Take
  /** Before anything is read: resolves when what is needed to understand it is known. */
  ready: (over: AbortSignal) => Promise<void>
  onHealth: (problem: Cause | undefined) => void
  onUnreadable: (queue: string) => void
}

/** In s: a broker that is gone without a word is noticed after two of them. */
const heartbeat = 20
const connectWithin = seconds(15)
/** A connection that stood so long was a good one. */
const good = seconds(30)
const closeWithin = seconds(2)

export class EventStream {
  private readonly problems = new Map<string, Cause | undefined>()
  private readonly over = new AbortController()
  private connection?: Cause
  private told?: string
  /** When all of it ended, after `stop`. */
  readonly ended: Promise<void>

  constructor(private readonly options: StreamOptions) {
    this.ended = this.run()
  }

  /** Every queue is being read now. */
  get isWell(): boolean {
    const { queues } = this.options.settings
    return !this.connection && queues.every((queue) => this.problems.has(queue) && !this.problems.get(queue))
  }

  stop(): void {
    this.over.abort()
  }

  private async run(): Promise<void> {
    const { clock } = this.options
    const { signal } = this.over
    for (let n = 0; !signal.aborted; n++) {
      const begun = clock.now()
      const problem = await this.connected()
      if (signal.aborted) return
      this.connection = problem
      this.problems.clear()
      this.tell()
      if (clock.now() - begun > good) n = 0
      await pause(clock, backoff(clock, n), signal)
    }
  }

  /** Connects and reads; resolves with what ended it. */
  private async connected(): Promise<Cause> {
    const { signal } = this.over
    const end = new AbortController()
    const stop = () => end.abort()
    let model: ChannelModel | undefined
    try {
      model = await this.connect()
      signal.addEventListener('abort', stop, { once: true })
      const ended = endOf(model, end.signal)
      if (signal.aborted) stop()
      await Promise.race([this.options.ready(end.signal), ended])
      this.connection = undefined
      const readers = this.options.settings.queues.map((queue) => this.reader(queue).run(model as ChannelModel, end.signal))
      const why = await ended
      stop()
      await Promise.all(readers)
      return troubleOfConnection(why)
    } catch (error) {
      return troubleOfConnection(error)
    } finally {
      stop()
      signal.removeEventListener('abort', stop)
      if (model) await closed(model, this.options.clock)
    }
  }

  private async connect(): Promise<ChannelModel> {
    const { settings, user, password, ca } = this.options
    const { protocol, hostname, port, pathname } = new URL(settings.url)
    const vhost = settings.vhost ?? (pathname.length > 1 ? decodeURIComponent(pathname.slice(1)) : '/')
    // Loaded only here: who has no stream needs no such package.
    const { connect } = await import('amqplib')
    return connect(
      {
        protocol: protocol.slice(0, -1),
        hostname: hostname.replace(/^\[|\]$/g, ''),
        port: Number(port) || (protocol === 'amqps:' ? 5671 : 5672),
        username: user,
        password,
        // The library decodes it once more.
        vhost: encodeURIComponent(vhost),
        heartbeat,
      },
      { timeout: connectWithin, keepAlive: true, noDelay: true, ...(ca && { ca: [ca] }) },
    )
  }

  private reader(queue: string): QueueReader {
    const { clock, take, onUnreadable } = this.options
    return new QueueReader({
      queue,
      clock,
      take,
      onUnreadable,
      onState: (problem) => {
        this.problems.set(queue, problem)
        this.tell()
      },
    })
  }

  /** Once for each change; what is mended is told when all queues are read. */
  private tell(): void {
    const problem = this.connection ?? [...this.problems.values()].find((one) => one !== undefined)
    if (!problem && !this.isWell) return
    const key = problem ? `${problem.code} ${problem.message}` : ''
    if (this.told === key) return
    this.told = key
    this.options.onHealth(problem)
  }
}

/** Resolves when the connection is gone, with the error where there was one, or when `over`. */
function endOf(model: ChannelModel, over: AbortSignal): Promise<Error | undefined> {
  return new Promise((resolve) => {
    let failure: Error | undefined
    model.on('error', (error: Error) => (failure = error))
    model.on('close', (error?: Error) => resolve(failure ?? error))
    over.addEventListener('abort', () => resolve(undefined), { once: true })
  })
}

/** A polite end, for which a broker that is gone is not waited for. */
async function closed(model: ChannelModel, clock: Clock): Promise<void> {
  const inTime = new AbortController()
  const polite = model.close().then(
    () => true,
    () => true,
  )
  const late = pause(clock, closeWithin, inTime.signal).then(() => false)
  const isClosed = await Promise.race([polite, late])
  inTime.abort()
  if (!isClosed) (model.connection as { stream?: { destroy?(): void } }).stream?.destroy?.()
}
