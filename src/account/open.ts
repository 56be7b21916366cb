/** Puts an account together: settings and credentials in, one live Account out. */
import { days, type Clock, type Timer } from '../clock'
import { Http, type CallRecord } from '../cloud/http'
import {
  ClientTokens,
  noTokens,
  SignedInTokens,
  type OAuthClient,
  type SignInStatus,
  type Tokens,
  type TokenSet,
} from '../cloud/oauth'
import { Ledger, type QuotaRules } from '../cloud/quota'
import { Redactor } from '../cloud/redact'
import type { StateStore } from '../cloud/stateStore'
import type { TokenStore } from '../cloud/tokens'
import type { Addresses, CredentialName, ProviderKit } from '../providers/kit'
import type { Link } from '../providers/mqtt/link'
import { loadOtherDriveway, loadProvider } from '../providers/registry'
import { Account } from './account'
import { Keeper } from './keeper'
import { RedactedProvider } from './redacted'
import { sharedLedger } from './ledgers'
import {
  invalidConfig,
  isOfCloud,
  providerSettings,
  type AccountCredentials,
  type AccountSettings,
  type CloudSettings,
} from './settings'

export interface OpenOptions {
  /** Of the config node; makes the sign-in this account's own. */
  id: string
  settings: AccountSettings
  credentials: AccountCredentials
  clock: Clock
  store: TokenStore
  /** Where cars, sessions and counts are kept over a restart; absent: nowhere. */
  kept?: { state: StateStore; ledger?: StateStore }
  /** Base address of the simulator, when the account's server is that. */
  simulatorUrl?: string
  /** The connection to the broker, for an account that reads another Driveway. */
  link?: Link
  onSignIn?: (status: SignInStatus) => void
}

export interface OpenedAccount {
  account: Account
  signIn: SignInControl
  settings: AccountSettings
  /** The last calls, for support. */
  calls: readonly CallRecord[]
  /** Masks this account's secrets, vehicle numbers, positions and mail addresses in a text. */
  clean: (text: string) => string
  /** Address of the simulator's page, for accounts that use it. */
  simulatorPage?: string
  /** Where what belongs to this account is kept over a restart; absent: nowhere. */
  state?: StateStore
}

export interface SignInControl {
  status(): Promise<SignInStatus>
  accept(tokens: TokenSet): Promise<void>
  signOut(): Promise<void>
  /** When no tokens are being renewed; whoever ends the process waits for it. Never rejects. */
  settled(): Promise<void>
}

/** Where the account's cloud is. `simulator`: below the provider's own prefix of the simulator. */
export function addressesOf(settings: CloudSettings, kit: ProviderKit, simulatorUrl?: string): Addresses {
  const told = providerSettings(settings)
  if (settings.server === 'production') return kit.production(told)
  if (settings.server === 'custom') {
    const url = bare(settings.url ?? '')
    return { url, authUrl: settings.authUrl ? bare(settings.authUrl) : url }
  }
  if (!simulatorUrl) throw invalidConfig('The simulator is not running')
  return kit.simulated(bare(simulatorUrl), told)
}

const bare = (url: string): string => url.replace(/\/+$/, '')

/** What the secrets are called in sentences. */
const secretWords: Readonly<Record<CredentialName, string>> = {
  apiKey: 'API key',
  clientId: 'client id',
  clientSecret: 'client secret',
  accessToken: 'access token',
  refreshToken: 'refresh token',
  tlsCert: 'client certificate',
  tlsKey: 'key of the client certificate',
  tlsCa: 'certificate of the authority',
  amqpUser: 'user name at the message broker',
  amqpPassword: 'password at the message broker',
  webhookSecret: 'secret of the webhook',
}

export const credentialNames = Object.keys(secretWords) as CredentialName[]

function need(kit: ProviderKit, credentials: AccountCredentials, names: readonly CredentialName[]): void {
  for (const name of names)
    if (!credentials[name]) throw invalidConfig(`${kit.title}: the ${secretWords[name]} is missing in the account`)
}

/** The OAuth client of an account's fields. Throws `INVALID_CONFIG` naming the first that is missing. */
export function oauthClientOf(
  settings: AccountSettings,
  kit: ProviderKit,
  credentials: AccountCredentials,
  addresses: Addresses,
): OAuthClient {
  const told = providerSettings(settings)
  const ofClient: readonly CredentialName[] = ['clientId', 'clientSecret']
  need(
    kit,
    credentials,
    ofClient.filter((name) => kit.needs(told).includes(name)),
  )
  const { clientId = '', clientSecret = '' } = credentials
  return kit.oauth(addresses.authUrl, { clientId, clientSecret, settings: told, scopes: settings.scopes })
}

