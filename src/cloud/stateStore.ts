/** What is kept over a restart besides sign-ins: one file for each car or key, sealed where it holds places. */
import { join } from 'node:path'
import { sha256 } from '../sha256'
import { journaledFolder } from './journaledFolder'
import type { Sealer } from './seal'

/** What is done to one name happens in the order in which it was asked for. */
export interface StateStore {
  /** What was kept under this name; undefined if nothing, or if it cannot be read (then it is set aside). */
  load(name: string): Promise<unknown>
  /** When this is through, the value survives a crash. */
  save(name: string, value: unknown): Promise<void>
  /** What was set aside goes too. */
  remove(name: string): Promise<void>
  /** Resolves when each value is in a file of its own. They are kept without that, too. */
  settled?(): Promise<void>
}

/** In `<dir>/<room>/`, 0600; file names are hashes. Without a sealer the files are plain JSON. */
export function fileStateStore({ dir, room, sealer }: { dir: string; room: 'state' | 'ledger'; sealer?: Sealer }): StateStore {
  const folder = journaledFolder(join(dir, room))
  const keyOf = (name: string) => sha256(`${room}:${name}`).slice(0, 32)
  return {
    async load(name) {
      const key = keyOf(name)
      const text = await folder.read(key)
      if (text === undefined) return undefined
      const plain = sealer ? sealer.open(text, `${room}:${key}`) : text
      try {
        if (plain === undefined) throw new Error('another key')
        return JSON.parse(plain) as unknown
      } catch {
        await folder.setAside(key, text).catch(() => undefined)
        return undefined
      }
    },
    async save(name, value) {
      const key = keyOf(name)
      // As it is now, not as it may be when its turn comes.
      const plain = JSON.stringify(value)
      await folder.write(key, sealer ? sealer.seal(plain, `${room}:${key}`) : plain)
    },
    async remove(name) {
      const key = keyOf(name)
      await folder.remove(key)
      await folder.removeAside(key)
    },
    settled: () => folder.settled(),
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
