import { join } from 'node:path'
import { expect } from 'chai'
import { pause, seconds, systemClock } from '../../src/clock'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import { volvoDemo } from '../../src/simulator/credentials'
import { eventually, Run } from '../support/childProcess'
import { temporaryFolder } from '../support/stage'

const root = join(__dirname, '..', '..')

/** More of them by hand: `DRIVEWAY_KILLS=100 npm test -- test/account/killed.test.ts`. */
const kills = Number(process.env.DRIVEWAY_KILLS ?? 12)

interface Told {
  id: string
  name: string
  startedAt?: string
}

/** What is done to the car in turn, and what has to be told of it. */
const steps: readonly { does(simulator: Simulator): void; tells: readonly string[] }[] = [
  { does: ({ cars }) => cars.get('ex40')?.plugIn('ac'), tells: ['plugged-in', 'charging-started'] },
  { does: ({ cars }) => cars.get('ex40')?.stopCharging(), tells: ['charging-stopped'] },
  { does: ({ cars }) => cars.get('ex40')?.startCharging(), tells: ['charging-started'] },
  { does: ({ cars }) => cars.get('ex40')?.unplug(), tells: ['charging-stopped', 'unplugged'] },
]

const toldBy = (output: string) => output.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as Told] : []))
const isOfCharging = ({ name }: Told) => steps.some(({ tells }) => tells.includes(name))

describe('killed at any moment of a charging session', () => {
  let simulator: Simulator
  let run: Run

  before(async () => {
    simulator = await startSimulator({ lag: { min: 0, max: 0 }, tickMs: 100, seed: 7 })
    Object.assign(simulator.volvo.limits, { perMinute: 1e9, perDay: 1e9 })
  })
  after(async () => {
    await run.end('SIGKILL')
    await simulator.close()
  })

  it(`loses no event, repeats none but right after a start, and keeps the session's start, over ${kills} kills`, async () => {
    const dir = temporaryFolder('killed')
    const token = simulator.volvo.tokens.testToken(volvoDemo.user, volvoDemo.scopes, true)
    const vin = simulator.cars.get('ex40').id
    const script = join(__dirname, 'support', 'watcher.ts')
    const outputs: (() => string)[] = []
    const start = () => new Run(script, [simulator.url, dir, token, vin], { cwd: root, env: { NODE_OPTIONS: '--import tsx' } })
    /** An event that comes again, with its old id, before the first read of a start was told without being noted as told. */
    const told = () => {
      const ids = new Set<string>()
      return [...outputs.map((output) => output()), run.output].flatMap((output) => {
        const [before = '', ...after] = output.split(/^read$/m)
        const again = toldBy(before).filter(({ id }) => !ids.has(id))
        const events = [...again, ...toldBy(after.join(''))].filter(isOfCharging)
        for (const { id } of events) ids.add(id)
        return events
      })
    }

    const expected: string[] = []
    let step = -1
    let since = 0
    run = start()
    await run.said(/read\n/)
    for (let kill = 0; kill <= kills; kill++) {
      if (kill > 0) run = start()
      await run.said(/read\n/)
      // Volvo's energy times are whole seconds: edges within one second could not be told apart.
      if (told().length >= expected.length && systemClock.now() - since > 1200) {
        const next = steps[++step % steps.length]!
        next.does(simulator)
        since = systemClock.now()
        expected.push(...next.tells)
      }
      await pause(systemClock, Math.random() * 400)
      if (kill === kills) break
      await run.end('SIGKILL')
      // Read later: some of it may still be on its way when the process is gone.
      const killed = run
      outputs.push(() => killed.output)
    }
    await eventually(told, (events) => events.length >= expected.length, 'the last event')

    const events = told()
    expect(events.map(({ name }) => name))
      .to.have.members(expected)
      .and.have.length(expected.length)
    expect(new Set(events.map(({ id }) => id)).size, 'no id twice').to.equal(events.length)
    for (const [index, { name, startedAt }] of events.entries())
      if (name === 'charging-stopped') {
        const began = events.slice(0, index).findLast((event) => event.name === 'charging-started')
        expect(startedAt, 'the start of the session').to.equal(began?.startedAt)
      }
    expect(step, 'steps that were played').to.be.greaterThan(0)
  }).timeout(seconds(60 + kills * 3))
})
