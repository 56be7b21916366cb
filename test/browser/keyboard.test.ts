import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import type { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
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

const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { id: 'acc', type: 'driveway-account', name: 'Mine', provider: 'volvo', server: 'simulator' },
  { id: 'command', type: 'driveway-command', name: 'Lock it', account: 'acc', z: 'tab', x: 200, y: 80, outputs: 1, wires: [[]] },
]
