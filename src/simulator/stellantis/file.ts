import type { SimulatedCar } from '../car/car'
import { distance } from '../car/driving'
import { alertIn, alertTypeOf, severityOf } from './alertTypes'
import { factsOf, type Ask } from './endpoint'
import { idOf } from './errors'
import { instant, type Facts, type Told, type Wire } from './facts'
import { listingOf } from './listing'
import { plausiblePast, type Past } from './past'
import { spotOf, type Spot } from './position'
import type { Alert, Collision, Levels, Session, Stolen, Trip } from './records'
import { sayAlert, sayCollision, sayStolen, sayTrip, type Addressed } from './say'
import type { SignalId } from '../../vehicle/signals'
import * as words from './words'

/** A moment at which the car told something. */
export interface Sample {
  at: number
  told: ReadonlyMap<SignalId, Told>
}

const keptSamples = 500

const levelsOf = (facts: Facts): Levels => {
  const { tank } = facts.profile
  const electric = facts.number('battery.stateOfCharge')
  const fuel = facts.number('fuel.level') ?? (tank && facts.times('fuel.amount', 100 / tank.litres, 1))
  return {
    ...(electric === undefined ? {} : { electric: { level: electric, autonomy: facts.number('battery.range') ?? 0 } }),
    ...(fuel === undefined ? {} : { fuel: { level: fuel, autonomy: facts.number('fuel.range') ?? 0 } }),
  }
}

/** What the cloud has written down about one car beside its present state. */
export class CarFile {
  /** What the car told since the simulator began. */
  readonly samples: Sample[] = []
  readonly past: Past

  constructor(
    readonly car: SimulatedCar,
    at: number,
  ) {
    const facts = factsOf(car)
    const spot = spotOf(facts) ?? { latitude: 48.8, longitude: 2.2 }
    const present = { at, spot, odometer: facts.number('vehicle.odometer') ?? 0, levels: levelsOf(facts) }
    this.past = listingOf(car).connected
      ? plausiblePast(car.profile, present)
      : { alerts: [], alarms: [], collisions: [], stolen: [], trips: [], sessions: [] }
    this.lastOdometer = present.odometer
    if (listingOf(car).connected) this.updateAlarms(facts)
  }

  private lastOdometer: number

  get alarmId(): string {
    return idOf(`alarm ${this.car.id}`, 10)
  }

  /** Alerts that last. */
  get active(): Alert[] {
    return this.past.alerts.filter(({ endAt }) => endAt === undefined)
  }

  get lastTrip(): Trip | undefined {
    return this.past.trips.at(-1)
  }

  get lastDoneTrip(): Trip | undefined {
    return this.past.trips.findLast(({ done }) => done)
  }

  get lastCollision(): Collision | undefined {
    return this.past.collisions.at(-1)
  }

  /** Compares what the car tells now with what is written down. */
  update(at: number): void {
    const facts = factsOf(this.car)
    this.updateAlerts(facts, at)
    this.updateAlarms(facts)
    this.updateTrip(facts, at)
    this.updateSession(facts, at)
    this.updateStolen(facts, at)
    this.updateCollisions(facts)
    this.samples.push({ at, told: new Map(Object.entries(this.car.body.everythingTold())) as ReadonlyMap<SignalId, Told> })
    if (this.samples.length > keptSamples) this.samples.shift()
  }

  private updateAlerts(facts: Facts, at: number): void {
    const active = new Set((facts.list('alerts.active') ?? []).flatMap((code) => alertTypeOf(String(code)) ?? []))
    const spot = spotOf(facts)
    const seen = facts.at('alerts.active') ?? at
    for (const alert of this.active) if (!active.delete(alert.type)) Object.assign(alert, { endAt: seen, endSpot: spot })
    for (const type of active) {
      const id = idOf(`alert ${this.car.id} ${type} ${seen}`, 32)
      this.past.alerts.push({ id, type, severity: severityOf(type), startedAt: seen, ...(spot ? { startSpot: spot } : {}) })
    }
  }

