/** Stellantis: the four shapes of error bodies → one. */
import type { HttpResponse } from '../../cloud/http'
import type { ProviderDetail } from '../../vehicle/causes'
import { hideVehicle } from '../mapping'
import { isMembers } from './wire'

export interface ErrorBody {
  /** A code-like word or number, as text. */
  code?: string
  /** The text for people. */
  text?: string
  /** The provider's id of this one error. */
  id?: string
}

const textIn = (value: unknown): string | undefined => {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined
}

/** Never throws; an answer that says nothing, such as a page of HTML, gives nothing. */
export function readError({ body }: Pick<HttpResponse, 'body'>): ErrorBody {
  if (!isMembers(body)) return {}
  // Gateway.
  if ('httpCode' in body || 'moreInformation' in body)
    return { code: textIn(body.httpCode), text: textIn(body.moreInformation) ?? textIn(body.httpMessage) }
  // Sign-in server.
  if (typeof body.error === 'string') return { code: textIn(body.error), text: textIn(body.error_description) }
  // v1 says `name` (`code` in some answers) and `debug`, v4 `code` and `uuid` or `debug`.
  return {
    code: textIn(body.name) ?? textIn(body.code),
    text: textIn(body.message),
    id: textIn(body.uuid) ?? textIn(body.debug),
  }
}

const headerIds = ['x-global-transaction-id', 'apim-debug-trans-id']

/** What support needs of an answer: no header beside the ids, no body, no vehicle number. */
export function detailOf(response: HttpResponse, call: string): ProviderDetail {
  const { code, text, id } = readError(response)
  const ids = [...headerIds.map((name) => [name, response.headers[name]] as const), ['debug', id] as const].flatMap(
    ([name, value]) => (value ? [[name, hideVehicle(value).slice(0, 80)] as const] : []),
  )
  return {
    ...(code ? { status: hideVehicle(code).slice(0, 60) } : {}),
    ...(text ? { message: hideIds(text).slice(0, 200) } : {}),
    httpStatus: response.status,
    call,
    ...(ids.length ? { requestIds: Object.fromEntries(ids) } : {}),
  }
}

/** Vehicle ids are long rows of hexadecimal digits. */
const hideIds = (text: string): string => hideVehicle(text.replace(/[0-9a-f_-]{40,}/gi, '…'))
