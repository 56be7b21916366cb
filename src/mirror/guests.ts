/** The accounts that are mirrored, and whose car a short name means. */
import type { Cause } from '../vehicle/causes'
import type { Vehicle } from '../vehicle/vehicle'
import type { OurCar } from './commands'
import type { Guest } from './guest'
import type { Neighbours } from './neighbours'

export class Guests {
  private readonly here = new Map<string, Guest>()
  /** Accounts that want a short name which another one has. */
  private readonly refused = new Set<string>()

  constructor(
    private readonly neighbours: Neighbours,
    /** Two accounts want the same short name; undefined: this one does not any more. */
    private readonly onClash: (account: string, problem?: Cause) => void,
  ) {}

  get all(): Guest[] {
    return [...this.here.values()]
  }

  has(id: string): boolean {
    return this.here.has(id)
  }

  /** In place of the one that was there under this id. */
  take(guest: Guest): void {
    this.here.get(guest.id)?.leave(false)
    this.here.set(guest.id, guest)
  }

  release(guest: Guest): void {
    if (this.here.get(guest.id) === guest) this.here.delete(guest.id)
    this.refused.delete(guest.id)
    this.onClash(guest.id)
  }

  releaseAll(removed: boolean): void {
    for (const guest of this.here.values()) guest.leave(removed)
    this.here.clear()
  }

  /** The car of that short name, as far as the accounts know their cars. */
  known(slug: string): OurCar | undefined {
    for (const { account, cars } of this.here.values()) {
      const car = cars.find((one) => one.slug === slug)
      if (car) return { account, car }
    }
    return undefined
  }

  /** The same once they know; rejects with what keeps an account from knowing. */
  async find(slug: string): Promise<OurCar | undefined> {
    const unlisted = this.all.filter(({ account }) => account.known.length === 0)
    const listed = await Promise.allSettled(unlisted.map(({ account }) => account.vehicles()))
    const found = this.known(slug)
    const failed = listed.find((one) => one.status === 'rejected')
    if (!found && failed) throw failed.reason
    return found
  }

  /** A car of another bridge, unless it is ours too. */
  isElsewhere(slug: string): boolean {
    return this.neighbours.have(slug) && !this.known(slug)
  }

  /** A short name is one account's only; the second one is not told. */
  claim(guest: Guest, { slug }: Vehicle): boolean {
    const other = this.all.find((one) => one !== guest && one.cars.some((car) => car.slug === slug))
    if (!other) return true
    if (this.refused.has(guest.id)) return false
    this.refused.add(guest.id)
    this.onClash(guest.id, {
      code: 'INVALID_CONFIG',
      message: `The short name "${slug}" is used by cars of two accounts: "${other.label}" and "${guest.label}"`,
      action: 'Give one of them another short name in its account.',
    })
    return false
  }
}
