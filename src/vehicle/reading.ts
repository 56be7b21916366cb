import type { SignalId } from './signals'

export type Scalar = string | number | boolean
/** Numbers are in the catalogue's unit; times are ISO 8601 UTC texts. */
export type SignalValue = Scalar | readonly unknown[] | Readonly<Record<string, unknown>>

/** The word that stands for a wire word which nobody documented. */
export const unknownWord = 'unknown'

/** One fact about a car, as a cloud told it. */
export interface Reading {
  signal: SignalId
  /** `null`: the cloud says that it does not know, so the key leaves the snapshot. */
  value: SignalValue | null
  /** When the car saw it, in ms since 1970; absent when the cloud does not say. */
  observedAt?: number
  /** Of several wire sources for one signal, 0 is the preferred one. Default 0. */
  rank?: number
}

/** A wire word, unit, time or number outside the documents. Never throws, never becomes another word. */
export interface Drift {
  /** Where on the wire, such as `energy/v2/state chargingStatus`. */
  where: string
  /** What was seen, shortened and without personal data. */
  sample: string
}
