import { expect } from 'chai'
import { Caller, type Fault, type Retry } from '../../src/cloud/call'
import type { HttpRequest } from '../../src/cloud/http'
import { Ledger, type QuotaRules } from '../../src/cloud/quota'
import { DrivewayError, type CauseCode } from '../../src/vehicle/causes'
import { ManualClock } from '../support/clock'
import { CountedTokens, rush, ScriptedCloud, watchedHttp, type Scripted } from '../support/scriptedCloud'

const faults: Record<number, [CauseCode, Retry, Fault['phase']]> = {
  400: ['INVALID_PARAMS', 'no', 'refused'],
  401: ['AUTH_REVOKED', 'renew', 'refused'],
  402: ['KEY_INVALID', 'key', 'refused'],
  403: ['QUOTA_DAY', 'no', 'refused'],
  409: ['CONFLICT', 'once', 'refused'],
  429: ['QUOTA_MINUTE', 'wait', 'refused'],
  500: ['PROVIDER_ERROR', 'backoff', 'unknown'],
}

const get: HttpRequest = { method: 'GET', path: '/x', template: '/x' }
const post: HttpRequest = { method: 'POST', path: '/x', template: '/x' }

describe('one call of a cloud', () => {
  const open: ScriptedCloud[] = []
  afterEach(async () => {
    for (const cloud of open.splice(0)) await cloud.close()
  })

  async function given(
    answers: Scripted[],
    { rules = { commandReserve: 0 }, tokens = new CountedTokens() }: { rules?: QuotaRules; tokens?: CountedTokens } = {},
  ) {
    const clock = new ManualClock()
    const cloud = await ScriptedCloud.open()
    open.push(cloud)
    cloud.on('GET /x', ...answers).on('POST /x', ...answers)
    const http = watchedHttp(cloud, clock)
    const ledger = new Ledger(rules, clock, 'Volvo')
    const abort = new AbortController()
    const caller = new Caller({
      http,
      tokens,
      ledger,
      clock,
      headers: (token) => ({ authorization: `Bearer ${token}` }),
      classify: ({ status }) => {
        const [code, retry, phase] = faults[status] ?? []
        const retryAfter = status === 429 ? 20 : status === 403 ? 7200 : undefined
        return code && retry && phase ? { phase, retry, cause: { code, message: `refused with ${code}`, retryAfter } } : undefined
      },
    })
    const started = clock.now()
    return {
      cloud,
      clock,
      ledger,
      tokens,
      abort,
      http,
      read: () => rush(clock, http, caller.read(get, abort.signal)),
      command: (onWritten?: () => void) => rush(clock, http, caller.command(post, abort.signal, onWritten)),
      passed: () => (clock.now() - started) / 1000,
      bearers: () => cloud.seen.map(({ headers }) => headers.authorization),
    }
  }

  const failing = async (work: Promise<unknown>): Promise<DrivewayError> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    )
    expect(error).to.be.instanceOf(DrivewayError)
    return error as DrivewayError
  }

  describe('that reads', () => {
    it('gives the answer and spends one call', async () => {
      const { read, cloud, ledger, bearers } = await given([{ body: { a: 1 } }])
      expect((await read()).body).to.deep.equal({ a: 1 })
      expect(cloud.seen).to.have.length(1)
      expect(bearers()).to.deep.equal(['Bearer t1'])
      expect(ledger.status().usedToday).to.equal(1)
    })

    it('tries a broken cloud again after about 1, 2 and 4 seconds, then tells', async () => {
      const { read, cloud, passed, ledger } = await given([{ status: 500 }])
      expect((await failing(read())).code).to.equal('PROVIDER_ERROR')
      expect(cloud.seen).to.have.length(4)
      expect(passed()).to.be.within(5, 9)
      expect(ledger.status().usedToday).to.equal(4)
    })

    it('gives the answer of a cloud that recovers', async () => {
      const { read } = await given([{ status: 500 }, { cut: true }, { status: 200, body: { a: 1 } }])
      expect((await read()).status).to.equal(200)
    })

    it('does not repeat what will not change', async () => {
      const { read, cloud } = await given([{ status: 400 }])
      expect((await failing(read())).code).to.equal('INVALID_PARAMS')
      expect(cloud.seen).to.have.length(1)
    })

    it('repeats a conflict once after five seconds', async () => {
      const { read, cloud, passed } = await given([{ status: 409 }])
      expect((await failing(read())).code).to.equal('CONFLICT')
      expect(cloud.seen).to.have.length(2)
      expect(passed()).to.equal(5)
    })

    it('takes a new token once when the old one is refused', async () => {
      const { read, bearers } = await given([{ status: 401 }, { status: 200, body: {} }])
      expect((await read()).status).to.equal(200)
      expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t2'])
    })

    it('says that the sign-in was withdrawn when the new token is refused as well', async () => {
      const { read, bearers } = await given([{ status: 401 }])
      expect((await failing(read())).code).to.equal('AUTH_REVOKED')
      expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t2'])
    })

    it('tells why no new token could be had', async () => {
      const tokens = new CountedTokens(new DrivewayError({ code: 'AUTH_EXPIRED', message: 'signed out' }))
      const { read, cloud } = await given([{ status: 401 }], { tokens })
      expect((await failing(read())).code).to.equal('AUTH_EXPIRED')
      expect(cloud.seen).to.have.length(1)
    })

    it('does not give up a good key that is refused at random', async () => {
      const { read, passed, tokens } = await given([{ status: 402 }, { status: 200, body: {} }])
      expect((await read()).status).to.equal(200)
      expect(passed()).to.equal(5)
      expect(tokens.renewals).to.equal(0)
    })

    it('tries a refused key with the old token after a pause, then with a new one, then tells', async () => {
      const { read, bearers, passed } = await given([{ status: 402 }])
      expect((await failing(read())).code).to.equal('KEY_INVALID')
      expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t1', 'Bearer t2'])
      expect(passed()).to.equal(5)
    })

    it('waits as long as the cloud says when it was asked too often', async () => {
      const { read, passed, cloud } = await given([{ status: 429 }, { status: 200, body: {} }])
      expect((await read()).status).to.equal(200)
      expect(passed()).to.be.within(20, 22)
      expect(cloud.seen).to.have.length(2)
    })

    it('waits for its own minute window instead of being refused', async () => {
      const { read, passed } = await given([{ status: 200, body: {} }], { rules: { perMinute: 1, commandReserve: 0 } })
      await read()
      await read()
      expect(passed()).to.be.within(59, 63)
    })

    it('asks no more today when the cloud says that the day is used up', async () => {
      const { read, cloud } = await given([{ status: 403 }])
      const first = await failing(read())
      expect([first.code, first.cause.retryAfter]).to.deep.equal(['QUOTA_DAY', 7200])
      const second = await failing(read())
      expect(second.code).to.equal('QUOTA_DAY')
      expect(second.cause.retryAfter).to.be.within(7199, 7200)
      expect(cloud.seen).to.have.length(1)
    })

    it('ends a wait at once when the account closes', async () => {
      const { clock, read, abort, cloud, ledger } = await given([{ status: 409 }])
      clock.after(2000, () => abort.abort())
      expect((await failing(read())).code).to.equal('SHUTDOWN')
      expect([cloud.seen.length, ledger.status().usedToday]).to.deep.equal([1, 1])
    })
  })

  describe('that sends a command', () => {
    const outcome = async (work: Promise<{ response: unknown } | { fault: Fault }>): Promise<string> => {
      const result = await work
      return 'fault' in result ? `${result.fault.phase} ${result.fault.cause.code}` : 'answered'
    }

    it('never sends it again after an answer that leaves its fate open', async () => {
      for (const status of [500, 409, 429]) {
        const { command, cloud } = await given([{ status }])
        expect(await outcome(command())).to.match(/PROVIDER_ERROR|CONFLICT|QUOTA_MINUTE/)
        expect(cloud.seen, String(status)).to.have.length(1)
      }
    })

    it('never sends it again when the connection broke after it was written', async () => {
      const { command, cloud } = await given([{ cut: true }])
      expect(await outcome(command())).to.equal('unknown NETWORK')
      expect(cloud.seen).to.have.length(1)
    })

    it('tells that nothing happened when nobody listens', async () => {
      const { command, cloud } = await given([])
      await cloud.close()
      open.pop()
      let written = false
      expect(await outcome(command(() => (written = true)))).to.equal('failed NETWORK')
      expect(written).to.equal(false)
    })

    it('sends it once more with a new token after a 401, which has not reached the car', async () => {
      for (const status of [401, 402]) {
        const { command, bearers, passed } = await given([{ status }, { status: 200, body: {} }])
        expect(await outcome(command())).to.equal('answered')
        expect(bearers()).to.deep.equal(['Bearer t1', 'Bearer t2'])
        expect(passed()).to.equal(0)
      }
    })

    it('gives up after the second 401', async () => {
      const { command, cloud } = await given([{ status: 401 }])
      expect(await outcome(command())).to.equal('refused AUTH_REVOKED')
      expect(cloud.seen).to.have.length(2)
    })

    it('is refused when no token can be had, and fails when the sign-in is out of service', async () => {
      for (const [code, phase] of [
        ['AUTH_EXPIRED', 'refused'],
        ['PROVIDER_DOWN', 'failed'],
      ] as const) {
        const tokens = new CountedTokens(new DrivewayError({ code, message: 'no token' }))
        const { command } = await given([{ status: 401 }], { tokens })
        expect(await outcome(command())).to.equal(`${phase} ${code}`)
      }
    })

    it('is refused without a call when the minute is used up', async () => {
      const { command, cloud } = await given([{ status: 200, body: {} }], { rules: { commandsPerMinute: 1, commandReserve: 0 } })
      expect(await outcome(command())).to.equal('answered')
      expect(await outcome(command())).to.equal('refused QUOTA_MINUTE')
      expect(cloud.seen).to.have.length(1)
    })

    it('is unknown when the deadline passes while the car works', async () => {
      const { cloud, clock, http, tokens, ledger, abort } = await given([{ silent: true }])
      const caller = new Caller({ http, tokens, ledger, clock, headers: () => ({}), classify: () => undefined })
      const work = caller.command({ ...post, timeoutMs: 160_000 }, abort.signal)
      while (cloud.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
      await clock.advance(159_000)
      expect(http.underWay).to.equal(1)
      await clock.advance(1000)
      expect(await outcome(work)).to.equal('unknown TIMEOUT')
    })

    it('is unknown when the account closes while the car works', async () => {
      const { cloud, command, abort } = await given([{ silent: true }])
      const work = command()
      while (cloud.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
      abort.abort()
      expect(await outcome(work)).to.equal('unknown SHUTDOWN')
    })
  })
})
