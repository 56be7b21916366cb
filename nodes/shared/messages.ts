/** The messages that nodes send, as the contract describes them. */
import type { Known } from '../../src/account/account'
import type { Session } from '../../src/vehicle/session'
import type { VehicleEvent } from '../../src/vehicle/events'
import { tagOf } from '../../src/vehicle/vehicle'

/** A charging, monitor or state message. Made anew each time: a flow may change what it gets. */
export function stateMessage(topic: string, known: Known, event?: VehicleEvent, session?: Session) {
  const message = { topic, vehicle: tagOf(known.vehicle), payload: known.snapshot, readings: known.readings }
  return structuredClone({ ...message, ...(event && { event }), ...(session && { session }) })
}
