import { expect } from 'chai'
import { signInToSimulator } from '../../../nodes/account/selfSignIn'
import { hours, minutes } from '../../../src/clock'
import { SignedInTokens } from '../../../src/cloud/oauth'
import { Ledger } from '../../../src/cloud/quota'
import { memoryTokenStore } from '../../../src/cloud/tokens'
import { rechargePartNames } from '../../../src/providers/volvo/endpoints'
import { Volvo, volvoLimits, volvoOAuth, volvoScopes } from '../../../src/providers/volvo/volvo'
import type { Order } from '../../../src/providers/provider'
import { volvoDemo } from '../../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../../src/simulator/simulator'
import type { Drift } from '../../../src/vehicle/reading'
import { signalGroups, type SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { rush, WatchedHttp } from '../../support/scriptedCloud'
import { valuesOf } from './support'

describe('a Volvo account at the simulator', () => {
  let sim: Simulator
  let clock: ManualClock

  beforeEach(async () => {
    clock = new ManualClock()
    sim = await startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 } })
  })
  afterEach(async () => {
    await sim.close()
  })

  async function signedIn({
    api = 'v2',
    scopes = volvoScopes(api),
    key = volvoDemo.apiKey,
  }: { api?: 'v2' | 'v1'; scopes?: readonly string[]; key?: string } = {}) {
    const url = `${sim.url}/volvo`
    const http = new WatchedHttp({ baseUrl: url, clock, name: 'Volvo' })
    const client = volvoOAuth(url, { ...volvoDemo, api, scopes })
    const store = memoryTokenStore()
    const tokens = new SignedInTokens({ client, http, store, account: `a${Math.trunc(clock.random() * 1e9)}`, clock })
    await tokens.accept(await signInToSimulator(client, clock))
    const drifts: Drift[] = []
    const volvo = new Volvo({
      baseUrl: url,
      apiKey: key,
      api,
      tokens,
      ledger: new Ledger(volvoLimits, clock, 'Volvo'),
      clock,
      http,
      onDrift: (drift) => drifts.push(drift),
    })
    const { signal } = new AbortController()
    const idOf = (car: string) => sim.cars.get(car).id
    return {
      volvo,
      drifts,
      signal,
      idOf,
      go: <T>(work: Promise<T>) => rush(clock, http, work),
      read: (car: string, ...groups: SignalGroup[]) => rush(clock, http, volvo.read(idOf(car), groups, signal)),
      values: async (car: string, ...groups: SignalGroup[]) =>
        valuesOf((await rush(clock, http, volvo.read(idOf(car), groups, signal))).readings),
      send: (car: string, command: Order['command'], params: Order['params'] = {}) =>
        rush(
          clock,
          http,
          volvo.execute({ id: 'o', vehicle: idOf(car), command, params }, () => undefined, signal),
        ),
    }
  }

  it('lists the cars of the person who signed in', async () => {
    const { volvo, signal, go, idOf, drifts } = await signedIn()
    const cars = await go(volvo.vehicles(signal))
    expect(cars.map(({ id, meta }) => [id, meta.model, meta.energy])).to.deep.equal([
      [idOf('ex40'), 'EX40', 'electric'],
      [idOf('xc60'), 'XC60', 'hybrid'],
      [idOf('v60'), 'V60', 'petrol'],
    ])
    expect(drifts).to.deep.equal([])
  })

  for (const api of ['v2', 'v1'] as const) {
    for (const car of ['ex40', 'xc60', 'v60']) {
      it(`reads everything of ${car} with the energy calls ${api}, understanding all of it`, async () => {
        const { read, drifts } = await signedIn({ api })
        const { readings, failures, groups } = await read(car, ...signalGroups)
        expect(failures).to.deep.equal([])
        expect(drifts).to.deep.equal([])
        expect(groups).to.include.members([...signalGroups])
        const told = valuesOf(readings)
        const truth = sim.cars.get(car).profile.start
        for (const id of [
          'battery.stateOfCharge',
          'charging.connection',
          'lock.central',
          'doors.hood',
          'vehicle.odometer',
          'fuel.amount',
          'tyres.rearLeft',
          'lights.fogRear',
          'service.time',
          'windows.rearLeft',
        ] as const) {
          expect(told[id], id).to.equal(truth[id])
        }
        expect(told['position.location']).to.deep.equal(truth['position.location'])
      })
    }
  }

  it('sees what happens to the car', async () => {
    const { values } = await signedIn()
    const car = sim.cars.get('ex40')
    expect(await values('ex40', 'charging')).to.include({ 'charging.connection': 'disconnected', 'charging.status': 'idle' })
    car.plugIn('ac')
    car.startCharging()
    car.open('frontLeft')
    car.unlock()
    expect(await values('ex40', 'charging', 'doors')).to.include({
      'charging.connection': 'connected',
      'charging.type': 'ac',
      'lock.central': 'unlocked',
      'doors.frontLeft': 'open',
    })
    expect((await values('ex40', 'charging'))['charging.power']).to.be.greaterThan(1)
  })

  it('reads each part of the older energy calls by itself', async () => {
    const { volvo, signal, go, idOf } = await signedIn({ api: 'v1' })
    const told = new Set<string>()
    for (const part of rechargePartNames)
      for (const { signal: id } of await go(volvo.rechargeStatus(idOf('ex40'), part, signal))) told.add(id)
    expect([...told]).to.include.members([
      'battery.stateOfCharge',
      'battery.range',
      'charging.connection',
      'charging.status',
      'charging.chargeLimit',
      'charging.currentLimit',
    ])
  })

  it('reads the parts when the sign-in permits not the whole', async () => {
    const scopes = ['openid', 'energy:charging_connection_status', 'conve:vehicle_relation']
    const { values } = await signedIn({ api: 'v1', scopes })
    expect(await values('ex40', 'charging')).to.include({ 'charging.connection': 'disconnected' })
  })

  const commands: [car: string, command: Order['command'], params?: Order['params']][] = [
    ['ex40', 'unlock'],
    ['ex40', 'lock'],
    ['ex40', 'lock-reduced-guard'],
    ['ex40', 'honk'],
    ['ex40', 'flash'],
    ['ex40', 'honk-flash'],
    ['ex40', 'climate-start'],
    ['ex40', 'climate-stop'],
    ['v60', 'engine-start', { minutes: 5 }],
    ['v60', 'engine-stop'],
    ['ex40', 'raw', { path: 'honk' }],
  ]
  for (const [car, command, params] of commands) {
    it(`${command} is done`, async () => {
      const { send, volvo, signal, go, idOf } = await signedIn()
      const { commands: listed, unlisted } = await go(volvo.capabilities(idOf(car), signal))
      expect([...listed, ...unlisted]).to.include(command)
      const verdict = await send(car, command, params)
      expect(verdict.phase, JSON.stringify(verdict)).to.be.oneOf(['done', 'delivered'])
      expect(verdict.provider?.requestIds).to.have.keys('operationId', 'traceparent')
    })
  }

  it('locks the car that it was told to lock', async () => {
    const { send, values } = await signedIn()
    sim.cars.get('ex40').unlock()
    expect((await send('ex40', 'lock')).phase).to.equal('done')
    expect(await values('ex40', 'lock')).to.include({ 'lock.central': 'locked' })
  })

  it('does not lock a car with an open door, wakes no sleeping one, and disturbs none that is driven', async () => {
    const { send } = await signedIn()
    sim.cars.get('ex40').unlock()
    sim.cars.get('ex40').open('rearLeft')
    expect((await send('ex40', 'lock')).cause?.code).to.equal('DOOR_OPEN')
    sim.cars.get('xc60').sleep()
    expect((await send('xc60', 'lock')).cause?.code).to.equal('ASLEEP')
    sim.cars.get('v60').drive({ km: 10 })
    expect((await send('v60', 'climate-start')).cause?.code).to.equal('IN_USE')
  })

  it('lets Volvo refuse a command that the car lacks', async () => {
    const { send } = await signedIn()
    const { phase, cause } = await send('ex40', 'engine-start', { minutes: 5 })
    expect([phase, cause?.code]).to.deep.equal(['refused', 'UNSUPPORTED'])
  })

  it('lives through keys that are refused at random and clouds that stumble', async () => {
    const { values } = await signedIn()
    for (const kind of ['401', '401-token', '500', '502-html', '503', '429', 'reset']) {
      sim.faults.add({ provider: 'volvo', kind, count: 1, path: '/doors' })
      expect(await values('ex40', 'doors'), kind).to.include({ 'lock.central': 'locked' })
    }
  })

  it('keeps what it can read when values come as texts, without times, or in new words', async () => {
    const { values, drifts } = await signedIn()
    for (const kind of ['string-numbers', 'missing-timestamp', 'null-texts', 'new-word']) {
      sim.faults.clear()
      sim.faults.add({ provider: 'volvo', kind })
      const told = await values('ex40', 'doors', 'vehicle', 'charging', 'trip')
      expect(told['vehicle.odometer'], kind).to.be.oneOf([30000, undefined])
      if (kind !== 'new-word') expect(drifts, kind).to.deep.equal([])
    }
    expect(drifts.length).to.be.greaterThan(3)
    expect(JSON.stringify(drifts)).not.to.contain(sim.cars.get('ex40').id)
  })

  it('loses one field of the energy state, not all', async () => {
    const { values } = await signedIn()
    sim.faults.add({ provider: 'volvo', kind: 'field-error', field: 'batteryChargeLevel', code: 'ERROR_READING_PROPERTY' })
    const told = await values('ex40', 'charging')
    expect(told).not.to.have.property('battery.stateOfCharge')
    expect(told).to.include({ 'charging.connection': 'disconnected' })
  })

  it('says whose fault it is when the key is wrong or a permission is missing', async () => {
    const wrongKey = await signedIn({ key: 'f'.repeat(32) })
    expect(await wrongKey.read('ex40', 'doors').catch((error: { code: string }) => error.code)).to.equal('KEY_INVALID')
    const fewScopes = await signedIn({ scopes: ['openid', 'conve:vehicle_relation', 'conve:windows_status'] })
    const { failures, groups } = await fewScopes.read('ex40', 'doors', 'windows')
    expect([failures.map(({ code }) => code), groups]).to.deep.equal([['SCOPE_MISSING'], ['windows']])
    expect(await fewScopes.read('us-xc40', 'windows').catch((error: { code: string }) => error.code)).to.equal(
      'VEHICLE_NOT_YOURS',
    )
  })

  it('stays signed in for days with tokens that last five minutes', async () => {
    const { values } = await signedIn()
    for (const ms of [minutes(4), minutes(6), hours(30), hours(100)]) {
      await clock.advance(ms)
      expect(await values('ex40', 'doors')).to.include({ 'lock.central': 'locked' })
    }
  })
})
