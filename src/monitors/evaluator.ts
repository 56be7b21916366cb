/**
 * Whether a monitor fires [stellantis.md 4.4]: on the change of its whole expression from false to true, then reminders
 * while it stays true. Evaluated when car data arrives, never by the clock alone. What is not known is neither true nor
 * false, so `!a` does not hold because nobody said `a`.
 */
import { seconds } from '../clock'
import type { Place } from '../vehicle/memory'
import { evaluate, type Expression } from './expression'
import { isWithin } from './times'
import type { DataTrigger, Operator, Trigger } from './trigger'
import { isInside } from './zone'

/** What arrived of the car. What is absent is as it was; `null`: it is not known any more. */
export interface Facts {
  /** ms since 1970. */
  at: number
  /** By the names that the triggers use. A list holds all that is active. */
  data: Readonly<Record<string, string | readonly string[] | null>>
  position?: Place | null
  /** The car is being used. */
  moving?: boolean | null
}

export interface Condition {
  triggers: readonly Trigger[]
  expression: Expression
  /** Seconds; absent: no reminders. */
  refreshEvery?: number
}

export type Verdict = 'fire' | 'remind' | undefined

type Value = string | readonly string[]

/** What was said of one datum. */
interface Known {
  /** The last real value; it outlives not being known. */
  value: Value
  /** It is known now. */
  now: boolean
  /** The other value that stood there before. */
  before?: Value
}

/** Everything an evaluator remembers of one car; plain JSON. */
export interface EvaluatorState {
  known: Record<string, Known>
  /** Data triggers that hold: `previous` is not asked again while they do. */
  held: string[]
  position?: Place
  moving?: boolean
  /** The expression at the last moment at which it was known. Absent: it never was. */
  on?: boolean
  /** When it was last fired or reminded, in ms since 1970. */
  toldAt?: number
  /** The facts taken last, in ms since 1970. */
  at?: number
}

/** Nothing fired yet, and the first moment at which the condition holds fires. */
export const armed = (): EvaluatorState => ({ known: {}, held: [], on: false })
/** Nothing known yet: a condition that holds already when it is first known does not fire. */
export const unknowing = (): EvaluatorState => ({ known: {}, held: [] })

export class Evaluator {
  constructor(
    private readonly condition: Condition,
    /** Changed in place. */
    readonly state: EvaluatorState = armed(),
  ) {}

  /** The whole expression now. */
  get value(): boolean {
    return this.state.on === true
  }

  take(facts: Facts): Verdict {
    const { state, condition } = this
    const changed = this.learn(facts)
    const values = new Map(condition.triggers.map((trigger) => [trigger.name, this.valueOf(trigger, changed, facts.at)]))
    const before = state.on
    const now = evaluate(condition.expression, (name) => values.get(name))
    // A change is a moment: it is over as soon as it is told, so the next one fires again.
    const isChange = new Set(condition.triggers.flatMap(({ name, ...rest }) => (isOnChange(rest) ? [name] : [])))
    const after = evaluate(condition.expression, (name) => (isChange.has(name) ? false : values.get(name)))
    state.on = after ?? before
    return this.verdict(before, now, facts.at)
  }

  private verdict(before: boolean | undefined, now: boolean | undefined, at: number): Verdict {
    const { state, condition } = this
    if (now !== true) return undefined
    // Known for the first time: nobody can say when it became so.
    if (before === undefined && state.on) {
      state.toldAt = at
      return undefined
    }
    if (!before) {
      state.toldAt = at
      return 'fire'
    }
    const { refreshEvery } = condition
    if (refreshEvery === undefined || at - (state.toldAt ?? -Infinity) < seconds(refreshEvery)) return undefined
    state.toldAt = at
    return 'remind'
  }

  /** Takes the facts in; gives the names of the data that changed from one real value to another. */
  private learn({ at, data, position, moving }: Facts): Set<string> {
    const { state } = this
    const changed = new Set<string>()
    for (const [name, value] of Object.entries(data)) {
      const known = state.known[name]
      if (value === null) {
        if (known) known.now = false
      } else if (known && isSame(known.value, value)) known.now = true
      else {
        if (known) changed.add(name)
        state.known[name] = { value, now: true, ...(known && { before: known.value }) }
      }
    }
    if (position !== undefined) state.position = position ?? undefined
    if (moving !== undefined) state.moving = moving ?? undefined
    state.at = at
    return changed
  }

  private valueOf(trigger: Trigger, changed: ReadonlySet<string>, at: number): boolean | undefined {
    const { state } = this
    switch (trigger.kind) {
      case 'data':
        return trigger.op === 'onChange' ? changed.has(trigger.data) : this.dataHolds(trigger)
      case 'zone':
        return state.position && isInside(state.position, trigger.place) === (trigger.transition === 'In')
      case 'time':
        // True while the car is used inside the interval.
        return isWithin(trigger.times, trigger.timeZone, at) ? state.moving : false
      case 'setting':
        // Only the cloud that has them can tell.
        return undefined
    }
  }

  private dataHolds({ name, data, op, value, previous }: DataTrigger): boolean | undefined {
    const { state } = this
    const known = state.known[data]
    if (!known?.now) return undefined
    const fits = matches(op, known.value, value)
    const holds =
      fits &&
      (!previous ||
        state.held.includes(name) ||
        (known.before !== undefined && matches(previous.op, known.before, previous.value)))
    state.held = state.held.filter((other) => other !== name)
    if (holds) state.held.push(name)
    return holds
  }
}

const isOnChange = (trigger: Omit<Trigger, 'name'>): boolean =>
  trigger.kind === 'data' && (trigger as DataTrigger).op === 'onChange'

/** Of a list it is enough that one entry does. */
function matches(op: Operator, told: Value, wanted: readonly string[]): boolean {
  if (typeof told !== 'string') return told.some((entry) => matches(op, entry, wanted))
  const [first = ''] = wanted
  switch (op) {
    case 'equalsTo':
      return isEqual(told, first)
    case 'includedIn':
      return wanted.some((value) => isEqual(told, value))
    case 'greaterThan':
      return Number(told) > Number(first)
    case 'lowerThan':
      return Number(told) < Number(first)
    case 'onChange':
      return false
  }
}

/** Values are texts: `20` and `20.0` are one number. */
const isEqual = (a: string, b: string): boolean => a === b || (isNumeric(a) && isNumeric(b) && Number(a) === Number(b))

const isNumeric = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)

function isSame(a: Value, b: Value): boolean {
  if (typeof a === 'string' || typeof b === 'string') return typeof a === 'string' && typeof b === 'string' && isEqual(a, b)
  return a.length === b.length && a.every((entry) => b.includes(entry))
}
