/** Stellantis: the table of everything that a monitor can watch. */
import type { SignalId } from '../../vehicle/signals'
import { alertCodesOfBoth, alertCodesOfV1, alertCodesOfV4 } from './alertCodes'
import type { Generation } from './settings'
import * as words from './words'

export type Operator = 'equalsTo' | 'greaterThan' | 'lowerThan' | 'includedIn' | 'onChange'
export type PreviousOperator = 'equalsTo' | 'includedIn'

export type WordTable = Readonly<Record<string, string>>

/** Values are texts on the wire, whatever they are. */
export type OperandValue =
  | { kind: 'number'; unit: string; integer?: true; factor?: Readonly<Partial<Record<Generation, number>>> }
  /** Each word as the cloud spells it → ours. */
  | { kind: 'word'; words: Readonly<Record<Generation, WordTable>> }
  | { kind: 'boolean' }
  /** Such as the id of a trip. */
  | { kind: 'text' }
  /** It only changes; what it is now stands in an extension or has to be read. */
  | { kind: 'none' }

export interface Operand {
  label: string
  value: OperandValue
  /**
   * `value`: its value is that of the one signal · `member`: one item or member of it · `change`: something of these
   * signals changed · `nothing`: no signal of ours holds it.
   */
  tells: 'value' | 'member' | 'change' | 'nothing'
  signals: readonly SignalId[]
  /** What a trigger may ask; a generation that is missing does not have the operand. */
  operators: Readonly<Partial<Record<Generation, readonly Operator[]>>>
  /** What `previous` may ask; absent: none allowed. */
  previous?: Readonly<Record<Generation, readonly PreviousOperator[]>>
  /** Stands only in `previous`. */
  onlyPrevious?: true
}

const compared: readonly Operator[] = ['equalsTo', 'greaterThan', 'lowerThan']
const chosen: readonly Operator[] = ['equalsTo', 'includedIn', 'onChange']
const equalOrChange: readonly Operator[] = ['equalsTo', 'onChange']
const equalOrIn: readonly PreviousOperator[] = ['equalsTo', 'includedIn']
const equal: readonly PreviousOperator[] = ['equalsTo']
const change: readonly Operator[] = ['onChange']

const inBoth = (ops: readonly Operator[]) => ({ v1: ops, v4: ops })
const beforeInBoth = (ops: readonly PreviousOperator[]) => ({ v1: ops, v4: ops })

const numeric = (label: string, unit: string, signal: SignalId, more: { integer?: true; v1Only?: true } = {}): Operand => ({
  label,
  value: { kind: 'number', unit, ...(more.integer ? { integer: true } : {}) },
  tells: 'value',
  signals: [signal],
  operators: more.v1Only ? { v1: compared } : inBoth(compared),
})

const word = (both: WordTable): OperandValue => ({ kind: 'word', words: { v1: both, v4: both } })

/** v4 lacks some words of v1. */
const wordWithout = (v1: WordTable, ...lacking: string[]): OperandValue => ({
  kind: 'word',
  words: { v1, v4: Object.fromEntries(Object.entries(v1).filter(([wire]) => !lacking.includes(wire))) },
})

const locks = ['central', 'superLocked', 'driver', 'passenger', 'cabin', 'rear', 'cargo', 'tailgate'] as const
const doors = ['frontLeft', 'frontRight', 'rearLeft', 'rearRight', 'hood', 'tailgate'] as const

