/** The built package as an installation would have it: in a folder of its own, so that a build meanwhile does no harm. */
import { cpSync, existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const root = resolve(__dirname, '../..')
const parts = ['dist', 'resources', 'icons', 'examples', 'package.json']

let staged: string | undefined

/** The folder of the staged package; one for all tests of a run, gone when the run ends. */
export function stagedPackage(): string {
  if (staged) return staged
  if (!existsSync(join(root, 'dist/.built'))) throw new Error('There is no build: run `npm run build` first')
  const folder = temporaryFolder('package')
  for (const part of parts) if (existsSync(join(root, part))) cpSync(join(root, part), join(folder, part), { recursive: true })
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  return (staged = folder)
}

const folders: string[] = []

/** A new folder that is removed when the run ends. */
export function temporaryFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `driveway-${name}-`))
  folders.push(folder)
  return folder
}

// A run that is told to stop must clean up as well: without this, 'exit' is not told.
process.once('SIGTERM', () => process.exit(143))
process.once('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})
