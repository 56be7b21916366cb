/** Encrypts what is kept on disk: AES-256-GCM under a key from the runtime's credential secret, or from a key file. */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto'
import { rename } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { readIfThere, writeOnce } from './fileStore'

export interface Sealer {
  /** JSON text that only `open` with the same `aad` reads. */
  seal(plain: Buffer | string, aad: string): string
  /** `undefined`: another key, another `aad`, or damaged. */
  open(text: string, aad: string): string | undefined
  /** The text is readable, but only under an older secret: seal it again before that secret is forgotten. */
  isOutdated(text: string, aad: string): boolean
}

const sealedSchema = z.object({ v: z.literal(1), iv: z.base64(), tag: z.base64(), data: z.base64() })

/**
 * Gives the sealer of a folder. It writes under the first of `secrets` (newest first) and reads under all of them and
 * under the key file `<dir>/key`; without secrets that file is made, once, whoever comes first. Rejects when it is
 * needed and cannot be written.
 */
export async function openSealer({ dir, secrets }: { dir: string; secrets: readonly string[] }): Promise<Sealer> {
  const usable = secrets.filter((secret) => secret !== '')
  const path = join(dir, 'key')
  const keptKey = usable.length ? await readKey(path).catch(() => undefined) : await keyFromFile(path)
  const materials = [...usable.map((secret) => Buffer.from(secret)), ...(keptKey ? [keptKey] : [])]
  return sealerFor(materials.map(keyFrom))
}

function sealerFor(keys: readonly Buffer[]): Sealer {
  const openedBy = (text: string, aad: string) => {
    const sealed = parse(text)
    if (!sealed) return undefined
    for (const [index, key] of keys.entries()) {
      const plain = decrypt(sealed, key, aad)
      if (plain !== undefined) return { plain, index }
    }
    return undefined
  }
  return {
    seal(plain, aad) {
      const [key] = keys
      if (!key) throw new Error('A sealer needs a key')
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(aad))
      const data = Buffer.concat([cipher.update(plain), cipher.final()])
      const tag = cipher.getAuthTag()
      // Nothing in it needs an escape.
      return `{"v":1,"iv":"${iv.toString('base64')}","tag":"${tag.toString('base64')}","data":"${data.toString('base64')}"}`
    },
    open: (text, aad) => openedBy(text, aad)?.plain,
    isOutdated: (text, aad) => (openedBy(text, aad)?.index ?? 0) > 0,
  }
}

function decrypt({ iv, tag, data }: z.infer<typeof sealedSchema>, key: Buffer, aad: string): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(iv, 'base64'), { authTagLength: 16 })
    decipher.setAAD(Buffer.from(aad)).setAuthTag(Buffer.from(tag, 'base64'))
    return Buffer.concat([decipher.update(Buffer.from(data, 'base64')), decipher.final()]).toString('utf8')
  } catch {
    return undefined
  }
}

function parse(text: string): z.infer<typeof sealedSchema> | undefined {
  try {
    return sealedSchema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

const keyFrom = (material: Buffer): Buffer => Buffer.from(hkdfSync('sha256', material, 'driveway', 'driveway kept files v1', 32))

async function keyFromFile(path: string): Promise<Buffer> {
  for (let attempt = 0; attempt < 3; attempt++) {
    const key = await readKey(path)
    if (key) return key
    await writeOnce(path, randomBytes(32).toString('base64'))
  }
  throw new Error('The key file can be neither read nor made')
}

/** A key file that holds no key is set aside. */
async function readKey(path: string): Promise<Buffer | undefined> {
  const text = await readIfThere(path)
  if (text === undefined) return undefined
  const key = Buffer.from(text.trim(), 'base64')
  if (key.length === 32) return key
  await rename(path, `${path}.unreadable-${randomBytes(4).toString('hex')}`)
  return undefined
}
