import { expect } from 'chai'
import { eventNames, eventOf, isEventName } from '../../src/vehicle/events'
import type { VehicleEvent } from '../../src/vehicle/events'
import { names, noon, RememberedCar, type Values } from '../support/cars'

const minute = 60_000

/** What was known, what is told next, and the events that come of it with their details. */
type Case = [before: Values, after: Values, ...events: [name: string, details?: Record<string, unknown>][]]

const plugged: Values = { 'charging.connection': 'connected' }
const place = { latitude: 57.7, longitude: 11.97 }

const cases: Record<string, Case[]> = {
  'the cable': [
    [
      {
        'charging.connection': 'disconnected',
        'charging.type': 'ac',
        'battery.stateOfCharge': 52,
        'charging.chargeLimit': 80,
        'position.location': place,
      },
      { 'charging.connection': 'connected', 'charging.supply': 'available' },
      ['plugged-in', { type: 'ac', supply: 'available', stateOfCharge: 52, chargeLimit: 80, location: place }],
    ],
    [plugged, { 'charging.connection': 'disconnected' }, ['unplugged']],
    [{ 'charging.connection': 'fault' }, { 'charging.connection': 'disconnected' }, ['unplugged']],
    [{ 'charging.connection': 'fault' }, { 'charging.connection': 'connected' }],
  ],
  charging: [
    [
      { ...plugged, 'charging.status': 'idle', 'charging.type': 'dc' },
      { 'charging.status': 'charging', 'charging.power': 120, 'charging.timeToComplete': 30 },
      ['charging-started', { type: 'dc', power: 120, timeToComplete: 30, readyAt: '2026-03-02T12:31:00.000Z' }],
    ],
    [{ 'charging.status': 'fault' }, { 'charging.status': 'charging' }, ['charging-started']],
    [
      { ...plugged, 'charging.status': 'charging', 'battery.stateOfCharge': 61 },
      { 'charging.status': 'idle' },
      ['charging-stopped', { stateOfCharge: 61, reason: 'stopped' }],
    ],
    [
      { ...plugged, 'charging.status': 'charging' },
      { 'charging.status': 'idle', 'charging.connection': 'disconnected' },
      ['unplugged'],
      ['charging-stopped', { reason: 'unplugged' }],
    ],
    [
      { 'charging.status': 'charging', 'battery.stateOfCharge': 80, 'charging.chargeLimit': 80 },
      { 'charging.status': 'idle' },
      ['charging-stopped', { stateOfCharge: 80, reason: 'limit' }],
    ],
    [
      { ...plugged, 'charging.status': 'charging', 'charging.supply': 'providing' },
      { 'charging.status': 'idle', 'charging.supply': 'fault' },
      ['charging-stopped', { reason: 'fault' }],
      ['charging-fault', { part: ['supply'] }],
    ],
    [{ 'charging.status': 'charging' }, { 'charging.status': 'discharging' }, ['charging-stopped', { reason: 'stopped' }]],
    [
      { 'charging.status': 'charging' },
      { 'charging.status': 'scheduled' },
      ['charging-stopped', { reason: 'stopped' }],
      ['charging-scheduled'],
    ],
    [
      { 'charging.status': 'charging', 'battery.stateOfCharge': 100 },
      { 'charging.status': 'complete' },
      ['charging-complete', { stateOfCharge: 100 }],
    ],
    [{ 'charging.status': 'idle' }, { 'charging.status': 'complete' }, ['charging-complete']],
    [{ 'charging.status': 'charging' }, { 'charging.status': 'fault' }, ['charging-fault', { part: ['status'] }]],
    [{ 'charging.status': 'idle' }, { 'charging.status': 'scheduled' }, ['charging-scheduled']],
    [{ 'charging.status': 'complete' }, { 'charging.status': 'idle' }],
  ],
  'locks, doors and windows': [
    [{ 'lock.central': 'unlocked', 'position.location': place }, { 'lock.central': 'locked' }, ['locked', { location: place }]],
    [
      { 'lock.central': 'locked', 'lock.driver': 'locked', 'lock.cargo': 'locked' },
      { 'lock.central': 'unlocked', 'lock.driver': 'unlocked' },
      ['unlocked', { locks: ['central', 'driver'] }],
    ],
    [{ 'doors.frontLeft': 'closed' }, { 'doors.frontLeft': 'open' }, ['door-opened', { door: 'frontLeft' }]],
    [{ 'doors.hood': 'closed' }, { 'doors.hood': 'ajar' }, ['door-opened', { door: 'hood' }]],
    [{ 'doors.hood': 'ajar' }, { 'doors.hood': 'open' }],
    [{ 'doors.hood': 'open' }, { 'doors.hood': 'ajar' }],
    [{ 'doors.topCase': 'open' }, { 'doors.topCase': 'closed' }, ['door-closed', { door: 'topCase' }]],
    [
      { 'doors.frontLeft': 'closed', 'doors.tailgate': 'closed' },
      { 'doors.tailgate': 'open', 'doors.frontLeft': 'open' },
      ['door-opened', { door: 'frontLeft' }],
      ['door-opened', { door: 'tailgate' }],
    ],
    [{ 'windows.sunroof': 'closed' }, { 'windows.sunroof': 'ajar' }, ['window-opened', { window: 'sunroof' }]],
    [{ 'windows.rearLeft': 'open' }, { 'windows.rearLeft': 'closed' }, ['window-closed', { window: 'rearLeft' }]],
  ],
  'engine and climate': [
    [{ 'engine.status': 'stopping', 'vehicle.moving': false }, { 'engine.status': 'running' }, ['engine-started']],
    [{ 'engine.status': 'stopped', 'vehicle.moving': false }, { 'engine.status': 'starting' }],
    [{ 'engine.status': 'running', 'vehicle.moving': true }, { 'engine.status': 'stopped' }, ['engine-stopped']],
    [{ 'engine.status': 'running', 'vehicle.moving': true }, { 'engine.status': 'stopping' }],
    [
      { 'climate.status': 'inactive' },
      { 'climate.status': 'active', 'climate.startedBy': 'scheduled', 'climate.outsideTemperature': -4 },
      ['climate-started', { startedBy: 'scheduled', outsideTemperature: -4 }],
    ],
    [
      { 'climate.status': 'active' },
      { 'climate.status': 'fault', 'climate.cause': 'battery-low' },
      ['climate-stopped', { reason: 'fault', cause: 'battery-low' }],
    ],
    [{ 'climate.status': 'finished' }, { 'climate.status': 'inactive' }],
  ],
  'alerts without an alert list': [
    [
      { 'lights.brakeLeft': 'ok' },
      { 'lights.brakeLeft': 'fault' },
      ['alert-raised', { code: 'lights.brakeLeft', word: 'fault', since: '2026-03-02T12:01:00.000Z' }],
    ],
    [{ 'lights.brakeLeft': 'fault' }, { 'lights.brakeLeft': 'ok' }, ['alert-cleared', { code: 'lights.brakeLeft' }]],
    [
      { 'tyres.rearRight': 'ok', 'engine.oilLevel': 'ok', 'fuel.adBlueWarning': 'ok', 'service.washerFluid': 'ok' },
      { 'tyres.rearRight': 'low', 'engine.oilLevel': 'low', 'fuel.adBlueWarning': 'fault', 'service.washerFluid': 'low' },
      ['alert-raised'],
      ['alert-raised'],
      ['alert-raised'],
      ['alert-raised'],
    ],
    [{ 'tyres.rearRight': 'low' }, { 'tyres.rearRight': 'very-low' }],
    [{ 'alerts.active': [], 'tyres.rearRight': 'ok' }, { 'tyres.rearRight': 'low' }],
  ],
  'the rest': [
    [
      { 'safety.eCall': 'not-detected', 'position.location': place },
      { 'safety.eCall': 'detected' },
      ['emergency-call', { location: place }],
    ],
    [{ 'safety.eCall': 'detected' }, { 'safety.eCall': 'unavailable' }],
    [{ 'vehicle.drivingEnabled': false }, { 'vehicle.drivingEnabled': true }, ['driving-enabled']],
    [{ 'vehicle.drivingEnabled': true }, { 'vehicle.drivingEnabled': false }, ['driving-disabled']],
    [{ 'reachability.privacy': 'none' }, { 'reachability.privacy': 'full' }, ['privacy-changed', { from: 'none', to: 'full' }]],
    [{ 'vehicle.rental': 'free' }, { 'vehicle.rental': 'rented' }, ['rental-changed', { from: 'free', to: 'rented' }]],
    [
      { 'alerts.stolen': false },
      { 'alerts.stolen': true, 'alerts.stolenSince': '2026-03-02T11:59:00Z' },
      ['stolen-reported', { since: '2026-03-02T11:59:00Z' }],
    ],
    [{ 'alerts.stolen': true }, { 'alerts.stolen': false }, ['stolen-cleared']],
    [
      { 'service.warning': 'almost-due', 'service.distance': 900 },
      { 'service.warning': 'due' },
      ['service-due', { distance: 900 }],
    ],
    [{ 'service.time': 1 }, { 'service.time': 0 }, ['service-due', { time: 0 }]],
    [{ 'service.warning': 'due' }, { 'service.warning': 'overdue' }],
    [{ 'service.warning': 'due' }, { 'service.distance': -10 }],
    [{ 'service.distance': 900 }, { 'service.warning': 'due' }],
    [{ 'lock.central': 'locked' }, { 'service.distance': -10, 'service.warning': 'overdue' }],
  ],
}

