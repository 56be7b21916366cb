/**
 * Accounts with one key share one count of calls, each with rules of its own. Neither a redeploy nor a restart forgets
 * the count, and signing out does not either: the cloud goes on counting.
 */
import { createHash } from 'node:crypto'
import { seconds, type Clock } from '../clock'
import { Count } from '../cloud/count'
import { Ledger, type QuotaRules } from '../cloud/quota'
import type { StateStore } from '../cloud/stateStore'

interface SharedCount {
  count: Count
  /** Something was spent: written down a moment later. */
  spent(): void
  /** Writes down what was spent. */
  flush(): Promise<void>
}

export interface SharedLedger extends Omit<SharedCount, 'count'> {
  ledger: Ledger
}

/** A crash forgets the calls of so short a time at most. */
const writtenAfter = seconds(2)

const known = new WeakMap<Clock, Map<string, Promise<SharedCount>>>()

/**
 * A ledger with these rules over the count of `key` (which never shows: it may hold an API key); what `store` kept of
 * it is counted on.
 */
export async function sharedLedger(
  key: string,
  rules: QuotaRules,
  clock: Clock,
  title: string,
  store: StateStore | undefined,
): Promise<SharedLedger> {
  const counts = known.get(clock) ?? new Map<string, Promise<SharedCount>>()
  known.set(clock, counts)
  const name = createHash('sha256').update(key).digest('hex')
  const shared = counts.get(name) ?? open(name, clock, store)
  counts.set(name, shared)
  const { count, ...writing } = await shared
  return { ledger: new Ledger(rules, clock, title, count), ...writing }
}

async function open(name: string, clock: Clock, store: StateStore | undefined): Promise<SharedCount> {
  const count = new Count(clock)
  const saved = await store?.load(name).catch(() => undefined)
  if (saved !== undefined) count.restore(saved)
  let waiting = false
  const flush = async () => {
    waiting = false
    // Without a writable disk the count lasts until the restart.
    await store?.save(name, count.toJSON()).catch(() => undefined)
  }
  return {
    count,
    spent: () => {
      if (waiting || !store) return
      waiting = true
      clock.after(writtenAfter, () => void flush())
    },
    flush,
  }
}
