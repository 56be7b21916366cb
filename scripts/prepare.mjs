// Makes a clone ready to run: installs what is missing, builds what is stale. Needs Node.js and npm only,
// so nothing outside Node's own modules is imported here.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => path.join(root, ...parts)

const say = (text) => console.log(`driveway: ${text}`)

function run(command, args, trouble) {
  const { status, signal, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' })
  if (error) throw error
  if (status !== 0) {
    console.error(`driveway: ${trouble} (it ended with ${signal ?? status})`)
    process.exit(typeof status === 'number' ? status : 1)
  }
}

/** npm leaves the path of its own script when it runs us; without it (plain `node scripts/…`) npm is found on PATH. */
function npm(args, trouble) {
  const script = process.env.npm_execpath
  if (script && existsSync(script)) run(process.execPath, [script, ...args], trouble)
  else run(process.platform === 'win32' ? 'npm.cmd' : 'npm', args, trouble)
}

const lockHash = () =>
  createHash('sha256')
    .update(readFileSync(at('package-lock.json')))
    .digest('hex')
const stampFile = () => at('node_modules', '.driveway-lock')

/** Installs the locked versions when they are missing or older than the lock file, development tools included. */
export function install() {
  if (existsSync(stampFile()) && readFileSync(stampFile(), 'utf8') === lockHash()) return
  say('installing what is missing (npm ci, about a minute) …')
  npm(
    ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    'the installation failed: the first start needs the internet',
  )
  writeFileSync(stampFile(), lockHash())
}

function newest(folder) {
  let time = 0
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const file = path.join(folder, entry.name)
    time = Math.max(time, entry.isDirectory() ? newest(file) : statSync(file).mtimeMs)
  }
  return time
}

/** Builds `dist` when a source is newer than the last build. */
export async function build() {
  const mark = at('dist', '.built')
  const inputs = Math.max(newest(at('src')), newest(at('nodes')), statSync(at('tsconfig.build.json')).mtimeMs)
  if (existsSync(mark) && statSync(mark).mtimeMs > inputs) return
  say('building …')
  await (await import('./build.mjs')).build()
}

export async function prepare() {
  install()
  await build()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await prepare()
