import { createHash, randomBytes, randomUUID } from 'node:crypto'
import type { Clock } from '../../clock'
import { days, minutes, seconds } from '../../clock'

/** What a person allowed an application. */
export interface Grant {
  id: string
  clientId: string
  user: string
  scopes: readonly string[]
  /** ms since 1970. */
  createdAt: number
  revoked: boolean
  /** The application's own: no person allowed it anything. */
  own?: true
}

export interface AccessToken {
  grant: Grant
  expiresAt: number
  /** A test token for the demo car: commands are refused. */
  readOnly: boolean
}

interface RefreshToken {
  grant: Grant
  issuedAt: number
  used: boolean
}

interface Code {
  grant: Grant
  redirectUri: string
  challenge: string | undefined
  expiresAt: number
  used: boolean
}

/** Lives of codes and tokens. Tests may change them. */
export interface TokenRules {
  accessSeconds: number
  idleDays: number
  grantDays: number
  codeSeconds: number
  /** Whether a refresh token that comes twice ends the whole sign-in. */
  reuseEndsGrant: boolean
}

/** Volvo: refresh */
export const defaultTokenRules: Readonly<TokenRules> = {
  accessSeconds: 299,
  idleDays: 7,
  grantDays: 183,
  codeSeconds: 60,
  reuseEndsGrant: true,
}

const secret = () => randomBytes(30).toString('base64url')
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Looks like a JWT; the signature is random, the cloud knows its tokens by heart. */
const jwt = (claims: Record<string, unknown>) => `${encoded({ alg: 'RS256', kid: 'sim' })}.${encoded(claims)}.${secret()}`

/** Everything that was issued: codes, grants, access and refresh tokens. */
export class Tokens {
  readonly rules: TokenRules
  private codes = new Map<string, Code>()
  private access = new Map<string, AccessToken>()
  private refresh = new Map<string, RefreshToken>()

  /** `opaque` tokens are UUIDs; else access tokens look like JWTs. */
  constructor(
    private readonly clock: Clock,
    rules: Readonly<TokenRules> = defaultTokenRules,
    private readonly opaque = false,
  ) {
    this.rules = { ...rules }
  }

  issueCode(
    clientId: string,
    user: string,
    scopes: readonly string[],
    redirectUri: string,
    challenge: string | undefined,
  ): string {
    const code = this.secret()
    const expiresAt = this.clock.now() + seconds(this.rules.codeSeconds)
    this.codes.set(code, { grant: this.grant(clientId, user, scopes), redirectUri, challenge, expiresAt, used: false })
    return code
  }

  /** The grant behind a code, once; a code that comes twice ends what it had begun. */
  redeemCode(code: string, clientId: string, redirectUri: string, verifier: string | undefined): Grant | undefined {
    const found = this.codes.get(code)
    if (!found) return undefined
    if (found.used) {
      found.grant.revoked = true
      return undefined
    }
    found.used = true
    const fits = found.grant.clientId === clientId && found.redirectUri === redirectUri && this.clock.now() <= found.expiresAt
    return fits && proves(verifier, found.challenge) ? found.grant : undefined
  }

  issueAccess(grant: Grant, life = seconds(this.rules.accessSeconds), readOnly = false): string {
    for (const [token, { expiresAt }] of this.access) if (expiresAt < this.clock.now()) this.access.delete(token)
    const expiresAt = this.clock.now() + life
    const claims = { sub: grant.user, scope: grant.scopes, client_id: grant.clientId, exp: Math.floor(expiresAt / 1000) }
    const token = this.opaque ? randomUUID() : jwt(claims)
    this.access.set(token, { grant, expiresAt, readOnly })
    return token
  }

  issueRefresh(grant: Grant): string {
    const token = this.secret()
    this.refresh.set(token, { grant, issuedAt: this.clock.now(), used: false })
    return token
  }

  /** OpenID Connect: with `profile` it names the person. */
  idToken(grant: Grant): string {
    return jwt({
      sub: grant.user,
      aud: grant.clientId,
      ...(grant.scopes.includes('profile') && { name: `Driver ${grant.user}` }),
    })
  }

  /** The living grant behind a refresh token; `rotate` uses the token up. */
  redeemRefresh(token: string, clientId: string, rotate: boolean): Grant | undefined {
    const found = this.refresh.get(token)
    if (!found || found.grant.clientId !== clientId || found.grant.revoked) return undefined
    if (found.used) {
      if (this.rules.reuseEndsGrant) found.grant.revoked = true
      return undefined
    }
    const idle = this.clock.now() - found.issuedAt > days(this.rules.idleDays)
    const old = this.clock.now() - found.grant.createdAt > days(this.rules.grantDays)
    if (idle || old) return undefined
    found.used = rotate
    if (!rotate) found.issuedAt = this.clock.now()
    return found.grant
  }

  grantOf(refreshToken: string): Grant | undefined {
    return this.refresh.get(refreshToken)?.grant
  }

  /** The access token, when it is good now. */
  check(accessToken: string): AccessToken | undefined {
    const found = this.access.get(accessToken)
    return found && !found.grant.revoked && found.expiresAt >= this.clock.now() ? found : undefined
  }

  /** Any token of a client: a refresh token ends the grant, an access token only itself. */
  revoke(token: string, clientId: string): void {
    const refresh = this.refresh.get(token)
    if (refresh?.grant.clientId === clientId) refresh.grant.revoked = true
    if (this.access.get(token)?.grant.clientId === clientId) this.access.delete(token)
  }

  /** Ends every sign-in of a person, as changing the password would. */
  revokeUser(user: string): void {
    for (const { grant } of [...this.access.values(), ...this.refresh.values()]) if (grant.user === user) grant.revoked = true
  }

  /** A token as the developer portal hands out for tries: one hour, no refresh. Volvo: test access tokens */
  testToken(user: string, scopes: readonly string[], readOnly: boolean): string {
    return this.issueAccess(this.grant('developer-portal', user, scopes), minutes(60), readOnly)
  }

  /** An access token that no person gave: for the client credentials grant. */
  clientToken(clientId: string, user: string, scopes: readonly string[]): string {
    return this.issueAccess({ ...this.grant(clientId, user, scopes), own: true })
  }

  /** An access token as if a person had signed in. */
  personToken(clientId: string, user: string, scopes: readonly string[]): string {
    return this.issueAccess(this.grant(clientId, user, scopes))
  }

  private secret(): string {
    return this.opaque ? randomUUID() : secret()
  }

  private grant(clientId: string, user: string, scopes: readonly string[]): Grant {
    return { id: randomUUID(), clientId, user, scopes, createdAt: this.clock.now(), revoked: false }
  }
}

const proves = (verifier: string | undefined, challenge: string | undefined): boolean =>
  challenge === undefined || (verifier !== undefined && createHash('sha256').update(verifier).digest('base64url') === challenge)
