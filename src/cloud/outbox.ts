/** What waits for the broker: of a retained topic the last value, of the others each message up to a bound. */

export interface Message {
  topic: string
  payload: string
  retain: boolean
  qos: 0 | 1
  /** MQTT 5: what the asker wants to see again in our answer. */
  correlationData?: Buffer
  /** The broker has it, or refused it: nobody needs to keep it any longer. */
  settled?(): void
}

const queueBound = 10_000

export class Outbox {
  private readonly retained = new Map<string, Message>()
  private queue: Message[] = []
  private lost = 0

  constructor(private readonly bound = queueBound) {}

  put(message: Message): void {
    if (message.retain) {
      // Set anew at the end, so that topics leave in the order in which they were last told.
      this.retained.delete(message.topic)
      this.retained.set(message.topic, message)
      return
    }
    this.queue.push(message)
    if (this.queue.length > this.bound) {
      this.queue.shift()
      this.lost++
    }
  }

  /** Puts back what was not acknowledged, oldest first, before what was put meanwhile. */
  putBack(messages: readonly Message[]): void {
    const later = this.takeAll()
    for (const message of [...messages, ...later]) this.put(message)
  }

  /** The oldest message that waits, retained ones first; it waits no longer. */
  take(): Message | undefined {
    for (const [topic, message] of this.retained) {
      this.retained.delete(topic)
      return message
    }
    return this.queue.shift()
  }

  /** Everything that waits, oldest first; it waits no longer. */
  takeAll(): Message[] {
    const all = [...this.retained.values(), ...this.queue]
    this.retained.clear()
    this.queue = []
    return all
  }

  get waiting(): number {
    return this.retained.size + this.queue.length
  }

  /** Messages dropped because too many waited. */
  get dropped(): number {
    return this.lost
  }
}
