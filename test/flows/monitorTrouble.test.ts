import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { Statuses } from '../support/comms'
import type { AnyMessage } from '../support/home'
import { NodeRed, type NodeRedOptions } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountAt, alert, e208, flowOf, monitor, partner, PublicAddress } from './monitorSupport'

const minute = 60

describe('a monitor in the cloud, and what may happen to the receiver', function () {
  this.timeout(60_000)
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let address: PublicAddress

  before(async () => {
    simulator = await SimulatorProcess.start()
  })
  beforeEach(() => simulator.control('POST', 'reset'))
  afterEach(async () => {
    await nodeRed?.end('SIGKILL')
    await address?.close()
  })
  after(() => simulator?.close())

  const start = async (more: Partial<NodeRedOptions> = {}): Promise<void> => {
    address = await PublicAddress.open(() => nodeRed.adminUrl)
    const watched = monitor({ label: 'Alert', triggers: [alert], expression: 'fault' })
    nodeRed = await NodeRed.start({
      flows: flowOf(accountAt(simulator, address.url), watched),
      credentials: { acc: partner },
      movableClock: true,
      ...more,
    })
    await watching()
  }

  const watching = async () => {
    const statuses = await Statuses.of(nodeRed.adminUrl)
    await statuses.shows('monitor', /^watching/)
    statuses.close()
  }

  const raise = (code: string) => simulator.control('POST', `vehicles/${e208}/alert`, { code })

  let ahead = 0
  /** The same time passes at the cloud and here. */
  const pass = async (seconds: number): Promise<void> => {
    // As often as the cloud tries again.
    for (let left = seconds; left > 0; left -= 10) {
      ahead += 10
      nodeRed.moveClock(ahead * 1000)
      await simulator.control('POST', 'clock', { advance: 10 })
    }
  }

  const told = (count: number): Promise<AnyMessage[]> =>
    eventually(
      () => nodeRed.heard('told'),
      (heard) => heard.length >= count,
      `${count} messages`,
    )
  const alertsTold = () => nodeRed.heard('told').map(({ event }) => event.details.values[0].value as string)

  it('tells everything once and in order when the receiver is back after an hour', async () => {
    ahead = 0
    await start()
    address.isDown = true
    const codes = ['AssistanceButtonFault', 'EngineFault', 'OilLevelLow', 'HeadlightsFault', 'GearboxFault', 'RiskOfIce']
    for (const code of codes) {
      await raise(code)
      await pass(10 * minute)
    }
    expect(address.answers.length, 'attempts').to.be.greaterThan(100)
    expect(nodeRed.heard('told')).to.deep.equal([])
    address.isDown = false
    await pass(10)
    await told(codes.length)
    await pass(10 * minute)
    const events = nodeRed.heard('told').map(({ event }) => event as AnyMessage)
    expect(new Set(events.map(({ id }) => id as string)).size, 'each once').to.equal(codes.length)
    expect(events).to.have.length(codes.length)
    const times = events.map(({ observedAt }) => Date.parse(observedAt as string))
    expect(times).to.deep.equal([...times].sort((a, b) => a - b))
    expect(alertsTold().map((value) => String(value).split(',').at(-1))).to.deep.equal(codes)
    expect(nodeRed.complaints).to.deep.equal([])
  })

  it('loses nothing and doubles nothing when it is killed between receipt and hand-on', async () => {
    ahead = 0
    const hold = (dir: string) => join(dir, 'hold')
    // What has come in is held where Node-RED hands it to the flow's pages: it is received, and not handed on.
    await start({
      settingsCode: `const { existsSync } = require('node:fs')
module.exports.httpNodeMiddleware = (req, res, next) => {
  if (!existsSync(require('node:path').join(__dirname, 'hold'))) return next()
  console.log('held', req.method)
}`,
    })
    for (const [index, code] of ['AssistanceButtonFault', 'EngineFault'].entries()) {
      const before = nodeRed.heard('told').length
      writeFileSync(hold(nodeRed.userDir), '')
      await raise(code)
      await nodeRed.logged(/held POST/)
      await nodeRed.end('SIGKILL')
      expect(nodeRed.heard('told'), 'not handed on').to.have.length(before)
      rmSync(hold(nodeRed.userDir))
      await nodeRed.restart()
      await watching()
      await pass(10)
      await told(1)
      await pass(5 * minute)
      expect(nodeRed.heard('told'), `round ${index + 1}`).to.have.length(1)
    }
    const channels = (await simulator.calls()).filter(({ method, path }) => method === 'POST' && /channels$|monitors$/.test(path))
    expect(channels, 'one channel and one monitor, made once').to.have.length(2)
  })

  it('removes at the next start what it could not remove, also when no monitor is left', async () => {
    ahead = 0
    await start()
    await simulator.control('POST', 'faults', { provider: 'stellantis', kind: '503' })
    const without = ((await nodeRed.admin('GET', 'flows')).json as AnyMessage[]).filter(({ id }) => id !== 'monitor')
    await nodeRed.deploy(without)
    await eventually(
      () => simulator.calls(),
      (calls) => calls.some(({ status }) => status === 503),
      'the first try',
    )
    await nodeRed.end('SIGKILL')
    await simulator.control('DELETE', 'faults')
    await nodeRed.restart()
    await eventually(
      () => simulator.calls(),
      (calls) => calls.some(({ method, path, status }) => method === 'DELETE' && path.includes('/monitors/') && status < 300),
      'the removal',
    )
  })
})
