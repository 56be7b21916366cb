// TypeScript → dist (CommonJS, so that Node-RED 4 and 5 both load it), plus the files that are copied as they are.
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..')
const at = (...parts) => path.join(root, ...parts)

export async function build() {
  // Built beside the old one, which stays whole until the new one is.
  const out = 'dist.new'
  rmSync(at(out), { recursive: true, force: true })
  const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')
  const { status } = spawnSync(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', out], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the build failed, see above')
  mkdirSync(at(out), { recursive: true })
  for (const node of readdirSync(at('nodes'), { withFileTypes: true })) {
    if (!node.isDirectory()) continue
    cpSync(at('nodes', node.name), at(out, 'nodes', node.name), {
      recursive: true,
      filter: (file) => !file.endsWith('.ts'),
    })
  }
  // What the simulator's page loads.
  cpSync(at('src/simulator/page'), at(out, 'src/simulator/page'), { recursive: true })
  // Node-RED looks for a node's icons beside its script.
  for (const node of ['command', 'charging', 'monitor', 'state', 'account', 'mqtt'])
    try {
      cpSync(at('icons'), at(out, 'nodes', node, 'icons'), { recursive: true })
    } catch (error) {
      if (error.code !== 'ENOENT') throw error
    }
  writeFileSync(at(out, '.built'), '')
  rmSync(at('dist'), { recursive: true, force: true })
  renameSync(at(out), at('dist'))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build()
