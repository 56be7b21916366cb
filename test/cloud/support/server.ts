import * as http from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Seen {
  method: string
  url: string
  headers: http.IncomingHttpHeaders
  body: string
}

export interface LocalServer {
  url: string
  seen: Seen[]
  connections: number
  close(): Promise<void>
}

/** A real HTTP server on loopback; `answer` gets the request with its whole body. */
export async function startServer(answer: (seen: Seen, response: http.ServerResponse) => void): Promise<LocalServer> {
  const seen: Seen[] = []
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const entry = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      seen.push(entry)
      answer(entry, response)
    })
  })
  const local: LocalServer = { url: '', seen, connections: 0, close: () => stop(server) }
  server.on('connection', () => local.connections++)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  local.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return local
}

const stop = (server: http.Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })

/** Waits until something is so; a test that waits in vain ends by mocha's own limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}

/** The error of a promise that must reject. */
export async function rejection(
  promise: Promise<unknown>,
): Promise<Error & { code: string; cause: Record<string, unknown>; sent?: boolean }> {
  try {
    await promise
  } catch (error) {
    return error as never
  }
  throw new Error('It should have been rejected')
}
