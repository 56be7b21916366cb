/** Where sign-ins are kept: one sealed file per token chain, or memory. */
import { randomUUID } from 'node:crypto'
import { readdir, rename } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { z } from 'zod'
import type { Clock } from '../clock'
import { inTurn, readIfThere, removeIfThere, withLock, writeAtomically } from './fileStore'
import type { TokenSet } from './grants'
import type { Sealer } from './seal'

/** What is kept of a chain of tokens. */
export interface KeptTokens extends TokenSet {
  /** Hash of the pasted tokens that stood in the account when a person signed in; a changed one wins over this file. */
  seedHash?: string
  /** The chain is over and must not be used: the provider refused it, or a person signed out. */
  ended?: 'expired' | 'signed-out'
}

export interface TokenStore {
  /** Same for all stores that share their chains. */
  readonly place: string
  /** Tokens are there after a restart. */
  readonly durable: boolean
  /** `unreadable`: something was kept that cannot be read (another secret, damaged); it was set aside. */
  load(chain: string): Promise<KeptTokens | 'unreadable' | undefined>
  /** When this is through, the tokens survive a crash. */
  save(chain: string, tokens: KeptTokens): Promise<void>
  remove(chain: string): Promise<void>
  /** Runs `action` while nobody else changes this chain, in no process of this machine. */
  locked<T>(chain: string, action: () => Promise<T>): Promise<T>
}

const keptSchema = z.object({
  accessToken: z.string(),
  refreshToken: z.string().optional(),
  expiresAt: z.number(),
  obtainedAt: z.number(),
  signedInAt: z.number(),
  who: z.string().optional(),
  seedHash: z.string().optional(),
  ended: z.enum(['expired', 'signed-out']).optional(),
})

/** Keeps each chain in `<dir>/tokens/<chain>.json`, sealed, 0600. A chain is a hash, so it is safe as a file name. */
export function fileTokenStore({ dir, sealer, clock }: { dir: string; sealer: Sealer; clock: Clock }): TokenStore {
  const folder = join(dir, 'tokens')
  const pathOf = (chain: string) => join(folder, `${chain}.json`)

  async function save(chain: string, tokens: KeptTokens): Promise<void> {
    await writeAtomically(pathOf(chain), sealer.seal(JSON.stringify(tokens), chain))
  }

  return {
    place: folder,
    durable: true,
    async load(chain) {
      const text = await readIfThere(pathOf(chain))
      if (text === undefined) return undefined
      const tokens = parse(sealer.open(text, chain))
      if (!tokens) {
        await setAside(pathOf(chain))
        return 'unreadable'
      }
      if (sealer.isOutdated(text, chain)) reseal(chain)
      return tokens
    },
    save,
    remove: (chain) => removeIfThere(pathOf(chain)),
    locked: (chain, action) =>
      withLock(pathOf(chain), clock, async () => {
        await removeDrafts(pathOf(chain))
        return action()
      }),
  }

  /** Not waited for, since `load` may run under the lock; the file is read again, since it may have changed. */
  function reseal(chain: string): void {
    const again = async () => {
      const text = await readIfThere(pathOf(chain))
      const tokens = text !== undefined && sealer.isOutdated(text, chain) ? parse(sealer.open(text, chain)) : undefined
      if (tokens) await save(chain, tokens)
    }
    withLock(pathOf(chain), clock, again).catch(() => undefined)
  }
}

/** Keeps chains until the process ends. Accounts share their chains only through the same store. */
export function memoryTokenStore(): TokenStore {
  const kept = new Map<string, KeptTokens>()
  const place = `memory:${randomUUID()}`
  return {
    place,
    durable: false,
    load: async (chain) => kept.get(chain),
    async save(chain, tokens) {
      kept.set(chain, { ...tokens })
    },
    async remove(chain) {
      kept.delete(chain)
    },
    locked: (chain, action) => inTurn(`${place} ${chain}`, action),
  }
}

function parse(text: string | undefined): KeptTokens | undefined {
  if (text === undefined) return undefined
  try {
    return keptSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** `<path>.unreadable-<n>` with the first free number. */
async function setAside(path: string): Promise<void> {
  for (let n = 1; n < 100; n++) {
    const aside = `${path}.unreadable-${n}`
    if ((await readIfThere(aside)) !== undefined) continue
    await rename(path, aside)
    return
  }
}

/** Drafts of writers that were killed. Only the holder of the lock writes, so none of them is in use. */
async function removeDrafts(path: string): Promise<void> {
  const folder = join(path, '..')
  const drafts = (await readdir(folder)).filter((name) => name.startsWith(`${basename(path)}.`) && name.endsWith('.tmp'))
  await Promise.all(drafts.map((name) => removeIfThere(join(folder, name))))
}
