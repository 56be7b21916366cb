import type { CommandId } from './commands'
import type { SignalId } from './signals'

export type ProviderId = 'volvo' | 'stellantis' | 'invers' | 'mqtt'

/** The provider's own key: a VIN, or the INVERS `vehicle_id`. Never shown in topics, logs or errors. */
export type VehicleId = string

/** What a cloud says about a car that is no signal. Absent where the cloud does not say. */
export interface VehicleMeta {
  model?: string
  year?: number
  /** What we have no word for is the cloud's own, in lower case. */
  energy?: 'electric' | 'hybrid' | 'petrol' | 'diesel' | 'hydrogen' | 'other' | (string & {})
  gearbox?: 'automatic' | 'manual' | (string & {})
  colour?: string
  upholstery?: string
  image?: string
  interiorImage?: string
  steering?: 'left' | 'right'
  licencePlate?: string
  /** Where it is not the `id`. */
  vin?: string
  /** `car`, `moped` … */
  kind?: string
  brand?: string
  /** What the cloud says beside that and helps to find a fault, in its own words: for the diagnostics. Names nobody. */
  own?: Readonly<Record<string, string>>
}

/** A car as its provider lists it. */
export interface ListedVehicle {
  id: VehicleId
  meta: VehicleMeta
  /** What it is called already where it comes from. */
  slug?: string
  label?: string
}

/** A car as an account knows it. */
export interface Vehicle extends ListedVehicle {
  /** `[a-z0-9_-]`, unique in the account, never the VIN. */
  slug: string
  label: string
  provider: ProviderId
}

/** The `vehicle` object of messages. */
export interface VehicleTag {
  id: VehicleId
  slug: string
  label: string
  provider: ProviderId
}

export const tagOf = ({ id, slug, label, provider }: Vehicle): VehicleTag => ({ id, slug, label, provider })

export interface Capabilities {
  /** Commands the car lists, in our words. */
  commands: readonly CommandId[]
  /** Commands the provider's list has no word for: the cloud's own answer decides. */
  unlisted: readonly CommandId[]
  /** Signals the car is said to have; a hint that never hides what is delivered. Absent: the cloud does not say. */
  signals?: readonly SignalId[]
}
