/** A Stellantis account at the simulator, with an address of its own where deliveries arrive. */
import * as http from 'node:http'
import type { AddressInfo } from 'node:net'
import { signInToSimulator } from '../../../nodes/account/selfSignIn'
import { noTokens, SignedInTokens, type Tokens } from '../../../src/cloud/oauth'
import { Ledger } from '../../../src/cloud/quota'
import { memoryTokenStore } from '../../../src/cloud/tokens'
import type { ProviderSettings } from '../../../src/providers/kit'
import type { Delivery } from '../../../src/providers/monitors'
import type { Order } from '../../../src/providers/provider'
import { stellantisKit } from '../../../src/providers/stellantis/kit'
import type { Stellantis } from '../../../src/providers/stellantis/stellantis'
import { stellantisDemo } from '../../../src/simulator/credentials'
import { startSimulator } from '../../../src/simulator/simulator'
import type { Drift } from '../../../src/vehicle/reading'
import { ManualClock } from '../../support/clock'
import { rush, WatchedHttp } from '../../support/scriptedCloud'
import { Wire } from '../../support/wire'

export interface Arrived {
  delivery: Delivery | undefined
  headers: http.IncomingHttpHeaders
  message: unknown
}

export async function givenAtSimulator(api: 'v4' | 'v1', own: Record<string, string> = {}) {
  const clock = new ManualClock()
  const sim = await startSimulator({ clock, commandDelayMs: 0, tickMs: 0, lag: { min: 0, max: 0 } })
  const settings: ProviderSettings = { api, timeZone: 'Europe/Paris', own }
  const { url, authUrl } = stellantisKit.simulated(sim.url, settings)
  const cloudHttp = new WatchedHttp({ baseUrl: url, clock, name: 'Stellantis' })
  const tokens = await tokensFor(settings, authUrl, cloudHttp, clock)
  const drifts: Drift[] = []
  const { clientId, clientSecret } = stellantisDemo
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'Stellantis')
  const credentials = { clientId, clientSecret }
  const options = { baseUrl: url, settings, credentials, http: cloudHttp, httpTo: () => cloudHttp, tokens, ledger, clock }
  const provider = stellantisKit.open(options) as Stellantis
  provider.onDrift = (drift) => drifts.push(drift)
  const abort = new AbortController()
  const { signal } = abort
  const arrived: Arrived[] = []
  const hook = await openHook((message, headers) => {
    const plain = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]))
    const delivery = provider.deliveries.read(message, { headers: plain, query: {}, receivedAt: clock.now() })
    arrived.push({ delivery, headers, message })
  })
  const wire = new Wire(hook.port)
  const phases: string[] = []
  const idOf = (car: string) => sim.cars.get(car).id
  let orders = 0
  return {
    sim,
    clock,
    provider,
    drifts,
    arrived,
    phases,
    signal,
    abort,
    idOf,
    hookUrl: `http://127.0.0.1:${hook.port}/hook`,
    go: <T>(work: Promise<T>) => rush(clock, cloudHttp, work),
    /** Time stands still while anything is delivered. */
    send: async (car: string, command: Order['command'], params: Order['params'] = {}) => {
      const order = { id: `o${++orders}`, vehicle: idOf(car), command, params }
      const verdict = { over: false, of: provider.execute(order, (phase) => phases.push(phase), signal) }
      const end = () => (verdict.over = true)
      verdict.of.then(end, end)
      while (!verdict.over) {
        await wire.settle()
        if (!verdict.over && cloudHttp.underWay === 0 && clock.next !== undefined) await clock.advance(clock.next - clock.now())
      }
      return verdict.of
    },
    /** Time passes, and whatever is delivered meanwhile has arrived. */
    advance: (ms: number) => clock.advance(ms, wire.settle),
    settle: wire.settle,
    close: async () => {
      abort.abort()
      wire.close()
      await sim.close()
      await hook.close()
    },
  }
}

export type AtSimulator = Awaited<ReturnType<typeof givenAtSimulator>>

async function openHook(take: (message: unknown, headers: http.IncomingHttpHeaders) => void) {
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as unknown
      for (const message of Array.isArray(body) ? (body as unknown[]) : [body]) take(message, request.headers)
      response.end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

async function tokensFor(settings: ProviderSettings, authUrl: string, http: WatchedHttp, clock: ManualClock): Promise<Tokens> {
  if (stellantisKit.signIn(settings) === 'none') return noTokens
  const { clientId, clientSecret } = stellantisDemo
  const client = stellantisKit.oauth(authUrl, { clientId, clientSecret, settings })
  const tokens = new SignedInTokens({ client, http, store: memoryTokenStore(), account: 'a', clock })
  await tokens.accept(await signInToSimulator(client, clock))
  return tokens
}
