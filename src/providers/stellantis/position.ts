/** Stellantis: positions, GeoJSON with the longitude first. */
import type { Reading } from '../../vehicle/reading'
import { isMissing, number, numberOf, reading, word } from '../mapping'
import type { Context } from './context'
import { at, isMembers, membersOf } from './wire'

export interface Place {
  latitude: number
  longitude: number
  altitude?: number
  heading?: number
}

/** A Feature, or a bare Point; `undefined` where it says nothing or lies outside the globe. */
export function placeIn(feature: unknown): Place | undefined {
  const coordinates = at(feature, 'geometry', 'coordinates') ?? at(feature, 'coordinates')
  if (!Array.isArray(coordinates)) return undefined
  const [longitude, latitude, altitude] = (coordinates as unknown[]).map(numberOf)
  if (longitude === undefined || latitude === undefined || Math.abs(longitude) > 180 || Math.abs(latitude) > 90) return undefined
  const heading = numberOf(at(feature, 'properties', 'heading'))
  return {
    latitude,
    longitude,
    ...(altitude === undefined ? {} : { altitude }),
    ...(heading === undefined ? {} : { heading }),
  }
}

/** Stellantis: the v1 file puts the time at the top, cars put it into the properties. */
export function placeTime(feature: unknown): unknown {
  const inside = at(feature, 'properties', 'createdAt')
  return isMissing(inside) ? membersOf(feature).createdAt : inside
}

const quality = number('position.signalQuality')
/** `Aquire` is an old answer's spelling; v4 says `Estimated`, v1 `Estimate`. */
const satellite = ['ACQUIRE', 'AQUIRE']
const fixes = word('position.fix', {
  '3D': '3d',
  '2D': '2d',
  ACQUIRED: 'acquired',
  ESTIMATE: 'estimated',
  ESTIMATED: 'estimated',
})

export function positionOf(feature: unknown, context: Context): Reading[] {
  if (!isMembers(feature)) return []
  const { origin } = context
  const own = placeTime(feature)
  const time = isMissing(own) ? context.time : own
  const value = placeIn(feature)
  const coordinates = at(feature, 'geometry', 'coordinates')
  if (!value && Array.isArray(coordinates) && coordinates.length > 0)
    origin.drift(`${origin.where} coordinates`, 'outside the globe')
  const inside = membersOf(feature.properties)
  return [
    ...(value ? [reading('position.location', { ...value }, { time }, origin)] : []),
    ...fixes.read({ value: fixOf(inside.type, inside.fixStatus), time }, { ...origin, where: `${origin.where} type` }),
    ...quality.read({ value: inside.signalQuality, time }, { ...origin, where: `${origin.where} signalQuality` }),
  ]
}

/** With a satellite fix its kind counts, where it is told. */
function fixOf(type: unknown, status: unknown): unknown {
  if (typeof type !== 'string' || !satellite.includes(type.trim().toUpperCase())) return type
  return isMissing(status) ? 'acquired' : status
}
