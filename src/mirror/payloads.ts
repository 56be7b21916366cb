/** What is told of a car on its topics: the same for the mirror and for nodes that hand messages to an `mqtt out` node. */
import { iso } from '../clock'
import type { Account } from '../account/account'
import type { VehicleEvent } from '../vehicle/events'
import { observedAtOf } from '../vehicle/snapshot'
import { keyOf, signalGroups, signalsOf, type SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import { whereabouts, withoutPlaces } from './location'
import { topicsBelow, topicSchema } from './topics'

export const stateTopic = (base: string, car: Vehicle): string => topicsBelow(base).car(car.slug, 'state')
export const eventTopic = (base: string, car: Vehicle, event: VehicleEvent): string =>
  topicsBelow(base).event(car.slug, event.name)

/** Groups of a car as JSON, empty where nothing is known. Whoever keeps them takes out those that change. */
export type GroupTexts = Map<SignalGroup, string>

export interface StateOptions {
  /** Its place too. */
  exact?: boolean
  /** The account can learn something new. */
  online?: boolean
  /** Only the groups that are not in there are looked at: states are large, and what changes is little. */
  rendered?: GroupTexts
}

/** Everything known of a car, as JSON; undefined while nothing is. */
export function stateText(account: Account, { id }: Vehicle, options: StateOptions = {}): string | undefined {
  const { exact = false, online = account.health.online, rendered = new Map<SignalGroup, string>() } = options
  const observed = observedAtOf(account.memory(id))
  if (observed === undefined) return undefined
  let text = `{"v":${topicSchema}`
  let fetched = -Infinity
  for (const group of signalGroups) {
    let known = rendered.get(group)
    if (known === undefined) rendered.set(group, (known = groupText(account, id, group, exact)))
    text += known
    fetched = Math.max(fetched, account.lastRead(id, group) ?? -Infinity)
  }
  text += `,"observedAt":"${iso(observed)}"`
  if (fetched > -Infinity) text += `,"fetchedAt":"${iso(fetched)}"`
  return `${text},"stale":${!online}}`
}

const keysOf = new Map(signalGroups.map((group) => [group, signalsOf([group]).map((id) => [id, keyOf(id)] as const)]))

/** `,"battery":{…}`, or nothing. */
function groupText(account: Account, car: VehicleId, group: SignalGroup, exact: boolean): string {
  const { held } = account.memory(car)
  const facts: Record<string, unknown> = {}
  let [isEmpty, mayTell] = [true, exact || group !== 'position']
  for (const [id, key] of keysOf.get(group) ?? []) {
    const value = held[id]?.value
    if (value === undefined) continue
    facts[key] = value
    isEmpty = false
    mayTell &&= exact || typeof value !== 'object'
  }
  if (isEmpty) return ''
  const known = discreet({ [group]: facts }, mayTell)
  return known[group] ? `,${JSON.stringify(known).slice(1, -1)}` : ''
}

/** An event, with what is known of the car now. `exact`: its place too. */
export function eventPayload(account: Account, car: Vehicle, event: VehicleEvent, exact = false): Record<string, unknown> {
  const { slug, label, provider } = car
  const changes = exact ? event.changes : event.changes.filter(({ signal }) => signal !== whereabouts)
  const told = { ...event, ...(event.details && { details: discreetDetails(event.details) }), changes }
  return discreet({ ...told, vehicle: { slug, label, provider }, state: account.snapshot(car.id) }, exact)
}

/**
 * `raw`, and the settings that a monitor saw change, are as the cloud sent them: nobody knows whether a VIN, a licence
 * plate, the name of a place or the password of a digital key is in there. They are for flows only.
 */
const discreetDetails = ({ raw: _, settings, ...details }: Record<string, unknown>): Record<string, unknown> =>
  settings === undefined ? details : { ...details, settings: kindOf(settings) }

/** Of settings only which they are, and the word for what became of them. */
function kindOf(settings: unknown): Record<string, string> {
  const { type, event } = membersOf(settings)
  const words = Object.entries({ type, status: Object.values(membersOf(event)).map((told) => membersOf(told).status)[0] })
  return Object.fromEntries(
    words.filter((pair): pair is [string, string] => typeof pair[1] === 'string' && /^[a-z]{1,60}$/i.test(pair[1])),
  )
}

const membersOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

/** Without places, unless they may be told. */
export const discreet = <T>(payload: T, exact: boolean): T => (exact ? payload : (withoutPlaces(payload) as T))
