/** Home Assistant learns of the cars by itself: one retained message for each, told anew when it changes or is asked for. */
import { seconds, type Clock, type Timer } from '../../clock'
import type { Message } from '../../cloud/outbox'
import type { StateStore } from '../../cloud/stateStore'
import { derivedFrom } from '../../vehicle/derive'
import { isSignalId, signalIds, type SignalId } from '../../vehicle/signals'
import type { Capabilities, Vehicle } from '../../vehicle/vehicle'
import { bridgeComponents, bridgeMessage, bridgeUid, type Counted } from './bridge'
import { isPlatform, type Components, type Platform } from './component'
import { offered } from './controls'
import { componentsOf, configTopic, messageOf, uidOf, type Described } from './device'
import type { CarFacts } from './facts'

export interface DiscoveryOptions extends Described {
  /** Home Assistant's own, `homeassistant` unless changed there. */
  prefix: string
  clock: Clock
  publish(message: Message): void
  /** False: another Driveway tells of that device. */
  mayTell?(uid: string): boolean
  /** Told after all was told anew because Home Assistant started: availability and state should follow. */
  onRetold?(): void
  /** Remembers over a restart what was told, so that it can be taken back; absent: nothing is remembered. */
  store?: StateStore
  /** Under which name it is kept there; the instance's, unless that one may change. */
  name?: string
}

/** What was told of a car. */
interface Told {
  /** The account that the car came with. */
  owner?: string
  /** Each entity that there ever was: what is not there any more stays on as removed. */
  platforms: Record<string, Platform>
  signals: SignalId[]
}

interface Kept {
  prefix: string
  cars: Record<string, Told>
}

export class Discovery {
  /** Where Home Assistant says that it has started. */
  readonly birthTopic: string
  private readonly told = new Map<string, Told>()
  private readonly able = new Map<string, Capabilities>()
  /** The messages as they stand. */
  private readonly messages = new Map<string, string>()
  private birth?: Timer
  private saving: Promise<void> = Promise.resolve()

  constructor(private readonly options: DiscoveryOptions) {
    this.birthTopic = `${options.prefix}/status`
  }

  /** Recalls what was told before the restart; under another prefix it is taken back. To be awaited before the rest. */
  async open(): Promise<void> {
    const { store, prefix } = this.options
    const kept = readKept(await store?.load(this.storeName).catch(() => undefined))
    if (!kept) return
    for (const [uid, told] of Object.entries(kept.cars)) {
      if (kept.prefix === prefix) this.told.set(uid, told)
      else this.take(configTopic(kept.prefix, uid))
    }
    if (kept.prefix !== prefix) this.save()
  }

  /** Describes a car, if anything about that is new. Comes before the car's state. */
  tell(car: Vehicle, facts: CarFacts): void {
    const uid = uidOf(car)
    if (facts.capabilities) this.able.set(uid, facts.capabilities)
    const capabilities = this.able.get(uid)
    const before = this.told.get(uid)
    // What was told before the restart stands until it is known what the car can do: rather that than less.
    if (!capabilities && before && !this.messages.has(uid)) return
    const signals = this.signalsOf(facts, capabilities, before, this.messages.has(uid))
    const commands = offered(facts.allowed, capabilities ?? { commands: [], unlisted: [] })
    const present = componentsOf(car, this.options.base, { signals, commands, location: facts.location })
    const all = withGone(present, before)
    this.put(uid, JSON.stringify(messageOf(car, all, this.options)), {
      platforms: platformsOf(all),
      signals,
      owner: facts.owner,
    })
  }

  /** Describes the bridge itself, where there is anything to tell of it. */
  tellBridge(accounts: readonly Counted[]): void {
    const { base, instance } = this.options
    const uid = bridgeUid(base, instance)
    // It had another name before.
    const gone = [...this.told].flatMap(([id, { owner }]) => (owner === theBridge && id !== uid ? [id] : []))
    if (accounts.length === 0 && this.told.has(uid)) gone.push(uid)
    for (const id of gone) this.takeBack(id)
    if (gone.length > 0) this.save()
    if (accounts.length === 0) return
    const all = withGone(bridgeComponents(accounts, this.options), this.told.get(uid))
    const told = { platforms: platformsOf(all), signals: [], owner: theBridge }
    this.put(uid, JSON.stringify(bridgeMessage(all, this.options)), told)
  }

  private put(uid: string, text: string, told: Told): void {
    this.told.set(uid, told)
    if (this.messages.get(uid) === text) return
    this.messages.set(uid, text)
    this.publish(uid, text)
    this.save()
  }

  /** The car has left: so does its device. */
  forget(car: Vehicle): void {
    this.takeBack(uidOf(car))
    this.save()
  }

