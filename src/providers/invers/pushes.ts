/** The event stream and what it brings, from the start of an account to its end. */
import { pause, seconds, type Clock } from '../../clock'
import type { Reading } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'
import type { ProviderCredentials } from '../kit'
import type { Origin } from '../mapping'
import type { PushSink } from '../provider'
import type { Echoes } from './echoes'
import type { Fleet } from './fleet'
import { Intake } from './intake'
import type { AmqpSettings } from './settings'
import { EventStream } from './stream'

export interface PushedEventsOptions {
  settings: AmqpSettings
  credentials: ProviderCredentials
  fleet: Fleet
  clock: Clock
  echoes: Echoes
  drift: Origin['drift']
  read: (vehicle: VehicleId, signal: AbortSignal) => Promise<Reading[]>
}

/** Whoever uses the account asks for the list first; only then do we. */
const listedByOthers = seconds(3)
const askAgain = seconds(60)
/** How often it is looked whether the list is there. */
const look = seconds(0.25)

export class PushedEvents {
  private stream?: EventStream
  private intake?: Intake

  constructor(private readonly options: PushedEventsOptions) {}

  get isWell(): boolean {
    return this.stream?.isWell ?? false
  }

  /** When a vehicle object last came, in ms since 1970; 0: never. */
  get objectAt(): number {
    return this.intake?.objectAt ?? 0
  }

  start(sink: PushSink): () => void {
    const { settings, credentials, fleet, clock, echoes, drift, read } = this.options
    const over = new AbortController()
    const intake = new Intake({ fleet, clock, sink, echoes, drift, read: (vehicle) => read(vehicle, over.signal) })
    this.intake = intake
    const stream = new EventStream({
      settings,
      user: credentials.amqpUser ?? '',
      password: credentials.amqpPassword ?? '',
      ca: credentials.tlsCa,
      clock,
      take: (body, properties) => intake.take(body, properties),
      ready: (ended) => this.listed(sink, ended),
      onHealth: (problem) => {
        if (!over.signal.aborted) sink.health(problem, { callsGoOn: true })
      },
      onUnreadable: (queue) => drift(`events in ${queue.slice(0, 40)}`, 'a message that cannot be read; set aside'),
    })
    this.stream = stream
    return () => {
      over.abort()
      stream.stop()
      this.stream = undefined
    }
  }

  /** What a car burns decides what its level means, so the list comes before the first event. */
  private async listed(sink: PushSink, over: AbortSignal): Promise<void> {
    const { fleet, clock } = this.options
    let askAt = clock.now() + listedByOthers
    while (!fleet.isListed && !over.aborted) {
      if (clock.now() >= askAt) {
        askAt = clock.now() + askAgain
        sink.vehicles()
      }
      await pause(clock, look, over)
    }
  }
}
