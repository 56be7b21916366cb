import { expect } from 'chai'
import { days } from '../../../src/clock'
import { DrivewayError } from '../../../src/vehicle/causes'
import { at, car, givens, problem, property, statePath, vehicleOf, vehiclePath, type Given } from './support'

const first = 'GET /vehicles?limit=100'
const ids = (listed: readonly { id: string }[]) => listed.map(({ id }) => id)
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'none',
    (error: DrivewayError) => error.code,
  )

describe("an INVERS account's fleet", () => {
  const { given, close } = givens()
  afterEach(close)

  it('lists what is told of a car that is no signal', async () => {
    const { list } = await given()
    expect(await list()).to.deep.equal([
      {
        id: car,
        label: 'Demo car 1',
        meta: {
          brand: 'Demo',
          model: 'City',
          year: 2023,
          energy: 'electric',
          gearbox: 'automatic',
          licencePlate: 'B-SIM 1',
          vin: 'WVWZZZDEMO0000001',
          kind: 'car',
          own: { status: 'CONNECTED_VEHICLE' },
        },
      },
    ])
  })

  it('takes older names and words it does not know', async () => {
    const master_data = { gear_box: 'MANUAL_SHIFT', fuel_type: 'WOOD', vehicle_type: 'CARGO_BIKE', year_of_production: 2020 }
    const { list } = await given({}, [vehicleOf(car, { master_data }), { id: 'BARE' }])
    expect(await list()).to.deep.equal([
      {
        id: car,
        meta: { gearbox: 'manual', energy: 'wood', kind: 'cargo_bike', year: 2020, own: { status: 'CONNECTED_VEHICLE' } },
      },
      { id: 'BARE', meta: {} },
    ])
  })

  it('keeps words for fuel and gearbox that it does not know, as long as they are words', async () => {
    const metaOf = async (fuel_type: string, transmission: string) => {
      const { list } = await given({}, [vehicleOf(car, { master_data: { fuel_type, transmission } })])
      const [listed] = await list()
      return [listed?.meta.energy, listed?.meta.gearbox]
    }
    expect(await metaOf('CNG', 'SEMI_AUTOMATIC')).to.deep.equal(['cng', 'semi_automatic'])
    expect(await metaOf('anna@example.com', 'constructor')).to.deep.equal(['other', 'constructor'])
  })

  it('keeps of what INVERS says beside that only what helps to find a fault and names nobody', async () => {
    const own = {
      status: 'CONNECTED_VEHICLE',
      fleet_id: 'F1',
      tags: ['Anna'],
      custom_fields: { driver: 'Anna' },
      telematics_unit: { id: 'DA0000FFDE301001', qnr: '1', brand: 'CLOUDBOXX', model: 'CloudBoxx 4G' },
      created_at: at,
    }
    const { list } = await given({}, [
      vehicleOf(car, own),
      vehicleOf('B', { status: 'for anna@example.com', telematics_unit: { brand: 'NIU', model: 'N00123456' } }),
      vehicleOf('C', { status: 7, telematics_unit: 'CLOUDBOXX' }),
    ])
    expect((await list()).map(({ meta }) => meta.own)).to.deep.equal([
      { status: 'CONNECTED_VEHICLE', telematicsUnit: 'CLOUDBOXX CloudBoxx 4G' },
      { telematicsUnit: 'NIU' },
      undefined,
    ])
  })

  /** Pages of two cars each, the next one named as `form` says. */
  const paged = (
    cloud: Given['cloud'],
    form: (cursor: string) => Record<string, unknown>,
    query: (cursor: string) => string,
    pages = 3,
  ) => {
    const body = (page: number) => ({
      items: [vehicleOf(`C${page}a`), vehicleOf(`C${page}b`)],
      ...(page + 1 < pages ? form(`p=${page + 1}&`) : { next_page_token: null }),
    })
    cloud.on(first, { body: body(0) })
    for (let page = 1; page < pages; page++) cloud.on(`GET /vehicles?${query(`p=${page}&`)}`, { body: body(page) })
  }
  const whole = ['C0a', 'C0b', 'C1a', 'C1b', 'C2a', 'C2b']
  const encoded = (cursor: string) => new URLSearchParams({ c: cursor }).toString().slice(2)

  const forms: [
    what: string,
    form: (c: string) => Record<string, unknown>,
    query: (c: string) => string,
    own?: Record<string, string>,
  ][] = [
    ['next_page_token', (c) => ({ next_page_token: c }), (c) => `page_token=${encoded(c)}`],
    ['cursor', (c) => ({ cursor: c }), (c) => `cursor=${encoded(c)}`],
    ['next_cursor within paging', (c) => ({ paging: { next_cursor: c } }), (c) => `cursor=${encoded(c)}`],
    ['a whole address', (c) => ({ next: `https://api.invers.com/vehicles?at=${encoded(c)}` }), (c) => `at=${encoded(c)}`],
    [
      'names of the account',
      (c) => ({ more: c, cursor: 'not this' }),
      (c) => `go=${encoded(c)}`,
      { cursorField: 'more', cursorParam: 'go' },
    ],
  ]
  for (const [what, form, query, own] of forms)
    it(`reads all pages by ${what}, without a page size after the first`, async () => {
      const { cloud, list } = await given(own)
      paged(cloud, form, query)
      expect(ids(await list())).to.deep.equal(whole)
      expect(cloud.seen).to.have.length(3)
    })

  it('asks again without a page size where that is refused', async () => {
    const { cloud, list } = await given()
    cloud.on(first, problem('/problems/validation-error', 400)).on('GET /vehicles', { body: { items: [vehicleOf()] } })
    expect(ids(await list())).to.deep.equal([car])
  })

  it('lists a fleet of 5,000 in its own order, each car once', async () => {
    const { cloud, list } = await given()
    const page = (n: number) => Array.from({ length: 100 }, (_, i) => vehicleOf(`V${n * 100 + i}`))
    const token = (n: number) => (n < 49 ? { next_page_token: String(n + 1) } : {})
    cloud.on(first, { body: { items: page(0), ...token(0) } })
    for (let n = 1; n < 50; n++)
      cloud.on(`GET /vehicles?page_token=${n}`, { body: { items: [...page(n), vehicleOf('V7')], ...token(n) } })
    const listed = ids(await list())
    expect(listed).to.have.length(5000)
    expect(new Set(listed).size).to.equal(5000)
  })

  it('rejects rather than lose cars: a page that fails, pages in a circle, an answer that is no list', async () => {
    const { cloud, list } = await given()
    const items = [vehicleOf()]
    cloud.on(first, { body: { items, next_page_token: 'a' } }).on('GET /vehicles?page_token=a', { status: 502, body: '' })
    expect(await codeOf(list())).to.equal('PROVIDER_DOWN')
    cloud.on('GET /vehicles?page_token=a', { body: { items, next_page_token: 'a' } })
    expect(await codeOf(list())).to.equal('SCHEMA_DRIFT')
    const huge = `{"items":[],"x":"${'y'.repeat(5 * 1024 * 1024)}"}`
    for (const body of [{ vehicles: items }, 'none', '', '<html>', huge, null, 7]) {
      cloud.on(first, { body: body ?? 'null' })
      expect(await codeOf(list())).to.equal('SCHEMA_DRIFT')
    }
  })

  it('passes by what is no vehicle, and takes ids of any kind', async () => {
    const { list, drifts } = await given({}, [{ id: '' }, null, 7, { id: 12 }, vehicleOf('a/b'), vehicleOf('日本')])
    expect(ids(await list())).to.deep.equal(['a/b', '日本'])
    expect(drifts.map(({ where }) => where)).to.deep.equal(['vehicles'])
  })

  it('loses no car, and nothing else of it, to a member of any kind', async () => {
    for (const odd of [{ toString: 1, valueOf: null }, [{ toString: 1 }], [], 7, 'x'.repeat(100_000), null]) {
      const { list } = await given({}, [
        vehicleOf(),
        {
          id: 'B',
          last_contact_at: odd,
          life_status: { value: odd, modified_at: odd },
          operation_status: odd,
          master_data: { vin: odd, year_of_production: odd, fuel_type: odd, transmission: odd, model: 'Van' },
          capabilities: { commands: [odd, 'DRAW_ATTENTION'], vehicle_state: odd },
        },
      ])
      const [first, second] = await list()
      expect(first?.label).to.equal('Demo car 1')
      expect(second?.meta.model).to.equal('Van')
    }
  })

  it('passes by a vehicle whose id no address can name: it would lead to another one', async () => {
    const { list, drifts } = await given({}, [
      vehicleOf('..'),
      vehicleOf('.'),
      vehicleOf('\ud800'),
      vehicleOf('...'),
      vehicleOf('🚗'),
    ])
    expect(ids(await list())).to.deep.equal(['...', '🚗'])
    expect(drifts.map(({ where }) => where)).to.deep.equal(['vehicles'])
  })

  for (const id of ['a/b', '../x', '..%2F', 'Ä 日本 🚗', 'k?x=1#y', '%2F', 'a\\b', '{vehicle_id}', '$&', '__proto__'])
    it(`reads the car "${id}", and what it can do, and nothing of another`, async () => {
      const { list, invers, go, abort, cloud, clock } = await given({}, [vehicleOf(id)])
      expect(ids(await list())).to.deep.equal([id])
      cloud.on(`GET ${statePath(id)}`, { body: { central_lock: property('LOCKED') } })
      const answer = await go(invers.read(id, ['lock'], abort.signal))
      expect(answer.readings.map(({ value }) => value)).to.deep.equal(['locked'])
      await clock.advance(days(1))
      cloud.on(`GET ${vehiclePath(id)}`, { body: vehicleOf(id, { capabilities: { commands: ['DRAW_ATTENTION'] } }) })
      expect((await go(invers.capabilities(id, abort.signal))).commands).to.deep.equal(['draw-attention'])
      expect(cloud.paths()).to.deep.equal([first, `GET ${statePath(id)}`, `GET ${vehiclePath(id)}`])
    })

  it('knows what a car can do from the list, without another call', async () => {
    const { list, invers, cloud, abort } = await given()
    await list()
    const can = await invers.capabilities(car, abort.signal)
    expect(can.commands).to.deep.equal(['lock', 'unlock', 'refresh', 'enable-driving', 'disable-driving'])
    expect(can.unlisted).to.deep.equal(['raw'])
    expect(can.signals).to.have.members([
      'vehicle.odometer',
      'battery.stateOfCharge',
      'position.location',
      'lock.central',
      'reachability.status',
      'vehicle.operation',
      'vehicle.rental',
      'vehicle.lastContact',
    ])
    expect(cloud.seen).to.have.length(1)
  })

  it('needs the combined command by itself, and passes by names it does not know', async () => {
    const commands = ['unlock_central_lock', 'ENABLE_DRIVING', 'FOLD_ROOF', 7, '']
    const { list, invers, abort, drifts } = await given({}, [
      vehicleOf(car, { capabilities: { commands, vehicle_state: ['NEW'] } }),
    ])
    await list()
    const can = await invers.capabilities(car, abort.signal)
    expect(can.commands).to.deep.equal(['unlock', 'enable-driving'])
    expect(can.signals).to.include('reachability.status').and.not.include('lock.central')
    expect(drifts).to.deep.equal([])
  })

  it('forbids nothing to a car without a list, and looks again after an hour', async () => {
    const { list, invers, go, abort, cloud, clock } = await given({}, [vehicleOf(car, { capabilities: undefined })])
    await list()
    const can = await invers.capabilities(car, abort.signal)
    expect([can.commands, can.unlisted.includes('unlock'), can.unlisted.includes('honk')]).to.deep.equal([[], true, false])
    expect(can).not.to.have.property('signals')
    await clock.advance(3_700_000)
    cloud.on(`GET ${vehiclePath()}`, { body: vehicleOf() })
    expect((await go(invers.capabilities(car, abort.signal))).commands).to.include('unlock')
  })

  it('asks for a car by itself when its abilities are a day old', async () => {
    const { list, invers, go, abort, cloud, clock } = await given()
    await list()
    await clock.advance(days(1))
    cloud.on(`GET ${vehiclePath()}`, { body: vehicleOf(car, { capabilities: { commands: ['DRAW_ATTENTION'] } }) })
    expect((await go(invers.capabilities(car, abort.signal))).commands).to.deep.equal(['draw-attention'])
    expect(cloud.paths()).to.deep.equal([first, `GET ${vehiclePath()}`])
  })
})
