import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import type { Fault } from '../../src/simulator/faults'
import { givenHome, logged, type AnyMessage, type Home } from '../support/home'
import { callsOf, catchAll, codeOf, commandsSent, nothingIsLost, owns } from '../nodes/support'

interface Row {
  kind: string
  /** At the Catch node; absent: what came is used, and nothing is wrong. */
  code?: string
  says?: RegExp
  /** Only a person can mend it, and then deploys. */
  byHand?: true
}

const reads: Row[] = [
  { kind: '401', code: 'KEY_INVALID', says: /API key/, byHand: true },
  { kind: '401-token', code: 'AUTH_REVOKED', says: /sign-in/, byHand: true },
  { kind: '403-quota', code: 'QUOTA_DAY', says: /calls are used up; back at \d\d:\d\d \(in \d+ (min|h)\)/ },
  { kind: '403-scope', code: 'SCOPE_MISSING' },
  { kind: '429', code: 'QUOTA_MINUTE', says: /within a minute/ },
  { kind: '500', code: 'PROVIDER_ERROR' },
  { kind: '502-html', code: 'PROVIDER_DOWN' },
  { kind: '503', code: 'PROVIDER_DOWN' },
  { kind: '504', code: 'TIMEOUT' },
  { kind: 'reset', code: 'NETWORK' },
  { kind: 'timeout', code: 'TIMEOUT' },
  { kind: 'broken-json', code: 'SCHEMA_DRIFT' },
  { kind: 'empty-body', code: 'SCHEMA_DRIFT' },
  { kind: 'empty-data' },
  { kind: 'missing-timestamp' },
  { kind: 'new-word' },
  { kind: 'string-numbers' },
  { kind: 'null-texts' },
]

const commands: Row[] = [
  { kind: '401', code: 'KEY_INVALID' },
  { kind: '401-token', code: 'AUTH_REVOKED' },
  { kind: '403-quota', code: 'QUOTA_DAY', says: /back at \d\d:\d\d/ },
  { kind: '403-scope', code: 'SCOPE_MISSING' },
  { kind: '403-not-yours', code: 'VEHICLE_NOT_YOURS' },
  { kind: '429', code: 'QUOTA_MINUTE' },
  { kind: '500', code: 'PROVIDER_ERROR' },
  { kind: '502-html', code: 'PROVIDER_DOWN' },
  { kind: '503', code: 'PROVIDER_DOWN' },
  { kind: 'reset', code: 'NETWORK' },
  { kind: 'timeout', code: 'TIMEOUT' },
]

const charging = {
  id: 'charging',
  type: 'driveway-charging',
  account: 'acc',
  profile: 'fast',
  emit: 'events',
  wires: [['events']],
}
const state = { id: 'state', type: 'driveway-state', account: 'acc', wires: [['told']] }
const command = { id: 'command', type: 'driveway-command', account: 'acc', command: 'lock', wires: [['result'], ['notDone']] }
const asked = ['battery', 'charging', 'lock']

const givenDrive = (nodes: AnyMessage[]): Promise<Home> =>
  givenHome(async (simulator) => {
    owns(simulator, 'ex40')
    // Ten minutes before the day's quota starts anew.
    await simulator.advance((11 * 60 + 50) * 60)
    return { nodes }
  })

const plain = ({ payload }: AnyMessage): AnyMessage => ({ battery: payload.battery, lock: payload.lock })

