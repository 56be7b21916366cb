/** What is known while an answer about one car is read. */
import type { Origin } from '../mapping'

export interface Context {
  origin: Origin
  /** ISO 8601: counts where a block has no time of its own. */
  time?: unknown
  /** IANA name: for times of day, which the wire tells without a zone. */
  timeZone: string
  /** From the wire's `kinetic.speed` to km/h. */
  speedFactor: number
  /** On which side the driver sits: the wire only knows `Driver` and `Passenger`. */
  steering: 'left' | 'right'
  /** The car has no tank: what is told of one is a left-over. */
  electricOnly: boolean
}

/** The same, further down on the wire. */
export const below = (context: Context, name: string): Context => ({
  ...context,
  origin: { ...context.origin, where: `${context.origin.where} ${name}` },
})
