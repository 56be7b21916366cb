/**
 * Commands on their way to a car. Every command ends in exactly one outcome; nothing is sent before all checks are
 * passed; commands to one car wait in line; a command that may have reached the car is never sent again.
 */
import { randomUUID } from 'node:crypto'
import { iso, type Clock } from '../clock'
import type { Order, Provider, Verdict } from '../providers/provider'
import { DrivewayError, toDrivewayError, type Cause, type CauseCode } from '../vehicle/causes'
import { commands, isCommandId, isGuarded, type CommandId, type CommandParams } from '../vehicle/commands'
import { okOf, progressPhases, type Outcome, type Phase, type ProgressPhase } from '../vehicle/outcome'
import { readGiven } from '../vehicle/params'
import type { Reading } from '../vehicle/reading'
import { keyOf, signalOf } from '../vehicle/signals'
import type { Vehicle, VehicleId } from '../vehicle/vehicle'
import { closed } from './reader'

/** A command as somebody asks for it. */
export interface CommandRequest {
  /** Id, slug, or the `vehicle` of a message; may be left out when the account has one car. */
  vehicle?: unknown
  command: unknown
  params?: unknown
  dryRun?: boolean
  /** Who chose the command: the author in a dialog, or somebody by a message or topic. Guarded ones differ. */
  origin: 'dialog' | 'message' | 'topic'
  id?: string
  /** When it was asked for, in ms since 1970; absent: now. */
  requestedAt?: number
}

export interface OrdersOptions {
  provider: Provider
  clock: Clock
  closing: AbortSignal
  allow: readonly CommandId[]
  vehicle(reference: unknown): Promise<Vehicle>
  capabilities(vehicle: Vehicle): Promise<{ commands: readonly CommandId[]; unlisted: readonly CommandId[] }>
  /** Throws QUOTA_* when no command may be spent now. Takes nothing. */
  checkQuota(): void
  onPhase(vehicle: Vehicle | undefined, outcome: Outcome): void
  /** The car's state that came with an answer. */
  onReadings(vehicle: Vehicle, readings: readonly Reading[]): void
}

/** Nothing was sent, but nobody refused it either. */
const nobodySaidNo: ReadonlySet<CauseCode> = new Set([
  'NETWORK',
  'TIMEOUT',
  'PROVIDER_DOWN',
  'PROVIDER_ERROR',
  'SCHEMA_DRIFT',
  'INTERNAL',
])

const phaseOf = ({ code }: Cause): 'failed' | 'refused' => (nobodySaidNo.has(code) ? 'failed' : 'refused')

/** What became of a command that never got as far as an account. */
export function outcomeWithoutAccount(command: unknown, error: unknown, clock: Clock): Outcome {
  const { cause } = toDrivewayError(error)
  const [phase, now] = [phaseOf(cause), iso(clock.now())]
  const times = { requestedAt: now, finishedAt: now, durationMs: 0 }
  return { id: randomUUID(), command: typeof command === 'string' ? command : '', phase, ok: okOf[phase], cause, ...times }
}

interface Checked {
  vehicle: Vehicle
  order: Order
}

export class Orders {
  private readonly lines = new Map<VehicleId, Promise<unknown>>()
  private readonly underWay = new Set<Promise<unknown>>()
  private open = 0

  constructor(private readonly options: OrdersOptions) {}

  /** Commands that have no final outcome yet. */
  get unfinished(): number {
    return this.open
  }

  /** Sends a command. Never rejects: whatever goes wrong is the outcome. Phases on the way go to `onPhase`. */
  async send(
    request: CommandRequest,
    onPhase: (outcome: Outcome, vehicle?: Vehicle) => void = () => undefined,
  ): Promise<{ outcome: Outcome; vehicle?: Vehicle }> {
    const sent = this.carryOut(request, onPhase)
    this.underWay.add(sent)
    void sent.finally(() => this.underWay.delete(sent))
    return sent
  }

