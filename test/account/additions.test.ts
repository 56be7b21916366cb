import { readdir, readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { Keeper } from '../../src/account/keeper'
import type { Delivered } from '../../src/account/pushes'
import { readSettings } from '../../src/account/settings'
import { minutes } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import { openSealer } from '../../src/cloud/seal'
import { fileStateStore, type StateStore } from '../../src/cloud/stateStore'
import { eventOf, type VehicleEvent } from '../../src/vehicle/events'
import type { Reading } from '../../src/vehicle/reading'
import { emptyFolder } from '../cloud/support/folder'
import { ManualClock, tick } from '../support/clock'
import { Gate, ScriptedProvider, vin } from '../support/scriptedProvider'

type Additions = NonNullable<StateStore['additions']>

/** The same numbers for the same seed, in [0, 1). */
const chanceOf = (seed: number) => () => (seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648) / 2_147_483_648

describe('what comes to a car that was written down whole', () => {
  const clock = new ManualClock()
  let dir: string
  let remove: () => Promise<void>
  let lives = 0
  const accounts: Account[] = []
  const stores: StateStore[] = []

  beforeEach(async () => ({ dir, remove } = await emptyFolder()))
  afterEach(async () => {
    for (const account of accounts.splice(0)) account.close()
    for (const store of stores.splice(0)) await store.settled?.()
    await remove()
  })

  /** One process after the other: the folder by another name has another owner, who finds what a killed one has left. */
  const start = async (wrapped: (additions: Additions) => Additions = (additions) => additions) => {
    const name = join(dir, `life${++lives}`)
    await symlink(dir, name)
    const store = fileStateStore({ dir: name, room: 'state', sealer: await openSealer({ dir, secrets: ['secret'] }) })
    stores.push(store)
    const disk = { ...store, additions: wrapped(store.additions!) }
    const provider = new ScriptedProvider(() => clock.now())
    const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
    const keeper = new Keeper(disk, 'acc', clock, () => undefined)
    const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock, keeper })
    accounts.push(account)
    const told: VehicleEvent[] = []
    account.on('event', (_car, event) => void told.push(event))
    await account.vehicles()
    await tick()
    const deliver = (values: Record<string, Reading['value']>, more: Partial<Delivered> = {}) => {
      const observedAt = clock.now()
      const readings = Object.entries(values).map(([signal, value]) => ({ signal, value, observedAt }) as Reading)
      return account.deliver(vin(1), { readings, groups: [], ...more })
    }
    return { account, provider, told, deliver, known: () => JSON.parse(JSON.stringify(account.memory(vin(1)))) as unknown }
  }
  const journaled = async () => {
    const folder = join(dir, 'state')
    const files = (await readdir(folder)).filter((name) => name.endsWith('.journal'))
    return (await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')))).join('')
  }

  it('is all there after a kill, exactly as it was, whatever came', async () => {
    for (const seed of [1, 2, 3]) {
      const chance = chanceOf(seed)
      const one = <T>(...choices: readonly T[]): T => choices[Math.floor(chance() * choices.length)]!
      const first = await start()
      for (let n = 0; n < 80; n++) {
        await clock.advance(minutes(one(0, 1, 15)))
        const values = {
          'charging.connection': one('connected', 'disconnected'),
          'charging.status': one('charging', 'idle', 'fault'),
          'charging.power': one(null, 3.7, 11),
          'battery.stateOfCharge': Math.round(chance() * 100),
          'lock.central': one('locked', 'unlocked', 'unknown'),
          'vehicle.odometer': n,
          'vehicle.ignition': one('on', 'off'),
          'position.location': { latitude: 52 + chance(), longitude: 13 },
        }
        const some = Object.fromEntries(Object.entries(values).filter(() => chance() < 0.4))
        const observedAt = clock.now()
        const happened = { name: 'monitor', observedAt, receivedAt: observedAt, source: 'push' } as const
        const events = [eventOf({ provider: 'volvo', id: vin(1) }, happened)]
        await first.deliver(some, { late: chance() < 0.1, ...(chance() < 0.1 && { events }) })
        if (chance() < 0.3) await tick()
      }
      // What changes nothing is not written at once; what changes something has it with it.
      const last: Record<string, Reading['value']>[] = [
        { 'doors.hood': 'open' },
        { 'doors.hood': 'open' },
        { 'vehicle.odometer': 500 },
      ]
      for (const values of last) {
        await clock.advance(1000)
        await first.deliver(values)
      }
      await tick()
      const second = await start()
      expect(second.known(), `seed ${seed}`).to.deep.equal(first.known())
      expect(second.account.sessions(vin(1))).to.deep.equal(first.account.sessions(vin(1)))
      expect(second.told, 'all of it was told').to.deep.equal([])
      expect(first.told).not.to.have.length(0)
      // The car goes on from there.
      for (const { deliver } of [first, second]) await deliver({ 'vehicle.odometer': 1000, 'lock.central': 'locked' })
      expect(second.known()).to.deep.equal(first.known())
      second.account.close()
      await second.account.forget()
    }
  })

  /** One that, once deafened, writes what comes and tells nothing more: as if it were killed there. */
  const startDeafened = async () => {
    let isDeaf = false
    const started = await start((additions) => ({
      ...additions,
      add: async (...given) => {
        await additions.add(...given)
        if (isDeaf) await new Gate().promise
      },
    }))
    return { ...started, deafen: () => void (isDeaf = true) }
  }

  it('is written alone, and nobody can read it', async () => {
    const { deliver } = await start()
    await deliver({ 'lock.central': 'locked', 'vehicle.odometer': 1 })
    await tick()
    for (let n = 0; n < 10; n++) await deliver({ 'vehicle.odometer': 40_000 + n })
    const text = await journaled()
    const names = text.split('\n').map((line) => line.split(' ')[0])
    expect(names.filter((name) => name === '+')).to.have.length.greaterThan(9)
    expect(names.filter((name) => /^[0-9a-f]{32}$/.test(name!))).to.have.length.lessThan(4)
    expect(text).not.to.match(/odometer|SCRIPTED/)
  })

  it('is told at the next start when a kill came before it was told, once', async () => {
    const killed = await startDeafened()
    await killed.deliver({ 'lock.central': 'locked' })
    await tick()
    killed.deafen()
    void killed.deliver({ 'lock.central': 'unlocked' })
    while (!(await journaled()).includes('\n+ ')) await tick()
    expect(killed.told).to.deep.equal([])
    const next = await start()
    expect(next.told.map(({ name }) => name)).to.deep.equal(['unlocked'])
    await next.deliver({ 'lock.central': 'unlocked' })
    next.account.close()
    await next.account.ended
    const third = await start()
    expect([next.told.length, third.told.length]).to.deep.equal([1, 0])
  })

  it('does not mix with what came before the car had left and was back', async () => {
    const killed = await startDeafened()
    const { provider, deliver, account } = killed
    await deliver({ 'lock.central': 'locked' })
    await tick()
    for (let n = 0; n < 5; n++) await deliver({ 'vehicle.odometer': n })
    const { listed } = provider
    for (const cars of [[], listed]) {
      provider.listed = cars
      await account.vehiclesNow()
    }
    await deliver({ 'vehicle.odometer': 100 })
    const additions = async () => (await journaled()).split('\n+ ').length
    const before = await additions()
    killed.deafen()
    void deliver({ 'lock.central': 'unlocked' })
    while ((await additions()) === before) await tick()
    const next = await start()
    expect(next.told.map(({ name }) => name)).to.deep.equal(['unlocked'])
    expect(next.known()).to.deep.equal(killed.known())
  })

  it('is told again with its id when a kill came before that was noted, once', async () => {
    const killed = await start((additions) => ({
      ...additions,
      add: (name, came, whole) => ('intake' in (came as object) ? additions.add(name, came, whole) : new Gate().promise),
    }))
    await killed.deliver({ 'lock.central': 'locked' })
    await tick()
    await killed.deliver({ 'lock.central': 'unlocked' })
    expect(killed.told.map(({ name }) => name)).to.deep.equal(['unlocked'])
    const next = await start()
    expect(next.told).to.deep.equal(killed.told)
    next.account.close()
    await next.account.ended
    const last = await start()
    await last.deliver({ 'lock.central': 'unlocked' })
    expect(last.told).to.deep.equal([])
  })
})
