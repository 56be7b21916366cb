/** Alerts, the theft alarm and collisions. */
import { keyOf, signalIds, signalOf, type SignalId } from '../signals'
import { isWithheld, pick, stepOf, tell, valueOf, wordOf, type Moment } from './moment'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Lamps, tyres, fluids and service: what stands for alerts where the cloud has no alert list. */
const isFluid = (id: SignalId): boolean => ['engine.oilLevel', 'engine.coolantLevel', 'fuel.adBlueWarning'].includes(id)
const isWarning = (id: SignalId): boolean => {
  const { group, type, words } = signalOf(id)
  return type === 'word' && words?.includes('ok') === true && (['lights', 'tyres', 'service'].includes(group) || isFluid(id))
}
export const warningSignals = signalIds.filter(isWarning)

/** `alert-raised` and `alert-cleared`, from the cloud's alert list or, without one, from words that leave `ok`. */
export function alerts(moment: Moment): void {
  if (moment.memory.ranks['alerts.active'] === undefined) warnings(moment)
  else alertList(moment)
}

function warnings(moment: Moment): void {
  if (moment.steps.size === 0) return
  for (const signal of warningSignals) {
    const step = stepOf(moment, signal)
    if (!step || (step.from.value !== 'ok' && step.to.value !== 'ok')) continue
    const raised = step.from.value === 'ok'
    const { observedAt } = step.to
    const known = raised
      ? { word: step.to.value, since: new Date(observedAt).toISOString(), ...pick(moment, 'position.location') }
      : {}
    tell(moment, {
      name: raised ? 'alert-raised' : 'alert-cleared',
      signal,
      part: signal,
      to: String(step.to.value),
      observedAt,
      from: step.from,
      details: { code: signal, ...known },
    })
  }
}

function alertList(moment: Moment): void {
  const { told, held } = moment.memory
  if (!moment.touched.has('alerts.active') && !moment.touched.has('alerts.details')) return
  const active = held['alerts.active']
  // An absent list clears nothing.
  if (!active || !Array.isArray(active.value)) return
  const now = listed(moment, active.value)
  const before = told.alerts
  told.alerts = now
  if (!before) return
  const from = moment.touched.get('alerts.active')?.before ?? moment.touched.get('alerts.details')?.before
  const say = (name: 'alert-raised' | 'alert-cleared', key: string, code: string) => {
    const known = name === 'alert-raised' ? detailsOf(moment, key, code) : {}
    tell(moment, {
      name,
      signal: 'alerts.active',
      part: key,
      to: code,
      observedAt: active.observedAt,
      from,
      details: { code, ...known },
    })
  }
  for (const [key, code] of joined(before, now)) say('alert-raised', key, code)
  for (const [key, code] of joined(now, before)) say('alert-cleared', key, code)
}

/** Alert id, or the code itself where no id is known → code. */
function listed(moment: Moment, active: readonly unknown[]): Record<string, string> {
  const codes = active.filter((code) => typeof code === 'string')
  return Object.fromEntries(
    codes.flatMap((code) => {
      const ids = itemsOf(moment, code).flatMap(({ id }) => (typeof id === 'string' && id !== '' ? [id] : []))
      return ids.length > 0 ? ids.map((id) => [id, code]) : [[code, code]]
    }),
  )
}

function itemsOf(moment: Moment, code: string): Record<string, unknown>[] {
  const details = valueOf(moment, 'alerts.details')
  return Array.isArray(details) ? details.filter(isRecord).filter((item) => item.code === code) : []
}

/** What `now` has and `before` had not; an alert whose id came or went is still the same alert. */
function joined(before: Record<string, string>, now: Record<string, string>): [string, string][] {
  return Object.entries(now).filter(([key, code]) => {
    if (Object.hasOwn(before, key) || Object.hasOwn(before, code)) return false
    return key !== code || !Object.values(before).includes(code)
  })
}

function detailsOf(moment: Moment, key: string, code: string): Record<string, unknown> {
  const items = itemsOf(moment, code)
  const { severity, since, location } = items.find(({ id }) => id === key) ?? items[0] ?? {}
  return { severity, since, location: isWithheld(moment) ? undefined : location }
}

/** A new trigger; not `alerts.alarm`, which may only mean that the alarm is armed. */
export function alarm(moment: Moment): void {
  const { told } = moment.memory
  const touch = moment.touched.get('alerts.alarmTrigger') ?? moment.touched.get('alerts.alarmSince')
  const trigger = valueOf(moment, 'alerts.alarmTrigger')
  if (!touch || typeof trigger !== 'string') return
  const since = textOf(valueOf(moment, 'alerts.alarmSince'))
  const last = told.alarmSince
  if (trigger === 'none' || trigger !== wordOf(moment, 'alerts.alarmTrigger')) return
  if (since !== undefined) told.alarmSince = since
  const step = stepOf(moment, 'alerts.alarmTrigger')
  const known = moment.touched.get('alerts.alarmTrigger')?.edge !== undefined || !moment.touched.has('alerts.alarmTrigger')
  const isNew = since === undefined ? step !== undefined : since !== last && (known || isLater(moment, since))
  if (!isNew) return
  const at = since === undefined ? undefined : Date.parse(since)
  const observedAt = at !== undefined && Number.isFinite(at) ? at : (touch.after?.observedAt ?? moment.receivedAt)
  tell(moment, {
    name: 'alarm',
    signal: 'alerts.alarmTrigger',
    part: keyOf('alerts.alarmTrigger'),
    to: trigger,
    observedAt,
    from: at === undefined ? step?.from : { observedAt, readAt: observedAt },
    details: { trigger, since, ...pick(moment, 'position.location') },
  })
}

/** A collision later than the one known; the first one of a car only if it happened since we know the car. */
export function collision(moment: Moment): void {
  const { told } = moment.memory
  const after = moment.touched.get('alerts.collision')?.after?.value
  if (!isRecord(after)) return
  const at = textOf(after.at)
  const time = at === undefined ? NaN : Date.parse(at)
  if (at === undefined || !Number.isFinite(time)) return
  const last = told.collisionAt
  if (last !== undefined && Date.parse(last) >= time) return
  told.collisionAt = at
  if (last === undefined && !isLater(moment, at)) return
  const { sides, severity } = after
  tell(moment, {
    name: 'collision',
    signal: 'alerts.collision',
    observedAt: time,
    from: { observedAt: time, readAt: time },
    details: { sides, severity, ...pick(moment, 'position.location') },
  })
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)

/** Later than our first look at the car. */
const isLater = (moment: Moment, at: string): boolean => moment.memory.since !== undefined && Date.parse(at) > moment.memory.since
