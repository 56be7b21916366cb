import { iso } from '../clock'
import type { SimulatedCar } from './car/car'
import { providerOf } from './car/profile'

/** A car as the control API shows it: how it is, what its cloud knows, and what happened to it last. */
export function view(car: SimulatedCar) {
  const cloud = Object.entries(car.body.everythingTold()).map(([id, { value, at }]) => [id, { value, observedAt: iso(at) }])
  return {
    id: car.id,
    key: car.key,
    provider: providerOf(car.profile),
    model: car.profile.model,
    year: car.profile.year,
    electric: car.profile.battery !== undefined,
    ...(car.profile.tank ? { tank: car.profile.tank.litres } : {}),
    fastCharging: car.profile.battery?.dc !== undefined,
    asleep: car.asleep,
    driving: car.isDriving,
    privacy: car.privacy,
    state: car.body.everythingTrue(),
    cloud: Object.fromEntries(cloud) as Record<string, { value: unknown; observedAt: string }>,
    history: car.history.slice(-20).map(({ at, ...edge }) => ({ at: iso(at), ...edge })),
  }
}
