import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import type { AnyMessage } from '../support/home'
import type { NodeRed } from '../support/nodeRed'
import type { Editor } from './editor'
import { editorSuite } from './suite'

const secrets = {
  acc: { apiKey: 'key-of-mine', clientId: 'client-of-mine', clientSecret: 'secret-of-mine' },
  house: { username: 'me-at-the-broker', password: 'password-of-mine' },
}
/** By type, the id of the only one. */
const originals = { 'driveway-account': 'acc', 'driveway-mqtt': 'house' } as const
const types = Object.keys(originals) as (keyof typeof originals)[]

describe('an account and its MQTT connection, taken to another Node-RED', () => {
  const home = editorSuite(() => ({ flows, credentials: secrets }))
  const elsewhere = editorSuite(() => ({ flows: flowsElsewhere }))
  let nodeRed: NodeRed
  let editor: Editor
  beforeEach(() => void ({ nodeRed, editor } = elsewhere))

  let exported: AnyMessage[]
  /** Whether secrets are stored for a node: what the editor is told instead of them. */
  const stored = async (type: keyof typeof originals): Promise<AnyMessage> =>
    (await nodeRed.admin('GET', `credentials/${type}/${originals[type]}`)).json as AnyMessage
  const openAccount = async () => {
    const tray = await editor.editConfig('driveway-account', 'acc')
    await editor.page.waitForFunction("$('#node-config-input-name').val() === 'Mine'")
    return { tray, field: (name: string) => tray.locator(`#node-config-input-${name}`) }
  }

  it('leave all of their secrets at home', async () => {
    const { page } = home.editor
    await home.editor.node('state').locator('.red-ui-flow-node').first().click()
    await page.keyboard.press('Control+e')
    await page.locator('#red-ui-clipboard-dialog-export-tab-clipboard-tab-bar').getByText('JSON', { exact: true }).click()
    const shown = page.locator('#red-ui-clipboard-dialog-export-text')
    await shown.waitFor()
    const text = await shown.inputValue()
    for (const secret of Object.values({ ...secrets.acc, ...secrets.house })) expect(text).not.to.contain(secret)
    expect(text).not.to.contain('credentials')
    exported = JSON.parse(text) as AnyMessage[]
    expect(exported.map(({ type }) => type)).to.include.members(types)
  })

  it('come in alone, without a node that uses them', async () => {
    const { page } = editor
    await page.keyboard.press('Control+i')
    const pasted = page.locator('#red-ui-clipboard-dialog-import-text')
    await pasted.fill(JSON.stringify(exported.filter(({ type }) => types.some((one) => one === type))))
    // It is looked at when a key is let go.
    await pasted.press('End')
    await page.locator('#red-ui-clipboard-dialog-ok').click()
    await page.waitForFunction("RED.nodes.node('acc')?.mirror === 'house' && RED.nodes.node('house')")
  })

  it('show everything but the secrets, and say that they are not deployed', async () => {
    const { tray, field } = await openAccount()
    expect(await field('url').inputValue()).to.equal('http://127.0.0.1:9')
    expect(await field('mirror').inputValue()).to.equal('house')
    for (const name of Object.keys(secrets.acc)) expect(await field(name).inputValue(), name).to.equal('')
    await tray.locator('#driveway-account-state', { hasText: 'Deploy first' }).waitFor()
    await editor.picture('imported-account')
    await editor.leave('cancel')
    const broker = await editor.editConfig('driveway-mqtt', 'house')
    await editor.page.waitForFunction("$('#node-config-input-base').val() === 'near'")
    for (const name of Object.keys(secrets.house))
      expect(await broker.locator(`#node-config-input-${name}`).inputValue(), name).to.equal('')
    await editor.leave('cancel')
  })

  it('deploy without them, and the node says what is to do', async () => {
    const user = await editor.edit('other')
    await user.locator('#node-input-account').selectOption('acc')
    await editor.leave('ok')
    await editor.deploy()
    const all = (await nodeRed.admin('GET', 'flows')).json as AnyMessage[]
    for (const type of types) {
      const [before, after] = [exported, all].map((nodes) => nodes.find((node) => node.type === type)!)
      expect(after, type).to.deep.include(before)
      expect(Object.values(await stored(type)), type).not.to.include(true)
    }
    await editor.status('other').filter({ hasText: 'not complete' }).waitFor()
    const { tray } = await openAccount()
    await tray.locator('.driveway-bad:visible', { hasText: /\w/ }).first().waitFor()
    await editor.picture('imported-account-deployed')
    await editor.leave('cancel')
  })

  it('take secrets of their own', async () => {
    const { field } = await openAccount()
    for (const name of Object.keys(secrets.acc)) await field(name).fill(`own ${name}`)
    await editor.leave('ok')
    await editor.deploy()
    await eventually(
      () => stored('driveway-account'),
      ({ has_apiKey, has_clientSecret }) => has_apiKey === true && has_clientSecret === true,
      'the secrets of the copy',
    )
    for (const one of [home, elsewhere]) expect(one.editor.errors).to.deep.equal([])
  })
})

const place = { z: 'tab', x: 300, wires: [[]] }
const far = { server: 'custom', url: 'http://127.0.0.1:9', authUrl: 'http://127.0.0.1:9' }
const tab = { id: 'tab', type: 'tab', label: 'My car' }
const flows: AnyMessage[] = [
  tab,
  { id: 'acc', type: 'driveway-account', version: 1, name: 'Mine', provider: 'volvo', ...far, vehicles: [], mirror: 'house' },
  { id: 'house', type: 'driveway-mqtt', name: 'House', url: 'mqtt://127.0.0.1:9', base: 'near', places: [], commands: [] },
  { id: 'state', type: 'driveway-state', account: 'acc', y: 80, ...place },
]
const flowsElsewhere: AnyMessage[] = [tab, { id: 'other', type: 'driveway-state', account: '', y: 200, ...place }]
