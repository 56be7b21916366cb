import { expect } from 'chai'
import fc from 'fast-check'
import { emptyMemory } from '../../src/vehicle/memory'
import { signalOf, signals, type SignalId } from '../../src/vehicle/signals'
import { observedAtOf, readingsOf, snapshotOf, takeIn, type Intake } from '../../src/vehicle/snapshot'
import { names, noon, RememberedCar } from '../support/cars'

const minute = 60_000

describe('what is known of a car', () => {
  it('is shown nested by group, with the units and times beside it', () => {
    const car = new RememberedCar({ 'battery.stateOfCharge': 62.5, 'lock.central': 'locked' })
    expect(snapshotOf(car.memory)).to.deep.equal({ battery: { stateOfCharge: 62.5 }, lock: { central: 'locked' } })
    expect(readingsOf(car.memory)).to.deep.equal({
      'battery.stateOfCharge': { value: 62.5, unit: '%', observedAt: '2026-03-02T12:00:00.000Z' },
      'lock.central': { value: 'locked', observedAt: '2026-03-02T12:00:00.000Z' },
    })
    expect(readingsOf(car.memory, ['lock'])).to.have.all.keys('lock.central')
  })

  it('has the time of its newest fact, of all or of the groups asked for', () => {
    const car = new RememberedCar()
    expect(observedAtOf(car.memory)).to.equal(undefined)
    car.tell({ 'lock.central': 'locked' }, { observedAt: noon - minute })
    car.tell({ 'battery.range': 200 })
    expect(observedAtOf(car.memory)).to.equal(noon)
    expect(observedAtOf(car.memory, ['lock'])).to.equal(noon - minute)
  })

  it('tells which values changed and whether anything newer was said', () => {
    const car = new RememberedCar({ 'battery.stateOfCharge': 60 })
    const changed = car.later(5).tell({ 'battery.stateOfCharge': 61, 'lock.central': 'locked' })
    expect(changed.changes).to.deep.equal([
      { signal: 'battery.stateOfCharge', from: 60, to: 61 },
      { signal: 'lock.central', from: null, to: 'locked' },
    ])
    const newer = car.later(5).tell({ 'battery.stateOfCharge': 61 })
    expect(newer).to.deep.include({ changes: [], fresh: true })
    const same = car.later(5).tell({ 'battery.stateOfCharge': 61 }, { observedAt: car.now - 5 * minute })
    expect(same).to.deep.include({ changes: [], fresh: false })
  })

  it('does not take another order of the same members for a change', () => {
    const car = new RememberedCar({ 'position.location': { latitude: 1, longitude: 2 } })
    expect(car.later(1).tell({ 'position.location': { longitude: 2, latitude: 1 } }).changes).to.deep.equal([])
  })

  it('loses a value that the cloud says it does not know, and makes no event of its coming back', () => {
    const car = new RememberedCar({ 'charging.connection': 'connected' })
    const gone = car.later(1).tell({ 'charging.connection': null })
    expect(gone.changes).to.deep.equal([{ signal: 'charging.connection', from: 'connected', to: null }])
    expect(snapshotOf(car.memory)).to.deep.equal({})
    const back = car.later(1).tell({ 'charging.connection': 'connected' })
    expect(back.changes).to.deep.equal([{ signal: 'charging.connection', from: null, to: 'connected' }])
    expect(names(back)).to.deep.equal([])
  })

  it('does not bring back by an old reading what the cloud said later not to know', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    car.later(10).tell({ 'lock.central': null })
    car.later(1).tell({ 'lock.central': 'unlocked' }, { observedAt: noon + minute })
    expect(snapshotOf(car.memory)).to.deep.equal({})
  })

  it('keeps out what is older than its last value, however often it went', () => {
    const car = new RememberedCar({ 'lock.central': null })
    car.later(10).tell({ 'lock.central': 'locked' })
    car.later(1).tell({ 'lock.central': null }, { observedAt: null })
    car.tell({ 'lock.central': 'unlocked' }, { observedAt: noon + 5 * minute })
    expect(snapshotOf(car.memory)).to.deep.equal({})
  })

  it('is not outdated by a "not known" that has no time', () => {
    const car = new RememberedCar({ 'charging.connection': 'disconnected' })
    car.later(10).tell({ 'charging.connection': null }, { observedAt: null })
    const back = car.later(10).tell({ 'charging.connection': 'connected' }, { observedAt: noon + minute })
    expect(names(back)).to.deep.equal(['plugged-in'])
  })

  it('shows an undocumented word as unknown, which is neither start nor end of an edge', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    expect(names(car.later(1).tell({ 'lock.central': 'unknown' }))).to.deep.equal([])
    expect(snapshotOf(car.memory)).to.deep.equal({ lock: { central: 'unknown' } })
    expect(names(car.later(1).tell({ 'lock.central': 'locked' }))).to.deep.equal([])
    car.later(1).tell({ 'lock.central': 'unknown' })
    expect(names(car.later(1).tell({ 'lock.central': 'unlocked' }))).to.deep.equal(['unlocked'])
  })
})

