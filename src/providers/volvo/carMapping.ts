/** Volvo's Connected Vehicle → readings: tables, one a call. */
import type { SignalId } from '../../vehicle/signals'
import type { Reading } from '../../vehicle/reading'
import {
  all,
  distance,
  isMissing,
  number,
  percent,
  reading,
  word,
  wordOf,
  type Origin,
  type Point,
  type Rule,
  type Units,
  type Words,
} from '../mapping'
import type { Mapping } from './points'

const openings: Words = { OPEN: 'open', CLOSED: 'closed', AJAR: 'ajar', UNSPECIFIED: null }
const levels: Words = { NO_WARNING: 'ok', TOO_LOW: 'low', UNSPECIFIED: null }

/** Volvo: windows. A car without a sunroof tells it as unspecified for ever. */
export const windows: Mapping = {
  frontLeftWindow: word('windows.frontLeft', openings),
  frontRightWindow: word('windows.frontRight', openings),
  rearLeftWindow: word('windows.rearLeft', openings),
  rearRightWindow: word('windows.rearRight', openings),
  sunroof: word('windows.sunroof', openings),
}

/** Volvo: doors and lock. Live answers spell `tailgate`, the documents `tailGate`. */
export const doors: Mapping = {
  centralLock: word('lock.central', { LOCKED: 'locked', UNLOCKED: 'unlocked', UNSPECIFIED: null }),
  frontLeftDoor: word('doors.frontLeft', openings),
  frontRightDoor: word('doors.frontRight', openings),
  rearLeftDoor: word('doors.rearLeft', openings),
  rearRightDoor: word('doors.rearRight', openings),
  hood: word('doors.hood', openings),
  tailgate: word('doors.tailgate', openings),
  tailGate: word('doors.tailgate', openings),
  tankLid: word('doors.tankLid', openings),
}

/** Volvo: engine status. */
export const engineStatus: Mapping = {
  engineStatus: word('engine.status', {
    RUNNING: 'running',
    TRUE: 'running',
    STOPPED: 'stopped',
    FALSE: 'stopped',
    UNSPECIFIED: null,
  }),
}

/** Volvo: engine diagnostics. */
export const engine: Mapping = {
  oilLevelWarning: word('engine.oilLevel', { ...levels, SERVICE_REQUIRED: 'service', TOO_HIGH: 'high' }),
  engineCoolantLevelWarning: word('engine.coolantLevel', levels),
}

const serviceStems = { REGULAR_MAINTENANCE: 'regular', ENGINE_HOURS: 'engine-hours', DISTANCE_DRIVEN: 'distance' }
const serviceStates = { ALMOST_TIME: 'almost-due', TIME: 'due', OVERDUE: 'overdue' }

/** `<stem>_<state>_FOR_SERVICE`, nine words. */
const serviceWords = (pick: (stem: string, state: string) => string): Words =>
  Object.fromEntries(
    Object.entries(serviceStems).flatMap(([stem, reason]) =>
      Object.entries(serviceStates).map(([state, warning]) => [`${stem}_${state}_FOR_SERVICE`, pick(reason, warning)]),
    ),
  )

const serviceWarning = all(
  word('service.warning', {
    NO_WARNING: 'ok',
    UNKNOWN_WARNING: 'other',
    UNSPECIFIED: null,
    ...serviceWords((_, state) => state),
  }),
  word('service.reason', { NO_WARNING: null, UNKNOWN_WARNING: null, UNSPECIFIED: null, ...serviceWords((stem) => stem) }),
)
const timeToService = number('service.time', { units: { months: 30, days: 1 } })

/** Volvo: diagnostics; the last three are names of old answers. */
export const diagnostics: Mapping = {
  serviceWarning,
  engineHoursToService: number('service.engineHours', { units: { h: 1 } }),
  distanceToService: distance('service.distance'),
  timeToService,
  washerFluidLevelWarning: word('service.washerFluid', levels),
  serviceWarningStatus: serviceWarning,
  kmToService: distance('service.distance'),
  monthsToService: timeToService,
}

/** Volvo: brakes. */
export const brakes: Mapping = { brakeFluidLevelWarning: word('service.brakeFluid', levels) }

const lamp = (signal: SignalId): Rule => word(signal, { NO_WARNING: 'ok', FAILURE: 'fault', UNSPECIFIED: null })

