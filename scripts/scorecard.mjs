// Runs the flow library's scorecard on this package. The answers that it wants from the network are canned, and its
// report is read, because it ends well even when checks fail.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { root } from './prepare.mjs'

/** These ask registries and catalogues; the rest must pass. */
const needNetwork = new Set(['P08', 'N01', 'D02', 'D03'])

const folder = mkdtempSync(path.join(tmpdir(), 'driveway-scorecard-'))
const report = path.join(folder, 'report.json')
const tool = path.join(path.dirname(createRequire(import.meta.url).resolve('node-red-dev/package.json')), 'bin', 'run')
const preload = path.join(root, 'scripts', 'scorecard-offline.cjs')
const run = spawnSync(process.execPath, ['-r', preload, tool, 'validate', '-p', root, '-o', report], {
  cwd: root,
  encoding: 'utf8',
})

let results
try {
  results = JSON.parse(readFileSync(report, 'utf8'))
} catch {
  console.error(run.stdout, run.stderr)
  console.error('scorecard: it wrote no report')
  process.exit(1)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

const checks = Object.entries(results).filter(([code]) => /^[PND]\d\d$/.test(code))
const failed = checks.filter(([code, { test }]) => test !== true && !needNetwork.has(code))
for (const [code, detail] of failed) console.error(`scorecard: ${code} failed ${JSON.stringify(detail)}`)
const passed = checks.filter(([code, { test }]) => test === true && !needNetwork.has(code)).map(([code]) => code)
console.log(`scorecard: passed ${passed.join(', ')}; not asked without a network: ${[...needNetwork].join(', ')}`)
process.exit(failed.length === 0 && passed.length >= 6 ? 0 : 1)