// Stellantis: the enumeration of `data` and the table of operators in both documents.
export const table = {
  'vehicle.alert': {
    label: 'Alert',
    value: {
      kind: 'word',
      words: { v1: { ...alertCodesOfBoth, ...alertCodesOfV1 }, v4: { ...alertCodesOfBoth, ...alertCodesOfV4 } },
    },
    tells: 'member',
    signals: ['alerts.active'],
    operators: inBoth(['includedIn', 'equalsTo', 'onChange']),
    previous: beforeInBoth(equalOrIn),
  },
  'vehicle.odometer': numeric('Odometer', 'km', 'vehicle.odometer'),
  'vehicle.powertrain.status': {
    label: 'Engine',
    value: word(words.engineStatus),
    tells: 'value',
    signals: ['engine.status'],
    operators: inBoth(chosen),
  },
  'vehicle.engines.running': {
    label: 'Engine running',
    value: word(words.engineRunning),
    tells: 'value',
    signals: ['engine.status'],
    operators: inBoth([]),
    previous: beforeInBoth(equal),
    onlyPrevious: true,
  },
  'vehicle.engines.thermic.oil.temp': numeric('Oil temperature', '°C', 'engine.oilTemperature', { integer: true }),
  'vehicle.energy.electric.level': numeric('State of charge', '%', 'battery.stateOfCharge'),
  'vehicle.energy.electric.autonomy': numeric('Electric range', 'km', 'battery.range', { integer: true }),
  'vehicle.energy.fuel.level': numeric('Fuel level', '%', 'fuel.level'),
  'vehicle.energy.fuel.autonomy': numeric('Fuel range', 'km', 'fuel.range'),
  'vehicle.autonomy': numeric('Range of all energies', 'km', 'vehicle.range'),
  'vehicle.energy.charging.status': {
    label: 'Charging status',
    value: word(words.chargingStatus),
    tells: 'value',
    signals: ['charging.status'],
    operators: inBoth(chosen),
    previous: beforeInBoth(equalOrIn),
  },
  // Stellantis v1: in the table of the text, missing from the enumeration.
  'vehicle.energy.charging.settings.chargePreferenceRate': {
    label: 'Charging power level',
    value: word(words.preferenceRate),
    tells: 'value',
    signals: ['charging.powerLevel'],
    operators: { v1: change },
  },
  'vehicle.energy.charging.plugged': {
    label: 'Charging cable',
    value: word(words.plugged),
    tells: 'value',
    signals: ['charging.connection'],
    operators: inBoth(['onChange', 'equalsTo']),
    previous: beforeInBoth(equal),
  },
  // Stellantis: the operand is called type, its value is the charging mode.
  'vehicle.energy.charging.type': {
    label: 'Charging mode',
    value: word(words.chargingMode),
    tells: 'value',
    signals: ['charging.mode'],
    operators: { v1: ['equalsTo'], v4: equalOrChange },
  },
  'vehicle.doorsState.lockedState': {
    label: 'Locks',
    value: { kind: 'none' },
    tells: 'change',
    signals: locks.map((key) => `lock.${key}` as const),
    operators: inBoth(change),
  },
  'vehicle.doorsState.opening': {
    label: 'Doors and windows',
    value: { kind: 'none' },
    tells: 'change',
    signals: [...doors.map((key) => `doors.${key}` as const), 'windows.rear', 'windows.sunroof'],
    operators: inBoth(change),
  },
  'vehicle.kinetic.moving': {
    label: 'Moving',
    value: { kind: 'boolean' },
    tells: 'value',
    signals: ['vehicle.moving'],
    operators: { v1: ['equalsTo'], v4: equalOrChange },
    previous: beforeInBoth(equal),
  },
  'vehicle.kinetic.speed': {
    label: 'Speed',
    // Stellantis v1: metres per second by its document, as in the telemetry; v4: kilometres per hour.
    value: { kind: 'number', unit: 'km/h', factor: { v1: 3.6 } },
    tells: 'value',
    signals: ['vehicle.speed'],
    operators: inBoth(compared),
  },
  // Stellantis v1: in the enumeration, without a row in the table of operators.
  'vehicle.trip': { label: 'Trip', value: { kind: 'none' }, tells: 'nothing', signals: [], operators: { v1: change } },
  'vehicle.trip.start': {
    label: 'Trip started',
    value: { kind: 'text' },
    tells: 'nothing',
    signals: [],
    operators: inBoth(change),
  },
  'vehicle.trip.stop': { label: 'Trip ended', value: { kind: 'text' }, tells: 'nothing', signals: [], operators: inBoth(change) },
  'vehicle.trip.duration': {
    label: 'Duration of the trip',
    value: { kind: 'number', unit: 's' },
    tells: 'nothing',
    signals: [],
    operators: inBoth(compared),
  },
  'vehicle.trip.distance': {
    label: 'Distance of the trip',
    value: { kind: 'number', unit: 'km' },
    tells: 'nothing',
    signals: [],
    operators: inBoth(compared),
  },
  'vehicle.trip.state': {
    label: 'State of the trip',
    value: word(words.tripState),
    tells: 'nothing',
    signals: [],
    operators: { v1: equalOrIn, v4: ['includedIn'] },
  },
  'vehicle.maintenance.daysBeforeMaintenance': numeric('Days to service', 'days', 'service.time', { v1Only: true }),
  'vehicle.maintenance.mileageBeforeMaintenance': numeric('Distance to service', 'km', 'service.distance', { v1Only: true }),
  'vehicle.safety.beltWarning': {
    label: 'Seat belt',
    value: word(words.belt),
    tells: 'value',
    signals: ['safety.beltDriver'],
    operators: inBoth(equalOrChange),
    previous: { v1: equal, v4: equalOrIn },
  },
  'vehicle.safety.autoECallTriggering': {
    label: 'Emergency call',
    value: word(words.eCall),
    tells: 'value',
    signals: ['safety.eCall'],
    operators: inBoth(chosen),
    previous: beforeInBoth(equalOrIn),
  },
  'environment.air.temp': numeric('Outside temperature', '°C', 'climate.outsideTemperature'),
  'privacy.state': {
    label: 'Privacy',
    value: word(words.privacy),
    tells: 'value',
    signals: ['reachability.privacy'],
    operators: inBoth(chosen),
    previous: beforeInBoth(equalOrIn),
  },
  'vehicle.drivingBehavior.mode': {
    label: 'Driving mode',
    value: wordWithout(words.drivingMode, 'City', 'SportPlus', 'OffRoad', 'Race'),
    tells: 'value',
    signals: ['vehicle.drivingMode'],
    operators: inBoth(chosen),
    previous: beforeInBoth(equalOrIn),
  },
  'vehicle.collision.side': {
    label: 'Side of a collision',
    value: word(words.collisionSide),
    tells: 'member',
    signals: ['alerts.collision'],
    operators: { v1: equalOrIn },
  },
  'vehicle.collision.severity': {
    label: 'Severity of a collision',
    value: word(words.collisionSeverity),
    tells: 'member',
    signals: ['alerts.collision'],
    operators: { v1: equalOrIn },
  },
  'vehicle.preconditioning.airConditioning': {
    label: 'Climate',
    value: { kind: 'none' },
    tells: 'change',
    signals: ['climate.status', 'climate.cause', 'climate.startedBy', 'climate.programs'],
    operators: inBoth(change),
  },
  'vehicle.alarm.trigger.type': {
    label: 'Alarm trigger',
    value: wordWithout(
      words.alarmTrigger,
      'VehiclePositionChanged',
      'GlassBreached',
      'BatteryDisconnect',
      'OverAccelerationThreshold',
      'VehicleAlarmSystem',
    ),
    tells: 'value',
    signals: ['alerts.alarmTrigger'],
    operators: inBoth(chosen),
  },
  'vehicle.alarm.status.activation': {
    label: 'Alarm',
    value: word(words.alarmStatus),
    tells: 'value',
    signals: ['alerts.alarm'],
    operators: inBoth(equalOrChange),
  },
  'stolen.state': {
    label: 'Reported stolen',
    value: { kind: 'boolean' },
    tells: 'value',
    signals: ['alerts.stolen'],
    operators: { v1: ['equalsTo'] },
  },
} satisfies Record<string, Operand>
