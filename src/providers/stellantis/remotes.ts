/**
 * Stellantis: an order to a car. The cloud takes it and says nothing more by itself: what became of it comes by
 * deliveries, where they reach us, and is read where they do not.
 */
import { minutes, pause, seconds, type Clock } from '../../clock'
import type { Fault } from '../../cloud/call'
import type { HttpResponse } from '../../cloud/http'
import { DrivewayError, toDrivewayError, type Cause } from '../../vehicle/causes'
import type { ProgressPhase } from '../../vehicle/outcome'
import type { VehicleId } from '../../vehicle/vehicle'
import { textOf } from '../mapping'
import type { Order, Request, Verdict } from '../provider'
import type { Call, StellantisApi } from './api'
import { isCause, remoteOf, scopeOfCommand, type Remote } from './order'
import type { Board, Owners, Step } from './remotesBoard'
import type { RemotesChannel, WayOut } from './remotesChannel'
import { Ladder } from './remotesLadder'
import { WakeUps } from './remotesWakeUps'
import { at, idInLink, membersOf, type Members } from './wire'

/** No number on the wire; a car that sleeps deeply answers after minutes. */
const deadline = minutes(10)
/** Between two reads of the status; the last one stays. */
const polls = [5, 10, 20, 40, 60].map(seconds)
/** Where steps are delivered, reading is only for those that get lost. */
const pollsBesideDeliveries = [15, 30, 60].map(seconds)
/** After an answer was lost, until the order shows up in the list of remotes. */
const searches = [2, 5, 10, 20, 40].map(seconds)

type Sent = { response: HttpResponse } | { fault: Fault }

export class Remotes {
  private readonly clock: Clock
  private readonly wakeUps: WakeUps

  constructor(
    private readonly api: StellantisApi,
    private readonly channel: RemotesChannel,
    private readonly board: Board,
    private readonly owners: Owners,
  ) {
    this.clock = api.clock
    this.wakeUps = new WakeUps(api.clock)
  }

  /** Throws nothing: whatever happens is in the verdict. */
  async execute(order: Order, onPhase: (phase: ProgressPhase) => void, signal: AbortSignal): Promise<Verdict> {
    const remote = remoteOf(order, this.api.settings.generation)
    if (isCause(remote)) return { phase: 'refused', cause: remote }
    const refusal = this.wakeUps.refusal(order.command, order.vehicle)
    if (refusal) return { phase: 'refused', cause: refusal }
    const written = { may: false }
    try {
      const verdict = await this.carryOut(order, remote, onPhase, signal, written)
      if (verdict.cause?.code === 'QUOTA_WAKEUPS') this.wakeUps.learn(order.vehicle, verdict.cause.retryAfter ?? 0)
      return verdict
    } catch (error) {
      return { phase: phaseOf(error, written.may), cause: toDrivewayError(error).cause }
    }
  }

  /** What would be sent; rejects with what speaks against it. */
  preview(order: Order): Request {
    const remote = remoteOf(order, this.api.settings.generation)
    const refusal = isCause(remote) ? remote : this.wakeUps.refusal(order.command, order.vehicle)
    if (refusal || isCause(remote)) throw new DrivewayError(refusal ?? unreadable)
    return { method: 'POST', path: this.template, body: remote.body }
  }

  private get template(): string {
    return this.api.isV1
      ? '/accounts/vehicles/{id}/channels/{channel}/remotes'
      : '/user/vehicles/{id}/callbacks/{channel}/remotes'
  }

  private async carryOut(
    order: Order,
    remote: Remote,
    onPhase: (phase: ProgressPhase) => void,
    signal: AbortSignal,
    written: { may: boolean },
  ): Promise<Verdict> {
    const { way, sent } = await this.send(order, remote, signal, written)
    if (!('fault' in sent) || sent.fault.phase === 'unknown') this.wakeUps.note(order.command, order.vehicle)
    const id = 'response' in sent ? remoteIdIn(sent.response.body) : undefined
    const lost = 'fault' in sent ? sent.fault : nameless
    if (id === undefined && lost.phase !== 'unknown') return verdictOfFault(lost)
    const remoteId = id ?? (await this.search(way, order.vehicle, remote.label, signal))
    if (remoteId === undefined) return signal.aborted ? stopped() : verdictOfFault(lost)
    onPhase('accepted')
    this.owners.set(remoteId, order.vehicle)
    return this.follow(remoteId, way, order.vehicle, onPhase, signal)
  }

  /** Sent once; a second time only when the cloud did not know our channel, which has not reached the car. */
  private async send(
    order: Order,
    remote: Remote,
    signal: AbortSignal,
    written: { may: boolean },
  ): Promise<{ way: WayOut; sent: Sent }> {
    const { vehicle, command } = order
    const scope = scopeOfCommand(command, this.api.settings.generation)
    const once = async (): Promise<{ way: WayOut; sent: Sent }> => {
      const way = await this.channel.find(signal)
      const call = { template: this.template, vehicle, ids: { channel: way.id }, scope }
      return { way, sent: await this.api.send(call, remote.body, signal, () => (written.may = true)) }
    }
    const first = await once()
    // Stellantis: a 404 means the car or the channel, and its text need not say which.
    const unknown = 'fault' in first.sent && first.sent.fault.cause.provider?.httpStatus === 404
    if (!unknown || !(await this.channel.isGone(first.way, signal))) return first
    written.may = false
    return once()
  }

