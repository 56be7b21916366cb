// `npm run check`: types, lint, floors, format, scorecard. Each says its name; all run, the worst one decides.
import { spawnSync } from 'node:child_process'
import path from 'node:path'
import { prepare, root } from './prepare.mjs'

await prepare()
const bin = (name) => path.join(root, 'node_modules', '.bin', name)
const checks = [
  ['types', bin('tsc'), ['-p', 'tsconfig.json']],
  ['lint', bin('eslint'), ['.', '--max-warnings', '0']],
  ['floors', bin('depcruise'), ['src', 'nodes', '--output-type', 'err-long']],
  [
    'format',
    bin('prettier'),
    ['--check', '--log-level', 'warn', 'src', 'nodes', 'test', 'bench', 'scripts', 'resources', 'eslint.config.mjs'],
  ],
  ['scorecard', process.execPath, [path.join(root, 'scripts', 'scorecard.mjs')]],
]
const failed = checks.filter(([name, command, args]) => {
  console.log(`check: ${name}`)
  return spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status !== 0
})
if (failed.length) {
  console.error(`check: failed: ${failed.map(([name]) => name).join(', ')}`)
  process.exit(1)
}
console.log('check: all good')
