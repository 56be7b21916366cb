import { expect } from 'chai'
import { together } from '../../src/cloud/together'
import { tick } from '../support/clock'
import { Gate } from '../support/scriptedProvider'

describe('work that many ask for at once', () => {
  let runs: Gate<void>[]
  let ask: () => Promise<void>

  beforeEach(() => {
    runs = []
    ask = together(() => {
      const run = new Gate<void>()
      runs.push(run)
      return run.promise
    })
  })

  /** Whether each of these has got its answer, and which. */
  const ends = (asked: readonly Promise<void>[]) => {
    const told: string[] = asked.map(() => 'waits')
    asked.forEach((one, index) => {
      one.then(
        () => (told[index] = 'done'),
        (error: unknown) => (told[index] = (error as Error).message),
      )
    })
    return told
  }

  it('is done once for all who asked before it began', async () => {
    const told = ends([ask(), ask(), ask()])
    await tick()
    expect(runs).to.have.length(1)
    runs[0]!.open()
    await tick()
    expect(told).to.deep.equal(['done', 'done', 'done'])
    expect(runs).to.have.length(1)
  })

  it('is begun again, once, for those who came while it was done: what they mean may not be in it', async () => {
    const first = ends([ask()])
    await tick()
    const later = ends([ask(), ask()])
    await tick()
    expect(runs, 'one after the other').to.have.length(1)
    runs[0]!.open()
    await tick()
    expect(first).to.deep.equal(['done'])
    expect(later).to.deep.equal(['waits', 'waits'])
    expect(runs).to.have.length(2)
    runs[1]!.open()
    await tick()
    expect(later).to.deep.equal(['done', 'done'])
    expect(runs).to.have.length(2)
  })

  it('that fails fails for all who waited for it, and for nobody else', async () => {
    const first = ends([ask(), ask()])
    await tick()
    const later = ends([ask()])
    runs[0]!.fail(new Error('disk full'))
    await tick()
    expect(first).to.deep.equal(['disk full', 'disk full'])
    runs[1]!.open()
    await tick()
    expect(later).to.deep.equal(['done'])
  })

  it('is done afresh for whoever asks after its end, also after a failure', async () => {
    for (const [round, end] of ['done', 'no', 'done'].entries()) {
      const told = ends([ask()])
      await tick()
      expect(runs).to.have.length(round + 1)
      if (end === 'done') runs[round]!.open()
      else runs[round]!.fail(new Error(end))
      await tick()
      expect(told).to.deep.equal([end])
    }
  })
})
