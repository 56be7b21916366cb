import type { IncomingMessage, ServerResponse } from 'node:http'

/** A request with its body read. */
export interface Call {
  method: string
  /** Without the query. */
  path: string
  query: URLSearchParams
  headers: IncomingMessage['headers']
  body: string
}

/** A whole answer. */
export interface Reply {
  status: number
  headers?: Record<string, string>
  /** Sent as JSON unless `text` is there. */
  json?: unknown
  text?: string
}

/** `hang` never answers, `destroy` cuts the connection, `taken` has been answered by the handler itself. */
export type Ending = Reply | 'hang' | 'destroy' | 'taken'

const largestBody = 1_048_576

/** Reads a request to its end; undefined when the body is larger than 1 MiB. */
export async function readCall(request: IncomingMessage): Promise<Call | undefined> {
  const url = new URL(request.url ?? '/', 'http://simulator')
  const pieces: Buffer[] = []
  let size = 0
  for await (const piece of request as AsyncIterable<Buffer>) {
    size += piece.length
    if (size > largestBody) return undefined
    pieces.push(piece)
  }
  return {
    method: request.method ?? 'GET',
    path: url.pathname,
    query: url.searchParams,
    headers: request.headers,
    body: Buffer.concat(pieces).toString('utf8'),
  }
}

export function sendReply(response: ServerResponse, { status, headers, json, text }: Reply): void {
  if (response.destroyed || response.headersSent) return
  const body = text ?? (json === undefined ? '' : JSON.stringify(json))
  const type = text === undefined ? 'application/json' : 'text/html; charset=utf-8'
  response.writeHead(status, {
    ...(body ? { 'content-type': type } : {}),
    'content-length': String(Buffer.byteLength(body)),
    ...headers,
  })
  response.end(body)
}

export const page = (status: number, html: string): Reply => ({ status, text: html, headers: { 'cache-control': 'no-store' } })
export const json = (status: number, body: unknown, headers?: Record<string, string>): Reply => ({ status, json: body, headers })

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? character)

/** The JSON object of a body; an empty body is an empty object, anything else undefined. */
export function readObject(body: string): Record<string, unknown> | undefined {
  if (!body.trim()) return {}
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
