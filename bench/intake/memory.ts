import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { systemClock } from '../../src/clock'
import { Http } from '../../src/cloud/http'
import { noTokens } from '../../src/cloud/oauth'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { inboxOf } from '../../src/monitors/inbox'
import { Intake } from '../../src/monitors/intake'
import type { Provider } from '../../src/providers/provider'
import { stellantisKit } from '../../src/providers/stellantis/kit'
import type { Measure } from '../report'

const part = 'intake'
const deliveries = Number(process.env.DRIVEWAY_BENCH_SECONDS ?? 15) >= 15 ? 1_000_000 : 300_000
/** From here on everything that has a limit has reached it. */
const full = 200_000
const inBatch = 100
const vin = 'VR3ZZZSWXR1234567'

/** What a million deliveries leave behind in memory, each different, with the memory of duplicates on. */
export async function memory(): Promise<Measure[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const clock = systemClock
  const http = new Http({ baseUrl: 'http://127.0.0.1:9', clock, name: 'Stellantis' })
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'Stellantis')
  const provider = stellantisKit.open({
    baseUrl: 'http://127.0.0.1:9',
    settings: { api: 'v1', timeZone: 'Europe/Paris', own: {} },
    credentials: { clientId: 'id', clientSecret: 'secret' },
    http,
    httpTo: () => http,
    tokens: noTokens,
    ledger,
    clock,
  })
  const listed = Object.create(provider, { vehicles: { value: () => Promise.resolve([{ id: vin, meta: {} }]) } }) as Provider
  const account = new Account({ settings: readSettings({ provider: 'stellantis' }), provider: listed, ledger, clock })
  let told = 0
  account.on('event', (_car, { name }) => {
    if (name === 'monitor') told++
  })
  const secret = 'secret-of-the-household'
  const intake = new Intake(clock)
  const onTrouble = (error: unknown) => {
    throw error
  }
  const inbox = inboxOf({ account, name: 'acc', secret, clock, store: memoryStateStore(), onTrouble })
  intake.open('acc', inbox)

  const heap = () => {
    collect()
    return process.memoryUsage().heapUsed / 1_048_576
  }
  const begin = clock.now() - deliveries * 10
  const message = (n: number) => ({
    channelId: 'ch1',
    type: 'Monitor',
    date: new Date(begin + n * 10).toISOString(),
    attributes: [{ key: 'vin', value: vin }],
    monitorEvent: {
      monitorId: `m${n % 5}`,
      data: { values: [{ data: 'vehicle.energy.electric.level', value: String((n % 1000) / 10) }], refresh: false },
    },
  })
  let before = 0
  for (let n = 0; n < deliveries; n += inBatch) {
    if (n === full) before = heap()
    const body = JSON.stringify(Array.from({ length: inBatch }, (_, index) => message(n + index)))
    const { status } = await intake.receive({ account: 'acc', secret, body, headers: {}, query: {} })
    if (status !== 200) throw new Error(`a batch was answered with ${status}`)
  }
  const grown = heap() - before
  // The last one once more: it is remembered.
  await intake.receive({ account: 'acc', secret, body: message(deliveries - 1), headers: {}, query: {} })
  if (told !== deliveries) throw new Error(`${told} events were told of ${deliveries} deliveries`)
  account.close()
  http.close()
  return [
    { part, name: `heap after ${full.toLocaleString('en')} deliveries`, value: before, unit: 'MB' },
    {
      part,
      name: `heap grown from there to ${deliveries.toLocaleString('en')}`,
      value: grown,
      unit: 'MB',
      target: '<= 5',
      ok: grown <= 5,
    },
    { part, name: 'messages remembered as duplicates', value: inbox.seen.size, unit: '' },
  ]
}
