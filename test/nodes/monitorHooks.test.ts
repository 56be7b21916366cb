import { createServer, request, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { expect } from 'chai'
import express from 'express'
import type { NodeAPI } from 'node-red'
import { WebSocket } from 'ws'
import { tryAddress } from '../../nodes/monitor/address'
import { serveHooks } from '../../nodes/monitor/hooks'
import { listenForSockets } from '../../nodes/monitor/sockets'
import { systemClock } from '../../src/clock'
import { largest, type Arrived, type Taken } from '../../src/monitors/intake'
import { ManualClock } from '../support/clock'

const secret = 'the-secret'

/** A Node-RED as far as hooks see it, with a receiver that does as it is told. */
class Gate {
  readonly arrived: Arrived[] = []
  next: Taken | Error = { status: 200 }
  /** What came is handed on when this is. */
  ready: Promise<void> = Promise.resolve()
  private constructor(
    readonly server: Server,
    readonly RED: NodeAPI,
  ) {}

  static async open(settings: object = {}, parsed = false): Promise<Gate> {
    const app = express()
    // Node-RED with its default roots parses JSON before anybody else sees it.
    if (parsed) app.use(express.json({ limit: '5mb' }))
    const server = createServer(app)
    const httpNode = express()
    app.use('/', httpNode)
    const gate = new Gate(server, { settings, httpNode, server } as unknown as NodeAPI)
    serveHooks(gate.RED, systemClock, gate.admit, gate.receive)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    return gate
  }

  readonly receive = async (arrived: Arrived): Promise<Taken> => {
    this.arrived.push(arrived)
    await this.ready
    return this.admit('', arrived.secret)
  }

  readonly admit = async (_account: string, given: string): Promise<Taken> => {
    if (this.next instanceof Error) throw this.next
    return given === secret ? this.next : { status: 401 }
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  post(path: string, body: string, headers: Record<string, string> = {}) {
    return new Promise<IncomingMessage>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: this.port, method: 'POST', path, headers }
      request(options, (answer) => resolve(answer.resume()))
        .once('error', reject)
        .end(body)
    })
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

const path = `/driveway/hooks/acc/${secret}`

describe('where clouds deliver', () => {
  let gate: Gate
  afterEach(() => gate.close())

  for (const parsed of [true, false])
    it(`hands on what came, ${parsed ? 'parsed by Node-RED before' : 'as its text'}`, async () => {
      gate = await Gate.open({}, parsed)
      const { statusCode } = await gate.post(`${path}?car=one&car=two`, '[{"a":1}]', {
        'content-type': 'application/json',
        'X-Driveway-Secret': 'also',
      })
      expect(statusCode).to.equal(200)
      const [only] = gate.arrived
      expect(only).to.include({ account: 'acc', secret })
      expect(only!.body).to.deep.equal(parsed ? [{ a: 1 }] : '[{"a":1}]')
      expect(only!.headers).to.include({ 'x-driveway-secret': 'also' })
      expect(only!.query).to.deep.equal({ car: 'one' })
    })

  it('tells nothing but the status, and when to come again', async () => {
    gate = await Gate.open()
    gate.next = { status: 503, retryAfter: 2.5 }
    const answer = await gate.post(path, '{}')
    expect(answer.statusCode).to.equal(503)
    expect(answer.headers).to.include({ 'retry-after': '3', 'content-length': '0' })
    expect((await gate.post('/driveway/hooks/acc/other', '{}')).statusCode).to.equal(401)
  })

  it('answers 500 when what came could not be handed on', async () => {
    gate = await Gate.open()
    gate.next = new Error('broken')
    expect((await gate.post(path, '{}')).statusCode).to.equal(500)
  })

  it('reads no more than a mebibyte, whether its length is told or not', async () => {
    gate = await Gate.open()
    const long = 'x'.repeat(largest + 1)
    await gate.post(path, long, { 'content-length': String(long.length) }).catch(() => undefined)
    await gate.post(path, long, { 'transfer-encoding': 'chunked' }).catch(() => undefined)
    expect(gate.arrived.map(({ body, contentLength }) => ({ body, tooLong: (contentLength ?? 0) > largest }))).to.deep.equal([
      { body: undefined, tooLong: true },
      { body: undefined, tooLong: true },
    ])
  })

  it('reads nothing from who does not know the secret, and ends the connection', async () => {
    gate = await Gate.open()
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const options = { host: '127.0.0.1', port: gate.port, method: 'POST', path: '/driveway/hooks/acc/other' }
      const sender = request(options, (answer) => {
        answer.resume()
        answer.socket.once('close', () => resolve(answer.statusCode))
      })
      sender.once('error', reject)
      // Without an end: whoever waits for the whole body waits for ever.
      sender.write('{')
    })
    expect(status).to.equal(401)
    expect(gate.arrived).to.deep.equal([])
  })

  it('does without pages where Node-RED serves none', async () => {
    gate = await Gate.open({ httpNodeRoot: false })
    expect((await gate.post(path, '{}')).statusCode).to.equal(404)
  })

  it('is mounted once, however often the module is loaded', async () => {
    gate = await Gate.open()
    serveHooks(gate.RED, systemClock, gate.admit, gate.receive)
    await gate.post(path, '{}')
    expect(gate.arrived).to.have.length(1)
  })
})

