import { createServer, type Server } from 'node:net'
import type { AddressInfo } from 'node:net'
import { Aedes } from 'aedes'
import { expect } from 'chai'
import { connectAsync, type MqttClient } from 'mqtt'
import { catchAll, givenHome, type Home } from '../support/home'

describe('the main job', () => {
  let broker: Aedes
  let server: Server
  let listener: MqttClient
  let home: Home
  const heard: { topic: string; payload: string; retain: boolean }[] = []

  before(async () => {
    broker = await Aedes.createBroker()
    server = createServer(broker.handle)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`
    listener = await connectAsync(url, { protocolVersion: 5 })
    listener.on('message', (topic, payload, packet) => heard.push({ topic, payload: payload.toString(), retain: packet.retain }))
    await listener.subscribeAsync('driveway/#')
    home = await givenHome({
      account: { mirror: 'mqtt' },
      nodes: [
        { id: 'mqtt', type: 'driveway-mqtt', url, base: 'driveway', instance: 'test' },
        {
          id: 'charging',
          type: 'driveway-charging',
          account: 'acc',
          profile: 'normal',
          emit: 'events',
          wires: [['events', 'command']],
        },
        {
          id: 'command',
          type: 'driveway-command',
          account: 'acc',
          command: 'climate-start',
          onFailure: 'error',
          wires: [['result']],
        },
        catchAll,
      ],
    })
  })

  after(async () => {
    await home.close()
    await listener.endAsync(true)
    await new Promise<void>((resolve) => broker.close(() => server.close(() => resolve())))
  })

  const onTopic = (pattern: RegExp) => heard.filter(({ topic }) => pattern.test(topic))

  it('plugging in fires the flow, sends the command and shows on MQTT', async () => {
    await home.until(() => onTopic(/ex40-\w+\/state$/).length > 0, 'the state on MQTT')
    home.car.plugIn('ac')
    const event = await home.next('events', 'plugged-in')
    expect(event.payload.charging.connection).to.equal('connected')
    expect(event.vehicle.slug).to.match(/^ex40-/)
    const result = await home.next('result', 'climate-start')
    expect(result.payload).to.include({ phase: 'done', ok: true, command: 'climate-start' })
    expect(result.event.name, 'the message of the flow is kept').to.equal('plugged-in')
    await home.until(
      () => onTopic(/result\/climate-start$/).some(({ payload }) => payload.includes('"done"')),
      'the result on MQTT',
    )

    const [onMqtt] = onTopic(/ex40-\w+\/event\/plugged-in$/)
    expect(JSON.parse(onMqtt!.payload)).to.include({ id: event.event.id, name: 'plugged-in' })
    const states = onTopic(/ex40-\w+\/state$/).map(({ payload }) => JSON.parse(payload))
    expect(states.at(-1).charging.connection).to.equal('connected')
    const results = onTopic(/result\/climate-start$/).map(({ payload }) => JSON.parse(payload))
    const phases = results.filter(({ id }) => id === result.payload.id).map(({ phase }) => phase)
    expect(phases).to.deep.equal(['accepted', 'sent', 'done'])
    expect(onTopic(/bridge\/test\/state$/).map(({ payload }) => payload)).to.deep.equal(['online'])
    expect(home.messages('caught')).to.deep.equal([])
  })

  it('tells the plug-in once, however long it stays plugged in', async () => {
    await home.advance(3_600_000)
    expect(home.topics('events').filter((topic) => topic === 'plugged-in')).to.have.length(1)
    expect(onTopic(/event\/plugged-in$/)).to.have.length(1)
  })

  it('never writes a VIN or a position to a topic', () => {
    const all = heard.map(({ topic, payload }) => `${topic} ${payload}`).join('\n')
    for (const car of home.simulator.cars.list()) expect(all).not.to.include(car.id)
    expect(all).not.to.match(/latitude|longitude/)
  })
})
