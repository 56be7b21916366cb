import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { Keeper } from '../../src/account/keeper'
import { readSettings } from '../../src/account/settings'
import { Ledger } from '../../src/cloud/quota'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import type { VehicleEvent } from '../../src/vehicle/events'
import { readingsFrom, type Values } from '../support/cars'
import { ManualClock, tick } from '../support/clock'
import { Gate, ScriptedProvider, vin } from '../support/scriptedProvider'

/** One process after the other on the same disk. */
class Life {
  readonly clock = new ManualClock()
  readonly disk = memoryStateStore()
  readonly provider = new ScriptedProvider(() => this.clock.now())

  start(disk: StateStore = this.disk) {
    const { clock, provider } = this
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
    const keeper = new Keeper(disk, 'acc', clock, () => undefined)
    const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock, keeper })
    const told: VehicleEvent[] = []
    const troubles: string[] = []
    account.on('event', (_car, event) => void told.push(event))
    account.on('trouble', ({ message }) => void troubles.push(message))
    const read = async () => account.read(await account.vehicle(undefined), [], 0)
    return { account, told, troubles, read }
  }

  says(lock: string, connection = 'disconnected'): void {
    this.provider.says.set(vin(1), { 'lock.central': lock, 'charging.connection': connection, 'charging.status': 'idle' })
  }
}

/** That it was told is written down a moment after. */
const noted = tick

const names = (told: readonly VehicleEvent[]) => told.map(({ name }) => name)

