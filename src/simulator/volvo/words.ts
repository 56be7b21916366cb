/** Volvo's words for the catalogue's words, written down from Volvo's side. Volvo: endpoints */
type Words = Readonly<Record<string, string>>

/** What Volvo calls it; `UNSPECIFIED` for what Volvo has no word for. */
export const wordIn = (table: Words, value: unknown): string =>
  (typeof value === 'string' ? table[value] : undefined) ?? 'UNSPECIFIED'

export const opening: Words = { open: 'OPEN', closed: 'CLOSED', ajar: 'AJAR' }
export const locking: Words = { locked: 'LOCKED', unlocked: 'UNLOCKED' }
export const running: Words = { running: 'RUNNING', starting: 'RUNNING', stopped: 'STOPPED', stopping: 'STOPPED' }
export const fluid: Words = { ok: 'NO_WARNING', low: 'TOO_LOW', fault: 'TOO_LOW' }
export const oil: Words = { ok: 'NO_WARNING', low: 'TOO_LOW', high: 'TOO_HIGH', service: 'SERVICE_REQUIRED' }
export const lamp: Words = { ok: 'NO_WARNING', fault: 'FAILURE' }
export const pressure: Words = { ok: 'NO_WARNING', low: 'LOW_PRESSURE', 'very-low': 'VERY_LOW_PRESSURE', high: 'HIGH_PRESSURE' }
export const availability: Words = { available: 'AVAILABLE', unavailable: 'UNAVAILABLE' }
export const unavailableBecause: Words = {
  'no-internet': 'NO_INTERNET',
  'power-saving': 'POWER_SAVING_MODE',
  'in-use': 'CAR_IN_USE',
  updating: 'OTA_INSTALLATION_IN_PROGRESS',
}

/** `service.warning` and `service.reason` together make one word; `ok` and `other` have no reason. */
export function serviceWord(warning: unknown, reason: unknown): string {
  if (warning === 'ok') return 'NO_WARNING'
  if (warning === 'other') return 'UNKNOWN_WARNING'
  const because = wordIn({ regular: 'REGULAR_MAINTENANCE', 'engine-hours': 'ENGINE_HOURS', distance: 'DISTANCE_DRIVEN' }, reason)
  const when = wordIn({ 'almost-due': 'ALMOST_TIME', due: 'TIME', overdue: 'OVERDUE' }, warning)
  return when === 'UNSPECIFIED' || because === 'UNSPECIFIED' ? 'UNSPECIFIED' : `${because}_${when}_FOR_SERVICE`
}
