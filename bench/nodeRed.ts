import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Node } from 'node-red'

const root = path.resolve(__dirname, '..')
const require = createRequire(__filename)

/** A user directory, with this package in it the way an installed one would be. */
export function userDirectory(withUs: boolean, flow: readonly object[] = []): { dir: string; remove: () => void } {
  const dir = mkdtempSync(path.join(tmpdir(), 'driveway-bench-'))
  const name = '@driveway/node-red-connected-car'
  if (withUs) {
    mkdirSync(path.join(dir, 'node_modules', '@driveway'), { recursive: true })
    symlinkSync(root, path.join(dir, 'node_modules', name), 'junction')
    writeFileSync(path.join(dir, 'package.json'), JSON.stringify({ name: 'bench', dependencies: { [name]: '*' } }))
  }
  writeFileSync(path.join(dir, 'flows.json'), JSON.stringify(flow))
  return { dir, remove: () => rmSync(dir, { recursive: true, force: true, maxRetries: 3 }) }
}

/** The built code, the very instances that Node-RED loads. */
export const built = <T>(file: string): T => require(path.join(root, 'dist', file)) as T

export interface Runtime {
  node(id: string): Node & { receive(message: object): void }
  stop(): Promise<void>
}

/** Node-RED in this process, as it comes: nothing of it is replaced. */
export async function startNodeRed(flow: readonly object[], settings: object): Promise<Runtime> {
  const RED = require('node-red') as {
    init(server: unknown, settings: object): void
    start(): Promise<void>
    stop(): Promise<void>
    nodes: { getNode(id: string): Node & { receive(message: object): void } }
  }
  const { dir, remove } = userDirectory(true, flow)
  RED.init(createServer(), {
    userDir: dir,
    flowFile: 'flows.json',
    credentialSecret: false,
    httpAdminRoot: false,
    telemetry: { enabled: false, updateNotification: false },
    logging: { console: { level: 'error', metrics: false, audit: false } },
    ...settings,
  })
  await RED.start()
  return {
    node: (id) => RED.nodes.getNode(id),
    stop: async () => {
      await RED.stop()
      remove()
    },
  }
}

/** Until `condition` holds; only for what has no event. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5))
}
