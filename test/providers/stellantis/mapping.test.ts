import { expect } from 'chai'
import { readBlocks } from '../../../src/providers/stellantis/blocks'
import type { Context } from '../../../src/providers/stellantis/context'
import * as words from '../../../src/providers/stellantis/words'
import { unknownWord } from '../../../src/vehicle/reading'
import { isSignalId, signalOf } from '../../../src/vehicle/signals'
import { givenContext, seen, timesOf, valuesOf } from './reading'

type Values = Record<string, unknown>

function read(body: Record<string, unknown>, given: Partial<Context> = {}) {
  const { context, drifts } = givenContext(given)
  const readings = readBlocks(body, context)
  return { values: valuesOf(readings), times: timesOf(readings), drifts }
}

const feature = (coordinates: unknown, properties: object = {}) => ({
  type: 'Feature',
  geometry: { type: 'Point', coordinates },
  properties,
})
const energy = (type: string, rest: object = {}) => ({ type, ...rest })
const electric = (charging: object, rest: object = {}) => ({
  energies: [{ type: 'Electric', extension: { electric: { charging, ...rest } } }],
})

/** What stands on the wire (v1 below `vehicle`, v4 at the top) and what it must tell. */
const table: [what: string, body: Record<string, unknown>, expected: Values][] = [
  ['v1 ignition', { vehicle: { ignition: { type: 'StartUp' } } }, { 'vehicle.ignition': 'starting' }],
  ['v4 ignition', { ignition: { type: 'Start' } }, { 'vehicle.ignition': 'on' }],
  [
    'a position, longitude first',
    {
      vehicle: {
        location: feature([2.2, 48.8, 161], { heading: 212, type: 'Acquire', fixStatus: '3D', signalQuality: 9 }),
      },
    },
    {
      'position.location': { latitude: 48.8, longitude: 2.2, altitude: 161, heading: 212 },
      'position.fix': '3d',
      'position.signalQuality': 9,
    },
  ],
  [
    'a position of v4, estimated',
    { lastPosition: feature([-0.1, 51.5], { type: 'Estimated', fixStatus: '2D' }) },
    { 'position.location': { latitude: 51.5, longitude: -0.1 }, 'position.fix': 'estimated' },
  ],
  ['the old spelling of a fix', { lastPosition: feature([], { type: 'Aquire' }) }, { 'position.fix': 'acquired' }],
  [
    'v1 preconditioning that failed',
    {
      vehicle: {
        preconditioning: {
          createdAt: seen,
          airConditioning: { status: 'Failure', failureCause: 'HoodOpened', startingCause: 'Scheduled' },
        },
      },
    },
    { 'climate.status': 'fault', 'climate.cause': 'hood-open', 'climate.startedBy': 'scheduled' },
  ],
  [
    'v4 preconditioning in its second spelling, the old cause leaving',
    {
      preconditionning: {
        airConditioning: {
          createdAt: seen,
          status: 'Enabled',
          failureCause: 'Defect',
          programs: [{ slot: 2, start: 'PT21H40M', recurrence: 'None', enabled: false, occurence: { day: ['Sat', 'Sun'] } }],
        },
      },
    },
    {
      'climate.status': 'active',
      'climate.cause': null,
      'climate.programs': [{ slot: 2, start: '21:40', days: ['sat', 'sun'], enabled: false, recurrence: 'once' }],
    },
  ],
  [
    'a climate program of v1',
    {
      vehicle: {
        preconditioning: {
          airConditioning: {
            programs: [
              {
                slot: 1,
                start: 'PT7H5M',
                occurrence: { day: ['Mon'] },
                enabled: true,
                temp: 21,
                startCond: 'PluggedAndOverlappingChargeSchedule',
              },
            ],
          },
        },
      },
    },
    {
      'climate.cause': undefined,
      'climate.programs': [
        { slot: 1, start: '07:05', days: ['mon'], enabled: true, temperature: 21, condition: 'plugged-in-charge-window' },
      ],
    },
  ],
  [
    'tyres',
    {
      vehicle: {
        tyreState: [
          { id: 'FrontLeft', status: 'SignificantlyLow', pressure: { value: 180000 } },
          { id: 'SecondRearRight', status: 'High' },
        ],
      },
    },
    { 'tyres.frontLeft': 'very-low', 'tyres.frontLeftPressure': 180, 'tyres.secondRearRight': 'high' },
  ],
  [
    'both energies, whatever their order',
    {
      vehicle: {
        energies: [
          energy('Fuel', {
            subType: 'FossilEnergy',
            level: 40,
            autonomy: 310,
            extension: { fuel: { consumption: { total: 512345, instant: 5.4 }, fuelTank: { level: '3/8' } } },
          }),
          energy('Electric', {
            subType: 'ElectricEnergy',
            level: 71.5,
            autonomy: 44,
            hvacPwrUsageDisp: '0.25',
            extension: {
              electric: {
                battery: { load: { capacity: 46270, residual: 33080 }, health: { capacity: 96, resistance: 98 } },
                consumption: { instant: 14.2 },
              },
            },
          }),
        ],
      },
    },
    {
      'battery.stateOfCharge': 71.5,
      'battery.range': 44,
      'climate.powerShare': 25,
      'battery.capacity': 46.27,
      'battery.energy': 33.08,
      'battery.stateOfHealth': 96,
      'battery.resistanceHealth': 98,
      'battery.instantConsumption': 14.2,
      'fuel.level': 40,
      'fuel.range': 310,
      'fuel.kind': 'fossil',
      'fuel.consumedTotal': 5123.45,
      'fuel.instantConsumption': 5.4,
      'fuel.tankText': '3/8',
    },
  ],
  [
    'the old array of v4, with its deprecated places',
    {
      energies: [],
      energy: [
        {
          type: 'Electric',
          level: 50,
          extension: {
            electric: { battery: { capacity: 45000 }, residual: { consumption: 22.5 }, consumption: { consumption: 15 } },
          },
        },
        { type: 'Fuel', extension: { fuel: { consumption: { consumption: 6.1 } } } },
      ],
    },
    {
      'battery.stateOfCharge': 50,
      'battery.capacity': 45,
      'battery.energy': 22.5,
      'battery.instantConsumption': 15,
      'fuel.instantConsumption': 6.1,
    },
  ],
  [
    'new places of v4 before deprecated ones',
    {
      energies: [
        {
          type: 'Electric',
          extension: {
            electric: { battery: { capacity: 1, load: { capacity: 46000, residual: 20000 } }, residual: { consumption: 9 } },
          },
        },
        { type: 'Fuel', extension: { fuel: { consumptions: { total: 100, instant: 7 }, consumption: { consumption: 9 } } } },
      ],
    },
    { 'battery.capacity': 46, 'battery.energy': 20, 'fuel.consumedTotal': 1, 'fuel.instantConsumption': 7 },
  ],
  [
    'hydrogen, whose consumption has no unit',
    {
      vehicle: {
        energies: [
          { type: 'Fuel', subType: 'Hydrogen', level: 60, extension: { fuel: { consumption: { instant: 0.9, total: 10 } } } },
        ],
      },
    },
    { 'fuel.kind': 'hydrogen', 'fuel.level': 60, 'fuel.consumedTotal': 0.1 },
  ],
  [
    'a car that charges (v1)',
    {
      vehicle: electric({
        plugged: true,
        status: 'InProgress',
        remainingTime: 'PT1H30M',
        settings: { chargingSpeed: 30, chargingMode: 'Quick', chargePreferenceRate: 'MedPlus', chargeLimit: 'MedPlus' },
        schedule: { unitary: { start: 'PT22H30M', stop: 'PT6H', enabled: true, stopChargeStatus: 'StopChargeFailed' } },
      }),
    },
    {
      'charging.connection': 'connected',
      'charging.status': 'charging',
      'charging.timeToComplete': 90,
      'charging.rate': 30,
      'charging.mode': 'quick',
      'charging.powerLevel': 4,
      'charging.chargeLimit': 80,
      'charging.limitMode': 'partial',
      // Paris is one hour ahead of UTC in March; it is 13:00 there.
      'charging.nextStart': '2026-03-02T21:30:00.000Z',
      'charging.nextStop': '2026-03-03T05:00:00.000Z',
      'charging.stopStatus': 'failed',
    },
  ],
  [
    'a car that charges (v4)',
    electric({
      plugged: true,
      status: 'InProgress',
      remainingTime: 'PT45M',
      chargingRate: 20,
      chargingMode: 'Slow',
      chargingPowerLevel: 'Level2',
      type: 'Full',
      nextDelayedTime: 'PT22H30M',
    }),
    {
      'charging.connection': 'connected',
      'charging.status': 'charging',
      'charging.timeToComplete': 45,
      'charging.rate': 20,
      'charging.mode': 'slow',
      'charging.powerLevel': 2,
      'charging.limitMode': 'full',
      'charging.nextStart': '2026-03-02T21:30:00.000Z',
    },
  ],
  [
    'left-overs beside a car that does not charge',
    electric({ plugged: false, status: 'Disconnected', remainingTime: 'PT0S', chargingRate: 0, chargingMode: 'No' }),
    {
      'charging.connection': 'disconnected',
      'charging.status': 'idle',
      'charging.timeToComplete': null,
      'charging.rate': null,
      'charging.mode': 'none',
    },
  ],
  [
    'deprecated places of v1',
    { vehicle: electric({ status: 'InProgress', chargingSpeed: 12, chargingMode: 'Slow', programs: [] }) },
    {
      'charging.connection': 'connected',
      'charging.status': 'charging',
      'charging.rate': 12,
      'charging.mode': 'slow',
      'charging.programs': [],
    },
  ],
  [
    'charge programs of v1, nested as its file has them',
    {
      vehicle: electric({
        status: 'Stopped',
        schedule: {
          programs: [
            [
              {
                slot: 1,
                start: 'PT23H',
                occurrence: { day: ['Mon', 'Tue'] },
                enabled: true,
                chargeToFull: false,
                minChargingLevel: 20,
                maxChargingLevel: 80,
                chargeType: 'Cooperative',
              },
            ],
          ],
        },
      }),
    },
    {
      'charging.connection': 'connected',
      'charging.status': 'idle',
      'charging.programs': [
        {
          slot: 1,
          start: '23:00',
          days: ['mon', 'tue'],
          enabled: true,
          toFull: false,
          minimum: 20,
          maximum: 80,
          kind: 'cooperative',
        },
      ],
    },
  ],
  [
    'charge programs of v4, without slots',
    electric({
      status: 'Finished',
      schedule: {
        programs: [
          { start: 'PT1H', end: 'PT5H30M', enabled: false, occurence: { day: ['Fri'] }, chargeUntilFull: true },
          { start: 'PT2H', enabled: true },
        ],
      },
    }),
    {
      'charging.connection': 'connected',
      'charging.status': 'complete',
      'charging.programs': [
        { slot: 1, start: '01:00', end: '05:30', days: ['fri'], enabled: false, toFull: true },
        { slot: 2, start: '02:00', days: [], enabled: true },
      ],
    },
  ],
  [
    'a schedule that arrives as an empty list',
    electric({ status: 'Failure', schedule: [] }),
    { 'charging.connection': 'connected', 'charging.status': 'fault', 'charging.programs': [] },
  ],
  ['no next charge: the time that stands for none', electric({ nextDelayedTime: 'PT1M' }), { 'charging.nextStart': null }],
  [
    'a next charge that is an instant after all',
    electric({ nextDelayedTime: '2026-03-04T02:00:00+01:00' }),
    { 'charging.nextStart': '2026-03-04T01:00:00.000Z' },
  ],
  [
    'a next charge that is switched off',
    { vehicle: electric({ schedule: { unitary: { start: 'PT22H', enabled: false } } }) },
    { 'charging.nextStart': null },
  ],
  [
    'engines (v1)',
    {
      vehicle: {
        powerTrain: { gmpStatus: 'NotRunning' },
        engines: [
          {
            type: 'Thermic',
            speed: 800,
            gmpStatus: 'Running',
            extension: {
              thermic: { coolant: { level: 80, temp: 90.5 }, oil: { level: 60, temp: 101 }, air: { temp: 25 } },
            },
          },
          { type: 'Electric', speed: 3000 },
        ],
      },
    },
    {
      'engine.status': 'stopped',
      'engine.speed': 800,
      'engine.motorSpeed': 3000,
      'engine.coolantLevelPercent': 80,
      'engine.coolantTemperature': 90.5,
      'engine.oilLevelPercent': 60,
      'engine.oilTemperature': 101,
      'engine.airTemperature': 25,
    },
  ],
  [
    'engines (v4)',
    { powertrain: { status: 'Running' }, engines: [{ speed: 900, oil: { temp: 88 } }] },
    { 'engine.status': 'running', 'engine.speed': 900, 'engine.oilTemperature': 88 },
  ],
  ['the deprecated engine status alone', { engines: [{ gmpStatus: 'Starting' }] }, { 'engine.status': 'starting' }],
  [
    'doors and windows',
    {
      vehicle: {
        doorsState: {
          opening: [
            { identifier: 'Driver', state: 'Open' },
            { identifier: 'Passenger', state: 'Closed' },
            { identifier: 'RearLeft', state: 'Closed' },
            { identifier: 'RearRight', state: 'Open' },
            { identifier: 'Trunk', state: 'Closed' },
            { identifier: 'HoodDoor', state: 'Open' },
            { identifier: 'RearWindow', state: 'Closed' },
            { identifier: 'RoofWindow', state: 'Open' },
          ],
        },
      },
    },
    {
      'doors.frontLeft': 'open',
      'doors.frontRight': 'closed',
      'doors.rearLeft': 'closed',
      'doors.rearRight': 'open',
      'doors.tailgate': 'closed',
      'doors.hood': 'open',
      'windows.rear': 'closed',
      'windows.sunroof': 'open',
    },
  ],
  ['the 12 V battery: a percentage, no volts', { battery: { voltage: 88.5 } }, { 'lowVoltage.level': 88.5 }],
  [
    'the 12 V battery of v1',
    { vehicle: { battery: { voltage: 70, current: -1.5, indicator: 'Flashing' } } },
    { 'lowVoltage.level': 70, 'lowVoltage.current': -1.5, 'lowVoltage.indicator': 'flashing' },
  ],
  [
    'safety',
    {
      safety: {
        beltStatus: [
          { id: 'Driver', belt: 'Normal' },
          { id: 'Passenger', belt: 'Omission' },
        ],
        autoECallTriggering: 'ShockDetectionUnabled',
      },
    },
    { 'safety.beltDriver': 'ok', 'safety.beltPassenger': 'missing', 'safety.eCall': 'unavailable' },
  ],
  ['odometer', { odometer: { mileage: 21901.4 } }, { 'vehicle.odometer': 21901.4 }],
  [
    'movement (v1 says m/s)',
    { vehicle: { kinetic: { speed: 20, acceleration: -0.4, moving: true } } },
    { 'vehicle.speed': 72, 'vehicle.acceleration': -0.4, 'vehicle.moving': true },
  ],
  ['propulsion', { vehicle: { propulsion: { type: 'Hybrid' } } }, { 'vehicle.propulsion': 'hybrid' }],
  ['parking brake', { vehicle: { braking: { parking: 'true' } } }, { 'vehicle.parkingBrake': true }],
  ['wipers off', { vehicle: { wipingBlades: { active: false, speed: 'High' } } }, { 'vehicle.wipers': 'off' }],
  ['wipers, fast', { vehicle: { wipingBlades: { active: true, speed: 'High' } } }, { 'vehicle.wipers': 'high' }],
  ['wipers of unknown speed', { vehicle: { wipingBlades: { active: true } } }, { 'vehicle.wipers': 'on' }],
  [
    'gearbox',
    { vehicle: { transmission: { gearbox: { ratio: 'Ratio3', mode: { automatic: true, sport: false, semiManual: true } } } } },
    { 'vehicle.gear': '3', 'vehicle.gearboxModes': ['automatic', 'semi-manual'] },
  ],
  [
    'driver assistance (v1)',
    {
      vehicle: {
        adas: {
          parkAssist: { front: ['Active'], rear: ['Wait', 'TrailerInhibition'] },
          accr: 'OverSpeedingByPedalrPess',
          lvv: true,
          rvv: 'LimitSetting',
          aebs: 'Flashing',
          afil: 'Fixed',
          artiv: 'Selected',
          bsm: 'Fault',
          esp: false,
          abs: true,
          fse: false,
          sli: 90,
          rlka: 'CorrectionInProgress',
          llka: 'NotSelected',
          rgi: 'UpDown',
        },
      },
    },
    {
      'assist.parkFront': ['active'],
      'assist.parkRear': ['waiting', 'trailer'],
      'assist.adaptiveCruise': 'over-speed',
      'assist.speedLimiter': true,
      'assist.cruiseControl': 'limit-setting',
      'assist.emergencyBraking': 'flashing',
      'assist.laneDeparture': 'on',
      'assist.distanceKeeping': 'selected',
      'assist.blindSpot': 'fault',
      'assist.stability': false,
      'assist.abs': true,
      'assist.electricBrake': false,
      'assist.speedLimit': 90,
      'assist.laneKeepRight': 'correcting',
      'assist.laneKeepLeft': 'not-selected',
      'assist.gearAdvice': 'up-down',
    },
  ],
  [
    'driver assistance in the words of v4',
    { vehicle: { adas: { accr: 'OverSpeedingByPedalPress', aebs: 'OnFlashing', afil: 'OnFixed' } } },
    { 'assist.adaptiveCruise': 'over-speed', 'assist.emergencyBraking': 'flashing', 'assist.laneDeparture': 'on' },
  ],
  [
    'lamps',
    {
      lightingSystem: {
        turn: [
          { direction: 'Left', position: 'Front', status: 'On' },
          { direction: 'Right', position: 'Rear', status: 'Off' },
        ],
        fog: [{ direction: 'Left', position: 'Rear', status: 'On' }],
      },
    },
    { 'lights.turnFrontLeftOn': true, 'lights.turnRearRightOn': false, 'lights.fogRearLeftOn': true },
  ],
  [
    'maintenance, overdue',
    { vehicle: { maintenance: { daysBeforeMaintenance: -12, mileageBeforeMaintenance: 8130 } } },
    { 'service.time': -12, 'service.distance': 8130 },
  ],
  [
    'active alerts of v1',
    {
      vehicle: {
        alerts: {
          active: {
            activeAlerts: [
              { id: 'a1', active: true, type: 'OilLevelLow', severity: 'Warning', startedAt: '2026-03-02T10:00:00Z' },
              {
                id: 'a2',
                active: true,
                type: 'isFuelLevelLow',
                severity: 'Information',
                startedAt: '2026-03-02T09:00:00Z',
                startPosition: feature([2, 48]),
              },
              { id: 'a3', active: false, type: 'RiskOfIce', severity: 'Critical', startedAt: '2026-03-01T09:00:00Z' },
              { id: 'a4', active: true, type: 'RiskOfIce', severity: 'Critical', endAt: '2026-03-01T09:10:00Z' },
            ],
          },
          report: { reportDetails: [{ active: true, type: 'EngineFault', severity: 'Critical' }] },
        },
      },
    },
    {
      'alerts.active': ['oil-level-low', 'fuel-level-low'],
      'alerts.details': [
        { id: 'a1', code: 'oil-level-low', severity: 'warning', since: '2026-03-02T10:00:00.000Z' },
        {
          id: 'a2',
          code: 'fuel-level-low',
          severity: 'information',
          since: '2026-03-02T09:00:00.000Z',
          location: { latitude: 48, longitude: 2 },
        },
      ],
      'alerts.severity': 'warning',
    },
  ],
  [
    'the report, where there is no list of active alerts',
    {
      vehicle: {
        alerts: {
          report: {
            reportDetails: [
              { active: true, type: 'EngineFault', severity: 'Critical' },
              { active: false, type: 'RiskOfIce', severity: 'Warning' },
            ],
          },
        },
      },
    },
    {
      'alerts.active': ['engine-fault'],
      'alerts.details': [{ code: 'engine-fault', severity: 'critical' }],
      'alerts.severity': 'critical',
    },
  ],
  [
    'no alert at all',
    { vehicle: { alerts: { active: { activeAlerts: [] } } } },
    { 'alerts.active': [], 'alerts.details': [], 'alerts.severity': 'none' },
  ],
  [
    'the theft alarm',
    {
      alarm: {
        status: { activation: 'Active' },
        trigger: { type: 'ElectricalsystemBreakIn', startAt: '2026-03-02T03:04:05Z' },
      },
    },
    { 'alerts.alarm': 'active', 'alerts.alarmTrigger': 'electrical', 'alerts.alarmSince': '2026-03-02T03:04:05.000Z' },
  ],
  [
    'a car reported stolen',
    { vehicle: { stolen: { id: 's1', state: true, startedAt: '2026-03-01T00:00:00Z' } } },
    { 'alerts.stolen': true, 'alerts.stolenSince': '2026-03-01T00:00:00.000Z' },
  ],
  [
    'a stolen report that has ended',
    { vehicle: { stolen: { state: true, startedAt: '2026-03-01T00:00:00Z', endAt: '2026-03-02T00:00:00Z' } } },
    { 'alerts.stolen': false, 'alerts.stolenSince': null },
  ],
  ['driving mode', { drivingBehavior: { mode: '4AWD' } }, { 'vehicle.drivingMode': '4awd' }],
  ['privacy', { privacy: { state: 'Geolocation' } }, { 'reachability.privacy': 'geolocation' }],
  [
    'environment',
    { environment: { luminosity: { day: false }, air: { temp: -3.5 } } },
    { 'climate.daylight': false, 'climate.outsideTemperature': -3.5 },
  ],
  ['nothing at all', {}, {}],
  ['blocks without a word', { vehicle: { ignition: {}, energies: [{}], doorsState: null }, privacy: { state: '' } }, {}],
]

