/** Which secrets an account may hold, and which of them its provider needs. */
import type { CredentialName, ProviderKit } from '../providers/kit'
import { invalidConfig, type AccountCredentials } from './settings'

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

/** Throws `INVALID_CONFIG` naming the first of these that is missing. */
export function need(kit: ProviderKit, credentials: AccountCredentials, names: readonly CredentialName[]): void {
  for (const name of names)
    if (!credentials[name]) throw invalidConfig(`${kit.title}: the ${secretWords[name]} is missing in the account`)
}
