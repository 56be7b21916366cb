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
    const monitor = { id: 'watch', type: 'driveway-monitor', z: 'tab', account: 'acc', where: 'local', triggers: [trigger] }
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

  /** What the account's test answers; a command below its field; a signal in the list of a monitor. */
  const told = {
    'en-US': [
      'Not signed in to Volvo. Open the account and sign in.',
      'Set the charge limit.',
      'State of charge (battery.stateOfCharge)',
    ],
    'de-DE': [
      'Nicht bei Volvo angemeldet. Das Konto öffnen und anmelden.',
      'Ladelimit setzen.',
      'Ladestand (battery.stateOfCharge)',
    ],
    'fr-FR': [
      'Non connecté à Volvo. Ouvrez le compte et connectez-vous.',
      'Définir la limite de charge.',
      'État de charge (battery.stateOfCharge)',
    ],
    'sv-SE': ['Inte inloggad hos Volvo. Öppna kontot och logga in.', 'Ange laddgränsen.', 'Laddnivå (battery.stateOfCharge)'],
  }
  for (const [locale, [sentences, command, signal]] of Object.entries(told))
    it(`is read in the language of the editor, commands and signals too: ${locale}`, async () => {
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
      await editor.leave('cancel')
      expect(editor.errors.filter((error) => !error.includes('502'))).to.deep.equal([])
      await editor.page.context().close()
    })
})
