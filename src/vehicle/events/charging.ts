/** Charging events that need more than one word: the limit, a fault, a program, and the levels passed on the way. */
import { keyOf, type SignalId } from '../signals'
import { numberOf, pick, stepOf, tell, valueOf, wordOf, type Moment } from './moment'

/** Points that the level must fall below the limit before reaching it again counts. */
const limitHysteresis = 2
/** `level-changed` comes at each multiple of so many points … */
const levelStep = 5
/** … passed by so many, so that a level that wavers around one tells nothing. */
const levelMargin = 0.5

const unfinished = ['charging', 'complete']

/** `battery.stateOfCharge` rises to the limit: once while plugged in; another limit, or a new stretch after a real fall, counts again. */
export function chargeLimitReached(moment: Moment): void {
  const { told } = moment.memory
  const limit = numberOf(moment, 'charging.chargeLimit')
  const charge = moment.touched.get('battery.stateOfCharge')
  const level = numberOf(moment, 'battery.stateOfCharge')
  if (stepOf(moment, 'charging.connection')?.to.value === 'disconnected' && told.limit) told.limit.unplugged = true
  if (limit === undefined || level === undefined || !charge) return
  if (told.limit && told.limit.limit !== limit) delete told.limit
  if (told.limit && level <= limit - limitHysteresis) told.limit.fell = true
  const before = charge.before?.value
  if (typeof before !== 'number' || before >= limit || level < limit) return
  if (told.limit && !(told.limit.unplugged && told.limit.fell)) return
  const words = [moment.touched.get('charging.status')?.edge?.value, wordOf(moment, 'charging.status')]
  if (!words.some((word) => typeof word === 'string' && unfinished.includes(word))) return
  told.limit = { limit, unplugged: false, fell: false }
  tell(moment, {
    name: 'charge-limit-reached',
    signal: 'battery.stateOfCharge',
    to: String(limit),
    observedAt: charge.after?.observedAt ?? moment.receivedAt,
    from: charge.before,
    details: { stateOfCharge: level, chargeLimit: limit },
  })
}

const faultSignals = ['charging.status', 'charging.connection', 'charging.supply'] as const satisfies readonly SignalId[]

/** One event for all parts of an answer; again only after every part has left fault. */
export function chargingFault(moment: Moment): void {
  const { told } = moment.memory
  if (!faultSignals.some((signal) => moment.touched.has(signal))) return
  const faulty = faultSignals.filter((signal) => wordOf(moment, signal) === 'fault')
  const known = told.fault === true
  told.fault = faulty.length > 0
  if (known) return
  const first = faulty.find((signal) => stepOf(moment, signal))
  const step = first && stepOf(moment, first)
  if (!step) return
  tell(moment, {
    name: 'charging-fault',
    signal: first,
    part: faulty.map(keyOf).join(' '),
    to: 'fault',
    observedAt: step.to.observedAt,
    from: step.from,
    details: { part: faulty.map(keyOf) },
  })
}

/** Smaller moves of the next start are the cloud's rounding. */
const startTolerance = 60_000

/** The status says so, or, where the cloud has no such word, a next start appears or moves on a plugged-in car. */
export function chargingScheduled(moment: Moment): void {
  const { told } = moment.memory
  const step = stepOf(moment, 'charging.status')
  const start = moment.touched.get('charging.nextStart')
  const previous = told.nextStart
  const value = valueOf(moment, 'charging.nextStart')
  const next = typeof value === 'string' ? Date.parse(value) : NaN
  if (start && Number.isFinite(next)) told.nextStart = next
  else if (start) delete told.nextStart
  const details = () => pick(moment, 'charging.nextStart', 'charging.nextStop')
  if (step?.to.value === 'scheduled') {
    const { observedAt } = step.to
    return tell(moment, {
      name: 'charging-scheduled',
      signal: 'charging.status',
      to: 'scheduled',
      observedAt,
      from: step.from,
      details: details(),
    })
  }
  if (!start?.after || !Number.isFinite(next)) return
  if (wordOf(moment, 'charging.connection') !== 'connected' || wordOf(moment, 'charging.status') === 'charging') return
  if (previous === undefined ? !knewCharging(moment) : Math.abs(next - previous) <= startTolerance) return
  const from = start.before ?? connectionBefore(moment)
  const { observedAt } = start.after
  tell(moment, {
    name: 'charging-scheduled',
    signal: 'charging.nextStart',
    to: new Date(next).toISOString(),
    observedAt,
    from,
    details: details(),
  })
}

/** A first next start is an appearance only if the car's charging was known before this answer. */
const knewCharging = (moment: Moment): boolean => connectionBefore(moment) !== undefined

const connectionBefore = (moment: Moment) => {
  const touch = moment.touched.get('charging.connection')
  return touch ? touch.edge : moment.memory.edges['charging.connection']
}

/** `battery.stateOfCharge`, else `fuel.level`, crosses a multiple of 5 points. */
export function levelChanged(moment: Moment): void {
  const { told, ranks } = moment.memory
  const signal = ranks['battery.stateOfCharge'] === undefined ? 'fuel.level' : 'battery.stateOfCharge'
  const touch = moment.touched.get(signal)
  const level = numberOf(moment, signal)
  if (!touch?.after || level === undefined) return
  if (told.level?.signal !== signal) {
    told.level = { signal, zone: Math.floor(level / levelStep) }
    return
  }
  const zone = zoneOf(level, told.level.zone)
  if (zone === told.level.zone) return
  const rising = zone > told.level.zone
  told.level = { signal, zone }
  const range = valueOf(moment, signal === 'fuel.level' ? 'fuel.range' : 'battery.range')
  tell(moment, {
    name: 'level-changed',
    signal,
    part: signal,
    to: String((rising ? zone : zone + 1) * levelStep),
    observedAt: touch.after.observedAt,
    from: touch.before,
    details: { from: touch.before?.value, to: level, range },
  })
}

/** Where the level stands now, coming from `zone`; nothing lies beyond full and empty, so they need no margin. */
function zoneOf(level: number, zone: number): number {
  const passed = (multiple: number) => level >= multiple + levelMargin || (multiple >= 100 && level >= 100)
  const fellBelow = (multiple: number) => level <= multiple - levelMargin || (multiple <= 0 && level <= 0)
  let now = zone
  while (now < 20 && passed((now + 1) * levelStep)) now++
  while (now >= 0 && fellBelow(now * levelStep)) now--
  return now
}

/** Notes how full the battery was at plugging in, for the gain that `unplugged` tells. */
export function chargingSession(moment: Moment): void {
  const step = stepOf(moment, 'charging.connection')
  const { told } = moment.memory
  if (step?.to.value === 'disconnected') delete told.session
  if (step?.to.value !== 'connected' || step.from.value !== 'disconnected') return
  const [stateOfCharge, energy] = [numberOf(moment, 'battery.stateOfCharge'), numberOf(moment, 'battery.energy')]
  told.session = { ...(stateOfCharge !== undefined && { stateOfCharge }), ...(energy !== undefined && { energy }) }
}
