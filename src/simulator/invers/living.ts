import type { Clock } from '../../clock'
import { CarRefusal } from '../car/body'
import type { SimulatedCar } from '../car/car'
import { inversCars } from './cars'
import { isThirdParty, listingOf, type InversCommand, type InversListing, type StateProperty } from './listing'
import { sources, type Know } from './sources'
import {
  lastHeartbeat,
  type Circumstances,
  type Fresh,
  type InversVehicle,
  type Papers,
  type Recorded,
  type Since,
} from './vehicle'

const driving = (car: SimulatedCar, enabled: boolean) => {
  car.set('vehicle.drivingEnabled', enabled)
  car.signalled(enabled ? 'driving-enabled' : 'driving-disabled')
}
const topCase = (car: SimulatedCar, to: 'locked' | 'unlocked') => {
  if (to === 'locked' && car.truth('doors.topCase') === 'open') throw new CarRefusal('The top case is open')
  car.set('lock.topCase', to)
}

/** What the car does, and which properties are fresh afterwards. INVERS: effect of each command */
const effects: Readonly<Record<InversCommand, { act: (car: SimulatedCar) => void; fresh: Fresh | 'all' }>> = {
  REQUEST_VEHICLE_STATE: { act: () => undefined, fresh: 'all' },
  UNLOCK_CENTRAL_LOCK: { act: (car) => car.unlock(), fresh: ['central_lock'] },
  LOCK_CENTRAL_LOCK: { act: (car) => car.lock(), fresh: ['central_lock'] },
  ENABLE_DRIVING: { act: (car) => driving(car, true), fresh: ['driving_enabled'] },
  DISABLE_DRIVING: { act: (car) => driving(car, false), fresh: ['driving_enabled'] },
  UNLOCK_AND_ENABLE_DRIVING: {
    act: (car) => {
      car.unlock()
      driving(car, true)
    },
    fresh: ['central_lock', 'driving_enabled'],
  },
  LOCK_AND_DISABLE_DRIVING: {
    act: (car) => {
      car.lock()
      driving(car, false)
    },
    fresh: ['central_lock', 'driving_enabled'],
  },
  UNLOCK_TOP_CASE: { act: (car) => topCase(car, 'unlocked'), fresh: ['top_case_lock'] },
  LOCK_TOP_CASE: { act: (car) => topCase(car, 'locked'), fresh: ['top_case_lock'] },
  DRAW_ATTENTION: { act: (car) => car.signalled('drew-attention'), fresh: [] },
  // What becomes of it in the state is not documented.
  UNLOCK_BATTERY_COMPARTMENT: { act: (car) => car.signalled('battery-compartment-unlocked'), fresh: [] },
}

const words = ['life', 'rental', 'operation'] as const
type Word = (typeof words)[number]

/** What is different since the platform listened last. */
export interface Heard {
  fresh: Fresh
  /** Why the vehicle object is another one. */
  reasons: readonly string[]
  lockChanged: boolean
  trip?: 'STARTED' | 'ENDED'
}

/** Seconds between two reports of a unit in standby. INVERS: use from a rental flow */
const standbyReportEvery = 30 * 60

/** Younger, or as old and different. */
const isNews = (before: Recorded, now: Recorded): boolean =>
  now.at > before.at || (now.at === before.at && JSON.stringify(now.value) !== JSON.stringify(before.value))

/** A car that was added like another one has an id and a plate of its own. */
function ownListing(car: SimulatedCar): InversListing {
  const listing = listingOf(car)
  if (inversCars.some(({ key }) => key === car.key)) return listing
  const number = car.profile.vin.slice(-4)
  return {
    ...listing,
    id: car.key.toUpperCase(),
    plate: `B-ADD ${number}`,
    name: car.key,
    unit: { ...listing.unit, id: car.profile.vin },
  }
}

/** A simulated car with a life of its own, as the platform sees it: what the car told, and what commands brought back. */
export class LivingVehicle implements InversVehicle {
  readonly listing: InversListing
  readonly papers: Papers
  private known = new Map<StateProperty, Recorded>()
  private readonly said: Record<Word, Since>
  private wasMoving = false

