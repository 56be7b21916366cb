import { alertTypes } from '../alertTypes'
import type { Generation } from '../listing'
import * as words from '../words'

export interface Operand {
  /** What a value looks like; absent = there are no values, only changes. */
  value?: 'number' | 'text' | readonly string[]
  operators: readonly string[]
  /** v4's operators, where they differ; empty = v4 does not know it. */
  v4?: readonly string[]
  /** Operators that `previous` may have; absent = it may have none. */
  previous?: readonly string[]
  previousV4?: readonly string[]
  /** Scope that the data needs. */
  scope: string
}

const compare = ['equalsTo', 'greaterThan', 'lowerThan']
const choose = ['equalsTo', 'includedIn', 'onChange']
const both = ['equalsTo', 'includedIn']
const truth = ['true', 'false'] as const
const list = (table: words.Words) => Object.values(table)

const telemetry = (branch: string) => `data:telemetry:${branch}`
const energies = telemetry('vehicle:energies')
const number = (scope: string, v4?: readonly string[]): Operand => ({
  value: 'number',
  operators: compare,
  scope,
  ...(v4 ? { v4 } : {}),
})

/** What a data trigger can look at. Stellantis: table of data, and the list of `previous` */
export const operands: Readonly<Record<string, Operand>> = {
  'vehicle.alert': {
    value: [...new Set([...alertTypes.v1, ...alertTypes.v4])],
    operators: choose,
    previous: both,
    scope: telemetry('vehicle:alert'),
  },
  'vehicle.odometer': number(telemetry('vehicle:odometer')),
  'vehicle.powertrain.status': {
    value: ['NotRunning', ...list(words.powertrain)],
    operators: choose,
    scope: telemetry('vehicle:engines'),
  },
  'vehicle.engines.thermic.oil.temp': number(telemetry('vehicle:engines')),
  'vehicle.energy.electric.level': number(energies),
  'vehicle.energy.electric.autonomy': number(energies),
  'vehicle.energy.fuel.level': number(energies),
  'vehicle.energy.fuel.autonomy': number(energies),
  'vehicle.autonomy': number(energies),
  'vehicle.energy.charging.status': {
    value: ['Disconnected', 'InProgress', 'Failure', 'Stopped', 'Finished'],
    operators: choose,
    previous: both,
    scope: energies,
  },
  'vehicle.energy.charging.settings.chargePreferenceRate': {
    value: words.chargeRates,
    operators: ['onChange'],
    v4: [],
    scope: energies,
  },
  'vehicle.energy.charging.plugged': {
    value: truth,
    operators: ['onChange', 'equalsTo'],
    previous: ['equalsTo'],
    scope: energies,
  },
  'vehicle.energy.charging.type': {
    value: list(words.chargingMode),
    operators: ['equalsTo'],
    v4: ['equalsTo', 'onChange'],
    scope: energies,
  },
  'vehicle.doorsState.lockedState': { operators: ['onChange'], scope: telemetry('vehicle:doorsState') },
  'vehicle.doorsState.opening': { operators: ['onChange'], scope: telemetry('vehicle:doorsState') },
  'vehicle.kinetic.moving': {
    value: truth,
    operators: ['equalsTo'],
    v4: ['equalsTo', 'onChange'],
    previous: ['equalsTo'],
    scope: telemetry('vehicle:kinetic'),
  },
  'vehicle.kinetic.speed': number(telemetry('vehicle:kinetic')),
  // In the enumeration and without a row: taken as a change.
  'vehicle.trip': { operators: ['onChange'], v4: [], scope: 'data:trip' },
  'vehicle.trip.start': { value: 'text', operators: ['onChange'], scope: 'data:trip' },
  'vehicle.trip.stop': { value: 'text', operators: ['onChange'], scope: 'data:trip' },
  'vehicle.trip.duration': number('data:trip'),
  'vehicle.trip.distance': number('data:trip'),
  'vehicle.trip.state': {
    value: ['Nominal', 'Unstarted', 'DataLacking', 'Unfinished'],
    operators: both,
    v4: ['includedIn'],
    scope: 'data:trip',
  },
  'vehicle.maintenance.daysBeforeMaintenance': number(telemetry('vehicle:maintenance'), []),
  'vehicle.maintenance.mileageBeforeMaintenance': number(telemetry('vehicle:maintenance'), []),
  'vehicle.safety.beltWarning': {
    value: list(words.belt),
    operators: ['equalsTo', 'onChange'],
    previous: ['equalsTo'],
    previousV4: both,
    scope: telemetry('vehicle:safety'),
  },
  'vehicle.safety.autoECallTriggering': {
    value: list(words.eCall),
    operators: choose,
    previous: both,
    scope: telemetry('vehicle:safety'),
  },
  'environment.air.temp': number(telemetry('environment')),
  'privacy.state': { value: list(words.privacy), operators: choose, previous: both, scope: telemetry('privacy') },
  'vehicle.drivingBehavior.mode': {
    value: list(words.drivingMode),
    operators: choose,
    previous: both,
    scope: telemetry('vehicle:drivingBehavior'),
  },
  'vehicle.collision.side': { value: list(words.collisionSide), operators: both, v4: [], scope: 'data:collision' },
  'vehicle.collision.severity': { value: list(words.collisionSeverity), operators: both, v4: [], scope: 'data:collision' },
  'vehicle.preconditioning.airConditioning': { operators: ['onChange'], scope: telemetry('vehicle:preconditioning') },
  'vehicle.alarm.trigger.type': { value: list(words.breakIn), operators: choose, scope: telemetry('vehicle:alarm') },
  'vehicle.alarm.status.activation': {
    value: list(words.alarm),
    operators: ['equalsTo', 'onChange'],
    scope: telemetry('vehicle:alarm'),
  },
  'stolen.state': { value: truth, operators: ['equalsTo'], v4: [], scope: telemetry('vehicle') },
}

export function operatorsOf(data: string, generation: Generation): readonly string[] {
  const operand = Object.hasOwn(operands, data) ? operands[data] : undefined
  return (generation === 'v4' ? (operand?.v4 ?? operand?.operators) : operand?.operators) ?? []
}