describe("Stellantis' blocks in our words", () => {
  for (const [what, body, expected] of table) {
    it(what, () => {
      const { values, drifts } = read(body)
      expect(values).to.deep.equal(Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)))
      expect(drifts).to.deep.equal([])
    })
  }

  it('tells only signals of the catalogue, in words of the catalogue', () => {
    for (const [what, body] of table) {
      for (const [signal, value] of Object.entries(read(body).values)) {
        if (!isSignalId(signal)) throw new Error(`${what}: ${signal}`)
        const { words: known } = signalOf(signal)
        for (const word of known && value !== null ? [value].flat() : []) expect(known, `${what} ${signal}`).to.include(word)
      }
    }
  })
})

/** Every word of every table, at the place where it stands on the wire. */
const tables: [place: (word: string) => Record<string, unknown>, signal: string, table: Record<string, string>][] = [
  [(type) => ({ ignition: { type } }), 'vehicle.ignition', words.ignition],
  [(status) => ({ preconditioning: { airConditioning: { status } } }), 'climate.status', words.climateStatus],
  [(failureCause) => ({ preconditioning: { airConditioning: { failureCause } } }), 'climate.cause', words.climateCause],
  [(startingCause) => ({ preconditioning: { airConditioning: { startingCause } } }), 'climate.startedBy', words.startedBy],
  [(status) => ({ tyreState: [{ id: 'RearLeft', status }] }), 'tyres.rearLeft', words.tyreStatus],
  [(status) => electric({ status }), 'charging.status', words.chargingStatus],
  [(chargingMode) => electric({ chargingMode }), 'charging.mode', words.chargingMode],
  [(type) => electric({ type }), 'charging.limitMode', words.chargingType],
  [(stopChargeStatus) => electric({ schedule: { unitary: { stopChargeStatus } } }), 'charging.stopStatus', words.stopStatus],
  [(status) => ({ powertrain: { status } }), 'engine.status', words.engineStatus],
  [(indicator) => ({ battery: { indicator } }), 'lowVoltage.indicator', words.indicator],
  [(belt) => ({ safety: { beltStatus: [{ id: 'Driver', belt }] } }), 'safety.beltDriver', words.belt],
  [(autoECallTriggering) => ({ safety: { autoECallTriggering } }), 'safety.eCall', words.eCall],
  [(type) => ({ propulsion: { type } }), 'vehicle.propulsion', words.propulsion],
  [(ratio) => ({ transmission: { gearbox: { ratio } } }), 'vehicle.gear', words.gear],
  [(mode) => ({ drivingBehavior: { mode } }), 'vehicle.drivingMode', words.drivingMode],
  [(activation) => ({ alarm: { status: { activation } } }), 'alerts.alarm', words.alarmStatus],
  [(type) => ({ alarm: { trigger: { type } } }), 'alerts.alarmTrigger', words.alarmTrigger],
  [(state) => ({ privacy: { state } }), 'reachability.privacy', words.privacy],
  [(accr) => ({ adas: { accr } }), 'assist.adaptiveCruise', words.assist.adaptiveCruise],
  [(rvv) => ({ adas: { rvv } }), 'assist.cruiseControl', words.assist.cruiseControl],
  [(aebs) => ({ adas: { aebs } }), 'assist.emergencyBraking', words.assist.emergencyBraking],
  [(afil) => ({ adas: { afil } }), 'assist.laneDeparture', words.assist.laneDeparture],
  [(artiv) => ({ adas: { artiv } }), 'assist.distanceKeeping', words.assist.distanceKeeping],
  [(bsm) => ({ adas: { bsm } }), 'assist.blindSpot', words.assist.blindSpot],
  [(rlka) => ({ adas: { rlka } }), 'assist.laneKeepRight', words.assist.laneKeep],
  [(rgi) => ({ adas: { rgi } }), 'assist.gearAdvice', words.assist.gearAdvice],
]

