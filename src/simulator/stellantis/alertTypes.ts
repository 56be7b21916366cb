import type { Generation } from './listing'

/** Alert types that both generations know, so spelt. Stellantis: alert types */
const both = `
  AbsBrakingSystemFault ActiveSpoilerFault AdBlueFault AdBlueFaultStartingImpossible
  AdBlueFaultStartingImpossibleSoon AddWasherFluid AirbagOrSeatBeltPretensionerOrActiveHoodFailure AssistanceButtonFault
  AutomaticBrakingDeactivated AutomaticHeadlightAdjustmentFault BatteryChargeOrElectricalCircuitSystemFailure BrakingSystemFailure
  ChargingFailure CheckTheCenterBrakeLamp CollisionDetectionSystemFault CollisionMitigationSystemFault
  DrivingAssistanceSensorBlind ElectricTractionSystemFailureLimitSpeed ElectricTractionSystemFailureStopVehicle ElectricTractionSystemFault
  ElectronicImmobiliserFault EmissionSystemOrAdBlueQualityFailure EngineFailure EngineFault
  EngineMisfiringFuel EngineOilPressureFailure EngineTemperatureFailure EspAsrSystemFault
  FrontLeftFlashingIndicatorFault FrontLeftFogLampsFault FrontLeftParkingLampsFault FrontRightFlashingIndicatorFault
  FrontRightFogLampsFault FrontRightParkingLampsFault FuelLevelLow GearboxFault
  HeadlightsFault InstalledSpareWheelFault InterVehicleTimeMeasurementFault LaneChangeAssistanceFault
  LaneDepartureWarningSystemFault LeftBrakeLampFault LeftReverseLampFault OilLevelLow
  ParkAssistSystemFault ParkingBrakeOrHillStartSystemFailure ParticleFilterAdditiveLevelTooLow ParticleFilterFull
  ParticleFilterRegenerating PowerSteeringFailure PowerSteeringFault PreheatingPreventilationDeactivatedBatteryLow
  PreheatingPreventilationDeactivatedClockUnset PreheatingPreventilationDeactivatedFuelLevelLow RearLeftFlashingIndicatorFault RearLeftFogLampsFault
  RearLeftParkingLampsFault RearRightFlashingIndicatorFault RearRightFogLampsFault RearRightParkingLampsFault
  RearWindowOpen RearWindowOpenLowSpeed ReplaceBrakePads ReplaceTheRemoteControlBattery
  RetractableRoofMechanismFault RightBrakeLampFault RightFrontDoorOpenLowSpeed RightFrontDoorOpen
  RightFrontTirePressurSensorFault RightFrontTirePuncture RightFrontTireUnderInflated RightRearDoorOpen
  RightRearDoorOpenLowSpeed RightRearTirePressurSensorFault RightRearTirePuncture RightRearTireUnderInflated
  RightReverseLampFault RiskOfIce RoofOperationNotPossibleSpeedUnknown RoofOperationNotPossibleTooHighTemp
  ShiftToPark SteeringLockFault SuspensionFault SuspensionFaultLimitSpeed
  TireUnderInflationDetectionSystemFault TooManyRoofOperation TrailerConnectionFault TrunkOrHoodOpen
  TrunkOrHoodOpenLowSpeed WaterInTheDieselFuelFilter
`

/** v1 adds these, among them the raw names of converged ex-FCA cars. */
const onlyV1 = `
  CoolantLevelLow EmissionSystemOrAdBlueQualityFailureStartingImpossible EmissionSystemOrAdBlueQualityFailureStartingImpossibleSoon isFuelLevelLow
  FrontLeftDoorOpen FrontLeftDoorOpenLowSpeed FrontLeftTirePressurSensorFault FrontLeftTirePuncture
  FrontLeftTireUnderInflated RearLeftDoorOpen RearLeftDoorOpenLowSpeed RearLeftTirePressureSensorFault
  RearLeftTirePuncture RearLeftTireUnderInflated SuspensionFaultRepairVehicle CHRGSystemFail
  ETCIndLampStatus milLampStat transOverTemp oilPressure
  DpfDefWarningStatus engineOilOverTemp checkFuelCap autoOilChange
  filterWarningStatus engineCoolant airbagIndLamp BsmServiceRequest
  headlightPositionLight lowBeamLight highBeamLight fogLamp
  brakeLight tailLight distanceToService isTPMSVehicle
  HanFreHigAss_Sts ActLanMan_Sts AdaCruCon_Sts AutEmeBra_Sts
  TraSigRec_Sts DroDriDet_Sts MIL_OnRq_BPCM TurtleModeSts
  HEV_LMP_RQ HVBatCntctrStat isServiceNeeded warning
`

