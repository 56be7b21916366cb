import type { SimulatedCar } from '../car/car'
import { json } from '../http'
import type { Route } from '../router'
import type { SignalId } from '../../vehicle/signals'
import type { Ask, Endpoint } from './endpoint'
import { round, toMillis } from './endpoint'
import { commandPaths, listingOf } from './listing'
import * as words from './words'

interface Point {
  value: unknown
  unit?: string
  unavailableReason?: string
  timestamp: string
}
type Points = Record<string, Point | undefined>

/** A word as the car told it; `UNSPECIFIED` when it never told. */
function word(car: SimulatedCar, id: SignalId, table: Readonly<Record<string, string>>): Point {
  const told = car.told(id)
  return told
    ? { value: words.wordIn(table, told.value), timestamp: toMillis(told.at) }
    : { value: 'UNSPECIFIED', timestamp: toMillis(car.told('vehicle.odometer')?.at ?? 0) }
}

/** A number as the car told it; missing when it never told. */
function number(car: SimulatedCar, id: SignalId, unit: string, digits = 0, factor = 1): Point | undefined {
  const told = car.told(id)
  return typeof told?.value === 'number'
    ? { value: round(told.value * factor, digits), unit, timestamp: toMillis(told.at) }
    : undefined
}

const doors = ['frontLeft', 'frontRight', 'rearLeft', 'rearRight'] as const

/** Volvo's lamp fields and ours. Android cars lack the last two, classic ones `sideMarkLightsWarning`. */
const lamps: Readonly<Record<string, SignalId>> = {
  brakeLightCenterWarning: 'lights.brakeCenter',
  brakeLightLeftWarning: 'lights.brakeLeft',
  brakeLightRightWarning: 'lights.brakeRight',
  fogLightFrontWarning: 'lights.fogFront',
  fogLightRearWarning: 'lights.fogRear',
  positionLightFrontLeftWarning: 'lights.positionFrontLeft',
  positionLightFrontRightWarning: 'lights.positionFrontRight',
  positionLightRearLeftWarning: 'lights.positionRearLeft',
  positionLightRearRightWarning: 'lights.positionRearRight',
  highBeamLeftWarning: 'lights.highBeamLeft',
  highBeamRightWarning: 'lights.highBeamRight',
  lowBeamLeftWarning: 'lights.lowBeamLeft',
  lowBeamRightWarning: 'lights.lowBeamRight',
  daytimeRunningLightLeftWarning: 'lights.daytimeLeft',
  daytimeRunningLightRightWarning: 'lights.daytimeRight',
  turnIndicationFrontLeftWarning: 'lights.turnFrontLeft',
  turnIndicationFrontRightWarning: 'lights.turnFrontRight',
  turnIndicationRearLeftWarning: 'lights.turnRearLeft',
  turnIndicationRearRightWarning: 'lights.turnRearRight',
  registrationPlateLightWarning: 'lights.registrationPlate',
  sideMarkLightsWarning: 'lights.sideMark',
  hazardLightsWarning: 'lights.hazard',
  reverseLightsWarning: 'lights.reverse',
}

const image = (part: string, angle: number) =>
  `https://cas.volvocars.com/image/dynamic/MY24_0000/123/${part}-v4/_/default.png?market=se&client=public-api-engineering&angle=${angle}&w=1920`

const details = ({ profile }: SimulatedCar) => ({
  vin: profile.vin,
  modelYear: profile.year,
  gearbox: 'AUTOMATIC',
  fuelType: listingOf({ profile }).fuelType,
  externalColour: listingOf({ profile }).colour,
  batteryCapacityKWH: profile.battery?.capacity,
  images: {
    exteriorImageUrl: listingOf({ profile }).images ? image('exterior', 1) : '',
    internalImageUrl: listingOf({ profile }).images ? image('interior', 0) : '',
  },
  descriptions: { model: profile.model, upholstery: listingOf({ profile }).upholstery, steering: profile.steering.toUpperCase() },
})

const serviceTime = (car: SimulatedCar): Point | undefined =>
  listingOf(car).serviceTimeUnit === 'months'
    ? number(car, 'service.time', 'months', 0, 1 / 30)
    : number(car, 'service.time', 'days')

function serviceWarning(car: SimulatedCar): Point {
  const warning = car.told('service.warning')
  return { value: words.serviceWord(warning?.value, car.told('service.reason')?.value), timestamp: toMillis(warning?.at ?? 0) }
}

function accessibility(car: SimulatedCar): Point {
  const reason = car.told('reachability.reason')
  const unavailableReason = reason ? words.wordIn(words.unavailableBecause, reason.value) : undefined
  const status = word(car, 'reachability.status', words.availability)
  return status.value === 'UNAVAILABLE' ? { ...status, unavailableReason: unavailableReason ?? 'UNSPECIFIED' } : status
}

