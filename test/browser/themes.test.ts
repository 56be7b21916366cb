import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { expect } from 'chai'
import type { Page } from 'playwright-core'
import type { Editor } from './editor'
import { dialogs, everyDialog, openDialog } from './everyDialog'
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

/** Fields with a button that opens a list. */
const lists = [
  ['command-limit', 'vehicle'],
  ['command-unlock', 'command'],
  ['monitor-value', 'vehicles'],
] as const

/** What axe finds serious in the open dialog, or in a list that it opened. */
async function seriousFindings(page: Page, within = '.driveway-dialog'): Promise<string[]> {
  const findings = await page.evaluate<Finding[]>(
    `axe.run('${within}', { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )
  const serious = findings.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  return serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`)
}

describe('the dialogs for everybody', function () {
  this.timeout(120_000)
  let editor: Editor
  let shown = 'light'
  const suite = editorSuite(() => ({ flows: everyDialog }))
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
      for (const dialog of dialogs) {
        const { id } = dialog
        await openDialog(editor, dialog)
        await editor.picture(`look-${name}-${id}`)
        await page.evaluate("document.querySelectorAll('.driveway-dialog details').forEach((one) => (one.open = true))")
        if (name === 'zoomed') {
          // As wide, and high enough for what a person scrolls to.
          await page.setViewportSize({ width, height: 2600 })
          await editor.picture(`look-zoomed-${id}-whole`)
          await page.setViewportSize({ width, height })
        }
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
      for (const [id, field] of lists) {
        const dialog = dialogs.find((one) => one.id === id)!
        const tray = await openDialog(editor, dialog)
        await tray
          .locator(`#node-input-${field} ~ .driveway-pick-button, #driveway-monitor-${field} ~ .driveway-pick-button`)
          .click()
        const menu = page.locator('.driveway-menu')
        await menu.locator('a').last().waitFor()
        // It slides down.
        await page.waitForFunction("!$(':animated').length")
        await editor.picture(`list-${name}-${id}-${field}`)
        if (name !== 'zoomed') expect(await seriousFindings(page, '.driveway-menu'), `list of ${field}`).to.deep.equal([])
        const edges = await page.evaluate<number[]>(`(() => {
          const { left, right, top, bottom } = document.querySelector('.driveway-menu').getBoundingClientRect()
          return [left, top, innerWidth - right, innerHeight - bottom]
        })()`)
        expect(Math.min(...edges), `the list of ${field} is within the window`).to.be.at.least(0)
        await menu.locator('a').first().click()
        await editor.leave('cancel')
      }
      expect(editor.errors).to.deep.equal([])
    })
  }
})
