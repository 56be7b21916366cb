import { expect } from 'chai'
import { connectAsync } from 'mqtt'
import { minutes, seconds } from '../../src/clock'
import { places } from '../../src/simulator/car/driving'
import { TestBroker } from '../support/broker'
import { Example, exampleFiles, type ExampleOptions } from '../support/exampleFlow'
import { nothingIsLost } from '../nodes/support'
import { logged } from '../support/home'

interface Case extends ExampleOptions {
  file: string
  does: string
  /** It needs a broker, which is a real one on loopback. */
  withBroker?: true
  proves: (example: Example, broker: TestBroker) => Promise<void>
}

const lastPayload = (example: Example, name: string): unknown => example.messages(name).at(-1)?.payload

const cases: readonly Case[] = [
  {
    file: 'Ask for the state',
    does: 'answers with all cars at once',
    async proves(example) {
      example.press('how are they?')
      const { payload } = await example.next('all cars')
      expect(payload).to.have.length(3)
      expect(payload[0].battery.stateOfCharge).to.equal(example.car('ex40').truth('battery.stateOfCharge'))
    },
  },
  {
    file: 'Send a command',
    does: 'refuses a guarded command that comes by message',
    async proves(example) {
      example.press('start the engine')
      expect((await example.next('not done')).payload.cause.code).to.equal('NOT_ALLOWED')
    },
  },
  {
    file: 'Plug-in starts the climate',
    does: 'warms the car up',
    async proves(example) {
      await example.watched()
      example.car('ex40').plugIn('ac')
      expect((await example.next('outcome')).payload).to.include({ command: 'climate-start', phase: 'done' })
      expect(example.car('ex40').truth('climate.status')).to.equal('active')
    },
  },
  {
    file: 'Mirror cars to MQTT',
    does: 'tells the state by topics',
    withBroker: true,
    async proves(example, broker) {
      const topic = 'driveway/ex40/state'
      await example.home.until(() => broker.retained.has(topic), topic)
      expect(JSON.parse(broker.retained.get(topic)!).battery.stateOfCharge).to.equal(62.5)
    },
  },
  {
    file: 'Watch the charging',
    does: 'tells that a car was plugged in',
    async proves(example) {
      await example.watched()
      example.car('ex40').plugIn('ac')
      await example.home.until(() => example.heard().some(({ topic }) => topic === 'plugged-in'), 'the event')
    },
  },
  {
    file: 'Plug-in starts the night routine',
    does: 'locks the car and tells the house, in the evening',
    at: '20:00',
    async proves(example) {
      const car = example.car('ex40')
      await example.watched()
      car.unlock()
      car.plugIn('ac')
      expect((await example.next('house')).payload).to.equal('on')
      expect((await example.next('message')).payload).to.equal('EX40 is plugged in and locked. Good night.')
      expect(car.truth('lock.central')).to.equal('locked')
    },
  },
  {
    file: 'Plug-in starts the night routine',
    does: 'lets the house be at noon',
    at: '12:00',
    async proves(example) {
      await example.watched()
      example.car('ex40').plugIn('ac')
      await example.home.advance(minutes(1))
      expect(example.messages('house')).to.deep.equal([])
    },
  },
  {
    file: 'Charging done, a message and a lamp',
    does: 'tells that the car is charged, and turns the lamp on and off',
    async proves(example) {
      const car = example.car('ex40')
      await example.watched()
      car.set('battery.stateOfCharge', 89.5)
      car.plugIn('ac')
      expect((await example.next('message')).payload).to.equal('EX40 is charged: 90 %')
      expect(lastPayload(example, 'lamp')).to.equal('green')
      car.unplug()
      await example.home.until(() => lastPayload(example, 'lamp') === 'off', 'the lamp off')
    },
  },
  {
    file: 'Charge when the sun shines',
    does: 'starts in the sun, stops under clouds, and repeats no wish',
    async proves(example) {
      const car = example.car('e208')
      car.plugIn('ac')
      await example.home.advance(seconds(30))
      car.stopCharging()
      example.press('sun')
      expect((await example.next('done')).payload).to.include({ command: 'charge-start', ok: true })
      expect(car.truth('charging.status')).to.equal('charging')
      example.press('sun')
      example.press('clouds')
      expect((await example.next('done', 1)).payload).to.include({ command: 'charge-stop', ok: true })
      expect(car.truth('charging.status')).not.to.equal('charging')
    },
  },
  {
    file: 'Charge when the sun shines',
    does: 'gives notice where the car knows neither start nor limit',
    changed: {
      'Simulated e-208': { provider: 'volvo', api: 'v2', vehicles: [{ id: 'YV1ZZZEX4R0000001', slug: 'ex40', label: 'EX40' }] },
    },
    async proves(example) {
      example.press('sun')
      expect((await example.next('message')).payload).to.match(/^The sun shines: plug the car in/)
    },
  },
  {
    file: 'Not plugged in at 22',
    does: 'reminds of the cars whose cable is out, and of no others',
    async proves(example) {
      example.car('ex40').plugIn('ac')
      example.press('at 22:00')
      await example.next('reminder')
      await example.home.advance(minutes(1))
      expect(example.messages('reminder').map(({ payload }) => payload as string)).to.deep.equal(['Plug the XC60 in: 48 % left'])
    },
  },
  {
    file: 'Preheat before the first trip',
    does: 'warms the car up once, twenty minutes before the first entry with a place',
    async proves(example) {
      const at = (time: string) => example.press('first trip soon?', { payload: Date.parse(`2026-03-02T${time}:00Z`) })
      example.press('calendar')
      await example.home.advance(seconds(1))
      at('07:20')
      at('07:51')
      at('07:52')
      expect((await example.next('message')).payload).to.equal('EX40 warms up for Dentist at 08:10')
      expect(example.car('ex40').truth('climate.status')).to.equal('active')
      await example.home.advance(minutes(1))
      expect(example.messages('message')).to.have.length(1)
    },
  },
  {
    file: 'Lock check at bedtime',
    does: 'asks, locks after a yes only, and tells that the car is locked',
    async proves(example) {
      const car = example.car('ex40')
      car.unlock()
      example.press('at 23:00')
      expect((await example.next('question')).payload).to.equal('EX40 is not locked. Lock it?')
      expect(car.truth('lock.central')).to.equal('unlocked')
      example.press('yes')
      expect((await example.next('message')).payload).to.equal('EX40 is locked')
      expect(car.truth('lock.central')).to.equal('locked')
      expect(example.messages('question'), 'one car was unlocked').to.have.length(1)
    },
  },
  {
    file: 'Arrival opens the gate',
    does: 'opens when the car comes home',
    async proves(example) {
      const car = example.car('e208')
      await example.watched()
      car.drive({ to: { latitude: 48.83, longitude: 2.23 } })
      await example.home.advance(minutes(6))
      expect(example.messages('gate')).to.deep.equal([])
      car.drive({ to: { latitude: 48.8049, longitude: 2.2088 } })
      expect(await example.next('gate')).to.include({ topic: 'house/gate', payload: 'open' })
    },
  },
  {
    file: 'Window open and rain coming',
    does: 'names the open windows',
    async proves(example) {
      example.car('ex40').open('windows.rearLeft')
      example.press('rain is coming')
      expect((await example.next('message')).payload).to.equal('Rain is coming, and of the EX40 is open: rear left')
      expect(example.messages('message')).to.have.length(1)
    },
  },
  {
    file: 'Fleet unlock with confirmation',
    does: 'unlocks with the right code only, and only once',
    async proves(example) {
      const car = example.car('ex40')
      example.press('unlock the EX40')
      const { payload: question } = await example.next('question')
      expect(question).to.match(/^Unlock ex40\? Answer with \d{4} within two minutes\.$/)
      example.press('wrong code')
      await example.next('refused')
      example.press('confirm')
      await example.next('refused', 1)
      expect(car.truth('lock.central'), 'a wrong answer ends the question').to.equal('locked')
      example.press('unlock the EX40')
      await example.next('question', 1)
      example.press('confirm')
      expect((await example.next('unlocked')).payload).to.include({ command: 'unlock', ok: true })
      expect(car.truth('lock.central')).to.equal('unlocked')
    },
  },
  {
    file: 'Tyres and service to the to-do list',
    does: 'writes each need once',
    async proves(example) {
      const car = example.car('ex40')
      await example.watched()
      car.set('tyres.frontLeft', 'low')
      expect((await example.next('to-do list')).payload).to.equal('EX40, front left tyre: inflate')
      car.set('service.warning', 'due')
      await example.home.advance(minutes(2))
      example.press('all that is known', { maxAge: 0 })
      expect((await example.next('to-do list', 1)).payload).to.equal('EX40, book a service')
    },
  },
  {
    file: 'Charging cost from a tariff',
    does: 'adds up day and night',
    at: '21:50',
    async proves(example) {
      const car = example.car('ex40')
      await example.watched()
      car.plugIn('ac')
      await example.home.advance(minutes(20))
      car.unplug()
      const { payload } = await example.next('cost')
      expect(payload.car).to.equal('EX40')
      expect(payload.kWh).to.be.greaterThan(2)
      expect(payload.cost / payload.kWh, 'half of it by day').to.be.within(0.23, 0.27)
    },
  },
  {
    file: 'Home Assistant without configuration',
    does: 'announces the car, and obeys',
    withBroker: true,
    async proves(example, broker) {
      const announced = () =>
        [...broker.retained]
          .filter(([topic]) => /^homeassistant\/device\/[^/]+\/config$/.test(topic))
          .map(([, config]) => JSON.parse(config) as { device: { name: string }; components: object })
          .find(({ device }) => device.name === 'EX40')
      await example.home.until(() => announced() !== undefined, 'the announcement')
      expect(Object.keys(announced()!.components).length).to.be.greaterThan(10)
      example.car('ex40').unlock()
      const someone = await connectAsync(broker.url)
      await someone.publishAsync('driveway/ex40/command/lock', '', { qos: 1 })
      await someone.endAsync()
      await example.home.until(() => example.car('ex40').truth('lock.central') === 'locked', 'that the car is locked')
    },
  },
  {
    file: 'Two Node-REDs on one quota',
    does: 'reads and commands through the one that is signed in, and costs no calls',
    withBroker: true,
    async proves(example, broker) {
      await example.home.until(() => broker.retained.has('driveway/ex40/state'), 'the mirrored state')
      const reads = () => example.home.simulator.calls.list({ path: '/energy' }).length
      await example.home.until(
        () => / %/.test(example.home.status(example.idOf('second: watch'))),
        'that the second knows the car',
      )
      // While the first one starts it is not there yet, and the second one says so.
      example.forgive()
      const before = reads()
      example.press('how full?')
      expect((await example.next('state')).payload.battery.stateOfCharge).to.equal(62.5)
      expect(reads()).to.equal(before)
      example.press('flash')
      expect((await example.next('outcome')).payload).to.include({ command: 'flash', ok: true })
    },
  },
  {
    file: 'Dashboard',
    does: 'shows the charge and the place, and sends what its buttons say',
    async proves(example) {
      const car = example.car('ex40')
      expect((await example.next('State of charge')).payload).to.equal(62.5)
      expect((await example.next('Last day')).payload).to.equal(62.5)
      expect((await example.next('Charging')).payload).to.match(/^not plugged in/)
      example.press('at the start')
      expect((await example.next('map')).payload).to.match(/^https:\/\/www\.openstreetmap\.org\/\?mlat=57\.7\d+&mlon=11\.9\d+/)
      example.touch('Warm up', { payload: 'climate-start' })
      expect((await example.next('Last command')).payload).to.equal('climate-start: done')
      expect(car.truth('climate.status')).to.equal('active')
    },
  },
  {
    file: 'Fleet feed over MQTT',
    does: 'sends a short line for each vehicle',
    withBroker: true,
    async proves(example, broker) {
      const lines = () => [...broker.retained].filter(([topic]) => topic.startsWith('fleet/'))
      example.press('all of them')
      await example.home.until(() => lines().some(([, line]) => line.includes('"City 1"')), 'the line of City 1')
      const line = () => JSON.parse(lines().find(([, one]) => one.includes('"City 1"'))![1]) as Record<string, unknown>
      expect(line()).to.include({ charge: 64, locked: true, mayDrive: false })
      example.car('city').unlock()
      await example.home.until(() => line().locked === false, 'that it is unlocked')
    },
  },
  {
    file: 'Start a rental with confirmation',
    does: 'hands the car over after a yes',
    async proves(example) {
      const car = example.car('city')
      example.press('yes')
      example.press('customer at the car')
      expect((await example.next('question')).payload).to.equal('Unlock City 1 and enable driving?')
      expect(car.truth('vehicle.drivingEnabled')).to.equal(false)
      example.press('yes')
      expect((await example.next('done')).payload).to.include({ command: 'unlock-and-enable-driving', ok: true })
      expect(car.truth('vehicle.drivingEnabled')).to.equal(true)
      expect(example.messages('done')).to.have.length(1)
    },
  },
  {
    file: 'Low signal or 12 V alert',
    does: 'tells of either, once',
    async proves(example) {
      await example.watched()
      example.car('city').set('reachability.signalQuality', 1)
      expect((await example.next('alert')).payload).to.equal('City 1 has hardly any signal: 1 of 5')
      example.car('e208').set('lowVoltage.level', 40)
      expect((await example.next('alert', 1)).payload).to.match(/ has 40 % left in its 12 V battery$/)
      await example.home.advance(minutes(2))
      expect(example.messages('alert')).to.have.length(2)
    },
  },
  // With its broker it is proved in test/interop/rabbitmqNodeRed.test.ts.
  {
    file: 'Fleet events from the stream',
    does: 'without a broker: goes on, says what is missing, and shows what an event looks like',
    changed: { 'Simulated fleet with a stream': { amqpUrl: 'amqp://127.0.0.1:9' } },
    async proves(example) {
      await example.watched()
      example.press('a sample')
      expect((await example.next('alert')).payload).to.equal('City 1 was unlocked')
      const said = () => logged().some(({ msg }) => msg === 'The event stream of INVERS is cut off (ECONNREFUSED)')
      await example.home.until(said, 'word of the missing broker')
    },
  },
  // Monitors that live in the cloud are proved in monitorExamples.test.ts; here each one gives the sample that its button asks for.
  ...['Alert by websocket', 'Driven at night, by webhook', 'Home again, by push'].map((file): Case => ({
    file,
    does: 'shows what an event looks like',
    async proves(example) {
      await example.watched()
      example.press('a sample')
      expect((await example.next('event')).topic).to.equal('monitor')
    },
  })),
  {
    file: 'Coming home turns on the lights',
    does: 'turns on the lights when the car comes home',
    async proves(example) {
      await example.watched()
      example.car('ex40').drive({ to: places.work! })
      await example.home.advance(minutes(10))
      expect(example.messages('lights')).to.deep.equal([])
      example.car('ex40').drive({ to: places.home! })
      expect((await example.next('lights')).topic).to.equal('house/lights')
    },
  },
  {
    file: 'Nearly empty and not plugged in',
    does: 'reminds in the evening',
    at: '22:05',
    async proves(example) {
      await example.watched()
      example.car('ex40').set('battery.stateOfCharge', 22)
      expect((await example.next('reminder')).payload).to.equal('Plug the EX40 in: 22 % left')
    },
  },
]

describe('the examples', () => {
  nothingIsLost()
  let example: Example | undefined
  let broker: TestBroker | undefined
  afterEach(async () => {
    await example?.close()
    await broker?.kill()
    example = broker = undefined
  })

  it('are all in this table, each file at least once', () => {
    expect([...new Set(cases.map(({ file }) => file))].sort()).to.deep.equal([...exampleFiles].sort())
    expect(exampleFiles.length).to.be.at.least(15)
  })

  for (const { file, does, withBroker, proves, ...options } of cases)
    it(`${file}: ${does}`, async () => {
      broker = withBroker && (await TestBroker.open())
      example = await Example.open(file, { ...options, ...(broker && { brokerPort: broker.port }) })
      await proves(example, broker as TestBroker)
      expect(example.caught, 'errors').to.deep.equal([])
    })
})
