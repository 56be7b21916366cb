/** What the watchers want to know of one car, and when: the tightest wish for each group counts. */
import { seconds } from '../clock'
import type { Snapshot } from '../vehicle/snapshot'
import type { SignalGroup } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Policy, View } from './policies'

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

interface Moment {
  now: number
  /** Fast polling was asked for until then, in ms since 1970. */
  hintedUntil: number
}

/** What is known of one group of a car, looked up as far as a policy asks: there may be very many cars. */
class GroupView implements View {
  readonly now: number
  readonly hintedUntil: number

  constructor(
    private readonly knowledge: Knowledge,
    private readonly vehicle: VehicleId,
    private readonly group: SignalGroup,
    { now, hintedUntil }: Moment,
    private readonly whole: () => Snapshot,
  ) {
    this.now = now
    this.hintedUntil = hintedUntil
  }

  get snapshot(): Snapshot {
    return this.whole()
  }

  get observedAt(): number | undefined {
    return this.knowledge.observedAt(this.vehicle, this.group)
  }

  get readAt(): number | undefined {
    return this.knowledge.lastRead(this.vehicle, this.group)
  }

  /** Seconds between two reads at least. */
  get least(): number {
    return this.knowledge.pushed(this.vehicle, this.group) ? besidePushes : 0
  }
}

export function wishesFor(vehicle: Vehicle, watchers: Iterable<Watcher>, knowledge: Knowledge, moment: Moment): Wishes {
  const { id } = vehicle
  const wishes = new Map<SignalGroup, number>()
  let snapshot: Snapshot | undefined
  const whole = () => (snapshot ??= knowledge.snapshot(id))
  // Most watchers ask for the same groups.
  const views = new Map<SignalGroup, GroupView | 'free'>()
  for (const watcher of watchers) {
    if (!watcher.matches(vehicle)) continue
    for (const group of watcher.groups) {
      let view = views.get(group)
      if (!view) {
        // Whatever comes without a call needs no plan.
        view = knowledge.cost(id, [group]) === 0 ? 'free' : new GroupView(knowledge, id, group, moment, whole)
        views.set(group, view)
      }
      if (view === 'free') continue
      const interval = watcher.policy(view, group)
      const tightest = wishes.get(group) ?? Infinity
      if (interval === undefined || interval >= tightest) continue
      wishes.set(group, Math.min(tightest, Math.max(view.least, interval)))
    }
  }
  return wishes
}

/** Calls a second that the wishes come to: groups of one interval share their calls. */
export function rateOf(wishes: Wishes, vehicle: VehicleId, knowledge: Knowledge): number {
  const together = new Map<number, SignalGroup[]>()
  for (const [group, interval] of wishes) {
    const groups = together.get(interval)
    if (groups) groups.push(group)
    else together.set(interval, [group])
  }
  let rate = 0
  for (const [interval, groups] of together) rate += knowledge.cost(vehicle, groups) / Math.max(1, interval)
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
