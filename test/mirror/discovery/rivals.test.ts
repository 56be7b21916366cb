import { expect } from 'chai'
import { minutes, seconds } from '../../../src/clock'
import { configTopic, uidOf } from '../../../src/mirror/discovery/device'
import type { MirrorOptions } from '../../../src/mirror/mirror'
import { TestBroker, until } from '../../support/broker'
import { vin } from '../../support/scriptedProvider'
import { Mirrored } from '../support'

const uid = uidOf({ provider: 'volvo', id: vin(1) })
const topic = configTopic('homeassistant', uid)

describe('two Driveways that tell Home Assistant of the same car', () => {
  let broker: TestBroker
  const open: Mirrored[] = []
  beforeEach(async () => {
    broker = await TestBroker.open()
  })
  afterEach(async () => {
    for (const home of open.splice(0)) await home.close()
    await broker.kill()
  })

  const given = async (instance: string, mirror: Partial<MirrorOptions> = {}) => {
    const home = await Mirrored.open({ broker, instance, mirror: { discovery: true, ...mirror } })
    open.push(home)
    await home.later(seconds(1))
    return home
  }
  /** The bridge that the device hangs on now. */
  const teller = (): string | undefined => {
    const text = broker.retained.get(topic)
    return text && /bridge\/(\w+)\/state/.exec(text)?.[1]
  }
  const told = () => broker.payloads(topic).length
  const says = (home: Mirrored, signal: string, value: number) =>
    home.provider.says.set(vin(1), { ...home.provider.says.get(vin(1)), [signal]: value })

  for (const [first, second] of [
    ['a', 'b'],
    ['b', 'a'],
  ] as const)
    it(`agree on one of them, whichever comes first (${first}), and the other one says so`, async () => {
      const homes = { [first]: await given(first), [second]: await given(second) }
      await until(() => homes.b!.problems.includes('INVALID_CONFIG'), 'the notice')
      await until(() => teller() === 'a', 'the one that tells')
      for (const home of Object.values(homes)) await home.later(seconds(1))
      const before = told()
      for (const signal of ['battery.range', 'battery.capacity', 'vehicle.odometer']) {
        for (const home of Object.values(homes)) {
          says(home, signal, 100)
          await home.later(minutes(70))
        }
      }
      expect(teller()).to.equal('a')
      const later = broker.payloads(topic).slice(before)
      expect(later, 'what is new is told').to.have.length.above(0)
      expect(
        later.every((text) => text.includes('bridge/a/state')),
        'nobody writes over it',
      ).to.equal(true)
      expect(homes.a!.problems).to.deep.equal([])
    })

  it('that share the work stand in for each other without a word', async () => {
    const [a, b] = [await given('a', { shared: 'team' }), await given('b', { shared: 'team' })]
    await until(() => teller() === 'a', 'the one that tells')
    await a.mirror.close()
    await until(() => teller() === 'b', 'the other one')
    expect(broker.retained.get('home/bridge/a/state')).to.equal('offline')
    const back = await given('a', { shared: 'team' })
    await until(() => teller() === 'a', 'the first one being back')
    expect([...a.problems, ...b.problems, ...back.problems]).to.deep.equal([])
  })

  it('of which one is gone for good are one again: what it left behind keeps nobody quiet', async () => {
    const a = await given('a')
    await a.mirror.close()
    const b = await given('b')
    await until(() => teller() === 'b', 'the one that is there')
    expect(b.problems).to.deep.equal([])
  })

  it('of which one stops serving Home Assistant: the other one takes its place, and nothing is wiped', async () => {
    const [a, b] = [await given('a'), await given('b')]
    await until(() => teller() === 'a' && b.problems.length > 0, 'the one that tells')
    await a.mirror.close(true)
    await until(() => teller() === 'b', 'the other one')
    expect(b.problems.at(-1)).to.equal(undefined)
  })

  it('the one that is quiet takes nothing back when it goes', async () => {
    const b = await given('b')
    await given('a')
    await until(() => teller() === 'a' && b.problems.length > 0, 'the one that tells')
    await b.mirror.close(true)
    expect(teller()).to.equal('a')
  })

  it('are not mistaken for what another program leaves there', async () => {
    const home = await given('b')
    const stranger = await home.somebody()
    for (const payload of [
      'x',
      '{}',
      '[1]',
      '{"origin":{"name":"Other"}}',
      '{"origin":{"name":"Driveway"},"availability":[{"topic":"#"}]}',
    ])
      await stranger.publishAsync(topic, payload, { qos: 1, retain: true })
    await home.later(minutes(1))
    expect(home.problems).to.deep.equal([])
  })
})
