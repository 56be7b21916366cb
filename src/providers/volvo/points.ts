/** How Volvo's answers are read by a table: each field is a point with a value, a time and a unit. */
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { isMissing, type Origin, type Point, type Rule } from '../mapping'
import { point, type Members } from './wire'

/** Wire field → what it tells. Where old and new names stand for one signal, the new one comes first and wins. */
export type Mapping = Readonly<Record<string, Rule>>

/** The points of Connected Vehicle and Energy v1; a bare scalar is a point too, with the time that stands beside it. */
export function readPoints(mapping: Mapping, data: Members, origin: Origin): Reading[] {
  return readFields(mapping, data, origin, (value) => {
    const parsed = point.safeParse(value)
    if (!parsed.success) return typeof value === 'object' ? undefined : { value, time: data.timestamp }
    return { unavailableReason: data.unavailableReason, ...parsed.data, time: parsed.data.timestamp }
  })
}

/** Reads each field by its rule; of two that tell one signal the first wins. `pointOf` gives nothing where there is nothing to read. */
export function readFields(
  mapping: Mapping,
  data: Members,
  origin: Origin,
  pointOf: (value: unknown, rule: Rule, at: Origin) => Point | undefined,
): Reading[] {
  const found = new Map<SignalId, Reading>()
  for (const [field, rule] of Object.entries(mapping)) {
    if (!Object.hasOwn(data, field) || isMissing(data[field])) continue
    const at = { ...origin, where: `${origin.where} ${field}` }
    const given = pointOf(data[field], rule, at)
    for (const one of given ? rule.read(given, at) : []) if (!found.has(one.signal)) found.set(one.signal, one)
  }
  return [...found.values()]
}
