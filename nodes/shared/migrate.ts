/** Saved nodes of any age, read as they would be saved now. The steps are in `resources/migrations.js`. */
import path from 'node:path'
import type { Node, NodeAPI, NodeDef } from 'node-red'
import { notice } from './speech'
import { packageRoot } from './version'

type Saved = Readonly<Record<string, unknown>>

interface Migrations {
  current(type: string): number
  migrate(type: string, saved: Saved, chain?: readonly ((saved: Saved) => Saved)[]): Saved
  types: readonly string[]
}

/** The editor loads the same file, so it is plain JavaScript outside of what is compiled. */
// eslint-disable-next-line @typescript-eslint/no-require-imports
export const migrations = require(path.join(packageRoot, 'resources', 'migrations.js')) as Migrations

/** The settings of a node as this version reads them. A flow that a newer Driveway saved is used as it is, with a warning. */
export function migrated<Config extends NodeDef>(RED: NodeAPI, node: Node, config: Config): Config {
  const { version } = config as { version?: unknown }
  const current = migrations.current(config.type)
  if (Number(version) > current) node.warn(notice(RED, 'savedByNewer', { saved: Number(version), known: current }))
  return migrations.migrate(config.type, config as unknown as Saved) as unknown as Config
}
