import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { Keeper } from '../../src/account/keeper'
import { readSettings } from '../../src/account/settings'
import { hours, minutes, seconds } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { withoutPlaces } from '../../src/mirror/location'
import { readMonitor } from '../../src/monitors/definition'
import { hearMonitor } from '../../src/monitors/fired'
import { LocalMonitor } from '../../src/monitors/local'
import type { VehicleEvent } from '../../src/vehicle/events'
import { ManualClock, tick } from '../support/clock'
import type { Values } from '../support/cars'
import { ScriptedProvider, vin } from '../support/scriptedProvider'

const mark = '0a1b2c3d'

const data = (name: string, signal: string, op: string, ...value: string[]) => ({ name, kind: 'data', data: signal, op, value })
const low = data('low', 'battery.stateOfCharge', 'lowerThan', '20')

interface Told {
  car: string
  event: VehicleEvent
}

/** A household with one account: a process after the other, on the same disk. */
class Household {
  readonly clock = new ManualClock()
  readonly disk = memoryStateStore()
  readonly provider = new ScriptedProvider(() => this.clock.now())
  readonly told: Told[] = []
  account!: Account
  monitor!: LocalMonitor

  async start(fields: object): Promise<this> {
    const { clock, provider, disk } = this
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
    const keeper = new Keeper(disk, 'acc', clock, () => undefined)
    this.account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock, keeper })
    hearMonitor(this.account, mark, ({ id }, event) => void this.told.push({ car: id, event }))
    this.monitor = new LocalMonitor({
      account: this.account,
      definition: readMonitor(fields),
      mark,
      matches: () => true,
      clock,
      store: disk,
      onTrouble: (error) => {
        throw error
      },
    })
    await this.monitor.ready
    await settle()
    return this
  }

  async stop(): Promise<void> {
    await this.monitor.close()
    this.account.close()
    await this.account.ended
  }

  /** The cloud says so from now on, and everything is read. */
  async says(values: Values, car = vin(1)): Promise<void> {
    this.provider.says.set(car, values)
    await this.clock.advance(seconds(1))
    await this.account.read(await this.account.vehicle(car), [], 0)
    await settle()
  }

  async later(ms: number): Promise<void> {
    await this.clock.advance(ms)
  }

  get heard(): string[] {
    return this.told.map(({ event }) => (event.details?.refresh ? 'reminded' : 'fired'))
  }
}

async function settle(): Promise<void> {
  for (let round = 0; round < 10; round++) await tick()
}

