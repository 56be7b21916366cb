/** Stellantis: doors, windows and locks. */
import { unknownWord, type Reading } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { isMissing, reading, sampleOf, wordOf } from '../mapping'
import { below, type Context } from './context'
import { firstOfEach, says, timeIn, type BlockReader } from './fields'
import { isMembers, listOf } from './wire'
import * as words from './words'

export const doorsOf: BlockReader = (block, context) => {
  if (!isMembers(block)) return []
  const inner = { ...context, time: timeIn(block, context.time) }
  return [
    // v1 `lockedState`, v4 `lockedStates`.
    ...locksOf(block.lockedState ?? block.lockedStates, below(inner, 'lockedState')),
    ...openingsOf(block.opening, below(inner, 'opening')),
  ]
}

/** The wire knows where the driver sits, our doors know left and right. */
const frontDoors = {
  left: { DRIVER: 'doors.frontLeft', PASSENGER: 'doors.frontRight' },
  right: { DRIVER: 'doors.frontRight', PASSENGER: 'doors.frontLeft' },
} as const satisfies Record<string, Record<string, SignalId>>

const otherOpenings = {
  REARLEFT: 'doors.rearLeft',
  REARRIGHT: 'doors.rearRight',
  TRUNK: 'doors.tailgate',
  HOODDOOR: 'doors.hood',
  REARWINDOW: 'windows.rear',
  ROOFWINDOW: 'windows.sunroof',
} as const satisfies Record<string, SignalId>

function openingsOf(list: unknown, { origin, time, steering }: Context): Reading[] {
  const signals: Readonly<Record<string, SignalId>> = { ...otherOpenings, ...frontDoors[steering] }
  return firstOfEach(
    listOf(list).flatMap(({ identifier, state }) => {
      const signal = signals[wordOf(identifier ?? '')]
      if (signal) return says(signal, words.opening).read({ value: state, time }, origin)
      if (!isMissing(identifier)) origin.drift(`${origin.where} identifier`, sampleOf(identifier))
      return []
    }),
  )
}

interface LockWord {
  signal: SignalId
  locked: boolean
}

const lock = (signal: SignalId, locked: boolean): LockWord => ({ signal, locked })

/** What each word of the list says; `central` stands with those that tell it. */
const lockWords: Readonly<Record<string, readonly LockWord[]>> = {
  LOCKED: [lock('lock.central', true)],
  SUPERLOCKED: [lock('lock.central', true)],
  UNLOCKED: [lock('lock.central', false)],
  DRIVERDOORUNLOCKED: [lock('lock.driver', false), lock('lock.central', false)],
  PASSENGERDOORUNLOCKED: [lock('lock.passenger', false), lock('lock.central', false)],
  CABINDOORSUNLOCKED: [lock('lock.cabin', false), lock('lock.central', false)],
  REARDOORSLOCKED: [lock('lock.rear', true)],
  REARDOORSUNLOCKED: [lock('lock.rear', false)],
  CARGODOORSLOCKED: [lock('lock.cargo', true)],
  CARGODOORSUNLOCKED: [lock('lock.cargo', false)],
  TRUNKLOCKED: [lock('lock.tailgate', true)],
  TRUNKUNLOCKED: [lock('lock.tailgate', false)],
}

const whereLocked: readonly SignalId[] = ['lock.driver', 'lock.passenger', 'lock.cabin']

/** The whole list is one statement. In a contradiction "unlocked" wins: a wrong "locked" is the worse error. */
function locksOf(list: unknown, { origin, time }: Context): Reading[] {
  if (!Array.isArray(list)) return []
  const given = list.filter((value: unknown) => !isMissing(value)).map((value: unknown) => wordOf(value))
  const strange = given.filter((one) => !Object.hasOwn(lockWords, one))
  if (strange.length > 0) origin.drift(origin.where, sampleOf(strange[0]))
  if (given.length === 0) return []
  const said = new Map<SignalId, boolean>()
  for (const { signal, locked } of given.flatMap((one) => lockWords[one] ?? []))
    said.set(signal, locked && said.get(signal) !== false)
  const central = said.get('lock.central')
  const isWholly = central === true && whereLocked.every((signal) => said.get(signal) !== false)
  for (const signal of isWholly ? whereLocked : []) said.set(signal, true)
  const say = (signal: SignalId, value: string | boolean) => reading(signal, value, { time }, origin)
  return [
    ...[...said].map(([signal, locked]) => say(signal, locked ? 'locked' : 'unlocked')),
    ...(central === undefined && strange.length > 0 ? [say('lock.central', unknownWord)] : []),
    ...(said.size > 0 ? [say('lock.superLocked', central === true && given.includes('SUPERLOCKED'))] : []),
  ]
}
