/** What a car is like now, as the evaluator's facts: our signals in our words, operands in the words of their wire. */
import { isOperandId, operands, wireValues, type OperandId } from '../providers/stellantis/operands'
import type { Place } from '../vehicle/memory'
import { placeOf } from '../vehicle/events/position'
import { unknownWord, type SignalValue } from '../vehicle/reading'
import type { Change } from '../vehicle/snapshot'
import { isSignalId, signalOf, signals, type SignalGroup, type SignalId } from '../vehicle/signals'
import type { ProviderId } from '../vehicle/vehicle'
import type { EvaluatorState, Facts } from './evaluator'
import type { Trigger } from './trigger'

/** The value of a signal now; undefined: not known. */
export type Look = (signal: SignalId) => SignalValue | undefined

type Told = string | readonly string[] | null

/** Everything that these triggers ask for. `changes`: what the data that just arrived changed. */
export function factsOf(
  triggers: readonly Trigger[],
  look: Look,
  changes: readonly Change[],
  before: EvaluatorState,
): Omit<Facts, 'at'> {
  const known: Look = (signal) => {
    const value = look(signal)
    return value === unknownWord ? undefined : value
  }
  const watched = triggers.flatMap((trigger) => (trigger.kind === 'data' ? [trigger.data] : []))
  return {
    data: Object.fromEntries(watched.map((data) => [data, told(data, known, changes, before)])),
    position: positionOf(known),
    moving: isUsed(known),
  }
}

function told(data: string, look: Look, changes: readonly Change[], before: EvaluatorState): Told {
  if (isSignalId(data)) return plain(look(data))
  if (!isOperandId(data)) return null
  const { tells, signals: told } = operands[data]
  if (tells === 'change') return countOf(data, changes, before)
  if (data === 'vehicle.energy.charging.status') return chargingStatus(look)
  if (data === 'vehicle.collision.side' || data === 'vehicle.collision.severity') return ofCollision(data, look)
  const [signal] = told
  const value = signal && look(signal)
  return value === undefined ? null : wireOf(data, value)
}

/** A list holds what is active; whatever else is no text is told apart by its JSON. */
function plain(value: SignalValue | undefined): Told {
  if (value === undefined) return null
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/** One of ours may stand for several of theirs: then it is each of them. */
function wireOf(id: OperandId, value: SignalValue): Told {
  const ours = Array.isArray(value) ? (value as readonly unknown[]) : [value]
  const wire = ours.flatMap((one) => wireValues(id, one, 'v1'))
  if (Array.isArray(value)) return wire
  const [only, ...others] = wire
  if (only === undefined) return null
  return others.length ? wire : only
}

/** Stellantis: `Disconnected` and `Stopped` are both idle; the cable tells them apart. */
function chargingStatus(look: Look): Told {
  const status = look('charging.status')
  if (status === undefined) return null
  if (status !== 'idle' && status !== 'scheduled') return wireOf('vehicle.energy.charging.status', status)
  const cable = look('charging.connection')
  return cable === 'disconnected' ? 'Disconnected' : cable === 'connected' ? 'Stopped' : ['Stopped', 'Disconnected']
}

function ofCollision(id: 'vehicle.collision.side' | 'vehicle.collision.severity', look: Look): Told {
  const { sides } = (look('alerts.collision') ?? {}) as { sides?: unknown }
  if (!Array.isArray(sides)) return null
  const member = id === 'vehicle.collision.side' ? 'side' : 'severity'
  return sides.flatMap((side) => wireValues(id, (side as Record<string, unknown>)[member], 'v1'))
}

/** An operand without a value, such as all doors: a count of its changes. What becomes known is no change. */
function countOf(id: OperandId, changes: readonly Change[], before: EvaluatorState): string {
  const watched: readonly SignalId[] = operands[id].signals
  const changed = changes.some(({ signal, from, to }) => watched.includes(signal) && from !== null && to !== null)
  const count = Number(before.known[id]?.value ?? 0)
  return String(changed ? count + 1 : count)
}

const positionOf = (look: Look): Place | null => placeOf(look('position.location')) ?? null

/** What says whether a car is used: the first that is known counts. */
const uses: readonly { signal: SignalId; while: readonly SignalValue[] }[] = [
  { signal: 'vehicle.moving', while: [true] },
  { signal: 'vehicle.ignition', while: ['on', 'starting'] },
  { signal: 'engine.status', while: ['running', 'starting'] },
]

function isUsed(look: Look): boolean | null {
  // Volvo: a car that is driven cannot be reached, and says why.
  if (look('reachability.reason') === 'in-use') return true
  for (const use of uses) {
    const value = look(use.signal)
    if (value !== undefined) return use.while.includes(value)
  }
  return null
}

/** The groups that must be kept fresh for these triggers, of what this provider delivers. */
export function groupsOf(triggers: readonly Trigger[], provider: ProviderId): SignalGroup[] {
  const wanted = triggers.flatMap((trigger): readonly SignalId[] => {
    if (trigger.kind === 'zone') return ['position.location']
    if (trigger.kind === 'time') return uses.map(({ signal }) => signal)
    if (trigger.kind === 'setting') return []
    return isSignalId(trigger.data) ? [trigger.data] : isOperandId(trigger.data) ? operands[trigger.data].signals : []
  })
  // Another Driveway delivers whatever its own provider does.
  const delivers = (id: SignalId) => provider === 'mqtt' || signalOf(id).from.some((source) => source.startsWith(provider))
  const groups = new Set(wanted.filter((id) => delivers(id) || signalOf(id).derived).map((id) => signals[id].group))
  return [...groups]
}
