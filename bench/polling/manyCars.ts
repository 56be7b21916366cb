import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Account } from '../../src/account/account'
import { everySeconds } from '../../src/account/policies'
import { Schedule } from '../../src/account/schedule'
import { readSettings } from '../../src/account/settings'
import { seconds } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import type { Vehicle, VehicleId } from '../../src/vehicle/vehicle'
import { ManualClock, tick } from '../../test/support/clock'
import { ScriptedProvider } from '../../test/support/scriptedProvider'
import type { Measure } from '../report'

const cars = 10_000
const callsPerSecond = 10
/** Seconds; so many cars asked each so often make that many calls. */
const interval = cars / callsPerSecond
const measuredReads = 600
const part = 'polling'

const idOf = (n: number): VehicleId => `YV1FLEET${String(n).padStart(9, '0')}`

/** What the schedule itself costs with a whole fleet on one account, and what remembering a car takes. */
export async function manyCars(): Promise<Measure[]> {
  const share = await scheduleShare()
  const bytes = await memoryPerCar()
  return [
    {
      part,
      name: `schedule of ${cars} cars at ${callsPerSecond} calls a second: share of a core`,
      value: share * 100,
      unit: '%',
      target: '< 1',
      ok: share < 0.01,
    },
    { part, name: 'memory per car', value: bytes / 1024, unit: 'KiB' },
  ]
}

/** CPU time for each second of the clock, reads costing nothing. */
async function scheduleShare(): Promise<number> {
  const clock = new ManualClock()
  const vehicles = Array.from({ length: cars }, (_, n): Vehicle => ({
    id: idOf(n),
    slug: `car${n}`,
    provider: 'volvo',
    label: 'EX40',
    meta: {},
  }))
  const lastRead = new Map(vehicles.map(({ id }) => [id, clock.now() - clock.random() * seconds(interval)]))
  const snapshot = { charging: { connection: 'connected', status: 'idle' }, battery: { stateOfCharge: 62 } }
  let reads = 0
  const schedule = new Schedule({
    clock,
    vehicles: () => vehicles,
    snapshot: () => snapshot,
    lastTry: (id) => lastRead.get(id),
    lastRead: (id) => lastRead.get(id),
    cost: () => 1,
    pushed: () => false,
    observedAt: () => undefined,
    budget: () => undefined,
    waitFor: () => 0,
    async read({ id }) {
      reads++
      lastRead.set(id, clock.now())
    },
  })
  const stop = schedule.watch({ matches: () => true, groups: ['charging', 'battery'], policy: everySeconds(interval) })
  const before = process.cpuUsage()
  const from = clock.now()
  const step = seconds(5)
  while (reads < measuredReads && clock.now() - from < seconds(interval)) await clock.advance(step, tick)
  const { user, system } = process.cpuUsage(before)
  stop()
  schedule.close()
  return (user + system) / 1e6 / (reads / callsPerSecond)
}

/** Bytes of heap that an account needs more for each car whose charging it has read. */
async function memoryPerCar(): Promise<number> {
  const clock = new ManualClock()
  const provider = new ScriptedProvider(() => clock.now())
  const values = {
    'battery.stateOfCharge': 62.5,
    'battery.range': 230,
    'charging.connection': 'connected',
    'charging.status': 'charging',
    'charging.type': 'ac',
    'charging.supply': 'providing',
    'charging.power': 10.6,
    'charging.timeToComplete': 95,
    'charging.currentLimit': 16,
    'charging.chargeLimit': 90,
  } as const
  const listed = Array.from({ length: cars }, (_, n) => ({ id: idOf(n), meta: { model: 'EX40' } }))
  const before = heap()
  provider.listed = listed
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'Stub')
  const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock })
  for (const vehicle of await account.vehicles()) {
    provider.says.set(vehicle.id, values)
    await account.read(vehicle, ['charging', 'battery'], 0)
  }
  provider.calls.length = 0
  provider.underWay.clear()
  provider.says.clear()
  const after = heap()
  account.close()
  return (after - before) / cars
}

/** Bytes in use once everything that nobody needs is gone. */
function heap(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  collect()
  return process.memoryUsage().heapUsed
}
