import { expect } from 'chai'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openSealer } from '../../src/cloud/seal'
import { emptyFolder, filesIn } from './support/folder'

describe('Sealing what is kept on the disk', () => {
  let dir: string
  let remove: () => Promise<void>

  beforeEach(async () => ({ dir, remove } = await emptyFolder()))
  afterEach(() => remove())

  it('opens what it sealed, and shows nothing of it on the disk', async () => {
    const sealer = await openSealer({ dir, secrets: ['one'] })
    const text = sealer.seal('canary ü', 'account-1')
    expect(text).not.to.contain('canary')
    expect(sealer.open(text, 'account-1')).to.equal('canary ü')
    expect(JSON.parse(text)).to.include({ v: 1 })
    expect(sealer.seal('canary ü', 'account-1'), 'never the same twice').not.to.equal(text)
  })

  it('does not open it for another account, under another secret, or when a byte was changed', async () => {
    const sealer = await openSealer({ dir, secrets: ['one'] })
    const text = sealer.seal('plain', 'account-1')
    expect(sealer.open(text, 'account-2')).to.equal(undefined)
    expect((await openSealer({ dir, secrets: ['two'] })).open(text, 'account-1')).to.equal(undefined)
    const parts = JSON.parse(text) as Record<string, string>
    for (const part of ['iv', 'tag', 'data']) {
      const bytes = Buffer.from(parts[part]!, 'base64')
      bytes[0]! ^= 1
      expect(sealer.open(JSON.stringify({ ...parts, [part]: bytes.toString('base64') }), 'account-1'), part).to.equal(undefined)
    }
    expect(sealer.open(JSON.stringify({ ...parts, tag: parts.tag!.slice(0, 4) }), 'account-1'), 'short tag').to.equal(undefined)
    for (const text of ['', 'null', '{}', '{"v":1}', '[1']) expect(sealer.open(text, 'account-1')).to.equal(undefined)
  })

  it('reads under the old secret and says so, so that it can be sealed again under the new one', async () => {
    const text = (await openSealer({ dir, secrets: ['old'] })).seal('plain', 'a')
    const both = await openSealer({ dir, secrets: ['new', 'old'] })
    expect(both.open(text, 'a')).to.equal('plain')
    expect(both.isOutdated(text, 'a')).to.equal(true)
    const again = both.seal('plain', 'a')
    expect(both.isOutdated(again, 'a')).to.equal(false)
    expect((await openSealer({ dir, secrets: ['new'] })).open(again, 'a')).to.equal('plain')
  })

  it('makes one private key file when there is no secret, also when many ask at once', async () => {
    const sealers = await Promise.all(Array.from({ length: 12 }, () => openSealer({ dir, secrets: [''] })))
    const text = sealers[0]!.seal('plain', 'a')
    for (const sealer of sealers) expect(sealer.open(text, 'a')).to.equal('plain')
    expect(await filesIn(dir)).to.deep.equal(['key'])
    expect((await stat(join(dir, 'key'))).mode & 0o777).to.equal(0o600)
    const later = await openSealer({ dir, secrets: ['set later'] })
    expect(later.open(text, 'a'), 'a secret set later').to.equal('plain')
    expect(later.isOutdated(text, 'a')).to.equal(true)
  })

  it('sets a damaged key file aside and makes a new one', async () => {
    await writeFile(join(dir, 'key'), 'no key')
    const sealer = await openSealer({ dir, secrets: [] })
    expect(sealer.open(sealer.seal('plain', 'a'), 'a')).to.equal('plain')
    const files = await filesIn(dir)
    expect(files).to.have.length(2)
    expect(await readFile(join(dir, files[1]!), 'utf8')).to.equal('no key')
  })
})
