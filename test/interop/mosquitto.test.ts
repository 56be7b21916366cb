import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { until } from '../support/broker'
import { Certificates } from '../support/certificates'
import { temporaryFolder } from '../support/stage'
import { limit, settled, withMosquitto } from './support/withMosquitto'

describe('with Mosquitto', function () {
  this.timeout(120_000)
  const { start, bridge, listener, connection } = withMosquitto()

  it('a foreign client sees the car and commands it', async () => {
    const { url, publish, subscribe, port } = await start().then((one) => ({
      url: one.url(),
      publish: one.publish.bind(one),
      subscribe: one.subscribe.bind(one),
      port: one.port,
    }))
    expect(port).to.be.above(0)
    const run = bridge({ url })
    const [state = ''] = await subscribe('home/car/state', 1).lines
    expect(JSON.parse(state.replace('home/car/state ', '')).lock.central).to.equal('locked')
    const results = await listener(url, 'home/car/result/#')
    publish('home/car/command/unlock', '')
    publish('home/car/command/lock', '{"id":"m1"}')
    await until(() => results.heard.length >= 4, 'the results', limit)
    const phases = results.heard.map(({ text }) => (JSON.parse(text) as { phase: string }).phase)
    expect(phases).to.deep.equal(['refused', 'accepted', 'sent', 'done'])
    publish('home/car/command/lock', 'PRESS', '-r')
    const refused = await listener(url, 'home/car/result/lock')
    await run.end('SIGKILL')
    bridge({ url })
    await until(() => refused.heard.length > 0, 'the refusal', limit)
    expect(refused.heard.map(({ text }) => JSON.parse(text).cause?.code)).to.satisfy((codes: string[]) =>
      codes.every((code) => code === 'RETAINED'),
    )
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
    let certificates: Certificates
    const file = (name: string) => certificates.file(name)
    const pem = (name: string) => certificates.pem(name)
    before(() => {
      certificates = new Certificates()
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
        expect(made.problem?.message).to.match(/certificate of the MQTT broker at mqtts:\S+ is not trusted/)
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
    const run = bridge({ url: mosquitto.url().replace('://', '://bridge:b@') })
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
})
