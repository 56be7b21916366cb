import { expect } from 'chai'
import { hours, seconds } from '../../src/clock'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { TestBroker, until } from '../support/broker'
import { failure, Gate, vin } from '../support/scriptedProvider'
import { Mirrored } from './support'

const all = { commands: ['safe', 'unlock'] }
const codes = (results: { cause?: { code: string } }[]) => results.map(({ cause }) => cause?.code)

describe('commands from topics', () => {
  let home: Mirrored
  afterEach(() => home.close())

  const sent = () => home.provider.count('execute')

  it('are carried out, each phase on the result topic, with the id that was given', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const results = await home.command('lock', '{"id":"a-1"}')
    expect(results.map(({ id, phase }) => [id, phase])).to.deep.equal([
      ['a-1', 'accepted'],
      ['a-1', 'sent'],
      ['a-1', 'done'],
    ])
    expect(sent()).to.equal(1)
    expect((await home.command('charge-limit', '{"params":{"percent":80}}')).at(-1).phase).to.equal('done')
  })

  for (const payload of ['', 'PRESS', 'lock', ' ON \n', '{}', '{ }'])
    it(`may have the payload ${JSON.stringify(payload)}`, async () => {
      home = await Mirrored.open({ mirror: all })
      await home.later(seconds(1))
      expect((await home.command('lock', payload)).at(-1).phase).to.equal('done')
    })

  it('are not listened to unless some are accepted', async () => {
    home = await Mirrored.open()
    await home.later(seconds(1))
    const client = await home.somebody()
    await client.publishAsync(home.topic('command/lock'), '', { qos: 1 })
    await home.later(seconds(5))
    expect([sent(), home.json('result/lock')]).to.deep.equal([0, []])
  })

  const deep = `{"params":${'['.repeat(30_000)}${']'.repeat(30_000)}}`
  const bad: [what: string, command: string, payload: string | Buffer, says: RegExp][] = [
    ['binary', 'lock', Buffer.from([0xff, 0xfe, 0x00, 0x80]), /no text/],
    ['a zero byte', 'lock', Buffer.from('a\0b'), /no text/],
    ['5 MB', 'lock', 'x'.repeat(5_000_000), /64 KiB/],
    ['5 MB of JSON', 'lock', JSON.stringify({ id: 'x'.repeat(5_000_000) }), /64 KiB/],
    ['one byte more than 64 KiB', 'lock', ' '.repeat(64 * 1024 + 1), /64 KiB/],
    ['deep JSON', 'lock', deep, /too deep/],
    ['deep JSON that is never closed', 'lock', '['.repeat(60_000), /too deep/],
    ['many quotes', 'lock', `"${'\\"'.repeat(30_000)}`, /not valid JSON/],
    ['half a JSON', 'lock', '{"id":', /not valid JSON/],
    ['a list', 'lock', '[]', /must be an object/],
    ['a text in quotes', 'lock', '"lock"', /must be an object/],
    ['a number as id', 'lock', '{"id":5}', /id must be a text/],
    ['an empty id', 'lock', '{"id":""}', /id must not be empty/],
    ['a long id', 'lock', JSON.stringify({ id: 'x'.repeat(129) }), /id must have/],
    ['params that are a list', 'lock', '{"params":[1]}', /params must be an object/],
    ['a dry run that is a word', 'lock', '{"dryRun":"yes"}', /dryRun must be true or false/],
    ['a time that is none', 'lock', '{"expiresAt":"tomorrow"}', /expiresAt must be a time/],
    ['a time as a number', 'lock', '{"expiresAt":1}', /expiresAt must be/],
    ['a member that is not known', 'lock', '{"dryrun":true}', /dryrun is not known/],
    ['__proto__', 'lock', '{"__proto__":{"dryRun":true}}', /is not known/],
    ['a sentence', 'lock', 'please lock', /neither a word nor/],
    ['a word that says no', 'climate-start', 'OFF', /says no/],
    ['the name of another command', 'climate-start', 'honk', /another command/],
    ['the name of the opposite', 'lock', 'unlock', /another command/],
    ['parameters that it does not take', 'lock', '{"params":{"x":1}}', /parameter x is not known/],
    ['parameters of a wrong kind', 'charge-limit', '{"params":{"percent":"80"}}', /percent/],
    ['no parameters where some are needed', 'charge-limit', '', /percent/],
    ['a command that nobody knows', 'fly', '', /no such command/],
    ['a name of the language', 'constructor', '', /no such command/],
    ['a name in other letters', 'öffnen', '', /no such command/],
    ['an empty name', '', '', /no such command/],
  ]
  for (const [what, command, payload, says] of bad)
    it(`are refused as INVALID_PARAMS with ${what}`, async () => {
      home = await Mirrored.open({ mirror: { ...all, commands: ['safe'] } })
      await home.later(seconds(1))
      const [result, ...others] = await home.command(command, payload)
      expect(others).to.deep.equal([])
      expect(result).to.deep.include({ command, phase: 'refused', ok: false })
      expect(result.cause.code).to.equal('INVALID_PARAMS')
      expect(result.cause.message).to.match(says)
      expect(JSON.stringify(result).length, 'nothing of it is repeated').to.be.below(1000)
      expect(sent()).to.equal(0)
    })

  it('for a car that nobody has are refused; for a car of another bridge they are left to it', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const client = await home.somebody()
    const info = { accounts: [{ label: 'x', provider: 'volvo', vehicles: ['theirs'] }] }
    await client.publishAsync('home/bridge/other/info', JSON.stringify(info), { qos: 1, retain: true })
    for (const car of ['theirs', 'nobodys', 'bridge', '']) await client.publishAsync(`home/${car}/command/lock`, '', { qos: 1 })
    await until(() => home.broker.payloads('home//result/lock').length === 1, 'the last refusal')
    for (const car of ['nobodys', 'bridge']) {
      const [result] = home.broker.payloads(`home/${car}/result/lock`).map((payload) => JSON.parse(payload))
      expect(result.cause.code).to.equal('INVALID_PARAMS')
    }
    expect(home.broker.payloads('home/theirs/result/lock')).to.deep.equal([])
    expect(sent()).to.equal(0)
  })

  it('are refused when not accepted here; guarded ones also when the account does not allow them', async () => {
    home = await Mirrored.open({ mirror: { commands: ['safe'] }, allow: ['unlock'] })
    await home.later(seconds(1))
    expect(codes(await home.command('unlock'))).to.deep.equal(['NOT_ALLOWED'])
    await home.close()
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    expect(codes(await home.command('unlock'))).to.deep.equal(['NOT_ALLOWED'])
    expect(sent()).to.equal(0)
    await home.close()
    home = await Mirrored.open({ mirror: { commands: ['unlock'] }, allow: ['unlock'] })
    await home.later(seconds(1))
    expect((await home.command('unlock')).at(-1).phase).to.equal('done')
    expect(codes(await home.command('lock'))).to.deep.equal(['NOT_ALLOWED'])
    expect(sent()).to.equal(1)
  })

  it('are refused when the car cannot do them, and a dry run sends nothing', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    expect(codes(await home.command('honk'))).to.deep.equal(['UNSUPPORTED'])
    const [checked, ...others] = await home.command('lock', '{"id":"dry","dryRun":true}')
    expect(others).to.deep.equal([])
    expect(checked).to.deep.include({ id: 'dry', phase: 'checked', ok: true })
    expect(sent()).to.equal(0)
    expect((await home.command('lock', '{"id":"dry"}')).at(-1).phase, 'a dry run does not use up its id').to.equal('done')
  })

  for (const [what, dry, becomes] of [
    ['that is checked', '{"id":"run","dryRun":true}', 'checked'],
    ['that is refused', '{"id":"run","dryRun":true,"params":{"percent":"much"}}', 'refused'],
    ['that the account refuses', '{"id":"run","dryRun":true}', 'refused'],
  ] as const)
    it(`keep their end and whoever asked when a dry run ${what} has the same id`, async () => {
      const store = memoryStateStore()
      home = await Mirrored.open({ mirror: { ...all, store } })
      await home.later(seconds(1))
      const gate = new Gate<undefined>()
      home.provider.onExecute = () => gate.promise.then(() => ({ phase: 'done' }))
      const client = await home.somebody()
      const answers: string[] = []
      client.on('message', (_topic, payload) => answers.push(JSON.parse(payload.toString()).phase))
      await client.subscribeAsync('mine/answers', { qos: 1 })
      const properties = { responseTopic: 'mine/answers' }
      const send = (payload: string, more = {}) => client.publishAsync(home.topic('command/lock'), payload, { qos: 1, ...more })
      await send('{"id":"run"}', { properties })
      await until(() => sent() === 1, 'the command')
      if (what === 'that the account refuses') home.provider.preview = () => Promise.reject(failure('NOT_ALLOWED'))
      await send(dry)
      await until(() => home.json('result/lock').some(({ phase }) => phase === becomes), 'the dry run')
      gate.open(undefined)
      await until(() => answers.includes('done'), 'the end')
      expect(answers.at(-1)).to.equal('done')
      expect(answers).not.to.include(becomes)
      expect(home.json('result/lock').at(-1)).to.include({ id: 'run', phase: 'done' })
      expect(home.json('result/lock').every(({ id }) => id === 'run')).to.equal(true)
    })

  it('keep their end when a dry run of a node, which the account refuses, has the same id', async () => {
    home = await Mirrored.open({ mirror: { ...all, store: memoryStateStore() } })
    await home.later(seconds(1))
    const gate = new Gate<undefined>()
    home.provider.onExecute = () => gate.promise.then(() => ({ phase: 'done' }))
    const client = await home.somebody()
    const answers: string[] = []
    client.on('message', (_topic, payload) => answers.push(JSON.parse(payload.toString()).phase))
    await client.subscribeAsync('mine/answers', { qos: 1 })
    const properties = { responseTopic: 'mine/answers' }
    await client.publishAsync(home.topic('command/lock'), '{"id":"run"}', { qos: 1, properties })
    await until(() => sent() === 1, 'the command')
    home.provider.preview = () => Promise.reject(failure('BUSY'))
    const { outcome } = await home.account.send({ vehicle: vin(1), command: 'lock', dryRun: true, origin: 'dialog', id: 'run' })
    expect(outcome).to.deep.include({ phase: 'refused', dryRun: true })
    gate.open(undefined)
    await until(() => answers.includes('done'), 'the end')
    expect(answers).to.deep.equal(['accepted', 'done'])
    const told = home.json('result/lock').map(({ phase, dryRun = false }) => [phase, dryRun])
    expect(told).to.deep.equal([
      ['accepted', false],
      ['refused', true],
      ['done', false],
    ])
  })

  it('were asked for at one time, which every phase tells, however long the disk and the list of cars take', async () => {
    const [disk, listed] = [new Gate(), new Gate()]
    const store = memoryStateStore()
    const slow = { ...store, save: (name: string, value: unknown) => disk.promise.then(() => store.save(name, value)) }
    home = await Mirrored.open({
      mirror: { ...all, store: slow },
      prepare: (provider) => (provider.onList = () => listed.promise),
    })
    await home.later(seconds(1))
    const client = await home.somebody()
    const asked = new Date(home.clock.now()).toISOString()
    await client.publishAsync('home/ex10-d2e6/command/lock', '{"id":"slow"}', { qos: 1 })
    await client.publishAsync('home/ex10-d2e6/command/honk', '{"id":"cannot"}', { qos: 1 })
    await client.publishAsync('home/ex10-d2e6/command/fly', '', { qos: 1 })
    await until(() => home.broker.payloads('home/ex10-d2e6/result/fly').length === 1, 'what came after them')
    await home.clock.advance(seconds(20))
    listed.open()
    await home.clock.advance(seconds(20))
    disk.open()
    const results = (name: string) => home.broker.payloads(`home/ex10-d2e6/result/${name}`).map((text) => JSON.parse(text))
    await until(() => results('lock').length === 3 && results('honk').length === 1, 'the results')
    const told = [...results('lock'), ...results('honk')]
    expect(told.map(({ requestedAt }) => requestedAt)).to.deep.equal([asked, asked, asked, asked])
    expect(results('lock').at(-1)).to.include({ phase: 'done', durationMs: seconds(40) })
  })

  it('are refused after their time', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const at = (ms: number) => JSON.stringify({ id: `x${ms}`, expiresAt: new Date(home.clock.now() + ms).toISOString() })
    expect((await home.command('lock', at(-1)))[0]).to.deep.include({ id: 'x-1', phase: 'refused' })
    expect(codes(await home.command('lock', at(0)))).to.deep.equal(['EXPIRED'])
    expect((await home.command('lock', at(seconds(5)))).at(-1).phase).to.equal('done')
  })

  it('with the same id are carried out once within 24 hours, also over a restart', async () => {
    const store = memoryStateStore()
    home = await Mirrored.open({ mirror: { ...all, store } })
    await home.later(seconds(1))
    const lock = () => home.command('lock', '{"id":"once"}')
    expect((await lock()).at(-1).phase).to.equal('done')
    expect(codes(await lock())).to.deep.equal(['DUPLICATE'])
    const { clock } = home
    await home.close()
    home = await Mirrored.open({ mirror: { ...all, store, clock } })
    await home.later(seconds(1))
    expect(codes(await lock())).to.deep.equal(['DUPLICATE'])
    expect(sent()).to.equal(0)
    await clock.advance(hours(24))
    expect((await lock()).at(-1).phase).to.equal('done')
  })

  it('sent twice at the same moment are carried out once', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const client = await home.somebody()
    await Promise.all([1, 2, 3].map(() => client.publishAsync(home.topic('command/lock'), '{"id":"same"}', { qos: 1 })))
    await until(() => home.json('result/lock').filter(({ finishedAt }) => finishedAt).length === 3, 'three answers')
    expect(sent()).to.equal(1)
  })

  it('that came before the cloud listed the cars wait for that', async () => {
    const listed = new Gate()
    home = await Mirrored.open({ mirror: all, prepare: (provider) => (provider.onList = () => listed.promise) })
    const client = await home.somebody()
    await client.publishAsync('home/ex10-d2e6/command/lock', '', { qos: 1 })
    await home.later(seconds(1))
    listed.open()
    await until(() => home.broker.payloads('home/ex10-d2e6/result/lock').length === 3, 'the result')
    expect(sent()).to.equal(1)
  })

  it('are refused with the reason while nobody is signed in', async () => {
    home = await Mirrored.open({
      mirror: all,
      prepare: (provider) => (provider.onList = () => Promise.reject(failure('AUTH_REQUIRED'))),
    })
    const client = await home.somebody()
    await client.publishAsync('home/ex10-d2e6/command/lock', '', { qos: 1 })
    await until(() => home.broker.payloads('home/ex10-d2e6/result/lock').length === 1, 'the refusal')
    expect(JSON.parse(home.broker.payloads('home/ex10-d2e6/result/lock')[0]!).cause.code).to.equal('AUTH_REQUIRED')
  })

  describe('that are retained', () => {
    it('are never carried out: neither one that lay there before us, nor after 50 reconnects', async () => {
      const broker = await TestBroker.open()
      const [topic, answers] = ['home/ex10-d2e6/command/unlock', 'home/ex10-d2e6/result/unlock']
      home = await Mirrored.open({ broker, allow: ['unlock'] })
      const client = await home.somebody()
      await client.publishAsync(topic, '', { qos: 1 })
      await client.publishAsync(topic, 'PRESS', { qos: 1, retain: true })
      await home.mirror.close()
      home.account.close()
      client.end(true)
      home = await Mirrored.open({ broker, allow: ['unlock'], mirror: all })
      const said = () => broker.payloads(answers).map((payload) => JSON.parse(payload))
      await until(() => said().length === 1, 'the refusal')
      for (let n = 2; n <= 51; n++) {
        broker.cut()
        await until(() => home.connection.state === 'offline', 'losing the broker')
        await home.clock.advance(seconds(80))
        await until(() => said().length === n, `refusal ${n}`)
      }
      expect(new Set(codes(said()))).to.deep.equal(new Set(['RETAINED']))
      expect(sent()).to.equal(0)
    })

    it('are refused; whoever takes them off the broker hears nothing of it (MQTT 5)', async () => {
      home = await Mirrored.open({ mirror: all })
      await home.later(seconds(1))
      const client = await home.somebody()
      const say = (payload: string) => client.publishAsync(home.topic('command/lock'), payload, { qos: 1, retain: true })
      await say('PRESS')
      await say('')
      await say('')
      await say('PRESS')
      await until(() => home.json('result/lock').length === 2, 'two refusals')
      expect((await home.command('lock', '{"id":"meant"}')).at(-1).phase, 'what comes then is taken').to.equal('done')
      expect(codes(home.json('result/lock').slice(0, 3))).to.deep.equal(['RETAINED', 'RETAINED', undefined])
      expect(sent()).to.equal(1)
    })

    it('are refused; and so is what may be their clearing, where nobody can tell (MQTT 3.1.1)', async () => {
      const broker = await TestBroker.open({ version: '3.1.1' })
      home = await Mirrored.open({ broker, mirror: all })
      await home.later(seconds(1))
      await home.lose()
      await broker.start()
      const other = await home.somebody(4)
      await other.publishAsync(home.topic('command/lock'), 'PRESS', { qos: 1, retain: true })
      await home.clock.advance(seconds(80))
      await until(() => home.json('result/lock').length === 1, 'the refusal')
      await other.publishAsync(home.topic('command/lock'), '', { qos: 1, retain: true })
      await until(() => home.json('result/lock').length === 2, 'the refusal of the clearing')
      expect(codes(home.json('result/lock'))).to.deep.equal(['RETAINED', 'RETAINED'])
      expect(home.json('result/lock')[1]!.cause.message).to.contain('may be the clearing')
      expect(sent()).to.equal(0)
    })
  })

  describe('that ask for an answer', () => {
    it('get every phase on their topic, with their correlation data', async () => {
      home = await Mirrored.open({ mirror: all })
      await home.later(seconds(1))
      const client = await home.somebody()
      const answers: [phase: string, correlation?: string][] = []
      client.on('message', (_topic, payload, { properties }) =>
        answers.push([JSON.parse(payload.toString()).phase, properties?.correlationData?.toString('hex')]),
      )
      await client.subscribeAsync('mine/answers', { qos: 1 })
      const properties = { responseTopic: 'mine/answers', correlationData: Buffer.from([0, 255, 7]) }
      await home.command('lock', '', { properties })
      await home.command('unlock', '', { properties })
      await until(() => answers.length === 4, 'the answers')
      expect(answers).to.deep.equal(['accepted', 'sent', 'done', 'refused'].map((phase) => [phase, '00ff07']))
    })

    for (const responseTopic of ['home/ex10-d2e6/command/unlock', 'home/any/command/x/y', 'home/any/command', '$SYS/x'])
      it(`are refused when that would go to ${responseTopic}`, async () => {
        home = await Mirrored.open({ mirror: all, allow: ['unlock'] })
        await home.later(seconds(1))
        expect(codes(await home.command('lock', '', { properties: { responseTopic } }))).to.deep.equal(['INVALID_PARAMS'])
        expect(home.broker.payloads(responseTopic)).to.deep.equal([])
        expect(sent()).to.equal(0)
      })

    it('on the result topic itself get it once', async () => {
      home = await Mirrored.open({ mirror: all })
      await home.later(seconds(1))
      const properties = { responseTopic: home.topic('result/lock'), correlationData: Buffer.from('x') }
      expect(await home.command('lock', '', { properties })).to.have.length(3)
    })
  })

  it('end in one final result although the broker dies in the middle', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const done = new Gate()
    home.provider.onExecute = async (_order, onPhase) => {
      onPhase('sent')
      await done.promise
      return { phase: 'done' }
    }
    const client = await home.somebody()
    await client.publishAsync(home.topic('command/lock'), '{"id":"mid"}', { qos: 1 })
    await until(() => home.json('result/lock').length === 2, 'the first phases')
    client.end(true)
    await home.lose()
    done.open()
    await home.later(seconds(10))
    await home.regain()
    await home.later(hours(1))
    expect(home.json('result/lock').map(({ id, phase }) => [id, phase])).to.deep.equal([
      ['mid', 'accepted'],
      ['mid', 'sent'],
      ['mid', 'done'],
    ])
    expect(sent()).to.equal(1)
  })

  it('lose none of 1,000 results when the broker dies in the middle, and bring them in order', async () => {
    home = await Mirrored.open({ mirror: all })
    await home.later(seconds(1))
    const lock = (n: number) => home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog', id: `n${n}` })
    for (let n = 0; n < 500; n++) await lock(n)
    await home.lose()
    for (let n = 500; n < 1000; n++) await lock(n)
    await home.regain()
    const finals = home.json('result/lock').filter(({ phase }) => phase === 'done')
    const ids = [...new Set(finals.map(({ id }) => id))]
    expect(ids).to.deep.equal(Array.from({ length: 1000 }, (_, n) => `n${n}`))
  })

  describe('unfinished at a stop', () => {
    const unanswered = () => new Promise<never>(() => undefined)

    for (const origin of ['topic', 'dialog'] as const)
      it(`are told as unknown at the next start, once, and never sent again (from a ${origin})`, async () => {
        const [store, broker] = [memoryStateStore(), await TestBroker.open()]
        home = await Mirrored.open({ broker, mirror: { ...all, store } })
        await home.later(seconds(1))
        home.provider.onExecute = unanswered
        const client = await home.somebody()
        if (origin === 'topic') {
          const properties = { responseTopic: 'mine', correlationData: Buffer.from('c') }
          await client.publishAsync(home.topic('command/lock'), '{"id":"left"}', { qos: 1, properties })
        } else void home.account.send({ vehicle: vin(1), command: 'lock', origin: 'dialog', id: 'left' })
        await until(() => home.json('result/lock').length === 1, 'the first phase')
        client.end(true)
        // As a crash would: nothing is said.
        await store.save('x', 1)
        broker.cut()
        await until(() => home.connection.state === 'offline', 'the crash')
        await home.connection.close()
        const before = broker.payloads('home/ex10-d2e6/result/lock').length
        const { requestedAt } = JSON.parse(broker.payloads('home/ex10-d2e6/result/lock')[0]!)
        const { clock } = home
        await clock.advance(seconds(60))
        for (let start = 1; start <= 2; start++) {
          home = await Mirrored.open({ broker, mirror: { ...all, store, clock } })
          await home.later(seconds(1))
          await until(() => broker.payloads('home/ex10-d2e6/result/lock').length === before + 1, 'the report')
          await home.mirror.close()
          home.account.close()
          expect(home.provider.count('execute')).to.equal(0)
        }
        const results = broker
          .payloads('home/ex10-d2e6/result/lock')
          .slice(before)
          .map((payload) => JSON.parse(payload))
        expect(results).to.have.length(1)
        expect(results[0]).to.deep.include({ id: 'left', command: 'lock', phase: 'unknown', ok: null })
        expect(results[0].cause.code).to.equal('SHUTDOWN')
        expect(results[0].requestedAt).to.equal(requestedAt)
        expect(results[0].durationMs).to.be.at.least(60_000)
        if (origin === 'topic') expect(JSON.parse(broker.payloads('mine').at(-1)!).cause.code).to.equal('SHUTDOWN')
      })

    it('are told at once when only the account stops', async () => {
      const store = memoryStateStore()
      home = await Mirrored.open({ mirror: { ...all, store } })
      await home.later(seconds(1))
      home.provider.onExecute = (_order, _phase, signal) =>
        new Promise((resolve) =>
          signal.addEventListener('abort', () => resolve({ phase: 'unknown', cause: failure('SHUTDOWN').cause })),
        )
      const client = await home.somebody()
      await client.publishAsync(home.topic('command/lock'), '', { qos: 1 })
      await until(() => home.json('result/lock').length === 1, 'the first phase')
      const results = () => home.json('result/lock')
      home.leave()
      home.account.close()
      await until(() => results().length === 2, 'the end')
      expect(results()[1]).to.deep.include({ phase: 'unknown', ok: null })
      await until(() => home.connection.waiting === 0, 'publishing')
      expect(home.account.listenerCount('outcome')).to.equal(1)
    })
  })

  describe('shared by several', () => {
    it('are not listened to where the broker does not share, and that is said', async () => {
      home = await Mirrored.open({ mirror: { ...all, shared: 'team' } })
      await home.later(seconds(1))
      expect(home.problems).to.deep.equal(['INVALID_CONFIG'])
      const client = await home.somebody()
      await client.publishAsync(home.topic('command/lock'), '', { qos: 1 })
      await home.later(seconds(5))
      expect([sent(), home.json('result/lock')]).to.deep.equal([0, []])
    })

    it('are not listened to with MQTT 3.1.1, and that is said', async () => {
      home = await Mirrored.open({ mirror: { ...all, shared: 'team' }, options: { version: '3.1.1' } })
      expect(home.problems).to.deep.equal(['INVALID_CONFIG'])
    })
  })

  it('say so when the broker does not let us listen', async () => {
    home = await Mirrored.open({ mirror: all, options: { maySubscribe: (filter) => !filter.includes('command') } })
    await until(() => home.problems.length > 0, 'the problem')
    expect(home.problems).to.deep.equal(['REJECTED'])
  })
})
