/** The accounts' cars as MQTT topics: what is known, what happens, commands in, and what became of them. */
import { minutes, seconds, type Clock, type Timer } from '../clock'
import type { Account } from '../account/account'
import type { Broker, BrokerState } from '../cloud/mqtt'
import type { StateStore } from '../cloud/stateStore'
import type { Cause } from '../vehicle/causes'
import type { Vehicle } from '../vehicle/vehicle'
import { Announcer } from './announcer'
import { Discovery } from './discovery/discovery'
import { Rivals } from './discovery/rivals'
import { acceptedCommands, CommandIntake, type OurCar } from './commands'
import { clearOwn, Guest } from './guest'
import { countedOf, healthOf } from './health'
import { Journal } from './journal'
import type { LocationMode, Place } from './location'
import { Neighbours } from './neighbours'
import { Results } from './results'
import { Shelf } from './shelf'
import { topicsBelow, topicSchema, type Topics } from './topics'

export interface MirrorOptions {
  base: string
  instance: string
  /** Of this package. */
  version: string
  broker: Broker
  clock: Clock
  /** Remembers orders, ids and topics over a restart; absent: as long as this mirror lives. */
  store?: StateStore
  /** Under which name they are kept; the instance's, unless that one may change. */
  name?: string
  /** One topic for each fact, besides the state. */
  values?: boolean
  /** How much of a car's place is told; nothing, unless said otherwise. */
  location?: LocationMode
  places?: readonly Place[]
  /** Commands accepted from topics: ids, and `safe` for all that are not guarded. */
  commands?: readonly string[]
  /** Home Assistant's discovery: whether it is served, below which prefix, and where people find help. */
  discovery?: boolean
  discoveryPrefix?: string
  supportUrl?: string
  /** Several instances with the same group serve the commands together. */
  shared?: string
  /** What keeps the mirror from doing all that it is meant to; undefined when nothing does any more. */
  onProblem?(problem: Cause | undefined): void
  /** Something of our own does not work, such as a disk that cannot be written. */
  onTrouble?(error: unknown): void
}

export const willOf = (base: string, instance: string) => ({
  topic: topicsBelow(base).bridge(instance, 'state'),
  payload: 'offline',
})

/** Owner of the topics that are no account's. */
const bridge = ''
const healthEvery = minutes(1)
/** What a broker kept of other bridges is known by then. */
const neighboursKnownAfter = seconds(2)

export class Mirror {
  private readonly topics: Topics
  private readonly guests = new Map<string, Guest>()
  private readonly shelf: Shelf
  private readonly journal: Journal
  private readonly results: Results
  private readonly neighbours: Neighbours
  private readonly intake?: CommandIntake
  private readonly announcer: Announcer
  private readonly startedAt: number
  private readonly problems = new Map<string, Cause>()
  private healthTimer?: Timer
  private sweepTimer?: Timer
  private lastHealth = ''
  private deaf?: () => void
  private closed = false
  /** Accounts that have left while commands were under way. */
  private readonly speaking = new Set<Account>()

  constructor(private readonly options: MirrorOptions) {
    const { base, instance, broker, clock, store, commands = [] } = options
    this.topics = topicsBelow(base)
    this.startedAt = clock.now()
    const onTrouble = (error: unknown) => options.onTrouble?.(error)
    this.shelf = new Shelf((message) => broker.publish(message), store, this.nameOf('topics'), this.mark, onTrouble)
    this.journal = new Journal(store, this.nameOf('orders'), clock, onTrouble)
    this.results = new Results({
      topics: this.topics,
      journal: this.journal,
      clock,
      publish: (message) => broker.publish(message),
    })
    this.neighbours = new Neighbours(this.topics.bridge(instance, 'info'))
    const accepted = acceptedCommands(commands)
    const { version, supportUrl = '', discoveryPrefix = 'homeassistant', discovery = false, location = 'off' } = options
    const discovered: Discovery = new Discovery({
      prefix: discoveryPrefix,
      base,
      instance,
      version,
      supportUrl,
      clock,
      store,
      name: options.name,
      publish: (message) => broker.publish(message),
      mayTell: (uid) => rivals.above(uid) === undefined,
      onRetold: () => this.shelf.tellAll(),
    })
    const rivals: Rivals = new Rivals({
      broker,
      prefix: discoveryPrefix,
      own: this.topics.bridge(instance, 'state'),
      onChange: (uid) => {
        discovered.retellOf(uid)
        // Those who share the work are meant to stand in for each other.
        if (!options.shared) this.tell('rival', rivals.any === undefined ? undefined : toldByAnother(rivals.any))
      },
    })
    this.announcer = new Announcer({ wanted: discovery, broker, accepted, location, discovery: discovered, rivals })
    if (accepted.size > 0)
      this.intake = new CommandIntake({
        base,
        accepted,
        journal: this.journal,
        clock,
        known: (slug) => this.known(slug),
        find: (slug) => this.find(slug),
        isElsewhere: (slug) => this.isElsewhere(slug),
        seesEveryRetained: () => broker.protocolVersion === 5,
        answersTo: (id, response) => this.results.answerTo(id, response),
        dryRun: (id, response) => this.results.dryRun(id, response),
        tellOutcome: (car, outcome) => this.results.tell(car, outcome),
        tellRefused: (slug, outcome, response) => this.results.tellRefused(slug, outcome, response),
      })
    broker.subscribe({
      filter: this.topics.bridge('+', 'info'),
      othersOnly: true,
      take: (arrival) => this.neighbours.take(arrival),
    })
    broker.on('state', (state) => {
      if (state !== 'connected' || this.closed) return
      this.tellAll()
      this.listen()
    })
    void this.shelf.read.then(() => this.sweep())
  }

