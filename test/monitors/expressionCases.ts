/** How triggers belong together, and reminders. */
import { minutes } from '../../src/clock'
import { caseOf, noon, ofData, type MonitorCase, type WireTrigger } from './caseForm'

/** Up to five conditions that are switched on and off at will. */
const switches: readonly [string, string, string, string][] = [
  ['a', 'vehicle.energy.charging.plugged', 'true', 'false'],
  ['b', 'vehicle.kinetic.moving', 'true', 'false'],
  ['c', 'vehicle.alarm.status.activation', 'Active', 'Inactive'],
  ['d', 'vehicle.safety.beltWarning', 'Omission', 'Normal'],
  ['e', 'stolen.state', 'true', 'false'],
]

/** Each row of `path` says of a, b, c … whether it holds at that moment. */
function switched(boolExp: string, path: string, letters: string, refresh?: number): MonitorCase {
  const rows = path.split(' ')
  const used = switches.slice(0, rows[0]!.length)
  const triggers = used.map(([name, data, on]): WireTrigger => ({ name, data: { data, op: 'equalsTo', value: [on] } }))
  const arrivals = rows.map((row) => ({
    data: Object.fromEntries(used.map(([, data, on, off], index) => [data, row[index] === '1' ? on : off])),
  }))
  return caseOf(`${boolExp} over ${path}`, triggers, boolExp, arrivals, letters, { refresh })
}

const named = (name: string): MonitorCase =>
  caseOf(
    `a trigger named ${name}`,
    [{ name, data: { data: 'vehicle.kinetic.moving', op: 'equalsTo', value: ['true'] } }],
    `(${name})`,
    [{ data: { 'vehicle.kinetic.moving': 'false' } }, { data: { 'vehicle.kinetic.moving': 'true' } }],
    '.F',
  )

