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

const stellantisRemotes = [
  'locking',
  'horn',
  'lights',
  'preconditioning',
  'onboardPersonalData',
  'charging',
  'wakeUp',
  'navigation',
  'vehicleFinder',
]

/** Every scope that the Stellantis simulator knows, of both generations. Stellantis: scopes */
export const stellantisScopes: readonly string[] = [
  'openid',
  'profile',
  'email',
  'data:vehicle',
  'data:vehicle:devices:pnc',
  'data:telemetry',
  'data:trip',
  'data:collision',
  'data:position',
  'data:alert',
  'channel',
  'channel:write',
  'monitor',
  'monitor:read',
  'monitor:write',
  'remote',
  ...stellantisRemotes.flatMap((name) => [`remote:${name}`, `remote:${name}:write`]),
  'remote:door:write',
  'remote:wakeup:write',
]

/**
 * The demo application at the simulated Stellantis, of every brand at once. These are no secrets: they open nothing but
 * the simulator. Redirects as for `volvoDemo`.
 */
export const stellantisDemo = {
  clientId: '1f5d7c80-0000-4000-8000-00000000d001',
  clientSecret: 'demo-secret-that-opens-nothing',
  redirectUri: volvoDemo.redirectUri,
  /** Works for sign-in and calls of v4; `B2C` is what the samples of v1 send. */
  realm: 'clientsB2CPeugeot',
  /** Who signs in when nobody else is chosen; owns `e208`, `p3008`, `corsa` and `avenger`. */
  user: 'demo',
  /** Account ids by person, for the header `X-CVS-User-Id`. */
  accounts: {
    demo: 'AP-ACNT200000000001',
    other: 'AC-ACNT200000000002',
    nobody: 'OP-ACNT200000000003',
  } as Readonly<Record<string, string>>,
  /** What a partner asks for with client credentials. */
  partnerScope: 'prd:DRIVEWAY',
  scopes: stellantisScopes,
}

/** The API client at the simulated INVERS. Its `#` is what real ones have. */
export const inversDemo = {
  clientId: 'DEMO01#cl1',
  clientSecret: 'demo-secret-that-opens-nothing',
  /** The one fleet it acts for; owns `city`, `van`, `moped`, `maker` and all cars of `fleet`. */
  fleet: 'DEMO01',
}
