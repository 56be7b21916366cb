/**
 * A folder of small files that are written often. A write is noted in a journal first, together with all others that
 * come while one sync is under way, and brought to its own file later: when nothing more was written for a moment, when
 * the journal holds each value many times over, or after some minutes. Then the journal goes. After a crash the next who
 * opens the folder does that first, so neither order nor loss can be seen from outside.
 */
import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { minutes, seconds, systemClock, type Timer } from '../clock'
import { inTurn, privateFolder, readIfThere, removeIfThere, syncFolder, withLock, writeWhole } from './fileStore'
import { Journal, type Place } from './journal'
import { ageOf, journalsIn, nameOf, takenOver } from './leftJournals'
import { together } from './together'

const restAfter = seconds(1)
const retryAfter = seconds(30)
/** Files are never older than this. */
const homeAfter = minutes(5)
/** The journal may grow to this, and beyond it to so many times what its newest values take. */
const leastLimit = 4 * 1024 * 1024
const timesOver = 4
/** Files that are brought home at a time: their syncs share the disk's own journal. */
const atATime = 16
/** A process at work touches its journal, or brings it home, far sooner. */
const abandonedAfter = minutes(1)

const folders = new Map<string, JournaledFolder>()

/** One for each folder in this process. */
export function journaledFolder(path: string): JournaledFolder {
  const folder = folders.get(path) ?? new JournaledFolder(path)
  folders.set(path, folder)
  return folder
}

class JournaledFolder {
  /** What the files do not have yet. */
  private readonly places = new Map<string, Place>()
  /** Bytes of these. */
  private live = 0
  private journals: Journal[] = []
  /** The one that is appended to. */
  private current?: Journal
  /** Journals are numbered by the clock, but never downwards. */
  private number = 0
  private waiting = new Map<string, string>()
  private timer?: Timer
  private isResting = true
  private homeAt = 0
  private readonly commit = together(() => this.append())
  private readonly settle = together(() => inTurn(this.path, () => this.bringHome()))
  private opening?: Promise<void>
  private appending = Promise.resolve()

  constructor(private readonly path: string) {}

  /** Resolves when it survives a crash. `text`: one line. */
  write(name: string, text: string): Promise<void> {
    this.waiting.set(name, text)
    return this.commit()
  }

  /** As it was written last; undefined if never. */
  async read(name: string): Promise<string | undefined> {
    await this.open()
    await (this.waiting.size > 0 ? this.commit() : this.appending).catch(() => undefined)
    const place = this.places.get(name)
    try {
      return place ? await place.journal.read(place) : await readIfThere(this.fileOf(name))
    } catch (error) {
      // It was brought home meanwhile.
      if (!place || this.places.get(name) === place) throw error
      return this.read(name)
    }
  }

  /** Resolves when nothing of it is on the disk any more. */
  async remove(name: string): Promise<void> {
    try {
      await this.write(name, '')
    } catch (error) {
      // A disk that is full takes no note, but lets a file go.
      if (this.places.has(name)) throw error
      await removeIfThere(this.fileOf(name))
    }
    await this.settle()
  }

  /** Takes what cannot be understood out of the way, unless something else was written meanwhile. */
  async setAside(name: string, text: string): Promise<void> {
    await this.settled()
    const file = this.fileOf(name)
    await inTurn(this.path, async () => {
      if ((await readIfThere(file)) === text) await rename(file, asideOf(file))
    })
  }

  /** What was set aside. */
  removeAside(name: string): Promise<void> {
    return removeIfThere(asideOf(this.fileOf(name)))
  }

  /** Everything is in its own file; the journal is gone. */
  async settled(): Promise<void> {
    await this.open()
    if (this.waiting.size > 0) await this.commit()
    await this.settle()
  }

  fileOf(name: string): string {
    return join(this.path, `${name}.json`)
  }

  /** What a killed process left is brought home before anything else. */
  private open(): Promise<void> {
    return (this.opening ??= this.recover())
  }

  private async recover(): Promise<void> {
    if ((await journalsIn(this.path)).length === 0) return
    try {
      await withLock(join(this.path, 'journals'), systemClock, async () => {
        await this.takeOver()
        await this.settle()
      })
    } catch {
      // Such as a disk that is full or may not be written: it is known all the same, and brought home when that works.
      await this.takeOver()
      this.wake(retryAfter)
    }
  }

  /** All of them, also those of a process that is at work: it notices, and begins another one. */
  private async takeOver(): Promise<void> {
    for (const path of await this.foreign()) {
      const left = await takenOver(path)
      if (left) this.note(left.journal, left.places)
    }
  }

