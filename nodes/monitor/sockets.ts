/** Clouds that connect to us by WebSocket: one `upgrade` listener on Node-RED's own server, while somebody listens. */
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import type { NodeAPI } from 'node-red'
import type { RawData, WebSocket, WebSocketServer } from 'ws'
import { seconds } from '../../src/clock'
import { largest, type Taken } from '../../src/monitors/intake'
import { DrivewayError } from '../../src/vehicle/causes'
import { clockOf } from '../shared/environment'
import { hooksPath, noteProbe, textsOf, type Admit, type Receive } from './hooks'

interface Listening {
  users: number
  end(): void
}

const listening = new WeakMap<Server, Listening>()

/** Close codes of WebSocket (RFC 6455): the service restarts; something went wrong here. */
const restarts = 1012
const failed = 1011
const refused = 1008

const goodbyeWithin = seconds(1)

/**
 * Lets clouds connect until the answer is called; the last one that is ends all connections. Rejects with
 * `INVALID_CONFIG` where the optional package `ws` is missing.
 */
export async function listenForSockets(RED: NodeAPI, admit: Admit, receive: Receive): Promise<() => void> {
  const { server } = RED as unknown as { server: Server }
  const known = listening.get(server) ?? start(RED, server, await loadWs(), admit, receive)
  // Loading may have taken a moment in which somebody else came first.
  listening.set(server, known)
  known.users++
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    if (--known.users > 0) return
    listening.delete(server)
    known.end()
  }
}

type Ws = typeof WebSocketServer

/** Loaded with the first who needs it: it is an optional dependency. */
const loadWs = (): Promise<Ws> =>
  import('ws').then(
    ({ WebSocketServer }) => WebSocketServer,
    () => {
      throw new DrivewayError({
        code: 'INVALID_CONFIG',
        message: 'The package "ws" is not installed, so nothing can come by websocket',
        action: 'Install it in the folder of Node-RED (npm install ws), or choose webhook.',
      })
    },
  )

function start(RED: NodeAPI, server: Server, Sockets: Ws, admit: Admit, receive: Receive): Listening {
  const found = listening.get(server)
  if (found) return found
  const sockets = new Sockets({ noServer: true, maxPayload: largest })
  const below = `${rootOf(RED)}${hooksPath}/`
  const onUpgrade = (req: IncomingMessage, socket: Duplex, head: Buffer) => {
    const place = placeIn(req, below)
    // Node-RED's own sockets, and those of other nodes, are their matter.
    if (place) void welcome(sockets, place, { req, socket, head }, admit, receive)
  }
  server.on('upgrade', onUpgrade)
  const end = () => {
    server.off('upgrade', onUpgrade)
    const clients = [...sockets.clients]
    for (const client of clients) client.close(restarts)
    sockets.close()
    // Who does not answer the goodbye is not waited for.
    clockOf(RED).after(goodbyeWithin, () => clients.forEach((client) => client.terminate()))
  }
  return { users: 0, end }
}

/** `httpNodeRoot` without a slash at the end. */
export const rootOf = (RED: NodeAPI): string => {
  const { httpNodeRoot } = RED.settings
  return typeof httpNodeRoot === 'string' ? `/${httpNodeRoot.replace(/^\/+|\/+$/g, '')}`.replace(/\/$/, '') : ''
}

interface Place {
  account: string
  secret: string
  query: Record<string, string>
}

function placeIn({ url = '' }: IncomingMessage, below: string): Place | undefined {
  const [path = '', search = ''] = url.split('?', 2)
  if (!path.startsWith(below)) return undefined
  const [account = '', secret = ''] = path.slice(below.length).split('/').map(decoded)
  return { account, secret, query: textsOf(Object.fromEntries(new URLSearchParams(search))) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}

interface Knock {
  req: IncomingMessage
  socket: Duplex
  head: Buffer
}

const reasons: Readonly<Record<number, string>> = { 401: 'Unauthorized', 503: 'Service Unavailable' }

async function welcome(sockets: WebSocketServer, place: Place, { req, socket, head }: Knock, admit: Admit, receive: Receive) {
  const onError = () => socket.destroy()
  socket.on('error', onError)
  const headers = textsOf(req.headers)
  const admitted = await admit(place.account, place.secret).catch((): Taken => ({ status: 500 }))
  const { status, retryAfter } = admitted
  noteProbe(headers, admitted)
  if (status !== 200) {
    const wait = retryAfter === undefined ? '' : `Retry-After: ${Math.ceil(retryAfter)}\r\n`
    socket.end(`HTTP/1.1 ${status} ${reasons[status] ?? 'Error'}\r\n${wait}Connection: close\r\nContent-Length: 0\r\n\r\n`)
    return
  }
  socket.off('error', onError)
  sockets.handleUpgrade(req, socket, head, (client) => listen(client, place, headers, receive))
}

/** A client is not read from while this much of it waits to be handed on. */
const mostWaiting = { frames: 100, bytes: 4 * largest }

/**
 * Takes frame after frame, in order. What could not be handed on ends the connection, so that it is sent again; nothing
 * after it is taken, lest the older come after the newer.
 */
function listen(client: WebSocket, { account, secret, query }: Place, headers: Record<string, string>, receive: Receive): void {
  let line: Promise<void> = Promise.resolve()
  let isOver = false
  const waiting = { frames: 0, bytes: 0 }
  const note = (frames: number, bytes: number) => {
    waiting.frames += frames
    waiting.bytes += bytes
    const isMuch = waiting.frames >= mostWaiting.frames || waiting.bytes >= mostWaiting.bytes
    if (isMuch && !client.isPaused) client.pause()
    else if (!isMuch && client.isPaused) client.resume()
  }
  const end = (code: number) => {
    isOver = true
    client.close(code)
  }
  const take = async (body: string, contentLength: number) => {
    if (isOver) return
    const { status } = await receive({ account, secret, query, headers, body, contentLength })
    if (status === 401) end(refused)
    else if (status >= 500) end(status === 503 ? restarts : failed)
  }
  client.on('message', (data: RawData) => {
    if (isOver) return
    const body = textOf(data)
    const size = Buffer.byteLength(body)
    note(1, size)
    line = line
      .then(() => take(body, size))
      .catch(() => end(failed))
      .finally(() => note(-1, -size))
  })
  // Its fault is told by the close that follows.
  client.on('error', () => undefined)
}

function textOf(data: RawData): string {
  if (Array.isArray(data)) return Buffer.concat(data).toString('utf8')
  return data instanceof ArrayBuffer ? Buffer.from(data).toString('utf8') : data.toString('utf8')
}
