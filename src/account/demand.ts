/** What the watchers want to know of one car, and when: the tightest wish for each group counts. */
import { seconds } from '../clock'
import type { Snapshot } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Policy } from './policies'

export interface Watcher {
  /** Which cars it is about. */
  matches(vehicle: Vehicle): boolean
  groups: readonly SignalGroup[]
  policy: Policy
}

/** What is known of the cars and of what reading them costs. */
export interface Knowledge {
  snapshot(vehicle: VehicleId): Snapshot
  /** When a read of the group was last tried, and when it last succeeded; in ms since 1970. */
  lastTry(vehicle: VehicleId, group: SignalGroup): number | undefined
  lastRead(vehicle: VehicleId, group: SignalGroup): number | undefined
  /** Calls that reading these groups costs now; 0: the cloud has nothing for them. */
  cost(vehicle: VehicleId, groups: readonly SignalGroup[]): number
  /** What is new of the group comes by itself now. */
  pushed(vehicle: VehicleId, group: SignalGroup): boolean
  /** When the car itself last told anything of the group, in ms since 1970. */
  observedAt(vehicle: VehicleId, group: SignalGroup): number | undefined
}

/** By group: seconds between two reads. */
export type Wishes = ReadonlyMap<SignalGroup, number>

/** Seconds between looks at what comes by itself: pushes first, calls only to be sure. */
const besidePushes = 6 * 3600
/** What is due within this part of its interval is read along with what is due now. */
const slack = 0.1

/** `hintedUntil`: fast polling was asked for until then, in ms since 1970. */
export function wishesFor(
  vehicle: Vehicle,
  watchers: Iterable<Watcher>,
  knowledge: Knowledge,
  { now, hintedUntil }: { now: number; hintedUntil: number },
): Wishes {
  const { id } = vehicle
  const known = { snapshot: knowledge.snapshot(id), now, hintedUntil }
  const wishes = new Map<SignalGroup, number>()
  // Whatever comes without a call needs no plan; most cars of most watchers ask for the same groups.
  const costs = new Map<SignalGroup, number>()
  const isFree = (group: SignalGroup): boolean => {
    const cost = costs.get(group) ?? knowledge.cost(id, [group])
    costs.set(group, cost)
    return cost === 0
  }
  for (const watcher of watchers) {
    if (!watcher.matches(vehicle)) continue
    for (const group of watcher.groups) {
      if (isFree(group)) continue
      const view = { ...known, readAt: knowledge.lastRead(id, group), observedAt: knowledge.observedAt(id, group) }
      const interval = watcher.policy(view, group)
      if (interval === undefined) continue
      const wish = knowledge.pushed(id, group) ? Math.max(besidePushes, interval) : interval
      wishes.set(group, Math.min(wishes.get(group) ?? Infinity, wish))
    }
  }
  return wishes
}

/** Calls a second that the wishes come to: groups of one interval share their calls. */
export function rateOf(wishes: Wishes, vehicle: VehicleId, knowledge: Knowledge): number {
  let rate = 0
  for (const interval of new Set(wishes.values())) {
    const together = [...wishes].flatMap(([group, one]) => (one === interval ? [group] : []))
    rate += knowledge.cost(vehicle, together) / Math.max(1, interval)
  }
  return rate
}

export interface Turn {
  /** In ms since 1970. */
  at: number
  groups: SignalGroup[]
}

export interface Terms {
  now: number
  /** Nothing is asked for before. */
  notBefore: number
  /** How many times longer than wished the intervals are. */
  stretch: number
  /** Which part of the interval it comes early. */
  spread: number
  /** When the group was last asked for, as far as that counts. */
  last: (group: SignalGroup) => number | undefined
}

/** Which groups of these, at least one, are wanted next, and when; what is due soon after comes along. */
export function nextTurn(wishes: Wishes, { now, notBefore, stretch, spread, last }: Terms): Turn {
  const turns = [...wishes].map(([group, interval]) => {
    const ms = seconds(interval) * stretch
    const before = last(group)
    // A clock that was set back must not make us wait for the time that was.
    return { group, ms, at: before === undefined || before > now ? now : before + ms * (1 - spread) }
  })
  const at = Math.max(Math.min(...turns.map((turn) => turn.at)), notBefore)
  return { at, groups: turns.filter((turn) => turn.at <= at + turn.ms * slack).map(({ group }) => group) }
}
