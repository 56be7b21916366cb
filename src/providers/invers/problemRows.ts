/** INVERS: error model, the table of problem types, and what each means. */
import type { Fault, Retry } from '../../cloud/call'
import type { CauseCode } from '../../vehicle/causes'

export interface Row {
  phase: Fault['phase']
  code: CauseCode
  retry: Retry
  message: string
  action: string
  /** Seconds after which a read may be tried again. */
  readAgain?: number
}

const check = 'Check what was given.'
const permit = 'Give the API client the permission.'
const report = 'Report this fault to us.'
const later = 'Try again later.'
const unable = 'Nothing: the unit cannot do it.'
const lookFirst = 'Look at the vehicle before trying again.'
const noScope = 'INVERS: the API client lacks a permission for this'
const notValid = 'INVERS refused the request as not valid'
const tooMany = 'INVERS: too many calls'

/** By `type`: its path, without a slash at the end. */
export const byType: Readonly<Record<string, Row>> = {
  '/problems/invalid-json': { phase: 'refused', code: 'INTERNAL', retry: 'no', message: notValid, action: report },
  '/problems/validation-error': { phase: 'refused', code: 'INVALID_PARAMS', retry: 'no', message: notValid, action: check },
  '/problems/referenced-resource-not-found': {
    phase: 'refused',
    code: 'INVALID_PARAMS',
    retry: 'no',
    message: 'INVERS does not know something that was named',
    action: check,
  },
  '/problems/missing-credentials': {
    phase: 'refused',
    code: 'AUTH_REQUIRED',
    retry: 'renew',
    message: 'INVERS was called without credentials',
    action: "Enter the API client's id and secret.",
  },
  '/problems/invalid-credentials': {
    phase: 'refused',
    code: 'AUTH_REVOKED',
    retry: 'renew',
    message: 'INVERS does not accept this API client any more',
    action: 'Check the API client in FleetControl.',
  },
  '/problems/missing-permissions': { phase: 'refused', code: 'SCOPE_MISSING', retry: 'no', message: noScope, action: permit },
  '/problems/forbidden-resource': { phase: 'refused', code: 'SCOPE_MISSING', retry: 'no', message: noScope, action: permit },
  // A fault of the authorization server, for all its 403.
  '/problems/authorization-server-error': {
    phase: 'failed',
    code: 'PROVIDER_DOWN',
    retry: 'backoff',
    message: 'INVERS cannot check sign-ins just now',
    action: later,
  },
  '/problems/resource-not-found': {
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'INVERS does not have this vehicle in the fleet',
    action: 'Check the vehicle id and the fleet.',
  },
  '/problems/vehicle/command-not-supported': {
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'This vehicle does not support the command',
    action: 'Choose a command the vehicle has.',
  },
  '/problems/vehicle/conflicting-state': {
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'no',
    message: 'The vehicle cannot do this in its present state; it may be moving',
    action: 'Stop the vehicle, then try again.',
  },
  '/problems/vehicle/conflicting-command': {
    phase: 'refused',
    code: 'BUSY',
    retry: 'once',
    message: 'The vehicle is carrying out another command',
    action: 'Wait for the first one.',
  },
  '/problems/vehicle/conflicting-setup-status': {
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'no',
    readAgain: 60,
    message: 'The setup of this vehicle is not finished',
    action: "Finish the vehicle's setup in FleetControl.",
  },
  '/problems/conflicting-operation': {
    phase: 'refused',
    code: 'BUSY',
    retry: 'no',
    readAgain: 60,
    message: 'Something else is being done with this vehicle',
    action: 'Wait.',
  },
  '/problems/conflicting-resource': {
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'no',
    message: 'Something in the fleet is in the way of this',
    action: 'Change what is in the way.',
  },
  '/problems/incompatible-telematics-unit-model': {
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'The telematics unit of this vehicle is of a model that cannot do this',
    action: unable,
  },
  '/problems/incompatible-installation-variant': {
    phase: 'refused',
    code: 'UNSUPPORTED',
    retry: 'no',
    message: 'The telematics unit of this vehicle is installed in a way that cannot do this',
    action: unable,
  },
  '/problems/too-many-requests': { phase: 'refused', code: 'QUOTA_MINUTE', retry: 'wait', message: tooMany, action: 'Wait.' },
  '/problems/internal-server-error': {
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'INVERS had a fault of its own',
    action: 'Try again; give INVERS the flow id.',
  },
  '/problems/telematics-unit/error': {
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    retry: 'once',
    message: 'The telematics unit in the vehicle had an error',
    action: 'Restart the unit in the vehicle.',
  },
  '/problems/third-party/error': {
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: "The maker's cloud or the vehicle answered INVERS with an error",
    action: "Look at the vehicle; see the maker's status page.",
  },
  '/problems/vehicle/no-connection': {
    phase: 'unknown',
    code: 'UNREACHABLE',
    retry: 'no',
    readAgain: 60,
    message: 'INVERS has no connection to the vehicle',
    action: 'Look at the vehicle; it may stand underground.',
  },
}

