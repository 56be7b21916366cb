/** Stellantis: error bodies and statuses → faults. */
import type { Fault } from '../../cloud/call'
import type { HttpRequest, HttpResponse } from '../../cloud/http'
import { DrivewayError } from '../../vehicle/causes'
import { causeBy, rowFor } from '../faultRow'
import { detailOf, readError } from './errorBody'
import { rows, type Kind } from './faultRows'
import { isMembers } from './wire'

type Asked = Pick<HttpRequest, 'template' | 'method'>

/** The first pattern that fits the path's template. */
const kinds: readonly (readonly [pattern: RegExp, kind: Kind, method?: string])[] = [
  [/\/remotes$/, 'order', 'POST'],
  [/\/(channels|callbacks)(\/|$)/, 'owned'],
  [/\/(user|vehicles)$/, 'list'],
  [/\/vehicles\/\{id\}(\/capability)?$/, 'vehicle'],
]

export const kindOf = ({ template, method }: Asked): Kind =>
  kinds.find(([pattern, , only]) => pattern.test(template) && (only ?? method) === method)?.[1] ?? 'data'

/** An answer that is no success → its fault; `undefined` for a success and for "there is no such data". */
export function faultOf(response: HttpResponse, request: Asked, { headerMode = false } = {}): Fault | undefined {
  if (isSuccess(response, request)) return undefined
  const kind = kindOf(request)
  // Stellantis: a 404 of a data call only says that this car has no such data.
  if (response.status === 404 && kind === 'data') return undefined
  const error = readError(response)
  const failed = { kind, method: request.method, error, response }
  const row = rowFor(rows, failed)
  if (!row) return undefined
  const cause = causeBy(row, failed, detailOf(response, `${request.method} ${request.template}`))
  if (headerMode && row.retry === 'renew') return { phase: row.phase, cause: { ...cause, ...keysRefused }, retry: 'no' }
  return { phase: row.phase, cause, retry: row.retry }
}

/** In header mode there is no token that could be renewed. */
const keysRefused = {
  code: 'KEY_INVALID',
  message: 'Stellantis does not accept the keys of this account',
  action: 'Check client id, client secret and user id.',
} as const

/** Reads must say something; changes may answer without a word, except that what was made has a name. */
function isSuccess({ status, body }: HttpResponse, { method }: Asked): boolean {
  if (status < 200 || status >= 300) return false
  return method === 'PUT' || method === 'DELETE' || isMembers(body)
}

/** What we had made is there no more (or never was): whoever needs it makes it again. */
export const isGone = (error: unknown): boolean =>
  error instanceof DrivewayError && error.code === 'PROVIDER_ERROR' && error.cause.provider?.httpStatus === 404
