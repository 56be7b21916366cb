import type { HttpResponse } from '../../cloud/http'
import type { ProviderDetail } from '../../vehicle/causes'
import { hideVehicle } from '../mapping'

/** What an error answer says, whichever of Volvo's ten shapes it has. */
export interface ErrorBody {
  /** A code-like word such as `FORBIDDEN`, where there is one. */
  code?: string
  /** The text for people. */
  text?: string
}

type Members = Readonly<Record<string, unknown>>
const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null && !Array.isArray(value)
const textIn = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
const isCode = (text: string | undefined): boolean => text !== undefined && /^[A-Z][A-Z0-9_]*$/.test(text)

/**
 * Reads in this order: `error` as an object, `error` as a text, members at the top, raw text.
 * Never throws; an answer that says nothing gives nothing.
 */
export function readError(response: Pick<HttpResponse, 'body' | 'text'>): ErrorBody {
  const { body } = response
  if (!isMembers(body)) return { text: textIn(response.text)?.slice(0, 200) }
  if (isMembers(body.error)) return codeAndText(body.error)
  const word = textIn(body.error)
  if (word !== undefined) return { code: word, text: textIn(body.error_description) }
  return codeAndText(body)
}

function codeAndText(members: Members): ErrorBody {
  const message = textIn(members.message)
  const code = textIn(members.code) ?? (isCode(message) ? message : undefined)
  const text = textIn(members.description) ?? (message === code ? undefined : message)
  return { code, text: text ?? detailText(members.detail) ?? detailText(members.details) }
}

function detailText(detail: unknown): string | undefined {
  const found: unknown = Array.isArray(detail) ? detail[0] : detail
  return isMembers(found) ? (textIn(found.message) ?? textIn(found.code)) : textIn(found)
}

const kept = { operationId: 'vcc-api-operationid', traceparent: 'traceparent' }

/** What support needs of an answer: no header beside the ids, no body, no vehicle number. */
export function detailOf(
  response: HttpResponse,
  call: string,
  said: { status?: string; message?: string } = readable(response),
): ProviderDetail {
  const inBody = isMembers(response.body) ? textIn(response.body.operationId) : undefined
  const ids: Record<string, string> = {}
  for (const [name, header] of Object.entries(kept)) {
    const value = response.headers[header] ?? (name === 'operationId' ? inBody : undefined)
    if (value) ids[name] = value.slice(0, 80)
  }
  return {
    ...(said.status ? { status: said.status.slice(0, 60) } : {}),
    ...(said.message ? { message: hideVehicle(said.message).slice(0, 200) } : {}),
    httpStatus: response.status,
    call,
    ...(Object.keys(ids).length ? { requestIds: ids } : {}),
  }
}

/** Pages of a proxy say nothing to a person. */
function readable(response: HttpResponse): { status?: string; message?: string } {
  const { code, text } = readError(response)
  return { status: code, message: text?.startsWith('<') ? undefined : text }
}
