/** Stellantis: statuses and error bodies, what each means. The first row that fits wins. */
import type { Fault, Retry } from '../../cloud/call'
import type { HttpResponse } from '../../cloud/http'
import type { CauseCode } from '../../vehicle/causes'
import type { ErrorBody } from './errorBody'
import { dayLeft, momentLeft, resetOf, retryAfterOf } from './rateLimit'

/** What kind of thing was asked; the same status means different things for each. `owned`: what we made ourselves. */
export type Kind = 'list' | 'vehicle' | 'data' | 'owned' | 'order'

export interface Row {
  /** Statuses, or a test of them. */
  status: readonly number[] | ((status: number) => boolean)
  kind?: readonly Kind[]
  method?: string
  /** Matched against code and text of the error body. */
  says?: RegExp
  /** Any further condition on the answer. */
  when?: (response: HttpResponse) => boolean
  phase: Fault['phase']
  code: CauseCode
  retry: Retry
  message: string
  action: string
  /** Seconds. */
  retryAfter?: (error: ErrorBody, response: HttpResponse) => number | undefined
}

const signInAgain = 'Sign in again.'
const later = 'Try again later.'
const report = 'Send us the diagnostics.'
const any = (): boolean => true
const isPermission = /\bscopes?\b|\b(data|remote|channel|monitor|grouping|datastream):/i
const isLimit = /\blimit|quota|maxim|too many|exceed|at most|reached/i
const headerSeconds = (_: ErrorBody, { headers }: HttpResponse): number | undefined => retryAfterOf(headers)

