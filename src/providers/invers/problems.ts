/** INVERS: an answer that is no success → its fault. */
import type { Fault } from '../../cloud/call'
import type { HttpRequest, HttpResponse } from '../../cloud/http'
import { retryAfterIn, untilReset } from '../../cloud/waits'
import type { ProviderDetail } from '../../vehicle/causes'
import { hideVehicle } from '../mapping'
import { aliases, byStatus, byType, type Row } from './problemRows'
import { isMembers, problem } from './wire'

export interface Circumstances {
  /** ms since 1970. */
  now: number
  /** Seconds to wait where an answer does not tell how long. */
  untold: number
}

/** INVERS: 403 for a fault of its own; nothing was passed on to the car. */
export const authorizationServerError = '/problems/authorization-server-error'

/** Longer than anybody waits; whoever tells more is not believed. */
const longestWait = 86_400

/** The `type` of a problem as INVERS' documents write it; `undefined`: the body is no problem document. */
function typeOf(body: unknown): string | undefined {
  const { type } = problem.safeParse(body).data ?? {}
  if (!type || type === 'about:blank') return undefined
  const path = /^[a-z]+:\/\//i.test(type) && URL.canParse(type) ? new URL(type).pathname : type
  const bare = path.replace(/\/+$/, '')
  return aliases[bare] ?? bare
}

/** `undefined` for a success. INVERS: 200 with JSON; a command that was carried out may answer with nothing at all. */
export function faultOf(response: HttpResponse, request: HttpRequest, { now, untold }: Circumstances): Fault | undefined {
  if (isSuccess(response, request)) return undefined
  const type = typeOf(response.body)
  const row: Row | undefined =
    (type !== undefined && response.status >= 400 && Object.hasOwn(byType, type) ? byType[type] : undefined) ??
    byStatus.find(({ statuses }) =>
      typeof statuses === 'function' ? statuses(response.status) : statuses.includes(response.status),
    )
  if (!row) return undefined
  const { phase, code, retry, message, action } = row
  const retryAfter = waitOf(row, response, request, now) ?? (code === 'QUOTA_MINUTE' ? untold : undefined)
  return {
    phase,
    retry,
    cause: {
      code,
      message,
      action,
      ...(retryAfter !== undefined && { retryAfter }),
      provider: detailOf(response, request),
    },
  }
}

function isSuccess({ status, isJson, body, text }: HttpResponse, { method }: HttpRequest): boolean {
  if (method === 'POST') return status === 200 && (text.trim() === '' || isMembers(body))
  return (status === 200 && isJson) || status === 204
}

/** INVERS: two kinds of 429, told apart by the header; where both are there, the later time counts. */
function waitOf(row: Row, { headers }: HttpResponse, { method }: HttpRequest, now: number): number | undefined {
  if (row.code !== 'QUOTA_MINUTE' && row.code !== 'PROVIDER_DOWN') return method === 'GET' ? row.readAgain : undefined
  const told = [retryAfterIn(headers['retry-after'], now), untilReset(headers['x-rate-limit-reset'], now)]
  const waits = told.filter((wait) => wait !== undefined)
  return waits.length > 0 ? Math.min(longestWait, Math.max(1, ...waits)) : undefined
}

/** What support needs: the type, the flow id, and the words for people without the id of the car. */
export function detailOf(response: HttpResponse, { method, template, path }: HttpRequest): ProviderDetail {
  const { detail, flow_id: inBody } = problem.safeParse(response.body).data ?? {}
  const flowId = flowIdOf(response) ?? inBody
  const type = typeOf(response.body)
  const vehicle = decodeURIComponent(/\/vehicles\/([^/?]+)/.exec(path)?.[1] ?? '')
  const said = detail && vehicle ? detail.replaceAll(vehicle, '…') : detail
  return {
    ...(type && { status: type.slice(0, 80) }),
    ...(said && { message: hideVehicle(said).slice(0, 200) }),
    httpStatus: response.status,
    call: `${method} ${template}`,
    ...(flowId && { requestIds: { flowId: flowId.slice(0, 80) } }),
  }
}

/** INVERS: an id that ties a call, its answer and the events that it causes together. */
export const flowIdOf = ({ headers }: Pick<HttpResponse, 'headers'>): string | undefined => headers['x-invers-flow-id']
