/** Node-RED's editor in Chromium, with the gestures of a person. */
import { join } from 'node:path'
import { chromium, type Browser, type Locator, type Page } from 'playwright-core'

/** The pictures of another Node-RED lie apart. */
const output = join(__dirname, '../../test-output', process.env.DRIVEWAY_NODE_RED ? 'other-node-red' : '')
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: process.env.DRIVEWAY_CHROMIUM ?? '/usr/bin/chromium', args: flags })

export class Editor {
  /** Errors on the console and uncaught ones, of the editor and of every window it opened. */
  readonly errors: string[] = []

  private constructor(readonly page: Page) {
    page.context().on('page', (other) => this.watch(other))
    this.watch(page)
  }

  static async open(browser: Browser, url: string, locale = 'en-US'): Promise<Editor> {
    const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, locale })
    context.setDefaultTimeout(15_000)
    const editor = new Editor(await context.newPage())
    await editor.page.goto(url)
    await editor.page.locator('#red-ui-workspace-chart').waitFor()
    await editor.page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
    return editor
  }

  private watch(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.errors.push(`${message.text()} (${message.location().url})`)
    })
    page.on('pageerror', (error) => this.errors.push(String(error)))
  }

  /** A node on the canvas. */
  node(id: string): Locator {
    return this.page.locator(`[id="${id}"]`)
  }

  /** The words below a node. */
  status(id: string): Locator {
    return this.node(id).locator('.red-ui-flow-node-status-label')
  }

  /** Opens a node's dialog by a double click; gives the tray. */
  async edit(id: string): Promise<Locator> {
    await this.node(id).locator('.red-ui-flow-node').first().dblclick()
    return this.topTray()
  }

  /** Opens the dialog of a configuration node; gives the tray. */
  async editConfig(type: string, id: string): Promise<Locator> {
    await this.page.evaluate(`RED.editor.editConfig('', '${type}', '${id}')`)
    return this.topTray()
  }

  /** The dialog on top; it has come to rest. */
  async topTray(): Promise<Locator> {
    const tray = this.page.locator('.red-ui-tray').last()
    await tray.locator('.red-ui-tray-body form, .red-ui-tray-body .red-ui-editor').first().waitFor()
    // The form stands before the editor has fetched the credentials; once it is filled in, the tray slides in.
    await this.page.waitForFunction("[...document.querySelectorAll('.red-ui-tray')].pop()?.style.right === '0px'")
    await this.atRest(tray)
    return tray
  }

  private async atRest(locator: Locator): Promise<void> {
    let before = ''
    for (;;) {
      const now = JSON.stringify(await locator.boundingBox())
      if (now === before) return
      before = now
      await this.frame()
    }
  }

  /** Ends the dialog on top with one of its buttons, and waits until it is gone. */
  async leave(how: 'ok' | 'cancel'): Promise<void> {
    const title = this.page.locator('.red-ui-tray-titlebar, .red-ui-tray-breadcrumbs')
    const before = (await title.allInnerTexts()).join()
    const button = how === 'ok' ? '#node-dialog-ok, #node-config-dialog-ok' : '#node-dialog-cancel, #node-config-dialog-cancel'
    await this.page.locator('.red-ui-tray').last().locator(button).click()
    while ((await title.allInnerTexts()).join() === before) await this.frame()
    if (await title.count()) await this.topTray()
    else await this.gone()
  }

  /** Waits until no dialog is left: one that slides out still has the fields that another one would be filled into. */
  async gone(): Promise<void> {
    await this.page.locator('.red-ui-tray').last().waitFor({ state: 'detached' })
    await this.page.waitForFunction('RED.editor.getEditStack().length === 0')
  }

  /** Lets the browser draw once or twice. */
  private async frame(): Promise<void> {
    await this.page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  }

  async deploy(): Promise<void> {
    const answer = this.page.waitForResponse(
      (one) => one.request().method() === 'POST' && new URL(one.url()).pathname.endsWith('/flows'),
    )
    await this.page.locator('#red-ui-header-button-deploy').click()
    await answer
    await this.page.locator('#red-ui-header-button-deploy.disabled').waitFor()
    // With the answer the editor throws its copies of credentials away: a dialog opened before that would lose its own.
    await this.page.waitForFunction('!RED.nodes.dirty()')
  }

  /** Keeps a picture of the page under `test-output`. */
  async picture(name: string, page = this.page): Promise<void> {
    await page.screenshot({ path: join(output, `${name}.png`) })
  }
}
