import type { Faults } from '../faults'
import { json, type Call, type Reply } from '../http'
import type { ApiClient, Clients } from './clients'
import { Problem, problemReply } from './problems'
import type { InversSettings } from './settings'
import type { AccessTokens } from './tokens'

export const tokenPath = '/auth/oauth/token'
export const tokenFaults = ['token-500', 'token-401'] as const

interface Parts {
  clients: Clients
  tokens: AccessTokens
  faults: Faults
  settings: InversSettings
}

/** Hands out tokens for client credentials: the grant in the query, HTTP Basic, no refresh token. INVERS: OAuth 2.0 */
export function askToken(call: Call, flowId: string, { clients, tokens, faults, settings }: Parts): Reply {
  const refuse = (status: 400 | 401, error: string, description: string): Reply => {
    if (settings.tokenErrors === 'oauth')
      return json(status, { error, error_description: description }, status === 401 ? { 'www-authenticate': 'Basic' } : {})
    return problemReply(new Problem(status === 401 ? 'invalid-credentials' : 'validation-error', description), flowId, settings)
  }
  const fault = faults.take('invers', call.path, tokenFaults)
  if (fault?.kind === 'token-500') return problemReply(new Problem('internal-server-error'), flowId, settings)
  const client = clientOf(call, clients)
  if (!client || fault) return refuse(401, 'invalid_client', 'Client authentication failed')
  const form = settings.grantIn === 'either' ? new URLSearchParams(call.body) : undefined
  const grant = call.query.get('grant_type') ?? form?.get('grant_type')
  if (!grant) return refuse(400, 'invalid_request', 'grant_type is missing')
  if (grant !== 'client_credentials') return refuse(400, 'unsupported_grant_type', 'Only client_credentials')
  const token = tokens.issue({ sub: client.id, fleet: client.fleet, scopes: [...client.permissions] }, settings.tokenLife)
  const body = { access_token: token, token_type: 'bearer', expires_in: settings.tokenLife }
  return json(200, body, { 'cache-control': 'no-store' })
}

/** The documented call sends id and secret raw, RFC 6749 would form-encode them; the `#` of an id tells both apart. */
function clientOf({ headers }: Call, clients: Clients): ApiClient | undefined {
  const [scheme, basic] = String(headers.authorization ?? '').split(' ')
  if (scheme?.toLowerCase() !== 'basic' || !basic) return undefined
  const [, id, secret] = /^([^:]*):(.*)$/s.exec(Buffer.from(basic, 'base64').toString('utf8')) ?? []
  if (id === undefined || secret === undefined) return undefined
  const raw = clients.find(id)
  if (raw) return raw.secret === secret ? raw : undefined
  const encoded = clients.find(formDecoded(id))
  return encoded?.secret === formDecoded(secret) ? encoded : undefined
}

function formDecoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
