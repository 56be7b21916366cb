import type { Fault } from '../faults'
import type { Reply } from '../http'

type Json = Record<string, unknown>

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isProperty = (value: unknown): value is Json => isObject(value) && 'timestamp' in value && 'value' in value
const isWord = (value: unknown) => typeof value === 'string' && /^[A-Z][A-Z_]+$/.test(value)

/** Changes every `{timestamp, value}` of an answer, or the one that is named, wherever it is. */
function changeProperties(value: unknown, field: string | undefined, change: (property: Json) => unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => changeProperties(item, field, change, name))
  if (isProperty(value)) return field === undefined || field === name ? change(value) : value
  if (!isObject(value)) return value
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changeProperties(inner, field, change, key)]))
}

/** Adds a capability to every vehicle object. */
function addCapability(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(addCapability)
  if (!isObject(value)) return value
  if (Array.isArray(value.commands) && Array.isArray(value.vehicle_state))
    return {
      commands: [...(value.commands as unknown[]), 'OPEN_SUNROOF_A_LITTLE'],
      vehicle_state: [...(value.vehicle_state as unknown[]), 'A_PROPERTY_NOBODY_KNOWS'],
    }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, addCapability(inner)]))
}

const changes: Readonly<Record<string, (body: unknown, fault: Fault) => unknown>> = {
  'empty-data': (body) => (isObject(body) && Array.isArray(body.items) ? { items: [] } : {}),
  'missing-timestamp': (body, { field }) => changeProperties(body, field, ({ value }) => ({ value })),
  'broken-timestamp': (body, { field }) => changeProperties(body, field, ({ value }) => ({ timestamp: 'yesterday', value })),
  'new-word': (body, { field }) =>
    changeProperties(body, field, (property) =>
      isWord(property.value) ? { ...property, value: 'A_WORD_NOBODY_KNOWS' } : property,
    ),
  'string-numbers': (body, { field }) =>
    changeProperties(body, field, (property) =>
      typeof property.value === 'number' ? { ...property, value: String(property.value) } : property,
    ),
  'odd-types': (body, { field }) => changeProperties(body, field, (property) => ({ ...property, value: { nobody: ['knows'] } })),
  'null-values': (body, { field }) => changeProperties(body, field, (property) => ({ ...property, value: null })),
  'new-property': (body) =>
    isObject(body) && Object.values(body).some(isProperty)
      ? { ...body, a_property_nobody_knows: { timestamp: '2024-06-03T09:41:11Z', value: { deep: [1, 'two', null] } }, bare: 7 }
      : body,
  'new-capability': addCapability,
}

export const distortionKinds = [...Object.keys(changes), 'broken-json', 'empty-body', 'html', 'large-body']

const fiveMegabytes = 5 * 1024 * 1024

/** A good answer, made wrong in the way the fault says. */
export function distort(reply: Reply, fault: Fault): Reply {
  const headers = { ...reply.headers, 'content-type': 'application/json' }
  const whole = JSON.stringify(reply.json)
  switch (fault.kind) {
    case 'empty-body':
      return { status: reply.status, headers }
    case 'broken-json':
      return { status: reply.status, headers, text: whole.slice(0, Math.ceil(whole.length / 2)) }
    case 'html':
      return { status: reply.status, headers: reply.headers, text: '<html><body>Please sign in to the network.</body></html>' }
    case 'large-body':
      return { status: reply.status, headers, text: whole.replace(/}$/, `,"padding":"${'x'.repeat(fiveMegabytes)}"}`) }
    default:
      return { ...reply, json: changes[fault.kind]?.(reply.json, fault) ?? reply.json }
  }
}
