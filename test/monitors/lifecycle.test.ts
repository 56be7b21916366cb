import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { hours, minutes, seconds } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { CloudMonitors, type HeldMonitor } from '../../src/monitors/cloudMonitors'
import { readMonitor } from '../../src/monitors/definition'
import { markIn, markOf } from '../../src/monitors/marks'
import type { MonitorWanted } from '../../src/providers/monitors'
import { ManualClock, tick } from '../support/clock'
import { failure, Gate, ScriptedProvider, vin } from '../support/scriptedProvider'
import { ScriptedMonitors } from './scriptedMonitors'

const low = (percent: number) => ({
  name: 'low',
  kind: 'data',
  data: 'battery.stateOfCharge',
  op: 'lowerThan',
  value: [String(percent)],
})

/** What a node's dialog holds. */
const fields = (label: string, rest: object = {}) => ({ label, where: 'provider', triggers: [low(20)], ...rest })

async function settle(): Promise<void> {
  for (let round = 0; round < 30; round++) await tick()
}

/** One Node-RED after the other (or beside the other) on one account of the cloud. */
class Runtime {
  readonly clock = new ManualClock()
  readonly troubles: unknown[] = []
  address: string | undefined = 'https://home.example/driveway/hooks/acc/secret'
  private account?: Account
  private monitors?: CloudMonitors

  constructor(
    readonly service: ScriptedMonitors,
    readonly name = 'runtime-1',
    readonly disk: StateStore = memoryStateStore(),
    readonly cars = 1,
  ) {}

  async start(nodes: Record<string, object> = {}): Promise<Record<string, HeldMonitor>> {
    const { clock, service, disk } = this
    const provider = new ScriptedProvider(() => clock.now()) as ScriptedProvider & { monitors: ScriptedMonitors }
    provider.monitors = service
    provider.listed = Array.from({ length: this.cars }, (_, index) => ({ id: vin(index + 1), meta: {} }))
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
    const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock })
    this.account = account
    this.monitors = new CloudMonitors({
      account,
      name: 'acc',
      runtime: this.name,
      clock,
      store: disk,
      address: () => Promise.resolve(this.address),
      secret: 'secret',
      onTrouble: (error) => void this.troubles.push(error),
    })
    const held = Object.fromEntries(Object.entries(nodes).map(([node, given]) => [node, this.deploy(node, given)]))
    await settle()
    return held
  }

  deploy(node: string, given: object, matches: (id: string) => boolean = () => true): HeldMonitor {
    const definition = readMonitor(given, this.service.scope === 'account' ? 'v1' : 'v4')
    return this.cloud.hold({ mark: markOf(this.name, node), definition, matches: ({ id }) => matches(id) })
  }

  get cloud(): CloudMonitors {
    return this.monitors!
  }

  /** As it happens in a crash: nothing is said to anybody. */
  crash(): void {
    this.monitors?.close()
    this.account?.close()
  }
}

/** Labels in the cloud without their marks. */
const labels = ({ watching }: ScriptedMonitors) =>
  watching.map(({ label }) => label.replace(markIn(label) ?? '', '').trim()).sort()

const foreign: MonitorWanted = { label: 'Somebody else', triggers: [], boolExp: 'a', extend: [], actions: [], vehicles: [vin(1)] }

