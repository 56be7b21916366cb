import { expect } from 'chai'
import { readMonitor } from '../../src/monitors/definition'
import { extensionsOf, wantedOf } from '../../src/monitors/cloudForm'
import { writeExpression } from '../../src/monitors/expression'
import { DrivewayError } from '../../src/vehicle/causes'
import type { Generation } from '../../src/providers/stellantis/operands'

const low = { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
const home = {
  name: 'home_1',
  kind: 'zone',
  transition: 'In',
  place: { radius: 1, center: { latitude: 57.7, longitude: 11.97 } },
}
const night = {
  name: 'night',
  kind: 'time',
  times: [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT8H', occurrence: { day: ['Mon'], week: ['w1-w25'] } }],
  timeZone: 'Europe/Stockholm',
}
const setting = { name: 's1', kind: 'setting', type: 'DigitalKey' }
const time = (entry: object) => ({ ...night, times: [entry] })

const given = (fields: object = {}) => ({ label: 'Low', where: 'local', triggers: [low], expression: 'low', ...fields })

function refusal(fields: object, generation?: Generation): string {
  try {
    readMonitor(given(fields), generation)
  } catch (error) {
    expect(error).to.be.instanceOf(DrivewayError)
    expect((error as DrivewayError).code).to.equal('INVALID_CONFIG')
    return (error as DrivewayError).message
  }
  throw new Error(`nothing was wrong with ${JSON.stringify(fields)}`)
}

describe('a monitor that is set up', () => {
  it('is read with its defaults', () => {
    const { label, where, refreshEvery, expression, transport } = readMonitor({ triggers: [low] })
    expect([label, where, refreshEvery, transport]).to.deep.equal(['Monitor', 'local', undefined, 'webhook'])
    expect(writeExpression(expression)).to.equal('low')
  })

  it('takes what dialogs hand over: numbers as texts, empty texts where nothing was filled in', () => {
    const read = readMonitor(
      given({
        refreshEvery: '3600',
        triggers: [
          { ...low, value: 20 },
          { ...home, place: { radius: '2', center: { latitude: '57.7', longitude: '11.97' } } },
        ],
        expression: 'low&home_1',
        devices: '',
        extend: null,
      }),
    )
    expect(read.refreshEvery).to.equal(3600)
    expect(read.triggers[0]).to.deep.include({ value: ['20'] })
    expect(read.triggers[1]).to.deep.include({ place: { radius: 2, center: { latitude: 57.7, longitude: 11.97 } } })
    expect(readMonitor(given({ refreshEvery: '' })).refreshEvery).to.equal(undefined)
  })

  const wrong: [string, object, string, Generation?][] = [
    ['no trigger', { triggers: [] }, 'triggers must have 1 to 5 entries'],
    [
      'six triggers',
      { triggers: [1, 2, 3, 4, 5, 6].map((n) => ({ ...low, name: `t${n}` })) },
      'triggers must have 1 to 5 entries',
    ],
    ['triggers that are no list', { triggers: 'low' }, 'triggers must be a list'],
    ['a trigger that is nothing', { triggers: [null] }, 'trigger no. 1 kind must be data, zone, time, setting'],
    ['a kind that nobody knows', { triggers: [{ ...low, kind: 'weather' }] }, 'trigger "low" kind must be'],
    ['two triggers of one name', { triggers: [low, low] }, 'two triggers named "low"'],
    ['a name with a blank', { triggers: [{ ...low, name: 'low battery' }] }, 'name must be letters'],
    ['a name of digits', { triggers: [{ ...low, name: '12' }] }, 'name must be letters'],
    ['a reminder too often', { refreshEvery: 59 }, 'refreshEvery must be at least 60'],
    ['half a second', { refreshEvery: 60.5 }, 'refreshEvery must be a whole number'],
    ['a place that is none', { where: 'cloud' }, 'where must be provider, stream or local'],

    [
      'an expression with an unknown name',
      { expression: 'high' },
      'expression names a trigger "high" that is not there: there is low',
    ],
    ['no expression for two triggers', { triggers: [low, home], expression: '' }, 'expression is empty'],
    ['an expression that is always true', { expression: 'low | !low' }, 'expression is always true'],
    ['an expression that is never true', { expression: 'low & !low' }, 'expression can never be true'],
    ['an expression that stops', { expression: 'low &' }, 'is missing (character 6)'],

    ['a signal that nobody knows', { triggers: [{ ...low, data: 'battery.mood' }] }, 'neither one of our signals'],
    ['an operator that the signal has not', { triggers: [{ ...low, op: 'includedIn' }] }, 'op cannot be includedIn'],
    ['an operator that nobody knows', { triggers: [{ ...low, op: 'near' }] }, 'op must be'],
    ['a number that is none', { triggers: [{ ...low, value: ['a few'] }] }, 'value "a few" must be a number'],
    ['no value', { triggers: [{ ...low, value: [] }] }, 'value must be exactly one'],
    ['two values', { triggers: [{ ...low, value: ['1', '2'] }] }, 'value must be exactly one'],
    ['a value for any change', { triggers: [{ ...low, op: 'onChange' }] }, 'value must be empty'],
    [
      'a word that the signal has not',
      { triggers: [{ ...low, data: 'charging.status', op: 'equalsTo', value: ['full'] }] },
      'value "full" must be one of charging, idle',
    ],
    [
      'a switch that is neither on nor off',
      { triggers: [{ ...low, data: 'vehicle.moving', op: 'equalsTo', value: ['yes'] }] },
      'must be true or false',
    ],
    [
      'a previous value that the signal has not',
      {
        triggers: [
          { ...low, data: 'charging.status', op: 'equalsTo', value: ['idle'], previous: { op: 'equalsTo', value: ['x'] } },
        ],
      },
      'previous value "x"',
    ],
    [
      'an empty list of words',
      { triggers: [{ ...low, data: 'charging.status', op: 'includedIn', value: [] }] },
      'value must have at least one entry',
    ],
    [
      'what only stands in previous',
      { triggers: [{ ...low, data: 'vehicle.engines.running', op: 'equalsTo', value: ['true'] }] },
      'can only stand in "previous"',
    ],

    [
      'a circle without a size',
      { triggers: [{ ...home, place: { ...home.place, radius: 0 } }], expression: '' },
      'radius must be more than 0',
    ],
    ['no circle', { triggers: [{ ...home, place: undefined }], expression: '' }, 'place must be given'],
    [
      'a latitude beyond the pole',
      { triggers: [{ ...home, place: { radius: 1, center: { latitude: 91, longitude: 0 } } }], expression: '' },
      'latitude must be at most 90',
    ],
    [
      'a transition that is none',
      { triggers: [{ ...home, transition: 'Near' }], expression: '' },
      'transition must be In or Out',
    ],

    ['no times', { triggers: [{ ...night, times: [] }], expression: '' }, 'times must not be empty'],
    ['a time zone that nobody knows', { triggers: [{ ...night, timeZone: 'Europe/Atlantis' }], expression: '' }, 'no time zone'],
    [
      'a time of day beyond the day',
      { triggers: [time({ start: 'PT24H', duration: 'PT1H' })], expression: '' },
      'start must be a time of day',
    ],
    ['each day without an end', { triggers: [time({ start: 'PT22H' })], expression: '' }, 'duration must be given'],
    [
      'an interval of no length',
      { triggers: [time({ start: 'PT22H', duration: 'PT0S' })], expression: '' },
      'must be a duration',
    ],
    ['an interval of a month', { triggers: [time({ start: 'PT22H', duration: 'P1M' })], expression: '' }, 'must be a duration'],
    [
      'an interval of two weeks each day',
      { triggers: [time({ start: 'PT22H', duration: 'P2W' })], expression: '' },
      'at most 7 days',
    ],
    [
      'a day that is none',
      { triggers: [time({ start: 'PT22H', duration: 'PT1H', occurrence: { day: ['Someday'] } })], expression: '' },
      'occurrence day no. 1 must be Mon, Tue',
    ],
    [
      'a week that is none',
      { triggers: [time({ start: 'PT22H', duration: 'PT1H', occurrence: { week: ['w54'] } })], expression: '' },
      'must be weeks such as',
    ],
    [
      'a moment that is none',
      { triggers: [time({ recurrence: 'None', start: 'tomorrow' })], expression: '' },
      'start must be a moment',
    ],
    [
      'once, and on Mondays',
      {
        triggers: [time({ recurrence: 'None', start: '2026-07-01T08:00:00Z', occurrence: { day: ['Mon'] } })],
        expression: '',
      },
      'occurrence goes only with a time of each day',
    ],
    [
      'a recurrence that is none',
      { triggers: [time({ recurrence: 'Weekly', start: 'PT1H' })], expression: '' },
      'must be Daily or None',
    ],

    ['a setting watched here', { triggers: [setting], expression: '' }, 'only the provider can (where: provider)'],
    [
      'a trip watched here',
      { triggers: [{ ...low, data: 'vehicle.trip.start', op: 'onChange', value: [] }] },
      'can only be watched by the provider (where: provider)',
    ],
    [
      'a signal that the provider cannot watch',
      { where: 'provider', triggers: [{ ...low, data: 'tyres.frontLeft', op: 'equalsTo', value: ['low'] }] },
      'cannot be watched by the provider (where: provider)',
    ],
    [
      'one door, which the provider watches with all others',
      { where: 'provider', triggers: [{ ...low, data: 'doors.frontLeft', op: 'onChange', value: [] }] },
      '"vehicle.doorsState.opening" watches it together with others',
    ],
    [
      'what only the other interface has',
      { where: 'provider', triggers: [{ ...low, data: 'stolen.state', op: 'equalsTo', value: ['true'] }] },
      "is not known in the provider's interface v4",
    ],
    [
      'an operator that the provider has not for it',
      { where: 'provider', triggers: [{ ...low, op: 'onChange', value: [] }] },
      'op cannot be onChange for battery.stateOfCharge: there is equalsTo, greaterThan, lowerThan',
    ],
    [
      'a previous value where the provider has none',
      { where: 'provider', triggers: [{ ...low, previous: { op: 'equalsTo', value: ['20'] } }] },
      'previous cannot be equalsTo for battery.stateOfCharge: there is none',
    ],
    ['a setting in v4', { where: 'provider', triggers: [setting], expression: '' }, 'only the interface v1 can'],
    ['a setting and more', { where: 'provider', triggers: [setting, low], expression: 's1 & low' }, 'must be the only one', 'v1'],
    ['not a setting', { where: 'provider', triggers: [setting], expression: '!s1' }, 'may only be "s1"', 'v1'],
    [
      'half a kilometre in the cloud',
      { where: 'provider', triggers: [{ ...home, place: { ...home.place, radius: 0.5 } }], expression: '' },
      'whole kilometres',
    ],
    ['extra data that nobody knows', { where: 'provider', extend: ['vehicle.mood'] }, 'extend "vehicle.mood" is not known'],
    ['actions in v4', { where: 'provider', actions: [{ type: 'Notify' }] }, 'only in the interface v1'],
    ['an action that is none', { where: 'provider', actions: [{ type: 'Dance' }] }, 'actions no. 1 type must be', 'v1'],
    [
      'an unknown command',
      { where: 'provider', actions: [{ type: 'Remote', command: 'dance' }] },
      'no command that is known',
      'v1',
    ],
    ['push to nobody', { where: 'provider', transport: 'push' }, 'at least one device'],
  ]
  for (const [title, fields, reason, generation] of wrong)
    it(`is refused with the reason: ${title}`, () => expect(refusal(fields, generation)).to.contain(reason))

  it('is read whatever it is, or refused in plain words', () => {
    for (const nonsense of [
      undefined,
      null,
      1,
      'x',
      [],
      { triggers: { a: 1 } },
      { triggers: [[]] },
      { triggers: [{ kind: {} }] },
    ])
      expect(() => readMonitor(nonsense)).to.throw(DrivewayError)
  })
})

describe("a monitor for the provider's cloud", () => {
  const wanted = (fields: object, generation: Generation = 'v4') =>
    wantedOf(readMonitor(given({ where: 'provider', ...fields }), generation), {
      label: 'Low #dw-01234567',
      generation,
      vehicles: ['VIN'],
    })

  it('names operands and wire words in place of ours', () => {
    const { triggers, boolExp, label } = wanted({
      triggers: [low, { name: 'done', kind: 'data', data: 'charging.status', op: 'equalsTo', value: ['complete'] }],
      expression: 'low|done',
    })
    expect(label).to.equal('Low #dw-01234567')
    expect(boolExp).to.equal('(low | done)')
    expect(triggers).to.deep.equal([
      { name: 'low', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
      { name: 'done', data: { data: 'vehicle.energy.charging.status', op: 'equalsTo', value: ['Finished'] } },
    ])
  })

  it('asks for each of the words that mean one of ours', () => {
    const idle = { name: 't1', kind: 'data', data: 'charging.status', op: 'equalsTo', value: ['idle'] }
    const { triggers } = wanted({ triggers: [{ ...idle, previous: { op: 'equalsTo', value: ['charging'] } }], expression: '' })
    expect(triggers[0]?.data).to.deep.equal({
      data: 'vehicle.energy.charging.status',
      op: 'includedIn',
      value: ['Stopped', 'Disconnected'],
      previous: { op: 'equalsTo', value: ['InProgress'] },
    })
  })

  it('sends no value for any change', () => {
    const doors = { name: 't1', kind: 'data', data: 'vehicle.doorsState.opening', op: 'onChange', value: [] }
    expect(wanted({ triggers: [doors], expression: '' }).triggers[0]?.data).to.deep.equal({
      data: 'vehicle.doorsState.opening',
      op: 'onChange',
    })
  })

  it('keeps zones, times and settings as they are, and takes each extension of its generation', () => {
    const { triggers, extend } = wanted({ triggers: [home, night], expression: 'home_1 & night', extend: extensionsOf('v4') })
    expect(triggers[0]).to.deep.equal({ name: 'home_1', zone: { transition: 'In', place: home.place } })
    expect(triggers[1]).to.deep.equal({ name: 'night', time: { times: night.times, timeZone: 'Europe/Stockholm' } })
    expect(extend).to.have.length(8)
    const v1 = wanted({ triggers: [setting], expression: '', actions: [{ type: 'Monitor', changeType: 'Pause' }] }, 'v1')
    expect(v1.triggers).to.deep.equal([{ name: 's1', setting: { type: 'DigitalKey' } }])
    expect(v1.actions).to.deep.equal([{ type: 'Monitor', changeType: 'Pause' }])
    expect(wanted({ extend: ['vehicle.telemetry.environment'] }, 'v1').extend).to.have.length(1)
  })
})
