import { expect } from 'chai'
import { seconds } from '../../src/clock'
import type { Fault } from '../../src/simulator/faults'
import { givenSimulator, type Given, type Json } from './support'

describe('commands to a simulated Volvo', () => {
  let given: Given & { token: string }
  beforeEach(async () => {
    given = await givenSimulator()
    given.sim.volvo.limits.commandsPerMinute = 100
  })
  afterEach(() => given.sim.close())

  const send = (command: string, car = 'ex40', body?: unknown) =>
    given.volvo(`/connected-vehicle/v2/vehicles/${given.sim.cars.get(car).id}/commands/${command}`, {
      method: 'POST',
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  const outcome = async (answer: Promise<Response>): Promise<Json> => {
    const done = await answer
    const body = (await done.json()) as Json
    return { http: done.status, ...(body.data ?? body.error) }
  }
  const fault = (more: Omit<Fault, 'provider'>) => given.sim.faults.add({ provider: 'volvo', ...more })
  const car = (name = 'ex40') => given.sim.cars.get(name)

  it('unlocks and locks the car, and the doors tell when', async () => {
    await given.clock.advance(seconds(30))
    expect(await outcome(send('unlock'))).to.deep.equal({
      http: 200,
      vin: car().id,
      invokeStatus: 'COMPLETED',
      message: '',
      readyToUnlock: true,
      readyToUnlockUntil: 120,
    })
    expect(car().told('lock.central')).to.deep.equal({ value: 'unlocked', at: given.clock.now() })
    await given.clock.advance(seconds(5))
    expect(await outcome(send('lock'))).to.deep.equal({ http: 200, vin: car().id, invokeStatus: 'COMPLETED', message: '' })
    expect(car().told('lock.central')).to.deep.equal({ value: 'locked', at: given.clock.now() })
    expect(car().told('doors.hood')?.at).to.equal(given.clock.now() - seconds(35))
  })

  it('holds the answer until the car has acted', async () => {
    given.sim.volvo.settings.commandDelayMs = 2000
    let answered = false
    const answer = outcome(send('unlock')).finally(() => (answered = true))
    while (given.clock.timers < 2) await new Promise((resolve) => setImmediate(resolve))
    expect(answered).to.equal(false)
    expect(car().truth('lock.central')).to.equal('locked')
    await given.clock.advance(2000)
    expect((await answer).invokeStatus).to.equal('COMPLETED')
    expect(car().truth('lock.central')).to.equal('unlocked')
  })

  it('starts and stops climate and engine, which end by themselves', async () => {
    await outcome(send('climatization-start'))
    expect(car().truth('climate.status')).to.equal('active')
    await given.sim.advance(30 * 60)
    expect(car().truth('climate.status')).to.equal('inactive')
    given.token = given.sim.volvo.tokens.testToken('demo', ['openid', 'conve:engine_start_stop'], false)
    await outcome(send('engine-start', 'v60', { runtimeMinutes: 10 }))
    await given.sim.advance(599)
    expect(car('v60').told('engine.status')?.value).to.equal('running')
    await given.sim.advance(1)
    expect(car('v60').told('engine.status')?.value).to.equal('stopped')
  })

  for (const body of [undefined, {}, { runtimeMinutes: 16 }, { runtimeMinutes: '10' }, { runTimeMinutes: 10 }])
    it(`does not start an engine for ${JSON.stringify(body)}`, async () => {
      expect(await outcome(send('engine-start', 'v60', body))).to.include({ http: 400, message: 'BAD_REQUEST' })
      expect(car('v60').truth('engine.status')).to.equal('stopped')
    })

  it('answers 404 to a command that the car does not list', async () => {
    expect(await outcome(send('engine-start', 'ex40', { runtimeMinutes: 5 }))).to.include({ http: 404, message: 'NOT_FOUND' })
  })

  for (const [what, prepare, command, expected] of [
    ['asleep', (g: Given) => g.sim.cars.get('ex40').sleep(), 'lock', { invokeStatus: 'VEHICLE_IN_SLEEP' }],
    [
      'with an open door',
      (g: Given) => g.sim.cars.get('ex40').open('rearLeft'),
      'lock',
      { invokeStatus: 'UNABLE_TO_LOCK_DOOR_OPEN' },
    ],
    [
      'driving',
      (g: Given) => g.sim.cars.get('ex40').drive(),
      'climatization-start',
      { http: 503, description: 'Not allowed, car is in use or asleep' },
    ],
    ['driving', (g: Given) => g.sim.cars.get('ex40').drive(), 'lock', { invokeStatus: 'NOT_ALLOWED_WRONG_USAGE_MODE' }],
    [
      'in privacy',
      (g: Given) => g.sim.cars.get('ex40').setPrivacy('full'),
      'unlock',
      { invokeStatus: 'NOT_ALLOWED_PRIVACY_ENABLED' },
    ],
    [
      'offline',
      (g: Given) => g.sim.cars.get('ex40').setAll({ 'reachability.status': 'unavailable', 'reachability.reason': 'no-internet' }),
      'honk',
      { invokeStatus: 'CONNECTION_FAILURE' },
    ],
  ] as const)
    it(`does not ${command} a car that is ${what}`, async () => {
      prepare(given)
      const events = car().history.length
      expect(await outcome(send(command))).to.include(expected)
      expect(car().history).to.have.length(events)
    })

  it('answers the next command with any word, once, and does it only when the word says so', async () => {
    fault({ kind: 'next-command', status: 'REJECTED' })
    expect(await outcome(send('unlock'))).to.include({ http: 200, invokeStatus: 'REJECTED' })
    expect(car().truth('lock.central')).to.equal('locked')
    fault({ kind: 'next-command', status: 'DELIVERED' })
    expect(await outcome(send('unlock'))).to.include({ invokeStatus: 'DELIVERED' })
    expect(car().truth('lock.central')).to.equal('unlocked')
    expect(await outcome(send('lock'))).to.include({ invokeStatus: 'COMPLETED' })
  })

  for (const status of [409, 422, 500, 503, 504])
    it(`answers the next command with ${status} when told to, and leaves the car alone`, async () => {
      fault({ kind: 'next-command', status })
      expect(await outcome(send('unlock'))).to.include({ http: status })
      expect(car().truth('lock.central')).to.equal('locked')
    })

  it('can act and then cut the line, or answer an error all the same', async () => {
    fault({ kind: 'reset-late' })
    expect(await send('unlock').catch(() => 'cut')).to.equal('cut')
    expect(car().truth('lock.central')).to.equal('unlocked')
    fault({ kind: 'error-late' })
    expect(await outcome(send('lock'))).to.include({ http: 500, description: 'Error returned from car' })
    expect(car().truth('lock.central')).to.equal('locked')
  })

  it('can act and never answer', async () => {
    fault({ kind: 'timeout-late' })
    const hanging = send('unlock').catch(() => 'cut')
    while (car().truth('lock.central') !== 'unlocked') await new Promise((resolve) => setImmediate(resolve))
    expect(await Promise.race([hanging, new Promise((resolve) => setImmediate(() => resolve('silence')))])).to.equal('silence')
    await given.sim.close()
    expect(await hanging).to.equal('cut')
    given = await givenSimulator()
  })
})
