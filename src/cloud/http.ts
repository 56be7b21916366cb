/** One cloud's HTTP: requests go in, answers or a TransportError come out, and a short record of each is kept. */
import axios, { type AxiosInstance } from 'axios'
import * as http from 'node:http'
import * as https from 'node:https'
import type { Socket } from 'node:net'
import { seconds, type Clock } from '../clock'
import { TransportError, transportError, type Breakdown } from './transport'

export { TransportError } from './transport'

export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Below the base URL, ids already encoded. */
  path: string
  /** In place of the cloud's own base URL, for a sign-in on another host. */
  baseUrl?: string
  /** The path without ids and query, for logs: `/vehicles/{vin}/doors`. */
  template: string
  /** A list repeats its name. */
  query?: Record<string, string | readonly string[]>
  headers?: Record<string, string>
  json?: unknown
  form?: Record<string, string>
  /** For connecting and the whole answer together; default 30 s. */
  timeoutMs?: number
  signal?: AbortSignal
  /** On a new connection, or one that was used moments ago, so that a stale one cannot make a command's fate unknown. */
  fresh?: boolean
  /** Called once when the request is handed to an open connection: from then on it may have arrived. */
  onWritten?(): void
}

export interface HttpResponse {
  status: number
  /** Names in lower case; cookies are left out. */
  headers: Readonly<Record<string, string>>
  /** The parsed JSON; `undefined` when it is none. */
  body: unknown
  text: string
  isJson: boolean
}

/** What is kept of a call for support. */
export interface CallRecord {
  /** ms since 1970. */
  at: number
  method: string
  template: string
  status?: number
  durationMs: number
  /** The cause code when no answer came. */
  code?: string
  requestIds?: Record<string, string>
}

export interface HttpOptions {
  baseUrl: string
  clock: Clock
  /** The cloud's name for messages to people. */
  name: string
  /** PEM texts: a certificate and key to show, and authorities to trust in place of the usual ones. */
  tls?: { cert?: string; key?: string; ca?: string }
  onCall?(record: CallRecord): void
}

const defaultTimeout = seconds(30)
const largestAnswer = 5 * 1024 * 1024
const kept = 50
/** A connection that was answered on so short a time ago is not yet closed by anybody on the way. */
const youngMs = 3000
const pools = (options: https.AgentOptions) => ({ 'http:': new http.Agent(options), 'https:': new https.Agent(options) })
type Pools = ReturnType<typeof pools>
const idHeaders = ['vcc-api-operationid', 'traceparent', 'x-invers-flow-id', 'x-global-transaction-id', 'apim-debug-trans-id']

export class Http {
  private readonly records: CallRecord[] = []
  private readonly agents: Pools
  /** Lets go of a connection that was idle for a moment. */
  private readonly young: Pools
  private readonly client: AxiosInstance
  private closed = false

  constructor(private readonly options: HttpOptions) {
    const { tls } = options
    this.agents = pools({ keepAlive: true, ...tls })
    this.young = pools({ keepAlive: true, timeout: youngMs, ...tls })
    this.client = axios.create({
      maxRedirects: 0,
      maxContentLength: largestAnswer,
      maxBodyLength: largestAnswer,
      validateStatus: () => true,
      responseType: 'text',
      transformResponse: (data: unknown) => data,
      transformRequest: (data: unknown) => data,
      httpAgent: this.agents['http:'],
      httpsAgent: this.agents['https:'],
      headers: { common: { accept: 'application/json, */*', 'user-agent': 'Driveway' } },
    })
  }

  /** The last 50 calls, oldest first. */
  get recent(): readonly CallRecord[] {
    return this.records
  }

  /**
   * Gives the answer, whatever its status; redirects are not followed.
   * Rejects with a TransportError: `NETWORK`, `TIMEOUT`, `SHUTDOWN` (aborted or closed), `SCHEMA_DRIFT` (over 5 MB) or
   * `INVALID_CONFIG` (an address or header that cannot be sent).
   */
  async request(request: HttpRequest): Promise<HttpResponse> {
    const { clock } = this.options
    const at = clock.now()
    const record: CallRecord = { at, method: request.method, template: request.template, durationMs: 0 }
    try {
      const response = await this.exchange(request)
      record.status = response.status
      const ids = requestIdsOf(response.headers)
      if (ids) record.requestIds = ids
      return response
    } catch (error) {
      record.code = error instanceof TransportError ? error.code : 'INTERNAL'
      throw error
    } finally {
      record.durationMs = Math.max(0, clock.now() - at)
      this.records.push(record)
      if (this.records.length > kept) this.records.shift()
      this.options.onCall?.(record)
    }
  }

  /** Takes no more requests and lets go of idle connections. Requests under way still end by themselves. */
  close(): void {
    this.closed = true
    for (const agent of [...Object.values(this.agents), ...Object.values(this.young)]) {
      agent.maxFreeSockets = 0
      for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy()
    }
  }