describe('clouds that connect by websocket', () => {
  let gate: Gate
  let ends: (() => void)[]
  beforeEach(() => (ends = []))
  afterEach(async () => {
    for (const end of ends) end()
    await gate.close()
  })

  const listening = async () => {
    const end = await listenForSockets(gate.RED, gate.admit, gate.receive)
    ends.push(end)
    return end
  }
  const knock = (at = path): WebSocket => new WebSocket(`ws://127.0.0.1:${gate.port}${at}`)
  const opened = (socket: WebSocket) => new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject))
  const closed = (socket: WebSocket) => new Promise<number>((resolve) => socket.once('close', resolve))
  const refusal = (socket: WebSocket) =>
    new Promise<number | undefined>((resolve, reject) => {
      socket.once('unexpected-response', (_, { statusCode }: IncomingMessage) => resolve(statusCode))
      socket.once('open', () => reject(new Error('it was let in')))
      socket.on('error', () => undefined)
    })

  it('are let in with the secret, and their messages are handed on in order', async () => {
    gate = await Gate.open()
    await listening()
    const socket = knock(`${path}?car=one`)
    await opened(socket)
    for (const number of [1, 2, 3]) socket.send(JSON.stringify({ number }))
    socket.close()
    await closed(socket)
    while (gate.arrived.length < 3) await new Promise((resolve) => setImmediate(resolve))
    expect(gate.arrived.map(({ body }) => body)).to.deep.equal(['{"number":1}', '{"number":2}', '{"number":3}'])
    expect(gate.arrived[0]).to.deep.include({ account: 'acc', secret, query: { car: 'one' } })
  })

  it('are refused before the handshake with a wrong secret', async () => {
    gate = await Gate.open()
    await listening()
    expect(await refusal(knock('/driveway/hooks/acc/other'))).to.equal(401)
    expect(gate.arrived).to.deep.equal([])
  })

  it('are sent away while the account restarts', async () => {
    gate = await Gate.open()
    await listening()
    gate.next = { status: 503, retryAfter: 5 }
    expect(await refusal(knock())).to.equal(503)
  })

  it('are cut off when something could not be handed on, so that they send it again', async () => {
    gate = await Gate.open()
    await listening()
    const socket = knock()
    await opened(socket)
    gate.next = { status: 500 }
    socket.send('{}')
    expect(await closed(socket)).to.equal(1011)
  })

  it('have nothing taken that they sent after what could not be handed on', async () => {
    gate = await Gate.open()
    await listening()
    const socket = knock()
    await opened(socket)
    let go: () => void = () => undefined
    gate.ready = new Promise((resolve) => (go = resolve))
    gate.next = { status: 500 }
    for (const number of [1, 2, 3]) socket.send(JSON.stringify({ number }))
    while (gate.arrived.length === 0) await new Promise((resolve) => setImmediate(resolve))
    // The answer to this came after the frames.
    await new Promise((resolve) => socket.once('pong', resolve).ping())
    go()
    await closed(socket)
    expect(gate.arrived.map(({ body }) => body)).to.deep.equal(['{"number":1}'])
  })

  for (const { what, frames, size } of [
    { what: 'many', frames: 5000, size: 10 },
    { what: 'long', frames: 40, size: largest - 100 },
  ])
    it(`are not read from while ${what} messages wait, and lose none by it`, async () => {
      gate = await Gate.open()
      const connections: Socket[] = []
      gate.server.on('connection', (connection: Socket) => connections.push(connection))
      await listening()
      const socket = knock()
      await opened(socket)
      let go: () => void = () => undefined
      gate.ready = new Promise((resolve) => (go = resolve))
      const sent = Array.from({ length: frames }, (_, number) => `${number}`.padEnd(size, '.'))
      for (const body of sent) socket.send(body)
      while (!connections.some((connection) => connection.isPaused())) await new Promise((resolve) => setImmediate(resolve))
      go()
      while (gate.arrived.length < frames) await new Promise((resolve) => setImmediate(resolve))
      expect(gate.arrived.every(({ body }, index) => body === sent[index])).to.equal(true)
      socket.close()
      await closed(socket)
    })

  it('leave the sockets of others alone', async () => {
    gate = await Gate.open()
    gate.server.on('upgrade', (req, socket) => {
      if (req.url === '/comms') socket.end('HTTP/1.1 418 Mine\r\n\r\n')
    })
    await listening()
    expect(await refusal(knock('/comms'))).to.equal(418)
  })

  it('go with the last who listens, and nothing is left of them', async () => {
    gate = await Gate.open()
    const before = gate.server.listenerCount('upgrade')
    const [one, two] = [await listening(), await listening()]
    expect(gate.server.listenerCount('upgrade'), 'one for all').to.equal(before + 1)
    const socket = knock()
    await opened(socket)
    one()
    one()
    expect(gate.server.listenerCount('upgrade')).to.equal(before + 1)
    two()
    expect(await closed(socket)).to.equal(1012)
    expect(gate.server.listenerCount('upgrade')).to.equal(before)
    expect(await refusal(knock()), 'a page that is not there').to.equal(404)
    expect(gate.arrived).to.deep.equal([])
  })
})

describe('the test of the public address', () => {
  for (const scheme of ['http', 'ws'])
    it(`gives up on who says nothing for ten seconds (${scheme})`, async () => {
      const connections: Socket[] = []
      const server = createServer(() => undefined).on('connection', (connection: Socket) => connections.push(connection))
      server.on('upgrade', () => undefined)
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
      try {
        const clock = new ManualClock()
        const RED = { settings: { drivewayAccountClock: clock } } as unknown as NodeAPI
        const { port } = server.address() as AddressInfo
        const tried = tryAddress(RED, `${scheme}://127.0.0.1:${port}${path}`).catch((error: unknown) => error)
        while (connections.length === 0) await new Promise((resolve) => setImmediate(resolve))
        await clock.advance(10_000)
        expect(await tried).to.include({ code: 'NETWORK', message: 'Nobody answers at the public address' })
      } finally {
        for (const connection of connections) connection.destroy()
        await new Promise((resolve) => server.close(resolve))
      }
    })
})
