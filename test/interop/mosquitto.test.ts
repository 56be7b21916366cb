import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { connectAsync, type MqttClient } from 'mqtt'
import { Broker, type BrokerSettings } from '../../src/cloud/mqtt'
import { systemClock } from '../../src/clock'
import { until } from '../support/broker'
import { Run } from '../support/childProcess'
import { Mosquitto, mosquittoPath } from '../support/mosquitto'
import { temporaryFolder } from '../support/stage'

const root = join(__dirname, '..', '..')
const script = join(__dirname, 'support', 'bridge.ts')
const limit = 20_000

describe('with Mosquitto', function () {
  this.timeout(120_000)
  let broker: Mosquitto | undefined
  const ends: (() => unknown)[] = []

  before(function () {
    if (mosquittoPath) return
    console.log('interop: SKIPPED with Mosquitto: it is not installed (apt-get install mosquitto mosquitto-clients)')
    this.skip()
  })
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end()
    await broker?.stop()
    broker = undefined
  })

  const start = async (lines?: readonly string[]): Promise<Mosquitto> => (broker = await Mosquitto.start(lines))
  const bridge = (url: string, instance = 'one', dir = temporaryFolder('bridge'), shared = '') => {
    const run = new Run(script, [url, instance, dir, shared], { cwd: root, env: { NODE_OPTIONS: '--import tsx' } })
    ends.push(() => run.end('SIGKILL'))
    return run
  }
  /** Everything that somebody hears who listens to a filter. */
  const listener = async (url: string, filter: string) => {
    const client: MqttClient = await connectAsync(url, { protocolVersion: 5 })
    const heard: { topic: string; text: string }[] = []
    client.on('message', (topic, payload) => heard.push({ topic, text: payload.toString() }))
    await client.subscribeAsync(filter, { qos: 1 })
    ends.push(() => client.endAsync(true))
    return { client, heard, on: (topic: string) => heard.filter((one) => one.topic === topic).map(({ text }) => text) }
  }
  const connection = (settings: BrokerSettings): Broker => {
    const made = new Broker(settings, systemClock)
    ends.push(() => made.close())
    made.connect()
    return made
  }
  const settled = (made: Broker) => until(() => made.state === 'connected' || made.problem !== undefined, 'an answer', limit)

  it('a foreign client sees the car and commands it', async () => {
    const { url, publish, subscribe, port } = await start().then((one) => ({
      url: one.url(),
      publish: one.publish.bind(one),
      subscribe: one.subscribe.bind(one),
      port: one.port,
    }))
    expect(port).to.be.above(0)
    const run = bridge(url)
    const [state = ''] = await subscribe('home/car/state', 1).lines
    expect(JSON.parse(state.replace('home/car/state ', '')).lock.central).to.equal('locked')
    const results = subscribe('home/car/result/#', 4)
    await new Promise((resolve) => setTimeout(resolve, 300))
    publish('home/car/command/unlock', '')
    publish('home/car/command/lock', '{"id":"m1"}')
    const phases = (await results.lines).map((line) => JSON.parse(line.slice(line.indexOf(' ') + 1)).phase)
    expect(phases).to.deep.equal(['refused', 'accepted', 'sent', 'done'])
    publish('home/car/command/lock', 'PRESS', '-r')
    const refused = await listener(url, 'home/car/result/lock')
    await run.end('SIGKILL')
    bridge(url)
    await until(() => refused.heard.length > 0, 'the refusal', limit)
    expect(refused.heard.map(({ text }) => JSON.parse(text).cause?.code)).to.satisfy((codes: string[]) =>
      codes.every((code) => code === 'RETAINED'),
    )
  })

  it('the last will is seen when the process is killed', async () => {
    const { port } = await start()
    const url = `mqtt://127.0.0.1:${port}`
    const run = bridge(url)
    const { on } = await listener(url, 'home/bridge/one/state')
    await until(() => on('home/bridge/one/state').includes('online'), 'being there', limit)
    await run.end('SIGKILL')
    await until(() => on('home/bridge/one/state').at(-1) === 'offline', 'the last will', 45_000)
  })

  it('as many messages as one likes get through, also over a broker that is killed', async () => {
    const mosquitto = await start(['allow_anonymous true', 'max_inflight_messages 5'])
    const made = connection({ url: mosquitto.url() })
    await settled(made)
    const first = await listener(mosquitto.url(), 'n/#')
    for (let n = 0; n < 500; n++) made.publish({ topic: `n/${n}`, payload: 'x', retain: false, qos: 1 })
    await until(() => made.waiting === 0, 'all of them', limit)
    await until(() => first.heard.length === 500, 'all of them', limit)
    await mosquitto.stop('SIGKILL')
    for (let n = 0; n < 1000; n++) made.publish({ topic: `m/${n}`, payload: 'x', retain: true, qos: 1 })
    await mosquitto.again()
    await until(() => made.waiting === 0, 'all of them', limit)
    const second = await listener(mosquitto.url(), 'm/#')
    await until(() => second.heard.length === 1000, 'all of them', limit)
  })

  it('web sockets', async () => {
    const mosquitto = await start(['protocol websockets', 'allow_anonymous true'])
    const made = connection({ url: mosquitto.url('ws') })
    await settled(made)
    expect([made.state, made.protocolVersion]).to.deep.equal(['connected', 5])
  })

  describe('and certificates', () => {
    const dir = temporaryFolder('certificates')
    const file = (name: string) => join(dir, name)
    const pem = (name: string) => readFileSync(file(name), 'utf8')
    const openssl = (...args: string[]) => {
      const { status, stderr } = spawnSync('openssl', args, { cwd: dir })
      if (status !== 0) throw new Error(String(stderr))
    }

    before(() => {
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      for (const ca of ['ca', 'other'])
        openssl('req', '-x509', ...key, '-days', '2', '-subj', `/CN=${ca}`, '-keyout', `${ca}.key`, '-out', `${ca}.crt`)
      writeFileSync(file('names'), 'subjectAltName=IP:127.0.0.1')
      for (const name of ['server', 'client']) {
        openssl('req', ...key, '-subj', `/CN=${name}`, '-keyout', `${name}.key`, '-out', `${name}.csr`)
        const signer = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names']
        openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-out', `${name}.crt`)
      }
    })

    const lines = () => [
      'allow_anonymous true',
      `cafile ${file('ca.crt')}`,
      `certfile ${file('server.crt')}`,
      `keyfile ${file('server.key')}`,
      'require_certificate true',
    ]
    const own = () => ({ cert: pem('client.crt'), key: pem('client.key') })

    for (const scheme of ['mqtts', 'wss'] as const)
      it(`${scheme}: with a client certificate one gets in, without one does not`, async () => {
        const mosquitto = await start([...(scheme === 'wss' ? ['protocol websockets'] : []), ...lines()])
        const url = mosquitto.url(scheme)
        const good = connection({ url, tls: { ca: pem('ca.crt'), ...own() } })
        await settled(good)
        expect([good.state, good.problem]).to.deep.equal(['connected', undefined])
        const bad = connection({ url, tls: { ca: pem('ca.crt') } })
        await settled(bad)
        expect(bad.state).not.to.equal('connected')
      })

    it('a broker whose certificate nobody vouches for is not trusted, and that is said', async () => {
      const mosquitto = await start(lines())
      for (const tls of [{ ca: pem('other.crt'), ...own() }, own()]) {
        const made = connection({ url: mosquitto.url('mqtts'), tls })
        await settled(made)
        expect(made.problem?.code).to.equal('INVALID_CONFIG')
        expect(made.problem?.message).to.match(/certificate of the MQTT broker is not trusted/)
      }
    })
  })

  it('an access list keeps strangers from the command topics, and lets the bridge only read them', async () => {
    const dir = temporaryFolder('access')
    const [acl, passwords] = [join(dir, 'acl'), join(dir, 'passwords')]
    spawnSync('mosquitto_passwd', ['-b', '-c', passwords, 'bridge', 'b'])
    spawnSync('mosquitto_passwd', ['-b', passwords, 'owner', 'o'])
    spawnSync('mosquitto_passwd', ['-b', passwords, 'guest', 'g'])
    const rules = {
      bridge: [
        'read home/+/command/+',
        'readwrite home/bridge/#',
        'write home/car/meta',
        'write home/car/state',
        'write home/car/availability',
        'write home/car/result/+',
      ],
      owner: ['write home/+/command/+', 'read home/#'],
      guest: ['read home/#'],
    }
    writeFileSync(
      acl,
      Object.entries(rules)
        .map(([user, topics]) => [`user ${user}`, ...topics.map((topic) => `topic ${topic}`)].join('\n'))
        .join('\n\n'),
    )
    const mosquitto = await start(['allow_anonymous false', `password_file ${passwords}`, `acl_file ${acl}`])
    const run = bridge(mosquitto.url().replace('://', '://bridge:b@'))
    await run.said(/^connected$/m)
    const { heard } = await listener(mosquitto.url().replace('://', '://owner:o@'), 'home/car/#')
    await until(() => heard.some(({ topic }) => topic === 'home/car/state'), 'the state', limit)
    mosquitto.publish('home/car/command/lock', '{"id":"guest"}', '-u', 'guest', '-P', 'g')
    mosquitto.publish('home/car/command/lock', '{"id":"bridge"}', '-u', 'bridge', '-P', 'b')
    mosquitto.publish('home/car/command/lock', '{"id":"owner"}', '-u', 'owner', '-P', 'o')
    await run.said(/^executed owner$/m)
    expect(run.output.match(/^executed .*$/gm)).to.deep.equal(['executed owner'])
    expect(run.output).not.to.contain('problem')
  })

  describe('several instances with a shared subscription', () => {
    const ids = Array.from({ length: 200 }, (_, n) => `s${n}`)
    const executed = (...runs: Run[]) =>
      runs.flatMap((run) => [...run.output.matchAll(/^executed (\S+)$/gm)].map(([, id]) => id!))
    const finalsOf = (texts: readonly string[]) =>
      texts
        .map((text) => JSON.parse(text) as { id: string; phase: string; finishedAt?: string })
        .filter(({ finishedAt }) => finishedAt)

    it('execute 200 commands, each once, and both have a part in it; a retained one never', async () => {
      const mosquitto = await start()
      const url = mosquitto.url()
      mosquitto.publish('home/car/command/lock', '{"id":"retained"}', '-r')
      const runs = ['one', 'two'].map((name) => bridge(url, name, undefined, 'team'))
      for (const run of runs) await run.said(/^connected$/m)
      const { client, on } = await listener(url, 'home/car/result/lock')
      for (const id of ids) await client.publishAsync('home/car/command/lock', JSON.stringify({ id }), { qos: 1 })
      const finals = () => finalsOf(on('home/car/result/lock')).filter(({ id }) => id !== 'retained')
      await until(() => finals().length >= 200, 'all results', limit)
      expect(executed(...runs).sort()).to.deep.equal([...ids].sort())
      expect(
        finals()
          .map(({ id }) => id)
          .sort(),
      ).to.deep.equal([...ids].sort())
      for (const run of runs) expect(executed(run).length).to.be.above(0)
    })

    it('execute 200 commands, each once, while one of them is killed in the middle of one and comes back', async () => {
      const mosquitto = await start()
      const url = mosquitto.url()
      const dir = temporaryFolder('bridge')
      const runs = [bridge(url, 'one', dir, 'team'), bridge(url, 'two', undefined, 'team')]
      for (const run of runs) await run.said(/^connected$/m)
      const { client, on } = await listener(url, 'home/car/result/lock')
      const finals = () => finalsOf(on('home/car/result/lock'))
      const has = (id: string) => finals().some((one) => one.id === id)
      const hears = (id: string, within: number) =>
        until(() => has(id), 'the result', within).then(
          () => true,
          () => false,
        )
      const ask = (id: string) => client.publishAsync('home/car/command/lock', JSON.stringify({ id }), { qos: 1 })
      let killed: Promise<void> | undefined
      for (const [n, id] of ids.entries()) {
        await ask(id)
        if (n >= 100 && !killed) {
          // Whichever has it: the first one dies when it is its turn.
          const its = () => executed(runs[0]!).includes(id)
          await until(() => its() || has(id), 'somebody taking it', limit)
          if (its()) killed = runs[0]!.end('SIGKILL')
        }
        if (await hears(id, 1500)) continue
        await killed
        runs.push(bridge(url, 'one', dir, 'team'))
        await runs.at(-1)!.said(/^connected$/m)
        if (!(await hears(id, 1500))) await ask(id)
        expect(await hears(id, limit), `a result of ${id}`).to.equal(true)
      }
      expect(killed, 'one was killed').not.to.equal(undefined)
      const done = executed(...runs)
      expect(done.sort()).to.deep.equal([...ids].sort())
      const told = finals().map(({ id }) => id)
      expect(told.sort()).to.deep.equal([...ids].sort())
    })

    // Mosquitto drops what it had handed to a client that dies; no client can mend that.
    it('killed in a burst: no command twice, and each that was carried out has its one result', async () => {
      const mosquitto = await start()
      const url = mosquitto.url()
      const dir = temporaryFolder('bridge')
      const runs = [bridge(url, 'one', dir, 'team'), bridge(url, 'two', undefined, 'team')]
      for (const run of runs) await run.said(/^connected$/m)
      const { client, on } = await listener(url, 'home/car/result/lock')
      const finals = () => finalsOf(on('home/car/result/lock')).map(({ id }) => id)
      for (const [n, id] of ids.entries()) {
        if (n === 100) await runs[0]!.end('SIGKILL')
        await client.publishAsync('home/car/command/lock', JSON.stringify({ id }), { qos: 1 })
      }
      await until(() => ids.slice(101).every((id) => finals().includes(id)), 'the results of the one that lives', limit)
      runs.push(bridge(url, 'one', dir, 'team'))
      await runs.at(-1)!.said(/^connected$/m)
      const done = executed(...runs)
      expect(new Set(done).size, 'none twice').to.equal(done.length)
      await until(() => done.every((id) => finals().includes(id)), 'a final result of each', limit)
    })
  })
})
