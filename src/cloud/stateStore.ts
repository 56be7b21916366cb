/** What is kept over a restart besides sign-ins: one file for each car or key, sealed where it holds places. */
import { createHash } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { readIfThere, removeIfThere, writeAtomically } from './fileStore'
import type { Sealer } from './seal'

export interface StateStore {
  /** What was kept under this name; undefined if nothing, or if it cannot be read (then it is set aside). */
  load(name: string): Promise<unknown>
  /** When this is through, the value survives a crash. */
  save(name: string, value: unknown): Promise<void>
  remove(name: string): Promise<void>
}

/** In `<dir>/<room>/`, 0600; file names are hashes. Without a sealer the files are plain JSON. */
export function fileStateStore({ dir, room, sealer }: { dir: string; room: 'state' | 'ledger'; sealer?: Sealer }): StateStore {
  const keyOf = (name: string) => createHash('sha256').update(`${room}:${name}`).digest('hex').slice(0, 32)
  const pathOf = (name: string) => join(dir, room, `${keyOf(name)}.json`)
  return {
    async load(name) {
      const path = pathOf(name)
      const text = await readIfThere(path)
      if (text === undefined) return undefined
      const plain = sealer ? sealer.open(text, `${room}:${keyOf(name)}`) : text
      try {
        if (plain === undefined) throw new Error('another key')
        return JSON.parse(plain) as unknown
      } catch {
        await rename(path, `${path}.unreadable`).catch(() => undefined)
        return undefined
      }
    },
    async save(name, value) {
      const plain = JSON.stringify(value)
      await writeAtomically(pathOf(name), sealer ? sealer.seal(plain, `${room}:${keyOf(name)}`) : plain)
    },
    remove: (name) => removeIfThere(pathOf(name)),
  }
}

/** Lasts as long as this process; values are copies, as if written and read again. */
export function memoryStateStore(): StateStore {
  const kept = new Map<string, string>()
  return {
    load: (name) => Promise.resolve(kept.has(name) ? (JSON.parse(kept.get(name) ?? '') as unknown) : undefined),
    save: (name, value) => {
      kept.set(name, JSON.stringify(value))
      return Promise.resolve()
    },
    remove: (name) => {
      kept.delete(name)
      return Promise.resolve()
    },
  }
}
