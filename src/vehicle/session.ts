/** Charging sessions: from the start of a charge to its end, with what it brought. Pure; kept with the car's memory. */
import type { VehicleEvent } from './events'
import type { CarMemory } from './memory'
import type { SignalValue } from './reading'
import type { SignalId } from './signals'

/** Times in ms since 1970, levels in %, ranges in km, power in kW, energy in kWh. */
export interface KeptSession {
  startedAt: number
  endedAt?: number
  /** The event that ended it. */
  end?: string
  fromLevel?: number
  toLevel?: number
  fromRange?: number
  toRange?: number
  type?: string
  capacity?: number
  peakPower?: number
  /** Power over time, as far as power was told. */
  measured?: { energy: number; ms: number; lastPower: number; lastAt: number }
  location?: SignalValue
}

export interface SessionBook {
  open?: KeptSession
  /** The last ones, oldest first. */
  past: KeptSession[]
}

/** What a message tells of a session. Times ISO 8601 UTC, duration in seconds. */
export interface Session {
  startedAt: string
  endedAt?: string
  stateOfCharge: { from?: number; to?: number }
  /** kWh, and where it comes from: power over time, or capacity and state of charge. */
  energyAdded?: number
  energyFrom?: 'power' | 'stateOfCharge'
  /** km */
  rangeAdded?: number
  duration: number
  /** kW */
  peakPower?: number
  meanPower?: number
  type?: string
  location?: SignalValue
  /** The event that ended it, such as `charging-complete`. */
  end?: string
}

export const emptyBook = (): SessionBook => ({ past: [] })

const mostKept = 100
/** A charge that goes on so soon after it stopped, still plugged in, is the same session. */
const pauseLasts = 10 * 60_000
/** Between two readings further apart than this, power may have been anything. */
const longestGap = 30 * 60_000

const endings: ReadonlySet<string> = new Set(['charging-stopped', 'charging-complete', 'charging-fault', 'unplugged'])

/** Takes note of one answer; changes the book in place. True when a session began, went on or ended. */
export function followSession(book: SessionBook, memory: CarMemory, events: readonly VehicleEvent[]): boolean {
  const started = events.find((event) => event.name === 'charging-started')
  if (started && !book.open) open(book, Date.parse(started.observedAt), memory)
  const { open: session } = book
  if (!session) return false
  update(session, memory)
  // How the charge ended says more than that the cable was pulled.
  const ended =
    events.find(({ name }) => name !== 'unplugged' && endings.has(name)) ?? events.find(({ name }) => name === 'unplugged')
  if (ended) {
    session.endedAt = Math.max(session.startedAt, Date.parse(ended.observedAt))
    session.end = ended.name
    measureUntil(session, session.endedAt)
    book.past.push(session)
    if (book.past.length > mostKept) book.past.splice(0, book.past.length - mostKept)
    delete book.open
  }
  return true
}

/** Does this event end that session, alone or together with another one? */
export const endsSession = ({ endedAt }: Session, { name, observedAt }: VehicleEvent): boolean =>
  endings.has(name) && endedAt === observedAt

/** The session that is on, or the one that ended last. */
export const latestSession = (book: SessionBook): KeptSession | undefined => book.open ?? book.past.at(-1)

function open(book: SessionBook, at: number, memory: CarMemory): void {
  const last = book.past.at(-1)
  if (last?.end === 'charging-stopped' && last.endedAt !== undefined && at - last.endedAt < pauseLasts) {
    book.past.pop()
    delete last.endedAt
    delete last.end
    book.open = last
    return
  }
  const location = memory.held['position.location']?.value
  book.open = {
    startedAt: at,
    fromLevel: numberOf(memory, 'battery.stateOfCharge'),
    fromRange: numberOf(memory, 'battery.range'),
    ...(location !== undefined && { location }),
  }
}

function update(session: KeptSession, memory: CarMemory): void {
  const level = numberOf(memory, 'battery.stateOfCharge')
  const range = numberOf(memory, 'battery.range')
  session.fromLevel ??= level
  session.fromRange ??= range
  session.toLevel = level ?? session.toLevel
  session.toRange = range ?? session.toRange
  session.capacity = numberOf(memory, 'battery.capacity') ?? session.capacity
  const type = memory.held['charging.type']?.value
  if (type === 'ac' || type === 'dc') session.type = type
  const power = memory.held['charging.power']
  if (typeof power?.value !== 'number') return
  session.peakPower = Math.max(session.peakPower ?? 0, power.value)
  const { measured } = session
  if (!measured) session.measured = { energy: 0, ms: 0, lastPower: power.value, lastAt: power.observedAt }
  else if (power.observedAt > measured.lastAt) {
    const ms = power.observedAt - measured.lastAt
    if (ms <= longestGap) {
      measured.energy += (((measured.lastPower + power.value) / 2) * ms) / 3_600_000
      measured.ms += ms
    }
    measured.lastPower = power.value
    measured.lastAt = power.observedAt
  }
}

/** From the last reading to the end the power is taken to have stayed as it was. */
function measureUntil({ measured }: KeptSession, end: number): void {
  const ms = measured ? end - measured.lastAt : 0
  if (!measured || ms <= 0 || ms > longestGap) return
  measured.energy += (measured.lastPower * ms) / 3_600_000
  measured.ms += ms
}

/** What is told of a session; `now` in ms since 1970. */
export function tellSession(session: KeptSession, now: number): Session {
  const { startedAt, endedAt, fromLevel, toLevel, fromRange, toRange, type, peakPower, location, end } = session
  const duration = Math.max(0, Math.round(((endedAt ?? now) - startedAt) / 1000))
  const rangeAdded = fromRange !== undefined && toRange !== undefined ? tidy(toRange - fromRange) : undefined
  const energy = energyOf(session, duration)
  return {
    startedAt: new Date(startedAt).toISOString(),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    stateOfCharge: { from: fromLevel, to: toLevel },
    ...energy,
    ...(rangeAdded !== undefined && { rangeAdded }),
    duration,
    ...(peakPower !== undefined && { peakPower: tidy(peakPower) }),
    ...(energy && duration > 0 && { meanPower: tidy((energy.energyAdded * 3600) / duration) }),
    ...(type !== undefined && { type }),
    ...(location !== undefined && { location }),
    ...(end !== undefined && { end }),
  }
}

/** Power over time where it covers most of the session, else what capacity and state of charge say. */
function energyOf(session: KeptSession, duration: number): Required<Pick<Session, 'energyAdded' | 'energyFrom'>> | undefined {
  const { measured, capacity, fromLevel, toLevel } = session
  if (measured && measured.ms >= duration * 1000 * 0.5 && measured.ms > 0)
    return { energyAdded: tidy(measured.energy), energyFrom: 'power' }
  if (capacity === undefined || fromLevel === undefined || toLevel === undefined) return undefined
  return { energyAdded: tidy((capacity * (toLevel - fromLevel)) / 100), energyFrom: 'stateOfCharge' }
}

function numberOf(memory: CarMemory, signal: SignalId): number | undefined {
  const value = memory.held[signal]?.value
  return typeof value === 'number' ? value : undefined
}

const tidy = (value: number): number => Math.round(value * 100) / 100
