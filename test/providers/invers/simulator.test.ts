import { expect } from 'chai'
import { minutes } from '../../../src/clock'
import { ClientTokens } from '../../../src/cloud/oauth'
import { Ledger } from '../../../src/cloud/quota'
import { inversKit } from '../../../src/providers/invers/kit'
import type { Invers } from '../../../src/providers/invers/invers'
import type { Order } from '../../../src/providers/provider'
import { inversDemo } from '../../../src/simulator/credentials'
import { distortionKinds } from '../../../src/simulator/invers/distort'
import { problemTypes } from '../../../src/simulator/invers/problems'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../../src/simulator/simulator'
import { DrivewayError, type CauseCode } from '../../../src/vehicle/causes'
import type { Drift } from '../../../src/vehicle/reading'
import { signalGroups, type SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { rush, WatchedHttp } from '../../support/scriptedCloud'
import { deliveredBy, valuesOf } from './support'

const codeOf = (work: Promise<unknown>): Promise<CauseCode | 'none'> =>
  work.then(
    () => 'none' as const,
    (error: DrivewayError) => error.code,
  )

describe('an INVERS account at the simulator', () => {
  let sim: Simulator
  let clock: ManualClock

  const start = async (options: SimulatorOptions = {}) => {
    clock = new ManualClock()
    sim = await startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 }, ...options })
  }
  afterEach(async () => {
    await sim.close()
  })

  async function signedIn(own: Record<string, string> = {}, clientSecret = inversDemo.clientSecret) {
    const settings = { api: '', timeZone: 'UTC', own }
    const { url, authUrl } = inversKit.simulated(sim.url, settings)
    const http = new WatchedHttp({ baseUrl: url, clock, name: 'INVERS' })
    const credentials = { clientId: inversDemo.clientId, clientSecret }
    const client = inversKit.oauth(authUrl, { ...credentials, settings })
    const tokens = new ClientTokens({ client, http, grantIn: inversKit.grantIn ?? 'form', clock })
    const ledger = new Ledger(inversKit.limits, clock, 'INVERS')
    const httpTo = () => http
    const invers = inversKit.open({ baseUrl: url, settings, credentials, http, httpTo, tokens, ledger, clock }) as Invers
    const drifts: Drift[] = []
    invers.onDrift = (drift) => drifts.push(drift)
    const { signal } = new AbortController()
    const go = <T>(work: Promise<T>): Promise<T> => rush(clock, http, work)
    const idOf = (car: string) => sim.invers.garage.of(sim.cars.get(car)).id
    return {
      invers,
      drifts,
      go,
      idOf,
      list: () => go(invers.vehicles(signal)),
      can: (car: string) => go(invers.capabilities(idOf(car), signal)),
      read: (car: string, ...groups: SignalGroup[]) => go(invers.read(idOf(car), groups, signal)),
      send: (car: string, command: Order['command'], params: Order['params'] = {}) =>
        go(invers.execute({ id: 'o', vehicle: idOf(car), command, params }, () => undefined, signal)),
    }
  }

  const control = async (path: string, body: unknown): Promise<void> => {
    const answer = await fetch(`${sim.url}/sim/api${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    expect(answer.status, await answer.text()).to.be.below(300)
  }
  const fault = (kind: string, rest: Record<string, unknown> = {}) => control('/faults', { provider: 'invers', kind, ...rest })

  it('signs in with a # in its name, lists the fleet and reads every car of it without a strange word', async () => {
    await start()
    const { list, read, drifts, idOf } = await signedIn()
    const cars = await list()
    expect(cars.map(({ label, meta }) => [label, meta.energy, meta.kind])).to.deep.equal([
      ['City 1', 'electric', 'car'],
      ['Van 2', 'diesel', 'car'],
      ['Moped 3', 'electric', 'moped'],
      ['Sedan 4', 'electric', 'car'],
    ])
    for (const car of ['city', 'van', 'moped', 'maker']) {
      const answer = await read(car, ...signalGroups)
      expect(answer.failures, car).to.deep.equal([])
      const values = valuesOf(answer.readings)
      const truth = sim.cars.get(car)
      expect(values['vehicle.odometer'], car).to.be.closeTo(Number(truth.truth('vehicle.odometer')), 1)
      expect(values[car === 'van' ? 'fuel.level' : 'battery.stateOfCharge'], car).to.be.a('number')
      expect(values, car).to.include({ 'reachability.status': 'available', 'vehicle.rental': 'free' })
    }
    expect(drifts).to.deep.equal([])
    expect(idOf('city')).not.to.match(/^[A-Z0-9]{17}$/)
  })

  it('says what is wrong with the secret', async () => {
    await start()
    const { list } = await signedIn({}, 'wrong')
    expect(await codeOf(list())).to.equal('KEY_INVALID')
    await control('/invers/settings', { tokenErrors: 'problem' })
    expect(await codeOf((await signedIn({}, 'wrong')).list())).to.equal('KEY_INVALID')
  })

  for (const paging of ['page-token', 'cursor'])
    it(`lists a fleet of 1,500 by ${paging}`, async () => {
      await start({ fleet: 1500 })
      await control('/invers/settings', { paging, pageSize: 40 })
      const { list, drifts } = await signedIn()
      const cars = await list()
      expect(cars).to.have.length(1504)
      expect(new Set(cars.map(({ id }) => id)).size).to.equal(1504)
      expect(drifts).to.deep.equal([])
    })

  it('lists a fleet that has more pages than calls are allowed in a minute', async () => {
    await start({ fleet: 1500 })
    await control('/invers/settings', { perMinute: 30, pageSize: 20, largestPage: 20 })
    const { list } = await signedIn()
    const begun = clock.now()
    expect(await list()).to.have.length(1504)
    expect(clock.now() - begun).to.be.within(minutes(2), minutes(5))
    expect(sim.calls.list().map(({ status }) => status)).not.to.include(429)
  })

  it('does what each car lists, no more, and knows the new state from the answer', async () => {
    for (const answer of ['full', 'partial']) {
      await sim?.close()
      await start()
      await control('/invers/settings', { answer })
      const { list, can, send } = await signedIn()
      await list()
      for (const car of ['city', 'van', 'moped', 'maker']) {
        const { commands } = await can(car)
        for (const command of commands) {
          const { phase, provider, cause } = await send(car, command)
          expect([phase, cause?.message], `${car} ${command} ${answer}`).to.deep.equal(['done', undefined])
          expect(provider?.requestIds?.flowId).to.match(/^[0-9a-f-]{36}$/)
        }
      }
      const { readings = [] } = await send('city', 'unlock-and-enable-driving')
      expect(valuesOf(readings)).to.include({ 'lock.central': 'unlocked', 'vehicle.drivingEnabled': true })
      expect((await send('maker', 'unlock-and-enable-driving')).cause?.code).to.equal('UNSUPPORTED')
      expect((await send('moped', 'unlock')).cause?.code).to.equal('UNSUPPORTED')
      expect((await send('city', 'raw', { command: 'fold-roof' })).cause?.code).to.equal('UNSUPPORTED')
    }
  })

  it('refuses to lock a car that moves, and says why', async () => {
    await start()
    const { list, send, idOf } = await signedIn()
    await list()
    await control(`/invers/vehicles/${idOf('city')}`, { moving: true })
    const { phase, cause } = await send('city', 'lock')
    expect([phase, cause?.code]).to.deep.equal(['refused', 'CONFLICT'])
    await control(`/invers/vehicles/${idOf('van')}`, { connected: false })
    expect((await send('van', 'lock')).cause?.code).to.equal('UNREACHABLE')
  })

  it('gets a new token when the old one ends, and when it is refused before', async () => {
    await start()
    const { list, read } = await signedIn()
    await list()
    const tokenCalls = () => sim.calls.list().filter(({ path }) => path.includes('/oauth/token')).length
    expect(tokenCalls()).to.equal(1)
    await clock.advance(minutes(20))
    await read('city', 'lock')
    expect(tokenCalls()).to.equal(2)
    await fault('token-revoked')
    expect((await read('city', 'lock')).failures).to.deep.equal([])
    expect(tokenCalls()).to.equal(3)
  })

  it('finds the state elsewhere when the account says where', async () => {
    await start()
    await control('/invers/settings', { statePath: '/fleet/{vehicle_id}/state' })
    const lost = await signedIn()
    await lost.list()
    expect(valuesOf((await lost.read('city', 'lock')).readings)).to.deep.equal({})
    const { list, read } = await signedIn({ statePath: '/fleet/{vehicle_id}/state' })
    await list()
    expect(valuesOf((await read('city', 'lock')).readings)).to.include({ 'lock.central': 'locked' })
  })

  for (const type of problemTypes)
    it(`meets ${type} on a command and goes on afterwards`, async () => {
      await start()
      const { list, send } = await signedIn()
      await list()
      await fault(type, { count: 5, path: '/commands/' })
      const { phase, cause, provider } = await send('city', 'lock')
      expect(phase).to.be.oneOf(['refused', 'failed', 'unknown'])
      expect(provider?.status).to.equal(`/problems/${type}`)
      expect(provider?.requestIds?.flowId).to.be.a('string')
      expect(cause?.action).to.be.a('string')
      expect(JSON.stringify(cause)).not.to.contain(sim.cars.get('city').id)
      await fetch(`${sim.url}/sim/api/faults`, { method: 'DELETE' })
      await clock.advance(minutes(2))
      expect((await send('city', 'lock')).phase).to.equal('done')
    })

  for (const kind of ['429', '429-retry-after', '429-retry-date', '429-bare'])
    it(`waits out ${kind}`, async () => {
      await start()
      const { list, read } = await signedIn()
      await list()
      await fault(kind, { count: 1 })
      const begun = clock.now()
      const answer = await read('city', 'lock')
      expect(valuesOf(answer.readings)).to.include({ 'lock.central': 'locked' })
      expect(clock.now() - begun).to.be.within(kind === '429-bare' ? 900 : 19_000, 25_000)
    })

  it('keeps within what INVERS allows in a minute', async () => {
    await start()
    await control('/invers/settings', { perMinute: 30 })
    const { list, read, send } = await signedIn()
    await list()
    const codes: string[] = []
    for (let n = 0; n < 40; n++) codes.push(await codeOf(read('city', 'lock')))
    const statuses = sim.calls.list().map(({ status }) => status)
    expect(statuses).not.to.include(429)
    expect(codes).to.include('QUOTA_MINUTE')
    expect((await send('city', 'lock')).phase).to.equal('done')
  })

  for (const [kind, phase] of [
    ['reset-late', 'unknown'],
    ['502-late', 'unknown'],
    ['504-late', 'unknown'],
    ['reset', 'unknown'],
    ['502-html', 'unknown'],
    ['503', 'unknown'],
  ] as const)
    it(`sends a command once whatever comes of it: ${kind}`, async () => {
      await start()
      const { list, send } = await signedIn()
      await list()
      await fault(kind, { count: 1, path: '/commands/' })
      expect((await send('city', 'unlock')).phase).to.equal(phase)
      expect(sim.calls.list().filter(({ path }) => path.includes('/commands/'))).to.have.length(1)
    })

  for (const kind of distortionKinds)
    it(`survives ${kind} in every answer, and is well again afterwards`, async () => {
      await start()
      const { list, read, send } = await signedIn()
      await list()
      await fault(kind)
      for (const car of ['city', 'van', 'moped', 'maker'])
        expect(await codeOf(read(car, ...signalGroups))).to.be.oneOf(['none', 'SCHEMA_DRIFT'])
      expect((await send('city', 'lock')).phase).to.be.oneOf(['done', 'unknown'])
      await fetch(`${sim.url}/sim/api/faults`, { method: 'DELETE' })
      expect(valuesOf((await read('city', 'lock')).readings)).to.include({ 'lock.central': 'locked' })
      expect(await list()).to.have.length(4)
    })

  it('takes the events that the simulated cloud posts, each once', async () => {
    await start()
    const { list, invers, idOf, drifts } = await signedIn()
    await list()
    await control('/vehicles/city/unlock', {})
    await control('/vehicles/city/drive', { to: 'work' })
    await clock.advance(minutes(3))
    await control(`/invers/vehicles/${idOf('van')}`, { rental: 'IN_RENTAL' })
    await control(`/invers/vehicles/${idOf('city')}/smoke`, {})
    const messages = sim.invers.events.list()
    expect(new Set(messages.map(({ metadata }) => metadata.type)).size).to.be.at.least(4)
    const deliveries = messages.map((message) => deliveredBy(invers, message, clock.now()))
    expect(deliveries).not.to.include(undefined)
    expect(new Set(deliveries.map((one) => one?.key)).size).to.equal(messages.length)
    const said = Object.assign({}, ...deliveries.map((one) => valuesOf(one?.readings ?? []))) as Record<string, unknown>
    expect(said).to.include({ 'vehicle.rental': 'rented' })
    expect(
      deliveries.some((one) => one?.readings.some(({ signal, value }) => signal === 'lock.central' && value === 'unlocked')),
    ).to.equal(true)
    expect(deliveries.flatMap((one) => one?.events?.map(({ name }) => name) ?? [])).to.include('smoke-detected')
    expect(deliveries.map((one) => one?.trip?.edge)).to.include('start')
    expect(drifts).to.deep.equal([])
  })
})