describe("Stellantis' words", () => {
  for (const [place, signal, table] of tables) {
    it(`${signal}: each in any case, a new one is unknown`, () => {
      if (!isSignalId(signal)) throw new Error(signal)
      for (const [wire, ours] of Object.entries(table)) {
        for (const spelt of [wire, wire.toLowerCase(), ` ${wire.toUpperCase()} `]) {
          const { values, drifts } = read(place(spelt))
          expect(values[signal], spelt).to.equal(ours)
          expect(drifts, spelt).to.deep.equal([])
        }
        expect(signalOf(signal).words, wire).to.include(ours)
      }
      const { values, drifts } = read(place('NeverHeardOf'))
      expect(values[signal]).to.equal(unknownWord)
      expect(drifts).to.have.length(1)
      expect(drifts[0]).to.contain('NeverHeardOf')
    })
  }
})

describe("Stellantis' locks", () => {
  const locks = (...list: string[]) => read({ doorsState: { lockedStates: list } }).values
  const cases: [list: string[], expected: Values][] = [
    [['Locked'], { central: 'locked', driver: 'locked', passenger: 'locked', cabin: 'locked', superLocked: false }],
    [['SuperLocked'], { central: 'locked', driver: 'locked', passenger: 'locked', cabin: 'locked', superLocked: true }],
    [['Unlocked'], { central: 'unlocked', superLocked: false }],
    [['DriverDoorUnlocked'], { central: 'unlocked', driver: 'unlocked', superLocked: false }],
    [['PassengerDoorUnlocked'], { central: 'unlocked', passenger: 'unlocked', superLocked: false }],
    [['CabinDoorsUnlocked'], { central: 'unlocked', cabin: 'unlocked', superLocked: false }],
    [['RearDoorsLocked'], { rear: 'locked', superLocked: false }],
    [['CargoDoorsUnlocked', 'TrunkUnLocked'], { cargo: 'unlocked', tailgate: 'unlocked', superLocked: false }],
    [
      ['Locked', 'RearDoorsLocked', 'TrunkLocked'],
      {
        central: 'locked',
        driver: 'locked',
        passenger: 'locked',
        cabin: 'locked',
        rear: 'locked',
        tailgate: 'locked',
        superLocked: false,
      },
    ],
    [['Locked', 'Unlocked'], { central: 'unlocked', superLocked: false }],
    [['SuperLocked', 'DriverDoorUnlocked'], { central: 'unlocked', driver: 'unlocked', superLocked: false }],
    [['RearDoorsLocked', 'RearDoorsUnlocked'], { rear: 'unlocked', superLocked: false }],
    [[], {}],
  ]
  for (const [list, expected] of cases) {
    it(list.join(' and ') || 'an empty list says nothing', () => {
      expect(locks(...list)).to.deep.equal(
        Object.fromEntries(Object.entries(expected).map(([key, value]) => [`lock.${key}`, value])),
      )
    })
  }

  it('reads the list under its name of v1 as well', () => {
    expect(read({ vehicle: { doorsState: { lockedState: ['Unlocked'] } } }).values).to.include({ 'lock.central': 'unlocked' })
  })

  it('takes no new word for a locked car', () => {
    const { values, drifts } = read({ doorsState: { lockedStates: ['HalfLocked'] } })
    expect(values).to.deep.equal({ 'lock.central': 'unknown' })
    expect(drifts).to.deep.equal(['status doorsState lockedState: HALFLOCKED'])
  })
})

