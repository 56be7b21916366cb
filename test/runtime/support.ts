/** Flows and gestures that the tests with a real runtime share. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { volvoDemo } from '../../src/simulator/credentials'
import { eventually } from '../support/childProcess'
import type { AnyMessage } from '../support/home'
import type { NodeRed } from '../support/nodeRed'
import type { SimulatorProcess } from '../support/simulatorProcess'

export const tab = { id: 'tab', type: 'tab', label: 'test' }
const { apiKey, clientId, clientSecret } = volvoDemo
export const demoCredentials = { apiKey, clientId, clientSecret }

/** An account that reaches the simulator the way it would reach the real cloud, with one car. */
export const accountOn = (simulator: SimulatorProcess, vin: string, id = 'acc'): AnyMessage => ({
  id,
  type: 'driveway-account',
  name: `Account ${id}`,
  provider: 'volvo',
  server: 'custom',
  url: simulator.volvo,
  authUrl: simulator.volvo,
  vehicles: [{ id: vin, slug: 'ex40', label: 'EX40' }],
})

/** `GET /<path>` asks the cloud through the account at once: 200 and a snapshot, or 500 and the cause. */
export const asking = (account = 'acc', path = 'ask'): AnyMessage[] =>
  [
    { id: `${path}-in`, type: 'http in', url: `/${path}`, method: 'get', wires: [[`${path}-state`]] },
    { id: `${path}-state`, type: 'driveway-state', account, maxAge: '0', groups: ['battery'], wires: [[`${path}-out`]] },
    { id: `${path}-catch`, type: 'catch', scope: [`${path}-state`], wires: [[`${path}-cause`]] },
    {
      id: `${path}-cause`,
      type: 'function',
      // The account's own word of what it lacks may come first, and answers nobody.
      func: 'if (!msg.res) return; msg.statusCode = 500; msg.payload = msg.error.cause || {}; return msg',
      outputs: 1,
      wires: [[`${path}-out`]],
    },
    { id: `${path}-out`, type: 'http response', wires: [] },
  ].map((node) => ({ z: 'tab', x: 100, y: 100, ...node }))

export interface SignInWishes {
  account?: string
  as?: string
  redirectUri?: string
  fields?: AnyMessage
}

/** Presses Sign in: gives the address of the consent page and the state. */
export async function beginSignIn(
  nodeRed: NodeRed,
  simulator: SimulatorProcess,
  { account = 'acc', as, redirectUri = nodeRed.callbackUrl, fields = {} }: SignInWishes = {},
): Promise<{ url: string; state: string }> {
  const body = {
    account,
    provider: 'volvo',
    server: 'custom',
    url: simulator.volvo,
    authUrl: simulator.volvo,
    redirectUri,
    clientId: '__PWRD__',
    clientSecret: '__PWRD__',
    ...fields,
  }
  const { status, json, text } = await nodeRed.admin('POST', 'driveway/sign-in', { body, as })
  expect(status, text).to.equal(200)
  return json as { url: string; state: string }
}

/** The whole dance in a browser: Sign in, Allow, back to Node-RED. */
export async function signIn(nodeRed: NodeRed, simulator: SimulatorProcess, wishes: SignInWishes = {}): Promise<string> {
  const { url, state } = await beginSignIn(nodeRed, simulator, wishes)
  const page = await fetch(await simulator.decide(url))
  expect(page.status, await page.text()).to.equal(200)
  return state
}

export const describeAccount = async (nodeRed: NodeRed, id = 'acc', as?: string): Promise<AnyMessage> =>
  (await nodeRed.admin('GET', `driveway/accounts/${id}`, { as })).json as AnyMessage

/** The account has an answer from the cloud. */
export async function works(nodeRed: NodeRed, path = '/ask'): Promise<void> {
  const { status, text, json } = await nodeRed.ask(path)
  expect(status, text).to.equal(200)
  expect(json.battery.stateOfCharge).to.be.a('number')
}

/** Waits until the cloud was asked with the tokens of one more renewal than these. */
export const renewedAndUsed = (simulator: SimulatorProcess, renewals: number): Promise<number> =>
  eventually(
    () => simulator.servedAfterRenewal(renewals + 1),
    (count) => count > 0,
    'a call with the new token',
  )

export const tokenFolder = (nodeRed: NodeRed): string => join(nodeRed.userDir, 'driveway/tokens')
export const tokenFiles = (folder: string): string[] => readdirSync(folder).filter((name) => !name.endsWith('.lock'))
