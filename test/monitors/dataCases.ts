/** Operators on every kind of datum, and what must have been before. */
import { ofData, type MonitorCase } from './caseForm'

/** Datum, a value in the middle, one just below, one just above. */
const numbers: readonly [string, string, string, string][] = [
  ['vehicle.odometer', '22000', '21999.9', '22000.1'],
  ['vehicle.engines.thermic.oil.temp', '95', '94', '96'],
  ['vehicle.energy.electric.level', '20', '19.5', '20.5'],
  ['vehicle.energy.electric.autonomy', '100', '99', '101'],
  ['vehicle.energy.fuel.level', '10', '9.9', '10.1'],
  ['vehicle.energy.fuel.autonomy', '80', '79', '81'],
  ['vehicle.autonomy', '300', '299', '301'],
  ['vehicle.kinetic.speed', '130', '129.9', '130.1'],
  ['vehicle.trip.duration', '3600', '3599', '3601'],
  ['vehicle.trip.distance', '50', '49.5', '50.5'],
  ['vehicle.maintenance.daysBeforeMaintenance', '30', '29', '31'],
  ['vehicle.maintenance.mileageBeforeMaintenance', '1000', '999', '1001'],
  ['environment.air.temp', '0', '-0.5', '0.5'],
]

const numberCases = numbers.flatMap(([data, middle, below, above]) => [
  ofData(
    `${data} greater than ${middle}: at ${middle} it is not yet`,
    { data, op: 'greaterThan', value: [middle] },
    [below, middle, above, above, middle, above],
    '..F..F',
  ),
  ofData(
    `${data} lower than ${middle}: at ${middle} it is not yet`,
    { data, op: 'lowerThan', value: [middle] },
    [above, middle, below, below, middle, below],
    '..F..F',
  ),
  ofData(
    `${data} equal to ${middle}`,
    { data, op: 'equalsTo', value: [middle] },
    [below, middle, middle, above, middle],
    '.F..F',
  ),
])

/** Datum, three of its words; the operators it has. */
const words: readonly [string, [string, string, string], string[]][] = [
  ['vehicle.powertrain.status', ['Stopped', 'Starting', 'Running'], ['equalsTo', 'includedIn', 'onChange']],
  ['vehicle.energy.charging.status', ['Disconnected', 'InProgress', 'Finished'], ['equalsTo', 'includedIn', 'onChange']],
  ['vehicle.energy.charging.type', ['No', 'Slow', 'Quick'], ['equalsTo']],
  ['vehicle.trip.state', ['Nominal', 'DataLacking', 'Unfinished'], ['equalsTo', 'includedIn']],
  ['vehicle.safety.beltWarning', ['Normal', 'Omission', 'Normal'], ['equalsTo', 'onChange']],
  [
    'vehicle.safety.autoECallTriggering',
    ['NotDetected', 'Detected', 'ShockDetectionUnabled'],
    ['equalsTo', 'includedIn', 'onChange'],
  ],
  ['privacy.state', ['None', 'Geolocation', 'Full'], ['equalsTo', 'includedIn', 'onChange']],
  ['vehicle.drivingBehavior.mode', ['Normal', 'Sport', 'Eco'], ['equalsTo', 'includedIn', 'onChange']],
  ['vehicle.collision.side', ['Front', 'Rear', 'Left'], ['equalsTo', 'includedIn']],
  ['vehicle.collision.severity', ['Minimal', 'Minor', 'Major'], ['equalsTo', 'includedIn']],
  ['vehicle.alarm.trigger.type', ['NoBreakIn', 'HoodDoorBreakIn', 'VolumetricBreakIn'], ['equalsTo', 'includedIn', 'onChange']],
  ['vehicle.alarm.status.activation', ['Inactive', 'Active', 'Inactive'], ['equalsTo', 'onChange']],
  ['vehicle.energy.charging.plugged', ['false', 'true', 'false'], ['equalsTo', 'onChange']],
  ['vehicle.kinetic.moving', ['false', 'true', 'false'], ['equalsTo']],
  ['stolen.state', ['false', 'true', 'false'], ['equalsTo']],
]

const wordCases = words.flatMap(([data, [first, second, third], operators]) =>
  operators.map((op): MonitorCase => {
    if (op === 'equalsTo')
      return ofData(`${data} becomes ${second}`, { data, op, value: [second] }, [first, second, second, third, second], '.F..F')
    if (op === 'includedIn')
      return ofData(
        `${data} becomes one of ${second} and ${third}, and goes from one to the other`,
        { data, op, value: [second, third] },
        [first, second, third, first, third],
        '.F..F',
      )
    return ofData(`${data} changes`, { data, op }, [first, first, second, second, first], '..F.F')
  }),
)