/** v4 spells these its own way. */
const onlyV4 = `
  CoolantLevellow EmissionSystemOrAdBlueQualityFailueStartingImpossible EmissionSystemOrAdBlueQualityFailueStartingImpossibleSoon LeftFrontDoorOpen
  LeftFrontDoorOpenLowSpeed LeftFrontTirePressurSensorFault LeftFrontTirePuncture LeftFrontTireUnderInflated
  LeftRearDoorOpen LeftRearDoorOpenLowSpeed LeftRearTirePressurSensorFault LeftRearTirePuncture
  LeftRearTireUnderInflated SuspensionFaultRepaireVehicle
`

const split = (names: string): string[] => names.split(/\s+/).filter(Boolean)

export const alertTypes: Readonly<Record<Generation, readonly string[]>> = {
  v1: [...split(both), ...split(onlyV1)],
  v4: [...split(both), ...split(onlyV4)],
}

/** v1's name of a door or tyre → v4's, which turns the two words round, and slips of spelling that v4 has kept. */
function inV4(type: string): string {
  const turned = type.replace(/^(Front|Rear)(Left|Right)(Door|Tire)/, '$2$1$3')
  const slips: Readonly<Record<string, string>> = {
    CoolantLevelLow: 'CoolantLevellow',
    SuspensionFaultRepairVehicle: 'SuspensionFaultRepaireVehicle',
    LeftRearTirePressureSensorFault: 'LeftRearTirePressurSensorFault',
  }
  return slips[turned] ?? turned.replace('QualityFailureStarting', 'QualityFailueStarting')
}

/** The alert's name in a generation; undefined where that generation has none. */
export function alertIn(type: string, generation: Generation): string | undefined {
  const name = generation === 'v4' && !alertTypes.v4.includes(type) ? inV4(type) : type
  return alertTypes[generation].includes(name) ? name : undefined
}

const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '')
const byPlainName = new Map([...alertTypes.v4, ...alertTypes.v1].map((type) => [plain(type), type]))

/** Names by which people raise alerts at every simulated car. */
const common: Readonly<Record<string, string>> = {
  'tyre-front-left': 'FrontLeftTireUnderInflated',
  'tyre-front-right': 'RightFrontTireUnderInflated',
  'tyre-rear-left': 'RearLeftTireUnderInflated',
  'tyre-rear-right': 'RightRearTireUnderInflated',
  'service-due': 'isServiceNeeded',
  'service-overdue': 'isServiceNeeded',
  'washer-fluid': 'AddWasherFluid',
  'brake-fluid': 'BrakingSystemFailure',
  'oil-level': 'OilLevelLow',
  'coolant-level': 'CoolantLevelLow',
  'brake-light-left': 'LeftBrakeLampFault',
  'low-beam-right': 'HeadlightsFault',
}

/** The alert type behind a code, however it is spelt: `OilLevelLow`, `oil-level-low`, `oil-level`. */
export const alertTypeOf = (code: string): string | undefined => common[code] ?? byPlainName.get(plain(code))

export type Severity = 'Information' | 'Warning' | 'Critical'

export const severityOf = (type: string): Severity =>
  /Failure|Stop|Impossible|Puncture|Airbag|Collision/.test(type)
    ? 'Critical'
    : /Open|Washer|Remote|Ice|Brightness/.test(type)
      ? 'Information'
      : 'Warning'
