import type { Context } from '../../../src/providers/stellantis/context'
import type { Reading } from '../../../src/vehicle/reading'

export const receivedAt = Date.parse('2026-03-02T12:00:00Z')
/** When the car saw it, unless a test says otherwise. */
export const seen = '2026-03-02T11:50:00Z'

/** How an answer is read, and the drifts told meanwhile. */
export function givenContext(given: Partial<Context> = {}) {
  const drifts: string[] = []
  const context: Context = {
    origin: { where: 'status', receivedAt, drift: (where, sample) => drifts.push(`${where}: ${sample}`) },
    time: seen,
    timeZone: 'Europe/Paris',
    speedFactor: 3.6,
    steering: 'left',
    electricOnly: false,
    ...given,
  }
  return { context, drifts }
}

export const valuesOf = (readings: readonly Reading[]): Record<string, unknown> =>
  Object.fromEntries(readings.map(({ signal, value }) => [signal, value]))

export const timesOf = (readings: readonly Reading[]): Record<string, string | undefined> =>
  Object.fromEntries(
    readings.map(({ signal, observedAt }) => [signal, observedAt === undefined ? undefined : new Date(observedAt).toISOString()]),
  )
