import { expect } from 'chai'
import { minutes } from '../../src/clock'
import { until } from '../support/broker'
import { Gate } from '../support/scriptedProvider'
import { temporaryFolder } from '../support/stage'
import { PushedCar } from './support/pushed'
import { executed, howMany, limit, withMosquitto } from './support/withMosquitto'

const restarts = howMany('RESTARTS', 50)
const events = howMany('EVENTS', 1000)

describe('what gets lost, with Mosquitto', function () {
  this.timeout(240_000)
  const { start, bridge, listener, atEnd } = withMosquitto()
  const bridgeState = 'home/bridge/one/state'

  it(`a retained unlock, planted before the start and after each of ${restarts} restarts, is never carried out`, async () => {
    const mosquitto = await start()
    const url = mosquitto.url()
    const plant = (id: string) => mosquitto.publish('home/car/command/unlock', JSON.stringify({ id }), '-r')
    plant('p0')
    const dir = temporaryFolder('bridge')
    const { finals, on } = await listener(url, 'home/#')
    const results = () => finals('home/car/result/unlock')
    const begin = async () => {
      const run = bridge({ url, dir, commands: ['safe', 'unlock'] })
      await run.said(/^connected$/m)
      return run
    }
    const runs = [await begin()]
    await until(() => results().some(({ id }) => id === 'p0'), 'the first refusal', limit)
    for (let n = 1; n <= restarts; n++) {
      const run = runs.at(-1)!
      await run.end(n % 2 ? 'SIGKILL' : 'SIGTERM')
      const before = results().length
      runs.push(await begin())
      await until(() => results().length > before, `the refusal of what lay there at start ${n}`, limit)
      plant(`p${n}`)
      await until(() => results().some(({ id }) => id === `p${n}`), `the refusal of what came after start ${n}`, limit)
    }
    expect(executed(...runs)).to.deep.equal([])
    expect(new Set(results().map(({ cause }) => cause?.code))).to.deep.equal(new Set(['RETAINED']))
    expect(new Set(results().map(({ id }) => id)).size).to.equal(restarts + 1)
    expect(on('home/car/state').every((text) => JSON.parse(text).lock.central === 'locked')).to.equal(true)
    // It would be, were it not retained.
    mosquitto.publish('home/car/command/unlock', '{"id":"meant"}')
    await runs.at(-1)!.said(/^executed meant$/m)
  })

  it(`a broker killed in the middle of a command and of ${events} events: all is there, once, in order, with the last state`, async () => {
    const mosquitto = await start()
    const car = new PushedCar(mosquitto.url())
    atEnd(() => car.close())
    const gate = new Gate()
    let carriedOut = 0
    car.provider.onExecute = async (_order, onPhase) => {
      onPhase('sent')
      carriedOut++
      await gate.promise
      return { phase: 'done' }
    }
    await car.open()
    const first = await listener(mosquitto.url(), 'home/#', 0)
    await first.client.publishAsync('home/car/command/lock', '{"id":"c1"}', { qos: 1 })
    await until(() => carriedOut === 1, 'the command', limit)
    const half = events / 2
    for (let n = 1; n <= half; n++) car.happen(n)
    await until(() => first.on('home/car/event/moved').length > half / 2, 'half of the first half', limit)
    await mosquitto.stop('SIGKILL')
    await car.lost()
    for (let n = half + 1; n <= events; n++) car.happen(n)
    gate.open()
    await mosquitto.again()
    const second = await listener(mosquitto.url(), 'home/#')
    await car.regain()
    await until(() => second.on('home/car/event/moved').length >= half, 'the second half', limit)
    const numbers = (texts: readonly string[]) => texts.map((text) => Number((JSON.parse(text) as { id: string }).id.slice(1)))
    const [before, after] = [numbers(first.on('home/car/event/moved')), numbers(second.on('home/car/event/moved'))]
    expect([...new Set([...before, ...after])].sort((a, b) => a - b)).to.deep.equal(
      Array.from({ length: events }, (_, n) => n + 1),
    )
    expect(after, 'in order, none twice').to.deep.equal([...new Set(after)].sort((a, b) => a - b))
    const states = second.on('home/car/state')
    expect(JSON.parse(states.at(-1)!).vehicle.odometer).to.equal(events)
    expect(second.on(bridgeState)).to.deep.equal(['online'])
    expect(second.finals('home/car/result/lock').map(({ id, phase }) => `${id} ${phase}`)).to.deep.equal(['c1 done'])
    expect(carriedOut).to.equal(1)
    expect(car.broker.dropped).to.equal(0)
  })

  it('more events than may wait: the newest ones come, and the health topic counts the others', async () => {
    const bound = events / 10
    const mosquitto = await start()
    const car = new PushedCar(mosquitto.url(), bound)
    atEnd(() => car.close())
    await car.open()
    await mosquitto.stop('SIGKILL')
    await car.lost()
    for (let n = 1; n <= events; n++) car.happen(n)
    await until(() => car.broker.dropped === events - bound, 'all of them', limit)
    await mosquitto.again()
    const { on } = await listener(mosquitto.url(), 'home/#')
    await car.regain()
    await until(() => on('home/car/event/moved').length >= bound, 'the events', limit)
    await car.clock.advance(minutes(1))
    const lostOnes = () => on('home/bridge/one/health').map((text) => JSON.parse(text).eventsDropped as number)
    await until(() => lostOnes().includes(events - bound), 'the count', limit)
    const ids = on('home/car/event/moved').map((text) => (JSON.parse(text) as { id: string }).id)
    expect(ids).to.deep.equal(Array.from({ length: bound }, (_, n) => `e${events - bound + n + 1}`))
    expect(JSON.parse(on('home/car/state').at(-1)!).vehicle.odometer).to.equal(events)
  })

  it('a process that is killed: its last will is there at once, long before the keep-alive is over', async () => {
    const mosquitto = await start()
    // Ten times as long as anybody waits here.
    const run = bridge({ url: mosquitto.url(), keepAlive: limit / 100 })
    const { on } = await listener(mosquitto.url(), bridgeState)
    await until(() => on(bridgeState).includes('online'), 'being there', limit)
    await run.end('SIGKILL')
    await until(() => on(bridgeState).at(-1) === 'offline', 'the last will', limit)
  })

  it('a process that is frozen: its last will is there once the keep-alive is over, and thawed it is back', async () => {
    const mosquitto = await start()
    const run = bridge({ url: mosquitto.url(), keepAlive: 2 })
    const { on } = await listener(mosquitto.url(), bridgeState)
    await until(() => on(bridgeState).includes('online'), 'being there', limit)
    run.signal('SIGSTOP')
    // Without a keep-alive it would never be: the connection itself is whole.
    await until(() => on(bridgeState).at(-1) === 'offline', 'the last will', limit)
    run.signal('SIGCONT')
    await until(() => on(bridgeState).at(-1) === 'online', 'being back', limit)
  })
})
