import { z } from 'zod'
import type { SimulatedCar } from './car/car'
import { providerOf } from './car/profile'
import { readQuery } from './checkBody'

const query = z.object({
  /** Part of a name, an id or a plate. */
  q: z.string().optional(),
  provider: z.string().optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).optional(),
})

/** The cars that a query means, and how many there are in all. */
export function chosen(cars: readonly SimulatedCar[], asked: URLSearchParams): { cars: SimulatedCar[]; total: number } {
  const { q = '', provider, offset, limit } = readQuery(query, asked)
  const search = q.trim().toLowerCase()
  const meant = cars.filter(
    (car) => (provider === undefined || providerOf(car.profile) === provider) && textOf(car).includes(search),
  )
  return { cars: meant.slice(offset, limit === undefined ? undefined : offset + limit), total: meant.length }
}

/** What a car is searched by. */
function textOf({ key, id, profile: { model, invers, stellantis, ...rest } }: SimulatedCar): string {
  const names = [key, id, model, providerOf({ model, invers, stellantis, ...rest }), invers?.id, invers?.name, invers?.plate]
  return [...names, stellantis?.brand].join(' ').toLowerCase()
}
