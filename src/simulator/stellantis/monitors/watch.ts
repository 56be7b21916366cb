import type { SimulatedCar } from '../../car/car'
import type { Faults } from '../../faults'
import type { Users } from '../../users'
import type { Channels } from '../delivery/channels'
import type { Deliveries } from '../delivery/deliveries'
import { factsOf } from '../endpoint'
import type { CarFiles } from '../file'
import type { OnEvent } from './body'
import { MonitorEvaluator } from './evaluate'
import { monitorEvent } from './message'
import type { Monitor, Monitors } from './monitors'
import { watchedFacts } from './watched'

export interface WatchParts {
  users: Users
  monitors: Monitors
  channels: Channels
  deliveries: Deliveries
  files: CarFiles
  faults: Faults
  /** Sends a remote to the car that caused an event; without a channel nobody hears how it went. */
  remote(car: SimulatedCar, monitor: Monitor, remote: Record<string, unknown>, channelId: string | undefined): void
}

/** Looks at the monitors of a car whenever its data arrives, and does what they say. */
export class Watch {
  constructor(private readonly parts: WatchParts) {}

  /** What is known now is no event, only what comes after it. */
  begin(monitor: Monitor, car: SimulatedCar): MonitorEvaluator {
    const evaluator = new MonitorEvaluator(monitor.body)
    evaluator.know(watchedFacts(factsOf(car), this.parts.files.of(car), monitor.generation, car.body.time))
    monitor.evaluators.set(car.key, evaluator)
    return evaluator
  }

  /** Every car that a monitor watches. */
  watches(monitor: Monitor, car: SimulatedCar): boolean {
    if (!monitor.root) return monitor.cars.has(car.key)
    const [user = ''] = monitor.owner.split(' ')
    return this.parts.users.carsOf(user).includes(car.key)
  }

  arrived(car: SimulatedCar, at: number): void {
    const { monitors, files } = this.parts
    for (const monitor of monitors.all()) {
      if (monitor.status !== 'Running' || !this.watches(monitor, car)) continue
      const evaluator = monitor.evaluators.get(car.key) ?? this.begin(monitor, car)
      const verdict = evaluator.take(watchedFacts(factsOf(car), files.of(car), monitor.generation, at))
      if (verdict) this.tell(monitor, car, at, verdict === 'remind', evaluator)
    }
  }

  /** What a person did with a digital key, or the end of a navigation, at a monitor with a setting. */
  setting(car: SimulatedCar, at: number, type: string, event: Record<string, unknown>): number {
    const concerned = this.parts.monitors
      .all()
      .filter(
        (monitor) =>
          monitor.status === 'Running' &&
          this.watches(monitor, car) &&
          monitor.body.triggerParam.triggers.some(({ setting }) => setting?.type === type),
      )
    for (const monitor of concerned) this.speak(monitor, car, at, { monitorId: monitor.id, settings: { type, event } })
    return concerned.length
  }

  private tell(monitor: Monitor, car: SimulatedCar, at: number, refresh: boolean, evaluator: MonitorEvaluator): void {
    const { files, faults } = this.parts
    const old = monitor.generation === 'v1' && faults.take('stellantis', '/deliveries', ['old-message']) !== undefined
    const root = `https://stellantis.example.invalid/${monitor.generation === 'v1' ? 'v1/accounts' : 'connectedcar/v4/user'}`
    const of = { car, file: files.of(car), generation: monitor.generation, root }
    this.speak(monitor, car, at, monitorEvent(monitor.id, monitor.body, evaluator, refresh, of, old))
    const { onEvent } = monitor.body
    if (refresh && !onEvent?.onRefresh) return
    for (const action of onEvent?.actions ?? []) this.act(action, monitor, car)
  }

  private speak(monitor: Monitor, car: SimulatedCar, at: number, event: Record<string, unknown>): void {
    const { channels, deliveries } = this.parts
    const channel = channels.find(monitor.channelId)
    if (!channel) return
    const { body } = monitor
    deliveries.speak({
      source: monitor.id,
      kind: 'Monitor',
      channel,
      car,
      at,
      label: body.label ?? '',
      event,
      variables: { MonitorID: monitor.id, MonitorLabel: body.label ?? '' },
      attributes: body.attributes,
      transportAttributes: body.subscribeParam?.channelAttributes ?? body.subscribeParam?.callbackAttributes,
    })
  }

  /** `Notify` adds nothing: the channel gets the event anyway. */
  private act({ type, monitorAction, remoteAction }: OnEvent, monitor: Monitor, car: SimulatedCar): void {
    const { monitors } = this.parts
    if (type === 'Remote' && remoteAction?.remote)
      this.parts.remote(car, monitor, remoteAction.remote, remoteAction.ChannelId ?? remoteAction.channelId)
    if (type !== 'Monitor') return
    const meant = monitorAction?.monitorId === undefined ? monitor : monitors.find(monitorAction.monitorId)
    if (meant?.owner !== monitor.owner) return
    if (monitorAction?.changeType === 'Delete') monitors.remove(meant)
    else monitors.setStatus(meant, monitorAction?.changeType === 'Pause' ? 'Paused' : 'Running')
  }
}
