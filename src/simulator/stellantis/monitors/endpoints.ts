import type { Reply } from '../../http'
import type { Route } from '../../router'
import type { Channels } from '../delivery/channels'
import { addressOf, bodyOf, ownerOf } from '../delivery/endpoints'
import { hal, link, type Ask, type Endpoint } from '../endpoint'
import { Refused } from '../errors'
import { told, type Wire } from '../facts'
import { collection } from '../hal'
import { carAddress } from '../say'
import type { MonitorBody } from './body'
import type { Monitor, Monitors } from './monitors'
import { operands } from './operands'
import type { Watch } from './watch'

export interface MonitorParts {
  channels: Channels
  monitors: Monitors
  watch: Watch
}

const base = (ask: Ask): string =>
  ask.generation === 'v1'
    ? `${addressOf(ask, ask.params.chId ?? '')}/monitors`
    : `${carAddress(ask, ask.car)}/callbacks/${ask.params.chId ?? ''}/monitors`

function reference(ask: Ask, monitor: Monitor, created: boolean): Wire {
  const { createdAt, updatedAt } = monitor
  const times = ask.generation === 'v4' ? { createdAt, updatedAt } : created ? { createdAt } : { updatedAt }
  return { ...times, _links: { monitor: link(`${base(ask)}/${monitor.id}`) }, monitorId: monitor.id, status: monitor.status }
}

function whole(ask: Ask, monitor: Monitor): Wire {
  return told({
    _links: { self: link(`${base(ask)}/${monitor.id}`) },
    monitorId: monitor.id,
    createdAt: ask.generation === 'v4' ? monitor.createdAt : undefined,
    updatedAt: monitor.updatedAt,
    monitor: monitor.body,
    // Stellantis v1: the schema makes it an object
    status: ask.generation === 'v1' ? { status: monitor.status } : monitor.status,
  })
}

/** v4's scopes are few: everything that is no position, alert, trip or collision is telemetry. */
const inV4 = (scope: string): string => {
  if (scope.endsWith(':location')) return 'data:position'
  if (scope.endsWith(':alert')) return 'data:alert'
  return scope.startsWith('data:telemetry') ? 'data:telemetry' : scope
}

/** Stellantis: the scopes of the triggers' data must be granted when the monitor is made. */
function checkRights(ask: Ask, given: Record<string, unknown>): void {
  const { triggerParam } = given as unknown as Partial<MonitorBody>
  const triggers = Array.isArray(triggerParam?.triggers) ? triggerParam.triggers : []
  for (const { data, zone } of triggers) {
    const scope = zone
      ? 'data:telemetry:vehicle:location'
      : data && Object.hasOwn(operands, data.data)
        ? operands[data.data]?.scope
        : undefined
    if (scope === undefined) continue
    const granted = ask.generation === 'v1' ? ask.scopes.has(scope) : ask.scopes.hasFlat(inV4(scope))
    if (!granted)
      throw new Refused({ status: 403, message: `The scope ${ask.generation === 'v1' ? scope : inV4(scope)} was not granted` })
  }
}

