import { some, type Facts, type Wire } from './facts'
import type { Generation } from './listing'
import * as words from './words'

/** Driver assistance; v4 spells a few words its own way. */
export function adas(facts: Facts, generation: Generation): Wire {
  const spelt = (word: string | undefined) => (word && generation === 'v4' ? (words.v4Spelling[word] ?? word) : word)
  return {
    parkAssist: some({
      front: facts.words('assist.parkFront', words.parkAssist),
      rear: facts.words('assist.parkRear', words.parkAssist),
    }),
    accr: spelt(facts.word('assist.adaptiveCruise', words.adaptiveCruise)),
    lvv: facts.flag('assist.speedLimiter'),
    rvv: facts.word('assist.cruiseControl', words.cruise),
    aebs: spelt(facts.word('assist.emergencyBraking', words.indicator)),
    afil: spelt(facts.word('assist.laneDeparture', words.laneDeparture)),
    artiv: facts.word('assist.distanceKeeping', words.distanceKeeping),
    bsm: facts.word('assist.blindSpot', words.blindSpot),
    esp: facts.flag('assist.stability'),
    abs: facts.flag('assist.abs'),
    fse: facts.flag('assist.electricBrake'),
    sli: facts.number('assist.speedLimit', 0),
    rlka: facts.word('assist.laneKeepRight', words.laneKeeping),
    llka: facts.word('assist.laneKeepLeft', words.laneKeeping),
    rgi: facts.word('assist.gearAdvice', words.gearAdvice),
  }
}

const modes = { automatic: 'automatic', sport: 'sport', snow: 'snow', sequential: 'sequential', 'semi-manual': 'semiManual' }

export function gearbox(facts: Facts): Wire | undefined {
  const told = facts.list('vehicle.gearboxModes')
  const mode = told && Object.fromEntries(Object.entries(modes).map(([ours, theirs]) => [theirs, told.includes(ours)]))
  return some({ mode, ratio: facts.word('vehicle.gear', words.gear) })
}
