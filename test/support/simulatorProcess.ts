/** The simulator as a process of its own, steered over HTTP the way a person's script would. */
import { join } from 'node:path'
import type { LoggedCall } from '../../src/simulator/calls'
import { volvoDemo } from '../../src/simulator/credentials'
import { Run } from './childProcess'
import { stagedPackage } from './stage'

const tokenPath = '/as/token.oauth2'

export class SimulatorProcess {
  private constructor(
    private readonly run: Run,
    readonly url: string,
  ) {}

  static async start(): Promise<SimulatorProcess> {
    const run = new Run(join(stagedPackage(), 'dist/src/simulator/cli.js'), ['--port', '0'])
    const [line] = await run.said(/^\{"ready":true.*$/m)
    return new SimulatorProcess(run, (JSON.parse(line) as { url: string }).url)
  }

  /** Where an account's `url` and `authUrl` point. */
  get volvo(): string {
    return `${this.url}/volvo`
  }

  async control<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const answer = await fetch(`${this.url}/sim/api/${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
    return (await answer.json()) as T
  }

  async vinOf(key: string): Promise<string> {
    const cars = await this.control<{ id: string; key: string }[]>('GET', 'vehicles')
    return cars.find((car) => car.key === key)!.id
  }

  /** Every access token that was given out so far is too old now. */
  async ageTokens(): Promise<void> {
    await this.control('POST', 'clock', { advance: 400 })
  }

  calls(): Promise<LoggedCall[]> {
    return this.control('GET', 'calls')
  }

  /** How often the token address was asked so far, by status. */
  async tokenCalls(): Promise<number[]> {
    return (await this.calls()).filter(({ path }) => path.endsWith(tokenPath)).map(({ status }) => status)
  }

  /** How many calls were served with the tokens of the given renewal, counted over all that asked for tokens. */
  async servedAfterRenewal(number: number): Promise<number> {
    const calls = await this.calls()
    const renewals = calls.flatMap(({ path, status }, index) => (path.endsWith(tokenPath) && status === 200 ? [index] : []))
    const from = renewals[number - 1]
    return from === undefined ? 0 : calls.slice(from + 1).filter(({ status }) => status === 200).length
  }

  /** Presses Allow or Deny on the consent page, as its form would; gives the address the browser is sent to. */
  async decide(consent: string, decision: 'allow' | 'deny' = 'allow'): Promise<string> {
    const shown = await fetch(consent, { redirect: 'manual' })
    if (shown.status !== 200) throw new Error(`There is no consent page: ${shown.status} ${shown.headers.get('location') ?? ''}`)
    const fields = [...(await shown.text()).matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)]
    const form = new URLSearchParams(fields.map(([, name, value]) => [unescapeHtml(name!), unescapeHtml(value!)]))
    form.set('decision', decision)
    const { origin, pathname } = new URL(consent)
    const answer = await fetch(origin + pathname, { method: 'POST', body: form, redirect: 'manual' })
    const target = answer.headers.get('location')
    if (answer.status !== 302 || !target) throw new Error(`The consent led nowhere: ${answer.status}`)
    return target
  }

  /** A refresh token as a person might carry over from another tool. */
  async foreignRefreshToken(): Promise<string> {
    const { clientId, clientSecret, redirectUri } = volvoDemo
    const challenge = { code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM', code_challenge_method: 'S256' }
    const scope = volvoDemo.scopes.join(' ')
    const query = new URLSearchParams({
      response_type: 'code',
      client_id: clientId,
      redirect_uri: redirectUri,
      scope,
      state: 's',
      ...challenge,
    })
    const target = await this.decide(`${this.volvo}/as/authorization.oauth2?${query}`)
    const code = new URL(target).searchParams.get('code')!
    const answer = await fetch(this.volvo + tokenPath, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk',
      }),
    })
    return ((await answer.json()) as { refresh_token: string }).refresh_token
  }

  close(): Promise<void> {
    return this.run.end()
  }
}

const unescapeHtml = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&')
