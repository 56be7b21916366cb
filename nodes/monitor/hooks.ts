/** Where clouds deliver: one route and one `upgrade` listener for all accounts, whatever is deployed. */
import type { IncomingMessage } from 'node:http'
import type { NodeAPI } from 'node-red'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { seconds, type Clock } from '../../src/clock'

/** What arrived at an account's address. Header names in lower case. */
export interface Arrived {
  account: string
  secret: string
  contentLength?: number
  body: unknown
  headers: Readonly<Record<string, string>>
  query: Readonly<Record<string, string>>
}

export interface Taken {
  status: number
  /** Seconds. */
  retryAfter?: number
}

export type Receive = (arrived: Arrived) => Promise<Taken>

/** Below this everything is ours; `httpNodeRoot` comes before it. */
export const hooksPath = '/driveway/hooks'

/** A delivery is a page at most; a batch has 100 of them. */
export const largest = 1024 * 1024

/** A sender that stops halfway is not waited for. */
const bodyWithin = seconds(30)

/** Marks what we send to ourselves, to see whether an address leads here. */
export const probeHeader = 'x-driveway-test'

const probes = new Map<string, Probe>()

interface Probe {
  /** It arrived, with the right secret. */
  seen: boolean
  end(): void
}

/** Looks out for something marked with this nonce, until `end`. */
export function expectProbe(nonce: string): Probe {
  const probe = { seen: false, end: () => void probes.delete(nonce) }
  probes.set(nonce, probe)
  return probe
}

/** Something came in that may be marked. */
export function noteProbe(headers: Readonly<Record<string, string>>, { status }: Taken): void {
  const probe = probes.get(headers[probeHeader] ?? '')
  if (probe && status === 200) probe.seen = true
}

/** Apps that have the route already: a module that is loaded again must not mount it twice. */
const served = new WeakSet<object>()

/** Serves `POST <httpNodeRoot>/driveway/hooks/:account/:secret` for as long as the process lives. */
export function serveHooks(RED: NodeAPI, clock: Clock, receive: Receive): void {
  if (RED.settings.httpNodeRoot === false || !RED.httpNode || served.has(RED.httpNode)) return
  served.add(RED.httpNode)
  const { httpNodeMiddleware } = RED.settings as { httpNodeMiddleware?: RequestHandler | RequestHandler[] }
  const before = httpNodeMiddleware ? [httpNodeMiddleware].flat() : []
  RED.httpNode.post(`${hooksPath}/:account/:secret`, ...before, (req: Request, res: Response, _next: NextFunction) => {
    answer(req, clock, receive).then(
      (taken) => reply(res, taken),
      () => reply(res, { status: 500 }),
    )
  })
}

function reply(res: Response, { status, retryAfter }: Taken): void {
  if (res.headersSent) return
  if (retryAfter !== undefined) res.set('Retry-After', String(Math.ceil(retryAfter)))
  // What was too much is not read to its end.
  if (status === 413) res.set('Connection', 'close')
  res.status(status).set('Cache-Control', 'no-store').end()
}

async function answer(req: Request, clock: Clock, receive: Receive): Promise<Taken> {
  const contentLength = lengthOf(req)
  const arrived = {
    account: String(req.params.account),
    secret: String(req.params.secret),
    contentLength,
    headers: textsOf(req.headers),
    query: textsOf(req.query),
  }
  // Who does not know the secret is not listened to, and learns nothing but that.
  if (contentLength !== undefined && contentLength > largest) return receive({ ...arrived, body: undefined })
  const body = await bodyOf(req, clock)
  if (body === tooMuch) return receive({ ...arrived, contentLength: largest + 1, body: undefined })
  const taken = await receive({ ...arrived, body })
  noteProbe(arrived.headers, taken)
  return taken
}

function lengthOf({ headers }: IncomingMessage): number | undefined {
  const told = Number(headers['content-length'])
  return headers['content-length'] !== undefined && Number.isFinite(told) ? told : undefined
}

/** Single texts; of what came several times the first. */
export function textsOf(given: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, value]: [string, unknown]) => {
      const first: unknown = Array.isArray(value) ? value[0] : value
      return typeof first === 'string' ? [[name, first]] : []
    }),
  )
}

const tooMuch = Symbol('too much')

/** What Node-RED has parsed already, which it does with its default roots; else the text itself. */
async function bodyOf(req: Request, clock: Clock): Promise<unknown> {
  // Express's body parsers leave this mark.
  if ((req as { _body?: boolean })._body) return req.body as unknown
  return textOf(req, clock)
}

function textOf(req: IncomingMessage, clock: Clock): Promise<string | typeof tooMuch> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const limit = clock.after(bodyWithin, () => req.destroy())
    req.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > largest) {
        req.pause()
        limit.cancel()
        resolve(tooMuch)
      } else chunks.push(chunk)
    })
    req.once('end', () => {
      limit.cancel()
      resolve(Buffer.concat(chunks).toString('utf8'))
    })
    const cut = () => {
      limit.cancel()
      reject(new Error('cut off'))
    }
    req.once('aborted', cut)
    req.once('error', cut)
  })
}
