/** Stellantis: driver assistance (v1 state, v4 only in the old telemetry), lamps, gearbox, wipers. */
import type { Reading } from '../../vehicle/reading'
import { isSignalId } from '../../vehicle/signals'
import { isMissing, number, reading, sampleOf, wordOf, type Rule } from '../mapping'
import { below } from './context'
import { fields, flag, says, saysAll, timeIn, type BlockReader } from './fields'
import { isMembers, listOf, membersOf } from './wire'
import * as words from './words'

const { assist } = words

export const assistOf: BlockReader = fields(
  ['parkAssist.front', saysAll('assist.parkFront', assist.parkFront)],
  ['parkAssist.rear', saysAll('assist.parkRear', assist.parkRear)],
  ['accr', says('assist.adaptiveCruise', assist.adaptiveCruise)],
  ['lvv', flag('assist.speedLimiter')],
  ['rvv', says('assist.cruiseControl', assist.cruiseControl)],
  ['aebs', says('assist.emergencyBraking', assist.emergencyBraking)],
  ['afil', says('assist.laneDeparture', assist.laneDeparture)],
  ['artiv', says('assist.distanceKeeping', assist.distanceKeeping)],
  ['bsm', says('assist.blindSpot', assist.blindSpot)],
  ['esp', flag('assist.stability')],
  ['abs', flag('assist.abs')],
  ['fse', flag('assist.electricBrake')],
  ['sli', number('assist.speedLimit')],
  ['rlka', says('assist.laneKeepRight', assist.laneKeep)],
  ['llka', says('assist.laneKeepLeft', assist.laneKeep)],
  ['rgi', says('assist.gearAdvice', assist.gearAdvice)],
)

/** `turn` and `fog`, each with a position and a direction. */
export const lampsOf: BlockReader = (block, context) => {
  if (!isMembers(block)) return []
  const time = timeIn(block, context.time)
  return (['turn', 'fog'] as const).flatMap((kind) => {
    const { origin } = below(context, kind)
    return listOf(block[kind]).flatMap(({ position, direction, status }): Reading[] => {
      const signal = `lights.${kind}${capital(position)}${capital(direction)}On`
      if (isSignalId(signal)) return flag(signal).read({ value: status, time }, { ...origin, where: `${origin.where} status` })
      origin.drift(`${origin.where} position`, sampleOf(`${wordOf(position ?? '')} ${wordOf(direction ?? '')}`))
      return []
    })
  })
}

const capital = (value: unknown): string => {
  const word = wordOf(value ?? '').toLowerCase()
  return word.charAt(0).toUpperCase() + word.slice(1)
}

const gear = says('vehicle.gear', words.gear)

/** Of the gearbox' modes the names of those that are on. */
export const gearboxOf: BlockReader = (block, context) => {
  const { gearbox } = membersOf(block)
  if (!isMembers(gearbox)) return []
  const time = timeIn(block, context.time)
  const { origin } = below(context, 'gearbox')
  const modes = isMembers(gearbox.mode)
    ? Object.entries(gearbox.mode).flatMap(([name, on]) => {
        if (wordOf(on ?? '') !== 'TRUE') return []
        const known = words.ourWord(words.gearboxMode, name)
        if (known === undefined) origin.drift(`${origin.where} mode`, sampleOf(name))
        return [known ?? 'unknown']
      })
    : undefined
  return [
    ...gear.read({ value: gearbox.ratio, time }, { ...origin, where: `${origin.where} ratio` }),
    ...(modes ? [reading('vehicle.gearboxModes', modes, { time }, origin)] : []),
  ]
}

const speed: Rule = says('vehicle.wipers', words.wiperSpeed)

/** The speed stands only with wipers that move; without one they are just on. */
export const wipersOf: BlockReader = (block, context) => {
  if (!isMembers(block) || isMissing(block.active)) return []
  const point = { time: timeIn(block, context.time) }
  const active = wordOf(block.active)
  if (active === 'FALSE') return [reading('vehicle.wipers', 'off', point, context.origin)]
  if (active !== 'TRUE') {
    context.origin.drift(`${context.origin.where} active`, sampleOf(block.active))
    return []
  }
  if (isMissing(block.speed)) return [reading('vehicle.wipers', 'on', point, context.origin)]
  return speed.read({ value: block.speed, ...point }, { ...context.origin, where: `${context.origin.where} speed` })
}
