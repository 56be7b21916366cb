import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { Statuses } from '../support/comms'
import type { AnyMessage } from '../support/home'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountAt, alert, e208, flowOf, monitor, partner, PublicAddress } from './monitorSupport'

/** Writes down what it is told and, while the file `kill` is there, ends the process as `kill -9` does, at once. */
const killer = {
  id: 'killer',
  z: 'tab',
  type: 'function',
  name: 'killer',
  func: 'global.get("told")(JSON.stringify(msg.event))\nreturn null',
  outputs: 1,
  x: 400,
  y: 200,
  wires: [[]],
}
const settingsCode = `
const { appendFileSync, existsSync } = require('node:fs')
const inHere = (name) => require('node:path').join(__dirname, name)
module.exports.functionGlobalContext = {
  told: (event) => {
    appendFileSync(inHere('told'), event + '\\n')
    if (existsSync(inHere('kill'))) process.kill(process.pid, 'SIGKILL')
  },
}`

describe('a monitor in the cloud whose Node-RED is killed between telling and noting that it told', function () {
  this.timeout(120_000)
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let address: PublicAddress

  before(async () => {
    simulator = await SimulatorProcess.start()
  })
  afterEach(async () => {
    await nodeRed?.end('SIGKILL')
    await address?.close()
  })
  after(() => simulator?.close())

  const here = (name: string) => join(nodeRed.userDir, name)
  const told = (): AnyMessage[] =>
    existsSync(here('told'))
      ? readFileSync(here('told'), 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => JSON.parse(line) as AnyMessage)
      : []
  const watching = async () => {
    const statuses = await Statuses.of(nodeRed.adminUrl)
    await statuses.shows('monitor', /^watching/)
    statuses.close()
  }

  it('tells it after the next start once more at most, as the same event, and then never again', async () => {
    address = await PublicAddress.open(() => nodeRed.adminUrl)
    const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault', wires: [['told', 'killer']] })
    const flows = flowOf(accountAt(simulator, address.url), watched, killer)
    nodeRed = await NodeRed.start({ flows, credentials: { acc: partner }, movableClock: true, settingsCode })
    await watching()
    let ahead = 0
    const pass = async (seconds: number) => {
      for (let left = seconds; left > 0; left -= 10) {
        ahead += 10
        nodeRed.moveClock(ahead * 1000)
        await simulator.control('POST', 'clock', { advance: 10 })
      }
    }
    const codes = ['AssistanceButtonFault', 'EngineFault', 'OilLevelLow']
    for (const [round, code] of codes.entries()) {
      writeFileSync(here('kill'), '')
      const before = new Set(told().map(({ id }) => id as string))
      await simulator.control('POST', `vehicles/${e208}/alert`, { code })
      const fresh = () => told().filter(({ id }) => !before.has(id as string))
      await eventually(fresh, (events) => events.length > 0, `round ${round + 1}: that it is told`)
      await nodeRed.end('SIGKILL')
      const good = () => address.answers.filter((status) => status === 200).length
      const acknowledged = good()
      rmSync(here('kill'))
      await nodeRed.restart()
      await watching()
      // It was not acknowledged, so the cloud sends it again until it is.
      await eventually(
        async () => {
          if (good() === acknowledged) await pass(10)
          return good()
        },
        (count) => count > acknowledged,
        `round ${round + 1}: the acknowledgement`,
        30_000,
      )
      await pass(300)
      const times = fresh()
      expect(times.length, 'how often').to.be.within(1, 2)
      expect(new Set(times.map(({ id }) => id as string)).size, 'one event').to.equal(1)
    }
    expect(new Set(told().map(({ id }) => id as string)).size).to.equal(codes.length)
  })
})
