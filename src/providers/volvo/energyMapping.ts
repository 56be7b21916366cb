/** Volvo's Energy v2 and v1 → readings. */
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { all, distance, isMissing, number, percent, reading, word, wordOf, type Origin, type Point, type Units } from '../mapping'
import { readFields, type Mapping } from './points'
import { energyPoint, type Members } from './wire'

const minutesUnit: Units = { minutes: 1 }
const ampere: Units = { ampere: 1 }

/** Volvo: Energy v2 state. */
export const energyV2: Mapping = {
  batteryChargeLevel: number('battery.stateOfCharge', { units: percent }),
  electricRange: distance('battery.range'),
  chargerConnectionStatus: word('charging.connection', {
    CONNECTED: 'connected',
    DISCONNECTED: 'disconnected',
    FAULT: 'fault',
    UNSPECIFIED: null,
  }),
  chargingStatus: word('charging.status', {
    CHARGING: 'charging',
    DISCHARGING: 'discharging',
    DONE: 'complete',
    ERROR: 'fault',
    FAULT: 'fault',
    IDLE: 'idle',
    SCHEDULED: 'scheduled',
    UNSPECIFIED: null,
  }),
  chargingType: word('charging.type', { AC: 'ac', DC: 'dc', NONE: 'none', UNSPECIFIED: null }),
  chargerPowerStatus: word('charging.supply', {
    PROVIDING_POWER: 'providing',
    POWER_AVAILABLE_BUT_NOT_ACTIVATED: 'available',
    NO_POWER_AVAILABLE: 'none',
    FAULT: 'fault',
    UNSPECIFIED: null,
  }),
  estimatedChargingTimeToTargetBatteryChargeLevel: number('charging.timeToComplete', { units: minutesUnit }),
  chargingCurrentLimit: number('charging.currentLimit', { units: ampere }),
  targetBatteryChargeLevel: number('charging.chargeLimit', { units: percent }),
  chargingPower: number('charging.power', { units: { watts: 1 / 1000 } }),
}

/** Volvo: Energy v1 recharge status. The connection tells the current type as well. */
export const energyV1: Mapping = {
  batteryChargeLevel: number('battery.stateOfCharge', { units: percent }),
  electricRange: distance('battery.range'),
  estimatedChargingTime: number('charging.timeToComplete', { units: minutesUnit }),
  chargingConnectionStatus: all(
    word('charging.connection', {
      CONNECTION_STATUS_CONNECTED_AC: 'connected',
      CONNECTION_STATUS_CONNECTED_DC: 'connected',
      CONNECTION_STATUS_DISCONNECTED: 'disconnected',
      CONNECTION_STATUS_FAULT: 'fault',
      CONNECTION_STATUS_UNSPECIFIED: null,
    }),
    { signals: ['charging.type'], read: currentType },
  ),
  chargingSystemStatus: word('charging.status', {
    CHARGING_SYSTEM_CHARGING: 'charging',
    CHARGING_SYSTEM_IDLE: 'idle',
    CHARGING_SYSTEM_DONE: 'complete',
    CHARGING_SYSTEM_FAULT: 'fault',
    CHARGING_SYSTEM_SCHEDULED: 'scheduled',
    CHARGING_SYSTEM_UNSPECIFIED: null,
  }),
  targetBatteryChargeLevel: number('charging.chargeLimit', { units: percent }),
  chargingCurrentLimit: number('charging.currentLimit', { units: ampere }),
}

const currentTypes: Readonly<Record<string, string>> = {
  CONNECTION_STATUS_CONNECTED_AC: 'ac',
  CONNECTION_STATUS_CONNECTED_DC: 'dc',
  CONNECTION_STATUS_DISCONNECTED: 'none',
}

/** Every other word leaves the type open; a strange one is told by `charging.connection` already. */
function currentType(given: Point, origin: Origin): Reading[] {
  if (isMissing(given.value)) return []
  return [reading('charging.type', currentTypes[wordOf(given.value)] ?? null, given, origin)]
}

/** Errors of single points of Energy v2; any other code is a drift. */
const pointErrors: Readonly<Record<string, 'nothing' | 'leaves'>> = {
  NOT_SUPPORTED: 'nothing',
  PROPERTY_NOT_SUPPORTED: 'nothing',
  PROPERTY_NOT_FOUND: 'leaves',
  ERROR_READING_PROPERTY: 'nothing',
}

/** Energy v2 state. Points fail one by one inside a 200; a failed one gives no reading or lets its key leave. */
export function readEnergyState(mapping: Mapping, state: Members, origin: Origin): Reading[] {
  const left: Reading[] = []
  const readings = readFields(mapping, state, origin, (value, rule, at) => {
    const parsed = energyPoint.safeParse(value)
    if (!parsed.success) return undefined
    const { status, code, ...rest } = parsed.data
    if (status?.toUpperCase() !== 'ERROR') return { ...rest, time: rest.updatedAt }
    const effect = pointErrors[code?.toUpperCase() ?? '']
    if (effect === undefined) at.drift(`${at.where} code`, code ?? 'none')
    if (effect === 'leaves') left.push(...rule.signals.map((signal) => ({ signal, value: null })))
    return undefined
  })
  return [...readings, ...left]
}

const whileCharging: readonly SignalId[] = ['charging.power', 'charging.rate', 'charging.timeToComplete']

/** Power and remaining time that an answer tells beside "not charging" are left-overs: their keys leave. */
export function withoutLeftovers(readings: readonly Reading[]): Reading[] {
  const status = readings.find(({ signal }) => signal === 'charging.status')?.value
  if (status === undefined || status === null || status === 'charging') return [...readings]
  return readings.map((one) => (whileCharging.includes(one.signal) ? { ...one, value: null } : one))
}
