import { stellantisDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator, type SimulatorOptions } from '../../src/simulator/simulator'
import { ManualClock } from '../support/clock'
import { basic, redirectUri, type Json, type TokenAnswer } from './support'

export interface Answer {
  status: number
  headers: Headers
  body: Json
}

export interface Ways {
  method?: string
  body?: unknown
  token?: string
  /** Absent ones are left as they are, empty ones are not sent. */
  headers?: Record<string, string>
}

export interface GivenStellantis {
  sim: Simulator
  clock: ManualClock
  token: string
  /** A call to v4; the path starts behind `/user`. */
  v4(path: string, ways?: Ways): Promise<Answer>
  /** A call to v1 with a bearer token; the path starts behind `/accounts`. */
  v1(path: string, ways?: Ways): Promise<Answer>
  /** A call to v1 as the quick start shows it: no token, everything in headers. */
  byHeaders(path: string, ways?: Ways): Promise<Answer>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  /** v4's id of a car. */
  idOf(key: string): Promise<string>
  vinOf(key: string): string
}

export const seed: Record<string, string> = {
  'x-introspect-realm': 'B2C',
  'x-ibm-client-id': stellantisDemo.clientId,
  'x-ibm-client-secret': stellantisDemo.clientSecret,
  'x-cvs-scope': '',
  'x-cvs-user-id': 'AP-ACNT200000000001',
}

export async function givenStellantis(options: SimulatorOptions = {}): Promise<GivenStellantis> {
  const clock = new ManualClock()
  const sim = await startSimulator({ clock, commandDelayMs: 0, lag: { min: 0, max: 0 }, ...options })
  const call = async (
    address: string,
    base: Record<string, string>,
    { method = 'GET', body, headers }: Ways,
  ): Promise<Answer> => {
    const all = { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...base, ...headers }
    const sent = Object.fromEntries(Object.entries(all).filter(([, value]) => value !== ''))
    const answer = await fetch(address, { method, headers: sent, body: body === undefined ? undefined : JSON.stringify(body) })
    const text = await answer.text()
    return {
      status: answer.status,
      headers: answer.headers,
      body: text.startsWith('{') || text.startsWith('[') ? (JSON.parse(text) as Json) : {},
    }
  }
  const withClient = (path: string) => `${path}${path.includes('?') ? '&' : '?'}client_id=${stellantisDemo.clientId}`
  const bearer = (ways: Ways) => ({
    authorization: `Bearer ${ways.token ?? given.token}`,
    'x-introspect-realm': stellantisDemo.realm,
  })
  const given: GivenStellantis = {
    sim,
    clock,
    token: '',
    v4: (path, ways = {}) =>
      call(path.startsWith('http') ? path : `${sim.url}/stellantis/connectedcar/v4/user${withClient(path)}`, bearer(ways), ways),
    v1: (path, ways = {}) =>
      call(
        path.startsWith('http') ? path : `${sim.url}/stellantis/v1/accounts${path}`,
        { ...bearer(ways), 'x-ibm-client-id': stellantisDemo.clientId },
        ways,
      ),
    byHeaders: (path, ways = {}) => call(`${sim.url}/stellantis/v1/accounts${path}`, seed, ways),
    control: (method, path, body) => call(`${sim.url}/sim/api${path}`, {}, { method, body }),
    idOf: async (key) => {
      const cars = (await given.v4('/vehicles')).body._embedded.vehicles as Json[]
      return String(cars.find(({ vin }) => vin === sim.cars.get(key).id)?.id)
    },
    vinOf: (key) => sim.cars.get(key).id,
  }
  given.token = (await signIn(sim)).access_token
  return given
}

const oauth = (sim: Simulator) => `${sim.url}/stellantis/am/oauth2`

const stellantisBasic = (secret = stellantisDemo.clientSecret) => basic(stellantisDemo.clientId, secret)

export const askToken = (sim: Simulator, form: Record<string, string>, authorization = stellantisBasic()) =>
  fetch(`${oauth(sim)}/access_token`, { method: 'POST', body: new URLSearchParams(form), headers: { authorization } })

export async function consent(sim: Simulator, changes: Record<string, string> = {}): Promise<URL> {
  const body = new URLSearchParams({
    response_type: 'code',
    client_id: stellantisDemo.clientId,
    redirect_uri: redirectUri,
    scope: 'openid profile',
    state: 'opaque',
    decision: 'allow',
    ...changes,
  })
  const answer = await fetch(`${oauth(sim)}/authorize`, { method: 'POST', body, redirect: 'manual' })
  return new URL(answer.headers.get('location') ?? 'http://nowhere')
}

export async function signIn(sim: Simulator, changes: Record<string, string> = {}): Promise<TokenAnswer> {
  const code = (await consent(sim, changes)).searchParams.get('code') ?? ''
  const answer = await askToken(sim, { grant_type: 'authorization_code', code, redirect_uri: redirectUri })
  return (await answer.json()) as TokenAnswer
}
