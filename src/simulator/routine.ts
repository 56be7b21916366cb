import { CarRefusal } from './car/body'
import type { SimulatedCar } from './car/car'
import type { Place } from './car/driving'

type Deed = (car: SimulatedCar, home: Place | undefined) => void

const distanceToWork = 24
/** Neighbours do not leave in the same minute. */
const apart = { minutes: 7, cars: 6 }

/** A moped has nothing to lock. */
const lock: Deed = (car) => {
  if (car.truth('lock.central') !== undefined) car.lock()
}

/** An ordinary day: the time of day in minutes, where the simulator runs, and what people do with their cars then. */
const day: readonly (readonly [minute: number, deed: Deed])[] = [
  [7 * 60 + 20, (car) => car.drive({ km: distanceToWork })],
  [8 * 60 + 40, lock],
  [17 * 60 + 10, (car, home) => car.drive(home ? { to: home } : { km: distanceToWork })],
  [18 * 60 + 30, lock],
  [19 * 60, (car) => car.plugIn('ac')],
]

/** What cars do of their own accord while the time runs fast: to work, home, and onto the cable at night. */
export class Routine {
  private readonly homes = new Map<SimulatedCar, Place>()

  /** Does what falls between two times, ms since 1970. */
  live(cars: readonly SimulatedCar[], from: number, until: number): void {
    const start = minuteOfDay(from)
    const end = start + (until - from) / 60_000
    for (const [index, car] of cars.entries()) {
      const later = (index % apart.cars) * apart.minutes
      for (const [minute, deed] of day) if (isBetween(minute + later, start, end)) this.attempt(car, deed)
    }
  }

  forget(): void {
    this.homes.clear()
  }

  private attempt(car: SimulatedCar, deed: Deed): void {
    const home = this.homes.get(car)
    if (!home) this.homes.set(car, { ...(car.truth('position.location') as unknown as Place) })
    try {
      deed(car, home)
    } catch (error) {
      // A car that cannot, such as one without a charge port, has another kind of day.
      if (!(error instanceof CarRefusal)) throw error
    }
  }
}

/** Where the simulator runs, as its clock on the wall shows. */
function minuteOfDay(time: number): number {
  const date = new Date(time)
  return date.getHours() * 60 + date.getMinutes() + (date.getSeconds() + date.getMilliseconds() / 1000) / 60
}

const isBetween = (minute: number, start: number, end: number): boolean =>
  (minute > start && minute <= end) || (minute + 24 * 60 > start && minute + 24 * 60 <= end)
