import { Ledger } from '../../../src/cloud/quota'
import { Invers } from '../../../src/providers/invers/invers'
import { inversSettings } from '../../../src/providers/invers/settings'
import type { Delivery } from '../../../src/providers/monitors'
import type { Order, Push } from '../../../src/providers/provider'
import type { ProgressPhase } from '../../../src/vehicle/outcome'
import type { Drift, Reading } from '../../../src/vehicle/reading'
import type { SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { CountedTokens, rush, ScriptedCloud, watchedHttp } from '../../support/scriptedCloud'

export const car = 'K7QX2'
export const at = '2026-03-02T11:41:11.000Z'
export const flowId = '0b7d2c1e-5a44-4f0e-9f55-3c1f2a7e6d10'
export const statePath = (id = car) => `/vehicles/${encodeURIComponent(id)}/vehicle-state`
export const vehiclePath = (id = car) => `/vehicles/${encodeURIComponent(id)}`
export const commandPath = (name: string, id = car) => `POST /vehicles/${encodeURIComponent(id)}/commands/${name}`

export const property = (value: unknown, timestamp: unknown = at) => ({ timestamp, value })
export const vehicleOf = (id = car, rest: Record<string, unknown> = {}) => ({
  id,
  status: 'CONNECTED_VEHICLE',
  last_contact_at: '2026-03-02T11:41:12Z',
  master_data: {
    vin: 'WVWZZZDEMO0000001',
    license_plate: 'B-SIM 1',
    brand: 'Demo',
    model: 'City',
    custom_name: 'Demo car 1',
    fuel_type: 'ELECTRIC',
    year_of_production: '2023',
    transmission: 'AUTOMATIC',
    vehicle_type: 'CAR',
  },
  life_status: { value: 'ONLINE', modified_at: '2026-03-02T06:00:00Z' },
  operation_status: { value: 'OPERATING', modified_at: '2026-01-10T07:00:00Z' },
  rental_status: { value: 'NOT_IN_RENTAL' },
  capabilities: {
    commands: ['REQUEST_VEHICLE_STATE', 'UNLOCK_CENTRAL_LOCK', 'LOCK_CENTRAL_LOCK', 'ENABLE_DRIVING', 'DISABLE_DRIVING'],
    vehicle_state: ['MILEAGE_IN_KILOMETERS', 'STATE_OF_CHARGE_OR_FUEL_LEVEL_IN_PERCENT', 'POSITION', 'CENTRAL_LOCK'],
  },
  ...rest,
})
export const problem = (type: string, status: number, rest: Record<string, unknown> = {}) => ({
  status,
  body: { type, title: 'A title.', status, detail: `Vehicle '${car}' has a problem.`, flow_id: flowId, ...rest },
})

export const valuesOf = (readings: readonly Reading[]): Record<string, unknown> =>
  Object.fromEntries(readings.map(({ signal, value }) => [signal, value]))

/** An INVERS account against a scripted cloud, time standing still but for waits. The fleet is one car, unless `fleet` is. */
export async function givenInvers(own: Record<string, string> = {}, fleet: readonly unknown[] = [vehicleOf()]) {
  const clock = new ManualClock()
  const cloud = await ScriptedCloud.open()
  const http = watchedHttp(cloud, clock)
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'INVERS')
  const tokens = new CountedTokens()
  const drifts: Drift[] = []
  const settings = inversSettings({ api: '', timeZone: 'UTC', own })
  const credentials = { clientId: 'DEMO01#cl1', clientSecret: 's3cr3t' }
  const onDrift = (drift: Drift) => drifts.push(drift)
  const invers = new Invers({ settings, credentials, http, tokens, ledger, clock, onDrift })
  const abort = new AbortController()
  const { signal } = abort
  const go = <T>(work: Promise<T>): Promise<T> => rush(clock, http, work)
  const phases: ProgressPhase[] = []
  cloud.on('GET /vehicles?limit=100', { body: { items: fleet } })
  return {
    clock,
    cloud,
    ledger,
    tokens,
    http,
    drifts,
    phases,
    abort,
    invers,
    go,
    list: () => go(invers.vehicles(signal)),
    read: (...groups: SignalGroup[]) => go(invers.read(car, groups, signal)),
    values: async (...groups: SignalGroup[]) => valuesOf((await go(invers.read(car, groups, signal))).readings),
    send: (command: Order['command'], params: Order['params'] = {}, vehicle = car) =>
      go(invers.execute({ id: 'o1', vehicle, command, params }, (phase) => phases.push(phase), signal)),
  }
}

/** What is told of a message that comes by webhook; nothing: it is no event. */
export function deliveredBy(invers: Invers, message: unknown, receivedAt: number): (Delivery & Push) | undefined {
  const delivery = invers.deliveries.read(message, { headers: {}, query: {}, receivedAt })
  let told: Push | undefined
  const push = (_vehicle: string, given: Push) => {
    told = given
    return Promise.resolve(true)
  }
  delivery
    ?.handTo?.({ over: new AbortController().signal, push, changed: () => Promise.resolve(true), vehicles: () => undefined })
    .catch(() => undefined)
  return delivery && { ...delivery, ...told }
}

export type Given = Awaited<ReturnType<typeof givenInvers>>

/** Opens accounts for the tests of one suite and closes their clouds. */
export function givens() {
  const open: Given[] = []
  return {
    given: async (...options: Parameters<typeof givenInvers>): Promise<Given> => {
      const home = await givenInvers(...options)
      open.push(home)
      return home
    },
    close: async () => {
      for (const { cloud } of open.splice(0)) await cloud.close()
    },
  }
}
