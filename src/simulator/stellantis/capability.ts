import type { SimulatedCar } from '../car/car'
import { told, type Wire } from './facts'
import { listingOf, type Generation, type RemoteAbility } from './listing'

const data = [
  'data:telemetry',
  'data:telemetry:environment',
  'data:telemetry:privacy',
  'data:telemetry:vehicle',
  'data:telemetry:vehicle:ignition',
  'data:telemetry:vehicle:preconditioning',
  'data:telemetry:vehicle:energies',
  'data:telemetry:vehicle:engines',
  'data:telemetry:vehicle:doorsState',
  'data:telemetry:vehicle:battery',
  'data:telemetry:vehicle:safety',
  'data:telemetry:vehicle:odometer',
  'data:telemetry:vehicle:kinetic',
  'data:telemetry:vehicle:lightingSystem',
  'data:telemetry:vehicle:maintenance',
  'data:telemetry:vehicle:drivingBehavior',
  'data:telemetry:vehicle:alarm',
  'data:position',
  'data:trip',
  'data:alert',
  'data:collision',
] as const

const parameters: Readonly<Record<Generation, Partial<Record<RemoteAbility, Wire>>>> = {
  v1: {
    preconditioning: { programs: { size: 4, temperature: true }, immediate: true },
    charging: {
      immediate: { start: true, stop: true },
      programs: { supported: true, size: 2, occurrence: true, minChargingLevel: true, maxChargingLevel: true },
      settings: { level: true, type: true },
    },
  },
  v4: {
    preconditioning: { programs: { size: 4 }, immediate: true },
    charging: {
      immediate: { start: true, stop: true },
      schedule: { programs: { supported: true, size: 2 }, nextDelayedTime: true },
      preferences: { level: true, type: true },
    },
  },
}

/** The scope of a remote, by its older name; some remotes have none. */
const scopeNames: Partial<Record<RemoteAbility, string>> = {
  preconditioning: 'remote:preconditioning:write',
  charging: 'remote:charging:write',
  door: 'remote:door:write',
  horn: 'remote:horn:write',
  lights: 'remote:lights:write',
  wakeup: 'remote:wakeup:write',
  navigation: 'remote:navigation:write',
}

/** Named in the schemas; the portal's sample shows a few more, which are listed when the car has them. */
const always: Readonly<Record<Generation, readonly RemoteAbility[]>> = {
  v1: ['preconditioning', 'charging', 'door', 'horn', 'lights', 'wakeup', 'navigation', 'stolen'],
  v4: ['preconditioning', 'charging', 'door', 'horn', 'lights', 'wakeup', 'navigation'],
}
const extra: readonly RemoteAbility[] = ['tanSuppress', 'vehicleFinder', 'onBoardPersonalData', 'immobilization']

/** What a car can be asked and what it tells. Stellantis: VehicleCapability */
export function abilities(car: SimulatedCar, generation: Generation): Wire {
  const { remotes, connected } = listingOf(car)
  const names = [...always[generation], ...(generation === 'v1' ? extra.filter((name) => remotes.includes(name)) : [])]
  const remote = names.map((name) => [
    name,
    told({
      supported: remotes.includes(name),
      scopeName: scopeNames[name],
      parameters: parameters[generation][name],
    }),
  ])
  return { data: connected ? data : [], remote: Object.fromEntries(remote) as Wire }
}