for (const scope of ['car', 'account'] as const)
  describe(`monitors in the cloud, ${scope === 'car' ? 'one for each car' : 'each for any number of cars'}`, () => {
    let service: ScriptedMonitors
    let home: Runtime

    beforeEach(() => {
      service = new ScriptedMonitors(scope)
      home = new Runtime(service)
    })
    afterEach(() => {
      home.crash()
      expect(home.troubles).to.deep.equal([])
    })

    it('are made when their nodes are deployed, below one channel for all', async () => {
      const { a, b } = await home.start({ a: fields('Low'), b: fields('Lower') })
      expect(labels(service)).to.deep.equal(['Low', 'Lower'])
      expect(service.there).to.have.length(1)
      expect(service.there[0]).to.include({ transport: 'webhook', target: home.address })
      expect(service.there[0]?.wanted?.header).to.deep.equal({ name: 'X-Driveway-Secret', value: 'secret' })
      expect([a?.trouble, a?.isBusy, b?.trouble, b?.isBusy]).to.deep.equal([undefined, false, undefined, false])
      expect(new Set(service.watching.map(({ label }) => markIn(label))).size).to.equal(2)
    })

    it('are left alone when they are deployed again unchanged, also after a restart', async () => {
      await home.start({ a: fields('Low') })
      const { length } = service.changes
      home.crash()
      await home.start({ a: fields('Low') })
      home.cloud.settle()
      await settle()
      expect(service.changes).to.have.length(length)
    })

    it('are changed when their nodes are changed, and stay the same ones', async () => {
      const { a } = await home.start({ a: fields('Low') })
      const { monitorId } = service.watching[0]!
      await a?.close(false)
      home.deploy('a', fields('Low', { triggers: [low(30)] }))
      await settle()
      expect(service.changes.at(-1)).to.equal('update')
      expect(service.watching.map((one) => one.monitorId)).to.deep.equal([monitorId])
      expect(service.watching[0]?.wanted?.triggers[0]?.data?.value).to.deep.equal(['30'])
    })

    it('go also when their nodes are deleted while they are being made', async () => {
      for (const step of ['createChannel', 'monitors', 'create']) {
        const cloud = new ScriptedMonitors(scope)
        const run = new Runtime(cloud)
        const gate = new Gate()
        let reached = false
        cloud.before = (call) => {
          if (call !== step || reached) return
          reached = true
          return gate.promise
        }
        const { a } = await run.start({ a: fields('Low') })
        expect(reached, step).to.equal(true)
        const gone = a?.close(true)
        gate.open()
        await gone
        await settle()
        expect([labels(cloud), cloud.there], step).to.deep.equal([[], []])
        run.crash()
      }
    })

    it('go when their nodes do not come again after a deploy, as to another account', async () => {
      const { a, b } = await home.start({ a: fields('Low'), b: fields('Lower') })
      home.cloud.settle()
      await a?.close(false)
      await b?.close(false)
      home.cloud.arrived()
      home.deploy('b', fields('Lower'))
      await settle()
      expect(labels(service), 'it may come still').to.deep.equal(['Low', 'Lower'])
      await home.clock.advance(minutes(1), settle)
      expect(labels(service)).to.deep.equal(['Lower'])
    })

    it('go with their account, whose cloud is left as it was', async () => {
      const { a } = await home.start({ a: fields('Low') })
      await a?.close(false)
      await home.cloud.leave()
      expect([labels(service), service.there, home.cloud.remaining]).to.deep.equal([[], [], []])
    })

    it('are named when they cannot go with their account', async () => {
      await home.start({ a: fields('Low') })
      service.before = () => {
        throw failure('PROVIDER_DOWN')
      }
      await home.cloud.leave()
      expect(home.cloud.remaining).to.deep.equal(['Low', 'channel webhook'])
    })

    it('go with their nodes, and the channel goes with the last of them', async () => {
      const { a, b } = await home.start({ a: fields('Low'), b: fields('Lower') })
      home.cloud.settle()
      await a?.close(true)
      await settle()
      expect(labels(service)).to.deep.equal(['Lower'])
      expect(service.there).to.have.length(1)
      await b?.close(true)
      await settle()
      expect(labels(service)).to.deep.equal([])
      expect(service.there).to.deep.equal([])
    })

    it('go also when their nodes go while the cloud is just being looked at', async () => {
      const { a } = await home.start({ a: fields('Low'), b: fields('Lower') })
      const looking = new Gate()
      service.before = (call) => (call === 'channels' ? looking.promise : undefined)
      const change = home.deploy('c', fields('Lowest'))
      await settle()
      await a?.close(true)
      await change.close(true)
      looking.open()
      await settle()
      expect(labels(service)).to.deep.equal(['Lower'])
      expect(home.troubles).to.deep.equal([])
    })

    it('come back when their nodes are enabled again', async () => {
      const { a } = await home.start({ a: fields('Low') })
      await a?.close(true)
      home.deploy('a', fields('Low'))
      await settle()
      expect(labels(service)).to.deep.equal(['Low'])
    })

    it('are removed at the next start when their removal failed', async () => {
      const { a } = await home.start({ a: fields('Low') })
      service.before = (call) => {
        if (call === 'remove') throw failure('NETWORK')
      }
      await a?.close(true)
      await settle()
      expect(labels(service)).to.deep.equal(['Low'])
      home.crash()
      service.before = () => undefined
      await home.start()
      await home.clock.advance(minutes(2), settle)
      expect(labels(service)).to.deep.equal([])
      expect(service.there).to.deep.equal([])
    })

    it('leave the others in peace where they cannot be removed, and are tried again', async () => {
      const { a, b } = await home.start({ a: fields('Low'), b: fields('Lower') })
      service.before = (call) => {
        if (call === 'remove') throw failure('REJECTED')
      }
      await a?.close(true)
      await settle()
      expect([labels(service), b?.trouble]).to.deep.equal([['Low', 'Lower'], undefined])
      service.before = () => undefined
      await home.clock.advance(hours(1), settle)
      expect(labels(service)).to.deep.equal(['Lower'])
    })

    it('are removed as soon as the cloud is back', async () => {
      const { a } = await home.start({ a: fields('Low') })
      home.cloud.settle()
      await settle()
      service.before = () => {
        throw failure('PROVIDER_DOWN')
      }
      await a?.close(true)
      await settle()
      service.before = () => undefined
      await home.clock.advance(seconds(31), settle)
      expect(labels(service)).to.deep.equal([])
    })

    it('are removed after a crash when their nodes were deleted while Node-RED was down, once all nodes are there', async () => {
      await home.start({ a: fields('Low'), b: fields('Lower') })
      home.crash()
      await home.start({ b: fields('Lower') })
      expect(labels(service), 'the node may still come').to.deep.equal(['Low', 'Lower'])
      home.cloud.settle()
      await settle()
      expect(labels(service)).to.deep.equal(['Lower'])
    })

    it('are not doubled when the answer to making them is lost', async () => {
      service.loses = (call) => call === 'create' || call === 'createChannel'
      const { a } = await home.start({ a: fields('Low') })
      expect(a?.trouble?.code).to.equal('NETWORK')
      await home.clock.advance(seconds(31), settle)
      service.loses = () => false
      await home.clock.advance(minutes(3), settle)
      expect(a?.trouble).to.equal(undefined)
      expect(labels(service)).to.deep.equal(['Low'])
      expect(service.there).to.have.length(1)
    })

    it('are not doubled when a crash comes at any call', async () => {
      for (let step = 1; step <= 6; step++) {
        const cloud = new ScriptedMonitors(scope)
        const disk = memoryStateStore()
        const first = new Runtime(cloud, 'runtime-1', disk)
        let calls = 0
        cloud.loses = () => {
          if (++calls < step) return false
          first.crash()
          return true
        }
        await first.start({ a: fields('Low'), b: fields('Lower') })
        first.crash()
        cloud.loses = () => false
        const second = new Runtime(cloud, 'runtime-1', disk)
        await second.start({ a: fields('Low'), b: fields('Lower') })
        second.cloud.settle()
        await settle()
        expect(labels(cloud), `crash at call ${step}`).to.deep.equal(['Low', 'Lower'])
        expect(cloud.there, `crash at call ${step}`).to.have.length(1)
        second.crash()
      }
    })

    it('that are doubled all the same become one', async () => {
      await home.start({ a: fields('Low') })
      const [one] = service.watching
      service.monitor(one!.channelId, one!.wanted!)
      await home.clock.advance(hours(1), settle)
      expect(labels(service)).to.deep.equal(['Low'])
    })

    it('of other people stay as they are', async () => {
      const other = service.channel({ label: 'My app', transport: 'webhook', target: 'https://app.example' }, 'paused')
      service.monitor(other.id, foreign)
      service.monitor(other.id, { ...foreign, label: 'Other #dw-00000000' })
      const { a } = await home.start({ a: fields('Low') })
      home.cloud.settle()
      await a?.close(true)
      await settle()
      expect(labels(service)).to.deep.equal(['Other', 'Somebody else'])
      expect(service.there).to.deep.equal([other])
      expect(other.status).to.equal('paused')
    })

    it('of two Node-REDs on one account live side by side', async () => {
      const cabin = new Runtime(service, 'runtime-2')
      cabin.address = 'https://cabin.example/driveway/hooks/acc/secret'
      await home.start({ a: fields('Low') })
      const { a } = await cabin.start({ a: fields('Low too') })
      home.cloud.settle()
      cabin.cloud.settle()
      await settle()
      const { length } = service.changes
      await home.clock.advance(hours(3), settle)
      await cabin.clock.advance(hours(3), settle)
      expect(service.changes).to.have.length(length)
      expect(labels(service)).to.deep.equal(['Low', 'Low too'])
      await a?.close(true)
      await settle()
      expect(labels(service)).to.deep.equal(['Low'])
      expect(service.there.map(({ target }) => target)).to.deep.equal([home.address])
      cabin.crash()
    })

    it('say what occupies the channels when there are too many', async () => {
      for (const label of ['One', 'Two', 'Three', 'Four', 'Five'])
        service.channel({ label, transport: 'webhook', target: 'https://app.example' })
      const { a } = await home.start({ a: fields('Low') })
      expect(a?.trouble?.code).to.equal('CONFLICT')
      expect(a?.trouble?.message).to.contain('"One", "Two", "Three", "Four", "Five"')
      service.there.pop()
      await home.clock.advance(hours(1), settle)
      expect(a?.trouble).to.equal(undefined)
    })

    it('that do not fit any more leave the others in peace', async () => {
      const nodes = Object.fromEntries(['1', '2', '3', '4', '5', '6'].map((n) => [n, fields(`Low ${n}`)]))
      const held = await home.start(nodes)
      expect(Object.values(held).map(({ trouble }) => trouble?.code)).to.have.members([
        ...new Array<undefined>(5).fill(undefined),
        'CONFLICT',
      ])
      expect(service.watching).to.have.length(5)
    })

    it('have no way in without a public address, and get one when it is entered', async () => {
      home.address = undefined
      const { a } = await home.start({ a: fields('Low') })
      expect(a?.trouble?.code).to.equal('INVALID_CONFIG')
      expect(a?.trouble?.message).to.contain('no public address')
      expect(service.changes).to.deep.equal([])
    })

    it('get their channel changed when the address changes', async () => {
      await home.start({ a: fields('Low') })
      home.crash()
      home.address = 'https://elsewhere.example/driveway/hooks/acc/secret'
      await home.start({ a: fields('Low') })
      expect(service.there.map(({ target }) => target)).to.deep.equal([home.address])
      expect(labels(service)).to.deep.equal(['Low'])
    })

    it('move when they shall come another way', async () => {
      const { a } = await home.start({ a: fields('Low') })
      home.cloud.settle()
      await a?.close(false)
      home.deploy('a', fields('Low', { transport: 'push', devices: ['token-1'] }))
      await settle()
      expect(service.there.map(({ transport }) => transport)).to.deep.equal(['push'])
      expect(service.there[0]?.wanted?.devices).to.deep.equal(['token-1'])
      expect(labels(service)).to.deep.equal(['Low'])
    })

    it('are paused and resumed', async () => {
      const { a } = await home.start({ a: fields('Low') })
      await a?.pause()
      expect(service.watching[0]?.status).to.equal('paused')
      await home.clock.advance(hours(2), settle)
      expect(service.watching[0]?.status).to.equal('paused')
      await a?.resume()
      expect(service.watching[0]?.status).to.equal('running')
    })

    it('say so when they cannot be paused', async () => {
      const { a } = await home.start({ a: fields('Low') })
      service.before = (call) => {
        if (call === 'set paused') throw failure('REJECTED')
      }
      const refused = await a?.pause().then(
        () => undefined,
        (error: Error) => error.message,
      )
      expect(refused).to.equal('Scripted REJECTED')
    })

    it('have a channel that was paused or failed mended within the hour', async () => {
      const { a } = await home.start({ a: fields('Low') })
      for (const status of ['paused', 'failed'] as const) {
        service.there[0]!.status = status
        service.watching[0]!.status = status
        await home.clock.advance(hours(1), settle)
        expect([service.there[0]?.status, service.watching[0]?.status]).to.deep.equal(['running', 'running'])
      }
      expect(a?.trouble).to.equal(undefined)
    })

    it('tell of a channel that cannot be mended', async () => {
      const { a } = await home.start({ a: fields('Low') })
      service.there[0]!.status = 'failed'
      const mend = service.setChannel.bind(service)
      service.setChannel = () => Promise.resolve()
      await home.clock.advance(hours(1), settle)
      expect(a?.trouble?.code).to.equal('PROVIDER_ERROR')
      expect(labels(service), 'nothing is removed for that').to.deep.equal(['Low'])
      service.setChannel = mend
      await home.clock.advance(hours(1), settle)
      expect(a?.trouble).to.equal(undefined)
    })

    it('that pause themselves when they fire stay so', async () => {
      if (scope === 'car') return
      await home.start({ a: fields('Low', { actions: [{ type: 'Monitor', changeType: 'Pause' }] }) })
      service.watching[0]!.status = 'paused'
      await home.clock.advance(hours(1), settle)
      expect(service.watching[0]?.status).to.equal('paused')
    })

    it('watch the cars that are chosen', async () => {
      home = new Runtime(service, 'runtime-1', memoryStateStore(), 3)
      await home.start()
      home.deploy('a', fields('Low'), (id) => id !== vin(2))
      await settle()
      expect(service.watching.flatMap(({ vehicles }) => vehicles)).to.deep.equal([vin(1), vin(3)])
      expect(service.watching).to.have.length(scope === 'car' ? 2 : 1)
    })

    it('are known by their ids when they fire, also right after a restart', async () => {
      await home.start({ a: fields('Low') })
      const { monitorId } = service.watching[0]!
      home.crash()
      service.before = () => {
        throw failure('PROVIDER_DOWN')
      }
      await home.start({ a: fields('Low') })
      expect(await home.cloud.ownerOf(monitorId)).to.deep.equal({ mark: markOf('runtime-1', 'a'), label: 'Low', vehicle: vin(1) })
      const unknown = await home.cloud.ownerOf('monitor-99').then(
        () => 'known to be nobody’s',
        (error: { code: string }) => error.code,
      )
      expect(unknown).to.equal('BUSY')
      service.before = () => undefined
      await home.clock.advance(minutes(2), settle)
      expect(await home.cloud.ownerOf('monitor-99')).to.equal(undefined)
    })

    it('cost no call where there are none', async () => {
      await home.start()
      home.cloud.settle()
      await home.clock.advance(hours(5), settle)
      expect(service.calls).to.equal(0)
    })
  })

it('a provider without monitors says so', () => {
  const clock = new ManualClock()
  const provider = new ScriptedProvider(() => clock.now())
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
  const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock })
  const open = () =>
    new CloudMonitors({
      account,
      name: 'acc',
      runtime: 'r',
      clock,
      store: memoryStateStore(),
      address: () => Promise.resolve(undefined),
      secret: 's',
      onTrouble: () => undefined,
    })
  expect(open).to.throw('The provider of this account has no monitors')
  account.close()
})
