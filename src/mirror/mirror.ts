/** The accounts' cars as MQTT topics: what is known, what happens, and what became of commands. */
import { iso, type Clock } from '../clock'
import type { Account } from '../account/account'
import type { Health } from '../account/health'
import type { Broker } from '../cloud/mqtt'
import { isCommandId } from '../vehicle/commands'
import type { VehicleEvent } from '../vehicle/events'
import type { Outcome } from '../vehicle/outcome'
import { observedAtOf, type Snapshot } from '../vehicle/snapshot'
import { signalGroups, signalOf, signals, type SignalId } from '../vehicle/signals'
import type { Vehicle } from '../vehicle/vehicle'
import { topicsBelow, topicSchema, type Topics } from './topics'

export interface MirrorOptions {
  base: string
  instance: string
  /** Of this package. */
  version: string
  broker: Broker
  clock: Clock
}

interface Guest {
  /** When it has left. */
  gone: Promise<void>
  account: Account
  label: string
  leave(): void
}

export const willOf = (base: string, instance: string) => ({
  topic: topicsBelow(base).bridge(instance, 'state'),
  payload: 'offline',
})

export class Mirror {
  private readonly topics: Topics
  private readonly guests = new Map<string, Guest>()
  /** What each retained topic was told last: the same is not told twice. */
  private readonly last = new Map<string, string>()

  constructor(private readonly options: MirrorOptions) {
    this.topics = topicsBelow(options.base)
    options.broker.on('state', (state) => {
      if (state === 'connected') this.tellAll()
    })
  }

  /** Mirrors an account until the answer is called. */
  add(id: string, account: Account, label: string): () => void {
    let told: readonly Vehicle[] = []
    const onVehicles = (cars: readonly Vehicle[]) => {
      for (const car of told) if (!cars.some(({ slug }) => slug === car.slug)) this.tellGone(car)
      told = cars
      for (const car of cars) this.tellCar(account, car)
      this.tellInfo()
    }
    const onReading = (car: Vehicle, { changes, first }: { changes: readonly unknown[]; first: boolean }) => {
      if (changes.length || first) this.tellState(account, car)
    }
    const onEvent = (car: Vehicle, event: VehicleEvent) => this.tellEvent(account, car, event)
    const onOutcome = (car: Vehicle | undefined, outcome: Outcome) => this.tellOutcome(car, outcome)
    let { online } = account.health
    const onHealth = (health: Health) => {
      if (health.online === online) return
      online = health.online
      for (const car of account.known) {
        this.tellAvailability(account, car)
        this.tellState(account, car)
      }
    }
    account.on('vehicles', onVehicles)
    account.on('reading', onReading)
    account.on('event', onEvent)
    account.on('outcome', onOutcome)
    account.on('health', onHealth)
    const stop = account.watch(() => true, signalGroups, account.freshness)
    const leave = () => {
      stop()
      account.off('vehicles', onVehicles)
      account.off('reading', onReading)
      account.off('event', onEvent)
      account.off('outcome', onOutcome)
      account.off('health', onHealth)
      for (const car of told) this.tellGone(car)
      if (this.guests.get(id) === guest) this.guests.delete(id)
      this.tellInfo()
      hasGone()
    }
    let hasGone = () => {}
    const gone = new Promise<void>((resolve) => (hasGone = resolve))
    const guest: Guest = { account, label, leave, gone }
    this.guests.set(id, guest)
    onVehicles(account.known)
    return leave
  }

  /** Says good-bye: the accounts leave, and the broker is told before the connection ends. */
  async close(): Promise<void> {
    // Accounts that close in the same turn have a last word to say: the outcomes of commands that were under way.
    await new Promise((resolve) => setImmediate(resolve))
    await Promise.all([...this.guests.values()].filter(({ account }) => account.closed).map(({ gone }) => gone))
    for (const guest of [...this.guests.values()]) guest.leave()
    const { base, instance, broker } = this.options
    await broker.close({ ...willOf(base, instance), retain: true, qos: 1 })
  }

