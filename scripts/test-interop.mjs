// `npm run test:interop`: other people's programs such as Mosquitto and RabbitMQ, where they are installed, and once more
// on the newest Node-RED and its Node.js every suite that meets them: nodes, flows, runtime, what talks to disks and
// networks, and the dialogs in a browser, where there is one. These are installed in a folder of their own, from a lock
// file. Further arguments go to mocha; the whole suite: `npm run test:interop -- 'test/**/*.test.ts'`.
import { createHash } from 'node:crypto'
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import path from 'node:path'
import { prepare, root } from './prepare.mjs'

const folder = path.join(root, 'test', 'interop', 'node-red-5')
const within = (...parts) => path.join(folder, ...parts)

/** Installs the locked versions when they are missing or older than the lock file. */
function install() {
  const hash = createHash('sha256')
    .update(readFileSync(within('package-lock.json')))
    .digest('hex')
  const stamp = within('node_modules', '.driveway-lock')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === hash) return
  console.log('interop: installing Node-RED 5 and Node.js 24 …')
  const npm = process.env.npm_execpath
  const [command, first] = npm && existsSync(npm) ? [process.execPath, [npm]] : ['npm', []]
  const args = [...first, 'ci', '--no-audit', '--no-fund', '--loglevel=error']
  const { status } = spawnSync(command, args, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' })
  if (status !== 0) {
    console.error('interop: the installation failed')
    process.exit(1)
  }
  writeFileSync(stamp, hash)
}

const versionOf = (name) => JSON.parse(readFileSync(within('node_modules', name, 'package.json'), 'utf8')).version

await prepare()
install()

const node = within('node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
const nodeRed = within('node_modules', 'node-red', 'lib', 'red.js')
const label = `Node-RED ${versionOf('node-red')} on Node.js ${versionOf('node')}`
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js')
const given = process.argv.length > 2 ? process.argv.slice(2) : ['test/{nodes,flows,runtime,account,cloud,mirror}/**/*.test.ts']

// The common configuration leaves these tests out. Two files at a time: they wait for others most of the time.
const options = [
  '--no-config',
  '--parallel',
  '--jobs',
  '2',
  '--require',
  './test/support/hooks.ts',
  '--timeout',
  '120000',
  '--reporter',
  'spec',
]
const foreign = process.argv.length > 2 ? given.filter((name) => name.startsWith('test/interop/')) : ['test/interop/*.test.ts']
const others =
  foreign.length > 0
    ? spawnSync(node, ['--import', 'tsx', mocha, ...options, ...foreign], { cwd: root, stdio: 'inherit' }).status
    : 0
if (foreign.length > 0 && foreign.length === process.argv.length - 2) process.exit(others ?? 1)

/** The editor of this Node-RED in a browser, without the simulator's page and the demo, which have none or one of their own. */
function dialogs() {
  console.log(`interop: the dialogs with ${label}`)
  const script = path.join(root, 'scripts', 'test-browser.mjs')
  const env = { ...process.env, DRIVEWAY_NODE_RED: nodeRed }
  return spawnSync(
    node,
    [script, 'test/browser/@(dialogs|themes).test.ts', 'test/browser/!(dialogs|themes|simulatorPage|demo).test.ts'],
    {
      cwd: root,
      stdio: 'inherit',
      env,
    },
  ).status
}
const inBrowser = process.argv.length > 2 ? 0 : dialogs()

console.log(`interop: nodes, flows, runtime, account, cloud and mirror with ${label}`)
// Files side by side, as in `npm test`.
const child = spawn(node, [mocha, '--parallel', '--jobs', String(availableParallelism()), ...given], {
  cwd: root,
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, DRIVEWAY_NODE_RED: nodeRed },
})
let said = ''
child.stdout.on('data', (piece) => {
  process.stdout.write(piece)
  said = (said + piece).slice(-1_000_000)
})
child.once('close', (code) => {
  const count = (word) => Number(new RegExp(`(\\d+) ${word}`).exec(said)?.[1] ?? 0)
  const [passing, failing, pending] = ['passing', 'failing', 'pending'].map(count)
  console.log(`interop: ${label}: ${passing} tests passed, ${failing} failed, ${pending} skipped`)
  if (passing === 0) console.error('interop: no test ran')
  process.exitCode = code === 0 && passing > 0 && others === 0 && inBrowser === 0 ? 0 : 1
})
