import { expect } from 'chai'
import * as tables from '../../../src/providers/volvo/mapping'
import { capacityOf, metaOf, positionOf } from '../../../src/providers/volvo/vehicle'
import type { Origin } from '../../../src/providers/mapping'
import type { Reading } from '../../../src/vehicle/reading'
import { signalIds, signalOf, type SignalId } from '../../../src/vehicle/signals'

const receivedAt = Date.parse('2026-03-02T15:00:00Z')
const timestamp = '2026-03-02T14:18:56.849Z'
const drifts: string[] = []
const origin: Origin = { where: 'test', receivedAt, drift: (where, sample) => drifts.push(`${where}: ${sample}`) }

const valuesOf = (readings: readonly Reading[]) => Object.fromEntries(readings.map(({ signal, value }) => [signal, value]))
const points = (mapping: tables.Mapping, data: Record<string, unknown>) => valuesOf(tables.readPoints(mapping, data, origin))
const state = (data: Record<string, unknown>) =>
  valuesOf(tables.withoutLeftovers(tables.readEnergyState(tables.energyV2, data, origin)))
const ok = (value: unknown, unit?: string) => ({ status: 'OK', value, unit, updatedAt: '2026-03-02T14:16:22Z' })

type Case = [mapping: tables.Mapping, field: string, unit: string | undefined, words: Record<string, Record<string, unknown>>]

const openings = (signal: SignalId) => ({
  OPEN: { [signal]: 'open' },
  CLOSED: { [signal]: 'closed' },
  AJAR: { [signal]: 'ajar' },
  UNSPECIFIED: { [signal]: null },
})
const lamps = (signal: SignalId) => ({
  NO_WARNING: { [signal]: 'ok' },
  FAILURE: { [signal]: 'fault' },
  UNSPECIFIED: { [signal]: null },
})
const tyres = (signal: SignalId) => ({
  NO_WARNING: { [signal]: 'ok' },
  LOW_PRESSURE: { [signal]: 'low' },
  VERY_LOW_PRESSURE: { [signal]: 'very-low' },
  HIGH_PRESSURE: { [signal]: 'high' },
  UNSPECIFIED: { [signal]: null },
})
const levels = (signal: SignalId) => ({
  NO_WARNING: { [signal]: 'ok' },
  TOO_LOW: { [signal]: 'low' },
  UNSPECIFIED: { [signal]: null },
})
const service = (warning: string | null, reason: string | null) => ({ 'service.warning': warning, 'service.reason': reason })

