/** Who is due when: a binary heap, so that ten thousand cars cost no more to look after than ten. */
export class Agenda<Id> {
  private readonly heap: { id: Id; at: number }[] = []
  private readonly places = new Map<Id, number>()

  get size(): number {
    return this.heap.length
  }

  /** The earliest entry. */
  get first(): { readonly id: Id; readonly at: number } | undefined {
    return this.heap[0]
  }

  /** Enters `id` at `at`, or moves it there. */
  set(id: Id, at: number): void {
    this.delete(id)
    this.heap.push({ id, at })
    this.places.set(id, this.heap.length - 1)
    this.rise(this.heap.length - 1)
  }

  delete(id: Id): void {
    const place = this.places.get(id)
    const last = this.heap.pop()
    if (place === undefined || last === undefined) {
      if (last !== undefined) this.heap.push(last)
      return
    }
    this.places.delete(id)
    if (place === this.heap.length) return
    this.heap[place] = last
    this.places.set(last.id, place)
    this.rise(place)
    this.sink(place)
  }

  clear(): void {
    this.heap.length = 0
    this.places.clear()
  }

  private at(place: number): number {
    return this.heap[place]?.at ?? Infinity
  }

  private rise(from: number): void {
    for (let place = from; place > 0;) {
      const parent = (place - 1) >> 1
      if (this.at(parent) <= this.at(place)) return
      this.swap(parent, place)
      place = parent
    }
  }

  private sink(from: number): void {
    for (let place = from; ;) {
      const left = 2 * place + 1
      const smaller = this.at(left + 1) < this.at(left) ? left + 1 : left
      if (this.at(smaller) >= this.at(place)) return
      this.swap(smaller, place)
      place = smaller
    }
  }

  private swap(a: number, b: number): void {
    const [one, other] = [this.heap[a], this.heap[b]]
    if (!one || !other) return
    this.heap[a] = other
    this.heap[b] = one
    this.places.set(other.id, a)
    this.places.set(one.id, b)
  }
}
