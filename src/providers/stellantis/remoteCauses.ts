/** Stellantis: status words of a remote, their causes of failure, and what each means for the command. */
import { seconds, type Clock } from '../../clock'
import type { Cause, CauseCode, ProviderDetail } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Verdict } from '../provider'

/** Words on the way, in upper case. */
export const progress: Readonly<Record<string, ProgressPhase>> = {
  ACCEPTED: 'accepted',
  WAKINGUPVEHICLE: 'waking',
  // Stellantis: its place in the row is told nowhere; taken as a part of the waking.
  CHECKINGVEHICLE: 'waking',
  SENTTOVEHICLE: 'sent',
}

/** Words of a good end. */
export const success: Readonly<Record<string, string | undefined>> = {
  SUCCESS: undefined,
  ALREADYDONE: 'It was so already',
}

/** v1 says it on the way; it changes nothing. */
export const batteryWarning = 'VEHICLEBATTERYLEVELWARNING'
export const batteryNote = 'The 12 V battery is low. Charge it soon.'

interface Meaning {
  phase: 'refused' | 'failed' | 'unknown'
  code: CauseCode
  message: string
  action: string
  retryAfter?: (now: number) => number
}

/** What a remote has told on its way when it ends. */
export interface Way {
  waking: boolean
  sent: boolean
}

const later = 'Try again later.'
const aMinute = () => 60
const toMonthsEnd = (now: number): number => {
  const date = new Date(now)
  return Math.ceil((Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) - now) / seconds(1))
}

const batteryLow: Meaning = {
  phase: 'refused',
  code: 'BATTERY_LOW',
  message: "The car's battery is too low for that",
  action: 'Drive or charge the car.',
}
const permission: Meaning = {
  phase: 'refused',
  code: 'SCOPE_MISSING',
  message: 'A permission of Stellantis is missing',
  action: 'Allow this permission and sign in again.',
}
const privacy: Meaning = {
  phase: 'refused',
  code: 'PRIVACY',
  message: 'Privacy is on in the car',
  action: 'Switch privacy off in the car.',
}
const tooMany: Meaning = {
  phase: 'refused',
  code: 'QUOTA_MINUTE',
  message: 'Stellantis: too many commands in a short time',
  action: 'Wait a minute.',
  retryAfter: aMinute,
}
const stolen: Meaning = {
  phase: 'refused',
  code: 'CONFLICT',
  message: 'The car is reported stolen',
  action: 'The car is reported stolen: call the brand.',
}