  /** These are an account's cars now: what was told of others of it, by an earlier run, is taken back. */
  sweep(owner: string, cars: readonly Vehicle[]): void {
    const kept = new Set(cars.map(uidOf))
    const gone = [...this.told].filter(([uid, told]) => told.owner === owner && !kept.has(uid))
    for (const [uid] of gone) this.takeBack(uid)
    if (gone.length > 0) this.save()
  }

  /** The devices that were told of, also by an earlier run. */
  get uids(): string[] {
    return [...this.told.keys()]
  }

  /** The accounts whose cars were told of, also by an earlier run. */
  get owners(): string[] {
    return [...this.told.values()].flatMap(({ owner }) => (owner === undefined || owner === theBridge ? [] : owner))
  }

  /** Home Assistant is not served any more: everything that was told is taken back, and what is known of these cars. */
  clear(cars: readonly Vehicle[] = []): void {
    for (const uid of new Set([...this.told.keys(), ...cars.map(uidOf)])) this.takeBack(uid)
    this.birth?.cancel()
    this.save()
  }

  /** Home Assistant has started: in a while, so that not everybody speaks at once, everything is told anew. */
  onBirth(payload = 'online'): void {
    if (payload !== 'online') return
    this.birth?.cancel()
    const { clock } = this.options
    this.birth = clock.after(seconds(1) + clock.random() * seconds(29), () => this.retell())
  }

  /** Somebody wrote over what was told of a device, or it is our part now to tell of it. */
  retellOf(uid: string): void {
    const text = this.messages.get(uid)
    if (text !== undefined) this.publish(uid, text)
  }

  /** The broker may have lost what it kept. */
  retell(): void {
    for (const [uid, text] of this.messages) this.publish(uid, text)
    this.options.onRetold?.()
  }

  /** Ends timers; what was told stays. When this is through, all is remembered. */
  close(): Promise<void> {
    this.birth?.cancel()
    return this.saving
  }

  /**
   * Signals that are worth an entity: what has a value or had one lately, and what the car is said to have. Where
   * nothing is said, what had a value before the restart.
   */
  private signalsOf(facts: CarFacts, able: Capabilities | undefined, before: Told | undefined, isLive: boolean): SignalId[] {
    const said = able?.signals ?? before?.signals ?? []
    const lately = isLive ? (before?.signals ?? []) : []
    const direct = new Set<SignalId>([...facts.known, ...said, ...lately])
    return signalIds.filter((id) => direct.has(id) || derivedFrom(id).some((part) => direct.has(part)))
  }

  private takeBack(uid: string): void {
    this.told.delete(uid)
    this.able.delete(uid)
    this.messages.delete(uid)
    if (this.mayTell(uid)) this.take(configTopic(this.options.prefix, uid))
  }

  private mayTell(uid: string): boolean {
    return this.options.mayTell?.(uid) ?? true
  }

  private publish(uid: string, payload: string): void {
    if (!this.mayTell(uid)) return
    this.options.publish({ topic: configTopic(this.options.prefix, uid), payload, retain: true, qos: 1 })
  }

  private take(topic: string): void {
    this.options.publish({ topic, payload: '', retain: true, qos: 1 })
  }

  private get storeName(): string {
    return `discovery ${this.options.name ?? this.options.instance}`
  }

  private save(): void {
    const { store, prefix } = this.options
    if (!store) return
    const kept: Kept = { prefix, cars: Object.fromEntries(this.told) }
    // One after the other, so that the last one wins; a disk that cannot be written costs no more than the memory.
    this.saving = this.saving.then(() => store.save(this.storeName, kept)).catch(() => undefined)
  }
}

/** Owner of the one device that is no car. */
const theBridge = ''

/** What is not there any more stays as its platform alone, which removes it. */
function withGone(present: Components, before: Told | undefined): Components {
  const gone = Object.entries(before?.platforms ?? {}).filter(([key]) => !(key in present))
  return { ...present, ...Object.fromEntries(gone.map(([key, platform]) => [key, { platform }])) }
}

const platformsOf = (components: Components): Record<string, Platform> =>
  Object.fromEntries(Object.entries(components).map(([key, { platform }]) => [key, platform]))

/** What was kept, as far as it can be understood. */
function readKept(value: unknown): Kept | undefined {
  const { prefix, cars } = recordOf(value)
  if (typeof prefix !== 'string') return undefined
  const told = Object.entries(recordOf(cars)).map(([uid, entry]): [string, Told] => {
    const { platforms, signals, owner } = recordOf(entry)
    const known = Object.entries(recordOf(platforms)).filter((pair): pair is [string, Platform] => isPlatform(pair[1]))
    const ids = Array.isArray(signals) ? signals.filter((id): id is SignalId => typeof id === 'string' && isSignalId(id)) : []
    return [uid, { platforms: Object.fromEntries(known), signals: ids, ...(typeof owner === 'string' && { owner }) }]
  })
  return { prefix, cars: Object.fromEntries(told) }
}

const recordOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