  /** Alarms are known by the time at which the car told them. */
  private updateAlarms(facts: Facts): void {
    const { alarms } = this.past
    const newest = (kind: 'activation' | 'type') => alarms.findLast((alarm) => alarm[kind] !== undefined)
    const activation = facts.word('alerts.alarm', words.alarm)
    const at = facts.at('alerts.alarm')
    if (activation && at !== undefined && newest('activation')?.activation !== activation)
      alarms.push({ id: idOf(`alarm ${this.car.id} ${activation} ${at}`, 10), at, activation })
    const type = facts.word('alerts.alarmTrigger', words.breakIn)
    const since = facts.at('alerts.alarmTrigger')
    const spot = spotOf(facts)
    if (type && since !== undefined && newest('type')?.at !== since)
      alarms.push({ id: idOf(`alarm ${this.car.id} ${type} ${since}`, 10), at: since, type, ...(spot ? { spot } : {}) })
  }

  private updateTrip(facts: Facts, at: number): void {
    const moving = facts.flag('vehicle.moving')
    const running = this.past.trips.findLast(({ done }) => !done)
    const spot = spotOf(facts)
    const odometer = facts.number('vehicle.odometer', 3) ?? this.lastOdometer
    if (!running) {
      if (moving) this.beginTrip(facts, facts.at('vehicle.moving') ?? at, odometer)
      return
    }
    const last = running.path.at(-1)
    if (spot && last && distance(last.spot, spot) > 0.01) {
      const speed = facts.number('vehicle.speed') ?? 0
      running.path.push({ at, spot, speed, driven: odometer - running.startMileage })
    }
    Object.assign(running, {
      stoppedAt: at,
      distance: Math.max(0, odometer - running.startMileage),
      end: levelsOf(facts),
      done: !moving,
    })
  }

  private beginTrip(facts: Facts, at: number, odometer: number): void {
    const spot = spotOf(facts)
    this.past.trips.push({
      id: idOf(`trip ${this.car.id} ${at}`),
      startedAt: at,
      stoppedAt: at,
      done: false,
      startMileage: odometer,
      distance: 0,
      start: levelsOf(facts),
      end: levelsOf(facts),
      path: spot ? [{ at, spot, speed: 0, driven: 0 }] : [],
    })
  }

  private updateSession(facts: Facts, at: number): void {
    const status = facts.text('charging.status')
    const level = facts.number('battery.stateOfCharge')
    const running = this.past.sessions.findLast(({ done }) => !done)
    if (level === undefined) return
    if (!running) {
      if (status === 'charging') this.beginSession(facts, facts.at('charging.status') ?? at, level)
      return
    }
    Object.assign(running, { end: at, to: level })
    if (status === 'charging') return
    const reasons: Readonly<Record<string, Session['finishReason']>> = { complete: 'Finished', fault: 'Failure' }
    const unplugged = facts.text('charging.connection') === 'disconnected'
    Object.assign(running, { done: true, finishReason: reasons[status] ?? (unplugged ? 'Disconnected' : 'Stopped') })
  }

  private beginSession(facts: Facts, at: number, level: number): void {
    const spot = spotOf(facts)
    this.past.sessions.push({
      id: idOf(`session ${this.car.id} ${at}`),
      start: at,
      end: at,
      done: false,
      type: facts.text('charging.type') === 'dc' ? 'DC' : 'AC',
      from: level,
      to: level,
      ...(spot ? { spot } : {}),
    })
  }

  private updateStolen(facts: Facts, at: number): void {
    const stolen = facts.flag('alerts.stolen')
    const running = this.past.stolen.find(({ endAt }) => endAt === undefined)
    const spot = spotOf(facts)
    if (stolen && !running) {
      const since = Date.parse(facts.text('alerts.stolenSince')) || (facts.at('alerts.stolen') ?? at)
      const path = spot ? [waypoint(at, spot)] : []
      this.past.stolen.push({ id: idOf(`stolen ${this.car.id} ${since}`, 12), startedAt: since, path })
    } else if (running && stolen === false) running.endAt = facts.at('alerts.stolen') ?? at
    else if (running && spot) running.path.push(waypoint(at, spot))
  }