export const rows: readonly Row[] = [
  {
    status: (status) => status >= 200 && status < 300,
    phase: 'unknown',
    code: 'SCHEMA_DRIFT',
    retry: 'once',
    message: 'Stellantis answered in a form that we do not know',
    action: report,
  },
  {
    status: any,
    says: /^495\b/,
    phase: 'refused',
    code: 'INVALID_CONFIG',
    retry: 'no',
    message: 'Stellantis does not accept the client certificate',
    action: 'Install a valid client certificate.',
  },
  {
    status: [400],
    kind: ['owned'],
    method: 'POST',
    says: isLimit,
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'no',
    message: 'Stellantis allows no more of these',
    action: 'Delete a monitor you no longer need.',
  },
  {
    status: [400, 409],
    kind: ['owned'],
    method: 'DELETE',
    phase: 'refused',
    code: 'BUSY',
    retry: 'wait',
    message: 'Stellantis does not remove this while it is in use',
    action: 'Wait.',
    retryAfter: () => 60,
  },
  {
    status: [400],
    phase: 'refused',
    code: 'INVALID_PARAMS',
    retry: 'no',
    message: 'Stellantis refused the request as not valid',
    action: 'Check what was given.',
  },
  {
    status: [401],
    says: /invalid client id or secret/i,
    phase: 'refused',
    code: 'KEY_INVALID',
    retry: 'no',
    message: 'Stellantis does not accept the client id and secret',
    action: 'Check client id and secret.',
  },
  {
    status: [401],
    says: /not registered to plan/i,
    phase: 'refused',
    code: 'KEY_INVALID',
    retry: 'no',
    message: 'The application has not subscribed to this interface of Stellantis',
    action: 'Subscribe your application to this API.',
  },
  {
    status: [401],
    says: /cannot pass the security checks/i,
    phase: 'refused',
    code: 'SCOPE_MISSING',
    retry: 'renew',
    message: 'Stellantis does not let this sign-in do that',
    action: 'Allow this permission and sign in again.',
  },
  // Told only after a new token was refused as well.
  {
    status: [401],
    phase: 'refused',
    code: 'AUTH_REVOKED',
    retry: 'renew',
    message: 'Stellantis has withdrawn the sign-in',
    action: signInAgain,
  },
  {
    status: [403],
    says: isPermission,
    phase: 'refused',
    code: 'SCOPE_MISSING',
    retry: 'no',
    message: 'A permission of Stellantis is missing',
    action: 'Allow this permission and sign in again.',
  },
  {
    status: [403],
    phase: 'refused',
    code: 'VEHICLE_NOT_YOURS',
    retry: 'no',
    message: 'Stellantis says that this car belongs to another account',
    action: 'Check the vehicle and the account.',
  },
  {
    status: [404],
    kind: ['list'],
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'Stellantis knows no connected car of this account',
    action: "Activate the connected service in the brand's app.",
    retryAfter: () => 3600,
  },
  // An order goes to a car and comes back by a channel of ours: the text tells which of the two is not known.
  {
    status: [404],
    kind: ['vehicle', 'order'],
    says: /vehic|\b404(00|10)\b/i,
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'Stellantis does not know this car',
    action: 'Check the vehicle number.',
  },
  {
    status: [404],
    kind: ['vehicle'],
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'Stellantis does not know this car',
    action: 'Check the vehicle number.',
  },
  {
    status: [404],
    phase: 'refused',
    code: 'PROVIDER_ERROR',
    retry: 'no',
    message: 'Stellantis does not know what was asked for',
    action: later,
  },
  {
    status: [405, 406, 415],
    phase: 'refused',
    code: 'INTERNAL',
    retry: 'no',
    message: 'Stellantis does not take requests of this form',
    action: 'Report this fault to us.',
  },
  { status: [409], phase: 'refused', code: 'CONFLICT', retry: 'no', message: 'Stellantis sees a conflict', action: later },
  { status: [422], phase: 'refused', code: 'REJECTED', retry: 'no', message: 'Stellantis refused the request', action: later },
  {
    status: [429],
    when: ({ headers }) => dayLeft(headers) === 0 || (resetOf(headers) ?? 0) > 60,
    phase: 'refused',
    code: 'QUOTA_DAY',
    retry: 'no',
    message: "Stellantis: today's calls are used up",
    action: 'Wait, or use fewer calls.',
    retryAfter: (_, { headers }) => retryAfterOf(headers) ?? resetOf(headers) ?? 3600,
  },
  {
    status: [429],
    when: ({ headers }) => momentLeft(headers) === 0,
    phase: 'refused',
    code: 'QUOTA_MINUTE',
    retry: 'wait',
    message: 'Stellantis: too many calls within a second',
    action: 'Wait.',
    retryAfter: (_, { headers }) => retryAfterOf(headers) ?? 2,
  },
  {
    status: [429],
    phase: 'refused',
    code: 'QUOTA_MINUTE',
    retry: 'wait',
    message: 'Stellantis: too many calls at once',
    action: 'Wait.',
    retryAfter: (_, { headers }) => retryAfterOf(headers) ?? 2,
  },
  {
    status: [500],
    says: /^50000\b/,
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'Stellantis had a fault',
    action: "Sign in again if it stays: the car's box may have been changed.",
  },
  { status: [500], phase: 'unknown', code: 'PROVIDER_ERROR', retry: 'backoff', message: 'Stellantis had a fault', action: later },
  {
    status: [501],
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'This car cannot do that',
    action: 'Choose a command the car has.',
  },
  {
    status: [502, 503],
    phase: 'unknown',
    code: 'PROVIDER_DOWN',
    retry: 'backoff',
    message: 'Stellantis is not available',
    action: later,
    retryAfter: headerSeconds,
  },
  {
    status: [504],
    phase: 'unknown',
    code: 'TIMEOUT',
    retry: 'backoff',
    message: 'Stellantis did not answer in time',
    action: 'Look at the car before trying again.',
  },
  {
    status: (status) => status >= 400 && status < 500,
    phase: 'refused',
    code: 'PROVIDER_ERROR',
    retry: 'no',
    message: 'Stellantis refused the request',
    action: later,
  },
  {
    status: any,
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'Stellantis answered with a fault',
    action: later,
  },
]
