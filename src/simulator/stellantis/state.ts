import type { SimulatedCar } from '../car/car'
import type { Route } from '../router'
import { factsOf, hal, link, type Ask, type Endpoint } from './endpoint'
import { noData, Refused } from './errors'
import { instant, told, type Wire } from './facts'
import type { CarFiles } from './file'
import { longId } from './gateway'
import { listingOf } from './listing'
import type { Block } from './picture'
import { position } from './position'
import { telemetryKinds } from './kinds'
import { treeOf } from './tree'

/** A car without a running service has sent nothing. */
export function connected(car: SimulatedCar, message = 'No data for this context.'): void {
  if (!listingOf(car).connected) throw new Refused({ status: 404, detail: noData, message })
}

/** Blocks that the caller's scopes allow. */
export function allowedTo({ generation, scopes }: Pick<Ask, 'generation' | 'scopes'>): (block: Block) => boolean {
  return ({ scope, kind }) => {
    if (generation === 'v1') return scopes.has(`data:telemetry:${scope}`)
    return scopes.hasFlat(kind === 'vehicle.location' ? 'data:position' : 'data:telemetry')
  }
}

/** The live state of the car. Stellantis v1: operation 5 */
function latest(ask: Ask, files: CarFiles): Wire {
  connected(ask.car)
  const facts = factsOf(ask.car)
  const kinds = telemetryKinds(ask)
  const file = files.of(ask.car)
  const self = `${ask.root}/vehicles/${ask.car.id}`
  const allowed = allowedTo(ask)
  const { at, tree } = treeOf({ facts, generation: 'v1', form: 'state', wanted: (block) => kinds(block.kind) && allowed(block) })
  const vehicle = (tree.vehicle ?? {}) as Wire
  if (vehicle.alarm) vehicle.alarm = { id: file.alarmId, ...vehicle.alarm }
  if (ask.scopes.has('data:telemetry:vehicle:alert') && facts.text('reachability.privacy') !== 'full') {
    if (kinds('vehicle.activeAlerts') || kinds('vehicle.alertsReport'))
      vehicle.alerts = told({
        active: kinds('vehicle.activeAlerts') ? file.activeAlerts(ask, facts) : undefined,
        report: kinds('vehicle.alertsReport') ? file.alertReport(facts) : undefined,
      })
  }
  const stolen = file.stolenNow(ask)
  if (stolen && kinds('vehicle')) vehicle.stolen = stolen
  if (Object.keys(vehicle).length) tree.vehicle = vehicle
  return {
    createdAt: instant(at),
    updatedAt: instant(at),
    _links: { self: link(`${self}/telemetries/latest`), vehicle: link(self) },
    ...tree,
  }
}

/** Stellantis v4: the state of the car */
export function status(ask: Ask): Wire {
  connected(ask.car, "We didn't find the status for this vehicle.")
  const facts = factsOf(ask.car)
  const self = `${ask.root}/vehicles/${longId(ask.car.id)}`
  const { at, tree } = treeOf({ facts, generation: 'v4', form: 'state', wanted: allowedTo(ask) })
  return {
    createdAt: instant(at),
    updatedAt: instant(at),
    // Stellantis: the parameter is listed by no specification.
    _links: { self: link(`${self}/status?profile=endUser`), vehicle: link(self) },
    ...tree,
  }
}

function lastPosition({ car }: Ask) {
  connected(car)
  const facts = factsOf(car)
  const where = facts.text('reachability.privacy') === 'none' ? position(facts, 'v4') : undefined
  if (!where) throw new Refused({ status: 404, detail: noData, message: 'No data for this context.' })
  return { status: 200, json: where, headers: { 'content-type': 'application/vnd.geo+json' } }
}

function maintenance({ car, root }: Ask): Wire {
  connected(car)
  const facts = factsOf(car)
  const at = facts.at('service.time', 'service.distance')
  if (at === undefined || facts.text('reachability.privacy') === 'full')
    throw new Refused({ status: 404, detail: noData, message: 'No data for this context.' })
  const self = `${root}/vehicles/${longId(car.id)}`
  return told({
    _links: { self: link(`${self}/maintenance`), vehicle: link(self) },
    daysBeforeMaintenance: facts.times('service.time', 1),
    mileageBeforeMaintenance: facts.number('service.distance'),
    createdAt: instant(at),
    updatedAt: instant(at),
  })
}

/** How the cars are now. */
export const states = (files: CarFiles): readonly Route<Endpoint>[] => [
  {
    method: 'GET',
    path: '/v1/accounts/vehicles/{id}/telemetries/latest',
    to: { generation: 'v1', answer: (ask) => hal(200, latest(ask, files)) },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user/vehicles/{id}/status',
    to: { generation: 'v4', answer: (ask) => hal(200, status(ask)) },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user/vehicles/{id}/lastPosition',
    to: { generation: 'v4', scopes: ['data:position'], answer: lastPosition },
  },
  {
    method: 'GET',
    path: '/connectedcar/v4/user/vehicles/{id}/maintenance',
    to: { generation: 'v4', scopes: ['data:telemetry'], answer: (ask) => hal(200, maintenance(ask)) },
  },
]
