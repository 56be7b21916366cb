import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import type { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
import { dialogs, everyDialog, openDialog } from './everyDialog'
import { editorSuite } from './suite'

describe('the dialogs without a mouse', () => {
  let nodeRed: NodeRed
  let editor: Editor
  const suite = editorSuite(() => ({ flows }))
  beforeEach(() => void ({ nodeRed, editor } = suite))

  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => editor.page.keyboard.press(key)), Promise.resolve())
  const focused = () => editor.page.evaluate<string>('document.activeElement.id || document.activeElement.className')
  /** Presses Tab until this element has the focus. */
  const tabTo = async (id: string) => {
    const seen: string[] = []
    while (seen.length < 60) {
      const now = await focused()
      if (now.includes(id)) return
      seen.push(now)
      await press('Tab')
    }
    throw new Error(`Tab never comes to ${id}, only to ${seen.join(', ')}`)
  }
  /** Goes back from the first field, which is above all the others. */
  const backTo = async (id: string) => {
    await editor.page.locator('#node-input-name').focus()
    for (let steps = 0; (await focused()) !== id && steps < 20; steps++) await press('Shift+Tab')
    expect(await focused()).to.equal(id)
  }
  /** Opens the dialog of the only node of the flow. */
  const openOnly = async () => {
    await editor.page.locator('#red-ui-workspace-chart').focus()
    await press('Control+a', 'Enter')
    return editor.topTray()
  }

  it('let a person choose car and command, and deploy', async () => {
    const tray = await openOnly()
    await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
    await tabTo('node-input-vehicle')
    await press('Tab')
    expect(await focused()).to.contain('driveway-pick-button')
    await press('Enter', 'ArrowDown', 'Enter')
    const slug = await editor.page.evaluate<string>("$('#node-input-vehicle').val()")
    expect(slug).to.match(/^[\w-]+$/)
    await tabTo('node-input-command')
    await editor.page.keyboard.type('lock')
    await tabTo('node-input-onFailure')
    await press('ArrowDown')
    await tabTo('node-input-progress')
    await press('Space')
    await editor.picture('keyboard')
    await press('Control+Enter')
    await editor.page.locator('#red-ui-editor-shade').waitFor({ state: 'hidden' })
    await press('Control+d')
    const saved = await eventually(
      async () => ((await nodeRed.admin('GET', 'flows')).json as AnyMessage[]).find(({ id }) => id === 'command')!,
      ({ command }) => command === 'lock',
      'the deploy',
    )
    expect(saved).to.include({ vehicle: slug, command: 'lock', onFailure: 'output', progress: true, outputs: 3 })
  })

  it('close an open list with Escape, and nothing else, and end with Done or Cancel', async () => {
    for (const [field, list] of [
      ['vehicle', 'chosen car'],
      ['command', 'chosen command'],
    ] as const) {
      const tray = await openOnly()
      await tray.locator('#driveway-vehicle-hint', { hasText: 'found' }).waitFor()
      const before = await tray.locator(`#node-input-${field}`).inputValue()
      await tabTo(`node-input-${field}`)
      await press('Tab', 'Space', 'ArrowDown', 'ArrowDown')
      expect(await editor.page.evaluate("document.activeElement.closest('.driveway-menu') !== null"), list).to.equal(true)
      await press('Escape')
      await editor.page.locator('.driveway-menu:visible').waitFor({ state: 'hidden' })
      expect(await focused(), 'back at the field').to.equal(`node-input-${field}`)
      expect(await tray.locator(`#node-input-${field}`).inputValue()).to.equal(before)
      await press('Tab', 'Enter', 'ArrowDown', 'ArrowDown', 'Enter')
      expect(await tray.locator(`#node-input-${field}`).inputValue(), 'the second one').not.to.equal(before)
      await backTo('node-dialog-ok')
      await press(field === 'vehicle' ? 'Enter' : 'Space')
      await editor.gone()
      await openOnly()
      expect(await editor.page.locator(`#node-input-${field}`).inputValue(), 'kept').not.to.equal(before)
      await backTo('node-dialog-cancel')
      await press('Enter')
      await editor.gone()
    }
  })

  it('let a person open the account’s sections and test the connection', async () => {
    const tray = await editor.editConfig('driveway-account', 'acc')
    await tabTo('node-config-input-name')
    await tabTo('driveway-account-test')
    await press('Enter')
    await tray.locator('.driveway-found li').first().waitFor()
    for (let tabs = 0; !(await tray.locator('summary:focus').count()) && tabs < 20; tabs++) await press('Tab')
    await press('Enter')
    expect(await tray.locator('details[open] > summary:focus').count()).to.equal(1)
    await press('Escape')
    expect(editor.errors).to.deep.equal([])
  })
})

describe('everything in the dialogs', () => {
  const suite = editorSuite(() => ({ flows: everyDialog }))
  const longOnes = [
    ...['command-limit', 'charging', 'state', 'monitor-time', 'monitor-zone', 'monitor-cloud', 'account-stellantis-v1'],
    'broker-places',
  ]

  for (const id of longOnes)
    it(`is reached with Tab, and lets go again: ${id}`, async () => {
      const { page } = suite.editor
      await openDialog(
        suite.editor,
        dialogs.find((one) => one.id === id)!,
      )
      await page.evaluate("document.querySelectorAll('.driveway-dialog details').forEach((one) => (one.open = true))")
      // What is reached is marked; a click into the dialog's head is where a person starts.
      const step = `(() => {
        const one = document.activeElement
        const isOurs = Boolean(one.closest('.driveway-dialog'))
        if (isOurs) one.dataset.reached = 'yes'
        return isOurs
      })()`
      await page.locator('.red-ui-tray-toolbar button').last().focus()
      let wasInside = false
      for (let presses = 0; presses < 250; presses++) {
        await page.keyboard.press('Tab')
        const isInside = await page.evaluate<boolean>(step)
        if (wasInside && !isInside) break
        wasInside = isInside
      }
      const left = await page.evaluate<string[]>(`
        [...document.querySelectorAll('.driveway-dialog :is(input, select, textarea, button, summary, a[href])')]
          .filter((one) => one.checkVisibility() && !one.disabled && !one.dataset.reached)
          .map((one) => one.outerHTML.slice(0, 120))`)
      expect(left, 'never reached').to.deep.equal([])
      expect(await page.evaluate("Boolean(document.activeElement.closest('.driveway-dialog'))"), 'caught inside').to.equal(false)
      await suite.editor.leave('cancel')
    })
})

const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { id: 'acc', type: 'driveway-account', name: 'Mine', provider: 'volvo', server: 'simulator' },
  { id: 'command', type: 'driveway-command', name: 'Lock it', account: 'acc', z: 'tab', x: 200, y: 80, outputs: 1, wires: [[]] },
]
