/** How an account gets its tokens, by what its provider wants, and who signs in. */
import { days, type Clock, type Timer } from '../clock'
import type { Http } from '../cloud/http'
import {
  ClientTokens,
  noTokens,
  SignedInTokens,
  type OAuthClient,
  type SignInStatus,
  type Tokens,
  type TokenSet,
} from '../cloud/oauth'
import type { Redactor } from '../cloud/redact'
import type { TokenStore } from '../cloud/tokens'
import type { ProviderKit } from '../providers/kit'
import { providerSettings, type AccountCredentials, type AccountSettings } from './settings'

export interface SignInControl {
  status(): Promise<SignInStatus>
  accept(tokens: TokenSet): Promise<void>
  signOut(): Promise<void>
  /** When no tokens are being renewed; whoever ends the process waits for it. Never rejects. */
  settled(): Promise<void>
}

interface Access {
  tokens: Tokens
  signIn: SignInControl
  close(): void
}

interface AccessOptions {
  kit: ProviderKit
  settings: AccountSettings
  client: () => OAuthClient
  http: Http
  store: TokenStore
  id: string
  clock: Clock
  redactor: Redactor
  credentials: AccountCredentials
  onSignIn?: (status: SignInStatus) => void
}

export function accessOf(options: AccessOptions): Access {
  const { kit, settings } = options
  const nothing = () => Promise.resolve()
  switch (kit.signIn(providerSettings(settings))) {
    case 'none':
      return { tokens: noTokens, signIn: nobodySignsIn, close: () => undefined }
    case 'client': {
      const { client, http, clock, redactor, onSignIn } = options
      const tokens = new ClientTokens({
        client: client(),
        http,
        grantIn: kit.grantIn ?? 'form',
        clock,
        redactor,
        onChange: (status) => onSignIn?.(status),
      })
      const signIn = {
        status: async () => tokens.status(),
        accept: nothing,
        signOut: async () => tokens.forget(),
        settled: () => tokens.settled(),
      }
      return { tokens, signIn, close: () => undefined }
    }
    case 'code':
      return signedInAccess(options)
  }
}

export const nobodySignsIn: SignInControl = {
  status: async () => ({ signedIn: true, durable: true }),
  accept: () => Promise.resolve(),
  signOut: () => Promise.resolve(),
  settled: () => Promise.resolve(),
}

function signedInAccess({ client, http, store, id, clock, credentials, redactor, onSignIn }: AccessOptions): Access {
  const { accessToken, refreshToken } = credentials
  const tokens = new SignedInTokens({
    client: client(),
    http,
    store,
    account: id,
    clock,
    seed: { accessToken, refreshToken },
    redactor,
    onChange: (status) => onSignIn?.(status),
  })
  const warm = keepWarm(tokens, clock)
  const signIn: SignInControl = {
    status: () => tokens.status(),
    accept: (given) => tokens.accept(given),
    signOut: () => tokens.signOut(),
    settled: () => tokens.settled(),
  }
  return { tokens, signIn, close: () => warm.cancel() }
}

/** A sign-in that nobody uses dies after some days (Volvo: 7): it is used once a day, also when only commands are sent. */
function keepWarm(tokens: SignedInTokens, clock: Clock): Timer {
  let timer: Timer
  const again = () => {
    timer = clock.after(days(1), () => {
      tokens.access().catch(() => undefined)
      again()
    })
  }
  again()
  return { cancel: () => timer.cancel() }
}
