/** Times: days, weeks, zones, midnight, and the nights in which clocks are changed. */
import { caseOf, type MonitorCase, type WireTrigger } from './caseForm'

type Times = NonNullable<WireTrigger['time']>

/** Moments, each with the car in use, unless they end with ` parked`. */
const drive = (
  title: string,
  time: Times,
  moments: readonly string[],
  letters: string,
  rest?: { refresh?: number; ours?: true },
): MonitorCase => caseOf(title, [{ name: 't1', time }], 't1', moments.map(driven), letters, rest)

function driven(moment: string) {
  const [instant = '', parked] = moment.split(' ')
  return { at: Date.parse(instant), moving: parked === undefined }
}

const daily = (
  start: string,
  duration: string,
  timeZone: string | undefined,
  occurrence?: { day?: string[]; week?: string[] },
): Times => ({
  times: [{ recurrence: 'Daily', start, duration, ...(occurrence && { occurrence }) }],
  ...(timeZone && { timeZone }),
})

const paris = 'Europe/Paris'
const once = (start: string, duration?: string): Times => ({
  times: [{ recurrence: 'None', start, ...(duration && { duration }) }],
  timeZone: paris,
})

const d = (day: string, time: string) => `2026-${day}T${time}Z`

export const timeCases: readonly MonitorCase[] = [
  // Each day. Paris is one hour ahead of UTC in winter, two in summer.
  drive(
    'each evening in Paris, winter',
    daily('PT22H', 'PT1H', paris),
    [d('01-12', '20:59:00'), d('01-12', '21:00:00'), d('01-12', '21:59:59'), d('01-12', '22:00:00'), d('01-13', '21:30:00')],
    '.F..F',
  ),
  drive(
    'each evening in Paris, summer',
    daily('PT22H', 'PT1H', paris),
    [d('07-12', '19:59:00'), d('07-12', '20:00:00'), d('07-12', '21:00:00'), d('07-13', '20:30:00')],
    '.F.F',
  ),
  drive(
    'Paris is meant where no zone is named',
    daily('PT22H', 'PT1H', undefined),
    [d('07-12', '19:59:00'), d('07-12', '20:00:00')],
    '.F',
  ),
  drive(
    'New York',
    daily('PT8H', 'PT30M', 'America/New_York'),
    [d('01-12', '12:59:00'), d('01-12', '13:00:00'), d('01-12', '13:30:00')],
    '.F.',
  ),
  drive(
    'Tokyo',
    daily('PT8H', 'PT30M', 'Asia/Tokyo'),
    [d('01-11', '22:59:00'), d('01-11', '23:00:00'), d('01-11', '23:30:00')],
    '.F.',
  ),
  drive(
    'a zone with half an hour: Kolkata',
    daily('PT8H', 'PT30M', 'Asia/Kolkata'),
    [d('01-12', '02:29:00'), d('01-12', '02:30:00'), d('01-12', '03:00:00')],
    '.F.',
  ),
  drive(
    'a zone with three quarters: Kathmandu',
    daily('PT8H', 'PT15M', 'Asia/Kathmandu'),
    [d('01-12', '02:14:00'), d('01-12', '02:15:00'), d('01-12', '02:30:00')],
    '.F.',
  ),
  drive('UTC', daily('PT0H', 'PT1H', 'UTC'), [d('01-11', '23:59:59'), d('01-12', '00:00:00'), d('01-12', '01:00:00')], '.F.'),
  drive(
    'hours, minutes and seconds',
    daily('PT7H30M', 'PT1H15M30S', 'UTC'),
    [d('01-12', '07:29:59'), d('01-12', '07:30:00'), d('01-12', '08:45:29'), d('01-12', '08:45:30')],
    '.F..',
  ),
  drive(
    'minutes only',
    daily('PT450M', 'PT90M', 'UTC'),
    [d('01-12', '07:29:00'), d('01-12', '07:30:00'), d('01-12', '09:00:00')],
    '.F.',
    { ours: true },
  ),
  drive(
    'the last minute of the day',
    daily('PT23H59M', 'PT1M', 'UTC'),
    [d('01-12', '23:58:00'), d('01-12', '23:59:30'), d('01-13', '00:00:00')],
    '.F.',
  ),
  drive(
    'two intervals in a day',
    {
      times: [
        { recurrence: 'Daily', start: 'PT7H', duration: 'PT1H' },
        { recurrence: 'Daily', start: 'PT17H', duration: 'PT1H' },
      ],
      timeZone: 'UTC',
    },
    [d('01-12', '06:00:00'), d('01-12', '07:30:00'), d('01-12', '12:00:00'), d('01-12', '17:30:00'), d('01-12', '19:00:00')],
    '.F.F.',
  ),
  drive(
    'each day is meant where nothing is said',
    { times: [{ start: 'PT7H', duration: 'PT1H' }], timeZone: 'UTC' },
    [d('01-12', '06:00:00'), d('01-12', '07:30:00'), d('01-12', '08:30:00'), d('01-13', '07:30:00')],
    '.F.F',
  ),

  // The car must be in use.
  drive(
    'a parked car does not count',
    daily('PT22H', 'PT1H', 'UTC'),
    [d('01-12', '21:00:00'), `${d('01-12', '22:10:00')} parked`, d('01-12', '22:20:00')],
    '..F',
  ),
  drive(
    'parking inside the interval and going on',
    daily('PT22H', 'PT1H', 'UTC'),
    [d('01-12', '21:00:00'), d('01-12', '22:10:00'), `${d('01-12', '22:20:00')} parked`, d('01-12', '22:30:00')],
    '.F.F',
  ),
  drive(
    'already on the way when it begins',
    daily('PT22H', 'PT1H', 'UTC'),
    [d('01-12', '21:50:00'), d('01-12', '22:05:00'), d('01-12', '22:15:00')],
    '.F.',
  ),
  drive(
    'reminders while it drives inside the interval',
    daily('PT22H', 'PT1H', 'UTC'),
    [d('01-12', '21:50:00'), d('01-12', '22:05:00'), d('01-12', '22:10:00'), d('01-12', '22:20:00'), d('01-12', '23:05:00')],
    '.F.R.',
    { refresh: 900 },
  ),

  // Across midnight.
  drive(
    'across midnight',
    daily('PT22H', 'PT8H', 'UTC'),
    [
      d('01-12', '21:59:00'),
      d('01-12', '22:00:00'),
      d('01-13', '00:00:00'),
      d('01-13', '05:59:59'),
      d('01-13', '06:00:00'),
      d('01-13', '23:00:00'),
    ],
    '.F...F',
  ),
  drive(
    'after midnight, seen for the first time',
    daily('PT22H', 'PT8H', 'UTC'),
    [d('01-12', '12:00:00'), d('01-13', '03:00:00'), d('01-13', '07:00:00')],
    '.F.',
  ),
  drive(
    'across midnight in Paris',
    daily('PT23H', 'PT2H', paris),
    [d('01-12', '21:59:00'), d('01-12', '23:30:00'), d('01-13', '00:00:00')],
    '.F.',
  ),
  drive(
    'across the turn of the year',
    daily('PT23H', 'PT2H', 'UTC'),
    ['2025-12-31T22:00:00Z', '2026-01-01T00:30:00Z', '2026-01-01T01:00:00Z'],
    '.F.',
  ),
  drive(
    'across the end of February',
    daily('PT23H', 'PT2H', 'UTC'),
    [d('02-28', '22:00:00'), d('03-01', '00:30:00'), d('03-01', '01:00:00')],
    '.F.',
  ),
  drive(
    'a whole day',
    daily('PT6H', 'PT24H', 'UTC', { day: ['Mon'] }),
    [d('01-12', '05:59:00'), d('01-12', '06:00:00'), d('01-13', '05:59:00'), d('01-13', '06:00:00')],
    '.F..',
  ),
  drive(
    'two days in one go',
    daily('PT0H', 'PT48H', 'UTC', { day: ['Sat'] }),
    [d('01-16', '23:00:00'), d('01-17', '00:00:00'), d('01-18', '23:59:00'), d('01-19', '00:00:00')],
    '.F..',
  ),
  drive(
    'a day written as a day',
    daily('PT0H', 'P1D', 'UTC', { day: ['Sat'] }),
    [d('01-16', '23:00:00'), d('01-17', '12:00:00'), d('01-18', '00:00:00')],
    '.F.',
  ),

  // Days and weeks are those on which an interval begins. 12 January 2026 is a Monday.
  drive(
    'on Mondays',
    daily('PT8H', 'PT1H', 'UTC', { day: ['Mon'] }),
    [d('01-11', '08:30:00'), d('01-12', '08:30:00'), d('01-13', '08:30:00'), d('01-19', '08:30:00')],
    '.F.F',
  ),
  drive(
    'on working days',
    daily('PT8H', 'PT1H', 'UTC', { day: ['Mon', 'Tue', 'Wed', 'Thu', 'Fri'] }),
    [
      d('01-10', '08:30:00'),
      d('01-11', '08:30:00'),
      d('01-12', '08:30:00'),
      d('01-12', '12:00:00'),
      d('01-16', '08:30:00'),
      d('01-17', '08:30:00'),
    ],
    '..F.F.',
  ),
  drive(
    'at the weekend',
    daily('PT8H', 'PT1H', 'UTC', { day: ['Sat', 'Sun'] }),
    [d('01-16', '08:30:00'), d('01-17', '08:30:00'), d('01-17', '10:00:00'), d('01-18', '08:30:00')],
    '.F.F',
  ),
  drive(
    'the night of Friday goes into Saturday',
    daily('PT22H', 'PT8H', 'UTC', { day: ['Fri'] }),
    [d('01-16', '03:00:00'), d('01-17', '03:00:00'), d('01-17', '22:30:00'), d('01-18', '03:00:00')],
    '.F..',
  ),
  drive(
    'the day of the zone, not of UTC',
    daily('PT0H30M', 'PT1H', 'Asia/Tokyo', { day: ['Tue'] }),
    [d('01-12', '15:00:00'), d('01-12', '15:30:00'), d('01-12', '16:30:00'), d('01-13', '15:30:00')],
    '.F..',
  ),
  drive(
    'the day of the zone behind UTC',
    daily('PT20H', 'PT1H', 'America/Los_Angeles', { day: ['Sun'] }),
    [d('01-12', '03:59:00'), d('01-12', '04:00:00'), d('01-13', '04:00:00')],
    '.F.',
  ),
  drive(
    'in one week of the year',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w3'] }),
    [d('01-11', '08:30:00'), d('01-12', '08:30:00'), d('01-12', '10:00:00'), d('01-18', '08:30:00'), d('01-19', '08:30:00')],
    '.F.F.',
  ),
  drive(
    'in a range of weeks',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w10-w12'] }),
    [d('03-01', '08:30:00'), d('03-02', '08:30:00'), d('03-02', '12:00:00'), d('03-22', '08:30:00'), d('03-23', '08:30:00')],
    '.F.F.',
  ),
  drive(
    'in ranges and single weeks',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w1-w2', 'w5'] }),
    [d('01-11', '08:30:00'), d('01-12', '08:30:00'), d('01-26', '08:30:00'), d('02-02', '08:30:00')],
    'F.F.',
    { ours: true },
  ),
  drive(
    'days and weeks together',
    daily('PT8H', 'PT1H', 'UTC', { day: ['Wed'], week: ['w3'] }),
    [d('01-13', '08:30:00'), d('01-14', '08:30:00'), d('01-15', '08:30:00'), d('01-21', '08:30:00')],
    '.F..',
  ),
  drive(
    'the first week may begin in December',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w1'] }),
    ['2025-12-28T08:30:00Z', '2025-12-29T08:30:00Z', '2025-12-29T12:00:00Z', '2026-01-04T08:30:00Z', '2026-01-05T08:30:00Z'],
    '.F.F.',
  ),
  drive(
    'a week 53 that goes into January',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w53'] }),
    ['2026-12-27T08:30:00Z', '2026-12-28T08:30:00Z', '2026-12-28T12:00:00Z', '2027-01-03T08:30:00Z', '2027-01-04T08:30:00Z'],
    '.F.F.',
  ),
  drive(
    'weeks over the turn of the year',
    daily('PT8H', 'PT1H', 'UTC', { week: ['w52-w2'] }),
    ['2025-12-21T08:30:00Z', '2025-12-22T08:30:00Z', '2025-12-22T12:00:00Z', '2026-01-06T08:30:00Z', '2026-01-12T08:30:00Z'],
    '.F.F.',
    { ours: true },
  ),
  drive(
    'the week of the day on which it begins',
    daily('PT22H', 'PT8H', 'UTC', { week: ['w3'] }),
    [d('01-12', '03:00:00'), d('01-19', '03:00:00'), d('01-19', '22:30:00')],
    '.F.',
  ),

  // Spring: on 29 March 2026 Paris goes from 02:00 to 03:00, at 01:00 UTC.
  drive(
    'spring: the evening before and the evening after',
    daily('PT22H', 'PT1H', paris),
    [
      d('03-28', '20:59:00'),
      d('03-28', '21:00:00'),
      d('03-28', '22:00:00'),
      d('03-29', '19:59:00'),
      d('03-29', '20:00:00'),
      d('03-29', '21:00:00'),
    ],
    '.F..F.',
  ),
  drive(
    'spring: an interval that begins before the change',
    daily('PT1H', 'PT30M', paris),
    [d('03-28', '23:59:00'), d('03-29', '00:00:00'), d('03-29', '00:30:00')],
    '.F.',
  ),
  drive(
    'spring: an interval right after the change',
    daily('PT3H', 'PT1H', paris),
    [d('03-29', '00:59:00'), d('03-29', '01:00:00'), d('03-29', '02:00:00')],
    '.F.',
  ),
  drive(
    'spring: eight hours from 22:00 are eight hours, so the clock shows 07:00',
    daily('PT22H', 'PT8H', paris),
    [
      d('03-28', '20:00:00'),
      d('03-28', '21:00:00'),
      `${d('03-29', '04:00:00')} parked`,
      d('03-29', '04:59:59'),
      d('03-29', '05:00:00'),
    ],
    '.F.F.',
  ),
  drive(
    'spring: after eight hours from 22:00 it is over',
    daily('PT22H', 'PT8H', paris),
    [d('03-28', '20:00:00'), d('03-28', '21:00:00'), `${d('03-29', '04:00:00')} parked`, d('03-29', '05:00:00')],
    '.F..',
  ),
  drive(
    'spring: a time that does not exist that night comes as much later as the clocks jump',
    daily('PT2H15M', 'PT30M', paris),
    [d('03-29', '01:14:00'), d('03-29', '01:15:00'), d('03-29', '01:45:00'), d('03-30', '00:20:00')],
    '.F.F',
    { ours: true },
  ),
  drive(
    'spring in New York: 8 March',
    daily('PT8H', 'PT1H', 'America/New_York'),
    [d('03-07', '12:30:00'), d('03-07', '13:30:00'), d('03-08', '11:59:00'), d('03-08', '12:30:00'), d('03-08', '13:30:00')],
    '.F.F.',
  ),

  // Autumn: on 25 October 2026 Paris goes from 03:00 back to 02:00, at 01:00 UTC.
  drive(
    'autumn: the evening before and the evening after',
    daily('PT22H', 'PT1H', paris),
    [
      d('10-24', '19:59:00'),
      d('10-24', '20:00:00'),
      d('10-24', '21:00:00'),
      d('10-25', '20:59:00'),
      d('10-25', '21:00:00'),
      d('10-25', '22:00:00'),
    ],
    '.F..F.',
  ),
  drive(
    'autumn: an interval right after the change',
    daily('PT3H', 'PT1H', paris),
    [d('10-25', '00:59:00'), d('10-25', '01:59:00'), d('10-25', '02:00:00'), d('10-25', '03:00:00')],
    '..F.',
  ),
  drive(
    'autumn: eight hours from 22:00 are eight hours, so the clock shows 05:00',
    daily('PT22H', 'PT8H', paris),
    [
      d('10-24', '19:00:00'),
      d('10-24', '20:00:00'),
      `${d('10-25', '03:00:00')} parked`,
      d('10-25', '03:59:59'),
      d('10-25', '04:00:00'),
    ],
    '.F.F.',
  ),
  drive(
    'autumn: after eight hours from 22:00 it is over',
    daily('PT22H', 'PT8H', paris),
    [d('10-24', '19:00:00'), d('10-24', '20:00:00'), `${d('10-25', '03:00:00')} parked`, d('10-25', '04:00:00')],
    '.F..',
  ),
  drive(
    'autumn: of an hour that comes twice the first is meant',
    daily('PT2H15M', 'PT30M', paris),
    [d('10-25', '00:00:00'), d('10-25', '00:20:00'), d('10-25', '00:50:00'), d('10-25', '01:20:00')],
    '.F..',
    { ours: true },
  ),
  drive(
    'autumn in New York: 1 November',
    daily('PT8H', 'PT1H', 'America/New_York'),
    [d('10-31', '11:30:00'), d('10-31', '12:30:00'), d('11-01', '12:30:00'), d('11-01', '13:30:00'), d('11-01', '14:30:00')],
    '.F.F.',
  ),
  drive(
    'the southern half: Sydney goes forward in October',
    daily('PT8H', 'PT1H', 'Australia/Sydney'),
    ['2026-10-02T21:59:00Z', '2026-10-02T22:30:00Z', '2026-10-03T20:59:00Z', '2026-10-03T21:30:00Z', '2026-10-03T22:30:00Z'],
    '.F.F.',
  ),

  // Once.
  drive(
    'once, for an hour',
    once('2026-01-12T10:00:00Z', 'PT1H'),
    [d('01-12', '09:59:59'), d('01-12', '10:00:00'), d('01-12', '10:59:59'), d('01-12', '11:00:00'), d('01-13', '10:30:00')],
    '.F...',
  ),
  drive(
    'once, with an open end',
    once('2026-01-12T10:00:00Z'),
    [d('01-12', '09:59:59'), d('01-12', '10:00:00'), '2027-06-01T00:00:00Z', '2031-01-01T00:00:00Z'],
    '.F..',
  ),
  drive(
    'once, written with an offset',
    once('2026-01-12T12:00:00+02:00', 'PT1H'),
    [d('01-12', '09:59:00'), d('01-12', '10:00:00'), d('01-12', '11:00:00')],
    '.F.',
  ),
  drive(
    'once, for three days',
    once('2026-01-12T10:00:00Z', 'P3D'),
    [d('01-12', '09:00:00'), d('01-14', '23:00:00'), d('01-15', '10:00:00')],
    '.F.',
  ),
  drive(
    'once, over the change of clocks: three hours are three hours',
    once('2026-03-28T23:30:00Z', 'PT3H'),
    [d('03-28', '23:00:00'), d('03-29', '02:29:00'), d('03-29', '02:30:00')],
    '.F.',
  ),
  drive(
    'once and each day',
    {
      times: [
        { recurrence: 'None', start: '2026-01-12T10:00:00Z', duration: 'PT1H' },
        { recurrence: 'Daily', start: 'PT20H', duration: 'PT1H' },
      ],
      timeZone: 'UTC',
    },
    [
      d('01-12', '09:00:00'),
      d('01-12', '10:30:00'),
      d('01-12', '12:00:00'),
      d('01-12', '20:30:00'),
      d('01-13', '10:30:00'),
      d('01-13', '20:30:00'),
    ],
    '.F.F.F',
  ),

  caseOf(
    'low and on the way at night',
    [
      { name: 't1', time: daily('PT22H', 'PT8H', 'UTC') },
      { name: 'low', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
    ],
    't1 & low',
    [
      { ...driven(d('01-12', '21:00:00')), data: { 'vehicle.energy.electric.level': '30' } },
      driven(d('01-12', '22:30:00')),
      { ...driven(d('01-12', '23:30:00')), data: { 'vehicle.energy.electric.level': '19' } },
      driven(d('01-13', '06:30:00')),
      driven(d('01-13', '22:30:00')),
    ],
    '..F.F',
  ),
  caseOf(
    'not at night',
    [
      { name: 't1', time: daily('PT22H', 'PT8H', 'UTC') },
      { name: 'open', data: { data: 'vehicle.alarm.status.activation', op: 'equalsTo', value: ['Active'] } },
    ],
    'open & !t1',
    [
      { ...driven(d('01-12', '21:00:00')), data: { 'vehicle.alarm.status.activation': 'Inactive' } },
      { ...driven(d('01-12', '22:30:00')), data: { 'vehicle.alarm.status.activation': 'Active' } },
      driven(d('01-13', '06:30:00')),
      driven(d('01-13', '22:30:00')),
    ],
    '..F.',
  ),
]
