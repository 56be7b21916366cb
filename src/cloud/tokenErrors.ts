/** What a token endpoint's refusal, or an error in a sign-in redirect, means. */
import type { Cause, CauseCode } from '../vehicle/causes'
import { retryAfterIn, untilReset } from './waits'

/** Which kind of grant was refused. */
export type Grant = 'refresh' | 'code' | 'client'

/** A refusal as the table looks at it. */
interface Refusal {
  provider: string
  grant: Grant
  status: number
  /** The `error` word of RFC 6749, or Stellantis' `code`. */
  word: string
}

interface Answer {
  status: number
  body: unknown
  headers?: Readonly<Record<string, string>>
}

interface Row {
  provider?: string
  grant?: Grant
  statuses?: readonly number[]
  word?: string
  code: CauseCode
  message: (provider: string) => string
  action: string
}

const signInAgain = 'Open the account and sign in again.'
const again = 'Start the sign-in again.'
const signedOut = (provider: string) => `Signed out by ${provider}`
const notAccepted = (provider: string) => `${provider} did not accept this sign-in`
const refusedClient = (provider: string) => `${provider} does not accept the client id and secret`

/** The first row that fits counts; fields that are absent fit everything. */
const rows: readonly Row[] = [
  {
    statuses: [429],
    code: 'QUOTA_MINUTE',
    message: (p) => `${p}: too many sign-in calls within a minute`,
    action: 'Wait a minute.',
  },
  {
    word: '495',
    code: 'INVALID_CONFIG',
    message: (p) => `${p} does not accept the client certificate`,
    action: 'Install a valid client certificate.',
  },
  // INVERS: only client credentials, and the format of its errors is not documented, so the status decides.
  {
    grant: 'client',
    statuses: [400, 401],
    code: 'KEY_INVALID',
    message: refusedClient,
    action: 'Check client id and secret; a # in the id is part of it.',
  },
  {
    grant: 'client',
    statuses: [403],
    code: 'SCOPE_MISSING',
    message: (p) => `${p} gives this client no permission`,
    action: 'Give the API client its permissions.',
  },
  { word: 'invalid_grant', grant: 'refresh', code: 'AUTH_EXPIRED', message: signedOut, action: signInAgain },
  { word: 'invalid_grant', provider: 'Stellantis', code: 'AUTH_EXPIRED', message: notAccepted, action: signInAgain },
  { word: 'invalid_grant', code: 'AUTH_REQUIRED', message: notAccepted, action: again },
  { word: 'invalid_client', code: 'KEY_INVALID', message: refusedClient, action: 'Check client id and secret.' },
  {
    word: 'unauthorized_client',
    code: 'INVALID_CONFIG',
    message: (p) => `${p} does not let this application sign in this way`,
    action: 'Publish your application with this sign-in kind.',
  },
  {
    word: 'invalid_scope',
    code: 'SCOPE_MISSING',
    message: (p) => `${p} does not grant the permissions asked for`,
    action: 'Ask only for permissions your application owns.',
  },
  {
    word: 'server_error',
    provider: 'Stellantis',
    code: 'INVALID_CONFIG',
    message: notAccepted,
    action: 'Use the sign-in window.',
  },
  {
    word: 'unsupported_grant_type',
    code: 'INTERNAL',
    message: (p) => `${p} does not know the kind of token request we made`,
    action: 'Report this fault to us.',
  },
  {
    statuses: [400, 401, 403],
    provider: 'Stellantis',
    grant: 'code',
    code: 'AUTH_REQUIRED',
    message: notAccepted,
    action: again,
  },
  {
    statuses: [400, 401, 403],
    code: 'AUTH_EXPIRED',
    message: signedOut,
    action: 'Open the account and sign in again; if the login is locked, after a while.',
  },
]

const fits = (row: Row, refusal: Refusal): boolean =>
  (row.provider === undefined || row.provider === refusal.provider) &&
  (row.grant === undefined || row.grant === refusal.grant) &&
  (row.word === undefined || row.word === refusal.word) &&
  (row.statuses === undefined || row.statuses.includes(refusal.status))

/**
 * The cause of a token call that was answered, but not with tokens. What no row knows (404, 5xx, 3xx, a 200 without
 * tokens) is an outage: the sign-in stays. Nothing of the body is told but a known error word. `now` in ms since 1970.
 */
export function causeOfTokenError(provider: string, grant: Grant, answer: Answer, now: number): Cause {
  const word = errorWord(answer.body)
  const row = rows.find((candidate) => fits(candidate, { provider, grant, status: answer.status, word }))
  const detail = { httpStatus: answer.status, call: 'POST token', ...(isWord(word) && { status: word }) }
  const retryAfter = waitIn(answer, now)
  if (!row) {
    return {
      code: 'PROVIDER_DOWN',
      message: `${provider}'s sign-in is out of order (${answer.status})`,
      action: 'Wait.',
      ...(retryAfter !== undefined && { retryAfter }),
      provider: detail,
    }
  }
  const wait = row.code === 'QUOTA_MINUTE' ? { retryAfter: retryAfter ?? 60 } : {}
  return { code: row.code, message: row.message(provider), action: row.action, ...wait, provider: detail }
}

/** The cause of `error=…` in the address a sign-in came back to. */
export function causeOfRedirectError(provider: string, error: string): Cause {
  const row = error === 'invalid_scope' ? rows.find(({ word }) => word === 'invalid_scope') : undefined
  const detail = isWord(error) ? { provider: { status: error } } : {}
  if (row) return { code: row.code, message: row.message(provider), action: row.action, ...detail }
  return { code: 'AUTH_REQUIRED', message: notAccepted(provider), action: again, ...detail }
}

const isWord = (text: string): boolean => /^[a-z_]{3,40}$/.test(text)

function errorWord(body: unknown): string {
  if (typeof body !== 'object' || body === null) return ''
  const { error, code } = body as { error?: unknown; code?: unknown }
  for (const word of [error, code]) if (typeof word === 'string' || typeof word === 'number') return String(word)
  return ''
}

/** Longer than anybody waits; whoever tells more is not believed. */
const longestWait = 86_400

/** INVERS: two kinds of 429, told apart by the header; where both are there, the later time counts. */
function waitIn({ status, headers = {} }: Answer, now: number): number | undefined {
  const isRefused = status === 429
  const told = [retryAfterIn(headers['retry-after'], now), isRefused ? untilReset(headers['x-rate-limit-reset'], now) : undefined]
  const waits = told.filter((wait) => wait !== undefined)
  return waits.length > 0 ? Math.min(longestWait, Math.max(isRefused ? 1 : 0, ...waits)) : undefined
}
