import { expect } from 'chai'
import { Ladder } from '../../../src/providers/stellantis/remotesLadder'
import type { Step } from '../../../src/providers/stellantis/remotesBoard'
import { ManualClock } from '../../support/clock'
import { givenRemotes } from './remotesSupport'

/** What `Failed` with this cause makes of a command: phase, code, seconds. */
const causes: [word: string, phase: string, code: string, retryAfter?: number][] = [
  ['GeneralError', 'failed', 'PROVIDER_ERROR'],
  ['VehicleError', 'failed', 'VEHICLE_ERROR'],
  ['WrongCommand', 'refused', 'INVALID_PARAMS'],
  ['VehicleConnectionTimeout', 'failed', 'UNREACHABLE'],
  ['MissingRights', 'refused', 'SCOPE_MISSING'],
  ['AuthorizationError', 'refused', 'SCOPE_MISSING'],
  ['NotPossibleDueToVehicleBatteryLevel', 'refused', 'BATTERY_LOW'],
  ['VehicleBatteryChargeTooLow', 'refused', 'BATTERY_LOW'],
  ['NotPossibleDueToVehiclePrivacyLevel', 'refused', 'PRIVACY'],
  ['PrivacyFull', 'refused', 'PRIVACY'],
  ['TooManyWakeUpsOverMonth', 'refused', 'QUOTA_WAKEUPS', 2_548_800],
  ['TooManyRequestInShortTime', 'refused', 'QUOTA_MINUTE', 60],
  ['TooManyRequestSent', 'refused', 'QUOTA_MINUTE', 60],
  ['SameActionInProgress', 'refused', 'BUSY'],
  ['NotPossibleDueToVehicleStolenState', 'refused', 'CONFLICT'],
  ['StolenVehicle', 'refused', 'CONFLICT'],
  ['VehicleInUse', 'refused', 'IN_USE'],
  ['DoorsOpen', 'refused', 'DOOR_OPEN'],
  ['CidInside', 'refused', 'KEY_INSIDE'],
  ['VehicleErrorOrCidInside', 'failed', 'KEY_INSIDE'],
  ['ExternalChargingSystemError', 'failed', 'VEHICLE_ERROR'],
  ['VehicleChargingSystemError', 'failed', 'VEHICLE_ERROR'],
  ['VehicleIsNotLocked', 'refused', 'CONFLICT'],
  ['CanceledByDriver', 'refused', 'REJECTED'],
  ['HdmiRemoteServiceDeactivated', 'refused', 'REJECTED'],
  ['AlertIdentificationFailedByVehicle', 'failed', 'VEHICLE_ERROR'],
]

function given(now = '2026-03-02T12:00:00Z') {
  const phases: string[] = []
  const drifts: string[] = []
  const clock = new ManualClock(Date.parse(now))
  const ladder = new Ladder(
    clock,
    'r1',
    (phase) => phases.push(phase),
    (where, sample) => drifts.push(`${where} ${sample}`),
  )
  const take = (...steps: Step[]) => steps.map((step) => ladder.take(step)).find((verdict) => verdict !== undefined)
  return { take, phases, drifts, ladder, clock }
}

