import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { until } from '../support/broker'
import { Run } from '../support/childProcess'
import { consumer, rabbitPath, RabbitMq, suspended, type Platform } from '../support/rabbitmq'
import { temporaryFolder } from '../support/stage'
import { inversAt, openStream, type OpenStream, type StreamWish } from './support/stream'
import type { ReaderTask } from './support/streamReader'

const limit = 30_000
const at = (value: unknown) => ({ timestamp: new Date().toISOString(), value })
const odometer = (value: number) => ({ mileage_in_kilometers: at(value) })

describe('with RabbitMQ, as INVERS runs it', function () {
  this.timeout(180_000)
  const queues = ['states', 'changes', 'doomed', 'spare', 'shared', 'many', 'poison', 'slow', 'vague', 'moving']
  const dir = temporaryFolder('rabbit-certificates')
  const file = (name: string) => join(dir, name)
  const pem = (name: string) => readFileSync(file(name), 'utf8')
  let broker: RabbitMq
  let platform: Platform
  const ends: (() => unknown)[] = []

  before(async function () {
    if (!rabbitPath) {
      console.log('interop: SKIPPED with RabbitMQ: it is not installed (apt-get install rabbitmq-server)')
      return this.skip()
    }
    const openssl = (...args: string[]) => {
      const { status, stderr } = spawnSync('openssl', args, { cwd: dir })
      if (status !== 0) throw new Error(String(stderr))
    }
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
    openssl('req', '-x509', ...key, '-days', '2', '-subj', '/CN=ca', '-keyout', 'ca.key', '-out', 'ca.crt')
    openssl('req', ...key, '-subj', '/CN=server', '-keyout', 'server.key', '-out', 'server.csr')
    writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1')
    const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
    openssl('x509', '-req', '-in', 'server.csr', ...signer, '-out', 'server.crt')
    broker = await RabbitMq.start({ queues, tls: { ca: file('ca.crt'), cert: file('server.crt'), key: file('server.key') } })
    platform = await broker.platform()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
  })
  after(async () => {
    await platform?.close()
    await broker?.stop()
  })

  const open = async (wish: Partial<StreamWish> = {}): Promise<OpenStream> => {
    const stream = await openStream({ url: broker.url, queues: ['states'], ...wish })
    ends.push(() => stream.end())
    return stream
  }
  /** Once nobody reads it any more: what was not acknowledged is in the queue again by then. */
  const unread = async (queue: string): Promise<number> => {
    while ((await platform.channel.checkQueue(queue)).consumerCount > 0);
    return platform.left(queue)
  }
  const told = (stream: OpenStream) => until(() => stream.health.length > 0, 'a word on the stream', limit)

  it('hands on what comes over TLS, then acknowledges it', async () => {
    const stream = await open({ url: broker.secureUrl, ca: pem('ca.crt') })
    await until(stream.isWell, 'the stream', limit)
    await platform.publish('states', { id: 'tls-1', vehicle: 'K7QX2', state: { central_lock: at('UNLOCKED') } })
    await until(() => stream.pushes.length === 1, 'the event', limit)
    expect(stream.values()).to.deep.equal(['unlocked'])
    await stream.end()
    expect(await unread('states')).to.equal(0)
  })

  it('does not trust a broker that nobody vouches for, and says so', async () => {
    const stream = await open({ url: broker.secureUrl })
    await told(stream)
    expect(stream.problem()).to.include({ code: 'INVALID_CONFIG' })
    expect(stream.problem()?.message).to.match(/certificate that cannot be trusted/)
  })

  const refusals: [what: string, wish: Partial<StreamWish>, code: string, message: RegExp, action: RegExp][] = [
    ['a wrong password', { password: 'wrong' }, 'KEY_INVALID', /name and password/, /consumer's name/],
    ['a wrong user', { user: 'nobody' }, 'KEY_INVALID', /name and password/, /consumer's name/],
    ['a foreign virtual host', { vhost: 'other' }, 'INVALID_CONFIG', /virtual host/, /virtual host/],
    ['a virtual host that is not there', { vhost: 'none' }, 'INVALID_CONFIG', /virtual host/, /virtual host/],
    ['a queue that is not there', { queues: ['gone'] }, 'INVALID_CONFIG', /"gone".*three days/, /Subscribe the topic again/],
    ['a consumer that is suspended', { ...suspended }, 'REJECTED', /may be suspended/, /support/],
    ['no broker', { url: 'amqp://127.0.0.1:9' }, 'NETWORK', /cut off \(ECONNREFUSED\)/, /tried again/],
    ['a host that is none', { url: 'amqps://broker.invalid' }, 'NETWORK', /cut off \(E\w+\)/, /tried again/],
  ]
  for (const [what, wish, code, message, action] of refusals)
    it(`says what is wrong with ${what}, once`, async () => {
      const stream = await open(wish)
      await told(stream)
      const problem = stream.problem()
      expect(problem?.code).to.equal(code)
      expect(problem?.message).to.match(message)
      expect(problem?.action).to.match(action)
      expect(JSON.stringify(problem)).not.to.contain(consumer.user).and.not.to.contain('127.0.0.1')
      expect(stream.health).to.have.length(1)
      expect(stream.invers.pushed('K7QX2', 'lock')).to.equal(false)
    })

  it('goes on with the other queues when one is not there', async () => {
    const stream = await open({ queues: ['states', 'gone'] })
    await told(stream)
    await platform.publish('states', { id: 'beside-1', vehicle: 'K7QX2', state: odometer(1) })
    await until(() => stream.pushes.length === 1, 'the event', limit)
    expect(stream.problem()?.message).to.contain('"gone"')
  })

  it('tells that a queue was deleted while it was read', async () => {
    const stream = await open({ queues: ['doomed'] })
    await until(stream.isWell, 'the stream', limit)
    await platform.channel.deleteQueue('doomed')
    await until(() => !stream.isWell(), 'the end of the queue', limit)
    const action = 'Subscribe the topic again in FleetControl. The queue is tried again every 10 minutes.'
    expect(stream.problem()).to.include({ code: 'INVALID_CONFIG', action })
  })

  it('is cancelled by a broker whose queue is away for a while, does not call it deleted, and reads it when it is back', async function () {
    const stream = await open({ queues: ['moving'] })
    await until(stream.isWell, 'the stream', limit)
    await platform.publish('moving', { id: 'moving-1', vehicle: 'K7QX2', state: odometer(1) })
    await until(() => stream.pushes.length === 1, 'the event before', limit)
    const refusal = await broker.pauseQueue('moving').catch((error: Error) => error.message)
    if (refusal) {
      console.log(`      SKIPPED: this RabbitMQ is made in another way: ${refusal.slice(0, 200)}`)
      return this.skip()
    }
    await until(() => !stream.isWell(), 'the loss', limit)
    expect(stream.problem()).to.include({ code: 'NETWORK', action: 'Wait; it is tried again.' })
    await broker.resumeQueue('moving')
    await until(stream.isWell, 'the return', limit)
    await platform.publish('moving', { id: 'moving-2', vehicle: 'K7QX2', state: odometer(2) })
    await until(() => stream.pushes.length === 2, 'the event after', limit)
    expect(stream.values()).to.deep.equal([1, 2])
  })

  it('sets aside what it cannot read, and goes on', async () => {
    const stream = await open({ queues: ['poison'] })
    await until(stream.isWell, 'the stream', limit)
    const bad = ['not json', '[1]', '"text"', '{}', '{"metadata":{"type":"Trip"}}', 'null', `{"data":"${'x'.repeat(2_000_000)}"}`]
    // Without an id it would be known by its text, which nobody can write down.
    bad.push(`{"metadata":{"type":"Trip"},"data":{"deep":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`)
    for (const text of bad) await platform.publish('poison', Buffer.from(text))
    await platform.publish('poison', { id: 'nobody', data: { vehicle_state: odometer(1) } })
    await platform.publish('poison', { id: 'good', vehicle: 'K7QX2', state: odometer(2) })
    await until(() => stream.pushes.length === 1, 'the good one', limit)
    expect(stream.values()).to.deep.equal([2])
    expect(stream.drifts.filter(({ where }) => where === 'events in poison')).to.have.length(1)
    await stream.end()
    expect(await unread('poison')).to.equal(0)
  })

  it('tries again what could not be handed on, and does not lose it', async () => {
    let failures = 0
    const onPush = async () => {
      if (failures++ < 2) throw new Error('the disk is full')
      return true
    }
    const stream = await open({ queues: ['slow'], onPush })
    await until(stream.isWell, 'the stream', limit)
    await platform.publish('slow', { id: 'again', vehicle: 'K7QX2', state: odometer(7) })
    await until(() => stream.pushes.length === 1, 'the event', limit)
    expect(failures).to.equal(3)
    expect(stream.values()).to.deep.equal([7])
  })

  it('sets aside after three tries what can never be handed on, also when it has no id', async () => {
    let tries = 0
    const onPush = async (_vehicle: string, { readings }: { readings: readonly { value: unknown }[] }) => {
      if (readings[0]?.value !== 13) return true
      tries++
      throw new Error('poison')
    }
    const stream = await open({ queues: ['slow'], onPush })
    await until(stream.isWell, 'the stream', limit)
    const data = { vehicle_id: 'K7QX2', state: odometer(13) }
    await platform.publish('slow', Buffer.from(JSON.stringify({ metadata: { type: 'VehicleStateRecorded' }, data })))
    await until(() => stream.drifts.some(({ where }) => where === 'events in slow'), 'setting it aside', limit)
    await platform.publish('slow', { id: 'after', vehicle: 'K7QX2', state: odometer(14) })
    await until(() => stream.pushes.length === 1, 'the next one', limit)
    expect(tries).to.equal(3)
    await stream.end()
    expect(await unread('slow')).to.equal(0)
  })

  it('leaves with the broker what was not handed on when it ends', async () => {
    let came = 0
    const onPush = () => new Promise<boolean>(() => void came++)
    const first = await open({ queues: ['slow'], onPush })
    await until(first.isWell, 'the stream', limit)
    await platform.publish('slow', { id: 'kept', vehicle: 'K7QX2', state: odometer(8) })
    await until(() => came === 1, 'the event', limit)
    await first.end()
    const second = await open({ queues: ['slow'] })
    await until(() => second.pushes.length === 1, 'the event once more', limit)
    expect(second.values()).to.deep.equal([8])
  })

  it('brings 10,000 events through the death of the broker: none lost, none twice', async () => {
    const count = 10_000
    const cars = Array.from({ length: 100 }, (_, i) => `C${i}`)
    const stream = await open({ queues: ['many'], cars })
    await until(stream.isWell, 'the stream', limit)
    const confirmed = new Set<number>()
    /** Publishes in lots, each until the broker has it on disk; what was not confirmed is sent once more, as a platform does. */
    const publish = async (from: Platform, numbers: readonly number[]) => {
      const send = async (n: number) => {
        await from.publish('many', { id: `E${n}`, vehicle: cars[n % 100], state: odometer(n) })
        confirmed.add(n)
      }
      for (let start = 0; start < numbers.length; start += 500) await Promise.all(numbers.slice(start, start + 500).map(send))
    }
    const all = Array.from({ length: count }, (_, n) => n)
    const first = publish(platform, all).catch(() => 'cut off')
    await until(() => stream.pushes.length > count / 4, 'a quarter of the events', 60_000)
    await broker.kill()
    expect(await first).to.equal('cut off')
    const before = stream.pushes.length
    await until(() => !stream.isWell(), 'the loss of the stream', limit)
    expect(stream.problem()?.code).to.equal('NETWORK')
    await broker.again()
    platform = await broker.platform()
    await publish(
      platform,
      all.filter((n) => !confirmed.has(n)),
    )
    expect(confirmed.size).to.equal(count)
    await until(() => new Set(stream.values()).size === count, 'all events', 90_000)
    expect(stream.isWell()).to.equal(true)
    const values = stream.values()
    expect(before).to.be.below(count)
    expect(values).to.have.length(count)
    console.log(`      ${before} before the death of the broker, ${count - before} after it`)
  })

  it('two processes share one queue; when one is killed, the other takes over what it had', async () => {
    const half = 1000
    const reader = (task: Omit<ReaderTask, 'url' | 'queue'>): Run => {
      const args = [JSON.stringify({ url: broker.url, queue: 'shared', ...task })]
      const run = new Run(join(__dirname, 'support', 'streamReader.ts'), args, {
        cwd: join(__dirname, '..', '..'),
        env: { NODE_OPTIONS: '--import tsx' },
      })
      ends.push(() => run.end('SIGKILL'))
      return run
    }
    const numbers = (run: Run, word: 'told' | 'has') =>
      new Set([...run.output.matchAll(new RegExp(`^${word} (\\d+)$`, 'gm'))].map(([, number]) => Number(number)))
    const publish = (from: number, to: number) => {
      const events = Array.from({ length: to - from }, (_, n) => ({
        id: `S${from + n}`,
        vehicle: 'K7QX2',
        state: odometer(from + n),
      }))
      return Promise.all(events.map((wish) => platform.publish('shared', wish)))
    }
    const [doomed, survivor] = [reader({ tells: 100 }), reader({})]
    await Promise.all([doomed.said(/^reads$/m, limit), survivor.said(/^reads$/m, limit)])
    await publish(0, half)
    await until(() => numbers(doomed, 'has').size > 50 && numbers(survivor, 'told').size > 0, 'a share for both', limit)
    await doomed.end('SIGKILL')
    const [itTold, itHad] = [numbers(doomed, 'told'), numbers(doomed, 'has')]
    await publish(half, 2 * half)
    const all = () => new Set([...itTold, ...numbers(survivor, 'told')])
    await until(() => all().size === 2 * half, 'all events', 60_000)
    const taken = numbers(survivor, 'told')
    expect(
      [...itHad].filter((number) => !taken.has(number)),
      'taken over',
    ).to.deep.equal([])
    // Told by both may be only what the killed one had told and not yet acknowledged.
    const twice = [...itTold].filter((number) => taken.has(number))
    console.log(
      `      ${itTold.size} told by the killed one, ${itHad.size} on its hands were taken over, ${twice.length} told by both`,
    )
    expect(survivor.output).not.to.contain('problem')
  })

  it('an account reads a car soon of which it was told only that something changed, and the message is through', async () => {
    const { invers: provider, cloud, ledger, clock } = await inversAt({ url: broker.url, queues: ['vague'] })
    ends.push(() => cloud.close())
    const account = new Account({ settings: readSettings({ provider: 'invers' }), provider, ledger, clock })
    ends.push(() => account.close())
    const events: string[] = []
    account.on('event', (_, { name, source }) => events.push(`${name} ${source}`))
    const path = '/vehicles/K7QX2/vehicle-state'
    const reads = () => cloud.paths().filter((call) => call === `GET ${path}`).length
    cloud.on(`GET ${path}`, { body: { central_lock: at('LOCKED') } }, () => ({ body: { central_lock: at('UNLOCKED') } }))
    const [car] = await account.vehicles()
    await account.read(car!, ['lock'], 0)
    await platform.publish('vague', { id: 'v1', type: 'CentralLockStatusChanged', data: { vehicle_id: 'K7QX2', when: 'now' } })
    await until(() => events.length > 0, 'the event', limit)
    expect(events).to.deep.equal(['unlocked poll'])
    expect(reads()).to.equal(2)
    account.close()
    expect(await unread('vague')).to.equal(0)
  })

  it('an account tells the edge that the stream brought, once, and knows what it need not ask for any more', async () => {
    const { invers: provider, cloud, ledger, clock } = await inversAt({ url: broker.url, queues: ['changes'] })
    ends.push(() => cloud.close())
    const settings = readSettings({ provider: 'invers' })
    const account = new Account({ settings, provider, ledger, clock })
    ends.push(() => account.close())
    const events: string[] = []
    account.on('event', (_, { name, source }) => events.push(`${name} ${source}`))
    const lock = (word: string, second: number) => ({
      vehicle: 'K7QX2',
      at: new Date(Date.now() - 5000 + second * 1000).toISOString(),
      state: { central_lock: { value: word, timestamp: new Date(Date.now() - 5000 + second * 1000).toISOString() } },
    })
    await platform.publish('changes', { id: 'a1', ...lock('LOCKED', 1) })
    await platform.publish('changes', { id: 'a2', ...lock('UNLOCKED', 2) })
    await platform.publish('changes', { id: 'a2', ...lock('UNLOCKED', 2) })
    await until(() => events.length > 0, 'the event', limit)
    expect(events).to.deep.equal(['unlocked push'])
    expect(provider.pushed('K7QX2', 'lock')).to.equal(true)
    expect(provider.pushed('K7QX2', 'reachability')).to.equal(false)
    const changed = { vehicle: { id: 'K7QX2', rental_status: { value: 'IN_RENTAL' } }, reasons: ['RENTAL_STATUS_CHANGED'] }
    await platform.publish('changes', { id: 'a3', type: 'VehicleChanged', data: changed })
    await until(() => account.snapshot('K7QX2').vehicle?.rental === 'rented', 'the rental', limit)
    expect(provider.pushed('K7QX2', 'reachability')).to.equal(true)
  })
})
