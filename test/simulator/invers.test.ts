import { expect } from 'chai'
import { inversDemo } from '../../src/simulator/credentials'
import { minutes, seconds } from '../../src/clock'
import { askToken, basic, givenFleet, tokenOf, type Fleet } from './inversSupport'

const car = 'K7QX2D'
const van = 'P49FJK'
const moped = 'M3PT9D'
const maker = 'T5LNQD'

describe('the simulated INVERS', () => {
  let given: Fleet
  beforeEach(async () => {
    given = await givenFleet()
  })
  afterEach(() => given.sim.close())

  describe('token', () => {
    it('is handed out for 15 minutes for id and secret with the grant in the query', async () => {
      const answer = await askToken(given.sim)
      expect(answer.status).to.equal(200)
      const body = (await answer.json()) as Record<string, unknown>
      expect(body).to.have.all.keys('access_token', 'token_type', 'expires_in')
      expect(body).to.include({ token_type: 'bearer', expires_in: 900 })
      await given.clock.advance(minutes(15))
      const late = await given.get('/vehicles')
      expect(late.status).to.equal(401)
      expect(late.body.type).to.equal('/problems/invalid-credentials')
    })

    it('takes id and secret raw and form-encoded', async () => {
      const { clientId, clientSecret } = inversDemo
      const encoded = basic(encodeURIComponent(clientId), encodeURIComponent(clientSecret))
      expect(encoded).not.to.equal(basic())
      expect((await askToken(given.sim, { authorization: encoded })).status).to.equal(200)
      expect((await askToken(given.sim, { authorization: basic('OTHER7#cl1', 'a+b %23&ü') })).status).to.equal(200)
      const form = new URLSearchParams({ 'OTHER7#cl1': 'a+b %23&ü' }).toString().split('=')
      expect((await askToken(given.sim, { authorization: basic(form[0], form[1]) })).status).to.equal(200)
    })

    it('is refused for a wrong secret, another grant, and a grant that is not in the query', async () => {
      const errors = async (asked: Parameters<typeof askToken>[1]) => {
        const answer = await askToken(given.sim, asked)
        return [answer.status, ((await answer.json()) as { error: string }).error]
      }
      expect(await errors({ authorization: basic(inversDemo.clientId, 'wrong') })).to.deep.equal([401, 'invalid_client'])
      expect(await errors({ authorization: 'Bearer x' })).to.deep.equal([401, 'invalid_client'])
      expect(await errors({ query: '?grant_type=password' })).to.deep.equal([400, 'unsupported_grant_type'])
      const inBody = { query: '', body: 'grant_type=client_credentials' }
      expect(await errors(inBody)).to.deep.equal([400, 'invalid_request'])
      given.sim.invers.settings.grantIn = 'either'
      expect((await askToken(given.sim, inBody)).status).to.equal(200)
    })

    it('words its errors as a problem too, when told so', async () => {
      given.sim.invers.settings.tokenErrors = 'problem'
      const answer = await askToken(given.sim, { authorization: basic('x', 'y') })
      expect(await answer.json()).to.include({ type: '/problems/invalid-credentials', status: 401 })
    })
  })

  describe('who may what', () => {
    it('asks for a token', async () => {
      const answer = await fetch(`${given.sim.url}/invers/vehicles`)
      expect(answer.status).to.equal(401)
      expect(await answer.json()).to.include({ type: '/problems/missing-credentials' })
      given.token = `${given.token.slice(0, -2)}xx`
      expect((await given.get('/vehicles')).body.type).to.equal('/problems/invalid-credentials')
    })

    it('lets a client that only reads read, and not command', async () => {
      given.token = await tokenOf(given.sim, 'DEMO01#cl2', 'demo-secret-that-only-reads')
      expect((await given.get('/vehicles')).status).to.equal(200)
      const refused = await given.command(car, 'lock-central-lock')
      expect([refused.status, refused.body.type]).to.deep.equal([403, '/problems/missing-permissions'])
    })

    it('wants a new token after a permission was given', async () => {
      given.token = await tokenOf(given.sim, 'DEMO01#cl2', 'demo-secret-that-only-reads')
      given.sim.invers.clients.find('DEMO01#cl2')!.permissions.push('vehicle-commands')
      expect((await given.command(car, 'draw-attention')).body.type).to.equal('/problems/forbidden-resource')
      given.token = await tokenOf(given.sim, 'DEMO01#cl2', 'demo-secret-that-only-reads')
      expect((await given.command(car, 'draw-attention')).status).to.equal(200)
    })

    it('shows a client the cars of its own fleet alone', async () => {
      given.token = await tokenOf(given.sim, 'OTHER7#cl1', 'a+b %23&ü')
      expect((await given.get('/vehicles')).body.items).to.deep.equal([])
      expect((await given.get(`/vehicles/${car}`)).body.type).to.equal('/problems/resource-not-found')
    })
  })

  describe('vehicles', () => {
    it('lists a car, a van, a moped and a car behind its maker, each with what it can', async () => {
      const { items } = (await given.get('/vehicles')).body
      expect(items.map(({ id }: { id: string }) => id)).to.deep.equal([car, van, moped, maker])
      const [first, , scooter, third] = items
      expect(first).to.deep.include({
        status: 'CONNECTED_VEHICLE',
        fleet_id: 'DEMO01',
        master_data: {
          vin: 'WVWZZZSHR4C000001',
          license_plate: 'B-SIM 1',
          brand: 'Demo',
          model: 'City',
          custom_name: 'City 1',
          fuel_type: 'ELECTRIC',
          year_of_production: '2024',
          transmission: 'AUTOMATIC',
          vehicle_type: 'CAR',
        },
      })
      expect(first.life_status.value).to.equal('ONLINE')
      expect(first.capabilities.commands).to.include('UNLOCK_AND_ENABLE_DRIVING')
      expect(first.capabilities.vehicle_state).to.include('CENTRAL_LOCK')
      expect(scooter.capabilities.commands).to.include('UNLOCK_TOP_CASE').and.not.include('UNLOCK_CENTRAL_LOCK')
      expect(third.capabilities.commands).to.include('UNLOCK_CENTRAL_LOCK').and.not.include('REQUEST_VEHICLE_STATE')
      expect((await given.get(`/vehicles/${moped}`)).body).to.deep.equal(scooter)
    })

    it('tells the state that its capabilities name, each property with its own time', async () => {
      const before = new Date(given.clock.now()).toISOString()
      await given.clock.advance(seconds(90))
      given.sim.cars.get('city').unlock()
      const { body } = await given.get(`/vehicles/${car}/vehicle-state`)
      expect(body.central_lock).to.deep.equal({ timestamp: new Date(given.clock.now()).toISOString(), value: 'UNLOCKED' })
      expect(body.mileage_in_kilometers).to.deep.equal({ timestamp: before, value: 48213 })
      expect(body.position.value).to.have.all.keys('lat', 'lon')
      const capabilities = (await given.get(`/vehicles/${car}`)).body.capabilities.vehicle_state as string[]
      expect(Object.keys(body).map((name) => name.toUpperCase())).to.have.members(capabilities)
      const diesel = (await given.get(`/vehicles/${van}/vehicle-state`)).body
      expect(diesel.state_of_charge_or_fuel_level_in_percent.value).to.equal(45)
      expect(diesel.adblue_level_low_indicator.value).to.equal('OFF')
      expect((await given.get(`/vehicles/${moped}/vehicle-state`)).body).to.have.property('top_case_lid')
    })

    it('keeps the latest state where it is told to', async () => {
      given.sim.invers.settings.statePath = '/vehicles/{vehicle_id}/latest-state'
      expect((await given.get(`/vehicles/${car}/vehicle-state`)).status).to.equal(404)
      expect((await given.get(`/vehicles/${car}/latest-state`)).body).to.have.property('position')
    })

    it('says which vehicle it does not know', async () => {
      const { status, body, headers } = await given.get('/vehicles/ZZZZZ')
      expect(status).to.equal(404)
      expect(body).to.deep.equal({
        type: '/problems/resource-not-found',
        type_documentation: 'https://developers.invers.com/problems/resource-not-found',
        title: 'The resource cannot be found.',
        status: 404,
        detail: "No vehicle with ID 'ZZZZZ' was found.",
        flow_id: headers.get('x-invers-flow-id'),
      })
    })
  })

  describe('commands', () => {
    for (const [vehicle, command, expected] of [
      [car, 'unlock-central-lock', { central_lock: 'UNLOCKED' }],
      [car, 'lock-central-lock', { central_lock: 'LOCKED' }],
      [car, 'enable-driving', { driving_enabled: true }],
      [car, 'disable-driving', { driving_enabled: false }],
      [car, 'unlock-and-enable-driving', { central_lock: 'UNLOCKED', driving_enabled: true }],
      [car, 'lock-and-disable-driving', { central_lock: 'LOCKED', driving_enabled: false }],
      [car, 'draw-attention', {}],
      [moped, 'unlock-top-case', { top_case_lock: 'UNLOCKED' }],
      [moped, 'lock-top-case', { top_case_lock: 'LOCKED' }],
      [moped, 'unlock-battery-compartment', {}],
    ] as const)
      it(`does ${command} and answers with the state after it`, async () => {
        const before = (await given.get(`/vehicles/${vehicle}/vehicle-state`)).body
        await given.clock.advance(seconds(5))
        const { status, body, headers } = await given.command(vehicle, command)
        expect(status).to.equal(200)
        expect(headers.get('x-invers-flow-id')).to.match(/^[0-9a-f-]{36}$/)
        const at = new Date(given.clock.now()).toISOString()
        const fresh = Object.fromEntries(Object.entries(expected).map(([name, value]) => [name, { timestamp: at, value }]))
        expect(body).to.deep.equal({ ...before, ...fresh })
        expect((await given.get(`/vehicles/${vehicle}/vehicle-state`)).body).to.deep.equal(body)
      })

    it('moves the car itself, not only what is told of it', async () => {
      await given.command(car, 'unlock-and-enable-driving')
      const { state } = (await given.control('GET', '/vehicles/city')).body
      expect(state).to.include({ 'lock.central': 'unlocked', 'vehicle.drivingEnabled': true })
    })

    it('asks the vehicle itself for everything', async () => {
      given.sim.cars.get('city').lag = { min: 3600, max: 3600 }
      given.sim.cars.get('city').set('battery.stateOfCharge', 31)
      await given.clock.advance(seconds(7))
      expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.state_of_charge_or_fuel_level_in_percent.value).to.equal(64)
      const { body } = await given.command(car, 'request-vehicle-state')
      expect(body.state_of_charge_or_fuel_level_in_percent.value).to.equal(31)
      const at = new Date(given.clock.now()).toISOString()
      for (const name of Object.keys(body)) expect(body[name].timestamp, name).to.equal(at)
    })

    it('answers with what changed alone, when told so', async () => {
      given.sim.invers.settings.answer = 'partial'
      expect(Object.keys((await given.command(car, 'unlock-central-lock')).body)).to.deep.equal(['central_lock'])
    })

    it('refuses what the vehicle has no capability for, combined ones by their own', async () => {
      const { status, body } = await given.command(maker, 'unlock-and-enable-driving')
      expect([status, body.type]).to.deep.equal([409, '/problems/vehicle/command-not-supported'])
      expect(body.detail).to.equal("Vehicle 'T5LNQD' has no support for 'unlock and enable driving'.")
      expect((await given.command(moped, 'unlock-central-lock')).status).to.equal(409)
      expect((await given.command(car, 'open-sunroof')).body.type).to.equal('/problems/resource-not-found')
    })

    it('takes an empty body and `{}`, and nothing else', async () => {
      expect((await given.command(car, 'draw-attention', { body: '' })).status).to.equal(200)
      expect((await given.command(car, 'draw-attention', { body: '{}' })).status).to.equal(200)
      expect((await given.command(car, 'draw-attention', { body: '{' })).body.type).to.equal('/problems/invalid-json')
      expect((await given.command(car, 'draw-attention', { body: '{"a":1}' })).body.type).to.equal('/problems/validation-error')
      expect((await given.command(car, 'draw-attention', { headers: { 'content-type': 'text/plain' } })).status).to.equal(415)
    })

    it('does not lock or disable what moves, nor lock an open door', async () => {
      await given.command(car, 'unlock-and-enable-driving')
      given.sim.cars.get('city').drive({ km: 5 })
      for (const command of ['lock-central-lock', 'disable-driving', 'lock-and-disable-driving']) {
        const { status, body } = await given.command(car, command)
        expect([status, body.type], command).to.deep.equal([409, '/problems/vehicle/conflicting-state'])
      }
      expect((await given.command(car, 'draw-attention')).status).to.equal(200)
      given.sim.cars.get('van').open('rearLeft')
      expect((await given.command(van, 'lock-central-lock')).body.type).to.equal('/problems/vehicle/conflicting-state')
    })

    it('lets one command run on a unit that takes no two, and others wait in vain', async () => {
      given.sim.invers.commandDelayMs = 2000
      const first = given.command(moped, 'unlock-top-case')
      while (!given.sim.invers.busy(moped)) await new Promise((resolve) => setImmediate(resolve))
      expect((await given.command(moped, 'draw-attention')).body.type).to.equal('/problems/vehicle/conflicting-command')
      await given.clock.advance(seconds(2))
      expect((await first).status).to.equal(200)
      const next = given.command(moped, 'draw-attention')
      while (!given.sim.invers.busy(moped)) await new Promise((resolve) => setImmediate(resolve))
      await given.clock.advance(seconds(2))
      expect((await next).status).to.equal(200)
    })

    it('reaches no vehicle that has no connection, and a CloudBoxx in standby well', async () => {
      given.sim.cars.get('city').sleep()
      given.sim.cars.get('maker').sleep()
      expect((await given.command(car, 'unlock-central-lock')).status).to.equal(200)
      const asleep = await given.command(maker, 'unlock-central-lock')
      expect([asleep.status, asleep.body.type]).to.deep.equal([504, '/problems/vehicle/no-connection'])
      expect(given.sim.cars.get('maker').truth('lock.central')).to.equal('locked')
      await given.control('POST', `/invers/vehicles/${car}`, { connected: false })
      expect((await given.command(car, 'lock-central-lock')).status).to.equal(504)
      expect((await given.get(`/vehicles/${car}`)).body.life_status.value).to.equal('OFFLINE')
      await given.control('POST', `/invers/vehicles/${car}`, { connected: true })
      expect((await given.command(car, 'lock-central-lock')).status).to.equal(200)
    })
  })

  it('starts over on a reset: cars, settings, clients; tokens stay good', async () => {
    await given.command(car, 'unlock-central-lock')
    given.sim.invers.settings.paging = 'cursor'
    await given.control('POST', '/reset', {})
    expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.central_lock.value).to.equal('LOCKED')
    expect(given.sim.invers.settings.paging).to.equal('page-token')
    expect(given.sim.invers.events.list()).to.deep.equal([])
  })

  it('lets people act on a car under the id that its cloud gave it', async () => {
    expect((await given.control('POST', `/vehicles/${car}/unlock`, {})).status).to.equal(200)
    expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.central_lock.value).to.equal('UNLOCKED')
  })

  it('gives an added car an id and a plate of its own', async () => {
    const added = await given.control('POST', '/vehicles', {
      like: 'city',
      key: 'city-2',
      vin: 'WVWZZZSHR4C000099',
    })
    expect(added.status).to.equal(201)
    const { items } = (await given.get('/vehicles')).body
    expect(items.at(-1)).to.deep.include({ id: 'CITY-2' })
    expect((await given.command('CITY-2', 'unlock-central-lock')).body.central_lock.value).to.equal('UNLOCKED')
    expect((await given.get(`/vehicles/${car}/vehicle-state`)).body.central_lock.value).to.equal('LOCKED')
  })
})
