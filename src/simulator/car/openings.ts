import { isSignalId, type SignalId } from '../../vehicle/signals'
import { CarRefusal, type CarBody } from './body'

const doors: readonly SignalId[] = [
  'doors.frontLeft',
  'doors.frontRight',
  'doors.rearLeft',
  'doors.rearRight',
  'doors.hood',
  'doors.tailgate',
]

/** Doors, hood, tailgate, tank lid and windows, and the lock that keeps them shut. */
export class Openings {
  constructor(private readonly body: CarBody) {}

  /** Doors, hood and tailgate that keep the car from being locked. */
  get openDoors(): SignalId[] {
    return doors.filter((id) => this.body.get(id) === 'open' || this.body.get(id) === 'ajar')
  }

  /** The part that is meant by `tailgate`, `doors.rearLeft`, `windows.rearLeft` or, first a door then a window, `rearLeft`. */
  find(part: string): SignalId {
    const id = [part, `doors.${part}`, `windows.${part}`]
      .filter(isSignalId)
      .find((id) => /^(doors|windows)\./.test(id) && this.body.get(id) !== undefined)
    if (!id) throw new CarRefusal(`This car has no part ${part}`, 'part')
    return id
  }

  lock(): void {
    const [open] = this.openDoors
    if (open) throw new CarRefusal(`A door is open: ${open}`)
    this.turnLock('locked')
  }

  unlock(): void {
    this.turnLock('unlocked')
  }

  get isLocked(): boolean {
    return this.body.get('lock.central') === 'locked'
  }

  turn(id: SignalId, to: 'open' | 'closed'): void {
    if (this.body.get(id) === to) return
    const kind = id.startsWith('doors.') ? 'door' : 'window'
    this.body.put({ [id]: to })
    this.body.record(to === 'open' ? `${kind}-opened` : `${kind}-closed`, id)
    this.body.report(kind === 'door' ? 'doors' : 'windows')
  }

  private turnLock(to: 'locked' | 'unlocked'): void {
    if (this.body.get('lock.central') !== to) this.body.record(to)
    this.body.put({ 'lock.central': to })
    this.body.report('lock')
  }
}
