/** What Volvo's cloud knows of a car beside what the car reports. */
export interface VolvoListing {
  fuelType: 'ELECTRIC' | 'PETROL/ELECTRIC' | 'PETROL' | 'DIESEL' | 'NONE'
  /** Android infotainment or the generation before it; they differ in lamps and in what they can be asked. */
  platform: 'android' | 'classic'
  colour?: string
  /** The cloud really sends the text "null" for some cars. */
  upholstery: string
  images: boolean
  commands: readonly VolvoCommand[]
  serviceTimeUnit: 'months' | 'days'
  distanceUnit: 'km' | 'miles'
  /** Absent: the Energy API does not know this car. */
  energy?: {
    /** Energy v2 points that the car cannot deliver, with the code that says so. */
    failing: Partial<Record<EnergyPoint, 'NOT_SUPPORTED' | 'PROPERTY_NOT_SUPPORTED'>>
    /** Points that the capabilities deny; not always the failing ones. */
    denied: readonly EnergyPoint[]
  }
}

export type VolvoCommand = keyof typeof commandPaths

/** Command names of the list and the last part of their paths. Volvo: list commands */
export const commandPaths = {
  LOCK_REDUCED_GUARD: 'lock-reduced-guard',
  LOCK: 'lock',
  UNLOCK: 'unlock',
  HONK: 'honk',
  HONK_AND_FLASH: 'honk-flash',
  FLASH: 'flash',
  CLIMATIZATION_START: 'climatization-start',
  CLIMATIZATION_STOP: 'climatization-stop',
  ENGINE_START: 'engine-start',
  ENGINE_STOP: 'engine-stop',
} as const

export const energyPoints = [
  'batteryChargeLevel',
  'electricRange',
  'chargerConnectionStatus',
  'chargingStatus',
  'chargingType',
  'chargerPowerStatus',
  'estimatedChargingTimeToTargetBatteryChargeLevel',
  'chargingCurrentLimit',
  'targetBatteryChargeLevel',
  'chargingPower',
] as const
export type EnergyPoint = (typeof energyPoints)[number]

/** How Volvo lists a car that came through Volvo's gateway, which lets no other through. */
export function listingOf({ profile }: { profile: { key: string; volvo?: VolvoListing } }): VolvoListing {
  if (!profile.volvo) throw new Error(`Volvo lists no ${profile.key}`)
  return profile.volvo
}
