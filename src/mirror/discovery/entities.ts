/** Signals → entities that show them. The catalogue says which. */
import { signalIds, signalOf, type SignalId } from '../../vehicle/signals'
import type { EntityMapping } from '../../vehicle/signal'
import type { CommandId } from '../../vehicle/commands'
import { whereabouts } from '../location'
import { component, type Components, type Place } from './component'
import { lockOf, settingOf } from './controls'
import { attributes, count, member, memberOf, onOff, plain, within, word } from './templates'

/** Signals without an entity of their own that go with one as attributes. */
const attributesOf: Partial<Record<SignalId, readonly SignalId[]>> = {
  'charging.nextStart': ['charging.programs'],
  'climate.status': ['climate.programs'],
  'alerts.active': ['alerts.active', 'alerts.details'],
}

/** Signals that are objects: the member that is the state. */
const stateMember: Partial<Record<SignalId, string>> = { 'alerts.collision': 'at' }

export function entitiesOf(place: Place, signals: readonly SignalId[], commands: ReadonlySet<CommandId>): Components {
  const shown = new Set([...signals, ...settableBy(commands)].filter((id) => isTold(id, place)))
  const all = [...shown].map((id) => entitiesOfSignal(place, id, commands))
  return Object.assign({}, ...all, ownOf(place)) as Components
}

/** What can be set is offered also where the car never told its value. */
const settableBy = (commands: ReadonlySet<CommandId>): SignalId[] =>
  signalIds.filter((id) => signalOf(id).homeAssistant?.some(({ whenAllowed }) => commands.has(whenAllowed as CommandId)))

/** Of a car's position nothing is told but what its owner says. */
const isTold = (id: SignalId, { location }: Place): boolean =>
  signalOf(id).group !== 'position' || location === 'exact' || (id === whereabouts && location !== 'off')

function entitiesOfSignal(place: Place, id: SignalId, commands: ReadonlySet<CommandId>): Components {
  const { homeAssistant = [], label } = signalOf(id)
  const settable = homeAssistant.filter(({ whenAllowed }) => whenAllowed && commands.has(whenAllowed as CommandId))
  const shown = settable.length > 0 ? settable : homeAssistant.filter(({ whenAllowed }) => !whenAllowed)
  // Two entities of one fact need two names.
  const isDouble = shown.some(({ platform }) => platform === 'binary_sensor') && shown.length > 1
  const nameOf = ({ platform }: EntityMapping) => (isDouble && platform === 'sensor' ? `${label} status` : label)
  return Object.assign({}, ...shown.map((mapping) => entityOf(place, id, mapping, nameOf(mapping), commands))) as Components
}

function entityOf(
  place: Place,
  id: SignalId,
  mapping: EntityMapping,
  name: string,
  commands: ReadonlySet<CommandId>,
): Components {
  const { platform } = mapping
  const shared = { ...commonOf(mapping), ...stateOf(place) }
  switch (platform) {
    case 'device_tracker':
      return trackerOf(place, id)
    case 'lock': {
      const lock = lockOf(place, id, commands)
      if (lock) return component(place, { platform, what: id, name }, { ...shared, ...lock, value_template: word(id) })
      // For a binary sensor of this class "on" means unlocked.
      const rest = { ...shared, device_class: 'lock', value_template: onOff(id, ['unlocked']) }
      return component(place, { platform: 'binary_sensor', what: id, name }, rest)
    }
    case 'binary_sensor':
      return component(place, { platform, what: id, name }, { ...shared, value_template: onOff(id, mapping.on ?? []) })
    case 'number': {
      const { min = 0, max = 100, step = 1, whenAllowed } = mapping
      const rest = { min, max, step, value_template: within(id, min, max) }
      return component(place, { platform, what: id, name }, { ...shared, ...rest, ...settingOf(place, whenAllowed) })
    }
    case 'select': {
      const { min = 1, max = 1 } = signalOf(id)
      const options = Array.from({ length: max - min + 1 }, (_, step) => String(min + step))
      const rest = { options, value_template: within(id, min, max) }
      return component(place, { platform, what: id, name }, { ...shared, ...rest, ...settingOf(place, mapping.whenAllowed) })
    }
    case 'sensor':
      return component(place, { platform, what: id, name }, { ...shared, ...sensorOf(place, id, mapping) })
  }
}

function sensorOf(place: Place, id: SignalId, { deviceClass }: EntityMapping): Record<string, unknown> {
  const { type, words = [] } = signalOf(id)
  const more = attributesOf[id]
  const inside = stateMember[id]
  // An empty list of options is refused.
  const isEnum = deviceClass === 'enum' && words.length > 0
  const template = () => {
    if (inside) return memberOf(id, inside)
    if (type === 'words' || type === 'list') return count(id)
    return type === 'word' ? word(id) : plain(id)
  }
  return {
    ...(deviceClass === 'enum' && !isEnum && { device_class: undefined }),
    ...(isEnum && { options: words }),
    value_template: template(),
    ...(more && { json_attributes_topic: `${place.car}/state`, json_attributes_template: attributes(more) }),
  }
}

/** Where the car is; of a place that only has a name there is nothing to show on a map. */
function trackerOf(place: Place, id: SignalId): Components {
  const topic = `${place.car}/location`
  if (place.location === 'zone') {
    const rest = { state_topic: topic, value_template: member('zone') }
    return component(place, { platform: 'sensor', what: 'position.zone', name: 'Place' }, rest)
  }
  return component(
    place,
    { platform: 'device_tracker', what: id, name: null },
    { source_type: 'gps', json_attributes_topic: topic },
  )
}

const commonOf = ({ deviceClass, stateClass, unit, category, disabledByDefault }: EntityMapping) => ({
  ...(deviceClass && { device_class: deviceClass }),
  ...(stateClass && { state_class: stateClass }),
  ...(unit && { unit_of_measurement: unit }),
  ...(category && { entity_category: category }),
  ...(disabledByDefault && { enabled_by_default: false }),
})

const stateOf = ({ car }: Place) => ({ state_topic: `${car}/state` })

/** How old what we say is. */
function ownOf(place: Place): Components {
  const time = { device_class: 'timestamp', entity_category: 'diagnostic', ...stateOf(place) }
  return {
    ...component(
      place,
      { platform: 'sensor', what: 'observedAt', name: 'Last news from the car' },
      { ...time, value_template: member('observedAt') },
    ),
    ...component(
      place,
      { platform: 'sensor', what: 'fetchedAt', name: 'Last asked' },
      { ...time, enabled_by_default: false, value_template: member('fetchedAt') },
    ),
  }
}
