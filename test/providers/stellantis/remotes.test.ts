import { expect } from 'chai'
import { minutes } from '../../../src/clock'
import { page, vin } from './scripted'
import { givenRemotes, type GivenRemotes } from './remotesSupport'

describe('Sending a Stellantis car a command', () => {
  const open: GivenRemotes[] = []
  const given = async (options?: Parameters<typeof givenRemotes>[0]): Promise<GivenRemotes> => {
    const home = await givenRemotes(options)
    open.push(home)
    return home
  }
  afterEach(async () => {
    for (const { cloud } of open.splice(0)) await cloud.close()
  })

  for (const api of ['v4', 'v1'] as const)
    it(`${api}: goes by a silent channel of our own, and its status is read until it ends`, async () => {
      const { send, statuses, phases, asked, sent, cloud, root, remotes } = await given({ api })
      statuses('Accepted', 'WakingUpVehicle', 'SentToVehicle', 'Success')
      const verdict = await send('lock')
      expect(verdict).to.deep.equal({ phase: 'done', provider: { status: 'Success', requestIds: { remoteActionId: 'r1' } } })
      expect(phases).to.deep.equal(['accepted', 'accepted', 'waking', 'sent'])
      expect(asked().filter((call) => !call.startsWith('GET /user/vehicles?') && call !== 'GET /user/vehicles')).to.deep.equal([
        `GET ${root}`,
        `POST ${root}`,
        `PUT ${root}/ch1/status`,
        `POST ${remotes}`,
        ...Array.from({ length: 4 }, () => `GET ${remotes}/r1`),
      ])
      const action = api === 'v1' ? { action: { locking: { state: 'Locked' } } } : { door: { state: 'Locked' } }
      expect(sent()).to.deep.equal([{ label: 'lock o1', ...action }])
      const channel = JSON.parse(cloud.seen.find(({ method }) => method === 'POST')?.body ?? '') as Record<string, unknown>
      expect(channel).to.deep.include({ type: ['Remote'] })
      expect(channel.label).to.match(/^Driveway #dw-[0-9a-f]{8}$/)
      expect(JSON.stringify(channel)).to.include('"attributes":[{')
    })

  it('uses the channel it made before, also after a restart', async () => {
    const { send, statuses, asked, cloud, root, key } = await given()
    statuses('Success')
    await send('lock')
    await send('unlock')
    expect(asked().filter((call) => call === `POST ${root}`)).to.have.length(1)
    const { label } = JSON.parse(cloud.seen.find(({ method }) => method === 'POST')?.body ?? '') as { label: string }
    const later = await given()
    const kept = { id: 'ch1', status: 'Paused', subscribe: { label, callback: { pushnotif: { devices: ['x'] } } } }
    later.cloud.on(
      `GET ${root}${key}`,
      page('callbacks', [{ id: 'other', status: 'Running', subscribe: { label: 'mine' } }, kept]),
    )
    later.statuses('Success')
    expect(await later.send('lock')).to.include({ phase: 'done' })
    expect(later.asked().filter((call) => /^(POST|PUT|DELETE) \/user\/callbacks/.test(call))).to.deep.equal([])
  })

  it('reads less and less often: after 5, 10, 20, 40, 60 seconds, then each minute; after ten minutes nobody can say', async () => {
    const { send, statuses, clock } = await given()
    const times: number[] = []
    const start = clock.now()
    statuses(() => {
      times.push((clock.now() - start) / 1000)
      return { body: { status: 'SentToVehicle' } }
    })
    const verdict = await send('lock')
    expect(times.slice(0, 7)).to.deep.equal([5, 15, 35, 75, 135, 195, 255])
    expect(verdict).to.deep.include({ phase: 'unknown' })
    expect(verdict.cause).to.deep.include({ code: 'TIMEOUT', action: 'Look at the car before trying again.' })
    expect(clock.now() - start).to.equal(minutes(10))
  })

  it('hears its steps by deliveries, and then need not read', async () => {
    const { send, event, phases, asked } = await given()
    event(1, { type: 'Pending', status: 'Accepted' })
    event(2, { type: 'Pending', status: 'WakingUpVehicle' })
    event(3, { type: 'Pending', status: 'SentToVehicle' })
    event(4, { type: 'Done', status: 'Success', feedbackDetail: 'NoCIDBlacklisted' })
    const verdict = await send('lock')
    expect(verdict).to.deep.include({ phase: 'done' })
    expect(verdict.provider).to.deep.include({ status: 'Success', message: 'NoCIDBlacklisted' })
    expect(phases).to.deep.equal(['accepted', 'accepted', 'waking', 'sent'])
    expect(asked().filter((call) => call.endsWith('/r1'))).to.deep.equal([])
  })

  it('hears an end that was faster than the answer to the order, and takes an object for a status', async () => {
    const { send, provider, clock, asked } = await given()
    const eventStatus = { type: 'Done', status: { RemoteDoneEventStatus: 'AlreadyDone' } }
    const message = { type: 'Remote', date: '2026-03-02T12:00:00Z', remoteEvent: { remoteActionId: 'r1', eventStatus } }
    provider.deliveries.read(message, { headers: {}, query: {}, receivedAt: clock.now() })
    const verdict = await send('lock')
    expect(verdict).to.deep.include({ phase: 'done' })
    expect(verdict.provider).to.deep.include({ status: 'AlreadyDone', message: 'It was so already' })
    expect(asked().filter((call) => call.endsWith('/r1'))).to.deep.equal([])
  })

  it('goes by a webhook of ours where there is one, and reads only when that stays silent', async () => {
    const { send, statuses, event, provider, abort, go, cloud, remotes, key, clock, asked } = await given()
    cloud.on('POST /user/callbacks?client_id=id-1', { body: { callbackId: 'hook', status: 'Running' } })
    await go(
      provider.monitors.createChannel(
        { label: 'Driveway #dw-12345678', transport: 'webhook', target: 'https://x.invalid/h' },
        abort.signal,
      ),
    )
    const byHook = remotes.replace('ch1', 'hook')
    cloud.on(`POST ${byHook}${key}`, { status: 202, body: { remoteActionId: 'r9' } })
    const reads: number[] = []
    const start = clock.now()
    cloud.on(`GET ${byHook}/r9${key}`, () => {
      reads.push((clock.now() - start) / 1000)
      return { body: { status: reads.length < 2 ? 'SentToVehicle' : 'Success' } }
    })
    statuses('Success')
    event(20, { type: 'Pending', status: 'Accepted' }, 'r9')
    expect(await send('lock')).to.include({ phase: 'done' })
    expect(reads).to.deep.equal([15, 50])
    expect(asked().filter((call) => call.includes('/ch1/'))).to.deep.equal([])
  })

  it('is never sent twice: an answer that was lost is looked for in the list of remotes', async () => {
    const { send, statuses, sent, cloud, remotes, key } = await given()
    cloud.on(`POST ${remotes}${key}`, { cut: true })
    cloud.on(
      `GET ${remotes}${key}`,
      page('remoteActions', [{ remoteActionId: 'r0', remote: { label: 'lock o0' } }]),
      page('remoteActions', [
        { remoteActionId: 'r1', remote: { label: 'lock o1', door: { state: 'Locked' } } },
        { remoteActionId: 'r0', remote: { label: 'lock o0' } },
      ]),
    )
    statuses('Success')
    expect(await send('lock')).to.include({ phase: 'done' })
    expect(sent()).to.have.length(1)
  })

  for (const [what, answer, code] of [
    ['a connection that broke', { cut: true }, 'NETWORK'],
    ['a server that was down', { status: 503, body: '<html>' }, 'PROVIDER_DOWN'],
    ['a time-out on the way', { status: 504, body: '' }, 'TIMEOUT'],
    ['an answer that is no JSON', { status: 202, body: 'ok' }, 'SCHEMA_DRIFT'],
    ['an answer without an id', { status: 202, body: { type: 'Doors' } }, 'SCHEMA_DRIFT'],
    ['a fault', { status: 500, body: { code: 50000, message: 'x' } }, 'PROVIDER_ERROR'],
  ] as const)
    it(`after ${what} nobody can say what became of it, and it is not sent again`, async () => {
      const { send, sent, cloud, remotes, key } = await given()
      cloud.on(`POST ${remotes}${key}`, answer)
      const verdict = await send('lock')
      expect(verdict).to.include({ phase: 'unknown' })
      expect(verdict.cause?.code).to.equal(code)
      expect(sent()).to.have.length(1)
    })

  for (const [status, body, phase, code] of [
    [400, { code: 40000, message: 'bad' }, 'refused', 'INVALID_PARAMS'],
    [403, { code: 40300, message: 'scope remote:door:write missing' }, 'refused', 'SCOPE_MISSING'],
    [403, { code: 40300, message: 'Forbidden' }, 'refused', 'VEHICLE_NOT_YOURS'],
    [404, { code: 40410, message: 'No vehicule found' }, 'refused', 'VEHICLE_UNKNOWN'],
    [429, {}, 'refused', 'QUOTA_MINUTE'],
    [501, { code: 'REMOTE_NOT_SUPPORTED', debug: 'ERROR_1', message: 'x' }, 'refused', 'UNSUPPORTED'],
  ] as const)
    it(`a ${status} (${body && 'message' in body ? body.message : 'no text'}) has not reached the car`, async () => {
      const { send, sent, cloud, remotes, root, key } = await given()
      cloud.on(`POST ${remotes}${key}`, { status, body })
      cloud.on(`GET ${root}/ch1${key}`, { body: { id: 'ch1', status: 'Paused' } })
      const verdict = await send('lock')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal([phase, code])
      expect(sent()).to.have.length(1)
    })

  it('is sent once more with a new token after a 401, which has not reached the car', async () => {
    const { send, statuses, sent, cloud, remotes, key, tokens } = await given()
    const refusal = { status: 401, body: { httpCode: '401', httpMessage: 'Unauthorized', moreInformation: 'Token is invalid' } }
    cloud.on(`POST ${remotes}${key}`, refusal, { status: 202, body: { remoteActionId: 'r1' } })
    statuses('Success')
    expect(await send('lock')).to.include({ phase: 'done' })
    expect(sent()).to.have.length(2)
    expect(tokens.renewals).to.equal(1)
  })

  for (const message of ['Callback not found', 'No vehicle found'])
    it(`makes its channel again when the cloud has forgotten it and answers "${message}", which has not reached the car either`, async () => {
      const { send, statuses, asked, sent, cloud, remotes, key, root } = await given()
      const gone = { status: 404, body: { code: 40400, message } }
      cloud.on(`POST ${remotes}${key}`, gone, { status: 202, body: { remoteActionId: 'r1' } })
      cloud.on(`GET ${root}/ch1${key}`, { status: 404, body: { code: 40400, message: 'Not found' } })
      statuses('Success')
      expect(await send('lock')).to.include({ phase: 'done' })
      expect(asked().filter((call) => call === `POST ${root}`)).to.have.length(2)
      expect(sent()).to.have.length(2)
    })

  it('says what occupies the channels when there is no room for one', async () => {
    const { send, cloud, root, key, sent } = await given({ api: 'v1' })
    const five = [1, 2, 3, 4, 5].map((n) => ({
      id: `c${n}`,
      status: 'Running',
      subscribe: { label: `Channel ${n}`, channel: { webhook: {} } },
    }))
    cloud.on(`GET ${root}${key}`, page('channels', five))
    cloud.on(`POST ${root}${key}`, { status: 400, body: { name: 'BAD_REQUEST', debug: 'ERROR_1', message: 'nope' } })
    const verdict = await send('lock')
    expect(verdict).to.include({ phase: 'refused' })
    expect(verdict.cause?.code).to.equal('CONFLICT')
    expect(verdict.cause?.message).to.include('"Channel 3"')
    expect(sent()).to.deep.equal([])
  })

  it('fails, and was not sent, when the channel cannot be had', async () => {
    const { send, cloud, root, key, sent } = await given()
    cloud.on(`GET ${root}${key}`, { status: 503, body: '' })
    const verdict = await send('lock')
    expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['failed', 'PROVIDER_DOWN'])
    expect(sent()).to.deep.equal([])
  })

  it('names the permission in header mode', async () => {
    const { send, statuses, cloud, remotes } = await given({ api: 'v1', own: { headerMode: 'true', userId: 'AP-ACNT1' } })
    statuses('Success')
    await send('wake-up')
    const order = cloud.seen.find(({ method, path }) => method === 'POST' && path === remotes)
    expect(order?.headers['x-cvs-scope']).to.equal(`remote:wakeUp:write VIN:${vin}`)
  })

  it('reads nothing more once the account closes, and says that nobody knows', async () => {
    const { send, abort, clock, statuses, asked } = await given()
    statuses('SentToVehicle')
    clock.after(7000, () => abort.abort())
    const verdict = await send('lock')
    expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['unknown', 'SHUTDOWN'])
    expect(asked().filter((call) => call.endsWith('/r1'))).to.have.length(1)
  })

  it('goes on reading when a read fails, and takes a 501 there for the answer', async () => {
    const { send, statuses } = await given()
    statuses({ status: 404, body: {} }, { status: 500, body: {} }, 'Success')
    expect(await send('lock')).to.include({ phase: 'done' })
    const other = await given({ api: 'v1' })
    other.statuses({ status: 501, body: { code: 'REMOTE_NOT_SUPPORTED', message: 'x' } })
    const verdict = await other.send('lock')
    expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', 'UNSUPPORTED'])
  })

  it('tells what it would send, and sends nothing', async () => {
    const { provider, cloud } = await given()
    const preview = await provider.preview({ id: 'o1', vehicle: vin, command: 'lock', params: {} })
    expect(preview).to.deep.equal({
      method: 'POST',
      path: '/user/vehicles/{id}/callbacks/{channel}/remotes',
      body: { label: 'lock o1', door: { state: 'Locked' } },
    })
    expect(cloud.seen).to.deep.equal([])
    const refused = await provider.preview({ id: 'o', vehicle: vin, command: 'find', params: {} }).then(
      () => undefined,
      (error: { code?: string }) => error.code,
    )
    expect(refused).to.equal('UNSUPPORTED')
  })

  it('keeps vehicle numbers out of what it says', async () => {
    const { send, statuses, cloud, remotes, key } = await given()
    statuses('Success')
    const texts = [JSON.stringify(await send('lock'))]
    cloud.on(`POST ${remotes}${key}`, { status: 400, body: { code: 40000, message: `Vehicle ${vin} is odd` } })
    texts.push(JSON.stringify(await send('lock')))
    expect(texts.join(' ')).not.to.include(vin)
  })

  describe('waking a car', () => {
    it('is done at most six times in twenty minutes', async () => {
      const { send, statuses, clock, sent } = await given()
      statuses('Success')
      for (let n = 0; n < 6; n++) expect(await send('wake-up', {}, `o${n}`)).to.include({ phase: 'done' })
      const verdict = await send('refresh')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', 'QUOTA_WAKEUPS'])
      expect(verdict.cause?.retryAfter).to.be.within(1000, 1200)
      expect(sent()).to.have.length(6)
      expect(await send('lock'), 'another command may find it awake').to.include({ phase: 'done' })
      await clock.advance(minutes(20))
      expect(await send('wake-up')).to.include({ phase: 'done' })
    })

    it('is not tried again in a month in which the cloud wakes it no more', async () => {
      const { send, statuses, clock, sent } = await given()
      statuses({ status: 'TooManyWakeUpsOverMonth' })
      const verdict = await send('lock')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', 'QUOTA_WAKEUPS'])
      const left = (Date.parse('2026-04-01T00:00:00Z') - clock.now()) / 1000
      expect(verdict.cause?.retryAfter).to.equal(left)
      expect((await send('wake-up')).cause).to.deep.include({ code: 'QUOTA_WAKEUPS', retryAfter: left })
      expect(sent()).to.have.length(1)
      await clock.advance(left * 1000)
      statuses('Success')
      expect(await send('wake-up')).to.include({ phase: 'done' })
    })
  })
})
