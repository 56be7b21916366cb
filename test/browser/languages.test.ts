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
    const flows = [tab, accountOn(simulator, await simulator.vinOf('ex40'))]
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

  const told = {
    'en-US': 'Not signed in to Volvo. Open the account and sign in.',
    'de-DE': 'Nicht bei Volvo angemeldet. Das Konto öffnen und anmelden.',
    'fr-FR': 'Non connecté à Volvo. Ouvrez le compte et connectez-vous.',
    'sv-SE': 'Inte inloggad hos Volvo. Öppna kontot och logga in.',
  }
  for (const [locale, sentences] of Object.entries(told))
    it(`is read in the language of the editor: ${locale}`, async () => {
      const editor = await Editor.open(browser, nodeRed.adminUrl, locale)
      await editor.page.evaluate("RED.editor.editConfig('', 'driveway-account', 'acc')")
      await (await editor.topTray()).locator('#driveway-account-test').click()
      await editor.page.locator('#driveway-account-state', { hasText: sentences }).waitFor()
      await editor.leave('cancel')
      expect(editor.errors.filter((error) => !error.includes('502'))).to.deep.equal([])
      await editor.page.context().close()
    })
})
