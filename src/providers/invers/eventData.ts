/** Where things are in the `data` of an event: INVERS' documents do not say, so it is looked for one level down. */
import type { VehicleId } from '../../vehicle/vehicle'
import { isMembers, vehicleObject, type Members, type VehicleObject } from './wire'

/** The data itself, then its members that have members. */
const places = (data: Members): Members[] => [data, ...Object.values(data).filter(isMembers)]

const textIn = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

/** The id of the car: under its own name, or that of an object called vehicle. */
export function vehicleIdIn(data: Members): VehicleId | undefined {
  const direct = textIn(data.vehicle_id)
  if (direct !== undefined) return direct
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

/** Members that say what happened and never who or where. Their names are guessed: INVERS does not document them. */
const tellable =
  /(^|_)(reasons?|type|kind|status|state|code|severity|lamp|trigger|result|at|time|level|percent|kilometers|km|seconds|duration|distance|count)$/
const revealing =
  /(^|_)(vin|plate|user|driver|customer|lat|lng|lon|latitude|longitude|position|location|address|coordinates|geo)(_|$)/
/** A word or a time. What has digits could be a VIN, a licence plate or a place. */
const harmless = /^([A-Za-z]+([_-][A-Za-z]+)*|\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d))$/
const longestWord = 60

const snakeOf = (name: string): string => name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
const isHarmless = (value: unknown): boolean =>
  typeof value === 'boolean' ||
  Number.isFinite(value) ||
  (typeof value === 'string' && value.length <= longestWord && harmless.test(value))

/** What of an event anybody may read, as that member of its details; nothing where there is nothing of the kind. */
export function tellableIn(data: Members, as: string): Record<string, unknown> {
  const told = places(data)
    .reverse()
    .flatMap((place) => Object.entries(place))
    .filter(([name]) => tellable.test(snakeOf(name)) && !revealing.test(snakeOf(name)))
    .map(([name, value]): [string, unknown] => [name, Array.isArray(value) ? value.filter(isHarmless) : value])
    .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : isHarmless(value)))
  return told.length > 0 ? { [as]: Object.fromEntries(told) } : {}
}

const naming = /(^|_)(vin|licen[cs]e|plate|registration)(_|$)/
const deepest = 8

/** All of it but what names the car beside its id. */
export function namelessIn(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (depth >= deepest) return undefined
  if (Array.isArray(value)) return value.map((item) => namelessIn(item, depth + 1))
  const kept = Object.entries(value).filter(([name]) => !naming.test(snakeOf(name)))
  return Object.fromEntries(kept.map(([name, member]) => [name, namelessIn(member, depth + 1)]))
}
