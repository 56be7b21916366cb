import { Ledger, type QuotaRules } from '../../../src/cloud/quota'
import { stellantisKit } from '../../../src/providers/stellantis/kit'
import type { Stellantis } from '../../../src/providers/stellantis/stellantis'
import type { HistoryQuery } from '../../../src/providers/monitors'
import type { Drift } from '../../../src/vehicle/reading'
import type { SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { CountedTokens, rush, ScriptedCloud, watchedHttp, type Script } from '../../support/scriptedCloud'
import { valuesOf } from './reading'

export const vin = 'VR3ZZZSWXR1234567'
/** v4 names cars in paths by another id. */
export const carId = '1f6b83d2c09e4a7751aa3e0f92bc64d7180e55ca'

export const listedV4 = {
  id: carId,
  vin,
  motorization: 'Electric',
  _links: { self: { href: `https://cloud.invalid/connectedcar/v4/user/vehicles/${carId}` } },
  _embedded: { extension: { branding: { brand: 'Peugeot', label: 'e-208' }, pictures: ['https://cloud.invalid/p1.png'] } },
}

export const page = (name: string, items: readonly unknown[], next?: string) => ({
  body: {
    _links: { self: { href: '/x' }, first: { href: '/x' }, ...(next === undefined ? {} : { next: { href: next } }) },
    total: items.length,
    totalPage: 1,
    currentPage: 1,
    _embedded: { [name]: items },
  },
})

/** A Stellantis account against a scripted cloud, time standing still but for waits. */
export async function givenStellantis({
  api = 'v4',
  own = {},
  limits = { commandReserve: 5 },
  steering = {},
}: {
  api?: 'v4' | 'v1'
  own?: Record<string, string>
  limits?: QuotaRules
  steering?: Record<string, 'left' | 'right'>
} = {}) {
  const clock = new ManualClock()
  const cloud = await ScriptedCloud.open()
  const http = watchedHttp(cloud, clock)
  const ledger = new Ledger(limits, clock, 'Stellantis')
  const tokens = new CountedTokens()
  const drifts: Drift[] = []
  const provider = stellantisKit.open({
    baseUrl: cloud.url,
    settings: { api, timeZone: 'Europe/Paris', own, steering },
    credentials: { clientId: 'id-1', clientSecret: 'secret-1' },
    http,
    httpTo: () => http,
    tokens,
    ledger,
    clock,
  }) as Stellantis
  provider.onDrift = (drift) => drifts.push(drift)
  const abort = new AbortController()
  const { signal } = abort
  const go = <T>(work: Promise<T>): Promise<T> => rush(clock, http, work)
  const car = api === 'v4' ? `/user/vehicles/${carId}` : `/accounts/vehicles/${vin}`
  /** What every call of v4 carries. */
  const key = (query = ''): string => {
    const all = [query, api === 'v4' ? 'client_id=id-1' : ''].filter(Boolean).join('&')
    return all === '' ? '' : `?${all}`
  }
  const list = (query: string): string => `GET /user/vehicles${key(query)}`
  if (api === 'v4') {
    cloud.on(list(''), page('vehicles', [listedV4]))
    cloud.on(list('extension=branding&extension=pictures'), page('vehicles', [listedV4]))
  }
  let told = 0
  return {
    clock,
    cloud,
    ledger,
    tokens,
    provider,
    drifts,
    abort,
    go,
    car,
    /** Answers of a call below the car. */
    on: (path: string, ...answers: Script[]) => {
      const [name = '', query = ''] = path.split('?')
      cloud.on(`GET ${car}${name}${key(query)}`, ...answers)
    },
    /** What was asked below the car since the last time, sorted. */
    calls: (): string[] => {
      const paths = cloud
        .paths()
        .slice(told)
        .map((path) =>
          path
            .replace('GET ', '')
            .replace(car, '')
            .replace(/[?&]client_id=id-1$/, ''),
        )
      told = cloud.seen.length
      return paths.sort()
    },
    vehicles: () => go(provider.vehicles(signal)),
    read: (...groups: SignalGroup[]) => go(provider.read(vin, groups, signal)),
    values: async (...groups: SignalGroup[]) => valuesOf((await go(provider.read(vin, groups, signal))).readings),
    cost: (...groups: SignalGroup[]) => provider.cost(vin, groups),
    bring: (...groups: SignalGroup[]) => provider.bring(vin, groups),
    past: (kind: string, query: HistoryQuery = {}) => go(provider.history.read(vin, kind, query, signal)),
  }
}
