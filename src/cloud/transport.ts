/** What went wrong between us and a cloud, told without anything that was sent or received. */
import { DrivewayError, type Cause } from '../vehicle/causes'

/** No usable answer came. Carries no header, body, address or inner error. */
export class TransportError extends DrivewayError {
  /** `false`: certainly nothing was written, so nothing can have happened in the cloud. */
  readonly sent: boolean

  constructor(cause: Cause, sent: boolean) {
    super(cause)
    this.name = 'TransportError'
    this.sent = sent
  }
}

/** How far a request came, and what is known of why it ended. */
export interface Breakdown {
  name: string
  method: string
  written: boolean
  /** The deadline passed, or the caller gave up. */
  ended?: 'deadline' | 'aborted' | 'oversize'
  timeoutMs: number
  error: unknown
}

interface Row {
  when: (breakdown: Breakdown, code: string) => boolean
  cause: (breakdown: Breakdown, code: string) => Cause
  sent?: boolean
}

const look = 'Look at the car before trying again.'
const actionAfter = ({ method }: Breakdown): string => (method === 'GET' ? 'Wait; it is tried again.' : look)

/** A certificate of ours that the other side refuses is told after the handshake, yet nothing was read there. */
const certificateRefused = /^ERR_SSL_\w*ALERT\w*(CERTIFICATE|UNKNOWN_CA|HANDSHAKE)/
const notTrusted = /CERT|SELF_SIGNED|ALTNAME|UNABLE_TO_(VERIFY|GET_ISSUER)/
const unusable = new Set([
  'ERR_INVALID_URL',
  'ERR_INVALID_CHAR',
  'ERR_UNESCAPED_CHARACTERS',
  'ERR_INVALID_PROTOCOL',
  'ERR_HTTP_INVALID_HEADER_VALUE',
])

const rows: readonly Row[] = [
  {
    when: ({ ended }) => ended === 'aborted',
    cause: ({ name, written }) => ({
      code: 'SHUTDOWN',
      message: written ? `Stopped while ${name} was answering` : `Stopped before ${name} was asked`,
      ...(written && { action: look }),
    }),
  },
  {
    when: ({ ended }) => ended === 'deadline',
    cause: (breakdown) => ({
      code: 'TIMEOUT',
      message: `${breakdown.name} did not answer within ${Math.round(breakdown.timeoutMs / 1000)} s`,
      action: breakdown.written ? actionAfter(breakdown) : 'Check the network.',
    }),
  },
  {
    when: ({ ended }) => ended === 'oversize',
    cause: ({ name }) => ({
      code: 'SCHEMA_DRIFT',
      message: `${name} answered with more than 5 MB`,
      action: 'Send us the diagnostics.',
    }),
    sent: true,
  },
  {
    when: (_, code) => unusable.has(code),
    cause: ({ name }) => ({
      code: 'INVALID_CONFIG',
      message: `The address, key or token for ${name} has characters that cannot be sent`,
      action: 'Enter it again in the account.',
    }),
    sent: false,
  },
  {
    when: (_, code) => certificateRefused.test(code),
    cause: ({ name }, code) => ({
      code: 'NETWORK',
      message: `${name} wants a client certificate that it knows${inBrackets(code)}`,
      action: 'Check the client certificate and its key in the account.',
    }),
    sent: false,
  },
  {
    when: ({ written }, code) => !written && notTrusted.test(code),
    cause: ({ name }, code) => ({
      code: 'NETWORK',
      message: `The certificate of ${name} is not trusted${inBrackets(code)}`,
      action: 'Check the address and, with an authority of your own, its certificate in the account.',
    }),
    sent: false,
  },
  {
    when: ({ written }) => !written,
    cause: ({ name }, code) => ({
      code: 'NETWORK',
      message: `${name} cannot be reached${inBrackets(code)}`,
      action: 'Check the network.',
    }),
    sent: false,
  },
  {
    when: () => true,
    cause: (breakdown, code) => ({
      code: 'NETWORK',
      message: `The connection to ${breakdown.name} broke before the answer was complete${inBrackets(code)}`,
      action: actionAfter(breakdown),
    }),
  },
]

/** The error that stands for a breakdown: `SHUTDOWN`, `TIMEOUT`, `NETWORK`, `SCHEMA_DRIFT` or `INVALID_CONFIG`. */
export function transportError(breakdown: Breakdown): TransportError {
  const code = systemCode(breakdown.error)
  const row = rows.find(({ when }) => when(breakdown, code))
  if (!row)
    return new TransportError(
      { code: 'INTERNAL', message: 'Something went wrong inside Driveway (transport)' },
      breakdown.written,
    )
  return new TransportError(row.cause(breakdown, code), row.sent ?? breakdown.written)
}

/** Words like `ECONNREFUSED` are safe to show; anything else stays inside. */
function systemCode(error: unknown): string {
  for (let inner = error, depth = 0; inner !== null && typeof inner === 'object' && depth < 4; depth++) {
    const { code, cause } = inner as { code?: unknown; cause?: unknown }
    if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,60}$/.test(code) && !code.startsWith('ERR_BAD_')) return code
    inner = cause
  }
  return ''
}

const inBrackets = (code: string): string => (code === '' ? '' : ` (${code})`)
