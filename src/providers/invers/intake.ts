/** What comes by the event stream, on its way to whoever listens: each event once, in order. */
import { minutes, type Clock } from '../../clock'
import type { Reading } from '../../vehicle/reading'
import type { SignalGroup } from '../../vehicle/signals'
import type { VehicleId } from '../../vehicle/vehicle'
import type { Origin } from '../mapping'
import type { PushSink } from '../provider'
import type { Echoes } from './echoes'
import { readArrived, whatIsSaid, type Properties, type Said } from './events'
import type { Fleet } from './fleet'

export interface IntakeOptions {
  fleet: Fleet
  clock: Clock
  sink: PushSink
  echoes: Echoes
  drift: Origin['drift']
  /** The state of a car now, for events that do not tell it. */
  read: (vehicle: VehicleId) => Promise<Reading[]>
}

/** Ids remembered, so that an event that is delivered twice is handed on once. */
const mostIds = 20_000
/** The list of a large fleet is many calls. */
const listRest = minutes(15)

const through = Promise.resolve()
const noGroups: readonly SignalGroup[] = []

export class Intake {
  /** Id → when it is handed on; ids in the order in which they came. */
  private readonly seen = new Map<string, Promise<void>>()
  private listedAt = -Infinity
  /** When a vehicle object last came, in ms since 1970; 0: never. */
  objectAt = 0

  constructor(private readonly options: IntakeOptions) {}

  /** Resolves when the event is handed on; rejects when it could not be. */
  async take(body: unknown, properties: Properties): Promise<'handed-on' | 'unreadable'> {
    const { clock, drift, fleet } = this.options
    const arrived = readArrived(body, properties, { where: 'events', receivedAt: clock.now(), drift })
    if (!arrived) return 'unreadable'
    const known = this.seen.get(arrived.id)
    if (!known) {
      const said = whatIsSaid(arrived, fleet, clock, drift)
      if (!said) return 'unreadable'
      await this.noted(arrived.id, this.handOn(said, arrived.flowId))
    } else await known
    return 'handed-on'
  }

  private async noted(id: string, work: Promise<void>): Promise<void> {
    this.seen.set(id, work)
    if (this.seen.size > mostIds)
      for (const oldest of this.seen.keys()) {
        this.seen.delete(oldest)
        break
      }
    try {
      await work
      // The id is enough from now on.
      if (this.seen.has(id)) this.seen.set(id, through)
    } catch (error) {
      this.seen.delete(id)
      throw error
    }
  }

  private async handOn(said: Said, flowId: string | undefined): Promise<void> {
    const { fleet, clock, sink, echoes } = this.options
    const { vehicle, readings, events, trip, late } = said
    if (said.object && fleet.has(vehicle)) fleet.learn(said.object)
    if (said.changesList || !fleet.has(vehicle)) this.askForList()
    const now = clock.now()
    if (said.kind === 'vehicle') this.objectAt = now
    if (said.kind === 'state') fleet.car(vehicle).heardAt = now
    const causedBy = echoes.of(flowId)
    const more = said.isVague && fleet.has(vehicle) ? await this.options.read(vehicle) : readings
    await sink.push(vehicle, {
      readings: more,
      groups: noGroups,
      ...(events.length > 0 && { events }),
      ...(trip && { trip }),
      ...(late && { late }),
      ...(causedBy && { causedBy }),
    })
  }

  private askForList(): void {
    const now = this.options.clock.now()
    if (now - this.listedAt < listRest && now >= this.listedAt) return
    this.listedAt = now
    this.options.sink.vehicles()
  }
}
