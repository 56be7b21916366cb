import type { Clock } from '../../clock'
import { seconds } from '../../clock'
import type { SignalValue } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { isSectionPrivate, sectionOf, type Section } from './sections'
import type { CarProfile } from './profile'

/** A thing that truly happened to the car, whoever was told. `what` is an event name of the contracts where one fits. */
export interface Edge {
  /** Milliseconds since 1970. */
  at: number
  what: string
  part?: string
}

/** What the car told its cloud about one signal. */
export interface Told {
  value: SignalValue
  /** When the car saw it, ms since 1970; not when the cloud heard of it. */
  at: number
}

/** Seconds that a report needs from the car to its cloud. */
export interface Lag {
  min: number
  max: number
}

/** The car cannot do what was asked in the state it is in. */
export class CarRefusal extends Error {
  /** The field of the request that is wrong, when it is the request and not the car. */
  constructor(
    message: string,
    readonly field?: string,
  ) {
    super(message)
  }
}

interface Due {
  at: number
  name: string
  action: () => void
}

/** A part of the car that changes by itself while time passes. */
export interface Part {
  readonly active: boolean
  step(seconds: number): void
}

/** Steps of a car in motion or on the charger; a car at rest takes any length of time in one step. */
const finestStep = seconds(10)

/**
 * A car's state, its own time, what is about to happen to it, and the line to its cloud. The cloud knows only what
 * was reported, with the times at which the car saw it.
 */
export class CarBody {
  time: number
  readonly history: Edge[] = []
  private truth = new Map<SignalId, SignalValue>()
  private known = new Map<SignalId, Told>()
  private dues: Due[] = []
  private lastArrival = 0
  private parts: Part[] = []

  constructor(
    readonly profile: CarProfile,
    private readonly clock: Clock,
    public lag: Lag,
    private readonly changed: () => void,
    private readonly arrived: () => void = () => undefined,
  ) {
    this.time = clock.now()
  }

  /** Back to how the profile describes the car; nothing is told yet. */
  reset(start: Partial<Record<SignalId, SignalValue>>): void {
    this.time = this.clock.now()
    this.history.length = 0
    this.dues = []
    this.lastArrival = 0
    this.known = new Map()
    this.truth = new Map(Object.entries(start) as [SignalId, SignalValue][])
  }

  /** The cloud knows everything, as of now, without any lag. */
  tellAll(): void {
    this.known = new Map([...this.truth].map(([id, value]) => [id, { value, at: this.time }]))
    this.changed()
  }

  attach(part: Part): void {
    this.parts.push(part)
  }

  get(id: SignalId): SignalValue | undefined {
    return this.truth.get(id)
  }

  number(id: SignalId): number {
    const value = this.truth.get(id)
    return typeof value === 'number' ? value : 0
  }

  /** A word, text or time; empty when there is none. */
  text(id: SignalId): string {
    const value = this.truth.get(id)
    return typeof value === 'string' ? value : ''
  }

  /** Changes the truth; nobody hears of it before the next report. */
  put(values: Partial<Record<SignalId, SignalValue | undefined>>): void {
    for (const [id, value] of Object.entries(values) as [SignalId, SignalValue | undefined][]) {
      if (value === undefined) this.truth.delete(id)
      else this.truth.set(id, value)
    }
    this.changed()
  }

  record(what: string, part?: string): void {
    this.history.push({ at: this.time, what, ...(part === undefined ? {} : { part }) })
    if (this.history.length > 1000) this.history.shift()
    this.changed()
  }

  told(id: SignalId): Told | undefined {
    return this.known.get(id)
  }

  everythingTold(): Record<string, Told> {
    return Object.fromEntries(this.known)
  }

  everythingTrue(): Record<string, SignalValue> {
    return Object.fromEntries(this.truth)
  }

  random(min: number, max: number): number {
    return min + this.clock.random() * (max - min)
  }

  /** Sends these sections as they are now; the cloud hears of it after the lag, reports never overtake each other. */
  report(...sections: Section[]): void {
    const allowed = sections.filter((section) => !isSectionPrivate(section, this.get('reachability.privacy')))
    const saw = this.time
    const values = [...this.truth].filter(([id]) => allowed.includes(sectionOf(id)))
    const arrive = () => {
      for (const id of this.known.keys()) if (allowed.includes(sectionOf(id))) this.known.delete(id)
      for (const [id, value] of values) this.known.set(id, { value, at: saw })
      this.changed()
      this.arrived()
    }
    const arrival = Math.max(Math.round(saw + seconds(this.random(this.lag.min, this.lag.max))), this.lastArrival)
    this.lastArrival = arrival
    if (arrival <= saw) arrive()
    else this.dues.push({ at: arrival, name: 'arrival', action: arrive })
  }

  /** Does `action` once, `after` seconds from now; a later plan of the same name replaces it. */
  plan(name: string, after: number, action: () => void): void {
    this.cancel(name)
    this.dues.push({ at: Math.round(this.time + seconds(after)), name, action })
  }

  cancel(name: string): void {
    this.dues = this.dues.filter((due) => due.name !== name)
  }

  /** Lets this much time pass, in which everything planned happens in order. */
  live(ms: number): void {
    const end = this.time + ms
    for (;;) {
      const next = this.nextDue()
      const finest = this.parts.some((part) => part.active) ? this.time + finestStep : Infinity
      const until = Math.min(end, finest, Math.max(next?.at ?? Infinity, this.time))
      const elapsed = until - this.time
      this.time = until
      if (elapsed > 0) for (const part of this.parts) part.step(elapsed / 1000)
      if (next && next.at <= this.time) {
        this.dues = this.dues.filter((due) => due !== next)
        next.action()
      } else if (this.time >= end) return
    }
  }

  /** Time passes and nothing happens: the simulated life stands still. */
  skip(ms: number): void {
    this.time += ms
    this.lastArrival += ms
    for (const due of this.dues) due.at += ms
  }

  private nextDue(): Due | undefined {
    return this.dues.reduce<Due | undefined>((first, due) => (first && first.at <= due.at ? first : due), undefined)
  }
}
