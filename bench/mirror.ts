import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { connectAsync, type MqttClient } from 'mqtt'
import type { Message } from '../src/cloud/outbox'
import { Fleet, until } from './mirror/fleet'
import { median, quantile, type Measure } from './report'

const part = 'mirror'
const snapshots = 6000
/** Each takes turns with the bare client, so that neither always comes first. */
const rounds = 11
/** Under way at a time, for both. */
const window = 200
const asked = 1000
const queued = 10_000

/** What mirroring costs against publishing the same by bare mqtt.js; how soon a reading is seen; what waiting takes. */
export async function mirror(): Promise<Measure[]> {
  const { broker, url } = await startBroker()
  try {
    const [one, many] = [await throughput(url, 1), await throughput(url, 1000)]
    return [...one, ...many, ...(await latency(url)), ...(await memory())]
  } finally {
    broker.disconnect()
  }
}

async function startBroker(): Promise<{ broker: ChildProcess; url: string }> {
  const broker = fork(path.join(__dirname, 'mirror', 'broker.ts'))
  const [port] = (await once(broker, 'message')) as [number]
  return { broker, url: `mqtt://127.0.0.1:${port}` }
}

async function throughput(url: string, cars: number): Promise<Measure[]> {
  const fleet = new Fleet(url, cars)
  await fleet.open()
  const client = await connectAsync(url, { protocolVersion: 5 })
  const stop = fleet.overhear()
  await mirrored(fleet)
  const messages = stop().filter(({ topic }) => topic.endsWith('/state'))
  if (messages.length !== snapshots) throw new Error(`${messages.length} snapshots left instead of ${snapshots}`)
  await bare(client, messages)
  const [ours, theirs, whole]: [number[], number[], number[]] = [[], [], []]
  for (let round = 0; round < rounds; round++) {
    const runs = [async () => ours.push(await mirrored(fleet)), async () => theirs.push(await bare(client, messages))]
    for (const run of round % 2 ? runs : runs.reverse()) await run()
    whole.push(await mirrored(fleet, (car) => fleet.say(car)))
  }
  await client.endAsync()
  await fleet.close()
  // Each beside its neighbour in time: the machine may have other work, too.
  const ratio = median(ours.map((rate, round) => rate / (theirs[round] ?? NaN)))
  const of = `${cars.toLocaleString('en')} ${cars === 1 ? 'car' : 'cars'}`
  const bytes = median(messages.map(({ payload }) => payload.length))
  return [
    { part, name: `${of}: through the mirror`, value: median(ours), unit: 'snapshots/s' },
    { part, name: `${of}: bare mqtt.js, same payloads (${bytes} bytes)`, value: median(theirs), unit: 'snapshots/s' },
    { part, name: `${of}: through account and mirror`, value: median(whole), unit: 'snapshots/s' },
    {
      part,
      name: `${of}: mirror / bare, median of ${rounds} rounds`,
      value: ratio,
      unit: '',
      target: '>= 0.7',
      ok: ratio >= 0.7,
    },
  ]
}

/** Snapshots a second: from what the account tells through the mirror until the broker has acknowledged. */
async function mirrored(fleet: Fleet, step = (car: number) => fleet.tellOn(car)): Promise<number> {
  const before = fleet.taken
  const underWay = (n: number) => n - (fleet.taken - before) + fleet.broker.waiting
  return perSecond((n) => step(n % fleet.cars), underWay)
}

async function bare(client: MqttClient, messages: readonly Message[]): Promise<number> {
  let acknowledged = 0
  return perSecond(
    (n) => {
      const { topic, payload, qos, retain } = messages[n] as Message
      client.publish(topic, payload, { qos, retain }, () => void acknowledged++)
    },
    (n) => n - acknowledged,
  )
}

/** Sends them all, so many under way at a time. `underWay`: of the `n` that were sent. */
async function perSecond(send: (n: number) => void, underWay: (n: number) => number): Promise<number> {
  const started = performance.now()
  for (let n = 0; n < snapshots;) {
    while (n < snapshots && underWay(n) < window) send(n++)
    await until(() => underWay(n) < window)
  }
  await until(() => underWay(snapshots) === 0)
  return snapshots / ((performance.now() - started) / 1000)
}

/** From what a car says until somebody who listens at the broker has it, with nothing else going on. */
async function latency(url: string): Promise<Measure[]> {
  const fleet = new Fleet(url, 1000)
  await fleet.open()
  const listener = await connectAsync(url, { protocolVersion: 5 })
  let seen = ''
  listener.on('message', (topic) => (seen = topic))
  await listener.subscribeAsync({ 'bench/+/state': { qos: 1, rh: 2 }, direct: { qos: 1 } })
  const client = await connectAsync(url, { protocolVersion: 5 })
  const payload = 'x'.repeat(1500)
  const one = async (topic: string, send: () => void): Promise<number> => {
    seen = ''
    const started = performance.now()
    send()
    await until(() => seen === topic)
    return performance.now() - started
  }
  const [ours, theirs]: [number[], number[]] = [[], []]
  for (let n = 0; n < asked; n++) {
    ours.push(await one(fleet.topicOf(n), () => fleet.say(n)))
    theirs.push(await one('direct', () => client.publish('direct', payload, { qos: 1 })))
  }
  await Promise.all([listener.endAsync(), client.endAsync()])
  await fleet.close()
  return [
    { part, name: 'from reading to subscriber, median', value: median(ours), unit: 'ms' },
    { part, name: 'from reading to subscriber, 99th percentile', value: quantile(ours, 0.99), unit: 'ms' },
    { part, name: 'bare mqtt.js to subscriber, median', value: median(theirs), unit: 'ms' },
    { part, name: 'bare mqtt.js to subscriber, 99th percentile', value: quantile(theirs, 0.99), unit: 'ms' },
  ]
}

/** What events take that wait for a broker that is not there. */
async function memory(): Promise<Measure[]> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const fleet = new Fleet('mqtt://127.0.0.1:9', 1)
  await fleet.begin()
  const used = () => {
    collect()
    return process.memoryUsage().heapUsed / 2 ** 20
  }
  const before = used()
  const waiting = fleet.broker.waiting
  const [taken] = [fleet.taken]
  for (let n = 0; n < queued; n++) fleet.happen(0)
  await until(() => fleet.taken === taken + queued)
  const after = used()
  const events = fleet.broker.waiting - waiting
  // One more: the oldest goes.
  fleet.happen(0)
  await until(() => fleet.broker.dropped === 1)
  await fleet.close()
  return [
    {
      part,
      name: 'events that wait for the broker',
      value: events,
      unit: 'events',
      target: String(queued),
      ok: events === queued,
    },
    { part, name: `memory for ${queued.toLocaleString('en')} events that wait`, value: after - before, unit: 'MiB' },
  ]
}
