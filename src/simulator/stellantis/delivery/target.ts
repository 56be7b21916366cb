import { Agent as HttpAgent, request as httpRequest } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'
import { seconds, type Clock } from '../../../clock'

/** Where messages go. */
export interface Target {
  /** Gives the HTTP status, 1 when a socket took it, 0 when nobody did. */
  deliver(
    body: string,
    attributes: { headers: Readonly<Record<string, string>>; query: Readonly<Record<string, string>> },
  ): Promise<number>
  close?(): void
}

/** How long the sender waits is not documented. */
const patience = seconds(30)

/** Posts to registered addresses. */
export class Webhooks {
  private readonly http = new HttpAgent({ keepAlive: true })
  private readonly https = new HttpsAgent({ keepAlive: true })

  constructor(private readonly clock: Clock) {}

  to(target: string): Target {
    return { deliver: (body, { headers, query }) => this.post(target, body, headers, query) }
  }

  close(): void {
    this.http.destroy()
    this.https.destroy()
  }

  private post(
    target: string,
    body: string,
    headers: Readonly<Record<string, string>>,
    query: Readonly<Record<string, string>>,
  ): Promise<number> {
    return new Promise((resolve) => {
      const address = withQuery(target, query)
      if (!address) return resolve(0)
      const secure = address.protocol === 'https:'
      const all = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers }
      try {
        const call = (secure ? httpsRequest : httpRequest)(
          address,
          { method: 'POST', headers: all, agent: secure ? this.https : this.http },
          (answer) => {
            answer.resume()
            answer.on('end', () => end(answer.statusCode ?? 0))
            answer.on('error', () => end(0))
          },
        )
        const waiting = this.clock.after(patience, () => call.destroy(new Error('no answer')))
        const end = (status: number) => {
          waiting.cancel()
          resolve(status)
        }
        call.on('error', () => end(0))
        call.end(body)
      } catch {
        // A header that HTTP does not allow.
        resolve(0)
      }
    })
  }
}

/** An address with the query attributes added; undefined when it is none. */
export function withQuery(target: string, query: Readonly<Record<string, string>>): URL | undefined {
  try {
    const address = new URL(target)
    for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value)
    return address
  } catch {
    return undefined
  }
}
