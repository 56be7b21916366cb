/** What the suites of the nodes share: accounts with a sign-in of their own, and a guard against lost rejections. */
import { expect } from 'chai'
import { signInToSimulator } from '../../nodes/account/selfSignIn'
import type { Clock } from '../../src/clock'
import type { TokenSet } from '../../src/cloud/oauth'
import { volvoOAuth } from '../../src/providers/volvo/scopes'
import { volvoDemo } from '../../src/simulator/credentials'
import type { Simulator } from '../../src/simulator/simulator'
import type { AnyMessage, Home } from '../support/home'

export const { apiKey, clientId, clientSecret } = volvoDemo

/** Fails the suite when a promise of the product was rejected and nobody looked. */
export function nothingIsLost(): void {
  const lost: unknown[] = []
  const note = (reason: unknown) => lost.push(reason)
  before(() => void process.on('unhandledRejection', note))
  after(() => {
    process.off('unhandledRejection', note)
    expect(lost, 'unhandled rejections').to.deep.equal([])
  })
}

/** A sign-in at the simulated Volvo, made the way a browser would. */
export function signedIn(simulator: Simulator, clock: Clock): Promise<TokenSet> {
  return signInToSimulator(volvoOAuth(`${simulator.url}/volvo`, { clientId, clientSecret }), clock)
}

/** Fields of an account that takes the simulator for a server of somebody's own. */
export const ownServer = (simulator: Simulator): AnyMessage => ({ server: 'custom', url: `${simulator.url}/volvo` })

/** Makes these the cars of the person who signs in, by the simulator's keys. */
export const owns = (simulator: Simulator, ...cars: string[]): void => simulator.volvo.users.give('demo', cars)

/** Method and path of the calls that the simulated cloud has got, sign-ins left out. */
export const callsOf = (home: Home, part = ''): string[] =>
  home.simulator.calls
    .list({ path: part })
    .filter(({ path }) => !path.includes('/as/'))
    .map(({ method, path }) => `${method} ${path}`)

export const commandsSent = (home: Home): string[] => callsOf(home).filter((call) => call.startsWith('POST'))
export const refreshes = (home: Home): number => home.simulator.calls.list({ path: '/as/token.oauth2' }).length

export const codeOf = (message: AnyMessage): string => String(message.error?.cause?.code ?? message.payload?.cause?.code)

export const catchAll = { id: 'catch', type: 'catch', scope: null, uncaught: false, wires: [['caught']] }
