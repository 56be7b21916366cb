import { request } from 'node:http'
import { expect } from 'chai'
import type { AnyMessage } from '../support/home'
import { account, alert, flowOf, monitor, MonitorHome, partner } from './monitorSupport'

interface Told {
  status: number
  retryAfter?: string
  text: string
}

/** Sends a body as a cloud does. */
function send(url: string, body: string, headers: Record<string, string> = {}): Promise<Told> {
  return new Promise((resolve, reject) => {
    const all = { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)), ...headers }
    const call = request(url, { method: 'POST', headers: all }, (answer) => {
      let text = ''
      answer.on('data', (piece: Buffer) => (text += piece.toString()))
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, retryAfter: answer.headers['retry-after'], text }))
    })
    call.once('error', reject)
    call.end(body)
  })
}

/** Node-RED parses JSON before us only where both roots are the same. */
const roots: readonly { name: string; settings: AnyMessage; below: string }[] = [
  { name: 'the default roots', settings: {}, below: '' },
  { name: 'roots of their own', settings: { httpAdminRoot: '/admin', httpNodeRoot: '/pages' }, below: '/pages' },
]

for (const { name, settings, below } of roots)
  describe(`the address of an account, with ${name}`, () => {
    let place: MonitorHome
    let address: string

    before(async () => {
      const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault' })
      place = await MonitorHome.start(flowOf(account(), watched), { settings })
      await place.watching()
      const asked = await place.nodeRed.admin('POST', 'driveway/monitors/acc/address', { body: { transport: 'webhook' } })
      address = (asked.json as { address: string }).address
    })
    after(() => place.close())

    it('lies below the root of the pages, with a secret in it', () => {
      expect(new URL(address).pathname).to.match(new RegExp(`^${below}/driveway/hooks/acc/[\\w-]{32}$`))
    })

    it('leads here', async () => {
      const tried = await place.nodeRed.admin('POST', 'driveway/monitors/acc/address/test', { body: {} })
      expect(tried).to.deep.include({ status: 200, json: { ok: true } })
    })

    it('takes what is no delivery without a word, and keeps running', async () => {
      expect(await send(address, '{"hello":"there"}')).to.deep.include({ status: 200, text: '' })
      expect(await send(address, '[]')).to.deep.include({ status: 200, text: '' })
    })

    it('answers a wrong secret and an unknown account alike', async () => {
      const wrong = await send(address.replace(/[\w-]{32}$/, 'x'.repeat(32)), '{}')
      const unknown = await send(address.replace('/acc/', '/other/'), '{}')
      expect(wrong).to.deep.equal(unknown)
      expect(wrong).to.deep.include({ status: 401, text: '' })
      expect((await send(address, '{}', { 'x-driveway-secret': 'another' })).status).to.equal(401)
    })

    it('answers 400 to what is no JSON', async () => {
      expect((await send(address, '{"a":')).status).to.equal(400)
    })

    it('answers 413 to more than a mebibyte', async () => {
      const long = JSON.stringify({ text: 'x'.repeat(1024 * 1024) })
      const { status } = await send(address, long).catch(() => ({ status: 413 }))
      expect(status).to.equal(413)
    })
  })

describe('the address of an account that cannot be reached', () => {
  let place: MonitorHome
  afterEach(() => place.close())

  const tried = async (): Promise<AnyMessage> =>
    (await place.nodeRed.admin('POST', 'driveway/monitors/acc/address/test', { body: { transport: 'webhook' } }))
      .json as AnyMessage
  const told = async (): Promise<AnyMessage> =>
    (await place.nodeRed.admin('POST', 'driveway/monitors/acc/address', { body: { transport: 'webhook' } })).json as AnyMessage

  it('says that Node-RED asks for a password', async () => {
    const hash = '$2a$08$zZWtXTja0fB1pzD4sHCMyOCMYz2Z6dNbM6tl8sJogENOMcxWV9DN.'
    place = await MonitorHome.start(flowOf(account()), { settings: { httpNodeAuth: { user: 'me', pass: hash } } })
    expect(await told()).to.include({ isGuarded: true, isOff: false })
    expect((await tried()).message).to.contain('httpNodeAuth')
  })

  it('says that nobody answers there, or somebody else does', async () => {
    place = await MonitorHome.start(flowOf(account({ publicUrl: 'http://127.0.0.1:9' })))
    expect(await tried()).to.include({ code: 'NETWORK' })
    const page = { id: 'page', z: 'tab', type: 'http in', url: '/driveway/elsewhere', method: 'post', x: 1, y: 1, wires: [[]] }
    await place.nodeRed.deploy(flowOf(account({ publicUrl: `${place.nodeRed.adminUrl}not-here` }), page))
    expect((await tried()).message).to.contain('404')
  })

  it('says that there is none', async () => {
    const custom = { server: 'custom', url: 'http://127.0.0.1:9/x', authUrl: 'http://127.0.0.1:9', grant: 'client', scopes: 's' }
    place = await MonitorHome.start(flowOf(account(custom)), { credentials: { acc: partner } })
    expect(await told()).not.to.have.property('address')
    expect((await tried()).message).to.contain('no public address')
  })
})
