import { expect } from 'chai'
import { capabilitiesIn } from '../../../src/providers/stellantis/ability'
import { commandsOf, isCause, remoteOf } from '../../../src/providers/stellantis/order'
import { commandIds, commands, type CommandId } from '../../../src/vehicle/commands'

const workday = { slot: 1, start: '07:15', days: ['mon', 'tue'], enabled: true }
const night = { slot: 1, start: '22:30', end: '06:00', days: ['sat'], enabled: true }
const place = { latitude: 48.8584, longitude: 2.2945 }
const climate = (airConditioning: unknown) => ({ preconditioning: { airConditioning } })
const charge = (inside: unknown) => ({ charging: { charge: inside } })

type Row = [command: CommandId, params: Record<string, unknown>, v1: unknown, v4: unknown]

/** `undefined`: this generation has no such command. */
const table: Row[] = [
  ['lock', {}, { locking: { state: 'Locked' } }, { door: { state: 'Locked' } }],
  ['unlock', {}, { locking: { state: 'Unlocked' } }, { door: { state: 'Unlocked' } }],
  ['honk', {}, { horn: { state: 'Activated' } }, { horn: { state: 'Activated' } }],
  ['honk-stop', {}, { horn: { state: 'Unactivated' } }, { horn: { state: 'Unactivated' } }],
  ['flash', {}, { lights: { state: 'Activated' } }, { lights: { on: true } }],
  ['flash-stop', {}, { lights: { state: 'Unactivated' } }, { lights: { on: false } }],
  ['climate-start', {}, climate({ immediate: true }), climate({ immediate: true })],
  ['climate-stop', {}, climate({ immediate: false }), climate({ immediate: false })],
  [
    'climate-schedule',
    workday,
    climate({
      programs: [{ actionsType: 'Set', slot: 1, start: 'PT7H15M', enabled: true, occurrence: { day: ['Mon', 'Tue'] } }],
    }),
    climate({
      programs: [
        { actionsType: 'Set', slot: 1, start: 'PT7H15M', enabled: true, recurrence: 'Daily', occurence: { day: ['Mon', 'Tue'] } },
      ],
    }),
  ],
  [
    'climate-schedule-delete',
    { slot: 2 },
    climate({ programs: [{ actionsType: 'Delete', slot: 2 }] }),
    climate({ programs: [{ actionsType: 'Delete', slot: 2, start: 'PT0H0M' }] }),
  ],
  [
    'climate-settings',
    { temperature: 20.5, mode: 'manual', enabled: false },
    climate({ settings: { temp: 20.5, mode: 'Manual', state: 'Unactivated' } }),
    undefined,
  ],
  ['charge-start', {}, charge({ deferred: { start: { immediate: true } } }), { charging: { immediate: true } }],
  ['charge-stop', {}, charge({ immediate: false }), { charging: { immediate: false } }],
  [
    'charge-limit',
    { percent: 80 },
    charge({ settings: { chargeLimit: 'MedPlus' } }),
    { charging: { preferences: { type: 'Partial' } } },
  ],
  [
    'charge-limit',
    { percent: 100 },
    charge({ settings: { chargeLimit: 'High' } }),
    { charging: { preferences: { type: 'Full' } } },
  ],
  [
    'charge-power',
    { level: 2 },
    charge({ settings: { chargePreferenceRate: 'LowPlus' } }),
    { charging: { preferences: { level: 'Level2' } } },
  ],
  [
    'charge-schedule',
    night,
    charge({
      programs: [
        {
          actionsType: 'Set',
          slot: 1,
          enabled: true,
          start: 'PT22H30M',
          end: 'PT6H0M',
          chargeToFull: true,
          minChargingLevel: 0,
          maxChargingLevel: 100,
          chargeType: 'Regular',
          occurrence: { day: ['Sat'] },
        },
      ],
    }),
    { charging: { schedule: { programs: [{ start: 'PT22H30M', end: 'PT6H0M', enabled: true, occurence: { day: ['Sat'] } }] } } },
  ],
  ['charge-schedule-delete', { slot: 1 }, charge({ programs: [{ actionsType: 'Delete', slot: 1 }] }), undefined],
  [
    'charge-defer',
    { start: '22:30' },
    charge({ deferred: { start: { startTime: 'PT22H30M' } } }),
    { charging: { schedule: { nextDelayedTime: 'PT22H30M' } } },
  ],
  ['wake-up', {}, { wakeup: { action: 'Wakeup' } }, { wakeUp: { action: 'WakeUp' } }],
  ['refresh', {}, { wakeup: { action: 'Wakeup' } }, { wakeUp: { action: 'WakeUp' } }],
  [
    'send-destination',
    { positions: [{ ...place, name: 'Tower', phone: '1', address: { postalCode: 75007, street: 'Avenue' } }] },
    {
      navigation: {
        positions: [
          {
            type: 'Feature',
            geometry: { type: 'Point', coordinates: [2.2945, 48.8584] },
            properties: { name: 'Tower', phoneNumber: '1', address: { postalCode: 75007, streetName: 'Avenue' } },
          },
        ],
      },
    },
    { navigation: { positions: [{ type: 'Point', coordinates: [2.2945, 48.8584] }] } },
  ],
  ['find', {}, { vehicleFinder: { action: 'GetPresentLocation' } }, undefined],
  ['immobilise', {}, { immobilization: { activate: true } }, undefined],
  ['release', {}, { immobilization: { activate: false } }, undefined],
  ['stolen-report', { stolen: true }, { stolen: { state: true } }, undefined],
  ['crank-inhibit', { active: false }, { stolen: { crankInhibit: { activate: false } } }, undefined],
  ['alarm-suppress', { hours: 12 }, { tan: { suppress: { state: true, duration: 2 } } }, undefined],
  ['alarm-suppress', { hours: 168 }, { tan: { suppress: { state: true, duration: 5 } } }, undefined],
  ['alarm-resume', {}, { tan: { suppress: { state: false } } }, undefined],
  ['alarm-confirm', { theft: false }, { tan: { confirm: { state: false } } }, undefined],
  ['delete-personal-data', { confirm: true }, { onboardPersonalData: { action: 'Delete' } }, undefined],
]

