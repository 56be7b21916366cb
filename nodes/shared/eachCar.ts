import type { NodeAPI } from 'node-red'
import { concernsAccount } from '../../src/account/health'
import { toDrivewayError, type Cause, type DrivewayError } from '../../src/vehicle/causes'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { causeSaid, errorOf, sharedText } from './speech'

/** So many cars at the same time: a fleet would take all connections, and the cloud's calls of a minute. */
const atOnce = 6
/** What so many cars met one after the other, each time the account's own trouble, all the others would meet too. */
const mostInVain = 30
/** So many cars are named in one error. */
const mostNamed = 5

interface Failed {
  car: Vehicle
  cause: Cause
}

/**
 * Does the same for several cars, a few at a time: what came of those with which it went well, in the order of the cars,
 * and one failure for the others, which names some of them when it is not the matter of all.
 */
export async function eachCar<T>(
  RED: NodeAPI,
  cars: readonly Vehicle[],
  work: (car: Vehicle) => Promise<T>,
): Promise<{ well: T[]; failure?: DrivewayError }> {
  const results: ({ well: T } | Failed)[] = []
  let inVain = 0
  let cutOff: Cause | undefined
  const tried = async (car: Vehicle): Promise<{ well: T } | Failed> => {
    if (cutOff) return { car, cause: cutOff }
    try {
      const well = await work(car)
      inVain = 0
      return { well }
    } catch (error) {
      const { cause } = toDrivewayError(error)
      inVain = concernsAccount(cause.code) ? inVain + 1 : 0
      if (inVain >= mostInVain) cutOff = cause
      return { car, cause }
    }
  }
  const left = cars.entries()
  const hand = async () => {
    for (const [index, car] of left) results[index] = await tried(car)
  }
  await Promise.all(Array.from({ length: atOnce }, hand))
  const well = results.flatMap((one) => ('well' in one ? [one.well] : []))
  const failed = results.flatMap((one) => ('cause' in one ? [one] : []))
  const [first, ...others] = failed
  if (!first) return { well }
  const said = causeSaid(RED, first.cause)
  const isOfAll = well.length === 0 && others.every(({ cause }) => cause.code === first.cause.code)
  return { well, failure: errorOf(isOfAll ? said : { ...said, message: named(RED, failed) }) }
}

/** In the runtime's language. */
function named(RED: NodeAPI, failed: readonly Failed[]): string {
  const few = failed.slice(0, mostNamed).map(({ car, cause }) => `${car.label}: ${causeSaid(RED, cause).message}`)
  const names = few.join('; ')
  if (failed.length <= mostNamed) return names
  const count = (failed.length - mostNamed).toLocaleString(sharedText(RED, 'page.language'))
  return sharedText(RED, 'sentence.andMore', { names, count }) ?? names
}
