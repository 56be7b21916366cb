/** How much of a car's place the broker is told. */
import { iso } from '../clock'
import { distanceBetween } from '../vehicle/events/position'
import type { Held } from '../vehicle/memory'
import type { SignalId } from '../vehicle/signals'

export const locationModes = ['off', 'zone', 'rounded', 'exact'] as const
export type LocationMode = (typeof locationModes)[number]

/** A place that has a name, in degrees and metres. */
export interface Place {
  name: string
  latitude: number
  longitude: number
  radius: number
}

export const whereabouts: SignalId = 'position.location'
/** What a car is called that is at none of the places. */
export const elsewhere = 'away'

/** No cloud says how good its fix is; satellite navigation in the open is about this good. */
const exactAccuracy = 10
const hundredths = (degrees: number): number => Math.round(degrees * 100) / 100
/** Half a hundredth of a degree each way is up to 787 m. */
const roundedAccuracy = 800

/** The payload of the location topic; undefined where there is nothing to tell. The time is apart: it alone is no news. */
export function locationOf(
  held: Held | undefined,
  mode: LocationMode,
  places: readonly Place[],
): { what: Record<string, unknown>; observedAt: string } | undefined {
  const point = pointOf(held?.value)
  if (!held || !point || mode === 'off') return undefined
  const { latitude, longitude } = point
  const observedAt = iso(held.observedAt)
  if (mode === 'zone') return { what: { zone: zoneOf(point, places) }, observedAt }
  if (mode === 'exact') return { what: { latitude, longitude, gps_accuracy: exactAccuracy }, observedAt }
  return {
    what: { latitude: hundredths(latitude), longitude: hundredths(longitude), gps_accuracy: roundedAccuracy },
    observedAt,
  }
}

interface Point {
  latitude: number
  longitude: number
}

function pointOf(value: unknown): Point | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { latitude, longitude } = value as Partial<Point>
  return Number.isFinite(latitude) && Number.isFinite(longitude) ? (value as Point) : undefined
}

/** The nearest of the places that the point lies in. */
function zoneOf(point: Point, places: readonly Place[]): string {
  const [nearest] = places
    .map((place) => ({ place, metres: distanceBetween(point, place) }))
    .filter(({ place, metres }) => metres <= place.radius)
    .sort((a, b) => a.metres - b.metres)
  return nearest?.place.name ?? elsewhere
}

/** Takes every place out, wherever one stands; for all that is published while the exact place is nobody's. */
export function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isPlace(item)).map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  const isWhere = 'data' in value && typeof value.data === 'string' && ofPlaces.test(value.data)
  const kept = Object.entries(value).filter(
    ([key, member]) => key !== 'position' && !isPlace(member) && !(isWhere && toldOfDatum.has(key)),
  )
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutPlaces(member)]))
}

/** What a monitor tells of a datum that is a place, whoever evaluated it. */
const ofPlaces = /(^|\.)(position|location)(\.|$)/i
const toldOfDatum: ReadonlySet<string> = new Set(['value', 'previous'])

/** Clouds have several names for the parts of a place; the last one is GeoJSON's. */
const placeMembers = ['latitude', 'longitude', 'lat', 'lng', 'lon', 'coordinates']
const placeText = new RegExp(`"(${placeMembers.join('|')})"\\s*:`)

function isPlace(value: unknown): boolean {
  if (typeof value === 'string') return placeText.test(value)
  return typeof value === 'object' && value !== null && placeMembers.some((name) => name in value)
}
