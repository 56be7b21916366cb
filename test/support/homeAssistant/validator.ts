/** Reads a discovery message the way Home Assistant does, only sterner: what it would ignore or complain about is a fault. */
import { render } from './jinja'
import {
  availabilityModes,
  deviceClasses,
  deviceKeys,
  originKeys,
  platforms,
  rootKeys,
  sensorsOnly,
  sourceTypes,
  stateClasses,
  type PlatformRules,
} from './rules'

type Json = Record<string, unknown>

/** Everything that is wrong with the message; empty when nothing is. */
export function faultsOf(topic: string, payload: string): string[] {
  const faults: string[] = []
  const match = /^[^#+]+\/device\/([a-zA-Z0-9_-]+)\/config$/.exec(topic)
  if (!match) faults.push(`topic ${topic}`)
  const message = JSON.parse(payload) as Json
  const say = (fault: string) => void faults.push(fault)
  strangers('message', message, rootKeys, say)
  checkDevice(message.device as Json | undefined, say)
  checkOrigin(message.origin as Json | undefined, say)
  checkAvailability(message, say)
  const components = Object.entries((message.components ?? {}) as Record<string, Json>)
  if (components.length === 0) say('no components')
  const live = components.filter(([, component]) => Object.keys(component).length > 1)
  for (const [key, component] of components) {
    if (!/^[a-zA-Z0-9_-]+$/.test(key)) say(`component key ${key}`)
    if (!platforms[String(component.platform)]) say(`${key}: platform ${String(component.platform)}`)
  }
  for (const [key, component] of live) checkComponent(component, (fault) => say(`${key}: ${fault}`))
  for (const member of ['unique_id', 'default_entity_id'])
    twins(live.map(([, component]) => component[member])).forEach((twin) => say(`${member} ${twin} twice`))
  twins(live.map(([, { platform, name }]) => `${String(platform)} "${String(name)}"`)).forEach((twin) => say(`${twin} twice`))
  return faults
}

type Say = (fault: string) => void

function strangers(where: string, given: Json, known: readonly string[], say: Say): void {
  for (const key of Object.keys(given)) if (!known.includes(key)) say(`${where}: ${key} is not known`)
}

const twins = (values: readonly unknown[]): string[] =>
  [...new Set(values.filter((value, at) => values.indexOf(value) !== at))].map(String)

function checkDevice(device: Json | undefined, say: Say): void {
  if (!device) return say('no device')
  strangers('device', device, deviceKeys, say)
  const { identifiers } = device
  if (!Array.isArray(identifiers) || identifiers.length === 0) say('device has no identifiers')
  for (const [key, value] of Object.entries(device))
    if (key !== 'identifiers' && typeof value !== 'string') say(`device: ${key} is no text`)
}

function checkOrigin(origin: Json | undefined, say: Say): void {
  if (!origin || typeof origin.name !== 'string') return say('no origin with a name')
  strangers('origin', origin, originKeys, say)
  if (!/^https?:\/\//.test(String(origin.support_url))) say('origin: support_url is no address')
}

function checkAvailability({ availability, availability_mode: mode }: Json, say: Say): void {
  if (!Array.isArray(availability) || availability.length === 0) return say('no availability')
  if (!availabilityModes.includes(String(mode))) say(`availability_mode ${String(mode)}`)
  for (const one of availability as Json[]) {
    strangers('availability', one, ['topic', 'payload_available', 'payload_not_available', 'value_template'], say)
    if (!isTopic(one.topic)) say(`availability: topic ${String(one.topic)}`)
  }
}

function checkComponent(component: Json, say: Say): void {
  const platform = String(component.platform)
  const rules = platforms[platform]
  if (!rules) return
  strangers(platform, component, rules.keys, say)
  for (const key of rules.required) if (component[key] === undefined) say(`${key} is missing`)
  checkIdentity(platform, component, say)
  checkTopics(rules, component, say)
  checkTemplates(component, say)
  const category = component.entity_category as string | undefined
  if (category !== undefined && !(rules.categories as readonly string[]).includes(category)) say(`category ${category}`)
  const own = component.device_class as string | undefined
  if (own !== undefined && rules.deviceClasses && !rules.deviceClasses.includes(own)) say(`device_class ${own}`)
  if (platform === 'sensor' || platform === 'number') checkClass(platform, component, say)
  for (const key of ['optimistic', 'retain', 'enabled_by_default', 'force_update'])
    if (component[key] !== undefined && typeof component[key] !== 'boolean') say(`${key} is not true or false`)
  const qos = component.qos as number | undefined
  if (qos !== undefined && ![0, 1, 2].includes(qos)) say(`qos ${qos}`)
  if (component.command_topic !== undefined && component.state_topic === undefined && platform !== 'button')
    say('without a state it is optimistic')
  if (platform === 'number') checkRange(component, say)
  if (platform === 'select' || component.options !== undefined) checkTexts('options', component.options, say)
  if (platform === 'event') checkTexts('event_types', component.event_types, say)
  if (platform === 'device_tracker' && !sourceTypes.includes(String(component.source_type))) say('source_type')
}

function checkIdentity(platform: string, component: Json, say: Say): void {
  const { unique_id: id, default_entity_id: entity, name } = component
  if (typeof id !== 'string' || id === '') say('unique_id is missing')
  if (typeof entity !== 'string' || !new RegExp(`^${platform}\\.[a-z0-9]+(_[a-z0-9]+)*$`).test(entity))
    say(`default_entity_id ${String(entity)}`)
  if (name !== null && (typeof name !== 'string' || name.trim() === '')) say('name is no text')
}

/** Without wildcards, unless it is listened to. */
const isTopic = (topic: unknown, wild = false): boolean =>
  typeof topic === 'string' && (wild ? /^[^#]+$/ : /^[^#+]+$/).test(topic) && !topic.split('/').includes('')

function checkTopics({ listens = [], publishes = [] }: PlatformRules, component: Json, say: Say): void {
  for (const [key, topic] of Object.entries(component)) {
    if (!key.endsWith('_topic')) continue
    if (publishes.includes(key) ? !isTopic(topic) : !listens.includes(key) || !isTopic(topic, true))
      say(`${key} ${String(topic)}`)
  }
}

/** Each must be understood, also when the message holds nothing that it looks for. */
function checkTemplates(component: Json, say: Say): void {
  for (const [key, template] of Object.entries(component)) {
    if (!key.endsWith('_template')) continue
    const payload = key === 'command_template' ? '80' : '{}'
    try {
      render(String(template), payload)
    } catch (error) {
      say(`${key} ${String(template)}: ${(error as Error).message}`)
    }
  }
}

function checkClass(platform: string, component: Json, say: Say): void {
  const {
    device_class: kind,
    state_class: state,
    unit_of_measurement: unit,
    options,
  } = component as Record<string, string | undefined>
  if (state !== undefined && (platform !== 'sensor' || !stateClasses.includes(state))) say(`state_class ${state}`)
  if (kind === undefined) {
    if (options !== undefined) say('options without device_class enum')
    return
  }
  const rules = deviceClasses[kind]
  if (!rules || (platform !== 'sensor' && sensorsOnly.includes(kind))) return say(`device_class ${kind}`)
  if (rules.units ? !rules.units.includes(unit ?? '') : unit !== undefined) say(`unit ${unit} with ${kind}`)
  if (state !== undefined && !rules.stateClasses.includes(state)) say(`state_class ${state} with ${kind}`)
  if ((kind === 'enum') !== (options !== undefined)) say('enum and options belong together')
}

function checkRange({ min, max, step }: Json, say: Say): void {
  if (typeof min !== 'number' || typeof max !== 'number' || typeof step !== 'number') return say('range is not in numbers')
  if (min >= max || step <= 0) say(`range ${min} to ${max} by ${step}`)
}

function checkTexts(key: string, list: unknown, say: Say): void {
  if (!Array.isArray(list) || list.length === 0) return say(`${key} is empty`)
  if (list.some((item) => typeof item !== 'string')) say(`${key} are not texts`)
  twins(list).forEach((twin) => say(`${key}: ${twin} twice`))
}
