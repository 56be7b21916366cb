import type { Clock } from '../clock'
import type { Http } from '../cloud/http'
import type { OAuthClient, Tokens } from '../cloud/oauth'
import type { Ledger, QuotaRules } from '../cloud/quota'
import type { Provider } from './provider'

/** What an account's fields say to its provider, under the names that the provider uses. Absent: left empty. */
export interface ProviderSettings {
  /** Volvo `v2` or `v1` (energy), Stellantis `v4` or `v1`. Empty: the provider's default. */
  api: string
  /** For times of day that a cloud tells without a zone. IANA name. */
  timeZone: string
  /** Vehicle id → side of the driver, where the account says it: Stellantis tells doors by who sits there. */
  steering?: Readonly<Record<string, 'left' | 'right'>>
  /** Everything else that only this provider has, as the dialog holds it: `brand`, `realm`, `environment`, `statePath`, … */
  own: Readonly<Record<string, string>>
}

/** What an account keeps secret. */
export interface ProviderCredentials {
  apiKey?: string
  clientId?: string
  clientSecret?: string
  accessToken?: string
  refreshToken?: string
  /** PEM texts of a client certificate, its key, and an authority of one's own. */
  tlsCert?: string
  tlsKey?: string
  tlsCa?: string
  amqpUser?: string
  amqpPassword?: string
  webhookSecret?: string
}

export type CredentialName = keyof ProviderCredentials

export interface Addresses {
  /** Without a slash at the end. */
  url: string
  authUrl: string
}

/**
 * How an account gets its tokens: `code`: a person signs in (authorization code, PKCE, refresh); `client`: client
 * credentials, nobody signs in; `none`: calls carry no token.
 */
export type SignInKind = 'code' | 'client' | 'none'

/** What a provider's folder offers to whoever opens an account. */
export interface ProviderKit {
  /** For people. */
  title: string
  production(settings: ProviderSettings): Addresses
  /** Where the simulator plays it, below the simulator's own address. */
  simulated(simulatorUrl: string, settings: ProviderSettings): Addresses
  limits: QuotaRules
  /** Days that a sign-in lives without being used; absent where it does not end. */
  signInDays?: number
  /** The credentials without which nothing works, in the order of the dialog. */
  needs(settings: ProviderSettings): readonly CredentialName[]
  /** The first of the provider's own fields that is wrong, as a sentence for people; absent: all are well. */
  wrong?(settings: ProviderSettings): string | undefined
  signIn(settings: ProviderSettings): SignInKind
  /** Client credentials: where `grant_type` goes; default the form. */
  grantIn?: 'form' | 'query'
  /** Never called with `none`. */
  oauth(authUrl: string, credentials: OAuthCredentials): OAuthClient
  open(options: ProviderOptions): Provider
}

export interface OAuthCredentials {
  clientId: string
  clientSecret: string
  settings: ProviderSettings
  /** Instead of all. */
  scopes?: readonly string[]
}

export interface ProviderOptions {
  baseUrl: string
  settings: ProviderSettings
  credentials: ProviderCredentials
  http: Http
  /** More connections of the same kind (certificates, log of calls) to another address of the same cloud. */
  httpTo(baseUrl: string): Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
}
