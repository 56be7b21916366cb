/** A cloud that does as a test tells it, behind the one interface that an account knows. */
import type { Answer, Order, Provider, Request, Verdict } from '../../src/providers/provider'
import { DrivewayError, type Cause, type CauseCode } from '../../src/vehicle/causes'
import type { CommandId } from '../../src/vehicle/commands'
import type { ProgressPhase } from '../../src/vehicle/outcome'
import type { Reading } from '../../src/vehicle/reading'
import { signals, type SignalGroup } from '../../src/vehicle/signals'
import type { Capabilities, ListedVehicle, VehicleId } from '../../src/vehicle/vehicle'
import { readingsFrom, type Values } from './cars'

/** A promise that is settled from outside. */
export class Gate<T = void> {
  readonly promise: Promise<T>
  open!: (value: T) => void
  fail!: (error: Error) => void

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.open = resolve
      this.fail = reject
    })
    this.promise.catch(() => undefined)
  }
}

export const failure = (code: CauseCode, rest: Partial<Cause> = {}): DrivewayError =>
  new DrivewayError({ code, message: `Scripted ${code}`, ...rest })

export const vin = (n: number): VehicleId => `YV1SCRIPTED00000${n}`

type Execution = (order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal) => Promise<Verdict>

const readable: readonly SignalGroup[] = ['battery', 'charging', 'doors', 'lock', 'position', 'engine', 'service', 'vehicle']

export class ScriptedProvider implements Provider {
  readonly id = 'volvo'
  listed: ListedVehicle[] = [{ id: vin(1), meta: { model: 'EX40' } }]
  can: Capabilities = { commands: ['lock', 'unlock', 'climate-start', 'engine-start', 'charge-limit'], unlisted: ['refresh'] }
  /** What the cars say now. */
  readonly says = new Map<VehicleId, Values>()
  /** Every call: `list`, `can`, `read`, `execute`. */
  readonly calls: {
    what: 'list' | 'can' | 'read' | 'execute'
    at: number
    vehicle?: VehicleId
    groups?: readonly SignalGroup[]
  }[] = []
  /** Reads under way now, and the most that ever were for one car. */
  readonly underWay = new Map<VehicleId, number>()
  mostAtOnce = 0

  /** What happens at a call, in place of a good answer. */
  onList?: () => Promise<void>
  onCan?: () => Promise<void>
  onRead?: (vehicle: VehicleId, groups: readonly SignalGroup[]) => Promise<Partial<Answer> | void>
  onExecute: Execution = (_order, onPhase) => {
    onPhase('sent')
    return Promise.resolve({ phase: 'done', provider: { status: 'COMPLETED' } })
  }

  constructor(private readonly now: () => number) {}

  count(what: ScriptedProvider['calls'][number]['what']): number {
    return this.calls.filter((call) => call.what === what).length
  }

  reads(vehicle = vin(1)): { at: number; groups: readonly SignalGroup[] }[] {
    const own = this.calls.filter((call) => call.what === 'read' && call.vehicle === vehicle)
    return own.map(({ at, groups = [] }) => ({ at, groups }))
  }

  async vehicles(): Promise<ListedVehicle[]> {
    this.calls.push({ what: 'list', at: this.now() })
    await this.onList?.()
    return this.listed
  }

  async capabilities(vehicle: VehicleId): Promise<Capabilities> {
    this.calls.push({ what: 'can', at: this.now(), vehicle })
    await this.onCan?.()
    return this.can
  }

  cost(_vehicle: VehicleId, groups: readonly SignalGroup[]): number {
    const own = groups.filter((group) => readable.includes(group))
    // Battery and charging come with one call.
    return new Set(own.map((group) => (group === 'battery' ? 'charging' : group))).size
  }

  bring(_vehicle: VehicleId, groups: readonly SignalGroup[]): readonly SignalGroup[] {
    const energy: readonly SignalGroup[] = ['battery', 'charging']
    return groups.some((group) => energy.includes(group)) ? energy.filter((group) => !groups.includes(group)) : []
  }

  async read(vehicle: VehicleId, groups: readonly SignalGroup[], signal: AbortSignal): Promise<Answer> {
    this.calls.push({ what: 'read', at: this.now(), vehicle, groups })
    const under = (this.underWay.get(vehicle) ?? 0) + 1
    this.underWay.set(vehicle, under)
    this.mostAtOnce = Math.max(this.mostAtOnce, under)
    try {
      const given = await Promise.race([this.onRead?.(vehicle, groups), aborted(signal)])
      return { readings: this.readingsOf(vehicle, groups), groups, failures: [], ...given }
    } finally {
      this.underWay.set(vehicle, (this.underWay.get(vehicle) ?? 1) - 1)
    }
  }

  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    this.calls.push({ what: 'execute', at: this.now(), vehicle: order.vehicle })
    return this.onExecute(order, onPhase, signal)
  }

  preview({ command }: { command: CommandId }): Promise<Request> {
    return Promise.resolve({ method: 'POST', path: `/vehicles/{vin}/${command}` })
  }

  private readingsOf(vehicle: VehicleId, groups: readonly SignalGroup[]): Reading[] {
    const brought = [...groups, ...this.bring(vehicle, groups)]
    const all = readingsFrom(this.says.get(vehicle) ?? {}, this.now())
    return all.filter(({ signal }) => brought.includes(signals[signal].group))
  }
}

/** Rejects when the signal aborts; without a script it never wins. */
const aborted = (signal: AbortSignal): Promise<void> =>
  signal.aborted
    ? Promise.reject(signal.reason as Error)
    : new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true }))
