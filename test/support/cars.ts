import { emptyMemory, type CarMemory } from '../../src/vehicle/memory'
import type { Reading, SignalValue } from '../../src/vehicle/reading'
import { signals, type SignalId } from '../../src/vehicle/signals'
import { takeIn, type Intake, type Taken } from '../../src/vehicle/snapshot'
import type { ProviderId } from '../../src/vehicle/vehicle'

export type Values = Partial<Record<SignalId, SignalValue | null>>

export interface Circumstances extends Partial<Omit<Intake, 'readings'>> {
  /** When the car saw the values, in ms since 1970; `null`: the cloud does not say. Default: now. */
  observedAt?: number | null
}

export const noon = Date.parse('2026-03-02T12:00:00Z')

export const readingsFrom = (values: Values, observedAt?: number): Reading[] =>
  Object.entries(values).map(([signal, value]) => ({
    signal: signal as SignalId,
    value,
    ...(observedAt !== undefined && { observedAt }),
  }))

/** A car as its account would remember it, with a time that stands still until it is moved. */
export class RememberedCar {
  memory: CarMemory = emptyMemory()
  now = noon
  readonly vehicle: { provider: ProviderId; id: string }

  constructor(known: Values = {}, provider: ProviderId = 'volvo') {
    this.vehicle = { provider, id: 'YV1TESTCAR0000001' }
    if (Object.keys(known).length > 0) this.tell(known)
  }

  /** Moves time on. */
  later(minutes: number): this {
    this.now += minutes * 60_000
    return this
  }

  /** Takes in an answer that tells these values. */
  tell(values: Values, { observedAt, ...rest }: Circumstances = {}): Taken {
    return this.take(readingsFrom(values, observedAt === null ? undefined : (observedAt ?? this.now)), rest)
  }

  take(readings: readonly Reading[], rest: Partial<Omit<Intake, 'readings'>> = {}): Taken {
    const groups = rest.source === 'push' ? [] : [...new Set(readings.map(({ signal }) => signals[signal].group))]
    return takeIn(this.memory, { readings, receivedAt: this.now, source: 'poll', groups, ...rest }, this.vehicle)
  }

  /** A stop and a start: what was kept on disk is read again. */
  restart(): this {
    this.memory = JSON.parse(JSON.stringify(this.memory)) as CarMemory
    return this
  }
}

export const names = ({ events }: Taken): string[] => events.map(({ name }) => name)
