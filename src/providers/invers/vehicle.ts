/** INVERS: vehicle object → what is told of the car, and its facts that are signals. */
import { iso } from '../../clock'
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup, SignalId } from '../../vehicle/signals'
import type { ListedVehicle, VehicleMeta } from '../../vehicle/vehicle'
import { numberOf, reading, textOf, timeOf, word, type Origin, type Rule } from '../mapping'
import type { Energy } from './state'
import { isMembers, type VehicleObject } from './wire'

const energies: Readonly<Record<string, string>> = {
  ELECTRIC: 'electric',
  PETROL: 'petrol',
  DIESEL: 'diesel',
  HYBRID: 'hybrid',
  HYDROGEN: 'hydrogen',
}
const gearboxes: Readonly<Record<string, string>> = {
  AUTOMATIC: 'automatic',
  MANUAL: 'manual',
  MANUAL_SHIFT: 'manual',
}

/** What helps to find a fault with a car, as INVERS says it. Its fleet's own notes and numbers name people and cars. */
function ownOf({ status, telematics_unit: unit }: VehicleObject): VehicleMeta['own'] {
  const parts = isMembers(unit) ? [unit.manufacturer, unit.brand, unit.model] : []
  const [word, kind] = [plainOf(status), parts.flatMap((part) => plainOf(part) ?? []).join(' ')]
  if (word === undefined && kind === '') return undefined
  return { ...(word !== undefined && { status: word }), ...(kind !== '' && { telematicsUnit: kind }) }
}

/** A name of a kind, such as `CLOUDBOXX 4G`; what has more digits could be a number of one unit. */
function plainOf(value: unknown): string | undefined {
  const text = textOf(value)
  return text !== undefined && /^[A-Za-z][A-Za-z0-9 _.-]{0,39}$/.test(text) && !/\d{4}/.test(text) ? text : undefined
}

/** Longer than any word, or with other characters: whatever it is, it is not told to all. */
const isWord = (text: string): boolean => /^[a-z][a-z0-9 _-]{0,39}$/.test(text)

/** Our word for it, else INVERS' own in lower case; nothing where nothing is told. */
function wordFor(table: Readonly<Record<string, string>>, value: unknown): string | undefined {
  const told = textOf(value)
  if (told === undefined) return undefined
  const own = told.toLowerCase()
  const key = told.toUpperCase()
  return (Object.hasOwn(table, key) ? table[key] : undefined) ?? (isWord(own) ? own : 'other')
}

export function listedVehicle(vehicle: VehicleObject): ListedVehicle {
  const { id, master_data: given = {} } = vehicle
  const meta: VehicleMeta = {
    brand: textOf(given.brand),
    model: textOf(given.model),
    // INVERS: a text.
    year: numberOf(given.year_of_production),
    energy: wordFor(energies, given.fuel_type),
    gearbox: wordFor(gearboxes, given.transmission ?? given.gear_box),
    licencePlate: textOf(given.license_plate),
    vin: textOf(given.vin),
    kind: textOf(given.vehicle_type)?.toLowerCase(),
    own: ownOf(vehicle),
  }
  const label = textOf(given.custom_name)
  const told = Object.entries(meta).filter(([, value]) => value !== undefined)
  return { id, meta: Object.fromEntries(told), ...(label !== undefined && { label }) }
}

/** INVERS: one property tells charge or fuel. Without a word on the fuel, it is the fuel. */
export const energyOf = ({ master_data: given }: VehicleObject): Energy =>
  textOf(given?.fuel_type)?.toUpperCase() === 'ELECTRIC' ? 'battery' : 'fuel'

const statuses: readonly [member: 'life_status' | 'operation_status' | 'rental_status', rule: Rule][] = [
  ['life_status', word('reachability.status', { ONLINE: 'available', OFFLINE: 'unavailable' })],
  ['operation_status', word('vehicle.operation', { OPERATING: 'operating', GARAGE: 'garage' })],
  ['rental_status', word('vehicle.rental', { IN_RENTAL: 'rented', NOT_IN_RENTAL: 'free' })],
]

/** Groups of which the vehicle object tells something. */
export const vehicleGroups: ReadonlySet<SignalGroup> = new Set(['reachability', 'vehicle'])

export const vehicleSignals: readonly SignalId[] = [
  'reachability.status',
  'vehicle.operation',
  'vehicle.rental',
  'vehicle.lastContact',
]

/** What of a vehicle object is told as signals: little enough to keep it for a large fleet. */
export type Facts = Pick<VehicleObject, 'life_status' | 'operation_status' | 'rental_status' | 'last_contact_at'>

export const factsOf = ({ life_status, operation_status, rental_status, last_contact_at }: VehicleObject): Facts => ({
  life_status,
  operation_status,
  rental_status,
  last_contact_at,
})

export function readVehicle(vehicle: Facts, origin: Origin): Reading[] {
  const readings = statuses.flatMap(([member, rule]) => {
    const given = vehicle[member]
    const at = { ...origin, where: `${origin.where} ${member}` }
    return given ? rule.read({ value: given.value, time: given.modified_at }, at) : []
  })
  const contact = timeOf(vehicle.last_contact_at, { ...origin, where: `${origin.where} last_contact_at` })
  if (contact !== undefined) readings.push(reading('vehicle.lastContact', iso(contact), { time: iso(contact) }, origin))
  return readings
}
