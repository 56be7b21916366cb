import { expect } from 'chai'
import { createHash } from 'node:crypto'
import { Http } from '../../src/cloud/http'
import { beginSignIn, clientCredentials, exchangeCode, refresh, type OAuthClient } from '../../src/cloud/oauth'
import { ManualClock } from '../support/clock'
import { rejection } from './support/server'
import { TokenServer } from './support/tokenServer'

describe('The calls of a sign-in', () => {
  let server: TokenServer
  let http: Http
  let client: OAuthClient
  const clock = new ManualClock()

  beforeEach(async () => {
    server = await TokenServer.start()
    http = new Http({ baseUrl: 'https://api.invalid', clock, name: 'Volvo' })
    client = {
      provider: 'Volvo',
      authorizeUrl: 'https://id.example.test/as/authorization.oauth2',
      tokenUrl: `${server.url}/as/token.oauth2`,
      clientId: 'id#cl1',
      clientSecret: 's3cr3t',
      scopes: ['openid', 'conve:lock_status'],
    }
  })
  afterEach(() => server.close())

  it('begins with an address that carries PKCE and a state nobody can guess', () => {
    const signIn = beginSignIn(client, 'https://home.example.test/cb?x=1')
    const url = new URL(signIn.url)
    expect(url.origin + url.pathname).to.equal(client.authorizeUrl)
    expect(Object.fromEntries(url.searchParams)).to.deep.equal({
      response_type: 'code',
      client_id: 'id#cl1',
      redirect_uri: 'https://home.example.test/cb?x=1',
      scope: 'openid conve:lock_status',
      state: signIn.state,
      code_challenge_method: 'S256',
      code_challenge: createHash('sha256').update(signIn.verifier).digest('base64url'),
    })
    expect(Buffer.from(signIn.state, 'base64url')).to.have.length(32)
    expect(signIn.verifier).to.match(/^[A-Za-z0-9_-]{43,128}$/)
    expect(beginSignIn(client, 'x').state).not.to.equal(signIn.state)
  })

  it('exchanges the code for tokens, with the raw client id and secret in the header', async () => {
    const tokens = await exchangeCode(http, client, { code: 'c0de', verifier: 'v', redirectUri: 'https://home/cb' }, clock)
    expect(tokens).to.deep.equal({
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      expiresAt: clock.now() + 300_000,
      obtainedAt: clock.now(),
      signedInAt: clock.now(),
    })
    const [seen] = server.seen
    expect(seen).to.include({ method: 'POST', url: '/as/token.oauth2' })
    expect(seen!.headers.authorization).to.equal(`Basic ${Buffer.from('id#cl1:s3cr3t').toString('base64')}`)
    expect(Object.fromEntries(new URLSearchParams(seen!.body))).to.deep.equal({
      grant_type: 'authorization_code',
      code: 'c0de',
      redirect_uri: 'https://home/cb',
      code_verifier: 'v',
    })
  })

  it('learns who signed in from the id token, where that names somebody', async () => {
    const idToken = (claims: unknown) => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.c2ln`
    const told: [unknown, string | undefined][] = [
      [idToken({ sub: 'user', name: ' Anna Andersson ', email: 'anna@example.org' }), 'Anna Andersson'],
      [idToken({ given_name: 'Åsa', family_name: 'Öst' }), 'Åsa Öst'],
      [idToken({ sub: 'user', email: 'anna@example.org', preferred_username: 'anna' }), 'anna@example.org'],
      [idToken({ sub: 'user', name: 7 }), undefined],
      [idToken(null), undefined],
      ['no token', undefined],
      [undefined, undefined],
    ]
    for (const [id_token, who] of told) {
      server.next = [{ status: 200, body: { access_token: 'a', refresh_token: 'r', id_token } }]
      const tokens = await exchangeCode(http, client, { code: 'c', verifier: 'v', redirectUri: 'r' }, clock)
      expect(tokens.who, String(id_token)).to.equal(who)
    }
  })

  it('keeps the old refresh token when the answer has none, and the day of the sign-in', async () => {
    server.rotates = false
    const old = { accessToken: 'a', refreshToken: 'refresh-0', expiresAt: 0, obtainedAt: 1, signedInAt: 42 }
    const tokens = await refresh(http, client, old, clock)
    expect(tokens).to.include({ accessToken: 'access-1', refreshToken: 'refresh-0', signedInAt: 42, obtainedAt: clock.now() })
  })

  it('takes a life told as text, and assumes a short one where none is told', async () => {
    const lives: [unknown, number][] = [
      ['1799', 1799],
      [undefined, 299],
      ['soon', 299],
      [-5, 299],
    ]
    for (const [told, life] of lives) {
      server.next = [{ status: 200, body: { access_token: 'a', refresh_token: 'r', expires_in: told } }]
      const tokens = await exchangeCode(http, client, { code: 'c', verifier: 'v', redirectUri: 'r' }, clock)
      expect(tokens.expiresAt - tokens.obtainedAt, String(told)).to.equal(life * 1000)
    }
  })

  it('asks for client credentials in the form or in the query', async () => {
    expect(await clientCredentials(http, client, 'query', clock)).to.include({ accessToken: 'access-1' })
    await clientCredentials(http, client, 'form', clock)
    expect(server.seen.map(({ url, body }) => [url, body])).to.deep.equal([
      ['/as/token.oauth2?grant_type=client_credentials', ''],
      ['/as/token.oauth2', 'grant_type=client_credentials&client_id=id%23cl1&scope=openid+conve%3Alock_status'],
    ])
    expect(server.seen[0]!.headers['content-type']).to.equal('application/json')
  })

  it('takes an HTML page, a broken connection or silence of the token host for an outage', async () => {
    server.next = [{ status: 200, raw: '<html>maintenance</html>' }]
    const grant = { code: 'c', verifier: 'v', redirectUri: 'r' }
    expect(await rejection(exchangeCode(http, client, grant, clock))).to.include({ code: 'PROVIDER_DOWN' })
    const gone = { ...client, tokenUrl: 'http://127.0.0.1:1/token' }
    expect(await rejection(exchangeCode(http, gone, grant, clock))).to.include({ code: 'NETWORK', sent: false })
  })
})
