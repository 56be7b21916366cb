/** The secret in the address at which an account is delivered to. */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { memoryStateStore, type StateStore } from '../cloud/stateStore'
import { sha256 } from '../sha256'
import { DrivewayError } from '../vehicle/causes'

/** Single deliveries carry it; a batch has only the path. `Authorization` stays free for Node-RED's own password. */
export const secretHeader = 'X-Driveway-Secret'

const usable = /^[A-Za-z0-9_.~-]{16,200}$/

const inMemory = memoryStateStore()
const asked = new WeakMap<StateStore, Map<string, Promise<string>>>()

/**
 * The configured secret, else one that was made once and kept. Without a store it lasts as long as the process. Rejects
 * with `INVALID_CONFIG` when the configured one does not fit into an address or is easy to guess.
 */
export function hookSecret(store: StateStore = inMemory, account: string, configured?: string): Promise<string> {
  if (configured) return usable.test(configured) ? Promise.resolve(configured) : Promise.reject(unusable())
  const ofStore = asked.get(store) ?? new Map<string, Promise<string>>()
  asked.set(store, ofStore)
  let secret = ofStore.get(account)
  if (!secret) {
    secret = keptOrMade(store, `hook:${account}`)
    // What failed is tried again.
    secret.catch(() => ofStore.delete(account))
    ofStore.set(account, secret)
  }
  return secret
}

/** For "sign out and forget": the next address is another one. */
export async function forgetHookSecret(store: StateStore = inMemory, account: string): Promise<void> {
  asked.get(store)?.delete(account)
  await store.remove(`hook:${account}`)
}

async function keptOrMade(store: StateStore, name: string): Promise<string> {
  const kept = (await store.load(name)) as { secret?: unknown } | undefined
  if (typeof kept?.secret === 'string' && usable.test(kept.secret)) return kept.secret
  const secret = randomBytes(24).toString('base64url')
  await store.save(name, { v: 1, secret })
  return secret
}

/** Takes the same time whatever differs, lengths included. */
export function isSameSecret(given: string, secret: string): boolean {
  const digest = (text: string) => Buffer.from(sha256(text))
  return timingSafeEqual(digest(given), digest(secret))
}

const unusable = (): DrivewayError =>
  new DrivewayError({
    code: 'INVALID_CONFIG',
    message: "The account's webhook secret must have 16 to 200 letters, digits, - _ . or ~",
    action: 'Enter a longer one, or leave it empty: then one is made.',
  })
