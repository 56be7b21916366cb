import { expect } from 'chai'
import type { CommandRequest } from '../../src/account/orders'
import type { CauseCode } from '../../src/vehicle/causes'
import { isFinal, type Outcome } from '../../src/vehicle/outcome'
import { tick } from '../support/clock'
import { failure, Gate, vin } from '../support/scriptedProvider'
import { givenAccount, watchAll, type Given } from './support'

const lock: CommandRequest = { command: 'lock', origin: 'dialog' }
const said = ({ phase, cause }: Outcome): string => [phase, cause?.code].filter(Boolean).join(' ')

describe('a command', () => {
  let given: Given
  beforeEach(() => (given = givenAccount()))
  afterEach(() => given.account.close())

  const sent = () => given.provider.count('execute')
  const send = async (request: Partial<CommandRequest>) => (await given.account.send({ ...lock, ...request })).outcome
  const finals = () => given.outcomes.filter(({ phase }) => isFinal(phase))

  describe('is checked before it is sent, and the first check that fails is what is told', () => {
    const wrong: Record<'command' | 'params' | 'vehicle' | 'allowed' | 'capability' | 'quota', () => Partial<CommandRequest>> = {
      command: () => ({ command: 'fly' }),
      params: () => ({ params: { minutes: 99 } }),
      vehicle: () => ({ vehicle: 'nobody' }),
      allowed: () => ({ origin: 'message' }),
      capability: () => ((given.provider.can = { commands: ['lock'], unlisted: [] }), {}),
      quota: () => (given.ledger.refused('day', 600), {}),
    }
    const codes: Record<keyof typeof wrong, CauseCode> = {
      command: 'INVALID_PARAMS',
      params: 'INVALID_PARAMS',
      vehicle: 'VEHICLE_UNKNOWN',
      allowed: 'NOT_ALLOWED',
      capability: 'UNSUPPORTED',
      quota: 'QUOTA_DAY',
    }
    const words: Record<keyof typeof wrong, RegExp> = {
      command: /no command "fly"/,
      params: /^engine-start: the parameter minutes must be at most 15$/,
      vehicle: /not in the account/,
      allowed: /"engine-start" may only be sent from a node/,
      capability: /EX40 cannot do "start the engine". It can: lock\./,
      quota: /used up/,
    }
    const order = Object.keys(wrong) as (keyof typeof wrong)[]
    order.forEach((check, position) => {
      it(`${check} comes ${position === 0 ? 'first' : `before ${order.slice(position + 1).join(', ') || 'sending'}`}`, async () => {
        await given.account.vehicles()
        const good: Partial<CommandRequest> = {
          command: 'engine-start',
          params: { minutes: 5 },
          vehicle: vin(1),
          origin: 'dialog',
        }
        // Everything from this check on is wrong; everything before it is right.
        const request = order.slice(position).reduceRight((all, one) => ({ ...all, ...wrong[one]() }), good)
        const outcome = await send(request)
        expect(said(outcome)).to.equal(`refused ${codes[check]}`)
        expect(outcome.cause?.message).to.match(words[check])
        expect(outcome.cause?.action).to.be.a('string')
        expect(outcome.ok).to.equal(false)
        expect(sent()).to.equal(0)
        expect(given.outcomes.map(said)).to.deep.equal([`refused ${codes[check]}`])
      })
    })

    it('a guarded one is sent when a node names it, or when the account allows it to messages', async () => {
      const guarded = { command: 'engine-start', params: { minutes: 5 } }
      expect(said(await send(guarded))).to.equal('done')
      given.account.close()
      given = givenAccount({ allow: ['engine-start'] })
      expect(said(await send({ ...guarded, origin: 'topic' }))).to.equal('done')
    })

    it('one that the list of the car has no word for is left to the cloud', async () => {
      expect(said(await send({ command: 'refresh' }))).to.equal('done')
    })

    it('a cloud that cannot be asked for its cars fails the command instead of refusing it', async () => {
      given.provider.onList = () => Promise.reject(failure('NETWORK'))
      expect(said(await send({}))).to.equal('failed NETWORK')
      expect(sent()).to.equal(0)
    })

    it('without a sign-in it is refused, and the account says so', async () => {
      given.provider.onCan = () => Promise.reject(failure('AUTH_EXPIRED'))
      expect(said(await send({}))).to.equal('refused AUTH_EXPIRED')
      expect(given.troubles).to.deep.equal(['AUTH_EXPIRED'])
    })
  })

  it('tells each phase once, in order, and ends with exactly one outcome', async () => {
    given.provider.onExecute = (_order, onPhase) => {
      for (const phase of ['accepted', 'sent', 'waking', 'sent', 'accepted'] as const) onPhase(phase)
      return Promise.resolve({ phase: 'delivered', provider: { status: 'DELIVERED' } })
    }
    const own: string[] = []
    const { outcome, vehicle } = await given.account.send(lock, (phase) => own.push(phase.phase))
    expect(own).to.deep.equal(['accepted', 'sent', 'delivered'])
    expect(given.outcomes.map(({ phase }) => phase)).to.deep.equal(own)
    expect(outcome).to.include({ phase: 'delivered', ok: true, command: 'lock' })
    expect(new Set(given.outcomes.map(({ id }) => id)).size).to.equal(1)
    expect(vehicle?.id).to.equal(vin(1))
  })

  it('tells nothing any more once it has ended', async () => {
    let late: () => void = () => undefined
    given.provider.onExecute = (_order, onPhase) => {
      late = () => onPhase('sent')
      return Promise.resolve({ phase: 'done' })
    }
    await send({})
    late()
    expect(given.outcomes.map(said)).to.deep.equal(['accepted', 'done'])
  })

  it('ends well however badly a listener behaves', async () => {
    given.account.on('outcome', () => {
      throw new Error('a listener at fault')
    })
    given.account.on('reading', () => {
      throw new Error('a third one')
    })
    given.provider.onExecute = () => Promise.resolve({ phase: 'done', readings: [{ signal: 'lock.central', value: 'locked' }] })
    const { outcome } = await given.account.send(lock, () => {
      throw new Error('another one')
    })
    expect(said(outcome)).to.equal('done')
    expect(sent()).to.equal(1)
    expect(finals()).to.have.length(1)
    expect(given.account.health.unfinished).to.equal(0)
  })

  it('of which a provider lost track is unknown, not failed: the car may have it', async () => {
    given.provider.onExecute = () => Promise.reject(new TypeError('a fault of ours'))
    const outcome = await send({})
    expect(said(outcome)).to.equal('unknown INTERNAL')
    expect(outcome.ok).to.equal(null)
    expect(sent()).to.equal(1)
  })

  it('waits for the one before it to the same car, but not for those to other cars', async () => {
    given.provider.listed = [1, 2].map((n) => ({ id: vin(n), meta: { model: `Car ${n}` } }))
    const gate = new Gate()
    const started: string[] = []
    given.provider.onExecute = async ({ vehicle, command }) => {
      started.push(`${vehicle.slice(-1)} ${command}`)
      if (started.length === 1) await gate.promise
      return { phase: 'done' }
    }
    const first = send({ vehicle: vin(1) })
    const second = send({ vehicle: vin(1), command: 'unlock' })
    const other = send({ vehicle: vin(2) })
    expect(said(await other)).to.equal('done')
    expect(started).to.deep.equal(['1 lock', '2 lock'])
    expect(given.account.health.unfinished).to.equal(2)
    gate.open()
    await Promise.all([first, second])
    expect(started).to.deep.equal(['1 lock', '2 lock', '1 unlock'])
  })

  it('behind one that failed is sent all the same', async () => {
    given.provider.onExecute = () => Promise.resolve({ phase: 'failed', cause: failure('ASLEEP').cause })
    const [first, second] = await Promise.all([send({}), send({ command: 'unlock' })])
    expect([said(first), said(second)]).to.deep.equal(['failed ASLEEP', 'failed ASLEEP'])
    expect(sent()).to.equal(2)
  })

  it('as a dry run does every check, says what would be sent, and sends nothing', async () => {
    const outcome = await send({ dryRun: true })
    expect(outcome).to.deep.include({
      phase: 'checked',
      ok: true,
      wouldSend: { method: 'POST', path: '/vehicles/{vin}/lock' },
      cost: 1,
    })
    expect(said(await send({ dryRun: true, command: 'honk' }))).to.equal('refused UNSUPPORTED')
    expect(sent()).to.equal(0)
    expect(given.ledger.status().usedToday).to.equal(0)
  })

  it('whose answer carries the state of the car tells it, and the account takes it in', async () => {
    given.provider.onExecute = () =>
      Promise.resolve({ phase: 'done', readings: [{ signal: 'lock.central', value: 'locked', observedAt: given.clock.now() }] })
    expect((await send({})).state).to.deep.equal({ lock: { central: 'locked' } })
    expect(given.account.snapshot(vin(1)).lock).to.deep.equal({ central: 'locked' })
  })

  it('is followed by one look at what it changed, five seconds later', async () => {
    watchAll(given, 3600)
    await given.clock.advance(1000)
    const before = given.provider.reads().length
    await send({})
    await given.clock.advance(4999)
    expect(given.provider.reads()).to.have.length(before)
    await given.clock.advance(1)
    expect(
      given.provider
        .reads()
        .slice(before)
        .map(({ groups }) => groups),
    ).to.deep.equal([['lock']])
  })

  it('that nobody watches the effect of costs no further call', async () => {
    await send({})
    await given.clock.advance(60_000)
    expect(given.provider.count('read')).to.equal(0)
  })

  describe('under way when the account closes', () => {
    it('ends as unknown when it may have left', async () => {
      given.provider.onExecute = (_order, onPhase, signal) => {
        onPhase('sent')
        return new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ phase: 'unknown', cause: failure('SHUTDOWN').cause })),
        )
      }
      const work = send({})
      while (sent() === 0) await tick()
      given.account.close()
      const outcome = await work
      expect(said(outcome)).to.equal('unknown SHUTDOWN')
      expect(outcome.ok).to.equal(null)
      expect(finals()).to.have.length(1)
    })

    it('ends as refused when it still waits in line, and is never sent', async () => {
      const gate = new Gate()
      given.provider.onExecute = async () => {
        await gate.promise
        return { phase: 'done' }
      }
      const first = send({})
      const second = send({ command: 'unlock' })
      while (sent() === 0) await tick()
      given.account.close()
      gate.open()
      expect(said(await first)).to.equal('done')
      expect(said(await second)).to.equal('refused SHUTDOWN')
      expect(sent()).to.equal(1)
      expect(finals()).to.have.length(2)
    })

    it('ends as refused while it is still being checked', async () => {
      const gate = new Gate()
      given.provider.onCan = () => gate.promise
      const work = send({})
      while (given.provider.count('can') === 0) await tick()
      given.account.close()
      gate.open()
      expect(said(await work)).to.equal('refused SHUTDOWN')
      expect(sent()).to.equal(0)
    })

    it('is refused when it comes after that', async () => {
      given.account.close()
      expect(said(await send({}))).to.equal('refused SHUTDOWN')
    })
  })
})
