import type { SimulatedCar } from '../car/car'
import type { Call, Ending, Reply } from '../http'
import type { Application } from '../signIn/applications'
import { Facts, type Wire } from './facts'
import type { Generation } from './listing'
import type { Scopes } from './scopes'

/** A call that got through the gateway. */
export interface Ask {
  call: Call
  params: Readonly<Record<string, string>>
  /** What was asked for; behind a page token it is what the first page was asked for. */
  query: URLSearchParams
  generation: Generation
  application: Application
  user: string
  scopes: Scopes
  /** The car that `X-CVS-Scope` names. */
  scopedVin?: string
  /** Absolute address of this generation's root: `…/v1/accounts` or `…/v4/user`. */
  root: string
  /** The car of the path; any other where the path names none. */
  car: SimulatedCar
  /** The caller's cars that this generation lists. */
  cars: readonly SimulatedCar[]
  now: number
}

export interface Endpoint {
  generation: Generation
  /** Scopes without which there is no answer. */
  scopes?: readonly string[]
  answer(ask: Ask): Ending | Promise<Ending>
}

export const hal = (status: number, json: unknown): Reply => ({
  status,
  json,
  headers: { 'content-type': 'application/hal+json' },
})

/** What the cloud knows of a car now. */
export const factsOf = (car: SimulatedCar): Facts => new Facts(car.profile, (id) => car.told(id))

export const link = (href: string): Wire => ({ href })
