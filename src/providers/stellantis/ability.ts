/** Stellantis: what a car can do and tell, by its list of capabilities. */
import { days, hours, type Clock } from '../../clock'
import type { CommandId } from '../../vehicle/commands'
import { signalIds, signalOf, type SignalId } from '../../vehicle/signals'
import type { Capabilities, VehicleId } from '../../vehicle/vehicle'
import { numberOf, textOf, wordOf } from '../mapping'
import type { StellantisApi } from './api'
import { commandsOf } from './order'
import type { Generation } from './settings'
import { at, isMembers, membersOf, type Members } from './wire'

/** The name in the list of remotes, and the parameters below it that may deny the command. Names differ from the remotes'. */
type Entry = readonly [name: string, ...parameters: string[]]

/** Commands that no entry can name are missing: for them the cloud's own answer, a 501, decides. */
const entries: Readonly<Partial<Record<CommandId, Entry>>> = {
  lock: ['door'],
  unlock: ['door'],
  honk: ['horn'],
  'honk-stop': ['horn'],
  flash: ['lights'],
  'flash-stop': ['lights'],
  'climate-start': ['preconditioning', 'immediate'],
  'climate-stop': ['preconditioning', 'immediate'],
  'climate-schedule': ['preconditioning', 'programs', 'programs.size', 'program', 'program.size'],
  'climate-schedule-delete': ['preconditioning', 'programs', 'programs.size', 'program', 'program.size'],
  'climate-settings': ['preconditioning', 'settings'],
  'charge-start': ['charging', 'immediate.start'],
  'charge-stop': ['charging', 'immediate.stop'],
  'charge-limit': ['charging', 'settings.type', 'preferences.type'],
  'charge-power': ['charging', 'settings.level', 'preferences.level'],
  'charge-schedule': ['charging', 'programs.supported', 'schedule.programs.supported'],
  'charge-schedule-delete': ['charging', 'programs.supported', 'schedule.programs.supported'],
  'charge-defer': ['charging', 'schedule.nextDelayedTime'],
  'wake-up': ['wakeup'],
  refresh: ['wakeup'],
  'send-destination': ['navigation'],
  'stolen-report': ['stolen'],
  'crank-inhibit': ['stolen'],
  'alarm-suppress': ['tanSuppress'],
  'alarm-resume': ['tanSuppress'],
  'alarm-confirm': ['tanSuppress'],
  find: ['vehicleFinder'],
  'delete-personal-data': ['onBoardPersonalData'],
}

const isNo = (value: unknown): boolean => value === false || wordOf(value ?? '') === 'FALSE' || numberOf(value) === 0

function has(remote: Members, [name, ...parameters]: Entry): boolean {
  const entry = membersOf(Object.entries(remote).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1])
  if (!isMembers(entry) || wordOf(entry.supported ?? '') !== 'TRUE') return false
  return !parameters.some((path) => isNo(at(entry.parameters, ...path.split('.'))))
}

/** `onboardCapabilities` → what the car can do and tell. Nothing told: the cloud decides about every command. */
export function capabilitiesIn(onboard: unknown, motorization: unknown, generation: Generation): Capabilities {
  const { remote, data } = membersOf(onboard)
  const known = commandsOf(generation)
  const nameable = isMembers(remote) ? known.filter((id) => entries[id]) : []
  return {
    commands: isMembers(remote) ? nameable.filter((id) => has(remote, entries[id] ?? [''])) : [],
    unlisted: [...known.filter((id) => !nameable.includes(id)), 'raw'],
    ...(Array.isArray(data) && { signals: signalsIn(data, motorization, generation) }),
  }
}

type Test = (id: SignalId) => boolean

const ofGroup =
  (...groups: string[]): Test =>
  (id) =>
    groups.includes(signalOf(id).group)
const oneOf =
  (...ids: SignalId[]): Test =>
  (id) =>
    ids.includes(id)
const everything: Test = () => true