  /** Mirrors an account until the answer is called; `removed`: it is gone for ever, and so are its topics. */
  add(id: string, account: Account, label: string): (removed?: boolean) => void {
    const { base, broker, values = false, location = 'off', places = [] } = this.options
    const guest: Guest = new Guest({
      id,
      account,
      label,
      topics: this.topics,
      base,
      shelf: this.shelf,
      values,
      location,
      places,
      announcer: this.announcer,
      claim: (car) => this.claim(guest, car),
      isElsewhere: (slug) => this.neighbours.have(slug),
      tellEvent: (topic, payload) => broker.publish({ topic, payload: JSON.stringify(payload), retain: false, qos: 1 }),
      tellOutcome: (car, outcome) => this.results.tell(car, outcome),
      onCars: () => this.tellInfo(),
    })
    this.guests.get(id)?.leave(false)
    this.guests.set(id, guest)
    guest.arrive()
    this.watchHealth()
    return (removed = false) => {
      if (account.health.unfinished > 0) this.speaking.add(account)
      guest.leave(removed)
      if (this.guests.get(id) === guest) this.guests.delete(id)
      this.tell(`slug ${id}`)
      this.tellInfo()
    }
  }

  /**
   * Takes off the broker what was told of accounts that went while nobody was here to see it. `isThere`: the account is
   * still one of this mirror's, whether it has come yet or not.
   */
  async clearGone(isThere: (account: string) => boolean): Promise<void> {
    const { base, broker, clock } = this.options
    await Promise.all([this.shelf.read, this.announcer.ready])
    const owners = new Set([...this.shelf.owners, ...this.announcer.owners])
    const isGone = (owner: string) => owner !== bridge && !this.guests.has(owner) && !isThere(owner)
    if (this.closed || ![...owners].some(isGone)) return
    broker.connect()
    // First it must be known which cars other bridges tell of: these are theirs now.
    await whenConnected(broker)
    if (this.closed) return
    this.sweepTimer?.cancel()
    this.sweepTimer = clock.after(neighboursKnownAfter, () => {
      for (const owner of owners) {
        if (!isGone(owner)) continue
        clearOwn({ base, shelf: this.shelf, isElsewhere: (slug) => this.isElsewhere(slug) }, this.shelf.topicsOf(owner))
        this.announcer.sweep(owner, [])
      }
      this.tellInfo()
    })
  }

  /** Says good-bye: the accounts leave, and the broker is told before the connection ends. `removed`: nothing stays there. */
  async close(removed = false): Promise<void> {
    if (this.closed) return
    const { base, instance, broker, store } = this.options
    // An account that is removed by the same deploy says so in this moment.
    await new Promise((resolve) => setImmediate(resolve))
    // One that closes has a last word to say: the outcomes of commands that were under way.
    await Promise.all([...this.speaking].map((account) => account.ended))
    for (const guest of this.guests.values()) guest.leave(removed)
    this.guests.clear()
    this.tellInfo()
    await Promise.all([this.announcer.close(removed), this.results.written()])
    this.closed = true
    this.healthTimer?.cancel()
    this.sweepTimer?.cancel()
    const will = willOf(base, instance)
    if (removed) for (const topic of this.shelf.topics) if (topic !== will.topic) this.shelf.clear(topic)
    // Those who listen are told; then nothing of it stays.
    if (removed) broker.publish({ ...will, retain: true, qos: 1 })
    await broker.close({ topic: will.topic, payload: removed ? '' : will.payload, retain: true, qos: 1 })
    await Promise.all([this.shelf.close(), this.journal.close()])
    if (removed && store)
      await Promise.all(['topics', 'orders'].map((what) => store.remove(this.nameOf(what)).catch(() => undefined)))
  }

  /** The broker may have lost what it kept. */
  private tellAll(): void {
    const topic = this.topics.bridge(this.options.instance, 'state')
    if (this.shelf.last(topic) === undefined) this.shelf.put(bridge, topic, 'online')
    // Home Assistant should know the cars before it hears of their state.
    this.announcer.retell()
    this.shelf.tellAll()
  }

  private tellInfo(): void {
    if (this.closed) return
    const accounts = [...this.guests.values()].map(({ account, label, cars }) => ({
      label,
      provider: account.provider.id,
      vehicles: cars.map(({ slug }) => slug),
    }))
    const topic = this.topics.bridge(this.options.instance, 'info')
    this.shelf.put(bridge, topic, { version: this.options.version, schema: topicSchema, accounts })
  }

