/** One account's cars on the broker: what is known of them, what happens, and what became of commands. */
import type { Account } from '../account/account'
import type { Health } from '../account/health'
import type { VehicleEvent } from '../vehicle/events'
import type { Outcome } from '../vehicle/outcome'
import type { Change } from '../vehicle/snapshot'
import { isSignalGroup, signalGroups, signalOf, signals, type SignalId } from '../vehicle/signals'
import type { Capabilities, Vehicle, VehicleId } from '../vehicle/vehicle'
import type { Announcer } from './announcer'
import { locationOf, whereabouts, type LocationMode, type Place } from './location'
import { discreet, eventPayload, stateText, type GroupTexts } from './payloads'
import type { Shelf } from './shelf'
import { topicSchema, type Topics } from './topics'
import { valuesOf } from './values'

export interface GuestOptions {
  id: string
  account: Account
  label: string
  topics: Topics
  base: string
  shelf: Shelf
  values: boolean
  location: LocationMode
  places: readonly Place[]
  announcer: Announcer
  /** Says whether the short name is free for this account, and takes it. */
  claim(car: Vehicle): boolean
  isElsewhere(slug: string): boolean
  tellEvent(topic: string, payload: unknown): void
  tellOutcome(car: Vehicle | undefined, outcome: Outcome): void
  /** The list of cars is another one. */
  onCars(): void
}

export class Guest {
  readonly id: string
  readonly account: Account
  readonly label: string
  private told: readonly Vehicle[] = []
  private toldIds: ReadonlySet<VehicleId> = new Set()
  private online: boolean
  private stop?: () => void
  /** What the location topic of a car says, without its time. */
  private readonly located = new Map<string, string>()
  /** What a car's state topic says of each group, as far as it did not change since. */
  private readonly rendered = new Map<VehicleId, { topic: string; groups: GroupTexts }>()

  constructor(private readonly options: GuestOptions) {
    const { id, account, label } = options
    this.id = id
    this.account = account
    this.label = label
    this.online = account.health.online
  }

  get cars(): readonly Vehicle[] {
    return this.told
  }

  /** Begins to tell, and to ask the cloud for what is told. */
  arrive(): void {
    const { account } = this
    account.on('vehicles', this.onVehicles)
    account.on('reading', this.onReading)
    account.on('event', this.onEvent)
    account.on('outcome', this.onOutcome)
    account.on('health', this.onHealth)
    this.stop = account.watch(() => true, signalGroups, account.freshness)
    this.onVehicles(account.known)
  }

  /** Tells no more; `removed`: for ever, so nothing of it stays on the broker. */
  leave(removed: boolean): void {
    const { account } = this
    if (!this.stop) return
    this.stop()
    this.stop = undefined
    account.off('vehicles', this.onVehicles)
    account.off('reading', this.onReading)
    account.off('event', this.onEvent)
    account.off('health', this.onHealth)
    // What is still under way gets its final result all the same.
    this.letGo()
    for (const { slug } of this.told) this.tellOffline(slug)
    if (removed) for (const car of this.told) this.options.announcer.forget(car)
    if (removed) this.clear(this.options.shelf.topicsOf(this.id))
    this.told = []
    this.toldIds = new Set()
  }

  /** Takes off the broker what an earlier run told of cars that are not in the account any more. */
  sweep(): void {
    if (this.told.length === 0) return
    const { base, shelf, announcer } = this.options
    announcer.sweep(this.id, this.told)
    const ours = this.told.map(({ slug }) => `${base}/${slug}/`)
    this.clear(shelf.topicsOf(this.id).filter((topic) => !ours.some((prefix) => topic.startsWith(prefix))))
  }

  private readonly onVehicles = (cars: readonly Vehicle[]) => {
    const [before, now] = [this.told, cars.filter((car) => this.options.claim(car))]
    this.told = now
    this.toldIds = new Set(now.map(({ id }) => id))
    // What was forgotten and comes again is another memory.
    this.rendered.clear()
    // A car that only has another short name stays the same device.
    for (const car of before) if (!now.some(({ id }) => id === car.id)) this.options.announcer.forget(car)
    for (const { slug } of before) if (!now.some((car) => car.slug === slug)) this.tellGone(slug)
    this.sweep()
    for (const car of now) {
      this.tellMeta(car)
      this.tellAvailability(car)
      this.tellState(car)
    }
    this.options.onCars()
  }

  private readonly onReading = (car: Vehicle, { changes, first }: { changes: readonly Change[]; first: boolean }) => {
    if ((changes.length || first) && this.has(car)) this.tellState(car, first ? undefined : changes)
  }

  private readonly onEvent = (car: Vehicle, event: VehicleEvent) => {
    if (!this.has(car)) return
    const topic = this.options.topics.event(car.slug, event.name)
    this.options.tellEvent(topic, eventPayload(this.account, car, event, this.isExact))
  }

  private readonly onOutcome = (car: Vehicle | undefined, outcome: Outcome) => {
    this.options.tellOutcome(car, discreet(outcome, this.isExact))
    this.letGo()
  }

  private readonly onHealth = (health: Health) => {
    if (health.online === this.online) return
    this.online = health.online
    for (const car of this.told) {
      this.tellAvailability(car)
      this.tellState(car)
    }
  }

