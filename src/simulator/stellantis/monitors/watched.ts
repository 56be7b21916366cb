import { alertIn } from '../alertTypes'
import { chargingStatus, mode, plugged } from '../energies'
import type { Facts } from '../facts'
import type { CarFile } from '../file'
import type { Generation } from '../listing'
import { sayBlock, blocks } from '../picture'
import { spotOf } from '../position'
import * as words from '../words'
import type { MonitorFacts } from './evaluate'

type Say = (facts: Facts, file: CarFile, generation: Generation) => string | readonly string[] | number | boolean | undefined

const blockText =
  (kind: string): Say =>
  (facts, _file, generation) => {
    const block = blocks.find((one) => one.kind === kind)
    const said = block && sayBlock(block, facts, generation, false)
    return said === undefined ? undefined : JSON.stringify(said)
  }

const autonomy = (facts: Facts): number | undefined => {
  const parts = [facts.number('battery.range', 0), facts.number('fuel.range', 0)].filter((part) => part !== undefined)
  return parts.length ? parts.reduce((sum, part) => sum + part, 0) : undefined
}

const doors =
  (part: 'lockedState' | 'opening'): Say =>
  (facts) => {
    const block = blocks.find((one) => one.kind === 'vehicle.doorsState')
    const said = block && (sayBlock(block, facts, 'v1', false) as Record<string, unknown> | undefined)
    return said && JSON.stringify(said[part])
  }

/** What each operand says of a car, in words of the wire. Stellantis: table of data */
const sayings: Readonly<Record<string, Say>> = {
  'vehicle.alert': (_facts, file, generation) => file.active.flatMap(({ type }) => alertIn(type, generation) ?? []),
  'vehicle.odometer': (facts) => facts.number('vehicle.odometer'),
  'vehicle.powertrain.status': (facts) => facts.word('engine.status', words.powertrain),
  'vehicle.engines.thermic.oil.temp': (facts) => facts.number('engine.oilTemperature', 0),
  'vehicle.energy.electric.level': (facts) => facts.number('battery.stateOfCharge'),
  'vehicle.energy.electric.autonomy': (facts) => facts.number('battery.range', 0),
  'vehicle.energy.fuel.level': (facts) =>
    facts.number('fuel.level') ?? (facts.profile.tank && facts.times('fuel.amount', 100 / facts.profile.tank.litres, 1)),
  'vehicle.energy.fuel.autonomy': (facts) => facts.number('fuel.range', 0),
  'vehicle.autonomy': autonomy,
  'vehicle.energy.charging.status': chargingStatus,
  'vehicle.energy.charging.settings.chargePreferenceRate': (facts) =>
    words.chargeRates[(facts.number('charging.powerLevel') ?? 0) - 1],
  'vehicle.energy.charging.plugged': plugged,
  'vehicle.energy.charging.type': mode,
  'vehicle.doorsState.lockedState': doors('lockedState'),
  'vehicle.doorsState.opening': doors('opening'),
  'vehicle.kinetic.moving': (facts) => facts.flag('vehicle.moving'),
  'vehicle.kinetic.speed': (facts, _file, generation) => facts.times('vehicle.speed', generation === 'v1' ? 1 / 3.6 : 1, 2),
  'vehicle.trip': (_facts, file) => file.lastTrip && `${file.lastTrip.id} ${file.lastTrip.done}`,
  'vehicle.trip.start': (_facts, file) => file.lastTrip?.id,
  'vehicle.trip.stop': (_facts, file) => file.lastDoneTrip?.id,
  'vehicle.trip.duration': (_facts, file) =>
    file.lastTrip && Math.round((file.lastTrip.stoppedAt - file.lastTrip.startedAt) / 1000),
  'vehicle.trip.distance': (_facts, file) => file.lastTrip && Number(file.lastTrip.distance.toFixed(1)),
  'vehicle.trip.state': (_facts, file) => file.lastDoneTrip && (file.lastDoneTrip.fault ?? 'Nominal'),
  'vehicle.maintenance.daysBeforeMaintenance': (facts) => facts.number('service.time', 0),
  'vehicle.maintenance.mileageBeforeMaintenance': (facts) => facts.number('service.distance', 0),
  'vehicle.safety.beltWarning': (facts) => {
    const belts = (['safety.beltDriver', 'safety.beltPassenger'] as const).flatMap((id) => facts.word(id, words.belt) ?? [])
    return belts.length ? (belts.includes('Omission') ? 'Omission' : 'Normal') : undefined
  },
  'vehicle.safety.autoECallTriggering': (facts) => facts.word('safety.eCall', words.eCall),
  'environment.air.temp': (facts) => facts.number('climate.outsideTemperature'),
  'privacy.state': (facts) => facts.word('reachability.privacy', words.privacy),
  'vehicle.drivingBehavior.mode': (facts) => facts.word('vehicle.drivingMode', words.drivingMode),
  'vehicle.collision.side': (_facts, file) => file.lastCollision?.details.map(({ side }) => side),
  'vehicle.collision.severity': (_facts, file) => file.lastCollision?.details.flatMap(({ severity }) => severity ?? []),
  'vehicle.preconditioning.airConditioning': blockText('vehicle.preconditioning'),
  'vehicle.alarm.trigger.type': (facts) => facts.word('alerts.alarmTrigger', words.breakIn),
  'vehicle.alarm.status.activation': (facts) => facts.word('alerts.alarm', words.alarm),
  'stolen.state': (facts) => facts.flag('alerts.stolen'),
}

/** What a monitor sees of a car now; what privacy withholds is not there. */
export function watchedFacts(facts: Facts, file: CarFile, generation: Generation, at: number): MonitorFacts {
  const privacy = facts.text('reachability.privacy')
  const data: Record<string, string | string[]> = {}
  for (const [operand, say] of Object.entries(sayings)) {
    if (privacy === 'full' && operand !== 'privacy.state') continue
    const said = say(facts, file, generation)
    if (said !== undefined) data[operand] = typeof said === 'object' ? [...said] : String(said)
  }
  const position = privacy === 'none' ? spotOf(facts) : undefined
  const moving = privacy === 'full' ? undefined : facts.flag('vehicle.moving')
  return { at, data, ...(position ? { position } : {}), ...(moving === undefined ? {} : { moving }) }
}
