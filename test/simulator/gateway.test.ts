import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { volvoDemo } from '../../src/simulator/credentials'
import { givenSimulator, signIn, type Given } from './support'

const vehicles = '/connected-vehicle/v2/vehicles'

describe('the gateway of the simulated Volvo', () => {
  let given: Given & { token: string }
  let car: string
  beforeEach(async () => {
    given = await givenSimulator()
    car = `${vehicles}/${given.sim.cars.get('ex40').id}`
  })
  afterEach(() => given.sim.close())

  const bodyOf = async (answer: Response) => ({ http: answer.status, ...((await answer.json()) as object) })
  const forbidden = { http: 403, error: { message: 'FORBIDDEN', description: 'Access is denied' } }

  it('asks for a key first, then for a good one, then for a token', async () => {
    expect(await bodyOf(await given.volvo(vehicles, { key: '', token: 'bad' })))
      .to.have.nested.property('error.description')
      .that.contains('missing')
    const invalid = await bodyOf(await given.volvo(vehicles, { key: 'nobody', token: 'bad' }))
    expect(invalid).to.include({ http: 401, status: 401 })
    expect(invalid).to.have.nested.property('error.message').that.contains('invalid VCC-API-KEY')
    expect(await bodyOf(await given.volvo(vehicles, { token: 'bad' }))).to.deep.equal({
      http: 401,
      error: { message: 'UNAUTHORIZED', description: 'Full authentication is required to access this resource' },
    })
    expect((await given.volvo(vehicles, { key: volvoDemo.secondaryApiKey })).status).to.equal(200)
  })

  it('echoes the ids of a call and makes them up when there are none', async () => {
    const trace = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
    const sent = await given.volvo(vehicles, { headers: { 'VCC-API-OperationId': 'abc', traceparent: trace } })
    expect(sent.headers.get('vcc-api-operationid')).to.equal('abc')
    expect(sent.headers.get('traceparent')).to.equal(trace)
    const bare = await given.volvo(vehicles, { token: 'bad' })
    expect(bare.headers.get('vcc-api-operationid')).to.match(/^[0-9a-f-]{36}$/)
    expect(bare.headers.get('traceparent')).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
  })

  it('wants every scope of an endpoint and openid', async () => {
    const status = async (scope: string, path: string) =>
      (await given.volvo(path, { token: (await signIn(given.sim, { scope })).access_token })).status
    expect(await status('openid conve:doors_status', `${car}/doors`)).to.equal(403)
    expect(await status('openid conve:doors_status conve:lock_status', `${car}/doors`)).to.equal(200)
    expect(await status('conve:doors_status conve:lock_status', `${car}/doors`)).to.equal(403)
    const { access_token } = await signIn(given.sim, { scope: 'openid' })
    expect(await bodyOf(await given.volvo(vehicles, { token: access_token }))).to.deep.equal(forbidden)
  })

  it('refuses cars of others, unknown cars, unknown paths and wrong methods', async () => {
    expect((await given.volvo(`${vehicles}/${given.sim.cars.get('ex30').id}`)).status).to.equal(403)
    expect((await given.volvo(`${vehicles}/NOCAR`)).status).to.equal(403)
    const location = await given.volvo('/location/v1/vehicles/NOCAR/location', { headers: { 'vcc-api-operationId': 'op' } })
    expect(await bodyOf(location)).to.deep.equal({
      http: 404,
      status: 404,
      operationId: 'op',
      error: { message: 'NOT_FOUND', description: 'VIN not found' },
    })
    expect((await given.volvo(`${car}/wings`)).status).to.equal(404)
    expect((await given.volvo(`${car}/doors`, { method: 'POST' })).status).to.equal(405)
  })

  it('answers 406 to a media type it does not have and 415 to a command without JSON', async () => {
    const accept = (type: string, path = `${car}/doors`) =>
      given.volvo(path, { headers: { accept: type } }).then(({ status }) => status)
    expect(await accept('application/json, */*')).to.equal(200)
    expect(await accept('text/html')).to.equal(406)
    const energy = `/energy/v1/vehicles/${given.sim.cars.get('ex40').id}/recharge-status`
    expect(await accept('application/vnd.volvocars.api.energy.vehicledata.v1+json', energy)).to.equal(200)
    expect(
      await accept('application/vnd.volvocars.api.energy.vehicledata.v1+json', `${energy}/target-battery-charge-level`),
    ).to.equal(406)
    expect(
      (await given.volvo(`${car}/commands/lock`, { method: 'POST', headers: { 'content-type': 'text/plain' } })).status,
    ).to.equal(415)
  })

  it('refuses the 101st call within a minute and lets the next one in when the first is a minute old', async () => {
    for (let call = 0; call < 100; call++) {
      if (call === 1) await given.clock.advance(seconds(20))
      expect((await given.volvo(vehicles)).status, `call ${call + 1}`).to.equal(200)
    }
    const refused = await given.volvo(vehicles)
    expect(refused.status).to.equal(429)
    expect(refused.headers.get('retry-after')).to.equal('40')
    await given.clock.advance(seconds(39))
    expect((await given.volvo(vehicles)).status).to.equal(429)
    await given.clock.advance(seconds(1))
    expect((await given.volvo(vehicles)).status).to.equal(200)
    expect((await given.volvo(vehicles)).status).to.equal(429)
  })

  it('counts calls per person, so that one does not use up the minute of another', async () => {
    given.sim.volvo.limits.perMinute = 1
    const other = await signIn(given.sim, { user: 'other' })
    expect((await given.volvo(vehicles)).status).to.equal(200)
    expect((await given.volvo(vehicles)).status).to.equal(429)
    expect((await given.volvo(vehicles, { token: other.access_token })).status).to.equal(200)
  })

  it('refuses the 11th command within a minute while reads go on', async () => {
    const lock = () => given.volvo(`${car}/commands/lock`, { method: 'POST' }).then(({ status }) => status)
    for (let command = 0; command < 10; command++) expect(await lock()).to.equal(200)
    expect(await lock()).to.equal(429)
    expect((await given.volvo(vehicles)).status).to.equal(200)
    await given.clock.advance(minutes(1))
    expect(await lock()).to.equal(200)
  })

  it('says that the day is used up, how long still, and starts again at midnight UTC', async () => {
    given.sim.volvo.limits.perDay = 1
    expect((await given.volvo(vehicles)).status).to.equal(200)
    const message = 'Out of call volume quota. Quota will be replenished in 12:00:00.'
    expect(await bodyOf(await given.volvo(vehicles))).to.deep.equal({ http: 403, statusCode: 403, message })
    await given.sim.advance(61)
    expect(await bodyOf(await given.volvo(vehicles)))
      .to.have.property('message')
      .that.contains('11:58:59')
    expect((await given.volvo(vehicles, { key: volvoDemo.secondaryApiKey })).status).to.equal(200)
    await given.sim.advance(12 * 3600)
    const { access_token } = await signIn(given.sim)
    expect((await given.volvo(vehicles, { token: access_token })).status).to.equal(200)
  })

  it('lets the test token of the demo car read and not command', async () => {
    const token = given.sim.volvo.tokens.testToken('demo', volvoDemo.scopes, true)
    expect((await given.volvo(`${car}/doors`, { token })).status).to.equal(200)
    expect(await bodyOf(await given.volvo(`${car}/commands/lock`, { token, method: 'POST' }))).to.deep.equal(forbidden)
    await given.sim.advance(3601)
    expect((await given.volvo(`${car}/doors`, { token })).status).to.equal(401)
  })
})
