import type { SimulatedCar } from '../../car/car'
import type { Generation, RemoteAbility } from '../listing'
import { checkCharging, checkPreconditioning, isOneOf, onlyOf, type Effect, type Given } from './bodies'
import { charging, preconditioning } from './effects'

export interface Action {
  /** Types as REST and as delivered events name it, by generation; absent where a generation has no such action. */
  types: Partial<Record<Generation, { rest: string | ((given: Given) => string); event: string }>>
  ability: RemoteAbility
  scopes: Partial<Record<Generation, string>>
  /** Why the body is refused. */
  check: (given: Given, generation: Generation) => string | undefined
  /** What the car does. */
  act: (car: SimulatedCar, given: Given) => Effect
}

const notDriving = (car: SimulatedCar): Effect => (car.isDriving ? { cause: 'VehicleInUse' } : undefined)

const lock = (car: SimulatedCar, { state }: Given): Effect => {
  const hindered = notDriving(car)
  if (hindered) return hindered
  const wanted = state === 'Locked' ? 'locked' : 'unlocked'
  if (wanted === 'locked' && car.openDoor) return { cause: 'DoorsOpen' }
  if (wanted === 'unlocked' && car.truth('alerts.stolen') === true) return { cause: 'NotPossibleDueToVehicleStolenState' }
  if (car.truth('lock.central') === wanted) return { already: true }
  if (wanted === 'locked') car.lock()
  else car.unlock()
  return undefined
}

/** Leaves nothing behind but the memory that it happened. */
const remembered =
  (name: (given: Given) => string, hindrance: (car: SimulatedCar) => Effect = () => undefined): Action['act'] =>
  (car, given) => {
    const hindered = hindrance(car)
    if (!hindered) car.signalled(name(given))
    return hindered
  }

const activated = (given: Given) => isOneOf(given, 'state', ['Activated', 'Unactivated'])
const flag = (given: Given, name: string) => (typeof given[name] === 'boolean' ? undefined : `${name} must be true or false`)

const stolen = (car: SimulatedCar, given: Given): Effect => {
  if (typeof given.state !== 'boolean') {
    car.signalled('crank-inhibit')
    return undefined
  }
  if ((car.truth('alerts.stolen') ?? false) === given.state) return { already: true }
  car.setAll({ 'alerts.stolen': given.state, 'alerts.stolenSince': given.state ? new Date(car.body.time).toISOString() : null })
  return undefined
}

const positions = (given: Given, generation: Generation): string | undefined => {
  const list = given.positions
  if (!Array.isArray(list) || list.length < 1 || list.length > 10) return 'positions must have 1 to 10'
  const wrong = list.some((item: unknown) => {
    const point = (generation === 'v1' ? (item as { geometry?: unknown }).geometry : item) as
      { type?: unknown; coordinates?: unknown } | undefined
    return point?.type !== 'Point' || !Array.isArray(point.coordinates)
  })
  return wrong ? `positions must be GeoJSON ${generation === 'v1' ? 'features' : 'points'}` : undefined
}

