/** What an event is: a named edge in the life of a car. Which edge makes which event is in `events/`. */
import { sha256 } from '../sha256'
import type { SignalValue } from './reading'
import type { SignalId } from './signals'
import type { ProviderId, VehicleId } from './vehicle'

export const eventNames = [
  'plugged-in',
  'unplugged',
  'charging-started',
  'charging-stopped',
  'charging-complete',
  'charge-limit-reached',
  'charging-fault',
  'charging-scheduled',
  'level-changed',
  'locked',
  'unlocked',
  'door-opened',
  'door-closed',
  'window-opened',
  'window-closed',
  'engine-started',
  'engine-stopped',
  'climate-started',
  'climate-stopped',
  'trip-started',
  'trip-stopped',
  'moved',
  'alert-raised',
  'alert-cleared',
  'alarm',
  'collision',
  'stolen-reported',
  'stolen-cleared',
  'smoke-detected',
  'emergency-call',
  'driving-enabled',
  'driving-disabled',
  'privacy-changed',
  'service-due',
  'rental-changed',
  'reachable',
  'unreachable',
  'monitor',
  'command-progress',
] as const

export type EventName = (typeof eventNames)[number]

export const isEventName = (text: string): text is EventName => (eventNames as readonly string[]).includes(text)

/** `null`: the signal was, or is, absent. */
export interface Change {
  signal: SignalId
  from: SignalValue | null
  to: SignalValue | null
}

export type EventSource = 'poll' | 'push'

export interface VehicleEvent {
  /** The same for the same edge of the same car, also after a restart. */
  id: string
  name: EventName
  /** ISO 8601 UTC. */
  observedAt: string
  receivedAt: string
  /** Seconds; the true moment lies in [receivedAt − detectedWithin, receivedAt]. */
  detectedWithin: number
  source: EventSource
  /** It was told after newer facts were known. */
  late: boolean
  /** Everything that changed in the same answer; what made the event comes first. */
  changes: Change[]
  /** What belongs to this kind of event: a reason, a door, both ends of a way. Keys are absent where nothing is known. */
  details?: Record<string, unknown>
}

/** What happened, before it has an identity. Times in ms since 1970. */
export interface Happening {
  name: EventName
  /** Tells apart events of one name in one answer: a door, an alert. */
  part?: string
  to?: string
  observedAt: number
  receivedAt: number
  /** The last moment at which it had not happened yet; absent: `observedAt` is the moment itself. */
  notBefore?: number
  source: EventSource
  late?: boolean
  changes?: Change[]
  details?: Record<string, unknown>
}

/** A happening → the event that goes out; also for what has no signal: `monitor`, `smoke-detected`, `command-progress`. */
export function eventOf(vehicle: { provider: ProviderId; id: VehicleId }, happening: Happening): VehicleEvent {
  const { name, part = '', to = '', observedAt, receivedAt, notBefore = observedAt, source, late = false } = happening
  const details = happening.details && present(happening.details)
  return {
    id: sha256(JSON.stringify([vehicle.provider, vehicle.id, name, part, to, observedAt])).slice(0, 24),
    name,
    // A car's clock may be ahead of ours; nothing is seen after it was received.
    observedAt: new Date(Math.min(observedAt, receivedAt)).toISOString(),
    receivedAt: new Date(receivedAt).toISOString(),
    detectedWithin: Math.max(0, Math.ceil((receivedAt - notBefore) / 1000)),
    source,
    late,
    changes: happening.changes ?? [],
    ...(details && { details }),
  }
}

/** Without the members of which nothing is known; nothing where none is left. */
function present(details: Record<string, unknown>): Record<string, unknown> | undefined {
  const told = Object.entries(details).filter(([, value]) => value !== undefined && value !== null)
  return told.length > 0 ? Object.fromEntries(told) : undefined
}
