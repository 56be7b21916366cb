/** Where this runtime keeps its sign-ins: an encrypted folder beside the flows, or memory when nothing can be written. */
import path from 'node:path'
import type { NodeAPI } from 'node-red'
import { systemClock } from '../../src/clock'
import { openSealer } from '../../src/cloud/seal'
import { fileStateStore, type StateStore } from '../../src/cloud/stateStore'
import { fileTokenStore, memoryTokenStore, type TokenStore } from '../../src/cloud/tokens'
import { notice } from './speech'

/** One for all accounts: those that share a sign-in must share its store. */
const inMemory = memoryTokenStore()
const opened = new Map<string, Promise<Place>>()

/** The folder: `DRIVEWAY_DIR`, else `driveway` in the user directory; undefined without either. */
export function folderOf(RED: NodeAPI): string | undefined {
  const given = process.env.DRIVEWAY_DIR
  if (given) return path.resolve(given)
  const { userDir } = RED.settings as { userDir?: string }
  return userDir ? path.join(userDir, 'driveway') : undefined
}

/** The user's own credential secret first, then the one that Node-RED made; both may be there until the next deploy. */
function secretsOf(RED: NodeAPI): string[] {
  const { settings } = RED as unknown as { settings: Record<string, unknown> & { get?(key: string): unknown } }
  const made = () => {
    try {
      return settings.get?.('_credentialSecret')
    } catch {
      return undefined
    }
  }
  return [settings.credentialSecret, made()].filter((secret): secret is string => typeof secret === 'string' && secret !== '')
}

/** What one runtime keeps, and where. */
export interface Place {
  tokens: TokenStore
  /** Absent without a writable folder. */
  kept?: { state: StateStore; ledger: StateStore }
}

/** The runtime's place; one for each folder in this process. */
export function placeOf(RED: NodeAPI): Promise<Place> {
  const dir = folderOf(RED)
  if (!dir) return Promise.resolve({ tokens: inMemory })
  const secrets = secretsOf(RED)
  // A newly set secret needs a new sealer.
  const key = JSON.stringify([dir, secrets])
  let place = opened.get(key)
  if (!place) {
    place = openSealer({ dir, secrets }).then(
      (sealer) => ({
        tokens: fileTokenStore({ dir, sealer, clock: systemClock }),
        kept: { state: fileStateStore({ dir, room: 'state', sealer }), ledger: fileStateStore({ dir, room: 'ledger' }) },
      }),
      () => {
        RED.log.warn(`driveway: ${notice(RED, 'signInsInMemory', { folder: dir })}`)
        return { tokens: inMemory }
      },
    )
    opened.set(key, place)
  }
  return place
}
