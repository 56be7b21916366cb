/** What is kept over a restart besides sign-ins: one file for each car or key, sealed where it holds places. */
import { join } from 'node:path'
import { sha256 } from '../sha256'
import { opened, plainly, type Sealing } from './additions'
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
  /** Absent where every change is saved whole. */
  additions?: Additions
  /** Resolves when each value is in a file of its own. They are kept without that, too. */
  settled?(): Promise<void>
}

/** For values of which little changes often: what comes to them is kept, and the whole value now and then. */
export interface Additions {
  /** As `load`, and what was added since that value was written, oldest first; what is in it already may be among that. */
  load(name: string): Promise<{ value: unknown; additions: readonly unknown[] }>
  /**
   * When this is through, the addition to what was saved before survives a crash. `whole`: the value as it is now, with
   * everything that was added; asked for later, or never.
   */
  add(name: string, addition: unknown, whole: () => unknown): Promise<void>
}

/** In `<dir>/<room>/`, 0600; file names are hashes. Without a sealer the files are plain JSON. */
export function fileStateStore({ dir, room, sealer }: { dir: string; room: 'state' | 'ledger'; sealer?: Sealer }): StateStore {
  const sealing: Sealing = sealer
    ? { seal: (plain, key) => sealer.seal(plain, `${room}:${key}`), open: (text, key) => sealer.open(text, `${room}:${key}`) }
    : plainly
  const folder = journaledFolder(join(dir, room), sealing)
  const keyOf = (name: string) => sha256(`${room}:${name}`).slice(0, 32)
  const load: Additions['load'] = async (name) => {
    const key = keyOf(name)
    const text = await folder.read(key)
    if (text === undefined) return nothing
    try {
      return opened(text, key, sealing)
    } catch {
      await folder.setAside(key, text).catch(() => undefined)
      return nothing
    }
  }
  // As it is now, not as it may be when its turn comes.
  const sealed = (key: string, value: unknown) => sealing.seal(JSON.stringify(value), key)
  /** Lives long, and holds nothing of what was added. */
  const later = (key: string, value: () => unknown) => () => sealed(key, value())
  return {
    load: async (name) => (await load(name)).value,
    save(name, value) {
      const key = keyOf(name)
      return folder.write(key, sealed(key, value))
    },
    additions: {
      load,
      add(name, addition, whole) {
        const key = keyOf(name)
        return folder.add({ name: key, text: JSON.stringify(addition), whole: later(key, whole) })
      },
    },
    async remove(name) {
      const key = keyOf(name)
      await folder.remove(key)
      await folder.removeAside(key)
    },
    settled: () => folder.settled(),
  }
}

const nothing = { value: undefined, additions: [] }

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
