/** An account on the simulator signs itself in: the way a browser would, with the demo application and its Allow button. */
import type { Clock } from '../../src/clock'
import { Http } from '../../src/cloud/http'
import { beginSignIn, exchangeCode, type OAuthClient, type TokenSet } from '../../src/cloud/oauth'
import { DrivewayError } from '../../src/vehicle/causes'

const redirectUri = 'http://127.0.0.1/driveway/oauth/callback'

export async function signInToSimulator(client: OAuthClient, clock: Clock): Promise<TokenSet> {
  const signIn = beginSignIn(client, redirectUri)
  const http = new Http({ baseUrl: new URL(client.authorizeUrl).origin, clock, name: client.provider })
  try {
    const { pathname, searchParams } = new URL(signIn.url)
    const answer = await http.request({
      method: 'POST',
      path: pathname,
      template: '/simulator/allow',
      form: { ...Object.fromEntries(searchParams), decision: 'allow' },
    })
    const code = answer.headers.location ? new URL(answer.headers.location).searchParams.get('code') : null
    if (!code)
      throw new DrivewayError({
        code: 'INTERNAL',
        message: 'The simulator did not let the account in',
        action: 'Report this fault to us.',
      })
    return await exchangeCode(http, client, { code, verifier: signIn.verifier, redirectUri }, clock)
  } finally {
    http.close()
  }
}
