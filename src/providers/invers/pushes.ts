/** The event stream and what it brings, from the start of an account to its end. */
import { pause, seconds, type Clock } from '../../clock'
import type { ProviderCredentials } from '../kit'
import type { Origin } from '../mapping'
import type { PushSink, PushSource } from '../push'
import type { Fleet } from './fleet'
import type { Intake, Listener } from './intake'
import type { AmqpSettings } from './settings'
import { EventStream } from './stream'

export interface PushedEventsOptions {
  settings: AmqpSettings
  credentials: ProviderCredentials
  fleet: Fleet
  intake: Intake
  clock: Clock
  drift: Origin['drift']
}

/** Whoever uses the account asks for the list first; only then do we. */
const listedByOthers = seconds(3)
const askAgain = seconds(60)
/** How often it is looked whether the list is there. */
const look = seconds(0.25)

export class PushedEvents implements PushSource {
  private stream?: EventStream

  constructor(private readonly options: PushedEventsOptions) {}

  get isWell(): boolean {
    return this.stream?.isWell ?? false
  }

  start(sink: PushSink): () => void {
    const { settings, credentials, intake, clock, drift } = this.options
    const over = new AbortController()
    const listener: Listener = {
      over: sink.over,
      push: (vehicle, push) => sink.push(vehicle, push),
      changed: (vehicle, groups) => sink.changed(vehicle, groups),
      vehicles: () => sink.vehicles(),
      isSteady: true,
    }
    const stream = new EventStream({
      settings,
      user: credentials.amqpUser ?? '',
      password: credentials.amqpPassword ?? '',
      ca: credentials.tlsCa,
      clock,
      take: (body, properties) => intake.take(intake.read(body, properties), listener),
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
