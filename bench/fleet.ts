/** A large fleet's events: kept up with, how late, at what cost; against a consumer that only parses and acknowledges. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { consumer, rabbitPath, RabbitMq, vhost, type Platform } from '../test/support/rabbitmq'
import type { Job, Report } from './fleet/consumer'
import { stateEvent } from './fleet/events'
import { median, quantile, type Measure } from './report'

const part = 'fleet'
const cars = 10_000
const perSecond = 1000
const length = Number(process.env.DRIVEWAY_BENCH_SECONDS ?? 15)
/** Events of a saturated run, and how often ours and bare take turns. */
const heap = length >= 15 ? 100_000 : 30_000
const rounds = 3
const heapKept = 10_000
const queue = 'states'

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export async function fleet(): Promise<Measure[]> {
  if (!rabbitPath) {
    console.error('bench: fleet SKIPPED: RabbitMQ is not installed (apt-get install rabbitmq-server)')
    return []
  }
  const broker = await RabbitMq.start({ queues: [queue] })
  try {
    const platform = await broker.platform()
    const bench = new Bench(broker, platform)
    return [...(await bench.paced()), ...(await bench.saturated()), ...(await bench.shared())]
  } finally {
    await broker.stop()
  }
}

class Bench {
  private published = 0

  constructor(
    private readonly broker: RabbitMq,
    private readonly platform: Platform,
  ) {}

  /** Events come as they do from 10,000 cars: so many a second, every car in its turn. */
  async paced(): Promise<Measure[]> {
    const empty = await Worker.load()
    await empty.start(this.job('ours', false, 1))
    const bare = (await empty.report({ isClean: true })).heap
    await empty.end()
    const worker = await Worker.load()
    await worker.start(this.job('ours', true))
    // Every car has told something once, as after the first quarter of an hour.
    await this.fill(cars)
    await worker.until(cars)
    const before = await worker.report({ isClean: true, again: true })
    const begun = performance.now()
    const total = perSecond * length
    for (let sent = 0; sent < total;) {
      const due = Math.min(total, Math.floor(((performance.now() - begun) / 1000) * perSecond))
      for (; sent < due; sent++) this.publish(Date.now())
      await pause(2)
    }
    await this.platform.channel.waitForConfirms()
    await worker.until(total)
    const { cpu } = await worker.report()
    const { last, first, delays, heap, rss } = await worker.report({ isClean: true })
    await worker.end()
    const rate = (total - 1) / ((last - first) / 1000)
    const seconds = (performance.now() - begun) / 1000
    const perCar = (before.heap - bare) / cars / 1024
    const where = `${cars.toLocaleString('en')} cars, ${perSecond} events/s for ${length} s, kept on disk`
    return [
      {
        part,
        name: `${where}: handed on`,
        value: rate,
        unit: 'events/s',
        target: `>= ${perSecond * 0.98}`,
        ok: rate >= perSecond * 0.98,
      },
      { part, name: `${where}: delay, median`, value: median(delays), unit: 'ms' },
      { part, name: `${where}: delay, 99th percentile`, value: quantile(delays, 0.99), unit: 'ms' },
      { part, name: `${where}: processor`, value: ((cpu - before.cpu) / seconds / 1000) * 100, unit: '% of one core' },
      { part, name: 'memory for each car', value: perCar, unit: 'KiB', target: '<= 10', ok: perCar <= 10 },
      { part, name: `memory with ${cars.toLocaleString('en')} cars, heap`, value: heap / 1024 / 1024, unit: 'MiB' },
      { part, name: `memory with ${cars.toLocaleString('en')} cars, resident`, value: rss / 1024 / 1024, unit: 'MiB' },
    ]
  }

