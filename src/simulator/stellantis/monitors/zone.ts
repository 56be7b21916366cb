import type { ZoneBody } from './body'

const earthRadius = 6371.0088

const radians = (degrees: number) => (degrees * Math.PI) / 180

interface Point {
  latitude: number
  longitude: number
}

const vector = ({ latitude, longitude }: Point): readonly [number, number, number] => {
  const [lat, lon] = [radians(latitude), radians(longitude)]
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
}

/** Kilometres on the sphere, by the angle between the two directions from its middle: no special case at poles or date line. */
export function kilometres(from: Point, to: Point): number {
  const [ax, ay, az] = vector(from)
  const [bx, by, bz] = vector(to)
  const across = Math.hypot(ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx)
  return earthRadius * Math.atan2(across, ax * bx + ay * by + az * bz)
}

export const isInside = (position: Point, { place }: ZoneBody): boolean => kilometres(place.center, position) <= place.radius
