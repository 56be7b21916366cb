/** Volvo: sign-in, permissions, limits and addresses of production. */
import type { OAuthClient } from '../../cloud/oauth'
import type { QuotaRules } from '../../cloud/quota'

export const volvoUrls = {
  api: 'https://api.volvocars.com',
  auth: 'https://volvoid.eu.volvocars.com',
}

/** 100 calls and 10 commands in any minute for a Volvo ID and application, 10,000 calls a day for an API key. */
export const volvoLimits: QuotaRules = { perMinute: 100, commandsPerMinute: 10, perDay: 10_000, commandReserve: 5 }

/** Volvo: scopes by endpoint. Connected Vehicle reads and everything that is not restricted. */
const readScopes = [
  'conve:vehicle_relation',
  'conve:windows_status',
  'conve:doors_status',
  'conve:lock_status',
  'conve:engine_status',
  'conve:diagnostics_engine_status',
  'conve:diagnostics_workshop',
  'conve:brake_status',
  'conve:warnings',
  'conve:tyre_status',
  'conve:fuel_status',
  'conve:battery_charge_level',
  'conve:odometer_status',
  'conve:trip_statistics',
  'conve:commands',
  'conve:command_accessibility',
] as const
const commandScopes = [
  'conve:lock',
  'conve:unlock',
  'conve:climatization_start_stop',
  'conve:engine_start_stop',
  'conve:honk_flash',
] as const
const locationScopes = ['location:read'] as const
const energyV2Scopes = ['energy:capability:read', 'energy:state:read'] as const
const energyV1Scopes = [
  'energy:recharge_status',
  'energy:battery_charge_level',
  'energy:electric_range',
  'energy:estimated_charging_time',
  'energy:charging_connection_status',
  'energy:charging_system_status',
  'energy:charging_current_limit',
  'energy:target_battery_level',
] as const

/**
 * Every permission that Driveway can use. Volvo refuses the whole sign-in when the application does not own one of
 * them, so an application with fewer gets a shorter list.
 */
export const volvoScopes = (api: 'v2' | 'v1'): readonly string[] => [
  'openid',
  ...readScopes,
  ...commandScopes,
  ...locationScopes,
  ...(api === 'v2' ? energyV2Scopes : energyV1Scopes),
]

export interface VolvoCredentials {
  clientId: string
  clientSecret: string
  /** Default `v2`. */
  api?: 'v2' | 'v1'
  /** Instead of all. */
  scopes?: readonly string[]
}

/** Volvo: OAuth2, authorization code with PKCE at Volvo ID. `authUrl` without a slash at its end. */
export const volvoOAuth = (authUrl: string, { clientId, clientSecret, api = 'v2', scopes }: VolvoCredentials): OAuthClient => ({
  provider: 'Volvo',
  authorizeUrl: `${authUrl}/as/authorization.oauth2`,
  tokenUrl: `${authUrl}/as/token.oauth2`,
  clientId,
  clientSecret,
  scopes: scopes ?? volvoScopes(api),
})
