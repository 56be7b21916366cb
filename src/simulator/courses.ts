import { iso, minutes } from '../clock'
import type { LoggedCall } from './calls'
import type { SimulatedCar } from './car/car'

/** How a car was at one time. */
interface Sample {
  at: number
  /** Percent of the battery, or of the tank where there is none. */
  level: number
  plugged: boolean
  charging: boolean
  driving: boolean
}

/** How a car fared lately: what a chart of it needs. */
export interface Course {
  /** Oldest first; between two of them the level goes in a straight line. */
  samples: (Omit<Sample, 'at'> & { at: string })[]
  /** Calls for this car alone, by the quarter of an hour that starts at `at`. */
  calls: { at: string; count: number }[]
}

const sampleEvery = minutes(5)
const bucket = minutes(15)
/** More than a level can change unseen, percent. */
const jump = 2
const kept = 800

/** What the charts show of every car: level, cable, charging, driving, and the calls it cost. Cars at rest take up no room. */
export class Courses {
  private readonly samples = new Map<SimulatedCar, Sample[]>()
  /** By the id in the path, which each cloud chooses, then by quarter of an hour. */
  private readonly calls = new Map<string, Map<number, number>>()
  /** Whose these ids are, as far as somebody wanted to know. */
  private readonly whose = new Map<string, SimulatedCar | undefined>()

  /** `find` knows every id of every car. */
  constructor(private readonly find: (id: string) => SimulatedCar | undefined) {}

  /** Something about the car is different. */
  changed(car: SimulatedCar): void {
    const now = sampleOf(car)
    const known = this.samples.get(car) ?? []
    if (!known.length) this.samples.set(car, known)
    const last = known.at(-1)
    if (last && !isWorthKeeping(last, now)) return
    known.push(now)
    if (known.length > kept) known.shift()
  }

  called({ path, time }: LoggedCall): void {
    const id = /\/vehicles\/([^/]+)/.exec(path)?.[1]
    if (id === undefined) return
    const counts = this.calls.get(id) ?? new Map<number, number>()
    const at = Math.floor(Date.parse(time) / bucket) * bucket
    counts.set(at, (counts.get(at) ?? 0) + 1)
    if (counts.size > kept) counts.delete(counts.keys().next().value ?? at)
    this.calls.set(id, counts)
  }

  of(car: SimulatedCar): Course {
    const samples = [...(this.samples.get(car) ?? []), sampleOf(car)]
    const counts = [...this.calls].filter(([id]) => this.owner(id) === car).flatMap(([, times]) => [...times])
    return {
      samples: samples.map(({ at, ...rest }) => ({ at: iso(at), ...rest })),
      calls: counts.sort(([a], [b]) => a - b).map(([at, count]) => ({ at: iso(at), count })),
    }
  }

  clear(): void {
    this.samples.clear()
    this.calls.clear()
    this.whose.clear()
  }

  private owner(id: string): SimulatedCar | undefined {
    if (!this.whose.has(id)) this.whose.set(id, this.find(id))
    return this.whose.get(id)
  }
}

function sampleOf(car: SimulatedCar): Sample {
  const { battery, tank } = car.profile
  const amount = car.body.number('fuel.amount')
  const level = battery ? car.body.number('battery.stateOfCharge') : tank ? (amount / tank.litres) * 100 : 0
  return {
    at: car.body.time,
    level,
    plugged: car.truth('charging.connection') === 'connected',
    charging: car.truth('charging.status') === 'charging',
    driving: car.truth('vehicle.moving') === true,
  }
}

const isWorthKeeping = (last: Sample, now: Sample): boolean =>
  now.at - last.at >= sampleEvery ||
  now.charging !== last.charging ||
  now.plugged !== last.plugged ||
  now.driving !== last.driving ||
  Math.abs(now.level - last.level) >= jump
