/** INVERS: events, from the stream or by webhook → what is told of a car. The members of `data` are not documented. */
import { createHash } from 'node:crypto'
import type { Clock } from '../../clock'
import { eventOf, type EventName, type VehicleEvent } from '../../vehicle/events'
import type { OwnTrip } from '../../vehicle/events/moment'
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { VehicleId } from '../../vehicle/vehicle'
import { isMissing, textOf, timeOf, wordOf, type Origin } from '../mapping'
import { hasState, namelessIn, stateIn, tellableIn, vehicleIdIn, vehicleIn } from './eventData'
import type { Fleet } from './fleet'
import { readState, stateGroups } from './state'
import { readVehicle, vehicleGroups } from './vehicle'
import { isMembers, type Members, type VehicleObject } from './wire'

/** One event as it came. */
export interface Arrived {
  /** The same however often it is delivered. */
  id: string
  type: string
  /** ms since 1970, by the event itself; else when it came. */
  at: number
  /** Equals the one of the call that caused it, if one did. */
  flowId?: string
  data: Members
}

/** What the transport says beside the body. */
export interface Properties {
  id?: string
  type?: string
  /** ms since 1970. */
  at?: number
  flowId?: string
}

/** What an event says, in our words. */
export interface Said {
  vehicle: VehicleId
  readings: Reading[]
  events: VehicleEvent[]
  trip?: OwnTrip
  /** Its own time lies before that of an event told before. */
  late: boolean
  /** It tells a state; a vehicle object; neither. */
  kind: Kind
  /** A vehicle object that it carries. */
  object?: VehicleObject
  /** It says that something of these groups changed without saying what, and nothing else: they must be read. */
  vague?: readonly SignalGroup[]
  /** The fleet or what is told of its cars has changed. */
  changesList: boolean
}

type Kind = 'state' | 'lock' | 'vehicle' | 'trip' | 'smoke' | 'other'

/** INVERS: event types, with those of the older Messaging API. */
const kinds: Readonly<Record<string, Kind>> = {
  VehicleStateRecorded: 'state',
  VehicleStateReceived: 'state',
  CentralLockStatusChanged: 'lock',
  VehicleChanged: 'vehicle',
  VehicleChange: 'vehicle',
  VehicleDataChanged: 'vehicle',
  Trip: 'trip',
  SmokeDetection: 'smoke',
}

/** Reasons of a changed vehicle that concern the list of cars. */
const listReasons = /MASTER_DATA|CAPABILIT|ADDED|REMOVED|CREATED|DELETED|ATTACHED|DETACHED|SETUP/i

/** `undefined`: it is no event of INVERS. */
export function readArrived(body: unknown, properties: Properties, origin: Origin): Arrived | undefined {
  // By hand: a large fleet sends a thousand a second.
  if (!isMembers(body) || !isMembers(body.data)) return undefined
  const { data } = body
  const metadata = isMembers(body.metadata) ? body.metadata : {}
  const type = textOf(metadata.type) ?? properties.type
  if (!type) return undefined
  const occurredAt = timeOf(metadata.occurred_at, { ...origin, where: 'events occurred_at' })
  const flowId = textOf(metadata.flow_id) ?? properties.flowId
  const id = textOf(metadata.id) ?? properties.id ?? hashOf(body)
  const at = Math.min(occurredAt ?? properties.at ?? origin.receivedAt, origin.receivedAt)
  return { id, type, at, flowId, data }
}

/** INVERS: every event has an id. One that lost it is known by what it says. */
const hashOf = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 32)

