import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { Keeper } from '../../src/account/keeper'
import { minutes } from '../../src/clock'
import { openSealer } from '../../src/cloud/seal'
import { fileStateStore, memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import type { DrivewayError } from '../../src/vehicle/causes'
import { emptyMemory } from '../../src/vehicle/memory'
import { emptyBook } from '../../src/vehicle/session'
import { ManualClock } from '../support/clock'

describe('what is kept over a restart', () => {
  const vin = 'YV1KEPT0000000001'
  let dir: string
  let clock: ManualClock

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'driveway-kept-'))
    clock = new ManualClock()
  })
  afterEach(() => rm(dir, { recursive: true, force: true }))

  const store = async (secret = 'secret') =>
    fileStateStore({ dir, room: 'state', sealer: await openSealer({ dir, secrets: [secret] }) })
  const keeper = (place: StateStore, troubles: string[] = []) =>
    new Keeper(place, 'acc', clock, (error: DrivewayError) => troubles.push(error.code))
  const known = () => {
    const memory = emptyMemory()
    memory.held['position.location'] = { value: { latitude: 57.7, longitude: 11.9 }, observedAt: 1, readAt: 1, rank: 0 }
    return { memory, book: emptyBook() }
  }
  /** When everything has come from the journal to its own file. */
  const files = async () => {
    await (await store()).settled?.()
    return (await readdir(join(dir, 'state'))).sort()
  }

  it('comes back as it was, and is nobody else’s to read', async () => {
    await keeper(await store()).keep(vin, known)
    expect(await keeper(await store()).load(vin)).to.deep.include(known())
    const [file] = await files()
    const text = await readFile(join(dir, 'state', file!), 'utf8')
    expect(text).not.to.match(/57\.7|latitude|YV1/)
    expect(file).to.match(/^[0-9a-f]{32}\.json$/)
    expect((await stat(join(dir, 'state', file!))).mode & 0o777).to.equal(0o600)
  })

  it('is set aside, not trusted, when it cannot be read', async () => {
    await keeper(await store()).keep(vin, known)
    const [file] = await files()
    await writeFile(join(dir, 'state', file!), 'garbage')
    expect(await keeper(await store()).load(vin)).to.equal(undefined)
    expect(await files()).to.deep.equal([`${file!}.unreadable`])
  })

  it('of another secret is set aside', async () => {
    await keeper(await store('old')).keep(vin, known)
    expect(await keeper(await store('new')).load(vin)).to.equal(undefined)
  })

  it('of another shape counts as nothing', async () => {
    const place = memoryStateStore()
    for (const odd of [{ v: 2 }, { v: 1, memory: {}, book: {} }, 'text', null, []]) {
      await place.save(`acc:${vin}`, odd)
      expect(await keeper(place).load(vin)).to.equal(undefined)
    }
  })

  it('is written within a minute where nothing was told of it', async () => {
    const place = memoryStateStore()
    const one = keeper(place)
    one.keepSoon(vin, known)
    expect(await place.load(`acc:${vin}`)).to.equal(undefined)
    await clock.advance(minutes(1))
    expect(await place.load(`acc:${vin}`)).to.be.an('object')
    expect(clock.timers, 'no timer without need').to.equal(0)
  })

  it('goes altogether when the owner says so', async () => {
    const one = keeper(await store())
    await one.keepSlugs(new Map([[vin, 'xc40']]))
    await one.keep(vin, known)
    expect(await files()).to.have.length(2)
    await one.forget()
    expect(await files()).to.deep.equal([])
  })

  it('goes altogether also when no car was listed since the start, and what was set aside with it', async () => {
    const one = keeper(await store())
    await one.keepSlugs(new Map([[vin, 'xc40']]))
    await one.keep(vin, known)
    const [first] = await files()
    await writeFile(join(dir, 'state', `${first!}.unreadable`), 'older')
    // A journal of many cars, of which one may be this.
    await writeFile(join(dir, 'state', '000000000000001-12345678.journal.unreadable'), 'older')
    await keeper(await store()).forget()
    expect(await files()).to.deep.equal([])
  })

  it('is not brought back by a write that was under way', async () => {
    const one = keeper(await store())
    const writes = [one.keepSlugs(new Map([[vin, 'xc40']])), one.keep(vin, known), one.keep(vin, known)]
    await one.forget()
    await Promise.all(writes)
    expect(await files()).to.deep.equal([])
  })

  it('is what was given last, however long the writes before it take', async () => {
    const place = await store()
    const large = 'x'.repeat(3_000_000)
    const saves = [place.save('car', large), place.save('car', 'newer'), place.remove('other'), place.save('car', 'newest')]
    expect(await place.load('car')).to.equal('newest')
    await Promise.all(saves)
  })

  it('is as it was when it was given, though it changes while it waits', async () => {
    const place = await store()
    const value = { step: 1 }
    const saves = [place.save('car', 'before'), place.save('car', value)]
    value.step = 2
    await Promise.all(saves)
    expect(await place.load('car')).to.deep.equal({ step: 1 })
  })

  it('is missed with one word when the disk is full, and again only after it went well', async () => {
    let full = true
    const place = { ...memoryStateStore(), save: () => (full ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()) }
    const troubles: string[] = []
    const one = keeper(place, troubles)
    await one.keep(vin, known)
    await one.keep(vin, known)
    expect(troubles).to.have.length(1)
    full = false
    await one.keep(vin, known)
    full = true
    await one.keep(vin, known)
    expect(troubles).to.have.length(2)
  })
})
