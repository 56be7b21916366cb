/** Volvo: error envelopes and HTTP statuses, what each means. The first row that fits wins. */
import type { Fault, Retry } from '../../cloud/call'
import type { HttpResponse } from '../../cloud/http'
import type { CauseCode } from '../../vehicle/causes'
import type { ErrorBody } from './errorBody'
import { parseQuotaText } from './quotaText'

/** What kind of thing was asked; the same status means different things for each. */
export type Kind = 'list' | 'vehicle' | 'data' | 'location' | 'command'

export interface Row {
  /** Statuses, or a test of them. */
  status: readonly number[] | ((status: number) => boolean)
  kind?: readonly Kind[]
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

const signInAgain = 'Sign in again.'
const lookFirst = 'Look at the car before trying again.'
const later = 'Try again later.'
const chooseAnother = 'Choose a command the car has.'

const headerSeconds = (_: ErrorBody, { headers }: HttpResponse): number | undefined => {
  const found = Number(headers['retry-after'] ?? NaN)
  return Number.isFinite(found) && found >= 0 ? Math.ceil(found) : undefined
}

const quotaText = /out of call volume quota/i

export const rows: readonly Row[] = [
  {
    status: [202],
    phase: 'unknown',
    code: 'TIMEOUT',
    retry: 'no',
    message: 'Volvo took the request and did not say how it ended',
    action: lookFirst,
  },
  {
    status: [204],
    phase: 'unknown',
    code: 'SCHEMA_DRIFT',
    retry: 'no',
    message: 'Volvo answered without saying anything',
    action: lookFirst,
  },
  {
    status: (status) => status >= 200 && status < 300,
    phase: 'unknown',
    code: 'SCHEMA_DRIFT',
    retry: 'once',
    message: 'Volvo answered in a form that we do not know',
    action: 'Send us the diagnostics.',
  },
  {
    status: [400],
    phase: 'refused',
    code: 'INVALID_PARAMS',
    retry: 'no',
    message: 'Volvo refused the request as not valid',
    action: 'Check what the command was given.',
  },
  {
    status: [401],
    says: /VCC-API-KEY.*missing|missing.*VCC-API-KEY/i,
    phase: 'refused',
    code: 'KEY_INVALID',
    retry: 'no',
    message: 'The Volvo API key is missing',
    action: 'Enter your Volvo API key in the account.',
  },
  // Good keys are refused at random for days, and a revoked token is blamed on the key.
  {
    status: [401],
    says: /VCC-API-KEY/i,
    phase: 'refused',
    code: 'KEY_INVALID',
    retry: 'key',
    message: 'Volvo does not accept the API key',
    action: 'Check the API key; if it is right, sign in again.',
  },
  {
    status: [401],
    says: /sub claim contains an array/i,
    phase: 'refused',
    code: 'AUTH_EXPIRED',
    retry: 'no',
    message: 'Volvo does not accept this sign-in any more',
    action: signInAgain,
  },
  // Told only after a new token was refused as well.
  {
    status: [401],
    phase: 'refused',
    code: 'AUTH_REVOKED',
    retry: 'renew',
    message: 'Volvo has withdrawn the sign-in',
    action: signInAgain,
  },
  {
    status: [403],
    says: quotaText,
    phase: 'refused',
    code: 'QUOTA_DAY',
    retry: 'no',
    message: "Volvo: today's calls are used up",
    action: 'Wait, or use fewer calls.',
    retryAfter: ({ text }) => parseQuotaText(text ?? '') ?? 3600,
  },
  {
    status: [403],
    says: /no relationship to uuid/i,
    phase: 'refused',
    code: 'VEHICLE_NOT_YOURS',
    retry: 'no',
    message: 'This car does not belong to the Volvo ID that is signed in',
    action: 'Add the car to your Volvo ID in the Volvo app.',
  },
  {
    status: [403],
    says: /not supported by this vehicle/i,
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'This car cannot do that',
    action: chooseAnother,
  },
  {
    status: [403],
    says: /client not allowed to access/i,
    phase: 'refused',
    code: 'SCOPE_MISSING',
    retry: 'no',
    message: 'Volvo has not approved your application for this',
    action: "Wait for Volvo's approval of your application.",
  },
  {
    status: [403],
    says: /access is denied/i,
    phase: 'refused',
    code: 'SCOPE_MISSING',
    retry: 'no',
    message: 'The sign-in lacks the permission for this',
    action: 'Allow this permission for your Volvo application and sign in again.',
  },
  {
    status: [403],
    phase: 'refused',
    code: 'SCOPE_MISSING',
    retry: 'no',
    message: 'Volvo does not permit this',
    action: 'Check the permissions of your application.',
  },
  {
    status: [404],
    says: /allowed markets/i,
    phase: 'refused',
    code: 'MARKET_NOT_SUPPORTED',
    retry: 'no',
    message: "Volvo does not serve this car's country",
    action: 'Nothing: Volvo does not serve this country.',
  },
  {
    status: [404],
    kind: ['vehicle', 'data', 'command'],
    says: /vin not found/i,
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'Volvo does not know this car',
    action: 'Check the vehicle number.',
  },
  {
    status: [404],
    kind: ['vehicle'],
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'Volvo does not know this car',
    action: 'Check the vehicle number.',
  },
  {
    status: [404],
    kind: ['command'],
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'This car does not have this command',
    action: chooseAnother,
  },
  {
    status: [405, 406, 415],
    phase: 'refused',
    code: 'INTERNAL',
    retry: 'no',
    message: 'Volvo did not accept the form of our request',
    action: 'Report this fault to us.',
  },
  {
    status: [409],
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'once',
    message: 'The car is busy with something else',
    action: 'Wait until the car has finished what it is doing.',
  },
  {
    status: [422],
    when: ({ code, text }) => code !== undefined || text !== undefined,
    phase: 'refused',
    code: 'REJECTED',
    retry: 'no',
    message: 'Volvo refused the request',
    action: "Read the car's reason and change it.",
  },
  {
    status: [422],
    phase: 'unknown',
    code: 'REJECTED',
    retry: 'no',
    message: 'Volvo refused the request without a reason',
    action: lookFirst,
  },
  {
    status: [429],
    phase: 'refused',
    code: 'QUOTA_MINUTE',
    retry: 'wait',
    message: 'Volvo: too many calls within a minute',
    action: 'Wait a minute.',
    retryAfter: (error, response) => headerSeconds(error, response) ?? 60,
  },
  {
    status: [500],
    says: /error returned from car/i,
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    retry: 'backoff',
    message: 'The car answered with an error',
    action: 'Look at the car, it may have done it.',
  },
  {
    status: [500],
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'Volvo had an error of its own',
    action: 'Look at the car, try again later.',
  },
  {
    status: [502],
    phase: 'unknown',
    code: 'PROVIDER_DOWN',
    retry: 'backoff',
    message: 'Volvo cannot be reached behind its gateway',
    action: later,
  },
  {
    status: [503],
    says: /in use or asleep/i,
    phase: 'refused',
    code: 'IN_USE',
    retry: 'backoff',
    message: 'The car is in use',
    action: 'Park and leave the car, or start it once.',
  },
  {
    status: [503],
    phase: 'failed',
    code: 'PROVIDER_DOWN',
    retry: 'backoff',
    message: 'Volvo is out of service just now',
    action: later,
    retryAfter: headerSeconds,
  },
  {
    status: [504],
    phase: 'unknown',
    code: 'TIMEOUT',
    retry: 'backoff',
    message: 'Volvo did not get an answer in time',
    action: lookFirst,
  },
  {
    status: (status) => status >= 400 && status < 500,
    phase: 'refused',
    code: 'PROVIDER_ERROR',
    retry: 'no',
    message: 'Volvo refused the request',
    action: 'Report this fault to us.',
  },
  {
    status: () => true,
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'Volvo answered with an error',
    action: later,
  },
]
