import type { ProviderKit } from '../kit'
import { Invers } from './invers'
import { inversSettings, wrongIn } from './settings'

/** INVERS: base URL and authentication. The regions besides this one are not documented: `custom` names them. */
const production = { url: 'https://api.invers.com', authUrl: 'https://api.invers.com/auth/oauth/token' }

export const inversKit: ProviderKit = {
  title: 'INVERS',
  production: () => production,
  simulated: (simulatorUrl) => ({ url: `${simulatorUrl}/invers`, authUrl: `${simulatorUrl}/invers/auth/oauth/token` }),
  // INVERS: its limits are not documented; its answers tell them.
  limits: { commandReserve: 5 },
  needs: (settings) =>
    inversSettings(settings).amqp ? ['clientId', 'clientSecret', 'amqpUser', 'amqpPassword'] : ['clientId', 'clientSecret'],
  wrong: wrongIn,
  signIn: () => 'client',
  grantIn: 'query',
  oauth: (authUrl, { clientId, clientSecret }) => ({
    provider: 'INVERS',
    authorizeUrl: authUrl,
    tokenUrl: authUrl,
    clientId,
    clientSecret,
    // INVERS: permissions. Scopes follow from what the client may do; it asks for none.
    scopes: [],
  }),
  open: ({ settings, ...options }) => new Invers({ ...options, settings: inversSettings(settings) }),
}
