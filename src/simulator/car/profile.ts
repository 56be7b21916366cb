import type { SignalValue } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import type { StellantisListing } from '../stellantis/listing'
import type { InversListing } from '../invers/listing'
import type { VolvoListing } from '../volvo/listing'

/** A kind of car: what it is made of, how it starts out, and how each cloud lists it. */
export interface CarProfile {
  /** Short name for the control API and for tests. */
  key: string
  /** A dummy that looks like a VIN. */
  vin: string
  model: string
  year: number
  steering: 'left' | 'right'
  battery?: {
    /** kWh. */
    capacity: number
    /** kWh per 100 km. */
    consumption: number
    /** kW that the on-board charger takes. */
    ac: number
    /** kW at a fast charger; absent where the car has no such port. */
    dc?: number
  }
  tank?: {
    litres: number
    /** Litres per 100 km. */
    consumption: number
  }
  /** Seconds between two reports while driving; absent where the car reports only when it is parked. */
  reportsEvery?: number
  start: Partial<Record<SignalId, SignalValue>>
  /** Exactly one of these: which cloud lists the car, and how. */
  volvo?: VolvoListing
  stellantis?: StellantisListing
  invers?: InversListing
}

const listings = ['volvo', 'stellantis', 'invers'] as const satisfies readonly (keyof CarProfile)[]

/** The provider whose cloud lists the car. */
export const providerOf = (profile: CarProfile): string => listings.find((name) => profile[name]) ?? 'none'
