import { days } from '../../src/clock'
import type { EventName } from '../../src/vehicle/events'
import type { Notice } from '../../test/support/truth'
import { quantile } from '../report'
import type { Watched } from './strategies'

export const shownNames = ['plugged-in', 'charging-started', 'charging-complete'] as const satisfies readonly EventName[]
export type ShownName = (typeof shownNames)[number]

/** One edge and how late it was noticed. Seconds. */
export interface Delay {
  name: EventName
  /** True moment, ms since 1970. */
  at: number
  /** From the true moment. */
  total: number
  /** Of it, until the cloud knew. */
  lag: number
  /** What stood in the way meanwhile, and for how many seconds after the cloud knew. */
  trouble?: { kind: string; blind: number }
}

export interface Delays {
  mean: number
  p95: number
  worst: number
  /** Without the edges that fell into an outage or a used-up quota. */
  meanUndisturbed: number
  /** The same from when the cloud knew, so without the car's own lag. */
  meanOwnUndisturbed: number
}

export interface Result {
  name: string
  /** Played, or watched by so many pollers. */
  weeks: number
  callsPerDay: number
  delays: Readonly<Record<ShownName, Delays>>
  /** All edges of cable and charging, also those that have no column. Per week. */
  missed: number
  invented: number
  /** The latest ones, and the latest that nothing stood in the way of. */
  worst: readonly Delay[]
}

const average = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length

function delayOf({ name, at, edge }: Notice, { troubles }: Watched): Delay {
  const met = troubles.filter(({ from, to }) => from < at && to > edge.arrives)
  const blind = met.reduce((sum, { from, to }) => sum + Math.min(to, at) - Math.max(from, edge.arrives), 0)
  return {
    name,
    at: edge.at,
    total: (at - edge.at) / 1000,
    lag: (edge.arrives - edge.at) / 1000,
    ...(met.length > 0 && { trouble: { kind: met.map(({ kind }) => kind).join(', '), blind: Math.round(blind / 1000) } }),
  }
}

function summary(delays: readonly Delay[]): Delays {
  const undisturbed = delays.filter(({ trouble }) => !trouble)
  const totals = (some: readonly Delay[]) => some.map(({ total }) => total)
  const own = (some: readonly Delay[]) => some.map(({ total, lag }) => total - lag)
  return {
    mean: average(totals(delays)),
    p95: quantile(totals(delays), 0.95),
    worst: Math.max(...totals(delays)),
    meanUndisturbed: average(totals(undisturbed)),
    meanOwnUndisturbed: average(own(undisturbed)),
  }
}

const missedIn = ({ edges, notices }: Watched): number =>
  edges.filter(
    ({ name, at }) => !notices.some((notice) => notice.name === name && notice.edge.name === name && notice.edge.at === at),
  ).length

const weekDays = 7
const worstShown = 3

export function resultOf(name: string, weeks: readonly Watched[]): Result {
  const delays = weeks.flatMap((week) => week.notices.map((notice) => delayOf(notice, week)))
  const shown = delays.filter(({ name }) => (shownNames as readonly EventName[]).includes(name))
  const of = (event: ShownName) => summary(delays.filter((delay) => delay.name === event))
  return {
    name,
    weeks: weeks.length,
    callsPerDay: average(weeks.map(({ calls }) => calls / weekDays)),
    delays: {
      'plugged-in': of('plugged-in'),
      'charging-started': of('charging-started'),
      'charging-complete': of('charging-complete'),
    },
    missed: average(weeks.map(missedIn)),
    invented: average(weeks.map(({ invented }) => invented)),
    worst: latestOf(shown),
  }
}

/** Each edge once, however many watched it. */
function latestOf(delays: readonly Delay[]): Delay[] {
  const sorted = [...delays].sort((a, b) => b.total - a.total)
  const edges = sorted.filter(
    ({ name, at }, index) => sorted.findIndex((other) => other.name === name && other.at === at) === index,
  )
  const undisturbed = edges.filter(({ trouble }) => !trouble)
  return [...edges.filter(({ trouble }) => trouble).slice(0, worstShown), ...undisturbed.slice(0, worstShown)]
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

/** A Monday. */
const firstDay = Date.parse('2026-03-02T00:00:00Z')

/** One late edge and its reason, for people. */
export function reasonOf({ name, at, total, lag, trouble }: Delay): string {
  const when = `${dayNames[Math.floor((at - firstDay) / days(1)) % weekDays]} ${new Date(at).toISOString().slice(11, 16)}`
  const way = `${Math.round(lag)} s to the cloud, ${Math.round(total - lag)} s until the next read that was answered`
  return `${name} of ${when}: ${Math.round(total)} s late: ${way}${trouble ? `, meanwhile ${trouble.kind} for ${trouble.blind} s` : ''}`
}
