/** What stands in the way of single cars of a node that watches: raised at its tab once per change. */
import type { Node, NodeAPI } from 'node-red'
import type { Account } from '../../src/account/account'
import type { Cause, CauseCode } from '../../src/vehicle/causes'
import type { Vehicle, VehicleId } from '../../src/vehicle/vehicle'
import { causeSaid, errorOf } from './speech'

export class CarTroubles {
  private readonly told = new Map<VehicleId, string>()
  /** Cars that could not be read when they were looked at last, by why: in an outage they are all there for one reason. */
  private readonly unread = new Map<CauseCode, Map<VehicleId, Vehicle>>()
  /** The account's cars, and which of them are the node's. */
  private known: readonly Vehicle[] = []
  private lookedAt?: readonly Vehicle[]
  private mine: ReadonlyMap<VehicleId, Vehicle> = new Map()

  constructor(
    private readonly RED: NodeAPI,
    private readonly node: Node,
    private readonly account: Account,
    private readonly isMine: (car: Vehicle) => boolean,
    /** Why the car could not be read; undefined when it could. */
    private readonly failure: (car: Vehicle) => Cause | undefined,
  ) {}

  /** The trouble of the first car that has one, beside what the account itself has. */
  get first(): Cause | undefined {
    for (const [code, cars] of this.unread) {
      if (this.isAccounts(code)) continue
      for (const car of cars.values()) {
        const cause = this.of(car)
        if (cause) return cause
      }
    }
    return undefined
  }

  /** Raises what is new; what is over may be raised anew. Of the one car that was tried, or of all: a fleet has many. */
  look(tried?: Vehicle): void {
    const isNew = this.account.known !== this.lookedAt
    this.lookedAt = this.account.known
    const { cars } = this
    const those = isNew || !tried ? cars.values() : [cars.get(tried.id)]
    for (const car of those) if (car) this.lookAt(car)
  }

  /** The node's cars, of which a fleet has too many to look for them at each reading. */
  get cars(): ReadonlyMap<VehicleId, Vehicle> {
    const { known } = this.account
    if (known === this.known) return this.mine
    this.known = known
    this.mine = new Map(known.filter(this.isMine).map((car) => [car.id, car]))
    for (const cars of [this.told, ...this.unread.values()]) for (const id of cars.keys()) if (!this.mine.has(id)) cars.delete(id)
    return this.mine
  }

  private lookAt(car: Vehicle): void {
    const failure = this.failure(car)
    for (const [code, cars] of this.unread) if (code !== failure?.code) cars.delete(car.id)
    if (!failure) this.told.delete(car.id)
    else this.unreadFor(failure.code).set(car.id, car)
    if (!failure || this.isAccounts(failure.code) || this.told.get(car.id) === failure.code) return
    this.told.set(car.id, failure.code)
    const said = causeSaid(this.RED, failure)
    const message = this.cars.size > 1 ? `${car.label}: ${said.message}` : said.message
    this.node.error(errorOf({ ...said, message }), {})
  }

  private unreadFor(code: CauseCode): Map<VehicleId, Vehicle> {
    let cars = this.unread.get(code)
    if (!cars) this.unread.set(code, (cars = new Map<VehicleId, Vehicle>()))
    return cars
  }

  private of(car: Vehicle): Cause | undefined {
    const cause = this.failure(car)
    return cause && !this.isAccounts(cause.code) ? cause : undefined
  }

  /** The account raises its own; too many calls within a minute are over before anybody could look. */
  private isAccounts(code: CauseCode): boolean {
    return code === 'QUOTA_MINUTE' || code === this.account.health.problem?.code
  }
}