describe("Stellantis' times", () => {
  it('are those of the innermost block that has one', () => {
    const { times } = read({
      createdAt: '2026-03-02T11:00:00Z',
      updatedAt: '2026-03-02T11:30:00Z',
      ignition: { type: 'Stop' },
      odometer: { createdAt: '2026-02-01T08:00:00Z', mileage: 1 },
      lastPosition: feature([2, 48], { createdAt: '2026-03-02T10:00:00Z' }),
      energies: [
        {
          createdAt: '2026-03-02T11:10:00Z',
          type: 'Electric',
          level: 50,
          extension: {
            electric: {
              battery: { load: { createdAt: '2026-01-01T00:00:00Z', capacity: 46000 } },
              charging: { status: 'Stopped' },
            },
          },
        },
      ],
      tyreState: [{ id: 'FrontLeft', status: 'Low', createdAt: '2026-02-02T02:02:02Z' }],
    })
    expect(times).to.deep.equal({
      'vehicle.ignition': '2026-03-02T11:30:00.000Z',
      'vehicle.odometer': '2026-02-01T08:00:00.000Z',
      'position.location': '2026-03-02T10:00:00.000Z',
      'battery.stateOfCharge': '2026-03-02T11:10:00.000Z',
      'battery.capacity': '2026-01-01T00:00:00.000Z',
      'charging.connection': '2026-03-02T11:10:00.000Z',
      'charging.status': '2026-03-02T11:10:00.000Z',
      'tyres.frontLeft': '2026-02-02T02:02:02.000Z',
    })
  })

  it('of a position may stand at its top', () => {
    const { times } = read({ lastPosition: { ...feature([2, 48]), createdAt: '2026-03-02T10:00:00Z' } })
    expect(times['position.location']).to.equal('2026-03-02T10:00:00.000Z')
  })

  it('ahead of their receipt count as the receipt', () => {
    const { times, drifts } = read({ odometer: { createdAt: '2026-03-09T00:00:00Z', mileage: 5 } })
    expect(times).to.deep.equal({ 'vehicle.odometer': '2026-03-02T12:00:00.000Z' })
    expect(drifts).to.deep.equal(['times: ahead of their receipt'])
  })
})

