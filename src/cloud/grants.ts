/** The calls of OAuth 2.0: sign-in address, code exchange, refresh, client credentials. */
import { createHash, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { seconds, type Clock } from '../clock'
import { DrivewayError, type CauseCode } from '../vehicle/causes'
import { TransportError, type Http, type HttpResponse } from './http'
import { causeOfTokenError, type Grant } from './tokenErrors'

/** An application as it is registered with a provider. */
export interface OAuthClient {
  /** The provider's name for people: `Volvo`. */
  provider: string
  authorizeUrl: string
  tokenUrl: string
  clientId: string
  clientSecret: string
  scopes: readonly string[]
  /** What this provider wants in the address of a refresh. Stellantis: `realm`. */
  refreshQuery?: Readonly<Record<string, string>>
  /** What this provider wants in the sign-in's address beside the usual. Stellantis: `locale`. */
  authorizeQuery?: Readonly<Record<string, string>>
  /** How long a refresh token lives without use, ms; default 7 days, the shortest known. */
  idleLifeMs?: number
}

/** A sign-in that was begun; all but `url` stays with us until the redirect comes back. */
export interface SignIn {
  url: string
  state: string
  verifier: string
  redirectUri: string
}

export interface TokenSet {
  accessToken: string
  refreshToken?: string
  /** ms since 1970, as the next three. */
  expiresAt: number
  /** When this set was received. */
  obtainedAt: number
  /** When a person signed in. */
  signedInAt: number
  /** What the provider calls that person, where it tells. */
  who?: string
}

/** `expiresAt` of a token whose life nobody told: it is used until it is refused. */
export const untilRefused = 8.64e15

/** Volvo observed 299 s; used only where an answer tells no life. */
const assumedLife = 299

const answerSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional().catch(undefined),
  expires_in: z.coerce.number().positive().max(315_360_000).catch(assumedLife),
  id_token: z.string().optional().catch(undefined),
})

const named = z.string().trim().min(1).max(100).optional().catch(undefined)
const claimsSchema = z.object({ name: named, given_name: named, family_name: named, preferred_username: named, email: named })

/** Who an id token speaks of, for the eyes of that person only: nothing rests on it, so its signature is not looked at. */
function whoOf(idToken: string | undefined): string | undefined {
  try {
    const claims = claimsSchema.parse(JSON.parse(Buffer.from(idToken?.split('.')[1] ?? '', 'base64url').toString('utf8')))
    const { name, given_name: given, family_name: family, preferred_username: login, email } = claims
    return name ?? ([given, family].filter(Boolean).join(' ') || (email ?? login))
  } catch {
    return undefined
  }
}

/** Begins a sign-in with PKCE S256 and 256 bits of `state`. Volvo: OAuth2, authorize request. */
export function beginSignIn(client: OAuthClient, redirectUri: string): SignIn {
  const state = randomBytes(32).toString('base64url')
  const verifier = randomBytes(48).toString('base64url')
  const url = new URL(client.authorizeUrl)
  const query = {
    response_type: 'code',
    client_id: client.clientId,
    redirect_uri: redirectUri,
    scope: client.scopes.join(' '),
    state,
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...client.authorizeQuery,
  }
  for (const [key, value] of Object.entries(query)) url.searchParams.set(key, value)
  return { url: url.href, state, verifier, redirectUri }
}

/** Gives the tokens for a sign-in's code. Rejects with `AUTH_REQUIRED` when the code is not accepted. Volvo: code exchange. */
export async function exchangeCode(
  http: Http,
  client: OAuthClient,
  grant: { code: string; verifier: string; redirectUri: string },
  clock: Clock,
  signal?: AbortSignal,
): Promise<TokenSet> {
  const form = {
    grant_type: 'authorization_code',
    code: grant.code,
    redirect_uri: grant.redirectUri,
    code_verifier: grant.verifier,
  }
  return askForTokens(http, client, { kind: 'code', form }, clock, signal)
}

/**
 * Gives new tokens for the refresh token, which is used up by this in most clouds; an answer without a new one means
 * that the old one goes on. Rejects with `AUTH_EXPIRED` when it is not accepted. Volvo: refresh.
 */
