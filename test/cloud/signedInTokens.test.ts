import { expect } from 'chai'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { days, hours, minutes, seconds } from '../../src/clock'
import { Http } from '../../src/cloud/http'
import { SignedInTokens, type OAuthClient, type SignInStatus, type TokenSet } from '../../src/cloud/oauth'
import { Redactor } from '../../src/cloud/redact'
import { openSealer } from '../../src/cloud/seal'
import type { SignedInOptions } from '../../src/cloud/signedInTokens'
import { fileTokenStore, memoryTokenStore, type TokenStore } from '../../src/cloud/tokens'
import { ManualClock } from '../support/clock'
import { emptyFolder, filesIn } from './support/folder'
import { rejection, until } from './support/server'
import { TokenServer } from './support/tokenServer'

describe('Staying signed in', () => {
  let server: TokenServer
  let dir: string
  let remove: () => Promise<void>
  let clock: ManualClock
  let client: OAuthClient
  let http: Http

  beforeEach(async () => {
    ;({ dir, remove } = await emptyFolder())
    server = await TokenServer.start()
    clock = new ManualClock()
    client = {
      provider: 'Volvo',
      authorizeUrl: 'x',
      tokenUrl: `${server.url}/token`,
      clientId: 'client',
      clientSecret: 'canary-secret',
      scopes: [],
    }
    http = new Http({ baseUrl: server.url, clock, name: 'Volvo' })
  })
  afterEach(async () => {
    await server.close()
    await remove()
  })

  const store = async (...secrets: string[]): Promise<TokenStore> =>
    fileTokenStore({ dir, clock, sealer: await openSealer({ dir, secrets: secrets.length ? secrets : ['runtime secret'] }) })

  async function account(options: Partial<SignedInOptions> = {}): Promise<SignedInTokens> {
    return new SignedInTokens({ client, http, store: await store(), account: 'account-1', clock, ...options })
  }

  const fresh = (): TokenSet => ({
    accessToken: 'access-0',
    refreshToken: server.current,
    expiresAt: clock.now() + seconds(300),
    obtainedAt: clock.now(),
    signedInAt: clock.now(),
  })

  async function signedIn(options: Partial<SignedInOptions> = {}): Promise<SignedInTokens> {
    const tokens = await account(options)
    await tokens.accept(fresh())
    return tokens
  }

  /** Lets a repeat's pause pass as soon as somebody waits for it. */
  async function withTime<T>(work: Promise<T>): Promise<T> {
    let over = false
    const done = work.finally(() => (over = true))
    done.catch(() => undefined)
    while (!over) {
      // A request's deadline and the beat of a lock are timers too, 30 and 5 s away; a pause is shorter.
      await until(() => over || (clock.next !== undefined && clock.next - clock.now() < seconds(5)))
      if (!over) await clock.advance((clock.next ?? clock.now()) - clock.now())
    }
    return done
  }

  it('asks a person to sign in first', async () => {
    const tokens = await account()
    expect(await rejection(tokens.access())).to.include({ code: 'AUTH_REQUIRED', message: 'Not signed in to Volvo' })
    expect(await tokens.status()).to.deep.include({ signedIn: false })
    expect(server.seen).to.have.length(0)
  })

  it('uses the token of the sign-in until half a minute before its end, then a new one', async () => {
    const tokens = await signedIn()
    await clock.advance(seconds(300 - 41))
    expect(await tokens.access()).to.equal('access-0')
    expect(server.seen).to.have.length(0)
    await clock.advance(seconds(12))
    expect(await tokens.access()).to.equal('access-1')
    expect(await tokens.access()).to.equal('access-1')
    expect(server.seen).to.have.length(1)
  })

  it('says since when and until when a person is signed in, and that the sign-in survives a restart', async () => {
    const since = new Date(clock.now()).toISOString()
    const tokens = await signedIn()
    expect(await tokens.status()).to.deep.equal({
      signedIn: true,
      durable: true,
      since,
      until: new Date(clock.now() + days(7)).toISOString(),
    })
    await clock.advance(days(2))
    await tokens.access()
    expect(await tokens.status()).to.deep.include({ since, until: new Date(clock.now() + days(7)).toISOString() })
  })

  it('says who signed in where the cloud told, also after a renewal and a restart', async () => {
    const tokens = await account()
    await tokens.accept({ ...fresh(), who: 'Anna Andersson' })
    await clock.advance(seconds(299))
    await tokens.access()
    expect(server.seen).to.have.length(1)
    expect(await (await account()).status()).to.deep.include({ who: 'Anna Andersson' })
  })

  it('is still signed in after a restart, without a call', async () => {
    await signedIn()
    expect(await (await account()).access()).to.equal('access-0')
    expect(server.seen).to.have.length(0)
  })

  it('keeps the tokens unreadable and private on the disk', async () => {
    const tokens = await signedIn()
    await clock.advance(hours(1))
    await tokens.access()
    const [name, ...others] = await filesIn(join(dir, 'tokens'))
    expect(others).to.deep.equal([])
    expect(name).to.match(/^[0-9a-f]{40}\.json$/)
    expect(await readFile(join(dir, 'tokens', name!), 'utf8')).not.to.match(/access|refresh|account-1|Volvo/)
  })

  it('has the new token on the disk before anybody uses it', async () => {
    const tokens = await signedIn()
    await clock.advance(hours(1))
    await tokens.access()
    // Another runtime that starts this moment must find what was just fetched, not the token that is used up.
    await clock.advance(hours(1))
    expect(await (await account()).access()).to.equal('access-2')
    expect(server.reused).to.equal(0)
  })

  it('refreshes once however many ask, also through other objects of the same account', async () => {
    const one = await signedIn()
    const two = await account()
    await clock.advance(hours(1))
    const got = await Promise.all([one, two, one, two].map((tokens) => tokens.access()))
    expect(got).to.deep.equal(Array(4).fill('access-1'))
    expect(server.seen).to.have.length(1)
  })

  it('asks once for all who wait, also when the answer is a refusal', async () => {
    const tokens = await signedIn()
    await clock.advance(hours(1))
    server.next = [{ status: 401, body: { error: 'invalid_client' } }]
    const asked = await Promise.all([tokens.access(), tokens.access(), tokens.access()].map(rejection))
    expect(asked.map(({ code }) => code)).to.deep.equal(['KEY_INVALID', 'KEY_INVALID', 'KEY_INVALID'])
    expect(server.seen).to.have.length(1)
  })

  it('has every token hidden before it is used', async () => {
    const redactor = new Redactor()
    const tokens = await account({ redactor, seed: { accessToken: 'pasted-0', refreshToken: 'refresh-0' } })
    await tokens.renew('pasted-0')
    expect(redactor.clean('canary-secret pasted-0 refresh-0 access-1 refresh-1')).to.equal('*** *** *** *** ***')
    const again = new Redactor()
    await (await account({ redactor: again, seed: { refreshToken: 'refresh-0' } })).access()
    expect(again.clean('access-1 refresh-1')).to.equal('*** ***')
  })

  it('takes what another process fetched meanwhile instead of using a dead token', async () => {
    const here = await signedIn()
    await clock.advance(hours(1))
    const kept = await store()
    const [name] = await filesIn(join(dir, 'tokens'))
    const there: TokenSet = { ...fresh(), accessToken: 'access-elsewhere', refreshToken: 'refresh-elsewhere' }
    await kept.save(name!.replace('.json', ''), there)
    expect(await here.access()).to.equal('access-elsewhere')
    expect(server.seen).to.have.length(0)
  })

  it('gives a new token for a refused one, and the same new one to whoever comes later with the old one', async () => {
    const tokens = await signedIn()
    expect(await tokens.renew('access-0')).to.equal('access-1')
    expect(await tokens.renew('access-0')).to.equal('access-1')
    expect(server.seen).to.have.length(1)
    expect(await tokens.renew('access-1')).to.equal('access-2')
  })

  it('stops asking when Volvo has ended the sign-in, also after a restart, and tells it once', async () => {
    const told: SignInStatus[] = []
    const tokens = await signedIn({ onChange: (status) => told.push(status) })
    server.current = 'revoked'
    await clock.advance(hours(1))
    expect(await rejection(tokens.access())).to.include({ code: 'AUTH_EXPIRED', message: 'Signed out by Volvo' })
    expect(await rejection(tokens.access())).to.include({ code: 'AUTH_EXPIRED' })
    expect(await rejection(tokens.renew('access-0'))).to.include({ code: 'AUTH_EXPIRED' })
    expect(await rejection((await account()).access())).to.include({ code: 'AUTH_EXPIRED' })
    expect(server.seen).to.have.length(1)
    expect(told.map(({ signedIn }) => signedIn)).to.deep.equal([true, false])
    await tokens.accept({ ...fresh(), accessToken: 'signed-in-anew' })
    expect(await tokens.access()).to.equal('signed-in-anew')
    expect(await (await account()).access()).to.equal('signed-in-anew')
  })

  it('says that the sign-in was not used for too long when that is why', async () => {
    const tokens = await signedIn()
    server.current = 'revoked'
    await clock.advance(days(8))
    const error = await rejection(tokens.access())
    expect(error.message).to.equal('Signed out by Volvo (not used for 7 days)')
    expect(error.cause).to.deep.include({ action: 'Open the account and sign in again.' })
  })

  it('keeps the sign-in through an outage of the sign-in host, trying three times more', async () => {
    const tokens = await signedIn()
    await clock.advance(hours(1))
    server.next = [{ status: 500 }, { status: 404 }, { status: 502, raw: '<html>' }]
    const start = clock.now()
    expect(await withTime(tokens.access())).to.equal('access-1')
    expect(clock.now() - start).to.be.within(seconds(7) * 0.75, seconds(7) * 1.25)
    await clock.advance(hours(1))
    server.next = Array.from({ length: 4 }, () => ({ status: 503 }))
    expect(await rejection(withTime(tokens.access()))).to.include({ code: 'PROVIDER_DOWN' })
    expect(await tokens.status())
      .to.deep.include({ signedIn: true })
      .and.to.have.nested.property('problem.code', 'PROVIDER_DOWN')
    expect(await tokens.access()).to.equal('access-2')
    expect(await tokens.status()).not.to.have.property('problem')
  })

  it('goes on with the old token during an outage while it lasts', async () => {
    const tokens = await signedIn()
    await clock.advance(seconds(300 - 25))
    server.next = Array.from({ length: 4 }, () => ({ status: 503 }))
    expect(await withTime(tokens.access())).to.equal('access-0')
    expect(server.seen).to.have.length(4)
  })

  it('does not provoke Volvo with a client secret that was refused', async () => {
    const tokens = await signedIn()
    await clock.advance(hours(1))
    server.next = [{ status: 401, body: { error: 'invalid_client' } }]
    for (let n = 0; n < 3; n++) expect(await rejection(tokens.access())).to.include({ code: 'KEY_INVALID' })
    expect(server.seen).to.have.length(1)
    expect(await tokens.status()).to.have.nested.property('problem.code', 'KEY_INVALID')
    await clock.advance(minutes(10))
    expect(await tokens.access()).to.equal('access-1')
  })

  it('finishes a refresh that is on its way when the account closes', async () => {
    let release = () => {}
    server.hold = new Promise<void>((resolve) => (release = resolve))
    const tokens = await signedIn()
    await clock.advance(hours(1))
    const abort = new AbortController()
    const asked = rejection(tokens.access(abort.signal))
    await until(() => server.served === 1)
    abort.abort()
    expect(await asked).to.include({ code: 'SHUTDOWN' })
    http.close()
    release()
    http = new Http({ baseUrl: server.url, clock, name: 'Volvo' })
    expect(await (await account()).access()).to.equal('access-1')
    expect(server.reused).to.equal(0)
  })

  it('signs out for good', async () => {
    const tokens = await signedIn()
    await tokens.signOut()
    expect(await rejection(tokens.access())).to.include({ code: 'AUTH_REQUIRED' })
    expect(await rejection((await account()).access())).to.include({ code: 'AUTH_REQUIRED' })
    expect(await filesIn(join(dir, 'tokens'))).to.deep.equal([])
  })

  it('notices that another process signed out', async () => {
    const tokens = await signedIn()
    await rm(join(dir, 'tokens'), { recursive: true })
    await clock.advance(hours(1))
    expect(await rejection(tokens.access())).to.include({ code: 'AUTH_REQUIRED' })
    expect(server.seen).to.have.length(0)
  })

  it('keeps two accounts apart', async () => {
    await signedIn()
    const other = await account({ account: 'account-2' })
    expect(await rejection(other.access())).to.include({ code: 'AUTH_REQUIRED' })
  })

  describe('with pasted tokens', () => {
    it('uses an access token until it is refused, and then asks for a sign-in, also after a restart', async () => {
      const seed = { accessToken: 'test-token' }
      const tokens = await account({ seed })
      await clock.advance(days(30))
      expect(await tokens.access()).to.equal('test-token')
      expect(await tokens.status()).to.deep.equal({ signedIn: true, durable: true })
      expect(await rejection(tokens.renew('test-token'))).to.include({ code: 'AUTH_EXPIRED' })
      expect(await rejection(tokens.access())).to.include({ code: 'AUTH_EXPIRED' })
      expect(await rejection((await account({ seed })).access())).to.include({ code: 'AUTH_EXPIRED' })
      expect(await (await account({ seed: { accessToken: 'next-token' } })).access()).to.equal('next-token')
      expect(server.seen).to.have.length(0)
    })

    it('renews a pasted refresh token, and after a restart goes on with the renewed one', async () => {
      const seed = { refreshToken: 'refresh-0' }
      expect(await (await account({ seed })).access()).to.equal('access-1')
      await clock.advance(hours(1))
      expect(await (await account({ seed })).access()).to.equal('access-2')
      expect(server.reused).to.equal(0)
    })

    it('shares one chain between accounts with the same pasted token', async () => {
      const seed = { refreshToken: 'refresh-0' }
      const one = await account({ seed })
      const two = await account({ seed, account: 'account-2' })
      const three = await account({ seed: { ...seed, accessToken: 'refused' }, account: 'account-3' })
      expect(await Promise.all([one.access(), two.access()])).to.deep.equal(['access-1', 'access-1'])
      expect(await three.renew('refused')).to.equal('access-1')
      await clock.advance(hours(1))
      expect(await Promise.all([one.access(), two.access(), three.access()])).to.deep.equal(['access-2', 'access-2', 'access-2'])
      expect(server).to.include({ reused: 0, served: 2 })
    })

    it('lets a changed token win over the file, and the file over an unchanged one', async () => {
      await (await account({ seed: { refreshToken: 'refresh-0' } })).access()
      server.current = 'pasted-anew'
      const changed = { refreshToken: 'pasted-anew' }
      expect(await (await account({ seed: changed })).access()).to.equal('access-2')
      expect(await (await account({ seed: changed })).access()).to.equal('access-2')
      expect(server.reused).to.equal(0)
    })

    it('lets a later sign-in in the window win, until another token is pasted', async () => {
      const seed = { accessToken: 'test-token' }
      const tokens = await account({ seed })
      expect(await tokens.access()).to.equal('test-token')
      await tokens.accept(fresh())
      expect(await tokens.access()).to.equal('access-0')
      expect(await (await account({ seed })).access()).to.equal('access-0')
      await clock.advance(hours(1))
      expect(await (await account({ seed })).access(), 'also after a refresh').to.equal('access-1')
      expect(await (await account({ seed })).access()).to.equal('access-1')
      expect(await (await account()).access(), 'the pasted one was cleared').to.equal('access-1')
      expect(await (await account({ seed: { accessToken: 'newer' } })).access()).to.equal('newer')
    })

    it('stays signed out after a restart though the token is still pasted', async () => {
      const seed = { refreshToken: 'refresh-0' }
      const tokens = await account({ seed })
      await tokens.access()
      await tokens.signOut()
      expect(await rejection((await account({ seed })).access())).to.include({ code: 'AUTH_REQUIRED' })
      const window = await account({ seed, account: 'account-2' })
      await window.accept(fresh())
      await window.signOut()
      expect(await rejection((await account({ seed, account: 'account-2' })).access())).to.include({ code: 'AUTH_REQUIRED' })
      expect(server.seen).to.have.length(1)
    })
  })

  describe('when the disk is not what it should be', () => {
    it('asks for a sign-in when the secret no longer fits, and keeps the file aside', async () => {
      await signedIn()
      const tokens = await account({ store: await store('another secret') })
      const error = await rejection(tokens.access())
      expect(error).to.include({ code: 'AUTH_REQUIRED' })
      expect(error.message).to.contain('credential secret')
      const [name] = await filesIn(join(dir, 'tokens'))
      expect(name).to.match(/\.json\.unreadable-1$/)
      await tokens.accept(fresh())
      expect(await tokens.access()).to.equal('access-0')
    })

    it('seals under the new secret as soon as both are known', async () => {
      await signedIn()
      const both = await store('new secret', 'runtime secret')
      expect(await (await account({ store: both })).access()).to.equal('access-0')
      const [name] = await filesIn(join(dir, 'tokens'))
      const sealer = await openSealer({ dir, secrets: ['new secret'] })
      const chain = name!.replace('.json', '')
      let text = ''
      while (sealer.open(text, chain) === undefined) text = await readFile(join(dir, 'tokens', `${chain}.json`), 'utf8')
      expect(JSON.parse(sealer.open(text, chain)!)).to.include({ accessToken: 'access-0' })
    })

    it('sets a damaged file aside', async () => {
      await signedIn()
      const [name] = await filesIn(join(dir, 'tokens'))
      await writeFile(join(dir, 'tokens', name!), '{"v":1,')
      expect(await rejection((await account()).access())).to.include({ code: 'AUTH_REQUIRED' })
    })

    it('stays signed in until the restart when nothing can be written any more, and says so', async () => {
      const tokens = await signedIn()
      await rm(join(dir, 'tokens'), { recursive: true })
      await writeFile(join(dir, 'tokens'), 'a file where the folder was')
      await clock.advance(hours(1))
      expect(await tokens.access()).to.equal('access-1')
      expect(await tokens.status()).to.include({ signedIn: true, durable: false })
      await clock.advance(hours(1))
      expect(await tokens.access()).to.equal('access-2')
      await rm(join(dir, 'tokens'))
      await clock.advance(hours(1))
      expect(await tokens.access(), 'and writes again when it can').to.equal('access-3')
      expect(await tokens.status()).to.include({ durable: true })
      expect(server.reused).to.equal(0)
    })

    it('clears away what killed writers left', async () => {
      const tokens = await signedIn()
      const [name] = await filesIn(join(dir, 'tokens'))
      await writeFile(join(dir, 'tokens', `${name}.0000.tmp`), 'half')
      await clock.advance(hours(1))
      await tokens.access()
      expect(await filesIn(join(dir, 'tokens'))).to.deep.equal([name])
    })

    it('works from memory where there is no folder at all, and says so', async () => {
      const memory = memoryTokenStore()
      const tokens = await signedIn({ store: memory })
      await clock.advance(hours(1))
      expect(await tokens.access()).to.equal('access-1')
      expect(await tokens.status()).to.include({ signedIn: true, durable: false })
      expect(await (await account({ store: memory })).access()).to.equal('access-1')
      await tokens.signOut()
      expect(await rejection((await account({ store: memory })).access())).to.include({ code: 'AUTH_REQUIRED' })
    })
  })

  it('never lets a secret out with an error', async () => {
    const seed = { accessToken: 'canary-access', refreshToken: 'canary-refresh' }
    const errors: unknown[] = []
    const answers = [
      { status: 400, body: { error: 'invalid_client', error_description: 'canary-client canary-secret' } },
      { status: 400, body: { error: 'canary-refresh' } },
    ]
    for (const [n, answer] of answers.entries()) {
      server.next = [answer]
      const tokens = await account({ seed: { ...seed, refreshToken: `canary-refresh-${n}` } })
      errors.push(await rejection(tokens.renew('canary-access')), await tokens.status())
    }
    client = { ...client, tokenUrl: 'http://canary-user:canary-pass@127.0.0.1:1/' }
    const offline = await account({ seed, client })
    errors.push(await rejection(withTime(offline.renew('canary-access'))), await offline.status())
    for (const error of errors) {
      expect(
        [inspect(error, { depth: 10, showHidden: true }), JSON.stringify(error), (error as Error).stack].join('\n'),
      ).not.to.contain('canary')
    }
  })
})