const cases: Case[] = [
  [tables.windows, 'frontLeftWindow', undefined, openings('windows.frontLeft')],
  [tables.windows, 'frontRightWindow', undefined, openings('windows.frontRight')],
  [tables.windows, 'rearLeftWindow', undefined, openings('windows.rearLeft')],
  [tables.windows, 'rearRightWindow', undefined, openings('windows.rearRight')],
  [tables.windows, 'sunroof', undefined, openings('windows.sunroof')],
  [
    tables.doors,
    'centralLock',
    undefined,
    { LOCKED: { 'lock.central': 'locked' }, UNLOCKED: { 'lock.central': 'unlocked' }, UNSPECIFIED: { 'lock.central': null } },
  ],
  [tables.doors, 'frontLeftDoor', undefined, openings('doors.frontLeft')],
  [tables.doors, 'frontRightDoor', undefined, openings('doors.frontRight')],
  [tables.doors, 'rearLeftDoor', undefined, openings('doors.rearLeft')],
  [tables.doors, 'rearRightDoor', undefined, openings('doors.rearRight')],
  [tables.doors, 'hood', undefined, openings('doors.hood')],
  [tables.doors, 'tailgate', undefined, openings('doors.tailgate')],
  [tables.doors, 'tailGate', undefined, openings('doors.tailgate')],
  [tables.doors, 'tankLid', undefined, openings('doors.tankLid')],
  [
    tables.engineStatus,
    'engineStatus',
    undefined,
    {
      RUNNING: { 'engine.status': 'running' },
      true: { 'engine.status': 'running' },
      STOPPED: { 'engine.status': 'stopped' },
      false: { 'engine.status': 'stopped' },
    },
  ],
  [
    tables.engine,
    'oilLevelWarning',
    undefined,
    { ...levels('engine.oilLevel'), SERVICE_REQUIRED: { 'engine.oilLevel': 'service' }, TOO_HIGH: { 'engine.oilLevel': 'high' } },
  ],
  [tables.engine, 'engineCoolantLevelWarning', undefined, levels('engine.coolantLevel')],
  [
    tables.diagnostics,
    'serviceWarning',
    undefined,
    {
      NO_WARNING: service('ok', null),
      UNKNOWN_WARNING: service('other', null),
      UNSPECIFIED: service(null, null),
      REGULAR_MAINTENANCE_ALMOST_TIME_FOR_SERVICE: service('almost-due', 'regular'),
      ENGINE_HOURS_ALMOST_TIME_FOR_SERVICE: service('almost-due', 'engine-hours'),
      DISTANCE_DRIVEN_ALMOST_TIME_FOR_SERVICE: service('almost-due', 'distance'),
      REGULAR_MAINTENANCE_TIME_FOR_SERVICE: service('due', 'regular'),
      ENGINE_HOURS_TIME_FOR_SERVICE: service('due', 'engine-hours'),
      DISTANCE_DRIVEN_TIME_FOR_SERVICE: service('due', 'distance'),
      REGULAR_MAINTENANCE_OVERDUE_FOR_SERVICE: service('overdue', 'regular'),
      ENGINE_HOURS_OVERDUE_FOR_SERVICE: service('overdue', 'engine-hours'),
      DISTANCE_DRIVEN_OVERDUE_FOR_SERVICE: service('overdue', 'distance'),
    },
  ],
  [tables.diagnostics, 'engineHoursToService', 'h', { 1266: { 'service.engineHours': 1266 } }],
  [tables.diagnostics, 'distanceToService', 'km', { 29000: { 'service.distance': 29000 } }],
  [tables.diagnostics, 'timeToService', 'months', { 23: { 'service.time': 690 } }],
  [tables.diagnostics, 'timeToService', 'days', { 23: { 'service.time': 23 } }],
  [tables.diagnostics, 'washerFluidLevelWarning', undefined, levels('service.washerFluid')],
  [tables.diagnostics, 'kmToService', 'km', { 100: { 'service.distance': 100 } }],
  [tables.diagnostics, 'monthsToService', undefined, { 2: { 'service.time': 60 } }],
  [tables.diagnostics, 'serviceWarningStatus', undefined, { NO_WARNING: service('ok', null) }],
  [tables.brakes, 'brakeFluidLevelWarning', undefined, levels('service.brakeFluid')],
  ...(
    [
      ['brakeLightCenterWarning', 'brakeCenter'],
      ['brakeLightLeftWarning', 'brakeLeft'],
      ['brakeLightRightWarning', 'brakeRight'],
      ['fogLightFrontWarning', 'fogFront'],
      ['fogLightRearWarning', 'fogRear'],
      ['positionLightFrontLeftWarning', 'positionFrontLeft'],
      ['positionLightFrontRightWarning', 'positionFrontRight'],
      ['positionLightRearLeftWarning', 'positionRearLeft'],
      ['positionLightRearRightWarning', 'positionRearRight'],
      ['highBeamLeftWarning', 'highBeamLeft'],
      ['highBeamRightWarning', 'highBeamRight'],
      ['lowBeamLeftWarning', 'lowBeamLeft'],
      ['lowBeamRightWarning', 'lowBeamRight'],
      ['daytimeRunningLightLeftWarning', 'daytimeLeft'],
      ['daytimeRunningLightRightWarning', 'daytimeRight'],
      ['turnIndicationFrontLeftWarning', 'turnFrontLeft'],
      ['turnIndicationFrontRightWarning', 'turnFrontRight'],
      ['turnIndicationRearLeftWarning', 'turnRearLeft'],
      ['turnIndicationRearRightWarning', 'turnRearRight'],
      ['registrationPlateLightWarning', 'registrationPlate'],
      ['sideMarkLightsWarning', 'sideMark'],
      ['hazardLightsWarning', 'hazard'],
      ['reverseLightsWarning', 'reverse'],
    ] as const
  ).map(([field, key]): Case => [tables.warnings, field, undefined, lamps(`lights.${key}`)]),
  [tables.tyres, 'frontLeft', undefined, tyres('tyres.frontLeft')],
  [tables.tyres, 'frontRight', undefined, tyres('tyres.frontRight')],
  [tables.tyres, 'rearLeft', undefined, tyres('tyres.rearLeft')],
  [tables.tyres, 'rearRight', undefined, tyres('tyres.rearRight')],
  [tables.fuel, 'fuelAmount', 'l', { 47.3: { 'fuel.amount': 47.3 }, 0: {} }],
  [tables.fuel, 'batteryChargeLevel', '%', { 87.3: { 'battery.stateOfCharge': 87.3 } }],
  [tables.odometer, 'odometer', 'km', { 30000: { 'vehicle.odometer': 30000 } }],
  [tables.statistics, 'averageSpeed', 'km/h', { 47: { 'trip.averageSpeed': 47 } }],
  [tables.statistics, 'averageSpeed', 'kilometers_per_hour', { 47: { 'trip.averageSpeed': 47 } }],
  [tables.statistics, 'averageSpeedAutomatic', 'km/h', { 37: { 'trip.averageSpeedAutomatic': 37 } }],
  [tables.statistics, 'averageEnergyConsumption', 'kwh/100km', { 19.9: { 'trip.averageConsumption': 19.9 } }],
  [tables.statistics, 'averageEnergyConsumptionAutomatic', 'kWh/100km', { 18: { 'trip.averageConsumptionAutomatic': 18 } }],
  [tables.statistics, 'averageEnergyConsumptionSinceCharge', 'kWh/100km', { 17: { 'trip.averageConsumptionSinceCharge': 17 } }],
  [tables.statistics, 'averageFuelConsumption', 'l/100km', { 2: { 'trip.averageFuelConsumption': 2 } }],
  [tables.statistics, 'averageFuelConsumption', 'liters_per_100_kilometers', { 2: { 'trip.averageFuelConsumption': 2 } }],
  [tables.statistics, 'averageFuelConsumptionAutomatic', 'l/100km', { 0: { 'trip.averageFuelConsumptionAutomatic': 0 } }],
  [tables.statistics, 'tripMeterManual', 'km', { 5935.8: { 'trip.meterManual': 5935.8 } }],
  [tables.statistics, 'tripMeterAutomatic', 'km', { 23.7: { 'trip.meterAutomatic': 23.7 } }],
  [tables.statistics, 'distanceToEmptyTank', 'km', { 804: { 'fuel.range': 804 } }],
  [tables.statistics, 'distanceToEmptyBattery', 'km', { 43: { 'battery.range': 43 } }],
  [tables.statistics, 'tripMeter1', 'kilometers', { 1: { 'trip.meterManual': 1 } }],
  [tables.statistics, 'tripMeter2', 'kilometers', { 2: { 'trip.meterAutomatic': 2 } }],
  [tables.statistics, 'distanceToEmpty', 'kilometers', { 300: { 'vehicle.range': 300 } }],
  [tables.energyV1, 'batteryChargeLevel', 'percentage', { '58.0': { 'battery.stateOfCharge': 58 } }],
  [tables.energyV1, 'electricRange', 'kilometers', { 250: { 'battery.range': 250 } }],
  [tables.energyV1, 'electricRange', 'miles', { 100: { 'battery.range': 160.9344 } }],
  [tables.energyV1, 'estimatedChargingTime', 'minutes', { 780: { 'charging.timeToComplete': 780 } }],
  [
    tables.energyV1,
    'chargingConnectionStatus',
    undefined,
    {
      CONNECTION_STATUS_CONNECTED_AC: { 'charging.connection': 'connected', 'charging.type': 'ac' },
      CONNECTION_STATUS_CONNECTED_DC: { 'charging.connection': 'connected', 'charging.type': 'dc' },
      CONNECTION_STATUS_DISCONNECTED: { 'charging.connection': 'disconnected', 'charging.type': 'none' },
      CONNECTION_STATUS_FAULT: { 'charging.connection': 'fault', 'charging.type': null },
      CONNECTION_STATUS_UNSPECIFIED: { 'charging.connection': null, 'charging.type': null },
      '': {},
    },
  ],
  [
    tables.energyV1,
    'chargingSystemStatus',
    undefined,
    {
      CHARGING_SYSTEM_CHARGING: { 'charging.status': 'charging' },
      CHARGING_SYSTEM_IDLE: { 'charging.status': 'idle' },
      CHARGING_SYSTEM_DONE: { 'charging.status': 'complete' },
      CHARGING_SYSTEM_FAULT: { 'charging.status': 'fault' },
      CHARGING_SYSTEM_SCHEDULED: { 'charging.status': 'scheduled' },
      CHARGING_SYSTEM_UNSPECIFIED: { 'charging.status': null },
    },
  ],
  [tables.energyV1, 'targetBatteryChargeLevel', 'percentage', { 90: { 'charging.chargeLimit': 90 } }],
  [tables.energyV1, 'chargingCurrentLimit', 'ampere', { 16: { 'charging.currentLimit': 16 } }],
]

