import { Ledger, type QuotaRules } from '../../../src/cloud/quota'
import { Volvo, volvoLimits } from '../../../src/providers/volvo/volvo'
import type { Order } from '../../../src/providers/provider'
import type { ProgressPhase } from '../../../src/vehicle/outcome'
import type { Drift, Reading } from '../../../src/vehicle/reading'
import type { SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { CountedTokens, rush, ScriptedCloud, watchedHttp } from '../../support/scriptedCloud'

export const vin = 'YV1ZZZSWXR1234567'
export const cv = (name: string): string => `/connected-vehicle/v2/vehicles/${vin}${name === '' ? '' : `/${name}`}`
export const energy2 = `/energy/v2/vehicles/${vin}/state`
export const energy1 = `/energy/v1/vehicles/${vin}/recharge-status`
export const place = `/location/v1/vehicles/${vin}/location`

export const ok = (value: unknown, unit?: string) => ({ status: 'OK', value, unit, updatedAt: '2026-03-02T11:16:22Z' })
export const point = (value: unknown, unit?: string) => ({ value, unit, timestamp: '2026-03-02T11:18:56.849Z' })
export const data = (members: unknown) => ({ body: { data: members } })
export const refusal = (status: number, message: string, description: string) => ({
  status,
  body: { error: { message, description } },
})

export const valuesOf = (readings: readonly Reading[]): Record<string, unknown> =>
  Object.fromEntries(readings.map(({ signal, value }) => [signal, value]))

/** A Volvo account against a scripted cloud, time standing still but for waits. */
export async function givenVolvo({ api = 'v2', limits = volvoLimits }: { api?: 'v2' | 'v1'; limits?: QuotaRules } = {}) {
  const clock = new ManualClock()
  const cloud = await ScriptedCloud.open()
  const http = watchedHttp(cloud, clock)
  const ledger = new Ledger(limits, clock, 'Volvo')
  const tokens = new CountedTokens()
  const drifts: Drift[] = []
  const volvo = new Volvo({
    baseUrl: cloud.url,
    apiKey: 'key-1',
    api,
    tokens,
    ledger,
    clock,
    http,
    onDrift: (drift) => drifts.push(drift),
  })
  const abort = new AbortController()
  const { signal } = abort
  const go = <T>(work: Promise<T>): Promise<T> => rush(clock, http, work)
  const phases: ProgressPhase[] = []
  /** Paths below the car, asked since the last time. */
  let told = 0
  const calls = (): string[] => {
    const paths = cloud
      .paths()
      .slice(told)
      .map((path) => path.replace(`/vehicles/${vin}`, '').replace(/^GET /, ''))
    told = cloud.seen.length
    return paths.sort()
  }
  // The details are asked once a day with the battery; most tests have no use for them.
  cloud.on(`GET ${cv('')}`, data({ fuelType: 'ELECTRIC', batteryCapacityKWH: 78 }))
  return {
    clock,
    cloud,
    ledger,
    volvo,
    abort,
    drifts,
    phases,
    calls,
    http,
    tokens,
    read: (...groups: SignalGroup[]) => go(volvo.read(vin, groups, signal)),
    values: async (...groups: SignalGroup[]) => valuesOf((await go(volvo.read(vin, groups, signal))).readings),
    capabilities: () => go(volvo.capabilities(vin, signal)),
    vehicles: () => go(volvo.vehicles(signal)),
    cost: (...groups: SignalGroup[]) => volvo.cost(vin, groups),
    send: (command: Order['command'], params: Order['params'] = {}) =>
      go(volvo.execute({ id: 'o1', vehicle: vin, command, params }, (phase) => phases.push(phase), signal)),
    part: (name: Parameters<Volvo['rechargeStatus']>[1]) => go(volvo.rechargeStatus(vin, name, signal)),
  }
}

export type Given = Awaited<ReturnType<typeof givenVolvo>>
