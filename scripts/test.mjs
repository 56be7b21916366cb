// `npm test`: everything that needs nothing outside npm; files side by side, as many as there are cores. Further
// arguments go to mocha.
import { spawnSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { prepare, root } from './prepare.mjs'

await prepare()
const require = createRequire(import.meta.url)
const mocha = require.resolve('mocha/bin/mocha.js')
const sideBySide = ['--parallel', '--jobs', String(availableParallelism())]
const given = process.argv.length > 2 ? process.argv.slice(2) : [...sideBySide, 'test/**/*.test.ts']
const coverage = process.env.DRIVEWAY_COVERAGE === '1'
const command = coverage ? [require.resolve('c8/bin/c8.js'), process.execPath, mocha] : [mocha]
const { status } = spawnSync(process.execPath, [...command, ...given], { cwd: root, stdio: 'inherit' })
process.exit(status ?? 1)
