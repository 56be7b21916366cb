/** Stellantis: brands, realms, permissions. */
export interface Brand {
  title: string
  /** The end of the sign-in host. */
  domain: string
  /** The spelling that works; the portals print `clientsB2CPeugot`. */
  realm: string
}

/** Stellantis: former FCA brands have no realm in any source. */
export const brands = {
  peugeot: { title: 'Peugeot', domain: 'peugeot.com', realm: 'clientsB2CPeugeot' },
  citroen: { title: 'Citroën', domain: 'citroen.com', realm: 'clientsB2CCitroen' },
  ds: { title: 'DS', domain: 'driveds.com', realm: 'clientsB2CDS' },
  opel: { title: 'Opel', domain: 'opel.com', realm: 'clientsB2COpel' },
  vauxhall: { title: 'Vauxhall', domain: 'vauxhall.co.uk', realm: 'clientsB2CVauxhall' },
} as const satisfies Record<string, Brand>

export type BrandId = keyof typeof brands
export const isBrand = (text: string): text is BrandId => Object.hasOwn(brands, text)

/** Stellantis v4: scopes. Real clients sign in with the first two. */
export const scopesV4: readonly string[] = [
  'openid',
  'profile',
  'data:telemetry',
  'data:position',
  'data:trip',
  'data:alert',
  'data:collision',
  'remote:door:write',
  'remote:preconditioning:write',
  'remote:horn:write',
  'remote:charging:write',
  'remote:lights:write',
  'remote:wakeup:write',
  'remote:navigation:write',
]

const remotesV1 = [
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

/** Stellantis v1: scopes form a tree; a parent covers what is below it. */
export const scopesV1: readonly string[] = [
  'data:vehicle',
  'data:telemetry',
  'data:trip',
  'data:collision',
  'channel',
  'channel:write',
  'monitor',
  'monitor:read',
  'monitor:write',
  'remote',
  ...remotesV1.map((name) => `remote:${name}:write`),
]

/** In header mode each call names what it needs: the first row whose pattern fits. Stellantis: request headers. */
const needed: readonly (readonly [pattern: RegExp, read: string, write?: string])[] = [
  [/\/handles$/, 'monitor:read', 'monitor:write'],
  [/\/monitors(\/|$)/, 'monitor', 'monitor:write'],
  [/\/remotes(\/|$)/, 'remote'],
  [/\/channels(\/|$)/, 'channel', 'channel:write'],
  [/\/stolen(\/|$)/, ''],
  [/\/trips(\/|$)/, 'data:trip'],
  [/\/alerts(\/|$)/, 'data:telemetry:vehicle:alert'],
  [/\/alarms(\/|$)/, 'data:telemetry:vehicle:alarm'],
  [/\/collisions(\/|$)/, 'data:collision'],
  [/\/charging\/sessions(\/|$)/, 'data:telemetry:vehicle:energies'],
  [/\/telemetries(\/|$)/, 'data:telemetry'],
  [/\/vehicles(\/|$)/, 'data:vehicle'],
]

export function scopeOf(method: string, template: string): string {
  const [, read = '', write = read] = needed.find(([pattern]) => pattern.test(template)) ?? []
  return method === 'GET' ? read : write
}
