/** The tokens of one account that a person signed in, or pasted tokens into. */
import { days, iso, minutes, type Clock } from '../clock'
import { DrivewayError, toDrivewayError, type Cause } from '../vehicle/causes'
import { chainId, chainOf, isOutage, notSignedInCause, pasted, type Asking, type Chain } from './chain'
import { signedOutCause, untilRefused, type OAuthClient, type TokenSet } from './grants'
import type { Http } from './http'
import type { Redactor } from './redact'
import type { KeptTokens, TokenStore } from './tokens'

/** What a provider asks for access tokens. */
export interface Tokens {
  access(signal?: AbortSignal): Promise<string>
  /** The given token was refused with 401: gives another one, or rejects. */
  renew(refused: string, signal?: AbortSignal): Promise<string>
}

export interface SignInStatus {
  signedIn: boolean
  /** What the provider calls the person who signed in, where it tells. Only for the account's dialog. */
  who?: string
  /** When a person signed in; ISO 8601 UTC. */
  since?: string
  /** Until when the sign-in lives if it is not used; ISO 8601 UTC. */
  until?: string
  /** The sign-in survives a restart. */
  durable: boolean
  /** Why there are no tokens, or why the last call for them failed. */
  problem?: Cause
}

/** Tokens that a person pasted into the account. */
export interface Seed {
  accessToken?: string
  refreshToken?: string
}

export interface SignedInOptions {
  client: OAuthClient
  http: Http
  store: TokenStore
  /** The account's id. */
  account: string
  clock: Clock
  seed?: Seed
  /** Is told every token, so that none is shown anywhere. */
  redactor?: Redactor
  onChange?(status: SignInStatus): void
}

/** A refused client id or secret is not tried again before: providers lock who insists. */
const rest = minutes(10)

/**
 * Gives access tokens and keeps them fresh.
 *
 * Which chain of tokens an account stands on:
 * - A sign-in in the window starts the account's own chain, named by provider, client id and account.
 * - Pasted tokens start a chain named by provider, client id and those tokens, without the account: two accounts (or
 *   two instances of a subflow) with the same pasted token share one chain, and a changed one is another chain.
 * - The own chain wins while the pasted tokens are the same as when the person signed in, or were cleared since; after
 *   that the pasted ones are the newer wish.
 * Within a process, accounts on one chain share one `Chain`; between processes the store's lock keeps them in turn.
 */
export class SignedInTokens implements Tokens {
  private readonly ownId: string
  private readonly seed?: { id: string; hash: string; tokens: KeptTokens }
  private opening?: Promise<Chain>
  /** What `opening` came to. */
  private opened?: Chain
  private problem?: { cause: Cause; until: number }
  private told = ''

  constructor(private readonly options: SignedInOptions) {
    const { client, account, seed = {}, redactor } = options
    for (const secret of [client.clientSecret, seed.accessToken, seed.refreshToken]) redactor?.add(secret)
    const { accessToken = '', refreshToken = '' } = seed
    this.ownId = chainId('account', client.provider, client.clientId, account)
    if (accessToken === '' && refreshToken === '') return
    this.seed = {
      // The refresh token alone names the chain: that is what is single-use.
      id: chainId('pasted', client.provider, client.clientId, refreshToken || accessToken),
      hash: chainId('seed', accessToken, refreshToken),
      tokens: {
        accessToken,
        ...(refreshToken && { refreshToken }),
        expiresAt: accessToken === '' ? 0 : untilRefused,
        obtainedAt: pasted,
        signedInAt: pasted,
      },
    }
  }

  /** Gives a token that is good for half a minute more. Rejects with `AUTH_…`, `KEY_INVALID`, `PROVIDER_DOWN`, `NETWORK` … */
  async access(signal?: AbortSignal): Promise<string> {
    const chain = this.opened ?? (await untilAborted(this.chain(), signal))
    const tokens = this.usable(chain)
    const now = this.options.clock.now()
    if (!chain.isDue(tokens, now)) return tokens.accessToken
    try {
      return await this.renewed(chain, tokens, signal)
    } catch (error) {
      // An outage of the sign-in is no reason to stop before the token ends.
      if (isOutage(error) && this.options.clock.now() < tokens.expiresAt) return tokens.accessToken
      throw error
    }
  }

  async renew(refused: string, signal?: AbortSignal): Promise<string> {
    const chain = await untilAborted(this.chain(), signal)
    const tokens = this.usable(chain)
    const isOther = tokens.accessToken !== refused && !chain.isDue(tokens, this.options.clock.now())
    return isOther ? tokens.accessToken : this.renewed(chain, tokens, signal)
  }

  async status(): Promise<SignInStatus> {
    return this.statusOf(await this.chain())
  }

  /** Takes over the tokens of a sign-in window; they are on the disk when this is through. */
  async accept(tokens: TokenSet): Promise<void> {
    const chain = chainOf(this.options.store, this.ownId, this.options.clock)
    await chain.put({ ...tokens, ...(this.seed && { seedHash: this.seed.hash }) })
    this.opening = Promise.resolve(chain)
    this.opened = chain
    this.problem = undefined
    this.tell(chain)
  }