describe('How a remote of Stellantis ends', () => {
  for (const [word, phase, code, retryAfter] of causes)
    for (const from of ['an event', 'reading'] as const)
      it(`${word}, told by ${from}: ${phase}, ${code}`, () => {
        const { take, drifts } = given()
        const type = from === 'an event' ? { type: 'Done' } : {}
        const verdict = take({ ...type, status: 'Failed', failureCause: word })
        expect([verdict?.phase, verdict?.cause?.code, verdict?.cause?.retryAfter]).to.deep.equal([phase, code, retryAfter])
        expect(verdict?.cause?.message).to.be.a('string').and.not.include(word)
        expect(verdict?.cause?.action).to.match(/\.$/)
        expect(verdict?.provider).to.deep.equal({
          status: 'Failed',
          message: word,
          requestIds: { remoteActionId: 'r1' },
        })
        expect(drifts).to.deep.equal([])
        expect(given().take({ status: 'FAILED', failureCause: word.toLowerCase() })?.cause?.code, 'in any case').to.equal(code)
      })

  it('by a car that did not answer, as far as it had come', () => {
    const timeout = { type: 'Done', status: 'Failed', failureCause: 'VehicleConnectionTimeout' }
    const waking = { type: 'Pending', status: 'WakingUpVehicle' }
    const checking = { type: 'Pending', status: 'CheckingVehicle' }
    const sent = { type: 'Pending', status: 'SentToVehicle' }
    const code = (...steps: Step[]) => {
      const verdict = given().take(...steps, timeout)
      return [verdict?.phase, verdict?.cause?.code]
    }
    expect(code({ type: 'Pending', status: 'Accepted' })).to.deep.equal(['failed', 'UNREACHABLE'])
    expect(code(waking)).to.deep.equal(['failed', 'ASLEEP'])
    expect(code(checking)).to.deep.equal(['failed', 'ASLEEP'])
    expect(code(waking, sent)).to.deep.equal(['unknown', 'TIMEOUT'])
    expect(code(sent)).to.deep.equal(['unknown', 'TIMEOUT'])
  })

  it('well, with what the cloud adds', () => {
    const done = (step: Step, ...before: Step[]) => given().take(...before, step)
    expect(done({ status: 'Success' })).to.deep.equal({
      phase: 'done',
      provider: { status: 'Success', requestIds: { remoteActionId: 'r1' } },
    })
    expect(done({ type: 'Done', status: 'AlreadyDone' })?.provider?.message).to.equal('It was so already')
    for (const feedback of ['NoCIDBlacklisted', 'CIDBlacklisted'])
      expect(done({ type: 'Done', status: 'Success', feedback })?.provider?.message).to.equal(feedback)
    expect(done({ status: 'Success' }, { status: 'VehicleBatteryLevelWarning' })?.provider?.message).to.include('12 V')
  })

  it('not by words on the way', () => {
    const { take, phases } = given()
    for (const status of ['Accepted', 'WakingUpVehicle', 'CheckingVehicle', 'SentToVehicle', 'VehicleBatteryLevelWarning'])
      expect(take({ type: 'Pending', status })).to.equal(undefined)
    expect(phases).to.deep.equal(['accepted', 'waking', 'waking', 'sent'])
  })

  for (const [status, code] of [
    ['VehicleBatteryChargeTooLow', 'BATTERY_LOW'],
    ['TooManyWakeUpsOverMonth', 'QUOTA_WAKEUPS'],
  ] as const) {
    it(`by the status ${status}: at once when it is read or done`, () => {
      expect(given().take({ status })?.cause?.code).to.equal(code)
      expect(given().take({ type: 'Done', status })?.cause?.code).to.equal(code)
    })

    it(`by the status ${status} while pending: after a minute without an end`, async () => {
      const home = await givenRemotes()
      home.statuses(() => ({ status: 500, body: {} }))
      home.event(2, { type: 'Pending', status })
      const start = home.clock.now()
      const verdict = await home.send('lock')
      await home.cloud.close()
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', code])
      expect((home.clock.now() - start) / 1000).to.equal(62)
      const { take, ladder } = given()
      expect(take({ type: 'Pending', status })).to.equal(undefined)
      expect(take({ type: 'Done', status: 'Success' })?.phase, 'an end that comes after all counts').to.equal('done')
      expect(ladder.silence.cause?.code).to.equal(code)
    })
  }

  it('by a failure without a cause, and by one that nobody documented', () => {
    expect(given().take({ status: 'Failed' })?.cause?.code).to.equal('PROVIDER_ERROR')
    expect(given().take({ type: 'Failed', failureCause: 'DoorsOpen' })?.cause?.code).to.equal('DOOR_OPEN')
    const { take, drifts } = given()
    const verdict = take({ type: 'Done', status: 'Failed', failureCause: 'Moonlight' })
    expect([verdict?.phase, verdict?.cause?.code]).to.deep.equal(['failed', 'SCHEMA_DRIFT'])
    expect(drifts).to.deep.equal(['remotes failureCause Moonlight'])
  })

  it('not by a word that nobody documented, unless it is said to be done', () => {
    const { take, drifts } = given()
    expect(take({ status: 'Dreaming' }, { type: 'Pending', status: 'Dreaming' })).to.equal(undefined)
    expect(drifts).to.have.length(2)
    const verdict = take({ type: 'Done', status: 'Dreaming' })
    expect([verdict?.phase, verdict?.cause?.code]).to.deep.equal(['unknown', 'SCHEMA_DRIFT'])
  })

  it('waits for the next month where the year ends', () => {
    const { take } = given('2026-12-31T23:59:00Z')
    expect(take({ status: 'TooManyWakeUpsOverMonth' })?.cause?.retryAfter).to.equal(60)
  })
})