const shown = ({ name, details }: VehicleEvent, wanted?: [string, Record<string, unknown>?]) =>
  wanted?.[1] ? [name, details] : [name]

describe('events', () => {
  for (const [subject, list] of Object.entries(cases)) {
    describe(`about ${subject}`, () => {
      for (const [before, after, ...wanted] of list) {
        const told = wanted.map(([name]) => name).join(', ') || 'nothing'
        it(`${words(before)} → ${words(after)}: ${told}`, () => {
          const car = new RememberedCar(before, 'stellantis')
          const { events } = car.later(1).tell(after)
          expect(events.map((event, n) => shown(event, wanted[n]))).to.deep.equal(wanted)
          expect(names(car.later(1).tell(after)), 'said again').to.deep.equal([])
        })
      }
    })
  }

  it('are none at the first reading of a car', () => {
    const everything = Object.assign({}, ...Object.values(cases).flatMap((list) => list.map(([, after]) => after))) as Values
    expect(names(new RememberedCar().tell(everything))).to.deep.equal([])
  })

  it('are none at the first reading of a signal of a known car', () => {
    const car = new RememberedCar({ 'battery.range': 100 })
    expect(names(car.later(1).tell({ 'lock.central': 'unlocked', 'charging.status': 'charging' }))).to.deep.equal([])
  })

  it('have the names of the contract, each once', () => {
    expect(new Set(eventNames).size).to.equal(eventNames.length)
    expect(eventNames).to.have.length(39)
    expect(isEventName('plugged-in')).to.equal(true)
    expect(isEventName('toString')).to.equal(false)
  })

  it('name every change of their answer, the one that made them first', () => {
    const car = new RememberedCar({ 'battery.stateOfCharge': 41, 'lock.central': 'locked' })
    const [event] = car.later(1).tell({ 'battery.stateOfCharge': 42, 'lock.central': 'unlocked' }).events
    expect(event?.changes).to.deep.equal([
      { signal: 'lock.central', from: 'locked', to: 'unlocked' },
      { signal: 'battery.stateOfCharge', from: 41, to: 42 },
    ])
  })

  it('of a faulty plug: a plug that was out before the fault and is in after it was plugged in', () => {
    const car = new RememberedCar({ 'charging.connection': 'disconnected' })
    car.later(2).tell({ 'charging.connection': 'fault' })
    const [event] = car.later(2).tell({ 'charging.connection': 'connected' }).events
    expect(event?.name).to.equal('plugged-in')
    expect(event?.detectedWithin).to.equal(240)
    car.later(2).tell({ 'charging.connection': 'fault' })
    expect(names(car.later(2).tell({ 'charging.connection': 'connected' }))).to.deep.equal([])
  })

  it('of an engine seen on its way tell the start and the stop, each once', () => {
    const car = new RememberedCar({ 'engine.status': 'stopped', 'vehicle.moving': false })
    const seen = ['starting', 'running', 'stopping', 'stopped'].flatMap((word) =>
      names(car.later(1).tell({ 'engine.status': word })),
    )
    expect(seen).to.deep.equal(['engine-started', 'engine-stopped'])
  })

  it('tell that an engine runs by command where one just reached the car, and make no trip of it', () => {
    const car = new RememberedCar({ 'engine.status': 'stopped' })
    const [event, more] = car.later(1).tell({ 'engine.status': 'running' }, { commanded: ['engine-start'] }).events
    expect(event).to.deep.include({ name: 'engine-started', details: { after: 'command' } })
    expect(more).to.equal(undefined)
  })

  it('say at unplugging what the stretch brought', () => {
    const car = new RememberedCar({ 'charging.connection': 'disconnected', 'battery.stateOfCharge': 41, 'battery.energy': 30.1 })
    car.later(1).tell({ 'charging.connection': 'connected' })
    car.later(1).tell({ 'battery.stateOfCharge': 44, 'battery.energy': 32.4 })
    const [event] = car.later(1).tell({ 'charging.connection': 'disconnected' }).events
    expect(event?.details).to.deep.equal({ stateOfCharge: 44, gain: 3, energy: 2.3 })
  })

  it('keep the place to themselves while the car withholds it', () => {
    const car = new RememberedCar({
      'lock.central': 'unlocked',
      'position.location': place,
      'reachability.privacy': 'geolocation',
    })
    expect(car.later(1).tell({ 'lock.central': 'locked' }).events[0]?.details).to.equal(undefined)
  })
})

