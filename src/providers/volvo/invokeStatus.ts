/** Volvo: what the car or its cloud says became of a command. A 200 is no success; this word is the verdict. */
import type { Cause, CauseCode, ProviderDetail } from '../../vehicle/causes'
import type { Verdict } from '../provider'

interface Meaning {
  phase: Verdict['phase']
  code?: CauseCode
  message?: string
  action?: string
}

const lookFirst = 'Look at the car before trying again.'
const open: Meaning = {
  phase: 'unknown',
  code: 'TIMEOUT',
  message: 'The command is on its way, and nobody says how it ended',
  action: lookFirst,
}
const noWord: Meaning = {
  phase: 'unknown',
  code: 'TIMEOUT',
  message: 'The car did not say in time whether it was done',
  action: lookFirst,
}
const unreachable: Meaning = {
  phase: 'failed',
  code: 'UNREACHABLE',
  message: 'The car could not be reached',
  action: 'Try again when the car has reception.',
}
const asleep: Meaning = {
  phase: 'failed',
  code: 'ASLEEP',
  message: 'The car is asleep',
  action: 'Start the car once, then try again.',
}
const carError: Meaning = {
  phase: 'failed',
  code: 'VEHICLE_ERROR',
  message: 'The car reported an error',
  action: 'Look at the car, try once more.',
}
const privacy: Meaning = {
  phase: 'refused',
  code: 'PRIVACY',
  message: 'Privacy mode is on in the car',
  action: 'Switch privacy mode off in the car.',
}

export const invokeStatus: Readonly<Record<string, Meaning>> = {
  COMPLETED: { phase: 'done' },
  SUCCESS: { phase: 'done' },
  DELIVERED: { phase: 'delivered' },
  RUNNING: { phase: 'delivered' },
  SENT: open,
  WAITING: open,
  UNKNOWN: { phase: 'unknown', code: 'PROVIDER_ERROR', message: 'Volvo does not know how it ended', action: lookFirst },
  TIMEOUT: noWord,
  CAR_TIMEOUT: noWord,
  DELIVERY_TIMEOUT: unreachable,
  CONNECTION_FAILURE: unreachable,
  EXPIRED: {
    phase: 'failed',
    code: 'EXPIRED',
    message: 'The command got too old before it reached the car',
    action: 'Send it again.',
  },
  REJECTED: {
    phase: 'refused',
    code: 'REJECTED',
    message: 'The car refused the command',
    action: 'Check the car and try again.',
  },
  VEHICLE_IN_SLEEP: asleep,
  CAR_IN_SLEEP_MODE: asleep,
  CAR_ERROR: carError,
  INVOCATION_SPECIFIC_ERROR: {
    phase: 'failed',
    code: 'CONFLICT',
    message: 'The car is busy with something else',
    action: 'Wait until the car has finished what it is doing.',
  },
  NOT_SUPPORTED: {
    phase: 'refused',
    code: 'UNSUPPORTED',
    message: 'This car cannot do that',
    action: 'Choose a command the car has.',
  },
  NOT_ALLOWED_PRIVACY_ENABLED: privacy,
  NOT_ALLOWED_WRONG_USAGE_MODE: {
    phase: 'refused',
    code: 'IN_USE',
    message: 'The car is in use',
    action: 'Park the car and leave it.',
  },
  UNLOCK_TIME_FRAME_PASSED: {
    phase: 'failed',
    code: 'UNLOCK_WINDOW_PASSED',
    message: 'The tailgate handle was not pulled in time',
    action: 'Send it again and pull the tailgate handle in time.',
  },
  UNABLE_TO_LOCK_DOOR_OPEN: {
    phase: 'refused',
    code: 'DOOR_OPEN',
    message: 'A door is open, so the car did not lock',
    action: 'Close all doors.',
  },
  // Names of the first generation, still in Volvo's own pages.
  VEHICLE_RESPONSE_TIMEOUT: noWord,
  VEHICLE_REQUEST_TIMEOUT: unreachable,
  VEHICLE_IN_SLEEP_MODE: asleep,
  VEHICLE_RESPONSE_ERROR: carError,
  PRIVACY_POLICY_ENABLED: privacy,
}

const undocumented: Meaning = {
  phase: 'unknown',
  code: 'SCHEMA_DRIFT',
  message: 'Volvo answered with a word that we do not know',
  action: 'Look at the car, send us the diagnostics.',
}

export const isDocumented = (status: string): boolean => Object.hasOwn(invokeStatus, status.trim().toUpperCase())

/** `invokeStatus` in any letter case → verdict; a word outside the documents is `unknown`, never a success. */
export function verdictOf(status: string, provider: ProviderDetail): Verdict {
  const { phase, code, message, action } = invokeStatus[isDocumented(status) ? status.trim().toUpperCase() : ''] ?? undocumented
  if (code === undefined || message === undefined) return { phase, provider }
  const cause: Cause = { code, message, action, provider }
  return { phase, cause, provider }
}
