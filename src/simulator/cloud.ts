import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Clock } from '../clock'
import type { SimulatedCar } from './car/car'
import type { SimulatedCars } from './cars'
import type { FaultKinds, Faults } from './faults'
import type { Call, Ending, Reply } from './http'
import type { Route } from './router'
import type { Users } from './users'

/** What a cloud made of a call. */
export interface Handled {
  ending: Ending
  /** The path with `{vin}` or the like for the car; what calls are counted by. */
  template: string
}

/** A part of the control API that only one cloud has; its paths start behind `/sim/api/<provider>`. */
export type OwnControl = Route<(call: Call, params: Readonly<Record<string, string>>) => Reply>

/** One of many vehicles. */
export interface Listed {
  /** What it is searched by, in small letters. */
  readonly text: string
  /** How the list of all cars shows it. */
  view(): object
}

/** Vehicles that a cloud has by the thousand beside the cars: anybody can look at them, the cloud's own controls steer them. */
export interface Crowd {
  readonly size: number
  at(place: number): Listed
  find(id: string): Listed | undefined
}

/** One provider's cloud, which lives below its own prefix and lists its own cars. */
export interface Cloud {
  readonly faultKinds: FaultKinds
  /** Who owns which of its cars. */
  readonly users: Users
  readonly controls?: readonly OwnControl[]
  readonly crowd?: Crowd
  /** Whether this cloud lists a car; every car is listed by exactly one. */
  lists(car: SimulatedCar): boolean
  /** The car behind an id that is this cloud's own. */
  find?(id: string): SimulatedCar | undefined
  /** Answers a call; its path starts behind the prefix. */
  handle(call: Call): Promise<Handled>
  /** A car told its cloud something, with the car's own time (ms since 1970). */
  arrived?(car: SimulatedCar, at: number): void
  /** Somebody wants a socket; the path starts behind the prefix. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer): void
  /** As at the start. Sign-ins stay good. */
  reset(): void
  /** Ends what it started: timers, sockets. */
  close?(): Promise<void>
}

/** What a cloud is built on. */
export interface CloudBase {
  clock: Clock
  cars: SimulatedCars
  faults: Faults
  /** How long a command takes from cloud to car and back, ms. */
  commandDelayMs: number
}
