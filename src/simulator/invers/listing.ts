/** Command capabilities. The path is the same words in kebab case. INVERS: command table */
export const inversCommands = [
  'REQUEST_VEHICLE_STATE',
  'UNLOCK_CENTRAL_LOCK',
  'LOCK_CENTRAL_LOCK',
  'ENABLE_DRIVING',
  'DISABLE_DRIVING',
  'UNLOCK_AND_ENABLE_DRIVING',
  'LOCK_AND_DISABLE_DRIVING',
  'UNLOCK_TOP_CASE',
  'LOCK_TOP_CASE',
  'DRAW_ATTENTION',
  'UNLOCK_BATTERY_COMPARTMENT',
] as const
export type InversCommand = (typeof inversCommands)[number]

export const pathOf = (command: InversCommand): string => command.toLowerCase().replaceAll('_', '-')
/** As error texts write it. */
export const wordsOf = (command: InversCommand): string => command.toLowerCase().replaceAll('_', ' ')

/** State properties that the documents name. The capability is the name in upper case. INVERS: state, tables A and B */
export type StateProperty =
  | 'mileage_in_kilometers'
  | 'state_of_charge_or_fuel_level_in_percent'
  | 'remaining_range_in_kilometers'
  | 'position'
  | 'altitude_in_meters'
  | 'cellular_signal_quality'
  | 'driving_enabled'
  | 'central_lock'
  | 'top_case_lock'
  | 'top_case_lid'
  | 'abs_status'
  | 'adblue_level_in_percent'
  | 'adblue_level_low_indicator'
  | 'brake_fluid_level_low_indicator'
  | 'brake_lining_wear_indicator'
  | 'brake_warning_indicator'

/** What INVERS' platform knows of a vehicle beside what the vehicle reports. */
export interface InversListing {
  /** The `vehicle_id`: made by the platform, opaque, neither VIN nor unit. */
  id: string
  brand: string
  fuelType: 'ELECTRIC' | 'PETROL' | 'DIESEL'
  vehicleType: 'CAR' | 'MOPED'
  transmission?: 'AUTOMATIC' | 'MANUAL_SHIFT'
  plate: string
  name: string
  tags?: readonly string[]
  unit: TelematicsUnit
  commands: readonly InversCommand[]
  state: readonly StateProperty[]
}

export interface TelematicsUnit {
  id: string
  /** `CLOUDBOXX`, or the maker whose cloud is asked. */
  brand: string
  /** Takes a command while another one is running. */
  parallel: boolean
}

/** Answers come from a maker's cloud: its errors are third-party errors, which a CloudBoxx never has. */
export const isThirdParty = ({ unit }: InversListing): boolean => unit.brand !== 'CLOUDBOXX'

/** How INVERS lists a car that it lists. */
export function listingOf({ profile }: { profile: { key: string; invers?: InversListing } }): InversListing {
  if (!profile.invers) throw new Error(`INVERS lists no ${profile.key}`)
  return profile.invers
}
