/** A car → its whole discovery message: one device, its entities, and when they are available. */
import { createHash } from 'node:crypto'
import type { CommandId } from '../../vehicle/commands'
import type { SignalId } from '../../vehicle/signals'
import type { ProviderId, Vehicle } from '../../vehicle/vehicle'
import type { LocationMode } from '../location'
import { topicsBelow } from '../topics'
import { snake, type Components, type Place } from './component'
import { buttonsOf } from './controls'
import { entitiesOf } from './entities'
import { eventsOf } from './events'

export interface Described {
  base: string
  instance: string
  /** Of this package. */
  version: string
  supportUrl: string
}

const makers: Partial<Record<ProviderId, string>> = { volvo: 'Volvo' }

/** Who the car is to Home Assistant, for ever: whatever it is called, and without telling its id. */
export const uidOf = ({ provider, id }: { provider: ProviderId; id: string }): string =>
  `driveway_${createHash('sha256')
    .update(JSON.stringify([provider, id]))
    .digest('hex')
    .slice(0, 16)}`

export const configTopic = (prefix: string, uid: string): string => `${prefix}/device/${uid}/config`

export function componentsOf(
  car: Vehicle,
  base: string,
  { signals, commands, location }: { signals: readonly SignalId[]; commands: ReadonlySet<CommandId>; location: LocationMode },
): Components {
  const place: Place = { uid: uidOf(car), slug: snake(car.slug), car: `${base}/${car.slug}`, location }
  return {
    ...entitiesOf(place, signals, commands),
    ...buttonsOf(place, signals, commands),
    ...eventsOf(place, signals, commands),
  }
}

export function messageOf(car: Vehicle, components: Components, { base, instance, version, supportUrl }: Described) {
  const topics = topicsBelow(base)
  const { model, year, brand } = car.meta
  const manufacturer = brand ?? makers[car.provider]
  return {
    device: {
      identifiers: [uidOf(car)],
      name: car.label,
      ...(manufacturer && { manufacturer }),
      ...(model && { model: year ? `${model} ${year}` : model }),
    },
    origin: { name: 'Driveway', sw_version: version, support_url: supportUrl },
    // A car that sleeps is available: its last values are the best ones.
    availability: [{ topic: topics.bridge(instance, 'state') }, { topic: topics.car(car.slug, 'availability') }],
    availability_mode: 'all',
    components,
  }
}
