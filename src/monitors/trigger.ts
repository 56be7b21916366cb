/** What a monitor watches for, in the words of the Stellantis monitor object [stellantis.md 4.4]; values are always texts. */
import type { Place } from '../vehicle/memory'

export const operators = ['equalsTo', 'greaterThan', 'lowerThan', 'includedIn', 'onChange'] as const
export type Operator = (typeof operators)[number]

/** The state that the datum must have had before. Looked at on the first triggering only. */
export interface Previous {
  op: 'equalsTo' | 'includedIn'
  value: readonly string[]
}

export interface DataTrigger {
  name: string
  kind: 'data'
  /** A signal of ours, with values in our words and units; or a Stellantis operand, with values as on their wire. */
  data: string
  op: Operator
  value: readonly string[]
  previous?: Previous
}

export interface Circle {
  /** Kilometres. */
  radius: number
  center: Place
}

export interface ZoneTrigger {
  name: string
  kind: 'zone'
  transition: 'In' | 'Out'
  place: Circle
}

export const weekdays = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const
export type Weekday = (typeof weekdays)[number]

export interface DailyTime {
  recurrence: 'Daily'
  /** Time of day as a duration from midnight, `PT0H` to `PT23H59M`. */
  start: string
  /** ISO 8601. */
  duration: string
  occurrence?: { day?: readonly Weekday[]; week?: readonly string[] }
}

export interface SingleTime {
  recurrence: 'None'
  /** RFC 3339. */
  start: string
  /** ISO 8601; absent: open end. */
  duration?: string
}

export type TimeEntry = DailyTime | SingleTime

export interface TimeTrigger {
  name: string
  kind: 'time'
  times: readonly TimeEntry[]
  /** IANA name. */
  timeZone: string
}

/** Stellantis v1 only; never combined with another trigger. */
export interface SettingTrigger {
  name: string
  kind: 'setting'
  type: 'DigitalKey' | 'LastMileNavigation'
}

export type Trigger = DataTrigger | ZoneTrigger | TimeTrigger | SettingTrigger