/** Rejects with `INVALID_CONFIG` when a field that the provider needs is missing. Makes no call. */
export async function openAccount(options: OpenOptions): Promise<OpenedAccount> {
  const { settings } = options
  return isOfCloud(settings) ? openAtCloud({ ...options, settings }) : openByLink(options)
}

/** Nobody signs in, and no call is counted: the other Driveway does both. */
async function openByLink({ id, settings, clock, kept, link }: OpenOptions): Promise<OpenedAccount> {
  if (!link) throw invalidConfig("The account's MQTT broker is missing or disabled")
  const OtherDriveway = await loadOtherDriveway()
  const provider = new OtherDriveway({ link, base: settings.sourceBase, clock })
  const ledger = new Ledger({ commandReserve: 0 }, clock, 'MQTT')
  const keeper = kept && new Keeper(kept.state, id, clock, (error) => account.emit('trouble', error.cause))
  const account: Account = new Account({ settings, provider, ledger, clock, keeper })
  const redactor = new Redactor()
  return { account, signIn: nobodySignsIn, settings, calls: [], clean: (text) => redactor.clean(text), state: kept?.state }
}

async function openAtCloud({
  id,
  settings,
  credentials,
  clock,
  store,
  kept,
  simulatorUrl,
  onSignIn,
}: OpenOptions & { settings: CloudSettings }): Promise<OpenedAccount> {
  const kit = await loadProvider(settings.provider)
  const told = providerSettings(settings)
  const addresses = addressesOf(settings, kit, simulatorUrl)
  const wrong = kit.wrong?.(told)
  if (wrong !== undefined) throw invalidConfig(`${kit.title}: ${wrong}`)
  const { accessToken, refreshToken } = credentials
  // A pasted access token alone needs no application of one's own.
  const pastedOnly = accessToken && !refreshToken && !credentials.clientId
  const ofClient: readonly CredentialName[] = ['clientId', 'clientSecret']
  need(
    kit,
    credentials,
    kit.needs(told).filter((name) => !pastedOnly || !ofClient.includes(name)),
  )
  const redactor = new Redactor()
  for (const secret of Object.values(credentials)) redactor.add(secret as string | undefined)
  const clean = (text: string) => redactor.clean(text)
  const { tlsCert: cert, tlsKey: key, tlsCa: ca } = credentials
  const connection = { clock, name: kit.title, tls: { cert, key, ca } }
  const authHttp = new Http({ ...connection, baseUrl: addresses.authUrl })
  const rules: QuotaRules = {
    ...kit.limits,
    perDay: settings.quotaPerDay ?? kit.limits.perDay,
    commandReserve: settings.commandReserve,
  }
  // Who a cloud counts calls for.
  const caller = credentials.apiKey ?? credentials.clientId ?? ''
  const shared = await sharedLedger(`${settings.provider} ${addresses.url} ${caller}`, rules, clock, kit.title, kept?.ledger)
  const { ledger } = shared
  const opened: Http[] = [authHttp]
  const httpTo = (baseUrl: string): Http => {
    const http = new Http({ ...connection, baseUrl, onCall: () => shared.spent() })
    opened.push(http)
    return http
  }
  const http = httpTo(addresses.url)
  const client = () =>
    oauthClientOf(settings, kit, pastedOnly ? { clientId: 'none', clientSecret: 'none' } : credentials, addresses)
  const access = accessOf({ kit, settings, client, http: authHttp, store, id, clock, redactor, credentials, onSignIn })
  const inner = kit.open({
    baseUrl: addresses.url,
    settings: told,
    credentials,
    http,
    httpTo,
    tokens: access.tokens,
    ledger,
    clock,
  })
  const provider = new RedactedProvider(inner, clean)
  const release = () => {
    access.close()
    for (const each of opened) each.close()
    void shared.flush()
  }
  const keeper = kept && new Keeper(kept.state, id, clock, (error) => account.emit('trouble', error.cause))
  const account: Account = new Account({ settings, provider, ledger, clock, keeper, release })
  const signIn: SignInControl = {
    ...access.signIn,
    accept: async (given) => {
      await access.signIn.accept(given)
      account.resume()
    },
  }
  return { account, signIn, settings, calls: http.recent, clean, state: kept?.state }
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

/** How the account gets its tokens, by what its provider wants. */
function accessOf(options: AccessOptions): Access {
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

const nobodySignsIn: SignInControl = {
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
