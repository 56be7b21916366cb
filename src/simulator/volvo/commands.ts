import type { Clock } from '../../clock'
import { pause } from '../../clock'
import { CarRefusal } from '../car/body'
import type { SimulatedCar } from '../car/car'
import type { Faults } from '../faults'
import { json, readObject, type Ending } from '../http'
import type { Route } from '../router'
import { type Ask, type Endpoint, refusal } from './endpoint'
import { commandPaths, listingOf, type VolvoCommand } from './listing'

interface CommandRule {
  scope: string
  /** What the car does. */
  act: (car: SimulatedCar, minutes: number) => void
  /** Why the car does not, as an `invokeStatus`; or `in-use` for the answer 503. */
  hindrance?: (car: SimulatedCar) => string | undefined
}

const notWhileDriving = (car: SimulatedCar) => (car.isDriving ? 'NOT_ALLOWED_WRONG_USAGE_MODE' : undefined)
const inUse = (car: SimulatedCar) => (car.isDriving ? 'in-use' : undefined)
const lockable = (car: SimulatedCar) => notWhileDriving(car) ?? (car.openDoor ? 'UNABLE_TO_LOCK_DOOR_OPEN' : undefined)
const shows = (what: string): CommandRule => ({
  scope: 'conve:honk_flash',
  act: (car) => car.signalled(what),
  hindrance: notWhileDriving,
})

const rules: Readonly<Record<VolvoCommand, CommandRule>> = {
  LOCK: { scope: 'conve:lock', act: (car) => car.lock(), hindrance: lockable },
  LOCK_REDUCED_GUARD: { scope: 'conve:lock', act: (car) => car.lock(), hindrance: lockable },
  UNLOCK: { scope: 'conve:unlock', act: (car) => car.unlock(), hindrance: notWhileDriving },
  HONK: shows('honked'),
  FLASH: shows('flashed'),
  HONK_AND_FLASH: shows('honked-and-flashed'),
  CLIMATIZATION_START: { scope: 'conve:climatization_start_stop', act: (car) => car.startClimate(), hindrance: inUse },
  CLIMATIZATION_STOP: { scope: 'conve:climatization_start_stop', act: (car) => car.stopClimate() },
  ENGINE_START: { scope: 'conve:engine_start_stop', act: (car, minutes) => car.startEngine(minutes), hindrance: inUse },
  ENGINE_STOP: { scope: 'conve:engine_start_stop', act: (car) => car.stopEngine(), hindrance: notWhileDriving },
}

const unavailable: Readonly<Record<string, string>> = {
  'power-saving': 'VEHICLE_IN_SLEEP',
  'no-internet': 'CONNECTION_FAILURE',
  updating: 'NOT_ALLOWED_WRONG_USAGE_MODE',
}

/** Words after which the car has done it, or is doing it. */
const actedOn = new Set(['COMPLETED', 'SUCCESS', 'DELIVERED', 'RUNNING'])

const httpTexts: Readonly<Record<number, readonly [message: string, description: string]>> = {
  400: ['BAD_REQUEST', 'Bad request'],
  404: ['NOT_FOUND', 'The command is not supported by this vehicle'],
  409: ['CONFLICT', 'Invocation specific error, due to a conflict with the vehicle'],
  422: ['UNPROCESSABLE_ENTITY', 'The request is valid but the vehicle cannot do it now'],
  500: ['INTERNAL_SERVER_ERROR', 'Error returned from car'],
  503: ['SERVICE_UNAVAILABLE', 'Not allowed, car is in use or asleep'],
  504: ['GATEWAY_TIMEOUT', 'No answer in time'],
}

/** Minutes that the engine shall run, from the body; undefined when they are missing or out of range. */
function runtimeOf(command: VolvoCommand, body: string): number | undefined {
  const given = readObject(body)
  if (!given) return undefined
  if (command !== 'ENGINE_START') return 0
  const minutes = given.runtimeMinutes
  return typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 0 && minutes <= 15 ? minutes : undefined
}

/** A forced success may be asked of a car that cannot; then the cloud lies and the car stays as it is. */
function perform(act: () => void): void {
  try {
    act()
  } catch (error) {
    if (!(error instanceof CarRefusal)) throw error
  }
}

const hindranceOf = (car: SimulatedCar, rule: CommandRule): string | undefined =>
  car.privacy === 'full'
    ? 'NOT_ALLOWED_PRIVACY_ENABLED'
    : (unavailable[car.body.text('reachability.reason')] ?? rule.hindrance?.(car))

/** The commands: the answer is held back until the car has done it or has not. Volvo: Connected Vehicle v2 commands */
export function volvoCommands(clock: Clock, faults: Faults, settings: { commandDelayMs: number }): readonly Route<Endpoint>[] {
  async function run(command: VolvoCommand, ask: Ask): Promise<Ending> {
    const { car, call, operationId } = ask
    const refuse = (status: number, text = httpTexts[status]) =>
      refusal('connected-vehicle', operationId, status, text?.[0] ?? 'ERROR', text?.[1] ?? 'Error')
    if (ask.token.readOnly) return refuse(403, ['FORBIDDEN', 'Access is denied'])
    if (!listingOf(car).commands.includes(command)) return refuse(404)
    const minutes = runtimeOf(command, call.body)
    if (minutes === undefined) return refuse(400, ['BAD_REQUEST', 'runtimeMinutes must be a whole number from 0 to 15'])

    const fault = faults.take('volvo', call.path, ['next-command', 'reset-late', 'timeout-late', 'error-late'])
    if (settings.commandDelayMs > 0) await pause(clock, settings.commandDelayMs)
    car.sync()
    const forced = fault?.kind === 'next-command' ? fault.status : undefined
    if (typeof forced === 'number') return refuse(forced)
    const status = forced ?? hindranceOf(car, rules[command]) ?? 'COMPLETED'
    if (status === 'in-use') return refuse(503)
    if (actedOn.has(status.toUpperCase())) perform(() => rules[command].act(car, minutes))

    if (fault?.kind === 'reset-late') return 'destroy'
    if (fault?.kind === 'timeout-late') return 'hang'
    if (fault?.kind === 'error-late') return refuse(500)
    const ready = command === 'UNLOCK' && status === 'COMPLETED' ? { readyToUnlock: true, readyToUnlockUntil: 120 } : {}
    return json(200, { data: { vin: car.id, invokeStatus: status, message: '', ...ready } })
  }

  return (Object.keys(commandPaths) as VolvoCommand[]).map((command) => ({
    method: 'POST',
    path: `/connected-vehicle/v2/vehicles/{vin}/commands/${commandPaths[command]}`,
    to: { api: 'connected-vehicle', scopes: [rules[command].scope], answer: (ask) => run(command, ask) },
  }))
}
