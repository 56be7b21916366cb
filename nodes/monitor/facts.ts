/** What a trigger may watch, for the dialog: signals and operands with what can be asked of them. */
import { askedOf, operandOf, watchable, type Venue } from '../../src/monitors/asked'
import type { Operator, Previous } from '../../src/monitors/trigger'
import { operands, type Generation, type OperandId } from '../../src/providers/stellantis/operands'
import type { SignalType } from '../../src/vehicle/signal'
import { isSignalId, signalIds, signalOf, type SignalId } from '../../src/vehicle/signals'

/** One entry of the pick list. */
export interface Fact {
  /** What stands in the trigger's `data`. */
  id: string
  label: string
  /** Absent: it is no signal of ours, but a word of the provider. */
  group?: string
  type: SignalType
  unit?: string
  /** The range of a number. */
  min?: number
  max?: number
  words?: readonly string[]
  /** The one that is wanted most comes first. */
  ops: readonly Operator[]
  previous: readonly Previous['op'][]
}

/** What can be watched here, or in the cloud by one generation of its interface. */
export function factsOf(venue: Venue): Fact[] {
  const ofSignals = signalIds.flatMap((id) => signalFact(id, venue))
  if (venue === 'local') return ofSignals
  const covered = new Set(signalIds.map((id) => operandOf(id, venue)))
  return [...ofSignals, ...watchable(venue).flatMap((id) => (covered.has(id) ? [] : operandFact(id, venue)))]
}

const wanted: readonly Operator[] = ['lowerThan', 'greaterThan', 'equalsTo', 'includedIn', 'onChange']

function askable(id: string, venue: Venue): Pick<Fact, 'ops' | 'previous'> | undefined {
  const asked = askedOf(id, venue)
  if (typeof asked === 'string') return undefined
  return { ops: wanted.filter((op) => asked.operators.includes(op)), previous: asked.previous }
}

function signalFact(id: SignalId, venue: Venue): Fact[] {
  const asked = askable(id, venue)
  if (!asked) return []
  const { label, group, type, unit, min, max } = signalOf(id)
  const operand = venue === 'local' ? undefined : operandOf(id, venue)
  const words = (operand && venue !== 'local' && wordsOf(operand, venue)) || signalOf(id).words
  const range = { ...(min !== undefined && { min }), ...(max !== undefined && { max }) }
  return [{ id, label, group, type, ...(unit !== undefined && { unit }), ...range, ...(words && { words }), ...asked }]
}

const types = { number: 'number', word: 'word', boolean: 'boolean', text: 'text', none: 'text' } as const

function operandFact(id: OperandId, generation: Generation): Fact[] {
  const asked = askable(id, generation)
  const { label, value } = operands[id]
  if (!asked || isSignalId(id)) return []
  const words = value.kind === 'word' ? Object.keys(value.words[generation]) : undefined
  const unit = value.kind === 'number' ? value.unit : undefined
  return [{ id, label, type: types[value.kind], ...(unit !== undefined && { unit }), ...(words && { words }), ...asked }]
}

/** Our words for what the cloud may say. */
function wordsOf(id: OperandId, generation: Generation): readonly string[] | undefined {
  const { value } = operands[id]
  return value.kind === 'word' ? [...new Set(Object.values(value.words[generation]))] : undefined
}
