import { instant, told, type Facts, type Wire } from './facts'
import type { Generation } from './listing'

export interface Spot {
  latitude: number
  longitude: number
  altitude?: number
  heading?: number
}

const round = (degrees: number) => Number(degrees.toFixed(6))

/** A GeoJSON feature; longitude comes first. Stellantis: GeoJSON */
export const feature = ({ latitude, longitude, altitude }: Spot, properties: Wire): Wire => ({
  type: 'Feature',
  geometry: {
    type: 'Point',
    coordinates: [round(longitude), round(latitude), ...(altitude === undefined ? [] : [altitude])],
  },
  properties,
})

export const spotOf = (facts: Facts): Spot | undefined => facts.value('position.location') as unknown as Spot | undefined

/** Where the car is, and how it knows. `createdAt` is in the properties, as real cars send it; items of a history have none. */
export function position(facts: Facts, generation: Generation, isDated = true): Wire | undefined {
  const spot = spotOf(facts)
  const at = facts.at('position.location')
  if (!spot || at === undefined) return undefined
  const fix = facts.text('position.fix')
  const estimated = generation === 'v1' ? 'Estimate' : 'Estimated'
  return feature(
    spot,
    told({
      heading: spot.heading,
      signalQuality: facts.number('position.signalQuality', 0),
      type: fix === 'estimated' ? estimated : 'Acquire',
      fixStatus: { '3d': '3D', '2d': '2D' }[fix],
      createdAt: isDated ? instant(at) : undefined,
    }),
  )
}
