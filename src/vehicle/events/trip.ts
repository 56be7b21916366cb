/**
 * Trips. The provider's own word counts; else ignition; else movement; else, on a Volvo, the engine or "in use" for
 * the start and the grown odometer for the end, since trip values come at a trip's end there.
 */
import type { Trip, TripEnd, Word } from '../memory'
import type { SignalId } from '../signals'
import { numberOf, pick, stepOf, tell, type Moment } from './moment'

/** In ms: a start so soon after a stop goes on with the same trip, a shorter standstill is no stop. */
const pauseLength = 5 * 60_000
/** In km. */
const leastDistance = 1

interface TripEdge {
  signal: SignalId
  at: number
  from?: Pick<Word, 'observedAt' | 'readAt'>
  details?: Record<string, unknown>
}

export function trip(moment: Moment): void {
  const { edges, told } = moment.memory
  if (moment.trip) {
    ;(told.trip ??= { open: false }).own = true
    const { edge, at, details } = moment.trip
    const signal = 'vehicle.odometer'
    if (edge === 'start') start(moment, { signal, at, from: { observedAt: at, readAt: at }, details })
    else stop(moment, { signal, at, from: { observedAt: at, readAt: at }, details })
  } else if (told.trip?.own) return
  else if (edges['vehicle.ignition']) byIgnition(moment)
  else if (edges['vehicle.moving']) byMovement(moment)
  else if (moment.vehicle.provider === 'volvo') byGuess(moment)
}

function byIgnition(moment: Moment): void {
  const signal = 'vehicle.ignition'
  const step = wordStep(moment, signal, 'starting')
  if (step?.to === 'on') start(moment, { signal, ...step })
  if (step?.to === 'off') stop(moment, { signal, ...step })
}

function byMovement(moment: Moment): void {
  const signal = 'vehicle.moving'
  const now = moment.memory.edges[signal]
  const step = stepOf(moment, signal)
  const state = stateOf(moment)
  if (step?.to.value === true) {
    const paused = state.standing !== undefined
    delete state.standing
    if (!paused) start(moment, { signal, at: step.to.observedAt, from: step.from })
    return
  }
  if (step) state.standing = { since: step.to.observedAt, receivedAt: moment.receivedAt, from: { ...wordOf(step.from) } }
  if (!state.standing || now?.value !== false) return
  const { since, receivedAt, from } = state.standing
  if (now.observedAt - since < pauseLength && moment.receivedAt - receivedAt < pauseLength) return
  delete state.standing
  stop(moment, { signal, at: since, from })
}

function byGuess(moment: Moment): void {
  const state = stateOf(moment)
  const begun = engineStart(moment) ?? useStart(moment)
  if (begun) {
    // Engine off and nothing driven: that trip was none, and this one is another.
    if (state.open && state.standing && begun.at - state.standing.since > pauseLength) state.open = false
    delete state.standing
    start(moment, begun)
  } else if (state.open) noteStandstill(moment, state)
  const odometer = moment.touched.get('vehicle.odometer')
  const reading = numberOf(moment, 'vehicle.odometer')
  if (!odometer?.after || reading === undefined) return
  const base = state.odometer ?? odometer.before?.value
  if (typeof base !== 'number' || reading < base) {
    state.odometer = reading
    return
  }
  state.odometer = base
  if (reading - base < leastDistance) return
  stop(moment, {
    signal: 'vehicle.odometer',
    at: odometer.after.observedAt,
    from: odometer.before,
    details: { distance: round(reading - base) },
  })
}

function engineStart(moment: Moment): TripEdge | undefined {
  if (moment.commanded.includes('engine-start')) return undefined
  const signal = 'engine.status'
  const step = wordStep(moment, signal, 'starting', 'stopping')
  return step?.to === 'running' ? { signal, at: step.at, from: step.from } : undefined
}

function useStart(moment: Moment): TripEdge | undefined {
  const signal = 'reachability.reason'
  const touch = moment.touched.get(signal)
  if (touch?.after?.value !== 'in-use' || touch.before?.value === 'in-use') return undefined
  const status = moment.touched.get('reachability.status')
  const from = touch.before ?? (status ? status.edge : moment.memory.edges['reachability.status'])
  return from && { signal, at: touch.after.observedAt, from }
}

function noteStandstill(moment: Moment, state: Trip): void {
  const stopped = wordStep(moment, 'engine.status', 'starting', 'stopping')
  const reason = moment.touched.get('reachability.reason')
  const left = reason?.before?.value === 'in-use' && reason.after?.value !== 'in-use'
  const since = stopped?.to === 'stopped' ? stopped.at : left ? (reason.after?.observedAt ?? moment.receivedAt) : undefined
  if (since !== undefined) state.standing = { since, receivedAt: moment.receivedAt, from: { observedAt: since, readAt: since } }
}

const stateOf = (moment: Moment): Trip => (moment.memory.told.trip ??= { open: false })

const wordOf = ({ observedAt, readAt }: Word) => ({ observedAt, readAt })

/** A change between the two words at the ends, with words that stand only on the way left out. */
function wordStep(moment: Moment, signal: SignalId, ...onTheWay: readonly string[]) {
  const step = stepOf(moment, signal)
  if (!step || onTheWay.includes(String(step.to.value))) return undefined
  const from = onTheWay.includes(String(step.from.value)) ? step.from.before : step.from
  return from && from.value !== step.to.value ? { from, to: step.to.value, at: step.to.observedAt } : undefined
}

function start(moment: Moment, { signal, at, from, details }: TripEdge): void {
  const state = stateOf(moment)
  if (state.open || (state.stoppedAt !== undefined && at < state.stoppedAt)) return
  state.open = true
  if (state.stoppedAt !== undefined && at - state.stoppedAt <= pauseLength) return
  state.start = endOf(moment, at)
  tell(moment, {
    name: 'trip-started',
    signal,
    observedAt: at,
    from,
    details: { ...pick(moment, 'vehicle.odometer', 'battery.stateOfCharge', 'position.location'), ...details },
  })
}

function stop(moment: Moment, { signal, at, from, details }: TripEdge): void {
  const state = stateOf(moment)
  if (!state.open && state.stoppedAt !== undefined && at <= state.stoppedAt) return
  const end = endOf(moment, at)
  const begun: TripEnd = (state.open && state.start) || {}
  state.open = false
  state.stoppedAt = at
  delete state.standing
  if (end.odometer !== undefined) state.odometer = end.odometer
  tell(moment, {
    name: 'trip-stopped',
    signal,
    observedAt: at,
    from,
    details: {
      distance: difference(end.odometer, begun.odometer),
      duration: begun.at === undefined ? undefined : Math.max(0, Math.round((at - begun.at) / 1000)),
      ...pick(moment, 'battery.stateOfCharge', 'position.location'),
      chargeUsed: difference(begun.stateOfCharge, end.stateOfCharge),
      ...details,
    },
  })
}

/** Absent members instead of undefined ones, so that the memory survives the way through JSON. */
function endOf(moment: Moment, at: number): TripEnd {
  const [odometer, stateOfCharge] = [numberOf(moment, 'vehicle.odometer'), numberOf(moment, 'battery.stateOfCharge')]
  return { at, ...(odometer !== undefined && { odometer }), ...(stateOfCharge !== undefined && { stateOfCharge }) }
}

const round = (value: number): number => Math.round(value * 1000) / 1000
const difference = (a?: number, b?: number): number | undefined => (a === undefined || b === undefined ? undefined : round(a - b))
