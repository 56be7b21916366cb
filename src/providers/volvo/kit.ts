import type { ProviderKit } from '../kit'
import { Volvo, volvoLimits, volvoOAuth, volvoUrls } from './volvo'

const apiOf = (api: string): 'v2' | 'v1' => (api === 'v1' ? 'v1' : 'v2')

export const volvoKit: ProviderKit = {
  title: 'Volvo',
  production: () => ({ url: volvoUrls.api, authUrl: volvoUrls.auth }),
  simulated: (simulatorUrl) => ({ url: `${simulatorUrl}/volvo`, authUrl: `${simulatorUrl}/volvo` }),
  limits: volvoLimits,
  signInDays: 7,
  needs: () => ['apiKey', 'clientId', 'clientSecret'],
  signIn: () => 'code',
  oauth: (authUrl, { settings, ...credentials }) => volvoOAuth(authUrl, { ...credentials, api: apiOf(settings.api) }),
  open: ({ settings, credentials, ...options }) =>
    new Volvo({ ...options, apiKey: credentials.apiKey ?? '', api: apiOf(settings.api) }),
}
