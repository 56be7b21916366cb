import type { Clock } from '../../clock'
import { hours } from '../../clock'
import type { SignalValue } from '../../vehicle/reading'
import type { SignalId } from '../../vehicle/signals'
import { turnAlert } from './alerts'
import { CarBody, CarRefusal, type Edge, type Lag, type Told } from './body'
import { Charging } from './charging'
import { checkedIds } from './checkedIds'
import { Driving, type Place } from './driving'
import { Openings } from './openings'
import type { CarProfile } from './profile'
import { Remote } from './remote'
import { allSections, sectionOf } from './sections'

export type Privacy = 'none' | 'geolocation' | 'full'

export interface CarOptions {
  lag: Lag
  /** Lives only when told to. */
  frozen: boolean
  /** Something about the car is different now. */
  changed: (car: SimulatedCar) => void
  /** A report reached the car's cloud; `at` is the car's own time, ms since 1970. */
  arrived?: (car: SimulatedCar, at: number) => void
}

/** An unused car goes to standby after this many hours (Volvo: 3 to 5 days). */
const standbyAfter = 4 * 24

/**
 * One simulated car. The methods are what people and clouds do to it; they throw a `CarRefusal` when the car, as it
 * stands, cannot. `truth` is how the car is, `told` is what its cloud knows.
 */
export class SimulatedCar {
  readonly body: CarBody
  private readonly charging: Charging
  private readonly driving: Driving
  private readonly openings: Openings
  private readonly remote: Remote
  private readonly frozen: boolean
  /** What the car starts with when it is reset; `set` does not change it. */
  private readonly start: Partial<Record<SignalId, SignalValue>>

  constructor(
    readonly profile: CarProfile,
    private readonly clock: Clock,
    options: CarOptions,
  ) {
    this.frozen = options.frozen
    this.start = profile.start
    this.body = new CarBody(
      profile,
      clock,
      options.lag,
      () => options.changed(this),
      () => options.arrived?.(this, this.body.time),
    )
    this.charging = new Charging(this.body)
    this.driving = new Driving(this.body, this.charging)
    this.openings = new Openings(this.body)
    this.remote = new Remote(this.body)
    this.body.attach(this.charging)
    this.body.attach(this.driving)
    this.reset()
  }

  get id(): string {
    return this.profile.vin
  }

  get key(): string {
    return this.profile.key
  }

  /** What truly happened, oldest first, with the car's own times. */
  get history(): readonly Edge[] {
    return this.body.history
  }

  /** When the cable that is in now was plugged in, ms since 1970. */
  get pluggedInAt(): number | undefined {
    return this.charging.pluggedInAt
  }

  get asleep(): boolean {
    return this.body.get('reachability.reason') === 'power-saving'
  }

  get isDriving(): boolean {
    return this.driving.active
  }

  get privacy(): Privacy {
    return (this.body.get('reachability.privacy') as Privacy | undefined) ?? 'none'
  }

  /** Seconds that a report takes to the cloud. */
  set lag(lag: Lag) {
    this.body.lag = lag
  }

  /** How the car is now. */
  truth(id: SignalId): SignalValue | undefined {
    return this.body.get(id)
  }

  /** What the cloud knows, and from when. */
  told(id: SignalId): Told | undefined {
    return this.body.told(id)
  }

  /** When the car truly did this last, ms since 1970. */
  when(what: string): number | undefined {
    return this.history.findLast((edge) => edge.what === what)?.at
  }

  /** Brings the car to the simulator's time. */
  sync(): void {
    const behind = this.clock.now() - this.body.time
    if (behind <= 0) return
    if (this.frozen) this.body.skip(behind)
    else this.body.live(behind)
  }

  /** Lets time pass for this car alone. */
  tick(seconds: number): void {
    this.body.live(seconds * 1000)
  }

  reset(): void {
    this.driving.reset()
    this.charging.pluggedInAt = undefined
    this.body.reset(this.start)
    this.charging.settle()
    this.body.tellAll()
    this.used()
  }

  plugIn(type: 'ac' | 'dc' = 'ac'): void {
    this.sync()
    if (this.isDriving) throw new CarRefusal('This car is driving')
    this.charging.plugIn(type)
    this.used()
  }

  unplug(): void {
    this.sync()
    this.charging.unplug()
    this.used()
  }

