/** A broker on loopback, and somebody who listens to everything on it. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { Aedes } from 'aedes'
import { connectAsync, type MqttClient } from 'mqtt'

export interface Heard {
  topic: string
  payload: string
  retain: boolean
}

export class TestBroker {
  readonly heard: Heard[] = []
  private readonly sockets = new Set<Socket>()

  private constructor(
    private readonly broker: Aedes,
    private readonly server: Server,
    readonly port: number,
    private listener?: MqttClient,
  ) {
    server.on('connection', (socket) => {
      this.sockets.add(socket)
      socket.on('close', () => this.sockets.delete(socket))
    })
  }

  static async open(port = 0): Promise<TestBroker> {
    const broker = await Aedes.createBroker()
    const server = createServer(broker.handle)
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
    const opened = new TestBroker(broker, server, (server.address() as AddressInfo).port)
    opened.listener = await opened.client()
    opened.listener.on('message', (topic, payload, { retain }) =>
      opened.heard.push({ topic, payload: payload.toString(), retain }),
    )
    await opened.listener.subscribeAsync('#', { qos: 1 })
    return opened
  }

  get url(): string {
    return `mqtt://127.0.0.1:${this.port}`
  }

  on(pattern: RegExp): Heard[] {
    return this.heard.filter(({ topic }) => pattern.test(topic))
  }

  payloads(pattern: RegExp): string[] {
    return this.on(pattern).map(({ payload }) => payload)
  }

  client(): Promise<MqttClient> {
    return connectAsync(this.url, { protocolVersion: 5 })
  }

  /** What somebody gets who comes now: topic → payload. */
  async retained(): Promise<Map<string, string>> {
    const client = await this.client()
    const found = new Map<string, string>()
    client.on('message', (topic, payload) => found.set(topic, payload.toString()))
    await client.subscribeAsync('#', { qos: 1 })
    // The broker answers a ping only after what it sent before.
    await client.publishAsync('end', 'end', { qos: 1 })
    while (!found.has('end')) await new Promise((resolve) => setImmediate(resolve))
    await client.endAsync(true)
    found.delete('end')
    return found
  }

  /** Cuts every connection but the listener's, as a network that fails would. */
  cut(): void {
    const [own] = this.sockets
    for (const socket of this.sockets) if (socket !== own) socket.destroy()
  }

  async close(): Promise<void> {
    await this.listener?.endAsync(true)
    for (const socket of this.sockets) socket.destroy()
    await new Promise<void>((resolve) => this.broker.close(() => this.server.close(() => resolve())))
  }
}