describe('how sure an event is about its time', () => {
  const locked = (car: RememberedCar, at: number | null, rest = {}) => {
    const [event] = car.tell({ 'lock.central': 'locked' }, { observedAt: at, ...rest }).events
    return event
  }

  it('by poll: since five minutes before the last read, when the car saw it after that read', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' })
    car.later(10).tell({ 'lock.central': 'unlocked' }, { observedAt: noon })
    const event = locked(car.later(10), noon + 15 * minute)
    expect(event).to.deep.include({ detectedWithin: 900, source: 'poll', late: false, observedAt: '2026-03-02T12:15:00.000Z' })
  })

  it('by poll: since the reading before, when the cloud was late at the last read', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' })
    car.later(10).tell({ 'lock.central': 'unlocked' }, { observedAt: noon })
    expect(locked(car.later(10), noon + 5 * minute)?.detectedWithin).to.equal(1200)
  })

  it('by poll: since the reading before, when that is nearer than five minutes before the last read', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' })
    car.later(10).tell({ 'lock.central': 'unlocked' }, { observedAt: noon + 8 * minute })
    expect(locked(car.later(10), noon + 15 * minute)?.detectedWithin).to.equal(720)
  })

  it('by poll: covers a moment whose report came late, though a later report put a newer time on it', () => {
    const car = new RememberedCar({ 'charging.connection': 'disconnected' })
    const pluggedInAt = noon + 9 * minute
    // Four minutes on the way, so this read still tells the old word …
    car.later(10).tell({ 'charging.connection': 'disconnected' }, { observedAt: noon })
    // … and the next one the time of a second report, which went out three minutes after the first.
    const [event] = car.later(5).tell({ 'charging.connection': 'connected' }, { observedAt: noon + 12 * minute }).events
    expect(car.now - (event?.detectedWithin ?? 0) * 1000).to.be.at.most(pluggedInAt)
  })

  it('by push: since its own time', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' }).later(10)
    expect(locked(car, car.now - 2500, { source: 'push' })).to.deep.include({ detectedWithin: 3, source: 'push' })
    expect(locked(new RememberedCar({ 'lock.central': 'unlocked' }).later(1), null, { source: 'push' })?.detectedWithin).to.equal(
      0,
    )
  })

  it('after a push: not surer than the moment the push spoke of', () => {
    const car = new RememberedCar({ 'lock.central': 'locked' })
    car.later(10).tell({ 'lock.central': 'unlocked' }, { observedAt: noon + 2 * minute, source: 'push' })
    expect(locked(car.later(10), noon + 15 * minute)?.detectedWithin).to.equal(18 * 60)
  })

  it('is never negative, though the clock of the car is ahead', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' }).later(1)
    expect(locked(car, car.now + 2 * minute, { source: 'push' })?.detectedWithin).to.equal(0)
  })

  it('is not surer for a read that only said that the word is not known', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' })
    car.later(10).tell({ 'lock.central': null })
    car.later(10).tell({ 'lock.central': 'unknown' })
    expect(locked(car.later(10), car.now)?.detectedWithin).to.equal(1800)
  })

  it('covers the gap of a restart; what was already so fires nothing', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked', 'doors.hood': 'open' }).restart().later(60)
    const { events } = car.tell({ 'lock.central': 'locked', 'doors.hood': 'open' })
    expect(events).to.have.length(1)
    expect(events[0]).to.deep.include({ name: 'locked', detectedWithin: 3600 })
  })

  it('is marked late when the push came late', () => {
    expect(
      locked(new RememberedCar({ 'lock.central': 'unlocked' }).later(1), noon + 1, { source: 'push', late: true })?.late,
    ).to.equal(true)
  })
})

