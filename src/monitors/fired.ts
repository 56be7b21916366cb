/** A monitor that fired, as the event that goes out; the same shape wherever it was evaluated. */
import type { Account } from '../account/account'
import type { Happening, VehicleEvent } from '../vehicle/events'
import { placeOf } from '../vehicle/events/position'
import type { Place } from '../vehicle/memory'
import type { Vehicle } from '../vehicle/vehicle'
import type { Condition, EvaluatorState } from './evaluator'
import { namesIn } from './expression'

/** A datum of the condition, as it is now. Values are texts, lists of what is active are lists, places are places. */
export interface FiredValue {
  data: string
  value?: Told
  previous?: Told
}

type Told = string | readonly string[] | Place

export interface Fired {
  /** Whose monitor: the mark of its owner. */
  mark: string
  label: string
  /** A reminder while the condition stays true. */
  refresh: boolean
  values: readonly FiredValue[]
  /** Of setting monitors: the event as the cloud sent it. */
  settings?: unknown
}

export type When = Pick<Happening, 'observedAt' | 'receivedAt' | 'notBefore' | 'source' | 'late'>

export function happeningOf({ mark, label, refresh, values, settings }: Fired, when: When): Happening {
  return {
    name: 'monitor',
    part: mark,
    to: refresh ? 'reminder' : 'fired',
    ...when,
    details: { monitor: mark, label, refresh, values: values.map(withPlace), settings },
  }
}

/** The evaluator compares places as texts. A text could not be told from harmless ones where places are kept back. */
function withPlace({ data, value, previous }: FiredValue): FiredValue {
  if (data !== 'position.location')
    return { data, ...(value !== undefined && { value }), ...(previous !== undefined && { previous }) }
  const [now, before] = [placeIn(value), placeIn(previous)]
  return { data, ...(now && { value: now }), ...(before && { previous: before }) }
}

function placeIn(told: Told | undefined): Place | undefined {
  if (typeof told !== 'string') return placeOf(told) && (told as Place)
  try {
    const read = JSON.parse(told) as unknown
    return placeOf(read) && (read as Place)
  } catch {
    return undefined
  }
}

/** What stands behind a condition now. */
export function valuesOf({ triggers, expression }: Condition, { known }: EvaluatorState): FiredValue[] {
  const used = new Set(namesIn(expression))
  const watched = triggers.flatMap((trigger) => (trigger.kind === 'data' && used.has(trigger.name) ? [trigger] : []))
  return [...new Set(watched.map(({ data }) => data))].map((data) => {
    const told = known[data]
    const before = watched.some((trigger) => trigger.data === data && trigger.previous) ? told?.before : undefined
    return { data, ...(told?.now && { value: told.value }), ...(before !== undefined && { previous: before }) }
  })
}

/** Hears the events of one monitor, also those that a crash kept from being told, until the answer is called. */
export function hearMonitor(account: Account, mark: string, heard: (vehicle: Vehicle, event: VehicleEvent) => void): () => void {
  const listener = (vehicle: Vehicle, event: VehicleEvent) => {
    if (event.name === 'monitor' && event.details?.monitor === mark) heard(vehicle, event)
  }
  account.on('event', listener)
  return () => void account.off('event', listener)
}