describe('when something goes wrong', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  const add = (fault: Partial<Fault> & { kind: string }) => home.simulator.faults.add({ provider: 'volvo', ...fault })

  for (const { kind, code, says, byHand } of reads) {
    const title = code ? `${kind} while reading is ${code} at the Catch node` : `${kind} while reading is no fault`
    it(`${title}; the last good snapshot stays, and polling ${byHand ? 'waits for a person' : 'recovers by itself'}`, async () => {
      home = await givenDrive([charging, state, catchAll])
      const good = await home.ask('state', { groups: asked }, 'told')
      await home.advance(seconds(5))
      add({ kind })
      home.node('state').receive({ groups: asked, maxAge: 0 })
      const isAnswered = () => home.messages('caught').length + home.messages('told').length > 1
      await home.until(isAnswered, 'an answer', minutes(5))
      await home.advance(minutes(1))
      if (code) {
        const { error } = home.messages('caught')[0]!
        expect(error.cause.code).to.equal(code)
        expect(error.message)
          .to.match(says ?? /^[A-Z]/)
          .and.not.match(/status code|undefined|\[object|Error:|<html/)
        expect(error.cause.action).to.match(/\.$/)
        if (kind === '403-quota' || kind === '429') expect(error.cause.retryAfter).to.be.within(1, 3600)
      } else expect(home.messages('caught')).to.deep.equal([])

      const seen = home.messages('told').length
      home.node('state').receive({ groups: asked, maxAge: 99_999 })
      const kept = await home.next('told', undefined, seen)
      if (kind !== 'new-word') expect(plain(kept)).to.deep.equal(plain(good))

      home.simulator.faults.clear()
      // An account on the simulator signs itself in again.
      if (byHand && !code?.startsWith('AUTH_')) {
        const calls = callsOf(home).length
        await home.advance(minutes(3))
        expect(callsOf(home).length, 'it asks no more').to.equal(calls)
        await home.deploy()
      }
      const before = callsOf(home, '/energy/v2').length
      await home.until(() => callsOf(home, '/energy/v2').length > before, 'the next reading', minutes(20))
      await home.advance(seconds(61))
      home.car.plugIn('ac')
      const event = await home.next('events', 'plugged-in')
      expect(event.payload.charging.connection).to.equal('connected')
      expect(home.status('charging')).to.contain('status.')
      expect(home.status('charging')).to.not.match(/offline|quota|key|expired|fault/)
    })
  }

  for (const { kind, code, says } of commands) {
    for (const onFailure of ['error', 'output']) {
      it(`${kind} on a command is ${String(code)} (${onFailure}), and it is not sent twice`, async () => {
        home = await givenDrive([{ ...command, onFailure }, catchAll])
        await home.ask('command', {}, 'result')
        await home.advance(seconds(5))
        const before = commandsSent(home).length
        add({ kind, path: '/commands/lock' })
        const told = await home.ask('command', { kept: 1 }, onFailure === 'error' ? 'caught' : 'notDone')
        const outcome = onFailure === 'error' ? told.outcome : told.payload
        expect(codeOf(told)).to.equal(code)
        expect(outcome.cause.code).to.equal(code)
        expect(outcome.ok).to.not.equal(true)
        expect(outcome.cause.message)
          .to.match(says ?? /^[A-Z]/)
          .and.not.match(/status code|undefined|<html/)
        expect(told.kept).to.equal(1)
        await home.advance(minutes(2))
        const sent = commandsSent(home).length - before
        // What a 401 refused has not reached the car: that one is tried again with a new token.
        expect(sent).to.be.at.most(kind.startsWith('401') ? 2 : 1)
        home.simulator.faults.clear()
        if (kind === '403-quota') await home.advance(minutes(10))
        expect((await home.ask('command', {}, 'result')).payload.ok).to.equal(true)
      })
    }
  }

  it('a word that nobody knows is unknown, told once in the log, and no event', async () => {
    home = await givenDrive([charging, state, catchAll])
    await home.ask('state', { groups: asked }, 'told')
    await home.advance(seconds(5))
    add({ kind: 'new-word', field: 'chargingStatus' })
    await home.advance(minutes(5))
    const { payload } = await home.ask('state', { groups: asked }, 'told')
    expect(payload.charging.status).to.equal('unknown')
    expect(home.topics('events')).to.deep.equal([])
    expect(home.messages('caught')).to.deep.equal([])
    const drifts = logged().filter(({ msg }) => String(msg).includes('schema-drift'))
    expect(drifts).to.have.length(1)
    expect(drifts[0]!.level).to.equal(30)
  })

  it('a flood of questions during a hanging server is answered, each once', async () => {
    home = await givenDrive([state, catchAll])
    await home.ask('state', { groups: asked }, 'told')
    await home.advance(seconds(5))
    add({ kind: 'timeout' })
    for (let n = 0; n < 50; n++) home.node('state').receive({ groups: asked, maxAge: 0, n })
    await home.until(() => home.messages('caught').length >= 50, 'all answers', minutes(10))
    await home.advance(minutes(1))
    expect(new Set(home.messages('caught').map(({ n }) => n)).size).to.equal(50)
    expect(home.messages('caught')).to.have.length(50)
    for (const message of home.messages('caught')) expect(codeOf(message)).to.equal('TIMEOUT')
  })
})
