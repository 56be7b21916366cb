import { readFileSync } from 'node:fs'
import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { volvoDemo } from '../../src/simulator/credentials'
import { eventually } from '../support/childProcess'
import type { AnyMessage } from '../support/home'
import type { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountOn, asking, demoCredentials, describeAccount, tab, works } from '../runtime/support'
import { Editor } from './editor'
import { editorSuite, type Suite } from './suite'

const as = 'owner'
const planted = { mail: 'anna.andersson@example.org' }
/** Reads where the car is as well. */
const withPosition = (node: AnyMessage): AnyMessage => (node.groups ? { ...node, groups: ['battery', 'position'] } : node)

describe('signing in from the dialog', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let editor: Editor
  let vin: string

  before(async () => {
    simulator = await SimulatorProcess.start()
    vin = await simulator.vinOf('ex40')
  })
  const suite = editorSuite(
    () => ({
      flows: [tab, { ...accountOn(simulator, vin), name: `Cars of ${planted.mail}` }, ...asking().map(withPosition)],
      credentials: { acc: demoCredentials },
      users: { owner: { password: 'o', permissions: '*' } },
      settings: { httpAdminRoot: '/house/red' },
    }),
    (started) => loggedIn(started, started.nodeRed.adminUrl),
  )
  beforeEach(() => void ({ nodeRed, editor } = suite))
  after(() => simulator?.close())

  const open = async () => {
    const tray = await editor.editConfig('driveway-account', 'acc')
    // The form stands before the editor has fetched the credentials.
    await editor.page.waitForFunction("document.querySelector('#node-config-input-clientId')?.value")
    return tray
  }
  const told = (text: string | RegExp) => editor.page.locator('#driveway-account-sign-in-told', { hasText: text }).waitFor()
  const press = async (): Promise<Page> => {
    const opening = editor.page.waitForEvent('popup')
    await editor.page.locator('#driveway-account-sign-in').click()
    const popup = await opening
    await popup.getByRole('button', { name: 'Allow' }).waitFor()
    return popup
  }
  const signedOut = async () => {
    await nodeRed.admin('POST', 'driveway/accounts/acc/sign-out', { body: {}, as })
  }

  it('comes back below a custom admin root with adminAuth on, and tells how many days are left', async () => {
    await open()
    const redirect = editor.page.locator('#node-config-input-redirectUri')
    expect(await redirect.inputValue()).to.equal(`${nodeRed.adminUrl}driveway/oauth/callback`)
    const popup = await press()
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('heading', { name: 'Signed in' }).waitFor()
    expect(popup.url(), 'no code stays in the address').to.equal(nodeRed.callbackUrl)
    await popup.close()
    await told(/Signed in until .*\d+ days? left/)
    await editor.picture('sign-in-done')
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('lists the cars with Test connection, which asks the deployed account and no other', async () => {
    const tray = await open()
    await tray.locator('#driveway-account-test').click()
    await tray.locator('.driveway-found li', { hasText: 'EX40' }).waitFor()
    await tray.locator('#node-config-input-clientSecret').fill('another one')
    await tray.locator('#driveway-account-test').click()
    await tray.locator('#driveway-account-state', { hasText: 'Deploy first' }).waitFor()
    expect(await tray.locator('.driveway-found li').count()).to.equal(0)
    await editor.leave('cancel')
  })

  it('downloads diagnostics that hold no secret, vehicle number, position or mail address', async () => {
    const { position } = (await nodeRed.ask('/ask')).json as {
      position: { location: { latitude: number; longitude: number } }
    }
    const { latitude, longitude } = position.location
    expect(latitude, 'the car said where it is').to.be.a('number')
    const tray = await open()
    await tray.locator('#driveway-account-test').click()
    await tray.locator('.driveway-found li').first().waitFor()
    const loading = editor.page.waitForEvent('download')
    await tray.locator('#driveway-account-diagnostics').click()
    const text = readFileSync(await (await loading).path(), 'utf8')
    const bundle = JSON.parse(text) as { calls: unknown[]; versions: object; vehicles: object[] }
    expect(bundle.calls).not.to.deep.equal([])
    expect(bundle.versions).to.include.keys('driveway', 'nodeRed', 'node')
    expect(bundle.vehicles).to.have.length(1)
    const secrets = [
      vin,
      vin.slice(-6),
      planted.mail,
      volvoDemo.apiKey,
      volvoDemo.clientSecret,
      volvoDemo.clientId,
      'eyJ',
      'code=',
    ]
    for (const secret of secrets) expect(text).not.to.contain(secret)
    for (const part of [latitude, longitude]) expect(text).not.to.contain(part.toFixed(3))
    await editor.leave('cancel')
  })

  it('shows when the person says no', async () => {
    await open()
    const popup = await press()
    await popup.getByRole('button', { name: 'Deny' }).click()
    await popup.getByRole('heading', { name: 'Not signed in' }).waitFor()
    expect(popup.url()).to.equal(nodeRed.callbackUrl)
    await popup.close()
    await told(/not allowed/)
    await editor.picture('sign-in-denied')
    await editor.leave('cancel')
  })

  it('takes neither a made-up state nor the same redirect twice', async () => {
    await signedOut()
    await open()
    const popup = await press()
    const back: string[] = []
    popup.on('request', (one) => one.url().includes('oauth/callback') && back.push(one.url()))
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('heading', { name: 'Signed in' }).waitFor()
    await told(/Signed in until/)
    const [address] = back
    const forged = new URL(address!)
    forged.searchParams.set('state', 'made-up')
    for (const url of [address!, forged.href]) {
      await popup.goto(url)
      await popup.getByRole('heading', { name: 'Not signed in' }).waitFor()
    }
    await popup.close()
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('lets two windows sign in at once, each with its own state', async () => {
    await signedOut()
    const other = editor
    const second = await loggedIn(suite, nodeRed.adminUrl)
    await open()
    const first = await press()
    editor = second
    await open()
    const popup = await press()
    await first.getByRole('button', { name: 'Allow' }).click()
    await first.getByRole('heading', { name: 'Signed in' }).waitFor()
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('heading', { name: 'Signed in' }).waitFor()
    await told(/Signed in/)
    await second.page.context().close()
    editor = other
    await told(/Signed in/)
    await first.close()
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('signs out, and finishes with the pasted final address where the browser cannot come back', async () => {
    const tray = await open()
    await told(/Signed in until/)
    await tray.locator('#driveway-account-sign-out').click()
    await told('Not signed in')
    // A page that is not there, as behind a proxy that only others know.
    await tray.locator('#node-config-input-redirectUri').fill(volvoDemo.redirectUri)
    const popup = await press()
    const leaving = popup.waitForEvent('requestfailed', (one) => one.url().startsWith(volvoDemo.redirectUri))
    await popup.getByRole('button', { name: 'Allow' }).click()
    const address = (await leaving).url()
    await tray.locator('summary', { hasText: 'Other ways' }).click()
    const paste = async (text: string) => {
      await tray.locator('#driveway-account-paste').fill(text)
      await tray.locator('#driveway-account-paste-send').click()
    }
    const wrong = tray.locator('#driveway-account-paste-told')
    for (const [text, why] of [
      ['my code', 'What was pasted is no address. Paste the whole address of the page that did not open.'],
      [address.split('?')[0]!, 'The pasted address does not hold what a sign-in ends with'],
      [address.replace(/state=[^&]*/, 'state=made-up'), 'This sign-in is not known here'],
    ] as const) {
      await paste(text)
      await wrong.filter({ hasText: why }).waitFor()
    }
    await editor.picture('sign-in-pasted-nonsense')
    // What was wrong stays there to be read, and the sign-in goes on.
    await told('Sign in in the window that opened')
    await paste(address)
    await told(/Signed in until/)
    await popup.close()
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('keeps nothing of a wrong paste once the window has come back by itself', async () => {
    const tray = await open()
    const popup = await press()
    await tray.locator('summary', { hasText: 'Other ways' }).click()
    await tray.locator('#driveway-account-paste').fill('my code')
    await tray.locator('#driveway-account-paste-send').click()
    const wrong = tray.locator('#driveway-account-paste-told')
    await wrong.filter({ hasText: 'What was pasted is no address' }).waitFor()
    await popup.getByRole('button', { name: 'Allow' }).click()
    await told(/Signed in until/)
    expect(await wrong.innerText()).to.equal('')
    await popup.close()
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('asks for a new sign-in when the provider ended it, and works again after that', async () => {
    await simulator.control('POST', 'faults', { provider: 'volvo', kind: 'token-revoked', count: 1 })
    await nodeRed.ask('/ask')
    await eventually(
      () => describeAccount(nodeRed, 'acc', as),
      ({ signIn }) => signIn.problem !== undefined,
      'the end of the sign-in',
    )
    await open()
    await told(/[Ss]ign in again/)
    await editor.picture('sign-in-ended')
    const popup = await press()
    await popup.getByRole('button', { name: 'Allow' }).click()
    await told(/Signed in until/)
    await popup.close()
    await editor.leave('cancel')
    await works(nodeRed)
  })

  it('works behind a proxy: its address is prefilled, can be changed and copied', async () => {
    const proxy = await proxyTo(nodeRed.adminUrl)
    const direct = editor
    try {
      const outside = `http://localhost:${(proxy.address() as AddressInfo).port}/house/red/`
      editor = await loggedIn(suite, outside)
      await editor.page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
      const tray = await open()
      const redirect = tray.locator('#node-config-input-redirectUri')
      await redirect.fill(`${outside}driveway/oauth/callback`)
      await tray.locator('#driveway-account-copy').click()
      await editor.page.waitForFunction(
        `navigator.clipboard.readText().then((text) => text === '${outside}driveway/oauth/callback')`,
      )
      const popup = await press()
      await popup.getByRole('button', { name: 'Allow' }).click()
      await popup.getByRole('heading', { name: 'Signed in' }).waitFor()
      expect(popup.url()).to.equal(`${outside}driveway/oauth/callback`)
      await told(/Signed in until/)
      await editor.page.context().close()
    } finally {
      editor = direct
      proxy.closeAllConnections()
      proxy.close()
    }
  })

  it('never had an error on the console but for the refusals that were asked for', () => {
    const asked = /oauth\/callback|demo\.example\.test|chrome-error|token|status of 400/
    expect(editor.errors.filter((error) => !asked.test(error))).to.deep.equal([])
  })
})

async function loggedIn({ browser, nodeRed }: Pick<Suite, 'browser' | 'nodeRed'>, url: string): Promise<Editor> {
  const token = await fetch(`${nodeRed.adminUrl}auth/token`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'node-red-editor', grant_type: 'password', scope: '', username: as, password: 'o' }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  return Editor.open(browser, `${url}?access_token=${access_token}`)
}

/** Passes everything on under another host name and port. */
async function proxyTo(target: string): Promise<Server> {
  const { hostname, port } = new URL(target)
  const server = createServer((req, res) => {
    const onward = request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(res)
    })
    onward.on('error', () => res.destroy())
    req.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return server
}
