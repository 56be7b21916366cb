/**
 * One file of a journal: values by name, appended many at a time and synced once for all of them.
 *
 *     {"v":2}
 *     <name> <value>         one line each; nothing behind the name: the value was removed
 *     <name> <value>
 *     + <additions>          what came to values that were written before, all of one sync in one text
 *     #<16 hex digits>       SHA-256 of the lines since the last such line
 *
 * Names have no blanks, values no line ends. Lines count only when what follows them fits: what a crash has cut, or left
 * half on the disk, was promised to nobody. Version 1 had no additions.
 */
import { open, rename, type FileHandle } from 'node:fs/promises'
import { sha256 } from '../sha256'
import { asideOf, privateFile, removeIfThere } from './fileStore'

/** Where a value stands; without length it was removed. */
export interface Place {
  journal: Journal
  at: number
  length: number
}

export interface FoundJournal {
  journal: Journal
  places: ReadonlyMap<string, Place>
  /** Oldest first. */
  additions: readonly string[]
}

const header = Buffer.from('{"v":2}\n')
const readable = [header, Buffer.from('{"v":1}\n')]
const plus = '+'
const lineEnd = 0x0a
const sumMark = 0x23

export class Journal {
  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** Bytes that count. */
    private end: number,
  ) {}

  /** Something in it cannot be read by us: it is set aside, not removed. */
  isOdd = false

  get size(): number {
    return this.end
  }

  /** A new one; its name lasts when the folder is synced. */
  static async begin(path: string): Promise<Journal> {
    const file = await open(path, 'wx+', privateFile)
    const journal = new Journal(path, file, 0)
    try {
      await journal.put(header)
      return journal
    } catch (error) {
      await journal.remove().catch(() => undefined)
      throw error
    }
  }

  /** One that is there already, with the newest place of each name. */
  static async found(path: string): Promise<FoundJournal> {
    const file = await open(path, 'r')
    try {
      const bytes = await file.readFile()
      const journal = new Journal(path, file, bytes.length)
      return { journal, ...valuesIn(bytes, journal) }
    } catch (error) {
      await file.close()
      throw error
    }
  }

  /** Resolves when these survive a crash, with where they stand. One that failed leaves nothing that counts. */
  async append(values: ReadonlyMap<string, string>, additions?: string): Promise<Map<string, Place>> {
    const places = new Map<string, Place>()
    let lines = ''
    let at = this.end
    for (const [name, value] of values) {
      const length = Buffer.byteLength(value)
      lines += `${name} ${value}\n`
      places.set(name, { journal: this, at: at + name.length + 1, length })
      at += name.length + length + 2
    }
    if (additions !== undefined) lines += `${plus} ${additions}\n`
    const bytes = Buffer.from(lines)
    await this.put(Buffer.concat([bytes, Buffer.from(`#${sumOf(bytes)}\n`)]), () => this.file.datasync())
    return places
  }

  /** The value at a place; undefined: it was removed. */
  async read({ at, length }: Place): Promise<string | undefined> {
    if (length === 0) return undefined
    const { buffer, bytesRead } = await this.file.read(Buffer.allocUnsafe(length), 0, length, at)
    if (bytesRead < length) throw new Error('The journal is shorter than it was')
    return buffer.toString('utf8')
  }

  /** Everything in it is elsewhere by now. */
  async remove(): Promise<void> {
    if (this.isOdd) await rename(this.path, asideOf(this.path)).catch(() => undefined)
    else await removeIfThere(this.path)
    await this.close()
  }

  close(): Promise<void> {
    return this.file.close()
  }

  /** What failed before is written over. */
  private async put(bytes: Buffer, sync?: () => Promise<void>): Promise<void> {
    for (let done = 0; done < bytes.length;)
      done += (await this.file.write(bytes, done, bytes.length - done, this.end + done)).bytesWritten
    await sync?.()
    this.end += bytes.length
  }
}

function valuesIn(bytes: Buffer, journal: Journal): Omit<FoundJournal, 'journal'> {
  const places = new Map<string, Place>()
  const additions: string[] = []
  // Another form: not one of ours.
  if (!readable.some((one) => bytes.subarray(0, one.length).equals(one))) return { places, additions }
  let batch: [string, Place][] = []
  let batchBegin = header.length
  for (let at = batchBegin; at < bytes.length;) {
    const end = bytes.indexOf(lineEnd, at)
    if (end < 0) break
    if (bytes[at] === sumMark) {
      if (bytes.toString('latin1', at + 1, end) !== sumOf(bytes.subarray(batchBegin, at))) break
      for (const [name, place] of batch)
        if (name === plus) additions.push(bytes.toString('utf8', place.at, place.at + place.length))
        else places.set(name, place)
      batch = []
      batchBegin = end + 1
    } else {
      const blank = bytes.indexOf(' ', at)
      if (blank < 0 || blank > end) break
      batch.push([bytes.toString('latin1', at, blank), { journal, at: blank + 1, length: end - blank - 1 }])
    }
    at = end + 1
  }
  return { places, additions }
}

const sumOf = (bytes: Buffer): string => sha256(bytes).slice(0, 16)
