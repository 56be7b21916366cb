import { expect } from 'chai'
import * as fc from 'fast-check'
import { Agenda } from '../../src/account/agenda'

const steps = fc.array(
  fc.oneof(
    { weight: 2, arbitrary: fc.record({ id: fc.integer({ min: 0, max: 40 }), at: fc.integer({ min: 0, max: 99 }) }) },
    { weight: 1, arbitrary: fc.record({ id: fc.integer({ min: 0, max: 40 }) }) },
  ),
  { minLength: 60, maxLength: 200 },
)

describe('who is due next', () => {
  it('is always the earliest of those entered, however they were entered, moved and taken out', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const agenda = new Agenda<number>()
        const plain = new Map<number, number>()
        for (const step of all) {
          if ('at' in step) {
            agenda.set(step.id, step.at)
            plain.set(step.id, step.at)
          } else {
            agenda.delete(step.id)
            plain.delete(step.id)
          }
          const { first, size } = agenda
          const earliest = plain.size ? Math.min(...plain.values()) : undefined
          if (size !== plain.size || first?.at !== earliest || (first && plain.get(first.id) !== first.at)) return false
        }
        return true
      }),
      { numRuns: 1000, seed: 7 },
    )
  })

  it('is nobody once it was cleared', () => {
    const agenda = new Agenda<string>()
    agenda.set('a', 1)
    agenda.clear()
    expect(agenda.first).to.equal(undefined)
    agenda.set('a', 2)
    expect(agenda.first).to.deep.equal({ id: 'a', at: 2 })
  })
})
