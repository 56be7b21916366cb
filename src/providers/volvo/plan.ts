/** Which calls reading some groups of a car takes. */
import type { SignalGroup } from '../../vehicle/signals'
import { endpointIds, endpointOf, type EndpointId } from './endpoints'
import type { KnownCar } from './knownCar'

/** One energy source stands for both generations of the energy calls: see energy.ts. */
export type Source = Exclude<EndpointId, 'energy-v1' | 'energy-v2' | 'details'> | 'energy'

const sources = endpointIds.filter(
  (id): id is Exclude<Source, 'energy'> => id !== 'energy-v1' && id !== 'energy-v2' && id !== 'details',
)

const groupsOf = (source: Source): readonly SignalGroup[] => endpointOf(source === 'energy' ? 'energy-v2' : source).groups

/** Volvo: groups of all calls. */
export const volvoGroups: readonly SignalGroup[] = [...new Set((['energy', ...sources] as const).flatMap(groupsOf))]

/** Calls that only stand in for what the energy calls of this car do not deliver. */
const standIns = (car: KnownCar): Source[] =>
  sources.filter((id) => {
    const { standsInFor } = endpointOf(id)
    return standsInFor !== undefined && car.energyTried && !car.fromEnergy.has(standsInFor) && !car.lacks(`battery in ${id}`)
  })

/** The sources of these groups, without those that this car is known to lack. */
export function planFor(groups: readonly SignalGroup[], car: KnownCar, hasEnergy: boolean): Source[] {
  const wanted = sources.filter((id) => groupsOf(id).some((group) => groups.includes(group)))
  const extra = groups.includes('battery') ? standIns(car) : []
  const energy: Source[] = groupsOf('energy').some((group) => groups.includes(group)) && hasEnergy ? ['energy'] : []
  return [...new Set([...energy, ...wanted, ...extra])].filter((id) => id === 'energy' || !car.lacks(id))
}
