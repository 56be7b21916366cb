/** Tokens of an application that nobody signs in to: asked for when needed, kept in memory, renewed before they end. */
import { iso, minutes, seconds, type Clock } from '../clock'
import { DrivewayError, toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'
import { clientCredentials, type OAuthClient, type TokenSet } from './grants'
import type { Http } from './http'
import type { Redactor } from './redact'
import type { SignInStatus, Tokens } from './signedInTokens'

export interface ClientTokensOptions {
  client: OAuthClient
  http: Http
  /** Where `grant_type` goes. INVERS: authentication, in the query. */
  grantIn: 'form' | 'query'
  clock: Clock
  redactor?: Redactor
  onChange?(status: SignInStatus): void
}

/** A refused client id or secret is not tried again before: providers lock who insists. */
const rest = minutes(10)
/** How long before its end a token is not used any more. */
const margin = seconds(60)
const refusals: ReadonlySet<CauseCode> = new Set([
  'AUTH_REQUIRED',
  'AUTH_EXPIRED',
  'KEY_INVALID',
  'INVALID_CONFIG',
  'SCOPE_MISSING',
])

export class ClientTokens implements Tokens {
  private tokens?: TokenSet
  private asking?: Promise<TokenSet>
  private problem?: { cause: Cause; until: number }

  constructor(private readonly options: ClientTokensOptions) {
    options.redactor?.add(options.client.clientSecret)
  }

  /** Gives a token that is good for a minute more. Rejects with `KEY_INVALID`, `PROVIDER_DOWN`, `NETWORK` … */
  async access(): Promise<string> {
    const { tokens } = this
    const isGood = tokens && this.options.clock.now() < tokens.expiresAt - this.marginOf(tokens)
    return isGood ? tokens.accessToken : (await this.asked()).accessToken
  }

  async renew(refused: string): Promise<string> {
    if (this.tokens?.accessToken === refused) this.tokens = undefined
    return this.access()
  }

  status(): SignInStatus {
    const { tokens, problem } = this
    return {
      signedIn: problem === undefined,
      durable: true,
      ...(tokens && { since: iso(tokens.signedInAt) }),
      ...(problem && { problem: problem.cause }),
    }
  }

  forget(): void {
    this.tokens = undefined
    this.problem = undefined
  }

  /** Never rejects. */
  async settled(): Promise<void> {
    await this.asking?.catch(() => undefined)
  }

  /** A token that lives shorter than two minutes is used for half of its life. */
  private marginOf({ expiresAt, obtainedAt }: TokenSet): number {
    return Math.min(margin, (expiresAt - obtainedAt) / 2)
  }

  /** Those who ask at the same time share one call. */
  private asked(): Promise<TokenSet> {
    const { clock } = this.options
    if (this.problem && clock.now() < this.problem.until) return Promise.reject(new DrivewayError(this.problem.cause))
    this.asking ??= this.ask().finally(() => (this.asking = undefined))
    return this.asking
  }

  private async ask(): Promise<TokenSet> {
    const { client, http, grantIn, clock, redactor } = this.options
    try {
      this.tokens = await clientCredentials(http, client, grantIn, clock)
      redactor?.add(this.tokens.accessToken)
      this.problem = undefined
      return this.tokens
    } catch (error) {
      const { cause } = toDrivewayError(error)
      if (refusals.has(cause.code)) this.problem = { cause, until: clock.now() + rest }
      throw error
    } finally {
      this.options.onChange?.(this.status())
    }
  }
}

/** For clouds whose calls carry no token. */
export const noTokens: Tokens = {
  access: async () => '',
  renew: async () => '',
}
