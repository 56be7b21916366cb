import { expect } from 'chai'
import { eventually } from '../support/childProcess'
import { Statuses } from '../support/comms'
import type { AnyMessage } from '../support/home'
import { NodeRed } from '../support/nodeRed'
import { SimulatorProcess } from '../support/simulatorProcess'
import { accountAt, alert, flowOf, monitor, partner, PublicAddress } from './monitorSupport'

describe('a monitor in the cloud that nobody wants any more', function () {
  this.timeout(60_000)
  let simulator: SimulatorProcess
  let nodeRed: NodeRed
  let address: PublicAddress
  let flows: AnyMessage[]

  before(async () => {
    simulator = await SimulatorProcess.start()
  })
  beforeEach(async () => {
    await simulator.control('POST', 'reset')
    address = await PublicAddress.open(() => nodeRed.adminUrl)
    flows = flowOf(accountAt(simulator, address.url), monitor({ label: 'Alert', triggers: [alert], expression: 'fault' }))
    nodeRed = await NodeRed.start({ flows, credentials: { acc: partner } })
    const statuses = await Statuses.of(nodeRed.adminUrl)
    await statuses.shows('monitor', /^watching/)
    statuses.close()
  })
  afterEach(async () => {
    await nodeRed?.end('SIGKILL')
    await address?.close()
  })
  after(() => simulator?.close())

  const without = (...ids: string[]) => flows.filter(({ id }) => !ids.includes(id as string))

  /** What was removed, as far as the cloud said yes. */
  const removed = async () =>
    (await simulator.calls())
      .filter(({ method, status }) => method === 'DELETE' && status < 300)
      .map(({ path }) => (path.includes('/monitors/') ? 'monitor' : 'channel'))

  const isGone = () => eventually(removed, (gone) => gone.length >= 2, 'the removal of monitor and channel')

  for (const [what, ids] of [
    ['its node, the last one', ['monitor']],
    ['its node and its account', ['monitor', 'acc']],
  ] as const)
    it(`goes, and its channel too, with a full deploy without ${what}`, async () => {
      await nodeRed.deploy(without(...ids), { type: 'full' })
      expect(await isGone()).to.deep.equal(['monitor', 'channel'])
      expect(nodeRed.complaints).to.deep.equal([])
    })

  for (const kind of ['503', 'timeout'])
    it(`is named when its account goes while the cloud cannot be asked (${kind}); nobody waits longer for that`, async () => {
      await simulator.control('POST', 'faults', { provider: 'stellantis', kind })
      const began = performance.now()
      await nodeRed.deploy(without('monitor', 'acc'))
      // Closing ends within 2 s, and a machine may be slow; Node-RED itself would wait 15 s.
      expect(performance.now() - began, 'the deploy').to.be.below(12_000)
      const [line] = await nodeRed.logged(/^.*left in the provider's cloud.*$/m)
      expect(line).to.contain('"Alert"').and.to.contain('channel webhook')
      expect(nodeRed.complaints).to.have.length(1)
    })
})
