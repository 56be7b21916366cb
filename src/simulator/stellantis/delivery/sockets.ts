import type { WebSocket } from 'ws'
import { seconds, type Clock } from '../../../clock'
import { withQuery, type Target } from './target'

const patience = seconds(30)

/**
 * Sockets that the cloud opens towards the receivers. Stellantis says nothing about framing: one text frame for a message
 * or a batch, on a connection that stays open; each set of attributes has its own, for they go with the upgrade.
 */
export class Sockets {
  private readonly open = new Map<string, Promise<WebSocket>>()

  constructor(private readonly clock: Clock) {}

  to(target: string): Target {
    let last: { headers: Readonly<Record<string, string>>; query: Readonly<Record<string, string>> } = { headers: {}, query: {} }
    return {
      deliver: async (body, attributes) => {
        if (Object.keys(attributes.headers).length || Object.keys(attributes.query).length) last = attributes
        try {
          const socket = await this.connection(target, last)
          return await this.frame(socket, body)
        } catch {
          return 0
        }
      },
    }
  }

  close(): void {
    for (const socket of this.open.values()) void socket.then((one) => one.terminate()).catch(() => undefined)
    this.open.clear()
  }

  private frame(socket: WebSocket, body: string): Promise<number> {
    return new Promise((resolve) => socket.send(body, (error) => resolve(error ? 0 : 1)))
  }

  private connection(
    target: string,
    { headers, query }: { headers: Readonly<Record<string, string>>; query: Readonly<Record<string, string>> },
  ): Promise<WebSocket> {
    const address = withQuery(target, query)?.href ?? target
    const key = JSON.stringify([address, headers])
    const known = this.open.get(key)
    if (known) return known
    const opening = this.connect(address, headers)
    this.open.set(key, opening)
    const forget = () => void (this.open.get(key) === opening && this.open.delete(key))
    opening.then((socket) => socket.on('close', forget)).catch(forget)
    return opening
  }

  private async connect(address: string, headers: Readonly<Record<string, string>>): Promise<WebSocket> {
    const { WebSocket: Socket } = await import('ws')
    const socket = new Socket(address, { headers })
    const waiting = this.clock.after(patience, () => socket.terminate())
    try {
      await new Promise<void>((resolve, reject) => {
        socket.once('open', resolve)
        socket.once('error', reject)
        socket.once('close', () => reject(new Error('closed')))
      })
    } finally {
      waiting.cancel()
    }
    socket.on('error', () => undefined)
    return socket
  }
}
