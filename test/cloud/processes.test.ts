import { expect } from 'chai'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { systemClock } from '../../src/clock'
import { Http } from '../../src/cloud/http'
import { SignedInTokens } from '../../src/cloud/oauth'
import { openSealer } from '../../src/cloud/seal'
import { fileTokenStore, type TokenStore } from '../../src/cloud/tokens'
import { emptyFolder, filesIn } from './support/folder'
import { TokenServer } from './support/tokenServer'

const script = join(__dirname, 'support', 'refresher.ts')

describe('A sign-in shared by processes', function () {
  this.timeout(60_000)
  let server: TokenServer
  let dir: string
  let remove: () => Promise<void>
  let store: TokenStore

  beforeEach(async () => {
    ;({ dir, remove } = await emptyFolder())
    server = await TokenServer.start()
    store = fileTokenStore({ dir, clock: systemClock, sealer: await openSealer({ dir, secrets: ['runtime secret'] }) })
  })
  afterEach(async () => {
    await server.close()
    await remove()
  })

  async function signIn(): Promise<void> {
    const client = {
      provider: 'Volvo',
      authorizeUrl: 'x',
      tokenUrl: server.url,
      clientId: 'client',
      clientSecret: 's',
      scopes: [],
    }
    const http = new Http({ baseUrl: server.url, clock: systemClock, name: 'Volvo' })
    const now = systemClock.now()
    const tokens = new SignedInTokens({ client, http, store, account: 'account-1', clock: systemClock })
    await tokens.accept({
      accessToken: 'first',
      refreshToken: server.current,
      expiresAt: now + 300_000,
      obtainedAt: now,
      signedInAt: now,
    })
  }

  function start(times: number): {
    child: ChildProcess
    dots: () => number
    ended: Promise<{ code: number | null; errors: string }>
  } {
    const child = spawn(process.execPath, ['--import', 'tsx', script, dir, server.url, String(times)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let dots = 0
    let errors = ''
    child.stdout.on('data', (text: Buffer) => (dots += text.length))
    child.stderr.on('data', (text: Buffer) => (errors += text.toString()))
    const ended = new Promise<{ code: number | null; errors: string }>((resolve) =>
      child.on('close', (code) => resolve({ code, errors })),
    )
    return { child, dots: () => dots, ended }
  }

  it('never uses a single-use token twice: four processes, forty refreshes', async () => {
    await signIn()
    const children = Array.from({ length: 4 }, () => start(10))
    for (const { ended } of children) expect(await ended).to.deep.equal({ code: 0, errors: '' })
    expect(server.reused).to.equal(0)
    // Whoever finds that another one was quicker takes its token, so there may be fewer calls than wishes.
    expect(server.served).to.be.within(10, 40)
    expect(await filesIn(join(dir, 'tokens'))).to.have.length(1)
  })

  it('survives twenty kills in the middle of refreshing: never unreadable, at most the one answer on its way lost', async () => {
    await signIn()
    const chain = (await filesIn(join(dir, 'tokens')))[0]!.replace('.json', '')
    let lost = 0
    let kills = 0
    while (kills < 20) {
      // Two run at a time, so that a killed one also leaves its lock to a living one.
      const pair = [start(1_000_000), start(1_000_000)]
      for (const { child, dots, ended } of pair) {
        const enough = 1 + ((kills * 7) % 5)
        while (dots() < enough && child.exitCode === null) await Promise.race([once(child.stdout!, 'data'), ended])
        // Another phase of the refresh at each kill.
        for (let n = 0; n < (kills * 13) % 40; n++) await new Promise((resolve) => setImmediate(resolve))
        child.kill('SIGKILL')
        kills++
      }
      await Promise.all(pair.map(({ ended }) => ended))
      const kept = await store.load(chain)
      if (kept === 'unreadable' || kept === undefined) throw new Error(`The file is ${String(kept)} after kill ${kills}`)
      if (kept.ended || kept.refreshToken !== server.current) {
        if (!kept.ended) expect(kept.refreshToken, 'only the last answer').to.equal(`refresh-${server.served - 1}`)
        lost++
        await signIn()
      }
    }
    // A reuse happens only after an answer was lost: the token it replaced is all that is left.
    expect(server.reused).to.be.at.most(lost)
    const last = start(3)
    expect(await last.ended).to.deep.equal({ code: 0, errors: '' })
    expect(await filesIn(join(dir, 'tokens'))).to.deep.equal([`${chain}.json`])
  })
})