  private async follow(
    remoteId: string,
    way: WayOut,
    vehicle: VehicleId,
    onPhase: (phase: ProgressPhase) => void,
    signal: AbortSignal,
  ): Promise<Verdict> {
    const { clock } = this
    const ladder = new Ladder(clock, remoteId, onPhase, (where, sample) => this.api.drift(where, sample))
    const over = new AbortController()
    const ended: { verdict?: Verdict } = {}
    let heard = clock.now()
    const take = (step: Step) => {
      heard = clock.now()
      ended.verdict ??= ladder.take(step)
      if (ended.verdict) end()
    }
    const until = clock.now() + deadline
    const stop = over.signal
    const end = () => over.abort()
    const late = clock.after(deadline, end)
    signal.addEventListener('abort', end, { once: true })
    if (signal.aborted) end()
    const unwatch = this.board.watch(remoteId, take)
    const intervals = way.delivers ? pollsBesideDeliveries : polls
    try {
      for (let poll = 0; !stop.aborted;) {
        const before = heard
        const due = before + (intervals[Math.min(poll, intervals.length - 1)] ?? 0)
        await pause(clock, Math.min(due, until, ladder.settlesAt) - clock.now(), stop)
        if (clock.now() >= ladder.settlesAt) break
        // A step that came meanwhile has put the next read off.
        if (stop.aborted || clock.now() < due || heard !== before) continue
        poll++
        heard = clock.now()
        const told = await this.status(remoteId, way, vehicle, stop)
        if (told && 'phase' in told) return told
        if (told) take(told)
      }
    } finally {
      late.cancel()
      signal.removeEventListener('abort', end)
      unwatch()
    }
    if (ended.verdict) return ended.verdict
    return signal.aborted ? stopped() : ladder.silence
  }

  /** What the cloud says of the remote now; a read that fails says nothing. */
  private async status(
    remoteId: string,
    way: WayOut,
    vehicle: VehicleId,
    signal: AbortSignal,
  ): Promise<Step | Verdict | undefined> {
    const call: Call = { template: `${this.template}/{remote}`, vehicle, ids: { channel: way.id, remote: remoteId } }
    try {
      return stepIn(await this.api.get(call, signal))
    } catch (error) {
      // Stellantis v1: a car that cannot do it may also be told here.
      if (error instanceof DrivewayError && error.code === 'UNSUPPORTED') return { phase: 'refused', cause: error.cause }
      return undefined
    }
  }

  /** The order in the list of remotes, by its label: its answer was lost, so it may have been taken or not. */
  private async search(
    way: WayOut,
    vehicle: VehicleId,
    label: string | undefined,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    if (label === undefined) return undefined
    const call: Call = { template: this.template, vehicle, ids: { channel: way.id } }
    for (const wait of searches) {
      await pause(this.clock, wait, signal)
      if (signal.aborted) return undefined
      const { items } = await this.api.list(call, 'remoteActions', signal, { pages: 1 }).catch(() => ({ items: [] as Members[] }))
      const found = items.find((item) => at(item, 'remote', 'label') === label)
      const id = found && remoteIdIn(found)
      if (id !== undefined) return id
    }
    return undefined
  }
}

const remoteIdIn = (body: unknown): string | undefined =>
  textOf(membersOf(body).remoteActionId) ?? idInLink(body, 'remote') ?? undefined

/** The status of a remote as it is read. */
export function stepIn(body: Members | undefined): Step | undefined {
  const status = textOf(body?.status) ?? textOf(at(body, 'status', 'status'))
  if (status === undefined) return undefined
  const failureCause = textOf(body?.failureCause)
  const feedback = textOf(body?.feedbackDetail)
  return { status, ...(failureCause === undefined ? {} : { failureCause }), ...(feedback === undefined ? {} : { feedback }) }
}

const verdictOfFault = ({ phase, cause }: Fault): Verdict => ({
  phase,
  cause,
  ...(cause.provider ? { provider: cause.provider } : {}),
})

const unreadable: Cause = {
  code: 'INTERNAL',
  message: 'Something went wrong inside Driveway',
  action: 'Report this fault to us.',
}

const nameless: Fault = {
  phase: 'unknown',
  retry: 'no',
  cause: {
    code: 'SCHEMA_DRIFT',
    message: 'Stellantis took the command and did not say how it can be followed',
    action: 'Look at the car before trying again.',
  },
}

const stopped = (): Verdict => ({
  phase: 'unknown',
  cause: {
    code: 'SHUTDOWN',
    message: 'Stopped before Stellantis said how it ended',
    action: 'Look at the car before trying again.',
  },
})

/** Before the order was sent: codes of trouble are failures, every other one is a refusal. */
const troubles: readonly string[] = ['PROVIDER_DOWN', 'PROVIDER_ERROR', 'NETWORK', 'TIMEOUT', 'INTERNAL', 'SCHEMA_DRIFT']

const phaseOf = (error: unknown, written: boolean): Verdict['phase'] => {
  if (written) return 'unknown'
  return troubles.includes(toDrivewayError(error).code) ? 'failed' : 'refused'
}
