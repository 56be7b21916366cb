/** What goes to a broker: sent as much at a time as it wants, waiting while it is away, never overtaking what waits. */
import type { MqttClient } from 'mqtt'
import { Outbox, type Message } from './outbox'

/** Unacknowledged messages at a time; a broker may want fewer. */
const mostInFlight = 1000

export class Sending {
  private readonly outbox: Outbox
  private readonly inFlight = new Set<Message>()
  private window = mostInFlight
  private client?: MqttClient
  private knowsFive = false
  private drained?: () => void

  /** `bound`: how many events wait at most while the broker is away. */
  constructor(bound?: number) {
    this.outbox = new Outbox(bound)
  }

  get waiting(): number {
    return this.outbox.waiting + this.inFlight.size
  }

  get dropped(): number {
    return this.outbox.dropped
  }

  /** Nothing is under way, nor will be. */
  get isDrained(): boolean {
    return this.inFlight.size === 0 && (!this.client || this.outbox.waiting === 0)
  }

  /** Publishes now, or as soon as the broker is there. */
  put(message: Message): void {
    // Nothing overtakes what waits.
    if (this.outbox.waiting === 0 && this.client && this.mayJoin) return this.send(this.client, message)
    this.outbox.put(message)
    this.pump()
  }

  /** The broker is there; `atMost`: so many unacknowledged messages it wants. */
  begin(client: MqttClient, knowsFive: boolean, atMost = mostInFlight): void {
    this.client = client
    this.knowsFive = knowsFive
    this.window = Math.min(mostInFlight, atMost)
    this.pump()
  }

  /** What comes now waits for another connection. */
  pause(): void {
    this.client = undefined
  }

  /** Unacknowledged messages wait again. */
  back(): void {
    this.outbox.putBack([...this.inFlight])
    this.inFlight.clear()
  }

  /** Calls `then` once nothing is under way any more; nothing: nobody waits for that. */
  whenDrained(then?: () => void): void {
    this.drained = then
  }

  private pump(): void {
    while (this.client && this.mayJoin) {
      const message = this.outbox.take()
      if (!message) return
      this.send(this.client, message)
    }
  }

  /** One more may be under way. */
  private get mayJoin(): boolean {
    return this.inFlight.size < this.window
  }

  private send(client: MqttClient, message: Message): void {
    this.inFlight.add(message)
    const { topic, payload, qos, retain, correlationData } = message
    const properties = correlationData && this.knowsFive ? { properties: { correlationData } } : {}
    client.publish(topic, payload, { qos, retain, ...properties }, (error) => {
      // A numbered error is the broker's own refusal. Any other one means that the connection is gone: `back` has
      // taken the message, or will.
      if (error && typeof (error as { code?: unknown }).code !== 'number') return
      this.inFlight.delete(message)
      message.settled?.()
      this.pump()
      if (this.isDrained) this.drained?.()
    })
  }
}
