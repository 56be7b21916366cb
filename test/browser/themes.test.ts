import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { NodeRed } from '../support/nodeRed'
import type { AnyMessage } from '../support/home'
import { Editor, openBrowser } from './editor'

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string
  nodes: { html: string }[]
}

/** Only Node-RED 5 has a dark theme. */
const looks = [
  { name: 'light', colorScheme: 'light', width: 1400, height: 1000 },
  { name: 'dark', colorScheme: 'dark', width: 1400, height: 1000 },
  // What is left of such a window at 200 %.
  { name: 'zoomed', colorScheme: 'light', width: 700, height: 500 },
] as const

describe('the dialogs for everybody', () => {
  let nodeRed: NodeRed
  let browser: Browser
  let editor: Editor

  before(async () => {
    nodeRed = await NodeRed.start({ flows, settings: { externalModules: { palette: { allowInstall: false } } } })
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.end()
  })
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') await editor.picture(`failed-look-${this.currentTest.title.slice(-20)}`)
    await editor.page.context().close()
  })

  for (const { name, colorScheme, width, height } of looks) {
    it(`can be read, and are labelled, ${name}`, async function () {
      editor = await Editor.open(browser, nodeRed.adminUrl)
      const { page } = editor
      if (colorScheme === 'dark') {
        await page.evaluate("RED.settings.setLocal('view-dark-theme', 'dark')")
        await page.reload()
        await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
        await page.locator('#red-ui-workspace-chart').waitFor()
        if (!(await page.evaluate<boolean>("document.documentElement.matches('.nr-theme-dark')"))) {
          expect(await page.evaluate<string>('RED.settings.version')).to.match(/^4/)
          return this.skip()
        }
      }
      await page.setViewportSize({ width, height })
      await page.evaluate(axe)
      for (const [type, id] of dialogs) {
        const isConfig = ['driveway-account', 'driveway-mqtt'].includes(type)
        await page.evaluate(
          isConfig ? `RED.editor.editConfig('', '${type}', '${id}')` : `RED.editor.edit(RED.nodes.node('${id}'))`,
        )
        const tray = await editor.topTray()
        await page.evaluate("document.querySelectorAll('.driveway-dialog details').forEach((one) => (one.open = true))")
        if (!isConfig) await tray.locator('[id$="-hint"]', { hasText: 'found' }).first().waitFor()
        const findings = await page.evaluate<Finding[]>(
          "axe.run('.driveway-dialog', { resultTypes: ['violations'] }).then(({ violations }) => violations)",
        )
        const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical')
        const told = serious.map(({ id: rule, nodes }) => `${id}: ${rule}: ${nodes.map(({ html }) => html).join(' | ')}`)
        expect(told).to.deep.equal([])
        const wide = await page.evaluate<string[]>(
          `[...document.querySelectorAll('.driveway-dialog')].filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.id)`,
        )
        expect(wide, `${id} is wider than its dialog`).to.deep.equal([])
        const cut = await page.evaluate<string[]>(
          `(() => {
            const dialog = document.querySelector('.driveway-dialog')
            const edge = dialog.closest('.red-ui-tray').getBoundingClientRect().right
            return [dialog, ...dialog.querySelectorAll('input, select, textarea, button, a, label')]
              .filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > edge)
              .map((one) => one.outerHTML.slice(0, 100))
          })()`,
        )
        expect(cut, `${id} is cut by its tray`).to.deep.equal([])
        await editor.picture(`look-${name}-${id}`)
        await editor.leave('cancel')
      }
      expect(editor.errors).to.deep.equal([])
    })
  }
})

const dialogs = [
  ['driveway-command', 'command'],
  ['driveway-charging', 'charging'],
  ['driveway-state', 'state'],
  ['driveway-monitor', 'monitor'],
  ['driveway-account', 'acc'],
  ['driveway-account', 'stellantis'],
  ['driveway-account', 'fleet'],
  ['driveway-mqtt', 'mirror'],
] as const
const place = { z: 'tab', account: 'acc', x: 200, wires: [[]] }
const account = { type: 'driveway-account', server: 'production' }
const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { ...account, id: 'acc', provider: 'volvo', server: 'simulator', name: 'Mine', vehicles: [] },
  {
    ...account,
    id: 'stellantis',
    provider: 'stellantis',
    api: 'v1',
    name: 'Ours',
    vehicles: [{ id: 'x', slug: 'x', label: 'X' }],
  },
  { ...account, id: 'fleet', provider: 'invers', name: 'Theirs' },
  { id: 'mirror', type: 'driveway-mqtt', name: 'Broker', url: 'mqtt://127.0.0.1:9', location: 'zone', discovery: true },
  { id: 'command', type: 'driveway-command', command: 'unlock', y: 60, outputs: 1, ...place },
  { id: 'charging', type: 'driveway-charging', profile: 'custom', forMqttOut: true, outputs: 2, y: 120, ...place },
  { id: 'state', type: 'driveway-state', y: 180, ...place },
  { id: 'monitor', type: 'driveway-monitor', y: 240, ...place },
]
