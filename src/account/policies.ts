/** How often a watcher wants fresh data, given what is known of the car now. Intervals in seconds. */
import type { Snapshot } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'

/** What a policy may look at. */
export interface View {
  snapshot: Snapshot
  now: number
  /** Fast polling was asked for until then, in ms since 1970. */
  hintedUntil: number
}

/** Seconds between two reads of a group; `undefined`: not wanted now. */
export type Policy = (view: View, group: SignalGroup) => number | undefined

export interface ChargingIntervals {
  unplugged: number
  plugged: number
  charging: number
  hinted: number
}

export const chargingProfiles = {
  eco: { unplugged: 600, plugged: 600, charging: 300, hinted: 60 },
  normal: { unplugged: 300, plugged: 300, charging: 120, hinted: 30 },
  fast: { unplugged: 60, plugged: 60, charging: 60, hinted: 15 },
} as const satisfies Record<string, ChargingIntervals>

export type ChargingProfile = keyof typeof chargingProfiles

/** Follows the charging: plugged in or not, charging or not, hinted or not. */
export const chargingPolicy =
  (intervals: ChargingIntervals): Policy =>
  ({ snapshot, now, hintedUntil }) => {
    const { status, connection } = snapshot.charging ?? {}
    const base = status === 'charging' ? intervals.charging : connection === 'connected' ? intervals.plugged : intervals.unplugged
    return now < hintedUntil ? Math.min(base, intervals.hinted) : base
  }

/** The same interval whatever happens. */
export const everySeconds =
  (interval: number): Policy =>
  () =>
    interval

const quick: readonly SignalGroup[] = ['doors', 'windows', 'lock', 'engine', 'climate', 'position', 'reachability', 'fuel']

/** What the mirror and `onChange` want by default: charging by `normal`, moving parts each 15 min, the rest hourly. */
export const freshnessPolicy = (wanted: Partial<Record<string, number>>): Policy => {
  const charging = chargingPolicy(chargingProfiles.normal)
  return (view, group) =>
    wanted[group] ?? (group === 'charging' || group === 'battery' ? charging(view, group) : quick.includes(group) ? 900 : 3600)
}
