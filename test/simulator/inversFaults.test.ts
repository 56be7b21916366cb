import { expect } from 'chai'
import { minutes } from '../../src/clock'
import type { Fault } from '../../src/simulator/faults'
import { problems } from '../../src/simulator/invers/problems'
import { askToken, givenFleet, tokenOf, type Fleet } from './inversSupport'

const car = 'K7QX2D'
/** From the reference's table of problem types. */
const documented: readonly (readonly [type: string, status: number, title: string])[] = [
  ['invalid-json', 400, 'The body contains invalid JSON.'],
  ['validation-error', 400, 'Validation Error'],
  ['referenced-resource-not-found', 400, 'A referenced resource cannot be found.'],
  ['missing-credentials', 401, 'The credentials are missing.'],
  ['invalid-credentials', 401, 'The credentials are invalid.'],
  ['missing-permissions', 403, 'Accessing this resource is forbidden.'],
  ['forbidden-resource', 403, 'Accessing this resource is forbidden.'],
  ['authorization-server-error', 403, 'Access token cannot be validated.'],
  ['resource-not-found', 404, 'The resource cannot be found.'],
  ['vehicle/command-not-supported', 409, 'The command is not supported by the vehicle.'],
  ['vehicle/conflicting-state', 409, 'The command cannot be executed due to the current state of the vehicle.'],
  ['vehicle/conflicting-command', 409, "The command cannot be executed because of a conflicting command's processing."],
  ['vehicle/conflicting-setup-status', 409, "The operation cannot be performed due to the vehicle's setup status."],
  ['conflicting-operation', 409, 'Request cannot be processed due to a conflicting ongoing operation.'],
  ['conflicting-resource', 409, 'Request cannot be processed due to a conflicting resource or resource state.'],
  ['incompatible-telematics-unit-model', 409, 'The desired configuration is not available for the CloudBoxx 3G.'],
  ['incompatible-installation-variant', 409, 'Incompatible installation variant.'],
  ['too-many-requests', 429, 'Too many requests.'],
  ['internal-server-error', 500, 'Internal Server Error'],
  ['telematics-unit/error', 500, 'An error occurred on the telematics unit'],
  ['third-party/error', 502, 'An error occurred at a third party API or protocol.'],
  ['vehicle/no-connection', 504, 'No connection to vehicle'],
]

