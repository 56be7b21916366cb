/** Why something was not done. The codes are a contract: flows test `msg.error.cause.code`. */
export const causeCodes = [
  'AUTH_REQUIRED',
  'AUTH_EXPIRED',
  'AUTH_REVOKED',
  'KEY_INVALID',
  'SCOPE_MISSING',
  'VEHICLE_UNKNOWN',
  'VEHICLE_NOT_YOURS',
  'MARKET_NOT_SUPPORTED',
  'QUOTA_DAY',
  'QUOTA_MINUTE',
  'QUOTA_WAKEUPS',
  'ASLEEP',
  'UNREACHABLE',
  'IN_USE',
  'PRIVACY',
  'DOOR_OPEN',
  'KEY_INSIDE',
  'BATTERY_LOW',
  'UNLOCK_WINDOW_PASSED',
  'BUSY',
  'CONFLICT',
  'UNSUPPORTED',
  'NOT_ALLOWED',
  'INVALID_PARAMS',
  'INVALID_CONFIG',
  'EXPIRED',
  'DUPLICATE',
  'RETAINED',
  'REJECTED',
  'VEHICLE_ERROR',
  'TIMEOUT',
  'PROVIDER_DOWN',
  'PROVIDER_ERROR',
  'NETWORK',
  'SCHEMA_DRIFT',
  'SHUTDOWN',
  'INTERNAL',
] as const

export type CauseCode = (typeof causeCodes)[number]

/** What support needs from the provider's answer; never headers, keys or whole bodies. */
export interface ProviderDetail {
  /** The provider's own status word or code. */
  status?: string
  message?: string
  httpStatus?: number
  /** Method and path template, without ids and query. */
  call?: string
  /** The provider's ids of this request, such as `operationId` and `traceparent`. */
  requestIds?: Readonly<Record<string, string>>
  readyToUnlock?: boolean
  /** ISO 8601 UTC. */
  readyToUnlockUntil?: string
  feedback?: string
}

export interface Cause {
  code: CauseCode
  /** For people: what happened, in one sentence. */
  message: string
  /** Seconds until trying again makes sense, where known. */
  retryAfter?: number
  /** What the person can do. */
  action?: string
  provider?: ProviderDetail
}

/**
 * The one error that leaves a provider or an account. `code` and `cause` are own plain properties, because
 * Node-RED's Catch node copies exactly those; it prints as its message alone.
 */
export class DrivewayError extends Error {
  readonly code: CauseCode
  override readonly cause: Cause

  constructor(cause: Cause) {
    super(cause.message)
    this.name = 'DrivewayError'
    this.code = cause.code
    this.cause = { ...cause }
  }

  override toString(): string {
    return this.message
  }
}

/** Any thrown value → a DrivewayError; what is not one already is a fault of ours and says nothing of its inside. */
export function toDrivewayError(error: unknown): DrivewayError {
  if (error instanceof DrivewayError) return error
  const where = error instanceof Error ? error.name : typeof error
  return new DrivewayError({
    code: 'INTERNAL',
    message: `Something went wrong inside Driveway (${where})`,
    action: 'Report this fault to us.',
  })
}
