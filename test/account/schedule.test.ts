import { expect } from 'chai'
import { chargingPolicy, everySeconds } from '../../src/account/policies'
import type { CauseCode } from '../../src/vehicle/causes'
import { days, hours, minutes, seconds } from '../../src/clock'
import { failure, Gate, vin } from '../support/scriptedProvider'
import { givenAccount, watchAll, type Given } from './support'

describe('watching cars', () => {
  let given: Given
  beforeEach(() => (given = givenAccount()))
  afterEach(() => given.account.close())

  const times = (n = 1) => given.provider.reads(vin(n)).map(({ at }) => at)
  const gaps = (n = 1) =>
    times(n)
      .slice(1)
      .map((at, index) => (at - times(n)[index]!) / 1000)
  const cars = (count: number) => {
    given.provider.listed = Array.from({ length: count }, (_, index) => ({ id: vin(index + 1), meta: { model: 'EX30' } }))
  }

  it('asks the cloud nothing and keeps no timer while nobody watches', async () => {
    await given.clock.advance(days(3))
    expect(given.provider.calls).to.deep.equal([])
    expect(given.clock.timers).to.equal(0)
  })

  it('asks nothing more once the last watcher has gone', async () => {
    const stop = watchAll(given, 60)
    await given.clock.advance(minutes(5))
    const before = given.provider.calls.length
    expect(before).to.be.greaterThan(4)
    stop()
    expect(given.clock.timers).to.equal(0)
    await given.clock.advance(days(3))
    expect(given.provider.calls).to.have.length(before)
  })

  it('reads at once, then as often as asked for, at most a twentieth too early', async () => {
    watchAll(given, 300)
    await given.clock.advance(hours(2))
    expect(gaps()).to.have.length.within(24, 26)
    for (const gap of gaps()) expect(gap).to.be.within(285, 300)
    expect(new Set(gaps()).size, 'not in step with anybody').to.be.greaterThan(10)
  })

  it('runs on one timer for all cars and watchers, besides the one that renews the list', async () => {
    cars(5)
    for (let n = 0; n < 4; n++) watchAll(given, 300 + n)
    await given.clock.advance(minutes(20))
    expect(given.clock.timers).to.equal(2)
  })

  it('spreads the cars, so that they do not all come due in the same second for ever', async () => {
    cars(5)
    watchAll(given, 300)
    await given.clock.advance(hours(5))
    const last = [1, 2, 3, 4, 5].map((n) => times(n).at(-1)!)
    expect(Math.max(...last) - Math.min(...last)).to.be.greaterThan(seconds(20))
    expect(new Set(last).size).to.equal(5)
  })

  it('thinks about one car only when a watcher of one car comes to a fleet, or goes', async () => {
    cars(9)
    let asked = 0
    given.account.watch(
      () => true,
      ['lock'],
      () => (asked++, 3600),
    )
    await given.clock.advance(minutes(5))
    asked = 0
    const stop = given.account.watch(({ id }) => id === vin(1), ['lock'], everySeconds(300))
    expect(asked).to.be.within(1, 2)
    await given.clock.advance(minutes(20))
    const read = times(1).length
    expect(read).to.be.within(4, 6)
    asked = 0
    stop()
    expect(asked).to.be.within(1, 2)
    await given.clock.advance(minutes(30))
    expect([times(1).length, times(2).length]).to.deep.equal([read, 1])
  })

  it('shares the calls of the day out anew when the watcher of another car goes', async () => {
    given.account.close()
    given = givenAccount({}, { perDay: 240, commandReserve: 0 })
    cars(2)
    given.account.watch(({ id }) => id === vin(1), ['lock'], everySeconds(60))
    const stop = given.account.watch(({ id }) => id === vin(2), ['lock'], everySeconds(60))
    await given.clock.advance(hours(4))
    const before = times(1).length
    while (times(1).length === before) await given.clock.advance(seconds(1))
    const gap = gaps(1).at(-1)!
    stop()
    const next = (given.account.health.nextRead! - times(1).at(-1)!) / 1000
    expect(next).to.be.within(gap * 0.4, gap * 0.6)
  })

  it('reads at most four cars at the same time', async () => {
    cars(6)
    const gate = new Gate()
    given.provider.onRead = () => gate.promise
    watchAll(given, 300)
    await given.clock.advance(seconds(1))
    expect(given.provider.count('read')).to.equal(4)
    gate.open()
    await given.clock.advance(seconds(1))
    expect(given.provider.count('read')).to.equal(6)
  })

  it('waits for a slow answer before it asks the same car again', async () => {
    const gates: Gate[] = []
    given.provider.onRead = () => {
      gates.push(new Gate())
      return gates.at(-1)!.promise
    }
    watchAll(given, 60)
    await given.clock.advance(minutes(10))
    expect(times()).to.have.length(1)
    gates[0]!.open()
    await given.clock.advance(seconds(60))
    expect(times()).to.have.length(2)
    expect(given.provider.mostAtOnce).to.equal(1)
    gates[1]!.open()
  })

  it('serves the tightest wish for each group, and reads along what is nearly due', async () => {
    given.account.watch(() => true, ['lock'], everySeconds(600))
    given.account.watch(() => true, ['lock', 'doors'], everySeconds(3600))
    await given.clock.advance(hours(3))
    const withDoors = given.provider.reads().filter(({ groups }) => groups.includes('doors'))
    const withLock = given.provider.reads().filter(({ groups }) => groups.includes('lock'))
    expect(withLock.length).to.be.within(18, 20)
    expect(withDoors.length).to.be.within(3, 4)
    expect(
      withDoors.every(({ groups }) => groups.includes('lock')),
      'never by itself',
    ).to.equal(true)
  })

  it('watches only the cars that somebody watches', async () => {
    cars(2)
    given.account.watch((car) => car.id === vin(2), ['lock'], everySeconds(60))
    await given.clock.advance(minutes(5))
    expect(times(1)).to.deep.equal([])
    expect(times(2)).to.have.length.within(5, 7)
  })

  describe('while charging', () => {
    const watchCharging = () =>
      given.account.watch(
        () => true,
        ['battery', 'charging'],
        chargingPolicy({ unplugged: 200, plugged: 200, charging: 120, hinted: 30 }),
      )

    it('reads more often', async () => {
      watchCharging()
      await given.clock.advance(minutes(30))
      const idle = gaps()
      given.provider.says.set(vin(1), { 'charging.status': 'charging', 'charging.connection': 'connected' })
      await given.clock.advance(minutes(30))
      for (const gap of idle) expect(gap).to.be.within(190, 200)
      for (const gap of gaps().slice(-8)) expect(gap).to.be.within(114, 120)
    })

    it('a hint reads fast for ten minutes, then rests for ten before the next one counts', async () => {
      watchCharging()
      await given.clock.advance(minutes(1))
      const [car] = await given.account.vehicles()
      expect(given.account.hint(car!)).to.equal(true)
      expect(given.account.hint(car!), 'during a hint').to.equal(false)
      await given.clock.advance(minutes(10))
      const fast = gaps().filter((gap) => gap <= 30)
      expect(fast.length).to.be.within(18, 22)
      expect(given.account.hint(car!), 'at rest').to.equal(false)
      await given.clock.advance(minutes(10))
      expect(gaps().filter((gap) => gap <= 30)).to.have.length.within(fast.length, fast.length + 1)
      expect(given.account.hint(car!)).to.equal(true)
    })
  })

  describe('when the cloud refuses for quota', () => {
    const refuseOnce = (code: CauseCode, retryAfter?: number) => {
      given.provider.onRead = () => {
        given.provider.onRead = undefined
        return Promise.reject(failure(code, { retryAfter }))
      }
    }

    for (const [interval, wait] of [
      [60, 3600],
      [3600, 20],
    ] as const)
      it(`waits exactly the ${wait} s that it says, with reads each ${interval} s`, async () => {
        cars(2)
        refuseOnce('QUOTA_MINUTE', wait)
        given.provider.listed = given.provider.listed.slice(0, 1)
        watchAll(given, interval)
        await given.clock.advance(seconds(wait) - 1)
        expect(times()).to.have.length(1)
        await given.clock.advance(1)
        expect(times()).to.have.length(2)
        expect(gaps()).to.deep.equal([wait])
      })

    it('holds it for every car', async () => {
      cars(2)
      given.account.watch(({ id }) => id === vin(1), ['lock'], everySeconds(60))
      await given.clock.advance(1)
      refuseOnce('QUOTA_DAY', 1800)
      await given.clock.advance(seconds(61))
      given.account.watch(({ id }) => id === vin(2), ['lock'], everySeconds(60))
      await given.clock.advance(minutes(25))
      expect(times(2)).to.deep.equal([])
      await given.clock.advance(minutes(10))
      expect(times(2)).not.to.deep.equal([])
    })

    it('says so once, and once that it is over', async () => {
      refuseOnce('QUOTA_DAY', 7200)
      watchAll(given, 60)
      await given.clock.advance(hours(3))
      expect(given.troubles).to.deep.equal(['QUOTA_DAY', ''])
    })
  })

  it("reads less often, so that the day's calls last until its end", async () => {
    given.account.close()
    given = givenAccount({}, { perDay: 100, commandReserve: 10 })
    given.provider.onRead = () => Promise.resolve(given.ledger.take('read'))
    given.account.watch(() => true, ['lock'], everySeconds(60))
    await given.clock.advance(hours(11))
    expect(given.ledger.status().leftForReads).to.be.within(1, 20)
    expect(given.troubles).to.deep.equal([])
    const slow = gaps().filter((gap) => gap > 300)
    expect(slow.length, 'none right after the other').to.be.greaterThan(50)
    await given.clock.advance(hours(13))
    expect(given.troubles).to.deep.equal([])
    expect(given.ledger.status().usedToday).to.be.within(1, 90)
  })

  it('stops when our own count of the day is used up by others, keeps the reserve for commands, and says so', async () => {
    given.account.close()
    given = givenAccount({}, { perDay: 100, commandReserve: 10 })
    given.provider.onRead = () => Promise.resolve(given.ledger.take('read'))
    for (let call = 0; call < 90; call++) given.ledger.take('read')
    given.account.watch(() => true, ['lock'], everySeconds(60))
    await given.clock.advance(hours(3))
    expect(given.ledger.status()).to.include({ usedToday: 90, leftForReads: 0 })
    expect(times(), 'nothing is asked in vain').to.deep.equal([])
    expect(given.troubles).to.deep.equal(['QUOTA_DAY'])
    expect(given.account.health.problem?.message).to.match(/used up, the rest is kept for commands/)
    expect(given.account.health.problemUntil).to.match(/^2026-03-03T00:00:00/)
    expect((await given.account.send({ command: 'lock', origin: 'dialog' })).outcome.phase).to.equal('done')
    await given.clock.advance(hours(10))
    expect(given.ledger.status().usedToday, 'the next day').to.be.within(1, 90)
    expect(given.account.health.problem).to.equal(undefined)
  })

  for (const code of ['AUTH_REQUIRED', 'AUTH_EXPIRED', 'AUTH_REVOKED', 'KEY_INVALID'] as const)
    it(`stops on ${code} until somebody signed in, then reads at once`, async () => {
      given.provider.onRead = () => Promise.reject(failure(code))
      watchAll(given, 3600)
      await given.clock.advance(hours(20))
      given.provider.onList = () => Promise.reject(failure(code))
      await given.clock.advance(days(2))
      expect(times()).to.have.length(1)
      expect(given.troubles).to.deep.equal([code])
      expect(given.account.health.online).to.equal(false)
      given.provider.onRead = undefined
      given.provider.onList = undefined
      given.account.resume()
      expect(given.account.health.problem, 'told as mended').to.equal(undefined)
      await given.clock.advance(1)
      expect(times()).to.have.length(2)
      expect(given.troubles).to.deep.equal([code, ''])
    })

  it('goes on without being told when the sign-in turns out to work again', async () => {
    given.provider.onRead = () => Promise.reject(failure('AUTH_EXPIRED'))
    watchAll(given, 600)
    await given.clock.advance(hours(1))
    given.provider.onRead = undefined
    await given.account.send({ command: 'lock', origin: 'dialog' })
    await given.clock.advance(1)
    expect(times()).to.have.length(2)
    expect(given.troubles).to.deep.equal(['AUTH_EXPIRED', ''])
  })

  describe('when the cloud is down', () => {
    it('asks again ever more rarely, at most each two minutes or so, and says it once', async () => {
      given.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN'))
      watchAll(given, 60)
      await given.clock.advance(hours(6))
      const expected = [15, 30, 60, 120, 120, 120, 120]
      expected.forEach((wait, index) => expect(gaps()[index]).to.be.within(wait, wait * 1.2))
      expect(given.troubles).to.deep.equal(['PROVIDER_DOWN'])
    })

    it('does not wait a whole interval for what it could not bring, and goes on as before once it is back', async () => {
      let down = true
      given.provider.onRead = () => (down ? Promise.reject(failure('NETWORK')) : Promise.resolve())
      watchAll(given, 3600)
      await given.clock.advance(seconds(10))
      down = false
      await given.clock.advance(seconds(10))
      expect(times()).to.have.length(2)
      expect(given.troubles).to.deep.equal(['NETWORK', ''])
      await given.clock.advance(hours(3))
      for (const gap of gaps().slice(1)) expect(gap).to.be.within(3420, 3600)
      const before = times().length
      down = true
      await given.clock.advance(hours(1))
      down = false
      await given.clock.advance(hours(1))
      expect(gaps()[before], 'starts again from the shortest wait').to.be.within(15, 18)
      expect(given.troubles).to.deep.equal(['NETWORK', '', 'NETWORK', ''])
    })

    it('waits as long as the cloud asks for', async () => {
      given.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN', { retryAfter: 200 }))
      watchAll(given, 60)
      await given.clock.advance(seconds(300))
      expect(gaps()).to.deep.equal([200])
    })

    it('does not let one car that is not ours slow the others, nor ask for it more often than wished', async () => {
      cars(2)
      given.provider.onRead = (vehicle) => (vehicle === vin(1) ? Promise.reject(failure('VEHICLE_NOT_YOURS')) : Promise.resolve())
      watchAll(given, 3600)
      await given.clock.advance(hours(5))
      expect(times(2)).to.have.length.within(5, 7)
      expect(times(1)).to.have.length.within(5, 7)
      expect(given.troubles).to.deep.equal([])
    })
  })

  it('a part that fails each time is asked for as often as wished, not for ever at once', async () => {
    given.provider.onRead = (_car, groups) =>
      Promise.resolve({ groups: groups.filter((group) => group !== 'doors'), failures: [failure('PROVIDER_ERROR').cause] })
    given.account.watch(() => true, ['lock', 'doors'], everySeconds(300))
    await given.clock.advance(hours(1))
    expect(times()).to.have.length.within(12, 14)
  })

  it('ends all timers when the account closes, also in the middle of an answer', async () => {
    const gate = new Gate()
    watchAll(given, 60)
    await given.clock.advance(minutes(5))
    given.provider.onRead = () => gate.promise
    await given.clock.advance(minutes(1))
    given.account.close()
    gate.open()
    await given.clock.advance(hours(1))
    expect(given.clock.timers).to.equal(0)
    const before = given.provider.calls.length
    watchAll(given, 60)
    await given.clock.advance(hours(1))
    expect(given.provider.calls).to.have.length(before)
  })
})
