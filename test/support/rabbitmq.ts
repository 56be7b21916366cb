/** A RabbitMQ of one's own, with the users and queues that INVERS' platform would make. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { connect, type ChannelModel, type ConfirmChannel } from 'amqplib'
import { freePort, isOpen } from './ports'
import { temporaryFolder } from './stage'

const script = ['/usr/lib/rabbitmq/bin/rabbitmq-server', '/opt/homebrew/sbin/rabbitmq-server'].find((path) => existsSync(path))

/** Absent where it is not installed. */
export const rabbitPath = script

export const vhost = 'fleet-DEMO1'
export const consumer = { user: 'f-DEMO1-c-driveway', password: 'consume#r' }
export const publisher = { user: 'platform', password: 'publish' }
/** The broker knows it, and lets it read nothing. */
export const suspended = { user: 'f-DEMO1-c-suspended', password: 'suspended' }

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

export interface RabbitOptions {
  queues: readonly string[]
  /** Paths of PEM files: the broker then speaks TLS on a second port. */
  tls?: { ca: string; cert: string; key: string }
}

const running = new Set<RabbitMq>()
process.once('exit', () => {
  for (const broker of running) broker.killNow()
})

const lookup = (queue: string): string =>
  `{ok, Queue} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"${vhost}">>, queue, <<"${queue}">>))`

export class RabbitMq {
  private child?: ChildProcess
  private log = ''

  private constructor(
    private readonly dir: string,
    readonly port: number,
    readonly tlsPort: number,
    private readonly ports: { dist: number; epmd: number },
  ) {}

  static async start({ queues, tls }: RabbitOptions): Promise<RabbitMq> {
    const dir = temporaryFolder('rabbitmq')
    const [port, tlsPort, dist, epmd] = [await freePort(), await freePort(), await freePort(), await freePort()]
    const secure = tls
      ? [
          `listeners.ssl.1 = 127.0.0.1:${tlsPort}`,
          `ssl_options.cacertfile = ${tls.ca}`,
          `ssl_options.certfile = ${tls.cert}`,
          `ssl_options.keyfile = ${tls.key}`,
          'ssl_options.verify = verify_none',
        ]
      : []
    const lines = [
      `listeners.tcp.1 = 127.0.0.1:${port}`,
      ...secure,
      `load_definitions = ${join(dir, 'definitions.json')}`,
      'loopback_users = none',
      'log.console = true',
      'log.console.level = warning',
      'log.file = false',
      'disk_free_limit.absolute = 10MB',
    ]
    writeFileSync(join(dir, 'rabbitmq.conf'), `${lines.join('\n')}\n`)
    writeFileSync(join(dir, 'plugins'), '[].')
    writeFileSync(join(dir, 'definitions.json'), JSON.stringify(definitions(queues)))
    const broker = new RabbitMq(dir, port, tlsPort, { dist, epmd })
    await broker.again()
    return broker
  }

