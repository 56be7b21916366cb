/** The simulator's cars as accounts of their clouds know them, for describing them to Home Assistant. */
import { nameVehicles } from '../../../src/account/garage'
import { iso } from '../../../src/clock'
import { ClientTokens } from '../../../src/cloud/oauth'
import { Ledger } from '../../../src/cloud/quota'
import { withoutPlaces, type LocationMode } from '../../../src/mirror/location'
import { configTopic, uidOf } from '../../../src/mirror/discovery/device'
import { Discovery, type DiscoveryOptions } from '../../../src/mirror/discovery/discovery'
import type { CarFacts } from '../../../src/mirror/discovery/facts'
import { inversKit } from '../../../src/providers/invers/kit'
import type { Provider } from '../../../src/providers/provider'
import { Volvo, volvoLimits } from '../../../src/providers/volvo/volvo'
import { inversDemo, stellantisDemo, volvoDemo } from '../../../src/simulator/credentials'
import { profiles } from '../../../src/simulator/profiles'
import { startSimulator } from '../../../src/simulator/simulator'
import { commandIds, isGuarded, type CommandId } from '../../../src/vehicle/commands'
import { emptyMemory } from '../../../src/vehicle/memory'
import type { Reading } from '../../../src/vehicle/reading'
import { signalGroups, signalIds, type SignalId } from '../../../src/vehicle/signals'
import { snapshotOf, takeIn, type Snapshot } from '../../../src/vehicle/snapshot'
import type { Capabilities, Vehicle } from '../../../src/vehicle/vehicle'
import { ManualClock } from '../../support/clock'
import { rush, WatchedHttp } from '../../support/scriptedCloud'
import { givenAtSimulator } from '../../providers/stellantis/atSimulator'

export interface KnownCar {
  key: string
  car: Vehicle
  capabilities: Capabilities
  known: SignalId[]
  /** What the state topic says of it. */
  state: Record<string, unknown>
}

export const safe: readonly CommandId[] = commandIds.filter((id) => !isGuarded(id))

const volvoKeys = profiles.filter(({ volvo }) => volvo).map(({ key }) => key)
const ofCloud = (part: 'stellantis' | 'invers', suffix = '') =>
  profiles.filter((profile) => profile[part]).map(({ key }) => `${key}${suffix}`)

/** By cloud; what one cloud tells by two interfaces is told apart by the name of the interface. */
export const carKeys = [
  ...volvoKeys,
  // Stellantis: its brands from the other side of the merger are in v1 only.
  ...ofCloud('stellantis', '-v4').filter((key) => key !== 'avenger-v4'),
  ...ofCloud('stellantis', '-v1'),
  ...ofCloud('invers'),
]

/** Reads every car of the simulator once. */
export async function readCars(): Promise<Map<string, KnownCar>> {
  const found = await Promise.all([volvoCars(), stellantisCars('v4'), stellantisCars('v1'), inversCars()])
  return new Map(found.flat().map((car) => [car.key, car]))
}

const simulated = async (clock: ManualClock) => startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 } })

async function volvoCars(): Promise<KnownCar[]> {
  const clock = new ManualClock()
  const sim = await simulated(clock)
  sim.volvo.users.give(volvoDemo.user, volvoKeys)
  const token = sim.volvo.tokens.testToken(volvoDemo.user, volvoDemo.scopes, true)
  const http = new WatchedHttp({ baseUrl: `${sim.url}/volvo`, clock, name: 'Volvo' })
  const volvo = new Volvo({
    baseUrl: `${sim.url}/volvo`,
    apiKey: volvoDemo.apiKey,
    api: 'v2',
    tokens: { access: () => Promise.resolve(token), renew: () => Promise.resolve(token) },
    ledger: new Ledger({ ...volvoLimits, perMinute: 10_000 }, clock, 'Volvo'),
    clock,
    http,
    onDrift: () => undefined,
  })
  const keyOf = (car: Vehicle) => sim.cars.list().find(({ id }) => id === car.id)?.key ?? ''
  const go = <T>(work: Promise<T>) => rush(clock, http, work)
  return readAll({ provider: volvo, clock, go, keyOf }).finally(() => {
    http.close()
    return sim.close()
  })
}

async function stellantisCars(api: 'v4' | 'v1'): Promise<KnownCar[]> {
  const { provider, clock, go, sim, close } = await givenAtSimulator(api)
  sim.stellantis.users.give(stellantisDemo.user, ofCloud('stellantis'))
  const keyOf = (car: Vehicle) => `${sim.cars.list().find(({ id }) => id === car.id)?.key ?? ''}-${api}`
  return readAll({ provider, clock, go, keyOf }).finally(close)
}

