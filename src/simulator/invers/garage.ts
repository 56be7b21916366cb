import type { Clock } from '../../clock'
import type { SimulatedCar } from '../car/car'
import type { SimulatedCars } from '../cars'
import { inversDemo } from '../credentials'
import type { Users } from '../users'
import { Fleet } from './fleet'
import { LivingVehicle } from './living'
import type { InversVehicle } from './vehicle'

/** Every vehicle of every fleet: the ones that live, and the many of the demo fleet. */
export class Garage {
  readonly fleet: Fleet
  private readonly living = new Map<SimulatedCar, LivingVehicle>()

  constructor(
    private readonly clock: Clock,
    private readonly cars: SimulatedCars,
    /** Fleets by name, and the keys of their living cars. */
    private readonly fleets: Users,
    size: number,
  ) {
    this.fleet = new Fleet(clock, size, inversDemo.fleet)
  }

  /** The platform's view of a car; made the first time that anybody wants it. */
  of(car: SimulatedCar): LivingVehicle {
    const known = this.living.get(car)
    if (known) return known
    const vehicle = new LivingVehicle(car, this.clock, this.fleets.ownersOf(car.key)[0] ?? inversDemo.fleet)
    this.living.set(car, vehicle)
    return vehicle
  }

  /** Any vehicle, whoever's it is. */
  find(id: string): InversVehicle | undefined {
    return this.alive().find((vehicle) => vehicle.id === id || vehicle.car.key === id) ?? this.fleet.find(id)
  }

  /** A vehicle of this fleet. */
  inFleet(fleet: string, id: string): InversVehicle | undefined {
    const found = this.livingOf(fleet).find((vehicle) => vehicle.id === id)
    return found ?? (fleet === inversDemo.fleet ? this.fleet.find(id) : undefined)
  }

  /** Some vehicles of a fleet, from a place in the list, and where the list goes on. */
  page(fleet: string, search: string, start: number, limit: number): { vehicles: InversVehicle[]; next?: number } {
    const living = this.livingOf(fleet)
    const end = living.length + (fleet === inversDemo.fleet ? this.fleet.size : 0)
    const vehicles: InversVehicle[] = []
    for (let place = start; place < end; place++) {
      const vehicle = living[place] ?? this.fleet.at(place - living.length)
      if (search && !isMeant(vehicle, search)) continue
      if (vehicles.length === limit) return { vehicles, next: place }
      vehicles.push(vehicle)
    }
    return { vehicles }
  }

  reset(): void {
    for (const vehicle of this.living.values()) vehicle.forget()
    this.fleet.reset()
  }

  private livingOf(fleet: string): LivingVehicle[] {
    const keys = this.fleets.carsOf(fleet)
    return this.alive().filter(({ car }) => keys.includes(car.key))
  }

  private alive(): LivingVehicle[] {
    return this.cars.list().flatMap((car) => (car.profile.invers ? [this.of(car)] : []))
  }
}

/** Free text, such as a licence plate. */
export function isMeant({ id, listing, papers }: InversVehicle, search: string): boolean {
  return [id, listing.plate, listing.name, papers.vin].some((text) => text.toLowerCase().includes(search))
}
