import { kilometres } from '../monitors/zone'
import type { Waypoint } from '../records'

/** How far a point lies from the line between two others, km; on so short a way the earth is flat. */
function aside(point: Waypoint, from: Waypoint, to: Waypoint): number {
  const scale = Math.cos((from.spot.latitude * Math.PI) / 180)
  const flat = ({ spot }: Waypoint) =>
    [(spot.longitude - from.spot.longitude) * scale * 111.2, (spot.latitude - from.spot.latitude) * 111.2] as const
  const [x, y] = flat(point)
  const [dx, dy] = flat(to)
  const length = Math.hypot(dx, dy)
  return length === 0 ? kilometres(point.spot, from.spot) : Math.abs(x * dy - y * dx) / length
}

/** Thins a path to what lies further than `tolerance` km from the straight way. Stellantis: Ramer, Douglas and Peucker */
export function thinned(path: readonly Waypoint[], tolerance: number): Waypoint[] {
  const first = path[0]
  const last = path.at(-1)
  if (path.length < 3 || !first || !last) return [...path]
  const distances = path.slice(1, -1).map((point) => aside(point, first, last))
  const furthest = Math.max(...distances)
  if (furthest <= tolerance) return [first, last]
  const split = distances.indexOf(furthest) + 1
  return [...thinned(path.slice(0, split + 1), tolerance), ...thinned(path.slice(split), tolerance).slice(1)]
}
