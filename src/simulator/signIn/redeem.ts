/** Codes and refresh tokens come back for tokens; how that goes wrong is the same at every cloud. */
import type { Faults } from '../faults'
import { json, type Call, type Ending, type Reply } from '../http'
import type { Application } from './applications'
import type { Grant, Tokens } from './tokens'

export const tokenFaults = ['token-reuse', 'token-revoked', 'token-no-rotation', 'token-lost', 'token-500'] as const

export const redeemCode = (tokens: Tokens, { clientId }: Application, form: URLSearchParams): Grant | undefined =>
  tokens.redeemCode(form.get('code') ?? '', clientId, form.get('redirect_uri') ?? '', form.get('code_verifier') ?? undefined)

export interface Renewal {
  tokens: Tokens
  faults: Faults
  provider: 'volvo' | 'stellantis'
  /** The tokens that are handed out. */
  issue(this: void, grant: Grant, withRefresh: boolean): Reply
  /** The sign-in has ended. */
  ended: Reply
  /** The token was never good, or is not any more. */
  invalid: Reply
}

/** Answers to a refresh token. */
export function renew(call: Call, { clientId }: Application, form: URLSearchParams, renewal: Renewal): Ending {
  const { tokens, faults, provider, issue, ended, invalid } = renewal
  const given = form.get('refresh_token') ?? ''
  const fault = faults.take(provider, call.path, tokenFaults)?.kind
  if (fault === 'token-500') return json(500, { error: 'server_error' })
  if (fault === 'token-reuse' || fault === 'token-revoked') {
    const grant = tokens.grantOf(given)
    if (grant) grant.revoked = true
    return ended
  }
  const rotate = fault !== 'token-no-rotation'
  const grant = tokens.redeemRefresh(given, clientId, rotate)
  if (!grant) return invalid
  const reply = issue(grant, rotate)
  return fault === 'token-lost' ? 'destroy' : reply
}
