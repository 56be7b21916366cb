/** Other bridges below the same base: their cars are not ours to answer for, nor to clear. */
import { z } from 'zod'
import type { Arrival } from '../cloud/subscriptions'

const info = z.object({ accounts: z.array(z.object({ vehicles: z.array(z.string()) })) })

export class Neighbours {
  private readonly cars = new Map<string, ReadonlySet<string>>()

  constructor(private readonly ownInfo: string) {}

  /** Takes in what a bridge tells of itself. */
  take({ topic, payload }: Arrival): void {
    if (topic === this.ownInfo) return
    const read = info.safeParse(parsed(payload))
    if (read.success) this.cars.set(topic, new Set(read.data.accounts.flatMap(({ vehicles }) => vehicles)))
    else this.cars.delete(topic)
  }

  /** Whether another bridge has a car of that short name. */
  have(slug: string): boolean {
    return [...this.cars.values()].some((cars) => cars.has(slug))
  }
}

function parsed(payload: Buffer): unknown {
  try {
    return JSON.parse(payload.toString()) as unknown
  } catch {
    return undefined
  }
}
