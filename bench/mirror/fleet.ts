/** An account whose cars say whatever the bench makes them say, and the mirror that tells it on. */
import { Account } from '../../src/account/account'
import { readSettings } from '../../src/account/settings'
import { systemClock } from '../../src/clock'
import { Broker } from '../../src/cloud/mqtt'
import type { Message } from '../../src/cloud/outbox'
import { Ledger } from '../../src/cloud/quota'
import { Mirror, willOf } from '../../src/mirror/mirror'
import type { Provider, PushSink } from '../../src/providers/provider'
import type { VehicleEvent } from '../../src/vehicle/events'
import type { Reading, SignalValue } from '../../src/vehicle/reading'
import type { SignalId } from '../../src/vehicle/signals'
import type { VehicleId } from '../../src/vehicle/vehicle'

/** As much as a Volvo EX40 tells. */
const said: Partial<Record<SignalId, SignalValue>> = {
  'battery.stateOfCharge': 62.5,
  'battery.range': 230,
  'battery.capacity': 75,
  'charging.connection': 'connected',
  'charging.status': 'charging',
  'charging.type': 'ac',
  'charging.supply': 'providing',
  'charging.power': 10.4,
  'charging.chargeLimit': 90,
  'charging.currentLimit': 16,
  'charging.timeToComplete': 95,
  'vehicle.odometer': 30_000,
  'engine.status': 'stopped',
  'engine.oilLevel': 'ok',
  'engine.coolantLevel': 'ok',
  'lock.central': 'locked',
  'doors.frontLeft': 'closed',
  'doors.frontRight': 'closed',
  'doors.rearLeft': 'closed',
  'doors.rearRight': 'closed',
  'doors.hood': 'closed',
  'doors.tailgate': 'closed',
  'doors.tankLid': 'closed',
  'windows.frontLeft': 'closed',
  'windows.frontRight': 'closed',
  'windows.rearLeft': 'closed',
  'windows.rearRight': 'closed',
  'windows.sunroof': 'closed',
  'position.location': { latitude: 57.70892, longitude: 11.97461, heading: 90 },
  'tyres.frontLeft': 'ok',
  'tyres.frontRight': 'ok',
  'tyres.rearLeft': 'ok',
  'tyres.rearRight': 'ok',
  'service.warning': 'ok',
  'service.distance': 12_000,
  'service.time': 220,
  'service.engineHours': 900,
  'service.washerFluid': 'ok',
  'service.brakeFluid': 'ok',
  'trip.averageSpeed': 42,
  'trip.averageConsumption': 18.4,
  'trip.meterManual': 312.4,
  'trip.meterAutomatic': 18.2,
  'reachability.status': 'available',
}
/** A step of it makes a new state and no event. */
const counter: SignalId = 'trip.averageSpeed'

const idOf = (car: number): VehicleId => `YV1BENCH${String(car).padStart(9, '0')}`

class FleetProvider implements Provider {
  readonly id = 'volvo'
  readonly tellsEvents = true
  sink?: PushSink
  readonly pushes = {
    start: (sink: PushSink) => {
      this.sink = sink
      return () => (this.sink = undefined)
    },
  }

  constructor(private readonly cars: number) {}

  vehicles = () =>
    Promise.resolve(
      Array.from({ length: this.cars }, (_, car) => ({ id: idOf(car), slug: `car${car}`, meta: { model: 'EX40' } })),
    )
  capabilities = () => Promise.resolve({ commands: ['lock' as const, 'climate-start' as const], unlisted: [] })
  cost = () => 0
  bring = () => []
  read = () => Promise.resolve({ readings: [], groups: [], failures: [] })
  execute = () => Promise.resolve({ phase: 'done' as const })
  preview = () => Promise.resolve({ method: 'POST', path: '/' })
}

export class Fleet {
  /** Readings that the account has taken in. */
  taken = 0
  readonly broker: Broker
  private readonly provider: FleetProvider
  private readonly account: Account
  private readonly mirror: Mirror
  private pushed = 1000

  constructor(
    url: string,
    readonly cars: number,
  ) {
    this.provider = new FleetProvider(cars)
    const settings = readSettings({ provider: 'volvo', server: 'simulator' })
    const ledger = new Ledger({ commandReserve: 0 }, systemClock, 'Bench')
    this.account = new Account({ settings, provider: this.provider, ledger, clock: systemClock })
    this.account.on('reading', () => void this.taken++)
    const instance = `bench${cars}`
    this.broker = new Broker({ url, will: willOf('bench', instance) }, systemClock)
    this.mirror = new Mirror({ base: 'bench', instance, version: '0', broker: this.broker, clock: systemClock, discovery: true })
  }

  /** Connects; all that is told once has left when it is through. */
  async open(): Promise<void> {
    this.broker.connect()
    await this.begin()
    await until(() => this.broker.state === 'connected' && this.broker.waiting === 0)
  }

  /** The account lists its cars, and each says all that it has to say. */
  async begin(): Promise<void> {
    this.mirror.add('acc', this.account, 'Bench')
    await this.account.vehicles()
    for (let car = 0; car < this.cars; car++) this.tell(car, Object.entries(said) as [SignalId, SignalValue][])
    await until(() => this.taken === this.cars)
  }

  topicOf(car: number): string {
    return `bench/car${car}/state`
  }

  /** A car says something new. */
  say(car: number): void {
    this.tell(car, [[counter, ++this.pushed]])
  }

  /** The account tells that a car said something new, which is where the mirror's work begins. */
  tellOn(car: number): void {
    const vehicle = this.account.known[car]
    const held = this.account.memory(idOf(car)).held[counter]
    if (!vehicle || !held) throw new Error('there is no such car')
    const [from, to] = [held.value, ++this.pushed]
    const receivedAt = systemClock.now()
    Object.assign(held, { value: to, observedAt: receivedAt })
    this.account.emit('reading', vehicle, { changes: [{ signal: counter, from, to }], events: [], receivedAt, first: false })
  }

  /** Something happens to a car. */
  happen(car: number): void {
    const now = new Date(systemClock.now()).toISOString()
    const event: VehicleEvent = {
      id: `bench-${++this.pushed}`,
      name: 'level-changed',
      observedAt: now,
      receivedAt: now,
      detectedWithin: 0,
      source: 'push',
      late: false,
      changes: [{ signal: 'battery.stateOfCharge', from: 60, to: 65 }],
    }
    void this.provider.sink?.push(idOf(car), { readings: [], groups: [], events: [event] })
  }

  /** What goes out from now on, until the answer is called. */
  overhear(): () => Message[] {
    const heard: Message[] = []
    const publish = this.broker.publish.bind(this.broker)
    let listens = true
    this.broker.publish = (message) => {
      if (listens) heard.push(message)
      publish(message)
    }
    return () => {
      listens = false
      return heard
    }
  }

  async close(): Promise<void> {
    this.account.close()
    await this.mirror.close()
  }

  private tell(car: number, values: readonly [SignalId, SignalValue][]): void {
    const observedAt = systemClock.now()
    const readings = values.map(([signal, value]): Reading => ({ signal, value, observedAt }))
    void this.provider.sink?.push(idOf(car), { readings, groups: [] })
  }
}

/** Until `condition` holds, looked at between any two turns of the loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve))
}
