/** What lies on the broker and is told no more: settings changed since an earlier run, or accounts went while nobody was here. */
import { seconds, type Clock, type Timer } from '../clock'
import type { Broker } from '../cloud/mqtt'
import type { Announcer } from './announcer'
import { bridge } from './bridge'
import { connected } from './connected'
import { clearOwn } from './guest'
import type { Guests } from './guests'
import type { Shelf } from './shelf'

/** What a broker kept of other bridges is known by then. */
const neighboursKnownAfter = seconds(2)

export interface SweepOptions {
  base: string
  instance: string
  /** One topic for each fact is told. */
  values: boolean
  /** What a location topic of an earlier run must have been told under, to stay. */
  mark: string
  broker: Broker
  clock: Clock
  shelf: Shelf
  announcer: Announcer
  guests: Guests
  /** Accounts that were gone are cleared up after. */
  onCleared(): void
}

export class Sweep {
  private timer?: Timer
  private closed = false

  constructor(private readonly options: SweepOptions) {}

  /** Takes off the broker what an earlier run told and this one would not. */
  clearUnwanted(): void {
    const { shelf, guests } = this.options
    for (const topic of shelf.topics) if (shelf.last(topic) === undefined && this.isUnwanted(topic)) shelf.clear(topic)
    for (const guest of guests.all) guest.sweep()
  }

  /** Takes off the broker what was told of accounts that are gone; `isThere`: it may still come. */
  async clearGone(isThere: (account: string) => boolean): Promise<void> {
    const { base, broker, clock, shelf, announcer, guests } = this.options
    await Promise.all([shelf.read, announcer.ready])
    const owners = new Set([...shelf.owners, ...announcer.owners])
    const isGone = (owner: string) => owner !== bridge && !guests.has(owner) && !isThere(owner)
    if (this.closed || ![...owners].some(isGone)) return
    broker.connect()
    // First it must be known which cars other bridges tell of: these are theirs now.
    await connected(broker)
    if (this.closed) return
    this.timer?.cancel()
    this.timer = clock.after(neighboursKnownAfter, () => {
      for (const owner of owners) {
        if (!isGone(owner)) continue
        clearOwn({ base, shelf, isElsewhere: (slug) => guests.isElsewhere(slug) }, shelf.topicsOf(owner))
        announcer.sweep(owner, [])
      }
      this.options.onCleared()
    })
  }

  close(): void {
    this.closed = true
    this.timer?.cancel()
  }

  private isUnwanted(topic: string): boolean {
    const { base, instance, values, mark, shelf } = this.options
    const [, room] = topic.slice(base.length + 1).split('/')
    return (
      !topic.startsWith(`${base}/`) ||
      // The bridge had another name.
      (topic.startsWith(`${base}/bridge/`) && !topic.startsWith(`${base}/bridge/${instance}/`)) ||
      (room === 'values' && !values) ||
      (room === 'location' && shelf.markBefore !== mark)
    )
  }
}
