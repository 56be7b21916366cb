import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { volvoDemo } from '../../src/simulator/credentials'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import {
  accountOn,
  asking,
  beginSignIn,
  demoCredentials,
  describeAccount,
  signIn,
  tab,
  tokenFiles,
  tokenFolder,
  works,
} from './support'

describe('signing in, with users in the editor and a custom admin root', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let vin: string
  const as = 'owner'

  before(async () => {
    simulator = await SimulatorProcess.start()
    vin = await simulator.vinOf('ex40')
    nodeRed = await NodeRed.start({
      flows: [tab, accountOn(simulator, vin), ...asking()],
      credentials: { acc: demoCredentials },
      settings: { httpAdminRoot: '/adm' },
      users: {
        owner: { password: 'o', permissions: '*' },
        reader: { password: 'r', permissions: 'read' },
        stranger: { password: 's', permissions: ['flows.read'] },
      },
    })
  })

  after(async () => {
    await nodeRed?.end()
    await simulator?.close()
  })

  const routes = [
    ['GET', 'driveway/catalogue'],
    ['GET', 'driveway/accounts/acc'],
    ['GET', 'driveway/accounts/acc/vehicles'],
    ['GET', 'driveway/sign-in/some-state'],
    ['POST', 'driveway/sign-in'],
    ['POST', 'driveway/sign-in/paste'],
    ['POST', 'driveway/accounts/acc/test'],
    ['POST', 'driveway/accounts/acc/sign-out'],
  ] as const

  for (const [method, path] of routes) {
    it(`${method} ${path} is closed to who is not logged in, and to who has no right to it`, async () => {
      const body = method === 'POST' ? {} : undefined
      expect((await nodeRed.admin(method, path, { body })).status).to.equal(401)
      expect((await nodeRed.admin(method, path, { body, as: 'stranger' })).status).to.equal(401)
      const { status } = await nodeRed.admin(method, path, { body, as: 'reader' })
      if (method === 'POST') expect(status, 'a reader may not write').to.equal(401)
      else expect(status, 'a reader may read').not.to.equal(401)
    })
  }

  it('says that nobody is signed in before anybody was, to the editor and to the flow', async () => {
    const { deployed, signIn } = await describeAccount(nodeRed, 'acc', 'reader')
    expect(deployed).to.equal(true)
    expect(signIn).to.include({ signedIn: false })
    expect(signIn.problem.code).to.equal('AUTH_REQUIRED')
    const { status, json } = await nodeRed.ask('/ask')
    expect(status).to.equal(500)
    expect(json.code).to.equal('AUTH_REQUIRED')
  })

  it('is told when the person denies, and stays signed out', async () => {
    const { url, state } = await beginSignIn(nodeRed, simulator, { as })
    const page = await fetch(await simulator.decide(url, 'deny'))
    expect(page.status).to.equal(400)
    expect(await page.text()).to.contain('Not signed in')
    const { json } = await nodeRed.admin('GET', `driveway/sign-in/${state}`, { as })
    expect(json).to.include({ status: 'failed', code: 'AUTH_REQUIRED' })
    expect(json.message).to.contain('not allowed')
    expect((await describeAccount(nodeRed, 'acc', as)).signIn.signedIn).to.equal(false)
  })

  it('takes no redirect with a made-up state, and shows nothing of the address on its page', async () => {
    const page = await fetch(`${nodeRed.callbackUrl}?state=made-up&code=%3Cscript%3Estolen`)
    expect(page.status).to.equal(400)
    expect(page.headers.get('cache-control')).to.equal('no-store')
    expect(page.headers.get('content-security-policy')).to.contain("default-src 'none'")
    expect(page.headers.get('referrer-policy')).to.equal('no-referrer')
    expect(await page.text()).not.to.match(/stolen|made-up/)
    expect((await fetch(nodeRed.callbackUrl)).status, 'without anything').to.equal(400)
    expect((await fetch(`${nodeRed.callbackUrl}?state=a&state=b&code=c`)).status, 'twice the same').to.equal(400)
  })

  it('signs in through the consent page, works without a deploy, and takes the same redirect only once', async () => {
    const { url, state } = await beginSignIn(nodeRed, simulator, { as })
    const query = new URL(url).searchParams
    expect(query.get('redirect_uri')).to.equal(`${nodeRed.adminUrl}driveway/oauth/callback`)
    expect(query.get('code_challenge_method')).to.equal('S256')
    expect((await nodeRed.admin('GET', `driveway/sign-in/${state}`, { as })).json).to.deep.equal({ status: 'pending' })

    const back = await simulator.decide(url)
    const page = await fetch(back)
    expect(page.status).to.equal(200)
    expect(await page.text()).to.contain('Signed in')
    expect((await nodeRed.admin('GET', `driveway/sign-in/${state}`, { as: 'reader' })).json).to.deep.equal({ status: 'done' })
    await works(nodeRed)
    const before = await simulator.tokenCalls()

    const again = await fetch(back)
    expect(again.status, 'the same redirect again').to.equal(400)
    expect(await simulator.tokenCalls(), 'the code is not sent twice').to.deep.equal(before)
    await works(nodeRed)
    expect((await nodeRed.admin('GET', `driveway/sign-in/${state}`, { as })).json, 'what was done stays done').to.deep.equal({
      status: 'done',
    })
  })

  it('shows who is asked: signed in until when, the cars, and no secret', async () => {
    const found = await nodeRed.admin('POST', 'driveway/accounts/acc/test', { body: {}, as })
    expect(found.json.vehicles.map(({ slug }: { slug: string }) => slug)).to.deep.equal(['ex40'])
    const { status, json, text } = await nodeRed.admin('GET', 'driveway/accounts/acc', { as: 'reader' })
    expect(status).to.equal(200)
    expect(json.signIn).to.include({ signedIn: true, durable: true })
    expect(Date.parse(json.signIn.until)).to.be.greaterThan(Date.parse(json.signIn.since))
    for (const secret of [volvoDemo.clientSecret, volvoDemo.apiKey, 'eyJ']) expect(text).not.to.contain(secret)
  })

  it('keeps the sign-in in a file that only its owner may open and nobody can read', () => {
    const folder = tokenFolder(nodeRed)
    const files = tokenFiles(folder)
    expect(files).to.have.length(1)
    expect(files[0]).to.match(/^[0-9a-f]{40}\.json$/)
    const file = join(folder, files[0]!)
    if (process.platform !== 'win32') {
      expect(statSync(file).mode & 0o777).to.equal(0o600)
      expect(statSync(folder).mode & 0o777).to.equal(0o700)
    }
    const text = readFileSync(file, 'utf8')
    expect(Object.keys(JSON.parse(text) as object)).to.have.members(['v', 'iv', 'tag', 'data'])
    expect(text).not.to.match(/accessToken|refreshToken|eyJ/)
    expect(text).not.to.contain(volvoDemo.clientId)
  })

  it('signs out, and stays so until somebody signs in again', async () => {
    const { status } = await nodeRed.admin('POST', 'driveway/accounts/acc/sign-out', { body: {}, as })
    expect(status).to.equal(200)
    expect((await nodeRed.ask('/ask')).json.code).to.equal('AUTH_REQUIRED')
    expect(tokenFiles(tokenFolder(nodeRed))).to.deep.equal([])
  })

  it('finishes with the pasted final address when the browser cannot come back', async () => {
    const { url, state } = await beginSignIn(nodeRed, simulator, { as, redirectUri: volvoDemo.redirectUri })
    const address = await simulator.decide(url)
    expect(address).to.match(/^https:\/\/demo\.example\.test/)
    const half = address.replace(/code=[^&]*&?/, '')
    for (const [nonsense, message] of Object.entries({ 'my car please': /is no address/, [half]: /does not hold/ })) {
      const { json } = await nodeRed.admin('POST', 'driveway/sign-in/paste', { body: { address: nonsense }, as })
      expect(json.code).to.equal('INVALID_CONFIG')
      expect(json.message).to.match(message)
      expect(json.action).to.contain('the whole address')
    }
    const pasted = await nodeRed.admin('POST', 'driveway/sign-in/paste', { body: { address: `  ${address}\n` }, as })
    expect(pasted.json).to.deep.equal({ status: 'done' })
    expect((await nodeRed.admin('GET', `driveway/sign-in/${state}`, { as })).json.status).to.equal('done')
    await works(nodeRed)
  })

  it('holds the sign-in of an account that is not deployed yet, and uses it after the deploy', async () => {
    const clientId = volvoDemo.clientId
    const clientSecret = volvoDemo.clientSecret
    await signIn(nodeRed, simulator, { account: 'later', as, fields: { clientId, clientSecret } })
    expect((await describeAccount(nodeRed, 'later', as)).deployed).to.equal(false)
    const later = { ...accountOn(simulator, vin, 'later'), credentials: demoCredentials }
    await nodeRed.deploy([tab, accountOn(simulator, vin), ...asking(), later, ...asking('later', 'ask-later')], { as })
    await works(nodeRed, '/ask-later')
    expect((await describeAccount(nodeRed, 'later', as)).signIn).to.include({ signedIn: true, durable: true })
    await works(nodeRed)
  })

  it('refuses to begin with what cannot work, and says what to mend', async () => {
    const begin = (body: object) =>
      nodeRed.admin('POST', 'driveway/sign-in', { body: { account: 'acc', provider: 'volvo', ...body }, as })
    const redirect = await begin({ server: 'production', redirectUri: 'javascript:alert(1)' })
    expect(redirect.status).to.equal(400)
    expect(redirect.json.code).to.equal('INVALID_CONFIG')
    const address = await begin({ server: 'custom', url: 'not an address', redirectUri: nodeRed.callbackUrl })
    expect(address.status).to.equal(400)
    expect(address.json.action).to.be.a('string').that.is.not.empty
    const nobody = await begin({ account: 'nobody', server: 'production', redirectUri: nodeRed.callbackUrl })
    expect(nobody.json.message).to.contain('client id is missing')
  })

  it('complained about the missing sign-in only, and told no secret, no VIN and no code', () => {
    const text = nodeRed.log
    for (const secret of [vin, volvoDemo.clientSecret, volvoDemo.apiKey, 'eyJ', 'code=']) expect(text).not.to.contain(secret)
    expect(
      nodeRed.complaints.filter((line) => !line.includes('Not signed in')),
      text,
    ).to.deep.equal([])
  })
})

