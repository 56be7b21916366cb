/** What a suite in a browser starts and ends: one Node-RED, one Chromium, one editor. */
import type { Browser } from 'playwright-core'
import { NodeRed, type NodeRedOptions } from '../support/nodeRed'
import { Editor, openBrowser } from './editor'

/** A text that should have been translated. */
export const untranslated = /driveway-\w+\.[\w.]+|\[object |undefined|NaN/

export interface Suite {
  nodeRed: NodeRed
  browser: Browser
  editor: Editor
  /** Another editor: what a test left open or undone is not in the way of the next. */
  reopen(): Promise<void>
}

type Started = Omit<Suite, 'editor' | 'reopen'>

/**
 * Registers the hooks of a suite; what it gives is filled in when its tests run. A test that fails leaves a picture, and
 * the next one gets an editor of its own.
 */
export function editorSuite(
  options: () => NodeRedOptions | Promise<NodeRedOptions>,
  open = ({ browser, nodeRed }: Started) => Editor.open(browser, nodeRed.adminUrl),
): Suite {
  const suite = {
    reopen: async () => {
      await suite.editor.page.context().close()
      suite.editor = await open(suite)
    },
  } as Suite

  before(async () => {
    const { settings, ...others } = await options()
    // The catalogue of nodes lies on the internet.
    const offline = { externalModules: { palette: { allowInstall: false } } }
    suite.nodeRed = await NodeRed.start({ ...others, settings: { ...offline, ...settings } })
    suite.browser = await openBrowser()
    suite.editor = await open(suite)
  })
  after(async () => {
    await suite.browser?.close()
    await suite.nodeRed?.end()
  })
  afterEach(async function () {
    if (this.currentTest?.state !== 'failed') return
    await suite.editor.picture(`failed-${this.currentTest.title.replace(/\W+/g, '-').slice(0, 60)}`)
    await suite.reopen()
  })
  return suite
}