/** Failure causes, and two status words that end a remote by themselves; keys in upper case. */
export const failures: Readonly<Record<string, Meaning>> = {
  VEHICLEBATTERYCHARGETOOLOW: batteryLow,
  NOTPOSSIBLEDUETOVEHICLEBATTERYLEVEL: batteryLow,
  TOOMANYWAKEUPSOVERMONTH: {
    phase: 'refused',
    code: 'QUOTA_WAKEUPS',
    message: 'Stellantis does not wake this car any more this month: it was woken too often',
    action: 'Wait until next month, or start the car.',
    retryAfter: toMonthsEnd,
  },
  GENERALERROR: { phase: 'failed', code: 'PROVIDER_ERROR', message: 'Stellantis had a fault', action: later },
  VEHICLEERROR: {
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    message: 'The car reported an error',
    action: 'Look at the car, try once more.',
  },
  WRONGCOMMAND: {
    phase: 'refused',
    code: 'INVALID_PARAMS',
    message: 'Stellantis refused the command as not valid',
    action: 'Check what the command was given.',
  },
  MISSINGRIGHTS: permission,
  // Stellantis v1: its sense is told nowhere.
  AUTHORIZATIONERROR: permission,
  NOTPOSSIBLEDUETOVEHICLEPRIVACYLEVEL: privacy,
  PRIVACYFULL: privacy,
  TOOMANYREQUESTINSHORTTIME: tooMany,
  TOOMANYREQUESTSENT: { ...tooMany, action: 'Wait.' },
  SAMEACTIONINPROGRESS: {
    phase: 'refused',
    code: 'BUSY',
    message: 'The same command is still under way',
    action: 'Wait for the first one.',
  },
  NOTPOSSIBLEDUETOVEHICLESTOLENSTATE: stolen,
  STOLENVEHICLE: stolen,
  VEHICLEINUSE: { phase: 'refused', code: 'IN_USE', message: 'The car is in use', action: 'Park the car and leave it.' },
  DOORSOPEN: { phase: 'refused', code: 'DOOR_OPEN', message: 'A door is open', action: 'Close all doors.' },
  CIDINSIDE: {
    phase: 'refused',
    code: 'KEY_INSIDE',
    message: 'The key is inside the car',
    action: 'Take the key out of the car.',
  },
  VEHICLEERRORORCIDINSIDE: {
    phase: 'failed',
    code: 'KEY_INSIDE',
    message: 'The key is inside the car, or the car reported an error',
    action: 'Take the key out of the car, else look at the car.',
  },
  EXTERNALCHARGINGSYSTEMERROR: {
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    message: 'The charging station reported an error',
    action: 'Check the charging station.',
  },
  VEHICLECHARGINGSYSTEMERROR: {
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    message: "The car's charger reported an error",
    action: 'Check plug and car.',
  },
  VEHICLEISNOTLOCKED: {
    phase: 'refused',
    code: 'CONFLICT',
    message: 'The car is not locked',
    action: 'Lock the car first.',
  },
  CANCELEDBYDRIVER: {
    phase: 'refused',
    code: 'REJECTED',
    message: 'The driver cancelled it',
    action: 'Ask the driver.',
  },
  HDMIREMOTESERVICEDEACTIVATED: {
    phase: 'refused',
    code: 'REJECTED',
    message: 'Remote services are switched off for this car',
    action: "Switch remote services on in the brand's app.",
  },
  ALERTIDENTIFICATIONFAILEDBYVEHICLE: {
    phase: 'failed',
    code: 'VEHICLE_ERROR',
    message: 'The car did not recognise the alert',
    action: later,
  },
}

const noCause: Meaning = {
  phase: 'failed',
  code: 'PROVIDER_ERROR',
  message: 'The command failed, and Stellantis does not say why',
  action: later,
}
const strangeCause: Meaning = {
  phase: 'failed',
  code: 'SCHEMA_DRIFT',
  message: 'The command failed for a reason that we do not know',
  action: 'Look at the car, send us the diagnostics.',
}
export const strangeEnd: Meaning = {
  phase: 'unknown',
  code: 'SCHEMA_DRIFT',
  message: 'Stellantis ended the command with a word that we do not know',
  action: 'Look at the car.',
}
export const noEnd: Meaning = {
  phase: 'unknown',
  code: 'TIMEOUT',
  message: 'Stellantis did not say in time how it ended',
  action: 'Look at the car before trying again.',
}

/** The car did not answer: what that means depends on how far the command had come. */
function noConnection({ waking, sent }: Way): Meaning {
  if (sent)
    return {
      phase: 'unknown',
      code: 'TIMEOUT',
      message: 'The command was sent to the car, and the car did not say whether it was done',
      action: 'Look at the car before trying again.',
    }
  return waking
    ? {
        phase: 'failed',
        code: 'ASLEEP',
        message: 'The car did not wake up',
        action: 'Drive the car 15 minutes, then try again.',
      }
    : {
        phase: 'failed',
        code: 'UNREACHABLE',
        message: 'The car could not be reached',
        action: 'Try again when the car has reception.',
      }
}

export const isKnownFailure = (word: string): boolean =>
  Object.hasOwn(failures, word.toUpperCase()) || word.toUpperCase() === 'VEHICLECONNECTIONTIMEOUT'

/** Of `Failed`: by its cause, which may be missing. */
export function failureOf(cause: string | undefined, way: Way): Meaning {
  if (cause === undefined) return noCause
  const word = cause.toUpperCase()
  if (word === 'VEHICLECONNECTIONTIMEOUT') return noConnection(way)
  return Object.hasOwn(failures, word) ? (failures[word] ?? strangeCause) : strangeCause
}

export function verdictOf(
  { phase, code, message, action, retryAfter }: Meaning,
  provider: ProviderDetail,
  clock: Clock,
): Verdict {
  const cause: Cause = { code, message, action, provider, ...(retryAfter && { retryAfter: retryAfter(clock.now()) }) }
  return { phase, cause, provider }
}