describe('the time of a fact', () => {
  it('stays as it was when the cloud gives none and the value is the same', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    car.later(5).tell({ 'lock.central': 'locked' }, { observedAt: null })
    expect(observedAtOf(car.memory)).to.equal(noon)
  })

  it('is the time of receipt when the cloud gives none and the value is new', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    car.later(5).tell({ 'lock.central': 'unlocked' }, { observedAt: null })
    expect(observedAtOf(car.memory)).to.equal(noon + 5 * minute)
  })

  it('may be five minutes ahead of ours; what is further ahead counts as now and is reported', () => {
    const car = new RememberedCar()
    expect(car.tell({ 'lock.central': 'locked' }, { observedAt: noon + 5 * minute }).drifts).to.deep.equal([])
    expect(observedAtOf(car.memory, ['lock'])).to.equal(noon + 5 * minute)
    expect(car.tell({ 'doors.hood': 'open' }, { observedAt: noon + 5 * minute + 1 }).drifts).to.have.length(1)
    const ahead = car.tell({ 'battery.range': 200 }, { observedAt: noon + 60 * minute })
    expect(observedAtOf(car.memory, ['battery'])).to.equal(noon)
    expect(ahead.drifts).to.deep.equal([{ where: 'battery.range time', sample: '60 min ahead of now' }])
  })

  it('never moves back: an older reading is dropped, from a push as well', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    const old = car.later(1).tell({ 'lock.central': 'unlocked' }, { observedAt: noon - minute, source: 'push' })
    expect(old).to.deep.include({ changes: [], events: [], fresh: false })
    expect(snapshotOf(car.memory)).to.deep.equal({ lock: { central: 'locked' } })
  })

  it('of reading moves on for whole groups, also where the cloud said nothing new', () => {
    const car = new RememberedCar({ 'lock.central': 'locked', 'battery.range': 200 })
    car.later(10).take([], { groups: ['lock'] })
    expect(car.memory.held['lock.central']?.readAt).to.equal(noon + 10 * minute)
    expect(car.memory.held['battery.range']?.readAt).to.equal(noon)
  })
})

describe('two sources of one signal', () => {
  const ranked = (value: number, rank: number, observedAt: number) => ({
    signal: 'battery.range' as const,
    value,
    rank,
    observedAt,
  })
  const range = (car: RememberedCar) => car.memory.held['battery.range']?.value

  it('do not flap: the better one is kept from the first time it delivers', () => {
    const car = new RememberedCar()
    car.take([ranked(180, 1, noon)])
    expect(range(car)).to.equal(180)
    car.later(1).take([ranked(200, 0, car.now)])
    car.later(1).take([ranked(181, 1, car.now)])
    expect(range(car)).to.equal(200)
  })

  it('in one answer: the better one counts, whatever the order and the time', () => {
    for (const order of [0, 1]) {
      const car = new RememberedCar()
      const both = [ranked(200, 0, noon - minute), ranked(180, 1, noon)]
      car.take(order ? both : both.reverse())
      expect(range(car)).to.equal(200)
    }
  })

  it('leave the key alone when only the worse one says that it does not know', () => {
    const car = new RememberedCar()
    car.take([ranked(200, 0, noon)])
    car.later(1).take([{ signal: 'battery.range', value: null, rank: 1, observedAt: car.now }])
    expect(range(car)).to.equal(200)
  })
})

