import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { Keeper } from '../../src/account/keeper'
import { readSettings } from '../../src/account/settings'
import { hours, minutes, seconds } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { CloudMonitors, type HeldMonitor } from '../../src/monitors/cloudMonitors'
import { readMonitor } from '../../src/monitors/definition'
import { hearMonitor } from '../../src/monitors/fired'
import { inboxOf } from '../../src/monitors/inbox'
import { Intake, type Taken } from '../../src/monitors/intake'
import { markOf } from '../../src/monitors/marks'
import type { VehicleEvent } from '../../src/vehicle/events'
import { givenAtSimulator, type AtSimulator } from '../providers/stellantis/atSimulator'
import { Wire } from '../support/wire'

const mark = markOf('runtime', 'node')
const secret = 'secret-of-the-household'
const low = { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }

/** Our side of it: an account with one monitor, and the address that it is delivered to. */
class Household {
  readonly told: VehicleEvent[] = []
  /** How deliveries are answered in place of being taken in. */
  down?: Taken['status']
  /** Bodies that arrived, and how they were answered. */
  readonly arrived: { body: string; status: number }[] = []
  readonly disk = memoryStateStore()
  held!: HeldMonitor
  private monitors!: CloudMonitors
  private account!: Account
  private intake!: Intake

  private constructor(
    private readonly cloud: AtSimulator,
    private readonly server: Server,
    private readonly wire: Wire,
  ) {}

