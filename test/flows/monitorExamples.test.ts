import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { hours, minutes } from '../../src/clock'
import { places } from '../../src/simulator/car/driving'
import { nothingIsLost, owns } from '../nodes/support'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { listener } from '../support/nodeRed'
import { away, e208, home, MonitorHome } from './monitorSupport'

const folder = join(__dirname, '../../examples')
const files = [
  'Alert by websocket.json',
  'Coming home turns on the lights.json',
  'Driven at night, by webhook.json',
  'Home again, by push.json',
  'Nearly empty and not plugged in.json',
]
const read = (file: string) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as AnyMessage[]
const only = (flow: AnyMessage[], type: string): AnyMessage => {
  const found = flow.filter((node) => node.type === type)
  expect(found, type).to.have.length(1)
  return found[0]!
}

describe('the examples of monitors', () => {
  for (const file of files)
    it(`${file} explains itself and needs nothing from elsewhere`, () => {
      const flow = read(file)
      expect(only(flow, 'comment').info.length).to.be.greaterThan(200)
      expect(only(flow, 'driveway-account').server).to.equal('simulator')
      const core = new Set(['tab', 'comment', 'inject', 'debug', 'catch', 'change', 'switch', 'rbe'])
      for (const { type } of flow) if (!core.has(type as string)) expect(type).to.match(/^driveway-/)
      const ids = new Set(flow.map(({ id }) => id as string))
      for (const { wires = [] } of flow)
        for (const to of (wires as string[][]).flat()) expect(ids.has(to), `a wire to ${to}`).to.equal(true)
    })
})

describe('the examples of monitors in the cloud', function () {
  this.timeout(60_000)
  let place: MonitorHome
  afterEach(() => place.close())

  /** As imported, with an ear at the monitor's output. */
  const given = async (file: string, more: AnyMessage = {}): Promise<void> => {
    const flow = read(file).map((node) =>
      node.type === 'driveway-monitor' ? { ...node, ...more, wires: [[...node.wires[0], 'told']] } : node,
    )
    place = await MonitorHome.start([...flow, { ...listener('told'), z: only(flow, 'tab').id as string }])
    await place.watching(only(flow, 'driveway-monitor').id as string)
  }

  it('tell of an alert by websocket', async () => {
    await given('Alert by websocket.json')
    await place.simulate('POST', `vehicles/${e208}/alert`, { code: 'AssistanceButtonFault' })
    const [told] = await place.told(1)
    expect(told!.event.details.label).to.equal('Alert')
    expect(place.nodeRed.complaints).to.deep.equal([])
  })

  it('tell of a time by webhook', async () => {
    // Whatever time it is now.
    const [night] = only(read('Driven at night, by webhook.json'), 'driveway-monitor').triggers as AnyMessage[]
    await given('Driven at night, by webhook.json', {
      triggers: [{ ...night, times: [{ recurrence: 'Daily', start: 'PT0H', duration: 'PT24H' }] }],
    })
    await place.simulate('POST', `vehicles/${e208}/drive`, { to: away })
    await place.advance(120)
    const [told] = await place.told(1)
    expect(told!.vehicle.id).to.equal(e208)
    expect(told!.payload.position.location).to.have.property('latitude')
    expect(place.nodeRed.complaints).to.deep.equal([])
  })

  it('push a zone to phones', async () => {
    await given('Home again, by push.json')
    await place.simulate('POST', `vehicles/${e208}/drive`, { to: away })
    await place.advance(1500)
    await place.simulate('POST', `vehicles/${e208}/drive`, { to: home })
    await place.advance(1500)
    const pushes = await place.simulate<AnyMessage[]>('GET', 'stellantis/pushes')
    expect(JSON.stringify(pushes)).to.contain('The car is home')
    expect(place.nodeRed.heard('told'), 'a push does not come here').to.deep.equal([])
    expect(place.nodeRed.complaints).to.deep.equal([])
  })
})

describe('the examples of monitors here', function () {
  this.timeout(60_000)
  nothingIsLost()
  let place: Home
  afterEach(() => place.close())

  /** The nodes between the monitor and its debug node, as imported; the debug node is listened at. */
  const given = (file: string, later = 0): Promise<Home> =>
    givenHome(async (simulator, clock) => {
      owns(simulator, 'ex40')
      await clock.advance(later)
      const flow = read(file)
      const { id: _, ...settings } = only(flow, 'driveway-account')
      const nodes = flow
        .filter(({ type }) => !['tab', 'comment', 'catch', 'inject', 'driveway-account'].includes(type as string))
        .map((node) => ({
          ...node,
          z: 'tab',
          ...(node.type === 'driveway-monitor' && { account: 'acc' }),
          ...(node.type === 'debug' && { type: 'helper' }),
        }))
      return {
        account: settings,
        nodes,
        coreTypes: ['function/10-switch', 'function/15-change', 'function/rbe'],
      }
    })

  const sinkOf = (name: string): string => place.flow.find((node) => node.name === name)!.id as string

  it('turn on the lights when the car comes home', async () => {
    place = await given('Coming home turns on the lights.json')
    await place.advance(minutes(1))
    place.car.drive({ to: places.work! })
    await place.advance(minutes(20))
    expect(place.messages(sinkOf('lights'))).to.deep.equal([])
    place.car.drive({ to: places.home! })
    const { topic, payload } = await place.next(sinkOf('lights'))
    expect({ topic, payload }).to.deep.equal({ topic: 'house/lights', payload: 'on' })
    await place.advance(minutes(20))
    expect(place.messages(sinkOf('lights'))).to.have.length(1)
  })

  it('remind at ten in the evening of a car that is nearly empty and not plugged in, once', async () => {
    place = await given('Nearly empty and not plugged in.json', hours(9))
    await place.advance(minutes(5))
    place.car.set('battery.stateOfCharge', 22)
    await place.advance(Date.parse('2026-03-02T22:00:00Z') - place.clock.now())
    expect(place.messages(sinkOf('reminder'))).to.deep.equal([])
    await place.advance(minutes(20))
    const [told] = place.messages(sinkOf('reminder'))
    expect(told).to.include({ payload: 'Plug the EX40 in: 22 % left' })
    await place.advance(minutes(45))
    expect(place.messages(sinkOf('reminder'))).to.have.length(1)
  })

  it('do not remind of a car that is plugged in', async () => {
    place = await given('Nearly empty and not plugged in.json', hours(9))
    await place.advance(minutes(5))
    place.car.set('battery.stateOfCharge', 22)
    await place.advance(minutes(30))
    place.car.plugIn('ac')
    await place.advance(Date.parse('2026-03-02T23:00:00Z') - place.clock.now())
    expect(place.messages(sinkOf('reminder'))).to.deep.equal([])
  })
})
