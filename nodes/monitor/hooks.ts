/** Where clouds deliver: one route and one `upgrade` listener for all accounts, whatever is deployed. */
import type { IncomingMessage } from 'node:http'
import type { NodeAPI } from 'node-red'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { seconds, type Clock } from '../../src/clock'
import { largest, type Arrived, type Taken } from '../../src/monitors/intake'

export type Receive = (arrived: Arrived) => Promise<Taken>

/** Whether an address is one of ours; nothing of what would be delivered is looked at. */
export type Admit = (account: string, secret: string) => Promise<Taken>

/** Below this everything is ours; `httpNodeRoot` comes before it. */
export const hooksPath = '/driveway/hooks'

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

/** Apps that have the route already: Node-RED begins a module anew when its nodes are switched off and on in the palette. */
const served = new WeakSet<object>()

/** Serves `POST <httpNodeRoot>/driveway/hooks/:account/:secret` for as long as the process lives. */
export function serveHooks(RED: NodeAPI, clock: Clock, admit: Admit, receive: Receive): void {
  if (RED.settings.httpNodeRoot === false || !RED.httpNode || served.has(RED.httpNode)) return
  served.add(RED.httpNode)
  const { httpNodeMiddleware } = RED.settings as { httpNodeMiddleware?: RequestHandler | RequestHandler[] }
  const before = httpNodeMiddleware ? [httpNodeMiddleware].flat() : []
  RED.httpNode.post(`${hooksPath}/:account/:secret`, ...before, (req: Request, res: Response, _next: NextFunction) => {
    answer(req, clock, admit, receive).then(
      (taken) => reply(req, res, taken),
      () => reply(req, res, { status: 500 }),
    )
  })
}

function reply(req: Request, res: Response, { status, retryAfter }: Taken): void {
  if (res.headersSent) return
  if (retryAfter !== undefined) res.set('Retry-After', String(Math.ceil(retryAfter)))
  // What is not wanted is not read to its end: the connection goes with the answer.
  if (!req.complete) res.set('Connection', 'close')
  res.status(status).set('Cache-Control', 'no-store').end()
}

async function answer(req: Request, clock: Clock, admit: Admit, receive: Receive): Promise<Taken> {
  const contentLength = lengthOf(req)
  const arrived = {
    account: String(req.params.account),
    secret: String(req.params.secret),
    contentLength,
    headers: textsOf(req.headers),
    query: textsOf(req.query),
  }
  if (!isParsed(req)) {
    // Who does not know the secret is not listened to, and learns nothing but that.
    const admitted = await admit(arrived.account, arrived.secret)
    if (admitted.status !== 200) return admitted
  }
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

/** Node-RED has read the body already, which it does with its default roots. Express's body parsers leave this mark. */
const isParsed = (req: Request): boolean => (req as { _body?: boolean })._body === true

const bodyOf = async (req: Request, clock: Clock): Promise<unknown> =>
  isParsed(req) ? (req.body as unknown) : textOf(req, clock)

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
