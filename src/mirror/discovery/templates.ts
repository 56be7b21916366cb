/** The Jinja templates that read our topics. What is absent or not understood becomes `None`, which Home Assistant shows as unknown. */
import { unknownWord } from '../../vehicle/reading'
import { keyOf, signalOf, type SignalId } from '../../vehicle/signals'

const quoted = (text: string): string => `'${text}'`
const literal = (value: string | boolean): string => (typeof value === 'string' ? quoted(value) : String(value))
const listOf = (words: readonly string[]): string => `[${words.map(quoted).join(', ')}]`

/** Where a signal stands in the car's state; `none` where it does not. */
const valueOf = (id: SignalId): string => `value_json.get(${quoted(signalOf(id).group)}, {}).get(${quoted(keyOf(id))})`

/** The value as it stands. */
export const plain = (id: SignalId): string => `{{ ${valueOf(id)} }}`

/** A member of the state itself, such as `observedAt`. */
export const member = (name: string): string => `{{ value_json.get(${quoted(name)}) }}`

/** A member of a signal that is an object. */
export const memberOf = (id: SignalId, name: string): string =>
  `{% set v = ${valueOf(id)} %}{{ v.get(${quoted(name)}) if v is not none else None }}`

/** A word that is known. */
export const word = (id: SignalId): string => `{% set v = ${valueOf(id)} %}{{ v if v != ${quoted(unknownWord)} else None }}`

/** How many. */
export const count = (id: SignalId): string => `{% set v = ${valueOf(id)} %}{{ v | count if v is not none else None }}`

/** A number within bounds: Home Assistant complains about others. */
export const within = (id: SignalId, min: number, max: number): string =>
  `{% set v = ${valueOf(id)} %}{{ v if v is number and v >= ${min} and v <= ${max} else None }}`

/** `ON` or `OFF`; values that are neither give `None`. */
export function onOff(id: SignalId, on: readonly (string | boolean)[]): string {
  const { type, words = [] } = signalOf(id)
  const values: readonly (string | boolean)[] = type === 'boolean' ? [true, false] : words
  const pairs = values.map((value) => `${literal(value)}: ${quoted(on.includes(value) ? 'ON' : 'OFF')}`)
  return `{{ {${pairs.join(', ')}}.get(${valueOf(id)}) }}`
}

/** A JSON object of signals, for the attributes of an entity; absent ones are null. */
export const attributes = (ids: readonly SignalId[]): string =>
  `{{ {${ids.map((id) => `${quoted(keyOf(id))}: ${valueOf(id)}`).join(', ')}} | to_json }}`

/** An event's message → what an event entity takes; other messages of the same topics → nothing, which it passes over. */
export function happening(typeMember: string, types: readonly string[], members: readonly string[]): string {
  const type = `value_json.get(${quoted(typeMember)})`
  const told = members.map((name) => `${quoted(snakeCase(name))}: value_json.get(${quoted(name)})`)
  return `{% if ${type} in ${listOf(types)} %}{{ {'event_type': ${type}, ${told.join(', ')}} | to_json }}{% endif %}`
}

const snakeCase = (text: string): string => text.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What Home Assistant sends when a person sets a value: the command's parameter. */
export const parameter = (name: string): string => `{"params": {"${name}": {{ value | int }}}}`