/** The type of one problem and the address of its page differ. */
export const aliases: Readonly<Record<string, string>> = {
  '/problems/telematics-unit-error': '/problems/telematics-unit/error',
}

/** By status, where no known type is told; the first that fits. */
export const byStatus: readonly (Row & { statuses: readonly number[] | ((status: number) => boolean) })[] = [
  { statuses: [400, 422], phase: 'refused', code: 'INVALID_PARAMS', retry: 'no', message: notValid, action: check },
  {
    statuses: [401],
    phase: 'refused',
    code: 'AUTH_REVOKED',
    retry: 'renew',
    message: 'INVERS does not accept this API client any more',
    action: 'Check the API client in FleetControl.',
  },
  { statuses: [403], phase: 'refused', code: 'SCOPE_MISSING', retry: 'no', message: noScope, action: permit },
  {
    statuses: [404],
    phase: 'refused',
    code: 'VEHICLE_UNKNOWN',
    retry: 'no',
    message: 'INVERS does not have this vehicle in the fleet',
    action: 'Check the vehicle id.',
  },
  {
    statuses: [405, 406, 415],
    phase: 'refused',
    code: 'INTERNAL',
    retry: 'no',
    message: 'INVERS does not know this kind of request',
    action: report,
  },
  {
    statuses: [409],
    phase: 'refused',
    code: 'CONFLICT',
    retry: 'no',
    message: 'INVERS cannot do this in the present state of the vehicle',
    action: later,
  },
  { statuses: [429], phase: 'refused', code: 'QUOTA_MINUTE', retry: 'wait', message: tooMany, action: 'Wait.' },
  {
    statuses: [500],
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'INVERS had a fault of its own',
    action: later,
  },
  { statuses: [502, 503], phase: 'unknown', code: 'PROVIDER_DOWN', retry: 'backoff', message: 'INVERS is down', action: later },
  {
    statuses: [504],
    phase: 'unknown',
    code: 'TIMEOUT',
    retry: 'backoff',
    message: 'INVERS did not answer in time',
    action: 'Look at the vehicle.',
  },
  {
    statuses: (status) => status >= 400 && status < 500,
    phase: 'refused',
    code: 'PROVIDER_ERROR',
    retry: 'no',
    message: 'INVERS refused the request for a reason that we do not know',
    action: report,
  },
  {
    statuses: [200],
    phase: 'unknown',
    code: 'SCHEMA_DRIFT',
    retry: 'once',
    message: 'INVERS answered in a form that we do not know',
    action: lookFirst,
  },
  {
    statuses: () => true,
    phase: 'unknown',
    code: 'PROVIDER_ERROR',
    retry: 'backoff',
    message: 'INVERS answered in a way that we do not know',
    action: report,
  },
]
