import type { CarProfile } from '../car/profile'
import type { SignalValue } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import type { Words } from './words'

/** A wire value. */
export type Wire = Record<string, unknown>

/** What a car told about one signal, and when it saw it (ms since 1970). */
export interface Told {
  value: SignalValue
  at: number
}

/** What the cloud knows of a car at one moment: now, or some time in the past. */
export class Facts {
  constructor(
    readonly profile: CarProfile,
    private readonly look: (id: SignalId) => Told | undefined,
  ) {}

  value(id: SignalId): SignalValue | undefined {
    return this.look(id)?.value
  }

  /** When the newest of these was seen; undefined when none was told. */
  at(...ids: readonly SignalId[]): number | undefined {
    const times = ids.flatMap((id) => this.look(id)?.at ?? [])
    return times.length ? Math.max(...times) : undefined
  }

  number(id: SignalId, digits = 1): number | undefined {
    const value = this.value(id)
    return typeof value === 'number' ? Number(value.toFixed(digits)) : undefined
  }

  /** In another unit. */
  times(id: SignalId, factor: number, digits = 0): number | undefined {
    const value = this.value(id)
    return typeof value === 'number' ? Number((value * factor).toFixed(digits)) : undefined
  }

  flag(id: SignalId): boolean | undefined {
    const value = this.value(id)
    return typeof value === 'boolean' ? value : undefined
  }

  text(id: SignalId): string {
    const value = this.value(id)
    return typeof value === 'string' ? value : ''
  }

  word(id: SignalId, words: Words): string | undefined {
    return words[this.text(id)]
  }

  list(id: SignalId): readonly unknown[] | undefined {
    const value = this.value(id)
    return Array.isArray(value) ? value : undefined
  }

  words(id: SignalId, words: Words): string[] | undefined {
    return this.list(id)?.flatMap((item) => words[String(item)] ?? [])
  }
}

/** Seconds are the finest that Stellantis tells. */
export const instant = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`

/** ISO 8601 duration of so many seconds, such as `PT3H12M`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const parts = [
    [Math.floor(whole / 3600), 'H'],
    [Math.floor((whole % 3600) / 60), 'M'],
    [whole % 60, 'S'],
  ] as const
  return `PT${parts.map(([amount, unit]) => (amount ? `${amount}${unit}` : '')).join('') || '0S'}`
}

/** `07:15` → `PT7H15M`: a time of day as the time since midnight. */
export function sinceMidnight(time: string): string {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours + minutes === 0 ? 'PT0H' : duration(hours * 3600 + minutes * 60)
}

/** Without the members that are undefined. */
export const told = (members: Wire): Wire =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** The members that are told; undefined when none is. */
export function some(members: Wire): Wire | undefined {
  const left = told(members)
  return Object.keys(left).length ? left : undefined
}
