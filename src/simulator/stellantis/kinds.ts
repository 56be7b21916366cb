import type { Ask } from './endpoint'
import { Refused } from './errors'
import type { Generation } from './listing'

/** Values of the parameter `type`. Stellantis: telemetry kinds */
const kinds: Readonly<Record<Generation, readonly string[]>> = {
  v1: [
    'environment',
    'privacy',
    'vehicle',
    'vehicle.ignition',
    'vehicle.location',
    'vehicle.preconditioning',
    'vehicle.tyreState',
    'vehicle.energies',
    'vehicle.engines',
    'vehicle.doorsState',
    'vehicle.battery',
    'vehicle.safety',
    'vehicle.odometer',
    'vehicle.kinetic',
    'vehicle.propulsion',
    'vehicle.brakingSystem',
    'vehicle.transmission',
    'vehicle.adas',
    'vehicle.lightingSystem',
    'vehicle.maintenance',
    'vehicle.alertsReport',
    'vehicle.activeAlerts',
    'vehicle.drivingBehavior',
    'vehicle.alarm.status',
    'vehicle.alarm.trigger',
  ],
  v4: [
    'environment',
    'privacy',
    'vehicle',
    'vehicle.adas',
    'vehicle.battery',
    'vehicle.doorsState',
    'vehicle.energies',
    'vehicle.engines',
    'vehicle.ignition',
    'vehicle.lightingSystem',
    'vehicle.safety',
    'vehicle.transmission',
    'vehicle.alarm.status',
    'vehicle.alarm.trigger',
    'vehicle.wipingBlades',
  ],
}

export const isTelemetryKind = (kind: string, generation: Generation): boolean => kinds[generation].includes(kind)

const most = { v1: 10, v4: 15 } as const

/** Which kinds are asked for; all when none is named, `vehicle` stands for all of the vehicle. */
export function telemetryKinds({ query, generation }: Ask): (kind: string) => boolean {
  const asked = query.getAll('type')
  const foreign = asked.find((kind) => !isTelemetryKind(kind, generation))
  if (foreign !== undefined) throw new Refused({ status: 400, message: `type ${foreign} is unknown` })
  if (asked.length > most[generation]) throw new Refused({ status: 400, message: `type may be given ${most[generation]} times` })
  return (kind) => !asked.length || asked.includes(kind) || (asked.includes('vehicle') && kind.startsWith('vehicle'))
}
