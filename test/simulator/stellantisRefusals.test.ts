import { expect } from 'chai'
import { checkMonitor } from '../../src/simulator/stellantis/evaluate'
import type { Json } from './support'

const level = (name: string, more: Json = {}) => ({
  name,
  data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'], ...more },
})
const zone = (name: string, more: Json = {}) => ({
  name,
  zone: { transition: 'Out', place: { radius: 2, center: { longitude: 2.3412, latitude: 48.8611 } }, ...more },
})
const time = (name: string, more: Json = {}, zoneName?: string) => ({
  name,
  time: {
    times: [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT7H', ...more }],
    ...(zoneName ? { timeZone: zoneName } : {}),
  },
})
const setting = (name: string, type = 'DigitalKey') => ({ name, setting: { type } })
const data = (op: string, operand: string, value?: string[], previous?: Json) => ({
  name: 't1',
  data: { data: operand, op, value, previous },
})
const monitor = (triggers: Json[], boolExp: string, more: Json = {}) => ({
  label: 'm',
  triggerParam: { triggers, boolExp },
  ...more,
})

const taken: [string, Json][] = [
  ['data and a zone', monitor([level('bat1'), zone('home_1')], 'bat1 & home_1')],
  ['a time in a zone', monitor([time('t1', { occurrence: { day: ['Mon'], week: ['w1-w25', 'w30'] } }, 'Europe/Paris')], 't1')],
  [
    'a once-only time with an open end',
    monitor([time('t1', { recurrence: 'None', start: '2026-01-01T10:00:00Z', duration: undefined })], 't1'),
  ],
  ['one setting', monitor([setting('s1')], '(s1)')],
  [
    'previous where it is allowed',
    monitor([data('equalsTo', 'vehicle.energy.charging.status', ['Finished'], { op: 'equalsTo', value: ['InProgress'] })], 't1'),
  ],
  [
    'telemetry of one kind with the event',
    monitor([level('t1')], 't1', { extendedEventParam: ['vehicle.telemetry.environment'] }),
  ],
  [
    'an action each',
    monitor([level('t1')], 't1', {
      onEvent: { actions: [{ type: 'Notify' }, { type: 'Monitor', monitorAction: { changeType: 'Pause' } }] },
    }),
  ],
]

const refused: [string, Json, RegExp][] = [
  ['no label', { ...monitor([level('t1')], 't1'), label: undefined }, /label/],
  ['no triggers', monitor([], 't1'), /1 to 5/],
  [
    'six triggers',
    monitor(
      [1, 2, 3, 4, 5, 6].map((n) => level(`t${n}`)),
      't1',
    ),
    /1 to 5/,
  ],
  ['two triggers of one name', monitor([level('t1'), level('t1')], 't1'), /unique/],
  ['a bad name', monitor([level('1t')], '1t'), /name/],
  ['two kinds in one', monitor([{ ...level('t1'), ...zone('t1') }], 't1'), /exactly one/],
  ['no kind', monitor([{ name: 't1' }], 't1'), /exactly one/],
  ['an unknown operand', monitor([data('equalsTo', 'vehicle.wings', ['1'])], 't1'), /unknown/],
  ['an operator that the data has not', monitor([data('onChange', 'vehicle.odometer')], 't1'), /cannot be asked/],
  ['onChange with a value', monitor([data('onChange', 'vehicle.alert', ['OilLevelLow'])], 't1'), /no value/],
  ['no value', monitor([level('t1', { value: [] })], 't1'), /needs a value/],
  ['a number as a number', monitor([level('t1', { value: [20] })], 't1'), /as a text/],
  ['a word for a number', monitor([level('t1', { value: ['low'] })], 't1'), /no number/],
  ['a word that the data does not know', monitor([data('equalsTo', 'privacy.state', ['Half'])], 't1'), /no value/],
  ['previous where there is none', monitor([level('t1', { previous: { op: 'equalsTo', value: ['10'] } })], 't1'), /no previous/],
  [
    'previous with the wrong operator',
    monitor([data('equalsTo', 'vehicle.kinetic.moving', ['true'], { op: 'includedIn', value: ['false'] })], 't1'),
    /previous/,
  ],
  ['a broken radius', monitor([zone('t1', { place: { radius: 0.5, center: { longitude: 0, latitude: 0 } } })], 't1'), /radius/],
  [
    'a place beyond the pole',
    monitor([zone('t1', { place: { radius: 1, center: { longitude: 0, latitude: 91 } } })], 't1'),
    /latitude/,
  ],
  ['a third transition', monitor([zone('t1', { transition: 'Through' })], 't1'), /transition/],
  ['Daily without duration', monitor([time('t1', { duration: undefined })], 't1'), /duration/],
  ['a start after midnight', monitor([time('t1', { start: 'PT24H' })], 't1'), /midnight/],
  [
    'None with an occurrence',
    monitor([time('t1', { recurrence: 'None', start: '2026-01-01T10:00:00Z', occurrence: { day: ['Mon'] } })], 't1'),
    /occurrence/,
  ],
  ['a zone of time that is none', monitor([time('t1', {}, 'Mars/Olympus')], 't1'), /timeZone/],
  ['a day that is none', monitor([time('t1', { occurrence: { day: ['Sol'] } })], 't1'), /day/],
  ['a week that is none', monitor([time('t1', { occurrence: { week: ['54'] } })], 't1'), /week/],
  ['the spelling of v4', monitor([time('t1', { occurence: { day: ['Mon'] } })], 't1'), /spelt/],
  ['a name that no trigger has', monitor([level('t1')], 't1 & t2'), /no trigger t2/],
  ['always true', monitor([level('t1')], 't1 | !t1'), /always true/],
  ['always false', monitor([level('t1'), zone('t2')], 't1 & t2 & !t1'), /always false/],
  ['an open parenthesis', monitor([level('t1')], '(t1'), /parenthesis/],
  ['two names side by side', monitor([level('t1'), level('t2')], 't1 t2'), /unexpected/],
  ['nothing behind the sign', monitor([level('t1')], 't1 &'), /too early/],
  ['a setting beside others', monitor([setting('s1'), level('t1')], 's1 | t1'), /cannot be combined/],
  ['a setting turned round', monitor([setting('s1')], '!s1'), /cannot be combined/],
  ['reminders each second', monitor([level('t1')], 't1', { subscribeParam: { refreshEvent: 59 } }), /at least 60/],
  ['an empty subscription', monitor([level('t1')], 't1', { subscribeParam: {} }), /one of its two/],
  [
    'an attribute of the header',
    monitor([level('t1')], 't1', { attributes: [{ type: 'Header', key: 'a', value: 'b' }] }),
    /Body/,
  ],
  ['an unknown extension', monitor([level('t1')], 't1', { extendedEventParam: ['vehicle.wings'] }), /unknown/],
  ['an action of another kind', monitor([level('t1')], 't1', { onEvent: { actions: [{ type: 'Sing' }] } }), /type of an action/],
  ['an action without its member', monitor([level('t1')], 't1', { onEvent: { actions: [{ type: 'Remote' }] } }), /remoteAction/],
  [
    'an action with a surplus member',
    monitor([level('t1')], 't1', { onEvent: { actions: [{ type: 'Notify', monitorAction: { changeType: 'Pause' } }] } }),
    /does not belong/,
  ],
]

describe('the simulated Stellantis checks monitors', () => {
  for (const [what, body] of taken)
    it(`takes ${what}`, () => {
      expect(checkMonitor(body)).to.equal(undefined)
    })

  for (const [what, body, reason] of refused)
    it(`refuses ${what}`, () => {
      expect(checkMonitor(body)).to.match(reason)
    })

  it('takes what the quick start sends when it is not strict', () => {
    const seed = monitor(
      [
        time('t1', {
          recurrence: 'None',
          start: '1990-01-01T10:00:00Z',
          duration: 'PT3H',
          enabled: true,
          occurrence: { day: ['Mon'] },
        }),
      ],
      't1',
      {
        attributes: [{ type: 'Header', key: 'a', value: 'b' }],
        onEvent: { actions: [{ type: 'Notify', monitorAction: { changeType: 'Pause' }, remoteAction: { remote: {} } }] },
      },
    )
    expect(checkMonitor(seed)).to.be.a('string')
    expect(checkMonitor(seed, { strict: false })).to.equal(undefined)
  })

  it('knows less in v4', () => {
    const v4 = { generation: 'v4' } as const
    expect(checkMonitor(monitor([setting('s1')], 's1'), v4)).to.match(/setting/)
    expect(checkMonitor(monitor([data('equalsTo', 'stolen.state', ['true'])], 't1'), v4)).to.match(/unknown/)
    expect(checkMonitor(monitor([data('onChange', 'vehicle.kinetic.moving')], 't1'), v4)).to.equal(undefined)
    expect(checkMonitor(monitor([time('t1', { occurence: { day: ['Mon'] } })], 't1'), v4)).to.equal(undefined)
    expect(checkMonitor(monitor([level('t1')], 't1', { onEvent: { actions: [] } }), v4)).to.match(/onEvent/)
  })
})
