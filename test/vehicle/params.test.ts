import { expect } from 'chai'
import { z } from 'zod'
import { commands, type CommandId } from '../../src/vehicle/commands'
import { readGiven } from '../../src/vehicle/params'

const words = (schema: z.ZodType, given: unknown): string => {
  const read = readGiven(schema, given)
  return 'value' in read ? 'good' : `${read.where} ${read.why}`.trim()
}

const program = { slot: 1, start: '22:00', days: ['mon'], enabled: true }

describe('what a command was given', () => {
  const cases: [CommandId, unknown, string][] = [
    ['engine-start', { minutes: 15 }, 'good'],
    ['engine-start', { minutes: 16 }, 'minutes must be at most 15'],
    ['engine-start', { minutes: 0 }, 'minutes must be at least 1'],
    ['engine-start', { minutes: 1.5 }, 'minutes must be a whole number'],
    ['engine-start', { minutes: 'five' }, 'minutes must be a number'],
    ['engine-start', { minutes: null }, 'minutes must be a number'],
    ['engine-start', {}, 'minutes must be given'],
    ['engine-start', 'five', 'must be an object with names and values'],
    ['engine-start', [5], 'must be an object with names and values'],
    ['lock', {}, 'good'],
    ['lock', { door: 1, trunk: 2 }, 'door is not known'],
    ['charge-limit', { percent: 100 }, 'good'],
    ['charge-limit', { percent: 90 }, 'percent must be 80 or 100'],
    ['charge-limit', { percent: '80' }, 'percent must be 80 or 100'],
    ['charge-limit', {}, 'percent must be given'],
    ['alarm-suppress', { hours: 3 }, 'hours must be 2, 4, 12, 24, 72 or 168'],
    ['delete-personal-data', { confirm: false }, 'confirm must be true'],
    ['stolen-report', { stolen: 'yes' }, 'stolen must be true or false'],
    ['charge-defer', {}, 'start or end must be given'],
    ['charge-defer', { start: '25:00' }, 'start must be a time of day such as 22:30'],
    ['charge-schedule', { ...program, days: 'mon' }, 'days must be a list'],
    ['charge-schedule', { ...program, days: [] }, 'days must not be empty'],
    ['charge-schedule', { ...program, days: ['mon', 'mon'] }, 'days must not name a day twice'],
    ['charge-schedule', { ...program, days: ['mon', 'someday'] }, 'days no. 2 must be mon, tue, wed, thu, fri, sat or sun'],
    ['charge-schedule', { ...program, start: 2200 }, 'start must be a text'],
    ['send-destination', { positions: [] }, 'positions must not be empty'],
    ['send-destination', { positions: [{ latitude: 57, longitude: 200 }] }, 'positions no. 1 longitude must be at most 180'],
    ['send-destination', { positions: Array(11).fill({ latitude: 1, longitude: 1 }) }, 'positions must have at most 10 entries'],
    ['raw', 'x', 'must be an object with names and values'],
  ]
  for (const [command, given, expected] of cases)
    it(`${command} ${JSON.stringify(given).slice(0, 60)}: ${expected}`, () =>
      expect(words(commands[command].params, given)).to.equal(expected))

  it('is told in plain words whatever the schema', () => {
    expect(words(z.string().min(3), 'ab')).to.equal('must have at least 3 characters')
    expect(words(z.number().gt(0), 0)).to.equal('must be more than 0')
    expect(words(z.number().lt(5), 5)).to.equal('must be less than 5')
    expect(words(z.number().multipleOf(5), 6)).to.equal('must be a multiple of 5')
    expect(words(z.email(), 'x')).to.equal('is not written in the right form')
    expect(words(z.union([z.string(), z.number()]), true)).to.equal('is not valid')
    expect(words(z.enum(Array.from({ length: 30 }, (_, n) => `w${n}`)), 'x')).to.equal('is not known')
  })

  it('is never repeated, however long a name in it is', () => {
    const told = words(z.strictObject({}), { ['x'.repeat(500)]: 'secret' })
    expect(told).to.equal(`${'x'.repeat(40)} is not known`)
  })
})
