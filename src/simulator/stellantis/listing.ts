/** What the simulated Stellantis cloud knows of a car beside what the car reports. */
export interface StellantisListing {
  brand: keyof typeof brands
  /** Shown as `label`, and as `model` of the capability. */
  family: string
  motorization: 'Electric' | 'Hybrid' | 'Thermic' | 'Hydrogen'
  fuelType: 'G' | 'H' | 'E' | 'D'
  /** Only ex-PSA cars are in v4; converged ex-FCA ones are in v1 alone. */
  generations: readonly Generation[]
  /** False: no connected service runs, every state answers 404. */
  connected: boolean
  /** What it can be asked to do, by the words of the capability answer. */
  remotes: readonly RemoteAbility[]
}

export type Generation = 'v1' | 'v4'

export const remoteAbilities = [
  'preconditioning',
  'charging',
  'door',
  'horn',
  'lights',
  'wakeup',
  'navigation',
  'stolen',
  'tanSuppress',
  'vehicleFinder',
  'onBoardPersonalData',
  'immobilization',
] as const
export type RemoteAbility = (typeof remoteAbilities)[number]

interface Brand {
  /** Code in `brandCode` and in front of account ids. */
  code: string
  /** Realms that its sign-in is known by; the first is the one that works in real clients, the second is for one-time passwords. */
  realms: readonly string[]
  label: string
}

/** Stellantis: brands and realms. The misspelt `clientsB2CPeugot` of the tables is no realm. Ex-FCA brands have none in any source. */
export const brands = {
  peugeot: { code: 'AP', realms: ['clientsB2CPeugeot', 'OTPPeugeot'], label: 'Peugeot' },
  citroen: { code: 'AC', realms: ['clientsB2CCitroen', 'OTPCitroen'], label: 'Citroën' },
  ds: { code: 'DS', realms: ['clientsB2CDS', 'OTPDS'], label: 'DS' },
  opel: { code: 'OP', realms: ['clientsB2COpel', 'OTPOpel'], label: 'Opel' },
  vauxhall: { code: 'VX', realms: ['clientsB2CVauxhall', 'OTPVauxhall'], label: 'Vauxhall' },
  jeep: { code: 'JE', realms: [], label: 'Jeep' },
} as const satisfies Record<string, Brand>

/** Every realm that the gateway takes; the samples of v1 say just `B2C`. */
export const realms: readonly string[] = [...Object.values(brands).flatMap((brand) => [...brand.realms]), 'B2C']

/** How Stellantis lists a car that came through its gateway, which lets no other through. */
export function listingOf({ profile }: { profile: { key: string; stellantis?: StellantisListing } }): StellantisListing {
  if (!profile.stellantis) throw new Error(`Stellantis lists no ${profile.key}`)
  return profile.stellantis
}