const energyCases: [field: string, unit: string | undefined, words: Record<string, Record<string, unknown>>][] = [
  ['batteryChargeLevel', 'percentage', { 62.5: { 'battery.stateOfCharge': 62.5 } }],
  ['electricRange', 'km', { 320: { 'battery.range': 320 } }],
  ['electricRange', 'miles', { 150: { 'battery.range': 241.4016 } }],
  ['electricRange', 'mi', { 150: { 'battery.range': 241.4016 } }],
  [
    'chargerConnectionStatus',
    undefined,
    {
      CONNECTED: { 'charging.connection': 'connected' },
      DISCONNECTED: { 'charging.connection': 'disconnected' },
      FAULT: { 'charging.connection': 'fault' },
    },
  ],
  [
    'chargingStatus',
    undefined,
    {
      CHARGING: { 'charging.status': 'charging' },
      DISCHARGING: { 'charging.status': 'discharging' },
      DONE: { 'charging.status': 'complete' },
      ERROR: { 'charging.status': 'fault' },
      FAULT: { 'charging.status': 'fault' },
      IDLE: { 'charging.status': 'idle' },
      SCHEDULED: { 'charging.status': 'scheduled' },
      UNSPECIFIED: { 'charging.status': null },
    },
  ],
  [
    'chargingType',
    undefined,
    { AC: { 'charging.type': 'ac' }, DC: { 'charging.type': 'dc' }, NONE: { 'charging.type': 'none' } },
  ],
  [
    'chargerPowerStatus',
    undefined,
    {
      PROVIDING_POWER: { 'charging.supply': 'providing' },
      POWER_AVAILABLE_BUT_NOT_ACTIVATED: { 'charging.supply': 'available' },
      NO_POWER_AVAILABLE: { 'charging.supply': 'none' },
      FAULT: { 'charging.supply': 'fault' },
    },
  ],
  ['estimatedChargingTimeToTargetBatteryChargeLevel', 'minutes', { 95: { 'charging.timeToComplete': 95 } }],
  ['chargingCurrentLimit', 'ampere', { 32: { 'charging.currentLimit': 32 } }],
  ['targetBatteryChargeLevel', 'percentage', { 90: { 'charging.chargeLimit': 90 } }],
  ['chargingPower', 'watts', { 10656: { 'charging.power': 10.656 } }],
]

