import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { AnyMessage } from '../support/home'
import type { Editor } from './editor'
import { editorSuite } from './suite'

const axe = readFileSync(createRequire(__filename).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  id: string
  impact: string
  nodes: { html: string }[]
}

/** Only Node-RED 5 has a dark theme. */
const looks = [
  { name: 'light', colorScheme: 'light', width: 1280, height: 800 },
  // What is left of such a window at 200 %, with the sidebar open.
  { name: 'zoomed', colorScheme: 'light', width: 640, height: 400 },
  { name: 'dark', colorScheme: 'dark', width: 1280, height: 800 },
] as const

/** What axe finds serious in the open dialog. */
async function seriousFindings(page: Page): Promise<string[]> {
  const findings = await page.evaluate<Finding[]>(
    "axe.run('.driveway-dialog', { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  )
  const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe('the dialogs for everybody', function () {
  this.timeout(120_000)
  let editor: Editor
  let shown = 'light'
  const suite = editorSuite(() => ({ flows }))
  beforeEach(() => void ({ editor } = suite))

  for (const { name, colorScheme, width, height } of looks) {
    it(`can be read, and are labelled, ${name}`, async function () {
      const { page } = editor
      if (colorScheme !== shown) {
        await page.evaluate(`RED.settings.setLocal('view-dark-theme', '${colorScheme}')`)
        await page.reload()
        await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
        await page.locator('#red-ui-workspace-chart').waitFor()
        shown = colorScheme
        const isDark = await page.evaluate<boolean>("document.documentElement.matches('.nr-theme-dark')")
        if (isDark !== (colorScheme === 'dark')) {
          expect(await page.evaluate<string>('RED.settings.version')).to.match(/^4/)
          return this.skip()
        }
      }
      await page.setViewportSize({ width, height })
      await page.evaluate(axe)
      for (const { type, id, account } of dialogs) {
        const isConfig = ['driveway-account', 'driveway-mqtt'].includes(type)
        const hasCars = !isConfig && account !== ''
        await page.evaluate(
          isConfig ? `RED.editor.editConfig('', '${type}', '${id}')` : `RED.editor.edit(RED.nodes.node('${id}'))`,
        )
        const tray = await editor.topTray()
        if (hasCars)
          await tray
            .locator('[id$="-hint"]', { hasText: /found|called/ })
            .first()
            .waitFor()
        await editor.picture(`look-${name}-${id}`)
        await page.evaluate("document.querySelectorAll('.driveway-dialog details').forEach((one) => (one.open = true))")
        // Words and colours are those of the large window.
        if (name !== 'zoomed') expect(await seriousFindings(page), id).to.deep.equal([])
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
        await editor.leave('cancel')
      }
      expect(editor.errors).to.deep.equal([])
    })
  }
})

const flow = { z: 'tab', account: 'acc', x: 200, wires: [[]] }
const command = { ...flow, type: 'driveway-command', outputs: 1 }
const charging = { ...flow, type: 'driveway-charging' }
const monitor = { ...flow, type: 'driveway-monitor', account: 'partner-cars', where: 'local' }
const account = { type: 'driveway-account', server: 'production' }
const partner = { ...account, provider: 'stellantis', server: 'custom', url: 'http://127.0.0.1:9', authUrl: 'http://127.0.0.1:9' }
const zone = { kind: 'zone', transition: 'In', place: { radius: 2, center: { longitude: 11.97, latitude: 57.7 } } }
const value = { kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
const night = { recurrence: 'Daily', start: 'PT22H30M', duration: 'PT8H', occurrence: { day: ['Mon', 'Fri'], week: ['w1-w25'] } }
const wrong = { ...zone, name: 'z 1', place: { radius: -1, center: { longitude: 500, latitude: 1 } } }

/**
 * Every dialog as people meet it: new, filled in, with what is wrong; by provider and by kind. No id may be what an
 * account says, such as a provider: Node-RED would take the account to need itself.
 */
const dialogs: AnyMessage[] = [
  { ...command, id: 'command-new', account: '' },
  { ...command, id: 'command-unlock', command: 'unlock' },
  { ...command, id: 'command-limit', command: 'charge-limit', onFailure: 'output', progress: true, outputs: 3 },
  { ...command, id: 'command-unknown', command: 'my-own-word', vehicle: 'nobody' },
  { ...charging, id: 'charging-new', account: '' },
  { ...charging, id: 'charging', profile: 'custom', forMqttOut: true, outputs: 2 },
  { ...flow, id: 'state-new', type: 'driveway-state', account: '' },
  { ...flow, id: 'state', type: 'driveway-state', groups: ['battery', 'position'], maxAge: '60' },
  { ...monitor, id: 'monitor-new', account: '' },
  { ...monitor, id: 'monitor-value', triggers: [{ ...value, name: 'low' }], expression: 'low' },
  { ...monitor, id: 'monitor-zone', triggers: [{ ...zone, name: 'home' }], expression: 'home' },
  { ...monitor, id: 'monitor-time', triggers: [{ kind: 'time', name: 'night', times: [night] }], expression: 'night' },
  { ...monitor, id: 'monitor-cloud', triggers: [{ ...value, name: 'low' }], expression: 'low', where: 'provider' },
  { ...monitor, id: 'monitor-wrong', triggers: [{ ...value, name: 'low', value: ['150'] }, wrong], expression: 'low & x' },
  { ...account, id: 'acc', provider: 'volvo', server: 'simulator', name: 'Mine', vehicles: [] },
  { ...account, id: 'account-volvo', provider: 'volvo' },
  { ...account, id: 'account-stellantis-v4', provider: 'stellantis', api: 'v4', brand: 'opel' },
  { ...partner, id: 'account-stellantis-v1', api: 'v1', vehicles: [{ id: 'x', slug: 'x', label: 'X' }] },
  { ...partner, id: 'account-stellantis-v1-itself', api: 'v1', grant: 'client' },
  { ...partner, id: 'account-stellantis-wrong', api: 'v1', url: 'here', quotaPerDay: 'many', vehicles: [{ slug: 'A B' }] },
  { ...account, id: 'account-invers', provider: 'invers' },
  { ...account, id: 'account-mqtt', provider: 'mqtt', broker: 'broker' },
  { id: 'broker', type: 'driveway-mqtt', url: 'mqtt://127.0.0.1:9' },
  {
    id: 'broker-places',
    type: 'driveway-mqtt',
    url: 'mqtt://127.0.0.1:9',
    location: 'zone',
    discovery: true,
    places: [{ name: 'home' }],
  },
]
const flows: AnyMessage[] = [
  { id: 'tab', type: 'tab', label: 'My car' },
  { ...account, id: 'partner-cars', provider: 'stellantis', api: 'v1', server: 'simulator', brand: 'peugeot', name: 'Simulated' },
  ...dialogs.map((node, row) => (node.z === 'tab' ? { ...node, y: 40 * row + 40 } : node)),
]
