import { expect } from 'chai'
import { seconds } from '../../../src/clock'
import type { CommandRequest } from '../../../src/account/orders'
import { until } from '../../support/broker'
import { FarDriveway, meta, Reader, state } from './support'

const lock: CommandRequest = { vehicle: 'red', command: 'lock', origin: 'message' }

describe('commands through another Driveway', () => {
  let reader: Reader
  const given = async (options?: Parameters<typeof Reader.open>[0]) => {
    reader = await Reader.open(options)
    await reader.account.vehicles()
    await reader.until(() => reader.account.health.online, 'health')
  }
  afterEach(() => reader.close())

  const asked = async (count = 1) => {
    await until(() => reader.far.asked.length >= count, 'the command')
    return reader.far.asked[count - 1]!
  }
  const phases = () => reader.outcomes.map(({ phase }) => phase)
  const told = { command: 'lock', requestedAt: '2026-03-02T12:00:00.000Z' }

  it('arrive once, with id and parameters, not retained; phases and outcome come back as they were told', async () => {
    await given()
    const sending = reader.account.send({ ...lock, id: 'order-1' })
    const { responseTopic, correlationData, ...rest } = await asked()
    expect(rest).to.deep.equal({ topic: 'home/red/command/lock', retain: false, id: 'order-1', params: {} })
    expect(responseTopic).to.match(/^home\/bridge\/[0-9a-f]{16}\/response$/)
    expect(correlationData).to.equal('order-1')
    const say = (phase: string, more: object = {}) =>
      reader.far.say('red/result/lock', { id: 'order-1', ...told, phase, ok: null, ...more }, false)
    await say('accepted')
    await say('waking')
    await say('sent')
    await say('done', { ok: true, provider: { status: 'COMPLETED', message: 'well' }, finishedAt: '2026-03-02T12:00:07.000Z' })
    const { outcome } = await sending
    expect(outcome).to.deep.include({
      id: 'order-1',
      command: 'lock',
      phase: 'done',
      ok: true,
      provider: { status: 'COMPLETED', message: 'well' },
    })
    expect(phases()).to.deep.equal(['accepted', 'waking', 'sent', 'done'])
    await say('failed', { ok: false })
    await reader.far.say('red/state', state({ battery: { stateOfCharge: 1 } }))
    await reader.value('battery', 'stateOfCharge', 1)
    expect(phases(), 'nothing after the end').to.have.length(4)
    expect(reader.far.asked).to.have.length(1)
  })

  it('may be answered to us alone, or twice', async () => {
    await given()
    const sending = reader.account.send(lock)
    const { id, responseTopic } = await asked()
    const cause = { code: 'ASLEEP', message: 'The car sleeps', action: 'Start it.', retryAfter: 60 }
    for (const phase of ['accepted', 'accepted', 'refused', 'refused'])
      await reader.far.say(`!${responseTopic}`, { id, ...told, phase, ok: false, ...(phase === 'refused' && { cause }) }, false)
    const { outcome } = await sending
    expect(outcome).to.deep.include({ phase: 'refused', ok: false, cause })
    expect(phases()).to.deep.equal(['accepted', 'refused'])
  })

  it('that the broker delivers twice are not taken for refused', async () => {
    await given()
    const sending = reader.account.send(lock)
    const { id } = await asked()
    const cause = { code: 'DUPLICATE', message: 'Taken already' }
    await reader.far.say('red/result/lock', { id, ...told, phase: 'accepted', ok: null }, false)
    await reader.far.say('red/result/lock', { id, ...told, phase: 'refused', ok: false, cause }, false)
    await reader.far.say('red/result/lock', { id, ...told, phase: 'done', ok: true }, false)
    expect((await sending).outcome.phase).to.equal('done')
  })

  it('go their way over MQTT 3.1.1, by the result topic', async () => {
    await given({ version: '3.1.1' })
    const sending = reader.account.send(lock)
    const { id, responseTopic } = await asked()
    expect(responseTopic).to.equal(undefined)
    await reader.far.say('red/result/lock', { id, ...told, phase: 'delivered', ok: true }, false)
    expect((await sending).outcome).to.include({ phase: 'delivered', ok: true })
  })

  it('bring the state that came with the answer, and no event of ours', async () => {
    await given()
    await reader.far.say('red/state', state({ lock: { central: 'unlocked' } }))
    await reader.value('lock', 'central', 'unlocked')
    const sending = reader.account.send(lock)
    const { id } = await asked()
    await reader.far.say(
      'red/result/lock',
      { id, ...told, phase: 'done', ok: true, state: { lock: { central: 'locked' }, wings: { left: 'up' } } },
      false,
    )
    expect((await sending).outcome.state).to.deep.equal({ lock: { central: 'locked' } })
    await reader.value('lock', 'central', 'locked')
    expect(reader.events).to.deep.equal([])
  })

  it('of which nobody says what became end as unknown after 170 s; a late word changes nothing', async () => {
    await given()
    const sending = reader.account.send(lock)
    const { id } = await asked()
    await reader.far.say('red/result/lock', { id, ...told, phase: 'accepted', ok: null }, false)
    await until(() => phases().includes('accepted'), 'the first phase')
    await reader.clock.advance(seconds(169))
    expect(phases()).to.deep.equal(['accepted'])
    await reader.clock.advance(seconds(1))
    const { outcome } = await sending
    expect(outcome).to.include({ phase: 'unknown', ok: null })
    expect(outcome.cause!.code).to.equal('TIMEOUT')
    expect(reader.far.asked).to.have.length(1)
  })

  it('that somebody else sent, or whose results were left on the broker, are none of ours', async () => {
    await given()
    const sending = reader.account.send(lock)
    const { id } = await asked()
    await reader.far.say('red/result/lock', { id: 'other', ...told, phase: 'done', ok: true }, false)
    await reader.far.say('red/result/lock', 'done', false)
    await reader.far.say('red/result/lock', { id, ...told, phase: 'checked', ok: true }, false)
    await reader.far.say('red/result/lock', { id, ...told, phase: 'failed', ok: false }, false)
    expect((await sending).outcome.phase).to.equal('failed')
  })

  it('are not sent while the broker is away, nor when it is back', async () => {
    await given()
    await reader.loseBroker()
    const { outcome } = await reader.account.send(lock)
    expect(outcome).to.include({ phase: 'failed', ok: false })
    expect(outcome.cause!.code).to.equal('NETWORK')
    await reader.regainBroker()
    const far = await FarDriveway.open(reader.broker.url)
    await far.sayAll('red')
    await reader.until(() => reader.account.health.online, 'being back')
    expect(far.asked).to.deep.equal([])
    await far.end()
  })

  it('are not sent again when the connection breaks on their way; their end may come after it is back', async () => {
    await given()
    const sending = reader.account.send(lock)
    const { id } = await asked()
    reader.broker.cut()
    await until(() => reader.connection.state === 'offline', 'losing the connection')
    const far = await FarDriveway.open(reader.broker.url)
    await reader.clock.advance(seconds(5))
    await until(() => reader.connection.state === 'connected', 'the connection being back')
    await far.sayAll('red')
    await reader.until(() => reader.account.health.online, 'health')
    await far.say('red/result/lock', { id, ...told, phase: 'done', ok: true }, false)
    expect((await sending).outcome.phase).to.equal('done')
    expect(far.asked).to.deep.equal([])
    await far.end()
  })

  it('that the broker does not let through have failed', async () => {
    await given()
    reader.broker.options.mayPublish = (topic) => !topic.includes('/command/')
    const { outcome } = await reader.account.send(lock)
    expect(outcome).to.include({ phase: 'failed', ok: false })
    expect(outcome.cause!.code).to.equal('REJECTED')
    expect(reader.far.asked).to.deep.equal([])
  })

  it('are not sent while the other one is away', async () => {
    await given()
    await reader.far.say('bridge/far/state', 'offline')
    await reader.until(() => !reader.account.health.online, 'the other one being away')
    const { outcome } = await reader.account.send(lock)
    expect(outcome.cause!.code).to.equal('PROVIDER_DOWN')
    expect(reader.far.asked).to.deep.equal([])
  })

  it('that the car cannot do, or that a message may not send, do not leave', async () => {
    await given()
    const code = async (request: Partial<CommandRequest>) =>
      (await reader.account.send({ ...lock, ...request })).outcome.cause?.code
    expect(await code({ command: 'honk' })).to.equal('UNSUPPORTED')
    expect(await code({ command: 'unlock' })).to.equal('NOT_ALLOWED')
    expect(await code({ params: { speed: 9 } })).to.equal('INVALID_PARAMS')
    expect(await code({ vehicle: 'green' })).to.equal('VEHICLE_UNKNOWN')
    expect(reader.far.asked).to.deep.equal([])
  })

  it("that the car's own list has no word for are sent: the other one tries them", async () => {
    const capabilities = { commands: ['lock'], unlisted: ['refresh', 'fly'] }
    await given({ prepare: (far) => far.sayAll('red').then(() => far.say('red/meta', { ...meta('red'), capabilities })) })
    const sending = reader.account.send({ ...lock, command: 'refresh', id: 'fresh' })
    expect(await asked()).to.include({ topic: 'home/red/command/refresh', id: 'fresh' })
    await reader.far.say('red/result/refresh', { id: 'fresh', ...told, command: 'refresh', phase: 'delivered', ok: true }, false)
    expect((await sending).outcome.phase).to.equal('delivered')
  })

  it('are shown by a dry run as they would be sent', async () => {
    await given()
    const { outcome } = await reader.account.send({ ...lock, id: 'dry', dryRun: true })
    expect(outcome).to.deep.include({
      phase: 'checked',
      wouldSend: { method: 'PUBLISH', path: 'home/red/command/lock', body: { id: 'dry', params: {} } },
    })
    expect(reader.far.asked).to.deep.equal([])
  })

  it('under way when we stop end as unknown', async () => {
    await given()
    const sending = reader.account.send(lock)
    await asked()
    reader.account.close()
    const { outcome } = await sending
    expect(outcome).to.include({ phase: 'unknown', ok: null })
    expect(outcome.cause!.code).to.equal('SHUTDOWN')
  })
})