const kindOf = (type: string): Kind => (Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? 'other'

/** The car that it names. */
export const vehicleOf = ({ type, data }: Arrived): VehicleId | undefined =>
  (kindOf(type) === 'vehicle' ? vehicleIn(data)?.id : undefined) ?? vehicleIdIn(data)

/** `undefined`: it names no car. */
export function whatIsSaid(event: Arrived, fleet: Fleet, clock: Clock, drift: Origin['drift']): Said | undefined {
  const { type, data, at } = event
  const kind = kindOf(type)
  const object = kind === 'vehicle' ? vehicleIn(data) : undefined
  const vehicle = object?.id ?? vehicleIdIn(data)
  if (vehicle === undefined) return undefined
  const said: Said = { vehicle, readings: [], events: [], late: false, kind, changesList: false }
  const origin: Origin = { where: `events ${type.slice(0, 60)}`, receivedAt: clock.now(), drift }
  tell[kind](said, event, { fleet, origin, object })
  for (const reading of said.readings) reading.observedAt ??= at
  if (said.events.length > 0 || said.trip) {
    const car = fleet.car(vehicle)
    said.late = at < car.lastEventAt
    car.lastEventAt = Math.max(car.lastEventAt, at)
    for (const one of said.events) one.late = said.late
  }
  return said
}

interface Around {
  fleet: Fleet
  origin: Origin
  object?: VehicleObject
}

const tell: Readonly<Record<Kind, (said: Said, event: Arrived, around: Around) => void>> = {
  state: tellState,
  lock: tellLock,
  vehicle: tellVehicle,
  trip: tellTrip,
  smoke: (said, event, { origin }) => said.events.push(happened('smoke-detected', said, event, origin)),
  other: tellOther,
}

function tellState(said: Said, { data }: Arrived, { fleet, origin }: Around): void {
  const state = stateIn(data)
  if (state) said.readings = readState(state, fleet.car(said.vehicle).energy, { ...origin, where: 'state' })
  else vague(said, origin)
}

function tellLock(said: Said, event: Arrived, around: Around): void {
  if (hasState(event.data)) return tellState(said, event, around)
  const word = lockWordIn(event.data)
  if (word === undefined) return vague(said, around.origin)
  said.readings = readState({ central_lock: { value: word } }, undefined, { ...around.origin, where: 'state' })
}

/** What the vehicle object tells of too would cost a call more; the one for these brings all of the state. */
const ofState = [...stateGroups].filter((group) => !vehicleGroups.has(group))

function vague(said: Said, origin: Origin): void {
  origin.drift(origin.where, 'no state in it')
  said.vague = said.kind === 'lock' ? ['lock'] : ofState
}

/** A lock's word by itself, under whatever name. */
function lockWordIn(data: Members): unknown {
  const places = [data, ...Object.values(data).filter(isMembers)]
  return places
    .flatMap((place) => Object.values(place))
    .find((value) => /^(UN)?LOCKED$/.test(isMissing(value) ? '' : wordOf(value)))
}

function tellVehicle(said: Said, { data }: Arrived, { origin, object, fleet }: Around): void {
  const reasons = Array.isArray(data.reasons) ? data.reasons.map(wordOf) : []
  said.changesList = reasons.some((reason) => listReasons.test(reason)) || !fleet.has(said.vehicle)
  if (object) {
    said.object = object
    said.readings = readVehicle(object, { ...origin, where: 'vehicle' })
  } else said.vague = [...vehicleGroups]
}

const started = /^(TRIP_)?(START|STARTED|BEGIN|BEGUN|ONGOING|RUNNING|IN_PROGRESS)$/
const ended = /^(TRIP_)?(END|ENDED|STOP|STOPPED|FINISH|FINISHED|COMPLETED?)$/

/** INVERS: "a trip starts or ends"; which of them is told by a member that is not documented. */
function tellTrip(said: Said, event: Arrived, around: Around): void {
  const { data, at } = event
  const places = [data, ...Object.values(data).filter(isMembers)]
  const words = places
    .flatMap((place) => Object.values(place))
    .flatMap((value) => (typeof value === 'string' ? [wordOf(value)] : []))
  const times = (name: RegExp) =>
    places.some((place) => Object.entries(place).some(([key, value]) => name.test(key) && textOf(value) !== undefined))
  const isEnd = words.some((word) => ended.test(word)) || times(/^(end|ended|stop|stopped)(_at|_time)?$/)
  const isStart = words.some((word) => started.test(word)) || times(/^(start|started)(_at|_time)?$/)
  if (!isEnd && !isStart) {
    around.origin.drift(around.origin.where, 'neither start nor end')
    return tellOther(said, event, around)
  }
  said.trip = { edge: isEnd ? 'stop' : 'start', at, details: { ...tellableIn(data, 'trip'), raw: namelessIn(data) } }
}

function tellOther(said: Said, event: Arrived, { origin }: Around): void {
  if (!Object.hasOwn(kinds, event.type)) origin.drift(origin.where, 'a type of event that is not known')
  said.events.push(happened('monitor', said, event, origin))
}

/** An event that is no edge of a signal: what is harmless of its body is told to all, the rest only to flows. */
function happened(name: EventName, said: Said, event: Arrived, { receivedAt }: Origin): VehicleEvent {
  const { type, id, at, data } = event
  const details = { type, ...tellableIn(data, 'data'), raw: namelessIn(data) }
  return eventOf(
    { provider: 'invers', id: said.vehicle },
    { name, part: id, observedAt: at, receivedAt, source: 'push', details },
  )
}
