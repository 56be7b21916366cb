/** What comes by the event stream, on its way to whoever listens: each event once, in order. */
import { minutes, type Clock } from '../../clock'
import { toDrivewayError } from '../../vehicle/causes'
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { VehicleId } from '../../vehicle/vehicle'
import type { Origin } from '../mapping'
import type { PushSink } from '../provider'
import type { Echoes } from './echoes'
import { readArrived, whatIsSaid, type Properties, type Said } from './events'
import type { Fleet } from './fleet'
import type { Fate } from './queue'

export interface IntakeOptions {
  fleet: Fleet
  clock: Clock
  sink: PushSink
  echoes: Echoes
  drift: Origin['drift']
  /** The state of a car now, for events that do not tell it. */
  read: (vehicle: VehicleId) => Promise<Reading[]>
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
  /** When a vehicle object last came, in ms since 1970; 0: never. */
  objectAt = 0

  constructor(private readonly options: IntakeOptions) {}

  /** Resolves when the event is handed on; rejects when it could not be. */
  take(body: unknown, properties: Properties): Promise<Fate> {
    const { clock, drift, fleet } = this.options
    try {
      const arrived = readArrived(body, properties, { where: 'events', receivedAt: clock.now(), drift })
      if (!arrived) return unreadable
      const known = this.seen.get(arrived.id) ?? this.seenBefore.get(arrived.id)
      if (known) return known
      const said = whatIsSaid(arrived, fleet, clock, drift)
      return said ? this.noted(arrived.id, this.handOn(said, arrived.flowId)) : unreadable
    } catch (error) {
      return Promise.reject(toDrivewayError(error))
    }
  }

  private noted(id: string, work: Promise<unknown>): Promise<Fate> {
    if (this.seen.size >= leastIds) {
      this.seenBefore = this.seen
      this.seen = new Map()
    }
    const { seen } = this
    const fate = work.then(
      () => {
        // The id is enough from now on.
        seen.set(id, handedOn)
        return 'handed-on' as const
      },
      (error: unknown) => {
        seen.delete(id)
        throw error
      },
    )
    seen.set(id, fate)
    return fate
  }

  private handOn(said: Said, flowId: string | undefined): Promise<unknown> {
    const { fleet, clock, sink, echoes } = this.options
    const { vehicle, readings, events, trip, late } = said
    if (said.object && fleet.has(vehicle)) fleet.learn(said.object)
    if (said.changesList || !fleet.has(vehicle)) this.askForList()
    const now = clock.now()
    if (said.kind === 'vehicle') this.objectAt = now
    if (said.kind === 'state') fleet.car(vehicle).heardAt = now
    const causedBy = echoes.of(flowId)
    const push = (told: readonly Reading[]) =>
      sink.push(vehicle, {
        readings: told,
        groups: noGroups,
        ...(events.length > 0 && { events }),
        ...(trip && { trip }),
        ...(late && { late }),
        ...(causedBy && { causedBy }),
      })
    return said.isVague && fleet.has(vehicle) ? this.options.read(vehicle).then(push) : push(readings)
  }

  private askForList(): void {
    const now = this.options.clock.now()
    if (now - this.listedAt < listRest && now >= this.listedAt) return
    this.listedAt = now
    this.options.sink.vehicles()
  }
}
