/** A Node-RED with the simulated Stellantis inside, and the gestures of the tests of monitors. */
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { stellantisDemo } from '../../src/simulator/credentials'
import { eventually } from '../support/childProcess'
import { Statuses } from '../support/comms'
import type { AnyMessage } from '../support/home'
import { listener, NodeRed, type NodeRedOptions } from '../support/nodeRed'
import type { SimulatorProcess } from '../support/simulatorProcess'

/** Where the simulated cars live, and a place some kilometres away. */
export const home = { latitude: 48.8049, longitude: 2.2088 }
export const away = { latitude: 48.86, longitude: 2.29 }

export const e208 = 'VR3ZZZE20P0000011'

export const account = (more: AnyMessage = {}): AnyMessage => ({
  id: 'acc',
  type: 'driveway-account',
  name: 'Simulated cars',
  provider: 'stellantis',
  api: 'v1',
  brand: 'peugeot',
  server: 'simulator',
  vehicles: [{ id: e208, slug: 'e208', label: 'My e-208' }],
  ...more,
})

export const monitor = (more: AnyMessage): AnyMessage => ({
  id: 'monitor',
  type: 'driveway-monitor',
  z: 'tab',
  x: 200,
  y: 100,
  version: 1,
  account: 'acc',
  where: 'provider',
  transport: 'webhook',
  wires: [['told']],
  ...more,
})

export const alert = { name: 'fault', kind: 'data', data: 'vehicle.alert', op: 'onChange' }
export const zone = (name: string, transition: 'In' | 'Out', center: typeof home): AnyMessage => ({
  name,
  kind: 'zone',
  transition,
  place: { radius: 1, center },
})

const catcher = { id: 'catch', type: 'catch', scope: null, uncaught: false, z: 'tab', x: 200, y: 400, wires: [['caught']] }

export const flowOf = (acc: AnyMessage, ...nodes: AnyMessage[]): AnyMessage[] => [
  { id: 'tab', type: 'tab', label: 'test' },
  acc,
  ...nodes,
  catcher,
  listener('told'),
  listener('caught'),
]

/** What a car does is in the cloud at once, and a command takes no time. */
export const quick = { drivewayAccountSimulator: { lag: { min: 0, max: 0 }, commandDelayMs: 50, seed: 7 } }

export class MonitorHome {
  private constructor(
    readonly nodeRed: NodeRed,
    readonly statuses: Statuses,
    private readonly account: string,
  ) {}

  static async start(flows: AnyMessage[], more: Partial<NodeRedOptions> = {}): Promise<MonitorHome> {
    const nodeRed = await NodeRed.start({ flows, ...more, settings: { ...quick, ...more.settings } })
    const account = flows.find(({ type }) => type === 'driveway-account')!.id as string
    return new MonitorHome(nodeRed, await Statuses.of(nodeRed.adminUrl), account)
  }

  async close(): Promise<void> {
    this.statuses.close()
    await this.nodeRed.end('SIGKILL')
  }

  /** Asks the simulator in this Node-RED. */
  async simulate<T = unknown>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const { simulator } = (await this.nodeRed.admin('GET', `driveway/accounts/${this.account}`)).json as {
      simulator: { page: string }
    }
    const answer = await fetch(`${simulator.page}api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    const text = await answer.text()
    expect(answer.status, text).to.be.lessThan(300)
    return JSON.parse(text) as T
  }

  /** Time passes at the simulator, so that cars drive and retries are made. */
  advance(seconds: number): Promise<unknown> {
    return this.simulate('POST', 'clock', { advance: seconds })
  }

  /** Calls that the cloud got, as `POST /stellantis/v1/accounts/channels`. */
  async calls(part: string): Promise<string[]> {
    const all = await this.simulate<{ method: string; path: string; status: number }[]>('GET', 'calls')
    return all.filter(({ path }) => path.includes(part)).map(({ method, path, status }) => `${method} ${path} ${status}`)
  }

  watching(id = 'monitor'): Promise<unknown> {
    return this.statuses.shows(id, /^watching/)
  }

  /** The messages at a listener, when there are as many; time passes at the simulator each second that there are not. */
  async told(count: number, name = 'told', perSecond = 0): Promise<AnyMessage[]> {
    let looks = 0
    const heard = await eventually(
      async () => {
        if (perSecond > 0 && ++looks % 10 === 0) await this.advance(perSecond)
        return this.nodeRed.heard(name)
      },
      (messages) => messages.length >= count,
      `${count} messages at ${name}`,
      30_000,
    )
    expect(heard, JSON.stringify(heard).slice(0, 2000)).to.have.length(count)
    return heard
  }
}

/** The public address of a Node-RED that may be down, or be another process by now. */
export class PublicAddress {
  /** Nobody answers. */
  isDown = false
  /** What was sent to it, as status of the answer; 0: none came. */
  readonly answers: number[] = []
  private readonly server = createServer((req, res) => this.pass(req, res))

  private constructor(private readonly target: () => string) {}

  static async open(target: () => string): Promise<PublicAddress> {
    const address = new PublicAddress(target)
    await new Promise<void>((resolve) => address.server.listen(0, '127.0.0.1', resolve))
    return address
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private pass(req: IncomingMessage, res: ServerResponse): void {
    const fail = () => {
      this.answers.push(0)
      req.socket.destroy()
    }
    if (this.isDown) return fail()
    const { pathname, search } = new URL(req.url ?? '/', this.target())
    const onward = request(new URL(pathname + search, this.target()), { method: req.method, headers: req.headers }, (answer) => {
      this.answers.push(answer.statusCode ?? 0)
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    onward.once('error', fail)
    req.pipe(onward)
  }
}

/** An account that reaches a simulator outside, as a partner reaches the cloud. */
export const accountAt = (simulator: SimulatorProcess, publicUrl: string): AnyMessage =>
  account({
    server: 'custom',
    url: `${simulator.url}/stellantis/v1`,
    authUrl: `${simulator.url}/stellantis`,
    grant: 'client',
    scopes: stellantisDemo.partnerScope,
    publicUrl,
  })

export const partner = { clientId: stellantisDemo.clientId, clientSecret: stellantisDemo.clientSecret }
