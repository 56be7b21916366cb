/** A value that is on disk a moment after each change. Many changes at once are one write. */
import type { StateStore } from './stateStore'

export class Written {
  private writing: Promise<void> = Promise.resolve()
  private waiting?: Promise<void>
  private over = false

  constructor(
    private readonly store: StateStore,
    private readonly name: string,
    private readonly value: () => unknown,
    /** Told once when nothing can be written, and again only after it went well. */
    private readonly onTrouble: (error: unknown) => void,
  ) {}

  private troubled = false

  load(): Promise<unknown> {
    return this.store.load(this.name).catch(() => undefined)
  }

  /** Through when the value as it is now is on disk. A disk that is full stops nothing: rejects never. */
  save(): Promise<void> {
    if (this.over) return this.writing
    this.waiting ??= this.writing.then(() => {
      this.waiting = undefined
      this.writing = this.write()
      return this.writing
    })
    return this.waiting
  }

  /** The last write; later changes are nobody's. */
  close(): Promise<void> {
    const last = this.save()
    this.over = true
    return last
  }

  private async write(): Promise<void> {
    try {
      await this.store.save(this.name, this.value())
      this.troubled = false
    } catch (error) {
      if (!this.troubled) this.onTrouble(error)
      this.troubled = true
    }
  }
}
