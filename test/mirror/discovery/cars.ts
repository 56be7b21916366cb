/** The simulator's cars as a Volvo account knows them, for describing them to Home Assistant. */
import { nameVehicles } from '../../../src/account/garage'
import { iso } from '../../../src/clock'
import { Ledger } from '../../../src/cloud/quota'
import { withoutPlaces, type LocationMode } from '../../../src/mirror/location'
import { configTopic, uidOf } from '../../../src/mirror/discovery/device'
import { Discovery, type DiscoveryOptions } from '../../../src/mirror/discovery/discovery'
import type { CarFacts } from '../../../src/mirror/discovery/facts'
import { Volvo, volvoLimits } from '../../../src/providers/volvo/volvo'
import { volvoDemo } from '../../../src/simulator/credentials'
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

export interface KnownCar {
  key: string
  car: Vehicle
  capabilities: Capabilities
  known: SignalId[]
  /** What the state topic says of it. */
  state: Record<string, unknown>
}

export const carKeys = profiles.filter(({ volvo }) => volvo).map(({ key }) => key)
export const safe: readonly CommandId[] = commandIds.filter((id) => !isGuarded(id))

/** Reads every car of the simulator once, charging where it can. */
export async function readCars(): Promise<Map<string, KnownCar>> {
  const clock = new ManualClock()
  const sim = await startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 } })
  try {
    sim.volvo.users.give(volvoDemo.user, carKeys)
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
    const { signal } = new AbortController()
    const cars = nameVehicles('volvo', await rush(clock, http, volvo.vehicles(signal)), [], new Map())
    const found = new Map<string, KnownCar>()
    for (const car of cars) {
      const { readings } = await rush(clock, http, volvo.read(car.id, signalGroups, signal))
      const capabilities = await rush(clock, http, volvo.capabilities(car.id, signal))
      const key = sim.cars.list().find(({ id }) => id === car.id)?.key ?? ''
      found.set(key, { key, car, capabilities, ...stateFrom(readings, clock.now()) })
    }
    http.close()
    return found
  } finally {
    await sim.close()
  }
}

function stateFrom(readings: readonly Reading[], receivedAt: number) {
  const memory = emptyMemory()
  takeIn(memory, { readings, receivedAt, source: 'poll', groups: signalGroups }, { provider: 'volvo', id: 'x' })
  return { known: signalIds.filter((id) => memory.held[id]), state: stateOf(snapshotOf(memory), receivedAt) }
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
