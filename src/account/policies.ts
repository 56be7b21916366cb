/** How often a watcher wants fresh data, given what is known of the car now. Intervals in seconds. */
import { hours, minutes, seconds } from '../clock'
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

/** How many times longer the interval of a car that does not charge gets when little can be expected of it. */
export interface Calm {
  /** Unplugged, from 23 to 6 o'clock, in the runtime's time zone. */
  night: number
  /** The car told its cloud nothing for 8 hours, plugged in or not. */
  stale: number
  /** Unplugged, and the cloud says that the car saves power or has no internet. */
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
/** The cloud's reasons why a car tells nothing for a while. */
const silences: ReadonlySet<unknown> = new Set(['power-saving', 'no-internet'])
/** After a burst: until then, so many times the hinted interval at most. */
const glide: readonly { within: number; times: number }[] = [
  { within: 0, times: 1 },
  { within: minutes(5), times: 2 },
  { within: minutes(10), times: 3 },
]
/** The car tells that it is done a little after it is. */
const afterReady = seconds(20)

/** Follows the charging: plugged in or not, charging or nearly done, hinted or gliding back from that, at rest. */
export const chargingPolicy =
  (pace: ChargingPace): Policy =>
  (view) =>
    Math.min(byItself(view, pace), hurried(view, pace))

function byItself(view: View, pace: ChargingPace): number {
  const { status, connection } = view.snapshot.charging ?? {}
  if (status === 'charging') return untilReady(view, pace)
  if (connection === 'connected') return pace.plugged * whileStale(view, pace.calm)
  return pace.unplugged * atRest(view, pace.calm)
}

/** What was hinted at may come a little later than its burst. */
function hurried({ now, hintedUntil }: View, { hinted }: ChargingPace): number {
  const step = glide.find(({ within }) => now < hintedUntil + within)
  return step ? hinted * step.times : Infinity
}

/** Aims at the moment for which the car itself foretells its end, where that comes before the next turn. */
function untilReady({ snapshot, readAt }: View, pace: ChargingPace): number {
  const foretold = snapshot.charging?.readyAt
  if (readAt === undefined || typeof foretold !== 'string') return pace.charging
  const readyAt = Date.parse(foretold)
  const left = (readyAt + afterReady - readAt) / 1000
  return left > 0 && left < pace.charging ? Math.max(left, Math.min(pace.hinted, pace.charging)) : pace.charging
}

const whileStale = ({ now, observedAt }: View, calm: Calm | undefined): number =>
  calm && observedAt !== undefined && now - observedAt > staleAfter ? calm.stale : 1

/** The largest reason to be slow counts, not their product: nobody should wait a quarter of an hour for a plug. */
function atRest(view: View, calm: Calm | undefined): number {
  if (!calm) return 1
  const hour = new Date(view.now).getHours()
  return Math.max(
    hour >= 23 || hour < 6 ? calm.night : 1,
    whileStale(view, calm),
    silences.has(view.snapshot.reachability?.reason) ? calm.asleep : 1,
  )
}

/** What a watch over the charging tells of. */
export const chargingGroups: readonly SignalGroup[] = ['battery', 'charging']
/** The reachability matters only for how calm the watch may be, so it is asked for seldom. */
const reachabilityEvery = 1800

/** What to keep fresh for a watch over the charging, and how fresh. A pace without calm needs no reachability. */
export function chargingWatch(pace: ChargingPace): { groups: readonly SignalGroup[]; policy: Policy } {
  const policy = chargingPolicy(pace)
  if (!pace.calm) return { groups: chargingGroups, policy }
  return {
    groups: [...chargingGroups, 'reachability'],
    policy: (view, group) => (group === 'reachability' ? reachabilityEvery : policy(view, group)),
  }
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
