import type { Channel, ConsumeMessage } from 'amqplib'

interface Entry {
  message: ConsumeMessage
  isDone: boolean
}

/**
 * Acknowledges in the order in which messages came, many with one word: a message only when it and all before it are
 * through. What is not acknowledged when the channel ends, the broker delivers again.
 */
export class Acks {
  private readonly line: Entry[] = []
  private isDue = false
  private isOver = false

  constructor(private readonly channel: Channel) {}

  /** A message came. Its answer: call it when the message is through. */
  take(message: ConsumeMessage): () => void {
    const entry: Entry = { message, isDone: false }
    this.line.push(entry)
    return () => {
      entry.isDone = true
      if (this.isDue || this.isOver) return
      this.isDue = true
      setImmediate(() => {
        this.isDue = false
        this.flush()
      })
    }
  }

  /** Gives one back: `again`, or set aside, where the broker has a place for such. It is through by that. */
  giveBack(message: ConsumeMessage, again: boolean): void {
    const at = this.line.findIndex((entry) => entry.message === message)
    if (at < 0 || this.isOver) return
    this.line.splice(at, 1)
    this.channel.nack(message, false, again)
  }

  flush(): void {
    let last: ConsumeMessage | undefined
    while (this.line[0]?.isDone) last = this.line.shift()?.message
    if (last && !this.isOver) this.channel.ack(last, true)
  }

  /** The channel is gone: nothing can be said any more. */
  end(): void {
    this.isOver = true
    this.line.length = 0
  }
}
