/** A real MQTT broker on loopback that can be killed, restarted on its port, and looked into. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { Aedes as AedesOfOld } from 'aedes-v1'

export interface Heard {
  topic: string
  payload: string
  retain: boolean
  qos: number
}

export interface BrokerOptions {
  /** `3.1.1`: one that refuses MQTT 5. */
  version?: '5' | '3.1.1'
  login?: (username: string, password: string) => boolean
  mayPublish?: (topic: string) => boolean
  maySubscribe?: (filter: string) => boolean
}

type Core = InstanceType<typeof Aedes>

export class TestBroker {
  /** What clients published since the start, restarts included; nothing of the broker's own. */
  readonly heard: Heard[] = []
  /** Ids of the clients that connected, in order. */
  readonly clients: string[] = []
  /** Last value of each retained topic that this run of the broker has. */
  readonly retained = new Map<string, string>()
  readonly sockets = new Set<Socket>()
  refusals = 0
  /** Messages that came and are not handed on yet. */
  underWay = 0
  port = 0
  private core?: Core
  private server?: Server

  constructor(readonly options: BrokerOptions = {}) {}

  static async open(options?: BrokerOptions): Promise<TestBroker> {
    const broker = new TestBroker(options)
    await broker.start()
    return broker
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  payloads(topic: string): string[] {
    return this.heard.filter((message) => message.topic === topic).map(({ payload }) => payload)
  }

  async start(): Promise<void> {
    const core = await this.newCore()
    this.core = core
    this.retained.clear()
    core.authenticate = (_client, username, password, done) => {
      const { login } = this.options
      const good = !login || login(username ?? '', String(password ?? ''))
      if (good) return done(null, true)
      this.refusals++
      done(Object.assign(new Error('bad login'), { returnCode: 4 }), false)
    }
    this.underWay = 0
    core.authorizePublish = (client, packet, done) => {
      const may = !client || !this.options.mayPublish || this.options.mayPublish(packet.topic)
      if (client && may) this.underWay++
      done(may ? null : new Error('not authorised'))
    }
    core.authorizeSubscribe = (_client, subscription, done) => {
      const may = !this.options.maySubscribe || this.options.maySubscribe(subscription.topic)
      done(null, may ? subscription : null)
    }
    core.on('client', (client) => this.clients.push(client.id))
    core.on('publish', (packet, client) => {
      if (packet.topic.startsWith('$SYS')) return
      const { topic, retain, qos } = packet
      const payload = String(packet.payload)
      if (client) this.underWay--
      if (client) this.heard.push({ topic, payload, retain, qos })
      if (retain && payload === '') this.retained.delete(topic)
      else if (retain) this.retained.set(topic, payload)
    })
    const server = createServer((socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
      socket.on('error', () => undefined)
      core.handle(socket)
    })
    this.server = server
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve))
    this.port = (server.address() as AddressInfo).port
  }

  /** The process is gone: all connections break, nobody listens. */
  async kill(): Promise<void> {
    const { server, core } = this
    if (!server || !core) return
    this.server = undefined
    const closed = new Promise((resolve) => server.close(resolve))
    for (const socket of this.sockets) socket.destroy()
    await closed
    await new Promise<void>((resolve) => core.close(() => resolve()))
  }

  /** The wire is cut; the broker itself goes on. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy()
  }

  /** Takes nothing in any more, and does not say so. */
  freeze(): void {
    for (const socket of this.sockets) {
      socket.removeAllListeners('data')
      socket.removeAllListeners('readable')
      socket.pause()
    }
  }

  private async newCore(): Promise<Core> {
    if (this.options.version === '3.1.1') return AedesOfOld.createBroker() as unknown as Promise<Core>
    return Aedes.createBroker()
  }
}

/** Waits until `condition` holds, in real time. */
export async function until(condition: () => boolean, what: string, limit = 15_000): Promise<void> {
  const end = Date.now() + limit
  while (!condition()) {
    if (Date.now() > end) throw new Error(`${what} did not happen within ${limit} ms`)
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
}