  /** Once it has left and nothing is under way any more, it hears nothing of the account. */
  private letGo(): void {
    // The count goes down just after the final outcome was told.
    queueMicrotask(() => {
      if (!this.stop && this.account.health.unfinished === 0) this.account.off('outcome', this.onOutcome)
    })
  }

  private has(car: Vehicle): boolean {
    return this.toldIds.has(car.id)
  }

  private get isExact(): boolean {
    return this.options.location === 'exact'
  }

  private tellMeta(car: Vehicle): void {
    const { model, year, energy } = car.meta
    const { shelf, topics } = this.options
    const topic = topics.car(car.slug, 'meta')
    const tell = (can?: Capabilities) => {
      if (!this.has(car)) return
      const { label, provider } = car
      // Commands that the car's own list has no word for are tried: whoever reads this may send them, too.
      const capabilities = { commands: can?.commands, unlisted: can?.unlisted }
      shelf.put(this.id, topic, { v: topicSchema, label, provider, model, year, energy, capabilities, units: unitsOfAll })
    }
    this.account.capabilities(car).then(
      (can) => {
        tell(can)
        if (this.has(car)) this.options.announcer.describe(this.id, this.account, car, can)
      },
      // Rather what was told before than less.
      () => shelf.last(topic) === undefined && tell(),
    )
  }

  private tellAvailability({ slug }: Vehicle): void {
    const { shelf, topics } = this.options
    shelf.put(this.id, topics.car(slug, 'availability'), this.account.health.online ? 'online' : 'offline')
  }

  private tellOffline(slug: string): void {
    const { shelf, topics } = this.options
    if (!this.options.isElsewhere(slug)) shelf.put(this.id, topics.car(slug, 'availability'), 'offline')
  }

  /** `changes`: all that is new; without them anything may be. */
  private tellState(car: Vehicle, changes?: readonly Change[]): void {
    const { account, online } = this
    const { shelf, announcer, values } = this.options
    if (!announcer.canDescribe) return void announcer.ready.then(() => this.has(car) && this.tellState(car))
    const { topic, groups } = this.renderedOf(car, changes)
    const text = stateText(account, car, { exact: this.isExact, online, rendered: groups })
    if (text === undefined) return
    // An entity comes with its first value.
    if (!changes || changes.some(({ from }) => from === null)) announcer.describe(this.id, account, car)
    shelf.put(this.id, topic, text)
    if (!changes || changes.some(({ signal }) => signal === whereabouts)) this.tellLocation(car)
    if (values) this.tellValues(car)
  }

  private renderedOf({ id, slug }: Vehicle, changes: readonly Change[] | undefined): { topic: string; groups: GroupTexts } {
    const known = changes && this.rendered.get(id)
    if (!known) {
      const anew = { topic: this.options.topics.car(slug, 'state'), groups: new Map() as GroupTexts }
      this.rendered.set(id, anew)
      return anew
    }
    for (const { signal } of changes) known.groups.delete(signals[signal].group)
    return known
  }

  private tellLocation({ id, slug }: Vehicle): void {
    const { shelf, topics, location, places } = this.options
    const topic = topics.car(slug, 'location')
    const place = locationOf(this.account.memory(id).held[whereabouts], location, places)
    if (!place) {
      // What an earlier run told stays until this one knows better.
      if (shelf.last(topic) !== undefined) shelf.clear(topic)
      this.located.delete(slug)
      return
    }
    const what = JSON.stringify(place.what)
    if (this.located.get(slug) === what) return
    this.located.set(slug, what)
    shelf.put(this.id, topic, { ...place.what, observedAt: place.observedAt })
  }

  private tellValues({ id, slug }: Vehicle): void {
    const { base, shelf, topics } = this.options
    const values = valuesOf(discreet(this.account.snapshot(id), this.isExact))
    const nowTold = new Set<string>()
    for (const [path, text] of values) {
      const [group = '', key = ''] = path.split('/')
      const topic = topics.value(slug, group, key)
      nowTold.add(topic)
      shelf.put(this.id, topic, text, 0)
    }
    for (const topic of shelf.topicsOf(this.id, `${base}/${slug}/values/`)) {
      if (nowTold.has(topic)) continue
      const group = topic.split('/').at(-2) ?? ''
      // What only an earlier run told may come with the next read of its group.
      const isKnown = isSignalGroup(group) && this.account.lastRead(id, group) !== undefined
      if (shelf.last(topic) !== undefined || isKnown) shelf.clear(topic)
    }
  }

  private tellGone(slug: string): void {
    this.tellOffline(slug)
    this.located.delete(slug)
    this.clear(this.options.shelf.topicsOf(this.id, `${this.options.base}/${slug}/`))
  }

  private clear(topics: readonly string[]): void {
    clearOwn(this.options, topics)
  }
}

/** Takes topics off the broker, but for those of cars that another bridge tells of now. */
export function clearOwn(
  { base, shelf, isElsewhere }: Pick<GuestOptions, 'base' | 'shelf' | 'isElsewhere'>,
  topics: readonly string[],
): void {
  for (const topic of topics) {
    const [slug = ''] = topic.startsWith(`${base}/`) ? topic.slice(base.length + 1).split('/') : []
    if (isElsewhere(slug)) shelf.forget(topic)
    else shelf.clear(topic)
  }
}

const unitsOfAll: Readonly<Record<string, string>> = Object.fromEntries(
  (Object.keys(signals) as SignalId[]).flatMap((id) => {
    const { unit } = signalOf(id)
    return unit ? [[id, unit]] : []
  }),
)
