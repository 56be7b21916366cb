/** Stellantis: what a monitor can watch (`data` of a trigger, "operand"), and which of our signals each one tells. */
import type { SignalId } from '../../vehicle/signals'
import { numberOf } from '../mapping'
import { table, type Operand, type Operator, type PreviousOperator } from './operandTable'
import type { Generation } from './settings'
import { wireWords } from './words'

export type { Operand, OperandValue, Operator, PreviousOperator, WordTable } from './operandTable'
export type { Generation } from './settings'

export type OperandId = keyof typeof table

export const operands: Readonly<Record<OperandId, Operand>> = table
export const operandIds = Object.keys(table) as OperandId[]
export const isOperandId = (text: string): text is OperandId => Object.hasOwn(table, text)

/** What a trigger on it may ask in this generation; empty: this generation does not have it. */
export const operatorsOf = (id: OperandId, generation: Generation): readonly Operator[] =>
  operands[id].operators[generation] ?? []

export const previousOperatorsOf = (id: OperandId, generation: Generation): readonly PreviousOperator[] =>
  operands[id].previous?.[generation] ?? []

/** The operands that watch this signal in this generation; first those whose value is the signal's own. */
export const operandsOf = (signal: SignalId, generation: Generation): OperandId[] =>
  operandIds
    .filter((id) => operands[id].signals.includes(signal) && operatorsOf(id, generation).length > 0)
    .sort((a, b) => order(a) - order(b))

const order = (id: OperandId): number => (operands[id].tells === 'value' ? 0 : 1)

/** Our value as the cloud spells it: several where it has several words for one of ours, none where it has no word. */
export function wireValues(id: OperandId, ours: unknown, generation: Generation): string[] {
  const { value } = operands[id]
  switch (value.kind) {
    case 'number': {
      const found = numberOf(ours)
      return found === undefined ? [] : [String(rounded(found / (value.factor?.[generation] ?? 1)))]
    }
    case 'word':
      return wireWords(value.words[generation], String(ours))
    case 'boolean':
      return ours === true || ours === 'true' ? ['true'] : ours === false || ours === 'false' ? ['false'] : []
    case 'text':
      return typeof ours === 'string' ? [ours] : []
    case 'none':
      return []
  }
}

/** Factors leave noise such as 29.999999999999996. */
const rounded = (value: number): number => Math.round(value * 1e6) / 1e6
