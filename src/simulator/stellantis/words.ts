/** Stellantis's words for the catalogue's words, written down from Stellantis's side. Stellantis: data models v1 and v4 */
export type Words = Readonly<Record<string, string>>

export const ignition: Words = { off: 'Stop', starting: 'StartUp', on: 'Start' }
export const powertrain: Words = { stopped: 'Stopped', starting: 'Starting', running: 'Running', stopping: 'Stopping' }
export const airConditioning: Words = { active: 'Enabled', inactive: 'Disabled', finished: 'Finished', fault: 'Failure' }
export const startedBy: Words = { immediate: 'Immediate', scheduled: 'Scheduled' }
export const climateFailure: Words = {
  defect: 'Defect',
  'door-open': 'DoorOpened',
  'battery-low': 'LowBattery',
  'fuel-low': 'LowFuelLevel',
  'programs-unused': 'TooManyUnusedProg',
  'window-open': 'WindowsRoofOpened',
  'hood-open': 'HoodOpened',
  'not-parked': 'NotParked',
  other: 'OtherFailures',
}
export const startCondition: Words = {
  always: 'Always',
  plugged: 'Plugged',
  'plugged-in-charge-window': 'PluggedAndOverlappingChargeSchedule',
}
export const tyre: Words = { ok: 'Normal', low: 'Low', 'very-low': 'SignificantlyLow', high: 'High' }
export const opening: Words = { open: 'Open', ajar: 'Open', closed: 'Closed' }
export const fuelKind: Words = { fossil: 'FossilEnergy', hydrogen: 'Hydrogen' }
export const chargingMode: Words = { none: 'No', slow: 'Slow', quick: 'Quick' }
export const chargeRates = ['Low', 'LowPlus', 'Med', 'MedPlus', 'High'] as const
export const programKind: Words = { regular: 'Regular', cooperative: 'Cooperative' }
export const stopStatus: Words = {
  inactive: 'Deactivated',
  active: 'Activated',
  successful: 'Successful',
  failed: 'StopChargeFailed',
  'schedule-failed': 'ChargeEndTimeScheduleFailed',
}
export const indicator: Words = { off: 'Off', on: 'Fixed', flashing: 'Flashing' }
export const belt: Words = { ok: 'Normal', missing: 'Omission' }
export const eCall: Words = { 'not-detected': 'NotDetected', detected: 'Detected', unavailable: 'ShockDetectionUnabled' }
export const propulsion: Words = { thermal: 'Thermal', electric: 'Electric', hybrid: 'Hybrid' }
export const privacy: Words = { none: 'None', geolocation: 'Geolocation', full: 'Full' }
export const alarm: Words = { active: 'Active', inactive: 'Inactive' }
export const drivingMode: Words = {
  normal: 'Normal',
  sport: 'Sport',
  comfort: 'Comfort',
  eco: 'Eco',
  sand: 'Sand',
  mud: 'Mud',
  snow: 'Snow',
  zev: 'ZEV',
  hybrid: 'Hybrid',
  'zev-eco': 'ZEVEco',
  'hybrid-eco': 'HybridEco',
  'eco-plus': 'EcoPlus',
  eawd: 'eAWD',
  '4awd': '4AWD',
  'reinforced-load': 'ReinforcedLoad',
  city: 'City',
  'sport-plus': 'SportPlus',
  'off-road': 'OffRoad',
  race: 'Race',
}
export const gear: Words = {
  ...Object.fromEntries(Array.from({ length: 8 }, (_, index) => [String(index + 1), `Ratio${index + 1}`])),
  neutral: 'Neutral',
  reverse: 'Reverse',
}
export const breakIn: Words = {
  none: 'NoBreakIn',
  'front-right-door': 'FrontRightDoorBreakIn',
  'front-left-door': 'FrontLeftDoorBreakIn',
  'rear-right-door': 'RearRightFrontDoorBreakIn',
  'rear-left-door': 'RearLeftFrontDoorBreakIn',
  hood: 'HoodDoorBreakIn',
  tailgate: 'TrunkDoorBreakIn',
  'rear-window': 'BackliteDoorBreakIn',
  roof: 'RoofBreakIn',
  interior: 'VolumetricBreakIn',
  lifted: 'VehicleLifting',
  electrical: 'ElectricalsystemBreakIn',
  'key-learning': 'KeyLearning',
  'unauthenticated-start': 'UnauthenticatedStartup',
  moved: 'VehiclePositionChanged',
  glass: 'GlassBreached',
  'battery-disconnected': 'BatteryDisconnect',
  acceleration: 'OverAccelerationThreshold',
  'alarm-system': 'VehicleAlarmSystem',
}
export const collisionSide: Words = { front: 'Front', rear: 'Rear', lateral: 'Lateral', left: 'Left', right: 'Right' }
export const collisionSeverity: Words = { minimal: 'Minimal', minor: 'Minor', major: 'Major' }
export const parkAssist: Words = {
  fault: 'Fault',
  inhibited: 'DriverInhibition',
  trailer: 'TrailerInhibition',
  active: 'Active',
  waiting: 'Wait',
  'out-of-service': 'OutOfService',
}
export const adaptiveCruise: Words = {
  active: 'Activated',
  fault: 'Fault',
  hold: 'Hold',
  'hold-over-speed': 'HoldWithOverSpeeding',
  off: 'Off',
  'over-speed': 'OverSpeedingByPedalrPess',
  standby: 'StandBy',
}
export const cruise: Words = {
  off: 'Off',
  'no-fit': 'NoBestFit',
  fitting: 'BestFitInProgress',
  'fit-max': 'BestFitMax',
  'fit-min': 'BestFitMin',
  'fit-deactivated': 'BestFitDeactivated',
  'auto-deactivated': 'AutoDeactivated',
  'over-speed': 'OverflowSpeedConsign',
  'no-visibility': 'LackOfVisibilityRadar',
  learning: 'LearningRadar',
  deactivated: 'Deactivated',
  'limit-setting': 'LimitSetting',
}
export const laneDeparture: Words = { off: 'Off', on: 'Fixed', warning: 'FlashingWarning', fault: 'FlashingFault' }
export const distanceKeeping: Words = { selected: 'Selected', 'not-selected': 'NotSelected', unavailable: 'Unavailable' }
export const blindSpot: Words = { active: 'Active', inactive: 'Inactive', disabled: 'Disabled', fault: 'Fault' }
export const laneKeeping: Words = {
  authorized: 'Authorized',
  correcting: 'CorrectionInProgress',
  'not-authorized': 'NotAuthorized',
  'not-selected': 'NotSelected',
}
export const gearAdvice: Words = { none: 'None', up: 'Up', down: 'Down', 'up-down': 'UpDown' }

/** v4 spells some of the assistance words its own way. */
export const v4Spelling: Words = {
  OverSpeedingByPedalrPess: 'OverSpeedingByPedalPress',
  Flashing: 'OnFlashing',
  Fixed: 'OnFixed',
}
export const weekdays: Words = { mon: 'Mon', tue: 'Tue', wed: 'Wed', thu: 'Thu', fri: 'Fri', sat: 'Sat', sun: 'Sun' }
