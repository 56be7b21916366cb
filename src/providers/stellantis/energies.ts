/** Stellantis: energies, found by their type, never by their place in the list. */
import type { Reading } from '../../vehicle/reading'
import { isMissing, number, numberOf, percent, sampleOf, wordOf, type Rule } from '../mapping'
import { chargingOf } from './charging'
import { below, type Context } from './context'
import { fields, says, scaled, textAs, timeIn, type BlockReader } from './fields'
import { at, listOf, type Members } from './wire'
import * as words from './words'

const share: Rule = scaled('climate.powerShare', 100)
const fromWattHours = 1 / 1000
const fromCentilitres = 1 / 100

const electric = fields(
  ['level', number('battery.stateOfCharge', { units: percent })],
  ['autonomy', number('battery.range')],
  ['hvacPwrUsageDisp', share],
  ['extension.electric.battery.load.capacity', scaled('battery.capacity', fromWattHours)],
  // v4, deprecated.
  ['extension.electric.battery.capacity', scaled('battery.capacity', fromWattHours)],
  ['extension.electric.battery.load.residual', scaled('battery.energy', fromWattHours)],
  // v4, deprecated, already in kWh.
  ['extension.electric.residual.consumption', number('battery.energy')],
  ['extension.electric.battery.health.capacity', number('battery.stateOfHealth', { units: percent })],
  ['extension.electric.battery.health.resistance', number('battery.resistanceHealth', { units: percent })],
  ['extension.electric.consumption.instant', number('battery.instantConsumption')],
  ['extension.electric.consumption.consumption', number('battery.instantConsumption')],
)

const fuel = fields(
  ['level', number('fuel.level', { units: percent })],
  ['autonomy', number('fuel.range')],
  ['hvacPwrUsageDisp', share],
  ['subType', { ...says('fuel.kind', words.fuelKind), read: kindOf }],
  ['extension.fuel.consumption.total', scaled('fuel.consumedTotal', fromCentilitres)],
  ['extension.fuel.consumptions.total', scaled('fuel.consumedTotal', fromCentilitres)],
  ['extension.fuel.fuelTank.level', textAs('fuel.tankText')],
)

const fuelUse = fields(
  ['extension.fuel.consumption.instant', number('fuel.instantConsumption')],
  ['extension.fuel.consumptions.instant', number('fuel.instantConsumption')],
  // v4, deprecated.
  ['extension.fuel.consumption.consumption', number('fuel.instantConsumption')],
)

function kindOf(point: Parameters<Rule['read']>[0], origin: Parameters<Rule['read']>[1]): Reading[] {
  // A part of a hybrid may be told as electric below `Fuel`: that is no kind of fuel.
  return wordOf(point.value) === 'ELECTRICENERGY' ? [] : says('fuel.kind', words.fuelKind).read(point, origin)
}

const isType = (type: string) => (energy: Members) => wordOf(energy.type) === type

/** The unit of a hydrogen car's consumption is told nowhere. */
const isHydrogen = (energy: Members): boolean => wordOf(energy.subType ?? '') === 'HYDROGEN'

export const energiesOf: BlockReader = (block, context) => {
  const energies = listOf(block)
  for (const { type } of energies)
    if (!isMissing(type) && !['ELECTRIC', 'FUEL'].includes(wordOf(type))) strangeType(type, context)
  const battery = energies.find(isType('ELECTRIC'))
  const tank = energies.find(isType('FUEL'))
  return [
    ...(battery ? electricOf(battery, below(context, 'Electric')) : []),
    ...(tank && !isLeftOver(tank, battery, context) ? fuelOf(tank, below(context, 'Fuel')) : []),
  ]
}

const strangeType = (type: unknown, { origin }: Context): void => origin.drift(`${origin.where} type`, sampleOf(type))

/** Stellantis: electric cars are seen with a tank of level 0 beside the battery. */
const isLeftOver = (tank: Members, battery: Members | undefined, { electricOnly }: Context): boolean =>
  electricOnly && battery !== undefined && (numberOf(tank.level) ?? 0) === 0

const electricOf: BlockReader = (energy, context) => [
  ...electric(energy, context),
  ...chargingOf(at(energy, 'extension', 'electric', 'charging'), { ...context, time: timeIn(energy, context.time) }),
]

const fuelOf = (energy: Members, context: Context): Reading[] => [
  ...fuel(energy, context),
  ...(isHydrogen(energy) ? [] : fuelUse(energy, context)),
]
