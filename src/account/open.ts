/** Puts an account together: settings and credentials in, one live Account out. */
import type { Clock } from '../clock'
import { Http, type CallRecord } from '../cloud/http'
import type { OAuthClient, SignInStatus } from '../cloud/oauth'
import { Ledger, type QuotaRules } from '../cloud/quota'
import { Redactor } from '../cloud/redact'
import type { StateStore } from '../cloud/stateStore'
import type { TokenStore } from '../cloud/tokens'
import type { Addresses, CredentialName, ProviderKit } from '../providers/kit'
import type { Link } from '../providers/mqtt/link'
import { loadOtherDriveway, loadProvider } from '../providers/registry'
import { accessOf, nobodySignsIn, type SignInControl } from './access'
import { Account } from './account'
import { need } from './credentials'
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

export { credentialNames } from './credentials'

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
  const keeper = kept && new Keeper(kept.state, id, clock, (error) => account.troubled(error.cause))
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
  const keeper = kept && new Keeper(kept.state, id, clock, (error) => account.troubled(error.cause))
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