describe('what an account tells of its cars', () => {
  let life: Life

  beforeEach(async () => {
    life = new Life()
    life.says('locked')
    const { account, read } = life.start()
    await read()
    account.close()
    await account.ended
    life.says('unlocked', 'connected')
    await life.clock.advance(60_000)
  })

  /** A disk whose writes last, and whose answers never reach the process after so many of them. */
  const deafAfter = (saves: number): StateStore => ({
    ...life.disk,
    save: async (name, value) => {
      if (saves <= 0) return new Gate().promise
      await life.disk.save(name, value)
      if (--saves <= 0) return new Gate().promise
    },
  })

  it('is not lost in a crash between writing down and telling', async () => {
    const killed = life.start(deafAfter(1))
    void killed.read()
    for (let turn = 0; turn < 20; turn++) await tick()
    expect(names(killed.told), 'told before the crash').to.deep.equal([])
    const next = life.start()
    await next.account.vehicles()
    expect(names(next.told)).to.have.members(['unlocked', 'plugged-in'])
    await next.read()
    expect(next.told, 'and tells none twice').to.have.length(2)
    await noted()
    const third = life.start()
    await third.read()
    expect(third.told).to.deep.equal([])
  })

  it('comes again once, with the same ids, after a crash between telling and noting it', async () => {
    let saves = 0
    const killed = life.start({ ...life.disk, save: async (...given) => (++saves > 1 ? undefined : life.disk.save(...given)) })
    await killed.read()
    expect(names(killed.told)).to.have.members(['unlocked', 'plugged-in'])
    const next = life.start()
    await next.read()
    expect(next.told).to.deep.equal(killed.told)
    await noted()
    const third = life.start()
    await third.read()
    expect(third.told).to.deep.equal([])
  })

  it('does not come again after an orderly end', async () => {
    const first = life.start()
    await first.read()
    first.account.close()
    await first.account.ended
    const next = life.start()
    await next.read()
    expect(next.told).to.deep.equal([])
  })

  it('is told after the start when the end came while it was written down', async () => {
    const gate = new Gate()
    const slow = { ...life.disk, save: (name: string, value: unknown) => gate.promise.then(() => life.disk.save(name, value)) }
    const first = life.start(slow)
    void first.read().catch(() => undefined)
    for (let turn = 0; turn < 20; turn++) await tick()
    first.account.close()
    gate.open()
    await first.account.ended
    await tick()
    expect(first.told, 'nobody listens any more').to.deep.equal([])
    const next = life.start()
    await next.read()
    expect(names(next.told)).to.have.members(['unlocked', 'plugged-in'])
  })

  it('is told after the start when the end came while it waited for its turn', async () => {
    const slow = { ...life.disk, save: (name: string, value: unknown) => tick().then(() => life.disk.save(name, value)) }
    const { account, told } = life.start(slow)
    await account.vehicles()
    const push = (values: Values) => ({ readings: readingsFrom(values, life.clock.now()), groups: [] })
    const taken = [
      account.deliver(vin(1), push({ 'lock.central': 'unlocked' })),
      account.deliver(vin(1), push({ 'charging.connection': 'connected' })),
      account.deliver(vin(1), push({ 'doors.hood': 'open', 'lock.central': 'locked' })),
    ]
    account.close()
    await account.ended
    expect(told, 'nobody listens any more').to.deep.equal([])
    const next = life.start()
    await next.account.vehicles()
    expect(names(next.told)).to.deep.equal(['unlocked', 'plugged-in', 'locked'])
    await Promise.all(taken)
  })

  it('reaches the other listeners when one throws, which is no failed read and is reported once', async () => {
    const { account, told, troubles, read } = life.start()
    const heard: string[] = []
    for (const name of ['reading', 'change', 'event'] as const) {
      account.prependListener(name, () => {
        throw new Error('secret inside')
      })
      account.on(name, () => void heard.push(name))
    }
    await read()
    life.says('locked', 'connected')
    await life.clock.advance(60_000)
    await read()
    expect(names(told)).to.have.members(['unlocked', 'plugged-in', 'locked'])
    expect(new Set(heard)).to.deep.equal(new Set(['reading', 'change', 'event']))
    expect(account.health.problem).to.equal(undefined)
    expect(troubles).to.have.length(3)
    expect(troubles.join()).not.to.contain('secret')
  })

  it('comes one after the other when a poll and the answer of a command come together', async () => {
    const gate = new Gate()
    let saves = 0
    const slow = {
      ...life.disk,
      save: async (name: string, value: unknown) => {
        if (++saves === 1) await gate.promise
        await life.disk.save(name, value)
      },
    }
    const { account, told, read } = life.start(slow)
    const reading = read()
    for (let turn = 0; turn < 20; turn++) await tick()
    const answer = { signal: 'lock.central' as const, value: 'locked', observedAt: life.clock.now() + 1 }
    life.provider.onExecute = () => Promise.resolve({ phase: 'done', readings: [answer] })
    await account.send({ command: 'lock', origin: 'dialog' })
    for (let turn = 0; turn < 5; turn++) await tick()
    expect(told, 'before the poll is written down').to.deep.equal([])
    gate.open()
    await reading
    for (let turn = 0; turn < 5; turn++) await tick()
    expect(names(told).at(-1)).to.equal('locked')
    expect(told).to.have.length(3)
  })

  it('is forgotten for good, also while a list and a command are under way', async () => {
    const { account, read } = life.start()
    await read()
    const [listing, executing] = [new Gate(), new Gate()]
    life.provider.onExecute = async () => {
      await executing.promise
      return { phase: 'done', readings: [{ signal: 'lock.central', value: 'locked', observedAt: life.clock.now() }] }
    }
    const sent = account.send({ command: 'lock', origin: 'dialog' })
    await life.clock.advance(86_400_000)
    life.provider.onList = () => listing.promise
    void account.vehicles()
    await tick()
    await account.forget()
    listing.open()
    executing.open()
    await sent
    for (let turn = 0; turn < 20; turn++) await tick()
    expect(account.known).to.deep.equal([])
    account.close()
    await account.ended
    expect(await life.disk.load('acc')).to.equal(undefined)
    expect(await life.disk.load(`acc:${vin(1)}`)).to.equal(undefined)
  })

  it('is forgotten for good, also by whoever is just told of it', async () => {
    const { account } = life.start()
    await account.vehicles()
    let forgotten: Promise<void> | undefined
    account.on('event', () => void (forgotten ??= account.forget()))
    const readings = readingsFrom({ 'lock.central': 'unlocked' }, life.clock.now())
    await account.deliver(vin(1), { readings, groups: [] })
    await forgotten
    account.close()
    await account.ended
    expect(await life.disk.load(`acc:${vin(1)}`)).to.equal(undefined)
  })
})
