// `npm run test:browser`: the editor in Chromium. Further arguments go to mocha.
import { spawnSync } from 'node:child_process'
import { accessSync, constants, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { prepare, root } from './prepare.mjs'

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const places = (process.env.PATH ?? '').split(path.delimiter).flatMap((folder) => names.map((name) => path.join(folder, name)))

/** `DRIVEWAY_CHROMIUM` may name one; else the first that is found. */
function findChromium() {
  return [process.env.DRIVEWAY_CHROMIUM, '/usr/bin/chromium', ...places].find((file) => {
    try {
      if (file) accessSync(file, constants.X_OK)
      return Boolean(file)
    } catch {
      return false
    }
  })
}

const chromium = findChromium()
if (!chromium) {
  console.log('browser: SKIPPED, there is no Chromium here (install it, or name it in DRIVEWAY_CHROMIUM)')
  process.exit(process.env.CI === 'true' ? 1 : 0)
}

await prepare()
mkdirSync(path.join(root, 'test-output'), { recursive: true })
const mocha = createRequire(import.meta.url).resolve('mocha/bin/mocha.js')
// The long ones first, so that none is left alone at the end. A file that two patterns name would run twice.
const long = 'dialogs|themes|simulatorPage'
const all = [`test/browser/@(${long}).test.ts`, `test/browser/!(${long}).test.ts`]
const given = process.argv.length > 2 ? process.argv.slice(2) : all
// The common configuration leaves these tests out.
// Two files at a time: what a browser does is mostly waiting.
const options = [
  '--no-config',
  '--parallel',
  '--jobs',
  '2',
  '--require',
  './test/support/hooks.ts',
  '--timeout',
  '60000',
  '--reporter',
  'spec',
]
const { status } = spawnSync(process.execPath, ['--import', 'tsx', mocha, ...options, ...given], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, DRIVEWAY_CHROMIUM: chromium },
})
process.exit(status ?? 1)