const alertCases = [
  ofData(
    'an alert comes up among others',
    { data: 'vehicle.alert', op: 'equalsTo', value: ['OilLevelLow'] },
    [[], ['FuelLevelLow'], ['FuelLevelLow', 'OilLevelLow'], ['OilLevelLow'], []],
    '..F..',
  ),
  ofData(
    'an alert comes up again after it went',
    { data: 'vehicle.alert', op: 'equalsTo', value: ['OilLevelLow'] },
    [[], ['OilLevelLow'], [], ['OilLevelLow']],
    '.F.F',
  ),
  ofData(
    'one of several alerts comes up; the second of them while the first is still on is no new firing',
    { data: 'vehicle.alert', op: 'includedIn', value: ['OilLevelLow', 'FuelLevelLow'] },
    [[], ['OilLevelLow'], ['OilLevelLow', 'FuelLevelLow'], ['FuelLevelLow'], [], ['FuelLevelLow']],
    '.F...F',
  ),
  ofData(
    'an alert that nobody asked for fires nothing',
    { data: 'vehicle.alert', op: 'includedIn', value: ['OilLevelLow', 'FuelLevelLow'] },
    [[], ['CoolantLevelLow'], []],
    '...',
  ),
  ofData(
    'any change of the alerts',
    { data: 'vehicle.alert', op: 'onChange' },
    [[], ['OilLevelLow'], ['OilLevelLow'], ['FuelLevelLow']],
    '.F.F',
  ),
]

const finer = [
  ofData(
    'numbers are compared as numbers: 9 is less than 10',
    { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['10'] },
    ['50', '9'],
    '.F',
  ),
  ofData(
    'numbers are compared as numbers: 100 is more than 99',
    { data: 'vehicle.energy.electric.level', op: 'greaterThan', value: ['99'] },
    ['98', '100'],
    '.F',
  ),
  ofData('20.0 equals 20', { data: 'vehicle.energy.electric.level', op: 'equalsTo', value: ['20'] }, ['21', '20.0'], '.F'),
  ofData(
    'below zero: -12 is colder than -5',
    { data: 'environment.air.temp', op: 'lowerThan', value: ['-5'] },
    ['-4', '-12', '-3', '-5.1'],
    '.F.F',
  ),
  ofData(
    'only the first value of equals counts',
    { data: 'privacy.state', op: 'equalsTo', value: ['Full', 'Geolocation'] },
    ['None', 'Geolocation', 'Full'],
    '..F',
  ),
  ofData(
    'only the first value of greater than counts',
    { data: 'vehicle.odometer', op: 'greaterThan', value: ['100', '10'] },
    ['5', '50', '150'],
    '..F',
  ),
  ofData(
    'one value in a list of one',
    { data: 'privacy.state', op: 'includedIn', value: ['Full'] },
    ['None', 'Full', 'Full'],
    '.F.',
  ),
  ofData(
    'two changes one right after the other are two firings',
    { data: 'privacy.state', op: 'onChange' },
    ['None', 'Geolocation', 'Full', 'None'],
    '.FFF',
  ),
  ofData('a first value is no change', { data: 'privacy.state', op: 'onChange' }, ['Full', 'Full'], '..'),
  ofData(
    'a trip that starts: the id changes',
    { data: 'vehicle.trip.start', op: 'onChange' },
    ['trip-1', 'trip-1', 'trip-2'],
    '..F',
  ),
  ofData(
    'a trip that stops: the id changes',
    { data: 'vehicle.trip.stop', op: 'onChange' },
    ['trip-1', 'trip-2', 'trip-2'],
    '.F.',
  ),
  ofData(
    'a condition that holds from the first moment fires at that moment',
    { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] },
    ['15', '14'],
    'F.',
    { ours: true },
  ),
]

export const operatorCases: readonly MonitorCase[] = [...numberCases, ...wordCases, ...alertCases, ...finer]

const charging = 'vehicle.energy.charging.status'
const finishedAfter = (op: string, value: string[]) => ({
  data: charging,
  op: 'equalsTo',
  value: ['Finished'],
  previous: { op, value },
})

/** Datum, before, after, something else: each may have `previous` by the table of the reference. */
const withPrevious: readonly [string, string, string, string][] = [
  ['vehicle.energy.charging.plugged', 'false', 'true', 'true'],
  ['vehicle.kinetic.moving', 'true', 'false', 'false'],
  ['vehicle.safety.beltWarning', 'Normal', 'Omission', 'Omission'],
]

