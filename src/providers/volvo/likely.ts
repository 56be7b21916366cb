import type { Cause, CauseCode } from '../../vehicle/causes'
import type { Reading } from '../../vehicle/reading'
import type { KnownCar } from './knownCar'

/** Volvo: command accessibility. What a command would likely meet, by the reason why the car is not available. */
const causes: Readonly<Record<string, [CauseCode, string, string]>> = {
  'no-internet': ['UNREACHABLE', 'The car has no reception', 'Try again when the car has reception.'],
  'power-saving': ['ASLEEP', 'The car is asleep', 'Start the car once, then try again.'],
  'in-use': ['IN_USE', 'The car is in use', 'Park the car and leave it.'],
  updating: ['BUSY', 'The car is installing new software', 'Wait until the car has finished what it is doing.'],
}
const noReason: [CauseCode, string, string] = ['UNREACHABLE', 'The car cannot be reached just now', 'Try again later.']

export function likelyCause({ unavailable }: KnownCar): Cause | undefined {
  if (!unavailable) return undefined
  const [code, message, action] = causes[unavailable.reason ?? ''] ?? noReason
  return { code, message, action }
}

/** Notes what an answer said about the car being available. */
export function noteReachability(car: KnownCar, readings: readonly Reading[]): void {
  const valueOf = (signal: Reading['signal']) => readings.find((one) => one.signal === signal)?.value
  const status = valueOf('reachability.status')
  if (status === undefined) return
  const reason = valueOf('reachability.reason')
  car.unavailable = status === 'unavailable' ? { reason: typeof reason === 'string' ? reason : undefined } : undefined
}
