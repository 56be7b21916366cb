import { expect } from 'chai'
import { ClientTokens } from '../../src/cloud/clientTokens'
import { Http } from '../../src/cloud/http'
import { minutes, seconds } from '../../src/clock'
import { ManualClock } from '../support/clock'
import { rejection, startServer, type LocalServer } from './support/server'

describe('tokens of an application that nobody signs in to', () => {
  const clock = new ManualClock()
  let server: LocalServer
  let asked = 0
  let refused = false

  before(async () => {
    server = await startServer((_seen, response) => {
      asked++
      response.writeHead(refused ? 401 : 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(refused ? { error: 'invalid_client' } : { access_token: `t${asked}`, expires_in: 900 }))
    })
  })
  after(() => server.close())
  beforeEach(() => {
    asked = 0
    refused = false
  })

  const tokensOf = () =>
    new ClientTokens({
      client: {
        provider: 'INVERS',
        authorizeUrl: '',
        tokenUrl: `${server.url}/token`,
        clientId: 'DEMO01#cl1',
        clientSecret: 's3cr3t',
        scopes: [],
      },
      http: new Http({ baseUrl: server.url, clock, name: 'INVERS' }),
      grantIn: 'query',
      clock,
    })

  it('are asked for once by all who ask at the same time, and again a minute before they end', async () => {
    const tokens = tokensOf()
    expect(await Promise.all([tokens.access(), tokens.access(), tokens.access()])).to.deep.equal(['t1', 't1', 't1'])
    await clock.advance(minutes(14) - seconds(1))
    expect(await tokens.access()).to.equal('t1')
    await clock.advance(seconds(2))
    expect(await tokens.access()).to.equal('t2')
  })

  it('are asked for anew when one is refused, once for all', async () => {
    const tokens = tokensOf()
    const first = await tokens.access()
    expect(await Promise.all([tokens.renew(first), tokens.renew(first)])).to.deep.equal(['t2', 't2'])
    expect(await tokens.renew(first)).to.equal('t2')
  })

  it('are not asked for again for ten minutes when id or secret are wrong', async () => {
    refused = true
    const tokens = tokensOf()
    for (const attempt of [1, 2, 3]) expect((await rejection(tokens.access())).code, `attempt ${attempt}`).to.equal('KEY_INVALID')
    expect(asked).to.equal(1)
    expect(tokens.status().signedIn).to.equal(false)
    await clock.advance(minutes(10))
    refused = false
    expect(await tokens.access()).to.equal('t2')
    expect(tokens.status().signedIn).to.equal(true)
  })
})
