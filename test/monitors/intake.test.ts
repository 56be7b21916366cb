import { expect } from 'chai'
import { hours, minutes, seconds } from '../../src/clock'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { Seen } from '../../src/monitors/seen'
import { forgetHookSecret, hookSecret } from '../../src/monitors/secret'
import { ManualClock, tick } from '../support/clock'
import { failure, Gate } from '../support/scriptedProvider'
import { DeliveredTo, fired, givenDeliveredTo, vin } from './deliveredTo'

/** Times of the messages, within the day of the clock. */
const at = (time: string) => `2026-03-02T${time}Z`

describe('what is delivered to an account', () => {
  let home: DeliveredTo
  let close: () => Promise<void>

  beforeEach(async () => {
    ;({ home, close } = await givenDeliveredTo())
    home.start()
  })
  afterEach(() => close())

  it('is told as an event, and is known of the car from then on', async () => {
    expect(await home.post(fired(at('11:59:30')))).to.deep.equal({ status: 200 })
    const [event] = home.told
    expect(home.told).to.have.length(1)
    expect(event).to.include({ name: 'monitor', source: 'push', late: false, detectedWithin: 30 })
    expect(event?.details).to.deep.include({
      refresh: false,
      values: [{ data: 'vehicle.energy.electric.level', value: '19.5' }],
    })
    expect(home.account.snapshot(vin).battery).to.deep.equal({ stateOfCharge: 19.5 })
  })

  it('may come already parsed, as bytes, with the secret in the header too, and as a batch without', async () => {
    const body = fired(at('11:00:00'))
    const { secret } = home.inbox
    expect(await home.post('', { body })).to.deep.equal({ status: 200 })
    expect(await home.post('', { body: Buffer.from(JSON.stringify(fired(at('11:01:00')))) })).to.deep.equal({ status: 200 })
    expect(await home.post(fired(at('11:02:00')), { headers: { 'x-driveway-secret': secret } })).to.deep.equal({ status: 200 })
    expect(await home.post([fired(at('11:03:00')), fired(at('11:04:00'))])).to.deep.equal({ status: 200 })
    expect(home.told).to.have.length(5)
  })

  it('is told in the order in which it happened, and what comes too late for that is marked', async () => {
    await home.post([fired(at('11:03:00'), '17'), fired(at('11:01:00'), '19'), fired(at('11:02:00'), '18')])
    await home.post(fired(at('11:02:30'), '17.5'))
    expect(home.levels).to.deep.equal(['19', '18', '17', '17.5'])
    expect(home.told.map(({ late }) => late)).to.deep.equal([false, false, false, true])
    // What is older does not become the present.
    expect(home.account.snapshot(vin).battery?.stateOfCharge).to.equal(17)
  })

  it('is told once, however often it comes', async () => {
    const message = fired(at('11:00:00'))
    await Promise.all([home.post(message), home.post(message), home.post([message, message])])
    await home.post(message)
    expect(home.told).to.have.length(1)
    await home.post({ ...message, monitorEvent: { ...message.monitorEvent, monitorId: 'm2' } })
    expect(home.told).to.have.length(2)
  })

  it('is told once for 72 hours, also over a restart', async () => {
    const message = fired(at('11:00:00'))
    await home.post(message)
    home.kill()
    await home.clock.advance(hours(71.9))
    home.start()
    expect(await home.post(message)).to.deep.equal({ status: 200 })
    expect(home.told).to.have.length(1)
    await home.clock.advance(hours(0.2))
    await home.post(message)
    expect(home.told).to.have.length(2)
  })

  it('is not acknowledged when it was not handed on, and arrives when it comes again', async () => {
    home.kill()
    let isDown = true
    home.start(
      (hand) =>
        (...given) =>
          isDown ? Promise.reject(failure('INTERNAL')) : hand(...given),
    )
    expect(await home.post([fired(at('11:00:00'), '19'), fired(at('11:01:00'), '18')])).to.deep.equal({ status: 500 })
    expect(home.told).to.have.length(0)
    isDown = false
    expect(await home.post([fired(at('11:01:00'), '18'), fired(at('11:00:00'), '19')])).to.deep.equal({ status: 200 })
    expect(home.levels).to.deep.equal(['19', '18'])
    expect(home.told.some(({ late }) => late)).to.equal(false)
  })

  it('is handed on up to the first that fails; the rest comes again in order', async () => {
    home.kill()
    let left = 1
    home.start(
      (hand) =>
        (...given) =>
          left-- > 0 ? hand(...given) : Promise.reject(failure('INTERNAL')),
    )
    const batch = [fired(at('11:00:00'), '19'), fired(at('11:01:00'), '18'), fired(at('11:02:00'), '17')]
    expect((await home.post(batch)).status).to.equal(500)
    expect(home.levels).to.deep.equal(['19'])
    left = 10
    expect((await home.post(batch)).status).to.equal(200)
    expect(home.levels).to.deep.equal(['19', '18', '17'])
  })

  it('is neither lost nor doubled when Node-RED is killed between receipt and hand-on', async () => {
    home.kill()
    // The process never gets as far as handing it on.
    home.start(() => () => new Promise(() => undefined))
    let answered = false
    void home.post(fired(at('11:00:00'))).then(() => (answered = true))
    for (let round = 0; round < 20; round++) await tick()
    expect(answered, 'no acknowledgement').to.equal(false)
    home.kill()
    home.start()
    expect((await home.post(fired(at('11:00:00')))).status).to.equal(200)
    await home.post(fired(at('11:00:00')))
    expect(home.told).to.have.length(1)
  })

  it('is not doubled when Node-RED is killed after the acknowledgement', async () => {
    await home.post(fired(at('11:00:00')))
    // Nothing is given time to be written down.
    home.kill()
    home.start()
    await home.post(fired(at('11:00:00')))
    expect(home.told).to.have.length(1)
  })

  it('is not acknowledged before it is written down that it was handed on', async () => {
    home.kill()
    const disk = new Gate()
    const slow = { ...home.disk, save: (name: string) => (name.startsWith('seen') ? disk.promise : Promise.resolve()) }
    home.start(undefined, slow)
    let answered = false
    const answer = home.post(fired(at('11:00:00'))).then((taken) => {
      answered = true
      return taken
    })
    for (let round = 0; round < 20; round++) await tick()
    expect([home.told.length, answered]).to.deep.equal([1, false])
    disk.open()
    expect(await answer).to.deep.equal({ status: 200 })
  })

  it('is refused without a word where the secret is wrong or the account is not there', async () => {
    const wrong = [
      await home.post(fired(at('11:00:00')), { secret: 'another-secret-of-letters' }),
      await home.post(fired(at('11:00:00')), { secret: '' }),
      await home.post(fired(at('11:00:00')), { account: 'nobody' }),
      await home.post('{', { account: 'nobody' }),
      await home.post(fired(at('11:00:00')), { secret: 'x', contentLength: 5_000_000 }),
      await home.post(fired(at('11:00:00')), { headers: { 'x-driveway-secret': 'wrong' } }),
    ]
    for (const taken of wrong) expect(taken).to.deep.equal({ status: 401 })
    expect(home.told).to.have.length(0)
  })

  it('must not be larger than a megabyte', async () => {
    expect(await home.post(fired(at('11:00:00')), { contentLength: 1024 * 1024 + 1 })).to.deep.equal({ status: 413 })
    expect(await home.post(`"${'x'.repeat(1024 * 1024)}"`, { contentLength: undefined })).to.deep.equal({ status: 413 })
    const large = fired(at('11:00:00'))
    large.attributes?.push({ key: 'pad', value: 'x'.repeat(1024 * 1024 - 2000) })
    expect(await home.post(large)).to.deep.equal({ status: 200 })
  })

  for (const body of ['', '{', '{"a":', 'hello', '[1,', undefined])
    it(`must be JSON, which ${JSON.stringify(body)} is not`, async () => {
      const { secret } = home.inbox
      expect(await home.intake.receive({ account: 'acc', secret, body, headers: {}, query: {} })).to.deep.equal({ status: 400 })
    })

  for (const body of [null, 1, 'text', true, {}, [], [[]], [null], { type: 'Monitor' }, { monitorEvent: 3 }, { type: 'Remote' }])
    it(`is acknowledged and forgotten where it is no delivery: ${JSON.stringify(body)}`, async () => {
      expect(await home.post(JSON.stringify(body))).to.deep.equal({ status: 200 })
      expect(home.told).to.have.length(0)
      expect(home.strange).to.have.length(Array.isArray(body) ? body.length : 1)
    })

  it('about a car that is not ours, or that nobody names, changes nothing', async () => {
    expect(await home.post(fired(at('11:00:00'), '19', { vin: 'VR3ZZZSWXR7654321' }))).to.deep.equal({ status: 200 })
    expect(await home.post(fired(at('11:01:00'), '19', { vin: null }))).to.deep.equal({ status: 200 })
    expect(home.told).to.have.length(0)
    expect(home.strange.join()).to.contain('not in the account').and.contain('does not tell of which car')
    expect(home.strange.join()).not.to.contain('VR3ZZZSWXR7654321')
  })

  it('shall come again in a moment while the account restarts, and is refused when it stays away', async () => {
    home.intake.away('acc')
    expect(await home.post(fired(at('11:00:00')))).to.deep.equal({ status: 503, retryAfter: 5 })
    expect(await home.post(fired(at('11:00:00')), { secret: 'wrong' })).to.deep.equal({ status: 401 })
    await home.clock.advance(seconds(20))
    home.intake.open('acc', home.inbox)
    expect(await home.post(fired(at('11:00:00')))).to.deep.equal({ status: 200 })
    home.intake.away('acc')
    await home.clock.advance(minutes(6))
    expect(await home.post(fired(at('11:00:00')))).to.deep.equal({ status: 401 })
  })

  it('shall come again where the account closes meanwhile', async () => {
    home.account.close()
    expect(await home.post(fired(at('11:00:00')))).to.deep.equal({ status: 503, retryAfter: 5 })
  })

  it('is not let go to an account that was deployed anew by the goodbye of the old one', async () => {
    const old = home.inbox
    home.start()
    home.intake.open('acc', home.inbox)
    home.intake.away('acc', old)
    home.intake.close('acc', old)
    expect(home.intake.admit('acc', home.inbox.secret)).to.deep.equal({ status: 200 })
  })

  it('is acknowledged also when the disk is full, which is told once', async () => {
    home.kill()
    const full = {
      ...home.disk,
      save: (name: string) => (name.startsWith('seen') ? Promise.reject(new Error('ENOSPC')) : Promise.resolve()),
    }
    home.start(undefined, full)
    for (const minute of ['00', '01', '02']) expect((await home.post(fired(at(`11:${minute}:00`)))).status).to.equal(200)
    expect(home.troubles).to.have.length(1)
    expect(home.told).to.have.length(3)
  })

  it('makes the car be looked at more often for a while, but not by reminders', async () => {
    const hints: unknown[] = []
    home.account.hint = (car) => hints.push(car.id) > 0
    await home.post(fired(at('11:00:00')))
    await home.post(fired(at('11:10:00'), '19', { refresh: true }))
    expect(hints).to.deep.equal([vin])
    expect(home.told.map(({ details }) => details?.refresh)).to.deep.equal([false, true])
  })

  it('does not become late by a message from the far future', async () => {
    await home.post(fired('2099-01-01T00:00:00Z'))
    await home.clock.advance(minutes(10))
    await home.post(fired(at('12:09:00')))
    expect(home.told.map(({ late }) => late)).to.deep.equal([false, false])
  })
})

