import type { Clock } from '../clock'
import { SimulatedCar, type CarOptions } from './car/car'
import type { CarProfile } from './car/profile'
import { profiles } from './profiles'

/** Another car of a known kind. */
export interface NewCar {
  /** Key of the profile it is like. */
  like: string
  key: string
  vin: string
}

/** Every simulated car, whoever owns it. */
export class SimulatedCars {
  private cars: SimulatedCar[]

  constructor(
    private readonly clock: Clock,
    private readonly options: CarOptions,
  ) {
    this.cars = profiles.map((profile) => this.build(profile))
  }

  list(): SimulatedCar[] {
    return [...this.cars]
  }

  get first(): SimulatedCar {
    return this.get(profiles[0]?.key ?? '')
  }

  find(idOrKey: string): SimulatedCar | undefined {
    return this.cars.find((car) => [car.id, car.key, car.profile.invers?.id].includes(idOrKey))
  }

  /** Throws when there is no such car. */
  get(idOrKey: string): SimulatedCar {
    const car = this.find(idOrKey)
    if (!car) throw new Error(`No simulated car ${idOrKey}; there are ${this.cars.map(({ key }) => key).join(', ')}`)
    return car
  }

  add({ like, key, vin }: NewCar): SimulatedCar {
    if (this.find(key) || this.find(vin)) throw new Error(`There is a simulated car ${key} already`)
    const car = this.build({ ...this.get(like).profile, key, vin })
    this.cars.push(car)
    return car
  }

  sync(): void {
    for (const car of this.cars) car.sync()
  }

  /** Cars stay the same objects, so that whoever holds one goes on with it; added ones stay too. */
  reset(): void {
    for (const car of this.cars) car.reset()
  }

  private build(profile: CarProfile): SimulatedCar {
    return new SimulatedCar(profile, this.clock, this.options)
  }
}
