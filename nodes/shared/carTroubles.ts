/** What stands in the way of single cars of a node that watches: raised at its tab once per change. */
import type { Node, NodeAPI } from 'node-red'
import type { Account } from '../../src/account/account'
import type { Cause } from '../../src/vehicle/causes'
import type { Vehicle, VehicleId } from '../../src/vehicle/vehicle'
import { causeSaid, errorOf } from './speech'

export class CarTroubles {
  private readonly told = new Map<VehicleId, string>()

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
    for (const car of this.mine()) {
      const cause = this.of(car)
      if (cause) return cause
    }
    return undefined
  }

  /** Raises what is new; what is over may be raised anew. */
  look(): void {
    const mine = this.mine()
    for (const id of this.told.keys()) if (!mine.some((car) => car.id === id)) this.told.delete(id)
    for (const car of mine) {
      const cause = this.of(car)
      if (!cause && !this.failure(car)) this.told.delete(car.id)
      if (!cause || this.told.get(car.id) === cause.code) continue
      this.told.set(car.id, cause.code)
      const said = causeSaid(this.RED, cause)
      const message = mine.length > 1 ? `${car.label}: ${said.message}` : said.message
      this.node.error(errorOf({ ...said, message }), {})
    }
  }

  private mine(): Vehicle[] {
    return this.account.known.filter(this.isMine)
  }

  private of(car: Vehicle): Cause | undefined {
    const cause = this.failure(car)
    // The account raises its own; too many calls within a minute are over before anybody could look.
    if (!cause || cause.code === 'QUOTA_MINUTE' || cause.code === this.account.health.problem?.code) return undefined
    return cause
  }
}
