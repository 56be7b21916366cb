/** What a data trigger may ask of a signal or an operand, where it is evaluated. */
import {
  isOperandId,
  operandIds,
  operands,
  operandsOf,
  operatorsOf,
  previousOperatorsOf,
  wireValues,
  type Generation,
  type OperandId,
} from '../providers/stellantis/operands'
import type { SignalType } from '../vehicle/signal'
import { isSignalId, signalOf, type SignalId } from '../vehicle/signals'
import type { Operator, Previous } from './trigger'

/** Here, or in the provider's cloud by one generation of its interface. */
export type Venue = 'local' | Generation

export interface Asked {
  operators: readonly Operator[]
  previous: readonly Previous['op'][]
  /** Why this cannot be one of its values; goes on after the value itself. */
  wrong(value: string): string | undefined
}

const compared: readonly Operator[] = ['equalsTo', 'greaterThan', 'lowerThan', 'onChange']
const chosen: readonly Operator[] = ['equalsTo', 'includedIn', 'onChange']
const both: readonly Previous['op'][] = ['equalsTo', 'includedIn']

const operatorsByType: Readonly<Record<SignalType, readonly Operator[]>> = {
  number: compared,
  integer: compared,
  word: chosen,
  words: chosen,
  text: chosen,
  boolean: ['equalsTo', 'onChange'],
  time: ['onChange'],
  list: ['onChange'],
  object: ['onChange'],
}

/** What may be asked of `data`, or why it cannot be watched there: a text that goes on after its name. */
export function askedOf(data: string, venue: Venue): Asked | string {
  if (isSignalId(data)) return venue === 'local' ? ofSignal(data) : ofSignalInCloud(data, venue)
  if (!isOperandId(data)) return 'is neither one of our signals nor a word of the provider'
  if (operands[data].onlyPrevious) return 'can only stand in "previous", and nothing of ours asks it there'
  return venue === 'local' ? ofOperandHere(data) : ofOperand(data, venue)
}

function ofSignal(id: SignalId): Asked {
  const { type, words = [] } = signalOf(id)
  return { operators: operatorsByType[type], previous: both, wrong: (value) => wrongOf(kindOf(type), words, value) }
}

const kindOf = (type: SignalType): ValueKind =>
  type === 'number' || type === 'integer' ? 'number' : type === 'boolean' ? 'boolean' : 'word'

function ofSignalInCloud(id: SignalId, generation: Generation): Asked | string {
  const operand = operandOf(id, generation)
  if (!operand) {
    const [whole] = operandsOf(id, generation)
    const instead = whole ? `; "${whole}" watches it together with others` : '; it can be watched with "where: local"'
    return `cannot be watched by the provider (where: provider)${instead}`
  }
  return {
    operators: operatorsOf(operand, generation),
    previous: previousOperatorsOf(operand, generation),
    wrong: (value) => (wireValues(operand, value, generation).length > 0 ? undefined : 'is no value that the provider knows'),
  }
}

/** The operand that watches exactly this signal. */
export function operandOf(id: SignalId, generation: Generation): OperandId | undefined {
  return operandsOf(id, generation).find((operand) => ['value', 'member'].includes(operands[operand].tells))
}

function ofOperand(id: OperandId, generation: Generation): Asked | string {
  const operators = operatorsOf(id, generation)
  if (operators.length === 0) return `is not known in the provider's interface ${generation}`
  return { operators, previous: previousOperatorsOf(id, generation), wrong: (value) => wrongOnWire(id, [generation], value) }
}

const generations: readonly Generation[] = ['v1', 'v4']

function ofOperandHere(id: OperandId): Asked | string {
  if (operands[id].tells === 'nothing') return 'can only be watched by the provider (where: provider)'
  const all = <T>(of: (id: OperandId, generation: Generation) => readonly T[]) => [
    ...new Set(generations.flatMap((g) => of(id, g))),
  ]
  return {
    operators: all(operatorsOf),
    previous: all(previousOperatorsOf),
    wrong: (value) => wrongOnWire(id, generations, value),
  }
}

function wrongOnWire(id: OperandId, venues: readonly Generation[], text: string): string | undefined {
  const { value } = operands[id]
  if (value.kind === 'none') return 'must not be given'
  const words = value.kind === 'word' ? venues.flatMap((generation) => Object.keys(value.words[generation])) : []
  return wrongOf(value.kind === 'text' ? 'word' : value.kind, [...new Set(words)], text)
}

type ValueKind = 'number' | 'boolean' | 'word'

/** More words than that are no help in a sentence. */
const mostWords = 8

function wrongOf(kind: ValueKind, words: readonly string[], value: string): string | undefined {
  if (kind === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? undefined : 'must be a number'
  if (kind === 'boolean') return value === 'true' || value === 'false' ? undefined : 'must be true or false'
  if (words.length === 0 || words.includes(value)) return value === '' ? 'must not be empty' : undefined
  return words.length > mostWords ? 'is not known' : `must be one of ${words.join(', ')}`
}

/** Extra data that a provider's monitor can send with its event [stellantis.md 4.5]. */
const extensions: Readonly<Record<Generation, readonly string[]>> = {
  v1: [
    'vehicle.position',
    'vehicle.doorsState',
    'vehicle.latestTelemetry',
    'vehicle.telemetry',
    'vehicle.maintenance',
    'vehicle.alerts.active',
    'vehicle.collision',
    'vehicle.trip',
    'vehicle.stolen',
    'vehicle.alarm',
  ],
  v4: [
    'vehicle.position',
    'vehicle.doorsState',
    'vehicle.status',
    'vehicle.telemetry',
    'vehicle.maintenance',
    'vehicle.alerts',
    'vehicle.alarm',
    'vehicle.trip',
  ],
}

/** Kinds of telemetry that may follow `vehicle.telemetry.` [stellantis.md 3.4]. */
const telemetryKind = /^vehicle\.telemetry\.[A-Za-z]+(\.[A-Za-z]+)*$/

export const extensionsOf = (generation: Generation): readonly string[] => extensions[generation]

export const isExtension = (text: string, generation: Generation): boolean =>
  extensions[generation].includes(text) || telemetryKind.test(text)

/** Operands whose value a trigger can name. */
export const watchable = (venue: Venue): OperandId[] => operandIds.filter((id) => typeof askedOf(id, venue) !== 'string')
