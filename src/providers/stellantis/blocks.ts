/**
 * Stellantis: the blocks of a car's state → readings. One table for both generations, for lists of old telemetry and for
 * the extensions of delivered messages: where v1 and v4 name a thing differently, both names stand.
 */
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import { isMissing, number, percent, reading, sampleOf, timeOf, wordOf } from '../mapping'
import { alarmBlock, alertBlock, stolenBlock } from './alerts'
import { assistOf, gearboxOf, lampsOf, wipersOf } from './assist'
import { climateOf } from './climate'
import { below, type Context } from './context'
import { doorsOf } from './doors'
import { energiesOf } from './energies'
import { fields, firstOfEach, flag, instantOf, says, scaled, timeIn, type BlockReader } from './fields'
import { positionOf } from './position'
import { tyresOf } from './tyres'
import { isMembers, listOf, membersOf, type Members } from './wire'
import * as words from './words'

interface Block {
  /** Names on the wire, the preferred one first. */
  names: readonly string[]
  groups: readonly SignalGroup[]
  read: BlockReader
}

const block = (names: string | readonly string[], groups: readonly SignalGroup[], read: BlockReader): Block => ({
  names: typeof names === 'string' ? [names] : names,
  groups,
  read,
})

const engineSpeed = { THERMIC: scaled('engine.speed', 1), ELECTRIC: scaled('engine.motorSpeed', 1) }
const engineFields = fields(
  ['extension.thermic.coolant.level', number('engine.coolantLevelPercent', { units: percent })],
  ['extension.thermic.coolant.temp', number('engine.coolantTemperature')],
  ['extension.thermic.oil.level', number('engine.oilLevelPercent', { units: percent })],
  ['extension.thermic.oil.temp', number('engine.oilTemperature')],
  // v4, deprecated.
  ['oil.temp', number('engine.oilTemperature')],
  ['extension.thermic.air.temp', number('engine.airTemperature')],
  // Deprecated: the powertrain's block counts.
  ['gmpStatus', says('engine.status', words.engineStatus)],
)

const enginesOf: BlockReader = (list, context) =>
  listOf(list).flatMap((engine) => {
    const type = wordOf(engine.type ?? 'Thermic')
    const rule = type === 'ELECTRIC' ? engineSpeed.ELECTRIC : engineSpeed.THERMIC
    return [...fields(['speed', rule])(engine, context), ...engineFields(engine, context)]
  })

const beltSignals: Readonly<Record<string, 'safety.beltDriver' | 'safety.beltPassenger'>> = {
  DRIVER: 'safety.beltDriver',
  PASSENGER: 'safety.beltPassenger',
}

const safetyFields = fields(['autoECallTriggering', says('safety.eCall', words.eCall)])

const safetyOf: BlockReader = (given, context) => {
  const time = timeIn(given, context.time)
  const { origin } = below(context, 'beltStatus')
  const belts = listOf(membersOf(given).beltStatus).flatMap(({ id, belt }) => {
    const signal = beltSignals[wordOf(id ?? '')]
    if (signal) return says(signal, words.belt).read({ value: belt, time }, origin)
    if (!isMissing(id)) origin.drift(`${origin.where} id`, sampleOf(id))
    return []
  })
  return [...belts, ...safetyFields(given, context)]
}

const kineticOf: BlockReader = (given, context) =>
  fields(
    ['speed', scaled('vehicle.speed', context.speedFactor)],
    ['acceleration', number('vehicle.acceleration')],
    ['moving', flag('vehicle.moving')],
  )(given, context)

