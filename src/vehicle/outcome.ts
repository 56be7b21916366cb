import type { Cause, ProviderDetail } from './causes'
import type { SignalValue } from './reading'

/** In the order in which they may be told; a phase is told once and never goes back. */
export const progressPhases = ['accepted', 'waking', 'sent'] as const
export const finalPhases = ['checked', 'done', 'delivered', 'refused', 'failed', 'unknown'] as const

export type ProgressPhase = (typeof progressPhases)[number]
export type FinalPhase = (typeof finalPhases)[number]
export type Phase = ProgressPhase | FinalPhase

/** `true`: it happened; `false`: it did not; `null`: nobody can say, or not yet. */
export const okOf: Readonly<Record<Phase, boolean | null>> = {
  accepted: null,
  waking: null,
  sent: null,
  checked: true,
  done: true,
  delivered: true,
  refused: false,
  failed: false,
  unknown: null,
}

/** What became of a command. Exactly one with a final phase is made for each. */
export interface Outcome {
  id: string
  /** As asked for; a known command id unless the cause says otherwise. */
  command: string
  phase: Phase
  ok: boolean | null
  cause?: Cause
  provider?: ProviderDetail
  /** ISO 8601 UTC. */
  requestedAt: string
  /** With a final phase only. */
  finishedAt?: string
  durationMs?: number
  /** The car's state where the cloud's answer carries it: group → key → value. */
  state?: Record<string, Record<string, SignalValue>>
  /** Nothing was to be sent: what is said here ends no order, though one has the same id. */
  dryRun?: true
  /** Dry run only: what would be sent, and how many calls it costs. */
  wouldSend?: { method: string; path: string; body?: unknown }
  cost?: number
  /** Dry run only: what the car would likely answer now. */
  likely?: Cause
}

export const isFinal = (phase: Phase): phase is FinalPhase => (finalPhases as readonly string[]).includes(phase)
