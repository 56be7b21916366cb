/** Stellantis: tyres, each with a time of its own. */
import type { Reading } from '../../vehicle/reading'
import { isSignalId } from '../../vehicle/signals'
import { isMissing, sampleOf, wordOf } from '../mapping'
import { says, scaled, timeIn, type BlockReader } from './fields'
import { at, listOf } from './wire'
import * as words from './words'

const fromPascal = 1 / 1000

export const tyresOf: BlockReader = (list, { origin, time }) =>
  listOf(list).flatMap((tyre): Reading[] => {
    const place = words.ourWord(words.tyreId, wordOf(tyre.id ?? ''))
    const state = `tyres.${place ?? ''}`
    const pressure = `tyres.${place ?? ''}Pressure`
    if (!isSignalId(state) || !isSignalId(pressure)) {
      if (!isMissing(tyre.id)) origin.drift(`${origin.where} id`, sampleOf(tyre.id))
      return []
    }
    const own = timeIn(tyre, time)
    return [
      ...says(state, words.tyreStatus).read({ value: tyre.status, time: own }, { ...origin, where: `${origin.where} status` }),
      ...scaled(pressure, fromPascal).read(
        { value: at(tyre, 'pressure', 'value'), time: own },
        { ...origin, where: `${origin.where} pressure` },
      ),
    ]
  })
