import { randomBytes } from 'node:crypto'
import type { SimulatedCar } from '../../car/car'
import type { Clock } from '../../../clock'
import type { Status } from '../delivery/channels'
import { Refused } from '../errors'
import { instant } from '../facts'
import type { Generation } from '../listing'
import type { MonitorBody } from './body'
import { checkMonitor } from './checkMonitor'
import { MonitorEvaluator } from './evaluate'

export interface Monitor {
  id: string
  generation: Generation
  owner: string
  channelId: string
  body: MonitorBody
  status: Status
  createdAt: string
  updatedAt: string
  /** Keys of the cars that it watches. */
  cars: Set<string>
  /** Watches every car of the account. */
  root: boolean
  evaluators: Map<string, MonitorEvaluator>
}

const hasSetting = ({ triggerParam }: MonitorBody) => triggerParam.triggers.some(({ setting }) => setting !== undefined)

const refuse = (message: string): never => {
  throw new Refused({ status: 400, message })
}

export interface NewMonitor {
  given: Record<string, unknown>
  generation: Generation
  owner: string
  channelId: string
  car?: SimulatedCar
}

/** The monitors of everybody. Stellantis: monitor object, quotas */
export class Monitors {
  private monitors = new Map<string, Monitor>()
  private count = 0

  constructor(
    private readonly clock: Clock,
    private readonly settings: { strict: boolean },
    private readonly limits: { monitors: number },
  ) {}

  all(): Monitor[] {
    return [...this.monitors.values()]
  }

  on(channelId: string): Monitor[] {
    return this.all().filter((monitor) => monitor.channelId === channelId)
  }

  find(id: string): Monitor | undefined {
    return this.monitors.get(id)
  }

  /** Only on its own channel, and in v4 only at its own car. */
  get(id: string, channelId: string, car?: SimulatedCar): Monitor {
    const monitor = this.monitors.get(id)
    if (monitor?.channelId !== channelId || (car && !monitor.cars.has(car.key)))
      throw new Refused({ status: 404, message: `There is no monitor ${id}` })
    return monitor
  }

  create({ given, generation, owner, channelId, car }: NewMonitor): Monitor {
    const body = this.checked(given, generation)
    this.checkQuota(body, generation, owner, car)
    const now = instant(this.clock.now())
    this.count += 1
    const monitor: Monitor = {
      id: `${randomBytes(20).toString('hex')}m${String(this.count).padStart(4, '0')}`,
      generation,
      owner,
      channelId,
      body,
      status: 'Running',
      createdAt: now,
      updatedAt: now,
      cars: new Set(car ? [car.key] : []),
      root: false,
      evaluators: new Map(),
    }
    this.monitors.set(monitor.id, monitor)
    return monitor
  }

  /** Whole object: what it knew of the cars is forgotten. */
  replace(monitor: Monitor, given: Record<string, unknown>): void {
    monitor.body = this.checked(given, monitor.generation)
    this.touched(monitor)
  }

  setStatus(monitor: Monitor, status: unknown): void {
    if (status !== 'Running' && status !== 'Paused') return refuse('status must be Running or Paused')
    monitor.status = status
    this.touched(monitor)
  }

  touched(monitor: Monitor): void {
    monitor.evaluators.clear()
    monitor.updatedAt = instant(this.clock.now())
  }

  remove(monitor: Monitor): void {
    this.monitors.delete(monitor.id)
  }

  clear(): void {
    this.monitors.clear()
  }

  private checked(given: Record<string, unknown>, generation: Generation): MonitorBody {
    const reason = checkMonitor(given, { generation, strict: this.settings.strict })
    if (reason !== undefined) refuse(reason)
    return structuredClone(given) as unknown as MonitorBody
  }

  /** Five in an account (v1), or at a car (v4); one with a setting. */
  private checkQuota(body: MonitorBody, generation: Generation, owner: string, car: SimulatedCar | undefined): void {
    const theirs = this.all().filter((monitor) => monitor.owner === owner && monitor.generation === generation)
    const counted = generation === 'v1' ? theirs : theirs.filter(({ cars }) => car && cars.has(car.key))
    const { monitors } = this.limits
    if (counted.length >= monitors) refuse(`There are ${monitors} monitors already, and more are not allowed`)
    if (hasSetting(body) && theirs.some((monitor) => hasSetting(monitor.body)))
      refuse('There is a monitor with a setting already')
  }
}
