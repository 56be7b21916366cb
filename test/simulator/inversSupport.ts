import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator'
import { inversDemo } from '../../src/simulator/credentials'
import { ManualClock } from '../support/clock'

// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>

export interface Answer {
  status: number
  body: Json
  headers: Headers
}

export interface Fleet {
  sim: Simulator
  clock: ManualClock
  token: string
  /** A call with the token; the path starts behind `/invers`. */
  get(path: string): Promise<Answer>
  command(vehicle: string, command: string, init?: RequestInit): Promise<Answer>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  call(path: string, init?: RequestInit): Promise<Response>
}

export const basic = (id: string = inversDemo.clientId, secret: string = inversDemo.clientSecret): string =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

export const askToken = (
  sim: Simulator,
  {
    authorization = basic(),
    query = '?grant_type=client_credentials',
    body,
  }: { authorization?: string; query?: string; body?: string } = {},
): Promise<Response> =>
  fetch(`${sim.url}/invers/auth/oauth/token${query}`, {
    method: 'POST',
    headers: { authorization, 'content-type': body === undefined ? 'application/json' : 'application/x-www-form-urlencoded' },
    ...(body === undefined ? {} : { body }),
  })

export async function tokenOf(sim: Simulator, id?: string, secret?: string): Promise<string> {
  const answer = await askToken(sim, { authorization: basic(id, secret) })
  return ((await answer.json()) as { access_token: string }).access_token
}

async function whole(answer: Response): Promise<Answer> {
  const text = await answer.text()
  return { status: answer.status, headers: answer.headers, body: text ? (JSON.parse(text) as Json) : {} }
}

/** A simulator on a clock that stands still, whose cars report at once and do commands at once. */
export async function givenFleet(options: SimulatorOptions = {}): Promise<Fleet> {
  const clock = new ManualClock()
  const sim = await startSimulator({ clock, commandDelayMs: 0, lag: { min: 0, max: 0 }, ...options })
  const call: Fleet['call'] = (path, init = {}) =>
    fetch(`${sim.url}/invers${path}`, {
      ...init,
      headers: { authorization: `Bearer ${given.token}`, ...(init.headers as Record<string, string>) },
    })
  const given: Fleet = {
    sim,
    clock,
    token: await tokenOf(sim),
    call,
    get: async (path) => whole(await call(path)),
    command: async (vehicle, command, init = {}) =>
      whole(
        await call(`/vehicles/${encodeURIComponent(vehicle)}/commands/${command}`, {
          method: 'POST',
          ...init,
          headers: { 'content-type': 'application/json', ...(init.headers as Record<string, string>) },
        }),
      ),
    control: async (method, path, body) =>
      whole(
        await fetch(`${sim.url}/sim/api${path}`, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
        }),
      ),
  }
  return given
}
