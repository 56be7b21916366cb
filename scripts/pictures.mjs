// `npm run pictures`: the pictures of flows, simulator and dashboard, taken from the running demo.
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { dashboardPath } from './demoFlow.mjs'
import { prepare, root } from './prepare.mjs'

const output = path.join(root, 'docs', 'images')
const largest = 400_000

/** A server on this port, or on any free one; undefined when it is taken. */
const listenOn = (port) =>
  new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => resolve(server))
  })

/** The usual ports as far as they are free, since they can be read in the pictures; else others. */
async function freePorts(usual) {
  const servers = []
  for (const port of usual) servers.push((await listenOn(port)) ?? (await listenOn(0)))
  const ports = servers.map((server) => server.address().port)
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))))
  return ports
}

/** The demo in a folder of its own: the one of whoever lives here stays as it is. */
function startDemo(dir, [nodeRed, simulator, mqtt]) {
  const options = ['--node-red-port', nodeRed, '--simulator-port', simulator, '--mqtt-port', mqtt, '--folder', dir].map(String)
  const child = spawn(process.execPath, ['scripts/start.mjs', ...options], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] })
  const finished = new Promise((resolve, reject) => {
    let said = ''
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text
      if (/car command → climate-start: (done|delivered)/.test(said)) resolve()
    })
    child.once('exit', () => reject(new Error(`the demo ended early:\n${said}`)))
  })
  return { child, finished }
}

async function open(browser, url, viewport) {
  const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC' })
  const page = await context.newPage()
  await page.goto(url)
  return page
}

/** The editor as it is first seen, the debug messages beside the flow. */
async function openEditor(browser, port) {
  const page = await open(browser, `http://127.0.0.1:${port}/`, { width: 1360, height: 700 })
  await page.locator('.red-ui-flow-node').first().waitFor()
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
  await page.evaluate(`RED.sidebar.show('debug')`)
  return page
}

/** Drags a node out of the palette; gives where it is found again. */
async function drag(page, type, x, y) {
  const entry = await page.locator(`.red-ui-palette-node[data-palette-type="${type}"]`).boundingBox()
  await page.mouse.move(entry.x + 40, entry.y + 12)
  await page.mouse.down()
  await page.mouse.move(x, y, { steps: 12 })
  await page.mouse.up()
  const id = await page.evaluate(`RED.nodes.filterNodes({ z: RED.workspaces.active(), type: '${type}' })[0].id`)
  return page.locator(`[id="${id}"]`)
}

/** The steps of the demo's third tab, as somebody does them who reads them. */
async function makeOwnFlow(page, cars) {
  await page.locator('.red-ui-tab-label', { hasText: 'Your own flow' }).click()
  const charging = await drag(page, 'driveway-charging', 380, 420)
  await charging.locator('.red-ui-flow-node').first().dblclick()
  await page.getByText('3 cars found').waitFor()
  await page.locator('#node-dialog-ok').click()
  await page.locator('.red-ui-tray').waitFor({ state: 'detached' })
  const debug = await drag(page, 'debug', 680, 420)
  await charging.locator('.red-ui-flow-port-output .red-ui-flow-port').hover()
  await page.mouse.down()
  await debug.locator('.red-ui-flow-port-input .red-ui-flow-port').hover()
  await page.mouse.up()
  await page.locator('#red-ui-header-button-deploy').click()
  await page.locator('#red-ui-header-button-deploy.disabled').waitFor()
  await charging.getByText('3 cars').waitFor()
  await cars
    .locator('article', { hasText: 'XC60' })
    .getByRole('button', { name: /^Plug in AC/ })
    .click()
  await page.locator('.red-ui-debug-msg', { hasText: 'debug 1' }).nth(1).waitFor({ timeout: 60_000 })
  // Until the editor has taken its "Successfully deployed" away.
  await page.locator('.red-ui-notification').waitFor({ state: 'detached' })
}

async function keep(page, name) {
  const file = path.join(output, `${name}.png`)
  await page.screenshot({ path: file })
  const { size } = statSync(file)
  if (size > largest) throw new Error(`${file} has ${size} bytes, more than ${largest}`)
  console.log(`${String(size).padStart(7)}  ${path.relative(root, file)}`)
}

async function take(browser, [nodeRed, simulator], finished) {
  // Opened before anything happens, so that the messages of the demo arrive in its sidebar.
  const until = Promise.race([
    finished,
    new Promise((_, reject) => setTimeout(() => reject(new Error('the demo took too long')), 120_000)),
  ])
  until.catch(() => undefined)
  await listening(nodeRed)
  const editor = await openEditor(browser, nodeRed)
  const cars = await open(browser, `http://127.0.0.1:${simulator}/sim/`, { width: 1360, height: 900 })
  await cars.locator('article').first().waitFor()
  await until
  await editor.locator('.red-ui-debug-msg', { hasText: 'outcome' }).waitFor()
  await keep(editor, 'flow')
  await makeOwnFlow(editor, cars)
  await keep(editor, 'first-flow')
  const dashboard = await open(browser, `http://127.0.0.1:${nodeRed}${dashboardPath}`, { width: 1280, height: 690 })
  await charge(dashboard, simulator)
  await keep(dashboard, 'dashboard')
  await playDay(cars)
  await keep(cars, 'simulator')
}

/** The dashboard while the car charges, half an hour after the other. */
async function charge(page, simulator) {
  const gauge = page.locator('.nrdb-ui-gauge-value').first()
  await page.getByRole('button', { name: 'Flash' }).click()
  await page.getByText('flash: done').waitFor()
  // What the browser says of itself.
  await page.getByRole('button', { name: 'Close' }).click()
  for (let half = 0; half < 3; half++) {
    const before = await gauge.innerText()
    const headers = { 'content-type': 'application/json' }
    const body = JSON.stringify({ advance: 1800 })
    await fetch(`http://127.0.0.1:${simulator}/sim/api/clock`, { method: 'POST', headers, body })
    await page.waitForFunction((old) => document.querySelector('.nrdb-ui-gauge-value').innerText !== old, before)
  }
  // The gauge and the chart move there.
  await page.waitForTimeout(2000)
}

/** A day on the simulator's page, as fast as it goes there. */
async function playDay(page) {
  await page.getByLabel('How fast').selectOption({ label: '1 week in a minute' })
  await page.getByRole('button', { name: 'Play' }).click()
  await page.getByRole('button', { name: 'Pause' }).waitFor()
  await page.getByRole('button', { name: 'Play' }).waitFor({ timeout: 60_000 })
  await page.mouse.move(4, 4)
  // The list of calls and the chart follow.
  await page.waitForTimeout(2000)
}

/** Until somebody answers there. */
async function listening(port) {
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch(`http://127.0.0.1:${port}/`).then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  throw new Error('Node-RED did not start')
}

await prepare()
mkdirSync(output, { recursive: true })
const dir = mkdtempSync(path.join(tmpdir(), 'driveway-pictures-'))
const ports = await freePorts([1880, 1890, 1884])
const demo = startDemo(dir, ports)
const browser = await chromium.launch({
  executablePath: process.env.DRIVEWAY_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  await take(browser, ports, demo.finished)
} finally {
  await browser.close()
  const ended = new Promise((resolve) => demo.child.once('exit', resolve))
  if (demo.child.exitCode === null && demo.child.kill('SIGINT')) await ended
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}
