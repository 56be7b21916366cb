import type { CarProfile } from '../car/profile'
import { places } from '../car/driving'
import type { Start } from '../profileParts'
import { parkedAtHome, unplugged } from '../profileParts'
import type { InversCommand, StateProperty } from './listing'

/** What every unit can. */
const plainState: readonly StateProperty[] = [
  'mileage_in_kilometers',
  'state_of_charge_or_fuel_level_in_percent',
  'remaining_range_in_kilometers',
  'position',
  'cellular_signal_quality',
  'driving_enabled',
]
export const carState: readonly StateProperty[] = [...plainState, 'central_lock']
export const mopedState: readonly StateProperty[] = [...plainState, 'top_case_lock', 'top_case_lid']

/** A CloudBoxx knows the combined commands; not every maker does. INVERS: command table */
export const cloudBoxxCommands: readonly InversCommand[] = [
  'REQUEST_VEHICLE_STATE',
  'UNLOCK_CENTRAL_LOCK',
  'LOCK_CENTRAL_LOCK',
  'ENABLE_DRIVING',
  'DISABLE_DRIVING',
  'UNLOCK_AND_ENABLE_DRIVING',
  'LOCK_AND_DISABLE_DRIVING',
  'DRAW_ATTENTION',
]
export const makerCommands: readonly InversCommand[] = [
  'UNLOCK_CENTRAL_LOCK',
  'LOCK_CENTRAL_LOCK',
  'ENABLE_DRIVING',
  'DISABLE_DRIVING',
  'DRAW_ATTENTION',
]
export const mopedCommands: readonly InversCommand[] = [
  'ENABLE_DRIVING',
  'DISABLE_DRIVING',
  'UNLOCK_TOP_CASE',
  'LOCK_TOP_CASE',
  'DRAW_ATTENTION',
  'UNLOCK_BATTERY_COMPARTMENT',
]

const connected: Start = {
  'reachability.signalQuality': 4,
  'vehicle.drivingEnabled': false,
  'vehicle.rental': 'free',
  'vehicle.operation': 'operating',
}

const twoWheels: Start = {
  ...unplugged,
  ...connected,
  'lock.topCase': 'locked',
  'doors.topCase': 'closed',
  'engine.status': 'stopped',
  'position.location': { ...places.work, altitude: 0, heading: 40 },
  'reachability.status': 'available',
  'reachability.privacy': 'none',
  'vehicle.ignition': 'off',
  'vehicle.moving': false,
  'vehicle.speed': 0,
  'alerts.active': [],
}

/** The vehicles of the demo fleet that live: a car, a van, a moped, and a car behind its maker's cloud. */
export const inversCars: readonly CarProfile[] = [
  {
    key: 'city',
    vin: 'WVWZZZSHR4C000001',
    model: 'City',
    year: 2024,
    steering: 'left',
    battery: { capacity: 50, consumption: 16, ac: 11, dc: 85 },
    reportsEvery: 60,
    start: { ...parkedAtHome, ...unplugged, ...connected, 'battery.stateOfCharge': 64, 'vehicle.odometer': 48213 },
    invers: {
      id: 'K7QX2D',
      brand: 'Demo',
      fuelType: 'ELECTRIC',
      vehicleType: 'CAR',
      transmission: 'AUTOMATIC',
      plate: 'B-SIM 1',
      name: 'City 1',
      tags: ['centre'],
      unit: { id: 'DA0000FFDE301001', brand: 'CLOUDBOXX', parallel: true },
      commands: cloudBoxxCommands,
      state: carState,
    },
  },
  {
    key: 'van',
    vin: 'WVWZZZSHR2V000002',
    model: 'Cargo',
    year: 2022,
    steering: 'left',
    tank: { litres: 70, consumption: 8.5 },
    reportsEvery: 60,
    start: {
      ...parkedAtHome,
      ...connected,
      'fuel.amount': 31.5,
      'fuel.range': 371,
      'fuel.adBlueLevel': 55,
      'fuel.adBlueWarning': 'ok',
      'assist.abs': true,
      'service.brakePads': 'ok',
      'service.brakeWarning': 'ok',
      'vehicle.odometer': 132480,
    },
    invers: {
      id: 'P49FJK',
      brand: 'Demo',
      fuelType: 'DIESEL',
      vehicleType: 'CAR',
      transmission: 'MANUAL_SHIFT',
      plate: 'B-SIM 2',
      name: 'Van 2',
      tags: ['centre', 'cargo'],
      unit: { id: 'DA0000FFDE301002', brand: 'CLOUDBOXX', parallel: true },
      commands: cloudBoxxCommands,
      state: [
        ...carState,
        'altitude_in_meters',
        'abs_status',
        'adblue_level_in_percent',
        'adblue_level_low_indicator',
        'brake_fluid_level_low_indicator',
        'brake_lining_wear_indicator',
        'brake_warning_indicator',
      ],
    },
  },
  {
    key: 'moped',
    vin: 'LZSZZZMPD5M000003',
    model: 'Scoot',
    year: 2023,
    steering: 'left',
    battery: { capacity: 2, consumption: 3.4, ac: 0.5 },
    reportsEvery: 60,
    start: { ...twoWheels, 'battery.stateOfCharge': 82, 'vehicle.odometer': 6120 },
    invers: {
      id: 'M3PT9D',
      brand: 'NIU',
      fuelType: 'ELECTRIC',
      vehicleType: 'MOPED',
      plate: '123 SIM',
      name: 'Moped 3',
      unit: { id: 'SIMMPD00003', brand: 'NIU', parallel: false },
      commands: mopedCommands,
      state: mopedState,
    },
  },
  {
    key: 'maker',
    vin: '5YJZZZMKR1T000004',
    model: 'Sedan',
    year: 2025,
    steering: 'left',
    battery: { capacity: 75, consumption: 17, ac: 11, dc: 170 },
    reportsEvery: 60,
    start: { ...parkedAtHome, ...unplugged, ...connected, 'battery.stateOfCharge': 45, 'vehicle.odometer': 15200 },
    invers: {
      id: 'T5LNQD',
      brand: 'Maker',
      fuelType: 'ELECTRIC',
      vehicleType: 'CAR',
      transmission: 'AUTOMATIC',
      plate: 'B-SIM 4',
      name: 'Sedan 4',
      unit: { id: '5YJZZZMKR1T000004', brand: 'TESLA', parallel: false },
      commands: makerCommands,
      state: carState,
    },
  },
]