  /** What another process left since we began counts where nothing newer was written. */
  private async takeLeft(): Promise<void> {
    for (const path of await this.foreign()) {
      const touchedAt = await touched(path)
      if (touchedAt === undefined || systemClock.now() - touchedAt < abandonedAfter) continue
      const left = await takenOver(path)
      if (!left) continue
      const counts = new Map<string, Place>()
      for (const [name, place] of left.places) {
        const isNewer = this.places.has(name) || ((await touched(this.fileOf(name))) ?? 0) > touchedAt
        if (!isNewer) counts.set(name, place)
      }
      this.note(left.journal, counts)
    }
  }

  /** Journals that are not ours, the oldest first. */
  private async foreign(): Promise<string[]> {
    const found = await journalsIn(this.path)
    this.number = Math.max(this.number, ...found.map(ageOf))
    return found.filter((path) => !this.journals.some((journal) => journal.path === path))
  }

  private async append(): Promise<void> {
    await this.open()
    const values = this.waiting
    // The append before took them along, for good or ill.
    if (values.size === 0) return this.appending
    this.waiting = new Map()
    this.appending = this.appendTo(this.current, values)
    await this.appending
  }

  private async appendTo(current: Journal | undefined, values: ReadonlyMap<string, string>): Promise<void> {
    const journal = current ?? (await this.begin())
    const [places] = await Promise.all([journal.append(values), current ?? syncFolder(this.path)])
    this.note(journal, places)
    this.isResting = false
    this.wake()
    // Another process took it over, perhaps without this; or somebody has removed the folder.
    if (!(await isThere(journal.path))) await this.appendAnew(journal, values)
  }

  private async appendAnew(gone: Journal, values: ReadonlyMap<string, string>): Promise<void> {
    if (this.current === gone) this.current = undefined
    if (!(await isThere(this.path))) await this.drop(this.journals)
    await this.appendTo(undefined, values)
  }

  private async begin(): Promise<Journal> {
    const made = await mkdir(this.path, { recursive: true, mode: privateFolder })
    if (made !== undefined) await syncFolder(dirname(made))
    await this.takeLeft()
    const now = systemClock.now()
    this.number = Math.max(this.number + 1, now)
    const journal = await Journal.begin(join(this.path, nameOf(this.number)))
    this.note(journal, new Map())
    this.homeAt = now + homeAfter
    return (this.current = journal)
  }

  private note(journal: Journal, places: ReadonlyMap<string, Place>): void {
    if (!this.journals.includes(journal)) this.journals.push(journal)
    for (const [name, place] of places) {
      this.live += place.length - (this.places.get(name)?.length ?? 0)
      this.places.set(name, place)
    }
  }

  private wake(after = restAfter): void {
    this.timer ??= systemClock.after(after, () => {
      this.timer = undefined
      const size = this.journals.reduce((sum, journal) => sum + journal.size, 0)
      const isLarge = size > Math.max(leastLimit, timesOver * this.live)
      const isDue = this.isResting || isLarge || systemClock.now() >= this.homeAt
      this.isResting = true
      if (!isDue) return this.wake()
      this.settle().catch(() => this.wake(retryAfter))
    })
  }

  /** What comes meanwhile goes to a new journal. */
  private async bringHome(): Promise<void> {
    const old = new Set(this.journals)
    this.current = undefined
    await this.appending.catch(() => undefined)
    // Somebody has removed the folder with all that was in it.
    if (old.size > 0 && !(await isThere(this.path))) return this.drop(old)
    const waiting = [...this.places].filter(([, { journal }]) => old.has(journal))
    for (let from = 0; from < waiting.length; from += atATime)
      await Promise.all(waiting.slice(from, from + atATime).map(([name, place]) => this.bringOneHome(name, place)))
    if (waiting.length > 0) await syncFolder(this.path)
    for (const journal of old) {
      await journal.remove()
      this.journals = this.journals.filter((one) => one !== journal)
    }
  }

  private async drop(gone: Iterable<Journal>): Promise<void> {
    const old = new Set(gone)
    for (const [name, { journal, length }] of this.places)
      if (old.has(journal)) {
        this.places.delete(name)
        this.live -= length
      }
    this.journals = this.journals.filter((journal) => !old.has(journal))
    await Promise.all([...old].map((journal) => journal.close()))
  }

  private async bringOneHome(name: string, place: Place): Promise<void> {
    // Something newer may have come since.
    if (this.places.get(name) !== place) return
    const text = await place.journal.read(place)
    if (text === undefined) await removeIfThere(this.fileOf(name))
    else await writeWhole(this.fileOf(name), text)
    if (this.places.get(name) !== place) return
    this.places.delete(name)
    this.live -= place.length
  }
}

const asideOf = (file: string): string => `${file}.unreadable`

const touched = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )

const isThere = async (path: string): Promise<boolean> => (await touched(path)) !== undefined
