import { expect } from 'chai'
import { cutWords, dialogs, everyDialog, openDialog } from './everyDialog'
import { Editor } from './editor'
import { editorSuite, untranslated } from './suite'

/** Each kind of dialog once. */
const kinds = [
  ...['command-limit', 'charging', 'state', 'monitor-time', 'monitor-zone', 'monitor-cloud'],
  ...['account-stellantis-v1', 'account-invers', 'broker-places'],
]

describe('the words of the dialogs', function () {
  this.timeout(120_000)
  const suite = editorSuite(() => ({ flows: everyDialog }))

  for (const locale of ['de-DE', 'fr-FR', 'sv-SE'])
    it(`have the room that they need: ${locale}`, async () => {
      const editor = await Editor.open(suite.browser, suite.nodeRed.adminUrl, locale)
      await editor.page.setViewportSize({ width: 1400, height: 2200 })
      for (const id of kinds) {
        const tray = await openDialog(
          editor,
          dialogs.find((one) => one.id === id)!,
        )
        await editor.page.evaluate("document.querySelectorAll('.driveway-dialog details').forEach((one) => (one.open = true))")
        expect(await cutWords(editor), id).to.deep.equal([])
        expect(await tray.innerText()).not.to.match(untranslated)
        await editor.picture(`room-${locale}-${id}`)
        await editor.leave('cancel')
      }
      expect(editor.errors).to.deep.equal([])
      await editor.page.context().close()
    })
})
