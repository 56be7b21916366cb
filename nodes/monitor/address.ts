/** The address at which a cloud reaches this Node-RED, and whether it does. */
import { randomBytes } from 'node:crypto'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { NodeAPI } from 'node-red'
import { seconds, type Clock } from '../../src/clock'
import type { OpenedAccount } from '../../src/account/open'
import type { Transport } from '../../src/providers/monitors'
import { DrivewayError } from '../../src/vehicle/causes'
import { clockOf } from '../shared/environment'
import { expectProbe, hooksPath, probeHeader } from './hooks'
import { rootOf } from './sockets'

/**
 * Where a cloud finds the account's hook, the secret in the path; undefined while the account has no public address.
 * The simulator in this process finds us without one.
 */
export async function hookAddress(
  RED: NodeAPI,
  id: string,
  { settings, simulatorPage }: OpenedAccount,
  secret: string,
  transport: Transport,
): Promise<string | undefined> {
  const origin = settings.publicUrl?.replace(/\/+$/, '') ?? (simulatorPage ? await loopback(RED) : undefined)
  if (origin === undefined) return undefined
  const address = `${origin}${rootOf(RED)}${hooksPath}/${encodeURIComponent(id)}/${encodeURIComponent(secret)}`
  return transport === 'websocket' ? address.replace(/^http/, 'ws') : address
}

/** Node-RED begins to listen after the flows have started. */
async function loopback(RED: NodeAPI): Promise<string> {
  const { server } = RED as unknown as { server: Server }
  if (!server.listening) await new Promise<void>((resolve) => server.once('listening', () => resolve()))
  const scheme = (RED.settings as { https?: unknown }).https ? 'https' : 'http'
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Node-RED asks for a name and a password before the pages of all flows. */
export const isGuarded = (RED: NodeAPI): boolean => Boolean((RED.settings as { httpNodeAuth?: unknown }).httpNodeAuth)
/** Node-RED serves no pages of flows. */
export const isOff = (RED: NodeAPI): boolean => RED.settings.httpNodeRoot === false

const answerWithin = seconds(10)

/** Knocks at the address from outside, as the cloud will. Rejects with what stands in the way. */
export async function tryAddress(RED: NodeAPI, address: string): Promise<void> {
  const nonce = randomBytes(12).toString('hex')
  const probe = expectProbe(nonce)
  const ask = address.startsWith('ws') ? knock : post
  try {
    const status = await ask(address, nonce, clockOf(RED))
    if (status === 401) throw isGuarded(RED) ? guarded : rejected(status)
    if (status !== 200) throw rejected(status)
    if (!probe.seen) throw elsewhere
  } finally {
    probe.end()
  }
}

/** An empty batch: nothing is delivered by it. */
async function post(address: string, nonce: string, clock: Clock): Promise<number> {
  const patience = new AbortController()
  const limit = clock.after(answerWithin, () => patience.abort())
  try {
    const { status } = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json', [probeHeader]: nonce },
      body: '[]',
      redirect: 'manual',
      signal: patience.signal,
    })
    return status
  } catch {
    throw silent
  } finally {
    limit.cancel()
  }
}

/** 200 where the handshake succeeds. */
async function knock(address: string, nonce: string, clock: Clock): Promise<number> {
  const { WebSocket } = await import('ws')
  const socket = new WebSocket(address, { headers: { [probeHeader]: nonce } })
  const limit = clock.after(answerWithin, () => socket.terminate())
  return new Promise<number>((resolve, reject) => {
    socket.once('unexpected-response', (_, answer) => {
      resolve(answer.statusCode ?? 0)
      socket.terminate()
    })
    socket.once('open', () => {
      resolve(200)
      socket.close()
    })
    socket.on('error', () => reject(silent))
  }).finally(() => limit.cancel())
}

const silent = new DrivewayError({
  code: 'NETWORK',
  message: 'Nobody answers at the public address',
  action: 'Check the public address in the account, and the proxy or forwarding before this Node-RED.',
})
const guarded = new DrivewayError({
  code: 'REJECTED',
  message: 'Node-RED asks for a password there (httpNodeAuth), and the provider sends none',
  action: 'Let a proxy pass this path, or switch httpNodeAuth off.',
})
const elsewhere = new DrivewayError({
  code: 'REJECTED',
  message: 'Somebody answers at the public address, but not this Node-RED',
  action: 'Check the public address in the account, and the proxy or forwarding before this Node-RED.',
})
const rejected = (status: number): DrivewayError =>
  new DrivewayError({
    code: 'REJECTED',
    message: `The public address answers with ${status}, so nothing would arrive`,
    action: 'Check the public address in the account, and the proxy before this Node-RED.',
  })
