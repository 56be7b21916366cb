import { expect } from 'chai'
import { backoff, withRetries } from '../../src/cloud/backoff'
import { ManualClock } from '../support/clock'
import { rejection } from './support/server'

describe('Trying again', () => {
  it('waits about 1, 2, 4 s and so on, never longer than about a minute, and not always the same', () => {
    const clock = new ManualClock()
    for (const [n, steady] of [
      [0, 1000],
      [1, 2000],
      [2, 4000],
      [20, 60_000],
      [5000, 60_000],
    ] as const) {
      const waits = Array.from({ length: 200 }, () => backoff(clock, n))
      expect(Math.min(...waits))
        .to.be.at.least(steady * 0.75)
        .and.below(steady)
      expect(Math.max(...waits))
        .to.be.at.most(steady * 1.25)
        .and.above(steady)
    }
  })

  it('gives the first success and waits as told in between', async () => {
    const clock = new ManualClock()
    const at: number[] = []
    const start = clock.now()
    const result = withRetries(
      clock,
      async (n) => {
        at.push(clock.now() - start)
        if (n < 2) throw new Error('not yet')
        return n
      },
      (_, n) => (n + 1) * 1000,
    )
    await clock.advance(10_000)
    expect(await result).to.equal(2)
    expect(at).to.deep.equal([0, 1000, 3000])
  })

  it('tells the error that is not worth another try', async () => {
    const error = await rejection(
      withRetries(
        new ManualClock(),
        async () => {
          throw new Error('no')
        },
        () => undefined,
      ),
    )
    expect(error.message).to.equal('no')
  })

  it('ends the wait when it is told to stop', async () => {
    const abort = new AbortController()
    const clock = new ManualClock()
    const waiting = rejection(
      withRetries(
        clock,
        async () => {
          throw new Error('no')
        },
        () => 60_000,
        abort.signal,
      ),
    )
    await clock.advance(0)
    abort.abort()
    expect(await waiting).to.include({ code: 'SHUTDOWN' })
    expect(clock.timers).to.equal(0)
  })
})
