/** Stellantis: every word of the wire, in the wire's own spelling → our word. Reads, triggers and remotes use one table. */
import type { Words } from '../mapping'

/** Stellantis: `StartUp` is explained nowhere; its sense is taken from its name. */
export const ignition = { Stop: 'off', StartUp: 'starting', Start: 'on' }

export const climateStatus = { Enabled: 'active', Disabled: 'inactive', Finished: 'finished', Failure: 'fault' }

export const climateCause = {
  Defect: 'defect',
  DoorOpened: 'door-open',
  LowBattery: 'battery-low',
  LowFuelLevel: 'fuel-low',
  TooManyUnusedProg: 'programs-unused',
  WindowsRoofOpened: 'window-open',
  HoodOpened: 'hood-open',
  NotParked: 'not-parked',
  OtherFailures: 'other',
}

export const startedBy = { Immediate: 'immediate', Scheduled: 'scheduled' }

export const weekDays = { Mon: 'mon', Tue: 'tue', Wed: 'wed', Thu: 'thu', Fri: 'fri', Sat: 'sat', Sun: 'sun' }

export const startCondition = {
  Always: 'always',
  Plugged: 'plugged',
  PluggedAndOverlappingChargeSchedule: 'plugged-in-charge-window',
}

export const recurrence = { None: 'once', Daily: 'daily' }

export const tyreStatus = { Normal: 'ok', Low: 'low', SignificantlyLow: 'very-low', High: 'high' }

export const tyreId = {
  FrontLeft: 'frontLeft',
  FrontRight: 'frontRight',
  RearLeft: 'rearLeft',
  RearRight: 'rearRight',
  SecondRearLeft: 'secondRearLeft',
  SecondRearRight: 'secondRearRight',
}

export const chargingStatus = {
  InProgress: 'charging',
  Failure: 'fault',
  Stopped: 'idle',
  Finished: 'complete',
  Disconnected: 'idle',
}

export const plugged = { true: 'connected', false: 'disconnected' }

export const chargingMode = { No: 'none', Slow: 'slow', Quick: 'quick' }

/** v1 names shares of the plug's current: 20, 40, 60, 80, 100 %. */
export const preferenceRate = { Low: '1', LowPlus: '2', Med: '3', MedPlus: '4', High: '5' }

/** v4; the list may grow. */
export const powerLevel = { Level1: '1', Level2: '2', Level3: '3', Level4: '4', Level5: '5' }

/** v1, percent. */
export const chargeLimit = { MedPlus: '80', High: '100' }
export const chargeLimitMode = { MedPlus: 'partial', High: 'full' }
/** v4 settings and the sessions of v1. */
export const chargingType = { Partial: 'partial', Full: 'full' }

export const programKind = { Regular: 'regular', Cooperative: 'cooperative' }

export const stopStatus = {
  Deactivated: 'inactive',
  Activated: 'active',
  Successful: 'successful',
  StopChargeFailed: 'failed',
  ChargeEndTimeScheduleFailed: 'schedule-failed',
}

export const engineStatus = {
  NotRunning: 'stopped',
  Stopped: 'stopped',
  Starting: 'starting',
  Running: 'running',
  Stopping: 'stopping',
}

/** The operand `vehicle.engines.running`. */
export const engineRunning = { true: 'running', false: 'stopped' }

export const opening = { Open: 'open', Closed: 'closed' }

export const indicator = { Off: 'off', Fixed: 'on', Flashing: 'flashing' }

export const belt = { Normal: 'ok', Omission: 'missing' }

/** Stellantis: the sense of `ShockDetectionUnabled` is inferred. */
export const eCall = { NotDetected: 'not-detected', Detected: 'detected', ShockDetectionUnabled: 'unavailable' }

export const propulsion = { Thermal: 'thermal', Electric: 'electric', Hybrid: 'hybrid' }

export const gear = {
  Ratio1: '1',
  Ratio2: '2',
  Ratio3: '3',
  Ratio4: '4',
  Ratio5: '5',
  Ratio6: '6',
  Ratio7: '7',
  Ratio8: '8',
  Neutral: 'neutral',
  Reverse: 'reverse',
}

export const gearboxMode = {
  automatic: 'automatic',
  sport: 'sport',
  snow: 'snow',
  sequential: 'sequential',
  semiManual: 'semi-manual',
}

export const wiperSpeed = { Low: 'low', High: 'high' }

export const drivingMode = {
  Normal: 'normal',
  Sport: 'sport',
  Comfort: 'comfort',
  Eco: 'eco',
  Sand: 'sand',
  Mud: 'mud',
  Snow: 'snow',
  ZEV: 'zev',
  Hybrid: 'hybrid',
  ZEVEco: 'zev-eco',
  HybridEco: 'hybrid-eco',
  EcoPlus: 'eco-plus',
  eAWD: 'eawd',
  '4AWD': '4awd',
  ReinforcedLoad: 'reinforced-load',
  City: 'city',
  SportPlus: 'sport-plus',
  OffRoad: 'off-road',
  Race: 'race',
}

export const severity = { Information: 'information', Warning: 'warning', Critical: 'critical' }

/** Stellantis: whether `Active` means armed or ringing is not said. */
export const alarmStatus = { Active: 'active', Inactive: 'inactive' }

