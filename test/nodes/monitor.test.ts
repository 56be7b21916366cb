import { expect } from 'chai'
import { hours, minutes } from '../../src/clock'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { callsOf, catchAll, nothingIsLost, owns } from './support'

const plugged = { name: 't1', kind: 'data', data: 'charging.connection', op: 'equalsTo', value: ['connected'] }
const low = { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['30'] }

const node = (more: AnyMessage = {}): AnyMessage => ({
  id: 'monitor',
  type: 'driveway-monitor',
  account: 'acc',
  label: 'Plugged in',
  where: 'local',
  triggers: [plugged],
  expression: 't1',
  wires: [['told']],
  ...more,
})

const givenMonitor = (more: AnyMessage = {}, cars = ['ex40'], nodes: AnyMessage[] = []): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, ...cars)
    return { nodes: [node(more), catchAll, ...nodes] }
  })

const watching = 'driveway-monitor.status.watching'
const isWatching = (home: Home) => home.until(() => home.status('monitor').startsWith(watching), 'watching')

describe('the monitor node, watching here', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  it('tells once that its condition came true, with what stood behind it', async () => {
    home = await givenMonitor()
    await isWatching(home)
    await home.advance(minutes(3))
    expect(home.topics('told')).to.deep.equal([])
    home.car.plugIn('ac')
    const { event, payload, vehicle, readings } = await home.next('told', 'monitor')
    expect(vehicle).to.include({ id: home.car.id, label: 'EX40', provider: 'volvo' })
    expect(payload.charging.connection).to.equal('connected')
    expect(readings).to.have.property('battery.stateOfCharge')
    expect(event).to.include({ name: 'monitor', late: false })
    expect(event.details).to.deep.include({
      label: 'Plugged in',
      refresh: false,
      values: [{ data: 'charging.connection', value: 'connected' }],
    })
    const received = Date.parse(event.receivedAt as string)
    expect(home.car.pluggedInAt).to.be.within(received - event.detectedWithin * 1000, received)
    await home.advance(hours(1))
    expect(home.topics('told')).to.deep.equal(['monitor'])
    expect(home.messages('caught')).to.deep.equal([])
    home.car.unplug()
    await home.advance(minutes(10))
    home.car.plugIn('ac')
    await home.until(() => home.messages('told').length === 2, 'the second time')
  })

  it('says below itself that it watches, and when it last fired', async () => {
    home = await givenMonitor()
    await isWatching(home)
    expect(home.status('monitor')).to.equal(watching)
    home.car.plugIn('ac')
    await home.next('told')
    expect(home.status('monitor')).to.match(/^driveway-monitor\.status\.watching · driveway-monitor\.status\.fired/)
  })

  it('does not fire for what was so before it came, nor after a deploy for what it has told', async () => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40')
      simulator.cars.get('ex40').plugIn('ac')
      return { nodes: [node()] }
    })
    await home.advance(minutes(5))
    expect(home.topics('told')).to.deep.equal([])
    home.car.unplug()
    await home.advance(minutes(10))
    home.car.plugIn('ac')
    await home.next('told')
    await home.deploy()
    await home.advance(minutes(20))
    expect(home.topics('told')).to.deep.equal(['monitor'])
  })

  it('fires once for what came true while nothing ran', async () => {
    home = await givenMonitor()
    await isWatching(home)
    await home.advance(minutes(5))
    const { flow } = home
    await home.deploy(flow.filter(({ type }) => !String(type).startsWith('driveway')))
    home.car.plugIn('ac')
    await home.advance(minutes(3))
    await home.deploy(flow)
    await home.next('told', 'monitor')
    await home.advance(minutes(20))
    expect(home.messages('told')).to.have.length(1)
  })

  it('reminds while the condition stays true, no sooner than asked', async () => {
    home = await givenMonitor({ refreshEvery: '900' })
    await isWatching(home)
    await home.advance(minutes(3))
    home.car.plugIn('ac')
    await home.next('told')
    // Each comes with the first reading after the quarter of an hour.
    await home.advance(minutes(65))
    const told = home.messages('told')
    expect(told.map(({ event }) => event.details.refresh).slice(0, 4)).to.deep.equal([false, true, true, true])
    const times = told.map(({ event }) => Date.parse(event.receivedAt as string))
    times.slice(1).forEach((time, index) => expect(time - times[index]!).to.be.at.least(900_000))
  })

  it('watches the cars that it names, and no other', async () => {
    home = await givenHome((simulator) => {
      owns(simulator, 'ex40', 'xc60')
      const vehicles = [
        { id: simulator.cars.get('ex40').id, slug: 'mine' },
        { id: simulator.cars.get('xc60').id, slug: 'other' },
      ]
      return { account: { vehicles }, nodes: [node({ vehicles: ['mine'] }), catchAll] }
    })
    await isWatching(home)
    await home.advance(minutes(5))
    home.simulator.cars.get('xc60').plugIn('ac')
    await home.advance(minutes(20))
    expect(home.topics('told')).to.deep.equal([])
    home.car.plugIn('ac')
    expect((await home.next('told')).vehicle.slug).to.equal('mine')
  })

  it('says that a car it names is not in the account, once', async () => {
    home = await givenMonitor({ vehicles: ['batmobile'] })
    await home.until(() => home.messages('caught').length > 0, 'the error')
    await home.advance(minutes(10))
    expect(home.messages('caught').map(({ error }) => error.cause.code)).to.deep.equal(['VEHICLE_UNKNOWN'])
    expect(home.status('monitor')).to.equal('driveway-monitor.status.vehicle')
  })

  it('puts several triggers together', async () => {
    home = await givenMonitor({ triggers: [plugged, low], expression: '!t1 & low', label: 'Plug me in' })
    await isWatching(home)
    await home.advance(minutes(5))
    home.car.set('battery.stateOfCharge', 25)
    const { event } = await home.next('told')
    expect(event.details.values).to.deep.include({ data: 'battery.stateOfCharge', value: '25' })
    home.car.plugIn('ac')
    await home.advance(minutes(5))
    expect(home.messages('told')).to.have.length(1)
  })

  it('says what is wrong with what it was given, and does nothing', async () => {
    home = await givenMonitor({ expression: 't1 & nobody' })
    await home.until(() => home.messages('caught').length > 0, 'the error')
    const [{ error }] = home.messages('caught') as [AnyMessage]
    expect(error.cause.code).to.equal('INVALID_CONFIG')
    expect(error.message).to.contain('nobody')
    expect(home.status('monitor')).to.equal('driveway-monitor.status.config')
    await home.advance(minutes(5))
    expect(callsOf(home), 'nothing is asked for').to.deep.equal([])
  })

  it('says that the provider never tells what it should watch', async () => {
    home = await givenMonitor({ triggers: [{ ...plugged, data: 'charging.mode', value: ['quick'] }] })
    await home.until(() => home.messages('caught').length > 0, 'the error')
    expect(home.messages('caught')[0]!.error.cause).to.include({ code: 'UNSUPPORTED' })
    expect(home.messages('caught')[0]!.error.message).to.contain('charging.mode')
  })

  for (const where of ['provider', 'stream'])
    it(`says that the provider has no place to watch: ${where}`, async () => {
      home = await givenMonitor({ where })
      await home.until(() => home.messages('caught').length > 0, 'the error')
      expect(home.messages('caught')[0]!.error.cause).to.include({ code: 'UNSUPPORTED' })
    })

  it('is silent between pause and resume, and does not make up for it', async () => {
    home = await givenMonitor()
    await isWatching(home)
    await home.advance(minutes(3))
    home.node('monitor').receive({ topic: 'pause' })
    await home.until(() => home.status('monitor') === 'driveway-monitor.status.paused', 'the pause')
    home.car.plugIn('ac')
    await home.advance(minutes(10))
    home.node('monitor').receive({ topic: 'resume' })
    await isWatching(home)
    await home.advance(minutes(10))
    expect(home.topics('told')).to.deep.equal([])
    home.car.unplug()
    await home.advance(minutes(10))
    home.car.plugIn('ac')
    await home.next('told')
  })

  it('obeys a pause that comes with the start', async () => {
    home = await givenMonitor()
    home.node('monitor').receive({ topic: 'pause' })
    await home.until(() => home.status('monitor') === 'driveway-monitor.status.paused', 'the pause')
  })

  it('sends a sample when it is asked for one, and nobody else hears of it', async () => {
    home = await givenMonitor({}, ['ex40'], [node({ id: 'twin', wires: [['twin-told']] })])
    await isWatching(home)
    await home.advance(minutes(2))
    const { topic, event, vehicle, payload } = await home.ask('monitor', { topic: 'test' }, 'told')
    expect(topic).to.equal('monitor')
    expect(vehicle.id).to.equal(home.car.id)
    expect(event.details).to.deep.include({
      label: 'Plugged in',
      test: true,
      values: [{ data: 'charging.connection', value: 'disconnected' }],
    })
    expect(payload.battery.stateOfCharge).to.be.a('number')
    expect(home.topics('twin-told')).to.deep.equal([])
  })

  it('tells the broker nothing of the place that it watches, not even in a sample', async () => {
    const moved = { name: 't1', kind: 'data', data: 'position.location', op: 'onChange' }
    const outs = { forMqttOut: true, outputs: 2, wires: [['told'], ['mqtt']] }
    home = await givenMonitor({ ...outs, triggers: [moved] })
    await isWatching(home)
    await home.advance(minutes(3))
    const { event } = await home.ask('monitor', { topic: 'test' }, 'told')
    expect(event.details.values[0].value).to.include.keys('latitude', 'longitude')
    const { payload } = await home.next('mqtt')
    expect(JSON.parse(payload as string).details.values).to.deep.equal([{ data: 'position.location' }])
    expect(payload).not.to.match(/latitude|longitude/)
  })

  it('refuses any other topic with an error that a flow can catch', async () => {
    home = await givenMonitor()
    await isWatching(home)
    const { error } = await home.ask('monitor', { topic: 'now' }, 'caught')
    expect(error.cause.code).to.equal('INVALID_PARAMS')
  })

  it('also sends its events for an mqtt out node, where that is wanted', async () => {
    home = await givenMonitor({ forMqttOut: true, mqttBase: 'home/cars', outputs: 2, wires: [['told'], ['mqtt']] })
    await isWatching(home)
    await home.advance(minutes(3))
    home.car.plugIn('ac')
    const { topic, payload, retain, qos } = await home.next('mqtt')
    expect(topic).to.match(/^home\/cars\/[\w-]+\/event\/monitor$/)
    expect({ retain, qos }).to.deep.equal({ retain: false, qos: 1 })
    expect(JSON.parse(payload as string)).to.have.nested.property('details.label', 'Plugged in')
    expect(payload).not.to.contain(home.car.id)
  })

  it('two of them hear each their own', async () => {
    home = await givenMonitor({}, ['ex40'], [node({ id: 'twin', triggers: [low], expression: 'low', wires: [['twin-told']] })])
    await isWatching(home)
    await home.advance(minutes(3))
    home.car.plugIn('ac')
    await home.next('told')
    await home.advance(minutes(5))
    expect(home.topics('twin-told')).to.deep.equal([])
  })
})