/** Monitors below their channel (v1) or below their car (v4). Stellantis: operations 28 to 35, and v4's */
export function monitorEndpoints({ channels, monitors, watch }: MonitorParts): readonly Route<Endpoint>[] {
  const channelOf = (ask: Ask) => channels.get(ask.params.chId ?? '', ownerOf(ask), ask.generation)
  const mine = (ask: Ask) => monitors.get(ask.params.mid ?? '', channelOf(ask).id, ask.generation === 'v4' ? ask.car : undefined)
  const begin = (ask: Ask, monitor: Monitor) => {
    for (const car of ask.cars) if (watch.watches(monitor, car)) watch.begin(monitor, car)
  }

  const list = (ask: Ask): Reply => {
    const here = monitors.on(channelOf(ask).id).filter(({ cars }) => ask.generation === 'v1' || cars.has(ask.car.key))
    const items = here.map((monitor) => whole(ask, monitor))
    return hal(200, collection({ name: 'monitors', items, href: base(ask), ...ask }))
  }

  const create = (ask: Ask): Reply => {
    const channel = channelOf(ask)
    const given = bodyOf(ask)
    checkRights(ask, given)
    // Stellantis v1: a monitor belongs to a channel; its first car is the one that the scope header names, else none.
    const car = ask.generation === 'v4' ? ask.car : ask.cars.find(({ id }) => id === ask.scopedVin)
    const monitor = monitors.create({
      given,
      generation: ask.generation,
      owner: ownerOf(ask),
      channelId: channel.id,
      ...(car ? { car } : {}),
    })
    begin(ask, monitor)
    return hal(202, reference(ask, monitor, true))
  }

  const replace = (ask: Ask): Reply => {
    const monitor = mine(ask)
    const given = bodyOf(ask)
    checkRights(ask, given)
    monitors.replace(monitor, given)
    begin(ask, monitor)
    return hal(202, reference(ask, monitor, false))
  }

  const setStatus = (ask: Ask): Reply => {
    const monitor = mine(ask)
    monitors.setStatus(monitor, bodyOf(ask).status)
    begin(ask, monitor)
    return hal(202, reference(ask, monitor, false))
  }

  const remove = (ask: Ask): Reply => {
    monitors.remove(mine(ask))
    return { status: 204 }
  }

  const handled = (ask: Ask, monitor: Monitor): Wire =>
    told({
      vehicleIds: monitor.root ? undefined : ask.cars.filter(({ key }) => monitor.cars.has(key)).map(({ id }) => id),
      groups: monitor.root ? ['root'] : undefined,
    })

  const handles = (ask: Ask): Reply => {
    const monitor = mine(ask)
    const prefix = ask.query.get('vinPrefix') ?? ''
    const items = ask.cars.filter(({ key, id }) => monitor.cars.has(key) && id.startsWith(prefix)).map(({ id }) => id)
    const page = collection({ name: 'vehicleIds', items, href: `${base(ask)}/${monitor.id}/handles`, ...ask })
    return hal(200, monitor.root ? { ...page, _embedded: { groups: ['root'] } } : page)
  }

  const attach = (ask: Ask): Reply => {
    const monitor = mine(ask)
    const { action, vehicleIds = [], groups = [] } = bodyOf(ask) as { action?: unknown; vehicleIds?: unknown; groups?: unknown }
    if (action !== 'Add' && action !== 'Remove') throw new Refused({ status: 400, message: 'action must be Add or Remove' })
    if (!Array.isArray(vehicleIds) || !Array.isArray(groups))
      throw new Refused({ status: 400, message: 'vehicleIds and groups are lists' })
    if (groups.some((group) => group !== 'root')) throw new Refused({ status: 400, message: 'groups may only be root' })
    const meant = vehicleIds.map((vin: unknown) => {
      const car = ask.cars.find(({ id }) => id === vin)
      if (!car) throw new Refused({ status: 403, message: 'The vehicle is not yours' })
      return car
    })
    if (groups.length) monitor.root = action === 'Add'
    for (const car of meant)
      if (action === 'Add') monitor.cars.add(car.key)
      else monitor.cars.delete(car.key)
    monitors.touched(monitor)
    begin(ask, monitor)
    return hal(202, {
      updatedAt: monitor.updatedAt,
      _links: { monitor: link(`${base(ask)}/${monitor.id}`) },
      monitorId: monitor.id,
      handled: handled(ask, monitor),
    })
  }

  const bases = {
    v1: '/v1/accounts/channels/{chId}/monitors',
    v4: '/connectedcar/v4/user/vehicles/{id}/callbacks/{chId}/monitors',
  } as const
  const common = (['v1', 'v4'] as const).flatMap((generation): Route<Endpoint>[] => {
    const path = bases[generation]
    const writes = generation === 'v1' ? { scopes: ['monitor:write'] } : {}
    return [
      { method: 'GET', path, to: { generation, answer: list } },
      { method: 'POST', path, to: { generation, ...writes, answer: create } },
      { method: 'GET', path: `${path}/{mid}`, to: { generation, answer: (ask) => hal(200, whole(ask, mine(ask))) } },
      { method: 'PUT', path: `${path}/{mid}`, to: { generation, ...writes, answer: replace } },
      { method: 'DELETE', path: `${path}/{mid}`, to: { generation, ...writes, answer: remove } },
      { method: 'PUT', path: `${path}/{mid}/status`, to: { generation, ...writes, answer: setStatus } },
    ]
  })
  return [
    ...common,
    // Stellantis: monitor:read is named nowhere else
    { method: 'GET', path: `${bases.v1}/{mid}/handles`, to: { generation: 'v1', scopes: ['monitor:read'], answer: handles } },
    { method: 'PUT', path: `${bases.v1}/{mid}/handles`, to: { generation: 'v1', scopes: ['monitor:write'], answer: attach } },
  ]
}
