/** A large fleet's events: kept up with, how late, at what cost; against a consumer that only parses and acknowledges. */
import { fork, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import path from 'node:path'
import { consumer, rabbitPath, RabbitMq, vhost, type Platform } from '../test/support/rabbitmq'
import type { Job, Report } from './fleet/consumer'
import { stateEvent } from './fleet/events'
import { median, quantile, type Measure } from './report'

const part = 'fleet'
const cars = 10_000
const perSecond = 1000
const length = Number(process.env.DRIVEWAY_BENCH_SECONDS ?? 60)
/** Events of a saturated run, and how often the kinds of consumer take turns. */
const heap = length >= 15 ? 60_000 : 20_000
const rounds = length >= 15 ? 3 : 1
/** Each process has had so many before it is timed: one that runs for days is warm. */
const warm = 10_000
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

interface Drained {
  /** Events a second. */
  rate: number
  /** Time of the processors for each event, in µs. */
  cpu: number
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
    const behind = total - (await worker.report()).count
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
      { part, name: `${where}: behind when the last was sent`, value: behind, unit: 'events' },
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
    const kinds = ['bare', 'ours', 'kept'] as const
    const runs = { bare: [] as Drained[], ours: [] as Drained[], kept: [] as Drained[] }
    for (let round = 0; round < rounds; round++)
      for (const kind of round % 2 ? [...kinds].reverse() : kinds) runs[kind].push(await this.drained(kind))
    const names = {
      bare: 'bare amqplib, parsed and acknowledged',
      ours: 'an account',
      kept: 'an account that keeps all on disk',
    }
    const ratio = (kind: 'ours' | 'kept'): Measure => {
      // Each beside its neighbour in time: the machine may have other work, too.
      const value = median(runs[kind].map(({ rate }, round) => rate / (runs.bare[round]?.rate ?? NaN)))
      return { part, name: `full queue: ${names[kind]} / bare`, value, unit: '', target: '>= 0.5', ok: value >= 0.5 }
    }
    const column = (kind: 'bare' | 'ours' | 'kept', what: keyof Drained, unit: string, title = ''): Measure => ({
      part,
      name: `full queue: ${names[kind]}${title}`,
      value: median(runs[kind].map((run) => run[what])),
      unit,
    })
    return [
      ...kinds.map((kind) => column(kind, 'rate', 'events/s')),
      ratio('ours'),
      ratio('kept'),
      ...kinds.map((kind) => column(kind, 'cpu', 'µs an event', ', processor time')),
    ]
  }

  /** Several processes on one queue: what each more brings, on the cores that there are; the broker needs its share of them. */
  async shared(): Promise<Measure[]> {
    const cores = availableParallelism()
    const { rate: one } = await this.drained('ours', 1)
    const measures: Measure[] = [{ part, name: `one queue, 1 process (${cores} cores)`, value: one, unit: 'events/s' }]
    for (const count of [2, 3]) {
      const { rate } = await this.drained('ours', count)
      measures.push(
        { part, name: `one queue, ${count} processes (${cores} cores)`, value: rate, unit: 'events/s' },
        { part, name: `one queue, ${count} processes / 1 (${cores} cores)`, value: rate / one, unit: '' },
      )
    }
    return measures
  }

  /** All consumers together, each from when it is warm to its last one. */
  private async drained(kind: 'bare' | 'ours' | 'kept', count = 1): Promise<Drained> {
    const amount = heap + count * warm
    await this.fill(amount)
    const workers = await Promise.all(Array.from({ length: count }, () => Worker.load()))
    const job = { ...this.job(kind === 'bare' ? 'bare' : 'ours', kind === 'kept'), warm }
    await Promise.all(workers.map((worker) => worker.start(job)))
    const reports = async () => Promise.all(workers.map((worker) => worker.report()))
    let all = await reports()
    while (all.reduce((sum, one) => sum + one.count, 0) < amount) {
      await pause(100)
      all = await reports()
    }
    for (const worker of workers) await worker.end()
    // One that came too late to become warm has no time of its own.
    const timed = all.filter((one) => one.count > warm && one.last > one.first)
    return {
      rate: timed.reduce((sum, one) => sum + ((one.count - warm) / (one.last - one.first)) * 1000, 0),
      cpu: (timed.reduce((sum, one) => sum + one.cpu - one.warmCpu, 0) / heap) * 1000,
    }
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
