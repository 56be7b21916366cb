import type { Clock, Timer } from '../../clock'
import type { EventLog } from './events'
import type { Fleet } from './fleet'

const beat = 50
/** When the process could not keep up, no more than this many seconds are made up for. */
const mostBehind = 2
const metresPerEvent = 120

/** Cars of the fleet that drive around: so many events a second, from cars chosen by chance. */
export class Traffic {
  private perSecond = 0
  private owed = 0
  private last = 0
  private timer: Timer | undefined

  constructor(
    private readonly clock: Clock,
    private readonly fleet: Fleet,
    private readonly events: EventLog,
  ) {}

  /** 0 ends it. */
  flow(perSecond: number): void {
    this.timer?.cancel()
    this.timer = undefined
    this.perSecond = this.fleet.size ? perSecond : 0
    this.owed = 0
    this.last = this.clock.now()
    if (this.perSecond > 0) this.wait()
  }

  private wait(): void {
    this.timer = this.clock.after(beat, () => {
      this.wait()
      this.move()
    })
  }

  private move(): void {
    const now = this.clock.now()
    this.owed = Math.min(this.owed + ((now - this.last) / 1000) * this.perSecond, mostBehind * this.perSecond)
    this.last = now
    for (; this.owed >= 1; this.owed--) {
      const vehicle = this.fleet.at(Math.floor(this.clock.random() * this.fleet.size))
      if (vehicle.connected) this.events.recorded(vehicle, vehicle.roll(metresPerEvent))
    }
  }
}
