import { spawnSync } from 'node:child_process'
import { appendFile, chmod, chown, mkdir, readFile, readdir, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'chai'
import { opened, plainly } from '../../src/cloud/additions'
import { Journal } from '../../src/cloud/journal'
import { journaledFolder } from '../../src/cloud/journaledFolder'
import { sha256 } from '../../src/sha256'
import { emptyFolder, filesIn } from './support/folder'
import { rejection } from './support/server'

const root = join(__dirname, '..', '..')

describe('A folder whose writes go to a journal first', () => {
  let dir: string
  let path: string
  let remove: () => Promise<void>

  beforeEach(async () => {
    ;({ dir, remove } = await emptyFolder())
    path = join(dir, 'state')
  })
  afterEach(() => remove())

  /** Written by a process that ends without a word. */
  const leftBy = (...writes: [name: string, text: string][]) => {
    const code = `const { journaledFolder } = require('./src/cloud/journaledFolder.ts')
      const folder = journaledFolder(${JSON.stringify(path)})
      void Promise.all(${JSON.stringify(writes)}.map(([name, text]) => folder.write(name, text))).then(() => process.kill(process.pid, 'SIGKILL'))`
    const { signal } = spawnSync(process.execPath, ['--import', 'tsx', '-e', code], { cwd: root })
    expect(signal).to.equal('SIGKILL')
  }
  /** Root may write wherever it likes: then the folder is given to another user, who does the work. */
  const asNobodySpecial = async (work: () => Promise<void>) => {
    if (process.geteuid?.() !== 0) return work()
    const nobody = 65534
    for (const file of [dir, path, ...(await filesIn(path)).map((name) => join(path, name))]) await chown(file, nobody, nobody)
    process.seteuid?.(nobody)
    try {
      await work()
    } finally {
      process.seteuid?.(0)
    }
  }
  const journals = async () => (await filesIn(path)).filter((name) => name.endsWith('.journal'))

  it('gives what was written last, at once and from its own file, and leaves no journal then', async () => {
    const folder = journaledFolder(path)
    const writes = [folder.write('one', '1'), folder.write('two', 'zwei ü'), folder.write('one', '2')]
    expect(await folder.read('one')).to.equal('2')
    await Promise.all(writes)
    expect(await journals()).to.have.length(1)
    await folder.settled()
    expect(await filesIn(path)).to.deep.equal(['one.json', 'two.json'])
    expect(await readFile(folder.fileOf('two'), 'utf8')).to.equal('zwei ü')
    expect(await folder.read('one')).to.equal('2')
    expect(await folder.read('three')).to.equal(undefined)
  })

  it('keeps the others while a file cannot be written, with few journals, and has all once it can', async () => {
    const folder = journaledFolder(path)
    await mkdir(folder.fileOf('one'), { recursive: true })
    for (let n = 0; n < 20; n++) {
      await Promise.all([folder.write('one', `${n}`), folder.write('two', `${n}`)])
      expect(await rejection(folder.settled())).to.have.property('code')
      expect(await readFile(folder.fileOf('two'), 'utf8')).to.match(/^\d+$/)
    }
    expect(await journals()).to.have.length.below(10)
    expect([await folder.read('one'), await folder.read('two')]).to.deep.equal(['19', '19'])
    await rm(folder.fileOf('one'), { recursive: true })
    await folder.settled()
    expect(await filesIn(path)).to.deep.equal(['one.json', 'two.json'])
    for (const name of ['one', 'two']) expect(await readFile(folder.fileOf(name), 'utf8')).to.equal('19')
  })

  it('is nobody else’s to read', async () => {
    await journaledFolder(path).write('one', '1')
    const [journal = ''] = await journals()
    expect((await stat(join(path, journal))).mode & 0o777).to.equal(0o600)
    expect((await stat(path)).mode & 0o777).to.equal(0o700)
  })

  it('has what a killed process had written, and removed', async () => {
    await mkdir(path)
    await writeFile(join(path, 'old.json'), 'older')
    await writeFile(join(path, 'gone.json'), 'older')
    leftBy(['old', 'newer'], ['gone', ''], ['new', 'first'])
    expect(await journals(), 'nothing was brought home').to.have.length(1)
    const folder = journaledFolder(path)
    expect([await folder.read('old'), await folder.read('gone'), await folder.read('new')]).to.deep.equal([
      'newer',
      undefined,
      'first',
    ])
    expect(await filesIn(path)).to.deep.equal(['new.json', 'old.json'])
  })

  it('has all that was promised where a crash cut the journal, or left half of it', async () => {
    for (const spoil of [
      (file: string) => appendFile(file, 'two half of'),
      (file: string) => appendFile(file, 'one wrong\n#0123456789abcdef\n'),
      (file: string) => appendFile(file, Buffer.alloc(5000)),
      async (file: string) => truncate(file, (await stat(file)).size - 1),
    ]) {
      await rm(path, { recursive: true, force: true })
      await mkdir(path)
      const file = join(path, '1.journal')
      const journal = await Journal.begin(file)
      await journal.append(new Map([['one', 'kept']]))
      const promised = journal.size
      await journal.append(new Map([['one', 'cut']]))
      await journal.close()
      const isCut = spoil.toString().includes('truncate')
      if (!isCut) await truncate(file, promised)
      await spoil(file)
      const { journal: found, places } = await Journal.found(file)
      expect(await found.read(places.get('one')!)).to.equal('kept')
      await found.close()
    }
  })

  it('leaves nothing behind of what is removed', async () => {
    const folder = journaledFolder(path)
    await Promise.all([folder.write('one', 'secret'), folder.write('two', '2'), folder.remove('one'), folder.write('two', '3')])
    expect(await folder.read('one')).to.equal(undefined)
    expect(await filesIn(path)).to.deep.equal(['two.json'])
    await folder.write('one', 'again')
    expect(await folder.read('one')).to.equal('again')
  })

  it('loses nothing while it brings home and is written to', async () => {
    const folder = journaledFolder(path)
    const large = 'x'.repeat(10_000)
    const last = new Map<string, string>()
    for (let n = 0; n < 600; n++) {
      const name = `name${n % 40}`
      last.set(name, `${n} ${large}`)
      const written = folder.write(name, `${n} ${large}`)
      if (n % 7 === 0) await written
      if (n % 50 === 0) void folder.settled()
    }
    for (const [name, text] of last) expect(await folder.read(name)).to.equal(text)
    await folder.settled()
    for (const [name, text] of last) expect(await readFile(folder.fileOf(name), 'utf8')).to.equal(text)
    expect(await readdir(path)).to.have.length(40)
  })

  it('promises nothing to those who asked while what failed was under way', async () => {
    await writeFile(path, 'no folder')
    const folder = journaledFolder(path)
    const writes: Promise<void>[] = []
    for (let n = 0; n < 20; n++) {
      writes.push(folder.write(`name${n}`, 'x'))
      await Promise.resolve()
    }
    const results = await Promise.allSettled(writes)
    expect(results.filter(({ status }) => status === 'fulfilled')).to.have.length(0)
  })

  it('says so when nothing can be written, and goes on when it can', async () => {
    await writeFile(path, 'no folder')
    const folder = journaledFolder(path)
    await rejection(folder.write('one', '1'))
    await rm(path)
    await folder.write('one', '2')
    expect(await folder.read('one')).to.equal('2')
  })

  it('takes nothing away from a newer value when it sets aside what nobody can read', async () => {
    const folder = journaledFolder(path)
    await folder.write('one', 'odd')
    const newer = folder.write('one', 'good')
    await folder.setAside('one', 'odd')
    await newer
    expect(await folder.read('one')).to.equal('good')
    await folder.setAside('one', 'good')
    expect(await folder.read('one')).to.equal(undefined)
    expect(await filesIn(path)).to.deep.equal(['one.json.unreadable'])
  })

  it('is emptied while somebody removes it, and keeps what comes afterwards', async () => {
    const folder = journaledFolder(path)
    await folder.write('one', '1')
    await rm(path, { recursive: true })
    await folder.write('two', '2')
    await folder.settled()
    expect(await filesIn(path)).to.deep.equal(['two.json'])
  })

  describe('when something is added to a value that was written before', () => {
    /** A value that grows; its file gets all of it. */
    const growing = (name: string, folder = journaledFolder(path)) => {
      let whole = ''
      return {
        write: () => folder.write(name, JSON.stringify(whole)),
        add(more: string) {
          whole += more
          return folder.add({ name, text: JSON.stringify(more), whole: () => JSON.stringify(whole) })
        },
      }
    }
    const textOf = async (name: string) => opened((await other().read(name)) ?? '', name, plainly)
    /** The same folder by another name is another owner of it, as the next process is. */
    const other = () => journaledFolder(`${dir}/./state`)

    it('gives all of it, and its file has all of it when there is rest', async () => {
      const folder = journaledFolder(path)
      const one = growing('one')
      await one.write()
      await Promise.all([one.add('a'), one.add('b')])
      expect(await folder.read('one')).to.equal('"ab"')
      await folder.settled()
      expect(await filesIn(path)).to.deep.equal(['one.json'])
      expect(await readFile(folder.fileOf('one'), 'utf8')).to.equal('"ab"')
      await one.add('c')
      await folder.settled()
      expect(await readFile(folder.fileOf('one'), 'utf8')).to.equal('"abc"')
    })

    it('gives what a killed process has added behind the value, also after several kills', async () => {
      const one = growing('one')
      await one.write()
      await one.add('a')
      await one.add('b')
      expect(await textOf('one')).to.deep.equal({ value: '', additions: ['a', 'b'] })
      await other().settled()
      expect(await filesIn(path)).to.deep.equal(['one.json'])
      const killed = await Journal.begin(join(path, '1.journal'))
      await killed.append(new Map(), '[["one","c"],["gone","d"]]')
      await killed.close()
      const third = journaledFolder(`${dir}/././state`)
      expect(opened((await third.read('one')) ?? '', 'one', plainly).additions).to.deep.equal(['a', 'b', 'c'])
      expect(await third.read('gone'), 'nothing was ever written').to.equal(undefined)
      await third.write('one', '"whole"')
      await third.settled()
      expect(await readFile(third.fileOf('one'), 'utf8')).to.equal('"whole"')
      expect(await filesIn(path)).to.deep.equal(['one.json'])
    })

    it('leaves nothing behind of what is removed, whatever was on its way', async () => {
      const folder = journaledFolder(path)
      const one = growing('one')
      const writes = [one.write(), one.add('a'), folder.write('two', '2'), one.add('b')]
      const removed = folder.remove('one')
      await Promise.all([...writes, removed])
      expect(await folder.read('one')).to.equal(undefined)
      await folder.settled()
      expect(await filesIn(path)).to.deep.equal(['two.json'])
    })

    it('loses none while it brings home', async () => {
      const folder = journaledFolder(path)
      const all = Array.from({ length: 40 }, (_, n) => growing(`name${n}`))
      const expected = new Map<string, string>()
      for (const one of all) void one.write()
      for (let n = 0; n < 800; n++) {
        const name = `name${n % 40}`
        const more = ` ${n}`
        expected.set(name, (expected.get(name) ?? '') + more)
        const added = all[n % 40]!.add(more)
        if (n % 7 === 0) await added
        if (n % 60 === 0) void folder.settled()
      }
      // What the next process finds, whatever of it is at home by now.
      await folder.read('name0')
      for (const [name, text] of expected) {
        const found = await textOf(name)
        const additions = found.additions as string[]
        const value = found.value as string
        const since = additions.slice(additions.findIndex((_, at) => text === value + additions.slice(at).join('')))
        expect(value + (text === value ? '' : since.join(''))).to.equal(text)
      }
    })

    it('of another key is set aside with its journal', async () => {
      const journal = await mkdir(path).then(() => Journal.begin(join(path, '1.journal')))
      await journal.append(new Map([['one', '1']]), 'sealed by somebody else')
      await journal.close()
      const folder = journaledFolder(path, { ...plainly, open: () => undefined })
      expect(await folder.read('one')).to.equal('1')
      await folder.settled()
      expect((await filesIn(path)).join()).to.match(/^[^,]*\.journal\.unreadable,one\.json$/)
    })
  })

  it('reads the journals of the version before', async () => {
    await mkdir(path)
    const lines = 'one 1\ntwo \n'
    await writeFile(join(path, '1.journal'), `{"v":1}\n${lines}#${sha256(lines).slice(0, 16)}\n`)
    await writeFile(join(path, 'two.json'), 'older')
    const folder = journaledFolder(path)
    expect([await folder.read('one'), await folder.read('two')]).to.deep.equal(['1', undefined])
  })

  describe('of two processes', () => {
    /** The same folder by another name is another owner of it, as another process would be. */
    const other = () => journaledFolder(`${dir}/./state`)

    it('gives the second all that the first has written, and loses nothing of what the first writes on', async () => {
      const first = journaledFolder(path)
      await first.write('one', '1')
      const second = other()
      expect(await second.read('one')).to.equal('1')
      await first.write('two', '2')
      await second.write('three', '3')
      await Promise.all([first.settled(), second.settled()])
      expect(await Promise.all(['one', 'two', 'three'].map((name) => readFile(first.fileOf(name), 'utf8')))).to.deep.equal([
        '1',
        '2',
        '3',
      ])
      expect(await journals()).to.deep.equal([])
    })

    it('lets nothing old win over what was written since, when one was killed long ago', async () => {
      const first = journaledFolder(path)
      await first.write('both', 'before')
      await first.settled()
      const killed = await Journal.begin(join(path, '000000000000001-killed00.journal'))
      await killed.append(new Map(Object.entries({ both: 'older', own: 'only here' })))
      await killed.close()
      const longAgo = new Date('2020-01-01')
      await utimes(killed.path, longAgo, longAgo)
      await first.write('other', 'later')
      await first.settled()
      expect(await journals()).to.deep.equal([])
      expect([await other().read('both'), await other().read('own')]).to.deep.equal(['before', 'only here'])
    })
  })

  it('that may not be written gives what a killed process left there', async () => {
    leftBy(['one', '1'])
    await asNobodySpecial(async () => {
      await chmod(path, 0o500)
      const folder = journaledFolder(path)
      expect(await folder.read('one')).to.equal('1')
      await rejection(folder.write('two', '2'))
      await chmod(path, 0o700)
      await folder.write('two', '2')
      await folder.settled()
      expect(await filesIn(path)).to.deep.equal(['one.json', 'two.json'])
    })
  })
})
