/** Volvo: error envelopes and HTTP statuses → faults. */
import type { Fault } from '../../cloud/call'
import type { HttpRequest, HttpResponse } from '../../cloud/http'
import { seconds } from '../../clock'
import type { Cause } from '../../vehicle/causes'
import { causeBy, rowFor } from '../faultRow'
import { detailOf, readError } from './errorBody'
import { rows, type Kind, type Row } from './faultRows'
import { envelope } from './wire'

export function kindOf({ template }: Pick<HttpRequest, 'template'>): Kind {
  if (template.includes('/commands/')) return 'command'
  if (template.endsWith('/vehicles')) return 'list'
  if (template.endsWith('/vehicles/{vin}')) return 'vehicle'
  return template.endsWith('/location') ? 'location' : 'data'
}

export interface Circumstances {
  /** ms since 1970. */
  now: number
  /** The car was in power saving when it was last asked. */
  asleep: boolean
}

/** An answer that is no success → its fault; `undefined` for a success and for "this car has no such data". */
export function faultOf(response: HttpResponse, request: HttpRequest, { now, asleep }: Circumstances): Fault | undefined {
  const kind = kindOf(request)
  const error = readError(response)
  if (isSuccess(response, kind)) return undefined
  const failed = { kind, method: request.method, error, response }
  const row = rowFor(rows, failed)
  if (!row || isAbsence(response, kind, row)) return undefined
  const cause = causeBy(row, failed, detailOf(response, `${request.method} ${request.template}`))
  if (row.code === 'QUOTA_DAY') cause.message = `${row.message}; back at ${backAt(now, cause.retryAfter ?? 0)}`
  if (row.code === 'IN_USE' && asleep)
    Object.assign(cause, { code: 'ASLEEP', message: 'The car is asleep' } satisfies Partial<Cause>)
  return { phase: row.phase, cause, retry: row.retry }
}

function isSuccess({ status, isJson, body }: HttpResponse, kind: Kind): boolean {
  if (status !== 200 || !isJson) return false
  return kind === 'command' || envelope.safeParse(body).success
}

/** A 404 that no row names says only that this car has no such data. */
const isAbsence = ({ status }: HttpResponse, kind: Kind, { code }: Row): boolean =>
  status === 404 && (kind === 'data' || kind === 'location') && code === 'PROVIDER_ERROR'

/** `02:00 (in 3 h)`, in the zone of the runtime. */
function backAt(now: number, afterSeconds: number): string {
  const at = new Date(now + seconds(afterSeconds))
  const clock = [at.getHours(), at.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':')
  const minutes = Math.max(1, Math.round(afterSeconds / 60))
  return `${clock} (in ${minutes < 90 ? `${minutes} min` : `${Math.round(minutes / 60)} h`})`
}
