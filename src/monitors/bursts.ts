/**
 * Hands what arrives to the account. Keeping takes a moment on the disk; what arrives for the same car meanwhile is kept
 * together, so that a burst takes a few writes and not one for each message.
 */
import type { Account } from '../account/account'
import type { Push } from '../providers/push'
import type { VehicleEvent } from '../vehicle/events'
import type { Reading } from '../vehicle/reading'
import type { SignalGroup, SignalId } from '../vehicle/signals'
import type { VehicleId } from '../vehicle/vehicle'

export interface Portion {
  readings: readonly Reading[]
  groups: readonly SignalGroup[]
  events: readonly VehicleEvent[]
  receivedAt: number
  late: boolean
  trip?: Push['trip']
  causedBy?: Push['causedBy']
}

interface Waiting extends Portion {
  settle: (work: Promise<boolean>) => void
}

/** A burst larger than this is kept in several steps. */
const most = 200

export class Bursts {
  private readonly waiting = new Map<VehicleId, Waiting[]>()

  constructor(private readonly account: Pick<Account, 'deliver'>) {}

  /** Resolves and rejects as `deliver` of the account does. Events stay each by itself, and in order. */
  hand(vehicle: VehicleId, portion: Portion): Promise<boolean> {
    return new Promise((resolve) => {
      const waiting = { ...portion, settle: resolve }
      const line = this.waiting.get(vehicle)
      if (line) return void line.push(waiting)
      this.waiting.set(vehicle, [waiting])
      void this.run(vehicle)
    })
  }

  private async run(vehicle: VehicleId): Promise<void> {
    const line = this.waiting.get(vehicle) ?? []
    while (line.length > 0) {
      const burst = line.splice(0, together(line))
      const work = this.account.deliver(vehicle, whole(burst))
      for (const { settle } of burst) settle(work)
      await work.catch(() => undefined)
    }
    this.waiting.delete(vehicle)
  }
}

/**
 * How many from the front may be taken in as one moment. Of numbers the newest counts; a word that changes
 * once more begins a new moment, or what it meant would be missed.
 */
function together([first, ...others]: readonly Waiting[]): number {
  if (!first) return 0
  if (isByItself(first)) return 1
  const said = new Map<SignalId, unknown>()
  const fits = (portion: Portion) =>
    portion.late === first.late &&
    !isByItself(portion) &&
    portion.readings.every(({ signal, value }) => isOutdated(value) || !said.has(signal) || said.get(signal) === value)
  const note = ({ readings }: Portion) => readings.forEach(({ signal, value }) => said.set(signal, value))
  note(first)
  let count = 1
  for (const portion of others) {
    if (count >= most || !fits(portion)) break
    note(portion)
    count++
  }
  return count
}

/** The next one makes it worthless. */
const isOutdated = (value: unknown): boolean => typeof value === 'number'

/** What it says of a trip or of a command is about nothing else. */
const isByItself = ({ trip, causedBy }: Portion): boolean => trip !== undefined || causedBy !== undefined

const whole = (burst: readonly Portion[]) => ({
  ...burst[0],
  readings: burst.flatMap(({ readings }) => readings),
  groups: [...new Set(burst.flatMap(({ groups }) => groups))],
  events: burst.flatMap(({ events }) => events),
  receivedAt: Math.max(...burst.map(({ receivedAt }) => receivedAt)),
  late: burst.some(({ late }) => late),
})
