import { places } from './car/driving'
import type { SignalValue } from '../vehicle/reading'
import type { SignalId } from '../vehicle/signals'

/** What many cars start with. */
export type Start = Partial<Record<SignalId, SignalValue>>

export const fourCorners = ['frontLeft', 'frontRight', 'rearLeft', 'rearRight'] as const
const lamps = [
  'brakeCenter',
  'brakeLeft',
  'brakeRight',
  'fogFront',
  'fogRear',
  'positionFrontLeft',
  'positionFrontRight',
  'positionRearLeft',
  'positionRearRight',
  'highBeamLeft',
  'highBeamRight',
  'lowBeamLeft',
  'lowBeamRight',
  'daytimeLeft',
  'daytimeRight',
  'turnFrontLeft',
  'turnFrontRight',
  'turnRearLeft',
  'turnRearRight',
  'registrationPlate',
] as const

/** The same value for each of a group's signals. */
export const all = (group: string, names: readonly string[], value: SignalValue): Start =>
  Object.fromEntries(names.map((name) => [`${group}.${name}`, value]))

/** Parked, shut, locked and well. */
export const parkedAtHome: Start = {
  ...all('doors', [...fourCorners, 'hood', 'tailgate', 'tankLid'], 'closed'),
  ...all('windows', fourCorners, 'closed'),
  ...all('tyres', fourCorners, 'ok'),
  ...all('lights', lamps, 'ok'),
  'lock.central': 'locked',
  'engine.status': 'stopped',
  'engine.oilLevel': 'ok',
  'engine.coolantLevel': 'ok',
  'climate.status': 'inactive',
  'position.location': { ...places.home, altitude: 0, heading: 129 },
  'reachability.status': 'available',
  'reachability.privacy': 'none',
  'service.warning': 'ok',
  'service.reason': 'regular',
  'service.distance': 29000,
  'service.time': 690,
  'service.engineHours': 1266,
  'service.washerFluid': 'ok',
  'service.brakeFluid': 'ok',
  'vehicle.ignition': 'off',
  'vehicle.moving': false,
  'vehicle.speed': 0,
  'alerts.active': [],
  'trip.averageSpeed': 47,
  'trip.averageSpeedAutomatic': 37,
  'trip.meterManual': 935.8,
  'trip.meterAutomatic': 23.7,
}

export const unplugged: Start = {
  'charging.connection': 'disconnected',
  'charging.status': 'idle',
  'charging.type': 'none',
  'charging.supply': 'none',
  'charging.timeToComplete': 0,
}
