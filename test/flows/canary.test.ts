import { expect } from 'chai'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { inspect } from 'node:util'
import helper from 'node-red-node-test-helper'
import { minutes, seconds } from '../../src/clock'
import { volvoOAuth } from '../../src/providers/volvo/scopes'
import { volvoDemo } from '../../src/simulator/credentials'
import type { Simulator } from '../../src/simulator/simulator'
import { signInToSimulator } from '../../nodes/account/selfSignIn'
import { TestBroker } from '../nodes/brokerSupport'
import { catchAll, nothingIsLost, ownServer, owns } from '../nodes/support'
import { givenHome, logged, type AnyMessage, type Home } from '../support/home'

/** Known values that no one but the cloud and the broker may ever see. */
const planted = {
  apiKey: 'c4na4yc4na4yc4na4yc4na4yc4na4y01',
  clientSecret: 'canary-secret/with=odd~signs',
  password: 'canary-password-of-the-broker',
}
const clientId = 'canary-application'

/** Writes down every token and code that the simulated cloud hands out. */
function tokensOf({ volvo: { tokens } }: Simulator): Set<string> {
  const issued = new Set<string>()
  for (const name of ['issueAccess', 'issueRefresh', 'issueCode', 'idToken'] as const) {
    const issue = tokens[name].bind(tokens) as (...args: unknown[]) => string
    ;(tokens as unknown as Record<string, unknown>)[name] = (...args: unknown[]) => {
      const token = issue(...args)
      issued.add(token)
      return token
    }
  }
  return issued
}

const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(`${clientId}:${secret}`).toString('base64'),
]

const shown = (value: unknown): string =>
  inspect(value, { depth: 12, showHidden: true, maxStringLength: Infinity, maxArrayLength: Infinity, breakLength: Infinity })

describe('a secret', () => {
  nothingIsLost()
  let dir: string
  let broker: TestBroker
  let home: Home
  let issued: Set<string>
  const places = new Map<string, string>()

  before(async function () {
    this.timeout(30_000)
    dir = mkdtempSync(path.join(tmpdir(), 'driveway-canary-'))
    process.env.DRIVEWAY_DIR = dir
    broker = await TestBroker.open()
    home = await givenHome(async (simulator, clock) => {
      owns(simulator, 'ex40', 'xc60')
      issued = tokensOf(simulator)
      simulator.volvo.applications.register({
        clientId,
        clientSecret: planted.clientSecret,
        apiKeys: [planted.apiKey],
        redirectUris: [],
        loopbackRedirects: true,
        scopes: volvoDemo.scopes,
      })
      const client = volvoOAuth(`${simulator.url}/volvo`, { clientId, clientSecret: planted.clientSecret })
      const { refreshToken = '' } = await signInToSimulator(client, clock)
      return {
        account: { ...ownServer(simulator), mirror: 'mqtt' },
        credentials: {
          acc: { apiKey: planted.apiKey, clientId, clientSecret: planted.clientSecret, refreshToken },
          mqtt: { username: 'canary', password: planted.password },
        },
        nodes: [
          { id: 'mqtt', type: 'driveway-mqtt', url: broker.url, instance: 'test' },
          { id: 'charging', type: 'driveway-charging', account: 'acc', profile: 'fast', emit: 'always', wires: [['told']] },
          { id: 'state', type: 'driveway-state', account: 'acc', wires: [['told']] },
          { id: 'command', type: 'driveway-command', account: 'acc', progress: true, wires: [['told'], ['told']] },
          { id: 'statuses', type: 'status', scope: null, wires: [['shown']] },
          catchAll,
        ],
      }
    })
    await live(home)
    places.set('the messages', shown([...home.messages('told')].map(({ vehicle: _vehicle, ...rest }) => rest)))
    places.set('the errors', shown(home.messages('caught').map(withoutTheFlowsOwn)))
    places.set(
      'the statuses',
      shown([home.messages('shown'), ['charging', 'state', 'command', 'acc', 'mqtt'].map((id) => home.statuses(id))]),
    )
    places.set('the log', shown(logged()))
    places.set('the topics', broker.heard.map(({ topic }) => topic).join('\n'))
    places.set('the payloads', broker.heard.map(({ payload }) => payload).join('\n'))
    places.set(
      'the exported flow',
      JSON.stringify((helper as unknown as { _redNodes: { getFlows(): unknown } })._redNodes.getFlows()),
    )
    places.set(
      'the files',
      filesBelow(dir)
        .map((file) => `${file}\n${readFileSync(file, 'latin1')}`)
        .join('\n'),
    )
    places.set('the names of the files', filesBelow(dir).join('\n'))
    places.set('the dialog', await answerOf('/driveway/accounts/acc'))
    places.set('the downloaded diagnostics', await answerOf('/driveway/accounts/acc/diagnostics'))
  })

  after(async () => {
    await home.close()
    await broker.close()
    delete process.env.DRIVEWAY_DIR
    rmSync(dir, { recursive: true })
  })

  const secrets = () => [...Object.values(planted), ...issued]
  const has = (place: string) => places.get(place) ?? ''

  it('was used: tokens were renewed, commands sent, faults met, files written, topics filled', () => {
    expect(issued.size).to.be.above(4)
    expect(home.messages('told').length).to.be.above(20)
    expect(home.messages('caught').map(({ error }) => error.cause?.code)).to.include.members([
      'VEHICLE_UNKNOWN',
      'NOT_ALLOWED',
      'KEY_INVALID',
    ])
    expect(broker.on(/result\/lock$/).length).to.be.above(1)
    expect(has('the names of the files')).to.match(/tokens/)
    expect(has('the log').length).to.be.above(100)
  })

  for (const place of [
    'the messages',
    'the errors',
    'the statuses',
    'the log',
    'the topics',
    'the payloads',
    'the exported flow',
    'the files',
    'the downloaded diagnostics',
    'the dialog',
  ]) {
    it(`never reaches ${place}`, () => {
      expect(has(place)).to.not.equal('')
      for (const secret of secrets())
        for (const form of formsOf(secret)) expect(has(place).includes(form), secret.slice(0, 8)).to.equal(false)
    })
  }

  for (const place of [
    'the errors',
    'the statuses',
    'the log',
    'the topics',
    'the payloads',
    'the names of the files',
    'the files',
    'the downloaded diagnostics',
  ]) {
    it(`nor does a VIN reach ${place}`, () => {
      for (const { id } of home.simulator.cars.list()) expect(has(place)).to.not.include(id)
    })
  }

  it('nor does a position reach topics, payloads, log or files', () => {
    const { latitude, longitude } = home.car.truth('position.location') as { latitude: number; longitude: number }
    for (const place of [
      'the topics',
      'the payloads',
      'the log',
      'the statuses',
      'the files',
      'the errors',
      'the downloaded diagnostics',
    ])
      for (const number of [latitude, longitude]) expect(has(place)).to.not.include(String(number))
  })

  it('nor is the bundle of diagnostics empty', () => {
    const { versions, calls, health, vehicles, settings } = JSON.parse(has('the downloaded diagnostics')) as AnyMessage
    expect(versions.driveway).to.match(/^\d/)
    expect(calls.length).to.be.within(10, 50)
    expect(calls[0]).to.include.keys('at', 'method', 'template', 'status', 'durationMs')
    expect(health.quota.usedToday).to.be.greaterThan(0)
    expect(vehicles.map(({ model }: AnyMessage) => model)).to.deep.equal(['EX40', 'XC60'])
    expect(settings.provider).to.equal('volvo')
  })

  /** What the editor is told. */
  async function answerOf(address: string): Promise<string> {
    const request = helper.request() as unknown as { get(url: string): Promise<{ text: string; status: number }> }
    const answer = await request.get(address)
    expect(answer.status).to.equal(200)
    return answer.text
  }
})