describe('what Volvo tells about a car', () => {
  beforeEach(() => drifts.splice(0))

  for (const [mapping, field, unit, words] of cases) {
    it(`${field}${unit ? ` in ${unit}` : ''}`, () => {
      for (const [value, expected] of Object.entries(words))
        expect(points(mapping, { [field]: { value, unit, timestamp } }), value).to.deep.equal(expected)
      expect(drifts).to.deep.equal([])
    })
  }

  for (const [field, unit, words] of energyCases) {
    it(`${field} of Energy v2${unit ? ` in ${unit}` : ''}`, () => {
      for (const [value, expected] of Object.entries(words))
        expect(state({ [field]: ok(value, unit) }), value).to.deep.equal(expected)
      expect(drifts).to.deep.equal([])
    })
  }

  it('reaches every signal that the catalogue says Volvo delivers, in the words of the catalogue', () => {
    const reached = new Set<SignalId>(['position.location', 'battery.capacity'])
    const mappings = Object.values(tables).filter((one): one is tables.Mapping => typeof one === 'object')
    for (const rule of mappings.flatMap((mapping) => Object.values(mapping)))
      for (const signal of rule.signals) reached.add(signal)
    const promised = signalIds.filter((id) => signalOf(id).from.some((source) => source.startsWith('volvo')))
    expect(promised.filter((id) => !reached.has(id))).to.deep.equal([])
    for (const [, , , words] of cases) {
      for (const [id, value] of Object.values(words).flatMap(Object.entries)) {
        const vocabulary = signalOf(id as SignalId).words
        if (typeof value === 'string' && vocabulary) expect(vocabulary, id).to.include(value)
      }
    }
  })

  it('carries the time at which the car saw it, where Volvo tells one', () => {
    const [door] = tables.readPoints(tables.doors, { hood: { value: 'OPEN', timestamp } }, origin)
    expect(door).to.deep.equal({ signal: 'doors.hood', value: 'open', observedAt: Date.parse(timestamp) })
    const [timeless] = tables.readPoints(tables.doors, { hood: { value: 'OPEN' } }, origin)
    expect(timeless).to.deep.equal({ signal: 'doors.hood', value: 'open' })
    const [energy] = tables.readEnergyState(tables.energyV2, { chargingType: ok('AC') }, origin)
    expect(energy?.observedAt).to.equal(Date.parse('2026-03-02T14:16:22Z'))
  })

  it('loses only the point that is bad', () => {
    const data = {
      hood: { value: 'SIDEWAYS', timestamp },
      tailgate: null,
      tankLid: [],
      centralLock: { value: 'LOCKED', timestamp },
    }
    expect(points(tables.doors, data)).to.deep.equal({ 'doors.hood': 'unknown', 'lock.central': 'locked' })
    expect(drifts).to.deep.equal(['test hood: SIDEWAYS'])
  })

  it('takes the engine status flat, as the documents print it', () => {
    const [flat] = tables.readPoints(tables.engineStatus, { engineStatus: 'RUNNING', timestamp }, origin)
    expect(flat).to.deep.equal({ signal: 'engine.status', value: 'running', observedAt: Date.parse(timestamp) })
  })

  it('believes the new name where old and new stand side by side', () => {
    const data = { tripMeter1: { value: 1, unit: 'km' }, tripMeterManual: { value: 2, unit: 'km' } }
    expect(points(tables.statistics, data)).to.deep.equal({ 'trip.meterManual': 2 })
  })

  describe('about being reachable', () => {
    const words: [string, string][] = [
      ['NO_INTERNET', 'no-internet'],
      ['POWER_SAVING_MODE', 'power-saving'],
      ['CAR_IN_USE', 'in-use'],
      ['OTA_INSTALLATION_IN_PROGRESS', 'updating'],
    ]
    const told = (data: Record<string, unknown>) => points(tables.commandAccessibility, data)

    it('gives the reason, inside the status or beside it', () => {
      for (const [wire, ours] of words) {
        const expected = { 'reachability.status': 'unavailable', 'reachability.reason': ours }
        expect(told({ availabilityStatus: { value: 'UNAVAILABLE', unavailableReason: wire, timestamp } })).to.deep.equal(expected)
        expect(told({ availabilityStatus: { value: 'UNAVAILABLE', timestamp }, unavailableReason: wire })).to.deep.equal(expected)
        expect(
          told({ availabilityStatus: { value: 'UNAVAILABLE', timestamp }, unavailableReason: { value: wire, timestamp } }),
        ).to.deep.equal(expected)
      }
    })

    it('lets the reason leave once the car is available or no reason is known', () => {
      const leaves = { 'reachability.reason': null }
      expect(told({ availabilityStatus: { value: 'AVAILABLE', timestamp } })).to.deep.equal({
        'reachability.status': 'available',
        ...leaves,
      })
      expect(told({ availabilityStatus: { value: 'AVAILABLE', unavailableReason: 'CAR_IN_USE' } })).to.deep.equal({
        'reachability.status': 'available',
        ...leaves,
      })
      expect(told({ availabilityStatus: { value: 'UNAVAILABLE', unavailableReason: 'UNSPECIFIED' } })).to.deep.equal({
        'reachability.status': 'unavailable',
        ...leaves,
      })
      expect(told({ availabilityStatus: { value: 'UNSPECIFIED' } })).to.deep.equal({ 'reachability.status': null, ...leaves })
    })
  })

  describe('in points of Energy v2 that fail', () => {
    const failed = (code: string) => ({ status: 'ERROR', code, message: 'x' })

    it('says nothing when the car cannot tell it or it could not be read now', () => {
      for (const code of ['NOT_SUPPORTED', 'PROPERTY_NOT_SUPPORTED', 'ERROR_READING_PROPERTY'])
        expect(state({ chargingPower: failed(code) })).to.deep.equal({})
      expect(drifts).to.deep.equal([])
    })

    it('lets the key leave when there is no value', () => {
      expect(state({ chargingPower: failed('PROPERTY_NOT_FOUND'), chargingStatus: ok('IDLE') })).to.deep.equal({
        'charging.power': null,
        'charging.status': 'idle',
      })
    })

    it('is a drift under a code that nobody documented', () => {
      expect(state({ chargingPower: failed('TIRED'), chargingType: ok('AC') })).to.deep.equal({ 'charging.type': 'ac' })
      expect(drifts).to.deep.equal(['test chargingPower code: TIRED'])
    })
  })

  it('drops power and remaining time while the car does not charge', () => {
    const rest = { chargingPower: ok(0, 'watts'), estimatedChargingTimeToTargetBatteryChargeLevel: ok(0, 'minutes') }
    expect(state({ chargingStatus: ok('IDLE'), ...rest })).to.include({ 'charging.power': null, 'charging.timeToComplete': null })
    expect(state({ chargingStatus: ok('CHARGING'), ...rest })).to.include({ 'charging.power': 0, 'charging.timeToComplete': 0 })
  })

  describe('about where it is parked', () => {
    const feature = (coordinates: unknown[], properties: Record<string, unknown> = {}) => ({
      type: 'Feature',
      geometry: { type: 'Point', coordinates },
      properties,
    })

    it('gives one position with its heading and its own time', () => {
      expect(
        positionOf(feature([11.968305, 57.688778, 0], { heading: '129', timestamp: '2026-03-02T09:29:49Z' }), origin),
      ).to.deep.equal([
        {
          signal: 'position.location',
          value: { latitude: 57.688778, longitude: 11.968305, altitude: 0, heading: 129 },
          observedAt: Date.parse('2026-03-02T09:29:49Z'),
        },
      ])
    })

    it('does without altitude, heading and time', () => {
      expect(positionOf(feature(['11.9', '57.6']), origin)).to.deep.equal([
        { signal: 'position.location', value: { latitude: 57.6, longitude: 11.9 } },
      ])
    })

    it('gives nothing without two coordinates, and a drift for what is no place, never showing it', () => {
      expect(positionOf(feature([11.9]), origin)).to.deep.equal([])
      expect(drifts).to.deep.equal([])
      for (const odd of [
        feature([200, 57.6]),
        feature([11.9, 95]),
        feature(['x', 1]),
        { ...feature([1, 2]), type: 'Line' },
        { type: 'Feature', geometry: { type: 'Line', coordinates: [1, 2] } },
      ]) {
        drifts.splice(0)
        expect(positionOf(odd, origin)).to.deep.equal([])
        expect(drifts).to.have.length(1)
        expect(drifts.join()).not.to.match(/\d/)
      }
    })
  })

  describe('in its details', () => {
    const details = {
      vin: 'YV1ZZZSWXR1234567',
      modelYear: 2024,
      gearbox: 'AUTOMATIC',
      fuelType: 'ELECTRIC',
      externalColour: 'Silver Dawn',
      batteryCapacityKWH: 81.608,
      images: { exteriorImageUrl: 'https://example.test/out.png', internalImageUrl: '' },
      descriptions: { model: 'XC40', upholstery: 'null', steering: 'LEFT' },
    }

    it('gives what is said, leaving out empty texts and the text "null"', () => {
      expect(metaOf(details, origin)).to.deep.equal({
        brand: 'Volvo',
        model: 'XC40',
        year: 2024,
        energy: 'electric',
        gearbox: 'automatic',
        colour: 'Silver Dawn',
        image: 'https://example.test/out.png',
        steering: 'left',
      })
    })

    it('knows every fuel, and an EX30 as electric although it says NONE', () => {
      const fuels = [
        ['ELECTRIC', 'electric'],
        ['PETROL/ELECTRIC', 'hybrid'],
        ['PETROL', 'petrol'],
        ['DIESEL', 'diesel'],
        ['NONE', 'electric'],
      ]
      for (const [fuelType, energy] of fuels) expect(metaOf({ fuelType }, origin)).to.include({ energy })
      expect(metaOf({ fuelType: 'HAY', gearbox: 'MANUAL', descriptions: { steering: 'RIGHT' } }, origin)).to.deep.equal({
        brand: 'Volvo',
        gearbox: 'manual',
        steering: 'right',
      })
      expect(drifts).to.deep.equal(['test fuelType: HAY'])
    })

    it('gives the capacity as of its receipt, and none for a car without a battery', () => {
      expect(capacityOf(details, origin)).to.deep.equal([{ signal: 'battery.capacity', value: 81.608, observedAt: receivedAt }])
      expect(capacityOf({ ...details, batteryCapacityKWH: undefined }, origin)).to.deep.equal([])
    })

    it('does without any of them', () => {
      for (const odd of [{}, { images: null, descriptions: 5, modelYear: null, gearbox: 7 }])
        expect(metaOf(odd, origin)).to.deep.equal({ brand: 'Volvo' })
    })
  })
})
