import type { NodeAPI } from 'node-red'
import { toDrivewayError, type DrivewayError } from '../../src/vehicle/causes'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { causeSaid, errorOf } from './speech'

/**
 * Does the same for several cars: what came of those with which it went well, and one failure for the others, which
 * names them when it is not the matter of all.
 */
export async function eachCar<T>(
  RED: NodeAPI,
  cars: readonly Vehicle[],
  work: (car: Vehicle) => Promise<T>,
): Promise<{ well: T[]; failure?: DrivewayError }> {
  const results = await Promise.allSettled(cars.map(work))
  const well = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []))
  const failed = results.flatMap((result, index) =>
    result.status === 'rejected'
      ? [{ label: cars[index]?.label, cause: causeSaid(RED, toDrivewayError(result.reason).cause) }]
      : [],
  )
  const [first, ...others] = failed
  if (!first) return { well }
  const isOfAll = well.length === 0 && others.every(({ cause }) => cause.code === first.cause.code)
  if (isOfAll) return { well, failure: errorOf(first.cause) }
  const message = failed.map(({ label, cause }) => `${label}: ${cause.message}`).join('; ')
  return { well, failure: errorOf({ ...first.cause, message }) }
}