describe('messages that were handed on', () => {
  const clock = new ManualClock()
  const troubles: unknown[] = []
  const open = (store = memoryStateStore(), sizes: { pieceSize?: number; pieces?: number } = {}) =>
    new Seen({ store, name: 'acc', clock, onTrouble: (error) => void troubles.push(error), ...sizes })

  it('are remembered in a ring: the oldest are forgotten, on disk too', async () => {
    const disk = memoryStateStore()
    const seen = open(disk, { pieceSize: 10, pieces: 4 })
    await Promise.all(Array.from({ length: 100 }, (_, index) => seen.add(`key-${index}`)))
    expect(seen.size).to.equal(40)
    expect([seen.has('key-99'), seen.has('key-60'), seen.has('key-59'), seen.has('key-0')]).to.deep.equal([
      true,
      true,
      false,
      false,
    ])
    const again = open(disk, { pieceSize: 10, pieces: 4 })
    await again.ready
    expect(again.size).to.equal(40)
    await again.add('key-100')
    expect([again.has('key-100'), again.has('key-70'), again.has('key-69')]).to.deep.equal([true, true, false])
    await again.forget()
    const empty = open(disk, { pieceSize: 10, pieces: 4 })
    await empty.ready
    expect(empty.size).to.equal(0)
  })

  it('cost one write for many at once', async () => {
    let writes = 0
    const disk = memoryStateStore()
    const seen = open({ ...disk, save: (name, value) => (writes++, disk.save(name, value)) })
    await seen.add('first')
    await Promise.all(Array.from({ length: 400 }, (_, index) => seen.add(`key-${index}`)))
    expect(writes).to.be.at.most(3)
  })

  it('survive a file that is not ours', async () => {
    const disk = memoryStateStore()
    await disk.save('seen:acc:0', { v: 1, serial: 'x' })
    const seen = open(disk)
    await seen.ready
    await seen.add('key')
    expect(seen.has('key')).to.equal(true)
    expect(troubles).to.deep.equal([])
  })
})

describe("the secret of an account's address", () => {
  it('is made once, kept, and another one after it is forgotten', async () => {
    const store = memoryStateStore()
    const [one, two] = await Promise.all([hookSecret(store, 'acc'), hookSecret(store, 'acc')])
    expect(one)
      .to.equal(two)
      .and.match(/^[\w-]{32}$/)
    expect(await hookSecret({ ...store }, 'acc'), 'after a restart').to.equal(one)
    expect(await hookSecret(store, 'other')).not.to.equal(one)
    await forgetHookSecret(store, 'acc')
    expect(await hookSecret(store, 'acc')).not.to.equal(one)
  })

  it('may be configured, long enough and fit for an address', async () => {
    const store = memoryStateStore()
    expect(await hookSecret(store, 'acc', 'my-own-long-secret-1')).to.equal('my-own-long-secret-1')
    for (const unfit of ['short', 'with a blank in the middle', 'with/a/slash/in-it-123', 'ü'.repeat(20)]) {
      const refused = await hookSecret(store, 'acc', unfit).catch((error: { code: string }) => error.code)
      expect(refused).to.equal('INVALID_CONFIG')
    }
  })
})
