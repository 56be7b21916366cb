import { expect } from 'chai'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { CarRecords } from '../../src/monitors/carRecords'

const mark = '0a1b2c3d'
const ids = Array.from({ length: 1000 }, (_, n) => `V${n}`)

/** A disk that says what lies on it, and how much was written to it. */
class Disk implements StateStore {
  readonly files = new Map<string, string>()
  written = 0
  private readonly inner = memoryStateStore()
  load = (name: string) => this.inner.load(name)
  save = (name: string, value: unknown) => {
    const text = JSON.stringify(value)
    this.files.set(name, text)
    this.written += text.length
    return this.inner.save(name, value)
  }
  remove = (name: string) => {
    this.files.delete(name)
    return this.inner.remove(name)
  }
}

describe('what a monitor remembers of its cars', () => {
  let disk: Disk
  beforeEach(() => void (disk = new Disk()))

  const started = async (print = 'p1') => {
    const troubles: unknown[] = []
    const records = new CarRecords({ store: disk, mark, print, onTrouble: (error) => troubles.push(error) })
    await records.recall()
    return { records, troubles }
  }
  const moments = (records: CarRecords) => ids.map((id) => records.of(id).state.at)
  /** Each car was seen at a moment of its own. */
  const lived = async (print?: string) => {
    const { records } = await started(print)
    ids.forEach((id, n) => (records.of(id).state.at = n))
    await records.close()
    disk.written = 0
  }

  it('is there after a restart, of each of a thousand', async () => {
    await lived()
    const { records } = await started()
    expect(moments(records)).to.deep.equal(ids.map((_, n) => n))
  })

  it('is written for few of them when one changes, and survives a crash', async () => {
    await lived()
    const whole = [...disk.files.values()].join('').length
    const { records } = await started()
    records.of('V777').state.on = true
    await records.save('V777')
    expect(disk.written).to.be.within(1, whole / 5)
    expect((await started()).records.of('V777').state).to.include({ at: 777, on: true })
  })

  it('is read where an older version wrote all cars together', async () => {
    const cars = ids.map((id, at) => [id, { state: { known: {}, held: [], at }, confirmedAt: 5 }])
    await disk.save(`monitor:${mark}`, { v: 1, print: 'p1', cars: Object.fromEntries(cars) })
    const { records } = await started()
    expect(moments(records)).to.deep.equal(ids.map((_, n) => n))
    expect(records.of('V1').confirmedAt).to.equal(5)
  })

  it('is nothing of another condition, also when that comes back', async () => {
    await lived('p1')
    const other = await started('p2')
    expect(other.records.of('V999').state.at).to.equal(undefined)
    await other.records.close()
    const { records } = await started('p1')
    expect(new Set(moments(records))).to.deep.equal(new Set([undefined]))
  })

  it('goes with cars that are gone, and wholly when the monitor is forgotten', async () => {
    await lived()
    const { records } = await started()
    records.keepOnly(new Set(ids.slice(500)))
    await records.close()
    const left = [...disk.files.values()].join('')
    expect(left).to.not.contain('"V499"')
    expect(left).to.contain('"V500"')
    await CarRecords.forget(disk, mark)
    expect([...disk.files.keys()]).to.deep.equal([])
  })

  it('is told once as not written when the disk is full', async () => {
    const { records, troubles } = await started()
    disk.save = () => Promise.reject(new Error('full'))
    for (const id of ids) records.of(id)
    await Promise.all(ids.map((id) => records.save(id)))
    await records.close()
    expect(troubles).to.have.length(1)
  })
})
