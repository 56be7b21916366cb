import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { json, type Reply } from '../http'
import { instant } from './facts'
import type { Generation } from './listing'

/** The gateway in front of the API answers in its own shape. Stellantis: gateway body */
export const gatewayRefusal = (status: number, moreInformation: string, headers?: Record<string, string>): Reply =>
  json(status, { httpCode: String(status), httpMessage: gatewayTexts[status] ?? 'Error', moreInformation }, headers)

const gatewayTexts: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  403: 'Forbidden',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
}

const names: Readonly<Record<number, string>> = {
  400: 'BAD_REQUEST',
  401: 'UNAUTHORIZED',
  403: 'FORBIDDEN',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  500: 'INTERNAL_SERVER_ERROR',
  501: 'REMOTE_NOT_SUPPORTED',
  503: 'SERVICE_UNAVAILABLE',
}

export interface Problem {
  status: number
  message: string
  /** v4: the last two digits; the first three are the status. */
  detail?: number
}

/** What went wrong, thrown by whoever finds out and worded for its generation at the top. */
export class Refused extends Error {
  readonly status: number
  readonly detail: number | undefined

  constructor(problem: Problem) {
    super(problem.message)
    this.status = problem.status
    this.detail = problem.detail
  }
}

const debug = () => `ERROR_${randomBytes(4).toString('hex')}`

/** An error as the API of this generation words it. Stellantis: bodies, shapes 1 and 2 */
export function refusal(generation: Generation, { status, message, detail = 0 }: Problem, now: number): Reply {
  if (generation === 'v4')
    return json(status, { code: status * 100 + detail, uuid: randomUUID(), message, timestamp: instant(now) })
  // The example of 501 has `code` in place of `name`, the one of missing telemetry has a number.
  if (status === 501) return json(status, { code: 'REMOTE_NOT_SUPPORTED', debug: debug(), message })
  if (status === 404 && detail === noData) return json(status, { code: 1001, debug: 'CMP_001234', message: 'Data Not found' })
  return json(status, { name: names[status] ?? 'ERROR', debug: debug(), message })
}

/** The detail of a 404 that only says that this car has sent nothing. */
export const noData = 99

/** A stable opaque id made of what it stands for. */
export const idOf = (text: string, length = 16): string => createHash('sha512').update(text).digest('hex').slice(0, length)
