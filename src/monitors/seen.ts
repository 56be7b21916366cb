/**
 * Which messages were handed on already, for 72 hours and over a restart. In pieces of which only the newest is written,
 * one piece after another in a ring: the oldest is forgotten when the ring is full, so neither memory nor disk grow.
 */
import { z } from 'zod'
import { hours, type Clock } from '../clock'
import type { StateStore } from '../cloud/stateStore'
import { together } from '../cloud/together'
import { sha256 } from '../sha256'

// Stellantis: a message is sent again for 72 hours.
const rememberedFor = hours(72)

export interface SeenOptions {
  store: StateStore
  /** Of the account. */
  name: string
  clock: Clock
  /** Told once when nothing can be written, and again only after it went well. */
  onTrouble: (error: unknown) => void
  /** Messages in a piece, and pieces in the ring. */
  pieceSize?: number
  pieces?: number
}

interface Piece {
  serial: number
  count: number
  /** Entries, one behind the other. One text, because it is written with every message. */
  text: string
}

const keyLength = 16
const entryPattern = /^[\w-]{17,30}$/

/** Key and when it was handed on, in ms since 1970. */
const entryOf = (key: string, at: number): string => `${key}${at.toString(36)} `

const entriesIn = (text: string): [string, number][] =>
  text
    .split(' ')
    .filter((entry) => entryPattern.test(entry))
    .map((entry) => [entry.slice(0, keyLength), parseInt(entry.slice(keyLength), 36)])

const schema = z.object({ v: z.literal(1), serial: z.number().int(), keys: z.string() })

export class Seen {
  /** When what an earlier run had seen is known; never rejects. */
  readonly ready: Promise<void>
  private readonly handed = new Map<string, number>()
  private ring: Piece[] = []
  private readonly dirty = new Set<Piece>()
  private saving: Promise<void> = Promise.resolve()
  private troubled = false
  /** Many at once are one write. */
  private readonly save = together(() => this.write())
  private readonly pieceSize: number
  private readonly pieces: number

  constructor(private readonly options: SeenOptions) {
    this.pieceSize = options.pieceSize ?? 256
    this.pieces = options.pieces ?? 256
    this.ready = this.load()
  }

  get size(): number {
    return this.handed.size
  }

  has(key: string): boolean {
    const at = this.handed.get(short(key))
    // A time far ahead of the clock: it was set back.
    return at !== undefined && Math.abs(this.options.clock.now() - at) < rememberedFor
  }

  /** Through when it survives a crash, or cannot be written: a disk that is full stops no delivery. */
  add(key: string): Promise<void> {
    const now = this.options.clock.now()
    const name = short(key)
    let piece = this.ring.at(-1)
    if (!piece || piece.count >= this.pieceSize) piece = this.begin((piece?.serial ?? -1) + 1)
    piece.count++
    piece.text += entryOf(name, now)
    this.handed.set(name, now)
    this.dirty.add(piece)
    this.saving = this.save()
    return this.saving
  }

  /** Through when everything is written. */
  settled(): Promise<void> {
    return this.saving
  }

  async forget(): Promise<void> {
    this.handed.clear()
    this.ring = []
    this.dirty.clear()
    await this.settled()
    await Promise.all(this.places().map((place) => this.options.store.remove(place)))
  }

  private begin(serial: number): Piece {
    const piece: Piece = { serial, count: 0, text: '' }
    this.ring.push(piece)
    if (this.ring.length > this.pieces) {
      const oldest = this.ring.shift()
      // What came again since stands in a younger piece too.
      for (const [name, at] of entriesIn(oldest?.text ?? '')) if (this.handed.get(name) === at) this.handed.delete(name)
    }
    return piece
  }

  private async write(): Promise<void> {
    const { store, onTrouble } = this.options
    const all = [...this.dirty]
    this.dirty.clear()
    try {
      await Promise.all(all.map(({ serial, text }) => store.save(this.placeOf(serial), { v: 1, serial, keys: text })))
      this.troubled = false
    } catch (error) {
      if (!this.troubled) onTrouble(error)
      this.troubled = true
    }
  }

  private async load(): Promise<void> {
    const { store, clock } = this.options
    const found = await Promise.all(this.places().map((place) => store.load(place).catch(() => undefined)))
    const read = found.flatMap((value): Piece[] => {
      const piece = schema.safeParse(value)
      if (!piece.success) return []
      const { serial, keys: text } = piece.data
      return [{ serial, text, count: entriesIn(text).length }]
    })
    const now = clock.now()
    this.ring = read.sort((a, b) => a.serial - b.serial)
    for (const { text } of this.ring)
      for (const [name, at] of entriesIn(text)) if (Math.abs(now - at) < rememberedFor) this.handed.set(name, at)
  }

  private placeOf(serial: number): string {
    return `seen:${this.options.name}:${serial % this.pieces}`
  }

  private places(): string[] {
    return Array.from({ length: this.pieces }, (_, place) => this.placeOf(place))
  }
}

/** Keys may be long; 96 bits are enough to tell them apart. */
const short = (key: string): string => sha256(key, 'base64url').slice(0, keyLength)