export const previousCases: readonly MonitorCase[] = [
  ofData('finished after charging', finishedAfter('equalsTo', ['InProgress']), ['Disconnected', 'InProgress', 'Finished'], '..F'),
  ofData(
    'finished after something else',
    finishedAfter('equalsTo', ['InProgress']),
    ['InProgress', 'Stopped', 'Finished'],
    '...',
  ),
  ofData('finished, and nobody knows what was before', finishedAfter('equalsTo', ['InProgress']), ['Finished', 'Finished'], '..'),
  ofData(
    'finished after charging, told again and again',
    finishedAfter('equalsTo', ['InProgress']),
    ['InProgress', 'InProgress', 'Finished', 'Finished', 'Finished'],
    '..F..',
  ),
  ofData(
    'it counts again once the condition has become false',
    finishedAfter('equalsTo', ['InProgress']),
    ['InProgress', 'Finished', 'InProgress', 'Finished'],
    '.F.F',
  ),
  ofData(
    'it counts again, and this time it came from elsewhere',
    finishedAfter('equalsTo', ['InProgress']),
    ['InProgress', 'Finished', 'Stopped', 'Finished'],
    '.F..',
  ),
  ofData(
    'one of two that may have been before: the first',
    finishedAfter('includedIn', ['InProgress', 'Stopped']),
    ['Disconnected', 'InProgress', 'Finished'],
    '..F',
  ),
  ofData(
    'one of two that may have been before: the second',
    finishedAfter('includedIn', ['InProgress', 'Stopped']),
    ['InProgress', 'Stopped', 'Finished'],
    '..F',
  ),
  ofData(
    'none of the two that may have been before',
    finishedAfter('includedIn', ['InProgress', 'Stopped']),
    ['Disconnected', 'Failure', 'Finished'],
    '...',
  ),
  ofData(
    'reminders do not ask what was before',
    finishedAfter('equalsTo', ['InProgress']),
    ['InProgress', 'Finished', 'Finished', 'Finished'],
    '.FRR',
    { refresh: 600 },
  ),
  ofData(
    'no reminder where what was before did not fit',
    finishedAfter('equalsTo', ['InProgress']),
    ['Stopped', 'Finished', 'Finished', 'Finished'],
    '....',
    { refresh: 600 },
  ),
  ofData(
    'from one fitting word to another it goes on, whatever was before',
    { data: charging, op: 'includedIn', value: ['Finished', 'Stopped'], previous: { op: 'equalsTo', value: ['InProgress'] } },
    ['InProgress', 'Finished', 'Stopped', 'Stopped'],
    '.F..',
  ),
  ofData(
    'from one fitting word to another it goes on, and reminds',
    { data: charging, op: 'includedIn', value: ['Finished', 'Stopped'], previous: { op: 'equalsTo', value: ['InProgress'] } },
    ['InProgress', 'Finished', 'Stopped', 'Stopped'],
    '.FRR',
    { refresh: 600 },
  ),
  ofData(
    'privacy is switched off entirely: from full to none',
    { data: 'privacy.state', op: 'equalsTo', value: ['None'], previous: { op: 'equalsTo', value: ['Full'] } },
    ['Full', 'None', 'Geolocation', 'None', 'Full', 'None'],
    '.F...F',
  ),
  ofData(
    'an emergency call after its detection was out of order does not count as one after none',
    {
      data: 'vehicle.safety.autoECallTriggering',
      op: 'equalsTo',
      value: ['Detected'],
      previous: { op: 'equalsTo', value: ['NotDetected'] },
    },
    ['ShockDetectionUnabled', 'Detected', 'NotDetected', 'Detected'],
    '...F',
  ),
  ofData(
    'driving mode to sport from eco or normal only',
    {
      data: 'vehicle.drivingBehavior.mode',
      op: 'includedIn',
      value: ['Sport', 'SportPlus'],
      previous: { op: 'includedIn', value: ['Eco', 'Normal'] },
    },
    ['Comfort', 'Sport', 'Eco', 'SportPlus', 'Sport', 'Normal', 'Sport'],
    '...F..F',
  ),
  ...withPrevious.map(([data, before, after]) =>
    ofData(
      `${data}: ${after} after ${before}`,
      { data, op: 'equalsTo', value: [after], previous: { op: 'equalsTo', value: [before] } },
      [before, after, after, before, after],
      '.F..F',
    ),
  ),
  ofData(
    'what was before may be looked at again later: told twice before it changes',
    finishedAfter('equalsTo', ['InProgress']),
    ['Stopped', 'InProgress', 'InProgress', 'Finished'],
    '...F',
  ),
]
