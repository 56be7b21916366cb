import { expect } from 'chai'
import { minutes, seconds } from '../../../src/clock'
import { memoryStateStore } from '../../../src/cloud/stateStore'
import { bridgeUid } from '../../../src/mirror/discovery/bridge'
import { configTopic } from '../../../src/mirror/discovery/device'
import { TestBroker } from '../../support/broker'
import { render } from '../../support/homeAssistant/jinja'
import { faultsOf } from '../../support/homeAssistant/validator'
import { Mirrored } from '../support'
import { Listened, type Message } from './cars'

const topicOf = (instance: string, base = 'driveway') => configTopic('homeassistant', bridgeUid(base, instance))

describe('the bridge in Home Assistant', () => {
  const told = (home: Listened, instance = 'test') =>
    home.published.filter(({ topic }) => topic === topicOf(instance)).map(({ payload }) => payload)
  const last = (home: Listened, instance?: string) => JSON.parse(told(home, instance).at(-1)!) as Message
  const volvo = { key: '01ab', label: "Anna's Volvo" }
  const fleet = { key: '02cd', label: 'Fleet' }

  it('is a device that tells of each account how many calls are left today', () => {
    const home = new Listened()
    home.discovery.tellBridge([volvo, fleet])
    const message = last(home)
    expect(faultsOf(topicOf('test'), told(home).at(-1)!)).to.deep.equal([])
    const { name, value_template: template, state_topic: topic } = message.components.sensor_calls_left_01ab!
    expect([name, topic]).to.deep.equal(["Calls left today (Anna's Volvo)", 'driveway/bridge/test/health'])
    expect(render(String(template), JSON.stringify({ callsLeft: { '01ab': 9800, '02cd': 5 } }))).to.equal('9800')
    expect(render(String(template), '{}')).to.equal('None')
    home.discovery.tellBridge([volvo, fleet])
    expect(told(home), 'once').to.have.length(1)
  })

  it('loses what belongs to an account that went, and goes when none is counted', async () => {
    const store = memoryStateStore()
    const home = new Listened({ store })
    home.discovery.tellBridge([volvo, fleet])
    home.discovery.tellBridge([volvo])
    expect(last(home).components.sensor_calls_left_02cd).to.deep.equal({ platform: 'sensor' })
    await home.discovery.close()
    const next = new Listened({ store })
    await next.discovery.open()
    next.discovery.tellBridge([])
    expect(told(next)).to.deep.equal([''])
  })

  it('that got another name is one device, not two', async () => {
    const store = memoryStateStore()
    const home = new Listened({ store, name: 'node' })
    home.discovery.tellBridge([volvo])
    await home.discovery.close()
    const next = new Listened({ store, name: 'node', instance: 'other' })
    await next.discovery.open()
    next.discovery.tellBridge([volvo])
    expect(told(next)).to.deep.equal([''])
    expect(told(next, 'other')).to.have.length(1)
  })

  it('and the cars are described before their states are told, on a broker that forgot all', async () => {
    const broker = await TestBroker.open()
    const home = await Mirrored.open({ broker, mirror: { discovery: true, store: memoryStateStore() }, rules: { perDay: 1000 } })
    try {
      await home.later(seconds(1))
      await home.later(minutes(1))
      const { callsLeft } = JSON.parse(broker.payloads('home/bridge/test/health').at(-1)!)
      expect(Object.values(callsLeft)).to.deep.equal([1000 - home.account.health.quota.usedToday])
      expect(broker.retained.has(topicOf('test', 'home'))).to.equal(true)
      await home.lose()
      // The order in which it leaves; this broker passes on what has subscribers later than what has none.
      const sent: string[] = []
      const publish = home.connection.publish.bind(home.connection)
      home.connection.publish = (message) => {
        sent.push(message.topic)
        publish(message)
      }
      await home.regain()
      const config = sent.findIndex((topic) => /\/driveway_[0-9a-f]{16}\/config$/.test(topic))
      expect(config).to.be.within(0, sent.indexOf(home.topic('state')))
    } finally {
      await home.close()
    }
  })
})
