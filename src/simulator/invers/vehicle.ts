import { iso } from '../../clock'
import type { InversCommand, InversListing, StateProperty } from './listing'

/** One property of the state: what it is, and when the unit saw it (ms since 1970). */
export interface Recorded {
  value: unknown
  at: number
}
export type VehicleState = ReadonlyMap<StateProperty, Recorded>

/** A word of the vehicle object and since when it is so. */
export interface Since {
  value: string
  at: number
}

/** Who it is, on paper. */
export interface Papers {
  vin: string
  model: string
  year: number
  fleet: string
  createdAt: number
}

/** What a control of the simulator may change beside what commands do. */
export interface Circumstances {
  moving: boolean
  connected: boolean
  rental: 'IN_RENTAL' | 'NOT_IN_RENTAL'
  operation: 'OPERATING' | 'GARAGE'
}

/** What came of doing something: the properties that are different or fresh now. */
export type Fresh = readonly StateProperty[]

/** A vehicle of a fleet as the platform sees it. */
export interface InversVehicle {
  readonly id: string
  readonly listing: InversListing
  readonly papers: Papers
  readonly life: Since
  readonly operation: Since
  readonly rental: Since
  readonly lastContact: number
  readonly moving: boolean
  /** Whether a command can reach it. */
  readonly connected: boolean
  /** What the platform knows. */
  state(): VehicleState
  /** Does it; the platform knows at once. Throws a CarRefusal when the vehicle, as it stands, cannot. */
  perform(command: InversCommand): Fresh
  change(circumstances: Partial<Circumstances>): void
}

/** A state as it is sent, all of it or some properties. INVERS: vehicle state, shape */
export function stateOnWire(
  state: VehicleState,
  only?: readonly StateProperty[],
): Record<string, { timestamp: string; value: unknown }> {
  const chosen = [...state].filter(([name]) => only?.includes(name) ?? true)
  return Object.fromEntries(chosen.map(([name, { value, at }]) => [name, { timestamp: iso(at), value }]))
}

/** Times of the vehicle object show no milliseconds. */
export const toSeconds = (at: number): string => `${iso(at).slice(0, 19)}Z`

/** A vehicle as lists and events show it. INVERS: vehicle object */
export function onWire(vehicle: InversVehicle) {
  const { listing, papers, life, operation, rental } = vehicle
  const modifiedAt = Math.max(papers.createdAt, life.at, operation.at, rental.at)
  const since = ({ value, at }: Since) => ({ value, modified_at: toSeconds(at) })
  return {
    id: vehicle.id,
    status: 'CONNECTED_VEHICLE',
    fleet_id: papers.fleet,
    created_at: toSeconds(papers.createdAt),
    modified_at: toSeconds(modifiedAt),
    attached_at: toSeconds(papers.createdAt),
    last_contact_at: toSeconds(vehicle.lastContact),
    master_data: {
      vin: papers.vin,
      license_plate: listing.plate,
      brand: listing.brand,
      model: papers.model,
      custom_name: listing.name,
      fuel_type: listing.fuelType,
      year_of_production: String(papers.year),
      ...(listing.transmission ? { transmission: listing.transmission } : {}),
      vehicle_type: listing.vehicleType,
    },
    custom_fields: {},
    tags: [...(listing.tags ?? [])],
    life_status: since(life),
    operation_status: since(operation),
    rental_status: since(rental),
    capabilities: {
      commands: [...listing.commands],
      vehicle_state: listing.state.map((name) => name.toUpperCase()),
    },
    telematics_unit: { id: listing.unit.id, brand: listing.unit.brand },
  }
}

/** A CloudBoxx gives a sign of life every 15 minutes. INVERS: use from a rental flow */
export function lastHeartbeat(now: number, phase: number): number {
  const every = 15 * 60_000
  return now - ((now + phase) % every)
}
