import { seconds } from '../../../clock'
import type { Condition, DataBody, MonitorBody, TriggerBody } from './body'
import { parseExpression, truthOf, type Expression, type Truth } from './boolExp'
import { isWithin } from './times'
import { isInside } from './zone'

/** What a car tells at one moment; what is not said is as it was. */
export interface MonitorFacts {
  /** ms since 1970. */
  at: number
  /** Values of operands, in words of the wire. */
  data: Record<string, string | string[]>
  position?: { latitude: number; longitude: number }
  moving?: boolean
}

interface Known {
  now: readonly string[]
  /** The state before the present one. */
  before?: readonly string[]
  /** Whether this arrival changed it. */
  changed: boolean
}

/**
 * Watches one car for one monitor. Stellantis: it fires when the whole expression turns true, reminds while it stays true
 * and data arrives, and is looked at only then.
 */
export class MonitorEvaluator {
  private readonly expression: Expression
  private readonly triggers: ReadonlyMap<string, TriggerBody>
  private readonly refreshEvery: number | undefined
  private readonly known = new Map<string, Known>()
  /** Triggers with `previous` that were true: it is not asked again before they are false. */
  private readonly latched = new Set<string>()
  private position: MonitorFacts['position']
  private moving: boolean | undefined
  /** What the expression is between two arrivals, when nothing changes. */
  private settled: Truth
  private current: Truth
  private lastTold = 0

  constructor(monitor: MonitorBody) {
    const { triggers, boolExp } = monitor.triggerParam
    this.expression = parseExpression(boolExp)
    this.triggers = new Map(triggers.map((trigger) => [trigger.name, trigger]))
    const refresh = monitor.subscribeParam?.refreshEvent
    this.refreshEvery = refresh === undefined ? undefined : seconds(refresh)
  }

  /** Whether the condition is true by what is known. */
  get value(): boolean {
    return this.current === true
  }

  /** What the data of a trigger was before and is now. */
  valuesOf(data: string): { now?: readonly string[]; before?: readonly string[] } {
    return this.known.get(data) ?? {}
  }

  /** Takes in what was so before the watch began; it is no change and says nothing. */
  know(facts: MonitorFacts): void {
    this.learn(facts)
  }

  /** Takes in what arrived and says whether the monitor speaks. */
  take(facts: MonitorFacts): 'fire' | 'remind' | undefined {
    this.learn(facts)
    const was = this.current === true && this.settled === true
    this.current = this.truthAt(facts.at, true)
    this.settled = this.truthAt(facts.at, false)
    if (this.current !== true) return undefined
    if (!was) {
      this.lastTold = facts.at
      return 'fire'
    }
    if (this.refreshEvery === undefined || facts.at - this.lastTold < this.refreshEvery) return undefined
    this.lastTold = facts.at
    return 'remind'
  }

  private learn({ data, position, moving }: MonitorFacts): void {
    for (const known of this.known.values()) known.changed = false
    for (const [name, value] of Object.entries(data)) {
      const now = [value].flat()
      const known = this.known.get(name)
      if (!known) this.known.set(name, { now, changed: false })
      else if (!same(known.now, now)) this.known.set(name, { now, before: known.now, changed: true })
    }
    this.position = position ?? this.position
    this.moving = moving ?? this.moving
  }

  private truthAt(at: number, withChanges: boolean): Truth {
    return truthOf(this.expression, (name) => {
      const trigger = this.triggers.get(name)
      return trigger && this.truthOfTrigger(trigger, at, withChanges)
    })
  }

  private truthOfTrigger({ name, data, zone, time }: TriggerBody, at: number, withChanges: boolean): Truth {
    if (data) return this.truthOfData(name, data, withChanges)
    if (zone) return this.position && isInside(this.position, zone) === (zone.transition === 'In')
    // Stellantis: true while the car is used inside the interval
    if (time) return this.moving === undefined ? undefined : this.moving && isWithin(at, time)
    return false
  }

  private truthOfData(name: string, wanted: DataBody, withChanges: boolean): Truth {
    const known = this.known.get(wanted.data)
    if (!known) return undefined
    const { previous } = wanted
    if (wanted.op === 'onChange') return withChanges && known.changed && (!previous || holds(previous, known.before ?? []))
    const fits = holds(wanted, known.now)
    if (!previous) return fits
    const first = fits && !this.latched.has(name)
    const answer = fits && (!first || (known.before !== undefined && holds(previous, known.before)))
    if (answer) this.latched.add(name)
    else this.latched.delete(name)
    return answer
  }
}

const same = (a: readonly string[], b: readonly string[]) => a.length === b.length && a.every((item) => b.includes(item))

/** Numbers are compared as numbers, everything else as it is written. */
const equal = (a: string, b: string) => a === b || (a.trim() !== '' && b.trim() !== '' && Number(a) === Number(b))

/** Only `includedIn` looks beyond the first value. */
function holds({ op, value = [] }: Condition, now: readonly string[]): boolean {
  const [first = ''] = value
  switch (op) {
    case 'equalsTo':
      return now.some((item) => equal(item, first))
    case 'includedIn':
      return now.some((item) => value.some((wanted) => equal(item, wanted)))
    case 'greaterThan':
      return now.some((item) => Number(item) > Number(first))
    case 'lowerThan':
      return now.some((item) => Number(item) < Number(first))
    default:
      return false
  }
}
