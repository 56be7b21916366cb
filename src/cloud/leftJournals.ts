/** Journals that lie in a folder: their names tell their order, also where the clock was set back. */
import { randomUUID } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { asideOf, codeOf } from './fileStore'
import { Journal, type FoundJournal } from './journal'

const ending = '.journal'
const digits = 15

/** The oldest first; none in a folder that is not there. */
export const journalsIn = (folder: string): Promise<string[]> => filesIn(folder, ending)

/** Those that were set aside. */
export const oddJournalsIn = (folder: string): Promise<string[]> => filesIn(folder, asideOf(ending))

async function filesIn(folder: string, end: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names
    .filter((name) => name.endsWith(end))
    .sort()
    .map((name) => join(folder, name))
}

export const ageOf = (path: string): number => Number(basename(path).slice(0, digits)) || 0

export const nameOf = (age: number): string => `${String(age).padStart(digits, '0')}-${randomUUID().slice(0, 8)}${ending}`

/**
 * Takes it, so that nobody else does and its process notices. What is in it counts from then on for whoever took it.
 * Undefined: another was faster, or it cannot be read and was set aside.
 */
export async function takenOver(path: string): Promise<FoundJournal | undefined> {
  const ours = join(dirname(path), nameOf(ageOf(path)))
  try {
    await rename(path, ours)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    // Where nothing may be written nobody else writes either.
    return Journal.found(path).catch(() => undefined)
  }
  return Journal.found(ours).catch(async () => {
    await rename(ours, asideOf(ours)).catch(() => undefined)
    return undefined
  })
}
