/** The cars of the fleet, and the little that is kept of each: there may be very many. */
import { days, hours, minutes, type Clock } from '../../clock'
import type { Capabilities, VehicleId } from '../../vehicle/vehicle'
import { textOf, wordOf } from '../mapping'
import { commandsIn, inversCommandIds } from './commands'
import { signalsOfCapabilities, type Energy } from './state'
import { energyOf, factsOf, vehicleSignals, type Facts } from './vehicle'
import type { VehicleObject } from './wire'

/** What many cars have in common is kept once. */
interface Ability {
  /** Constants of commands, as INVERS lists them; absent: it listed none. */
  constants?: readonly string[]
  capabilities: Capabilities
}

/** Times in ms since 1970; 0: never. */
export class KnownCar {
  energy?: Energy
  /** What the list said of it; absent: the list does not have it. */
  facts?: Facts
  /** That was not handed on yet. */
  isUntold = false
  ability?: Ability
  abilityAt = 0
  /** The vehicle object says that it has no contact. */
  offline = false
  /** The last state that the stream told, and the last event of another kind by its own time. */
  heardAt = 0
  lastEventAt = 0
  /** Has no latest state at our path; asked again after that. */
  lacksStateUntil = 0
}

/** What the list said is as good as asking for so long; a large fleet takes a while to be read. */
const listLasts = minutes(15)
/** Capabilities change when a car or its unit is configured anew. */
const abilityLasts = days(1)
const abilityWhenNone = hours(1)

export class Fleet {
  private cars = new Map<VehicleId, KnownCar>()
  private readonly abilities = new Map<string, Ability>()
  /** The whole list was read once. */
  isListed = false
  /** When the list was last read whole, in ms since 1970. */
  listedAt = -Infinity

  constructor(private readonly clock: Clock) {}

  /** Also one that was never listed; nothing is known of that. */
  car(id: VehicleId): KnownCar {
    return this.cars.get(id) ?? new KnownCar()
  }

  has(id: VehicleId): boolean {
    return this.cars.has(id)
  }

  /** The list was read whole: cars that it lacks are forgotten. */
  listed(vehicles: readonly VehicleObject[]): void {
    const before = this.cars
    this.cars = new Map(vehicles.map(({ id }) => [id, before.get(id) ?? new KnownCar()]))
    this.isListed = true
    this.relisted(vehicles)
  }

  /** The list was read whole though nobody asked for it: no car joins or leaves the fleet by that. */
  relisted(vehicles: readonly VehicleObject[]): void {
    this.listedAt = this.clock.now()
    for (const car of this.cars.values()) car.facts = undefined
    for (const vehicle of vehicles)
      if (this.has(vehicle.id)) Object.assign(this.learn(vehicle), { facts: factsOf(vehicle), isUntold: true })
  }

  /** What the list said of a car a short while ago, unless that was handed on. */
  untold(id: VehicleId): Facts | undefined {
    const { facts, isUntold } = this.car(id)
    const age = this.clock.now() - this.listedAt
    return isUntold && age >= 0 && age < listLasts ? facts : undefined
  }

  /** Takes what a vehicle object says of its car, which is in the fleet by that. */
  learn(vehicle: VehicleObject): KnownCar {
    const car = this.cars.get(vehicle.id) ?? new KnownCar()
    this.cars.set(vehicle.id, car)
    // An object that came with an event may be told in part, and so may each of its members.
    if (car.energy === undefined || textOf(vehicle.master_data?.fuel_type) !== undefined) car.energy = energyOf(vehicle)
    if (vehicle.capabilities !== undefined || car.ability === undefined) {
      car.ability = this.abilityOf(vehicle, car.energy)
      car.abilityAt = this.clock.now()
    }
    if (vehicle.life_status) car.offline = wordOf(vehicle.life_status.value) === 'OFFLINE'
    return car
  }

  /** What a car can do, where that is not too old. */
  abilityOfCar(id: VehicleId): Ability | undefined {
    const car = this.cars.get(id)
    const lasts = car?.ability?.constants ? abilityLasts : abilityWhenNone
    return car && this.clock.now() - car.abilityAt < lasts ? car.ability : undefined
  }

  private abilityOf({ capabilities }: VehicleObject, energy: Energy): Ability {
    const key = JSON.stringify([energy, capabilities?.commands, capabilities?.vehicle_state])
    const known = this.abilities.get(key)
    if (known) return known
    const constants = capabilities?.commands
    const states = capabilities?.vehicle_state
    const made: Ability = {
      ...(constants && { constants }),
      capabilities: {
        commands: constants ? commandsIn(constants) : [],
        // A list that is not there forbids nothing; what has no word of ours is sent by `raw`.
        unlisted: constants ? ['raw'] : [...inversCommandIds, 'raw'],
        ...(states && { signals: [...signalsOfCapabilities(states, energy), ...vehicleSignals] }),
      },
    }
    this.abilities.set(key, made)
    return made
  }
}
