import type { Faults } from '../faults'
import { json, type Call, type Ending, type Reply } from '../http'
import type { Route } from '../router'
import type { Application, Applications } from '../signIn/applications'
import { askerOf, userOf } from '../signIn/asker'
import { consentPage } from '../signIn/consent'
import { redeemCode, renew } from '../signIn/redeem'
import type { Grant, Tokens } from '../signIn/tokens'
import type { Users } from '../users'
import { realms } from './listing'
import { scopesIn } from './scopes'

const title = 'Simulated Stellantis account'

const failure = (status: number, error: string, description: string): Reply =>
  json(status, { error, error_description: description }, { 'cache-control': 'no-store' })

const deadGrant = failure(400, 'invalid_grant', 'The provided access grant is invalid, expired, or revoked.')
const unknownGrant = failure(400, 'invalid_grant', 'grant is invalid')

/** Sign-in: the code flow of the brands' identity servers, and the partner's client credentials of v1. Stellantis: OAuth2 */
export class StellantisId {
  constructor(
    private readonly applications: Applications,
    private readonly tokens: Tokens,
    private readonly users: Users,
    private readonly faults: Faults,
  ) {}

  readonly routes: readonly Route<(call: Call) => Ending>[] = [
    { method: 'GET', path: '/am/oauth2/authorize', to: (call) => this.authorize(call.query) },
    { method: 'POST', path: '/am/oauth2/authorize', to: (call) => this.authorize(merged(call)) },
    { method: 'POST', path: '/am/oauth2/access_token', to: (call) => this.token(call) },
    { method: 'POST', path: '/am/oauth2/token/revoke', to: (call) => this.revoke(call) },
    { method: 'POST', path: '/as/token.oauth2', to: (call) => this.partner(call) },
  ]

  private authorize(params: URLSearchParams): Reply {
    const asker = askerOf(title, this.applications, params)
    if ('status' in asker) return asker
    const { application, redirectUri, back } = asker
    const scopes = scopesIn(params.get('scope') ?? '')
    if (params.get('response_type') !== 'code') return back({ error: 'unsupported_response_type' })
    const foreign = scopes.filter((scope) => !known(application, scope))
    if (foreign.length || !scopes.length)
      return back({ error: 'invalid_scope', error_description: `Not declared at registration: ${foreign.join(' ')}` })
    const decision = params.get('decision')
    if (decision === null) return consentPage(title, params, scopes, this.users.names())
    if (decision !== 'allow')
      return back({ error: 'access_denied', error_description: 'Resource Owner did not authorize the request' })
    const user = userOf(params, this.users)
    // Stellantis: PKCE is not mentioned and is accepted.
    const code = this.tokens.issueCode(
      application.clientId,
      user,
      granted(application, scopes),
      redirectUri,
      params.get('code_challenge') ?? undefined,
    )
    return back({ code, scope: 'ConnectivityForPartners,Remote' })
  }

  private token(call: Call): Ending {
    const form = merged(call)
    const application = this.authenticate(call)
    if (!application) return failure(401, 'invalid_client', 'Client authentication failed')
    const realm = form.get('realm')
    if (realm !== null && !realms.includes(realm)) return failure(400, 'invalid_request', `Unknown realm ${realm}`)
    switch (form.get('grant_type')) {
      case 'authorization_code':
        return this.exchange(application, form)
      case 'refresh_token':
        return this.renew(call, application, form)
      case 'password':
        // Stellantis: gone since January 2024
        return failure(400, 'server_error', 'Internal Server Error')
      default:
        return failure(400, 'unsupported_grant_type', 'Unsupported grant_type')
    }
  }

  private exchange(application: Application, form: URLSearchParams): Reply {
    const grant = redeemCode(this.tokens, application, form)
    return grant ? this.issue(grant, true) : deadGrant
  }

  private renew(call: Call, application: Application, form: URLSearchParams): Ending {
    const { tokens, faults } = this
    const issue = (grant: Grant, withRefresh: boolean) => this.issue(grant, withRefresh)
    return renew(call, application, form, {
      tokens,
      faults,
      provider: 'stellantis',
      issue,
      ended: deadGrant,
      invalid: unknownGrant,
    })
  }

  private issue(grant: Grant, withRefresh: boolean): Reply {
    return json(
      200,
      {
        scope: grant.scopes.join(' '),
        expires_in: this.tokens.rules.accessSeconds,
        token_type: 'Bearer',
        ...(withRefresh ? { refresh_token: this.tokens.issueRefresh(grant) } : {}),
        ...(grant.scopes.includes('openid') ? { id_token: this.tokens.idToken(grant) } : {}),
        access_token: this.tokens.issueAccess(grant),
      },
      { 'cache-control': 'no-store' },
    )
  }

  /** Stellantis: the table says `token`, the sample says `refresh_token`. */
  private revoke(call: Call): Reply {
    const application = this.authenticate(call)
    if (!application) return failure(401, 'invalid_client', 'Client authentication failed')
    const form = merged(call)
    this.tokens.revoke(form.get('token') ?? form.get('refresh_token') ?? '', application.clientId)
    return { status: 200 }
  }

  /**
   * The partner's own token. The real one asks for a client certificate in place of a secret; here the secret is looked at
   * when it is sent.
   */
  private partner(call: Call): Reply {
    const form = merged(call)
    const application = this.authenticate(call) ?? this.applications.find(form.get('client_id'))
    const secret = form.get('client_secret')
    if (!application || (secret !== null && secret !== application.clientSecret))
      return failure(401, 'invalid_client', 'Invalid client or client credentials.')
    if (form.get('grant_type') !== 'client_credentials') return failure(400, 'unsupported_grant_type', 'Unsupported grant_type')
    const scope = form.get('scope') ?? ''
    if (!scope) return failure(400, 'invalid_scope', 'No scope was requested')
    const access_token = this.tokens.clientToken(application.clientId, this.users.first, application.scopes)
    return json(200, { access_token, token_type: 'Bearer', expires_in: this.tokens.rules.accessSeconds, scope })
  }

  private authenticate(call: Call): Application | undefined {
    const [scheme, basic] = String(call.headers.authorization ?? '').split(' ')
    if (scheme?.toLowerCase() !== 'basic' || !basic) return undefined
    const [id, secret] = Buffer.from(basic, 'base64').toString('utf8').split(/:(.*)/s)
    const application = this.applications.find(id)
    return application?.clientSecret === secret ? application : undefined
  }
}

const identity = new Set(['openid', 'profile', 'email'])

const known = ({ scopes }: Application, scope: string): boolean =>
  scopes.some((declared) => scope === declared || scope.startsWith(`${declared}:`)) || /^[a-z]+(_[a-z]+)+$/.test(scope)

/** Whoever asks for the identity alone gets all that the application was registered with, as real clients do. */
const granted = (application: Application, asked: readonly string[]): readonly string[] =>
  asked.every((scope) => identity.has(scope) || scope.includes('_')) ? [...new Set([...asked, ...application.scopes])] : asked

/** Two public clients put the fields into the query with an empty body, and it works. */
function merged({ query, body }: Call): URLSearchParams {
  return new URLSearchParams([...query, ...new URLSearchParams(body)])
}
