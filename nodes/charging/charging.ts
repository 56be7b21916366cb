import type { Node, NodeAPI, NodeDef } from 'node-red'
import type { Account, AccountEvents } from '../../src/account/account'
import { matching, namesOf } from '../../src/account/garage'
import { chargingGroups as watched, chargingWatch, type Policy } from '../../src/account/policies'
import { minutes, type Clock, type Timer } from '../../src/clock'
import { DrivewayError } from '../../src/vehicle/causes'
import type { EventName, VehicleEvent } from '../../src/vehicle/events'
import { endsSession } from '../../src/vehicle/session'
import type { SignalGroup } from '../../src/vehicle/signals'
import type { Vehicle, VehicleId } from '../../src/vehicle/vehicle'
import { CarTroubles } from '../shared/carTroubles'
import { eachCar } from '../shared/eachCar'
import { clockOf } from '../shared/environment'
import { text, type Message } from '../shared/glue'
import { stateMessage } from '../shared/messages'
import { MqttOut, type MqttOutConfig } from '../shared/mqttOut'
import { migrated } from '../shared/migrate'
import { raise } from '../shared/speech'
import { Status } from '../shared/status'
import { watchNode } from '../shared/watchNode'
import { intervalsFrom } from './intervals'
import { chargingWords } from './words'

export interface ChargingConfig extends NodeDef, MqttOutConfig {
  account: string
  vehicle?: string
  profile?: string
  intervals?: Record<string, unknown>
  emit?: 'events' | 'changes' | 'always'
  initial?: boolean
}

/** The age of what is shown is told in minutes. */
const ageRefresh = minutes(1)

const chargingEvents: ReadonlySet<EventName> = new Set([
  'plugged-in',
  'unplugged',
  'charging-started',
  'charging-stopped',
  'charging-complete',
  'charge-limit-reached',
  'charging-fault',
  'charging-scheduled',
  'level-changed',
])

/** `driveway-charging`: watches the charging of one car, or of all, and tells each edge once. */
export default function (RED: NodeAPI): void {
  function CarCharging(this: Node, saved: ChargingConfig): void {
    RED.nodes.createNode(this, saved)
    const config = migrated(RED, this, saved)
    const status = new Status(RED, this)
    watchNode(RED, this, config.account, status, {
      open: (accountNode) => accountNode.opened(),
      prepare: (account) => () => {
        const watch = new ChargingWatch(RED, this, status, account, config, clockOf(RED))
        watch.start()
        return watch
      },
    })
  }

  RED.nodes.registerType('driveway-charging', CarCharging)
}