export const expressionCases: readonly MonitorCase[] = [
  switched('a', '0 1 1 0 1', '.F..F'),
  switched('(a)', '0 1 0', '.F.'),
  switched('((a))', '0 1 0', '.F.'),
  switched('!a', '1 0 0 1 0', '.F..F'),
  switched('!!a', '0 1 0', '.F.'),
  switched('!(a)', '1 0 1', '.F.'),
  switched('a&b', '00 10 11 01 11', '..F.F'),
  switched('a & b', '00 01 11 11 10 11', '..F..F'),
  switched('  a   &b ', '00 11', '.F'),
  switched('a|b', '00 10 11 01 00 01', '.F...F'),
  switched('a | b', '00 11 00 10 01 00', '.F.F..'),
  switched('a & !b', '00 10 11 10 00', '.F.F.'),
  switched('!a & b', '11 01 00 01', '.F.F'),
  switched('!a & !b', '11 10 00 01 00', '..F.F'),
  switched('!(a & b)', '11 10 01 00 11 00', '.F...F'),
  switched('!(a | b)', '11 10 00 10 00', '..F.F'),
  switched('!a | b', '10 11 01 00 10 00', '.F...F'),
  switched('(a & !b) | (!a & b)', '00 10 11 01 10 00 01', '.F.F..F'),
  switched('(a | b) & c', '000 100 001 101 011 010 111', '...F..F'),
  switched('a & (b | c)', '000 100 110 101 001 111', '..F..F'),
  switched('(a & b) | c', '000 110 001 111 100 110', '.F...F'),
  switched('a | (b & c)', '000 010 011 100 001 011', '..F..F'),
  switched('!(a & (b | c))', '111 100 010 101 011', '.F..F'),
  switched('(a & b) & c', '000 110 111 101 111', '..F.F'),
  switched('a & b & c', '000 110 111 011 111', '..F.F'),
  switched('a | b | c', '000 001 010 100 000 111', '.F...F'),
  switched('(a & b) | (c & d)', '0000 1010 1100 0011 0101 1111', '..F..F'),
  switched('((a | b) & (c | d))', '0000 1000 1010 0110 0101 1100 1001', '..F...F'),
  switched('a & !(b | (c & !d))', '0000 1000 1010 1011 1100 1000', '.F.F.F'),
  switched('(a | b) & (c | d) & e', '00000 10101 10100 01011 11110 11111', '.F.F.F'),
  switched('a & b & c & d & e', '11110 11111 11111 01111 11111', '.F..F'),
  switched('a | b | c | d | e', '00000 00001 00010 00000 10000', '.F..F'),
  switched('!(a | b | c | d | e)', '11111 00001 00000 10000 00000', '..F.F'),
  switched('(!a | !b) & c', '111 101 011 110 001', '.F..F'),
  switched('a & !a | b', '00 10 01 11 10 01', '..F..F'),
  named('t1'),
  named('home_2'),
  named('zone.12'),
  named('low'),
  caseOf(
    'two changes at one moment are one firing',
    [
      { name: 'a', data: { data: 'vehicle.kinetic.moving', op: 'equalsTo', value: ['true'] } },
      { name: 'b', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
    ],
    'a | b',
    [
      { data: { 'vehicle.kinetic.moving': 'false', 'vehicle.energy.electric.level': '50' } },
      { data: { 'vehicle.kinetic.moving': 'true', 'vehicle.energy.electric.level': '10' } },
      { data: { 'vehicle.kinetic.moving': 'false' } },
      { data: { 'vehicle.energy.electric.level': '50' } },
    ],
    '.F..',
  ),
  caseOf(
    'what is not told anew is as it was',
    [
      { name: 'a', data: { data: 'vehicle.energy.charging.plugged', op: 'equalsTo', value: ['false'] } },
      { name: 'b', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
    ],
    'a & b',
    [
      { data: { 'vehicle.energy.charging.plugged': 'true', 'vehicle.energy.electric.level': '50' } },
      { data: { 'vehicle.energy.charging.plugged': 'false' } },
      { data: { 'vehicle.energy.electric.level': '15' } },
      { data: { 'environment.air.temp': '3' } },
      { data: { 'vehicle.energy.charging.plugged': 'true' } },
      { data: { 'vehicle.energy.charging.plugged': 'false' } },
    ],
    '..F..F',
  ),
  caseOf(
    'a change counts only while the other condition holds',
    [
      { name: 'a', data: { data: 'vehicle.doorsState.opening', op: 'onChange' } },
      { name: 'b', data: { data: 'vehicle.alarm.status.activation', op: 'equalsTo', value: ['Active'] } },
    ],
    'a & b',
    [
      { data: { 'vehicle.doorsState.opening': 'closed', 'vehicle.alarm.status.activation': 'Inactive' } },
      { data: { 'vehicle.doorsState.opening': 'driver' } },
      { data: { 'vehicle.doorsState.opening': 'closed' } },
      { data: { 'vehicle.alarm.status.activation': 'Active' } },
      { data: { 'vehicle.doorsState.opening': 'trunk' } },
      { data: { 'environment.air.temp': '3' } },
      { data: { 'vehicle.doorsState.opening': 'closed' } },
    ],
    '....F.F',
  ),
  caseOf(
    'one datum between two bounds',
    [
      { name: 'low', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['40'] } },
      { name: 'very.1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['10'] } },
    ],
    'low & !very.1',
    ['50', '39', '11', '9', '12', '80'].map((level) => ({ data: { 'vehicle.energy.electric.level': level } })),
    '.F..F.',
  ),
  caseOf(
    'what was never told is not taken as false',
    [
      { name: 'a', data: { data: 'vehicle.energy.charging.plugged', op: 'equalsTo', value: ['true'] } },
      { name: 'b', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
    ],
    'b & !a',
    [
      { data: { 'vehicle.energy.electric.level': '50' } },
      { data: { 'vehicle.energy.electric.level': '10' } },
      { data: { 'vehicle.energy.charging.plugged': 'false' } },
    ],
    '..F',
    { ours: true },
  ),
]

const low = { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] }

/** The level at each minute. */
const levelsAt = (title: string, refresh: number | undefined, told: readonly [number, string][], letters: string): MonitorCase =>
  caseOf(
    title,
    [{ name: 't1', data: low }],
    't1',
    told.map(([minute, level]) => ({ at: noon + minutes(minute), data: { 'vehicle.energy.electric.level': level } })),
    letters,
    { refresh },
  )

export const reminderCases: readonly MonitorCase[] = [
  levelsAt(
    'no reminders where none were asked for',
    undefined,
    [
      [0, '50'],
      [1, '19'],
      [600, '18'],
      [6000, '17'],
    ],
    '.F..',
  ),
  levelsAt(
    'not sooner than asked for',
    3600,
    [
      [0, '50'],
      [1, '19'],
      [30, '19'],
      [60, '18'],
      [61, '18'],
    ],
    '.F..R',
  ),
  levelsAt(
    'at exactly the time asked for',
    60,
    [
      [0, '50'],
      [1, '19'],
      [2, '19'],
    ],
    '.FR',
  ),
  levelsAt(
    'later where the car is silent',
    60,
    [
      [0, '50'],
      [1, '19'],
      [500, '19'],
      [500.5, '19'],
      [501, '19'],
    ],
    '.FR.R',
  ),
  levelsAt(
    'counted from the last reminder',
    600,
    [
      [0, '50'],
      [0, '19'],
      [15, '19'],
      [20, '19'],
      [25, '19'],
      [36, '19'],
    ],
    '.FR.RR',
  ),
  levelsAt(
    'none while it is false',
    60,
    [
      [0, '50'],
      [1, '19'],
      [2, '50'],
      [10, '50'],
      [11, '19'],
      [12, '18'],
    ],
    '.F..FR',
  ),
  levelsAt(
    'false in between starts anew',
    3600,
    [
      [0, '50'],
      [1, '19'],
      [30, '25'],
      [40, '19'],
      [70, '19'],
      [100, '19'],
    ],
    '.F.F.R',
  ),
  levelsAt(
    'a day of hourly reminders',
    3600,
    [
      [0, '50'],
      [0, '19'],
      [60, '19'],
      [120, '18'],
      [180, '18'],
      [240, '17'],
    ],
    '.FRRRR',
  ),
  levelsAt(
    'a week',
    604_800,
    [
      [0, '50'],
      [1, '19'],
      [10_080, '19'],
      [10_081, '18'],
    ],
    '.F.R',
  ),
  levelsAt(
    'facts that say the same',
    300,
    [
      [0, '50'],
      [1, '19'],
      [3, '19'],
      [6, '19'],
      [8, '19'],
      [11, '19'],
    ],
    '.F.R.R',
  ),
  ofData(
    'of a word',
    { data: 'privacy.state', op: 'equalsTo', value: ['Full'] },
    ['None', 'Full', 'Full', 'None', 'None'],
    '.FR..',
    {
      refresh: 600,
    },
  ),
  ofData(
    'of a list of alerts',
    { data: 'vehicle.alert', op: 'equalsTo', value: ['OilLevelLow'] },
    [[], ['OilLevelLow'], ['OilLevelLow'], []],
    '.FR.',
    {
      refresh: 600,
    },
  ),
  ofData(
    'a change does not last, so nothing reminds of it',
    { data: 'privacy.state', op: 'onChange' },
    ['None', 'Full', 'Full', 'Full'],
    '.F..',
    {
      refresh: 60,
    },
  ),
  switched('a & b', '00 11 11 10 11 11', '.FR.FR', 600),
  switched('a | b', '00 10 01 11 00 01', '.FRR.F', 600),
  switched('!a', '1 0 0 1 0 0', '.FR.FR', 600),
  switched('a & !b', '00 11 10 10 11', '..FR.', 600),
  caseOf(
    'other data that arrives brings the reminder too',
    [{ name: 't1', data: low }],
    't1',
    [
      { data: { 'vehicle.energy.electric.level': '50' } },
      { data: { 'vehicle.energy.electric.level': '15' } },
      { data: { 'environment.air.temp': '3' } },
    ],
    '.FR',
    { refresh: 600 },
  ),
]
