import { expect } from 'chai'
import { mkdir, readFile, stat, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { seconds, systemClock } from '../../src/clock'
import { withLock, writeAtomically } from '../../src/cloud/fileStore'
import { ManualClock } from '../support/clock'
import { emptyFolder, filesIn } from './support/folder'
import { rejection, until } from './support/server'

const noSuchProcess = 2 ** 22 + 1

describe('Files that survive a crash', () => {
  let dir: string
  let path: string
  let remove: () => Promise<void>

  beforeEach(async () => {
    ;({ dir, remove } = await emptyFolder())
    path = join(dir, 'tokens', 'one.json')
  })
  afterEach(() => remove())

  it('are private, in a private folder, and leave no drafts', async () => {
    await writeAtomically(path, 'first')
    await writeAtomically(path, 'second')
    expect(await readFile(path, 'utf8')).to.equal('second')
    expect((await stat(path)).mode & 0o777).to.equal(0o600)
    expect((await stat(join(dir, 'tokens'))).mode & 0o777).to.equal(0o700)
    expect(await filesIn(join(dir, 'tokens'))).to.deep.equal(['one.json'])
  })

  it('keep their old text when writing fails', async () => {
    await mkdir(path, { recursive: true })
    await writeFile(join(path, 'in the way'), '')
    expect(await rejection(writeAtomically(path, 'x'))).to.have.property('code')
    expect(await filesIn(join(dir, 'tokens'))).to.deep.equal(['one.json'])
  })
})

describe('A lock between processes', () => {
  let dir: string
  let path: string
  let remove: () => Promise<void>

  beforeEach(async () => {
    ;({ dir, remove } = await emptyFolder())
    path = join(dir, 'one.json')
  })
  afterEach(() => remove())

  const leftBy = (owner: object) => writeFile(`${path}.lock`, JSON.stringify({ id: 'someone', host: hostname(), ...owner }))

  it('lets one in at a time, gives their results and errors, and leaves nothing behind', async () => {
    let inside = 0
    const results = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) =>
        withLock(path, systemClock, async () => {
          expect(++inside).to.equal(1)
          await new Promise((resolve) => setImmediate(resolve))
          inside--
          if (n === 3) throw new Error('three')
          return n
        }),
      ),
    )
    expect(
      results.map((result) => (result.status === 'fulfilled' ? result.value : (result.reason as Error).message)),
    ).to.deep.equal([0, 1, 2, 'three', 4, 5, 6, 7])
    expect(await filesIn(dir)).to.deep.equal([])
  })

  it('is taken over at once from a process that is gone', async () => {
    await leftBy({ pid: noSuchProcess })
    expect(await withLock(path, systemClock, async () => 'in')).to.equal('in')
  })

  it('is taken over at once from a dead process that had our own number', async () => {
    await leftBy({ pid: process.pid })
    expect(await withLock(path, systemClock, async () => 'in')).to.equal('in')
  })

  it('is waited for while its holder shows signs of life, and taken over 20 s after the last one', async () => {
    for (const owner of [{ pid: noSuchProcess, host: 'another machine' }, { pid: process.ppid }]) {
      const clock = new ManualClock()
      let inside = false
      const settle = () => until(() => inside || clock.timers > 0)
      await leftBy(owner)
      const run = withLock(path, clock, async () => (inside = true))
      await clock.advance(seconds(19), settle)
      await utimes(`${path}.lock`, 1, 1)
      await clock.advance(seconds(19), settle)
      expect(inside).to.equal(false)
      await clock.advance(seconds(3), settle)
      await run
      expect(inside).to.equal(true)
      expect(await filesIn(dir)).to.deep.equal([])
    }
  })

  it('is not blocked for ever by one who was killed while taking it over', async () => {
    await leftBy({ pid: noSuchProcess })
    await writeFile(`${path}.lock.dead`, '')
    const clock = new ManualClock()
    let inside = false
    const run = withLock(path, clock, async () => (inside = true))
    await clock.advance(seconds(45), () => until(() => inside || clock.timers > 0))
    expect(inside).to.equal(true)
    await run
    expect(await filesIn(dir)).to.deep.equal([])
  })
})
