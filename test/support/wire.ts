/** Knows which requests of this process are under way, so that time moves only between them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { ClientRequest } from 'node:http'
import { tick } from './clock'

const begun = 'http.client.request.start'
/** Rounds of the event loop without a request, after which whatever the last answer set off has run. */
const quietRounds = 3

export class Wire {
  private readonly underWay = new Set<ClientRequest>()
  private readonly note: (message: unknown) => void
  /** All requests so far. */
  total = 0
  /** Requests that have ended. */
  ended = 0

  /** `port`: of the server that matters; absent: all do. */
  constructor(port?: number) {
    this.note = (message) => {
      const { request } = message as { request: ClientRequest }
      if (port !== undefined && request.getHeader('host') !== `127.0.0.1:${port}`) return
      this.total++
      this.underWay.add(request)
      request.once('close', () => {
        this.ended++
        this.underWay.delete(request)
      })
    }
    subscribe(begun, this.note)
  }

  get isQuiet(): boolean {
    return this.underWay.size === 0
  }

  /** Whatever is under way now is not waited for any more. */
  leave(): void {
    this.underWay.clear()
  }

  /** Until no request is under way, and none follows from the last answer. */
  readonly settle = async (): Promise<void> => {
    for (let quiet = 0; quiet < quietRounds;) {
      await tick()
      quiet = this.isQuiet ? quiet + 1 : 0
    }
  }

  close(): void {
    unsubscribe(begun, this.note)
  }
}
