/** What INVERS' events tell, by stream or by webhook, on its way to whoever listens: each event once, in order. */
import { minutes, type Clock, type Timer } from '../../clock'
import { toDrivewayError } from '../../vehicle/causes'
import type { SignalGroup } from '../../vehicle/signals'
import type { Origin } from '../mapping'
import type { Push, PushSink } from '../push'
import type { Echoes } from './echoes'
import { readArrived, whatIsSaid, type Arrived, type Properties, type Said } from './events'
import type { Fleet } from './fleet'
import type { Fate } from './queue'

export interface IntakeOptions {
  fleet: Fleet
  clock: Clock
  echoes: Echoes
  drift: Origin['drift']
}

/** Who is told. */
export interface Listener extends Omit<PushSink, 'health'> {
  /** What tells now goes on telling, so that nobody need ask. */
  isSteady?: true
}

/** So many ids are remembered at least, so that an event that is delivered twice is handed on once; twice as many at most. */
const leastIds = 20_000
/** The list of a large fleet is many calls. */
const listRest = minutes(15)

const handedOn = Promise.resolve<Fate>('handed-on')
const unreadable = Promise.resolve<Fate>('unreadable')
const noGroups: readonly SignalGroup[] = []

export class Intake {
  /** Id → when it is handed on. The older ones are dropped all at once, which costs less than one by one. */
  private seen = new Map<string, Promise<Fate>>()
  private seenBefore: ReadonlyMap<string, Promise<Fate>> = new Map()
  private listedAt = -Infinity
  private asking?: Timer
  /** When a steady source last told a vehicle object, in ms since 1970; 0: never. */
  objectAt = 0

  constructor(private readonly options: IntakeOptions) {}

  /** `undefined`: it is no event of INVERS. */
  read(body: unknown, properties: Properties, receivedAt = this.options.clock.now()): Arrived | undefined {
    const { drift } = this.options
    try {
      return readArrived(body, properties, { where: 'events', receivedAt, drift })
    } catch {
      // It is nested deeper than it can be written down again, which its id would need.
      drift('events', 'nested too deep')
      return undefined
    }
  }

  /** Resolves when the event is handed on; rejects when it could not be. */
  take(arrived: Arrived | undefined, listener: Listener): Promise<Fate> {
    const { clock, drift, fleet } = this.options
    try {
      if (!arrived) return unreadable
      const known = this.seen.get(arrived.id) ?? this.seenBefore.get(arrived.id)
      if (known) return known
      const said = whatIsSaid(arrived, fleet, clock, drift)
      return said ? this.noted(arrived.id, this.handOn(said, arrived.flowId, listener)) : unreadable
    } catch (error) {
      return Promise.reject(toDrivewayError(error))
    }
  }

  private noted(id: string, work: Promise<boolean>): Promise<Fate> {
    if (this.seen.size >= leastIds) {
      this.seenBefore = this.seen
      this.seen = new Map()
    }
    const { seen } = this
    const fate = work.then(
      (isOurs) => {
        // The id is enough from now on.
        seen.set(id, handedOn)
        return isOurs ? 'handed-on' : 'foreign'
      },
      (error: unknown) => {
        seen.delete(id)
        throw error
      },
    )
    seen.set(id, fate)
    return fate
  }

  private handOn(said: Said, flowId: string | undefined, listener: Listener): Promise<boolean> {
    const { fleet, clock, echoes } = this.options
    const { vehicle, readings, events, trip, late, kind } = said
    const isKnown = fleet.has(vehicle)
    if (said.object && isKnown) fleet.learn(said.object)
    if (said.changesList || !isKnown) this.askForList(listener)
    if (listener.isSteady) {
      const now = clock.now()
      if (kind === 'vehicle') this.objectAt = now
      if (kind === 'state') fleet.car(vehicle).heardAt = now
    }
    // It tells nothing else. Reading would hold up the queue, so others do that.
    if (said.vague) return listener.changed(vehicle, said.vague)
    const causedBy = echoes.of(flowId)
    const push: Push = { readings, groups: noGroups }
    if (events.length > 0) push.events = events
    if (trip) push.trip = trip
    if (late) push.late = late
    if (causedBy) push.causedBy = causedBy
    return listener.push(vehicle, push)
  }

  /** Once at the end of the rest for all that ask meanwhile: a new car's events are dropped until then, and it is read then. */
  private askForList(listener: Listener): void {
    const { clock } = this.options
    const now = clock.now()
    const rests = now - this.listedAt < listRest && now >= this.listedAt
    if (rests && this.asking) return
    this.asking?.cancel()
    this.asking = undefined
    if (!rests) {
      this.listedAt = now
      return listener.vehicles()
    }
    this.asking = clock.after(this.listedAt + listRest - now, () => {
      this.asking = undefined
      if (!listener.over.aborted) this.askForList(listener)
    })
  }
}
