/** Monitors on the event stream in a real Node-RED: simulated cars, a RabbitMQ, the example as it is imported. */
import { expect } from 'chai'
import { MonitorHome } from '../flows/monitorSupport'
import { eventually } from '../support/childProcess'
import { readExample } from '../support/exampleFlow'
import type { AnyMessage } from '../support/home'
import { listener } from '../support/nodeRed'
import { rabbitPath, RabbitMq } from '../support/rabbitmq'

const city = 'K7QX2D'
const vehiclesOnly = 'A monitor on the stream asks for nothing.'

describe('monitors on the event stream, in Node-RED', function () {
  this.timeout(120_000)
  let broker: RabbitMq
  let home: MonitorHome

  before(async function () {
    if (!rabbitPath) {
      console.log('interop: SKIPPED with RabbitMQ: it is not installed (apt-get install rabbitmq-server)')
      return this.skip()
    }
    broker = await RabbitMq.start({ queues: [] })
  })
  after(async () => {
    await home?.close()
    await broker?.stop()
  })

  /** As imported, but for the port of the broker; what ends in a debug node is listened at. */
  const imported = (): AnyMessage[] =>
    readExample('Fleet events from the stream').map((node) => ({
      ...node,
      ...(node.type === 'driveway-account' && { amqpUrl: broker.url }),
      ...(node.type === 'debug' && {
        ...listener(node.name === 'alert' ? 'alert' : 'wrong'),
        id: node.id as string,
        z: node.z as string,
      }),
    }))
  const alerts = () => home.nodeRed.heard('alert').map(({ payload }) => payload as string)
  const set = (level: number) => home.simulate('POST', `vehicles/${city}/set`, { 'battery.stateOfCharge': level })
  const reads = async () => (await home.calls('/vehicle-state')).length

  it('fire on what the simulated cloud sends, and ask for nothing', async () => {
    home = await MonitorHome.start(imported())
    const [unlocked, empty] = imported().flatMap(({ type, id }) => (type === 'driveway-monitor' ? [id as string] : []))
    for (const id of [unlocked!, empty!]) await home.watching(id)
    // What is so when a monitor begins to watch is no news.
    await home.simulate('POST', `vehicles/${city}/lock`, {})
    await set(50)
    await home.simulate('POST', `vehicles/${city}/unlock`, {})
    await set(15)
    await eventually(alerts, (told) => told.length >= 2, 'two alerts', 30_000)
    expect(alerts()).to.have.members(['City 1 was unlocked', 'City 1 has 15 % left'])
    expect(await reads(), vehiclesOnly).to.equal(0)
    expect(home.nodeRed.heard('wrong')).to.deep.equal([])
  })

  it('say that the stream is cut off when the broker dies, and fire again when it is back', async () => {
    await broker.kill()
    await home.nodeRed.logged(/\[warn\].*The event stream of INVERS is cut off/)
    await home.simulate('POST', `vehicles/${city}/lock`, {})
    await home.simulate('POST', `vehicles/${city}/unlock`, {})
    await broker.again()
    await eventually(alerts, (told) => told.length >= 3, 'what happened meanwhile', 60_000)
    expect(alerts().at(-1)).to.equal('City 1 was unlocked')
    expect(await reads(), vehiclesOnly).to.equal(0)
  })
})
