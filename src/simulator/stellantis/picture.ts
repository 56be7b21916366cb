import { adas, gearbox } from './assistance'
import { electricSignals, energies, fuelSignals, preconditioning } from './energies'
import { instant, some, type Facts, type Wire } from './facts'
import type { Generation } from './listing'
import { position } from './position'
import type { SignalId } from '../../vehicle/signals'
import { corners, doorSignals, engines, environment, lamps, locks, openings, trigger, tyres, wipers } from './parts'
import * as words from './words'

export interface Block {
  /** Telemetry kind: the value of the parameter `type`. */
  kind: string
  /** Place in v1's tree, and in v4's status; absent where that generation has no such block. */
  v1?: string
  v4?: string
  /** v4's telemetry has it and v4's status has not. */
  v4Telemetry?: string
  /** Part of v1's scope behind `data:telemetry:`. */
  scope: string
  signals: readonly SignalId[]
  /** `createdAt` is `{}` in histories, where the root alone is dated. */
  say: (facts: Facts, generation: Generation, createdAt: Wire) => unknown
}

/** The members with the block's time in front; no block when no member is told. */
const dated =
  (members: (facts: Facts, generation: Generation) => Wire): Block['say'] =>
  (facts, generation, createdAt) => {
    const said = some(members(facts, generation))
    return said && { ...createdAt, ...said }
  }

