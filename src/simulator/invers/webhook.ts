import type { Clock, Timer } from '../../clock'
import { seconds } from '../../clock'
import type { InversEvent } from './events'

export interface WebhookTarget {
  url: string
  /** Sent with each event, such as one that carries a secret. */
  headers?: Readonly<Record<string, string>>
}

/** Nothing is documented about repeating; a few times is what most do. */
const attempts = 10
const pauseBetween = seconds(10)
/** While nobody takes them so many wait; older ones are lost. */
const mostWaiting = 10_000

/** Posts each event to an address, one after the other. INVERS: webhooks exist, their form is not documented */
export class Webhook {
  private readonly waiting: { event: InversEvent; tries: number }[] = []
  private busy = false
  private resting: Timer | undefined
  private readonly closing = new AbortController()

  constructor(
    private readonly clock: Clock,
    readonly target: WebhookTarget,
  ) {}

  readonly carry = (event: InversEvent): void => {
    this.waiting.push({ event, tries: 0 })
    // The first may be on its way.
    if (this.waiting.length > mostWaiting) this.waiting.splice(1, 1)
    this.next()
  }

  close(): void {
    this.closing.abort()
    this.resting?.cancel()
    this.waiting.length = 0
  }

  private next(): void {
    if (this.busy || this.resting || this.closing.signal.aborted) return
    const first = this.waiting[0]
    if (!first) return
    this.busy = true
    void this.post(first.event).then((taken) => {
      this.busy = false
      first.tries += 1
      if (taken || first.tries >= attempts) this.waiting.shift()
      else
        this.resting = this.clock.after(pauseBetween, () => {
          this.resting = undefined
          this.next()
        })
      this.next()
    })
  }

  /** Whether somebody took it. */
  private async post(event: InversEvent): Promise<boolean> {
    try {
      const answer = await fetch(this.target.url, {
        method: 'POST',
        body: JSON.stringify(event),
        headers: { 'content-type': 'application/json', ...this.target.headers },
        signal: this.closing.signal,
      })
      await answer.arrayBuffer()
      return answer.ok
    } catch {
      return false
    }
  }
}
