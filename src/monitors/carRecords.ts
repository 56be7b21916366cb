/**
 * What a monitor remembers of its cars over a restart. A fleet has many: they are written in pieces of some cars, so
 * that what changes of one does not write all of them down.
 */
import { z } from 'zod'
import type { StateStore } from '../cloud/stateStore'
import { Written } from '../cloud/written'
import type { VehicleId } from '../vehicle/vehicle'
import { unknowing, type EvaluatorState } from './evaluator'

/** What is remembered of one car. */
export interface CarRecord {
  state: EvaluatorState
  /** The newest moment that the car itself told of, in ms since 1970. */
  observedAt?: number
  /** Until when all that the condition asks for was known to hold, in ms since 1970. */
  confirmedAt?: number
}

const kept = z.object({
  v: z.literal(1),
  /** Of the condition: what was true of another one says nothing. */
  print: z.string(),
  cars: z.record(
    z.string(),
    z.object({
      state: z.looseObject({ known: z.record(z.string(), z.looseObject({})), held: z.array(z.string()) }),
      observedAt: z.number().optional(),
      confirmedAt: z.number().optional(),
    }),
  ),
})

/** The first one may hold more: once it held all. */
const usualSize = 100

interface Piece {
  cars: Map<VehicleId, CarRecord>
  written: Written
}

export interface CarRecordsOptions {
  store: StateStore
  mark: string
  print: string
  /** Told once when nothing can be written down. */
  onTrouble: (error: unknown) => void
}

export class CarRecords {
  private readonly pieces: Piece[] = []
  private readonly homes = new Map<VehicleId, Piece>()
  /** A full disk is all pieces' trouble: the one that met it first tells it. */
  private troubled?: Piece

  constructor(private readonly options: CarRecordsOptions) {}

  /** Reads what was remembered of the same condition; the rest goes. Never rejects. */
  async recall(): Promise<void> {
    const { store, mark, print } = this.options
    let isSame = true
    for (let n = 0; ; n++) {
      const told = await store.load(nameOf(mark, n)).catch(() => undefined)
      if (told === undefined) return
      const { data } = kept.safeParse(told)
      isSame &&= data?.print === print
      // What is left of another condition must not come back when this one is changed into that again.
      if (!isSame) await store.remove(nameOf(mark, n)).catch(() => undefined)
      const piece = isSame && this.addPiece()
      for (const [id, record] of Object.entries(data?.cars ?? {})) if (piece) this.put(id, record as unknown as CarRecord, piece)
    }
  }

  of(id: VehicleId): CarRecord {
    const known = this.homes.get(id)?.cars.get(id)
    if (known) return known
    const record = { state: unknowing() }
    this.put(id, record, this.pieces.find(({ cars }) => cars.size < usualSize) ?? this.addPiece())
    return record
  }

  /** Forgets all other cars. */
  keepOnly(ids: ReadonlySet<VehicleId>): void {
    for (const [id, { cars }] of this.homes) {
      if (ids.has(id)) continue
      cars.delete(id)
      this.homes.delete(id)
    }
  }

  /** What is remembered of this car is on disk when it is through, and so is that of its neighbours. Never rejects. */
  save(id: VehicleId): Promise<void> {
    return this.homes.get(id)?.written.save() ?? Promise.resolve()
  }

  /** Through when everything is written down; nothing is written later. */
  async close(): Promise<void> {
    await Promise.all(this.pieces.map(({ written }) => written.close()))
  }

  /** What is remembered of a monitor that is no more. Rejects when something could not be removed. */
  static async forget(store: StateStore, mark: string): Promise<void> {
    let count = 1
    while ((await store.load(nameOf(mark, count))) !== undefined) count++
    // The last one goes first: the others are found by those before them.
    while (count-- > 0) await store.remove(nameOf(mark, count))
  }

  private put(id: VehicleId, record: CarRecord, piece: Piece): void {
    this.homes.get(id)?.cars.delete(id)
    piece.cars.set(id, record)
    this.homes.set(id, piece)
  }

  private addPiece(): Piece {
    const { store, mark, print, onTrouble } = this.options
    const cars: Piece['cars'] = new Map()
    const value = () => ({ v: 1, print, cars: Object.fromEntries(cars) })
    const trouble = (error: unknown) => {
      this.troubled ??= piece
      if (this.troubled === piece) onTrouble(error)
    }
    const piece: Piece = { cars, written: new Written(store, nameOf(mark, this.pieces.length), value, trouble) }
    this.pieces.push(piece)
    return piece
  }
}

const nameOf = (mark: string, piece: number): string => (piece === 0 ? `monitor:${mark}` : `monitor:${mark}:${piece}`)
