import { expect } from 'chai'
import { seconds } from '../../src/clock'
import type { Fault } from '../../src/simulator/faults'
import { givenSimulator, refresh, signIn, type Given, type Json } from './support'

describe('faults of the simulated Volvo', () => {
  let given: Given & { token: string }
  let vin: string
  beforeEach(async () => {
    given = await givenSimulator()
    vin = given.sim.cars.get('ex40').id
  })
  afterEach(() => given.sim.close())

  const fault = (more: Omit<Fault, 'provider'>) => given.sim.faults.add({ provider: 'volvo', ...more })
  const doors = () => given.volvo(`/connected-vehicle/v2/vehicles/${vin}/doors`)
  const state = () => given.volvo(`/energy/v2/vehicles/${vin}/state`)
  const read = async (answer: Promise<Response>) => (await (await answer).json()) as Json

  for (const [kind, status, text] of [
    ['401', 401, 'invalid VCC-API-KEY'],
    ['401-token', 401, 'Full authentication'],
    ['401-sub', 401, 'sub claim contains an array'],
    ['403-quota', 403, 'Out of call volume quota'],
    ['403-scope', 403, 'Access is denied'],
    ['403-not-approved', 403, 'Client not allowed to access Location API'],
    ['403-not-yours', 403, 'No relationship to UUID'],
    ['404-market', 404, 'Does not belong to allowed markets'],
    ['404', 404, 'NOT_FOUND'],
    ['429', 429, 'Rate limit'],
    ['500', 500, 'INTERNAL_SERVER_ERROR'],
    ['502-html', 502, '<html>'],
    ['503', 503, 'SERVICE_UNAVAILABLE'],
    ['504', 504, 'GATEWAY_TIMEOUT'],
  ] as const)
    it(`answers ${status} for ${kind}, as often as asked, and is well again`, async () => {
      fault({ kind, count: 2 })
      for (let time = 0; time < 2; time++) {
        const answer = await doors()
        expect(answer.status).to.equal(status)
        expect(await answer.text()).to.contain(text)
      }
      expect((await doors()).status).to.equal(200)
    })

  it('cuts the line, or is slow', async () => {
    fault({ kind: 'reset', count: 1 })
    expect(await doors().catch(() => 'cut')).to.equal('cut')
    fault({ kind: 'slow', count: 1, delayMs: 4000 })
    let answered = false
    const slow = doors().finally(() => (answered = true))
    while (given.clock.timers < 2) await new Promise((resolve) => setImmediate(resolve))
    await given.clock.advance(seconds(3))
    expect(answered).to.equal(false)
    await given.clock.advance(seconds(1))
    expect((await slow).status).to.equal(200)
  })

  it('never answers until it is closed', async () => {
    fault({ kind: 'timeout' })
    const hanging = doors().catch(() => 'cut')
    while (!given.sim.calls.list({ path: '/doors' }).length) await new Promise((resolve) => setImmediate(resolve))
    expect(given.sim.calls.list({ path: '/doors' })[0]).to.include({ status: 0 })
    await given.sim.close()
    expect(await hanging).to.equal('cut')
    given = await givenSimulator()
  })

  it('empties answers', async () => {
    fault({ kind: 'empty-data', count: 3 })
    expect(await read(doors())).to.deep.equal({ data: {} })
    expect(await read(state())).to.deep.equal({})
    expect(await read(given.volvo('/connected-vehicle/v2/vehicles'))).to.deep.equal({ data: [] })
  })

  it('leaves timestamps away, also of one field alone', async () => {
    fault({ kind: 'missing-timestamp', count: 1 })
    expect((await read(doors())).data.hood).to.deep.equal({ value: 'CLOSED' })
    fault({ kind: 'missing-timestamp', count: 1, field: 'batteryChargeLevel' })
    const energy = await read(state())
    expect(energy.batteryChargeLevel).not.to.have.property('updatedAt')
    expect(energy.electricRange).to.have.property('updatedAt')
    fault({ kind: 'missing-timestamp', count: 1 })
    expect((await read(given.volvo(`/location/v1/vehicles/${vin}/location`))).data.properties).to.deep.equal({ heading: '129' })
  })

  it('uses words that nobody knows, numbers as texts, and the text null', async () => {
    fault({ kind: 'new-word', count: 1, field: 'chargingStatus' })
    const words = await read(state())
    expect(words.chargingStatus.value).to.equal('A_WORD_NOBODY_KNOWS')
    expect(words.chargingType.value).to.equal('NONE')
    fault({ kind: 'string-numbers', count: 1 })
    expect((await read(state())).batteryChargeLevel.value).to.equal('62.5')
    fault({ kind: 'null-texts', count: 1 })
    expect((await read(given.volvo(`/connected-vehicle/v2/vehicles/${vin}`))).data).to.deep.include({
      externalColour: 'null',
      modelYear: 2025,
    })
  })

  it('sends half a JSON, or nothing at all, as if it were good', async () => {
    fault({ kind: 'broken-json', count: 1 })
    const broken = await doors()
    expect(broken.status).to.equal(200)
    expect(broken.headers.get('content-type')).to.equal('application/json')
    const text = await broken.text()
    expect(() => JSON.parse(text) as unknown).to.throw()
    fault({ kind: 'empty-body', count: 1 })
    expect(await (await doors()).text()).to.equal('')
  })

  it('fails one field of the energy state', async () => {
    fault({ kind: 'field-error', count: 1, field: 'electricRange', code: 'ERROR_READING_PROPERTY' })
    const energy = await read(state())
    expect(energy.electricRange).to.deep.equal({
      status: 'ERROR',
      code: 'ERROR_READING_PROPERTY',
      message: 'Failed to retrieve property.',
    })
    expect(energy.batteryChargeLevel.status).to.equal('OK')
  })

  it('names the capability as the documents do, or takes all capabilities away', async () => {
    const capabilities = async () => (await read(given.volvo(`/energy/v2/vehicles/${vin}/capabilities`))).getEnergyState as Json
    fault({ kind: 'capability-key', count: 1 })
    expect(await capabilities())
      .to.include.keys('chargingStatus')
      .and.not.include.keys('chargingSystemStatus')
    fault({ kind: 'capabilities-false', count: 1 })
    expect((await capabilities()).batteryChargeLevel).to.deep.equal({ isSupported: false })
  })

  it('strikes only the paths that it names, and sign-in only when that is named', async () => {
    fault({ kind: '503', path: '/energy/' })
    expect((await state()).status).to.equal(503)
    expect((await doors()).status).to.equal(200)
    given.sim.faults.clear()
    fault({ kind: '503' })
    const tokens = await signIn(given.sim)
    expect(tokens.access_token).to.be.a('string')
    given.sim.faults.clear()
    fault({ kind: '503', path: '/as/token' })
    expect((await refresh(given.sim, tokens.refresh_token)).status).to.equal(503)
    given.sim.faults.clear()
    expect((await refresh(given.sim, tokens.refresh_token)).status).to.equal(200)
  })

  it('strikes as often as the rate says', async () => {
    fault({ kind: '401', rate: 0.4 })
    given.sim.volvo.limits.perMinute = 1000
    let struck = 0
    for (let call = 0; call < 200; call++) if ((await doors()).status === 401) struck++
    expect(struck).to.be.within(55, 105)
  })

  it('revokes the sign-in in the middle of everything', async () => {
    const tokens = await signIn(given.sim)
    fault({ kind: 'token-revoked' })
    expect((await given.volvo('/connected-vehicle/v2/vehicles', { token: tokens.access_token })).status).to.equal(401)
    expect((await given.volvo('/connected-vehicle/v2/vehicles', { token: tokens.access_token })).status).to.equal(401)
    expect((await refresh(given.sim, tokens.refresh_token)).status).to.equal(400)
  })
})