/** Every block of a car's state, in the order of the models. Stellantis: latest telemetry (v1), status (v4) */
export const blocks: readonly Block[] = [
  {
    kind: 'vehicle.ignition',
    v1: 'vehicle.ignition',
    v4: 'ignition',
    scope: 'vehicle:ignition',
    signals: ['vehicle.ignition'],
    say: dated((facts) => ({ type: facts.word('vehicle.ignition', words.ignition) })),
  },
  {
    kind: 'vehicle.location',
    v1: 'vehicle.location',
    v4: 'lastPosition',
    scope: 'vehicle:location',
    signals: ['position.location'],
    say: (facts, generation, createdAt) => position(facts, generation, 'createdAt' in createdAt),
  },
  {
    kind: 'vehicle.preconditioning',
    v1: 'vehicle.preconditioning',
    v4: 'preconditioning',
    scope: 'vehicle:preconditioning',
    signals: ['climate.status', 'climate.programs'],
    say: preconditioning,
  },
  {
    kind: 'vehicle.tyreState',
    v1: 'vehicle.tyreState',
    scope: 'vehicle:tyreState',
    signals: corners.map(([corner]) => `tyres.${corner}` as const),
    say: (facts, _generation, createdAt) => tyres(facts, 'createdAt' in createdAt),
  },
  {
    kind: 'vehicle.energies',
    v1: 'vehicle.energies',
    v4: 'energies',
    scope: 'vehicle:energies',
    signals: [...electricSignals, ...fuelSignals],
    say: (facts, generation, createdAt) => energies(facts, generation, 'createdAt' in createdAt),
  },
  {
    kind: 'vehicle.engines',
    v1: 'vehicle.engines',
    v4: 'engines',
    scope: 'vehicle:engines',
    signals: ['engine.oilTemperature', 'engine.coolantTemperature', 'engine.speed'],
    say: engines,
  },
  {
    kind: 'vehicle.doorsState',
    v1: 'vehicle.doorsState',
    v4: 'doorsState',
    scope: 'vehicle:doorsState',
    signals: doorSignals,
    say: dated((facts, generation) => ({
      [generation === 'v1' ? 'lockedState' : 'lockedStates']: locks(facts, generation),
      opening: openings(facts, generation),
    })),
  },
  {
    kind: 'vehicle.battery',
    v1: 'vehicle.battery',
    v4: 'battery',
    scope: 'vehicle:battery',
    signals: ['lowVoltage.level', 'lowVoltage.current', 'lowVoltage.indicator'],
    // Stellantis: called voltage, is a percentage
    say: dated((facts, generation) => ({
      voltage: facts.number('lowVoltage.level'),
      ...(generation === 'v1'
        ? { current: facts.number('lowVoltage.current'), indicator: facts.word('lowVoltage.indicator', words.indicator) }
        : {}),
    })),
  },
  {
    kind: 'vehicle.safety',
    v1: 'vehicle.safety',
    v4: 'safety',
    scope: 'vehicle:safety',
    signals: ['safety.beltDriver', 'safety.beltPassenger', 'safety.eCall'],
    say: dated((facts) => ({
      beltStatus: [
        { belt: facts.word('safety.beltDriver', words.belt), id: 'Driver' },
        { belt: facts.word('safety.beltPassenger', words.belt), id: 'Passenger' },
      ].filter(({ belt }) => belt),
      autoECallTriggering: facts.word('safety.eCall', words.eCall),
    })),
  },
  {
    kind: 'vehicle.odometer',
    v1: 'vehicle.odometer',
    v4: 'odometer',
    scope: 'vehicle:odometer',
    signals: ['vehicle.odometer'],
    say: dated((facts) => ({ mileage: facts.number('vehicle.odometer') })),
  },
  {
    kind: 'vehicle.kinetic',
    v1: 'vehicle.kinetic',
    v4: 'kinetic',
    scope: 'vehicle:kinetic',
    signals: ['vehicle.speed', 'vehicle.moving', 'vehicle.acceleration'],
    // Stellantis: metres a second in v1, kilometres an hour in v4
    say: dated((facts, generation) => ({
      acceleration: facts.number('vehicle.acceleration'),
      speed: facts.times('vehicle.speed', generation === 'v1' ? 1 / 3.6 : 1, 2),
      moving: facts.flag('vehicle.moving'),
    })),
  },
  {
    kind: 'vehicle.propulsion',
    v1: 'vehicle.propulsion',
    scope: 'vehicle:propulsion',
    signals: ['vehicle.propulsion'],
    say: dated((facts) => ({ type: facts.word('vehicle.propulsion', words.propulsion) })),
  },
  {
    kind: 'vehicle.brakingSystem',
    v1: 'vehicle.braking',
    scope: 'vehicle:braking',
    signals: ['vehicle.parkingBrake'],
    say: dated((facts) => ({ parking: facts.flag('vehicle.parkingBrake') })),
  },
  {
    kind: 'vehicle.wipingBlades',
    v1: 'vehicle.wipingBlades',
    v4Telemetry: 'vehicle.wipingBlades',
    scope: 'vehicle:wipingBlades',
    signals: ['vehicle.wipers'],
    say: dated(wipers),
  },
  {
    kind: 'vehicle.transmission',
    v1: 'vehicle.transmission',
    v4Telemetry: 'vehicle.transmission',
    scope: 'vehicle:transmission',
    signals: ['vehicle.gear', 'vehicle.gearboxModes'],
    say: dated((facts) => ({ gearbox: gearbox(facts) })),
  },
  {
    kind: 'vehicle.adas',
    v1: 'vehicle.adas',
    v4Telemetry: 'vehicle.adas',
    scope: 'vehicle:adas',
    signals: [
      'assist.parkFront',
      'assist.parkRear',
      'assist.adaptiveCruise',
      'assist.cruiseControl',
      'assist.emergencyBraking',
      'assist.stability',
      'assist.abs',
    ],
    say: dated(adas),
  },
  {
    kind: 'vehicle.lightingSystem',
    v1: 'vehicle.lightingSystem',
    v4: 'lightingSystem',
    scope: 'vehicle:lightingSystem',
    signals: ['lights.turnFrontLeftOn', 'lights.turnFrontRightOn', 'lights.fogRearLeftOn'],
    say: dated((facts) => ({ turn: lamps(facts, 'turn'), fog: lamps(facts, 'fog') })),
  },
  {
    kind: 'vehicle.maintenance',
    v1: 'vehicle.maintenance',
    scope: 'vehicle:maintenance',
    signals: ['service.time', 'service.distance'],
    say: dated((facts) => ({
      daysBeforeMaintenance: facts.times('service.time', 1),
      mileageBeforeMaintenance: facts.times('service.distance', 1),
    })),
  },
  {
    kind: 'vehicle.drivingBehavior',
    v1: 'vehicle.drivingBehavior',
    v4: 'drivingBehavior',
    scope: 'vehicle:drivingBehavior',
    signals: ['vehicle.drivingMode'],
    say: dated((facts) => ({ mode: facts.word('vehicle.drivingMode', words.drivingMode) })),
  },
  {
    kind: 'vehicle.alarm.status',
    v1: 'vehicle.alarm.status',
    v4: 'alarm.status',
    scope: 'vehicle:alarm',
    signals: ['alerts.alarm'],
    say: dated((facts) => ({ activation: facts.word('alerts.alarm', words.alarm) })),
  },
  {
    kind: 'vehicle.alarm.trigger',
    v1: 'vehicle.alarm.trigger',
    v4: 'alarm.trigger',
    scope: 'vehicle:alarm',
    signals: ['alerts.alarmTrigger'],
    say: (facts, generation, createdAt) => trigger(facts, generation, 'createdAt' in createdAt),
  },
  {
    kind: 'vehicle',
    v1: 'vehicle.powerTrain',
    scope: 'vehicle:engines',
    signals: ['engine.status'],
    say: dated((facts) => ({ gmpStatus: facts.word('engine.status', words.powertrain) })),
  },
  {
    kind: 'vehicle',
    v4: 'powertrain',
    scope: 'vehicle:engines',
    signals: ['engine.status'],
    say: dated((facts) => ({ status: facts.word('engine.status', words.powertrain) })),
  },
  {
    kind: 'privacy',
    v1: 'privacy',
    v4: 'privacy',
    scope: 'privacy',
    signals: ['reachability.privacy'],
    say: dated((facts) => ({ state: facts.word('reachability.privacy', words.privacy) })),
  },
  {
    kind: 'environment',
    v1: 'environment',
    v4: 'environment',
    scope: 'environment',
    signals: ['climate.daylight', 'climate.outsideTemperature'],
    say: (facts, _generation, createdAt) => environment(facts, 'createdAt' in createdAt),
  },
]

/** A block's words as they stand now, with its own time where `isDated`; undefined when the car tells nothing of it. */
export function sayBlock(block: Block, facts: Facts, generation: Generation, isDated: boolean): unknown {
  const at = facts.at(...block.signals)
  if (at === undefined) return undefined
  return block.say(facts, generation, isDated ? { createdAt: instant(at) } : {})
}

/** Puts a value at a dotted place of a tree. */
export function place(tree: Wire, path: string, value: unknown): void {
  const names = path.split('.')
  const last = names.pop() ?? ''
  let branch = tree
  for (const name of names) {
    branch[name] ??= {}
    branch = branch[name] as Wire
  }
  branch[last] = value
}
