/** Reads for events that say only that something changed. */
import type { Reading } from '../../vehicle/reading'
import type { VehicleId } from '../../vehicle/vehicle'

/** What changed, where the event does not tell what it is now. */
export type Changed = 'state' | 'vehicle'

type Read = (vehicle: VehicleId, changed: Changed, over: AbortSignal) => Promise<readonly Reading[]>

/**
 * Of one car one at a time: what comes while one is under way may be newer than its answer, so all of that shares the
 * next. A burst of a hundred such events costs two calls.
 */
export class Rereads {
  /** Resolve when the read that is under way has ended, however. */
  private readonly running = new Map<string, Promise<void>>()
  private readonly waiting = new Map<string, ReturnType<Read>>()

  constructor(private readonly read: Read) {}

  /** Rejects as the read does. */
  take(vehicle: VehicleId, changed: Changed, over: AbortSignal): ReturnType<Read> {
    const key = `${changed} ${vehicle}`
    const waiting = this.waiting.get(key)
    if (waiting) return waiting
    const turn = this.running.get(key) ?? Promise.resolve()
    const answer = turn.then(() => this.begun(key, this.read(vehicle, changed, over)))
    this.waiting.set(key, answer)
    return answer
  }

  private begun(key: string, answer: ReturnType<Read>): ReturnType<Read> {
    this.waiting.delete(key)
    const end = () => {
      if (this.running.get(key) === ended) this.running.delete(key)
    }
    const ended: Promise<void> = answer.then(end, end)
    this.running.set(key, ended)
    return answer
  }
}
