/** The accounts' cars as MQTT topics: what is known, what happens, commands in, and what became of them. */
import type { Clock } from '../clock'
import type { Account } from '../account/account'
import type { Broker } from '../cloud/mqtt'
import type { StateStore } from '../cloud/stateStore'
import type { Cause } from '../vehicle/causes'
import type { CommandId } from '../vehicle/commands'
import { Announcer } from './announcer'
import { Discovery } from './discovery/discovery'
import { Rivals } from './discovery/rivals'
import { Bridge } from './bridge'
import { acceptedCommands, CommandIntake } from './commands'
import { CommandTopics } from './commandTopics'
import { Guest } from './guest'
import { Guests } from './guests'
import { Journal } from './journal'
import type { LocationMode, Place } from './location'
import { Neighbours } from './neighbours'
import { Results } from './results'
import { Shelf } from './shelf'
import { Sweep } from './sweep'
import { topicsBelow, type Topics } from './topics'

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

export class Mirror {
  private readonly topics: Topics
  private readonly shelf: Shelf
  private readonly journal: Journal
  private readonly results: Results
  private readonly neighbours: Neighbours
  private readonly guests: Guests
  private readonly announcer: Announcer
  private readonly bridge: Bridge
  private readonly sweep: Sweep
  private readonly problems = new Map<string, Cause>()
  private closed = false
  /** Accounts that have left while commands were under way. */
  private readonly speaking = new Set<Account>()

  constructor(private readonly options: MirrorOptions) {
    const { base, instance, version, broker, clock, store, values = false, location = 'off' } = options
    this.topics = topicsBelow(base)
    const onTrouble = (error: unknown) => options.onTrouble?.(error)
    this.shelf = new Shelf((message) => broker.publish(message), store, this.nameOf('topics'), location, onTrouble)
    this.journal = new Journal(store, this.nameOf('orders'), clock, onTrouble)
    this.results = new Results({
      topics: this.topics,
      journal: this.journal,
      clock,
      publish: (message) => broker.publish(message),
    })
    this.neighbours = new Neighbours(this.topics.bridge(instance, 'info'))
    this.guests = new Guests(this.neighbours, (account, problem) => this.tell(`slug ${account}`, problem))
    const accepted = acceptedCommands(options.commands ?? [])
    this.announcer = this.announcerOf(accepted)
    const { topics, shelf, announcer, guests } = this
    this.bridge = new Bridge({ topics, instance, version, clock, broker, shelf, announcer, guests: () => guests.all })
    const onCleared = () => this.bridge.tellInfo()
    this.sweep = new Sweep({ base, instance, values, mark: location, broker, clock, shelf, announcer, guests, onCleared })
    const commands = accepted.size > 0 ? this.commandTopicsOf(accepted) : undefined
    broker.subscribe({
      filter: topics.bridge('+', 'info'),
      othersOnly: true,
      take: (arrival) => this.neighbours.take(arrival),
    })
    broker.on('state', (state) => {
      if (state !== 'connected' || this.closed) return
      this.tellAll()
      commands?.listen()
    })
    void shelf.read.then(() => this.sweep.clearUnwanted())
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
      claim: (car) => this.guests.claim(guest, car),
      isElsewhere: (slug) => this.neighbours.have(slug),
      tellEvent: (topic, payload) => broker.publish({ topic, payload: JSON.stringify(payload), retain: false, qos: 1 }),
      tellOutcome: (car, outcome) => this.results.tell(car, outcome),
      onCars: () => this.bridge.tellInfo(),
    })
    this.guests.take(guest)
    guest.arrive()
    this.bridge.watchHealth()
    return (removed = false) => {
      if (account.health.unfinished > 0) this.speaking.add(account)
      guest.leave(removed)
      this.guests.release(guest)
      this.bridge.tellInfo()
    }
  }

  /**
   * Takes off the broker what was told of accounts that went while nobody was here to see it. `isThere`: the account is
   * still one of this mirror's, whether it has come yet or not.
   */
  clearGone(isThere: (account: string) => boolean): Promise<void> {
    return this.sweep.clearGone(isThere)
  }

  /** Says good-bye: the accounts leave, and the broker is told before the connection ends. `removed`: nothing stays there. */
  async close(removed = false): Promise<void> {
    if (this.closed) return
    const { base, instance, broker, store } = this.options
    // An account that is removed by the same deploy says so in this moment.
    await new Promise((resolve) => setImmediate(resolve))
    // One that closes has a last word to say: the outcomes of commands that were under way.
    await Promise.all([...this.speaking].map((account) => account.ended))
    this.guests.releaseAll(removed)
    this.bridge.tellInfo()
    await Promise.all([this.announcer.close(removed), this.results.written()])
    this.closed = true
    this.bridge.close()
    this.sweep.close()
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
  tellAll(): void {
    this.bridge.tellOnline()
    // Home Assistant should know the cars before it hears of their state.
    this.announcer.retell()
    this.shelf.tellAll()
  }

  private announcerOf(accepted: ReadonlySet<CommandId>): Announcer {
    const { base, instance, broker, clock, store, name } = this.options
    const { version, supportUrl = '', discoveryPrefix = 'homeassistant', discovery = false, location = 'off' } = this.options
    const discovered: Discovery = new Discovery({
      prefix: discoveryPrefix,
      base,
      instance,
      version,
      supportUrl,
      clock,
      store,
      name,
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
        if (!this.options.shared) this.tell('rival', rivals.any === undefined ? undefined : toldByAnother(rivals.any))
      },
    })
    return new Announcer({ wanted: discovery, broker, accepted, location, discovery: discovered, rivals })
  }

  private commandTopicsOf(accepted: ReadonlySet<CommandId>): CommandTopics {
    const { base, broker, clock, shared } = this.options
    const { guests, journal, results } = this
    const intake = new CommandIntake({
      base,
      accepted,
      journal,
      clock,
      known: (slug) => guests.known(slug),
      find: (slug) => guests.find(slug),
      isElsewhere: (slug) => guests.isElsewhere(slug),
      alone: Boolean(shared),
      seesEveryRetained: () => broker.protocolVersion === 5,
      answersTo: (id, response) => results.answerTo(id, response),
      dryRun: (id, response) => results.dryRun(id, response),
      tellOutcome: (car, outcome) => results.tell(car, outcome),
      tellRefused: (slug, outcome, response) => results.tellRefused(slug, outcome, response),
    })
    return new CommandTopics({ base, broker, shared, intake, onProblem: (problem) => this.tell('listen', problem) })
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

const toldByAnother = (bridge: string): Cause => ({
  code: 'INVALID_CONFIG',
  message: `Another Driveway ("${bridge}") tells Home Assistant of the same car, so this one does not`,
  action: 'Switch Home Assistant discovery off in one of them.',
})
