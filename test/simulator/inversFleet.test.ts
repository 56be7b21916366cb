import { expect } from 'chai'
import { Fleet as SimulatedFleet } from '../../src/simulator/invers/fleet'
import { heapInUse } from '../support/memory'
import { givenFleet, type Fleet, type Json } from './inversSupport'

/** Every page, as a client goes through them. */
async function allPages(
  given: Fleet,
  first: string,
  next: (page: Json) => string | undefined,
): Promise<{ items: Json[]; calls: number }> {
  const items: Json[] = []
  let calls = 0
  for (let path: string | undefined = first; path !== undefined;) {
    const { status, body } = await given.get(path)
    expect(status).to.equal(200)
    items.push(...(body.items as Json[]))
    calls += 1
    path = next(body)
  }
  return { items, calls }
}

const byToken = ({ next_page_token }: Json) =>
  next_page_token === undefined ? undefined : `/vehicles?page_token=${encodeURIComponent(next_page_token as string)}`

describe('a fleet at the simulated INVERS', () => {
  let given: Fleet
  beforeEach(async () => {
    given = await givenFleet({ fleet: 10_000 })
  })
  afterEach(() => given.sim.close())

  it('lists ten thousand cars page by page, each once, with ids, plates and VINs of their own', async () => {
    const { items, calls } = await allPages(given, '/vehicles?limit=1000', byToken)
    expect(items).to.have.length(10_004)
    expect(calls).to.equal(11)
    const different = (of: (item: Json) => unknown) => new Set(items.map(of)).size
    expect(different(({ id }) => id)).to.equal(10_004)
    expect(different(({ master_data }) => master_data.license_plate)).to.equal(10_004)
    expect(different(({ master_data }) => master_data.vin)).to.equal(10_004)
    for (const { master_data } of items) expect(master_data.vin).to.match(/^[A-HJ-NPR-Z0-9]{17}$/)
    const kinds = new Set(items.map(({ master_data, telematics_unit }) => `${master_data.vehicle_type} ${telematics_unit.brand}`))
    expect([...kinds]).to.include.members(['CAR CLOUDBOXX', 'MOPED NIU', 'CAR TESLA'])
  })

  it('pages with a cursor too, whose later calls must not name a limit', async () => {
    given.sim.invers.settings.paging = 'cursor'
    const next = ({ cursor }: Json) => (cursor === undefined ? undefined : `/vehicles?cursor=${cursor}`)
    const { items, calls } = await allPages(given, '/vehicles?limit=900', next)
    expect(items).to.have.length(10_004)
    expect(calls).to.equal(12)
    const { cursor } = (await given.get('/vehicles?limit=2')).body
    expect((await given.get(`/vehicles?cursor=${cursor}&limit=2`)).body.type).to.equal('/problems/validation-error')
  })

  it('gives a hundred when nothing is said, and refuses limits and cursors that make no sense', async () => {
    expect((await given.get('/vehicles')).body.items).to.have.length(100)
    for (const query of ['limit=0', 'limit=1001', 'limit=many', 'page_token=bm9uc2Vuc2U'])
      expect((await given.get(`/vehicles?${query}`)).body.type, query).to.equal('/problems/validation-error')
  })

  it('is searched for plates, names and VINs, also when the hits fill several pages', async () => {
    const one = (await given.get('/vehicles?q=b-fl%207777')).body
    expect(one.items).to.have.length(1)
    expect(one.items[0].master_data.license_plate).to.equal('B-FL 7777')
    expect(one).not.to.have.property('next_page_token')
    const mopeds = await allPages(given, '/vehicles?q=Scoot&limit=700', byToken)
    expect(mopeds.items).to.have.length(2000)
    for (const { master_data } of mopeds.items) expect(master_data.model).to.equal('Scoot')
    expect((await given.get('/vehicles?q=nobody')).body).to.deep.equal({ items: [] })
  })

  it('has cars whose ids must be escaped in a path, and finds them', async () => {
    const { items } = await allPages(given, '/vehicles?limit=1000', byToken)
    const odd = items.filter(({ id }) => /[^A-Z0-9]/.test(id as string))
    expect(odd.length).to.be.within(90, 110)
    expect(odd.some(({ id }) => (id as string).includes('/'))).to.equal(true)
    for (const { id } of odd.slice(0, 16)) {
      const found = await given.get(`/vehicles/${encodeURIComponent(id as string)}`)
      expect(found.body.id).to.equal(id)
      expect((await given.get(`/vehicles/${encodeURIComponent(id as string)}/vehicle-state`)).body).to.have.property('position')
    }
    const can = odd.find(
      ({ capabilities, life_status }) => capabilities.commands.includes('DRAW_ATTENTION') && life_status.value === 'ONLINE',
    )!
    expect((await given.command(can.id as string, 'draw-attention')).status).to.equal(200)
  })

  it('remembers what each car was told, and nothing of the others', async () => {
    const { items } = (await given.get('/vehicles?q=city&limit=50')).body
    const [, first, second] = items as Json[]
    expect((await given.command(first!.id as string, 'unlock-and-enable-driving')).status).to.equal(200)
    const state = async (id: unknown) => (await given.get(`/vehicles/${encodeURIComponent(String(id))}/vehicle-state`)).body
    expect((await state(first!.id)).central_lock.value).to.equal('UNLOCKED')
    expect((await state(first!.id)).driving_enabled.value).to.equal(true)
    expect((await state(second!.id)).central_lock.value).to.equal('LOCKED')
  })

  it('has a few cars without a connection', async () => {
    const { items } = (await given.get('/vehicles?limit=1000')).body
    const dark = (items as Json[]).filter(({ life_status }) => life_status.value === 'OFFLINE')
    expect(dark).to.have.length(20)
    expect((await given.command(dark[0]!.id as string, 'draw-attention')).body.type).to.equal('/problems/vehicle/no-connection')
    const alive = await given.control('POST', `/invers/vehicles/${encodeURIComponent(dark[0]!.id as string)}`, {
      connected: true,
    })
    expect(alive.status).to.equal(200)
    expect((await given.command(dark[0]!.id as string, 'draw-attention')).status).to.equal(200)
  })

  it('does not disable a car that moves', async () => {
    const { items } = (await given.get('/vehicles?q=city&limit=3')).body
    const { id } = items[1]
    await given.control('POST', `/invers/vehicles/${encodeURIComponent(id as string)}`, { moving: true })
    expect((await given.command(id as string, 'disable-driving')).body.type).to.equal('/problems/vehicle/conflicting-state')
    expect((await given.get(`/vehicles/${id}/vehicle-state`)).body.driving_enabled.value).to.equal(false)
  })

  it('takes next to no memory before somebody looks, and little afterwards', () => {
    const { fleet } = given.sim.invers.garage
    const before = heapInUse()
    for (let index = 0; index < fleet.size; index++) fleet.at(index).roll(100)
    const perCar = (heapInUse() - before) / fleet.size
    expect(perCar).to.be.below(2500)
    expect(fleet.at(17).state().get('position')?.at).to.equal(given.clock.now())
  })
})

describe('ids of fleets', () => {
  it('never meet an id of the living cars, and differ in a fleet of a hundred thousand', async () => {
    const given = await givenFleet({ fleet: 100_000 })
    const { fleet } = given.sim.invers.garage
    const ids = new Set<string>()
    for (let index = 0; index < fleet.size; index++) ids.add(fleet.at(index).id)
    expect(ids.size).to.equal(100_000)
    for (const id of ['K7QX2D', 'P49FJK', 'M3PT9D', 'T5LNQD']) expect(ids.has(id)).to.equal(false)
    expect(fleet.find(fleet.at(99_999).id)?.index).to.equal(99_999)
    expect(new SimulatedFleet(given.clock, 10, 'DEMO01').find(fleet.at(99_999).id)).to.equal(undefined)
    expect(fleet.find('')).to.equal(undefined)
    expect(fleet.find('22222-no-such-ending')).to.equal(undefined)
    await given.sim.close()
  })
})
