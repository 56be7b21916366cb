import type { SimulatedCar } from '../car/car'
import { alertIn, alertTypeOf, severityOf, type Severity } from './alertTypes'
import { factsOf, link, type Ask } from './endpoint'
import { idOf } from './errors'
import { instant, told, type Facts, type Wire } from './facts'
import { longId } from './gateway'
import type { Generation } from './listing'
import { feature, spotOf, type Spot } from './position'

export interface Alert {
  id: string
  type: string
  severity: Severity
  startedAt: number
  endAt?: number
  startSpot?: Spot
  endSpot?: Spot
}

/** Address of a car below the root that the caller uses. */
export const carAddress = ({ root, generation }: Pick<Ask, 'root' | 'generation'>, car: SimulatedCar): string =>
  `${root}/vehicles/${generation === 'v1' ? car.id : longId(car.id)}`

const whereAndWhen = (spot: Spot | undefined, at: number) =>
  spot &&
  feature(spot, told({ heading: spot.heading, type: 'Acquire', fixStatus: '3D', signalQuality: 9, createdAt: instant(at) }))

/** What the cloud has written down about one car beside its present state. */
export class CarFile {
  readonly alerts: Alert[] = []

  constructor(readonly car: SimulatedCar) {}

  get alarmId(): string {
    return idOf(`alarm ${this.car.id}`, 10)
  }

  /** Compares what the car tells now with what is written down. */
  update(at: number): void {
    this.updateAlerts(factsOf(this.car), at)
  }

  private updateAlerts(facts: Facts, at: number): void {
    const active = new Set((facts.list('alerts.active') ?? []).flatMap((code) => alertTypeOf(String(code)) ?? []))
    const spot = spotOf(facts)
    const seen = facts.at('alerts.active') ?? at
    for (const alert of this.alerts)
      if (alert.endAt === undefined && !active.delete(alert.type)) Object.assign(alert, { endAt: seen, endSpot: spot })
    for (const type of active) {
      const id = idOf(`alert ${this.car.id} ${type} ${seen}`, 32)
      this.alerts.push({ id, type, severity: severityOf(type), startedAt: seen, startSpot: spot })
    }
  }

  sayAlert(alert: Alert, ask: Pick<Ask, 'root' | 'generation'>, withPosition: boolean): Wire | undefined {
    const type = alertIn(alert.type, ask.generation)
    if (!type) return undefined
    const self = carAddress(ask, this.car)
    const { endAt } = alert
    return told({
      _links: { self: link(`${self}/alerts/${alert.id}`), vehicle: link(self) },
      id: alert.id,
      active: endAt === undefined,
      type,
      severity: alert.severity,
      startedAt: instant(alert.startedAt),
      endAt: endAt === undefined ? undefined : instant(endAt),
      createdAt: instant(alert.startedAt + 1000),
      updatedAt: instant((endAt ?? alert.startedAt) + 1000),
      startPosition: withPosition ? whereAndWhen(alert.startSpot, alert.startedAt) : undefined,
      endPosition: withPosition && endAt !== undefined ? whereAndWhen(alert.endSpot, endAt) : undefined,
    })
  }

  activeAlerts(ask: Pick<Ask, 'root' | 'generation' | 'scopes'>, facts: Facts): Wire | undefined {
    const at = facts.at('alerts.active')
    if (at === undefined) return undefined
    const withPosition = ask.scopes.has('data:telemetry:vehicle:location') && facts.text('reachability.privacy') === 'none'
    const active = this.alerts.filter(({ endAt }) => endAt === undefined)
    return {
      createdAt: instant(at),
      activeAlerts: active.flatMap((alert) => {
        const said = this.sayAlert(alert, ask, withPosition)
        if (!said) return []
        return [Object.fromEntries(Object.entries(said).filter(([name]) => name !== 'createdAt' && name !== 'updatedAt'))]
      }),
    }
  }

  alertReport(facts: Facts, generation: Generation = 'v1'): Wire | undefined {
    const at = facts.at('alerts.active')
    if (at === undefined) return undefined
    const reportDetails = this.alerts.flatMap(({ endAt, type, severity }) => {
      const name = alertIn(type, generation)
      return endAt === undefined && name ? [{ active: true, type: name, severity }] : []
    })
    return { createdAt: instant(at), reportDetails }
  }

  stolenNow(ask: Ask): Wire | undefined {
    const facts = factsOf(this.car)
    const at = facts.at('alerts.stolen')
    if (at === undefined) return undefined
    const id = idOf(`stolen ${this.car.id}`, 12)
    const self = carAddress(ask, this.car)
    return {
      createdAt: instant(at),
      _links: { self: link(`${self}/stolen/${id}`), vehicle: link(self) },
      id,
      state: facts.flag('alerts.stolen') ?? false,
      startedAt: facts.text('alerts.stolenSince') || instant(at),
    }
  }
}

/** The files of all cars, opened when first asked for. */
export class CarFiles {
  private files = new Map<SimulatedCar, CarFile>()

  of(car: SimulatedCar): CarFile {
    const known = this.files.get(car)
    if (known) return known
    const file = new CarFile(car)
    this.files.set(car, file)
    return file
  }

  reset(): void {
    this.files.clear()
  }
}
