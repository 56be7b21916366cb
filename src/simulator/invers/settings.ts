import type { ProblemStyle } from './problems'

/** What the documents leave open, so that a client can be tried with either. INVERS: what is sure, what is not */
export interface InversSettings extends ProblemStyle {
  /** Where the latest known state is read; the default is only a guess. */
  statePath: string
  /** `page-token`: `next_page_token`/`page_token`; `cursor`: the older text, whose later calls must drop `limit`. */
  paging: 'page-token' | 'cursor'
  /** Cars on a page when nothing is said, and at most. */
  pageSize: number
  largestPage: number
  /** Where the token endpoint looks for the grant. */
  grantIn: 'query' | 'either'
  /** How the token endpoint words its errors. */
  tokenErrors: 'oauth' | 'problem'
  /** Seconds. */
  tokenLife: number
  /** Whether a command is answered with the whole state or with what it changed. */
  answer: 'full' | 'partial'
  /** Calls of one API client in a minute; the real number is not known. */
  perMinute: number
  /** How being over that is told. */
  refusal: 'x-rate-limit' | 'retry-after'
  /** Whether every answer tells how much is left, or only a refusal. */
  rateHeaders: 'always' | 'on-refusal'
}

export const defaultSettings: Readonly<InversSettings> = {
  statePath: '/vehicles/{vehicle_id}/vehicle-state',
  paging: 'page-token',
  pageSize: 100,
  largestPage: 1000,
  grantIn: 'query',
  tokenErrors: 'oauth',
  tokenLife: 900,
  answer: 'full',
  perMinute: 6000,
  refusal: 'x-rate-limit',
  rateHeaders: 'always',
  errorType: 'application/json',
}
