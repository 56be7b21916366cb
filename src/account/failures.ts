/** What has to happen after a failure before asking again makes sense. */
import type { CauseCode } from '../vehicle/causes'

/** `person`: asking again would lock the account or burn the quota. `quota`: the cloud told how long. `time`: it passes. */
type Mended = 'person' | 'quota' | 'time'

const mendedBy: Readonly<Partial<Record<CauseCode, Mended>>> = {
  AUTH_REQUIRED: 'person',
  AUTH_EXPIRED: 'person',
  AUTH_REVOKED: 'person',
  KEY_INVALID: 'person',
  INVALID_CONFIG: 'person',
  QUOTA_DAY: 'quota',
  QUOTA_MINUTE: 'quota',
  NETWORK: 'time',
  TIMEOUT: 'time',
  PROVIDER_DOWN: 'time',
  PROVIDER_ERROR: 'time',
  SCHEMA_DRIFT: 'time',
  INTERNAL: 'time',
}

/** Undefined: nothing that we could wait for mends it. */
export const mends = (code: CauseCode): Mended | undefined => mendedBy[code]

/** Whether asking again by itself makes sense. */
export const isPassing = (code: CauseCode): boolean => mends(code) === 'quota' || mends(code) === 'time'