  startCharging(): void {
    this.sync()
    this.charging.start()
  }

  stopCharging(): void {
    this.sync()
    this.charging.stop()
  }

  /** Opens a door, hood, tailgate, tank lid or window: `rearLeft`, `tailgate`, `doors.rearLeft`, `windows.rearLeft`, `sunroof`. */
  open(part: string): void {
    this.sync()
    const id = this.openings.find(part)
    if (id.startsWith('doors.')) {
      if (this.isDriving) throw new CarRefusal('This car is driving')
      if (this.openings.isLocked) this.unlock()
    }
    this.openings.turn(id, 'open')
    this.used()
  }

  close(part: string): void {
    this.sync()
    this.openings.turn(this.openings.find(part), 'closed')
    this.used()
  }

  lock(): void {
    this.sync()
    this.openings.lock()
  }

  unlock(): void {
    this.sync()
    this.openings.unlock()
  }

  /** Sets off to a place or for some kilometres (default 10); parks by itself on arrival. */
  drive(goal: { to?: Place; km?: number } = {}): void {
    this.sync()
    if (this.isDriving) throw new CarRefusal('This car is driving already')
    if (this.asleep) this.wake()
    if (this.openings.isLocked) this.unlock()
    for (const id of this.openings.openDoors) this.openings.turn(id, 'closed')
    this.remote.handOver()
    this.driving.start(goal)
    this.used()
  }

  park(): void {
    this.sync()
    this.driving.park()
    this.used()
  }

  /** Standby: only starting the car, or `wake`, ends it. */
  sleep(): void {
    this.sync()
    if (this.isDriving) throw new CarRefusal('This car is driving')
    if (this.asleep) return
    this.body.put({ 'reachability.status': 'unavailable', 'reachability.reason': 'power-saving' })
    this.body.record('unreachable')
    this.body.report('reachability')
  }

  wake(): void {
    this.sync()
    if (this.asleep) {
      this.body.put({ 'reachability.status': 'available', 'reachability.reason': undefined })
      this.body.record('reachable')
      this.body.report('reachability')
    }
    this.used()
  }

  setPrivacy(privacy: Privacy): void {
    this.sync()
    if (this.privacy === privacy) return
    this.body.put({ 'reachability.privacy': privacy })
    this.body.record('privacy-changed')
    this.body.report(...allSections)
  }

  startClimate(): void {
    this.sync()
    this.remote.startClimate()
  }

  stopClimate(): void {
    this.sync()
    this.remote.stopClimate()
  }

  /** From afar, for so many minutes. */
  startEngine(minutes: number): void {
    this.sync()
    this.remote.startEngine(minutes)
  }

  stopEngine(): void {
    this.sync()
    if (!this.isDriving) this.remote.stopEngine()
  }

  /** Tells everything as it is now. */
  reportAll(): void {
    this.sync()
    this.body.report(...allSections)
  }

  /** Something that leaves no state behind, such as a honk. */
  signalled(what: string): void {
    this.sync()
    this.body.record(what)
  }

  /**
   * Makes one fact true, in the catalogue's unit and words, and reports it; `null` takes it away. Charging follows a
   * changed level or limit.
   */
  set(id: string, value: unknown): void {
    this.setAll({ [id]: value })
  }

  /** Several facts at once; when one is wrong none is set. */
  setAll(values: Readonly<Record<string, unknown>>): void {
    this.sync()
    const ids = checkedIds(values)
    for (const id of ids) this.body.put({ [id]: values[id] === null ? undefined : (values[id] as SignalValue) })
    if (ids.includes('battery.stateOfCharge') || ids.includes('charging.chargeLimit')) this.charging.settle()
    for (const id of ids) this.body.record('set', id)
    this.body.report(...new Set(ids.map(sectionOf)))
  }

  /** Raises or clears an alert: a name of `alertSigns`, or any other code, which joins `alerts.active`. */
  alert(code: string, active = true): void {
    this.sync()
    turnAlert(this.body, code, active)
  }

  /** The first door, hood or tailgate that is open. */
  get openDoor(): SignalId | undefined {
    return this.openings.openDoors[0]
  }

  /** Somebody was at the car: standby is far again. */
  private used(): void {
    this.body.plan('standby', hours(standbyAfter) / 1000, () => {
      if (!this.isDriving) this.sleep()
    })
  }
}
