// `npm run dev`: the demo, rebuilt and restarted when a source changes.
import { spawn } from 'node:child_process'
import { watch } from 'node:fs'
import path from 'node:path'
import { build } from './build.mjs'
import { install, root } from './prepare.mjs'

install()

let child
let waiting
let busy = false

async function restart() {
  if (busy) return schedule()
  busy = true
  try {
    await build()
    if (child) {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
    }
    child = spawn(process.execPath, ['scripts/start.mjs', ...process.argv.slice(2)], { cwd: root, stdio: 'inherit' })
  } catch (error) {
    // The old demo goes on while a source does not compile.
    console.error(`driveway: ${error.message}`)
  }
  busy = false
}

function schedule() {
  clearTimeout(waiting)
  waiting = setTimeout(restart, 300)
}

for (const folder of ['src', 'nodes', 'resources', 'icons']) watch(path.join(root, folder), { recursive: true }, schedule)
process.once('SIGINT', () => process.exit(0))
await restart()
