/** Charging sessions: from the start of a charge to its end, with what it brought. Pure; kept with the car's memory. */
import type { VehicleEvent } from './events'
import type { CarMemory } from './memory'
import type { SignalValue } from './reading'
import type { SignalId } from './signals'

/** Times in ms since 1970, levels in %, ranges in km, power in kW, energy in kWh. */
export interface KeptSession {
  startedAt: number
  /** The car was found charging, at this moment: it began at `startedAt` or earlier, what it brought counts from here. */
  foundAt?: number
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
  measured?: Measured
  location?: SignalValue
}

/** Power over time, as far as power was told. */
interface Measured {
  energy: number
  ms: number
  lastPower: number
  lastAt: number
  lastLevel?: number
  /** Energy of the gaps between readings of power, by the state of charge. */
  filled?: number
  /** Length of the gaps of which nothing is known. */
  bareMs?: number
}

export interface SessionBook {
  open?: KeptSession
  /** The last ones, oldest first. */
  past: KeptSession[]
}

/** What a message tells of a session. Times ISO 8601 UTC, duration in seconds. */
export interface Session {
  startedAt: string
  /** The car was found charging: it began then or earlier, and levels, range and energy count from when it was found. */
  begunEarlier?: true
  endedAt?: string
  stateOfCharge: { from?: number; to?: number }
  /**
   * kWh, and where it comes from: power over time (gaps in it filled by the state of charge, or by the mean power), or
   * capacity and state of charge alone.
   */
  energyAdded?: number
  energyFrom?: 'power' | 'stateOfCharge'
  /** km */
  rangeAdded?: number
  duration: number
  /** kW */
  peakPower?: number
  /** kW, over the time in which power was told; else over the whole session. */
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
/** What is told as the end where the status ends a session without an event of its own. */
const endOfWord: Readonly<Record<string, string>> = { complete: 'charging-complete', fault: 'charging-fault' }

/** Takes note of one answer; changes the book in place. True when a session began, went on or ended. */
export function followSession(book: SessionBook, memory: CarMemory, events: readonly VehicleEvent[]): boolean {
  const started = events.find((event) => event.name === 'charging-started')
  const found = foundCharging(memory)
  if (started && !book.open) open(book, Date.parse(started.observedAt), memory)
  else if (found !== undefined && !book.open) open(book, found, memory, memory.takenAt ?? found)
  const { open: session } = book
  if (!session) return false
  update(session, memory)
  const end = endOf(memory, events)
  if (end) {
    session.endedAt = Math.max(session.startedAt, end.at)
    session.end = end.name
    measureUntil(session, session.endedAt)
    book.past.push(session)
    if (book.past.length > mostKept) book.past.splice(0, book.past.length - mostKept)
    delete book.open
  }
  return true
}

/** When the car said that it charges, if it does, in ms since 1970. */
function foundCharging({ held }: CarMemory): number | undefined {
  const status = held['charging.status']
  return status?.value === 'charging' && held['charging.connection']?.value !== 'disconnected' ? status.observedAt : undefined
}

/** The status word decides: a fault of the plug or the supply ends nothing while the car goes on charging. */
function endOf(memory: CarMemory, events: readonly VehicleEvent[]): { name: string; at: number } | undefined {
  const unplugged = events.find(({ name }) => name === 'unplugged')
  const status = memory.edges['charging.status']
  const over = status !== undefined && status.value !== 'charging'
  // How the charge ended says more than that the cable was pulled.
  // A fault of cable or supply alone ends nothing while the car goes on charging.
  const isEnd = ({ name }: VehicleEvent) => name !== 'unplugged' && endings.has(name) && (over || name !== 'charging-fault')
  const told = events.find(isEnd) ?? unplugged
  if (told) return { name: told.name, at: Date.parse(told.observedAt) }
  return over ? { name: endOfWord[String(status.value)] ?? 'charging-stopped', at: status.observedAt } : undefined
}

/** Does this event end that session, alone or together with another one? */
export const endsSession = ({ endedAt }: Session, { name, observedAt }: VehicleEvent): boolean =>
  endings.has(name) && endedAt === observedAt

function open(book: SessionBook, at: number, memory: CarMemory, foundAt?: number): void {
  const last = book.past.at(-1)
  if (last?.end === 'charging-stopped' && last.endedAt !== undefined && at - last.endedAt < pauseLasts) {
    book.past.pop()
    delete last.endedAt
    delete last.end
    // During the pause nothing flowed.
    if (last.measured) last.measured.lastAt = Math.max(last.measured.lastAt, at)
    book.open = last
    return
  }
  const location = memory.held['position.location']?.value
  book.open = {
    startedAt: at,
    ...(foundAt !== undefined && { foundAt }),
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
  const since = session.foundAt ?? session.startedAt
  session.measured ??= { energy: 0, ms: 0, lastPower: power.value, lastAt: since, lastLevel: session.fromLevel }
  measure(session, session.measured, power.value, power.observedAt)
}

/** Power is taken to have changed evenly since the last reading, unless that is too long ago. */
function measure(session: KeptSession, measured: Measured, power: number, at: number): void {
  const ms = at - measured.lastAt
  if (ms < 0) return
  if (ms <= longestGap) {
    measured.energy += (((measured.lastPower + power) / 2) * ms) / 3_600_000
    measured.ms += ms
  } else {
    const { capacity, toLevel } = session
    const { lastLevel } = measured
    if (capacity !== undefined && lastLevel !== undefined && toLevel !== undefined)
      measured.filled = (measured.filled ?? 0) + (capacity * Math.max(0, toLevel - lastLevel)) / 100
    else measured.bareMs = (measured.bareMs ?? 0) + ms
  }
  Object.assign(measured, { lastPower: power, lastAt: at, lastLevel: session.toLevel })
}

/** From the last reading to the end the power is taken to have stayed as it was. */
function measureUntil(session: KeptSession, end: number): void {
  const { measured } = session
  if (measured) measure(session, measured, measured.lastPower, end)
}

/** What is told of a session; `now` in ms since 1970. */
export function tellSession(session: KeptSession, now: number): Session {
  const { startedAt, foundAt, endedAt, fromLevel, toLevel, fromRange, toRange, type, peakPower, location, end } = session
  const duration = Math.max(0, Math.round(((endedAt ?? now) - startedAt) / 1000))
  const rangeAdded = fromRange !== undefined && toRange !== undefined ? tidy(toRange - fromRange) : undefined
  const energy = energyOf(session, now)
  return {
    startedAt: new Date(startedAt).toISOString(),
    ...(foundAt !== undefined && { begunEarlier: true }),
    ...(endedAt !== undefined && { endedAt: new Date(endedAt).toISOString() }),
    stateOfCharge: { from: fromLevel, to: toLevel },
    ...energy,
    ...(rangeAdded !== undefined && { rangeAdded }),
    duration,
    ...(peakPower !== undefined && { peakPower: tidy(peakPower) }),
    ...(type !== undefined && { type }),
    ...(location !== undefined && { location }),
    ...(end !== undefined && { end }),
  }
}

/** Power over time where it covers most of the session, else what capacity and state of charge say. */
function energyOf(session: KeptSession, now: number): Pick<Session, 'energyAdded' | 'energyFrom' | 'meanPower'> | undefined {
  const { measured, capacity, fromLevel, toLevel, startedAt, foundAt, endedAt } = session
  const ms = Math.max(0, (endedAt ?? now) - (foundAt ?? startedAt))
  if (measured && measured.ms > 0 && measured.ms >= ms * 0.5) {
    const { energy, filled = 0, bareMs = 0 } = measured
    const mean = energy / measured.ms
    return {
      energyAdded: tidy(energy + filled + mean * bareMs),
      energyFrom: 'power',
      meanPower: tidy(mean * 3_600_000),
    }
  }
  if (capacity === undefined || fromLevel === undefined || toLevel === undefined) return undefined
  const energy = (capacity * (toLevel - fromLevel)) / 100
  return {
    energyAdded: tidy(energy),
    energyFrom: 'stateOfCharge',
    ...(ms > 0 && { meanPower: tidy((energy * 3_600_000) / ms) }),
  }
}

function numberOf(memory: CarMemory, signal: SignalId): number | undefined {
  const value = memory.held[signal]?.value
  return typeof value === 'number' ? value : undefined
}

const tidy = (value: number): number => Math.round(value * 100) / 100
