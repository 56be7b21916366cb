import { expect } from 'chai'
import * as net from 'node:net'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'
import { seconds, systemClock } from '../../src/clock'
import { Http, TransportError, type CallRecord } from '../../src/cloud/http'
import { ManualClock } from '../support/clock'
import { rejection, startServer, until, type LocalServer } from './support/server'

const get = (path: string) => ({ method: 'GET' as const, path, template: path })

describe('Talking to a cloud over HTTP', () => {
  let server: LocalServer
  let http: Http
  const clock = new ManualClock()
  const open: Http[] = []

  function httpTo(baseUrl: string, onCall?: (record: CallRecord) => void): Http {
    const made = new Http({ baseUrl, clock, name: 'Volvo', onCall })
    open.push(made)
    return made
  }

  beforeEach(async () => {
    server = await startServer((seen, response) => {
      const [path] = seen.url.split('?')
      if (path === '/silent') return
      if (path === '/cut') return void response.socket?.destroy()
      if (path === '/half') {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"a":')
        return void setImmediate(() => response.socket?.destroy())
      }
      if (path === '/html') return void response.writeHead(502).end('<html>Bad gateway</html>')
      if (path === '/moved') return void response.writeHead(302, { location: '/elsewhere' }).end()
      if (path === '/large') return void response.end(Buffer.alloc(6 * 1024 * 1024, 'x'))
      response.writeHead(200, { 'VCC-API-OperationId': 'op-1', 'Set-Cookie': 'session=canary-cookie', 'X-Many': 'a' })
      response.end(JSON.stringify({ path: seen.url }))
    })
    http = httpTo(server.url)
  })

  afterEach(async () => {
    for (const each of open.splice(0)) each.close()
    await server.close()
  })

  it('gives status, lower-case headers, parsed and raw body, and no cookies', async () => {
    const response = await http.request({ ...get('/vehicles'), query: { page: '2 & 3' } })
    expect(response.status).to.equal(200)
    expect(response.body).to.deep.equal({ path: '/vehicles?page=2+%26+3' })
    expect(response.text).to.equal('{"path":"/vehicles?page=2+%26+3"}')
    expect(response.isJson).to.equal(true)
    expect(response.headers).to.include({ 'vcc-api-operationid': 'op-1', 'x-many': 'a' })
    expect(response.headers).not.to.have.property('set-cookie')
  })

  it('gives an HTML error page as an answer, not as an error', async () => {
    const response = await http.request(get('/html'))
    expect(response).to.include({ status: 502, body: undefined, isJson: false, text: '<html>Bad gateway</html>' })
  })

  it('does not follow a redirect', async () => {
    expect((await http.request(get('/moved'))).status).to.equal(302)
    expect(server.seen).to.have.length(1)
  })

  it('keeps the path of the base address and never leaves its host', async () => {
    await httpTo(`${server.url}/connected-vehicle/v2/`).request(get('/vehicles'))
    await httpTo(server.url).request(get('@127.0.0.1:1/x'))
    await httpTo(server.url).request(get('//127.0.0.1:1/x'))
    expect(server.seen.map(({ url }) => url)).to.deep.equal([
      '/connected-vehicle/v2/vehicles',
      '/@127.0.0.1:1/x',
      '//127.0.0.1:1/x',
    ])
  })

  it('sends JSON, forms and the headers given, and keeps a content type without a body', async () => {
    await http.request({ method: 'POST', path: '/a', template: '/a', json: { minutes: 3 }, headers: { 'vcc-api-key': 'k' } })
    await http.request({ method: 'POST', path: '/b', template: '/b', form: { grant_type: 'x', s: 'a b' } })
    await http.request({ method: 'POST', path: '/c', template: '/c', headers: { 'content-type': 'application/json' } })
    const [json, form, bare] = server.seen
    expect(json!.body).to.equal('{"minutes":3}')
    expect(json!.headers).to.include({ 'content-type': 'application/json', 'vcc-api-key': 'k' })
    expect(form!.body).to.equal('grant_type=x&s=a+b')
    expect(form!.headers).to.include({ 'content-type': 'application/x-www-form-urlencoded' })
    expect(bare!.headers).to.include({ 'content-type': 'application/json', 'content-length': '0' })
  })

  it('reuses its connection, except for what must not meet a stale one', async () => {
    await http.request(get('/1'))
    await http.request(get('/2'))
    expect(server.connections).to.equal(1)
    await http.request({ ...get('/3'), fresh: true })
    expect(server.connections).to.equal(2)
  })

  it('knows that nothing was sent when nobody listens or the name does not exist', async () => {
    const { url } = server
    await server.close()
    for (const address of [url, 'http://no-such-host.invalid']) {
      const error = await rejection(httpTo(address).request({ ...get('/x'), fresh: true }))
      expect(error).to.be.instanceOf(TransportError)
      expect(error).to.include({ code: 'NETWORK', sent: false })
      expect(error.message).to.match(/^Volvo cannot be reached \(E/)
    }
  })

  it('knows that nothing was sent when the TLS handshake fails', async () => {
    const plain = net.createServer((socket) => socket.end('not TLS at all\n'))
    await new Promise<void>((resolve) => plain.listen(0, '127.0.0.1', resolve))
    let written = false
    const tls = httpTo(`https://127.0.0.1:${(plain.address() as AddressInfo).port}`)
    const error = await rejection(tls.request({ ...get('/x'), onWritten: () => (written = true) }))
    plain.close()
    expect(error).to.include({ code: 'NETWORK', sent: false })
    expect(written).to.equal(false)
  })

  it('knows that a request may have arrived when the connection breaks afterwards', async () => {
    for (const path of ['/cut', '/half']) {
      let written = 0
      const error = await rejection(http.request({ ...get(path), onWritten: () => written++ }))
      expect(error).to.include({ code: 'NETWORK', sent: true })
      expect(written).to.equal(1)
    }
  })

  it('gives up after 30 s, and after the time asked for', async () => {
    for (const timeoutMs of [undefined, seconds(150)]) {
      const asked = server.seen.length
      const answer = rejection(http.request({ ...get('/silent'), timeoutMs }))
      await until(() => server.seen.length > asked)
      await clock.advance((timeoutMs ?? seconds(30)) - 1)
      expect(clock.timers, 'still waiting').to.equal(1)
      await clock.advance(1)
      expect(await answer).to.include({
        code: 'TIMEOUT',
        sent: true,
        message: `Volvo did not answer within ${timeoutMs ? 150 : 30} s`,
      })
      expect(clock.timers).to.equal(0)
    }
  })

  it('stops when the caller gives up, before and during the call', async () => {
    const abort = new AbortController()
    const during = rejection(http.request({ ...get('/silent'), signal: abort.signal }))
    await until(() => server.seen.length === 1)
    abort.abort()
    expect(await during).to.include({ code: 'SHUTDOWN', sent: true })
    expect(await rejection(http.request({ ...get('/x'), signal: abort.signal }))).to.include({ code: 'SHUTDOWN', sent: false })
    expect(server.seen).to.have.length(1)
  })

  it('takes nothing more when closed, but lets the call under way finish', async () => {
    let finish = () => {}
    const slow = await startServer((_, response) => (finish = () => response.end('{}')))
    const client = httpTo(slow.url)
    const answer = client.request(get('/slow'))
    await until(() => slow.seen.length === 1)
    client.close()
    expect(await rejection(client.request(get('/late')))).to.include({ code: 'SHUTDOWN', sent: false })
    finish()
    expect((await answer).status).to.equal(200)
    await slow.close()
  })

  it('refuses an answer of more than 5 MB', async () => {
    expect(await rejection(http.request(get('/large')))).to.include({ code: 'SCHEMA_DRIFT', sent: true })
  })

  it('says which address or key cannot be sent without showing it', async () => {
    const header = await rejection(http.request({ ...get('/x'), headers: { 'vcc-api-key': 'can\u{1F511}ary' } }))
    const address = await rejection(httpTo('canary:// no address').request(get('/x')))
    for (const error of [header, address]) {
      expect(error).to.include({ code: 'INVALID_CONFIG', sent: false })
      expect(error.message).not.to.contain('canary')
    }
  })

  it('remembers the last 50 calls by their template, and the ids support asks for', async () => {
    const told: CallRecord[] = []
    const client = httpTo(server.url, (record) => told.push(record))
    for (let n = 0; n < 51; n++)
      await client.request({ method: 'GET', path: `/vehicles/CANARYVIN/${n}`, template: '/vehicles/{vin}/n' })
    await rejection(client.request({ method: 'GET', path: '/cut', template: '/cut' }))
    expect(told).to.have.length(52)
    expect(client.recent).to.have.length(50)
    expect(client.recent[0]).to.deep.equal({
      at: clock.now(),
      method: 'GET',
      template: '/vehicles/{vin}/n',
      status: 200,
      durationMs: 0,
      requestIds: { 'vcc-api-operationid': 'op-1' },
    })
    expect(client.recent[49]).to.include({ template: '/cut', code: 'NETWORK' }).and.not.have.property('status')
    expect(JSON.stringify(client.recent)).not.to.contain('CANARYVIN')
  })

  it('never lets a secret out with an error', async () => {
    const secret = 'canary-7f3a'
    const request = {
      method: 'POST' as const,
      path: `/cut?vin=${secret}`,
      template: '/cut',
      query: { token: secret },
      json: { secret },
      headers: { authorization: `Bearer ${secret}` },
    }
    const real = new Http({ baseUrl: `http://user:${secret}@${server.url.slice(7)}`, clock: systemClock, name: 'Volvo' })
    const refused = new Http({ baseUrl: `http://user:${secret}@127.0.0.1:1`, clock: systemClock, name: 'Volvo' })
    const errors = [
      await rejection(real.request(request)),
      await rejection(refused.request(request)),
      await rejection(real.request({ ...request, timeoutMs: 1, path: `/silent?${secret}` })),
    ]
    for (const error of errors) {
      const all = [
        inspect(error, { depth: 10, showHidden: true }),
        JSON.stringify(error),
        String(error),
        error.stack,
        error.message,
      ].join('\n')
      expect(all).not.to.contain(secret)
    }
    expect(errors.map(({ code }) => code)).to.deep.equal(['NETWORK', 'NETWORK', 'TIMEOUT'])
  })
})
