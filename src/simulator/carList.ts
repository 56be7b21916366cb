import { z } from 'zod'
import type { SimulatedCar } from './car/car'
import { providerOf } from './car/profile'
import { readQuery } from './checkBody'
import type { Crowd, Listed } from './cloud'

const query = z.object({
  /** Part of a name, an id or a plate. */
  q: z.string().optional(),
  provider: z.string().optional(),
  offset: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(1000),
  /** `false` leaves out the many vehicles of a fleet. */
  fleet: z.enum(['true', 'false']).default('true'),
})

export interface Chosen {
  cars: SimulatedCar[]
  /** They come behind the cars. */
  crowd: Listed[]
  /** How many match in all. */
  total: number
}

/** The vehicles that a query means. `crowds`: by provider. */
export function chosen(cars: readonly SimulatedCar[], crowds: Readonly<Record<string, Crowd>>, asked: URLSearchParams): Chosen {
  const { q = '', provider, offset, limit, fleet } = readQuery(query, asked)
  const search = q.trim().toLowerCase()
  const meant = cars.filter(
    (car) => (provider === undefined || providerOf(car.profile) === provider) && textOf(car).includes(search),
  )
  const many = Object.entries(crowds).filter(([name]) => fleet === 'true' && (provider ?? name) === name)
  const from = Math.max(0, offset - meant.length)
  const room = Math.max(0, Math.min(limit, offset + limit - meant.length))
  const { found, total } = search ? searched(many, search, from, room) : sliced(many, from, room)
  return { cars: meant.slice(offset, offset + limit), crowd: found, total: meant.length + total }
}

type Some = { found: Listed[]; total: number }
type Crowds = readonly (readonly [string, Crowd])[]

/** Without a search nobody is looked at but those who are told. */
function sliced(crowds: Crowds, from: number, room: number): Some {
  const found: Listed[] = []
  let total = 0
  for (const [, crowd] of crowds) {
    const start = Math.max(0, from - total)
    for (let place = start; place < crowd.size && found.length < room; place++) found.push(crowd.at(place))
    total += crowd.size
  }
  return { found, total }
}

function searched(crowds: Crowds, search: string, from: number, room: number): Some {
  const found: Listed[] = []
  let total = 0
  for (const [, crowd] of crowds)
    for (let place = 0; place < crowd.size; place++) {
      const vehicle = crowd.at(place)
      if (!vehicle.text.includes(search)) continue
      if (total >= from && found.length < room) found.push(vehicle)
      total += 1
    }
  return { found, total }
}

/** What a car is searched by. */
function textOf({ key, id, profile: { model, invers, stellantis, ...rest } }: SimulatedCar): string {
  const names = [key, id, model, providerOf({ model, invers, stellantis, ...rest }), invers?.id, invers?.name, invers?.plate]
  return [...names, stellantis?.brand].join(' ').toLowerCase()
}