/** What a flow sent in by itself comes back at its Catch node. */
const withoutTheFlowsOwn = ({ vehicle: _vehicle, ...rest }: AnyMessage): AnyMessage => rest

const filesBelow = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

/** A day in short: everything that nodes do, and everything that goes wrong with them. */
async function live(home: Home): Promise<void> {
  const vehicle = home.car.id
  const { faults } = home.simulator
  await home.next('told')
  home.car.plugIn('ac')
  const seen = home.messages('told').length
  home.node('command').receive({ command: 'lock', vehicle })
  await home.until(
    () =>
      home
        .messages('told')
        .slice(seen)
        .some(({ payload }) => payload.ok === true),
    'the command',
  )
  for (const message of [
    { command: 'unlock', vehicle },
    { command: 'lock', vehicle: 'YV1WRONGWRONG0001' },
    { command: 'lock', vehicle, params: { pin: 1 } },
    { command: 'climate-start' },
  ])
    await home.ask('command', message, 'caught')
  await home.ask('state', { maxAge: 'x', vehicle }, 'caught')
  await home.advance(minutes(6))
  for (const kind of ['token-500', '500', '502-html', 'reset', '429', 'new-word', 'broken-json', '401-token', '403-not-yours']) {
    faults.add({ provider: 'volvo', kind, count: 3 })
    home.node('state').receive({ vehicle, maxAge: 0 })
    home.node('command').receive({ command: 'flash', vehicle })
    await home.advance(minutes(1))
    faults.clear()
  }
  await home.advance(minutes(5))
  faults.add({ provider: 'volvo', kind: '401' })
  await home.ask('command', { command: 'honk', vehicle }, 'caught')
  await home.until(() => home.messages('caught').some(({ error }) => error.cause?.code === 'KEY_INVALID'), 'the refused key')
  faults.clear()
  faults.add({ provider: 'volvo', kind: 'token-revoked' })
  home.node('state').receive({ vehicle, maxAge: 0 })
  await home.advance(seconds(30))
}