export const blocks = {
  ignition: block('ignition', ['vehicle'], fields(['type', says('vehicle.ignition', words.ignition)])),
  location: block(['location', 'lastPosition', 'position'], ['position'], positionOf),
  preconditioning: block(['preconditioning', 'preconditionning'], ['climate'], climateOf),
  tyreState: block('tyreState', ['tyres'], tyresOf),
  energies: block(['energies', 'energy'], ['battery', 'charging', 'fuel'], energiesOf),
  // Before the engines, whose own word is deprecated.
  powerTrain: block(
    ['powerTrain', 'powertrain'],
    ['engine'],
    fields(['gmpStatus', says('engine.status', words.engineStatus)], ['status', says('engine.status', words.engineStatus)]),
  ),
  engines: block('engines', ['engine'], enginesOf),
  doorsState: block(['doorsState', 'doorState'], ['doors', 'windows', 'lock'], doorsOf),
  battery: block(
    'battery',
    ['lowVoltage'],
    // Stellantis: `voltage` is the state of the 12 V battery in percent, no volts.
    fields(
      ['voltage', number('lowVoltage.level', { units: percent })],
      ['current', number('lowVoltage.current')],
      ['indicator', says('lowVoltage.indicator', words.indicator)],
    ),
  ),
  safety: block('safety', ['safety'], safetyOf),
  odometer: block('odometer', ['vehicle'], fields(['mileage', number('vehicle.odometer')])),
  kinetic: block('kinetic', ['vehicle'], kineticOf),
  propulsion: block('propulsion', ['vehicle'], fields(['type', says('vehicle.propulsion', words.propulsion)])),
  braking: block(['braking', 'brakingSystem'], ['vehicle'], fields(['parking', flag('vehicle.parkingBrake')])),
  wipingBlades: block('wipingBlades', ['vehicle'], wipersOf),
  transmission: block('transmission', ['vehicle'], gearboxOf),
  adas: block('adas', ['assist'], assistOf),
  lightingSystem: block('lightingSystem', ['lights'], lampsOf),
  maintenance: block(
    'maintenance',
    ['service'],
    fields(['daysBeforeMaintenance', number('service.time')], ['mileageBeforeMaintenance', number('service.distance')]),
  ),
  alerts: block('alerts', ['alerts'], alertBlock),
  alarm: block('alarm', ['alerts'], alarmBlock),
  stolen: block('stolen', ['alerts'], stolenBlock),
  drivingBehavior: block('drivingBehavior', ['vehicle'], fields(['mode', says('vehicle.drivingMode', words.drivingMode)])),
  privacy: block('privacy', ['reachability'], fields(['state', says('reachability.privacy', words.privacy)])),
  environment: block(
    'environment',
    ['climate'],
    fields(['luminosity.day', flag('climate.daylight')], ['air.temp', number('climate.outsideTemperature')]),
  ),
} as const satisfies Record<string, Block>

export type BlockName = keyof typeof blocks
export const blockNames = Object.keys(blocks) as BlockName[]

/** v1 keeps most blocks below `vehicle`, v4 all at the top. */
export function blockIn(body: Members, name: BlockName): unknown {
  const inside = membersOf(body.vehicle)
  const places = blocks[name].names.flatMap((one) => [body[one], inside[one]])
  return places.find((one) => !isEmpty(one))
}

const isEmpty = (value: unknown): boolean =>
  isMissing(value) || (Array.isArray(value) ? value.length === 0 : isMembers(value) && Object.keys(value).length === 0)

/** Everything that a body tells: latest telemetry, status, an item of old telemetry, or the extension of a message. */
export function readBlocks(body: Members, context: Context): Reading[] {
  const inner = { ...context, time: bodyTime(body) ?? context.time }
  return firstOfEach(blockNames.flatMap((name) => readBlock(name, blockIn(body, name), inner)))
}

/** One block by itself. */
export const readBlock = (name: BlockName, given: unknown, context: Context): Reading[] =>
  isMissing(given) ? [] : blocks[name].read(given, below(context, name))

export const groupsOf = (name: BlockName): readonly SignalGroup[] => blocks[name].groups

/** The root's own time: when it was changed, else when it was made. */
const bodyTime = ({ updatedAt, createdAt }: Members): unknown => (isMissing(updatedAt) ? createdAt : updatedAt)

/** When the car was last heard of: the later one of the root's two times. */
export function contactOf({ createdAt, updatedAt }: Members, { origin }: Context): Reading[] {
  const told = [createdAt, updatedAt].filter((time) => instantOf(time) !== undefined)
  const latest = told.sort((a, b) => (timeOf(b, origin) ?? 0) - (timeOf(a, origin) ?? 0))[0]
  const value = instantOf(latest)
  return value === undefined ? [] : [reading('vehicle.lastContact', value, { time: latest }, origin)]
}