describe('a sign-in that takes long', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let vin: string

  before(async () => {
    simulator = await SimulatorProcess.start()
    vin = await simulator.vinOf('ex40')
    nodeRed = await NodeRed.start({
      flows: [tab, accountOn(simulator, vin), ...asking()],
      credentials: { acc: demoCredentials },
      movableClock: true,
    })
  })

  beforeEach(() => nodeRed.moveClock(0))

  after(async () => {
    await nodeRed?.end()
    await simulator?.close()
  })

  it('is good for 10 minutes, not for 11', async () => {
    const late = await beginSignIn(nodeRed, simulator)
    const soon = await beginSignIn(nodeRed, simulator)
    nodeRed.moveClock(minutes(9))
    expect((await fetch(await simulator.decide(soon.url))).status).to.equal(200)
    nodeRed.moveClock(minutes(11))
    const before = await simulator.tokenCalls()
    expect((await fetch(await simulator.decide(late.url))).status).to.equal(400)
    expect(await simulator.tokenCalls(), 'the code is not even sent').to.deep.equal(before)
    expect((await nodeRed.admin('GET', `driveway/sign-in/${late.state}`)).json).to.include({
      status: 'failed',
      code: 'AUTH_REQUIRED',
    })
  })

  it('waits an hour for the deploy of its account, not longer', async () => {
    const { clientId, clientSecret } = demoCredentials
    const accounts = [
      ['within', minutes(59), 200],
      ['beyond', minutes(61), 500],
    ] as const
    for (const [account, wait, status] of accounts) {
      nodeRed.moveClock(0)
      await signIn(nodeRed, simulator, { account, fields: { clientId, clientSecret } })
      nodeRed.moveClock(wait)
      const deployed = { ...accountOn(simulator, vin, account), credentials: demoCredentials }
      await nodeRed.deploy([tab, deployed, ...asking(account, account)])
      const answer = await nodeRed.ask(`/${account}`)
      expect(answer.status, `${account}: ${answer.text}`).to.equal(status)
      if (status === 500) expect(answer.json.code).to.equal('AUTH_REQUIRED')
    }
  })
})

describe('a runtime without an editor', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed

  after(async () => {
    await nodeRed?.end()
    await simulator?.close()
  })

  it('works with a pasted refresh token', async () => {
    simulator = await SimulatorProcess.start()
    const refreshToken = await simulator.foreignRefreshToken()
    nodeRed = await NodeRed.start({
      flows: [tab, accountOn(simulator, await simulator.vinOf('ex40')), ...asking()],
      credentials: { acc: { ...demoCredentials, refreshToken } },
      settings: { httpAdminRoot: false },
    })
    await works(nodeRed)
    expect((await nodeRed.ask('/driveway/oauth/callback')).status).to.equal(404)
    expect(nodeRed.complaints).to.deep.equal([])
  })
})