/** One node's watch over one account: what it listens to, what it sends on. */
class ChargingWatch {
  private readonly wish: { groups: readonly SignalGroup[]; policy: Policy }
  private readonly isMine: (car: Vehicle) => boolean
  private end?: () => void
  private readonly mqttOut?: MqttOut
  private readonly greeted = new Set<VehicleId>()
  private toldMissing = false
  private readonly troubles: CarTroubles
  private ageTimer?: Timer
  private readonly listeners: {
    [E in 'reading' | 'tried' | 'event' | 'health' | 'vehicles']: (...args: AccountEvents[E]) => void
  }

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly status: Status,
    private readonly account: Account,
    private readonly config: ChargingConfig,
    private readonly clock: Clock,
  ) {
    this.isMine = matching(text(config.vehicle))
    this.wish = chargingWatch(intervalsFrom(config.profile, config.intervals))
    this.troubles = new CarTroubles(
      RED,
      node,
      account,
      this.isMine,
      ({ id }) => account.failure(id, ['charging']) ?? account.failure(id, ['battery']),
    )
    this.mqttOut = MqttOut.from(config)
    this.listeners = {
      reading: (car, taken) => this.onReading(car, taken),
      tried: (car) => this.onTried(car),
      event: (car, event) => this.onEvent(car, event),
      health: () => this.onHealth(),
      vehicles: () => this.onVehicles(),
    }
  }

  start(): void {
    for (const [name, listener] of this.each()) this.account.on(name, listener as never)
    this.resume()
    if (this.account.known.length) this.onVehicles()
    this.showState()
  }

  stop(): void {
    this.pause()
    this.ageTimer?.cancel()
    for (const [name, listener] of this.each()) this.account.off(name, listener as never)
  }

  /** `refresh`, `pause`, `resume`; anything else is a hint that something happens with the car. */
  async obey(message: Message): Promise<void> {
    const topic = message.topic
    if (topic === 'pause') return this.pause()
    if (topic === 'resume') return this.resume()
    const cars = await this.account.chosen(text(this.config.vehicle))
    if (topic === 'refresh') {
      const { failure } = await eachCar(this.RED, cars, (car) => this.account.read(car, watched, 0))
      if (failure) throw failure
    } else for (const car of cars) this.account.hint(car)
  }

  private each(): [keyof typeof this.listeners, unknown][] {
    return Object.entries(this.listeners) as [keyof typeof this.listeners, unknown][]
  }

  private pause(): void {
    this.end?.()
    this.end = undefined
    this.showState()
  }

  private resume(): void {
    this.end ??= this.account.watch(this.isMine, this.wish.groups, this.wish.policy)
    this.showState()
  }

  private onVehicles(): void {
    this.showState()
    const missing = this.missing()
    if (missing && !this.toldMissing) raise(this.RED, this.node, missing)
    this.toldMissing = missing !== undefined
    if (this.end) this.troubles.look()
  }

  /** The node names a car that the account does not have. */
  private missing(): DrivewayError | undefined {
    const { known } = this.account
    if (text(this.config.vehicle) === undefined || known.length === 0 || known.some(this.isMine)) return undefined
    return new DrivewayError({
      code: 'VEHICLE_UNKNOWN',
      message: 'The vehicle of this node is not in the account',
      action: `Choose one of: ${namesOf(known)}.`,
    })
  }

  /** Whether what is known is old by now, a state says too. */
  private onHealth(): void {
    this.showState()
    if (this.end) for (const car of this.account.known) if (this.isMine(car)) this.sendState(car)
  }

  private onReading(car: Vehicle, { changes, events, first }: AccountEvents['reading'][1]): void {
    if (!this.isMine(car)) return
    this.showState()
    if (!this.end) return
    if (changes.length > 0 || first || !this.greeted.has(car.id)) this.sendState(car)
    const known = this.account.about(car, watched)
    if (Object.keys(known.snapshot).length === 0) return
    const isGreeting = first || !this.greeted.has(car.id)
    this.greeted.add(car.id)
    if (isGreeting && this.config.initial) return this.send('initial', car)
    const mine = changes.filter((change) => (watched as readonly string[]).includes(groupOf(change.signal)))
    const toldAsEvent = events.some((event) => chargingEvents.has(event.name))
    if (this.config.emit === 'always' || (this.config.emit === 'changes' && mine.length > 0 && !first && !toldAsEvent))
      this.send('snapshot', car)
  }

  private onTried(car: Vehicle): void {
    if (!this.end || !this.isMine(car)) return
    this.troubles.look(car)
    this.showState()
  }

  private onEvent(car: Vehicle, event: VehicleEvent): void {
    if (!this.end || !this.isMine(car) || !chargingEvents.has(event.name)) return
    this.send(event.name, car, event)
    if (this.mqttOut) this.node.send([null, this.mqttOut.event(this.account, car, event)])
  }

  private sendState(car: Vehicle): void {
    const state = this.mqttOut?.state(this.account, car)
    if (state) this.node.send([null, state])
  }

  private send(topic: string, car: Vehicle, event?: VehicleEvent): void {
    // The session that is on, or the one that this very event ends.
    const session = this.account.sessions(car.id).at(-1)
    const isMeant = session && (session.endedAt === undefined || (event && endsSession(session, event)))
    this.node.send(stateMessage(topic, this.account.about(car, watched), event, isMeant ? session : undefined))
  }

  private showState(): void {
    const { problem, problemUntil } = this.account.health
    const trouble = this.missing()?.cause ?? this.troubles.first
    this.ageTimer?.cancel()
    if (!this.end) this.status.word('idle', 'paused')
    else if (problem) this.status.trouble(problem, problemUntil)
    else if (trouble) this.status.trouble(trouble)
    else this.showCars()
  }

  private showCars(): void {
    const { cars } = this.troubles
    const [only] = cars.values()
    if (cars.size > 1) return this.status.word('well', 'cars', { count: cars.size })
    if (!only) return
    chargingWords(this.status, this.account.snapshot(only.id), this.account.ageOf(only.id, watched))
    this.ageTimer = this.clock.after(ageRefresh, () => this.showState())
  }
}

const groupOf = (signal: string): string => signal.slice(0, signal.indexOf('.'))
