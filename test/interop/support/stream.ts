/** An INVERS account's event stream against a real broker, and a book of all that it hands on. */
import { Ledger } from '../../../src/cloud/quota'
import { systemClock } from '../../../src/clock'
import { Invers } from '../../../src/providers/invers/invers'
import { inversSettings } from '../../../src/providers/invers/settings'
import type { Push, PushSink } from '../../../src/providers/provider'
import type { Cause } from '../../../src/vehicle/causes'
import type { Drift } from '../../../src/vehicle/reading'
import { consumer, vhost } from '../../support/rabbitmq'
import { CountedTokens, ScriptedCloud, watchedHttp } from '../../support/scriptedCloud'

export interface StreamWish {
  url: string
  queues: readonly string[]
  cars?: readonly string[]
  user?: string
  password?: string
  vhost?: string
  ca?: string
  /** What happens to a push before it counts as handed on. */
  onPush?: (vehicle: string, push: Push) => Promise<boolean>
  onHealth?: (problem: Cause | undefined) => void
}

/** An account's provider for that broker, its fleet on a scripted cloud. */
export async function inversAt(wish: StreamWish) {
  const { url, queues, cars = ['K7QX2'], user = consumer.user, password = consumer.password, ca } = wish
  const cloud = await ScriptedCloud.open()
  const items = cars.map((id) => ({ id, master_data: { fuel_type: 'ELECTRIC' } }))
  cloud.on('GET /vehicles?limit=100', { body: { items } })
  const clock = systemClock
  const own = { amqpUrl: url, amqpVhost: wish.vhost ?? vhost, amqpQueues: queues.join(', ') }
  const drifts: Drift[] = []
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'INVERS')
  const invers = new Invers({
    settings: inversSettings({ api: '', timeZone: 'UTC', own }),
    credentials: { clientId: 'c', clientSecret: 's', amqpUser: user, amqpPassword: password, ...(ca && { tlsCa: ca }) },
    http: watchedHttp(cloud, clock),
    tokens: new CountedTokens(),
    ledger,
    clock,
    onDrift: (drift) => drifts.push(drift),
  })
  return { invers, cloud, drifts, ledger, clock }
}

export async function openStream(wish: StreamWish) {
  const { invers, cloud, drifts } = await inversAt(wish)
  const pushes: { vehicle: string; push: Push }[] = []
  const health: (Cause | undefined)[] = []
  const closing = new AbortController()
  const sink: PushSink = {
    over: closing.signal,
    push: async (vehicle, push) => {
      const taken = (await wish.onPush?.(vehicle, push)) ?? true
      pushes.push({ vehicle, push })
      return taken
    },
    changed: () => Promise.resolve(true),
    vehicles: () => void invers.vehicles(closing.signal).catch(() => undefined),
    health: (problem) => {
      health.push(problem)
      wish.onHealth?.(problem)
    },
  }
  await invers.vehicles(closing.signal)
  const stop = invers.pushes?.start(sink) ?? (() => undefined)
  return {
    invers,
    cloud,
    drifts,
    pushes,
    health,
    /** What it told of its health last. */
    problem: () => health.at(-1),
    isWell: () => health.length > 0 && health.at(-1) === undefined,
    values: () => pushes.flatMap(({ push }) => push.readings.map(({ value }) => value)),
    end: async () => {
      stop()
      closing.abort()
      await cloud.close()
    },
  }
}

export type OpenStream = Awaited<ReturnType<typeof openStream>>