describe('a monitor that is evaluated here', () => {
  let home: Household

  beforeEach(() => void (home = new Household()))
  afterEach(() => home.stop())

  it('fires when its condition becomes true, once, and says what stands behind it', async () => {
    await home.start({ label: 'Low battery', triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.later(minutes(5))
    await home.says({ 'battery.stateOfCharge': 19.5 })
    await home.says({ 'battery.stateOfCharge': 19 })
    expect(home.heard).to.deep.equal(['fired'])
    const [{ car, event }] = home.told as [Told]
    expect(car).to.equal(vin(1))
    expect(event.name).to.equal('monitor')
    expect(event.details).to.deep.equal({
      monitor: mark,
      label: 'Low battery',
      refresh: false,
      values: [{ data: 'battery.stateOfCharge', value: '19.5' }],
    })
    // It became so at some time after the last look.
    expect(event.detectedWithin).to.be.within(1, 301)
  })

  it('tells a place as a place, which is kept back where places are, and never as a text', async () => {
    await home.start({ triggers: [{ name: 'away', kind: 'data', data: 'position.location', op: 'onChange' }] })
    await home.says({ 'position.location': { latitude: 57.7, longitude: 11.9 } })
    await home.says({ 'position.location': { latitude: 57.8, longitude: 11.9 } })
    expect(home.heard).to.deep.equal(['fired'])
    const [{ event }] = home.told as [Told]
    expect(event.details?.values).to.deep.include({ data: 'position.location', value: { latitude: 57.8, longitude: 11.9 } })
    expect(withoutPlaces(event.details)).to.deep.equal({
      monitor: mark,
      label: home.told[0]?.event.details?.label,
      refresh: false,
      values: [{ data: 'position.location' }],
    })
  })

  it('does not fire for what was true already when it was set up', async () => {
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 15 })
    await home.says({ 'battery.stateOfCharge': 50 })
    expect(home.heard).to.deep.equal([])
    await home.says({ 'battery.stateOfCharge': 15 })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('does not fire again after a restart for what was true before', async () => {
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.says({ 'battery.stateOfCharge': 15 })
    await home.stop()
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 14 })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('fires after a restart for what became true meanwhile, and says how long that may be ago', async () => {
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.stop()
    await home.later(hours(8))
    home.provider.says.set(vin(1), { 'battery.stateOfCharge': 14 })
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 14 })
    expect(home.heard).to.deep.equal(['fired'])
    expect(home.told[0]?.event.detectedWithin).to.be.within(8 * 3600, 8 * 3600 + 2)
  })

  it('begins anew when its condition is changed', async () => {
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 30 })
    await home.stop()
    await home.start({ triggers: [data('low', 'battery.stateOfCharge', 'lowerThan', '40')] })
    await home.says({ 'battery.stateOfCharge': 29 })
    expect(home.heard).to.deep.equal([])
  })

  it('notices what becomes true with the first reading after it was set up', async () => {
    await home.start({ triggers: [data('x', 'lock.central', 'equalsTo', 'locked')] })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.monitor.close()
    const { account } = home
    home.monitor = new LocalMonitor({
      account,
      definition: readMonitor({ triggers: [low] }),
      mark,
      matches: () => true,
      clock: home.clock,
      onTrouble: () => undefined,
    })
    await home.monitor.ready
    await home.says({ 'battery.stateOfCharge': 15 })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('reminds while it stays true, as often as asked for, whenever the car is read', async () => {
    await home.start({ triggers: [low], refreshEvery: 3600 })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.says({ 'battery.stateOfCharge': 15 })
    for (let quarter = 1; quarter <= 8; quarter++) {
      await home.later(minutes(15))
      await home.says({ 'battery.stateOfCharge': 15 })
    }
    expect(home.heard).to.deep.equal(['fired', 'reminded', 'reminded'])
    await home.says({ 'battery.stateOfCharge': 90 })
    await home.later(hours(2))
    await home.says({ 'battery.stateOfCharge': 90 })
    expect(home.heard).to.have.length(3)
  })

  it('does not take what the cloud stopped telling for a change', async () => {
    await home.start({
      triggers: [low, data('plug', 'charging.connection', 'equalsTo', 'disconnected')],
      expression: 'low & plug',
    })
    await home.says({ 'battery.stateOfCharge': 50, 'charging.connection': 'disconnected' })
    await home.says({ 'battery.stateOfCharge': 15, 'charging.connection': null })
    expect(home.heard).to.deep.equal([])
    await home.says({ 'battery.stateOfCharge': 15, 'charging.connection': 'disconnected' })
    expect(home.heard).to.deep.equal(['fired'])
    await home.says({ 'battery.stateOfCharge': 15, 'charging.connection': null })
    await home.says({ 'battery.stateOfCharge': 15, 'charging.connection': 'disconnected' })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('watches a zone', async () => {
    const zone = { radius: 1, center: { latitude: 57.7089, longitude: 11.9746 } }
    await home.start({ triggers: [{ name: 'home', kind: 'zone', transition: 'In', place: zone }] })
    await home.says({ 'position.location': { latitude: 57.8, longitude: 11.9746 } })
    await home.says({ 'position.location': { latitude: 57.709, longitude: 11.975 } })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('counts an engine that runs as a car in use', async () => {
    const times = [{ recurrence: 'Daily', start: 'PT22H', duration: 'PT8H' }]
    await home.start({ triggers: [{ name: 'night', kind: 'time', times, timeZone: 'UTC' }] })
    await home.says({ 'engine.status': 'running' })
    await home.says({ 'engine.status': 'stopped' })
    await home.later(hours(10.5))
    expect(home.heard).to.deep.equal([])
    await home.later(minutes(1))
    await home.says({ 'engine.status': 'running' })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it("understands the words of the provider's monitors as well as ours", async () => {
    await home.start({
      triggers: [
        data('idle', 'vehicle.energy.charging.status', 'equalsTo', 'Disconnected'),
        data('doors', 'vehicle.doorsState.opening', 'onChange'),
      ],
      expression: 'idle | doors',
    })
    await home.says({ 'charging.status': 'idle', 'charging.connection': 'connected', 'doors.frontLeft': 'closed' })
    await home.says({ 'charging.status': 'idle', 'charging.connection': 'connected', 'doors.frontLeft': 'open' })
    expect(home.heard).to.deep.equal(['fired'])
    await home.says({ 'charging.status': 'idle', 'charging.connection': 'disconnected', 'doors.frontLeft': 'open' })
    expect(home.heard).to.deep.equal(['fired', 'fired'])
  })

  it('says nothing while it is paused, and nothing of that time later', async () => {
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 50 })
    home.monitor.pause()
    await home.says({ 'battery.stateOfCharge': 15 })
    home.monitor.resume()
    await home.says({ 'battery.stateOfCharge': 14 })
    expect(home.heard).to.deep.equal([])
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.says({ 'battery.stateOfCharge': 14 })
    expect(home.heard).to.deep.equal(['fired'])
  })

  it('keeps its cars apart', async () => {
    home.provider.listed = [
      { id: vin(1), meta: { model: 'EX40' } },
      { id: vin(2), meta: { model: 'EX30' } },
    ]
    await home.start({ triggers: [low] })
    await home.says({ 'battery.stateOfCharge': 50 })
    await home.says({ 'battery.stateOfCharge': 50 }, vin(2))
    await home.says({ 'battery.stateOfCharge': 15 }, vin(2))
    expect(home.told.map(({ car }) => car)).to.deep.equal([vin(2)])
  })

  it('keeps what it asks for fresh', async () => {
    await home.start({ triggers: [low] })
    await home.later(minutes(30))
    const groups = new Set(home.provider.reads().flatMap((read) => read.groups))
    expect([...groups]).to.deep.equal(['battery'])
  })
})
