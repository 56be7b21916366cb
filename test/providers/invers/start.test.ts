import { expect } from 'chai'
import { Account } from '../../../src/account/account'
import { freshnessPolicy } from '../../../src/account/policies'
import { RedactedProvider } from '../../../src/account/redacted'
import { readSettings } from '../../../src/account/settings'
import { hours, minutes, seconds } from '../../../src/clock'
import { signalGroups } from '../../../src/vehicle/signals'
import { tick } from '../../support/clock'
import { givens, property, statePath, vehicleOf, vehiclePath } from './support'

describe('the start of an INVERS account with a fleet', () => {
  const { given, close } = givens()
  const ends: (() => void)[] = []
  afterEach(async () => {
    for (const end of ends.splice(0)) end()
    await close()
  })

  const cars = 12
  const idOf = (n: number) => `CAR${n}`

  /** Everybody wants everything, as a `car state` node that tells each change does by default. */
  const fleet = async ({ isWatched = true } = {}) => {
    const vehicles = Array.from({ length: cars }, (_, n) => vehicleOf(idOf(n)))
    const home = await given({}, vehicles)
    const { cloud, clock, http, invers, ledger } = home
    for (const vehicle of vehicles)
      cloud
        .on(`GET ${statePath(vehicle.id)}`, { body: { central_lock: property('LOCKED') } })
        .on(`GET ${vehiclePath(vehicle.id)}`, { body: { ...vehicle, rental_status: { value: 'IN_RENTAL' } } })
    // As accounts are opened.
    const provider = new RedactedProvider(invers, (text) => text)
    const account = new Account({ settings: readSettings({ provider: 'invers' }), provider, ledger, clock })
    ends.push(() => account.close())
    const told: { first: boolean; signals: string[] }[] = []
    account.on('reading', (_car, { first, changes }) => told.push({ first, signals: changes.map(({ signal }) => signal) }))
    if (isWatched) account.watch(() => true, signalGroups, freshnessPolicy({}))
    const settle = async () => {
      do await tick()
      while (http.underWay > 0)
    }
    const advance = (ms: number) => clock.advance(ms, settle)
    const calls = (path: RegExp) => cloud.paths().filter((call) => path.test(call)).length
    const count = () => ({
      lists: calls(/^GET \/vehicles\?/),
      states: calls(/vehicle-state$/),
      vehicles: calls(/^GET \/vehicles\/CAR\d+$/),
    })
    return { ...home, account, told, advance, count }
  }

  it('costs one call for each car, besides the list, which tells the rest', async () => {
    const { account, told, advance, count } = await fleet()
    await advance(minutes(1))
    expect(count()).to.deep.equal({ lists: 1, states: cars, vehicles: 0 })
    const { lock, vehicle, reachability } = account.snapshot(idOf(7))
    expect([lock, vehicle, reachability]).to.deep.equal([
      { central: 'locked' },
      { operation: 'operating', rental: 'free', lastContact: '2026-03-02T11:41:12.000Z' },
      { status: 'available' },
    ])
    expect(told.map(({ first }) => first)).to.deep.equal(Array.from({ length: cars }, () => true))
    expect(told[0]?.signals).to.include.members(['lock.central', 'vehicle.rental'])
  })

  it('says nothing of a car of which only the list told, while INVERS does not answer for it', async () => {
    const { cloud, account, told, advance, count } = await fleet()
    const well = { body: { central_lock: property('LOCKED') } }
    const down = { status: 503, body: '' }
    for (let n = 0; n < cars; n++) cloud.on(`GET ${statePath(idOf(n))}`, ...Array.from({ length: 8 }, () => down), well)
    await advance(seconds(10))
    expect([told, account.health.problem?.code]).to.deep.equal([[], 'PROVIDER_DOWN'])
    await advance(minutes(5))
    const changes = told.filter(({ signals }) => signals.length > 0)
    expect(changes.map(({ first }) => first)).to.deep.equal(Array.from({ length: cars }, () => true))
    expect(told[0]?.signals).to.include.members(['lock.central', 'vehicle.rental'])
    expect(count().vehicles).to.equal(0)
  })

  it('asks each car itself from the second time on', async () => {
    const { account, advance, count, told } = await fleet()
    await advance(minutes(1))
    for (let n = 0; n < 70; n++) await advance(minutes(1))
    expect(count().lists).to.equal(1)
    expect(count().vehicles).to.be.at.least(cars)
    expect(account.snapshot(idOf(7)).vehicle?.rental).to.equal('rented')
    expect(told.filter(({ first }) => first)).to.have.length(cars)
  })

  it('asks the car where somebody wants to know it now, or was told that it changed', async () => {
    const { account, invers, count, go, abort } = await fleet({ isWatched: false })
    const [one, other] = await go(account.vehicles())
    await go(account.read(one!, ['vehicle'], 0))
    await account.changed(other!.id, ['vehicle'])
    await go(account.read(other!, ['vehicle'], 300))
    expect(count().vehicles).to.equal(2)
    for (const { id } of [one!, other!]) expect(account.snapshot(id).vehicle?.rental).to.equal('rented')
    // What the list said before that is no news any more.
    await go(invers.read(one!.id, ['vehicle'], abort.signal, true))
    expect(count().vehicles).to.equal(3)
  })

  it('does not take an old list for news', async () => {
    const { invers, list, go, clock, abort, cloud } = await given()
    await list()
    cloud.on(`GET ${vehiclePath()}`, { body: vehicleOf() }).on(`GET ${statePath()}`, { body: {} })
    expect(invers.cost('K7QX2', ['lock', 'vehicle'])).to.equal(1)
    await clock.advance(hours(1))
    expect(invers.cost('K7QX2', ['lock', 'vehicle'])).to.equal(2)
    await go(invers.read('K7QX2', ['vehicle'], abort.signal, true))
    expect(cloud.paths()).to.include(`GET ${vehiclePath()}`)
  })
})
