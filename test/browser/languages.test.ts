import { expect } from 'chai'
import type { Browser } from 'playwright-core'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountOn, demoCredentials, tab } from '../runtime/support'
import { Editor, openBrowser } from './editor'

describe('what the runtime answers a dialog', () => {
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let browser: Browser

  before(async () => {
    simulator = await SimulatorProcess.start()
    const command = { id: 'order', type: 'driveway-command', z: 'tab', account: 'acc', command: 'charge-limit', x: 200, y: 100 }
    const trigger = { name: 't1', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
    const watch = { id: 'watch', type: 'driveway-monitor', z: 'tab', account: 'acc', where: 'local', expression: 't1' }
    const monitor = { ...watch, triggers: [trigger, ...words] }
    const nodes = [command, { ...monitor, x: 200, y: 200 }].map((node) => ({ wires: [[]], ...node }))
    const flows = [tab, accountOn(simulator, await simulator.vinOf('ex40')), ...nodes]
    // Else the editor asks the flow library for its catalogue.
    const settings = { externalModules: { palette: { allowInstall: false } } }
    nodeRed = await NodeRed.start({ flows, credentials: { acc: demoCredentials }, settings })
    browser = await openBrowser()
  })
  after(async () => {
    await browser?.close()
    await nodeRed?.end()
    await simulator?.close()
  })

  /** Triggers with values that are words: one to choose from a list, and several to tick. */
  const words = [
    { name: 't2', kind: 'data', data: 'charging.status', op: 'equalsTo', value: ['charging'] },
    { name: 't3', kind: 'data', data: 'lock.central', op: 'includedIn', value: ['unlocked'] },
  ]
  /** What the account's test answers; a command below its field; a signal and two values in the lists of a monitor. */
  const told = {
    'en-US': [
      'Not signed in to Volvo. Open the account and sign in.',
      'Set the charge limit.',
      'State of charge (battery.stateOfCharge)',
      'charging',
      'unlocked',
    ],
    'de-DE': [
      'Nicht bei Volvo angemeldet. Das Konto öffnen und anmelden.',
      'Ladelimit setzen.',
      'Ladestand (battery.stateOfCharge)',
      'lädt (charging)',
      'entriegelt (unlocked)',
    ],
    'fr-FR': [
      'Non connecté à Volvo. Ouvrez le compte et connectez-vous.',
      'Définir la limite de charge.',
      'État de charge (battery.stateOfCharge)',
      'en charge (charging)',
      'déverrouillé (unlocked)',
    ],
    'sv-SE': [
      'Inte inloggad hos Volvo. Öppna kontot och logga in.',
      'Ange laddgränsen.',
      'Laddnivå (battery.stateOfCharge)',
      'laddar (charging)',
      'olåst (unlocked)',
    ],
  }
  for (const [locale, [sentences, command, signal, value, ticked]] of Object.entries(told))
    it(`is read in the language of the editor, commands, signals and values too: ${locale}`, async () => {
      const editor = await Editor.open(browser, nodeRed.adminUrl, locale)
      await editor.page.evaluate("RED.editor.editConfig('', 'driveway-account', 'acc')")
      await (await editor.topTray()).locator('#driveway-account-test').click()
      await editor.page.locator('#driveway-account-state', { hasText: sentences }).waitFor()
      await editor.leave('cancel')
      await editor.edit('order')
      await editor.page.locator('#driveway-command-command-hint', { hasText: command }).waitFor()
      await editor.leave('cancel')
      const tray = await editor.edit('watch')
      await tray.locator('select.driveway-signal option:checked', { hasText: signal }).first().waitFor({ state: 'attached' })
      const chosen = tray.locator('.driveway-trigger').nth(1).locator('option[value=charging]').first()
      expect(await chosen.innerText()).to.equal(value)
      const box = tray.locator('.driveway-words label', { has: editor.page.locator('input:checked') })
      expect((await box.innerText()).trim()).to.equal(ticked)
      await editor.picture(`values-${locale}`)
      await editor.leave('ok')
      const kept = await editor.page.evaluate<unknown[]>("RED.nodes.node('watch').triggers")
      expect(kept.slice(1), 'what is saved has the words of messages').to.deep.equal(words)
      expect(editor.errors.filter((error) => !error.includes('502'))).to.deep.equal([])
      await editor.page.context().close()
    })
})