describe('A Stellantis car', () => {
  it('with the wheel on the right has its driver there', () => {
    const opening = [
      { identifier: 'Driver', state: 'Open' },
      { identifier: 'Passenger', state: 'Closed' },
    ]
    expect(read({ doorsState: { opening } }, { steering: 'right' }).values).to.deep.equal({
      'doors.frontRight': 'open',
      'doors.frontLeft': 'closed',
    })
  })

  it('without a tank has no fuel level of 0, another one may', () => {
    const energies = [energy('Fuel', { level: 0, autonomy: 0 }), energy('Electric', { level: 80 })]
    expect(read({ energies }, { electricOnly: true }).values).to.deep.equal({ 'battery.stateOfCharge': 80 })
    expect(read({ energies }).values).to.deep.equal({ 'battery.stateOfCharge': 80, 'fuel.level': 0, 'fuel.range': 0 })
  })

  it('that charges is plugged, whatever the plug says', () => {
    const { values } = read(electric({ plugged: false, status: 'InProgress' }))
    expect(values).to.include({ 'charging.connection': 'connected', 'charging.status': 'charging' })
  })

  it('whose charging word is new is neither plugged nor unplugged', () => {
    const { values } = read(electric({ status: 'Dreaming' }))
    expect(values).to.deep.equal({ 'charging.status': 'unknown' })
  })

  it('tells speed in km/h in v4', () => {
    expect(read({ kinetic: { speed: 77 } }, { speedFactor: 1 }).values).to.deep.equal({ 'vehicle.speed': 77 })
  })

  it('names the next charge in its own time, also over the change of clocks', () => {
    const next = (start: string, receivedAt: string, timeZone: string) => {
      const { context } = givenContext({ timeZone })
      const origin = { ...context.origin, receivedAt: Date.parse(receivedAt) }
      return valuesOf(readBlocks(electric({ nextDelayedTime: start }), { ...context, origin, time: undefined }))[
        'charging.nextStart'
      ]
    }
    expect(next('PT22H30M', '2026-03-02T22:00:00Z', 'Europe/Paris')).to.equal('2026-03-03T21:30:00.000Z')
    // Clocks go forward on 29 March at 02:00 and back on 25 October at 03:00.
    expect(next('PT7H', '2026-03-28T20:00:00Z', 'Europe/Paris')).to.equal('2026-03-29T05:00:00.000Z')
    expect(next('PT7H', '2026-10-24T20:00:00Z', 'Europe/Paris')).to.equal('2026-10-25T06:00:00.000Z')
    expect(next('PT3H30M', '2026-03-08T06:00:00Z', 'America/New_York')).to.equal('2026-03-08T07:30:00.000Z')
    expect(next('PT1H', '2026-03-02T23:30:00Z', 'Pacific/Auckland')).to.equal('2026-03-03T12:00:00.000Z')
    expect(next('PT23H59M', '2026-03-02T12:00:00Z', 'Nowhere/AtAll')).to.equal('2026-03-02T23:59:00.000Z')
  })

  it('loses only the field that is bad', () => {
    const { values, drifts } = read({
      ignition: { type: ['Stop'] },
      odometer: { mileage: 'many' },
      battery: { voltage: 140 },
      lastPosition: feature([200, 48]),
      lightingSystem: { turn: [{ direction: 'Up', position: 'Front', status: 'On' }, 'x', 7] },
      energies: [
        { type: 'Steam', level: 3 },
        { type: 'Electric', level: '55', autonomy: null },
      ],
      doorsState: { opening: [{ identifier: 'Bonnet', state: 'Open' }], lockedStates: 'Locked' },
      preconditioning: { airConditioning: { programs: [{ start: '7 am' }] } },
      environment: { luminosity: { day: 'maybe' } },
      privacy: 'None',
    })
    expect(values).to.deep.equal({ 'battery.stateOfCharge': 55, 'climate.programs': [] })
    expect(drifts).to.deep.equal([
      'status ignition type: a list',
      'status location coordinates: outside the globe',
      'status preconditioning programs start: 7 am',
      'status energies type: Steam',
      'status doorsState opening identifier: Bonnet',
      'status battery voltage: 140',
      'status odometer mileage: many',
      'status lightingSystem turn position: FRONT UP',
      'status environment luminosity.day: maybe',
    ])
  })

  it('has an alert that nobody knows, and keeps its word', () => {
    const { values, drifts } = read({
      vehicle: { alerts: { active: { activeAlerts: [{ id: 'x9', active: true, type: 'FluxLow', severity: 'Grave' }] } } },
    })
    expect(values).to.deep.equal({
      'alerts.active': ['unknown'],
      'alerts.details': [{ id: 'FluxLow', code: 'unknown', severity: 'unknown' }],
      'alerts.severity': 'unknown',
    })
    expect(drifts).to.deep.equal(['status alerts active type: FluxLow', 'status alerts active severity: Grave'])
  })
})
