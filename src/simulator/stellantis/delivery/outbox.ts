import { seconds, hours, type Clock, type Timer } from '../../../clock'
import type { Target } from './target'

/** A message on its way to one receiver. */
export interface Parcel {
  message: unknown
  headers: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
}

/** An attempt to deliver, as it went. */
export interface Attempt {
  /** ms since 1970. */
  at: number
  source: string
  /** How many messages it carried, and whether as an array. */
  messages: number
  batch: boolean
  /** HTTP status, 1 for a frame that was taken; 0 when nobody answered. */
  status: number
}

/** Stellantis: another try each 10 seconds for 72 hours; batches hold up to 100. */
const retryEvery = seconds(10)
const keptFor = hours(72)
const largestBatch = 100

interface Waiting extends Parcel {
  since: number
}

/** Messages of one monitor or remote in their order. */
interface Line {
  waiting: Waiting[]
  busy: boolean
  failing: boolean
  retry?: Timer
}

/** Sends what monitors and remotes have to say, and goes on trying. Stellantis: acknowledgement, retry, batches */
export class Outbox {
  /** Latest attempts, oldest first. */
  readonly attempts: Attempt[] = []
  private lines = new Map<string, Line>()
  private closed = false

  constructor(private readonly clock: Clock) {}

  /** `source` is the monitor or the remote; `target` is asked for at each attempt, for the channel may have changed. */
  send(source: string, parcel: Parcel, target: () => Target | undefined): void {
    const line = this.lines.get(source) ?? { waiting: [], busy: false, failing: false }
    this.lines.set(source, line)
    line.waiting.push({ ...parcel, since: this.clock.now() })
    if (!line.failing) this.pump(source, line, target)
  }

  /** Messages that have not arrived yet. */
  get waiting(): number {
    return [...this.lines.values()].reduce((sum, { waiting }) => sum + waiting.length, 0)
  }

  clear(): void {
    for (const { retry } of this.lines.values()) retry?.cancel()
    this.lines.clear()
    this.attempts.length = 0
  }

  close(): void {
    this.closed = true
    this.clear()
  }

  private pump(source: string, line: Line, target: () => Target | undefined): void {
    if (line.busy) return
    line.busy = true
    void this.empty(source, line, target).finally(() => {
      line.busy = false
      if (line.waiting.length && !line.failing && !this.closed) this.pump(source, line, target)
      else if (!line.waiting.length && this.lines.get(source) === line) this.lines.delete(source)
    })
  }

  private async empty(source: string, line: Line, target: () => Target | undefined): Promise<void> {
    // The first that fails puts the line into retry: from then on arrays go out, without headers and query.
    let batch = line.failing
    while (line.waiting.length && !this.closed) {
      const oldest = this.clock.now() - keptFor
      line.waiting = line.waiting.filter(({ since }) => since >= oldest)
      const receiver = target()
      if (!receiver) {
        line.waiting = []
        break
      }
      const parcels = line.waiting.slice(0, batch ? largestBatch : 1)
      const [first] = parcels
      if (!first) break
      const body = batch ? parcels.map(({ message }) => message) : first.message
      const status = await receiver.deliver(JSON.stringify(body), batch ? { headers: {}, query: {} } : first)
      this.note({ at: this.clock.now(), source, messages: parcels.length, batch, status })
      if (!isTaken(status)) {
        line.failing = true
        this.retryLater(source, line, target)
        return
      }
      line.waiting = line.waiting.filter((waiting) => !parcels.includes(waiting))
      // The first success ends the retry state; what has piled up goes out in batches still.
      line.failing = false
      batch = batch && line.waiting.length > 0
    }
    line.failing = false
  }

  private retryLater(source: string, line: Line, target: () => Target | undefined): void {
    if (this.closed) return
    line.retry?.cancel()
    line.retry = this.clock.after(retryEvery, () => this.pump(source, line, target))
  }

  private note(attempt: Attempt): void {
    this.attempts.push(attempt)
    if (this.attempts.length > 2000) this.attempts.shift()
  }
}

/** Any 2XX; 1 is what a socket says that took a frame. */
const isTaken = (status: number) => status === 1 || (status >= 200 && status < 300)
