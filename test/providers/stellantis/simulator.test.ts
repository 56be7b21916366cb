import { expect } from 'chai'
import { signInToSimulator } from '../../../nodes/account/selfSignIn'
import { hours, minutes } from '../../../src/clock'
import { ClientTokens, noTokens, SignedInTokens, type Tokens } from '../../../src/cloud/oauth'
import { Ledger } from '../../../src/cloud/quota'
import { memoryTokenStore } from '../../../src/cloud/tokens'
import type { ProviderSettings } from '../../../src/providers/kit'
import { stellantisKit } from '../../../src/providers/stellantis/kit'
import type { Stellantis } from '../../../src/providers/stellantis/stellantis'
import { stellantisDemo } from '../../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../../src/simulator/simulator'
import type { Drift } from '../../../src/vehicle/reading'
import { isSignalId, signalGroups, signalOf, type SignalGroup } from '../../../src/vehicle/signals'
import { ManualClock } from '../../support/clock'
import { rush, WatchedHttp } from '../../support/scriptedCloud'
import { valuesOf } from './reading'

describe('a Stellantis account at the simulator', () => {
  let sim: Simulator
  let clock: ManualClock

  beforeEach(async () => {
    clock = new ManualClock()
    sim = await startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 } })
  })
  afterEach(async () => {
    await sim.close()
  })

  async function signedIn(api: 'v4' | 'v1', own: Record<string, string> = {}) {
    const settings: ProviderSettings = { api, timeZone: 'Europe/Paris', own }
    const { url, authUrl } = stellantisKit.simulated(sim.url, settings)
    const http = new WatchedHttp({ baseUrl: url, clock, name: 'Stellantis' })
    const tokens = await tokensFor(settings, authUrl, http)
    const drifts: Drift[] = []
    const { clientId, clientSecret } = stellantisDemo
    const provider = stellantisKit.open({
      baseUrl: url,
      settings,
      credentials: { clientId, clientSecret },
      http,
      httpTo: () => http,
      tokens,
      ledger: new Ledger(stellantisKit.limits, clock, 'Stellantis'),
      clock,
    }) as Stellantis
    provider.onDrift = (drift) => drifts.push(drift)
    const { signal } = new AbortController()
    const idOf = (car: string) => sim.cars.get(car).id
    return {
      provider,
      drifts,
      vehicles: () => rush(clock, http, provider.vehicles(signal)),
      read: (car: string, ...groups: SignalGroup[]) => rush(clock, http, provider.read(idOf(car), groups, signal)),
      values: async (car: string, ...groups: SignalGroup[]) =>
        valuesOf((await rush(clock, http, provider.read(idOf(car), groups, signal))).readings),
      past: (car: string, kind: string, query = {}) => rush(clock, http, provider.history.read(idOf(car), kind, query, signal)),
    }
  }

  async function tokensFor(settings: ProviderSettings, authUrl: string, http: WatchedHttp): Promise<Tokens> {
    const { clientId, clientSecret } = stellantisDemo
    const kind = stellantisKit.signIn(settings)
    if (kind === 'none') return noTokens
    const scopes = kind === 'client' ? [stellantisDemo.partnerScope] : undefined
    const client = stellantisKit.oauth(authUrl, { clientId, clientSecret, settings, scopes })
    if (kind === 'client') return new ClientTokens({ client, http, grantIn: 'form', clock })
    const account = `a${Math.trunc(clock.random() * 1e9)}`
    const tokens = new SignedInTokens({ client, http, store: memoryTokenStore(), account, clock })
    await tokens.accept(await signInToSimulator(client, clock))
    return tokens
  }

  const ways: [what: string, api: 'v4' | 'v1', own: Record<string, string>][] = [
    ['v4, a person signs in', 'v4', {}],
    ['v1, a person signs in', 'v1', {}],
    ['v1, the application signs in', 'v1', { grant: 'client' }],
    ['v1, as the quick start shows it', 'v1', { headerMode: 'true', userId: stellantisDemo.accounts.demo ?? '' }],
  ]
  for (const [what, api, own] of ways) {
    it(`sees its cars and all of their state: ${what}`, async () => {
      const account = await signedIn(api, own)
      const cars = await account.vehicles()
      expect(cars.map(({ id }) => id)).to.include(sim.cars.get('e208').id)
      for (const { id } of cars) {
        const { readings, failures } = await account.read(sim.cars.get(id).profile.key, ...signalGroups)
        expect(failures, sim.cars.get(id).profile.key).to.deep.equal([])
        for (const { signal, value } of readings) {
          if (!isSignalId(signal)) throw new Error(signal)
          const { words } = signalOf(signal)
          for (const word of words && value !== null ? [value].flat() : []) expect(words, signal).to.include(word)
        }
      }
      expect(account.drifts).to.deep.equal([])
    })
  }

  for (const api of ['v4', 'v1'] as const) {
    it(`sees what happens to the car (${api})`, async () => {
      const { values, vehicles } = await signedIn(api)
      await vehicles()
      const car = sim.cars.get('e208')
      expect(await values('e208', 'charging', 'lock', 'doors')).to.include({
        'charging.connection': 'disconnected',
        'charging.status': 'idle',
        'lock.central': 'locked',
        'doors.tailgate': 'closed',
      })
      car.plugIn('ac')
      car.startCharging()
      car.open('tailgate')
      const told = await values('e208', 'charging', 'lock', 'doors')
      expect(told).to.include({
        'charging.connection': 'connected',
        'charging.status': 'charging',
        'lock.central': 'unlocked',
        'doors.tailgate': 'open',
      })
      expect(told['charging.rate']).to.be.a('number')
      expect(told['charging.timeToComplete']).to.be.a('number')
    })

    it(`loses nothing but what privacy withholds (${api})`, async () => {
      const { values, drifts } = await signedIn(api)
      expect(await values('e208', 'position')).to.include.keys('position.location')
      sim.cars.get('e208').setPrivacy('geolocation')
      expect(await values('e208', 'reachability', 'vehicle')).to.include({
        'reachability.privacy': 'geolocation',
        'vehicle.odometer': 21901,
      })
      expect(drifts).to.deep.equal([])
    })

    it(`has no data for a car without a connected service, and no fault (${api})`, async () => {
      const { read } = await signedIn(api)
      const { readings, failures } = await read('corsa', ...signalGroups)
      expect({ readings, failures }).to.deep.equal({ readings: [], failures: [] })
    })

    it(`reads answers as real cars send them (${api})`, async () => {
      const { values, drifts } = await signedIn(api)
      const kinds = ['old-energy', 'only-old-energy', 'thermal-zero', 'schedule-array', 'nested-programs', 'missing-timestamp']
      const whole = await values('e208', 'charging', 'climate')
      for (const kind of [...kinds, 'string-numbers']) {
        sim.faults.clear()
        sim.faults.add({ provider: 'stellantis', kind, path: api === 'v4' ? '/status' : '/latest' })
        const told = await values('e208', 'charging', 'climate')
        expect(told, kind).to.include({ 'battery.stateOfCharge': 71.5, 'battery.capacity': 46.27, 'climate.status': 'inactive' })
        const asBefore = Object.keys(whole).filter((signal) => signal !== 'charging.programs' && signal !== 'charging.nextStart')
        expect(told, kind).to.include.keys(asBefore)
      }
      expect(drifts).to.deep.equal([])
    })

    it(`takes a new word for what it is (${api})`, async () => {
      const { values, drifts } = await signedIn(api)
      sim.faults.add({ provider: 'stellantis', kind: 'new-word', path: api === 'v4' ? '/status' : '/latest' })
      const told = await values('e208', 'charging', 'vehicle')
      expect(told).to.include({ 'charging.status': 'unknown', 'climate.status': 'unknown', 'vehicle.odometer': 21901 })
      expect(drifts.length).to.be.greaterThan(2)
      expect(JSON.stringify(drifts)).not.to.contain(sim.cars.get('e208').id)
    })

    it(`lives through a cloud that stumbles (${api})`, async () => {
      const { values } = await signedIn(api)
      for (const kind of ['500', '502-html', '503', '504', '429', '401-token', '401-security', 'reset']) {
        sim.faults.add({ provider: 'stellantis', kind, count: 1 })
        expect(await values('e208', 'charging'), kind).to.include({ 'battery.stateOfCharge': 71.5 })
      }
    })

    it(`says whose fault it is (${api})`, async () => {
      const { read } = await signedIn(api)
      const expected: [kind: string, code: string][] = [
        ['401', 'KEY_INVALID'],
        ['401-plan', 'KEY_INVALID'],
        ['403-scope', 'SCOPE_MISSING'],
        ['403-not-yours', 'VEHICLE_NOT_YOURS'],
        ['502-html', 'PROVIDER_DOWN'],
      ]
      await read('e208', 'charging')
      for (const [kind, code] of expected) {
        sim.faults.clear()
        sim.faults.add({ provider: 'stellantis', kind })
        expect(await read('e208', 'charging').catch((error: { code: string }) => error.code), kind).to.equal(code)
      }
    })
  }

  const parts: Readonly<Record<string, readonly string[]>> = {
    trips: ['alerts', 'collisions', 'wayPoints', 'telemetry'],
    stolen: ['wayPoints'],
  }
  for (const api of ['v4', 'v1'] as const) {
    it(`knows the past of a car, page by page and one by one (${api})`, async () => {
      const { past, provider, drifts } = await signedIn(api)
      const { kinds } = provider.history
      const seen: string[] = []
      for (const kind of kinds) {
        const whole = await past('e208', kind, { limit: 500 })
        expect(JSON.stringify(whole.records), kind).not.to.contain('unknown')
        const paged: unknown[] = []
        let next: string | undefined
        for (let number = 0; number < 3; number++) {
          const page: { records: readonly unknown[]; next?: string } = await past('e208', kind, { limit: 1, next })
          paged.push(...page.records)
          next = page.next
          if (next === undefined) break
        }
        expect(paged, kind).to.deep.equal(whole.records.slice(0, paged.length))
        if (whole.records.length > 0) seen.push(kind)
        const id = whole.records[0]?.id
        if (typeof id !== 'string') continue
        expect((await past('e208', kind, { id })).records, kind).to.deep.equal([whole.records[0]])
        for (const part of parts[kind] ?? []) {
          const inside = await past('e208', kind, { id, part })
          expect(JSON.stringify(inside.records), `${kind} ${part}`).not.to.contain('unknown')
          if (part !== 'wayPoints') continue
          const times = inside.records.map(({ at }) => String(at))
          expect(times.length, kind).to.be.greaterThan(1)
          expect(times, kind).to.deep.equal([...times].sort())
        }
      }
      expect(seen).to.include.members(['trips', 'alerts', 'telemetry', ...(api === 'v1' ? ['charging-sessions'] : [])])
      expect(drifts).to.deep.equal([])
    })

    it(`knows only what happened in the asked time (${api})`, async () => {
      const { past } = await signedIn(api)
      const { records } = await past('e208', 'trips', { limit: 500 })
      const middle = String(records[Math.floor(records.length / 2)]?.startedAt)
      const [later, earlier] = [await past('e208', 'trips', { from: middle }), await past('e208', 'trips', { to: middle })]
      expect(later.records.length).to.be.lessThan(records.length)
      expect(later.records.every(({ startedAt }) => String(startedAt) >= middle)).to.equal(true)
      expect(earlier.records.every(({ startedAt }) => String(startedAt) <= middle)).to.equal(true)
    })
  }

  it('stays signed in for days', async () => {
    const { values } = await signedIn('v4')
    for (const ms of [minutes(50), minutes(20), hours(30), hours(100)]) {
      await clock.advance(ms)
      expect(await values('e208', 'doors')).to.include({ 'doors.tailgate': 'closed' })
    }
  })
})
