/**
 * Another Driveway's cars, read from its topics and commanded through them: any number of Node-RED instances share one
 * provider's quota. Nothing is ever asked for: all comes by push, and an answer costs no call.
 */
import { randomBytes } from 'node:crypto'
import { pause, seconds, type Clock, type Timer } from '../../clock'
import { DrivewayError, type Cause } from '../../vehicle/causes'
import type { VehicleEvent } from '../../vehicle/events'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { Drift } from '../../vehicle/reading'
import { signalGroups, type SignalGroup } from '../../vehicle/signals'
import type { Capabilities, ListedVehicle, VehicleId } from '../../vehicle/vehicle'
import type { Answer, Order, Provider, PushSink, Request, Verdict } from '../provider'
import { FarSide } from './far'
import type { Arrival, Link } from './link'
import { eventFrom, readingsOf, strangersIn, toldBy, type Told } from './mapping'
import { Requests } from './requests'
import { filtersBelow, readTopic, responseTopic, type Heard } from './topics'
import { eventWire, outcomeWire, readJson, stateWire, type StateWire } from './wire'

export interface OtherDrivewayOptions {
  link: Link
  /** The base topic of the other Driveway. */
  base: string
  clock: Clock
}

/** A state and the events that belong to it come one after the other: they are taken in together. */
const together = seconds(0.1)
/** A broker that does not let us talk to ourselves has told what it kept by then. */
const settledAfter = seconds(2)
const listedWithin = seconds(10)
/** Event ids remembered, so that one that the broker delivers twice is told once. */
const mostIds = 10_000

/** What came of one car and is about to be told. */
interface Gathering {
  state?: StateWire
  events: VehicleEvent[]
  timer: Timer
  /** It waits for the car to be known. */
  isDue?: true
}

interface Past {
  told: Told
  /** The newest time that a state had, in ms since 1970. */
  observedAt: number
}

export class OtherDriveway implements Provider {
  readonly id = 'mqtt'
  readonly tellsEvents = true
  readonly pushes = { start: (sink: PushSink) => this.start(sink) }
  onDrift?: (drift: Drift) => void

  private readonly far: FarSide
  private readonly requests: Requests
  /** Our own topic: answers to us, and our word to ourselves that the broker has told what it kept. */
  private readonly ours: string
  private sink?: PushSink
  private settling?: Timer
  private isSettled = false
  /** The broker does not let us read. */
  private isDeaf = false
  private canHearOurselves = false
  private readonly waitingForCars = new Set<() => void>()
  private readonly gathering = new Map<VehicleId, Gathering>()
  private readonly past = new Map<VehicleId, Past>()
  private readonly eventIds = new Set<string>()
  private readonly drifts = new Set<string>()

  constructor(private readonly options: OtherDrivewayOptions) {
    const { base, link, clock } = options
    this.far = new FarSide(base)
    this.ours = responseTopic(base, randomBytes(8).toString('hex'))
    const answerTo = () => (this.canHearOurselves ? this.ours : undefined)
    this.requests = new Requests({ link, base, clock, answerTo })
  }

  /** Waits a little for what the broker kept. What was known once is known while the other side is away. */
  async vehicles(signal: AbortSignal): Promise<ListedVehicle[]> {
    if (this.far.list.length === 0 && !this.isSettled) await this.untilSettled(signal)
    signal.throwIfAborted()
    const { list } = this.far
    const problem = list.length === 0 ? this.problem : undefined
    if (problem) throw new DrivewayError(problem)
    return list
  }

  async capabilities(vehicle: VehicleId): Promise<Capabilities> {
    const can = this.far.capabilities(vehicle)
    if (can) return can
    throw new DrivewayError({ code: 'VEHICLE_UNKNOWN', message: 'The other Driveway does not tell of this car' })
  }

  cost(): number {
    return 0
  }

  bring(): readonly SignalGroup[] {
    return []
  }