describe('values that hold only while charging', () => {
  const charging = { 'charging.status': 'charging', 'charging.power': 11, 'charging.timeToComplete': 95 }

  it('leave with the end of charging, even when the same answer still carries them', () => {
    const car = new RememberedCar(charging)
    const taken = car.later(5).tell({ 'charging.power': 11, 'charging.status': 'idle' })
    expect(snapshotOf(car.memory)).to.deep.equal({ charging: { status: 'idle' } })
    expect(taken.changes).to.deep.include({ signal: 'charging.power', from: 11, to: null })
    expect(taken.changes).to.deep.include({ signal: 'charging.readyAt', from: '2026-03-02T13:35:00.000Z', to: null })
  })

  it('are taken when the status stands behind them in the answer', () => {
    const car = new RememberedCar({ 'charging.power': 11, 'charging.status': 'charging' })
    expect(snapshotOf(car.memory)).to.deep.equal({ charging: { power: 11, status: 'charging' } })
  })

  it('are not shown without a status', () => {
    expect(snapshotOf(new RememberedCar({ 'charging.power': 11 }).memory)).to.deep.equal({})
  })
})

describe('derived signals', () => {
  it('tell when charging will be ready: the time of the reading and the minutes left', () => {
    const car = new RememberedCar({ 'charging.status': 'charging' })
    car.tell({ 'charging.timeToComplete': 90 }, { observedAt: noon - 10 * minute })
    expect(snapshotOf(car.memory).charging?.readyAt).to.equal('2026-03-02T13:20:00.000Z')
  })

  it('add the ranges of both energies, unless the cloud tells the sum itself', () => {
    const car = new RememberedCar({ 'battery.range': 40 })
    expect(snapshotOf(car.memory).vehicle?.range).to.equal(40)
    const { changes } = car.later(1).tell({ 'fuel.range': 500 })
    expect(changes).to.deep.include({ signal: 'vehicle.range', from: 40, to: 540 })
    car.tell({ 'vehicle.range': 530 }, { observedAt: noon - minute })
    car.later(1).tell({ 'battery.range': 39 })
    expect(snapshotOf(car.memory).vehicle?.range).to.equal(530)
  })
})

describe('one answer that contradicts itself', () => {
  const twice = (signal: SignalId, ...words: string[]) => words.map((value) => ({ signal, value, observedAt: noon }))

  it('counts as charging, not as unplugged', () => {
    const car = new RememberedCar({ 'charging.status': 'charging', 'charging.connection': 'connected' })
    const taken = car.later(1).tell({ 'charging.connection': 'disconnected', 'charging.status': 'charging' })
    expect(names(taken)).to.deep.equal([])
    expect(snapshotOf(car.memory).charging?.connection).to.equal('connected')
    expect(names(car.later(1).tell({ 'charging.connection': 'disconnected', 'charging.status': 'idle' }))).to.include('unplugged')
  })

  it('counts as unlocked, not as locked', () => {
    for (const words of [
      ['locked', 'unlocked'],
      ['unlocked', 'locked'],
    ]) {
      const car = new RememberedCar()
      car.take(twice('lock.central', ...words))
      expect(snapshotOf(car.memory)).to.deep.equal({ lock: { central: 'unlocked' } })
    }
  })

  it('counts as open, not as closed', () => {
    for (const words of [
      ['open', 'closed'],
      ['closed', 'open'],
    ]) {
      const car = new RememberedCar()
      car.take(twice('doors.hood', ...words))
      expect(snapshotOf(car.memory)).to.deep.equal({ doors: { hood: 'open' } })
    }
  })

  it('follows the newer of two words', () => {
    const car = new RememberedCar()
    car.take([
      { signal: 'lock.central', value: 'locked', observedAt: noon },
      { signal: 'lock.central', value: 'unlocked', observedAt: noon - minute },
    ])
    expect(snapshotOf(car.memory)).to.deep.equal({ lock: { central: 'locked' } })
  })
})

