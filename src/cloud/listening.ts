/** What comes from a broker: who wants to hear which topics, over every loss of the connection. */
import type { IPublishPacket, MqttClient } from 'mqtt'
import { fits, type Arrival, type Subscription } from './subscriptions'

export class Listening {
  private readonly subscriptions = new Set<Subscription>()
  private client?: MqttClient
  private knowsFive = false

  /** The broker is there. */
  begin(client: MqttClient, knowsFive: boolean): void {
    this.client = client
    this.knowsFive = knowsFive
    for (const subscription of this.subscriptions) this.ask(client, subscription)
  }

  /** What is wanted from now on is asked of another connection. */
  pause(): void {
    this.client = undefined
  }

  /** Listens from now on until the answer is called. */
  add(subscription: Subscription): () => void {
    this.subscriptions.add(subscription)
    if (this.client) this.ask(this.client, subscription)
    return () => {
      if (this.subscriptions.delete(subscription)) this.client?.unsubscribe(subscription.filter, () => undefined)
    }
  }

  clear(): void {
    this.subscriptions.clear()
  }

  /** Through when everybody who listens has taken the message. Never rejects. */
  async take({ topic, payload, retain, properties }: IPublishPacket): Promise<void> {
    const arrival: Arrival = {
      topic,
      payload: typeof payload === 'string' ? Buffer.from(payload) : payload,
      retain,
      ...(properties?.responseTopic !== undefined && { responseTopic: properties.responseTopic }),
      ...(properties?.correlationData !== undefined && { correlationData: properties.correlationData }),
    }
    const listeners = [...this.subscriptions].filter(({ filter }) => fits(filter, topic))
    await Promise.allSettled(listeners.map(async (one) => one.take(arrival)))
  }

  private ask(client: MqttClient, subscription: Subscription): void {
    // MQTT 5: the retain flag is handed on as it was published.
    const { filter, othersOnly = false } = subscription
    const options = { qos: 1 as const, ...(this.knowsFive && { rap: true, nl: othersOnly }) }
    client.subscribe(filter, options, (error, granted) => {
      if (this.client !== client || !this.subscriptions.has(subscription)) return
      // Without the broker's answer the connection is gone, and the next one asks again.
      const wasAnswered = (error as { packet?: unknown } | null)?.packet !== undefined
      if (wasAnswered || granted?.some(({ qos }) => qos >= 0x80)) subscription.refused?.()
    })
  }
}