const made = (command: CommandId, params: Record<string, unknown>, generation: 'v1' | 'v4') =>
  remoteOf({ id: 'o1', vehicle: 'V', command, params: commands[command].params.parse(params) }, generation)

const codeOf = (command: CommandId, params: Record<string, unknown>, generation: 'v1' | 'v4') => {
  const remote = made(command, params, generation)
  return isCause(remote) ? remote.code : undefined
}

describe('An order in the words of Stellantis', () => {
  for (const [command, params, v1, v4] of table)
    for (const [generation, action] of [
      ['v1', v1],
      ['v4', v4],
    ] as const)
      it(`${generation}: ${command} ${JSON.stringify(params)}`, () => {
        const remote = made(command, params, generation)
        if (action === undefined) return expect(remote).to.deep.include({ code: 'UNSUPPORTED' })
        const label = `${command} o1`
        const inside = generation === 'v1' ? { action } : (action as object)
        expect(remote).to.deep.equal({ label, body: { label, ...inside } })
        return undefined
      })

  it('covers every command that either generation has', () => {
    const tried = new Set(table.map(([command]) => command))
    expect(commandsOf('v1').filter((id) => !tried.has(id))).to.deep.equal([])
    expect(commandsOf('v4').filter((id) => !tried.has(id))).to.deep.equal([])
    const none = commandIds.filter((id) => !commandsOf('v1').includes(id) && id !== 'raw')
    expect(none).to.include.members(['lock-reduced-guard', 'honk-flash', 'engine-start', 'engine-stop', 'enable-driving'])
    for (const id of none) expect(codeOf(id, id === 'engine-start' ? { minutes: 5 } : {}, 'v1'), id).to.equal('UNSUPPORTED')
  })

  it('says what a generation cannot be told, instead of leaving it out', () => {
    expect(codeOf('charge-defer', { start: '22:30', end: '06:00' }, 'v4')).to.equal('INVALID_PARAMS')
    expect(codeOf('charge-schedule', { ...night, maximum: 80 }, 'v4')).to.equal('INVALID_PARAMS')
    expect(codeOf('climate-schedule', { ...workday, temperature: 21 }, 'v4')).to.equal('INVALID_PARAMS')
    expect(codeOf('climate-schedule', { ...workday, repeat: 'once' }, 'v1')).to.equal('INVALID_PARAMS')
    expect(codeOf('climate-schedule', { ...workday, temperature: 20.5 }, 'v1')).to.equal('INVALID_PARAMS')
    expect(codeOf('climate-schedule', { ...workday, temperature: 21 }, 'v1')).to.equal(undefined)
  })

  it('lets a limit of a program have its effect', () => {
    const remote = made('charge-schedule', { ...night, minimum: 20, maximum: 80, kind: 'cooperative' }, 'v1')
    expect(JSON.stringify(remote)).to.include(
      '"chargeToFull":false,"minChargingLevel":20,"maxChargingLevel":80,"chargeType":"Cooperative"',
    )
    const deferred = made('charge-defer', { start: '22:30', end: '06:00' }, 'v1')
    expect(JSON.stringify(deferred)).to.include('"end":{"endTime":"PT6H0M","chargeToFull":false}')
  })

  it('hands a raw body on when it has exactly one action', () => {
    const v1 = { label: 'x', action: { locking: { state: 'Locked' } } }
    expect(made('raw', { body: v1 }, 'v1')).to.deep.equal({ body: v1 })
    const v4 = { label: 'x', attributes: [], door: { state: 'Locked' } }
    expect(made('raw', { body: v4 }, 'v4')).to.deep.equal({ body: v4 })
    for (const body of [undefined, 'lock', {}, { action: {} }, { action: { horn: {}, lights: {} } }])
      expect(codeOf('raw', { body }, 'v1'), JSON.stringify(body)).to.equal('INVALID_PARAMS')
    expect(codeOf('raw', { body: { label: 'x' } }, 'v4')).to.equal('INVALID_PARAMS')
    expect(codeOf('raw', { body: v4, path: 'x' }, 'v4')).to.equal('INVALID_PARAMS')
  })
})

