import type { SimulatedCar } from '../car/car'
import { json } from '../http'
import type { Route } from '../router'
import { type Ask, type Endpoint, refusal, round, toSeconds } from './endpoint'
import { type EnergyPoint, energyPoints, listingOf } from './listing'
import type { SignalId } from '../../vehicle/signals'
import { wordIn } from './words'

const kmPerMile = 1.609344

interface PointRule {
  signal: SignalId
  unit?: string
  wire: (value: unknown, car: SimulatedCar) => unknown
}

const word = (signal: SignalId, table: Readonly<Record<string, string>>): PointRule => ({
  signal,
  wire: (value) => wordIn(table, value),
})
const number = (signal: SignalId, unit: string, digits = 0, factor = 1): PointRule => ({
  signal,
  unit,
  wire: (value) => round(Number(value) * factor, digits),
})

const rules: Readonly<Record<EnergyPoint, PointRule>> = {
  batteryChargeLevel: number('battery.stateOfCharge', 'percentage', 1),
  electricRange: {
    signal: 'battery.range',
    wire: (value, car) => round(listingOf(car).distanceUnit === 'miles' ? Number(value) / kmPerMile : Number(value)),
  },
  chargerConnectionStatus: word('charging.connection', { connected: 'CONNECTED', disconnected: 'DISCONNECTED', fault: 'FAULT' }),
  chargingStatus: word('charging.status', {
    charging: 'CHARGING',
    idle: 'IDLE',
    scheduled: 'SCHEDULED',
    complete: 'DONE',
    discharging: 'DISCHARGING',
    fault: 'ERROR',
  }),
  chargingType: word('charging.type', { ac: 'AC', dc: 'DC', none: 'NONE' }),
  chargerPowerStatus: word('charging.supply', {
    providing: 'PROVIDING_POWER',
    available: 'POWER_AVAILABLE_BUT_NOT_ACTIVATED',
    none: 'NO_POWER_AVAILABLE',
    fault: 'FAULT',
  }),
  estimatedChargingTimeToTargetBatteryChargeLevel: number('charging.timeToComplete', 'minutes'),
  chargingCurrentLimit: number('charging.currentLimit', 'ampere'),
  targetBatteryChargeLevel: number('charging.chargeLimit', 'percentage'),
  chargingPower: number('charging.power', 'watts', 0, 1000),
}

const texts: Readonly<Record<string, string>> = {
  NOT_SUPPORTED: 'Resource is not supported for this vehicle',
  PROPERTY_NOT_SUPPORTED: 'Property is not supported for this vehicle',
  PROPERTY_NOT_FOUND: 'No valid value could be found for the requested property',
  ERROR_READING_PROPERTY: 'Failed to retrieve property.',
}

/** A point that failed on its own inside a good answer. Volvo: E8 */
export const failedPoint = (code: string) => ({ status: 'ERROR', code, message: texts[code] ?? 'The property cannot be told' })

function point(car: SimulatedCar, name: EnergyPoint): unknown {
  const code = listingOf(car).energy?.failing[name]
  if (code) return failedPoint(code)
  const rule = rules[name]
  const told = car.told(rule.signal)
  if (!told) return failedPoint('PROPERTY_NOT_FOUND')
  const unit = name === 'electricRange' ? listingOf(car).distanceUnit : rule.unit
  return { status: 'OK', value: rule.wire(told.value, car), ...(unit ? { unit } : {}), updatedAt: toSeconds(told.at) }
}

function state({ car, operationId }: Ask) {
  if (!listingOf(car).energy) return refusal('energy-v2', operationId, 404, 'NOT_FOUND', 'Vehicle is not supported')
  return json(200, Object.fromEntries(energyPoints.map((name) => [name, point(car, name)])))
}

/** The capabilities call one point by another name than the state does. */
const capabilityName = (name: EnergyPoint): string => (name === 'chargingStatus' ? 'chargingSystemStatus' : name)

function capabilities({ car }: Ask) {
  const { energy } = listingOf(car)
  const isSupported = energy !== undefined
  const points: Record<string, unknown> = {}
  for (const name of energyPoints) points[capabilityName(name)] = { isSupported: isSupported && !energy.denied.includes(name) }
  return json(200, { getEnergyState: { isSupported, ...points } })
}

/** Volvo: Energy v2 */
export const energyV2: readonly Route<Endpoint>[] = [
  {
    method: 'GET',
    path: '/energy/v2/vehicles/{vin}/state',
    to: { api: 'energy-v2', scopes: ['energy:state:read'], answer: state },
  },
  {
    method: 'GET',
    path: '/energy/v2/vehicles/{vin}/capabilities',
    to: { api: 'energy-v2', scopes: ['energy:capability:read'], answer: capabilities },
  },
]