  private updateCollisions(facts: Facts): void {
    const collision = facts.value('alerts.collision') as
      | {
          at?: string
          sides?: { side: string; severity?: string }[]
          tippedOver?: boolean
          pedestrian?: boolean
          unlockRequested?: boolean
        }
      | undefined
    if (!collision) return
    const at = Date.parse(collision.at ?? '') || (facts.at('alerts.collision') ?? 0)
    const id = idOf(`collision ${this.car.id} ${at}`)
    if (this.past.collisions.some((known) => known.id === id)) return
    this.past.collisions.push({
      id,
      at,
      tippedOver: collision.tippedOver ?? false,
      pedestrian: collision.pedestrian ?? false,
      unlockRequested: collision.unlockRequested ?? false,
      details: (collision.sides ?? []).flatMap(({ side, severity }) => {
        const said = words.collisionSide[side]
        const hard = words.collisionSeverity[severity ?? '']
        return said ? [{ side: said, ...(hard ? { severity: hard } : {}) }] : []
      }),
    })
  }

  sayAlert(alert: Alert, ask: Addressed, withPosition: boolean): Wire | undefined {
    return sayAlert(alert, this.car, ask, withPosition)
  }

  sayCollision(collision: Collision, ask: Addressed): Wire {
    const trip = this.past.trips.find(({ startedAt, stoppedAt }) => startedAt <= collision.at && collision.at <= stoppedAt)
    return sayCollision(collision, this.car, ask, trip)
  }

  sayTrip(trip: Trip, ask: Addressed, withPosition = true): Wire {
    return sayTrip(trip, this.car, ask, withPosition)
  }

  activeAlerts(ask: Addressed & Pick<Ask, 'scopes'>, facts: Facts): { createdAt: string; activeAlerts: Wire[] } | undefined {
    const at = facts.at('alerts.active')
    if (at === undefined) return undefined
    const withPosition = ask.scopes.has('data:telemetry:vehicle:location') && facts.text('reachability.privacy') === 'none'
    return {
      createdAt: instant(at),
      activeAlerts: this.active.flatMap((alert) => {
        const said = this.sayAlert(alert, ask, withPosition)
        return said ? [undated(said)] : []
      }),
    }
  }

  alertReport(facts: Facts): Wire | undefined {
    const at = facts.at('alerts.active')
    if (at === undefined) return undefined
    const reportDetails = this.active.flatMap(({ type, severity }) => {
      const name = alertIn(type, 'v1')
      return name ? [{ active: true, type: name, severity }] : []
    })
    return { createdAt: instant(at), reportDetails }
  }

  /** A report that is told: the latest one. */
  stolenNow(ask: Addressed): Wire | undefined {
    const report: Stolen | undefined = this.past.stolen.at(-1)
    if (!report || factsOf(this.car).at('alerts.stolen') === undefined) return undefined
    const { updatedAt: _updatedAt, ...said } = sayStolen(report, this.car, ask)
    return said
  }
}

const waypoint = (at: number, spot: Spot) => ({ at, spot, speed: 0, driven: 0 })

/** Active alerts inside the telemetry have no times of their own record. */
const undated = ({ createdAt: _createdAt, updatedAt: _updatedAt, ...rest }: Wire): Wire => rest

/** The files of all cars, opened when first asked for. */
export class CarFiles {
  private files = new Map<SimulatedCar, CarFile>()

  constructor(private readonly now: () => number) {}

  of(car: SimulatedCar): CarFile {
    const known = this.files.get(car)
    if (known) return known
    const file = new CarFile(car, this.now())
    this.files.set(car, file)
    return file
  }

  reset(): void {
    this.files.clear()
  }
}