describe('the identity of an event', () => {
  it('is the same when push and poll tell one edge, which fires once', () => {
    const car = new RememberedCar({ 'lock.central': 'unlocked' }).later(5)
    const at = car.now - minute
    expect(names(car.tell({ 'lock.central': 'locked' }, { observedAt: at, source: 'push' }))).to.deep.equal(['locked'])
    expect(names(car.later(1).tell({ 'lock.central': 'locked' }, { observedAt: at }))).to.deep.equal([])
  })

  it('is the same after a restart, and differs between cars, doors and moments', () => {
    const closed: Values = { 'doors.hood': 'closed', 'doors.tailgate': 'closed' }
    const ids = (car: RememberedCar) =>
      car
        .later(1)
        .tell({ 'doors.hood': 'open', 'doors.tailgate': 'open' })
        .events.map(({ id }) => id)
    const first = ids(new RememberedCar(closed))
    expect(ids(new RememberedCar(closed).restart())).to.deep.equal(first)
    expect(
      new Set([...first, ...ids(new RememberedCar(closed, 'stellantis')), ...ids(new RememberedCar(closed).later(1))]).size,
    ).to.equal(6)
  })

  it('hides the car behind a hash', () => {
    const { id } = eventOf(
      { provider: 'volvo', id: 'YV1TESTCAR0000001' },
      { name: 'monitor', observedAt: noon, receivedAt: noon, source: 'push' },
    )
    expect(id).to.match(/^[0-9a-f]{24}$/)
  })
})

function words(values: Values): string {
  return Object.entries(values)
    .map(([signal, value]) => (typeof value === 'object' ? signal : `${signal} ${String(value)}`))
    .join(', ')
}
