import { join } from 'node:path'
import { expect } from 'chai'
import { pause, seconds, systemClock } from '../../src/clock'
import { Run } from '../support/childProcess'
import { temporaryFolder } from '../support/stage'
import { fired } from './deliveredTo'

const root = join(__dirname, '..', '..')
/** More of them by hand: `DRIVEWAY_KILLS=100 npm test -- test/monitors/killed.test.ts`. */
const kills = Number(process.env.DRIVEWAY_KILLS ?? 10)
const atATime = 8

const delivery = (n: number) => JSON.stringify(fired(new Date(Date.UTC(2026, 0, 1) + n * 60_000).toISOString(), String(n)))

/** The levels that were told, in order, one entry for each time. */
const toldBy = (output: string) =>
  [...output.matchAll(/^told \S+ (\S+) (\d+)$/gm)].map(([, id, level]) => ({ id, n: Number(level) }))

describe('deliveries to a process that is killed at any moment', () => {
  it(`are told once each when they were acknowledged, and none is lost, over ${kills} kills`, async () => {
    const dir = temporaryFolder('receiver')
    const script = join(__dirname, 'support', 'receiver.ts')
    const acknowledged = new Set<number>()
    const lives: { before: ReadonlySet<number>; output: () => string }[] = []
    let next = 0
    let open: number[] = []
    for (let life = 0; life <= kills; life++) {
      const before = new Set(acknowledged)
      const run = new Run(script, [dir], { cwd: root, env: { NODE_OPTIONS: '--import tsx' } })
      lives.push({ before, output: () => run.output })
      const [, url = ''] = await run.said(/^at (\S+)$/m)
      // What was not acknowledged comes again, as clouds do it; and, like a cloud that missed the answer, one that was.
      const again = [...acknowledged].slice(-3)
      const isLast = life === kills
      const send = async (n: number) => {
        const answer = await fetch(url, { method: 'POST', body: delivery(n), headers: { connection: 'close' } }).catch(
          () => undefined,
        )
        if (answer?.status === 200) acknowledged.add(n)
      }
      const fresh = isLast ? [] : Array.from({ length: atATime }, () => next++)
      const sent = [...open, ...again, ...fresh]
      const answers = Promise.all(sent.map(send))
      // Right after an acknowledgement at the latest: what is written lazily is not written yet.
      const known = acknowledged.size
      if (isLast) await answers
      else {
        const patience = systemClock.now() + seconds(10)
        const wanted = known + (life % 3)
        while (acknowledged.size < wanted && systemClock.now() < patience) await pause(systemClock, 1)
        await run.end('SIGKILL')
        await answers
      }
      open = sent.filter((n) => !acknowledged.has(n))
      if (isLast) await run.end('SIGKILL')
    }

    expect(open, 'not acknowledged in the end').to.deep.equal([])
    const told = lives.map(({ output }) => toldBy(output()))
    const levels = new Set(told.flat().map(({ n }) => n))
    expect(
      [...levels].sort((a, b) => a - b),
      'told',
    ).to.deep.equal(Array.from({ length: next }, (_, n) => n))
    for (const n of levels) {
      const times = told.flat().filter((one) => one.n === n)
      expect(new Set(times.map(({ id }) => id)).size, `ids of ${n}`).to.equal(1)
      const inLives = told.flatMap((one, life) => (one.some((event) => event.n === n) ? [life] : []))
      for (const life of inLives.slice(1)) {
        // One that nobody had acknowledged may come again, and one that was told as the process was killed.
        const isExcused = !lives[life]!.before.has(n) || inLives.includes(life - 1)
        expect(isExcused, `${n} told again in life ${life}`).to.equal(true)
      }
    }
  }).timeout(seconds(60 + kills * 5))
})