const reads: readonly (readonly [path: string, scopes: readonly string[], read: (car: SimulatedCar) => Points])[] = [
  [
    'windows',
    ['conve:windows_status'],
    (car) => ({
      ...Object.fromEntries(doors.map((door) => [`${door}Window`, word(car, `windows.${door}`, words.opening)])),
      sunroof: word(car, 'windows.sunroof', words.opening),
    }),
  ],
  [
    'doors',
    ['conve:doors_status', 'conve:lock_status'],
    (car) => ({
      centralLock: word(car, 'lock.central', words.locking),
      ...Object.fromEntries(doors.map((door) => [`${door}Door`, word(car, `doors.${door}`, words.opening)])),
      hood: word(car, 'doors.hood', words.opening),
      tailgate: word(car, 'doors.tailgate', words.opening),
      tankLid: word(car, 'doors.tankLid', words.opening),
    }),
  ],
  ['engine-status', ['conve:engine_status'], (car) => ({ engineStatus: word(car, 'engine.status', words.running) })],
  [
    'engine',
    ['conve:diagnostics_engine_status'],
    (car) => ({
      oilLevelWarning: word(car, 'engine.oilLevel', words.oil),
      engineCoolantLevelWarning: word(car, 'engine.coolantLevel', words.fluid),
    }),
  ],
  [
    'diagnostics',
    ['conve:diagnostics_workshop'],
    (car) => ({
      serviceWarning: serviceWarning(car),
      engineHoursToService: number(car, 'service.engineHours', 'h'),
      distanceToService: number(car, 'service.distance', 'km'),
      washerFluidLevelWarning: word(car, 'service.washerFluid', words.fluid),
      timeToService: serviceTime(car),
    }),
  ],
  ['brakes', ['conve:brake_status'], (car) => ({ brakeFluidLevelWarning: word(car, 'service.brakeFluid', words.fluid) })],
  [
    'warnings',
    ['conve:warnings'],
    (car) =>
      Object.fromEntries(
        Object.entries(lamps)
          .filter(([field]) => field !== 'sideMarkLightsWarning' || listingOf(car).platform === 'android')
          .map(([field, id]) => [field, word(car, id, words.lamp)]),
      ),
  ],
  [
    'tyres',
    ['conve:tyre_status'],
    (car) => Object.fromEntries(doors.map((wheel) => [wheel, word(car, `tyres.${wheel}`, words.pressure)])),
  ],
  [
    'fuel',
    ['conve:fuel_status', 'conve:battery_charge_level'],
    (car) => ({
      fuelAmount: number(car, 'fuel.amount', 'l', 1),
      batteryChargeLevel: number(car, 'battery.stateOfCharge', '%', 1),
    }),
  ],
  ['odometer', ['conve:odometer_status'], (car) => ({ odometer: number(car, 'vehicle.odometer', 'km') })],
  [
    'statistics',
    ['conve:trip_statistics'],
    (car) => ({
      averageFuelConsumption: number(car, 'trip.averageFuelConsumption', 'l/100km', 1),
      averageFuelConsumptionAutomatic: number(car, 'trip.averageFuelConsumptionAutomatic', 'l/100km', 1),
      averageEnergyConsumption: number(car, 'trip.averageConsumption', 'kWh/100km', 1),
      averageEnergyConsumptionAutomatic: number(car, 'trip.averageConsumptionAutomatic', 'kWh/100km', 1),
      averageEnergyConsumptionSinceCharge: number(car, 'trip.averageConsumptionSinceCharge', 'kWh/100km', 1),
      averageSpeed: number(car, 'trip.averageSpeed', 'km/h'),
      averageSpeedAutomatic: number(car, 'trip.averageSpeedAutomatic', 'km/h'),
      tripMeterManual: number(car, 'trip.meterManual', 'km', 1),
      tripMeterAutomatic: number(car, 'trip.meterAutomatic', 'km', 1),
      distanceToEmptyTank: number(car, 'fuel.range', 'km'),
      distanceToEmptyBattery: number(car, 'battery.range', 'km'),
    }),
  ],
  ['command-accessibility', ['conve:command_accessibility'], (car) => ({ availabilityStatus: accessibility(car) })],
]

const commandList = ({ profile }: SimulatedCar) =>
  listingOf({ profile }).commands.map((command) => ({
    command,
    href: `/v2/vehicles/${profile.vin}/commands/${commandPaths[command]}`,
  }))

const get = (path: string, scopes: readonly string[], data: (ask: Ask) => unknown): Route<Endpoint> => ({
  method: 'GET',
  path: `/connected-vehicle/v2/vehicles${path}`,
  to: { api: 'connected-vehicle', scopes, answer: (ask) => json(200, { data: data(ask) }) },
})

/** Everything that can be read. Volvo: Connected Vehicle v2 reads */
export const connectedVehicle: readonly Route<Endpoint>[] = [
  get('', ['conve:vehicle_relation'], ({ cars }) => cars.map(({ id }) => ({ vin: id }))),
  get('/{vin}', ['conve:vehicle_relation'], ({ car }) => details(car)),
  get('/{vin}/commands', ['conve:commands'], ({ car }) => commandList(car)),
  ...reads.map(([path, scopes, read]) => get(`/{vin}/${path}`, scopes, ({ car }) => read(car))),
]
