import type { Signal, SignalType } from '../../vehicle/signal'
import { isSignalId, signalOf, type SignalId } from '../../vehicle/signals'
import { CarRefusal } from './body'

const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
const isText = (value: unknown): value is string => typeof value === 'string'

const types: Readonly<Record<SignalType, { fits: (value: unknown, row: Signal) => boolean; wants: (row: Signal) => string }>> = {
  number: { fits: isNumber, wants: () => 'must be a number' },
  integer: { fits: (value) => Number.isInteger(value), wants: () => 'must be a whole number' },
  boolean: { fits: (value) => typeof value === 'boolean', wants: () => 'must be true or false' },
  word: {
    fits: (value, { words }) => isText(value) && (words?.includes(value) ?? true),
    wants: ({ words }) => `must be one of ${words?.join(', ')}`,
  },
  words: { fits: (value) => Array.isArray(value) && value.every(isText), wants: () => 'must be a list of texts' },
  text: { fits: isText, wants: () => 'must be a text' },
  time: { fits: (value) => isText(value) && !Number.isNaN(Date.parse(value)), wants: () => 'must be an ISO 8601 time' },
  list: { fits: Array.isArray, wants: () => 'must be a list' },
  object: {
    fits: (value) => typeof value === 'object' && !Array.isArray(value),
    wants: ({ shape }) => `must be an object ${shape ?? ''}`.trim(),
  },
}

/** The signals that are to be set, by id, `null` taking one away; refuses all when one is none or does not fit. */
export function checkedIds(values: Readonly<Record<string, unknown>>): SignalId[] {
  return Object.entries(values).map(([id, value]) => {
    if (!isSignalId(id)) throw new CarRefusal(`There is no signal ${id}`, id)
    const wrong = value === null ? undefined : checkValue(id, value)
    if (wrong) throw new CarRefusal(`${id} ${wrong}`, id)
    return id
  })
}

/** What is wrong with a value for this signal, by the catalogue; undefined when it fits. */
function checkValue(id: SignalId, value: unknown): string | undefined {
  const row = signalOf(id)
  const type = types[row.type]
  if (!type.fits(value, row)) return type.wants(row)
  if (isNumber(value) && row.min !== undefined && value < row.min) return `must not be below ${row.min}`
  if (isNumber(value) && row.max !== undefined && value > row.max) return `must not be above ${row.max}`
  return undefined
}
