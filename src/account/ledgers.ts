/** Accounts with one key share one count of calls. A redeploy does not forget it, nor does a restart. */
import { createHash } from 'node:crypto'
import { seconds, type Clock } from '../clock'
import { Ledger, type QuotaRules } from '../cloud/quota'
import type { StateStore } from '../cloud/stateStore'

export interface SharedLedger {
  ledger: Ledger
  /** Something was spent: written down a moment later. */
  spent(): void
  /** Writes down what was spent. */
  flush(): Promise<void>
}

/** A crash forgets the calls of so short a time at most. */
const writtenAfter = seconds(2)

const known = new WeakMap<Clock, Map<string, Promise<SharedLedger>>>()

/** The ledger of `key` (which never shows: it may hold an API key); what `store` kept of it is counted on. */
export function sharedLedger(
  key: string,
  rules: QuotaRules,
  clock: Clock,
  title: string,
  store: StateStore | undefined,
): Promise<SharedLedger> {
  const ledgers = known.get(clock) ?? new Map<string, Promise<SharedLedger>>()
  known.set(clock, ledgers)
  const name = createHash('sha256').update(key).digest('hex')
  const hash = `${name} ${JSON.stringify(rules)}`
  const ledger = new Ledger(rules, clock, title)
  const shared = ledgers.get(hash) ?? open(name, ledger, ledgers.get(name), clock, store)
  ledgers.set(hash, shared)
  // Under the bare name stands the last one: a ledger with other rules takes its count over.
  ledgers.set(name, shared)
  return shared
}

async function open(
  name: string,
  ledger: Ledger,
  before: Promise<SharedLedger> | undefined,
  clock: Clock,
  store: StateStore | undefined,
): Promise<SharedLedger> {
  const saved = before ? (await before).ledger.toJSON() : await store?.load(name).catch(() => undefined)
  if (saved !== undefined) ledger.restore(saved)
  let waiting = false
  const flush = async () => {
    waiting = false
    // Without a writable disk the count lasts until the restart.
    await store?.save(name, ledger.toJSON()).catch(() => undefined)
  }
  return {
    ledger,
    spent: () => {
      if (waiting || !store) return
      waiting = true
      clock.after(writtenAfter, () => void flush())
    },
    flush,
  }
}
