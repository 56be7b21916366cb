/** A cloud on loopback that answers as a test tells it to, and what is needed to talk to it. */
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '../../src/clock'
import { Http, type HttpRequest, type HttpResponse } from '../../src/cloud/http'
import type { Tokens } from '../../src/cloud/oauth'
import { tick, type ManualClock } from './clock'

export interface Seen {
  method: string
  path: string
  headers: http.IncomingHttpHeaders
  body: string
}

export interface Scripted {
  status?: number
  /** An object is sent as JSON, a text as it is. */
  body?: unknown
  headers?: Record<string, string>
  /** The connection is cut instead. */
  cut?: true
  /** No answer at all. */
  silent?: true
}

export type Script = Scripted | ((seen: Seen) => Scripted)

export class ScriptedCloud {
  readonly seen: Seen[] = []
  private readonly scripts = new Map<string, Script[]>()
  private constructor(
    private readonly server: http.Server,
    readonly url: string,
  ) {}

  static async open(): Promise<ScriptedCloud> {
    const server = http.createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const cloud = new ScriptedCloud(server, `http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    server.on('request', (request, response) => cloud.serve(request, response))
    return cloud
  }

  /** Answers for `GET /path`, one after the other; the last one stays. Without a script: 404. */
  on(call: string, ...answers: Script[]): this {
    this.scripts.set(call, answers)
    return this
  }

  paths(): string[] {
    return this.seen.map(({ method, path }) => `${method} ${path}`)
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private serve(request: http.IncomingMessage, response: http.ServerResponse): void {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const seen: Seen = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      }
      this.seen.push(seen)
      const queue = this.scripts.get(`${seen.method} ${seen.path}`) ?? []
      const script = queue.length > 1 ? queue.shift() : queue[0]
      const answer =
        typeof script === 'function' ? script(seen) : (script ?? { status: 404, body: { error: { message: 'NOT_FOUND' } } })
      if (answer.cut) return void request.socket.destroy()
      if (answer.silent) return
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {})
      response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers }).end(text)
    })
  }
}

/** Knows whether a request is under way, so that a test moves time only between requests. */
export class WatchedHttp extends Http {
  underWay = 0

  override async request(request: HttpRequest): Promise<HttpResponse> {
    this.underWay++
    try {
      return await super.request(request)
    } finally {
      this.underWay--
    }
  }
}

/** Moves the clock from timer to timer, whenever nothing is on the wire, until `work` is over. */
export async function rush<T>(clock: ManualClock, http: WatchedHttp, work: Promise<T>): Promise<T> {
  let over = false
  const end = () => (over = true)
  work.then(end, end)
  while (!over) {
    await tick()
    if (!over && http.underWay === 0 && clock.next !== undefined) await clock.advance(clock.next - clock.now())
  }
  return work
}

/** Tokens `t1`, `t2` …: each one refused makes room for the next. */
export class CountedTokens implements Tokens {
  renewals = 0
  constructor(private readonly refusal?: Error) {}

  access(): Promise<string> {
    return Promise.resolve(`t${this.renewals + 1}`)
  }

  renew(refused: string): Promise<string> {
    if (this.refusal) return Promise.reject(this.refusal)
    if (refused === `t${this.renewals + 1}`) this.renewals++
    return this.access()
  }
}

export const watchedHttp = (cloud: ScriptedCloud, clock: Clock): WatchedHttp =>
  new WatchedHttp({ baseUrl: cloud.url, clock, name: 'Volvo' })
