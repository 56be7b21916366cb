import type { Severity } from './alertTypes'
import type { Spot } from './position'

export interface Alert {
  id: string
  type: string
  severity: Severity
  startedAt: number
  endAt?: number
  startSpot?: Spot
  endSpot?: Spot
}

/** One of `activation` and `type` is there. */
export interface Alarm {
  id: string
  at: number
  activation?: string
  type?: string
  spot?: Spot
}

export interface Collision {
  id: string
  at: number
  tippedOver: boolean
  pedestrian: boolean
  unlockRequested: boolean
  details: { side: string; severity?: string }[]
}

export interface Stolen {
  id: string
  startedAt: number
  endAt?: number
  path: Waypoint[]
}

export interface Waypoint {
  at: number
  spot: Spot
  /** km/h. */
  speed: number
  /** Kilometres since the start. */
  driven: number
}

/** What is left of each energy. */
export interface Levels {
  electric?: { level: number; autonomy: number }
  fuel?: { level: number; autonomy: number }
}

export type RecordFault = 'Unstarted' | 'DataLacking' | 'Unfinished'

export interface Trip {
  id: string
  startedAt: number
  stoppedAt: number
  done: boolean
  fault?: RecordFault
  startMileage: number
  /** km. */
  distance: number
  start: Levels
  end: Levels
  path: Waypoint[]
}

export interface Session {
  id: string
  start: number
  end: number
  done: boolean
  fault?: RecordFault
  type: 'AC' | 'DC'
  from: number
  to: number
  finishReason?: 'Disconnected' | 'Failure' | 'Stopped' | 'Finished'
  spot?: Spot
}