export const alarmTrigger = {
  NoBreakIn: 'none',
  FrontRightDoorBreakIn: 'front-right-door',
  FrontLeftDoorBreakIn: 'front-left-door',
  RearRightFrontDoorBreakIn: 'rear-right-door',
  RearLeftFrontDoorBreakIn: 'rear-left-door',
  HoodDoorBreakIn: 'hood',
  TrunkDoorBreakIn: 'tailgate',
  BackliteDoorBreakIn: 'rear-window',
  RoofBreakIn: 'roof',
  VolumetricBreakIn: 'interior',
  VehicleLifting: 'lifted',
  ElectricalsystemBreakIn: 'electrical',
  KeyLearning: 'key-learning',
  UnauthenticatedStartup: 'unauthenticated-start',
  VehiclePositionChanged: 'moved',
  GlassBreached: 'glass',
  BatteryDisconnect: 'battery-disconnected',
  OverAccelerationThreshold: 'acceleration',
  VehicleAlarmSystem: 'alarm-system',
}

export const collisionSide = { Front: 'front', Rear: 'rear', Lateral: 'lateral', Left: 'left', Right: 'right' }
export const collisionSeverity = { Minimal: 'minimal', Minor: 'minor', Major: 'major' }

/** `stolen.state`, `vehicle.kinetic.moving` and other booleans, which triggers hold as texts. */
export const flag = { true: 'true', false: 'false' }

export const privacy = { None: 'none', Geolocation: 'geolocation', Full: 'full' }

export const fuelKind = { FossilEnergy: 'fossil', Hydrogen: 'hydrogen' }

export const motorization = { Electric: 'electric', Hybrid: 'hybrid', Thermic: 'other', Hydrogen: 'hydrogen' } as const

/** Records of the past. */
export const recordFault = { Unstarted: 'unstarted', DataLacking: 'data-lacking', Unfinished: 'unfinished' }
export const recordFaultCause = {
  GeoPrivacy: 'geolocation-privacy',
  FullPrivacy: 'full-privacy',
  Connection: 'connection',
}
/** The operand `vehicle.trip.state`. */
export const tripState = { Nominal: 'nominal', ...recordFault }
export const finishReason = { Disconnected: 'unplugged', Failure: 'fault', Stopped: 'stopped', Finished: 'complete' }
export const powerType = { AC: 'ac', DC: 'dc' }
export const energyType = { Electric: 'electric', Fuel: 'fuel' }
export const energyKind = { ...fuelKind, ElectricEnergy: 'electric' }

/** Driver assistance: v1 `adas`, v4 only in the old telemetry; where the generations spell a word differently, both stand. */
const parkFront = {
  Fault: 'fault',
  DriverInhibition: 'inhibited',
  Active: 'active',
  Wait: 'waiting',
  OutOfService: 'out-of-service',
}
const laneKeep = {
  Authorized: 'authorized',
  CorrectionInProgress: 'correcting',
  NotAuthorized: 'not-authorized',
  NotSelected: 'not-selected',
}
export const assist = {
  parkFront,
  parkRear: { ...parkFront, TrailerInhibition: 'trailer' },
  adaptiveCruise: {
    Activated: 'active',
    Fault: 'fault',
    Hold: 'hold',
    HoldWithOverSpeeding: 'hold-over-speed',
    Off: 'off',
    OverSpeedingByPedalrPess: 'over-speed',
    OverSpeedingByPedalPress: 'over-speed',
    StandBy: 'standby',
  },
  cruiseControl: {
    Off: 'off',
    NoBestFit: 'no-fit',
    BestFitInProgress: 'fitting',
    BestFitMax: 'fit-max',
    BestFitMin: 'fit-min',
    BestFitDeactivated: 'fit-deactivated',
    AutoDeactivated: 'auto-deactivated',
    OverflowSpeedConsign: 'over-speed',
    LackOfVisibilityRadar: 'no-visibility',
    LearningRadar: 'learning',
    Deactivated: 'deactivated',
    LimitSetting: 'limit-setting',
  },
  emergencyBraking: { Off: 'off', Fixed: 'on', Flashing: 'flashing', OnFlashing: 'flashing' },
  laneDeparture: { FlashingFault: 'fault', FlashingWarning: 'warning', Off: 'off', Fixed: 'on', OnFixed: 'on' },
  distanceKeeping: { Selected: 'selected', NotSelected: 'not-selected', Unavailable: 'unavailable' },
  blindSpot: { Active: 'active', Inactive: 'inactive', Disabled: 'disabled', Fault: 'fault' },
  laneKeep,
  gearAdvice: { None: 'none', Up: 'up', Down: 'down', UpDown: 'up-down' },
}

type Table = Readonly<Record<string, string>>

const uppers = new WeakMap<Table, Readonly<Record<string, string>>>()

/** For the rules of `mapping.ts`, which compare in upper case. Made once for each table. */
export function upper(table: Table): Words & Table {
  const known = uppers.get(table)
  if (known) return known
  const made = Object.fromEntries(Object.entries(table).map(([wire, ours]) => [wire.toUpperCase(), ours]))
  uppers.set(table, made)
  return made
}

/** Our word for one of the wire, in any case; `undefined` where the table has none. */
export function ourWord(table: Table, wire: string): string | undefined {
  const key = wire.trim().toUpperCase()
  const known = upper(table)
  return Object.hasOwn(known, key) ? known[key] : undefined
}

/** The wire's words for one of ours, the preferred one first: one word of ours may stand for several. */
export const wireWords = (table: Table, ours: string): string[] =>
  Object.entries(table).flatMap(([wire, word]) => (word === ours ? [wire] : []))
