import type { Generation } from '../listing'
import { millisecondsOf, timeOfDay } from '../monitors/durations'

export type Given = Record<string, unknown>

/** What came of a remote in the car: done, nothing to do, or why not. */
export type Effect = { already: true } | { cause: string } | undefined

export const isObject = (value: unknown): value is Given => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Why a member is none of the words. */
export const isOneOf = (given: Given, name: string, words: readonly unknown[]): string | undefined =>
  words.includes(given[name]) ? undefined : `${name} must be ${words.join(' or ')}`

/** Why not exactly one of the members is there. */
export function onlyOf(given: Given, names: readonly string[]): string | undefined {
  const present = names.filter((name) => given[name] !== undefined)
  return present.length === 1 ? undefined : `there must be exactly one of ${names.join(', ')}`
}

const isTime = (value: unknown) => typeof value === 'string' && timeOfDay(value) !== undefined
const isPercent = (value: unknown, most: number) =>
  value === undefined || (typeof value === 'number' && value >= 0 && value <= most)

interface Rules {
  slots: number
  /** v4 has programs without a slot. */
  needsSlot: boolean
  generation: Generation
}

const dayNames = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']

function checkPrograms(programs: unknown, { slots, needsSlot, generation }: Rules): string | undefined {
  if (!Array.isArray(programs) || !programs.length) return 'programs must be a list'
  const used = new Set<unknown>()
  for (const program of programs as unknown[]) {
    if (!isObject(program)) return 'a program must be an object'
    const { slot, start, end, enabled, actionsType = 'Set' } = program
    if (needsSlot || slot !== undefined) {
      if (!Number.isInteger(slot) || Number(slot) < 1 || Number(slot) > slots) return `slot must be 1 to ${slots}`
      if (used.has(slot)) return 'slots must be unique'
      used.add(slot)
    }
    if (actionsType === 'Delete') continue
    if (actionsType !== 'Set') return 'actionsType must be Set or Delete'
    if (!isTime(start)) return 'start must be a duration from midnight'
    if (end !== undefined && !isTime(end)) return 'end must be a duration from midnight'
    const occurrence = program[generation === 'v1' ? 'occurrence' : 'occurence']
    const days = isObject(occurrence) ? occurrence.day : undefined
    if (occurrence !== undefined && (!Array.isArray(days) || days.some((day) => !dayNames.includes(String(day)))))
      return 'day must be Mon to Sun'
    // Stellantis v1: Set needs slot, start, occurrence, enabled
    if (generation === 'v1' && (occurrence === undefined || typeof enabled !== 'boolean'))
      return 'a program needs occurrence and enabled'
    if (!isPercent(program.minChargingLevel, 50) || !isPercent(program.maxChargingLevel, 100))
      return 'charging levels are out of range'
  }
  return undefined
}

export function checkPreconditioning(given: Given, generation: Generation): string | undefined {
  const air = given.airConditioning
  if (!isObject(air)) return 'airConditioning is required'
  const names = generation === 'v1' ? ['immediate', 'programs', 'settings'] : ['immediate', 'programs']
  const wrong = onlyOf(air, names)
  if (wrong) return wrong
  if (air.programs !== undefined) return checkPrograms(air.programs, { slots: 4, needsSlot: generation === 'v1', generation })
  if (air.settings !== undefined)
    return isObject(air.settings) && typeof air.settings.temp === 'number' ? undefined : 'settings.temp is required'
  return typeof air.immediate === 'boolean' ? undefined : 'immediate must be true or false'
}

const rates = ['Low', 'LowPlus', 'Med', 'MedPlus', 'High']

function checkDeferred(deferred: unknown): string | undefined {
  if (!isObject(deferred) || (deferred.start === undefined && deferred.end === undefined)) return 'deferred needs start or end'
  const { start, end } = deferred
  if (start !== undefined) {
    if (!isObject(start)) return 'start must be an object'
    const wrong = onlyOf(start, ['startTime', 'immediate'])
    if (wrong) return wrong
    if (start.startTime !== undefined && !isTime(start.startTime)) return 'startTime must be a duration from midnight'
  }
  if (end !== undefined && (!isObject(end) || (end.endTime !== undefined && !isTime(end.endTime))))
    return 'endTime must be a duration from midnight'
  return undefined
}

/** v1 wraps it in `charge` and has four kinds, v4 has three. */
export function checkCharging(given: Given, generation: Generation): string | undefined {
  if (generation === 'v4') return checkChargingV4(given)
  const { charge } = given
  if (!isObject(charge)) return 'charge is required'
  const wrong = onlyOf(charge, ['immediate', 'programs', 'settings', 'deferred'])
  if (wrong) return wrong
  if (charge.programs !== undefined) return checkPrograms(charge.programs, { slots: 2, needsSlot: true, generation })
  if (charge.deferred !== undefined) return checkDeferred(charge.deferred)
  if (charge.immediate !== undefined) return typeof charge.immediate === 'boolean' ? undefined : 'immediate must be true or false'
  const { settings } = charge
  if (!isObject(settings)) return 'settings must be an object'
  return (
    onlyOf(settings, ['chargePreferenceRate', 'chargeLimit']) ??
    (settings.chargeLimit === undefined
      ? isOneOf(settings, 'chargePreferenceRate', rates)
      : isOneOf(settings, 'chargeLimit', ['MedPlus', 'High']))
  )
}

function checkChargingV4(given: Given): string | undefined {
  const { immediate, schedule, preferences } = given
  if ([immediate, schedule, preferences].every((part) => part === undefined) && given.nextDelayedTime === undefined)
    return 'charging is empty'
  if (preferences !== undefined && (schedule !== undefined || immediate !== undefined)) return 'preferences may not be combined'
  if (immediate !== undefined && typeof immediate !== 'boolean') return 'immediate must be true or false'
  if (isObject(preferences)) {
    const { level, type } = preferences
    if (level === undefined && type === undefined) return 'preferences is empty'
    if (level !== undefined && !(typeof level === 'string' && /^Level[1-5]$/.test(level))) return 'level must be Level1 to Level5'
    if (type !== undefined && type !== 'Partial' && type !== 'Full') return 'type must be Partial or Full'
  }
  if (isObject(schedule)) {
    const { nextDelayedTime, programs } = schedule
    if (nextDelayedTime !== undefined && (typeof nextDelayedTime !== 'string' || millisecondsOf(nextDelayedTime) === undefined))
      return 'nextDelayedTime must be a duration from midnight'
    if (programs !== undefined) return checkPrograms(programs, { slots: 2, needsSlot: false, generation: 'v4' })
  }
  return undefined
}
