/** What truly happened to a car's cable and charging, and what an observer who asks now and then can see of it. */
import type { EventName } from '../../src/vehicle/events'

/** What the car told its cloud of its charging. Times in ms since 1970. */
export interface Report {
  saw: number
  /** From then on the cloud tells it. */
  arrives: number
  connection: string
  status: string
}

export interface TrueEdge {
  name: EventName
  /** The true moment. */
  at: number
  /** The cloud tells it from here … */
  arrives: number
  /** … to here. */
  until: number
}

/** An observer noticed an edge. */
export interface Notice {
  name: EventName
  at: number
  edge: TrueEdge
}

type Words = Pick<Report, 'connection' | 'status'>

const plugged = ({ connection }: Words) => connection === 'connected'
const unplugged = ({ connection }: Words) => connection === 'disconnected'
const charging = ({ status }: Words) => status === 'charging'
const complete = ({ status }: Words) => status === 'complete'

/** Each name: what holds from the edge on, and what must have held right before. */
const rows: readonly { name: EventName; holds: (words: Words) => boolean; after?: (words: Words) => boolean }[] = [
  { name: 'plugged-in', holds: plugged },
  { name: 'unplugged', holds: unplugged },
  { name: 'charging-started', holds: charging },
  { name: 'charging-complete', holds: complete },
  { name: 'charging-stopped', holds: (words) => !charging(words) && !complete(words), after: charging },
]

export const edgeNames: readonly EventName[] = rows.map(({ name }) => name)

/** The edges of a car's life. It reports at the moment of each, so none is hidden between two reports. */
export function trueEdges(reports: readonly Report[]): TrueEdge[] {
  return reports.flatMap((report, index) => {
    const before = reports[index - 1]
    if (!before) return []
    return rows
      .filter((row) => row.holds(report) && !row.holds(before) && (row.after?.(before) ?? true))
      .map(({ name, holds }) => {
        const over = reports.slice(index + 1).find((later) => !holds(later))
        return { name, at: report.saw, arrives: report.arrives, until: over?.arrives ?? Infinity }
      })
  })
}

/**
 * The edge that somebody who is told `name` at this moment hears of. Whoever sees that a car charges no more cannot
 * know that it was done before it was unplugged.
 */
export const edgeOf = (edges: readonly TrueEdge[], name: EventName, at: number): TrueEdge | undefined =>
  edges.findLast(
    (edge) => (edge.name === name || (name === 'charging-stopped' && edge.name === 'charging-complete')) && edge.arrives <= at,
  )

/** What somebody notices who is told the latest report at each of these instants, and nothing in between. */
export function noticed(reports: readonly Report[], instants: Iterable<number>): Notice[] {
  const edges = trueEdges(reports)
  const notices: Notice[] = []
  let index = -1
  let before: Report | undefined
  for (const at of instants) {
    while (reports[index + 1] && reports[index + 1]!.arrives <= at) index++
    const now = reports[index]
    if (!now) continue
    for (const { name, holds, after } of rows) {
      if (!before || !holds(now) || holds(before) || !(after?.(before) ?? true)) continue
      const edge = edgeOf(edges, name, at)
      if (edge) notices.push({ name, at, edge })
    }
    before = now
  }
  return notices
}