  /** A full queue, drained as fast as it goes. */
  async saturated(): Promise<Measure[]> {
    const kinds = ['ours', 'bare'] as const
    const rates = { ours: [] as number[], bare: [] as number[] }
    for (let round = 0; round < rounds; round++)
      for (const kind of round % 2 ? [...kinds].reverse() : kinds) rates[kind].push(await this.drained(kind))
    const kept = await this.drained('ours', 1, { dir: true, amount: heapKept })
    const ratio = median(rates.ours.map((rate, round) => rate / (rates.bare[round] ?? NaN)))
    return [
      { part, name: 'full queue: an account', value: median(rates.ours), unit: 'events/s' },
      { part, name: 'full queue: an account that keeps all on disk', value: kept, unit: 'events/s' },
      { part, name: 'full queue: bare amqplib, parsed and acknowledged', value: median(rates.bare), unit: 'events/s' },
      {
        part,
        name: `full queue: account / bare, median of ${rounds} rounds`,
        value: ratio,
        unit: '',
        target: '>= 0.5',
        ok: ratio >= 0.5,
      },
    ]
  }

  /** Several instances on one queue: what each more brings, on the cores that there are. */
  async shared(): Promise<Measure[]> {
    const one = await this.drained('ours', 1)
    const measures: Measure[] = []
    for (const count of [2, 3]) {
      const rate = await this.drained('ours', count)
      measures.push(
        { part, name: `full queue: ${count} accounts share it`, value: rate, unit: 'events/s' },
        { part, name: `full queue: ${count} accounts / 1`, value: rate / one, unit: '' },
      )
    }
    return measures
  }

  /** Events a second, from the first one that any of the consumers had to the last one. */
  private async drained(kind: Job['kind'], count = 1, { dir = false, amount = heap } = {}): Promise<number> {
    await this.fill(amount)
    const workers = await Promise.all(Array.from({ length: count }, () => Worker.load()))
    await Promise.all(workers.map((worker) => worker.start(this.job(kind, dir))))
    const reports = async () => Promise.all(workers.map((worker) => worker.report()))
    let all = await reports()
    while (all.reduce((sum, one) => sum + one.count, 0) < amount) {
      await pause(100)
      all = await reports()
    }
    for (const worker of workers) await worker.end()
    const first = Math.min(...all.map((one) => one.first || Infinity))
    return (amount / (Math.max(...all.map((one) => one.last)) - first)) * 1000
  }

  private async fill(amount: number): Promise<void> {
    for (let n = 0; n < amount; n++) {
      this.publish(Date.now())
      if (n % 1000 === 999) await this.platform.channel.waitForConfirms()
    }
    await this.platform.channel.waitForConfirms()
  }

  private publish(at: number): void {
    const n = this.published++
    this.platform.channel.publish('', queue, stateEvent(n, n % cars, Math.floor(n / cars), at), { persistent: false })
  }

  private job(kind: Job['kind'], isKept: boolean, fleetSize = cars): Job {
    const dir = isKept ? mkdtempSync(path.join(tmpdir(), 'driveway-bench-')) : undefined
    const { user, password } = consumer
    return { kind, url: this.broker.url, vhost, user, password, queue, cars: fleetSize, dir }
  }
}

class Worker {
  private dir?: string

  private constructor(private readonly child: ChildProcess) {}

  /** A process that has all its code and waits for its job. */
  static async load(): Promise<Worker> {
    const child = fork(path.join(__dirname, 'fleet', 'consumer.ts'))
    const failed = once(child, 'exit').then(() => Promise.reject(new Error('a consumer ended before it was loaded')))
    await Promise.race([once(child, 'message'), failed])
    failed.catch(() => undefined)
    return new Worker(child)
  }

  async start(job: Job): Promise<void> {
    this.dir = job.dir
    const ready = once(this.child, 'message')
    this.child.send({ job })
    await ready
  }

  /** `isClean`: without garbage; `again`: it counts anew from here. */
  async report(wish: { isClean?: boolean; again?: boolean } = {}): Promise<Report> {
    const answer = once(this.child, 'message')
    this.child.send(wish)
    return ((await answer) as [Report])[0]
  }

  async until(count: number): Promise<void> {
    while ((await this.report()).count < count) await pause(50)
  }

  async end(): Promise<void> {
    const over = once(this.child, 'exit')
    this.child.disconnect()
    await over
    if (this.dir) rmSync(this.dir, { recursive: true, force: true, maxRetries: 3 })
  }
}
