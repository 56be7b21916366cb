import { json } from '../http'
import type { Route } from '../router'
import { type Ask, type Endpoint, refusal, round, toSeconds } from './endpoint'

interface Location {
  latitude: number
  longitude: number
  altitude?: number
  heading?: number
}

/** Where the car was parked last; the coordinates are longitude first. */
function location({ car, operationId }: Ask) {
  const told = car.told('position.location')
  if (!told) return refusal('location', operationId, 404, 'NOT_FOUND', 'Location not found')
  const { latitude, longitude, altitude = 0, heading = 0 } = told.value as unknown as Location
  return json(200, {
    status: 200,
    operationId,
    data: {
      type: 'Feature',
      properties: { heading: String(heading), timestamp: toSeconds(told.at) },
      geometry: { type: 'Point', coordinates: [round(longitude, 6), round(latitude, 6), altitude] },
    },
  })
}

/** Volvo: Location v1 */
export const locationV1: readonly Route<Endpoint>[] = [
  {
    method: 'GET',
    path: '/location/v1/vehicles/{vin}/location',
    to: { api: 'location', scopes: ['location:read'], answer: location },
  },
]