/** Words of the list of data → what comes with them. */
const dataWords = new Map<string, Test>(
  Object.entries({
    'data:telemetry': everything,
    'data:telemetry:vehicle': everything,
    'data:telemetry:environment': oneOf('climate.outsideTemperature', 'climate.daylight'),
    'data:telemetry:privacy': ofGroup('reachability'),
    'data:telemetry:vehicle:ignition': oneOf('vehicle.ignition'),
    'data:telemetry:vehicle:odometer': oneOf('vehicle.odometer'),
    'data:telemetry:vehicle:kinetic': oneOf('vehicle.speed', 'vehicle.moving', 'vehicle.acceleration'),
    'data:telemetry:vehicle:drivingbehavior': oneOf('vehicle.drivingMode'),
    'data:telemetry:vehicle:transmission': oneOf('vehicle.gear', 'vehicle.gearboxModes'),
    'data:telemetry:vehicle:wipingblades': oneOf('vehicle.wipers'),
    'data:telemetry:vehicle:preconditioning': oneOf('climate.status', 'climate.cause', 'climate.startedBy', 'climate.programs'),
    'data:telemetry:vehicle:energies': ofGroup('battery', 'charging', 'fuel'),
    'data:telemetry:vehicle:engines': ofGroup('engine'),
    'data:telemetry:vehicle:powertrain': oneOf('engine.status'),
    'data:telemetry:vehicle:doorsstate': ofGroup('doors', 'windows', 'lock'),
    'data:telemetry:vehicle:battery': ofGroup('lowVoltage'),
    'data:telemetry:vehicle:safety': ofGroup('safety'),
    'data:telemetry:vehicle:adas': ofGroup('assist'),
    'data:telemetry:vehicle:lightingsystem': ofGroup('lights'),
    'data:telemetry:vehicle:maintenance': ofGroup('service'),
    'data:telemetry:vehicle:alarm': ofGroup('alerts'),
    'data:alert': ofGroup('alerts'),
    'data:collision': ofGroup('alerts'),
    'data:position': ofGroup('position'),
  }),
)

/** Stellantis: scopes exist for these, words in the list do not, so no list can deny them. */
const unnameable: Test = (id) =>
  ['tyres', 'trip'].includes(signalOf(id).group) || oneOf('vehicle.propulsion', 'vehicle.parkingBrake', 'vehicle.lastContact')(id)

const unburnt: Readonly<Record<string, Test>> = {
  ELECTRIC: ofGroup('fuel'),
  THERMIC: ofGroup('battery', 'charging'),
}

function signalsIn(data: readonly unknown[], motorization: unknown, generation: Generation): SignalId[] {
  const told = data.flatMap((word) => dataWords.get(textOf(word)?.toLowerCase() ?? '') ?? [])
  const lacks = unburnt[wordOf(motorization ?? '')] ?? (() => false)
  return signalIds.filter(
    (id) =>
      signalOf(id).from.includes(`stellantis-${generation}`) && !lacks(id) && (unnameable(id) || told.some((test) => test(id))),
  )
}

/** Lists of capabilities, kept for a day each. */
export class Abilities {
  private readonly known = new Map<VehicleId, { capabilities: Capabilities; until: number }>()
  private readonly clock: Clock

  constructor(private readonly api: StellantisApi) {
    this.clock = api.clock
  }

  /** Stellantis v1: `/capability`; v4: the vehicle with its extension. Rejects with a DrivewayError. */
  async read(vehicle: VehicleId, signal: AbortSignal): Promise<Capabilities> {
    const kept = this.known.get(vehicle)
    if (kept && kept.until > this.clock.now()) return kept.capabilities
    const { onboard, motorization } = await (this.api.isV1 ? this.ofV1(vehicle, signal) : this.ofV4(vehicle, signal))
    const capabilities = capabilitiesIn(onboard, motorization, this.api.settings.generation)
    // A car without a list is odd enough to look again soon.
    this.known.set(vehicle, { capabilities, until: this.clock.now() + (isMembers(onboard) ? days(1) : hours(1)) })
    return capabilities
  }

  private async ofV1(vehicle: VehicleId, signal: AbortSignal): Promise<{ onboard: unknown; motorization: unknown }> {
    const body = await this.api.get({ template: '/accounts/vehicles/{id}/capability', vehicle }, signal)
    return { onboard: body?.onboardCapabilities, motorization: body?.motorization }
  }

  private async ofV4(vehicle: VehicleId, signal: AbortSignal): Promise<{ onboard: unknown; motorization: unknown }> {
    const query = { extension: 'onboardCapabilities' }
    const body = await this.api.get({ template: '/user/vehicles/{id}', vehicle, query }, signal)
    return { onboard: at(body, '_embedded', 'extension', 'onboardCapabilities'), motorization: body?.motorization }
  }
}
