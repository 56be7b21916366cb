import { expect } from 'chai'
import { days, hours, minutes, seconds } from '../../src/clock'
import { failure, Gate, vin } from '../support/scriptedProvider'
import { failing, givenAccount, watchAll, type Given } from './support'

describe('the cars of an account', () => {
  let given: Given
  beforeEach(() => (given = givenAccount()))
  afterEach(() => given.account.close())

  const lists = () => given.provider.calls.filter(({ what }) => what === 'list').map(({ at }) => at)
  const slugs = () => given.account.known.map(({ slug }) => slug)

  it('are asked for once by all who want to know them', async () => {
    const gate = new Gate()
    given.provider.onList = () => gate.promise
    const all = [1, 2, 3].map(() => given.account.vehicles())
    gate.open()
    const [first, ...others] = await Promise.all(all)
    for (const other of others) expect(other).to.equal(first)
    await given.account.vehicles()
    expect(lists()).to.have.length(1)
  })

  it('are asked for again once a day while somebody watches; a new one is read, a vanished one is forgotten', async () => {
    const told: number[] = []
    given.account.on('vehicles', (cars) => told.push(cars.length))
    given.provider.listed = [1, 2].map((n) => ({ id: vin(n), meta: { model: 'EX40' } }))
    given.provider.says.set(vin(1), { 'lock.central': 'locked' })
    watchAll(given, 900)
    await given.clock.advance(hours(23))
    const [kept, gone] = slugs()
    given.provider.listed = [2, 3].map((n) => ({ id: vin(n), meta: { model: 'renamed' } })).reverse()
    await given.clock.advance(hours(2))
    expect(lists()).to.have.length(2)
    expect(given.account.known.map(({ id }) => id)).to.deep.equal([vin(3), vin(2)])
    expect(slugs()).to.include(gone, 'a car keeps its short name')
    expect(slugs()).not.to.include(kept)
    expect(given.provider.reads(vin(3)), 'the new one is read').not.to.deep.equal([])
    expect(given.account.snapshot(vin(1)), 'what was known of the vanished one').to.deep.equal({})
    const reads = given.provider.reads(vin(1)).length
    await given.clock.advance(hours(2))
    expect(given.provider.reads(vin(1)), 'the vanished one is not asked for').to.have.length(reads)
    expect(told).to.deep.equal([2, 2])
    await given.clock.advance(days(3))
    expect(lists()).to.have.length(5)
  })

  it('lose one that the cloud refuses within minutes, and are not asked for again and again where it stays refused', async () => {
    given.provider.listed = [1, 2, 3].map((n) => ({ id: vin(n), meta: {} }))
    watchAll(given, 60)
    await given.clock.advance(minutes(20))
    given.provider.listed = given.provider.listed.slice(1)
    const refused = new Set([vin(1)])
    given.provider.onRead = (id) => (refused.has(id) ? Promise.reject(failure('VEHICLE_UNKNOWN')) : Promise.resolve())
    await given.clock.advance(minutes(3))
    expect(given.account.known.map(({ id }) => id)).to.deep.equal([vin(2), vin(3)])
    expect(lists()).to.have.length(2)
    refused.add(vin(3))
    await given.clock.advance(hours(5))
    expect(lists(), 'which the list still has').to.have.length.within(6, 8)
  })

  it('that left while it was being read comes to life no more', async () => {
    const [car] = await given.account.vehicles()
    const gate = new Gate()
    given.provider.onRead = () => gate.promise
    given.provider.says.set(vin(1), { 'lock.central': 'locked' })
    const heard: unknown[] = []
    given.account.on('reading', () => heard.push(true))
    const work = given.account.read(car!, ['lock'], 0)
    given.provider.listed = [{ id: vin(2), meta: {} }]
    await given.clock.advance(days(1))
    await given.account.vehicles()
    await given.clock.advance(1)
    expect(given.account.known.map(({ id }) => id)).to.deep.equal([vin(2)])
    gate.open()
    await work
    expect(heard).to.deep.equal([])
  })

  it('stay known while the cloud cannot be asked again', async () => {
    await given.account.vehicles()
    given.provider.onList = () => Promise.reject(failure('PROVIDER_DOWN'))
    await given.clock.advance(days(2))
    expect(await given.account.vehicles()).to.have.length(1)
    await given.clock.advance(1)
    expect(given.troubles).to.deep.equal(['PROVIDER_DOWN'])
  })

  it('stay known, and young, where a test of the connection fails', async () => {
    const [car] = await given.account.vehicles()
    given.provider.onList = () => Promise.reject(failure('PROVIDER_DOWN'))
    expect(await failing(given.account.vehiclesNow())).to.include({ code: 'PROVIDER_DOWN' })
    expect(await given.account.vehicles()).to.deep.equal([car])
    expect(lists(), 'nobody asks for it again').to.have.length(2)
    await given.clock.advance(days(1))
    await given.account.vehicles()
    expect(lists(), 'until it is a day old').to.have.length(3)
  })

  it('are asked for until they are known, ever more rarely, by one of all the watchers', async () => {
    given.provider.onList = () => Promise.reject(failure('NETWORK'))
    for (let n = 0; n < 5; n++) watchAll(given, 900)
    await given.clock.advance(minutes(5))
    const gaps = lists()
      .slice(1)
      .map((at, index) => (at - lists()[index]!) / 1000)
    const expected = [5, 10, 20, 40, 80]
    expected.forEach((wait, index) => expect(gaps[index]).to.be.within(wait, wait * 1.1))
    expect(gaps).to.have.length(expected.length)
    expect(given.clock.timers).to.equal(1)
    given.provider.onList = undefined
    await given.clock.advance(minutes(5))
    expect(given.account.known).to.have.length(1)
    expect(given.provider.reads()).not.to.deep.equal([])
    expect(given.troubles).to.deep.equal(['NETWORK', ''])
  })

  it('are looked for again as late as the cloud says', async () => {
    given.provider.onList = () => Promise.reject(failure('QUOTA_DAY', { retryAfter: 3600 }))
    watchAll(given, 900)
    await given.clock.advance(seconds(3599))
    expect(lists()).to.have.length(1)
    await given.clock.advance(minutes(7))
    expect(lists()).to.have.length(2)
  })

  it('wait for a person where only a person can help, then come at once', async () => {
    given.provider.onList = () => Promise.reject(failure('AUTH_REQUIRED'))
    watchAll(given, 900)
    await given.clock.advance(days(2))
    expect(lists()).to.have.length(1)
    given.provider.onList = undefined
    given.account.resume()
    await given.clock.advance(1)
    expect(given.account.known).to.have.length(1)
    expect(given.provider.reads()).to.have.length(1)
    expect(given.troubles).to.deep.equal(['AUTH_REQUIRED', ''])
  })

  it('with one short name for two is a fault of the settings, told once', async () => {
    given.account.close()
    given = givenAccount({ vehicles: [1, 2].map((n) => ({ id: vin(n), slug: 'mine', label: `Car ${n}` })) })
    watchAll(given, 900)
    await given.clock.advance(days(1))
    expect(given.troubles).to.deep.equal(['INVALID_CONFIG'])
    const error = await failing(given.account.vehicles())
    expect(error.message).to.contain('Car 1 (no. 1) and Car 2 (no. 2)')
    expect(lists()).to.have.length(2)
  })
})
