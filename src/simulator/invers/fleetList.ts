import { z } from 'zod'
import { readQuery } from '../checkBody'
import type { Fleet, FleetVehicle } from './fleet'
import { isMeant } from './garage'
import { onWire, stateOnWire } from './vehicle'

const query = z.object({
  q: z.string().default(''),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
})

/** Some of the many vehicles of the fleet, and where the list goes on. A search looks no further than it has to. */
export function listFleet(fleet: Fleet, asked: URLSearchParams) {
  const { q, offset, limit } = readQuery(query, asked)
  const search = q.trim().toLowerCase()
  const found: FleetVehicle[] = []
  let next: number | undefined
  for (let place = offset; place < fleet.size; place++) {
    const vehicle = fleet.at(place)
    if (search && !isMeant(vehicle, search)) continue
    if (found.length === limit) {
      next = place
      break
    }
    found.push(vehicle)
  }
  return {
    total: fleet.size,
    vehicles: found.map((vehicle) => ({ ...onWire(vehicle), moving: vehicle.moving, state: stateOnWire(vehicle.state()) })),
    ...(next === undefined ? {} : { next }),
  }
}
