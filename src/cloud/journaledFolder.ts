/**
 * A folder of small files that are written often. A write is noted in a journal first, together with all others that
 * come while one sync is under way, and brought to its own file later: when nothing more was written for a moment, when
 * the journal holds each value many times over, or after some minutes. Then the journal goes. After a crash the next who
 * opens the folder does that first, so neither order nor loss can be seen from outside. What comes to a value that was
 * written before may be noted alone: then its file gets the whole value, as it is when it is brought there.
 */
import { mkdir, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { minutes, seconds, systemClock, type Timer } from '../clock'
import { apart, plainly, sealedTogether, withLines, type Addition, type Sealing } from './additions'
import { asideOf, inTurn, privateFolder, readIfThere, removeIfThere, syncFolder, withLock, writeWhole } from './fileStore'
import { Unhomed, type Entry } from './unhomed'
import { Journal, type FoundJournal } from './journal'
import { ageOf, journalsIn, nameOf, oddJournalsIn, takenOver } from './leftJournals'
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
/** Each is an open file. */
const mostJournals = 8
/** A process at work touches its journal, or brings it home, far sooner. */
const abandonedAfter = minutes(1)

const folders = new Map<string, JournaledFolder>()

/** One for each folder in this process. `sealing`: of additions; the newest one counts. */
export function journaledFolder(path: string, sealing?: Sealing): JournaledFolder {
  const folder = folders.get(path) ?? new JournaledFolder(path)
  folders.set(path, folder)
  folder.sealing = sealing ?? folder.sealing
  return folder
}

class JournaledFolder {
  sealing = plainly
  /** What the files do not have yet. */
  private readonly unhomed = new Unhomed()
  private journals: Journal[] = []
  /** The one that is appended to. */
  private current?: Journal
  /** Journals are numbered by the clock, but never downwards. */
  private number = 0
  private waiting = new Map<string, string>()
  private additions: Addition[] = []
  private timer?: Timer
  private isResting = true
  private homeAt = 0
  private readonly commit = together(() => this.append())
  private readonly settle = together(() => inTurn(this.path, () => this.bringHome()))
  private readonly removeOddJournals = together(async () => {
    for (const path of await oddJournalsIn(this.path)) await removeIfThere(path)
  })
  private opening?: Promise<void>
  private appending = Promise.resolve()

  constructor(private readonly path: string) {}

  /** Resolves when it survives a crash. `text`: one line. */
  write(name: string, text: string): Promise<void> {
    this.waiting.set(name, text)
    // They are in it, or gone with what they came to.
    this.additions = this.additions.filter((addition) => addition.name !== name)
    return this.commit()
  }

  /**
   * The same for what comes to a value that was written before. Its file gets `whole()`, as it is then; a file of a
   * killed process has the additions as lines behind its value.
   */
  add(addition: Addition): Promise<void> {
    this.additions.push(addition)
    return this.commit()
  }

  /** As it was written last; undefined if never. */
  async read(name: string): Promise<string | undefined> {
    await this.open()
    await (this.isAsked ? this.commit() : this.appending).catch(() => undefined)
    const entry = this.unhomed.get(name)
    try {
      return await this.textOf(name, entry)
    } catch (error) {
      // It was brought home meanwhile.
      if (!entry || this.unhomed.get(name) === entry) throw error
      return this.read(name)
    }
  }

  private get isAsked(): boolean {
    return this.waiting.size > 0 || this.additions.length > 0
  }

  private async textOf(name: string, { whole, place, lines }: Partial<Entry> = {}): Promise<string | undefined> {
    if (whole) return whole()
    const value = await (place ? place.journal.read(place) : readIfThere(this.fileOf(name)))
    return value === undefined ? undefined : withLines(value, lines)
  }

  /** Resolves when nothing of it is on the disk any more. */
  async remove(name: string): Promise<void> {
    try {
      await this.write(name, '')
    } catch (error) {
      // A disk that is full takes no note, but lets a file go.
      if (this.unhomed.get(name)) throw error
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

  /** What was set aside, journals too: nobody can read of whom they tell. */
  async removeAside(name: string): Promise<void> {
    await removeIfThere(asideOf(this.fileOf(name)))
    await this.removeOddJournals()
  }

  /** Everything is in its own file; the journal is gone. */
  async settled(): Promise<void> {
    await this.open()
    if (this.isAsked) await this.commit()
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
      if (left) this.noteLeft(left, this.linesIn(left), new Set())
    }
  }

  /** What another process left since we began counts where nothing newer was written. */
  private async takeLeft(): Promise<void> {
    for (const path of await this.foreign()) {
      const touchedAt = await touched(path)
      if (touchedAt === undefined || systemClock.now() - touchedAt < abandonedAfter) continue
      const left = await takenOver(path)
      if (!left) continue
      const lines = this.linesIn(left)
      const newer = new Set<string>()
      for (const name of new Set([...left.places.keys(), ...lines.keys()]))
        if (this.unhomed.get(name) || ((await touched(this.fileOf(name))) ?? 0) > touchedAt) newer.add(name)
      this.noteLeft(left, lines, newer)
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
    const batch: Batch = { values: this.waiting, additions: this.additions }
    // The append before took them along, for good or ill.
    if (!this.isAsked) return this.appending
    this.waiting = new Map()
    this.additions = []
    this.appending = this.appendTo(this.current, batch)
    await this.appending
  }

  private async appendTo(current: Journal | undefined, batch: Batch): Promise<void> {
    const { values, additions } = batch
    const journal = current ?? (await this.begin())
    const text = additions.length > 0 ? sealedTogether(additions, this.sealing) : undefined
    const [places] = await Promise.all([journal.append(values, text), current ?? syncFolder(this.path)])
    for (const [name, place] of places) this.unhomed.written(name, place)
    // They came later: see `write`.
    for (const { name, whole } of additions) this.unhomed.added(name, journal, whole)
    this.isResting = false
    this.wake()
    // Another process took it over, perhaps without this; or somebody has removed the folder.
    if (!(await isThere(journal.path))) await this.appendAnew(journal, batch)
  }

  private async appendAnew(gone: Journal, batch: Batch): Promise<void> {
    if (this.current === gone) this.current = undefined
    if (!(await isThere(this.path))) await this.drop(this.journals)
    await this.appendTo(undefined, batch)
  }

  private async begin(): Promise<Journal> {
    const made = await mkdir(this.path, { recursive: true, mode: privateFolder })
    if (made !== undefined) await syncFolder(dirname(made))
    await this.takeLeft()
    const now = systemClock.now()
    this.number = Math.max(this.number + 1, now)
    const journal = await Journal.begin(join(this.path, nameOf(this.number)))
    this.journals.push(journal)
    this.homeAt = now + homeAfter
    return (this.current = journal)
  }

  private noteLeft({ journal, places }: FoundJournal, lines: ReadonlyMap<string, string>, newer: ReadonlySet<string>): void {
    this.journals.push(journal)
    for (const [name, place] of places) if (!newer.has(name)) this.unhomed.written(name, place)
    for (const [name, line] of lines) if (!newer.has(name)) this.unhomed.left(name, journal, line)
  }

  private linesIn({ journal, additions }: FoundJournal): ReadonlyMap<string, string> {
    const lines = apart(additions, this.sealing)
    // Of another key: it is set aside, as files are.
    if (!lines) journal.isOdd = true
    return lines ?? new Map<string, string>()
  }

  private wake(after = restAfter): void {
    this.timer ??= systemClock.after(after, () => {
      this.timer = undefined
      const size = this.journals.reduce((sum, journal) => sum + journal.size, 0)
      const isLarge = size > Math.max(leastLimit, timesOver * this.unhomed.size)
      const isDue = this.isResting || isLarge || systemClock.now() >= this.homeAt
      this.isResting = true
      if (!isDue) return this.wake()
      this.settle().catch(() => this.wake(retryAfter))
    })
  }

  /** What comes meanwhile goes to a new journal; once there are many, since some file cannot be written, to the last one. */
  private async bringHome(): Promise<void> {
    const kept = this.journals.length < mostJournals ? undefined : this.current
    const old = new Set(this.journals.filter((journal) => journal !== kept))
    this.current = kept
    await this.appending.catch(() => undefined)
    // Somebody has removed the folder with all that was in it.
    if (old.size > 0 && !(await isThere(this.path))) return this.drop(this.journals)
    const waiting = this.unhomed.of(old)
    const failures: unknown[] = []
    for (let from = 0; from < waiting.length; from += atATime)
      await Promise.all(
        waiting
          .slice(from, from + atATime)
          .map((name) => this.bringOneHome(name, old).catch((error: unknown) => failures.push(error))),
      )
    if (failures.length > 0) throw failures[0]
    if (waiting.length > 0) await syncFolder(this.path)
    for (const journal of old) {
      await journal.remove()
      this.journals = this.journals.filter((one) => one !== journal)
    }
    if (kept) await this.bringHome()
  }

  private async drop(gone: Iterable<Journal>): Promise<void> {
    const old = new Set(gone)
    for (const name of this.unhomed.of(old)) this.unhomed.drop(name)
    this.journals = this.journals.filter((journal) => !old.has(journal))
    await Promise.all([...old].map((journal) => journal.close()))
  }

  private async bringOneHome(name: string, old: ReadonlySet<Journal>): Promise<void> {
    const entry = this.unhomed.get(name)
    // Something newer may have come since.
    if (!entry || !old.has(entry.since)) return
    const text = await this.textOf(name, entry)
    if (text === undefined) await removeIfThere(this.fileOf(name))
    else await writeWhole(this.fileOf(name), text)
    this.unhomed.broughtHome(name, entry, old)
  }
}

interface Batch {
  values: ReadonlyMap<string, string>
  additions: readonly Addition[]
}

const touched = (path: string): Promise<number | undefined> =>
  stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  )

const isThere = async (path: string): Promise<boolean> => (await touched(path)) !== undefined