describe('whatever clouds say in whatever order', () => {
  const ids = Object.keys(signals) as SignalId[]
  const valueOf = (id: SignalId): fc.Arbitrary<unknown> => {
    const { type, words } = signalOf(id)
    if (id === 'position.location') return fc.record({ latitude: fc.integer({ min: 50, max: 52 }), longitude: fc.constant(4.4) })
    if (id === 'alerts.active') return fc.subarray(['engine-fault', 'oil-level-low', 'risk-of-ice'])
    if (id === 'alerts.collision') return fc.record({ at: fc.constantFrom('2026-03-02T12:01:00Z', '2026-03-02T12:09:00Z') })
    if (type === 'number' || type === 'integer') return fc.integer({ min: -2, max: 100 })
    if (type === 'boolean') return fc.boolean()
    if (type === 'word') return fc.constantFrom('unknown', ...(words ?? []))
    if (type === 'time') return fc.constantFrom('2026-03-02T12:01:00Z', '2026-03-02T23:00:00Z')
    return fc.constant([])
  }
  const reading = fc.constantFrom(...ids).chain((signal) =>
    fc.record({
      signal: fc.constant(signal),
      value: fc.option(valueOf(signal), { freq: 6 }),
      observedAt: fc.option(fc.integer({ min: noon - 10 * minute, max: noon + 90 * minute }), { nil: undefined }),
      rank: fc.constantFrom(0, 0, 1),
    }),
  )
  const intake = fc.record({
    readings: fc.array(reading, { maxLength: 60 }),
    receivedAt: fc.integer({ min: noon, max: noon + 60 * minute }),
    source: fc.constantFrom('poll', 'push'),
    groups: fc.constantFrom([], ['lock', 'charging']),
  }) as unknown as fc.Arbitrary<Intake>
  const intakes = fc.array(intake, { maxLength: 6 })
  const vehicle = { provider: 'volvo', id: 'YV1TESTCAR0000001' } as const
  const take = (all: readonly Intake[], memory = emptyMemory()) => {
    for (const one of all) takeIn(memory, one, vehicle)
    return memory
  }

  it('the same answer taken in twice fires nothing and changes nothing the second time', () => {
    fc.assert(
      fc.property(intakes, intake, (before, last) => {
        const memory = take(before)
        takeIn(memory, last, vehicle)
        const again = takeIn(memory, last, vehicle)
        expect(names(again)).to.deep.equal([])
        expect(again.changes).to.deep.equal([])
        expect(again.fresh).to.equal(false)
      }),
      { numRuns: 300, seed: 7 },
    )
  })

  it('the memory comes back from disk as it was', () => {
    fc.assert(
      fc.property(intakes, (all) => {
        const memory = take(all)
        expect(JSON.parse(JSON.stringify(memory))).to.deep.equal(memory)
      }),
      { numRuns: 200, seed: 8 },
    )
  })

  it('a restart between two answers changes nothing of what is told', () => {
    fc.assert(
      fc.property(intakes, intake, (before, last) => {
        const memory = take(before)
        const kept = JSON.parse(JSON.stringify(memory)) as typeof memory
        const [a, b] = [takeIn(memory, last, vehicle), takeIn(kept, last, vehicle)]
        expect(b.events).to.deep.equal(a.events)
      }),
      { numRuns: 200, seed: 9 },
    )
  })

  it('no fact becomes older than it was', () => {
    fc.assert(
      fc.property(intakes, intake, (before, last) => {
        const memory = take(before)
        const times = new Map(ids.map((id) => [id, memory.held[id]?.observedAt]))
        takeIn(memory, last, vehicle)
        for (const id of ids) {
          const [was, is] = [times.get(id), memory.held[id]?.observedAt]
          if (was !== undefined && is !== undefined && !signalOf(id).derived) expect(is).to.be.at.least(was)
        }
      }),
      { numRuns: 300, seed: 10 },
    )
  })

  it('an event never claims to lie in the future, and its id is its own', () => {
    fc.assert(
      fc.property(intakes, (all) => {
        const memory = emptyMemory()
        for (const one of all) {
          const { events } = takeIn(memory, one, vehicle)
          for (const event of events) expect(event.detectedWithin).to.be.at.least(0)
          expect(new Set(events.map(({ id }) => id)).size).to.equal(events.length)
        }
      }),
      { numRuns: 200, seed: 11 },
    )
  })
})
