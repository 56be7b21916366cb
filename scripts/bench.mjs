// `npm run bench`: what we promise about speed and cost, measured. `npm run bench -- <part> --json` for one part.
import { spawnSync } from 'node:child_process'
import { prepare, root } from './prepare.mjs'

await prepare()
const { status } = spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(status ?? 1)
