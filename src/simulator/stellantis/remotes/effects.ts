import { days } from '../../../clock'
import type { SimulatedCar } from '../../car/car'
import { timeOfDay } from '../monitors/durations'
import { zonedInstant } from '../monitors/times'
import { isObject, type Effect, type Given } from './bodies'

const clockTime = (start: unknown): string => {
  const minutes = Math.floor((timeOfDay(text(start)) ?? 0) / 60_000)
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`
}

const daysIn = (program: Given): string[] => {
  const occurrence = program.occurrence ?? program.occurence
  const named = isObject(occurrence) && Array.isArray(occurrence.day) ? (occurrence.day as string[]) : []
  return named.length ? named.map((day) => day.toLowerCase()) : ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']
}

/** A member as text; empty when it is none. */
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

const without = (members: Given): Given => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined))

/** Programs by slot: what is set replaces, what is deleted goes, the rest stays. */
function merge(
  car: SimulatedCar,
  signal: 'climate.programs' | 'charging.programs',
  given: readonly Given[],
  read: (program: Given) => Given,
): void {
  const kept = new Map<unknown, Given>()
  for (const program of (car.truth(signal) as unknown as Given[] | undefined) ?? []) kept.set(program.slot, program)
  for (const [index, program] of given.entries()) {
    const slot = program.slot ?? index + 1
    if (program.actionsType === 'Delete') kept.delete(slot)
    else kept.set(slot, without({ slot, ...read(program) }))
  }
  car.set(
    signal,
    [...kept.values()].sort((a, b) => Number(a.slot) - Number(b.slot)),
  )
}

/** Below this charge of the traction battery the climate does not start, %. */
const leastForClimate = 15

export function preconditioning(car: SimulatedCar, given: Given): Effect {
  const { immediate, programs, settings } = given.airConditioning as Given
  if (Array.isArray(programs)) {
    merge(car, 'climate.programs', programs as Given[], (program) => ({
      start: clockTime(program.start),
      days: daysIn(program),
      enabled: program.enabled ?? true,
      temperature: program.temp,
      recurrence: program.recurrence === 'None' ? 'once' : undefined,
    }))
    return undefined
  }
  if (isObject(settings)) {
    car.set('climate.targetTemperature', Number(settings.temp))
    return undefined
  }
  const running = car.truth('climate.status') === 'active'
  if (running === (immediate === true)) return { already: true }
  if (immediate !== true) {
    car.stopClimate()
    return undefined
  }
  if (car.isDriving) return { cause: 'VehicleInUse' }
  const level = car.truth('battery.stateOfCharge')
  if (typeof level === 'number' && level < leastForClimate) return { cause: 'NotPossibleDueToVehicleBatteryLevel' }
  car.startClimate()
  return undefined
}

const rates = ['Low', 'LowPlus', 'Med', 'MedPlus', 'High']

export function charging(car: SimulatedCar, given: Given): Effect {
  const charge = isObject(given.charge) ? given.charge : given
  const { immediate, programs, settings, deferred, schedule, preferences } = charge
  if (isObject(settings)) {
    if (settings.chargeLimit !== undefined) car.set('charging.chargeLimit', settings.chargeLimit === 'MedPlus' ? 80 : 100)
    else car.set('charging.powerLevel', rates.indexOf(String(settings.chargePreferenceRate)) + 1)
    return undefined
  }
  if (isObject(preferences)) {
    if (preferences.level !== undefined) car.set('charging.powerLevel', Number(text(preferences.level).slice(5)))
    if (preferences.type !== undefined) car.set('charging.chargeLimit', preferences.type === 'Partial' ? 80 : 100)
    return undefined
  }
  const listed = programs ?? (isObject(schedule) ? schedule.programs : undefined)
  if (Array.isArray(listed)) setPrograms(car, listed as Given[])
  const later = isObject(schedule) ? schedule.nextDelayedTime : undefined
  if (later !== undefined) car.set('charging.nextStart', nextAt(car, text(later)))
  if (isObject(deferred)) return defer(car, deferred)
  return immediate === undefined ? undefined : now(car, immediate === true)
}

function setPrograms(car: SimulatedCar, programs: readonly Given[]): void {
  merge(car, 'charging.programs', programs, (program) => ({
    start: clockTime(program.start),
    end: program.end === undefined ? undefined : clockTime(program.end),
    days: daysIn(program),
    enabled: program.enabled ?? true,
    toFull: program.chargeToFull ?? program.chargeUntilFull,
    minimum: program.minChargingLevel,
    maximum: program.maxChargingLevel,
    kind: program.chargeType === undefined ? undefined : text(program.chargeType).toLowerCase(),
  }))
}

function defer(car: SimulatedCar, { start, end }: Given): Effect {
  if (isObject(end) && end.endTime !== undefined)
    car.setAll({ 'charging.nextStop': nextAt(car, text(end.endTime)), 'charging.stopStatus': 'active' })
  if (!isObject(start)) return undefined
  if (start.startTime === undefined) return now(car, start.immediate !== false)
  car.set('charging.nextStart', nextAt(car, text(start.startTime)))
  return undefined
}

function now(car: SimulatedCar, wanted: boolean): Effect {
  const running = car.truth('charging.status') === 'charging'
  if (running === wanted) return { already: true }
  if (!wanted) {
    car.stopCharging()
    return undefined
  }
  if (car.truth('charging.connection') !== 'connected') return { cause: 'ExternalChargingSystemError' }
  if (car.truth('charging.status') === 'complete') return { already: true }
  car.startCharging()
  return undefined
}

/** The next such time of day in Paris, for the wire names no zone. */
function nextAt(car: SimulatedCar, start: string): string {
  const { time } = car.body
  const today = Math.floor(time / days(1)) * days(1)
  const candidates = [-1, 0, 1, 2].map((ahead) => zonedInstant(today + days(ahead) + (timeOfDay(start) ?? 0), 'Europe/Paris'))
  return new Date(Math.min(...candidates.filter((at) => at > time))).toISOString()
}
