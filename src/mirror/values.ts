/** A snapshot as one text for each fact. Lists and objects have none. */
import { signalOf, type SignalId } from '../vehicle/signals'
import type { Snapshot } from '../vehicle/snapshot'

const scalar: ReadonlySet<string> = new Set(['number', 'integer', 'boolean', 'word', 'text', 'time'])

/** `<group>/<key>` → text. */
export function valuesOf(snapshot: Snapshot): Map<string, string> {
  const values = new Map<string, string>()
  for (const [group, facts] of Object.entries(snapshot))
    for (const [key, value] of Object.entries(facts ?? {})) {
      if (typeof value === 'object' || !scalar.has(signalOf(`${group}.${key}` as SignalId).type)) continue
      // An empty payload would clear the topic.
      if (value !== '') values.set(`${group}/${key}`, String(value))
    }
  return values
}
