/** Stellantis: programs of charging and of the climate. */
import type { Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { isMissing, numberOf, reading, sampleOf, wordOf, type Origin } from '../mapping'
import type { Context } from './context'
import { clockTime } from './durations'
import { at, isMembers, listOf, type Members } from './wire'
import * as words from './words'

/** In `schedule.programs`, in v1 once in `programs`; an empty list where the schedule is due means that there are none. */
export function chargePrograms(charging: Members, context: Context): Reading[] {
  const { schedule } = charging
  const list = isMembers(schedule) ? schedule.programs : Array.isArray(schedule) ? schedule : undefined
  return programsIn('charging.programs', list ?? charging.programs, context, ofCharging)
}

export const climatePrograms = (climate: Members, context: Context): Reading[] =>
  programsIn('climate.programs', climate.programs, context, ofClimate)

type Own = (program: Members, origin: Origin) => Readonly<Record<string, unknown>>

function programsIn(signal: SignalId, list: unknown, context: Context, own: Own): Reading[] {
  if (!Array.isArray(list)) return []
  const origin = { ...context.origin, where: `${context.origin.where} programs` }
  const programs = listOf(list).flatMap((program, index) => programOf(program, index, own, origin))
  return [reading(signal, programs, { time: context.time }, origin)]
}

/** v4 writes `occurence` and gives charge programs no slot: then the place in the list counts. */
function programOf(program: Members, index: number, own: Own, origin: Origin): Readonly<Record<string, unknown>>[] {
  const start = clockTime(program.start)
  if (start === undefined) {
    origin.drift(`${origin.where} start`, sampleOf(program.start))
    return []
  }
  const given = at(program, 'occurrence', 'day') ?? at(program, 'occurence', 'day')
  const facts = {
    slot: numberOf(program.slot) ?? index + 1,
    start,
    end: clockTime(program.end),
    days: Array.isArray(given) ? given.flatMap((day) => wordIn(words.weekDays, day, origin, 'day')) : [],
    enabled: flagOf(program.enabled),
    ...own(program, origin),
  }
  return [Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined))]
}

const ofCharging: Own = (program, origin) => ({
  toFull: flagOf(program.chargeToFull ?? program.chargeUntilFull),
  minimum: numberOf(program.minChargingLevel) ?? numberOf(program.minSOC),
  maximum: numberOf(program.maxChargingLevel) ?? numberOf(program.targetSOC),
  kind: wordIn(words.programKind, program.chargeType, origin, 'chargeType')[0],
})

const ofClimate: Own = (program, origin) => ({
  temperature: numberOf(program.temp),
  condition: wordIn(words.startCondition, program.startCond, origin, 'startCond')[0],
  recurrence: wordIn(words.recurrence, program.recurrence, origin, 'recurrence')[0],
})

const flagOf = (value: unknown): boolean | undefined => {
  const word = wordOf(value ?? '')
  return word === 'TRUE' ? true : word === 'FALSE' ? false : undefined
}

function wordIn(table: Readonly<Record<string, string>>, value: unknown, origin: Origin, name: string): string[] {
  if (isMissing(value)) return []
  const known = words.ourWord(table, wordOf(value))
  if (known === undefined) origin.drift(`${origin.where} ${name}`, sampleOf(value))
  return [known ?? 'unknown']
}
