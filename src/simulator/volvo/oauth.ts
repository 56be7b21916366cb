import type { Faults } from '../faults'
import { json, type Call, type Ending, type Reply } from '../http'
import type { Route } from '../router'
import type { Application, Applications } from '../signIn/applications'
import { askerOf, userOf } from '../signIn/asker'
import { consentPage } from '../signIn/consent'
import { redeemCode, renew } from '../signIn/redeem'
import type { Grant, Tokens } from '../signIn/tokens'
import type { Users } from '../users'

const title = 'Simulated Volvo ID'

const failure = (status: number, error: string, description: string): Reply =>
  json(status, { error_description: description, error }, { 'cache-control': 'no-store' })

const deadRefreshToken = failure(400, 'invalid_grant', 'unknown, invalid, or expired refresh token')

/** Volvo ID: authorization code flow with PKCE, rotating refresh tokens. Volvo: OAuth2 */
export class VolvoId {
  constructor(
    private readonly applications: Applications,
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly faults: Faults,
  ) {}

  readonly routes: readonly Route<(call: Call) => Ending>[] = [
    { method: 'GET', path: '/as/authorization.oauth2', to: (call) => this.authorize(call.query) },
    { method: 'POST', path: '/as/authorization.oauth2', to: (call) => this.authorize(new URLSearchParams(call.body)) },
    { method: 'POST', path: '/as/token.oauth2', to: (call) => this.token(call) },
    { method: 'POST', path: '/as/revoke_token.oauth2', to: (call) => this.revoke(call) },
    { method: 'GET', path: '/.well-known/openid-configuration', to: (call) => this.discovery(call) },
  ]

  private authorize(params: URLSearchParams): Reply {
    const asker = askerOf(title, this.applications, params)
    if ('status' in asker) return asker
    const { application, redirectUri, back } = asker
    const problem = this.problemWith(application, params)
    if (problem) return back(problem)
    const scopes = scopesOf(params)
    const decision = params.get('decision')
    if (decision === null) return consentPage(title, params, scopes, this.users.names())
    if (decision !== 'allow') return back({ error: 'access_denied', error_description: 'User denied access' })
    const user = userOf(params, this.users)
    return back({
      code: this.tokens.issueCode(application.clientId, user, scopes, redirectUri, params.get('code_challenge') ?? undefined),
    })
  }

  private problemWith(application: Application, params: URLSearchParams): Record<string, string> | undefined {
    const wrong = (error: string, error_description: string) => ({ error, error_description })
    if (params.get('response_type') !== 'code') return wrong('unsupported_response_type', 'Only response_type=code is supported')
    const foreign = scopesOf(params).filter((scope) => !application.scopes.includes(scope))
    if (foreign.length) return wrong('invalid_scope', `The requested scope is not allowed for this client: ${foreign.join(' ')}`)
    if (!scopesOf(params).length) return wrong('invalid_scope', 'No scope was requested')
    const challenge = params.get('code_challenge')
    if (challenge === null && application.pkce !== false) return wrong('invalid_request', 'code_challenge is required')
    if (challenge === null) return undefined
    if (params.get('code_challenge_method') !== 'S256') return wrong('invalid_request', 'code_challenge_method must be S256')
    if (!/^[A-Za-z0-9_-]{43}$/.test(challenge)) return wrong('invalid_request', 'code_challenge is malformed')
    return undefined
  }

  private token(call: Call): Ending {
    if (!String(call.headers['content-type'] ?? '').startsWith('application/x-www-form-urlencoded'))
      return failure(400, 'invalid_request', 'The body must be application/x-www-form-urlencoded')
    const form = new URLSearchParams(call.body)
    const application = this.authenticate(call, form)
    if (!application) return failure(401, 'invalid_client', 'Invalid client or client credentials.')
    const grantType = form.get('grant_type')
    if (grantType === 'authorization_code') return this.exchange(application, form)
    if (grantType === 'refresh_token') return this.renew(call, application, form)
    if (grantType === 'password' || grantType === 'client_credentials')
      return failure(400, 'unauthorized_client', 'The client is not allowed to use this grant type')
    return failure(400, 'unsupported_grant_type', 'Unsupported grant_type')
  }

  private exchange(application: Application, form: URLSearchParams): Reply {
    const grant = redeemCode(this.tokens, application, form)
    if (!grant)
      return failure(400, 'invalid_grant', 'The authorization code is invalid, expired or used, or does not fit this request')
    return this.issue(grant, true)
  }

  private renew(call: Call, application: Application, form: URLSearchParams): Ending {
    const { tokens, faults } = this
    const issue = (grant: Grant, withRefresh: boolean) => this.issue(grant, withRefresh)
    return renew(call, application, form, {
      tokens,
      faults,
      provider: 'volvo',
      issue,
      ended: deadRefreshToken,
      invalid: deadRefreshToken,
    })
  }

  private issue(grant: Grant, withRefresh: boolean): Reply {
    return json(
      200,
      {
        access_token: this.tokens.issueAccess(grant),
        ...(withRefresh ? { refresh_token: this.tokens.issueRefresh(grant) } : {}),
        ...(grant.scopes.includes('openid') ? { id_token: this.tokens.idToken(grant) } : {}),
        token_type: 'Bearer',
        expires_in: this.tokens.rules.accessSeconds,
      },
      { 'cache-control': 'no-store' },
    )
  }

  private revoke(call: Call): Reply {
    const form = new URLSearchParams(call.body)
    const application = this.authenticate(call, form)
    if (!application) return failure(401, 'invalid_client', 'Invalid client or client credentials.')
    this.tokens.revoke(form.get('token') ?? '', application.clientId)
    return { status: 200 }
  }

  /** HTTP Basic, or id and secret in the form. */
  private authenticate(call: Call, form: URLSearchParams): Application | undefined {
    const [scheme, basic] = String(call.headers.authorization ?? '').split(' ')
    const [id, secret] =
      scheme?.toLowerCase() === 'basic' && basic
        ? Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s).map(formDecode)
        : [form.get('client_id') ?? '', form.get('client_secret') ?? '']
    const application = this.applications.find(id)
    return application?.clientSecret === secret ? application : undefined
  }

  private discovery(call: Call): Reply {
    const issuer = `http://${call.headers.host ?? '127.0.0.1'}/volvo`
    return json(200, {
      issuer,
      authorization_endpoint: `${issuer}/as/authorization.oauth2`,
      token_endpoint: `${issuer}/as/token.oauth2`,
      revocation_endpoint: `${issuer}/as/revoke_token.oauth2`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      code_challenge_methods_supported: ['S256'],
      token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    })
  }
}

const scopesOf = (params: URLSearchParams): string[] => (params.get('scope') ?? '').split(' ').filter(Boolean)

/** Credentials in HTTP Basic may be form-encoded; what is not stays as it is. */
function formDecode(text: string): string {
  try {
    return decodeURIComponent(text.replace(/\+/g, ' '))
  } catch {
    return text
  }
}
