import { DrivewayError } from '../../vehicle/causes'
import type { ProviderKit } from '../kit'
import { brands, scopesV1, scopesV4 } from './brands'
import { readSettings, wrongSetting } from './settings'
import { Stellantis } from './stellantis'

/** Partners show a client certificate here. */
const productionV4 = 'https://api-cert.groupe-psa.com/connectedcar/v4'

export const stellantisKit: ProviderKit = {
  title: 'Stellantis',
  production(settings) {
    const { generation, brand } = readSettings(settings)
    if (generation === 'v1')
      throw new DrivewayError({
        code: 'INVALID_CONFIG',
        message: 'Stellantis names no public address of its interface v1',
        action: 'Choose a server of your own and enter the addresses that Stellantis gave you.',
      })
    return { url: productionV4, authUrl: `https://idpcvs.${brands[brand].domain}/am/oauth2` }
  },
  simulated(simulatorUrl, settings) {
    const { generation, clientGrant } = readSettings(settings)
    return {
      url: `${simulatorUrl}/stellantis/${generation === 'v1' ? 'v1' : 'connectedcar/v4'}`,
      authUrl: clientGrant ? `${simulatorUrl}/stellantis` : `${simulatorUrl}/stellantis/am/oauth2`,
    }
  },
  // Stellantis: sizes of the limits are part of each contract; the day's size comes with the answers.
  limits: { perMinute: 60, commandReserve: 5 },
  needs: (settings) => (readSettings(settings).clientGrant ? ['clientId'] : ['clientId', 'clientSecret']),
  wrong: wrongSetting,
  signIn(settings) {
    const { headerMode, clientGrant } = readSettings(settings)
    return headerMode ? 'none' : clientGrant ? 'client' : 'code'
  },
  grantIn: 'form',
  oauth(authUrl, { clientId, clientSecret, settings, scopes }) {
    const { generation, clientGrant, realm, locale } = readSettings(settings)
    return {
      provider: 'Stellantis',
      authorizeUrl: `${authUrl}/authorize`,
      tokenUrl: clientGrant ? `${authUrl}/as/token.oauth2` : `${authUrl}/access_token`,
      clientId,
      clientSecret,
      // The scope of the client grant comes by mail with the contract.
      scopes: scopes ?? (clientGrant ? [] : generation === 'v1' ? scopesV1 : scopesV4),
      ...(!clientGrant && { refreshQuery: { realm } }),
      ...(!clientGrant && locale !== undefined && { authorizeQuery: { locale } }),
    }
  },
  open: (options) => new Stellantis(options),
}
