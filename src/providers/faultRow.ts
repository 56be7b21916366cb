/** A provider's table of failures: what its answers mean. The first row that fits wins. */
import type { Fault, Retry } from '../cloud/call'
import type { HttpResponse } from '../cloud/http'
import type { Cause, CauseCode, ProviderDetail } from '../vehicle/causes'

/** What an error answer says, whichever shape it has. */
export interface ErrorBody {
  /** A code-like word or number, as text, where there is one. */
  code?: string
  /** The text for people. */
  text?: string
}

/** `Kind`: of what was asked; the same status means different things for each. */
export interface FaultRow<Kind extends string> {
  /** Statuses, or a test of them. */
  status: readonly number[] | ((status: number) => boolean)
  kind?: readonly Kind[]
  method?: string
  /** Matched against code and text of the error body. */
  says?: RegExp
  /** Any further condition on the answer. */
  when?: (error: ErrorBody, response: HttpResponse) => boolean
  phase: Fault['phase']
  code: CauseCode
  retry: Retry
  message: string
  action: string
  /** Seconds. */
  retryAfter?: (error: ErrorBody, response: HttpResponse) => number | undefined
}

/** What was asked, and what came back. */
export interface Failed<Kind extends string> {
  kind: Kind
  method: string
  error: ErrorBody
  response: HttpResponse
}

export function rowFor<Kind extends string>(
  rows: readonly FaultRow<Kind>[],
  { kind, method, error, response }: Failed<Kind>,
): FaultRow<Kind> | undefined {
  const said = [error.code, error.text].join(' ')
  return rows.find(
    (row) =>
      (typeof row.status === 'function' ? row.status(response.status) : row.status.includes(response.status)) &&
      (row.kind?.includes(kind) ?? true) &&
      (row.method ?? method) === method &&
      (row.says?.test(said) ?? true) &&
      (row.when?.(error, response) ?? true),
  )
}

export function causeBy<Kind extends string>(
  { code, message, action, retryAfter }: FaultRow<Kind>,
  { error, response }: Pick<Failed<Kind>, 'error' | 'response'>,
  provider: ProviderDetail,
): Cause {
  const wait = retryAfter?.(error, response)
  return { code, message, ...(wait !== undefined && { retryAfter: wait }), action, provider }
}
