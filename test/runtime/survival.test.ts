import { chmodSync, existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { temporaryFolder } from '../support/stage'
import {
  accountOn,
  asking,
  demoCredentials,
  describeAccount,
  renewedAndUsed,
  signIn,
  tab,
  tokenFiles,
  tokenFolder,
  works,
} from './support'

describe('a sign-in and what may happen to the machine', () => {
  let simulator: SimulatorProcess
  let vin: string
  const started: NodeRed[] = []

  before(async () => {
    simulator = await SimulatorProcess.start()
    vin = await simulator.vinOf('ex40')
  })

  afterEach(async () => {
    for (const nodeRed of started.splice(0)) await nodeRed.end('SIGKILL')
  })

  beforeEach(() => simulator.control('POST', 'reset'))
  after(() => simulator?.close())

  const home = async (options: Partial<Parameters<typeof NodeRed.start>[0]> = {}): Promise<NodeRed> => {
    const flows = [tab, accountOn(simulator, vin), ...asking()]
    const nodeRed = await NodeRed.start({ flows, credentials: { acc: demoCredentials }, ...options })
    started.push(nodeRed)
    return nodeRed
  }

  const refusals = async () => (await simulator.tokenCalls()).filter((status) => status !== 200)

  it('survives a kill -9 right after the tokens were renewed', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await works(nodeRed)
    for (let round = 1; round <= 3; round++) {
      await simulator.ageTokens()
      const renewals = (await simulator.tokenCalls()).length
      const asked = nodeRed.ask('/ask').catch(() => undefined)
      // The cloud has just seen the new token for the first time: by then it must be on the disk.
      await renewedAndUsed(simulator, renewals)
      await nodeRed.end('SIGKILL')
      await asked
      expect((await simulator.tokenCalls()).length, 'renewals').to.equal(renewals + 1)
      await nodeRed.restart()
      await works(nodeRed)
    }
    await simulator.ageTokens()
    await works(nodeRed)
    expect(await refusals(), 'no token was sent twice').to.deep.equal([])
    expect(nodeRed.complaints).to.deep.equal([])
  })

  it('survives an orderly stop right after the tokens were renewed', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await simulator.ageTokens()
    await works(nodeRed)
    await nodeRed.end('SIGTERM')
    await nodeRed.restart()
    await works(nodeRed)
    expect(await refusals()).to.deep.equal([])
  })

  /** Waits until a call for tokens has reached the cloud, which takes its time to answer. */
  const renewing = async (nodeRed: NodeRed): Promise<void> => {
    await simulator.control('POST', 'faults', { provider: 'volvo', kind: 'slow', path: '/as/token', count: 1, delayMs: 1000 })
    await simulator.ageTokens()
    // Nobody answers when the runtime stops meanwhile.
    nodeRed.ask('/ask').catch(() => undefined)
    await eventually(
      () => simulator.control<unknown[]>('GET', 'faults'),
      (standing) => standing.length === 0,
      'the call for tokens',
    )
  }

  it('survives an orderly stop while the tokens are being renewed', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    const renewals = (await simulator.tokenCalls()).length
    await renewing(nodeRed)
    await nodeRed.end('SIGTERM')
    expect((await simulator.tokenCalls()).length, 'the stop waited for the answer').to.equal(renewals + 1)
    await nodeRed.restart()
    await works(nodeRed)
    expect(await refusals()).to.deep.equal([])
  })

  it('survives a deploy while the tokens are being renewed', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await renewing(nodeRed)
    await nodeRed.deploy((await nodeRed.admin('GET', 'flows')).json as unknown[])
    await works(nodeRed)
    expect(await refusals()).to.deep.equal([])
  })

  it('says AUTH_REQUIRED when the credential secret was changed, keeps the file aside, and takes a new sign-in', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await works(nodeRed)
    const [file] = tokenFiles(tokenFolder(nodeRed))
    await nodeRed.end()
    await nodeRed.restart({ settings: { credentialSecret: 'another secret' } })
    const { status, json } = await nodeRed.ask('/ask')
    expect(status).to.equal(500)
    expect(json.code).to.equal('AUTH_REQUIRED')
    expect(json.message).to.contain('credential secret was changed')
    expect((await describeAccount(nodeRed)).signIn.problem.message).to.contain('credential secret was changed')
    expect(readdirSync(tokenFolder(nodeRed))).to.deep.equal([`${file}.unreadable-1`])
    await signIn(nodeRed, simulator)
    await works(nodeRed)
    await nodeRed.end('SIGKILL')
    await nodeRed.restart()
    await works(nodeRed)
  })

  it('keeps the sign-in when a credential secret is set where Node-RED had made one itself', async () => {
    const nodeRed = await home({ settings: { credentialSecret: undefined } })
    await signIn(nodeRed, simulator)
    await nodeRed.end()
    for (let start = 1; start <= 2; start++) {
      await nodeRed.restart({ settings: { credentialSecret: 'now a secret of my own' } })
      await works(nodeRed)
      expect((await describeAccount(nodeRed)).signIn.since).to.be.a('string')
      await nodeRed.end()
    }
    expect(tokenFiles(tokenFolder(nodeRed)).filter((name) => name.includes('unreadable'))).to.deep.equal([])
  })

  it('keeps the sign-in where Node-RED has no credential secret at all', async () => {
    const nodeRed = await home({ settings: { credentialSecret: false } })
    await signIn(nodeRed, simulator)
    await nodeRed.end('SIGKILL')
    await nodeRed.restart()
    await works(nodeRed)
    expect(existsSync(join(nodeRed.userDir, 'driveway/key'))).to.equal(true)
  })

  for (const [what, credentialSecret] of [
    ['', 'the secret of these tests'],
    [' and no credential secret', false],
  ] as const) {
    it(`works until the restart where nothing can be written${what}, and says so`, async function () {
      if (process.platform === 'win32') return this.skip()
      const folder = temporaryFolder('read-only')
      chmodSync(folder, 0o555)
      const env = { DRIVEWAY_DIR: folder }
      const nodeRed = await home({ env, unprivileged: true, settings: { credentialSecret } })
      await signIn(nodeRed, simulator)
      await works(nodeRed)
      await nodeRed.logged(/\[warn\].*sign-ins? .*until .*restart/)
      expect((await describeAccount(nodeRed)).signIn).to.include({ signedIn: true, durable: false })
      // Renewing and a deploy cost nothing either.
      await simulator.ageTokens()
      await works(nodeRed)
      await nodeRed.deploy((await nodeRed.admin('GET', 'flows')).json as unknown[])
      await works(nodeRed)
      expect(readdirSync(folder)).to.deep.equal([])
      await nodeRed.end()
      await nodeRed.restart()
      expect((await nodeRed.ask('/ask')).json.code).to.equal('AUTH_REQUIRED')
      expect(nodeRed.log).not.to.contain(vin)
    })
  }

  it('lets two accounts live on one pasted refresh token', async () => {
    const refreshToken = await simulator.foreignRefreshToken()
    const credentials = { ...demoCredentials, refreshToken }
    const flows = [
      tab,
      accountOn(simulator, vin, 'one'),
      accountOn(simulator, vin, 'two'),
      ...asking('one', 'ask-one'),
      ...asking('two', 'ask-two'),
    ]
    const nodeRed = await home({ flows, credentials: { one: credentials, two: credentials } })
    const both = () => Promise.all([works(nodeRed, '/ask-one'), works(nodeRed, '/ask-two')])
    const renewals = async () => (await simulator.tokenCalls()).length
    const before = await renewals()
    await both()
    expect(await renewals()).to.equal(before + 1)
    await simulator.ageTokens()
    await both()
    expect(await renewals()).to.equal(before + 2)
    await nodeRed.end('SIGKILL')
    await nodeRed.restart()
    await both()
    await simulator.ageTokens()
    await both()
    expect(await refusals(), 'the pasted token was sent once only').to.deep.equal([])
    expect(tokenFiles(tokenFolder(nodeRed))).to.have.length(1)
  })

  it('takes a newly pasted token over the kept sign-in, and the kept one while nothing changed', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await nodeRed.end()
    const pasted = { acc: { ...demoCredentials, refreshToken: await simulator.foreignRefreshToken() } }
    await nodeRed.restart({ credentials: pasted })
    await works(nodeRed)
    expect((await describeAccount(nodeRed)).signIn.since, 'nobody signed in for the pasted one').to.equal(undefined)
    await signIn(nodeRed, simulator)
    await nodeRed.end('SIGKILL')
    await nodeRed.restart()
    await works(nodeRed)
    expect((await describeAccount(nodeRed)).signIn.since, 'the sign-in is the newer wish').to.be.a('string')
    expect(await refusals()).to.deep.equal([])
  })

  it('says "sign in again" when the cloud ended the sign-in, asks no more, and goes on after the next one', async () => {
    const nodeRed = await home()
    await signIn(nodeRed, simulator)
    await works(nodeRed)
    await simulator.control('POST', 'faults', { provider: 'volvo', kind: 'token-revoked', count: 1 })
    await simulator.ageTokens()
    expect((await nodeRed.ask('/ask')).json.code).to.equal('AUTH_EXPIRED')
    const asked = (await simulator.calls()).length
    expect((await nodeRed.ask('/ask')).json.code).to.equal('AUTH_EXPIRED')
    expect((await simulator.calls()).length, 'calls stopped').to.equal(asked)
    await nodeRed.end()
    await nodeRed.restart()
    expect((await nodeRed.ask('/ask')).json.code, 'also after a restart').to.equal('AUTH_EXPIRED')
    expect((await simulator.calls()).length).to.equal(asked)
    await signIn(nodeRed, simulator)
    await works(nodeRed)
  })
})
