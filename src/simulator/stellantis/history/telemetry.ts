import { minutes } from '../../../clock'
import type { SignalId } from '../../../vehicle/signals'
import { link, type Ask } from '../endpoint'
import { Facts, instant, told, type Told, type Wire } from '../facts'
import type { CarFile, Sample } from '../file'
import { telemetryKinds } from '../kinds'
import { position } from '../position'
import { carAddress } from '../say'
import type { Trip } from '../records'
import { allowedTo } from '../state'
import { treeOf } from '../tree'

/** What a car would have told on a trip of the past: how fast, where, how far, and what was left. */
function samplesOf(trip: Trip): Sample[] {
  const { start, end, startedAt, stoppedAt } = trip
  return trip.path.map(({ at, spot, speed, driven }, index) => {
    const share = stoppedAt > startedAt ? (at - startedAt) / (stoppedAt - startedAt) : 1
    const between = (from: number | undefined, to: number | undefined) =>
      from === undefined ? undefined : from + ((to ?? from) - from) * share
    const last = index === trip.path.length - 1
    const values: Partial<Record<SignalId, unknown>> = {
      'vehicle.ignition': last ? 'off' : 'on',
      'vehicle.moving': speed > 0,
      'vehicle.speed': speed,
      'vehicle.odometer': trip.startMileage + driven,
      'position.location': spot,
      'position.fix': '3d',
      'battery.stateOfCharge': between(start.electric?.level, end.electric?.level),
      'battery.range': between(start.electric?.autonomy, end.electric?.autonomy),
      'fuel.level': between(start.fuel?.level, end.fuel?.level),
      'fuel.range': between(start.fuel?.autonomy, end.fuel?.autonomy),
      'reachability.privacy': 'none',
      'climate.outsideTemperature': 12 + 4 * share,
    }
    const known = Object.entries(values).filter(([, value]) => value !== undefined)
    return { at, told: new Map(known.map(([id, value]) => [id as SignalId, { value, at } as Told])) }
  })
}

/** Everything that was told, oldest first: on the trips before the simulator began, and since. */
export function samples(file: CarFile, trips: readonly Trip[] = file.past.trips): Sample[] {
  const began = file.samples[0]?.at ?? Infinity
  const before = trips.filter(({ stoppedAt }) => stoppedAt < began).flatMap((trip) => samplesOf(trip))
  return [...before, ...file.samples]
}

/** One item of a history. The blocks have no times, the item has. */
export function saySample(sample: Sample, ask: Ask, file: CarFile): Wire | undefined {
  const facts = new Facts(file.car.profile, (id) => sample.told.get(id))
  const kinds = telemetryKinds(ask)
  const allowed = allowedTo(ask)
  const { tree } = treeOf({
    facts,
    generation: ask.generation,
    form: 'history',
    wanted: (block) => kinds(block.kind) && allowed(block),
  })
  const extension = ask.generation === 'v4' ? extensionV4(facts, ask) : undefined
  if (!Object.keys(tree).length && !extension) return undefined
  const self = carAddress(ask, file.car)
  const trip = file.past.trips.find(({ startedAt, stoppedAt }) => startedAt <= sample.at && sample.at <= stoppedAt)
  const collection = ask.generation === 'v1' ? 'telemetries' : 'telemetry'
  return told({
    createdAt: instant(sample.at),
    _links: told({
      self: link(`${self}/${collection}?timestamps=${encodeURIComponent(`${instant(sample.at)}/PT1S`)}`),
      vehicle: link(self),
      trip: trip && ask.generation === 'v1' ? link(`${self}/trips/${trip.id}`) : undefined,
    }),
    ...tree,
    _embedded: extension && { extension },
  })
}

function extensionV4(facts: Facts, ask: Ask): Wire | undefined {
  const asked = ask.query.getAll('extension')
  const extension = told({
    location:
      asked.includes('location') && facts.text('reachability.privacy') === 'none' ? position(facts, 'v4', false) : undefined,
    maintenance:
      asked.includes('maintenance') && facts.at('service.time') !== undefined
        ? {
            daysBeforeMaintenance: facts.times('service.time', 1),
            mileageBeforeMaintenance: facts.number('service.distance'),
          }
        : undefined,
  })
  return Object.keys(extension).length ? extension : undefined
}

/** Samples of a trip: told between its beginning and a minute after its end. */
export const duringTrip = (file: CarFile, trip: Trip): Sample[] =>
  samples(file, [trip]).filter(({ at }) => at >= trip.startedAt && at <= trip.stoppedAt + minutes(1))