describe('faults of the simulated INVERS', () => {
  let given: Fleet
  beforeEach(async () => {
    given = await givenFleet()
  })
  afterEach(() => given.sim.close())

  const fault = (more: Omit<Fault, 'provider'>) => given.sim.faults.add({ provider: 'invers', ...more })
  const state = () => given.get(`/vehicles/${car}/vehicle-state`)

  it('knows all documented problem types and no other', () => {
    expect(Object.keys(problems)).to.have.members(documented.map(([type]) => type))
  })

  for (const [type, status, title] of documented)
    it(`answers a command with ${status} ${type}, as often as asked, and is well again`, async () => {
      fault({ kind: type, count: 2 })
      for (let time = 0; time < 2; time++) {
        const { body, headers, ...answer } = await given.command(car, 'unlock-central-lock')
        expect(answer.status).to.equal(status)
        expect(headers.get('content-type')).to.equal('application/json')
        expect(body).to.include({ type: `/problems/${type}`, status, title, flow_id: headers.get('x-invers-flow-id') })
        const page = type === 'telematics-unit/error' ? 'telematics-unit-error' : type
        expect(body.type_documentation).to.equal(`https://developers.invers.com/problems/${page}`)
        expect(body.detail).to.be.a('string').and.not.equal('')
      }
      expect(given.sim.cars.get('city').truth('lock.central')).to.equal('locked')
      expect((await given.command(car, 'unlock-central-lock')).status).to.equal(200)
    })

  it('keeps what only commands meet from other calls', async () => {
    fault({ kind: 'vehicle/no-connection' })
    expect((await state()).status).to.equal(200)
    fault({ kind: 'internal-server-error' })
    expect((await state()).status).to.equal(500)
  })

  it('sends problems as application/problem+json, when told so', async () => {
    given.sim.invers.settings.errorType = 'application/problem+json'
    expect((await given.get('/vehicles/NONE')).headers.get('content-type')).to.equal('application/problem+json')
  })

  it('says how long a client is blocked: rate-limit headers, seconds, a date, or nothing', async () => {
    const headers = async (kind: string) => {
      fault({ kind, count: 1 })
      const answer = await state()
      expect(answer.status).to.equal(429)
      return (name: string) => answer.headers.get(name)
    }
    const rate = await headers('429')
    expect(rate('x-rate-limit-remaining')).to.equal('0')
    expect(Number(rate('x-rate-limit-reset'))).to.equal(given.clock.now() / 1000 + 20)
    expect(rate('retry-after')).to.equal(null)
    expect((await headers('429-retry-after'))('retry-after')).to.equal('20')
    const dated = await headers('429-retry-date')
    expect(Date.parse(dated('retry-after') ?? '')).to.equal(given.clock.now() + 20_000)
    expect(dated('x-rate-limit-reset')).to.equal(null)
    const bare = await headers('429-bare')
    expect([bare('retry-after'), bare('x-rate-limit-reset')]).to.deep.equal([null, null])
  })

  for (const [refusal, header] of [
    ['x-rate-limit', 'x-rate-limit-reset'],
    ['retry-after', 'retry-after'],
  ] as const)
    it(`counts the calls of each client, and tells by ${header} when they are free again`, async () => {
      Object.assign(given.sim.invers.settings, { perMinute: 3, refusal })
      expect((await state()).headers.get('x-rate-limit-remaining')).to.equal('2')
      await state()
      expect((await state()).headers.get('x-rate-limit-remaining')).to.equal('0')
      const refused = await state()
      expect([refused.status, refused.body.type]).to.deep.equal([429, '/problems/too-many-requests'])
      expect(refused.headers.get(header)).to.be.a('string')
      const own = given.token
      given.token = await tokenOf(given.sim, 'DEMO01#cl2', 'demo-secret-that-only-reads')
      expect((await state()).status).to.equal(200)
      given.token = own
      await given.clock.advance(minutes(1))
      expect((await state()).status).to.equal(200)
    })

  it('leaves the rate-limit headers away from good answers, when told so', async () => {
    given.sim.invers.settings.rateHeaders = 'on-refusal'
    expect((await state()).headers.get('x-rate-limit-limit')).to.equal(null)
  })

  it('takes all tokens back', async () => {
    fault({ kind: 'token-revoked' })
    expect((await state()).body.type).to.equal('/problems/invalid-credentials')
    expect((await state()).status).to.equal(401)
    given.token = await tokenOf(given.sim)
    expect((await state()).status).to.equal(200)
  })

  it('fails the token call once', async () => {
    fault({ kind: 'token-500' })
    expect((await askToken(given.sim)).status).to.equal(500)
    fault({ kind: 'token-401' })
    expect((await askToken(given.sim)).status).to.equal(401)
    expect((await askToken(given.sim)).status).to.equal(200)
  })

  it('decides the next command by a problem or a status, and the car stays as it is', async () => {
    fault({ kind: 'next-command', status: 'third-party/error' })
    expect((await given.command(car, 'unlock-central-lock')).body.type).to.equal('/problems/third-party/error')
    fault({ kind: 'next-command', status: 422 })
    const plain = await given.command(car, 'unlock-central-lock')
    expect([plain.status, plain.body.type]).to.deep.equal([422, undefined])
    expect(given.sim.cars.get('city').truth('lock.central')).to.equal('locked')
  })

  it('does the command and loses the answer', async () => {
    const { sim } = given
    for (const [kind, status] of [
      ['502-late', 502],
      ['504-late', 504],
    ] as const) {
      sim.cars.get('city').lock()
      fault({ kind })
      expect((await given.command(car, 'unlock-central-lock')).status).to.equal(status)
      expect(sim.cars.get('city').truth('lock.central')).to.equal('unlocked')
    }
    sim.cars.get('city').lock()
    fault({ kind: 'reset-late' })
    expect(await given.command(car, 'unlock-central-lock').catch(() => 'cut')).to.equal('cut')
    expect(sim.cars.get('city').truth('lock.central')).to.equal('unlocked')
  })

  it('answers without a problem document: a status, a proxy page, a line that is cut', async () => {
    fault({ kind: 'plain', status: 405, count: 1 })
    expect((await state()).body).to.deep.equal({ status: 405, error: 'Error' })
    fault({ kind: '503', count: 1 })
    expect((await state()).status).to.equal(503)
    fault({ kind: '502-html', count: 1 })
    const page = await given.call('/vehicles')
    expect([page.status, await page.text()].join(' ')).to.match(/^502 <html>/)
    fault({ kind: 'reset', count: 1 })
    expect(await state().catch(() => 'cut')).to.equal('cut')
    expect((await state()).status).to.equal(200)
  })

  it('spoils good answers', async () => {
    const lock = async (kind: string) => {
      fault({ kind, count: 1 })
      return (await state()).body
    }
    expect(await lock('empty-data')).to.deep.equal({})
    expect((await lock('missing-timestamp')).central_lock).to.deep.equal({ value: 'LOCKED' })
    expect((await lock('broken-timestamp')).central_lock.timestamp).to.equal('yesterday')
    expect((await lock('new-word')).central_lock.value).to.equal('A_WORD_NOBODY_KNOWS')
    expect((await lock('string-numbers')).mileage_in_kilometers.value).to.equal('48213')
    expect((await lock('odd-types')).mileage_in_kilometers.value).to.deep.equal({ nobody: ['knows'] })
    expect((await lock('null-values')).mileage_in_kilometers.value).to.equal(null)
    expect(await lock('new-property')).to.include.keys('a_property_nobody_knows', 'bare', 'central_lock')
    fault({ kind: 'string-numbers', count: 1, field: 'cellular_signal_quality' })
    const one = (await state()).body
    expect([one.cellular_signal_quality.value, one.mileage_in_kilometers.value]).to.deep.equal(['4', 48213])
    fault({ kind: 'new-capability', count: 1 })
    expect((await given.get('/vehicles')).body.items[0].capabilities.commands).to.include('OPEN_SUNROOF_A_LITTLE')
    fault({ kind: 'empty-data', count: 1 })
    expect((await given.get('/vehicles')).body).to.deep.equal({ items: [] })
  })

  it('sends half a JSON, nothing, a page, or five megabytes as if it were good', async () => {
    const text = async (kind: string) => {
      fault({ kind, count: 1 })
      const answer = await given.call(`/vehicles/${car}/vehicle-state`)
      expect(answer.status).to.equal(200)
      return answer.text()
    }
    const half = await text('broken-json')
    expect(() => JSON.parse(half) as unknown).to.throw()
    expect(await text('empty-body')).to.equal('')
    expect(await text('html')).to.contain('<html>')
    const large = await text('large-body')
    expect(large.length).to.be.above(5_000_000)
    expect(JSON.parse(large)).to.have.property('central_lock')
  })

  it('is told a wrong kind', async () => {
    const { status, body } = await given.control('POST', '/faults', { provider: 'invers', kind: 'rain' })
    expect(status).to.equal(400)
    expect(body.error).to.contain('vehicle/no-connection')
  })
})
