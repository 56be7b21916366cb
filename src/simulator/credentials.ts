/** Every scope that the Volvo simulator knows. Volvo: scopes by endpoint */
export const volvoScopes = [
  'openid',
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
  'conve:lock',
  'conve:unlock',
  'conve:climatization_start_stop',
  'conve:engine_start_stop',
  'conve:honk_flash',
  'location:read',
  'energy:capability:read',
  'energy:state:read',
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
 * The demo application at the simulated Volvo. These are no secrets: they open nothing but the simulator. Besides the
 * registered `redirectUri`, any http(s) address on localhost or a loopback address is accepted for it.
 */
export const volvoDemo = {
  clientId: 'driveway-demo',
  clientSecret: 'demo-secret-that-opens-nothing',
  apiKey: '0123456789abcdef0123456789abcdef',
  secondaryApiKey: 'fedcba9876543210fedcba9876543210',
  redirectUri: 'https://demo.example.test/driveway/oauth/callback',
  /** Who signs in when nobody else is chosen on the consent page; owns `ex40`, `xc60` and `v60`. */
  user: 'demo',
  scopes: volvoScopes as readonly string[],
}

/** The API client at the simulated INVERS. Its `#` is what real ones have. */
export const inversDemo = {
  clientId: 'DEMO01#cl1',
  clientSecret: 'demo-secret-that-opens-nothing',
  /** The one fleet it acts for; owns `city`, `van`, `moped`, `maker` and all cars of `fleet`. */
  fleet: 'DEMO01',
}
