/** What was learned about each car between the calls. */
import { hours, type Clock } from '../../clock'
import type { Cause } from '../../vehicle/causes'
import type { Reading } from '../../vehicle/reading'
import type { VehicleId, VehicleMeta } from '../../vehicle/vehicle'
import { isMissing, sampleOf, textOf, wordOf, type Origin } from '../mapping'
import type { BlockName } from './blocks'
import type { Context } from './context'
import type { StellantisSettings } from './settings'
import type { SourceId } from './sources'
import { at, type Members } from './wire'
import * as words from './words'

const day = hours(24)
/** Delivered messages may name any car. */
const mostCars = 20_000

export class KnownCar {
  private readonly lacking = new Map<SourceId, number>()
  /** Blocks that the car's state did not tell when it was read last; absent: not read yet. */
  missing?: ReadonlySet<BlockName>
  /** Calls that have told something of this car. */
  readonly delivered = new Set<SourceId>()
  meta: VehicleMeta = {}
  /** The time of each whole list that was told last. */
  private readonly told = new Map<SourceId, number>()
  /** The latest word of `reachability.privacy`. */
  private privacy?: unknown
  /** The list of alerts and their details as they were told last; empty: not told yet. */
  alerts: readonly Reading[] = []

  constructor(private readonly clock: Clock) {}

  /** Keeps what says something about the next command, or the next message. */
  note(readings: readonly Reading[]): void {
    const told = readings.find(({ signal }) => signal === 'reachability.privacy')
    if (told) this.privacy = told.value
    const alerts = readings.filter(({ signal }) => signal === 'alerts.active' || signal === 'alerts.details')
    if (alerts.length > 0) this.alerts = alerts
  }

  /**
   * What leaves a list takes its time with it, and an empty one has none but its receipt: a list that seems older than
   * what was told before is told without a time, so that it is not taken for an old one.
   */
  inOrder(source: SourceId, readings: readonly Reading[], receivedAt: number): Reading[] {
    const times = readings.flatMap(({ observedAt }) => observedAt ?? [])
    const time = times.length > 0 ? Math.max(...times) : receivedAt
    const isOlder = time < (this.told.get(source) ?? -Infinity)
    this.told.set(source, isOlder ? receivedAt : time)
    return isOlder ? readings.map(({ observedAt: _, ...rest }) => rest) : [...readings]
  }

  /** What a command would likely meet: with full privacy the car is not reached. */
  get likely(): Cause | undefined {
    if (this.privacy !== 'full') return undefined
    return { code: 'PRIVACY', message: 'Privacy is switched on in the car', action: 'Switch privacy off in the car.' }
  }

  /** Not asked again for a day. */
  lack(source: SourceId): void {
    this.lacking.set(source, this.clock.now() + day)
  }

  lacks(source: SourceId): boolean {
    return (this.lacking.get(source) ?? 0) > this.clock.now()
  }
}

export class Cars {
  private readonly known = new Map<VehicleId, KnownCar>()

  constructor(
    private readonly settings: StellantisSettings,
    private readonly clock: Clock,
  ) {}

  of(vehicle: VehicleId): KnownCar {
    const known = this.known.get(vehicle)
    if (known) return known
    const car = new KnownCar(this.clock)
    this.known.set(vehicle, car)
    for (const oldest of this.known.keys()) {
      if (this.known.size <= mostCars) break
      this.known.delete(oldest)
    }
    return car
  }

  /** How to read an answer about this car. */
  context(vehicle: VehicleId, origin: Origin, time?: unknown): Context {
    const { timeZone, speedFactor } = this.settings
    const { energy } = this.of(vehicle).meta
    return { origin, time, timeZone, speedFactor, steering: this.steering(vehicle), electricOnly: energy === 'electric' }
  }

  /** What the account says, else by the brand: the wire does not tell it. */
  private steering(vehicle: VehicleId): 'left' | 'right' {
    const { steering, brand } = this.settings
    const told = steering?.[vehicle]
    if (told) return told
    const own = this.of(vehicle).meta.brand?.toLowerCase()
    return own === 'vauxhall' || (own === undefined && brand === 'vauxhall') ? 'right' : 'left'
  }
}

/** What Stellantis says about a car that is no signal. v1 has only codes for brand and model, which say nothing. */
export function metaOf(item: Members, origin: Origin, brand: string | undefined): VehicleMeta {
  const branding = at(item, '_embedded', 'extension', 'branding')
  const pictures = at(item, '_embedded', 'extension', 'pictures') ?? item.pictures
  const { motorization } = item
  const energy = isMissing(motorization) ? undefined : words.ourWord(words.motorization, wordOf(motorization))
  if (energy === undefined && !isMissing(motorization)) origin.drift(`${origin.where} motorization`, sampleOf(motorization))
  const meta: VehicleMeta = {
    brand: textOf(at(branding, 'brand')) ?? textOf(item.brand) ?? brand,
    model: textOf(at(branding, 'label')) ?? textOf(item.label),
    energy: energies.find((one) => one === energy),
    image: Array.isArray(pictures) ? pictures.map(textOf).find((one) => one !== undefined) : undefined,
  }
  return Object.fromEntries(Object.entries(meta).filter(([, value]) => value !== undefined))
}

const energies = ['electric', 'hybrid', 'hydrogen', 'other'] as const