  private async exchange(request: HttpRequest): Promise<HttpResponse> {
    const { clock, name, baseUrl } = this.options
    const timeoutMs = request.timeoutMs ?? defaultTimeout
    const breakdown: Breakdown = { name, method: request.method, written: false, timeoutMs, error: undefined }
    // The request itself is ended: a signal of its own for each would cost more than all the rest here.
    let flying: http.ClientRequest | undefined
    const end = (why: 'deadline' | 'aborted') => {
      breakdown.ended ??= why
      flying?.destroy(new Error(why))
    }
    const onStart = (started: http.ClientRequest) => {
      flying = started
      if (breakdown.ended) started.destroy(new Error(breakdown.ended))
    }
    const onAbort = () => end('aborted')
    if (this.closed || request.signal?.aborted) throw transportError({ ...breakdown, ended: 'aborted' })
    request.signal?.addEventListener('abort', onAbort, { once: true })
    const deadline = clock.after(timeoutMs, () => end('deadline'))
    const onWritten = () => {
      breakdown.written = true
      request.onWritten?.()
    }
    try {
      const url = addressOf(request.baseUrl ?? baseUrl, request)
      const { data, headers } = bodyOf(request)
      // axios would drop such characters and send a key that is no longer the one that was entered.
      for (const [key, value] of Object.entries(request.headers ?? {})) http.validateHeaderValue(key, value)
      const answer = await this.client.request<string>({
        method: request.method,
        url: url.href,
        data,
        headers: { ...headers, ...request.headers },
        transport: transportFor(request.fresh === true ? this.young : undefined, onStart, onWritten),
        ...(isLoopback(url) && { proxy: false as const }),
      })
      return responseOf(answer.status, answer.headers, answer.data)
    } catch (error) {
      if (isOversize(error)) breakdown.ended ??= 'oversize'
      throw transportError({ ...breakdown, error })
    } finally {
      deadline.cancel()
      request.signal?.removeEventListener('abort', onAbort)
    }
  }
}

/** The address of a request; never another host than the base URL's. */
function addressOf(baseUrl: string, { path, query }: HttpRequest): URL {
  const base = new URL(baseUrl)
  const url = new URL(`${base.href.replace(/\/+$/, '')}${path === '' || path.startsWith('/') ? '' : '/'}${path}`)
  for (const [key, value] of Object.entries(query ?? {})) for (const one of [value].flat()) url.searchParams.append(key, one)
  return url
}

const isLoopback = ({ hostname }: URL): boolean => hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.')

function bodyOf({ json, form }: HttpRequest): { data?: string; headers: Record<string, string> } {
  if (form)
    return { data: new URLSearchParams(form).toString(), headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  if (json !== undefined) return { data: JSON.stringify(json), headers: { 'content-type': 'application/json' } }
  return { headers: {} }
}

type NodeRequest = (options: https.RequestOptions, answered: (response: http.IncomingMessage) => void) => http.ClientRequest

/** Node's own HTTP, telling the moment from which the request may have left this machine. */
function transportFor(
  young: Pools | undefined,
  onStart: (request: http.ClientRequest) => void,
  onWritten: () => void,
): { request: NodeRequest } {
  return {
    request(options, answered) {
      const secure = options.protocol === 'https:'
      if (young && isPool(options.agent)) options.agent = young[secure ? 'https:' : 'http:']
      const request = (secure ? https : http).request(options, answered)
      request.once('socket', (socket: Socket) => {
        if (request.reusedSocket || !socket.connecting) onWritten()
        else socket.once(secure ? 'secureConnect' : 'connect', onWritten)
      })
      onStart(request)
      return request
    },
  }
}

/** Any other kind of agent is the tunnel of a proxy, which must stay. */
const isPool = (agent: unknown): boolean =>
  agent instanceof http.Agent && (agent.constructor === http.Agent || agent.constructor === https.Agent)

const isOversize = (error: unknown): boolean => error instanceof Error && error.message.startsWith('maxContentLength')

function responseOf(status: number, raw: unknown, data: unknown): HttpResponse {
  const text = typeof data === 'string' ? data : ''
  const headers: Record<string, string> = {}
  for (const [key, value] of Object.entries({ ...(raw as Record<string, string | string[] | undefined>) })) {
    if (key.toLowerCase() === 'set-cookie' || value === undefined) continue
    headers[key.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value)
  }
  return { status, headers, text, ...parsed(text) }
}

function parsed(text: string): { body: unknown; isJson: boolean } {
  if (text.trim() === '') return { body: undefined, isJson: false }
  try {
    return { body: JSON.parse(text) as unknown, isJson: true }
  } catch {
    return { body: undefined, isJson: false }
  }
}

function requestIdsOf(headers: Readonly<Record<string, string>>): Record<string, string> | undefined {
  const found = idHeaders.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]] as const]))
  return found.length ? Object.fromEntries(found) : undefined
}
