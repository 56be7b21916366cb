/** Why there is no connection to an MQTT broker, in words for people. Addresses are told without user and password. */
import type { Cause } from '../vehicle/causes'

/** What the client library or the broker said last: a number is the broker's own answer. */
export type Refusal = number | string | undefined

/** The broker took the call, and gave it up before it said anything. */
export const hungUp = 'HUNG_UP'
export const unanswered = 'UNANSWERED'
export const lost = 'LOST'

/** "Unsupported protocol version": MQTT 5 answers 0x84, a 3.1.1 broker answers return code 1. */
export const versionRefused: ReadonlySet<Refusal> = new Set([0x84, 1])
const badLogin: ReadonlySet<number> = new Set([4, 5, 0x86, 0x87])

/** `mqtt://host:port` of an address: nothing that only its owner should see. */
export function placeOf(url: string): string {
  try {
    const { protocol, host } = new URL(url)
    return `${protocol}//${host}`
  } catch {
    return 'its address'
  }
}

interface Reason {
  why: string
  action: string
}

const otherwise: Reason = { why: '', action: 'Check that it runs, and its address.' }
const noAnswer: Reason = { why: ' (no answer)', action: 'Check that it runs, its address, and what lies between us.' }
const notThere: Reason = { why: ' (no such host)', action: 'Check the host name in the broker address.' }
const reasons: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: { why: ' (nothing listens there)', action: 'Check that the broker runs, and the port in its address.' },
  ENOTFOUND: notThere,
  EAI_AGAIN: notThere,
  ETIMEDOUT: noAnswer,
  EHOSTUNREACH: noAnswer,
  ENETUNREACH: noAnswer,
  [unanswered]: noAnswer,
  [hungUp]: {
    why: ' (it hangs up without a word)',
    action: "Look into the broker's log; check that the address has the right port, and mqtts:// or wss:// where TLS is wanted.",
  },
  [lost]: { why: ' (the connection was lost)', action: 'Check that it runs; we try again and again.' },
}

export function causeOf(refused: Refusal, url: string): Cause {
  const place = placeOf(url)
  if (typeof refused === 'number' && badLogin.has(refused))
    return {
      code: 'AUTH_REQUIRED',
      message: `The MQTT broker at ${place} refused user name or password`,
      action: 'Check user name and password of the broker.',
    }
  if (typeof refused === 'number')
    return {
      code: 'REJECTED',
      message: `The MQTT broker at ${place} refused the connection (code ${refused})`,
      action: "Look into the broker's log.",
    }
  if (refused !== undefined && /CERT|SIGNATURE|SIGNED|ISSUER/.test(refused))
    return {
      code: 'INVALID_CONFIG',
      message: `The certificate of the MQTT broker at ${place} is not trusted (${refused})`,
      action: 'Put the certificate of its authority into the MQTT settings, and check the name in the address.',
    }
  if (refused !== undefined && /^(ERR_SSL|ERR_TLS|EPROTO)/.test(refused))
    return {
      code: 'REJECTED',
      message: `The MQTT broker at ${place} refused the TLS connection (${refused})`,
      action: 'Check the client certificate, and that the address is the one for TLS.',
    }
  const { why, action } = reasons[refused ?? ''] ?? otherwise
  return { code: 'NETWORK', message: `The MQTT broker at ${place} cannot be reached${why}`, action }
}

export const addressInvalid: Cause = {
  code: 'INVALID_CONFIG',
  message: 'The broker address is not valid',
  action: 'Check the broker address.',
}

export const publishRefused: Cause = {
  code: 'REJECTED',
  message: 'The MQTT broker does not let us publish there',
  action: "Check our user's rights at the broker.",
}
