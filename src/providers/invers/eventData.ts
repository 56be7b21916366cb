/** Where things are in the `data` of an event: INVERS' documents do not say, so it is looked for one level down. */
import type { VehicleId } from '../../vehicle/vehicle'
import { isMembers, vehicleObject, type Members, type VehicleObject } from './wire'

/** The data itself, then its members that have members. */
const places = (data: Members): Members[] => [data, ...Object.values(data).filter(isMembers)]

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The id of the car: under its own name, or that of an object called vehicle. */
export function vehicleIdIn(data: Members): VehicleId | undefined {
  for (const place of places(data)) {
    const found = textIn(place.vehicle_id) ?? textIn(place.vehicleId)
    if (found !== undefined) return found
  }
  return (isMembers(data.vehicle) ? textIn(data.vehicle.id) : undefined) ?? (isVehicle(data) ? textIn(data.id) : undefined)
}

const vehicleMembers = ['master_data', 'life_status', 'operation_status', 'rental_status', 'capabilities', 'last_contact_at']
const isVehicle = (place: Members): boolean => vehicleMembers.some((name) => place[name] !== undefined)

/** A vehicle object, whole or in part. */
export function vehicleIn(data: Members): VehicleObject | undefined {
  const found = places(data).find(isVehicle)
  const id = found && (textIn(found.id) ?? vehicleIdIn(data))
  return found && id ? vehicleObject.safeParse({ ...found, id }).data : undefined
}

const isProperty = (value: unknown): boolean => isMembers(value) && 'value' in value && 'timestamp' in value

/** A map of properties with value and time. */
const isState = (place: Members): boolean => Object.values(place).some(isProperty)
/** Under these names it is a state also when it is empty. */
const stateNames = ['vehicle_state', 'state']

export const hasState = (data: Members): boolean => stateIn(data) !== undefined

export function stateIn(data: Members): Members | undefined {
  for (const name of stateNames) {
    const named = data[name]
    if (isMembers(named)) return named
  }
  const found = places(data).find(isState)
  // Beside the properties stand the id of the car and the like.
  return found && (found === data ? Object.fromEntries(Object.entries(found).filter(([, value]) => isProperty(value))) : found)
}
