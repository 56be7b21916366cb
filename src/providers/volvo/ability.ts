/** Volvo: list of commands and energy capabilities → what a car can do and tell. */
import { hours } from '../../clock'
import type { CommandId } from '../../vehicle/commands'
import { signalIds, signalOf, type SignalId } from '../../vehicle/signals'
import type { VehicleId } from '../../vehicle/vehicle'
import type { VolvoApi } from './api'
import { commandNamed, isKnownName, listedPath, volvoCommands } from './commands'
import { capabilitiesTemplate, commandsTemplate, endpointIds, endpointOf } from './endpoints'
import { energyV2 } from './energyMapping'
import { day, type Ability, type KnownCar } from './knownCar'
import { energyCapabilities, listedCommand, supported, type Members } from './wire'

/** Reads both lists. Rejects with a DrivewayError when the list of commands cannot be had; energy is only a hint. */
export async function readAbility(
  api: VolvoApi,
  energy: 'v2' | 'v1',
  baseUrl: string,
  vin: VehicleId,
  signal: AbortSignal,
): Promise<Ability> {
  const car = api.car(vin)
  const [list, hint] = await Promise.all([
    api.get(commandsTemplate, vin, signal),
    energy === 'v2' ? api.get(capabilitiesTemplate, vin, signal).catch(() => undefined) : undefined,
  ])
  const listed = Array.isArray(list?.data) ? commandsIn(list.data, api, baseUrl, vin) : undefined
  const paths = listed ?? new Map<CommandId, string>()
  const all = Object.keys(volvoCommands) as CommandId[]
  const ability: Ability = {
    capabilities: {
      commands: listed ? [...listed.keys()] : [],
      unlisted: listed ? ['raw'] : [...all, 'raw'],
      signals: signalsOf(car, hint),
    },
    paths,
  }
  // A car without a list is odd enough to look again soon.
  car.keepAbility(ability, listed ? day : hours(1))
  return ability
}

function commandsIn(data: readonly unknown[], api: VolvoApi, baseUrl: string, vin: VehicleId): Map<CommandId, string> {
  const paths = new Map<CommandId, string>()
  for (const item of data) {
    const parsed = listedCommand.safeParse(item)
    if (!parsed.success) continue
    const { command, href } = parsed.data
    const id = commandNamed(command)
    if (!isKnownName(command)) api.drift('connected-vehicle/v2/commands command', command)
    if (!id) continue
    const path = listedPath(baseUrl, vin, href)
    if (href !== undefined && path === undefined) api.drift('connected-vehicle/v2/commands href', command)
    paths.set(id, path ?? volvoCommands[id]?.path ?? '')
  }
  return paths
}

/** Live answers name the charging status differently in capabilities and state. */
const capabilityNames: Readonly<Record<string, readonly string[]>> = {
  chargingStatus: ['chargingSystemStatus', 'chargingStatus'],
}

const withoutBattery = ['battery', 'charging']
const withoutFuel = ['fuel']

/** Signals that a car of this kind may tell: calls it lacks, energies it does not burn and points it denies are left out. */
function signalsOf(car: KnownCar, hint: Members | undefined): SignalId[] {
  const points = energyCapabilities.safeParse(hint).data?.getEnergyState
  const denied = new Set<SignalId>()
  for (const [field, { signals }] of Object.entries(energyV2)) {
    const names = ['isSupported', ...(capabilityNames[field] ?? [field])]
    const answers = names.map((name) =>
      name === 'isSupported' ? points?.[name] : supported.safeParse(points?.[name]).data?.isSupported,
    )
    if (answers.includes(false)) signals.forEach((signal) => denied.add(signal))
  }
  const lacked = new Set(endpointIds.filter((id) => car.lacks(id)).flatMap((id) => endpointOf(id).groups))
  const energy = car.details?.meta.energy
  const unburnt = energy === 'electric' ? withoutFuel : energy === 'petrol' || energy === 'diesel' ? withoutBattery : []
  return signalIds.filter((id) => {
    const { from, group } = signalOf(id)
    const others = from.some((source) => source === 'volvo' || source === 'volvo-location')
    const viaEnergy = from.some((source) => source.startsWith('volvo-energy')) && !denied.has(id)
    return (viaEnergy || (others && !lacked.has(group))) && !unburnt.includes(group)
  })
}