/** Every action by the member that asks for it. Stellantis: remotes of v1 and v4, and the names of their events */
export const actions: Readonly<Record<string, Action>> = {
  locking: {
    types: { v1: { rest: 'Locking', event: 'Doors' } },
    ability: 'door',
    scopes: { v1: 'remote:locking:write' },
    check: (given) => isOneOf(given, 'state', ['Locked', 'Unlocked']),
    act: lock,
  },
  door: {
    types: { v4: { rest: 'Doors', event: 'Doors' } },
    ability: 'door',
    scopes: { v4: 'remote:door:write' },
    check: (given) => isOneOf(given, 'state', ['Locked', 'Unlocked']),
    act: lock,
  },
  horn: {
    types: { v1: { rest: 'Horn', event: 'Horn' }, v4: { rest: 'Horn', event: 'Horn' } },
    ability: 'horn',
    scopes: { v1: 'remote:horn:write', v4: 'remote:horn:write' },
    check: activated,
    act: remembered(({ state }) => (state === 'Activated' ? 'honked' : 'honk-stopped'), notDriving),
  },
  lights: {
    types: { v1: { rest: 'Lights', event: 'Lights' }, v4: { rest: 'Lights', event: 'Lights' } },
    ability: 'lights',
    scopes: { v1: 'remote:lights:write', v4: 'remote:lights:write' },
    check: (given, generation) => (generation === 'v1' ? activated(given) : flag(given, 'on')),
    act: remembered(({ state, on }) => (state === 'Activated' || on === true ? 'flashed' : 'flash-stopped'), notDriving),
  },
  preconditioning: {
    types: {
      v1: { rest: 'Preconditioning', event: 'ThermalPreconditioning' },
      v4: { rest: 'ThermalPreconditioning', event: 'ThermalPreconditioning' },
    },
    ability: 'preconditioning',
    scopes: { v1: 'remote:preconditioning:write', v4: 'remote:preconditioning:write' },
    check: checkPreconditioning,
    act: preconditioning,
  },
  charging: {
    types: {
      v1: { rest: 'Charging', event: 'ElectricBatteryChargingRequest' },
      v4: { rest: 'ElectricBatteryChargingRequest', event: 'ElectricBatteryChargingRequest' },
    },
    ability: 'charging',
    scopes: { v1: 'remote:charging:write', v4: 'remote:charging:write' },
    check: checkCharging,
    act: charging,
  },
  wakeup: {
    types: { v1: { rest: 'Wakeup', event: 'WakeUp' } },
    ability: 'wakeup',
    scopes: { v1: 'remote:wakeUp:write' },
    check: (given) => isOneOf(given, 'action', ['Wakeup']),
    act: (car) => void car.reportAll(),
  },
  wakeUp: {
    types: { v4: { rest: 'WakeUp', event: 'WakeUp' } },
    ability: 'wakeup',
    scopes: { v4: 'remote:wakeup:write' },
    check: ({ action }) => (action === undefined || action === 'WakeUp' ? undefined : 'action must be WakeUp'),
    act: (car) => void car.reportAll(),
  },
  navigation: {
    types: { v1: { rest: 'Navigation', event: 'Navigation' }, v4: { rest: 'Navigation', event: 'Navigation' } },
    ability: 'navigation',
    scopes: { v1: 'remote:navigation:write', v4: 'remote:navigation:write' },
    check: positions,
    act: remembered(() => 'destination-sent'),
  },
  immobilization: {
    types: { v1: { rest: 'Immobilization', event: 'Immobilization' } },
    ability: 'immobilization',
    scopes: {},
    check: (given) => flag(given, 'activate'),
    act: remembered(({ activate }) => (activate ? 'immobilised' : 'released'), notDriving),
  },
  stolen: {
    types: { v1: { rest: 'Stolen', event: 'Stolen' } },
    ability: 'stolen',
    scopes: {},
    check: (given) => onlyOf(given, ['state', 'crankInhibit']),
    act: stolen,
  },
  tan: {
    types: { v1: { rest: ({ suppress }) => (suppress ? 'Tan.suppress' : 'Tan.confirm'), event: 'Tan' } },
    ability: 'tanSuppress',
    scopes: {},
    check: (given) => onlyOf(given, ['suppress', 'confirm']) ?? checkSuppress(given.suppress),
    act: remembered(({ suppress }) => (suppress ? 'alarm-suppressed' : 'alarm-confirmed')),
  },
  vehicleFinder: {
    types: { v1: { rest: 'VehicleFinder', event: 'VehicleFinder' } },
    ability: 'vehicleFinder',
    scopes: { v1: 'remote:vehicleFinder:write' },
    check: (given) => isOneOf(given, 'action', ['GetPresentLocation']),
    act: (car) => void car.reportAll(),
  },
  onboardPersonalData: {
    types: { v1: { rest: 'OnboardPersonalData', event: 'OnboardPersonalData' } },
    ability: 'onBoardPersonalData',
    scopes: { v1: 'remote:onboardPersonalData:write' },
    check: (given) => isOneOf(given, 'action', ['Delete']),
    act: remembered(() => 'personal-data-deleted', notDriving),
  },
}

/** A duration is needed when the alarm is to be quiet. */
function checkSuppress(suppress: unknown): string | undefined {
  if (typeof suppress !== 'object' || suppress === null) return undefined
  const { state, duration } = suppress as Given
  if (typeof state !== 'boolean') return 'suppress.state must be true or false'
  const fits = Number.isInteger(duration) && Number(duration) >= 0 && Number(duration) <= 5
  return (state || duration !== undefined) && !fits ? 'suppress.duration must be 0 to 5' : undefined
}
