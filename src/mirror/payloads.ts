/** What is told of a car on its topics: the same for the mirror and for nodes that hand messages to an `mqtt out` node. */
import { iso } from '../clock'
import type { Account } from '../account/account'
import type { VehicleEvent } from '../vehicle/events'
import { observedAtOf } from '../vehicle/snapshot'
import { signalGroups } from '../vehicle/signals'
import type { Vehicle } from '../vehicle/vehicle'
import { whereabouts, withoutPlaces } from './location'
import { topicsBelow, topicSchema } from './topics'

export const stateTopic = (base: string, car: Vehicle): string => topicsBelow(base).car(car.slug, 'state')
export const eventTopic = (base: string, car: Vehicle, event: VehicleEvent): string =>
  topicsBelow(base).event(car.slug, event.name)

/** Everything known of a car; undefined while nothing is. `exact`: its place too. */
export function statePayload(account: Account, car: Vehicle, exact = false): Record<string, unknown> | undefined {
  const observed = observedAtOf(account.memory(car.id))
  if (observed === undefined) return undefined
  const fetched = signalGroups.flatMap((group) => account.lastRead(car.id, group) ?? [])
  return {
    v: topicSchema,
    ...discreet(account.snapshot(car.id), exact),
    observedAt: iso(observed),
    ...(fetched.length > 0 && { fetchedAt: iso(Math.max(...fetched)) }),
    stale: !account.health.online,
  }
}

/** An event, with what is known of the car now. `exact`: its place too. */
export function eventPayload(account: Account, car: Vehicle, event: VehicleEvent, exact = false): Record<string, unknown> {
  const { slug, label, provider } = car
  const changes = exact ? event.changes : event.changes.filter((change) => change.signal !== whereabouts)
  return discreet({ ...event, changes, vehicle: { slug, label, provider }, state: account.snapshot(car.id) }, exact)
}

const discreet = <T>(payload: T, exact: boolean): T => (exact ? payload : (withoutPlaces(payload) as T))
