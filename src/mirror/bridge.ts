/** What the bridge tells of itself: that it is there, whose cars it shows, and how it is. */
import { minutes, type Clock, type Timer } from '../clock'
import type { Broker } from '../cloud/mqtt'
import type { Announcer } from './announcer'
import type { Guest } from './guest'
import { countedOf, healthOf } from './health'
import type { Shelf } from './shelf'
import { topicSchema, type Topics } from './topics'

/** Owner of the topics that are no account's. */
export const bridge = ''
const healthEvery = minutes(1)

export interface BridgeOptions {
  topics: Topics
  instance: string
  /** Of this package. */
  version: string
  clock: Clock
  broker: Broker
  shelf: Shelf
  announcer: Announcer
  guests: () => readonly Guest[]
}

export class Bridge {
  private readonly startedAt: number
  private healthTimer?: Timer
  private lastHealth = ''
  private closed = false

  constructor(private readonly options: BridgeOptions) {
    this.startedAt = options.clock.now()
  }

  tellOnline(): void {
    const { topics, instance, shelf } = this.options
    const topic = topics.bridge(instance, 'state')
    if (shelf.last(topic) === undefined) shelf.put(bridge, topic, 'online')
  }

  tellInfo(): void {
    if (this.closed) return
    const { topics, instance, version, shelf } = this.options
    const accounts = this.options.guests().map(({ account, label, cars }) => ({
      label,
      provider: account.provider.id,
      vehicles: cars.map(({ slug }) => slug),
    }))
    shelf.put(bridge, topics.bridge(instance, 'info'), { version, schema: topicSchema, accounts })
  }

  /** Looks once a minute whether something changed. */
  watchHealth(): void {
    if (this.healthTimer) return
    const { broker, clock, topics, instance, shelf, announcer } = this.options
    const guests = this.options.guests()
    const health = healthOf(guests, broker.dropped)
    announcer.describeBridge(countedOf(guests))
    const text = JSON.stringify(health)
    if (text !== this.lastHealth) {
      const uptime = Math.max(0, Math.round((clock.now() - this.startedAt) / 1000))
      shelf.put(bridge, topics.bridge(instance, 'health'), { ...health, uptime })
    }
    this.lastHealth = text
    this.healthTimer = clock.after(healthEvery, () => {
      this.healthTimer = undefined
      if (!this.closed) this.watchHealth()
    })
  }

  close(): void {
    this.closed = true
    this.healthTimer?.cancel()
  }
}
