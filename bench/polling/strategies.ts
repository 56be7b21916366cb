import { days, seconds } from '../../src/clock'
import { chargingPolicy, chargingProfiles, type ChargingProfile } from '../../src/account/policies'
import { ManualClock } from '../../test/support/clock'
import { Life } from '../../test/support/life'
import { edgeNames, edgeOf, noticed, trueEdges, type Notice, type TrueEdge } from '../../test/support/truth'
import type { Trouble } from '../../test/support/life'
import { householdWeek } from './week'

/** One week as one strategy saw it. */
export interface Watched {
  edges: readonly TrueEdge[]
  notices: readonly Notice[]
  /** Events without a true edge, or the second one of an edge. */
  invented: number
  calls: number
  troubles: readonly Trouble[]
}

export interface Strategy {
  name: string
  /** One result for each seed, or several for each where playing it is cheap. */
  weeks(seeds: readonly number[]): Promise<Watched[]>
}

/** The account itself, over HTTP. */
export const driveway = (profile: ChargingProfile, hinted = false): Strategy => ({
  name: `Driveway ${profile}${hinted ? ', hinted' : ''}`,
  async weeks(seeds) {
    const weeks: Watched[] = []
    for (const seed of seeds) {
      const policy = chargingPolicy(chargingProfiles[profile])
      const life = await Life.live(householdWeek(seed, hinted), { policy })
      const edges = trueEdges(life.reports)
      const open = new Set(edges)
      const notices: Notice[] = []
      let invented = 0
      for (const { name, receivedAt } of life.told.filter((event) => edgeNames.includes(event.name))) {
        const edge = edgeOf(edges, name, receivedAt)
        if (edge && open.delete(edge)) notices.push({ name, at: receivedAt, edge })
        else invented++
      }
      weeks.push({ edges, notices, invented, calls: life.calls.length, troubles: life.troubles })
    }
    return weeks
  },
})

/** Some calls made each so many seconds, whatever happens. `energy`: the one that tells of charging is among them. */
interface Tier {
  every: number
  calls: number
  energy?: true
}

const lived = new Map<number, Promise<Life>>()

/** The week as it is when nobody asks; lived once for all who only look things up. */
function unwatched(seed: number): Promise<Life> {
  const life = lived.get(seed) ?? Life.live(householdWeek(seed, false))
  lived.set(seed, life)
  return life
}

/** The quota of one application key. */
export const perDay = 10_000
/** Where in its interval a poller starts is chance: each week is watched by so many. */
const pollers = 40

/** Polls by the clock; what it would be told is looked up, its calls are counted. */
export const steady = (name: string, tiers: readonly Tier[]): Strategy => ({
  name,
  async weeks(seeds) {
    const weeks: Watched[] = []
    for (const seed of seeds) {
      const plan = householdWeek(seed, false)
      const { reports, troubles } = await unwatched(seed)
      const chance = new ManualClock(plan.start, seed)
      const callsPerMs = tiers.reduce((sum, { every, calls }) => sum + calls / seconds(every), 0)
      const energy = tiers.find((tier) => tier.energy)
      if (!energy) throw new Error(`${name} never asks for the charging`)
      for (let poller = 0; poller < pollers; poller++) {
        const phase = chance.random() * seconds(energy.every)
        const isServed = (at: number) =>
          !troubles.some(({ from, to }) => at >= from && at < to) && (at % days(1)) * callsPerMs < perDay
        const instants: number[] = []
        for (let at = plan.start + phase; at < plan.start + plan.length; at += seconds(energy.every))
          if (isServed(at)) instants.push(at)
        const calls = Math.round(plan.length * callsPerMs)
        weeks.push({ edges: trueEdges(reports), notices: noticed(reports, instants), invented: 0, calls, troubles })
      }
    }
    return weeks
  },
})

/** Home Assistant's Volvo integration on an electric car: `fuel` is asked for only where there is a tank. */
const homeAssistant: readonly Tier[] = [
  { every: 60, calls: 2 },
  { every: 120, calls: 1 },
  { every: 120, calls: 1, energy: true },
  { every: 900, calls: 2 },
  { every: 3600, calls: 7 },
]

const everything = (every: number): Strategy => steady(`everything each ${every} s`, [{ every, calls: 13, energy: true }])

export const strategies = {
  eco: driveway('eco'),
  normal: driveway('normal'),
  fast: driveway('fast'),
  hinted: driveway('normal', true),
  homeAssistant: steady("Home Assistant's tiers", homeAssistant),
  each60: everything(60),
  each120: everything(120),
  each300: everything(300),
} satisfies Record<string, Strategy>