async function inversCars(): Promise<KnownCar[]> {
  const clock = new ManualClock()
  const sim = await simulated(clock)
  const settings = { api: '', timeZone: 'UTC', own: {} }
  const { url, authUrl } = inversKit.simulated(sim.url, settings)
  const http = new WatchedHttp({ baseUrl: url, clock, name: 'INVERS' })
  const client = inversKit.oauth(authUrl, { ...inversDemo, settings })
  const tokens = new ClientTokens({ client, http, grantIn: inversKit.grantIn ?? 'form', clock })
  const ledger = new Ledger(inversKit.limits, clock, 'INVERS')
  const provider = inversKit.open({
    baseUrl: url,
    settings,
    credentials: inversDemo,
    http,
    httpTo: () => http,
    tokens,
    ledger,
    clock,
  })
  const keyOf = (car: Vehicle) => ofCloud('invers').find((key) => sim.invers.garage.of(sim.cars.get(key)).id === car.id) ?? ''
  const go = <T>(work: Promise<T>) => rush(clock, http, work)
  return readAll({ provider, clock, go, keyOf }).finally(() => {
    http.close()
    return sim.close()
  })
}

interface Reader {
  provider: Provider
  clock: ManualClock
  /** Moves time on until it is over. */
  go<T>(work: Promise<T>): Promise<T>
  keyOf(car: Vehicle): string
}

async function readAll({ provider, clock, go, keyOf }: Reader): Promise<KnownCar[]> {
  const { signal } = new AbortController()
  const cars = nameVehicles(provider.id, await go(provider.vehicles(signal)), [], new Map())
  const found: KnownCar[] = []
  for (const car of cars) {
    const { readings } = await go(provider.read(car.id, signalGroups, signal))
    const capabilities = await go(provider.capabilities(car.id, signal))
    found.push({ key: keyOf(car), car, capabilities, ...stateFrom(car, readings, clock.now()) })
  }
  return found
}

function stateFrom({ provider, id }: Vehicle, readings: readonly Reading[], receivedAt: number) {
  const memory = emptyMemory()
  takeIn(memory, { readings, receivedAt, source: 'poll', groups: signalGroups }, { provider, id })
  return { known: signalIds.filter((signal) => memory.held[signal]), state: stateOf(snapshotOf(memory), receivedAt) }
}

/** The payload of a car's state topic. */
export const stateOf = (snapshot: Snapshot, at = Date.parse('2026-03-02T12:00:00Z')): Record<string, unknown> => ({
  v: 1,
  ...(withoutPlaces(snapshot) as Snapshot),
  observedAt: iso(at),
  fetchedAt: iso(at),
  stale: false,
})

export const factsOf = (
  { capabilities, known }: Pick<KnownCar, 'capabilities' | 'known'>,
  allowed: readonly CommandId[] = safe,
  location: LocationMode = 'off',
): CarFacts => ({ capabilities, allowed, known, location })

export interface Component extends Record<string, unknown> {
  platform: string
}

export interface Message {
  device: Record<string, unknown>
  origin: Record<string, unknown>
  availability: { topic: string }[]
  availability_mode: string
  components: Record<string, Component>
}

/** A discovery that publishes to a list. */
export class Listened {
  readonly clock = new ManualClock()
  readonly published: { topic: string; payload: string; retain: boolean; qos: number }[] = []
  readonly discovery: Discovery
  retold = 0

  constructor(options: Partial<DiscoveryOptions> = {}) {
    this.discovery = new Discovery({
      prefix: 'homeassistant',
      base: 'driveway',
      instance: 'test',
      version: '1.2.3',
      supportUrl: 'https://example.test/help',
      clock: this.clock,
      publish: (message) => this.published.push(message),
      onRetold: () => this.retold++,
      ...options,
    })
  }

  /** Everything that was published for a car, as its topic carried it. */
  payloads(car: { provider: Vehicle['provider']; id: string }, prefix = 'homeassistant'): string[] {
    const topic = configTopic(prefix, uidOf(car))
    return this.published.filter((message) => message.topic === topic).map(({ payload }) => payload)
  }

  message(car: Vehicle): Message {
    return JSON.parse(this.payloads(car).at(-1) ?? 'null') as Message
  }

  components(car: Vehicle): Record<string, Component> {
    return this.message(car).components
  }

  /** Those that are not there to be removed. */
  keys(car: Vehicle): string[] {
    return Object.entries(this.components(car)).flatMap(([key, component]) => (Object.keys(component).length > 1 ? [key] : []))
  }
}
