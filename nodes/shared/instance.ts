import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { NodeAPI } from 'node-red'
import { folderOf } from './place'

/** Without a folder: the same as long as this process runs. */
const ofThisProcess = randomBytes(16).toString('hex')

/**
 * The name of this Node-RED on a broker: made once and kept, so that it is the same after a restart, and another one in
 * a second Node-RED that runs a copy of the flows. Says nothing about the machine. One for each node that asks.
 */
export function instanceOf(RED: NodeAPI, node: string): string {
  return createHash('sha256')
    .update(`${keptSeed(folderOf(RED))} ${node}`)
    .digest('hex')
    .slice(0, 8)
}

function keptSeed(dir: string | undefined): string {
  if (!dir) return ofThisProcess
  const file = path.join(dir, 'instance')
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    writeFileSync(file, ofThisProcess, { flag: 'wx', mode: 0o600 })
  } catch {
    // It is there already, or nothing can be written.
  }
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ofThisProcess
  }
}
