/** What the files of a journaled folder do not have yet, by name. */
import { withLines } from './additions'
import type { Journal, Place } from './journal'

export interface Entry {
  /** The oldest journal that is needed for it, and the newest. */
  since: Journal
  last: Journal
  /** Where its whole value stands; absent: in its file. */
  place?: Place
  /** Additions that a killed process left, as lines behind the value. */
  lines?: string
  /** The value as it is now, of a name that additions came to. */
  whole?: () => string
}

/** A file takes a block of the disk at least. */
const block = 4096
const sizeOf = (entry: Entry | undefined): number => (entry ? Math.max(block, entry.place?.length ?? 0) : 0)

export class Unhomed {
  private readonly entries = new Map<string, Entry>()
  /** Bytes that the files of these will take, about. */
  size = 0

  get(name: string): Entry | undefined {
    return this.entries.get(name)
  }

  /** It was written whole, or removed. */
  written(name: string, place: Place): void {
    this.set(name, { since: place.journal, last: place.journal, place })
  }

  /** Something came to it. */
  added(name: string, journal: Journal, whole: () => string): void {
    this.set(name, { since: this.get(name)?.since ?? journal, last: journal, whole })
  }

  /** A killed process has left these additions to it. */
  left(name: string, journal: Journal, lines: string): void {
    const before = this.get(name)
    const all = before?.lines === undefined ? lines : withLines(before.lines, lines)
    this.set(name, { since: journal, ...before, last: journal, lines: all })
  }

  /** All that need one of these journals. */
  of(journals: ReadonlySet<Journal>): string[] {
    return [...this.entries].filter(([, { since }]) => journals.has(since)).map(([name]) => name)
  }

  /** Its file has all of this; what came since stands in the newest journals. */
  broughtHome(name: string, entry: Entry, journals: ReadonlySet<Journal>): void {
    const now = this.get(name)
    if (now === entry) this.drop(name)
    else if (now && journals.has(now.since)) now.since = now.last
  }

  drop(name: string): void {
    this.size -= sizeOf(this.get(name))
    this.entries.delete(name)
  }

  private set(name: string, entry: Entry): void {
    this.size += sizeOf(entry) - sizeOf(this.get(name))
    this.entries.set(name, entry)
  }
}
