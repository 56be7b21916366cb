/** Volvo: every call that reads, what it tells and how it is read. */
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup, SignalId } from '../../vehicle/signals'
import type { Origin } from '../mapping'
import * as tables from './mapping'
import { capacityOf, positionOf } from './vehicle'
import { energyState, type Members } from './wire'

export interface Endpoint {
  /** `{vin}` stands for the vehicle number. */
  template: string
  accept?: string
  groups: readonly SignalGroup[]
  /** Signals that it tells for cars whose energy calls do not. */
  standsInFor?: SignalId
  /** `undefined`: this car has no such data. */
  read: (body: Members, origin: Origin) => Reading[] | undefined
}

const connectedVehicle = '/connected-vehicle/v2/vehicles'
const rechargeStatus = '/energy/v1/vehicles/{vin}/recharge-status'

export const listTemplate = connectedVehicle
export const commandsTemplate = `${connectedVehicle}/{vin}/commands`
export const capabilitiesTemplate = '/energy/v2/vehicles/{vin}/capabilities'

/** The members of `data`; `undefined` when it is missing or empty. */
function wrapped(body: Members): Members | undefined {
  const { data } = body
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return undefined
  return Object.keys(data).length > 0 ? (data as Members) : undefined
}

const within = (read: (data: Members, origin: Origin) => Reading[]) => (body: Members, origin: Origin) => {
  const data = wrapped(body)
  return data && read(data, origin)
}
const points = (mapping: tables.Mapping) => within((data, origin) => tables.readPoints(mapping, data, origin))

const conve = (name: string, groups: readonly SignalGroup[], mapping: tables.Mapping, standsInFor?: SignalId): Endpoint => ({
  template: `${connectedVehicle}/{vin}/${name}`,
  groups,
  standsInFor,
  read: points(mapping),
})

const vendorType = (name: string): string => `application/vnd.volvocars.api.energy.${name}.v1+json`

/** Energy v1: the whole (no suffix) or one of its parts. */
const recharge = (part?: string, ...types: string[]): Endpoint => ({
  template: part ? `${rechargeStatus}/${part}` : rechargeStatus,
  accept: (types.length > 0 ? types : ['vehicledata']).map(vendorType).join(', '),
  groups: ['charging', 'battery'],
  read: within((data, origin) => tables.withoutLeftovers(tables.readPoints(tables.energyV1, data, origin))),
})

/** Energy v1, each with a permission of its own: what is left where the whole is not permitted. */
const rechargeParts = {
  'battery-charge-level': recharge('battery-charge-level'),
  'electric-range': recharge('electric-range'),
  'estimated-charging-time': recharge('estimated-charging-time'),
  'charging-connection-status': recharge('charging-connection-status'),
  'charging-system-status': recharge('charging-system-status'),
  'target-battery-charge-level': recharge('target-battery-charge-level', 'targetbatterychargelevelresponse'),
  // No document names the type of this one: its sibling's by analogy, or the usual one.
  'charging-current-limit': recharge('charging-current-limit', 'chargingcurrentlimitresponse', 'vehicledata'),
} satisfies Record<string, Endpoint>

export type RechargePart = keyof typeof rechargeParts
export const rechargePartNames = Object.keys(rechargeParts) as RechargePart[]

export const endpoints = {
  windows: conve('windows', ['windows'], tables.windows),
  doors: conve('doors', ['doors', 'lock'], tables.doors),
  'engine-status': conve('engine-status', ['engine'], tables.engineStatus),
  engine: conve('engine', ['engine'], tables.engine),
  diagnostics: conve('diagnostics', ['service'], tables.diagnostics),
  brakes: conve('brakes', ['service'], tables.brakes),
  warnings: conve('warnings', ['lights'], tables.warnings),
  tyres: conve('tyres', ['tyres'], tables.tyres),
  fuel: conve('fuel', ['fuel'], tables.fuel, 'battery.stateOfCharge'),
  odometer: conve('odometer', ['vehicle'], tables.odometer),
  statistics: conve('statistics', ['trip', 'fuel'], tables.statistics, 'battery.range'),
  'command-accessibility': conve('command-accessibility', ['reachability'], tables.commandAccessibility),
  'energy-v2': {
    template: '/energy/v2/vehicles/{vin}/state',
    groups: ['charging', 'battery'],
    read(body, origin) {
      const state = energyState.parse(body)
      return Object.keys(state).length > 0
        ? tables.withoutLeftovers(tables.readEnergyState(tables.energyV2, state, origin))
        : undefined
    },
  },
  'energy-v1': recharge(),
  location: { template: '/location/v1/vehicles/{vin}/location', groups: ['position'], read: within(positionOf) },
  details: { template: `${connectedVehicle}/{vin}`, groups: [], read: within(capacityOf) },
} satisfies Record<string, Endpoint>

export type EndpointId = keyof typeof endpoints
export const endpointIds = Object.keys(endpoints) as EndpointId[]
export const endpointOf = (id: EndpointId | RechargePart): Endpoint =>
  id in endpoints ? endpoints[id as EndpointId] : rechargeParts[id as RechargePart]

/** Where a drift was seen, such as `energy/v2/state`. */
export const placeOf = (template: string): string => template.slice(1).replace(/\/vehicles(\/\{vin\})?/, '')