const onboard = {
  data: ['data:telemetry:vehicle:energies', 'data:position'],
  remote: {
    preconditioning: {
      supported: true,
      scopeName: ['remote:preconditioning:write'],
      parameters: { programs: { size: 0 }, immediate: true },
    },
    charging: {
      supported: true,
      parameters: {
        immediate: { start: true, stop: false },
        programs: { supported: true, size: 2 },
        settings: { level: true, type: false },
      },
    },
    door: { supported: true },
    horn: { supported: false },
    wakeup: { supported: true },
    stolen: { supported: false },
  },
}

describe('What a Stellantis car can do', () => {
  it('is what its list supports, with what the parameters deny taken away', () => {
    const { commands: has, unlisted } = capabilitiesIn(onboard, 'Electric', 'v1')
    expect(has).to.have.members([
      'lock',
      'unlock',
      'climate-start',
      'climate-stop',
      'climate-settings',
      'charge-start',
      'charge-power',
      'charge-schedule',
      'charge-schedule-delete',
      'charge-defer',
      'wake-up',
      'refresh',
    ])
    expect(unlisted, 'no list has a word for it: a 501 tells').to.have.members(['immobilise', 'release', 'raw'])
  })

  it('is left to the cloud where the car has no list', () => {
    const { commands: has, unlisted, signals } = capabilitiesIn(undefined, undefined, 'v4')
    expect(has).to.deep.equal([])
    expect(unlisted).to.include.members(['lock', 'charge-start', 'raw'])
    expect(unlisted).not.to.include('find')
    expect(signals).to.equal(undefined)
  })

  it('tells which signals may come', () => {
    const { signals = [] } = capabilitiesIn(onboard, 'Electric', 'v1')
    expect(signals).to.include.members(['battery.stateOfCharge', 'charging.status', 'position.location', 'tyres.frontLeft'])
    expect(signals).not.to.include('fuel.level')
    expect(signals).not.to.include('doors.frontLeft')
    const all = capabilitiesIn({ ...onboard, data: ['data:telemetry'] }, 'Hybrid', 'v4').signals
    expect(all).to.include.members(['fuel.level', 'doors.frontLeft', 'lock.central'])
  })

  it('believes neither texts nor lists in place of an entry', () => {
    const strange = { remote: { door: 'yes', horn: { supported: 'true' }, lights: [{ supported: true }], charging: null } }
    expect(capabilitiesIn(strange, 5, 'v4').commands).to.deep.equal(['honk', 'honk-stop'])
  })
})