  /**
   * Forgets the tokens, here and on the disk. Accounts on the same pasted token are signed out with this one; that the
   * person did so is kept, so that the pasted token does not come back to life at the next start.
   */
  async signOut(): Promise<void> {
    const chain = await this.chain()
    const { seed } = this
    try {
      if (seed)
        await chain.put({
          accessToken: '',
          expiresAt: 0,
          obtainedAt: 1,
          signedInAt: pasted,
          seedHash: seed.hash,
          ended: 'signed-out',
        })
      else await chain.remove()
    } catch {
      throw new DrivewayError({
        code: 'INVALID_CONFIG',
        message: 'The kept sign-in could not be removed',
        action: "Check the permissions of Driveway's folder.",
      })
    }
    this.problem = undefined
    this.tell(chain)
  }

  /** When no renewal is under way: the process may end without losing a single-use token's successor. Never rejects. */
  async settled(): Promise<void> {
    const chain = await this.opening?.catch(() => undefined)
    await chain?.settled()
  }

  private chain(): Promise<Chain> {
    this.opening ??= this.open().then(
      (chain) => (this.opened = chain),
      (error: unknown) => {
        this.opening = undefined
        throw toDrivewayError(error)
      },
    )
    return this.opening
  }

  private async open(): Promise<Chain> {
    const { store, clock } = this.options
    const own = chainOf(store, this.ownId, clock)
    await own.load()
    const { seed } = this
    if (!seed || own.current?.seedHash === seed.hash) return own
    const chain = chainOf(store, seed.id, clock)
    await chain.load(seed.tokens)
    return chain
  }

  /** The chain's tokens, or the error that says why there are none to use. */
  private usable(chain: Chain): KeptTokens {
    const tokens = chain.current
    this.hide(chain)
    if (tokens && !tokens.ended) return tokens
    throw new DrivewayError(this.absence(chain))
  }

  private absence(chain: Chain): Cause {
    const { provider } = this.options.client
    const { current } = chain
    if (current?.ended === 'expired') return this.expiry(current)
    if (!chain.unreadable) return notSignedInCause(provider)
    return {
      ...notSignedInCause(provider),
      message: `The kept sign-in to ${provider} cannot be read, the credential secret was changed`,
    }
  }

  private expiry({ expiresAt, obtainedAt }: KeptTokens): Cause {
    const cause = signedOutCause(this.options.client.provider)
    if (obtainedAt === pasted || this.options.clock.now() - expiresAt < this.idleLife) return cause
    return { ...cause, message: `${cause.message} (not used for ${Math.round(this.idleLife / days(1))} days)` }
  }

  private async renewed(chain: Chain, tokens: KeptTokens, signal?: AbortSignal): Promise<string> {
    const { client, http, clock } = this.options
    const asking: Asking = { client, http, clock }
    if (this.problem && clock.now() < this.problem.until) throw new DrivewayError(this.problem.cause)
    try {
      const { accessToken } = await untilAborted(chain.renewed(tokens, asking), signal)
      this.problem = undefined
      this.hide(chain)
      this.tell(chain)
      return accessToken
    } catch (error) {
      throw this.noted(chain, toDrivewayError(error))
    }
  }

  /** Remembers what went wrong, so that it is told once and a refusal is not provoked again and again. */
  private noted(chain: Chain, error: DrivewayError): DrivewayError {
    if (error.code === 'SHUTDOWN') return error
    const { clock } = this.options
    const isOver = error.code === 'AUTH_EXPIRED' || error.code === 'AUTH_REQUIRED'
    const cause = error.code === 'AUTH_EXPIRED' && chain.current?.ended ? this.absence(chain) : error.cause
    const waitMs = isOver || isOutage(error) ? 0 : (cause.retryAfter ?? 0) * 1000 || rest
    this.problem = isOver ? undefined : { cause, until: clock.now() + waitMs }
    this.tell(chain)
    return cause === error.cause ? error : new DrivewayError(cause)
  }

  private get idleLife(): number {
    return this.options.client.idleLifeMs ?? days(7)
  }

  private statusOf(chain: Chain): SignInStatus {
    const { current, durable } = chain
    if (!current || current.ended) return { signedIn: false, durable, problem: this.absence(chain) }
    const until = current.refreshToken === undefined ? current.expiresAt : current.obtainedAt + this.idleLife
    return {
      signedIn: true,
      durable,
      ...(current.who !== undefined && { who: current.who }),
      ...(current.signedInAt !== pasted && { since: iso(current.signedInAt) }),
      ...(current.obtainedAt !== pasted && until < untilRefused && { until: iso(until) }),
      ...(this.problem && { problem: this.problem.cause }),
    }
  }

  private hide({ current }: Chain): void {
    for (const secret of [current?.accessToken, current?.refreshToken]) this.options.redactor?.add(secret)
  }

  private tell(chain: Chain): void {
    const status = this.statusOf(chain)
    // A refresh moves `until` every few minutes; that is no news.
    const news = JSON.stringify([status.signedIn, status.since, status.durable, status.problem?.code])
    if (news === this.told) return
    this.told = news
    this.options.onChange?.(status)
  }
}

/** The result of work that goes on by itself; the signal ends only the waiting. Rejects with `SHUTDOWN` then. */
function untilAborted<T>(work: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (!signal) return work
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(new DrivewayError({ code: 'SHUTDOWN', message: 'Driveway stopped waiting for a token' }))
    if (signal.aborted) {
      work.catch(() => undefined)
      return stop()
    }
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}
