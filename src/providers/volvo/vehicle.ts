/** Volvo: vehicle details and location. */
import type { Reading } from '../../vehicle/reading'
import type { VehicleMeta } from '../../vehicle/vehicle'
import { numberOf, reading, sampleOf, textOf, type Origin } from '../mapping'
import { details, location, type Details } from './wire'

const gearboxes: Readonly<Record<string, VehicleMeta['gearbox']>> = { AUTOMATIC: 'automatic', MANUAL: 'manual' }
const steerings: Readonly<Record<string, VehicleMeta['steering']>> = { LEFT: 'left', RIGHT: 'right' }
const energies: Readonly<Record<string, VehicleMeta['energy']>> = {
  ELECTRIC: 'electric',
  'PETROL/ELECTRIC': 'hybrid',
  PETROL: 'petrol',
  DIESEL: 'diesel',
  // The EX30 says NONE although it is electric.
  NONE: 'electric',
}

/** What Volvo says about a car that is no signal. Empty texts and the text "null" count as absent. */
export function metaOf(data: unknown, origin: Origin): VehicleMeta {
  const given: Partial<Details> = details.safeParse(data).data ?? {}
  const from = <T>(
    table: Readonly<Record<string, T>>,
    field: 'gearbox' | 'fuelType' | 'steering',
    value: unknown,
  ): T | undefined => {
    const key = textOf(value)?.toUpperCase()
    if (key === undefined || key === 'UNSPECIFIED') return undefined
    if (!Object.hasOwn(table, key)) origin.drift(`${origin.where} ${field}`, sampleOf(value))
    return table[key]
  }
  const meta: VehicleMeta = {
    brand: 'Volvo',
    model: textOf(given.descriptions?.model),
    year: numberOf(given.modelYear),
    energy: from(energies, 'fuelType', given.fuelType),
    gearbox: from(gearboxes, 'gearbox', given.gearbox),
    colour: textOf(given.externalColour),
    upholstery: textOf(given.descriptions?.upholstery),
    image: textOf(given.images?.exteriorImageUrl),
    interiorImage: textOf(given.images?.internalImageUrl),
    steering: from(steerings, 'steering', given.descriptions?.steering),
  }
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== undefined))
}

/** The battery's capacity has no time of its own: it was true when it was received. */
export function capacityOf(data: unknown, origin: Origin): Reading[] {
  const capacity = numberOf(details.safeParse(data).data?.batteryCapacityKWH)
  if (capacity === undefined || capacity <= 0) return []
  return [{ signal: 'battery.capacity', value: capacity, observedAt: origin.receivedAt }]
}

/** Where the car was last parked; fewer than two coordinates give nothing. */
export function positionOf(data: unknown, origin: Origin): Reading[] {
  const parsed = location.safeParse(data)
  if (!parsed.success) {
    origin.drift(origin.where, 'not a point')
    return []
  }
  const { geometry, properties } = parsed.data
  if (geometry.coordinates.length < 2) return []
  const [longitude, latitude, altitude] = geometry.coordinates.map(numberOf)
  if (longitude === undefined || latitude === undefined || Math.abs(longitude) > 180 || Math.abs(latitude) > 90) {
    origin.drift(`${origin.where} coordinates`, 'outside the globe')
    return []
  }
  const heading = numberOf(properties?.heading)
  const value = {
    latitude,
    longitude,
    ...(altitude === undefined ? {} : { altitude }),
    ...(heading === undefined ? {} : { heading }),
  }
  return [reading('position.location', value, { value, time: properties?.timestamp }, origin)]
}
