import { expect } from 'chai'
import { days, seconds } from '../../src/clock'
import {
  askToken,
  basic,
  decide,
  givenSimulator,
  redirectUri,
  refresh,
  request,
  signIn,
  type Given,
  type TokenAnswer,
} from './support'

const vehicles = '/connected-vehicle/v2/vehicles'

describe('signing in at the simulated Volvo', () => {
  let given: Given & { token: string }
  beforeEach(async () => {
    given = await givenSimulator()
  })
  afterEach(() => given.sim.close())

  const authorize = (params: URLSearchParams) =>
    fetch(`${given.sim.url}/volvo/as/authorization.oauth2?${params}`, { redirect: 'manual' })
  const exchange = (code: string, verifier: string, uri = redirectUri) =>
    askToken(given.sim, { grant_type: 'authorization_code', code, redirect_uri: uri, code_verifier: verifier })
  const errorOf = async (answer: Response) => ({ status: answer.status, ...((await answer.json()) as object) })
  const json = async (answer: Response) => (await answer.json()) as TokenAnswer

  it('asks the person on a page with Allow and Deny', async () => {
    const answer = await authorize(request().params)
    const html = await answer.text()
    expect(answer.status).to.equal(200)
    expect(html).to.contain('value="allow"').and.to.contain('value="deny"').and.to.contain('conve:lock_status')
  })

  it('sends whoever allows back with a code and the state', async () => {
    const back = await decide(given.sim, request({ state: 'a b&c' }).params)
    expect(back.origin + back.pathname).to.equal(redirectUri)
    expect(back.searchParams.get('code')).to.be.a('string')
    expect(back.searchParams.get('state')).to.equal('a b&c')
  })

  it('sends whoever denies back with access_denied and the state', async () => {
    const back = await decide(given.sim, request().params, 'deny')
    expect(back.searchParams.get('error')).to.equal('access_denied')
    expect(back.searchParams.get('state')).to.equal('opaque')
    expect(back.searchParams.has('code')).to.equal(false)
  })

  it('gives tokens for a code and the verifier that belongs to it', async () => {
    const tokens = await signIn(given.sim)
    expect(tokens).to.include({ token_type: 'Bearer', expires_in: 299 })
    expect(tokens.access_token.split('.')).to.have.length(3)
    expect(tokens.id_token).to.be.a('string')
    expect((await given.volvo(vehicles, { token: tokens.access_token })).status).to.equal(200)
  })

  it('does not take a code with a wrong verifier, or from another redirect address', async () => {
    const { params } = request()
    const first = (await decide(given.sim, params)).searchParams.get('code') ?? ''
    expect(await errorOf(await exchange(first, 'x'.repeat(43)))).to.include({ status: 400, error: 'invalid_grant' })
    const other = request()
    const second = (await decide(given.sim, other.params)).searchParams.get('code') ?? ''
    expect(await errorOf(await exchange(second, other.verifier, `${redirectUri}/`))).to.include({
      status: 400,
      error: 'invalid_grant',
    })
  })

  it('takes a code once, ends the sign-in when it comes twice, and forgets it after a minute', async () => {
    const { params, verifier } = request()
    const code = (await decide(given.sim, params)).searchParams.get('code') ?? ''
    const tokens = await json(await exchange(code, verifier))
    expect((await exchange(code, verifier)).status).to.equal(400)
    expect((await given.volvo(vehicles, { token: tokens.access_token })).status).to.equal(401)

    const late = request()
    const oldCode = (await decide(given.sim, late.params)).searchParams.get('code') ?? ''
    await given.sim.advance(61)
    expect((await exchange(oldCode, late.verifier)).status).to.equal(400)
  })

  for (const [what, changes, error] of [
    ['without PKCE', { code_challenge: undefined }, 'invalid_request'],
    ['with plain PKCE', { code_challenge_method: 'plain' }, 'invalid_request'],
    ['for a scope that the application does not own', { scope: 'openid conve:statistics' }, 'invalid_scope'],
    ['for something other than a code', { response_type: 'token' }, 'unsupported_response_type'],
  ] as const)
    it(`sends ${error} back to an application that asks ${what}`, async () => {
      const answer = await authorize(request(changes).params)
      expect(answer.status).to.equal(302)
      const back = new URL(answer.headers.get('location') ?? '')
      expect(back.searchParams.get('error')).to.equal(error)
      expect(back.searchParams.get('state')).to.equal('opaque')
    })

  for (const [what, changes] of [
    ['an unknown application', { client_id: 'stranger' }],
    ['a redirect address that is not registered', { redirect_uri: 'https://evil.example.test/callback' }],
    ['an address that only begins like this machine', { redirect_uri: 'http://127.0.0.1.evil.example.test/' }],
  ] as const)
    it(`shows an error page and redirects nowhere for ${what}`, async () => {
      const answer = await authorize(request(changes).params)
      expect(answer.status).to.equal(400)
      expect(answer.headers.get('location')).to.equal(null)
      expect(await answer.text()).to.contain('cannot go on')
    })

  it('lets an older application in without PKCE, at its registered address only', async () => {
    given.sim.volvo.applications.register({
      clientId: 'old',
      clientSecret: 's',
      apiKeys: ['k'],
      redirectUris: ['https://old.example.test/cb'],
      scopes: ['openid'],
      pkce: false,
    })
    const old = { client_id: 'old', scope: 'openid', code_challenge: undefined, redirect_uri: 'https://old.example.test/cb' }
    expect((await authorize(request(old).params)).status).to.equal(200)
    expect((await authorize(request({ ...old, redirect_uri: redirectUri }).params)).status).to.equal(400)
  })

  it('refuses a wrong secret with invalid_client and other grants by their names', async () => {
    expect(await errorOf(await askToken(given.sim, { grant_type: 'refresh_token' }, basic(undefined, 'wrong')))).to.include({
      status: 401,
      error: 'invalid_client',
    })
    expect(await errorOf(await askToken(given.sim, { grant_type: 'password' }))).to.include({
      status: 400,
      error: 'unauthorized_client',
    })
    expect(await errorOf(await askToken(given.sim, { grant_type: 'magic' }))).to.include({
      status: 400,
      error: 'unsupported_grant_type',
    })
  })

  it('lets an access token die after 299 s and renews it with the refresh token', async () => {
    const tokens = await signIn(given.sim)
    const status = async (token: string) => (await given.volvo(vehicles, { token })).status
    await given.sim.advance(298)
    expect(await status(tokens.access_token)).to.equal(200)
    await given.sim.advance(2)
    expect(await status(tokens.access_token)).to.equal(401)
    const renewed = await json(await refresh(given.sim, tokens.refresh_token))
    expect(renewed.refresh_token).not.to.equal(tokens.refresh_token)
    expect(await status(renewed.access_token)).to.equal(200)
  })

  it('takes each refresh token once; one that comes again ends the whole sign-in', async () => {
    const tokens = await signIn(given.sim)
    const renewed = await json(await refresh(given.sim, tokens.refresh_token))
    expect(await errorOf(await refresh(given.sim, tokens.refresh_token))).to.deep.equal({
      status: 400,
      error: 'invalid_grant',
      error_description: 'unknown, invalid, or expired refresh token',
    })
    expect((await refresh(given.sim, renewed.refresh_token)).status).to.equal(400)
    expect((await given.volvo(vehicles, { token: renewed.access_token })).status).to.equal(401)
  })

  it('ends a sign-in that was not used for 7 days, and any after 6 months', async () => {
    const idle = await signIn(given.sim)
    await given.clock.advance(days(7) + seconds(1))
    expect((await refresh(given.sim, idle.refresh_token)).status).to.equal(400)

    let token = (await signIn(given.sim)).refresh_token
    for (let week = 0; week < 30; week++) {
      const answer = await refresh(given.sim, token)
      expect(answer.status).to.equal(200)
      token = (await json(answer)).refresh_token
      await given.sim.advance(6 * 86_400)
    }
    token = (await json(await refresh(given.sim, token))).refresh_token
    await given.sim.advance(4 * 86_400)
    expect((await refresh(given.sim, token)).status).to.equal(400)
  }).timeout(30_000)

  it('ends a sign-in by its refresh token at the revocation address', async () => {
    const tokens = await signIn(given.sim)
    const body = new URLSearchParams({ token: tokens.refresh_token })
    const answer = await fetch(`${given.sim.url}/volvo/as/revoke_token.oauth2`, {
      method: 'POST',
      body,
      headers: { authorization: basic() },
    })
    expect(answer.status).to.equal(200)
    expect((await given.volvo(vehicles, { token: tokens.access_token })).status).to.equal(401)
    expect((await refresh(given.sim, tokens.refresh_token)).status).to.equal(400)
  })

  it('shows each person their own cars', async () => {
    const other = await signIn(given.sim, { user: 'other' })
    const answer = await given.volvo(vehicles, { token: other.access_token })
    const { data } = (await answer.json()) as { data: { vin: string }[] }
    expect(data.map(({ vin }) => vin)).to.deep.equal(['ex30', 'us-xc40'].map((key) => given.sim.cars.get(key).id))
    const theirs = given.sim.cars.get('ex40').id
    const foreign = await given.volvo(`${vehicles}/${theirs}`, { token: other.access_token })
    expect(await errorOf(foreign)).to.deep.equal({
      status: 403,
      error: { message: 'FORBIDDEN', description: 'No relationship to UUID' },
    })
  })

  it('plays a refresh token that somebody else has used, one answer that is lost, and one without a new token', async () => {
    const tokens = await signIn(given.sim)
    given.sim.faults.add({ provider: 'volvo', kind: 'token-no-rotation' })
    expect(await json(await refresh(given.sim, tokens.refresh_token))).not.to.have.property('refresh_token')
    given.sim.faults.add({ provider: 'volvo', kind: 'token-lost' })
    expect(await refresh(given.sim, tokens.refresh_token).catch(() => 'cut')).to.equal('cut')
    expect((await refresh(given.sim, tokens.refresh_token)).status).to.equal(400)

    const again = await signIn(given.sim)
    given.sim.faults.add({ provider: 'volvo', kind: 'token-reuse' })
    expect((await refresh(given.sim, again.refresh_token)).status).to.equal(400)
    expect((await refresh(given.sim, again.refresh_token)).status).to.equal(400)
  })
})