  /** Starts it, or starts it once more with what it has on disk. */
  async again(): Promise<void> {
    const { env } = this
    const child = spawn(script ?? 'rabbitmq-server', [], { env, stdio: ['ignore', 'pipe', 'pipe'] })
    this.child = child
    running.add(this)
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (this.log += piece.toString()))
    const end = Date.now() + 150_000
    while (!(await isOpen(this.port))) {
      if (child.exitCode !== null || Date.now() > end) throw new Error(`rabbitmq did not start:\n${this.log.slice(-4000)}`)
      await pause(50)
    }
  }

  private get env(): NodeJS.ProcessEnv {
    const { dir, ports } = this
    const name = `driveway${ports.dist}@localhost`
    return {
      ...process.env,
      HOME: dir,
      RABBITMQ_NODENAME: name,
      RABBITMQ_MNESIA_BASE: join(dir, 'mnesia'),
      RABBITMQ_LOG_BASE: join(dir, 'log'),
      RABBITMQ_CONFIG_FILE: join(dir, 'rabbitmq.conf'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(dir, 'plugins'),
      RABBITMQ_PID_FILE: join(dir, 'pid'),
      RABBITMQ_CONF_ENV_FILE: '/dev/null',
      RABBITMQ_DIST_PORT: String(ports.dist),
      ERL_EPMD_PORT: String(ports.epmd),
      ERL_EPMD_ADDRESS: '127.0.0.1',
    }
  }

  /** What serves a queue is not there for a while, as when the queue moves: the broker cancels its consumers. */
  async pauseQueue(queue: string): Promise<void> {
    const supervisor = `{ok, Top} = rabbit_amqqueue_sup_sup:find_for_vhost(<<"${vhost}">>)`
    const own = `{_, Words} = process_info(amqqueue:get_pid(Queue), dictionary), [Own | _] = proplists:get_value('$ancestors', Words)`
    await this.evaluate(`${lookup(queue)}, ${supervisor}, ${own}, ok = supervisor:terminate_child(Top, Own).`)
  }

  async resumeQueue(queue: string): Promise<void> {
    const started = 'rabbit_amqqueue_sup_sup:start_queue_process(node(), Queue, recovery)'
    await this.evaluate(`${lookup(queue)}, gen_server2:call(${started}, {init, {self(), non_clean_shutdown}}, infinity).`)
  }

  /** In the broker's own words, Erlang. */
  private async evaluate(expression: string): Promise<void> {
    const child = spawn(join(dirname(script ?? ''), 'rabbitmqctl'), ['eval', expression], { env: this.env })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (piece: Buffer) => (said += piece.toString()))
    const [code] = (await once(child, 'close')) as [number | null]
    if (code !== 0) throw new Error(`rabbitmqctl: ${said}`)
  }

  /** At once, without a word to anybody. */
  async kill(): Promise<void> {
    const { child } = this
    if (!child || child.exitCode !== null || child.signalCode !== null) return
    const over = once(child, 'exit')
    this.killNow()
    await over
    while (await isOpen(this.port)) await pause(20)
  }

  /** Ends all that was started for it. */
  async stop(): Promise<void> {
    await this.kill()
    running.delete(this)
    spawnSync('epmd', ['-port', String(this.ports.epmd), '-kill'], { env: { ...process.env, ERL_EPMD_ADDRESS: '127.0.0.1' } })
    rmSync(this.dir, { recursive: true, force: true, maxRetries: 20 })
  }

  killNow(): void {
    const file = join(this.dir, 'pid')
    const pid = Number(existsSync(file) ? readFileSync(file, 'utf8') : NaN)
    rmSync(file, { force: true })
    try {
      // The script around it ends by itself then.
      if (pid) process.kill(pid, 'SIGKILL')
      else this.child?.kill('SIGKILL')
    } catch {
      // It is over already.
    }
  }

  get url(): string {
    return `amqp://127.0.0.1:${this.port}`
  }

  get secureUrl(): string {
    return `amqps://127.0.0.1:${this.tlsPort}`
  }

  /** A connection as INVERS' platform has it. */
  async platform(): Promise<Platform> {
    const { user: username, password } = publisher
    const model = await connect({ hostname: '127.0.0.1', port: this.port, username, password, vhost })
    return new Platform(model, await model.createConfirmChannel())
  }
}

const declared = (name: string) => ({ name, vhost, durable: true, auto_delete: false, arguments: {} })
const permit = (user: string, read: string, all = '') => ({ user, vhost, configure: all, write: all, read })

const definitions = (queues: readonly string[]) => ({
  vhosts: [{ name: vhost }, { name: 'other' }, { name: '/' }],
  users: [
    { name: consumer.user, password: consumer.password, tags: [] },
    { name: suspended.user, password: suspended.password, tags: [] },
    { name: publisher.user, password: publisher.password, tags: ['administrator'] },
    // As every RabbitMQ begins with it.
    { name: 'guest', password: 'guest', tags: [] },
  ],
  permissions: [
    permit(consumer.user, '.*'),
    permit(suspended.user, '^$'),
    permit(publisher.user, '.*', '.*'),
    { ...permit('guest', '.*', '.*'), vhost: '/' },
  ],
  queues: queues.map(declared),
})

export interface EventWish {
  id: string
  type?: string
  vehicle?: string
  state?: Record<string, unknown>
  data?: unknown
  at?: string
  flowId?: string
}

export class Platform {
  constructor(
    readonly model: ChannelModel,
    readonly channel: ConfirmChannel,
  ) {
    model.on('error', () => undefined)
    channel.on('error', () => undefined)
  }

  /** Resolves when the broker has it on disk. */
  publish(queue: string, wish: EventWish | Buffer): Promise<void> {
    const body = Buffer.isBuffer(wish) ? wish : Buffer.from(JSON.stringify(eventOf(wish)))
    return new Promise((resolve, reject) => {
      const confirmed = (error: unknown) =>
        error ? reject(error instanceof Error ? error : new Error('not confirmed')) : resolve()
      this.channel.publish('', queue, body, { persistent: true }, confirmed)
    })
  }

  async left(queue: string): Promise<number> {
    return (await this.channel.checkQueue(queue)).messageCount
  }

  async close(): Promise<void> {
    await this.model.close().catch(() => undefined)
  }
}

/** INVERS: event format. */
export const eventOf = ({ id, type = 'VehicleStateRecorded', vehicle, state, data, at, flowId }: EventWish) => ({
  metadata: {
    id,
    type,
    schema_major_version: 2,
    occurred_at: at ?? new Date().toISOString(),
    ...(flowId && { flow_id: flowId }),
  },
  data: data ?? { vehicle_id: vehicle, vehicle_state: state },
})
