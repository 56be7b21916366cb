/** Signals that are computed here from others, where the cloud does not tell them itself. */
import type { CarMemory, Held } from './memory'
import type { SignalId } from './signals'

interface Derivation {
  signal: SignalId
  from: readonly SignalId[]
  value: (parts: readonly (Held | undefined)[]) => string | number | undefined
}

/** In minutes; a remaining time beyond it is no forecast. */
const aYear = 525_600

const numberOf = (held: Held | undefined): number | undefined => (typeof held?.value === 'number' ? held.value : undefined)

/** Behind every wire source. */
export const derivedRank = 99

const derivations: readonly Derivation[] = [
  {
    signal: 'charging.readyAt',
    from: ['charging.timeToComplete'],
    value([remaining]) {
      const minutes = numberOf(remaining)
      if (remaining === undefined || minutes === undefined || minutes < 0 || minutes > aYear) return undefined
      return new Date(remaining.observedAt + minutes * 60_000).toISOString()
    },
  },
  {
    signal: 'vehicle.range',
    from: ['battery.range', 'fuel.range'],
    value(parts) {
      let sum: number | undefined
      for (const part of parts) {
        const range = numberOf(part)
        if (range !== undefined) sum = (sum ?? 0) + range
      }
      return sum
    },
  },
]

/** The signals that one is computed from; none where clouds tell it themselves only. */
export const derivedFrom = (id: SignalId): readonly SignalId[] => derivations.find(({ signal }) => signal === id)?.from ?? []

/**
 * Brings the derived signals in line with what is held now. `isTouched` says which signals this answer touched,
 * `put` stores or removes one.
 */
export function derive(
  memory: CarMemory,
  isTouched: (signal: SignalId) => boolean,
  put: (signal: SignalId, held: Held | undefined) => void,
): void {
  for (const { signal, from, value } of derivations) {
    if (memory.ranks[signal] !== undefined || !from.some(isTouched)) continue
    const parts = from.map((id) => memory.held[id])
    const derived = value(parts)
    let [observedAt, readAt] = [-Infinity, -Infinity]
    for (const part of parts) {
      if (!part) continue
      observedAt = Math.max(observedAt, part.observedAt)
      readAt = Math.max(readAt, part.readAt)
    }
    put(signal, derived === undefined ? undefined : { value: derived, observedAt, readAt, rank: derivedRank })
  }
}