  /** There is nothing to ask: whoever wants to know looks into the memory. */
  async read(): Promise<Answer> {
    return { readings: [], groups: [], failures: [] }
  }

  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    const problem = this.linkProblem ?? this.far.problemOf(order.vehicle)
    if (problem) return { phase: 'failed', cause: problem }
    return this.requests.send(order, onPhase, signal)
  }

  async preview(order: Order): Promise<Request> {
    return this.requests.preview(order)
  }

  private start(sink: PushSink): () => void {
    const { link, base } = this.options
    this.sink = sink
    const onState = () => this.follow()
    const take = (arrival: Arrival) => this.hear(arrival)
    const refused = () => {
      this.isDeaf = true
      this.tellHealth()
    }
    const ends = [
      ...filtersBelow(base).map((filter) => link.subscribe({ filter, take, refused })),
      link.subscribe({ filter: this.ours, take }),
    ]
    link.on('state', onState)
    if (link.state === 'connected' || link.problem) this.follow()
    return () => {
      link.off('state', onState)
      for (const end of ends) end()
      this.sink = undefined
      this.settling?.cancel()
      for (const { timer } of this.gathering.values()) timer.cancel()
      this.gathering.clear()
      this.wake()
    }
  }

  // ── The connection ────────────────────────────────────────────────────────────────────────────────────────────

  private follow(): void {
    const { link, clock } = this.options
    if (link.state === 'connecting') return
    this.settling?.cancel()
    this.isSettled = false
    this.canHearOurselves = false
    if (link.state !== 'connected') {
      this.wake()
      return this.tellHealth()
    }
    this.isDeaf = false
    this.far.begin()
    this.settling = clock.after(settledAfter, () => this.settle(false))
    // The broker answers this only after what it kept.
    link.publishNow(this.ours, 'here').catch(() => undefined)
  }

  /** `all`: it is certain that everything was told. */
  private settle(all: boolean): void {
    this.settling?.cancel()
    this.canHearOurselves = all
    this.isSettled = true
    if (all && this.far.settle()) this.tellList()
    this.wake()
    this.tellHealth()
  }

  private wake(): void {
    for (const goOn of this.waitingForCars) goOn()
  }

  private async untilSettled(signal: AbortSignal): Promise<void> {
    const { link, clock } = this.options
    if (link.state === 'offline' || link.state === 'closed') return
    const over = new AbortController()
    const end = () => over.abort()
    signal.addEventListener('abort', end, { once: true })
    this.waitingForCars.add(end)
    if (!signal.aborted) await pause(clock, listedWithin, over.signal)
    this.waitingForCars.delete(end)
    signal.removeEventListener('abort', end)
  }

  private get linkProblem(): Cause | undefined {
    const { link } = this.options
    return link.state === 'connected' ? undefined : (link.problem ?? noBroker)
  }

  private get problem(): Cause | undefined {
    if (this.isDeaf && !this.linkProblem) return notLetIn(this.options.base)
    return this.linkProblem ?? this.far.problem
  }

  private tellHealth(): void {
    // What the broker kept comes one by one: half of it says nothing.
    if (this.options.link.state === 'connected' && !this.isSettled) return
    this.sink?.health(this.problem)
  }

  // ── What is heard ─────────────────────────────────────────────────────────────────────────────────────────────

  private hear(message: Arrival): void {
    const { topic, payload } = message
    if (topic === this.ours) return this.hearOurs(payload)
    const heard = readTopic(this.options.base, topic)
    if (heard) this.take(heard, message)
  }

  private hearOurs(payload: Buffer): void {
    if (String(payload) === 'here') return this.settle(true)
    this.hearResult(payload)
  }

  private hearResult(payload: Buffer): void {
    const outcome = readJson(payload, outcomeWire)
    if (outcome) this.requests.hear(outcome)
  }

  private take(heard: Heard, { payload, retain }: Arrival): void {
    if (heard.of === 'result') return retain ? undefined : this.hearResult(payload)
    // What happened once must not happen again for whoever comes later.
    if (heard.of === 'event') return retain ? undefined : this.hearEvent(heard, payload)
    if (heard.of === 'car' && heard.leaf === 'state') return this.hearState(heard.car, payload)
    if (this.far.hear(heard, payload)) this.tellList()
    this.tellHealth()
  }

  private tellList(): void {
    this.sink?.vehicles()
    for (const car of this.past.keys()) if (!this.far.has(car)) this.past.delete(car)
    for (const [car, { isDue }] of this.gathering) if (isDue && this.far.has(car)) this.tell(car)
  }

  private hearState(car: VehicleId, payload: Buffer): void {
    if (payload.length === 0) return
    const state = readJson(payload, stateWire)
    if (!state) return this.drift('state', 'no state of a car')
    for (const stranger of strangersIn(state)) this.drift(`state ${stranger.slice(0, 60)}`, 'not known')
    this.gather(car).state = state
  }

  private hearEvent({ car, name }: { car: VehicleId; name: string }, payload: Buffer): void {
    const wire = readJson(payload, eventWire)
    const event = wire && eventFrom(wire)
    if (!event || event.name !== name) return this.drift(`event ${name.slice(0, 40)}`, 'no event that is known')
    if (this.eventIds.has(event.id)) return
    this.eventIds.add(event.id)
    const [oldest] = this.eventIds
    if (this.eventIds.size > mostIds && oldest !== undefined) this.eventIds.delete(oldest)
    this.gather(car).events.push(event)
  }

  private gather(car: VehicleId): Gathering {
    const known = this.gathering.get(car)
    if (known) return known
    const gathering: Gathering = { events: [], timer: this.options.clock.after(together, () => this.tell(car)) }
    this.gathering.set(car, gathering)
    return gathering
  }

  private tell(car: VehicleId): void {
    const gathering = this.gathering.get(car)
    if (!gathering) return
    gathering.isDue = true
    if (!this.far.has(car)) return
    this.gathering.delete(car)
    const { state, events } = gathering
    const push = { readings: state ? this.readingsOf(car, state) : [], groups: state ? signalGroups : [], events }
    // Whoever closes the account ends this too.
    this.sink?.push(car, push).catch(() => undefined)
  }

  private readingsOf(car: VehicleId, state: StateWire) {
    const past = this.past.get(car)
    const told = toldBy(state)
    // The time of a state goes back when what was newest leaves it; a reading that goes back would not be believed.
    const observedAt = Math.max(Date.parse(state.observedAt), past?.observedAt ?? 0)
    this.past.set(car, { told, observedAt })
    return readingsOf(told, past?.told, observedAt)
  }

  private drift(where: string, sample: string): void {
    if (this.drifts.has(where) || this.drifts.size > 100) return
    this.drifts.add(where)
    this.onDrift?.({ where: `mqtt ${where}`, sample })
  }
}

const notLetIn = (base: string): Cause => ({
  code: 'INVALID_CONFIG',
  message: `The MQTT broker does not let us read below "${base}"`,
  action: "Check our user's rights at the broker.",
})

const noBroker: Cause = {
  code: 'NETWORK',
  message: 'The MQTT broker cannot be reached',
  action: 'Check that it runs, and its address.',
}
