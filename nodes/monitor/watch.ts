/** One node's monitor over one account: what it sends, what it obeys, what stands below it. */
import type { Node, NodeAPI } from 'node-red'
import type { AccountEvents } from '../../src/account/account'
import { namesOf } from '../../src/account/garage'
import { iso } from '../../src/clock'
import { hearMonitor, happeningOf } from '../../src/monitors/fired'
import { groupsOf } from '../../src/monitors/picture'
import { DrivewayError } from '../../src/vehicle/causes'
import { eventOf, type VehicleEvent } from '../../src/vehicle/events'
import type { Held } from '../../src/vehicle/memory'
import type { Vehicle } from '../../src/vehicle/vehicle'
import { CarTroubles } from '../shared/carTroubles'
import type { Message } from '../shared/glue'
import { stateMessage } from '../shared/messages'
import type { MqttOut } from '../shared/mqttOut'
import { raise } from '../shared/speech'
import type { Status } from '../shared/status'
import type { Engine, EngineParts } from './engine'

export interface WatchParts extends Omit<EngineParts, 'changed' | 'raise'> {
  RED: NodeAPI
  node: Node
  status: Status
  /** Cars that the node names; none: all. */
  named: readonly string[]
  mqttOut?: MqttOut
  start(parts: EngineParts): Engine
}

export class MonitorWatch {
  private readonly engine: Engine
  private readonly troubles: CarTroubles
  private readonly unhear: () => void
  private isPaused = false
  private toldMissing = ''
  private toldTrouble?: string
  private firedAt?: number
  private readonly listeners: {
    [E in 'tried' | 'health' | 'vehicles']: (...args: AccountEvents[E]) => void
  }

  /** Throws a DrivewayError where the monitor cannot work with this account. */
  constructor(private readonly parts: WatchParts) {
    const { RED, node, account, definition, mark, isMine } = parts
    this.engine = parts.start({ ...parts, raise: (error) => raise(RED, node, error), changed: () => this.lookAtEngine() })
    const groups = definition.where === 'local' ? groupsOf(definition.triggers, account.provider.id) : []
    this.troubles = new CarTroubles(RED, node, account, isMine, ({ id }) =>
      groups.length ? account.failure(id, groups) : undefined,
    )
    this.unhear = hearMonitor(account, mark, (car, event) => this.onFired(car, event))
    this.listeners = {
      tried: (car) => this.look(car),
      health: () => this.showState(),
      vehicles: () => this.look(),
    }
    for (const [name, listener] of this.each()) account.on(name, listener as never)
    this.look()
  }

  async stop(removed: boolean): Promise<void> {
    this.unhear()
    for (const [name, listener] of this.each()) this.parts.account.off(name, listener as never)
    await this.engine.close(removed)
  }

  /** `pause`, `resume`, `test`. Rejects for anything else. */
  async obey({ topic }: Message): Promise<void> {
    if (topic === 'test') return this.sendSample()
    if (topic !== 'pause' && topic !== 'resume')
      throw new DrivewayError({
        code: 'INVALID_PARAMS',
        message: 'A monitor takes the topics pause, resume and test',
        action: 'Set msg.topic to one of them.',
      })
    await this.engine[topic]()
    this.isPaused = topic === 'pause'
    this.showState()
  }

  private each(): [keyof typeof this.listeners, unknown][] {
    return Object.entries(this.listeners) as [keyof typeof this.listeners, unknown][]
  }

  private onFired(car: Vehicle, event: VehicleEvent): void {
    this.firedAt = this.parts.clock.now()
    this.send(car, event)
    this.showState()
  }

  private send(car: Vehicle, event: VehicleEvent): void {
    const { node, account, mqttOut } = this.parts
    node.send(stateMessage(event.name, account.about(car), event))
    if (mqttOut) node.send([null, mqttOut.event(account, car, event)])
  }

  /** What an event of this monitor looks like, from what is known of the car now. Nobody else hears of it. */
  private async sendSample(): Promise<void> {
    const { account, definition, mark, clock, isMine } = this.parts
    const car = (await account.vehicles()).find(isMine)
    if (!car) throw this.missing() ?? noCar
    const now = clock.now()
    const held = account.memory(car.id).held as Partial<Record<string, Held>>
    const values = definition.triggers.flatMap((trigger) => {
      if (trigger.kind !== 'data') return []
      const value = held[trigger.data]?.value
      const told = typeof value === 'object' ? JSON.stringify(value) : value?.toString()
      return [{ data: trigger.data, ...(told !== undefined && { value: told }) }]
    })
    const fired = happeningOf(
      { mark, label: definition.label, refresh: false, values },
      { observedAt: now, receivedAt: now, source: 'push' },
    )
    this.send(car, eventOf(car, { ...fired, to: `test ${iso(now)}`, details: { ...fired.details, test: true } }))
  }

  private raise(error: DrivewayError): void {
    raise(this.parts.RED, this.parts.node, error)
  }

  /** What stands in the way of the monitor itself is raised once per change. */
  private lookAtEngine(): void {
    const { trouble } = this.engine
    const told = trouble && `${trouble.code} ${trouble.message}`
    if (trouble && told !== this.toldTrouble && trouble.code !== this.parts.account.health.problem?.code)
      this.raise(new DrivewayError(trouble))
    this.toldTrouble = told
    this.showState()
  }

  private look(tried?: Vehicle): void {
    const missing = this.missing()
    if (missing && this.toldMissing !== missing.message) this.raise(missing)
    this.toldMissing = missing?.message ?? ''
    if (!this.isPaused) this.troubles.look(tried)
    this.showState()
  }

  /** The node names a car that the account does not have. */
  private missing(): DrivewayError | undefined {
    const { account, named } = this.parts
    const { known } = account
    const isThere = (name: string) => known.some(({ id, slug }) => id === name || slug === name)
    if (known.length === 0 || named.every(isThere)) return undefined
    return new DrivewayError({
      code: 'VEHICLE_UNKNOWN',
      message: 'A vehicle of this node is not in the account',
      action: `Choose among: ${namesOf(known)}.`,
    })
  }

  private showState(): void {
    const { account, status } = this.parts
    const { problem, problemUntil } = account.health
    const trouble = this.missing()?.cause ?? this.engine.trouble ?? this.troubles.first
    if (problem) status.trouble(problem, problemUntil)
    // The error that was raised names what takes up the room, too much for a status.
    else if (trouble?.code === 'CONFLICT') status.word('attention', 'limit')
    else if (trouble) status.trouble(trouble)
    else if (this.isPaused) status.word('idle', 'paused')
    else if (this.engine.isBusy) status.word('waiting', 'creating')
    else this.showWatching()
  }

  /** `watching`, `watching 3 cars`, `watching · fired 14:02`. */
  private showWatching(): void {
    const { status } = this.parts
    const { size: count } = this.troubles.cars
    if (count === 0) return status.word('idle', 'loading')
    const watching = count === 1 ? status.translated('watching') : status.translated('watchingCars', { count })
    const fired = this.firedAt === undefined ? [] : [status.translated('fired', { at: clockTime(this.firedAt) })]
    status.show('well', [watching, ...fired].join(' · '))
  }
}

// Made once: it is dear, and events may come in bursts.
const clock = new Intl.DateTimeFormat([], { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })
const clockTime = (at: number): string => clock.format(at)

const noCar = new DrivewayError({
  code: 'VEHICLE_UNKNOWN',
  message: 'The account has no car',
  action: 'Look at the account: are its cars found?',
})
