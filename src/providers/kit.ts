import type { Clock } from '../clock'
import type { Http } from '../cloud/http'
import type { OAuthClient, Tokens } from '../cloud/oauth'
import type { Ledger, QuotaRules } from '../cloud/quota'
import type { Provider } from './provider'

/** What a provider's folder offers to whoever opens an account. */
export interface ProviderKit {
  /** For people. */
  title: string
  production: { url: string; authUrl: string }
  limits: QuotaRules
  /** Days that a sign-in lives without being used; absent where it does not end. */
  signInDays?: number
  oauth(
    authUrl: string,
    credentials: { clientId: string; clientSecret: string; api: string; scopes?: readonly string[] },
  ): OAuthClient
  open(options: ProviderOptions): Provider
}

export interface ProviderOptions {
  baseUrl: string
  apiKey: string
  api: string
  http: Http
  tokens: Tokens
  ledger: Ledger
  clock: Clock
}