  /** The broker may have lost what it kept. */
  private tellAll(): void {
    this.last.set(this.topics.bridge(this.options.instance, 'state'), 'online')
    for (const [topic, payload] of this.last) this.options.broker.publish({ topic, payload, retain: true, qos: 1 })
  }

  private tellInfo(): void {
    const accounts = [...this.guests.values()].map(({ account, label }) => ({
      label,
      provider: account.provider.id,
      vehicles: account.known.map((car) => car.slug),
    }))
    this.put(
      this.topics.bridge(this.options.instance, 'info'),
      { version: this.options.version, schema: topicSchema, accounts },
      true,
    )
  }

  private tellCar(account: Account, car: Vehicle): void {
    this.tellMeta(account, car)
    this.tellAvailability(account, car)
    this.tellState(account, car)
  }

  private tellGone(car: Vehicle): void {
    this.put(this.topics.car(car.slug, 'availability'), 'offline', true)
  }

  private tellMeta(account: Account, car: Vehicle): void {
    const { model, year, energy } = car.meta
    const topic = this.topics.car(car.slug, 'meta')
    const tell = (commands?: readonly string[]) =>
      this.put(
        topic,
        {
          v: topicSchema,
          label: car.label,
          provider: car.provider,
          model,
          year,
          energy,
          capabilities: { commands },
          units: unitsOfAll,
        },
        true,
      )
    account.capabilities(car).then(
      (can) => tell(can.commands),
      // Rather what was told before than less.
      () => this.last.has(topic) || tell(),
    )
  }

  private tellAvailability(account: Account, car: Vehicle): void {
    this.put(this.topics.car(car.slug, 'availability'), account.health.online ? 'online' : 'offline', true)
  }

  private tellState(account: Account, car: Vehicle): void {
    const memory = account.memory(car.id)
    const observed = observedAtOf(memory)
    if (observed === undefined) return
    const fetched = signalGroups.flatMap((group) => account.lastRead(car.id, group) ?? [])
    const state = {
      v: topicSchema,
      ...(withoutPlaces(account.snapshot(car.id)) as Snapshot),
      observedAt: iso(observed),
      ...(fetched.length > 0 && { fetchedAt: iso(Math.max(...fetched)) }),
      stale: !account.health.online,
    }
    this.put(this.topics.car(car.slug, 'state'), state, true)
  }

  private tellEvent(account: Account, car: Vehicle, event: VehicleEvent): void {
    const { slug, label, provider } = car
    const payload = {
      ...event,
      changes: event.changes.filter((change) => change.signal !== whereabouts),
      vehicle: { slug, label, provider },
      state: account.snapshot(car.id),
    }
    this.put(this.topics.event(slug, event.name), withoutPlaces(payload), false)
  }

  private tellOutcome(car: Vehicle | undefined, outcome: Outcome): void {
    // A command that names no car of ours has no topic; one that nobody knows must not choose one.
    if (!car || !isCommandId(outcome.command)) return
    this.put(this.topics.result(car.slug, outcome.command), withoutPlaces(outcome), false)
  }

  private put(topic: string, payload: unknown, retain: boolean): void {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload)
    if (retain && this.last.get(topic) === text) return
    if (retain) this.last.set(topic, text)
    this.options.broker.publish({ topic, payload: text, retain, qos: 1 })
  }
}

const whereabouts: SignalId = 'position.location'

/** The exact place of a car is nobody's on a broker, until its owner says otherwise: wherever one stands, it is left out. */
function withoutPlaces(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => !isPlace(item)).map(withoutPlaces)
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([key, member]) => key !== 'position' && !isPlace(member))
  return Object.fromEntries(kept.map(([key, member]) => [key, withoutPlaces(member)]))
}

const isPlace = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && ('latitude' in value || 'longitude' in value)

const unitsOfAll: Readonly<Record<string, string>> = Object.fromEntries(
  (Object.keys(signals) as SignalId[]).flatMap((id) => {
    const { unit } = signalOf(id)
    return unit ? [[id, unit]] : []
  }),
)
