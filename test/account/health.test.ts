import { expect } from 'chai'
import { HealthRecord, type Health } from '../../src/account/health'
import type { CauseCode } from '../../src/vehicle/causes'
import { ManualClock } from '../support/clock'
import { failure, vin } from '../support/scriptedProvider'
import { givenAccount } from './support'

describe('how an account is doing', () => {
  let clock: ManualClock
  let told: Health[]
  let record: HealthRecord
  const fail = (code: CauseCode, retryAfter?: number) => record.failed(failure(code, { retryAfter }).cause)
  const problems = () => told.map(({ problem }) => problem?.code ?? '')

  beforeEach(() => {
    clock = new ManualClock()
    told = []
    record = new HealthRecord(clock, (health) => told.push(health))
  })

  it('is told once when something stands in its way, and once when it is gone, however often it is met', async () => {
    fail('NETWORK')
    await clock.advance(60_000)
    fail('NETWORK')
    record.succeeded()
    record.succeeded()
    expect(problems()).to.deep.equal(['NETWORK', ''])
    expect(told[0]).to.deep.include({ online: false, problemSince: '2026-03-02T12:00:00.000Z' })
    expect(told[1]).to.deep.include({ online: true, lastSuccess: '2026-03-02T12:01:00.000Z' })
  })

  it('is told anew when it is something else', () => {
    fail('NETWORK')
    fail('AUTH_EXPIRED')
    expect(problems()).to.deep.equal(['NETWORK', 'AUTH_EXPIRED'])
  })

  it('knows since when and until when', async () => {
    fail('QUOTA_DAY', 3600)
    await clock.advance(600_000)
    fail('QUOTA_DAY', 3000)
    expect(record.health).to.deep.include({
      online: true,
      problemSince: '2026-03-02T12:00:00.000Z',
      problemUntil: '2026-03-02T13:00:00.000Z',
    })
  })

  it('is told again when the end of the trouble moves, or when it is said in other words', async () => {
    fail('QUOTA_DAY', 3600)
    await clock.advance(60_000)
    fail('QUOTA_DAY', 3600)
    expect(told, 'a minute is nothing').to.have.length(1)
    await clock.advance(1000)
    fail('QUOTA_DAY', 3600)
    expect(told.map(({ problemUntil }) => problemUntil)).to.deep.equal(['2026-03-02T13:00:00.000Z', '2026-03-02T13:01:01.000Z'])
    record.failed(failure('QUOTA_DAY', { retryAfter: 3600, message: 'In other words' }).cause)
    fail('QUOTA_DAY')
    expect(told).to.have.length(4)
    expect(told[3]?.problemSince).to.equal('2026-03-02T12:00:00.000Z')
  })

  for (const code of ['ASLEEP', 'VEHICLE_NOT_YOURS', 'UNSUPPORTED', 'SCOPE_MISSING', 'QUOTA_MINUTE'] as const)
    it(`${code} of one car or call is noted, but no trouble of the account`, () => {
      fail(code)
      expect(told).to.deep.equal([])
      expect(record.health).to.deep.include({ online: true })
      expect(record.health.lastError?.code).to.equal(code)
    })

  it('after a sign-in is well again, unless something else stood in its way', () => {
    fail('AUTH_EXPIRED')
    record.signedIn()
    expect(problems()).to.deep.equal(['AUTH_EXPIRED', ''])
    fail('PROVIDER_DOWN')
    record.signedIn()
    expect(record.health.problem?.code).to.equal('PROVIDER_DOWN')
  })

  it('remembers the last thing that went wrong', () => {
    fail('NETWORK')
    record.succeeded()
    expect(record.health.lastError).to.deep.equal({
      code: 'NETWORK',
      message: 'Scripted NETWORK',
      at: '2026-03-02T12:00:00.000Z',
    })
  })

  it('shows in commands too, where nobody reads: an ended sign-in, and that it is back', async () => {
    const { account, provider, troubles } = givenAccount()
    const lock = () => account.send({ command: 'lock', vehicle: vin(1), origin: 'dialog' })
    const good = provider.onExecute
    provider.onExecute = () => Promise.resolve({ phase: 'refused', cause: failure('AUTH_EXPIRED').cause })
    await lock()
    provider.onExecute = () => Promise.resolve({ phase: 'failed', cause: failure('TIMEOUT').cause })
    await lock()
    expect(troubles, 'a car that does not answer is no trouble of the account').to.deep.equal(['AUTH_EXPIRED'])
    provider.onExecute = good
    await lock()
    expect(troubles).to.deep.equal(['AUTH_EXPIRED', ''])
    account.close()
  })
})
