import { expect } from 'chai'
import type { Clock } from '../../src/clock'
import { days, hours, minutes, seconds } from '../../src/clock'
import { everySeconds } from '../../src/account/policies'
import { Schedule } from '../../src/account/schedule'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { ManualClock } from '../support/clock'

/** A wall clock that somebody sets; timers run on undisturbed, as Node's do. */
class SetClock implements Clock {
  ahead = 0
  constructor(private readonly base: ManualClock) {}
  now = () => this.base.now() + this.ahead
  after = (ms: number, action: () => void) => this.base.after(ms, action)
  random = () => 0.5
}

describe('a clock that is set', () => {
  const car: Vehicle = { id: 'VIN', slug: 'car', label: 'Car', provider: 'volvo', meta: {} }
  let base: ManualClock
  let clock: SetClock
  /** True times of the reads, whatever the clock said. */
  let reads: number[]
  let last: number | undefined
  let schedule: Schedule

  beforeEach(() => {
    base = new ManualClock()
    clock = new SetClock(base)
    reads = []
    last = undefined
    schedule = new Schedule({
      clock,
      vehicles: () => [car],
      snapshot: () => ({}),
      lastTry: () => last,
      lastRead: () => last,
      observedAt: () => undefined,
      cost: () => 1,
      pushed: () => false,
      budget: () => undefined,
      waitFor: () => 0,
      read: () => {
        reads.push(base.now())
        last = clock.now()
        return Promise.resolve()
      },
    })
    schedule.watch({ matches: () => true, groups: ['charging'], policy: everySeconds(60) })
  })
  afterEach(() => schedule.close())

  for (const [what, jump] of [
    ['an hour ahead', hours(1)],
    ['an hour back', -hours(1)],
    ['a day ahead', days(1)],
    ['a day back', -days(1)],
    ['a second back', -seconds(1)],
  ] as const)
    it(`${what} neither stops the reading nor makes it run wild`, async () => {
      await base.advance(minutes(10))
      const before = reads.length
      clock.ahead = jump
      await base.advance(minutes(10))
      expect(reads.length - before).to.be.within(9, 13)
    })

  it('back and forth as at daylight saving does no harm, nor does a hint in between', async () => {
    schedule.hint(car.id)
    for (const jump of [hours(1), 0, -hours(1), 0]) {
      clock.ahead = jump
      await base.advance(minutes(10))
    }
    expect(reads.length).to.be.within(38, 50)
  })
})
