import type { ProviderKit } from '../kit'
import { Volvo, volvoLimits, volvoOAuth, volvoUrls } from './volvo'

const apiOf = (api: string): 'v2' | 'v1' => (api === 'v1' ? 'v1' : 'v2')

export const volvoKit: ProviderKit = {
  title: 'Volvo',
  production: { url: volvoUrls.api, authUrl: volvoUrls.auth },
  limits: volvoLimits,
  signInDays: 7,
  oauth: (authUrl, { api, ...credentials }) => volvoOAuth(authUrl, { ...credentials, api: apiOf(api) }),
  open: ({ api, ...options }) => new Volvo({ ...options, api: apiOf(api) }),
}
