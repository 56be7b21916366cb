import { createServer, type AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect } from 'chai'
import type { Browser, Page } from 'playwright-core'
import { eventually, Run } from '../support/childProcess'
import { temporaryFolder } from '../support/stage'
import { Editor, openBrowser } from './editor'

const root = join(__dirname, '../..')
const output = join(root, 'test-output')
/** Node-RED asks for its catalogue, which lies on the internet. */
const catalogue = /catalogue\.nodered\.org/
/** Ids in the demo's flows. */
const [plugIn, unplug, event, outcome] = ['d000000000000011', 'd000000000000012', '12e1bc7656670b14', 'f5ec52ed01088475']

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer())
  await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))))
  const ports = servers.map((server) => (server.address() as AddressInfo).port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

describe('the demo', () => {
  let demo: Run
  let browser: Browser
  let editor: Editor
  let dashboard: Page
  let dashboardUrl: string
  let cars: string

  before(async function () {
    this.timeout(90_000)
    const [nodeRed, simulator, mqtt] = await freePorts(3)
    const ports = ['--node-red-port', nodeRed, '--simulator-port', simulator, '--mqtt-port', mqtt].map(String)
    demo = new Run(join(root, 'scripts/start.mjs'), [...ports, '--folder', temporaryFolder('demo')], { cwd: root })
    const [, editorUrl] = await demo.said(/Node-RED editor +(http\S+)/, 60_000)
    ;[, cars, dashboardUrl] = (await demo.said(/Simulated cars +(http\S+)\s+Dashboard +(http\S+)/)) as unknown as [
      string,
      string,
      string,
    ]
    browser = await openBrowser()
    editor = await Editor.open(browser, editorUrl!)
    await editor.page.setViewportSize({ width: 1280, height: 800 })
  })
  after(async () => {
    await browser?.close()
    await demo?.end()
  })

  /** Drags a node out of the palette; gives its id. */
  const drag = async (type: string, x: number): Promise<string> => {
    const entry = (await editor.page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).boundingBox())!
    await editor.page.mouse.move(entry.x + 40, entry.y + 12)
    await editor.page.mouse.down()
    await editor.page.mouse.move(x, 440, { steps: 8 })
    await editor.page.mouse.up()
    return editor.page.evaluate<string>(`RED.nodes.filterNodes({ z: RED.workspaces.active(), type: '${type}' })[0].id`)
  }
  const press = (id: string) => editor.node(id).locator('.red-ui-flow-node-button').first().click()
  const charge = () => dashboard.locator('.nrdb-ui-gauge-value').first().innerText()
  const act = (path: string, body: unknown = {}) =>
    fetch(`${cars}api/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  const ex40 = async () => {
    const vehicles = (await (await fetch(`${cars}api/vehicles`)).json()) as SeenCar[]
    return vehicles.find(({ key }) => key === 'ex40')!
  }

  it('plugs a car in by itself, and the terminal tells the whole road without a warning', async () => {
    await demo.said(/car charging → plugged-in: EX40/, 40_000)
    await demo.said(/car command → climate-start: done/)
    expect(demo.output).not.to.match(/\bwarn|\berror/i)
  })

  it('has a first tab that is seen whole in a small window, and says what to press', async () => {
    const canvas = (await editor.page.locator('#red-ui-workspace-chart').boundingBox())!
    expect(canvas.width, 'the canvas').to.be.greaterThan(0)
    const shown = (await editor.page.locator('#red-ui-workspace-content, #red-ui-workspace').first().boundingBox())!
    for (const box of await editor.page.locator('.red-ui-flow-group, .red-ui-flow-node-group').all()) {
      const { x, y, width, height } = (await box.boundingBox())!
      expect(x).to.be.at.least(shown.x)
      expect(x + width).to.be.at.most(shown.x + shown.width)
      expect(y + height).to.be.at.most(shown.y + shown.height)
    }
    await editor.page.locator('.red-ui-sidebar-info').getByText('Press the square left of').waitFor()
    await editor.picture('demo-first-tab')
  })

  it('has squares to press: the cable in and out is seen by the flow, the climate starts again', async () => {
    await press(unplug)
    await editor
      .status(event)
      .filter({ hasText: /unplugged|charging-stopped/ })
      .waitFor({ timeout: 30_000 })
    await press(plugIn)
    await editor
      .status(event)
      .filter({ hasText: /plugged-in|charging-started/ })
      .waitFor({ timeout: 30_000 })
    await editor.status(outcome).filter({ hasText: 'climate-start: done' }).waitFor()
  })

  it('has a dashboard that shows the charge as it rises', async () => {
    dashboard = await editor.page.context().newPage()
    await dashboard.goto(dashboardUrl)
    await dashboard.getByText('plugged in, charging').waitFor()
    const before = parseFloat(await charge())
    expect(before).to.be.within(60, 100)
    await act('clock', { advance: 3600 })
    await eventually(charge, (text) => parseFloat(text) > before + 3, 'a gauge that rises', 30_000)
    await dashboard.locator('canvas').first().waitFor()
    await dashboard.screenshot({ path: join(output, 'demo-dashboard.png') })
  })

  it('has a dashboard whose buttons reach the car', async () => {
    await act('vehicles/ex40/unlock')
    for (const [button, command, signal, value] of [
      ['Lock', 'lock', 'lock.central', 'locked'],
      ['Climate off', 'climate-stop', 'climate.status', 'inactive'],
      ['Warm up', 'climate-start', 'climate.status', 'active'],
    ] as const) {
      await dashboard.getByRole('button', { name: button }).click()
      await dashboard.getByText(`${command}: done`).waitFor()
      expect((await ex40()).state[signal], button).to.equal(value)
    }
    const place = await dashboard.getByRole('link', { name: 'Where the car is' }).getAttribute('href')
    expect(place).to.match(/^https:\/\/www\.openstreetmap\.org\/\?mlat=57\.\d+&mlon=11\.\d+/)
  })

  it('has a dashboard that fits a phone', async () => {
    await dashboard.setViewportSize({ width: 390, height: 844 })
    await dashboard.getByRole('button', { name: 'Lock' }).waitFor()
    const wide = await dashboard.evaluate('document.documentElement.scrollWidth')
    expect(wide).to.be.at.most(390)
    await dashboard.screenshot({ path: join(output, 'demo-dashboard-phone.png'), fullPage: true })
  })

  it("has a tab whose five steps lead to an event in a flow of one's own", async () => {
    const { page } = editor
    await page.bringToFront()
    await page.locator('.red-ui-tab-label', { hasText: 'Your own flow' }).click()
    const charging = await drag('driveway-charging', 380)
    const tray = await editor.edit(charging)
    await tray.getByText('3 cars found').waitFor()
    await editor.leave('ok')
    const debug = await drag('debug', 680)
    await editor.node(charging).locator('.red-ui-flow-port-output .red-ui-flow-port').hover()
    await page.mouse.down()
    await editor.node(debug).locator('.red-ui-flow-port-input .red-ui-flow-port').hover()
    await page.mouse.up()
    await editor.deploy()
    await editor.status(charging).filter({ hasText: '3 cars' }).waitFor()
    await page.locator('#red-ui-tab-debug-link-button').click()
    await act('vehicles/xc60/plug-in', { type: 'ac' })
    const message = page.locator('.red-ui-debug-msg', { hasText: 'debug 1' }).filter({ hasText: 'plugged-in' })
    await message.waitFor({ timeout: 30_000 })
    await editor.picture('demo-own-flow')
    await act('vehicles/xc60/unplug')
    await page
      .locator('.red-ui-debug-msg:visible', { hasText: /charging-stopped|unplugged/ })
      .first()
      .waitFor({ timeout: 30_000 })
    const named = await page.locator('.red-ui-debug-msg:visible .red-ui-debug-msg-name').allInnerTexts()
    expect([...new Set(named)], 'whose messages the newcomer sees').to.deep.equal(['node: debug 1'])
  })

  it('does all this without an error on a console', () => {
    expect(editor.errors.filter((error) => !catalogue.test(error))).to.deep.equal([])
  })
})

interface SeenCar {
  key: string
  state: Record<string, unknown>
}
