import { expect } from 'chai'
import type { ChannelModel } from 'amqplib'
import { connect } from 'amqplib'
import { inversDemo } from '../../src/simulator/credentials'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import { publisher, RabbitMq, rabbitPath, vhost } from '../support/rabbitmq'

const all = 'fleet.everything'
const locks = 'fleet.CentralLockStatusChanged'

describe('the simulated INVERS at a RabbitMQ', function () {
  let broker: RabbitMq
  let sim: Simulator
  const url = () => broker.url.replace('amqp://', `amqp://${publisher.user}:${publisher.password}@`) + `/${vhost}`

  before(async function () {
    if (!rabbitPath) {
      console.log('      rabbitmq-server is not installed: skipped')
      this.skip()
    }
    broker = await RabbitMq.start({ queues: [] })
  })
  after(() => broker?.stop())
  beforeEach(async () => {
    sim = await startSimulator({
      fleet: 500,
      commandDelayMs: 0,
      lag: { min: 0, max: 0 },
      seed: 3,
      amqp: { url: url(), queues: [all, locks] },
    })
  })
  afterEach(() => sim?.close())

  /** Everything in a queue, taken out. */
  async function taken(queue: string) {
    const model: ChannelModel = await connect(url())
    const channel = await model.createChannel()
    const messages = []
    for (let next = await channel.get(queue, { noAck: true }); next; next = await channel.get(queue, { noAck: true }))
      messages.push(next)
    await model.close()
    return messages
  }

  it('makes its queues and fills them as the platform does, with what a command caused', async () => {
    const token = await fetch(`${sim.url}/invers/auth/oauth/token?grant_type=client_credentials`, {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${inversDemo.clientId}:${inversDemo.clientSecret}`).toString('base64')}` },
    })
    const { access_token } = (await token.json()) as { access_token: string }
    const done = await fetch(`${sim.url}/invers/vehicles/K7QX2D/commands/unlock-central-lock`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
    })
    const flowId = done.headers.get('x-invers-flow-id')
    await sim.invers.publisher!.drained()
    const everything = await taken(all)
    expect(everything.map(({ properties }) => properties.type as string)).to.deep.equal([
      'VehicleStateRecorded',
      'CentralLockStatusChanged',
    ])
    const [lock, ...more] = await taken(locks)
    expect(more).to.deep.equal([])
    const { metadata, data } = JSON.parse(lock!.content.toString()) as { metadata: Record<string, unknown>; data: unknown }
    expect(data).to.deep.equal({ vehicle_id: 'K7QX2D', central_lock: 'UNLOCKED' })
    expect(metadata.flow_id).to.equal(flowId)
    expect(lock!.properties).to.include({
      messageId: metadata.id,
      type: 'CentralLockStatusChanged',
      correlationId: flowId,
      timestamp: Date.parse(metadata.occurred_at as string) / 1000,
      deliveryMode: 2,
      contentType: 'application/json',
    })
    expect(lock!.properties.headers).to.deep.equal({ schema_major_version: 1 })
  })

  it('loses no event when the broker is killed in the middle', async () => {
    const { events, traffic, publisher: post } = sim.invers
    traffic.flow(800)
    while (post!.confirmed < 500) await new Promise((resolve) => setImmediate(resolve))
    await broker.kill()
    const before = events.total
    while (events.total < before + 500) await new Promise((resolve) => setImmediate(resolve))
    await broker.again()
    while (!post!.connected) await new Promise((resolve) => setImmediate(resolve))
    traffic.flow(0)
    await post!.drained()
    const ids = new Set((await taken(all)).map(({ properties }) => properties.messageId as string))
    expect(ids.size).to.equal(events.total)
  })
})