  constructor(
    readonly car: SimulatedCar,
    private readonly clock: Clock,
    fleet: string,
  ) {
    const { vin, model, year } = car.profile
    this.listing = ownListing(car)
    const now = clock.now()
    this.papers = { vin, model, year, fleet, createdAt: now }
    this.said = {
      life: { value: 'ONLINE', at: now },
      rental: { value: 'NOT_IN_RENTAL', at: now },
      operation: { value: 'OPERATING', at: now },
    }
    this.hear()
    this.reportFromTimeToTime()
  }

  get id(): string {
    return this.listing.id
  }

  get life(): Since {
    return this.said.life
  }

  get operation(): Since {
    return this.said.operation
  }

  get rental(): Since {
    return this.said.rental
  }

  get moving(): boolean {
    return this.car.isDriving || this.car.truth('vehicle.moving') === true
  }

  /** A CloudBoxx answers in standby too; a maker's cloud does not reach a car that sleeps. */
  get connected(): boolean {
    const reason = this.car.truth('reachability.reason')
    return reason !== 'no-internet' && !(isThirdParty(this.listing) && reason === 'power-saving')
  }

  get lastContact(): number {
    const latest = Math.max(0, ...[...this.known.values()].map(({ at }) => at))
    return this.connected ? Math.max(latest, lastHeartbeat(this.clock.now(), 0)) : latest
  }

  state(): ReadonlyMap<StateProperty, Recorded> {
    return this.known
  }

  /** Takes in what the car told since; gives what is different now. Nothing comes from a car without a connection. */
  hear(): Heard {
    const reasons = this.noticeWords()
    const lock = this.known.get('central_lock')?.value
    const fresh = this.connected ? this.take((id) => this.car.told(id)) : []
    const { moving } = this
    const trip = moving === this.wasMoving ? undefined : moving ? 'STARTED' : 'ENDED'
    this.wasMoving = moving
    return { reasons, fresh, lockChanged: lock !== this.known.get('central_lock')?.value, ...(trip ? { trip } : {}) }
  }

  perform(command: InversCommand): Fresh {
    const { act, fresh } = effects[command]
    act(this.car)
    const touched = fresh === 'all' ? this.listing.state : fresh
    const at = this.clock.now()
    const know: Know = (id) => {
      const value = this.car.truth(id)
      return value === undefined ? undefined : { value, at }
    }
    this.take(know, touched)
    return touched
  }

  change({ moving, connected, rental, operation }: Partial<Circumstances>): void {
    if (moving !== undefined) this.car.set('vehicle.moving', moving)
    if (connected !== undefined)
      this.car.setAll({
        'reachability.status': connected ? 'available' : 'unavailable',
        'reachability.reason': connected ? null : 'no-internet',
      })
    if (rental) this.car.set('vehicle.rental', rental === 'IN_RENTAL' ? 'rented' : 'free')
    if (operation) this.car.set('vehicle.operation', operation === 'GARAGE' ? 'garage' : 'operating')
  }

  /** The car was put back to its start. */
  forget(): void {
    this.known.clear()
    this.hear()
  }

  private take(know: Know, only: readonly StateProperty[] = this.listing.state): StateProperty[] {
    const fresh: StateProperty[] = []
    for (const name of this.listing.state) {
      const now = only.includes(name) ? sources[name](know, this.car) : undefined
      const before = this.known.get(name)
      if (!now || (before && !isNews(before, now))) continue
      this.known.set(name, now)
      fresh.push(name)
    }
    return fresh
  }

  /** Which words of the vehicle object are different now. */
  private noticeWords(): string[] {
    const at = this.clock.now()
    const now: Record<Word, string> = {
      life: this.connected ? 'ONLINE' : 'OFFLINE',
      rental: this.car.truth('vehicle.rental') === 'rented' ? 'IN_RENTAL' : 'NOT_IN_RENTAL',
      operation: this.car.truth('vehicle.operation') === 'garage' ? 'GARAGE' : 'OPERATING',
    }
    return words.flatMap((word) => {
      if (now[word] === this.said[word].value) return []
      this.said[word] = { value: now[word], at }
      return [`${word.toUpperCase()}_STATUS_CHANGED`]
    })
  }

  private reportFromTimeToTime(): void {
    const { body } = this.car
    let since = 0
    body.attach({
      active: false,
      step: (seconds) => {
        since += seconds
        if (since < standbyReportEvery) return
        since = 0
        body.report('position', 'odometer', 'energy', 'fuel')
      },
    })
  }
}
