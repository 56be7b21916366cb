/** What is known of the other Driveway: its bridges, its cars, and what stands between them and us. */
import type { Cause } from '../../vehicle/causes'
import { isCommandId, commandIds } from '../../vehicle/commands'
import type { Capabilities, ListedVehicle, VehicleId } from '../../vehicle/vehicle'
import type { Heard } from './topics'
import { infoWire, metaWire, readJson, type MetaWire } from './wire'

interface Bridge {
  online: boolean
  /** How many accounts it mirrors; none: it may be our own. */
  accounts: number
  /** Slugs of the cars that it tells of. */
  cars: readonly string[]
}

interface Car {
  meta?: MetaWire
  online: boolean
}

export class FarSide {
  private readonly bridges = new Map<string, Bridge>()
  private readonly cars = new Map<VehicleId, Car>()
  /** What the broker has told of since the connection stands. */
  private seen = new Set<string>()

  constructor(private readonly base: string) {}

  /** A connection begins: what was known stays, until it shows that it is gone. */
  begin(): void {
    this.seen = new Set()
  }

  /**
   * Everything that the broker kept was told. A car that is not among it, and that no bridge names, was taken away
   * meanwhile; without any bridge, the broker has rather forgotten what it kept. True: a car is gone.
   */
  settle(): boolean {
    for (const instance of this.bridges.keys()) if (!this.seen.has(`bridge/${instance}`)) this.bridges.delete(instance)
    if (this.bridges.size === 0) return false
    const gone = [...this.cars.keys()].filter((car) => !this.seen.has(car) && this.bridgesOf(car).length === 0)
    for (const car of gone) this.cars.delete(car)
    return gone.length > 0
  }

  /** Takes note of a message. True: the list of cars, or what is told of one, is another one now. */
  hear(heard: Heard, payload: Buffer): boolean {
    if (heard.of === 'bridge') {
      this.hearBridge(heard.instance, heard.leaf, payload)
      return false
    }
    if (heard.of !== 'car' || heard.leaf === 'state') return false
    const car = this.cars.get(heard.car) ?? { online: true }
    if (heard.leaf === 'availability') {
      car.online = String(payload) !== 'offline'
      this.cars.set(heard.car, car)
      return false
    }
    // An empty retained message clears a topic.
    if (payload.length === 0) return this.cars.delete(heard.car)
    const meta = readJson(payload, metaWire)
    if (!meta) return false
    this.seen.add(heard.car)
    const before = JSON.stringify(this.cars.get(heard.car)?.meta)
    this.cars.set(heard.car, { ...car, meta })
    return before !== JSON.stringify(meta)
  }

  private hearBridge(instance: string, leaf: 'state' | 'info', payload: Buffer): void {
    const bridge = this.bridges.get(instance) ?? { online: false, accounts: 0, cars: [] }
    if (leaf === 'state') bridge.online = String(payload) === 'online'
    else {
      const accounts = readJson(payload, infoWire)?.accounts ?? []
      bridge.accounts = accounts.length
      bridge.cars = accounts.flatMap(({ vehicles }) => vehicles)
    }
    if (payload.length > 0) this.seen.add(`bridge/${instance}`)
    this.bridges.set(instance, bridge)
  }

  has(car: VehicleId): boolean {
    return this.cars.get(car)?.meta !== undefined
  }

  get list(): ListedVehicle[] {
    return [...this.cars].flatMap(([slug, { meta }]) => {
      if (!meta) return []
      const { model, year, energy, label } = meta
      return [{ id: slug, slug, label, meta: { model, year, energy } }]
    })
  }

  /** What a car can be asked to do; undefined where the car is not known. Where that was not told, the other side decides. */
  capabilities(car: VehicleId): Capabilities | undefined {
    const meta = this.cars.get(car)?.meta
    if (!meta) return undefined
    const { commands, unlisted } = meta.capabilities
    if (!commands) return { commands: [], unlisted: commandIds }
    return { commands: commands.filter(isCommandId), unlisted: (unlisted ?? []).filter(isCommandId) }
  }

  /** Why nothing new can be learnt of any car; undefined while it can of one. */
  get problem(): Cause | undefined {
    const problems = this.list.map(({ id }) => this.problemOf(id))
    if (problems.length > 0) return problems.every((problem) => problem) ? problems[0] : undefined
    return [...this.bridges.values()].some(({ online, accounts }) => online && accounts > 0) ? undefined : this.away
  }

  /** Why this car cannot be reached: no bridge that tells of it is there, or that one has lost it. */
  problemOf(car: VehicleId): Cause | undefined {
    if (!this.bridgesOf(car).some(({ online }) => online)) return this.away
    return this.cars.get(car)?.online === false ? cutOff : undefined
  }

  private bridgesOf(car: VehicleId): Bridge[] {
    return [...this.bridges.values()].filter(({ cars }) => cars.includes(car))
  }

  private get away(): Cause {
    return {
      code: 'PROVIDER_DOWN',
      message: `No other Driveway runs below the topic "${this.base}"`,
      action: 'Start the other Driveway, or check the source topic of the account.',
    }
  }
}

const cutOff: Cause = {
  code: 'PROVIDER_DOWN',
  message: "The other Driveway has lost its cars' cloud",
  action: 'Look at its account.',
}
