/** Everything remembered of one car. Plain JSON, so that it can be kept on disk and read back unchanged. */
import type { SignalValue } from './reading'
import type { SignalId } from './signals'

/** What is known of one signal now. */
export interface Held {
  value: SignalValue
  /** When the car saw it, in ms since 1970. */
  observedAt: number
  /** The last successful read or push that covered it, in ms since 1970. */
  readAt: number
  /** Which wire source told it; 0 is the preferred one. */
  rank: number
}

/** A real word (or boolean), when the car saw it and until when it was known to hold. */
export interface Word {
  value: string | boolean
  observedAt: number
  readAt: number
}

/** The last real word of a signal. It outlives absence and `unknown`, so that neither makes an edge. */
export interface Edge extends Word {
  /** The other word that stood there before it. */
  before?: Word
}

export interface Place {
  latitude: number
  longitude: number
}

/** What stood on the instruments at one end of a trip. Times in ms since 1970. */
export interface TripEnd {
  at?: number
  odometer?: number
  stateOfCharge?: number
}

export interface Trip {
  start?: TripEnd
  open: boolean
  /** The end that was told last; a start soon after it goes on with the same trip. */
  stoppedAt?: number
  /** The car stands, which is not yet an end. */
  standing?: { since: number; receivedAt: number; from: Pick<Word, 'observedAt' | 'readAt'> }
  /** The provider tells its trips itself, so none is inferred. */
  own?: boolean
  /** `vehicle.odometer` from which the next inferred trip counts. */
  odometer?: number
}

/** What the event rules must remember beyond the words themselves. */
export interface Told {
  /** Between which multiples of the step the level is; `zone` × step is the lower one. */
  level?: { signal: SignalId; zone: number }
  location?: Place & { observedAt: number }
  /** The charge limit that was told as reached, and what happened since. */
  limit?: { limit: number; unplugged: boolean; fell: boolean }
  /** A charging part is in fault. */
  fault?: boolean
  /** The `charging.nextStart` known last, in ms since 1970. */
  nextStart?: number
  /** At plugging in. */
  session?: { stateOfCharge?: number; energy?: number }
  trip?: Trip
  reachability?: { settled: string; pending?: { from: Word; to: Word; receivedAt: number } }
  /** Active alerts: alert id, or the code itself where the cloud gives no id → code. */
  alerts?: Record<string, string>
  /** ISO 8601 UTC. */
  alarmSince?: string
  collisionAt?: string
  serviceDue?: boolean
}

export interface CarMemory {
  v: 1
  held: Partial<Record<SignalId, Held>>
  /** Last real words of the signals whose edges make events. */
  edges: Partial<Record<SignalId, Edge>>
  /** The best rank that ever delivered a signal; a worse source is passed by from then on. */
  ranks: Partial<Record<SignalId, number>>
  /** When a signal was last said to be not known, in ms since 1970; what is older does not bring it back. */
  gone: Partial<Record<SignalId, number>>
  told: Told
  /** First and last taking in, in ms since 1970. */
  since?: number
  takenAt?: number
}

export const emptyMemory = (): CarMemory => ({ v: 1, held: {}, edges: {}, ranks: {}, gone: {}, told: {} })
