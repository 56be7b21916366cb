import { createHash, randomBytes } from 'node:crypto'
import { volvoDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator'
import { ManualClock } from '../support/clock'

/** A body as it came; tests look into it as they like. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export type Json = Record<string, any>

export interface Given {
  sim: Simulator
  clock: ManualClock
  /** A request to the simulated Volvo with key and token; the path starts behind `/volvo`. */
  volvo(path: string, init?: RequestInit & { token?: string; key?: string }): Promise<Response>
  /** A request to the control API. */
  control(method: string, path: string, body?: unknown): Promise<Response>
}

/** A simulator on a clock that stands still, whose cars report at once and answer commands at once. */
export async function givenSimulator(options: SimulatorOptions = {}): Promise<Given & { token: string }> {
  const clock = new ManualClock()
  const sim = await startSimulator({ clock, commandDelayMs: 0, lag: { min: 0, max: 0 }, ...options })
  const volvo: Given['volvo'] = (path, { token, key = volvoDemo.apiKey, headers, ...init } = {}) =>
    fetch(`${sim.url}/volvo${path}`, {
      ...init,
      headers: {
        accept: 'application/json',
        'vcc-api-key': key,
        authorization: `Bearer ${token ?? given.token}`,
        ...(init.method === 'POST' ? { 'content-type': 'application/json' } : {}),
        ...(headers as Record<string, string>),
      },
    })
  const control: Given['control'] = (method, path, body) =>
    fetch(`${sim.url}/sim/api${path}`, {
      method,
      body: body === undefined ? undefined : JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
  const given = { sim, clock, volvo, control, token: '' }
  given.token = (await signIn(sim)).access_token
  return given
}

export interface TokenAnswer {
  access_token: string
  refresh_token: string
  expires_in: number
  id_token?: string
}

export const basic = (id = volvoDemo.clientId, secret = volvoDemo.clientSecret) =>
  `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`

export const redirectUri = 'http://127.0.0.1:1880/driveway/oauth/callback'

/** What an application asks for, with a verifier for it. */
export function request(changes: Record<string, string | undefined> = {}) {
  const verifier = randomBytes(32).toString('base64url')
  const all: Record<string, string | undefined> = {
    response_type: 'code',
    client_id: volvoDemo.clientId,
    redirect_uri: redirectUri,
    scope: volvoDemo.scopes.join(' '),
    state: 'opaque',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changes,
  }
  const params = new URLSearchParams(Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined))
  return { verifier, params }
}

/** Posts the consent form; gives where the browser is sent. */
export async function decide(sim: Simulator, params: URLSearchParams, decision = 'allow', user = 'demo'): Promise<URL> {
  const body = new URLSearchParams([...params, ['user', user], ['decision', decision]])
  const answer = await fetch(`${sim.url}/volvo/as/authorization.oauth2`, { method: 'POST', body, redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? '')
}

export const askToken = (sim: Simulator, form: Record<string, string>, authorization = basic()) =>
  fetch(`${sim.url}/volvo/as/token.oauth2`, { method: 'POST', body: new URLSearchParams(form), headers: { authorization } })

export const refresh = (sim: Simulator, token: string) => askToken(sim, { grant_type: 'refresh_token', refresh_token: token })

export async function signIn(
  sim: Simulator,
  { user = 'demo', scope }: { user?: string; scope?: string } = {},
): Promise<TokenAnswer> {
  const { params, verifier } = request(scope === undefined ? {} : { scope })
  const back = await decide(sim, params, 'allow', user)
  const code = back.searchParams.get('code') ?? ''
  const answer = await askToken(sim, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  return (await answer.json()) as TokenAnswer
}