/** Volvo: warnings, 23 exterior lamps; cars with and without Android tell different subsets. */
export const warnings: Mapping = {
  brakeLightCenterWarning: lamp('lights.brakeCenter'),
  brakeLightLeftWarning: lamp('lights.brakeLeft'),
  brakeLightRightWarning: lamp('lights.brakeRight'),
  fogLightFrontWarning: lamp('lights.fogFront'),
  fogLightRearWarning: lamp('lights.fogRear'),
  positionLightFrontLeftWarning: lamp('lights.positionFrontLeft'),
  positionLightFrontRightWarning: lamp('lights.positionFrontRight'),
  positionLightRearLeftWarning: lamp('lights.positionRearLeft'),
  positionLightRearRightWarning: lamp('lights.positionRearRight'),
  highBeamLeftWarning: lamp('lights.highBeamLeft'),
  highBeamRightWarning: lamp('lights.highBeamRight'),
  lowBeamLeftWarning: lamp('lights.lowBeamLeft'),
  lowBeamRightWarning: lamp('lights.lowBeamRight'),
  daytimeRunningLightLeftWarning: lamp('lights.daytimeLeft'),
  daytimeRunningLightRightWarning: lamp('lights.daytimeRight'),
  turnIndicationFrontLeftWarning: lamp('lights.turnFrontLeft'),
  turnIndicationFrontRightWarning: lamp('lights.turnFrontRight'),
  turnIndicationRearLeftWarning: lamp('lights.turnRearLeft'),
  turnIndicationRearRightWarning: lamp('lights.turnRearRight'),
  registrationPlateLightWarning: lamp('lights.registrationPlate'),
  sideMarkLightsWarning: lamp('lights.sideMark'),
  hazardLightsWarning: lamp('lights.hazard'),
  reverseLightsWarning: lamp('lights.reverse'),
}

const pressure = (signal: SignalId): Rule =>
  word(signal, { NO_WARNING: 'ok', LOW_PRESSURE: 'low', VERY_LOW_PRESSURE: 'very-low', HIGH_PRESSURE: 'high', UNSPECIFIED: null })

/** Volvo: tyres, words only. */
export const tyres: Mapping = {
  frontLeft: pressure('tyres.frontLeft'),
  frontRight: pressure('tyres.frontRight'),
  rearLeft: pressure('tyres.rearLeft'),
  rearRight: pressure('tyres.rearRight'),
}

/** Volvo: fuel. The charge level here stands behind the energy calls. */
export const fuel: Mapping = {
  fuelAmount: number('fuel.amount', { units: { l: 1 }, zeroIsMissing: true }),
  batteryChargeLevel: number('battery.stateOfCharge', { units: percent, rank: 1 }),
}

/** Volvo: odometer. */
export const odometer: Mapping = { odometer: distance('vehicle.odometer') }

const speed: Units = { 'km/h': 1, kilometers_per_hour: 1 }
const fuelUse: Units = { 'l/100km': 1, liters_per_100_kilometers: 1 }
const energyUse: Units = { 'kwh/100km': 1 }

/** Volvo: statistics; the last three are names of old answers. */
export const statistics: Mapping = {
  averageSpeed: number('trip.averageSpeed', { units: speed }),
  averageSpeedAutomatic: number('trip.averageSpeedAutomatic', { units: speed }),
  averageEnergyConsumption: number('trip.averageConsumption', { units: energyUse }),
  averageEnergyConsumptionAutomatic: number('trip.averageConsumptionAutomatic', { units: energyUse }),
  averageEnergyConsumptionSinceCharge: number('trip.averageConsumptionSinceCharge', { units: energyUse }),
  averageFuelConsumption: number('trip.averageFuelConsumption', { units: fuelUse }),
  averageFuelConsumptionAutomatic: number('trip.averageFuelConsumptionAutomatic', { units: fuelUse }),
  tripMeterManual: distance('trip.meterManual'),
  tripMeterAutomatic: distance('trip.meterAutomatic'),
  distanceToEmptyTank: distance('fuel.range'),
  distanceToEmptyBattery: distance('battery.range', 1),
  tripMeter1: distance('trip.meterManual'),
  tripMeter2: distance('trip.meterAutomatic'),
  distanceToEmpty: distance('vehicle.range'),
}

const reasonWords = word('reachability.reason', {
  NO_INTERNET: 'no-internet',
  POWER_SAVING_MODE: 'power-saving',
  CAR_IN_USE: 'in-use',
  OTA_INSTALLATION_IN_PROGRESS: 'updating',
  UNSPECIFIED: null,
})

/** The reason stands inside the status (see `beside` for the other place); without one, an old reason must not stay. */
const reason: Rule = {
  signals: ['reachability.reason'],
  read(given: Point & { unavailableReason?: unknown }, origin: Origin): Reading[] {
    const unavailable = wordOf(given.value) === 'UNAVAILABLE'
    const inner = given.unavailableReason
    const value = typeof inner === 'object' && inner !== null && 'value' in inner ? inner.value : inner
    if (!unavailable || isMissing(value)) return [reading('reachability.reason', null, given, origin)]
    return reasonWords.read({ ...given, value }, origin)
  },
}

/** Volvo: command accessibility. */
export const commandAccessibility: Mapping = {
  availabilityStatus: all(
    word('reachability.status', { AVAILABLE: 'available', UNAVAILABLE: 'unavailable', UNSPECIFIED: null }),
    reason,
  ),
}
