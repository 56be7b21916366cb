import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebSocketServer } from 'ws'
import type { Json } from './support'

export interface Received {
  path: string
  headers: IncomingHttpHeaders
  /** A message, or a batch of them. */
  body: Json
}

/** Somebody to whom the simulated cloud delivers: by POST, and by sockets that it opens. */
export interface Receiver {
  readonly url: string
  readonly socketUrl: string
  readonly received: Received[]
  /** What it answers to a POST. */
  answer: number
  /** Resolves when so many have come. */
  until(count: number): Promise<Received[]>
  close(): Promise<void>
}

export async function givenReceiver(): Promise<Receiver> {
  const received: Received[] = []
  const waiting = new Set<() => void>()
  const take = (request: IncomingMessage, text: string) => {
    received.push({ path: request.url ?? '', headers: request.headers, body: JSON.parse(text) as Json })
    for (const wake of waiting) wake()
  }
  const server = createServer((request, response) => {
    const pieces: Buffer[] = []
    request.on('data', (piece: Buffer) => pieces.push(piece))
    request.on('end', () => {
      response.writeHead(receiver.answer).end()
      take(request, Buffer.concat(pieces).toString('utf8'))
    })
  })
  const sockets = new WebSocketServer({ server })
  sockets.on('connection', (socket, request) => socket.on('message', (data: Buffer) => take(request, data.toString('utf8'))))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}`,
    socketUrl: `ws://127.0.0.1:${port}`,
    received,
    answer: 200,
    async until(count) {
      while (received.length < count)
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiting.delete(wake)
            resolve()
          }
          waiting.add(wake)
        })
      return received
    },
    close: () =>
      new Promise((resolve) => {
        for (const client of sockets.clients) client.terminate()
        sockets.close()
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  return receiver
}
