/** All rules, in the order in which their events are told. */
import type { SignalId } from '../signals'
import { alarm, alerts, collision, warningSignals } from './alerts'
import { chargeLimitReached, chargingFault, chargingScheduled, chargingSession, levelChanged } from './charging'
import { edges, edgeSignals } from './edges'
import type { Moment, Rule } from './moment'
import { moved } from './position'
import { reachability } from './reachability'
import { serviceDue } from './service'
import { trip } from './trip'

const rules: readonly Rule[] = [
  trip,
  edges,
  chargingSession,
  chargeLimitReached,
  chargingFault,
  chargingScheduled,
  levelChanged,
  moved,
  alerts,
  alarm,
  collision,
  serviceDue,
  reachability,
]

const others: readonly SignalId[] = [
  'charging.supply',
  'vehicle.ignition',
  'vehicle.moving',
  'reachability.status',
  'reachability.reason',
  'alerts.alarmTrigger',
]

const watched: ReadonlySet<SignalId> = new Set([...edgeSignals, ...warningSignals, ...others])

/** Whether the last real word of a signal must be remembered. */
export const isWatched = (signal: SignalId): boolean => watched.has(signal)

/** Looks for every edge in one answer; the events are in `moment.events` afterwards. */
export function detect(moment: Moment): void {
  for (const rule of rules) rule(moment)
}