  /** Looks once a minute whether something changed. */
  private watchHealth(): void {
    if (this.healthTimer) return
    const { broker, clock, instance } = this.options
    const guests = [...this.guests.values()]
    const health = healthOf(guests, broker.dropped)
    this.announcer.describeBridge(countedOf(guests))
    const text = JSON.stringify(health)
    if (text !== this.lastHealth) {
      const uptime = Math.max(0, Math.round((clock.now() - this.startedAt) / 1000))
      this.shelf.put(bridge, this.topics.bridge(instance, 'health'), { ...health, uptime })
    }
    this.lastHealth = text
    this.healthTimer = clock.after(healthEvery, () => {
      this.healthTimer = undefined
      if (!this.closed) this.watchHealth()
    })
  }

  /** Listens to the commands, as far as the broker allows. */
  private listen(): void {
    const { base, broker, shared } = this.options
    const { intake } = this
    if (!intake) return
    this.deaf?.()
    this.deaf = undefined
    if (shared && !broker.canShare) return this.tell('listen', cannotShare)
    this.tell('listen')
    this.deaf = broker.subscribe({
      filter: `${shared ? `$share/${shared}/` : ''}${base}/+/command/+`,
      take: (arrival) => intake.take(arrival),
      refused: () => this.tell('listen', shared ? cannotShare : mayNotListen),
    })
  }

  private known(slug: string): OurCar | undefined {
    for (const { account, cars } of this.guests.values()) {
      const car = cars.find((one) => one.slug === slug)
      if (car) return { account, car }
    }
    return undefined
  }

  private async find(slug: string): Promise<OurCar | undefined> {
    const unlisted = [...this.guests.values()].filter(({ account }) => account.known.length === 0)
    const listed = await Promise.allSettled(unlisted.map(({ account }) => account.vehicles()))
    const found = this.known(slug)
    const failed = listed.find((one) => one.status === 'rejected')
    if (!found && failed) throw failed.reason
    return found
  }

  /** A car of another bridge, unless it is ours too. */
  private isElsewhere(slug: string): boolean {
    return this.neighbours.have(slug) && !this.known(slug)
  }

  /** A short name is one account's only; the second one is not told. */
  private claim(guest: Guest, car: Vehicle): boolean {
    const other = [...this.guests.values()].find((one) => one !== guest && one.cars.some(({ slug }) => slug === car.slug))
    if (!other) return true
    const what = `slug ${guest.id}`
    if (this.problems.has(what)) return false
    this.tell(what, {
      code: 'INVALID_CONFIG',
      message: `The short name "${car.slug}" is used by cars of two accounts: "${other.label}" and "${guest.label}"`,
      action: 'Give one of them another short name in its account.',
    })
    return false
  }

  /** Takes off the broker what an earlier run told and this one would not. */
  private sweep(): void {
    const { base, instance, values } = this.options
    for (const topic of this.shelf.topics) {
      if (this.shelf.last(topic) !== undefined) continue
      const [, room] = topic.slice(base.length + 1).split('/')
      const isUnwanted =
        !topic.startsWith(`${base}/`) ||
        // The bridge had another name.
        (topic.startsWith(`${base}/bridge/`) && !topic.startsWith(`${base}/bridge/${instance}/`)) ||
        (room === 'values' && !values) ||
        (room === 'location' && this.shelf.markBefore !== this.mark)
      if (isUnwanted) this.shelf.clear(topic)
    }
    for (const guest of this.guests.values()) guest.sweep()
  }

  /** What a location topic of an earlier run must have been told under, to stay. */
  private get mark(): string {
    return this.options.location ?? 'off'
  }

  private nameOf(what: string): string {
    return `mirror ${this.options.name ?? this.options.instance} ${what}`
  }

  private tell(what: string, problem?: Cause): void {
    const before = this.problems.get(what)
    if (before?.message === problem?.message) return
    if (problem) this.problems.set(what, problem)
    else this.problems.delete(what)
    this.options.onProblem?.([...this.problems.values()][0])
  }
}

function whenConnected(broker: Broker): Promise<void> {
  if (broker.state === 'connected') return Promise.resolve()
  return new Promise((resolve) => {
    const look = (state: BrokerState) => {
      if (state !== 'connected' && state !== 'closed') return
      broker.off('state', look)
      resolve()
    }
    broker.on('state', look)
  })
}

const toldByAnother = (bridge: string): Cause => ({
  code: 'INVALID_CONFIG',
  message: `Another Driveway ("${bridge}") tells Home Assistant of the same car, so this one does not`,
  action: 'Switch Home Assistant discovery off in one of them.',
})

const cannotShare: Cause = {
  code: 'INVALID_CONFIG',
  message: 'The MQTT broker does not offer shared subscriptions, so no commands are accepted from topics',
  action: 'Use a broker with MQTT 5 and shared subscriptions, or leave the field "shared" empty.',
}

const mayNotListen: Cause = {
  code: 'REJECTED',
  message: 'The MQTT broker does not let us listen to the command topics',
  action: "Allow it in the broker's access list.",
}
