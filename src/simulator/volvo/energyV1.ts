import type { SimulatedCar } from '../car/car'
import { json } from '../http'
import type { Route } from '../router'
import { type Ask, type Endpoint, toSeconds } from './endpoint'
import type { SignalId } from '../../vehicle/signals'
import { listingOf } from './listing'
import { wordIn } from './words'

const kmPerMile = 1.609344
const media = 'application/vnd.volvocars.api.energy.vehicledata.v1+json'

interface Part {
  field: string
  path: string
  scope: string
  signal: SignalId
  unit?: string
  media?: string
  wire: (value: unknown, car: SimulatedCar) => string | undefined
}

const whole = (value: unknown) => String(Math.round(Number(value)))

/** The connection says by which plug; a disconnected one has no type. */
function connection(value: unknown, car: SimulatedCar): string {
  if (value === 'connected') return `CONNECTION_STATUS_CONNECTED_${car.told('charging.type')?.value === 'dc' ? 'DC' : 'AC'}`
  return value === 'disconnected' || value === 'fault'
    ? `CONNECTION_STATUS_${value.toUpperCase()}`
    : 'CONNECTION_STATUS_UNSPECIFIED'
}

const systemStatus: Readonly<Record<string, string>> = {
  charging: 'CHARGING',
  idle: 'IDLE',
  complete: 'DONE',
  fault: 'FAULT',
  scheduled: 'SCHEDULED',
}

const parts: readonly Part[] = [
  {
    field: 'estimatedChargingTime',
    path: 'estimated-charging-time',
    scope: 'energy:estimated_charging_time',
    signal: 'charging.timeToComplete',
    unit: 'minutes',
    wire: whole,
  },
  {
    field: 'batteryChargeLevel',
    path: 'battery-charge-level',
    scope: 'energy:battery_charge_level',
    signal: 'battery.stateOfCharge',
    unit: 'percentage',
    wire: (value) => Number(value).toFixed(1),
  },
  { field: 'electricRange', path: 'electric-range', scope: 'energy:electric_range', signal: 'battery.range', wire: whole },
  {
    field: 'chargingSystemStatus',
    path: 'charging-system-status',
    scope: 'energy:charging_system_status',
    signal: 'charging.status',
    wire: (value) => `CHARGING_SYSTEM_${wordIn(systemStatus, value)}`,
  },
  {
    field: 'chargingConnectionStatus',
    path: 'charging-connection-status',
    scope: 'energy:charging_connection_status',
    signal: 'charging.connection',
    wire: connection,
  },
  {
    field: 'targetBatteryChargeLevel',
    path: 'target-battery-charge-level',
    scope: 'energy:target_battery_level',
    signal: 'charging.chargeLimit',
    unit: 'percentage',
    wire: whole,
    media: 'application/vnd.volvocars.api.energy.targetbatterychargelevelresponse.v1+json',
  },
  {
    field: 'chargingCurrentLimit',
    path: 'charging-current-limit',
    scope: 'energy:charging_current_limit',
    signal: 'charging.currentLimit',
    unit: 'ampere',
    wire: whole,
    media: 'application/vnd.volvocars.api.energy.chargingcurrentlimitresponse.v1+json',
  },
]

/** EX30: neither target level nor current limit here. */
const lacks = ({ profile }: SimulatedCar, { field }: Part) =>
  listingOf({ profile }).fuelType === 'NONE' && (field === 'targetBatteryChargeLevel' || field === 'chargingCurrentLimit')

function rangeIn({ call, car }: Ask, kilometres: unknown) {
  const asked = call.query.get('range_unit')?.toLowerCase()
  const miles = asked === 'imperial' || (asked !== 'metric' && listingOf(car).distanceUnit === 'miles')
  return { value: whole(miles ? Number(kilometres) / kmPerMile : kilometres), unit: miles ? 'miles' : 'kilometers' }
}

function answerWith(ask: Ask, wanted: readonly Part[]) {
  const { car, operationId } = ask
  const data: Record<string, unknown> = {}
  for (const part of wanted) {
    const told = car.told(part.signal)
    if (!told || !listingOf(car).energy || lacks(car, part)) continue
    const value =
      part.field === 'electricRange' ? rangeIn(ask, told.value) : { value: part.wire(told.value, car), unit: part.unit }
    data[part.field] = { ...value, timestamp: toSeconds(told.at) }
  }
  return json(200, { status: 200, operationId, data })
}

const base = '/energy/v1/vehicles/{vin}/recharge-status'

/** The aggregate has every part but the current limit, of those the token may see. Volvo: Energy v1 */
export const energyV1: readonly Route<Endpoint>[] = [
  {
    method: 'GET',
    path: base,
    to: {
      api: 'energy-v1',
      scopes: ['energy:recharge_status', ...parts.map(({ scope }) => scope)],
      anyScope: true,
      media,
      answer: (ask) => {
        const { scopes } = ask.token.grant
        const seen = parts.filter(({ field, scope }) => field !== 'chargingCurrentLimit' && scopes.includes(scope))
        return answerWith(ask, seen)
      },
    },
  },
  ...parts.map((part) => ({
    method: 'GET',
    path: `${base}/${part.path}`,
    to: {
      api: 'energy-v1' as const,
      scopes: [part.scope],
      media: part.media ?? media,
      answer: (ask: Ask) => answerWith(ask, [part]),
    },
  })),
]
