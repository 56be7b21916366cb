/** What is known of a car, as messages and topics carry it. */
import type { CarMemory } from '../vehicle/memory'
import { readingsOf, snapshotOf, type Snapshot } from '../vehicle/snapshot'
import { signalGroups, type SignalGroup } from '../vehicle/signals'
import type { Vehicle } from '../vehicle/vehicle'

export interface Known {
  vehicle: Vehicle
  snapshot: Snapshot
  readings: ReturnType<typeof readingsOf>
}

/** No groups: all. */
export function knownOf(vehicle: Vehicle, memory: CarMemory, groups: readonly SignalGroup[] = []): Known {
  const whole = snapshotOf(memory)
  const wanted = groups.length > 0 ? groups : signalGroups
  const snapshot = Object.fromEntries(wanted.flatMap((group) => (whole[group] ? [[group, whole[group]]] : []))) as Snapshot
  return { vehicle, snapshot, readings: readingsOf(memory, groups.length > 0 ? groups : undefined) }
}
