/** Puts an account together: settings and credentials in, one live Account out. */
import { days, type Clock, type Timer } from '../clock'
import { Http, type CallRecord } from '../cloud/http'
import { SignedInTokens, type OAuthClient, type SignInStatus, type TokenSet } from '../cloud/oauth'
import { Ledger, type QuotaRules } from '../cloud/quota'
import { Redactor } from '../cloud/redact'
import type { StateStore } from '../cloud/stateStore'
import type { TokenStore } from '../cloud/tokens'
import type { ProviderKit } from '../providers/kit'
import type { Link } from '../providers/mqtt/link'
import { loadOtherDriveway, loadProvider } from '../providers/registry'
import { Account } from './account'
import { Keeper } from './keeper'
import { RedactedProvider } from './redacted'
import { sharedLedger } from './ledgers'
import { invalidConfig, isOfCloud, type AccountCredentials, type AccountSettings, type CloudSettings } from './settings'

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
}

export interface SignInControl {
  status(): Promise<SignInStatus>
  accept(tokens: TokenSet): Promise<void>
  signOut(): Promise<void>
  /** When no tokens are being renewed; whoever ends the process waits for it. Never rejects. */
  settled(): Promise<void>
}

export interface Addresses {
  url: string
  authUrl: string
}

/** Where the account's cloud is. `simulator`: below the provider's own prefix of the simulator. */
export function addressesOf(settings: CloudSettings, kit: ProviderKit, simulatorUrl?: string): Addresses {
  if (settings.server === 'production') return kit.production
  if (settings.server === 'custom') {
    const url = bare(settings.url ?? '')
    return { url, authUrl: settings.authUrl ? bare(settings.authUrl) : url }
  }
  if (!simulatorUrl) throw invalidConfig('The simulator is not running')
  const url = `${bare(simulatorUrl)}/${settings.provider}`
  return { url, authUrl: url }
}

const bare = (url: string): string => url.replace(/\/+$/, '')

/** The OAuth client of an account's fields. Throws `INVALID_CONFIG` naming the first that is missing. */
export function oauthClientOf(
  settings: AccountSettings,
  kit: ProviderKit,
  credentials: AccountCredentials,
  addresses: Addresses,
): OAuthClient {
  const { clientId, clientSecret } = credentials
  if (!clientId) throw invalidConfig(`${kit.title}: the client id is missing in the account`)
  if (!clientSecret) throw invalidConfig(`${kit.title}: the client secret is missing in the account`)
  return kit.oauth(addresses.authUrl, { clientId, clientSecret, api: settings.api ?? '', scopes: settings.scopes })
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
  const nothing = () => Promise.resolve()
  const signIn = { status: async () => ({ signedIn: true, durable: true }), accept: nothing, signOut: nothing, settled: nothing }
  const redactor = new Redactor()
  return { account, signIn, settings, calls: [], clean: (text) => redactor.clean(text) }
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
  const addresses = addressesOf(settings, kit, simulatorUrl)
  const { apiKey, accessToken, refreshToken } = credentials
  if (!apiKey) throw invalidConfig(`${kit.title}: the API key is missing in the account`)
  // A pasted access token alone needs no application of one's own.
  const pastedOnly = accessToken && !refreshToken && !credentials.clientId
  const client = oauthClientOf(settings, kit, pastedOnly ? { clientId: 'none', clientSecret: 'none' } : credentials, addresses)
  const redactor = new Redactor()
  for (const secret of Object.values(credentials)) redactor.add(secret as string | undefined)
  const clean = (text: string) => redactor.clean(text)
  const authHttp = new Http({ baseUrl: addresses.authUrl, clock, name: kit.title })
  const rules: QuotaRules = {
    ...kit.limits,
    perDay: settings.quotaPerDay ?? kit.limits.perDay,
    commandReserve: settings.commandReserve,
  }
  const shared = await sharedLedger(`${settings.provider} ${addresses.url} ${apiKey}`, rules, clock, kit.title, kept?.ledger)
  const { ledger } = shared
  const http = new Http({ baseUrl: addresses.url, clock, name: kit.title, onCall: () => shared.spent() })
  const tokens = new SignedInTokens({
    client,
    http: authHttp,
    store,
    account: id,
    clock,
    seed: { accessToken, refreshToken },
    redactor,
    onChange: (status) => onSignIn?.(status),
  })
  const inner = kit.open({ baseUrl: addresses.url, apiKey, api: settings.api ?? '', http, tokens, ledger, clock })
  const provider = new RedactedProvider(inner, clean)
  const warm = keepWarm(tokens, clock)
  const release = () => {
    warm.cancel()
    http.close()
    authHttp.close()
    void shared.flush()
  }
  const keeper = kept && new Keeper(kept.state, id, clock, (error) => account.emit('trouble', error.cause))
  const account: Account = new Account({ settings, provider, ledger, clock, keeper, release })
  const signIn: SignInControl = {
    status: () => tokens.status(),
    accept: async (given) => {
      await tokens.accept(given)
      account.resume()
    },
    signOut: () => tokens.signOut(),
    settled: () => tokens.settled(),
  }
  return { account, signIn, settings, calls: http.recent, clean }
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