  static async open(cloud: AtSimulator): Promise<Household> {
    const server = createServer((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on(
        'end',
        () =>
          void home
            .answer(request.url ?? '', request.headers, Buffer.concat(chunks).toString())
            .then((status) => response.writeHead(status).end()),
      )
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const home = new Household(cloud, server, new Wire((server.address() as AddressInfo).port))
    return home
  }

  get address(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks/acc/${secret}`
  }

  private async answer(url: string, headers: object, body: string): Promise<number> {
    const [account = '', given = ''] = url.split('/').slice(-2)
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    const take = () => this.intake.receive({ account, secret: given, body, headers: plain, query: {} })
    const { status } = this.down ? { status: this.down } : await take()
    this.arrived.push({ body, status })
    return status
  }

  /** Node-RED starts, with what is on the disk. */
  async start(fields: object = {}): Promise<void> {
    const { clock, provider } = this.cloud
    const { disk } = this
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Stellantis')
    const keeper = new Keeper(disk, 'acc', clock, () => undefined)
    this.account = new Account({ settings: readSettings({ provider: 'stellantis' }), provider, ledger, clock, keeper })
    hearMonitor(this.account, mark, (_car, event) => void this.told.push(event))
    const onTrouble = (error: unknown) => {
      throw error
    }
    this.monitors = new CloudMonitors({
      account: this.account,
      name: 'acc',
      runtime: 'runtime',
      clock,
      store: disk,
      secret,
      address: () => Promise.resolve(this.address),
      onTrouble,
    })
    this.intake = new Intake(clock)
    this.intake.open(
      'acc',
      inboxOf({ account: this.account, name: 'acc', secret, clock, store: disk, monitors: () => this.monitors, onTrouble }),
    )
    const api = provider.monitors.scope === 'account' ? 'v1' : 'v4'
    const definition = readMonitor({ label: 'Low', where: 'provider', triggers: [low], ...fields }, api)
    const { id } = this.cloud.sim.cars.get('e208')
    this.held = this.monitors.hold({ mark, definition, matches: (car) => car.id === id })
    await this.cloud.go(this.monitors.settled)
  }

  kill(): void {
    this.monitors.close()
    this.account.close()
  }

  async done(): Promise<void> {
    await this.cloud.go(this.monitors.settled)
  }

  /** The car's battery is at this level, and what follows from that has arrived. */
  async level(percent: number): Promise<void> {
    this.cloud.sim.cars.get('e208').set('battery.stateOfCharge', percent)
    await this.advance(seconds(2))
  }

  advance(ms: number): Promise<void> {
    return this.cloud.clock.advance(ms, this.wire.settle)
  }

  get levels(): unknown[] {
    return this.told.map(({ details }) => (details?.values as { value: string }[])[0]?.value)
  }

  /** Calls that changed something in the cloud. */
  get changes(): string[] {
    const all = this.cloud.sim.calls.list().filter(({ provider, method }) => provider === 'stellantis' && method !== 'GET')
    return all.filter(({ path }) => /channels|callbacks/.test(path)).map(({ method, status }) => `${method} ${status}`)
  }

  async close(): Promise<void> {
    this.kill()
    this.wire.close()
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

for (const api of ['v4', 'v1'] as const)
  describe(`a monitor in the simulated cloud of Stellantis ${api}`, () => {
    let cloud: AtSimulator
    let home: Household

    beforeEach(async () => {
      cloud = await givenAtSimulator(api)
      home = await Household.open(cloud)
      await home.start()
    })
    afterEach(async () => {
      await home.close()
      await cloud.close()
    })

    it('fires, and the event names the monitor and what stands behind it', async () => {
      expect(home.held.trouble).to.equal(undefined)
      await home.level(50)
      await home.level(15)
      expect(home.told).to.have.length(1)
      expect(home.told[0]?.details).to.deep.include({ monitor: mark, label: 'Low', refresh: false })
      expect(home.levels).to.deep.equal(['15'])
      expect(home.arrived.map(({ status }) => status)).to.deep.equal([200])
    })

    it('is recognised after a restart: nothing is made, changed or told again', async () => {
      await home.level(15)
      const before = home.changes
      home.kill()
      await home.start()
      expect(home.held.trouble).to.equal(undefined)
      expect(home.changes).to.deep.equal(before)
      await home.level(14)
      expect(home.levels).to.deep.equal(['15'])
      await home.level(50)
      await home.level(13)
      expect(home.levels).to.deep.equal(['15', '13'])
    })

    it('is changed in its place', async () => {
      const before = home.changes.length
      home.kill()
      await home.start({ triggers: [{ ...low, value: ['40'] }] })
      expect(home.changes.slice(before).map((change) => change.split(' ')[0])).to.deep.equal(['PUT'])
      await home.level(50)
      await home.level(35)
      expect(home.levels).to.deep.equal(['35'])
    })

    it('says everything once and in order after we were down for an hour', async () => {
      home.down = 500
      for (const level of [15, 60, 14, 60, 13]) await home.level(level)
      await home.advance(hours(1))
      expect(home.told).to.have.length(0)
      expect(home.arrived.length).to.be.greaterThan(100)
      home.down = undefined
      await home.advance(minutes(2))
      expect(home.levels).to.deep.equal(['15', '14', '13'])
      expect(home.told.some(({ late }) => late)).to.equal(false)
      const { length } = home.arrived
      await home.advance(minutes(5))
      expect(home.arrived, 'nothing is sent any more').to.have.length(length)
    })

    it('loses and doubles nothing where we are killed before and after the acknowledgement', async () => {
      await home.level(15)
      // It was handed on; the acknowledgement did not arrive.
      const { body } = home.arrived[0]!
      home.kill()
      home.down = 503
      await home.level(60)
      await home.level(14)
      home.down = undefined
      await home.start()
      await fetch(home.address, { method: 'POST', body })
      await home.advance(minutes(1))
      expect(home.levels).to.deep.equal(['15', '14'])
    })

    it('goes with its node, and so does its channel', async () => {
      await home.held.close(true)
      await home.done()
      expect(await cloud.go(cloud.provider.monitors.channels(cloud.signal))).to.deep.equal([])
      await home.level(50)
      await home.level(15)
      expect(home.told).to.have.length(0)
    })

    it('is paused and resumed', async () => {
      await cloud.go(home.held.pause())
      await home.level(15)
      expect(home.told).to.have.length(0)
      await home.level(50)
      await cloud.go(home.held.resume())
      await home.level(14)
      expect(home.levels).to.deep.equal(['14'])
    })

    it('reminds while it stays true', async () => {
      home.kill()
      await home.start({ refreshEvery: 600 })
      await home.level(50)
      await home.level(19)
      await home.advance(minutes(11))
      await home.level(18)
      expect(home.told.map(({ details }) => details?.refresh)).to.deep.equal([false, true])
    })
  })
