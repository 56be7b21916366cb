/** One chain of rotating tokens as this process knows it, shared by every account that stands on it. */
import { createHash } from 'node:crypto'
import { seconds, type Clock } from '../clock'
import { DrivewayError } from '../vehicle/causes'
import { backoff, withRetries } from './backoff'
import { refresh, signedOutCause, type OAuthClient } from './grants'
import type { Http } from './http'
import type { KeptTokens, TokenStore } from './tokens'

/** Refreshed this long before the end, with up to ten seconds more so that accounts do not all ask at once. */
const margin = seconds(30)
const jitter = seconds(10)
const repeats = 3

/** `obtainedAt` of tokens that were pasted: nobody knows. */
export const pasted = 0

/** How an account asks for tokens: with its own client and connection, since these may differ between accounts. */
export interface Asking {
  client: OAuthClient
  http: Http
  clock: Clock
}

export class Chain {
  private tokens?: KeptTokens
  private inFlight?: Promise<KeptTokens>
  /** The store could not be written, so memory is ahead of it. */
  private ahead = false
  /** 0 to 1: how much of the jitter this chain takes. */
  private readonly lot: number
  /** Something was kept and could not be read. */
  unreadable = false

  constructor(
    private readonly id: string,
    private store: TokenStore,
    clock: Clock,
  ) {
    this.lot = clock.random()
  }

  /** The same place, opened again: from now on under these secrets. */
  on(store: TokenStore): this {
    this.store = store
    return this
  }

  get current(): KeptTokens | undefined {
    return this.tokens
  }

  /** The tokens would survive a restart. */
  get durable(): boolean {
    return this.store.durable && !this.ahead
  }

  /** Reads what is kept; `fallback` counts where nothing is. */
  async load(fallback?: KeptTokens): Promise<void> {
    if (this.ahead || this.inFlight) return
    const kept = await this.store.load(this.id).catch(() => 'unreadable' as const)
    this.unreadable = kept === 'unreadable'
    this.tokens = kept === 'unreadable' ? undefined : (kept ?? fallback)
  }

  async put(tokens: KeptTokens): Promise<void> {
    await this.store.locked(this.id, () => this.keep(tokens)).catch(() => this.keepInMemory(tokens))
  }

  async remove(): Promise<void> {
    this.tokens = undefined
    this.ahead = false
    await this.store.locked(this.id, () => this.store.remove(this.id))
  }

  isDue(tokens: KeptTokens, now: number): boolean {
    const life = Math.max(0, tokens.expiresAt - tokens.obtainedAt)
    return now >= tokens.expiresAt - Math.min(margin + jitter * this.lot, life / 2)
  }

  /**
   * Gives tokens other than `old`; whoever asks meanwhile gets the same answer. What another process or account
   * fetched in the meantime is taken instead of asking. Is never broken off once begun: a single-use token that was
   * sent must be followed by writing its successor.
   */
  renewed(old: KeptTokens, asking: Asking): Promise<KeptTokens> {
    this.inFlight ??= this.renew(old, asking).finally(() => {
      this.inFlight = undefined
    })
    // Those who wait may have gone by the time it fails.
    this.inFlight.catch(() => undefined)
    return this.inFlight
  }

  /** When no renewal is under way (any more). Never rejects. */
  async settled(): Promise<void> {
    await this.inFlight?.catch(() => undefined)
  }

  private renew(old: KeptTokens, asking: Asking): Promise<KeptTokens> {
    const { clock } = asking
    const again = (error: unknown, n: number) => (isOutage(error) && n < repeats ? backoff(clock, n) : undefined)
    return withRetries(clock, () => this.lockedRenewal(old, asking), again)
  }

  private async lockedRenewal(old: KeptTokens, asking: Asking): Promise<KeptTokens> {
    let begun = false
    const action = () => {
      begun = true
      return this.renewal(old, asking)
    }
    try {
      return await this.store.locked(this.id, action)
    } catch (error) {
      if (begun) throw error
      // A folder that cannot be written any more must not cost the sign-in.
      this.ahead = this.store.durable
      return this.renewal(old, asking)
    }
  }

  private async renewal(old: KeptTokens, { client, http, clock }: Asking): Promise<KeptTokens> {
    const kept = this.ahead ? (this.tokens ?? old) : await this.kept(old)
    if (!kept || kept.ended) {
      this.tokens = kept
      throw new DrivewayError(kept ? signedOutCause(client.provider) : notSignedInCause(client.provider))
    }
    if (kept.accessToken !== old.accessToken && !this.isDue(kept, clock.now())) {
      this.tokens = kept
      return kept
    }
    try {
      const { seedHash } = kept
      const fresh = { ...(await refresh(http, client, kept, clock)), ...(seedHash !== undefined && { seedHash }) }
      await this.keep(fresh).catch(() => this.keepInMemory(fresh))
      return fresh
    } catch (error) {
      if (error instanceof DrivewayError && error.code === 'AUTH_EXPIRED') await this.end(kept)
      throw error
    }
  }

  /** What is kept on the disk; where nothing was ever written yet, what we started from. */
  private async kept(old: KeptTokens): Promise<KeptTokens | undefined> {
    const kept = await this.store.load(this.id).catch(() => 'unreadable' as const)
    if (kept === 'unreadable') return old
    // Pasted tokens are first written when they were renewed; anything else that is gone was removed by a sign-out.
    return kept ?? (old.obtainedAt === pasted ? old : undefined)
  }

  private async end(tokens: KeptTokens): Promise<void> {
    const ended: KeptTokens = { ...tokens, accessToken: '', ended: 'expired' }
    delete ended.refreshToken
    await this.keep(ended).catch(() => this.keepInMemory(ended))
  }

  private async keep(tokens: KeptTokens): Promise<void> {
    await this.store.save(this.id, tokens)
    this.tokens = tokens
    this.ahead = false
  }

  private keepInMemory(tokens: KeptTokens): void {
    this.tokens = tokens
    this.ahead = this.store.durable
  }
}

export const notSignedInCause = (provider: string) => ({
  code: 'AUTH_REQUIRED' as const,
  message: `Not signed in to ${provider}`,
  action: 'Open the account and sign in.',
})

/** The sign-in itself is not in question: worth trying again. */
export const isOutage = (error: unknown): boolean =>
  error instanceof DrivewayError && (error.code === 'PROVIDER_DOWN' || error.code === 'NETWORK')

const chains = new Map<string, Chain>()

/** The chain of this store and id: one object per process, however many accounts stand on it. */
export function chainOf(store: TokenStore, id: string, clock: Clock): Chain {
  const key = `${store.place}\n${id}`
  const chain = chains.get(key)?.on(store) ?? new Chain(id, store, clock)
  chains.set(key, chain)
  return chain
}

/** A name for a chain that is safe as a file name and tells nothing. */
export const chainId = (...parts: readonly string[]): string =>
  createHash('sha256')
    .update(JSON.stringify(['driveway chain v1', ...parts]))
    .digest('hex')
    .slice(0, 40)
