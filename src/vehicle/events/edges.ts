/** The plain edges: one word becomes another. One row per event. */
import type { EventName } from '../events'
import type { Word } from '../memory'
import { keyOf, signalIds, signals, type SignalGroup, type SignalId } from '../signals'
import { numberOf, pick, stepOf, tell, valueOf, wordOf, type Moment, type Step } from './moment'

type Details = (moment: Moment, step: { signal: SignalId; from: Word['value']; to: Word['value'] }) => Record<string, unknown>

interface EdgeRow {
  name: EventName
  signals: readonly SignalId[]
  /** Absent: any other real word. */
  from?: readonly Word['value'][]
  /** On the way only: what stood there before it decides. */
  through?: readonly Word['value'][]
  to?: readonly Word['value'][]
  details?: Details
}

const group = (name: SignalGroup): SignalId[] => signalIds.filter((id) => signals[id].group === name)
const picked =
  (...ids: readonly SignalId[]): Details =>
  (moment) =>
    pick(moment, ...ids)
const both: Details = (_moment, { from, to }) => ({ from, to })

const opened = { from: ['closed'], to: ['open', 'ajar'] }
const closed = { from: ['open', 'ajar'], to: ['closed'] }
const door: Details = (_moment, { signal }) => ({ door: keyOf(signal) })
const window: Details = (_moment, { signal }) => ({ window: keyOf(signal) })

const table: readonly EdgeRow[] = [
  {
    name: 'plugged-in',
    signals: ['charging.connection'],
    from: ['disconnected'],
    through: ['fault'],
    to: ['connected'],
    details: picked('charging.type', 'charging.supply', 'battery.stateOfCharge', 'charging.chargeLimit', 'position.location'),
  },
  { name: 'unplugged', signals: ['charging.connection'], from: ['connected', 'fault'], to: ['disconnected'], details: session },
  {
    name: 'charging-started',
    signals: ['charging.status'],
    to: ['charging'],
    details: picked(
      'charging.power',
      'charging.rate',
      'charging.type',
      'charging.mode',
      'charging.timeToComplete',
      'charging.readyAt',
    ),
  },
  {
    name: 'charging-stopped',
    signals: ['charging.status'],
    from: ['charging'],
    to: ['idle', 'scheduled', 'discharging'],
    details: (moment) => ({ ...pick(moment, 'battery.stateOfCharge'), reason: whyStopped(moment) }),
  },
  {
    name: 'charging-complete',
    signals: ['charging.status'],
    to: ['complete'],
    details: picked('battery.stateOfCharge', 'charging.chargeLimit'),
  },
  { name: 'locked', signals: ['lock.central'], from: ['unlocked'], to: ['locked'], details: picked('position.location') },
  {
    name: 'unlocked',
    signals: ['lock.central'],
    from: ['locked'],
    to: ['unlocked'],
    details: (moment) => ({ ...pick(moment, 'position.location'), locks: unlockedParts(moment) }),
  },
  { name: 'door-opened', signals: group('doors'), ...opened, details: door },
  { name: 'door-closed', signals: group('doors'), ...closed, details: door },
  { name: 'window-opened', signals: group('windows'), ...opened, details: window },
  { name: 'window-closed', signals: group('windows'), ...closed, details: window },
  {
    name: 'engine-started',
    signals: ['engine.status'],
    from: ['stopped', 'stopping'],
    through: ['starting'],
    to: ['running'],
    details: (moment) => ({ after: whyRunning(moment) }),
  },
  { name: 'engine-stopped', signals: ['engine.status'], from: ['running', 'starting'], through: ['stopping'], to: ['stopped'] },
  {
    name: 'climate-started',
    signals: ['climate.status'],
    to: ['active'],
    details: picked('climate.startedBy', 'climate.outsideTemperature'),
  },
  {
    name: 'climate-stopped',
    signals: ['climate.status'],
    from: ['active'],
    to: ['inactive', 'finished', 'fault'],
    details: (moment, { to }) => ({ reason: to, ...pick(moment, 'climate.cause') }),
  },
  { name: 'emergency-call', signals: ['safety.eCall'], to: ['detected'], details: picked('position.location') },
  { name: 'driving-enabled', signals: ['vehicle.drivingEnabled'], from: [false], to: [true] },
  { name: 'driving-disabled', signals: ['vehicle.drivingEnabled'], from: [true], to: [false] },
  { name: 'privacy-changed', signals: ['reachability.privacy'], details: both },
  { name: 'rental-changed', signals: ['vehicle.rental'], details: both },
  {
    name: 'stolen-reported',
    signals: ['alerts.stolen'],
    from: [false],
    to: [true],
    details: (moment) => ({ since: valueOf(moment, 'alerts.stolenSince'), ...pick(moment, 'position.location') }),
  },
  {
    name: 'stolen-cleared',
    signals: ['alerts.stolen'],
    from: [true],
    to: [false],
    details: (moment) => ({ since: valueOf(moment, 'alerts.stolenSince'), ...pick(moment, 'position.location') }),
  },
]

export const edgeSignals: readonly SignalId[] = table.flatMap(({ signals: ids }) => ids)

/** Tells every edge of the table that this answer made. */
export function edges(moment: Moment): void {
  if (moment.steps.size === 0) return
  for (const row of table) {
    for (const signal of row.signals) {
      const step = stepOf(moment, signal)
      const start = step && startOf(row, step)
      if (!start) continue
      tell(moment, {
        name: row.name,
        signal,
        part: keyOf(signal),
        to: String(step.to.value),
        observedAt: step.to.observedAt,
        from: start,
        details: row.details?.(moment, { signal, from: start.value, to: step.to.value }),
      })
    }
  }
}

/** The word this row's edge began with, if it is one. */
function startOf({ from, through, to }: EdgeRow, step: Step): Word | undefined {
  if (to && !to.includes(step.to.value)) return undefined
  const start = through?.includes(step.from.value) ? step.from.before : step.from
  return start && (!from || from.includes(start.value)) ? start : undefined
}

/** What the car gained since it was plugged in: points of charge and, where the cloud tells, kWh. */
function session(moment: Moment): Record<string, unknown> {
  const begun = moment.memory.told.session ?? {}
  const difference = (end?: number, start?: number) =>
    end === undefined || start === undefined ? undefined : Math.round((end - start) * 1000) / 1000
  return {
    ...pick(moment, 'battery.stateOfCharge'),
    gain: difference(numberOf(moment, 'battery.stateOfCharge'), begun.stateOfCharge),
    energy: difference(numberOf(moment, 'battery.energy'), begun.energy),
  }
}

function whyStopped(moment: Moment): 'unplugged' | 'limit' | 'fault' | 'stopped' {
  if (stepOf(moment, 'charging.connection')?.to.value === 'disconnected') return 'unplugged'
  const [charge, limit] = [numberOf(moment, 'battery.stateOfCharge'), numberOf(moment, 'charging.chargeLimit')]
  if (charge !== undefined && limit !== undefined && charge >= limit) return 'limit'
  if (wordOf(moment, 'charging.connection') === 'fault' || wordOf(moment, 'charging.supply') === 'fault') return 'fault'
  return 'stopped'
}

function whyRunning(moment: Moment): 'command' | 'trip' | undefined {
  if (moment.commanded.includes('engine-start')) return 'command'
  return moment.memory.told.trip?.open ? 'trip' : undefined
}

const locks = group('lock')
const unlockedParts = (moment: Moment): string[] => locks.filter((id) => valueOf(moment, id) === 'unlocked').map(keyOf)
