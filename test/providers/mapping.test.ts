import { expect } from 'chai'
import {
  distance,
  isMissing,
  number,
  percent,
  sampleOf,
  timeOf,
  word,
  type Origin,
  type Point,
} from '../../src/providers/mapping'

const receivedAt = Date.parse('2026-03-02T12:00:00Z')

function origin(): { origin: Origin; drifts: string[] } {
  const drifts: string[] = []
  return { drifts, origin: { where: 'here', receivedAt, drift: (where, sample) => drifts.push(`${where}: ${sample}`) } }
}

const valueOf = (rule: { read(point: Point, origin: Origin): { value: unknown }[] }, point: Point) => {
  const told = origin()
  return { values: rule.read(point, told.origin).map(({ value }) => value), drifts: told.drifts }
}

describe('what a cloud writes on the wire', () => {
  describe('as a number', () => {
    const charge = number('battery.stateOfCharge', { units: percent })

    it('may be a number or a text', () => {
      for (const value of [62.5, '62.5', ' 62.5 '])
        expect(valueOf(charge, { value, unit: 'percentage' })).to.deep.equal({ values: [62.5], drifts: [] })
    })

    it('says nothing when it is missing, empty or the text "null"', () => {
      for (const value of [undefined, null, '', ' ', 'null']) {
        expect(isMissing(value)).to.equal(true)
        expect(valueOf(charge, { value })).to.deep.equal({ values: [], drifts: [] })
      }
    })

    it('is a drift and no reading when it is no number or cannot be', () => {
      for (const value of ['many', 101, -1, Infinity, {}, [], true]) {
        const { values, drifts } = valueOf(charge, { value, unit: '%' })
        expect(values, JSON.stringify(value)).to.deep.equal([])
        expect(drifts, JSON.stringify(value)).to.have.length(1)
      }
    })

    it('is converted to our unit, whatever the case of the unit word', () => {
      const cases: [string | undefined, number][] = [
        ['km', 160],
        ['kilometers', 160],
        ['mi', 257.49504],
        ['Miles', 257.49504],
        [undefined, 160],
      ]
      for (const [unit, expected] of cases)
        expect(valueOf(distance('battery.range'), { value: 160, unit }).values).to.deep.equal([expected])
    })

    it('is a drift and no reading in a unit that nobody documented', () => {
      expect(valueOf(distance('battery.range'), { value: 5, unit: 'leagues' })).to.deep.equal({
        values: [],
        drifts: ['here unit: leagues'],
      })
    })

    it('carries no noise of the conversion', () => {
      expect(
        valueOf(number('charging.power', { units: { watts: 1 / 1000 } }), { value: 10656, unit: 'watts' }).values,
      ).to.deep.equal([10.656])
    })
  })

  describe('as a word', () => {
    const lock = word('lock.central', { LOCKED: 'locked', UNLOCKED: 'unlocked', UNSPECIFIED: null })

    it('is known in any letter case', () => {
      for (const value of ['LOCKED', 'locked', ' Locked '])
        expect(valueOf(lock, { value })).to.deep.equal({ values: ['locked'], drifts: [] })
    })

    it('lets its key leave when the cloud says that it does not know', () => {
      expect(valueOf(lock, { value: 'UNSPECIFIED' })).to.deep.equal({ values: [null], drifts: [] })
    })

    it('becomes unknown and a drift when nobody documented it, also when it is a name of JavaScript', () => {
      for (const value of ['HALF', 'constructor', '__proto__', 7]) {
        expect(valueOf(lock, { value })).to.deep.equal({ values: ['unknown'], drifts: [`here: ${value}`] })
      }
    })
  })

  describe('as a time', () => {
    const at = (value: unknown) => {
      const told = origin()
      return { time: timeOf(value, told.origin), drifts: told.drifts.length }
    }

    it('may have any offset, any number of decimals, or none', () => {
      const expected = Date.parse('2026-03-02T11:00:00Z')
      for (const text of [
        '2026-03-02T11:00:00Z',
        '2026-03-02T12:00:00+01:00',
        '2026-03-02T11:00:00.0000000+00:00',
        '2026-03-02T11:00:00',
      ]) {
        expect(at(text), text).to.deep.equal({ time: expected, drifts: 0 })
      }
    })

    it('is absent when it is missing, and a drift when it is no time', () => {
      expect(at(undefined)).to.deep.equal({ time: undefined, drifts: 0 })
      expect(at('yesterday')).to.deep.equal({ time: undefined, drifts: 1 })
      expect(at(1767225600)).to.deep.equal({ time: undefined, drifts: 1 })
    })

    it('counts as its receipt when it lies more than five minutes ahead', () => {
      expect(at('2026-03-02T12:04:59Z')).to.deep.equal({ time: receivedAt + 299_000, drifts: 0 })
      expect(at('2026-03-02T12:05:01Z')).to.deep.equal({ time: receivedAt, drifts: 1 })
    })
  })

  it('is shown short and without a vehicle number', () => {
    expect(sampleOf('car YV1ZZZSWXR1234567 has gone')).to.equal('car … has gone')
    expect(sampleOf('x'.repeat(16).concat(' ').repeat(9))).to.have.length(40)
    expect(sampleOf({ vin: 'YV1ZZZSWXR1234567' })).to.equal('an object')
  })
})
