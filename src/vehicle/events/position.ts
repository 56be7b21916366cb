/** `moved`: the car is somewhere else than the place told last. */
import type { Place } from '../memory'
import { isWithheld, tell, valueOf, type Moment } from './moment'

/** In metres. */
const leastMove = 100
/** An estimated place can be off by more than a hundred metres. */
const leastEstimatedMove = 1000

const earthRadius = 6_371_000

/** Distance along the surface in metres. */
export function distanceBetween(a: Place, b: Place): number {
  const radians = (degrees: number) => (degrees * Math.PI) / 180
  const latitudes = Math.sin(radians(b.latitude - a.latitude) / 2) ** 2
  const longitudes = Math.sin(radians(b.longitude - a.longitude) / 2) ** 2
  const chord = latitudes + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * longitudes
  return 2 * earthRadius * Math.asin(Math.min(1, Math.sqrt(chord)))
}

export function placeOf(value: unknown): Place | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { latitude, longitude } = value as Partial<Record<keyof Place, unknown>>
  return typeof latitude === 'number' && typeof longitude === 'number' ? { latitude, longitude } : undefined
}

export function moved(moment: Moment): void {
  const { told } = moment.memory
  const touch = moment.touched.get('position.location')
  const to = placeOf(touch?.after?.value)
  if (!touch?.after || !to || isWithheld(moment)) return
  const { observedAt } = touch.after
  const last = told.location
  if (!last) {
    told.location = { ...to, observedAt }
    return
  }
  const distance = distanceBetween(last, to)
  if (distance < (valueOf(moment, 'position.fix') === 'estimated' ? leastEstimatedMove : leastMove)) return
  told.location = { ...to, observedAt }
  tell(moment, {
    name: 'moved',
    signal: 'position.location',
    observedAt,
    from: touch.before ?? { observedAt: last.observedAt, readAt: last.observedAt },
    details: { from: { latitude: last.latitude, longitude: last.longitude }, to, distance: Math.round(distance) },
  })
}
