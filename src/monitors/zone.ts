/** Circles on the globe: the zones of monitors. */
import { distanceBetween } from '../vehicle/events/position'
import type { Place } from '../vehicle/memory'
import type { Circle } from './trigger'

/** On the edge counts as inside. Along the surface, so the date line and the poles are places like all others. */
export const isInside = (place: Place, { center, radius }: Circle): boolean => distanceBetween(place, center) <= radius * 1000
