import type { Signal } from '../signal'

type Row = Omit<Signal, 'group'>

/** The rows of one group, keyed by the whole signal id. */
export function rows<Group extends string, Key extends string>(
  group: Group,
  table: Record<Key, Row>,
): { [K in Key as `${Group}.${K}`]: Signal<Group> } {
  const entries = Object.entries<Row>(table).map(([key, row]) => [`${group}.${key}`, { group, ...row }])
  return Object.fromEntries(entries) as { [K in Key as `${Group}.${K}`]: Signal<Group> }
}