  /** When every command that is under way has its final outcome. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.underWay)
  }

  private async carryOut(
    request: CommandRequest,
    onPhase: (outcome: Outcome, vehicle?: Vehicle) => void,
  ): Promise<{ outcome: Outcome; vehicle?: Vehicle }> {
    const started = request.requestedAt ?? this.options.clock.now()
    const id = request.id ?? randomUUID()
    const command = typeof request.command === 'string' ? request.command : ''
    const base = { id, command, requestedAt: iso(started), ...(request.dryRun && { dryRun: true as const }) }
    let vehicle: Vehicle | undefined
    let over = false
    const tell = (outcome: Outcome) => {
      quietly(() => onPhase(outcome, vehicle))
      quietly(() => this.options.onPhase(vehicle, outcome))
    }
    const finish = (phase: Phase, rest: Partial<Outcome> = {}) => {
      const now = this.options.clock.now()
      const outcome: Outcome = {
        ...base,
        phase,
        ok: okOf[phase],
        ...rest,
        finishedAt: iso(now),
        durationMs: Math.max(0, now - started),
      }
      over = true
      tell(outcome)
      return { outcome, vehicle }
    }
    this.open++
    try {
      const checked = await this.check(request, id, (found) => (vehicle = found))
      vehicle = checked.vehicle
      if (request.dryRun) return finish('checked', await this.preview(checked))
      const told = new Set<ProgressPhase>()
      const progress = (phase: ProgressPhase) => {
        // A phase is told once and never goes back.
        const later = progressPhases.slice(progressPhases.indexOf(phase))
        if (over || later.some((other) => told.has(other))) return
        told.add(phase)
        tell({ ...base, phase, ok: okOf[phase] })
      }
      progress('accepted')
      const verdict = await this.inLine(checked, progress)
      const { phase, cause, provider, readings } = verdict
      if (readings?.length) quietly(() => this.options.onReadings(checked.vehicle, readings))
      return finish(phase, {
        ...(cause && { cause }),
        ...(provider && { provider }),
        ...(readings?.length && { state: stateOf(readings) }),
      })
    } catch (error) {
      const { cause } = toDrivewayError(error)
      return finish(phaseOf(cause), { cause })
    } finally {
      this.open--
    }
  }

  /** The checks, in the order in which they are promised. Throws the first that fails. */
  private async check(request: CommandRequest, id: string, found: (vehicle: Vehicle) => void): Promise<Checked> {
    if (this.options.closing.aborted) throw closed()
    const command = knownCommand(request.command)
    const params = validParams(command, request.params)
    const vehicle = await this.options.vehicle(request.vehicle)
    found(vehicle)
    if (isGuarded(command) && request.origin !== 'dialog' && !this.options.allow.includes(command)) throw notAllowed(command)
    const { commands: has, unlisted } = await this.options.capabilities(vehicle)
    if (!has.includes(command) && !unlisted.includes(command)) throw unsupported(vehicle, command, has)
    this.options.checkQuota()
    return { vehicle, order: { id, vehicle: vehicle.id, command, params } }
  }

  private async preview({ vehicle, order }: Checked): Promise<Partial<Outcome>> {
    const likely = this.options.provider.likely?.(vehicle)
    const wouldSend = await this.options.provider.preview(order, this.options.closing)
    return { wouldSend, cost: 1, ...(likely && { likely }) }
  }

  private async inLine({ vehicle, order }: Checked, progress: (phase: ProgressPhase) => void): Promise<Verdict> {
    const before = this.lines.get(vehicle.id) ?? Promise.resolve()
    const turn = before.then(async (): Promise<Verdict> => {
      if (this.options.closing.aborted) return { phase: 'refused', cause: closed().cause }
      return this.options.provider.execute(order, progress, this.options.closing)
    })
    const line = turn.catch(() => undefined)
    this.lines.set(vehicle.id, line)
    try {
      return await turn
    } catch (error) {
      // A provider does not throw; if it does, the command may have left.
      return { phase: 'unknown', cause: toDrivewayError(error).cause }
    } finally {
      if (this.lines.get(vehicle.id) === line) this.lines.delete(vehicle.id)
    }
  }
}

/** Whoever listens must not change what becomes of a command. */
function quietly(listen: () => void): void {
  try {
    listen()
  } catch {
    // The fault is the listener's, and the car has its command all the same.
  }
}

function knownCommand(command: unknown): CommandId {
  if (isCommandId(command)) return command
  const message =
    typeof command === 'string' && command ? `There is no command "${command.slice(0, 40)}"` : 'No command was given'
  throw new DrivewayError({ code: 'INVALID_PARAMS', message, action: 'Check the command.' })
}

function validParams(command: CommandId, given: unknown): CommandParams {
  const read = readGiven(commands[command].params, given ?? {})
  if ('value' in read) return read.value
  const what = read.where ? `the parameter ${read.where}` : 'the parameters'
  throw new DrivewayError({
    code: 'INVALID_PARAMS',
    message: `${command}: ${what} ${read.why}`,
    action: 'Check what the command was given.',
  })
}

const notAllowed = (command: CommandId): DrivewayError =>
  new DrivewayError({
    code: 'NOT_ALLOWED',
    message: `"${command}" may only be sent from a node that names it, not by a message or topic`,
    action: 'Allow it in the account.',
  })

function unsupported(vehicle: Vehicle, command: CommandId, has: readonly CommandId[]): DrivewayError {
  const label = commands[command].label.toLowerCase()
  const list = has.length ? ` It can: ${has.join(', ')}.` : ''
  return new DrivewayError({
    code: 'UNSUPPORTED',
    message: `${vehicle.label} cannot do "${label}".${list}`,
    action: 'Choose one of its commands.',
  })
}

function stateOf(readings: readonly Reading[]): Outcome['state'] {
  const state: NonNullable<Outcome['state']> = {}
  for (const { signal, value } of readings) if (value !== null) (state[signalOf(signal).group] ??= {})[keyOf(signal)] = value
  return state
}