export async function refresh(
  http: Http,
  client: OAuthClient,
  tokens: TokenSet,
  clock: Clock,
  signal?: AbortSignal,
): Promise<TokenSet> {
  const { refreshToken, signedInAt, who } = tokens
  if (refreshToken === undefined) throw new DrivewayError(signedOutCause(client.provider))
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken }
  const fresh = await askForTokens(http, client, { kind: 'refresh', form, query: client.refreshQuery }, clock, signal)
  return { ...(who && { who }), ...fresh, refreshToken: fresh.refreshToken ?? refreshToken, signedInAt }
}

/** Gives tokens for the client itself; INVERS wants the grant in the query, others in the form. INVERS: authentication. */
export async function clientCredentials(
  http: Http,
  client: OAuthClient,
  grantIn: 'form' | 'query',
  clock: Clock,
  signal?: AbortSignal,
): Promise<TokenSet> {
  const grant = { grant_type: 'client_credentials' }
  const scope = client.scopes.join(' ')
  const form = { ...grant, client_id: client.clientId, ...(scope && { scope }) }
  return askForTokens(http, client, { kind: 'client', ...(grantIn === 'form' ? { form } : { query: grant }) }, clock, signal)
}

export const signedOutCause = (provider: string) => ({
  code: 'AUTH_EXPIRED' as const,
  message: `Signed out by ${provider}`,
  action: 'Open the account and sign in again.',
})

interface TokenCall {
  kind: Grant
  form?: Record<string, string>
  query?: Readonly<Record<string, string>>
}

async function askForTokens(
  http: Http,
  client: OAuthClient,
  call: TokenCall,
  clock: Clock,
  signal?: AbortSignal,
): Promise<TokenSet> {
  const obtainedAt = clock.now()
  const response = await post(http, client, call, signal)
  const tokens = response.status === 200 ? answerSchema.safeParse(response.body) : undefined
  if (!tokens?.success) throw new DrivewayError(causeOfTokenError(client.provider, call.kind, response, clock.now()))
  const { access_token: accessToken, refresh_token: refreshToken, expires_in: life, id_token: idToken } = tokens.data
  const who = whoOf(idToken)
  return {
    accessToken,
    ...(refreshToken && { refreshToken }),
    expiresAt: obtainedAt + seconds(life),
    obtainedAt,
    signedInAt: obtainedAt,
    ...(who && { who }),
  }
}

/** Id and secret go into the Basic header as they are: INVERS' ids hold a `#`, which form-encoding would change. */
async function post(http: Http, client: OAuthClient, { form, query }: TokenCall, signal?: AbortSignal): Promise<HttpResponse> {
  const basic = Buffer.from(`${client.clientId}:${client.clientSecret}`).toString('base64')
  try {
    return await http.request({
      method: 'POST',
      ...(URL.canParse(client.tokenUrl) ? { baseUrl: client.tokenUrl, path: '' } : { path: client.tokenUrl }),
      template: 'token',
      form,
      query,
      headers: {
        // Stellantis v1: a client certificate stands in place of the secret.
        ...(client.clientSecret && { authorization: `Basic ${basic}` }),
        ...(query && !form && { 'content-type': 'application/json' }),
      },
      signal,
      // A stale pooled connection would leave open whether a single-use token was used up.
      fresh: true,
    })
  } catch (error) {
    throw error instanceof TransportError ? tokenHostError(client.provider, error) : error
  }
}

/** For a token host every silence is an outage that leaves the sign-in as it is. */
function tokenHostError(provider: string, error: TransportError): TransportError {
  const outage: CauseCode[] = ['TIMEOUT', 'SCHEMA_DRIFT']
  if (outage.includes(error.code)) {
    return new TransportError(
      { code: 'PROVIDER_DOWN', message: `${provider}'s sign-in does not answer`, action: 'Wait.' },
      error.sent,
    )
  }
  return error.code === 'NETWORK'
    ? new TransportError({ ...error.cause, action: 'Wait, and check the network.' }, error.sent)
    : error
}
