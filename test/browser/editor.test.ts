import { expect } from 'chai'
import type { Page } from 'playwright-core'
import { volvoDemo } from '../../src/simulator/credentials'
import type { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
import { editorSuite, untranslated } from './suite'

const onCanvas = ['driveway-command', 'driveway-charging', 'driveway-state'] as const

describe('the editor', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let editor: Editor

  before(async () => {
    simulator = await SimulatorProcess.start()
  })
  const suite = editorSuite(() => ({ flows }))
  beforeEach(() => void ({ nodeRed, editor } = suite))
  after(() => simulator?.close())

  it('has the nodes in the palette, in a category of their own', async () => {
    for (const type of onCanvas) {
      const entry = editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`)
      await entry.scrollIntoViewIfNeeded()
      expect(await entry.innerText()).to.match(/^car /)
    }
    const category = editor.page.locator('#red-ui-palette-container-connected_car, [id="red-ui-palette-container-connected car"]')
    expect(await category.locator('.red-ui-palette-node').count()).to.be.at.least(onCanvas.length)
    await editor.picture('palette')
  })

  for (const type of onCanvas) {
    it(`opens the dialog of ${type}, all in words`, async () => {
      const tray = await editor.edit(type)
      const text = await tray.innerText()
      expect(text).to.contain('Account')
      expect(text).not.to.match(untranslated)
      await editor.picture(type)
      await editor.leave('cancel')
    })
  }

  it('opens the dialogs of a new account and of a new broker, all in words', async () => {
    await editor.edit('driveway-charging')
    await editor.page.locator('#node-input-btn-account-add, #node-input-btn-account-edit').last().click()
    const account = await editor.topTray()
    expect(await account.innerText())
      .to.contain('nothing to fill in')
      .and.not.to.match(untranslated)
    await editor.picture('driveway-account')
    await editor.page.locator('#node-config-input-btn-mirror-add, #node-config-input-btn-mirror-edit').last().click()
    const broker = await editor.topTray()
    expect(await broker.innerText())
      .to.contain('driveway')
      .and.not.to.match(untranslated)
    await editor.picture('driveway-mqtt')
    for (let open = 3; open > 0; open--) await editor.leave('cancel')
  })

  it('signs in to a new account in a window, before anything is deployed', async () => {
    await editor.edit('driveway-charging')
    await editor.page.locator('#node-input-btn-account-add, #node-input-btn-account-edit').last().click()
    const { page } = editor
    await editor.topTray()
    await page.locator('#node-config-input-name').fill('My Volvo')
    await page.locator('#node-config-input-server').selectOption('custom')
    await page.locator('#node-config-input-url').fill(simulator.volvo)
    await page.locator('#node-config-input-authUrl').fill(simulator.volvo)
    await page.locator('#node-config-input-apiKey').fill(volvoDemo.apiKey)
    await page.locator('#node-config-input-clientId').fill(volvoDemo.clientId)
    await page.locator('#node-config-input-clientSecret').fill(volvoDemo.clientSecret)
    expect(await page.locator('#node-config-input-redirectUri').inputValue()).to.equal(nodeRed.callbackUrl)

    const opening = page.waitForEvent('popup')
    await page.locator('#driveway-account-sign-in').click()
    const popup: Page = await opening
    await popup.getByRole('button', { name: 'Allow' }).waitFor()
    await editor.picture('consent', popup)
    await popup.getByRole('button', { name: 'Allow' }).click()
    await popup.getByRole('heading', { name: 'Signed in' }).waitFor()
    await editor.picture('signed-in', popup)
    await popup.close()
    await page.locator('#driveway-account-sign-in-told', { hasText: 'Signed in' }).waitFor()
    await editor.picture('account-signed-in')
    await editor.leave('ok')
    await editor.leave('ok')
  })

  it('shows the car below the charging node after the deploy', async () => {
    for (const type of ['driveway-state', 'driveway-command'] as const) {
      const tray = await editor.edit(type)
      await tray.locator('#node-input-account').selectOption({ label: 'My Volvo' })
      await tray.getByText('Deploy first').first().waitFor()
      await editor.leave('ok')
    }
    await editor.deploy()
    await editor
      .status('driveway-charging')
      .filter({ hasText: /cars|%/ })
      .waitFor()
    await editor.picture('deployed')
  })

  it('finds the cars of the account, and offers them where a car is chosen', async () => {
    const tray = await editor.edit('driveway-charging')
    await tray.locator('#node-input-btn-account-edit, #node-input-lookup-account').first().click()
    const account = await editor.topTray()
    await account.locator('#driveway-account-test').click()
    await account.locator('.driveway-found li').first().waitFor()
    expect(await account.locator('.driveway-found li').allInnerTexts()).to.have.length(3)
    expect(await account.locator('#driveway-account-sign-in-told').innerText()).to.contain('Signed in until')
    await editor.picture('account-tested')
    await editor.leave('cancel')
    await editor.leave('cancel')
  })

  it('tells at the debug node that somebody plugged the car in on the simulator’s page', async () => {
    const page = await editor.page.context().newPage()
    await page.goto(`${simulator.url}/sim/`)
    const car = page.locator('article').filter({ hasText: 'ex40' }).first()
    await car.getByRole('button', { name: 'Plug in AC' }).click()
    await car.locator('.facts').filter({ hasText: 'AC' }).waitFor()
    await editor.picture('simulator', page)
    await page.close()

    await editor.page.bringToFront()
    const told = editor.page.locator('.red-ui-debug-msg').filter({ hasText: 'plugged-in' })
    await editor.page.keyboard.press('Control+g')
    await editor.page.keyboard.press('d')
    // The car's report takes a moment to reach the cloud, so the person looks again until it is there.
    for (let looks = 0; looks < 20 && (await told.count()) === 0; looks++) {
      await nodeRed.admin('POST', 'inject/look', { body: {} })
      await told
        .first()
        .waitFor({ timeout: 1000 })
        .catch(() => undefined)
    }
    expect(await told.count()).to.equal(1)
    await editor.picture('plugged-in')
  })

  it('never had an error on its console', () => {
    // Asked for the cars of an account that is not deployed, the runtime says no, which the dialog shows in words.
    const refused = /400 \(Bad Request\) \(.*\/driveway\/accounts\/\w+\/vehicles\)$/
    expect(editor.errors.filter((error) => !refused.test(error))).to.deep.equal([])
    expect(nodeRed.complaints).to.deep.equal([])
  })
})

const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  ...[
    {
      id: 'look',
      type: 'inject',
      name: 'look now',
      props: [{ p: 'topic', vt: 'str' }],
      topic: 'refresh',
      repeat: '',
      crontab: '',
      once: false,
      onceDelay: 0.1,
      y: 80,
      wires: [['driveway-charging']],
    },
    {
      id: 'driveway-charging',
      type: 'driveway-charging',
      account: '',
      profile: 'normal',
      emit: 'events',
      x: 360,
      y: 80,
      wires: [['told']],
    },
    {
      id: 'told',
      type: 'debug',
      name: 'told',
      active: true,
      tosidebar: true,
      complete: 'topic',
      targetType: 'msg',
      x: 600,
      y: 80,
      wires: [],
    },
    { id: 'driveway-state', type: 'driveway-state', account: '', x: 360, y: 200, wires: [[]] },
    {
      id: 'driveway-command',
      type: 'driveway-command',
      account: '',
      command: 'lock',
      onFailure: 'error',
      outputs: 1,
      x: 360,
      y: 320,
      wires: [[]],
    },
  ].map((node) => ({ z: 'tab', x: 120, ...node })),
]
