/** Stellantis: preconditioning. */
import { reading, wordOf } from '../mapping'
import { fields, says, timeIn, type BlockReader } from './fields'
import { climatePrograms } from './programs'
import { isMembers } from './wire'
import * as words from './words'

const facts = fields(
  ['status', says('climate.status', words.climateStatus)],
  ['failureCause', says('climate.cause', words.climateCause)],
  ['startingCause', says('climate.startedBy', words.startedBy)],
)

/** v4 keeps the time inside `airConditioning`, v1 beside it. */
export const climateOf: BlockReader = (block, context) => {
  if (!isMembers(block) || !isMembers(block.airConditioning)) return []
  const inner = block.airConditioning
  const at = { ...context, time: timeIn(inner, timeIn(block, context.time)) }
  const status = wordOf(inner.status ?? '')
  const told = facts({ ...inner, createdAt: at.time }, at)
  const failed = status === 'FAILURE' || status === ''
  return [
    // A cause of old stays on the wire when the climate runs again.
    ...told.filter(({ signal }) => failed || signal !== 'climate.cause'),
    ...(failed ? [] : [reading('climate.cause', null, at, at.origin)]),
    ...climatePrograms(inner, at),
  ]
}
