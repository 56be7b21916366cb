import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { givenHome, type AnyMessage, type Home } from '../support/home'
import { callsOf, catchAll, nothingIsLost, owns } from './support'

const node = (more: AnyMessage): AnyMessage => ({
  id: 'charging',
  type: 'driveway-charging',
  account: 'acc',
  profile: 'fast',
  emit: 'events',
  wires: [['told']],
  ...more,
})

const givenCharging = (more: AnyMessage, cars = ['ex40'], nodes: AnyMessage[] = []): Promise<Home> =>
  givenHome((simulator) => {
    owns(simulator, ...cars)
    return { nodes: [node(more), catchAll, ...nodes] }
  })

const readings = (home: Home): number => callsOf(home, '/energy/v2').filter((call) => call.endsWith('/state')).length
/** The first reading is over, and time has gone on since. */
const firstReading = async (home: Home, count = 1) => {
  await home.until(() => readings(home) >= count, 'the first reading')
  await home.advance(seconds(2))
}

describe('the charging node', () => {
  nothingIsLost()
  let home: Home
  afterEach(() => home.close())

  describe('what it sends', () => {
    it('events: each edge once, nothing for the first reading', async () => {
      home = await givenCharging({})
      await home.advance(minutes(3))
      expect(home.topics('told')).to.deep.equal([])
      home.car.plugIn('ac')
      const { event, payload, readings: timed, vehicle } = await home.next('told', 'plugged-in')
      expect(vehicle).to.include({ id: home.car.id, provider: 'volvo', label: 'EX40' })
      expect(payload.charging.connection).to.equal('connected')
      expect(Object.keys(payload)).to.have.members(['battery', 'charging'])
      expect(timed['battery.stateOfCharge']).to.include({ unit: '%' })
      expect(event).to.include({ name: 'plugged-in', source: 'poll', late: false })
      const received = Date.parse(event.receivedAt as string)
      expect(home.car.pluggedInAt).to.be.within(received - event.detectedWithin * 1000, received)
      expect(event.detectedWithin, 'a poll and the longest way of a report').to.be.at.most(61 + 300)
      await home.next('told', 'charging-started')
      await home.advance(minutes(10))
      const topics = home.topics('told').filter((topic) => topic !== 'level-changed')
      expect(topics).to.have.members(['plugged-in', 'charging-started'])
      home.car.unplug()
      await home.next('told', 'unplugged')
      expect(home.messages('caught')).to.deep.equal([])
    })

    it('events, although the car was plugged in before we came: none', async () => {
      home = await givenHome(async (simulator, clock) => {
        owns(simulator, 'ex40')
        simulator.cars.get('ex40').plugIn('ac')
        await clock.advance(minutes(1))
        return { nodes: [node({})] }
      })
      await home.advance(minutes(2))
      expect(home.topics('told').filter((topic) => topic !== 'level-changed')).to.deep.equal([])
      expect(home.status('charging')).to.contain('driveway-charging.status.charging')
    })

    it('changes: also a snapshot when something else changed, and no snapshot beside an event', async () => {
      home = await givenCharging({ emit: 'changes' })
      await home.advance(minutes(2))
      expect(home.topics('told')).to.deep.equal([])
      home.car.set('charging.currentLimit', 10)
      const { payload } = await home.next('told', 'snapshot')
      expect(payload.charging.currentLimit).to.equal(10)
      await home.advance(minutes(2))
      expect(home.topics('told')).to.deep.equal(['snapshot'])
      home.car.plugIn('ac')
      await home.next('told', 'plugged-in')
      expect(home.topics('told').slice(1)).to.not.include('snapshot')
    })

    it('changes: also what changed while nothing ran, but not what is read of a new car', async () => {
      home = await givenCharging({ emit: 'changes' })
      await firstReading(home)
      expect(home.topics('told')).to.deep.equal([])
      home.car.set('charging.currentLimit', 10)
      await home.deploy()
      const { payload } = await home.next('told', 'snapshot')
      expect(payload.charging.currentLimit).to.equal(10)
      await home.advance(minutes(2))
      expect(home.topics('told')).to.deep.equal(['snapshot'])
    })

    it('always: every reading, changed or not', async () => {
      home = await givenCharging({ emit: 'always' })
      await home.advance(minutes(4))
      expect(home.topics('told').length).to.equal(readings(home)).and.to.be.at.least(4)
      expect(new Set(home.topics('told'))).to.deep.equal(new Set(['snapshot']))
    })

    it('initial: the first reading of each car, once', async () => {
      home = await givenCharging({ initial: true }, ['ex40', 'xc60'])
      await home.until(() => home.messages('told').length >= 2)
      await home.advance(minutes(3))
      expect(home.topics('told')).to.deep.equal(['initial', 'initial'])
      expect(home.messages('told').map(({ vehicle }) => vehicle.label)).to.have.members(['EX40', 'XC60'])
    })

    it('initial: also for a node that is deployed while the car is long known', async () => {
      home = await givenCharging({})
      await firstReading(home)
      await home.deploy(
        home.flow.map((one) => (one.id === 'charging' ? node({ initial: true, z: 'tab', x: 1, y: 1 }) : one)),
        'nodes',
      )
      expect((await home.next('told')).topic).to.equal('initial')
      await home.advance(minutes(3))
      expect(home.topics('told')).to.deep.equal(['initial'])
    })

    it('nothing that a flow may change changes what others get', async () => {
      home = await givenCharging({ emit: 'always' }, ['ex40'], [node({ id: 'second', emit: 'always', wires: [['other']] })])
      const first = await home.next('told')
      first.payload.battery.stateOfCharge = -1
      const seen = home.messages('other').length
      expect((await home.next('other', undefined, seen)).payload.battery.stateOfCharge).to.equal(62.5)
    })
  })

  describe('which cars', () => {
    it('only the chosen one, by id or by short name', async () => {
      const named = (id: string, vehicle: string) => node({ id, vehicle, emit: 'always', wires: [[`${id}-told`]] })
      home = await givenCharging({}, ['ex40', 'xc60'], [named('by-id', 'YV1ZZZXC6P0000002')])
      const { slug } = (await home.next('by-id-told')).vehicle
      await home.close()
      home = await givenCharging({}, ['ex40', 'xc60'], [named('by-id', 'YV1ZZZXC6P0000002'), named('by-slug', slug)])
      await firstReading(home, 2)
      home.car.plugIn('ac')
      await home.next('told', 'plugged-in')
      for (const sink of ['by-id-told', 'by-slug-told']) {
        const slugs = home.messages(sink).map((message) => message.vehicle.slug)
        expect(new Set(slugs)).to.deep.equal(new Set([slug]))
      }
    })

    it('a car that is not in the account is a fault of this node, told once, with the names to choose from', async () => {
      home = await givenCharging({ vehicle: 'ex40-nope' })
      await home.advance(minutes(2))
      const [first, ...more] = home.messages('caught')
      expect(more).to.deep.equal([])
      expect(first?.error.code).to.equal('VEHICLE_UNKNOWN')
      expect(first?.error.cause.action).to.match(/ex40-/)
      expect(first?.error.source.id).to.equal('charging')
      expect(home.status('charging')).to.equal('driveway-charging.status.vehicle')
      expect(readings(home)).to.equal(0)
    })
  })

  describe('fields that cannot be', () => {
    const good = { unplugged: 60, plugged: 60, charging: 60, hinted: 30 }
    const tables: { what: string; more: AnyMessage; says: RegExp }[] = [
      {
        what: 'a text for a number',
        more: { intervals: { ...good, plugged: 'often' } },
        says: /"plugged" must be a number of seconds from 5/,
      },
      { what: 'too short an interval', more: { intervals: { ...good, hinted: 1 } }, says: /"hinted" must/ },
      {
        what: 'several bad ones: the first is named',
        more: { intervals: { unplugged: 60, plugged: -1, charging: 0, hinted: 0 } },
        says: /"plugged" must/,
      },
      { what: 'none at all', more: {}, says: /"unplugged" must/ },
      { what: 'a profile that is none', more: { profile: 'warp' }, says: /no profile "warp"/ },
    ]
    for (const { what, more, says } of tables) {
      it(`${what}: told once at the Catch node, nothing is read`, async () => {
        home = await givenCharging({ profile: 'custom', ...more })
        await home.advance(minutes(1))
        const [first, ...others] = home.messages('caught')
        expect(others).to.deep.equal([])
        expect(first?.error.cause).to.include({ code: 'INVALID_CONFIG' })
        expect(first?.error.message).to.match(says)
        expect(home.status('charging')).to.equal('driveway-charging.status.config')
        expect(readings(home)).to.equal(0)
      })
    }

    it('a node with such fields answers a message with that fault too', async () => {
      home = await givenCharging({ profile: 'warp' })
      await home.next('caught')
      const { error } = await home.ask('charging', { topic: 'refresh' }, 'caught')
      expect(error.cause.code).to.equal('INVALID_CONFIG')
    })
  })

  describe('what it is told', () => {
    const slow = { profile: 'custom', intervals: { unplugged: 600, plugged: 600, charging: 600, hinted: 60 } }

    it('refresh reads now, once for all who ask', async () => {
      home = await givenCharging({ ...slow, emit: 'always' })
      await firstReading(home)
      const before = readings(home)
      for (let n = 0; n < 5; n++) home.node('charging').receive({ topic: 'refresh' })
      await home.until(() => readings(home) > before, 'a reading', seconds(10))
      await home.advance(seconds(10))
      expect(readings(home) - before).to.equal(1)
    })

    it('a hint reads fast for 10 min, a second one in between changes nothing, then it glides back and rests', async () => {
      home = await givenCharging(slow)
      await firstReading(home)
      const before = readings(home)
      home.node('charging').receive({ topic: 'hint' })
      await home.advance(minutes(5))
      home.node('charging').receive({ payload: 'anything else is a hint too' })
      await home.advance(minutes(5))
      expect(readings(home) - before, 'one in each minute').to.be.within(9, 12)
      const after = readings(home)
      await home.advance(minutes(4))
      home.node('charging').receive({ topic: 'hint' })
      await home.advance(minutes(4))
      expect(readings(home) - after, 'it glides back').to.be.within(2, 4)
      await home.advance(minutes(3))
      const rested = readings(home)
      home.node('charging').receive({ topic: 'hint' })
      await home.advance(minutes(4))
      expect(readings(home) - rested, 'and then may be hurried again').to.be.at.least(3)
    })

    it('pause stops the reading and the telling, resume goes on', async () => {
      home = await givenCharging({})
      await firstReading(home)
      home.node('charging').receive({ topic: 'pause' })
      await home.advance(seconds(5))
      expect(home.status('charging')).to.equal('driveway-charging.status.paused')
      const before = readings(home)
      await home.advance(minutes(5))
      expect(readings(home)).to.equal(before)
      home.car.plugIn('ac')
      home.node('charging').receive({ topic: 'resume' })
      await home.next('told', 'plugged-in')
      expect(home.status('charging')).to.not.equal('driveway-charging.status.paused')
    })

    it('passes nothing on by itself and never fails on a good message', async () => {
      home = await givenCharging(slow)
      await firstReading(home)
      for (const topic of ['pause', 'resume', 'hint', 'refresh', undefined, 5]) home.node('charging').receive({ topic })
      await home.advance(seconds(10))
      expect(home.messages('told')).to.deep.equal([])
      expect(home.messages('caught')).to.deep.equal([])
    })
  })

  it('shows level and charging below itself', async () => {
    home = await givenCharging({})
    expect(home.status('charging')).to.equal('driveway-charging.status.loading')
    await firstReading(home)
    await home.advance(seconds(2))
    expect(home.status('charging')).to.equal('63 % · driveway-charging.status.unplugged · driveway-charging.status.justNow')
    await home.advance(minutes(8))
    expect(home.status('charging'), 'the age of the data').to.match(/minutesAgo$/)
    home.car.plugIn('ac')
    await home.until(() => home.status('charging').includes('status.charging'), 'the new words')
    expect(home.status('charging')).to.match(
      /^\d+ % · driveway-charging\.status\.charging, driveway-charging\.status\.minutesLeft · driveway-charging\.status\.(justNow|minutesAgo)$/,
    )
    expect(home.statuses('charging').at(-1)).to.include({ fill: 'blue', shape: 'dot' })
  })

  it('lets no minute pass without the right age, and keeps no timer when it is gone', async () => {
    const often = { unplugged: 86_400, plugged: 86_400, charging: 86_400, hinted: 60 }
    home = await givenCharging({ profile: 'custom', intervals: often })
    await firstReading(home)
    const before = readings(home)
    const ageIn = async (wait: number) => {
      const seen = home.statuses('charging').length
      await home.advance(wait)
      return home.statuses('charging').slice(seen)
    }
    expect(home.status('charging')).to.match(/justNow$/)
    await ageIn(minutes(2))
    expect(home.status('charging')).to.match(/minutesAgo$/)
    await ageIn(minutes(120))
    expect(home.status('charging')).to.match(/hoursAgo$/)
    expect(readings(home), 'without a call').to.equal(before)
    home.node('charging').receive({ topic: 'pause' })
    await home.advance(seconds(5))
    expect(await ageIn(minutes(5))).to.deep.equal([])
  })

  describe('when its car cannot be read', () => {
    const faults = [
      { kind: '403-scope', code: 'SCOPE_MISSING', shown: 'scope' },
      { kind: '403-not-yours', code: 'VEHICLE_NOT_YOURS', shown: 'notYours' },
    ] as const
    const codes = () => home.messages('caught').map(({ error }) => error.code)
    const lists = () => callsOf(home).filter((call) => call.endsWith('/vehicles')).length

    for (const { kind, code, shown } of faults) {
      const fault = { provider: 'volvo', kind, path: '/vehicles/' }

      it(`${kind} from the start is told once, shown, and over when it is over`, async () => {
        home = await givenHome((simulator) => {
          owns(simulator, 'ex40')
          simulator.faults.add(fault)
          return { nodes: [node({}), catchAll] }
        })
        await home.next('caught')
        await home.advance(minutes(10))
        expect(codes()).to.deep.equal([code])
        expect(home.messages('caught')[0]!.error.source.id).to.equal('charging')
        expect(home.status('charging')).to.equal(`driveway-charging.status.${shown}`)
        home.simulator.faults.clear()
        await home.until(() => home.status('charging').startsWith('63 %'), 'good words')
        home.simulator.faults.add(fault)
        await home.until(() => codes().length === 2, 'the next trouble')
        expect(codes()).to.deep.equal([code, code])
      })

      it(`${kind} in the middle is told once at each watching node, and shown`, async () => {
        home = await givenCharging({}, ['ex40'], [node({ id: 'second', wires: [['other']] })])
        await firstReading(home)
        home.simulator.faults.add(fault)
        await home.until(() => codes().length === 2, 'both')
        await home.advance(minutes(10))
        expect(home.messages('caught').map(({ error }) => `${error.source.id} ${error.code}`)).to.have.members([
          `charging ${code}`,
          `second ${code}`,
        ])
        expect(home.status('charging')).to.equal(`driveway-charging.status.${shown}`)
      })
    }

    it('is told also when something else of the car could be read', async () => {
      home = await givenCharging({})
      await firstReading(home)
      home.simulator.faults.add({ provider: 'volvo', kind: '403-scope', path: '/energy/' })
      await home.advance(minutes(40))
      expect(codes()).to.deep.equal(['SCOPE_MISSING'])
      expect(home.status('charging')).to.equal('driveway-charging.status.scope')
    })

    it('asks soon whether the car is still in the account, after that at most once an hour, and lets it go', async () => {
      home = await givenCharging({ vehicle: 'YV1ZZZXC6P0000002' }, ['ex40', 'xc60'])
      await firstReading(home)
      const before = lists()
      await home.advance(minutes(61))
      owns(home.simulator, 'ex40')
      await home.until(() => home.status('charging') === 'driveway-charging.status.vehicle', 'the new list', minutes(10))
      expect(lists() - before).to.equal(1)
      await home.close()

      home = await givenCharging({})
      await firstReading(home)
      home.simulator.faults.add({ provider: 'volvo', kind: '403-not-yours' })
      const listed = lists()
      await home.advance(minutes(150))
      expect(lists() - listed).to.be.within(1, 3)
    })

    it('refreshes the other cars, and one error names the one', async () => {
      home = await givenCharging({ emit: 'always' }, ['ex40', 'xc60'])
      await firstReading(home, 2)
      const sent = home.messages('told').length
      home.simulator.faults.add({ provider: 'volvo', kind: '403-not-yours', path: home.car.id })
      home.node('charging').receive({ topic: 'refresh' })
      await home.until(() => home.messages('told').length > sent, 'the other car', seconds(20))
      expect(home.messages('told').at(-1)!.vehicle.label).to.equal('XC60')
      const { error } = await home.next('caught')
      expect(error.message).to.match(/^EX40: /)
    })
  })

  it('shows how many cars it watches when there are several', async () => {
    home = await givenCharging({}, ['ex40', 'xc60'])
    await firstReading(home, 2)
    await home.advance(seconds(2))
    expect(home.status('charging')).to.equal('driveway-charging.status.cars')
  })

  it('says so when it has no account, and fails on a message', async () => {
    home = await givenCharging({ account: 'gone' })
    expect(home.status('charging')).to.equal('driveway-charging.status.noAccount')
    const { error } = await home.ask('charging', { topic: 'refresh' }, 'caught')
    expect(error.cause.code).to.equal('INVALID_CONFIG')
  })
})
