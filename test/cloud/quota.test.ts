import { expect } from 'chai'
import fc from 'fast-check'
import { days, hours, minutes, seconds } from '../../src/clock'
import { Ledger, type QuotaRules, type Spender } from '../../src/cloud/quota'
import { parseQuotaText } from '../../src/providers/volvo/quotaText'
import { DrivewayError } from '../../src/vehicle/causes'
import { ManualClock } from '../support/clock'

const volvo: QuotaRules = { perMinute: 100, commandsPerMinute: 10, perDay: 10_000, commandReserve: 5 }

describe('The ledger of calls', () => {
  function given(rules: QuotaRules, at = '2026-03-02T12:00:00Z') {
    const clock = new ManualClock(Date.parse(at))
    return { clock, ledger: new Ledger(rules, clock, 'Volvo') }
  }

  function take(ledger: Ledger, spender: Spender, times = 1): void {
    for (let n = 0; n < times; n++) ledger.take(spender)
  }

  function refusal(ledger: Ledger, spender: Spender): DrivewayError {
    try {
      ledger.take(spender)
    } catch (error) {
      if (error instanceof DrivewayError) return error
    }
    throw new Error('It should have been refused')
  }

  it('allows no more reads in a sliding minute than the cloud does, and keeps a few calls for commands', async () => {
    const { clock, ledger } = given(volvo)
    take(ledger, 'read', 50)
    await clock.advance(seconds(30))
    take(ledger, 'read', 45)
    const { code, cause } = refusal(ledger, 'read')
    expect(code).to.equal('QUOTA_MINUTE')
    expect(cause.retryAfter).to.equal(31)
    take(ledger, 'command', 5)
    expect(refusal(ledger, 'command').code).to.equal('QUOTA_MINUTE')
    expect(ledger.status().perMinuteLeft).to.equal(0)
    await clock.advance(seconds(31))
    take(ledger, 'read', 45)
    expect(refusal(ledger, 'read').code).to.equal('QUOTA_MINUTE')
  })

  it('allows ten commands in a sliding minute', async () => {
    const { clock, ledger } = given(volvo)
    take(ledger, 'command', 10)
    expect(refusal(ledger, 'command').code).to.equal('QUOTA_MINUTE')
    take(ledger, 'read')
    await clock.advance(ledger.waitFor('command', 1))
    take(ledger, 'command')
  })

  it('stops reads before the part of the day that commands keep, and says when they are back', async () => {
    const { clock, ledger } = given({ perDay: 100, commandReserve: 5 }, '2026-03-02T21:00:00Z')
    take(ledger, 'read', 95)
    const { code, message, cause } = refusal(ledger, 'read')
    expect(code).to.equal('QUOTA_DAY')
    const back = new Date('2026-03-03T00:00:00Z')
    const local = `${String(back.getHours()).padStart(2, '0')}:${String(back.getMinutes()).padStart(2, '0')}`
    expect(message).to.equal(
      `Volvo: today's calls for reading are used up, the rest is kept for commands; back at ${local} (in 3 h)`,
    )
    expect(cause.retryAfter).to.equal(hours(3) / 1000)
    take(ledger, 'command', 5)
    expect(refusal(ledger, 'command').message).to.equal(`Volvo: today's 100 calls are used up; back at ${local} (in 3 h)`)
    await clock.advance(hours(3))
    take(ledger, 'read')
    expect(ledger.status()).to.include({ usedToday: 1, leftToday: 99, leftForReads: 94 })
  })

  it('learns from the countdown when the day of the cloud begins', async () => {
    const { clock, ledger } = given(volvo, '2026-03-02T21:00:00Z')
    take(ledger, 'read', 3)
    ledger.refused('day', parseQuotaText('Out of call volume quota. Quota will be replenished in 05:00:00.'))
    expect(refusal(ledger, 'command').cause.retryAfter).to.equal(hours(5) / 1000)
    expect(ledger.status()).to.include({ leftToday: 0, leftForReads: 0, blockedUntil: '2026-03-03T02:00:00.000Z' })
    await clock.advance(hours(3.5))
    expect(refusal(ledger, 'read').code, 'UTC midnight is not it').to.equal('QUOTA_DAY')
    await clock.advance(hours(1.5))
    take(ledger, 'read')
    expect(ledger.status()).to.deep.include({ usedToday: 1, leftToday: 9999, resetAt: '2026-03-04T02:00:00.000Z' })
    await clock.advance(days(1))
    expect(ledger.status()).to.deep.include({ usedToday: 0, resetAt: '2026-03-05T02:00:00.000Z' })
  })

  it('waits an hour, or a minute, when the cloud refuses without a time', async () => {
    const { clock, ledger } = given(volvo)
    ledger.refused('day')
    expect(ledger.waitFor('command', 1)).to.equal(hours(1))
    await clock.advance(hours(1))
    expect(ledger.waitFor('read', 1)).to.equal(0)
    ledger.refused('minute')
    expect(refusal(ledger, 'read').cause).to.include({ code: 'QUOTA_MINUTE', retryAfter: 60 })
    ledger.refused('minute', 7)
    expect(ledger.waitFor('read', 1)).to.equal(seconds(7))
  })

  it('says how long several reads together have to wait', async () => {
    const { clock, ledger } = given({ perMinute: 10, commandReserve: 0 })
    take(ledger, 'read', 4)
    await clock.advance(seconds(20))
    take(ledger, 'read', 4)
    expect(ledger.waitFor('read', 2)).to.equal(0)
    expect(ledger.waitFor('read', 3)).to.equal(seconds(41))
    expect(ledger.waitFor('read', 500)).to.equal(seconds(61))
  })

  it('forecasts when reads run out, if before the day is over', async () => {
    const { clock, ledger } = given({ perDay: 1000, commandReserve: 5 })
    expect(ledger.status()).not.to.have.property('forecastEmptyAt')
    for (let n = 0; n < 60; n++) {
      take(ledger, 'read', 5)
      await clock.advance(minutes(1))
    }
    expect(Date.parse(ledger.status().forecastEmptyAt!) - clock.now()).to.be.closeTo(minutes(650 / 5), minutes(12))
    await clock.advance(hours(2))
    expect(ledger.status()).not.to.have.property('forecastEmptyAt')
  })

  it('goes on after a restart where it was, and starts anew from a file that is none', async () => {
    const { clock, ledger } = given(volvo)
    take(ledger, 'command', 10)
    ledger.refused('day', 7200)
    const kept: unknown = JSON.parse(JSON.stringify(ledger))
    const next = new Ledger(volvo, clock, 'Volvo')
    expect(next.restore(kept)).to.equal(true)
    expect(next.status()).to.deep.equal({ ...ledger.status() })
    await clock.advance(hours(2))
    next.take('read')
    const fresh = new Ledger(volvo, clock, 'Volvo')
    for (const broken of [
      undefined,
      null,
      'x',
      {},
      { v: 2 },
      { ...(kept as object), used: -1 },
      { ...(kept as object), calls: ['x'] },
    ]) {
      expect(fresh.restore(broken)).to.equal(false)
    }
    expect(fresh.status().usedToday).to.equal(0)
  })

  it('is not shut for years when the clock was wrong for a moment', () => {
    const clock = new ManualClock(Date.parse('2036-01-01T00:00:00Z'))
    const ledger = new Ledger(volvo, clock, 'Volvo')
    take(ledger, 'command', 10)
    ledger.refused('day', 3600)
    const right = new Ledger(volvo, new ManualClock(), 'Volvo')
    right.restore(JSON.parse(JSON.stringify(ledger)))
    expect(right.waitFor('command', 1)).to.equal(hours(1))
    expect(Date.parse(right.status().resetAt) - new ManualClock().now()).to.be.within(0, days(1))
  })

  it('waits a minute at most after the clock was set back', () => {
    const before = new Ledger(volvo, new ManualClock(Date.parse('2026-03-02T13:00:00Z')), 'Volvo')
    take(before, 'command', 10)
    const { ledger } = given(volvo, '2026-03-02T12:00:00Z')
    ledger.restore(JSON.parse(JSON.stringify(before)))
    expect(ledger.waitFor('command', 1)).to.equal(seconds(61))
  })

  it('never spends too much and never counts nonsense, however calls, refusals and clock jumps mix', () => {
    const step = fc.oneof(
      fc.record({
        kind: fc.constant('take' as const),
        spender: fc.constantFrom<Spender>('read', 'command'),
        times: fc.integer({ min: 1, max: 20 }),
      }),
      fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 0, max: minutes(3) }) }),
      fc.record({
        kind: fc.constant('jump' as const),
        ms: fc.constantFrom(-days(1), -hours(1), -seconds(30), hours(1), days(1), -days(400)),
      }),
      fc.record({
        kind: fc.constant('refused' as const),
        scope: fc.constantFrom<'day' | 'minute'>('day', 'minute'),
        after: fc.option(fc.integer({ min: 0, max: 100_000 }), { nil: undefined }),
      }),
      fc.record({ kind: fc.constant('restart' as const) }),
    )
    const rules = fc.record({
      perMinute: fc.integer({ min: 1, max: 30 }),
      commandsPerMinute: fc.integer({ min: 1, max: 5 }),
      perDay: fc.integer({ min: 1, max: 100 }),
      commandReserve: fc.integer({ min: 0, max: 100 }),
    })
    fc.assert(
      fc.property(rules, fc.array(step, { maxLength: 60 }), (limits, steps) => {
        let now = Date.parse('2026-03-02T12:00:00Z')
        const clock = { now: () => now, after: () => ({ cancel: () => {} }), random: () => 0.5 }
        let ledger = new Ledger(limits, clock, 'Volvo')
        // What was spent since the clock last jumped; the cloud's own clock does not.
        let spent: { at: number; spender: Spender }[] = []
        for (const each of steps) {
          if (each.kind === 'pass') now += each.ms
          if (each.kind === 'jump') {
            now += each.ms
            spent = []
          }
          if (each.kind === 'refused') ledger.refused(each.scope, each.after)
          if (each.kind === 'restart') {
            const next = new Ledger(limits, clock, 'Volvo')
            expect(next.restore(JSON.parse(JSON.stringify(ledger)))).to.equal(true)
            ledger = next
          }
          if (each.kind === 'take') {
            for (let n = 0; n < each.times; n++) {
              const wait = ledger.waitFor(each.spender, 1)
              const day = ledger.status()
              try {
                ledger.take(each.spender)
                expect(wait, 'was free').to.equal(0)
                spent.push({ at: now, spender: each.spender })
                if (each.spender === 'read') expect(day.leftForReads).to.be.above(0)
              } catch (error) {
                if (!(error instanceof DrivewayError)) throw error
                expect(wait, 'had to wait').to.be.above(0)
                expect(error.cause.retryAfter).to.equal(Math.ceil(wait / 1000))
                expect(error.message).not.to.match(/NaN|Infinity|undefined|-\d/)
              }
            }
          }
          const lastMinute = spent.filter(({ at }) => at > now - minutes(1))
          expect(lastMinute.length).to.be.at.most(limits.perMinute)
          expect(lastMinute.filter(({ spender }) => spender === 'command').length).to.be.at.most(limits.commandsPerMinute)
          const status = ledger.status()
          for (const value of Object.values(status)) if (typeof value === 'number') expect(value).to.be.at.least(0).and.below(1e6)
          expect(status.usedToday).to.be.at.most(limits.perDay)
          expect(Date.parse(status.resetAt) - now)
            .to.be.above(0)
            .and.at.most(days(1))
        }
      }),
      { numRuns: 300 },
    )
  })

  it('reads every countdown Volvo writes', () => {
    const texts: Record<string, number | undefined> = {
      'Out of call volume quota. Quota will be replenished in 03:30:56.': 12_656,
      'Quota will be replenished in 00:00:01.': 1,
      'Quota will be replenished in 1.02:03:04.': 93_784,
      'Quota will be replenished in 12.00:00:00': 1_036_800,
      'Out of call volume quota.': undefined,
      'Quota will be replenished in 99 days': undefined,
      '': undefined,
      'at 2026-03-02T10:00:00Z': undefined,
    }
    for (const [text, told] of Object.entries(texts)) expect(parseQuotaText(text), text).to.equal(told)
  })
})
