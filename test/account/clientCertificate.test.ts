import { spawn, type ChildProcess } from 'node:child_process'
import { request as plainRequest } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { expect } from 'chai'
import { openAccount, type OpenedAccount } from '../../src/account/open'
import { readSettings, type AccountCredentials } from '../../src/account/settings'
import { systemClock } from '../../src/clock'
import { memoryTokenStore } from '../../src/cloud/tokens'
import { stellantisDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import { Certificates, hasOpenssl } from '../support/certificates'
import { ManualClock } from '../support/clock'
import { failing } from './support'

describe('a cloud that wants a client certificate', () => {
  let certificates: Certificates
  let simulator: Simulator
  let server: Server
  let opened: OpenedAccount | undefined
  /** What came through the handshake: who it was, and what was asked for. */
  let asked: { who: string; path: string }[]

  before(async function () {
    if (!hasOpenssl) return this.skip()
    certificates = new Certificates()
    simulator = await startSimulator({ clock: new ManualClock(Date.now()), tickMs: 0, lag: { min: 0, max: 0 } })
    const pem = (name: string) => certificates.pem(name)
    const own = { cert: pem('server.crt'), key: pem('server.key'), ca: pem('ca.crt') }
    server = createServer({ ...own, requestCert: true, rejectUnauthorized: true }, (req, res) => {
      const path = (req.url ?? '').split('?')[0] ?? ''
      asked.push({ who: (req.socket as TLSSocket).getPeerCertificate().subject.CN as string, path })
      const { method, headers } = req
      const onward = plainRequest(new URL(req.url ?? '/', simulator.url), { method, headers }, (answer) => {
        res.writeHead(answer.statusCode ?? 502, answer.headers)
        answer.pipe(res)
      })
      req.pipe(onward)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  })
  beforeEach(() => void (asked = []))
  afterEach(() => opened?.account.close())
  after(async () => {
    server?.closeAllConnections()
    server?.close()
    await simulator?.close()
  })

  /** A partner of Stellantis has no secret besides its certificate. */
  const open = async (credentials: AccountCredentials, port = (server.address() as AddressInfo).port): Promise<OpenedAccount> => {
    const url = `https://127.0.0.1:${port}/stellantis`
    const settings = readSettings({
      provider: 'stellantis',
      server: 'custom',
      api: 'v1',
      grant: 'client',
      scopes: stellantisDemo.partnerScope,
      url: `${url}/v1`,
      authUrl: url,
    })
    opened = await openAccount({
      id: 'acc',
      settings,
      credentials: { clientId: stellantisDemo.clientId, ...credentials },
      clock: systemClock,
      store: memoryTokenStore(),
    })
    return opened
  }
  const texts = (cert: string, ca?: string): AccountCredentials => ({
    tlsCert: certificates.pem(`${cert}.crt`),
    tlsKey: certificates.pem(`${cert}.key`),
    ...(ca && { tlsCa: certificates.pem(`${ca}.crt`) }),
  })

  it('is shown it for the token and for each call', async () => {
    const { account } = await open(texts('client', 'ca'))
    const cars = await account.vehicles()
    expect(cars.map(({ provider }) => provider)).to.include('stellantis')
    expect(new Set(asked.map(({ who }) => who))).to.deep.equal(new Set(['client']))
    expect(asked.map(({ path }) => path)).to.include.members(['/stellantis/as/token.oauth2', '/stellantis/v1/accounts/vehicles'])
  })

  const secrets = /BEGIN|PRIVATE|MI[A-Za-z0-9+/]{20}/

  it('refuses who has none, or one of an authority that it does not know, and that is said', async () => {
    const gateway = await Gateway.open(certificates)
    for (const credentials of [{ tlsCa: certificates.pem('ca.crt') }, texts('stranger', 'ca')]) {
      const { account } = await open(credentials, gateway.port)
      const error = await failing(account.vehicles())
      expect(error.code).to.equal('NETWORK')
      expect(error.message).to.match(/^Stellantis wants a client certificate that it knows \(ERR_SSL_/)
      expect(JSON.stringify([error, account.health])).not.to.match(secrets)
      account.close()
    }
    gateway.close()
  })

  it('is told nothing where its own certificate is of an authority that nobody vouches for', async () => {
    for (const ca of [undefined, 'other']) {
      const { account } = await open(texts('client', ca))
      const error = await failing(account.vehicles())
      expect(error.message).to.match(/^The certificate of Stellantis is not trusted \(/)
      account.close()
    }
    expect(asked).to.deep.equal([])
  })
})

/** Node.js hangs up on a certificate that it does not know; gateways say so before. */
class Gateway {
  private constructor(
    private readonly run: ChildProcess,
    readonly port: number,
  ) {}

  static async open(certificates: Certificates): Promise<Gateway> {
    const file = (name: string) => certificates.file(name)
    const own = ['-cert', file('server.crt'), '-key', file('server.key'), '-CAfile', file('ca.crt')]
    const wants = ['-Verify', '1', '-verify_return_error']
    const run = spawn('openssl', ['s_server', '-accept', '127.0.0.1:0', ...own, ...wants, '-www'])
    let said = ''
    for await (const piece of run.stdout) {
      said += String(piece)
      const [, port] = /ACCEPT \S*:(\d+)/.exec(said) ?? []
      if (port) return new Gateway(run, Number(port))
    }
    throw new Error('openssl does not listen')
  }

  close(): void {
    this.run.kill('SIGKILL')
  }
}
