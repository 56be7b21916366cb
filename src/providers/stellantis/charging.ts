/** Stellantis: charging, as it stands below the electric energy. */
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { isMissing, number, reading, sampleOf, wordOf } from '../mapping'
import type { Context } from './context'
import { nextAt, timeOfDay } from './durations'
import { durationIn, fields, instantOf, says, saysNumber, timeIn, type BlockReader } from './fields'
import { chargePrograms } from './programs'
import { at, isMembers, membersOf, type Members } from './wire'
import * as words from './words'

/** v1 names first, then deprecated ones, then those of v4. */
const facts = fields(
  ['status', says('charging.status', words.chargingStatus)],
  ['remainingTime', durationIn('charging.timeToComplete')],
  ['settings.chargingSpeed', number('charging.rate')],
  ['chargingSpeed', number('charging.rate')],
  ['chargingRate', number('charging.rate')],
  ['settings.chargingMode', says('charging.mode', words.chargingMode)],
  ['chargingMode', says('charging.mode', words.chargingMode)],
  ['settings.chargePreferenceRate', saysNumber('charging.powerLevel', words.preferenceRate)],
  ['chargingPowerLevel', saysNumber('charging.powerLevel', words.powerLevel)],
  ['settings.chargeLimit', saysNumber('charging.chargeLimit', words.chargeLimit)],
  ['settings.chargeLimit', says('charging.limitMode', words.chargeLimitMode)],
  ['type', says('charging.limitMode', words.chargingType)],
  ['schedule.unitary.stopChargeStatus', says('charging.stopStatus', words.stopStatus)],
)

const onlyWhileCharging: readonly SignalId[] = ['charging.rate', 'charging.timeToComplete']

export const chargingOf: BlockReader = (block, context) => {
  if (!isMembers(block)) return []
  const inner = { ...context, time: timeIn(block, context.time) }
  const status = wordOf(block.status ?? '')
  const told = facts(block, inner)
  return [
    ...connectionOf(block, status, inner),
    // What stands beside "not charging" is a left-over.
    ...told.map((one) =>
      status !== '' && status !== 'INPROGRESS' && onlyWhileCharging.includes(one.signal) ? { ...one, value: null } : one,
    ),
    ...chargePrograms(block, inner),
    ...nextTimes(block, inner),
  ]
}

/** Stellantis: `plugged` counts; a car that charges is plugged, and where `plugged` is missing the status tells. */
function connectionOf({ plugged }: Members, status: string, { origin, time }: Context): Reading[] {
  const say = (value: 'connected' | 'disconnected') => [reading('charging.connection', value, { time }, origin)]
  if (status === 'INPROGRESS') return say('connected')
  const known = isMissing(plugged) ? undefined : words.ourWord(words.plugged, wordOf(plugged))
  if (known) return say(known === 'connected' ? 'connected' : 'disconnected')
  if (!isMissing(plugged)) origin.drift(`${origin.where} plugged`, sampleOf(plugged))
  if (words.ourWord(words.chargingStatus, status) === undefined) return []
  return say(status === 'DISCONNECTED' ? 'disconnected' : 'connected')
}

/** v1 tells both ends of the next charge, v4 its start; a time of day is the next such one in the car's zone. */
function nextTimes(block: Members, context: Context): Reading[] {
  const { nextDelayedTime } = block
  const unitary = at(block, 'schedule', 'unitary')
  const inner = membersOf(unitary)
  const enabled = wordOf(inner.enabled ?? '') !== 'FALSE'
  return [
    ...(isMissing(inner.start) ? [] : nextTime('charging.nextStart', inner.start, enabled, context)),
    ...(isMissing(inner.stop) ? [] : nextTime('charging.nextStop', inner.stop, enabled, context)),
    ...(isMissing(nextDelayedTime) || !isMissing(inner.start)
      ? []
      : nextTime('charging.nextStart', nextDelayedTime, !isNone(nextDelayedTime), context)),
  ]
}

/** Stellantis: `PT1M` stands for none (inferred from what cars send). */
const isNone = (value: unknown): boolean => wordOf(value) === 'PT1M'

function nextTime(signal: SignalId, value: unknown, enabled: boolean, { origin, time, timeZone }: Context): Reading[] {
  if (!enabled) return [reading(signal, null, { time }, origin)]
  const minute = timeOfDay(value)
  const next = minute === undefined ? instantOf(value) : nextAt(minute, origin.receivedAt, timeZone)
  if (next !== undefined) return [reading(signal, next, { time }, origin)]
  origin.drift(`${origin.where} ${signal === 'charging.nextStop' ? 'stop' : 'start'}`, sampleOf(value))
  return []
}
