/** Sign-ins under way: from the click in the dialog to the tokens. Each `state` works once, for 10 minutes. */
import { timingSafeEqual } from 'node:crypto'
import { hours, minutes, type Clock } from '../../src/clock'
import { Http } from '../../src/cloud/http'
import { beginSignIn, exchangeCode, type OAuthClient, type SignIn, type TokenSet } from '../../src/cloud/oauth'
import { DrivewayError, toDrivewayError, type Cause } from '../../src/vehicle/causes'

export interface Progress {
  status: 'pending' | 'done' | 'failed'
  cause?: Cause
}

interface Pending extends Progress {
  account: string
  client: OAuthClient
  signIn: SignIn
  until: number
  used: boolean
}

interface Held {
  tokens: TokenSet
  until: number
}

const stateLasts = minutes(10)
const heldLasts = hours(1)
const mostAtOnce = 100

export class SignIns {
  private readonly pending = new Map<string, Pending>()
  private readonly held = new Map<string, Held>()

  constructor(
    private readonly clock: Clock,
    /** Hands the tokens to the account if it is deployed; false: it is not. */
    private readonly deliver: (account: string, tokens: TokenSet) => Promise<boolean>,
  ) {}

  /** The address to open, and the state to ask after. */
  begin(account: string, client: OAuthClient, redirectUri: string): { url: string; state: string } {
    this.sweep()
    const [oldest] = this.pending.keys()
    if (this.pending.size >= mostAtOnce && oldest !== undefined) this.pending.delete(oldest)
    const signIn = beginSignIn(client, redirectUri)
    this.pending.set(signIn.state, {
      account,
      client,
      signIn,
      until: this.clock.now() + stateLasts,
      used: false,
      status: 'pending',
    })
    return { url: signIn.url, state: signIn.state }
  }

  progress(state: string): Progress {
    this.sweep()
    const { status, cause } = this.pending.get(state) ?? { status: 'failed' as const, cause: unknownState }
    return { status, ...(cause && { cause }) }
  }

  /** The redirect came back, by itself or pasted. Never rejects; a state that is unknown, used or too old changes nothing. */
  async finish(query: { code?: string; state?: string; error?: string }): Promise<Progress> {
    this.sweep()
    const entry = this.find(query.state)
    if (!entry || entry.used) return { status: 'failed', cause: unknownState }
    entry.used = true
    try {
      if (query.error !== undefined || !query.code) throw new DrivewayError(refusedBy(entry.client.provider, query.error))
      const http = new Http({ baseUrl: new URL(entry.client.tokenUrl).origin, clock: this.clock, name: entry.client.provider })
      const { verifier, redirectUri } = entry.signIn
      const tokens = await exchangeCode(http, entry.client, { code: query.code, verifier, redirectUri }, this.clock).finally(() =>
        http.close(),
      )
      if (!(await this.deliver(entry.account, tokens)))
        this.held.set(entry.account, { tokens, until: this.clock.now() + heldLasts })
      entry.status = 'done'
    } catch (error) {
      entry.status = 'failed'
      entry.cause = toDrivewayError(error).cause
    }
    const { status, cause } = entry
    return { status, ...(cause && { cause }) }
  }

  /** The sign-in that was made before the account was deployed; given out once. */
  takeHeld(account: string): TokenSet | undefined {
    this.sweep()
    const held = this.held.get(account)
    this.held.delete(account)
    return held?.tokens
  }

  private find(state: string | undefined): Pending | undefined {
    if (!state) return undefined
    const given = Buffer.from(state)
    for (const [known, entry] of this.pending) {
      const wanted = Buffer.from(known)
      if (wanted.length === given.length && timingSafeEqual(wanted, given)) return entry
    }
    return undefined
  }

  private sweep(): void {
    const now = this.clock.now()
    for (const [state, entry] of this.pending) if (entry.until < now) this.pending.delete(state)
    for (const [account, entry] of this.held) if (entry.until < now) this.held.delete(account)
  }
}

const unknownState: Cause = {
  code: 'AUTH_REQUIRED',
  message: 'This sign-in is not known here, was used already, or took longer than 10 minutes',
  action: 'Start the sign-in again.',
}

function refusedBy(provider: string, error: string | undefined): Cause {
  if (error === 'invalid_scope')
    return {
      code: 'SCOPE_MISSING',
      message: `${provider}: your application does not own all the permissions that were asked for`,
      action: 'Ask only for permissions your application owns.',
    }
  if (error === 'access_denied')
    return {
      code: 'AUTH_REQUIRED',
      message: `${provider}: the sign-in was not allowed`,
      action: 'Start the sign-in again and allow it.',
    }
  return { code: 'AUTH_REQUIRED', message: `${provider}: the sign-in did not succeed`, action: 'Start the sign-in again.' }
}
