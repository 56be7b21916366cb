/** INVERS: vehicle state. A flat object of properties, each with its own time, any of which may be missing. */
import { signalIds, signalOf, type SignalGroup, type SignalId } from '../../vehicle/signals'
import type { Reading } from '../../vehicle/reading'
import {
  all,
  distance,
  isMissing,
  number,
  numberOf,
  percent,
  reading,
  sampleOf,
  textOf,
  word,
  wordOf,
  type Origin,
  type Point,
  type Rule,
  type Words,
} from '../mapping'
import { isMembers, type Members } from './wire'

/** Which energy one property with two meanings is about; `undefined`: the car is not known well enough to say. */
export type Energy = 'battery' | 'fuel'

const locks: Words = { LOCKED: 'locked', UNLOCKED: 'unlocked' }
const lamp = (on: string): Words => ({ ON: on, OFF: 'ok', SENSOR_FAILURE: 'fault' })

function flag(signal: SignalId, words: Readonly<Record<string, boolean>>): Rule {
  const meanings = new Map(Object.entries(words))
  return {
    signals: [signal],
    read(point, origin) {
      if (isMissing(point.value)) return []
      const known = meanings.get(wordOf(point.value))
      if (known !== undefined) return [reading(signal, known, point, origin)]
      origin.drift(origin.where, sampleOf(point.value))
      return []
    },
  }
}

/** INVERS: the form of the date is not documented: whatever is ISO 8601 counts. */
const date = (signal: SignalId): Rule => ({
  signals: [signal],
  read(point, origin) {
    if (isMissing(point.value)) return []
    const text = textOf(point.value) ?? ''
    const time = /^\d{4}-\d\d(-\d\d(T.*)?)?$/.test(text) ? Date.parse(text) : NaN
    if (!Number.isNaN(time)) return [reading(signal, new Date(time).toISOString(), point, origin)]
    origin.drift(origin.where, sampleOf(point.value))
    return []
  },
})

/** Property → what it tells of every car. */
const plain: Readonly<Record<string, Rule>> = {
  mileage_in_kilometers: distance('vehicle.odometer'),
  cellular_signal_quality: number('reachability.signalQuality'),
  driving_enabled: flag('vehicle.drivingEnabled', { TRUE: true, FALSE: false }),
  central_lock: word('lock.central', locks),
  top_case_lock: word('lock.topCase', locks),
  top_case_lid: word('doors.topCase', { OPEN: 'open', CLOSED: 'closed' }),
  // INVERS: the name is documented, its words are not.
  center_stand_position: word('vehicle.centerStand', {}),
  abs_status: flag('assist.abs', { ENABLED: true, DISABLED: false }),
  adblue_level_in_percent: number('fuel.adBlueLevel', { units: percent }),
  adblue_level_low_indicator: word('fuel.adBlueWarning', lamp('low')),
  brake_fluid_due_date: date('service.brakeFluidDue'),
  brake_fluid_level_low_indicator: word('service.brakeFluid', lamp('low')),
  brake_lining_wear_indicator: word('service.brakePads', lamp('worn')),
  brake_warning_indicator: word('service.brakeWarning', lamp('warning')),
}

const levelOf = { battery: number('battery.stateOfCharge', { units: percent }), fuel: number('fuel.level', { units: percent }) }
const range = distance('vehicle.range')
const rangeOf = { battery: all(range, distance('battery.range')), fuel: all(range, distance('fuel.range')) }

/** `otherwise`: of a car whose energy is not known. */
type ByEnergy = Readonly<Partial<Record<Energy | 'otherwise', Rule>>>

/** Property → what it tells by the energy of the car. */
const byEnergy: Readonly<Record<string, ByEnergy>> = {
  state_of_charge_or_fuel_level_in_percent: levelOf,
  remaining_range_in_kilometers: { ...rangeOf, otherwise: range },
}

/** The older name of the level; it counts where the newer one is absent. */
const oldLevel = 'fuel_level_in_percent'
const places = { here: 'position', height: 'altitude_in_meters' }
const positional: ReadonlySet<string> = new Set(Object.values(places))

const ofEvery = (rule: Rule): ByEnergy => ({ battery: rule, fuel: rule, otherwise: rule })
const properties: ReadonlyMap<string, ByEnergy> = new Map([
  ...Object.entries(byEnergy),
  ...Object.entries({ ...plain, [oldLevel]: levelOf.fuel }).map(([name, rule]) => [name, ofEvery(rule)] as const),
])

/** The rule of a property for a car of this energy; `undefined`: nothing, or nothing that can be said of it. */
const ruleOf = (name: string, energy: Energy | undefined): Rule | undefined => properties.get(name)?.[energy ?? 'otherwise']

/** Signals that a property of this name may bring. */
function signalsOfProperty(name: string, energy: Energy | undefined): readonly SignalId[] {
  return positional.has(name) ? ['position.location'] : (ruleOf(name, energy)?.signals ?? [])
}

/** INVERS: a capability has the name of its property in capitals. */
export const signalsOfCapabilities = (constants: readonly string[], energy: Energy): SignalId[] => {
  const found = new Set(constants.flatMap((one) => signalsOfProperty(one.trim().toLowerCase(), energy)))
  return signalIds.filter((id) => found.has(id))
}

/** Groups that a state may speak of. */
export const stateGroups: ReadonlySet<SignalGroup> = new Set(
  [...Object.keys(plain), ...Object.keys(byEnergy), ...positional]
    .flatMap((name) => [...signalsOfProperty(name, 'battery'), ...signalsOfProperty(name, 'fuel')])
    .map((id) => signalOf(id).group),
)

/** A state, whole or in part → readings. One bad property spoils only itself. */
export function readState(state: Members, energy: Energy | undefined, origin: Origin): Reading[] {
  const readings: Reading[] = []
  // One for all properties: a fleet tells very many.
  const at: Origin = { ...origin }
  for (const name of Object.keys(state)) {
    const given = state[name]
    if (isMissing(given) || positional.has(name)) continue
    at.where = `${origin.where} ${name.length > 60 ? name.slice(0, 60) : name}`
    if (!properties.has(name)) {
      origin.drift(at.where, 'not known')
      continue
    }
    if (name === oldLevel && !isMissing(pointOf(state.state_of_charge_or_fuel_level_in_percent)?.value)) continue
    const point = pointOf(given)
    if (point) readings.push(...(ruleOf(name, energy)?.read(point, at) ?? []))
    else origin.drift(at.where, sampleOf(given))
  }
  const location = locationIn(state, origin)
  if (location) readings.push(location)
  return readings
}

/** INVERS: a moment for each property, in which the unit in the car captured it. */
const pointOf = (given: unknown): Point | undefined =>
  isMembers(given) && 'value' in given ? { value: given.value, time: given.timestamp } : undefined

function locationIn(state: Members, origin: Origin): Reading | undefined {
  const point = pointOf(state[places.here])
  if (!point || isMissing(point.value)) return undefined
  const at = { ...origin, where: `${origin.where} ${places.here}` }
  const { lat, lon } = isMembers(point.value) ? point.value : {}
  const [latitude, longitude] = [numberOf(lat), numberOf(lon)]
  if (latitude === undefined || longitude === undefined || Math.abs(latitude) > 90 || Math.abs(longitude) > 180) {
    origin.drift(at.where, 'no place on the globe')
    return undefined
  }
  const altitude = numberOf(pointOf(state[places.height])?.value)
  const location = altitude === undefined ? { latitude, longitude } : { latitude, longitude, altitude }
  return reading('position.location', location, point, at)
}
