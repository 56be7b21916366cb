/** Events and what became of commands → event entities. */
import type { CommandId } from '../../vehicle/commands'
import type { EventName } from '../../vehicle/events'
import { finalPhases } from '../../vehicle/outcome'
import { signalOf, type SignalGroup, type SignalId } from '../../vehicle/signals'
import { component, type Components, type Place } from './component'
import { happening } from './templates'

/** What a car must be able to tell for the event to happen; `any`: no signal tells it. */
type Sign = SignalId | SignalGroup | 'any'

interface Subject {
  what: string
  label: string
  events: Partial<Record<EventName, readonly Sign[]>>
}

const subjects: readonly Subject[] = [
  {
    what: 'charging-event',
    label: 'Charging event',
    events: {
      'plugged-in': ['charging.connection'],
      unplugged: ['charging.connection'],
      'charging-started': ['charging.status'],
      'charging-stopped': ['charging.status'],
      'charging-complete': ['charging.status'],
      'charge-limit-reached': ['charging.chargeLimit'],
      'charging-fault': ['charging.status', 'charging.connection'],
      'charging-scheduled': ['charging.status', 'charging.nextStart'],
      'level-changed': ['battery.stateOfCharge', 'fuel.level'],
    },
  },
  {
    what: 'access-event',
    label: 'Lock, door and window event',
    events: {
      locked: ['lock.central'],
      unlocked: ['lock.central'],
      'door-opened': ['doors'],
      'door-closed': ['doors'],
      'window-opened': ['windows'],
      'window-closed': ['windows'],
    },
  },
  {
    what: 'trip-event',
    label: 'Trip event',
    events: {
      'engine-started': ['engine.status'],
      'engine-stopped': ['engine.status'],
      'trip-started': ['engine.status', 'vehicle.ignition', 'vehicle.moving', 'vehicle.odometer'],
      'trip-stopped': ['engine.status', 'vehicle.ignition', 'vehicle.moving', 'vehicle.odometer'],
      moved: ['position.location'],
    },
  },
  {
    what: 'climate-event',
    label: 'Climate event',
    events: { 'climate-started': ['climate.status'], 'climate-stopped': ['climate.status'] },
  },
  {
    what: 'alert-event',
    label: 'Alert event',
    events: {
      'alert-raised': ['alerts.active'],
      'alert-cleared': ['alerts.active'],
      alarm: ['alerts.alarmTrigger', 'alerts.alarm'],
      collision: ['alerts.collision'],
      'stolen-reported': ['alerts.stolen'],
      'stolen-cleared': ['alerts.stolen'],
      'emergency-call': ['safety.eCall'],
      'service-due': ['service'],
      'smoke-detected': ['any'],
      monitor: ['any'],
    },
  },
  {
    what: 'state-event',
    label: 'Availability and use event',
    events: {
      reachable: ['reachability.status'],
      unreachable: ['reachability.status'],
      'privacy-changed': ['reachability.privacy'],
      'driving-enabled': ['vehicle.drivingEnabled'],
      'driving-disabled': ['vehicle.drivingEnabled'],
      'rental-changed': ['vehicle.rental'],
    },
  },
]

/** Events that an entity shows; progress of commands is told with their results. */
export const shownEvents: readonly string[] = subjects.flatMap(({ events }) => Object.keys(events))

const eventMembers = ['id', 'observedAt', 'receivedAt', 'detectedWithin', 'late', 'details']
const resultMembers = ['id', 'command', 'cause', 'finishedAt']

export function eventsOf(place: Place, signals: readonly SignalId[], commands: ReadonlySet<CommandId>): Components {
  const signs = new Set<Sign>([...signals, ...signals.map((id) => signalOf(id).group)])
  const components: Components = {}
  for (const { what, label, events } of subjects) {
    const rows = Object.entries(events)
    // What no signal tells comes along with what one does.
    if (!rows.some(([, from]) => from.some((sign) => signs.has(sign)))) continue
    const types = rows.filter(([, from]) => from.some((sign) => sign === 'any' || signs.has(sign))).map(([name]) => name)
    const template = happening('name', types, eventMembers)
    Object.assign(components, eventEntity(place, what, label, `${place.car}/event/+`, types, template))
  }
  if (commands.size > 0) {
    const template = happening('phase', finalPhases, resultMembers)
    Object.assign(
      components,
      eventEntity(place, 'command-result', 'Command result', `${place.car}/result/+`, finalPhases, template),
    )
  }
  return components
}

const eventEntity = (
  place: Place,
  what: string,
  name: string,
  topic: string,
  types: readonly string[],
  template: string,
): Components =>
  component(
    place,
    { platform: 'event', what, name },
    { state_topic: topic, qos: 1, event_types: types, value_template: template },
  )
