/** How often a watcher wants fresh data, given what is known of the car now. Intervals in seconds. */
import { hours, seconds } from '../clock'
import type { Snapshot } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'

/** What a policy may look at. Times in ms since 1970. */
export interface View {
  snapshot: Snapshot
  now: number
  /** Fast polling was asked for until then. */
  hintedUntil: number
  /** When the car itself last told its cloud anything of this group; absent: nothing is known. */
  observedAt?: number
  /** When the group was last read. */
  readAt?: number
}

/** Seconds between two reads of a group; `undefined`: not wanted now. */
export type Policy = (view: View, group: SignalGroup) => number | undefined

export interface ChargingIntervals {
  unplugged: number
  plugged: number
  charging: number
  hinted: number
}

/** How many times longer the interval of an unplugged car gets when little can be expected of it. */
export interface Calm {
  /** From 23 to 6 o'clock, in the runtime's time zone. */
  night: number
  /** The car told its cloud nothing for 8 hours. */
  stale: number
  /** The cloud says that the car saves power. */
  asleep: number
}

export interface ChargingPace extends ChargingIntervals {
  calm?: Calm
}

export const chargingProfiles = {
  eco: { unplugged: 300, plugged: 300, charging: 300, hinted: 60, calm: { night: 3, stale: 3, asleep: 6 } },
  normal: { unplugged: 90, plugged: 120, charging: 120, hinted: 20, calm: { night: 2, stale: 2, asleep: 5 } },
  fast: { unplugged: 60, plugged: 60, charging: 60, hinted: 15, calm: { night: 1, stale: 1, asleep: 3 } },
} as const satisfies Record<string, ChargingPace>

export type ChargingProfile = keyof typeof chargingProfiles

const staleAfter = hours(8)
/** The car tells that it is done a little after it is. */
const afterReady = seconds(20)

/** Follows the charging: plugged in or not, charging or nearly done, hinted, at rest. */
export const chargingPolicy =
  (pace: ChargingPace): Policy =>
  (view) => {
    if (view.now < view.hintedUntil) return Math.min(usual(view, pace), pace.hinted)
    const { status, connection } = view.snapshot.charging ?? {}
    if (status === 'charging') return untilReady(view, pace)
    return connection === 'connected' ? pace.plugged : pace.unplugged * atRest(view, pace.calm)
  }

function usual({ snapshot }: View, pace: ChargingPace): number {
  const { status, connection } = snapshot.charging ?? {}
  return status === 'charging' ? pace.charging : connection === 'connected' ? pace.plugged : pace.unplugged
}

/** Aims at the moment for which the car itself foretells its end, where that comes before the next turn. */
function untilReady({ snapshot, readAt }: View, pace: ChargingPace): number {
  const foretold = snapshot.charging?.readyAt
  if (readAt === undefined || typeof foretold !== 'string') return pace.charging
  const readyAt = Date.parse(foretold)
  const left = (readyAt + afterReady - readAt) / 1000
  return left > 0 && left < pace.charging ? Math.max(left, Math.min(pace.hinted, pace.charging)) : pace.charging
}

/** The largest reason to be slow counts, not their product: nobody should wait a quarter of an hour for a plug. */
function atRest({ snapshot, now, observedAt }: View, calm: Calm | undefined): number {
  if (!calm) return 1
  const hour = new Date(now).getHours()
  const reasons = [
    hour >= 23 || hour < 6 ? calm.night : 1,
    observedAt !== undefined && now - observedAt > staleAfter ? calm.stale : 1,
    snapshot.reachability?.reason === 'power-saving' ? calm.asleep : 1,
  ]
  return Math.max(...reasons)
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
