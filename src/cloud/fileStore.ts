/** Files that survive a crash at any moment, and locks that hold between processes. */
import { randomUUID } from 'node:crypto'
import { link, mkdir, open, readFile, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { pause, seconds, type Clock } from '../clock'
import { together } from './together'

export const privateFile = 0o600
export const privateFolder = 0o700

/** Writes a private file (0600) whole or not at all: afterwards the path holds the old text or the new one, also after a crash. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  await inFolder(dirname(path), () => writeWhole(path, text))
  await syncFolder(dirname(path))
}

/** The same, but lasting only when the folder is synced. The folder is there. */
export async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeSynced(draft, text)
    await rename(draft, path)
  } catch (error) {
    await unlink(draft).catch(() => undefined)
    throw error
  }
}

/** Writes a private file unless one is there already; gives whether it was written. Of several writers exactly one succeeds. */
export async function writeOnce(path: string, text: string): Promise<boolean> {
  await mkdir(dirname(path), { recursive: true, mode: privateFolder })
  const draft = `${path}.${randomUUID()}.tmp`
  try {
    await writeSynced(draft, text)
    await link(draft, path)
    await syncFolder(dirname(path))
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

/** Where a file goes that cannot be understood. */
export const asideOf = (path: string): string => `${path}.unreadable`

/** The text of a file, `undefined` when there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

export async function removeIfThere(path: string): Promise<void> {
  try {
    await unlink(path)
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
  }
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'wx', privateFile)
  try {
    await file.writeFile(text)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Makes the folder only where it is missing: nearly every write finds it. */
async function inFolder(folder: string, write: () => Promise<void>): Promise<void> {
  try {
    await write()
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error
    await mkdir(folder, { recursive: true, mode: privateFolder })
    await write()
  }
}

/** A folder → what makes the renames in it last: one sync for all that were done before it began. */
const folderSyncs = new Map<string, { sync: () => Promise<void>; waiting: number }>()

/** Afterwards the names in a folder last. Never rejects. */
export async function syncFolder(path: string): Promise<void> {
  const folder = folderSyncs.get(path) ?? { sync: together(() => syncFolderNow(path)), waiting: 0 }
  folderSyncs.set(path, folder)
  folder.waiting++
  await folder.sync()
  if (--folder.waiting === 0) folderSyncs.delete(path)
}

/** Never rejects: Windows cannot open folders, some network shares cannot sync them. */
async function syncFolderNow(path: string): Promise<void> {
  try {
    const folder = await open(path, 'r')
    try {
      await folder.sync()
    } finally {
      await folder.close()
    }
  } catch {
    // The file itself is synced; at worst a power cut brings the old one back.
  }
}

/** The holder touches its lock this often … */
const heartbeat = seconds(5)
/** … so one that was not touched for this long, as seen by whoever waits, belongs to nobody. */
const staleAfter = seconds(20)
const poll = 25
/** What file systems without hard links say, such as some network shares. */
const withoutLinks = new Set<unknown>(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'])

const queues = new Map<string, Promise<unknown>>()
/** Locks of this process by their id, to tell them from those of a dead process that had our number. */
const ours = new Set<string>()

/**
 * Runs `action` while nobody else, in this process or another one, runs theirs under the same path.
 * The lock is the file `<path>.lock`; one left behind by a killed process is taken over, at once when that process is
 * known to be gone, else after 20 s without a sign of life. Rejects when the folder cannot be written.
 */
export function withLock<T>(path: string, clock: Clock, action: () => Promise<T>): Promise<T> {
  return inTurn(path, () => lockedRun(path, clock, action))
}

/** Runs the actions of one key one after the other, within this process. */
export async function inTurn<T>(key: string, action: () => Promise<T>): Promise<T> {
  const run = (queues.get(key) ?? Promise.resolve()).then(action, action)
  queues.set(key, run)
  try {
    return await run
  } finally {
    if (queues.get(key) === run) queues.delete(key)
  }
}

async function lockedRun<T>(path: string, clock: Clock, action: () => Promise<T>): Promise<T> {
  const lock = `${path}.lock`
  await mkdir(dirname(path), { recursive: true, mode: privateFolder })
  const id = await acquire(lock, clock)
  const stopBeating = keepAlive(lock, clock)
  try {
    return await action()
  } finally {
    stopBeating()
    await release(lock, id)
  }
}

/** Removes only our own lock: after a long standstill of this process somebody may have taken it over. Never rejects. */
async function release(lock: string, id: string): Promise<void> {
  try {
    if (ownerOf((await readIfThere(lock)) ?? '').id === id) await removeIfThere(lock)
  } catch {
    // What was done under the lock counts; the lock itself is found dead soon, since nobody touches it any more.
  }
  ours.delete(id)
}

interface Owner {
  id?: string
  pid?: number
  host?: string
}

async function acquire(lock: string, clock: Clock): Promise<string> {
  const id = randomUUID()
  const owner: Owner = { id, pid: process.pid, host: hostname() }
  const seen: Sighting = { since: clock.now() }
  ours.add(id)
  try {
    for (;;) {
      if (!(await markOf(lock)) && (await create(lock, owner))) return id
      await takeOver(lock, seen, clock)
      await pause(clock, poll * (0.5 + clock.random()))
    }
  } catch (error) {
    ours.delete(id)
    throw error
  }
}

/** Makes the lock with its owner already in it, so that a kill in between leaves no lock without one. */
async function create(lock: string, owner: Owner): Promise<boolean> {
  const draft = `${lock}.${owner.id}.tmp`
  const text = JSON.stringify(owner)
  await writeFile(draft, text, { flag: 'wx', mode: privateFile })
  try {
    await link(draft, lock)
    return true
  } catch (error) {
    // ENOENT: the holder cleared our draft away together with those of killed processes.
    if (codeOf(error) === 'EEXIST' || codeOf(error) === 'ENOENT') return false
    if (!withoutLinks.has(codeOf(error))) throw error
    return await createPlainly(lock, text)
  } finally {
    await unlink(draft).catch(() => undefined)
  }
}

async function createPlainly(lock: string, text: string): Promise<boolean> {
  try {
    await writeFile(lock, text, { flag: 'wx', mode: privateFile })
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  }
}

function keepAlive(lock: string, clock: Clock): () => void {
  let touch = clock.after(heartbeat, beat)
  function beat() {
    const now = clock.now() / 1000
    utimes(lock, now, now).catch(() => undefined)
    touch = clock.after(heartbeat, beat)
  }
  return () => touch.cancel()
}

/** What a waiter saw of somebody else's lock, and since when it has not changed. */
interface Sighting {
  mark?: string
  since: number
}

/** Removes the lock if its owner is gone. */
async function takeOver(lock: string, seen: Sighting, clock: Clock): Promise<void> {
  const mark = await markOf(lock)
  if (mark === undefined) return
  if (mark !== seen.mark) Object.assign(seen, { mark, since: clock.now() })
  const silent = clock.now() - seen.since
  const owner = ownerOf((await readIfThere(lock)) ?? '')
  if (silent < staleAfter && !isGone(owner)) return
  await removeExactly(lock, mark, silent > 2 * staleAfter)
}

/**
 * Removes the lock file that bears this mark and no other: of several processes that find it dead, only the one whose
 * hard link `<lock>.dead` succeeds may remove it, and only after looking at the mark again.
 */
async function removeExactly(lock: string, mark: string, evenIfClaimed: boolean): Promise<void> {
  const claim = `${lock}.dead`
  try {
    await link(lock, claim)
  } catch (error) {
    const code = codeOf(error)
    // The one who claimed it was killed in between.
    if (code === 'EEXIST' && evenIfClaimed) await removeIfThere(claim)
    // Without hard links the moment between looking and removing stays open.
    if (withoutLinks.has(code) && (await markOf(lock)) === mark) await removeIfThere(lock)
    return
  }
  try {
    if ((await markOf(claim)) === mark) await removeIfThere(lock)
  } finally {
    await removeIfThere(claim)
  }
}

async function markOf(path: string): Promise<string | undefined> {
  try {
    const { ino, mtimeNs } = await stat(path, { bigint: true })
    return `${ino}-${mtimeNs}`
  } catch {
    return undefined
  }
}

function ownerOf(text: string): Owner {
  try {
    const owner: unknown = JSON.parse(text)
    return typeof owner === 'object' && owner !== null ? owner : {}
  } catch {
    return {}
  }
}

function isGone({ id, pid, host }: Owner): boolean {
  if (typeof id !== 'string' || typeof pid !== 'number' || host !== hostname()) return false
  // In containers a new process often has the number of the killed one.
  if (pid === process.pid) return !ours.has(id)
  try {
    process.kill(pid, 0)
    return false
  } catch (error) {
    return codeOf(error) === 'ESRCH'
  }
}

/** Such as ENOENT. */
export const codeOf = (error: unknown): unknown => (error as { code?: unknown } | undefined)?.code
