/** The cars of one account: which there are, what they are called here, and what they can do. */
import { createHash } from 'node:crypto'
import { DrivewayError } from '../vehicle/causes'
import type { ListedVehicle, ProviderId, Vehicle, VehicleId } from '../vehicle/vehicle'
import { invalidConfig, type AccountSettings } from './settings'

type Given = AccountSettings['vehicles'][number]

const wordOf = (text: string): string =>
  text
    .toLowerCase()
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 24)
    .replace(/^-+|-+$/g, '')

/** Model name and some characters of a hash, so that nothing of the id shows: `xc40-7f3a`. */
function derivedSlug(provider: ProviderId, car: ListedVehicle, taken: ReadonlyMap<string, string>): string {
  const hash = createHash('sha256').update(`${provider}:${car.id}`).digest('hex')
  const model = wordOf(car.meta.model ?? '') || 'car'
  for (let length = 4; length <= hash.length; length++) {
    const slug = `${model}-${hash.slice(0, length)}`
    if (!taken.has(slug)) return slug
  }
  return `${model}-${hash}`
}

/**
 * Names every car. Given slugs win; two cars with one slug is `INVALID_CONFIG` naming both. A car that had a slug
 * keeps it, even when the cloud names its model differently later.
 */
export function nameVehicles(
  provider: ProviderId,
  listed: readonly ListedVehicle[],
  given: readonly Given[],
  kept: ReadonlyMap<VehicleId, string>,
): Vehicle[] {
  // Of two entries for one car the first one counts.
  const entries = new Map([...given].reverse().map((one) => [one.id, one]))
  const chosen = given.length ? listed.filter((car) => entries.has(car.id)) : listed
  const taken = new Map<string, string>()
  const claim = (slug: string, label: string) => {
    const other = taken.get(slug)
    if (other !== undefined)
      throw invalidConfig(`Two cars of the account have the same short name "${slug}": ${other} and ${label}`)
    taken.set(slug, label)
  }
  const labelOf = (car: ListedVehicle, one?: Given) => one?.label ?? car.label ?? car.meta.model ?? 'Car'
  const slugs = new Map<VehicleId, string>()
  for (const [index, { id, slug, label }] of given.entries()) {
    if (slug === undefined) continue
    claim(slug, `${label ?? 'car'} (no. ${index + 1})`)
    slugs.set(id, slug)
  }
  const name = (car: ListedVehicle, slug: string) => {
    claim(slug, labelOf(car))
    slugs.set(car.id, slug)
  }
  // Kept ones first: a new car must not take the name of a known one that is listed after it.
  for (const car of chosen) {
    const slug = kept.get(car.id)
    if (slug !== undefined && !slugs.has(car.id) && !taken.has(slug)) name(car, slug)
  }
  for (const { slug, ...car } of chosen) if (slug !== undefined && !slugs.has(car.id) && !taken.has(slug)) name(car, slug)
  for (const car of chosen) if (!slugs.has(car.id)) name(car, derivedSlug(provider, car, taken))
  return chosen.map((car) => {
    const one = entries.get(car.id)
    const meta = one?.steering ? { ...car.meta, steering: one.steering } : car.meta
    return { id: car.id, meta, slug: slugs.get(car.id) ?? '', label: labelOf(car, one), provider }
  })
}

/** What messages and dialogs may name a car with: its id, its slug, or the `vehicle` object of a message. */
function nameIn(reference: unknown): string | undefined {
  if (typeof reference === 'string') return reference.trim() || undefined
  if (typeof reference === 'object' && reference !== null) {
    const { id, slug } = reference as { id?: unknown; slug?: unknown }
    if (typeof id === 'string' && id) return id
    if (typeof slug === 'string' && slug) return slug
  }
  return undefined
}

export const isNamed = (reference: unknown): boolean =>
  nameIn(reference) !== undefined || (reference !== undefined && reference !== null && reference !== '')

/** Does `reference` (id or slug) mean this car? Without one, every car is meant. */
export const matching =
  (reference: string | undefined) =>
  (car: Vehicle): boolean =>
    reference === undefined || car.id === reference || car.slug === reference

/** A sentence that names more is read by nobody. */
const mostNames = 10

/** The first ones of these, and how many more there are: a fleet has ten thousand. */
export function fewOf(names: readonly string[], { most = mostNames, between = ', ' } = {}): string {
  const few = names.slice(0, most).join(between)
  return names.length > most ? `${few} … and ${(names.length - most).toLocaleString('en-US')} more` : few
}

/** What people choose a car by. */
export const namesOf = (vehicles: readonly Vehicle[]): string => fewOf(vehicles.map(({ slug }) => slug))

/** The car that `reference` names, or the only one there is; else `VEHICLE_UNKNOWN` with the names to choose from. */
export function findVehicle(vehicles: readonly Vehicle[], reference: unknown): Vehicle {
  const name = nameIn(reference)
  const slugs = () => namesOf(vehicles)
  if (name === undefined && isNamed(reference))
    throw unknownVehicle('The vehicle must be an id, a short name, or the vehicle of a message', slugs())
  if (name === undefined) {
    const [only, ...others] = vehicles
    if (only && others.length === 0) return only
    throw unknownVehicle(only ? 'No vehicle was named and the account has several' : 'The account has no vehicle', slugs())
  }
  const found = vehicles.find((car) => car.id === name || car.slug === name)
  if (found) return found
  // The name may be a VIN that was mistyped: it is not repeated.
  throw unknownVehicle('This vehicle is not in the account', slugs())
}

const unknownVehicle = (message: string, slugs: string): DrivewayError =>
  new DrivewayError({
    code: 'VEHICLE_UNKNOWN',
    message,
    action: slugs ? `Name one of the account's cars: ${slugs}.` : 'Check with "Test connection" which cars the account has.',
  })
