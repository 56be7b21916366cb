/** What is kept over a restart besides sign-ins: one file for each car or key, sealed where it holds places. */
import { createHash } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { inTurn, readIfThere, removeIfThere, writeAtomically } from './fileStore'
import type { Sealer } from './seal'

/** What is done to one name happens in the order in which it was asked for. */
export interface StateStore {
  /** What was kept under this name; undefined if nothing, or if it cannot be read (then it is set aside). */
  load(name: string): Promise<unknown>
  /** When this is through, the value survives a crash. */
  save(name: string, value: unknown): Promise<void>
  /** What was set aside goes too. */
  remove(name: string): Promise<void>
}

/** In `<dir>/<room>/`, 0600; file names are hashes. Without a sealer the files are plain JSON. */
export function fileStateStore({ dir, room, sealer }: { dir: string; room: 'state' | 'ledger'; sealer?: Sealer }): StateStore {
  const keyOf = (name: string) => createHash('sha256').update(`${room}:${name}`).digest('hex').slice(0, 32)
  const pathOfKey = (key: string) => join(dir, room, `${key}.json`)
  const pathOf = (name: string) => pathOfKey(keyOf(name))
  const asideOf = (path: string) => `${path}.unreadable`
  async function read(name: string, path: string): Promise<unknown> {
    const text = await readIfThere(path)
    if (text === undefined) return undefined
    const plain = sealer ? sealer.open(text, `${room}:${keyOf(name)}`) : text
    try {
      if (plain === undefined) throw new Error('another key')
      return JSON.parse(plain) as unknown
    } catch {
      await rename(path, asideOf(path)).catch(() => undefined)
      return undefined
    }
  }
  async function remove(path: string): Promise<void> {
    await removeIfThere(path)
    await removeIfThere(asideOf(path))
  }
  return {
    async load(name) {
      const path = pathOf(name)
      return inTurn(path, () => read(name, path))
    },
    async save(name, value) {
      const key = keyOf(name)
      const path = pathOfKey(key)
      // As it is now, not as it may be when its turn comes.
      const plain = JSON.stringify(value)
      const text = sealer ? sealer.seal(plain, `${room}:${key}`) : plain
      return inTurn(path, () => writeAtomically(path, text))
    },
    async remove(name) {
      const path = pathOf(name)
      return inTurn(path, () => remove(path))
    },
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
