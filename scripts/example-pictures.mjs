// Takes a picture of each example in Node-RED's editor, into docs/images/examples: node scripts/example-pictures.mjs [part of a name]
import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium } from 'playwright-core'
import { prepare, root } from './prepare.mjs'

const output = path.join(root, 'docs', 'images', 'examples')
const largest = 60_000
const margin = 16

const [wanted = ''] = process.argv.slice(2)
const examples = readdirSync(path.join(root, 'examples'))
  .filter((file) => file.endsWith('.json') && file.includes(wanted))
  .map((file) => ({
    name: path.basename(file, '.json'),
    flow: JSON.parse(readFileSync(path.join(root, 'examples', file), 'utf8')),
  }))

/** As the documents refer to it. */
const pictureOf = (name) =>
  `${name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')}.png`

/** A user directory with this package and all examples in it. */
function userDirectory() {
  const dir = mkdtempSync(path.join(tmpdir(), 'driveway-pictures-'))
  mkdirSync(path.join(dir, 'node_modules', '@driveway'), { recursive: true })
  symlinkSync(root, path.join(dir, 'node_modules', '@driveway', 'node-red-connected-car'), 'junction')
  const flows = new Map(examples.flatMap(({ flow }) => flow).map((node) => [node.id, node]))
  const settings = {
    uiHost: '127.0.0.1',
    flowFile: 'flows.json',
    credentialSecret: 'pictures',
    telemetry: { enabled: false, updateNotification: false },
    editorTheme: { tours: false },
  }
  const files = {
    'package.json': JSON.stringify({ name: 'pictures', dependencies: { '@driveway/node-red-connected-car': '*' } }),
    'flows.json': JSON.stringify([...flows.values()]),
    'settings.js': `module.exports = ${JSON.stringify(settings)}`,
  }
  for (const [file, content] of Object.entries(files)) writeFileSync(path.join(dir, file), content)
  return dir
}

/** Starts Node-RED on a free port; gives its address once flows run. */
function startNodeRed(dir) {
  const script = createRequire(import.meta.url).resolve('node-red/red.js')
  const child = spawn(process.execPath, [script, '-u', dir, '-p', '0'], { env: { ...process.env, HOME: dir } })
  const url = new Promise((resolve, reject) => {
    let said = ''
    const listen = (piece) => {
      said += piece
      const address = /Server now running at (http:\/\/127\.0\.0\.1:\d+)/.exec(said)
      if (address && /Started flows/.test(said)) resolve(address[1])
    }
    child.stdout.on('data', listen)
    child.stderr.on('data', listen)
    child.once('exit', () => reject(new Error(`Node-RED ended:\n${said}`)))
  })
  return { child, url }
}

/**
 * Opens the editor with nothing but the workspace. What nodes show below themselves is left out, since it
 * differs each time, and the grid, which makes files large.
 */
async function openEditor(browser, url) {
  const page = await browser.newPage({ viewport: { width: 1800, height: 900 }, locale: 'en-US' })
  await page.goto(url)
  await page.locator('#red-ui-workspace-chart').waitFor()
  await page.locator('#red-ui-loading-progress').waitFor({ state: 'hidden' })
  await page.addStyleTag({
    content:
      '.red-ui-flow-node-status-group, .red-ui-flow-node-changed, #red-ui-notifications, .red-ui-workspace-chart-grid { display: none !important }',
  })
  await page.evaluate(`RED.actions.invoke('core:toggle-sidebar'); RED.actions.invoke('core:toggle-palette')`)
  return page
}

/** Where the nodes of a flow are on the screen, with some air around them. */
async function frameOf(page, ids) {
  const boxes = []
  for (const id of ids) boxes.push(await page.locator(`[id="${id}"]`).boundingBox())
  const x = Math.min(...boxes.map((box) => box.x)) - margin
  // Above the nodes may be the tabs.
  const chart = await page.locator('#red-ui-workspace-chart').boundingBox()
  const y = Math.max(Math.min(...boxes.map((box) => box.y)) - margin, chart.y + 1)
  const right = Math.max(...boxes.map((box) => box.x + box.width)) + margin
  const bottom = Math.max(...boxes.map((box) => box.y + box.height)) + margin
  return { x, y, width: right - x, height: bottom - y }
}

async function takePictures(page) {
  for (const { name, flow } of examples) {
    const tab = flow.find(({ type }) => type === 'tab').id
    await page.evaluate(`RED.workspaces.show('${tab}')`)
    const ids = flow.filter(({ z }) => z === tab).map(({ id }) => id)
    await page.locator(`[id="${ids.at(-1)}"]`).waitFor()
    await page.evaluate(`document.getElementById('red-ui-workspace-chart').scrollTo(0, 0)`)
    await page.mouse.move(1790, 890)
    const file = path.join(output, pictureOf(name))
    await page.screenshot({ path: file, clip: await frameOf(page, ids) })
    const { size } = statSync(file)
    if (size > largest) throw new Error(`${file} has ${size} bytes, more than ${largest}`)
    console.log(`${String(size).padStart(6)}  ${path.relative(root, file)}`)
  }
}

await prepare()
mkdirSync(output, { recursive: true })
const dir = userDirectory()
const nodeRed = startNodeRed(dir)
const browser = await chromium.launch({
  executablePath: process.env.DRIVEWAY_CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
})
try {
  await takePictures(await openEditor(browser, await nodeRed.url))
} finally {
  await browser.close()
  nodeRed.child.kill()
  rmSync(dir, { recursive: true, force: true, maxRetries: 3 })
}
