import { expect } from 'chai'
import type { SignalValue } from '../../src/vehicle/reading'
import type { Taken } from '../../src/vehicle/snapshot'
import { names, noon, RememberedCar, type Values } from '../support/cars'

const minute = 60_000
const at = (time: string) => Date.parse(`2026-03-02T${time}Z`)

/** Tells one answer after another, a minute apart; gives the names of all events. */
const tellAll = (car: RememberedCar, ...answers: Values[]): string[] =>
  answers.flatMap((values) => names(car.later(1).tell(values)))

const only = (name: string, { events }: Taken) => events.filter((event) => event.name === name)

describe('charge-limit-reached', () => {
  const charging = (level: number, rest: Values = {}): Values => ({
    'charging.status': 'charging',
    'battery.stateOfCharge': level,
    'charging.chargeLimit': 80,
    'charging.connection': 'connected',
    ...rest,
  })
  const reached = (car: RememberedCar, ...answers: Values[]) =>
    tellAll(car, ...answers).filter((name) => name === 'charge-limit-reached')

  it('comes when the level rises to the limit, once, however it wavers there', () => {
    const car = new RememberedCar(charging(79))
    const [event] = only('charge-limit-reached', car.later(1).tell(charging(80)))
    expect(event?.details).to.deep.equal({ stateOfCharge: 80, chargeLimit: 80 })
    expect(reached(car, charging(79.5), charging(80), charging(77), charging(80))).to.deep.equal([])
  })

  it('comes with the end of charging too, and not while the car only stands there', () => {
    expect(reached(new RememberedCar(charging(79)), charging(80, { 'charging.status': 'complete' }))).to.have.length(1)
    expect(reached(new RememberedCar(charging(79)), charging(80, { 'charging.status': 'idle' }))).to.have.length(1)
    const idle = { 'charging.status': 'idle' }
    expect(reached(new RememberedCar(charging(79, idle)), charging(80, idle))).to.have.length(0)
  })

  it('does not come when the limit falls to the level', () => {
    expect(reached(new RememberedCar(charging(85, { 'charging.chargeLimit': 100 })), charging(85), charging(86))).to.deep.equal(
      [],
    )
  })

  it('comes again with another limit', () => {
    const car = new RememberedCar(charging(79))
    const higher = { 'charging.chargeLimit': 100 }
    expect(reached(car, charging(80), charging(80, higher), charging(100, higher))).to.have.length(2)
  })

  it('comes again in the next stretch, after the level really fell', () => {
    const out = { 'charging.connection': 'disconnected', 'charging.status': 'idle' }
    const car = new RememberedCar(charging(79))
    expect(reached(car, charging(80), charging(80, out), charging(79, out), charging(80))).to.have.length(1)
    expect(reached(car, charging(78, out), charging(79), charging(80))).to.have.length(1)
  })
})

describe('charging-fault', () => {
  it('is one event for all parts, and comes again only after all of them have left fault', () => {
    const car = new RememberedCar({
      'charging.status': 'charging',
      'charging.connection': 'connected',
      'charging.supply': 'providing',
    })
    const [event, ...more] = car.later(1).tell({ 'charging.status': 'fault', 'charging.supply': 'fault' }).events
    expect([event?.name, event?.details, more]).to.deep.equal(['charging-fault', { part: ['status', 'supply'] }, []])
    expect(
      tellAll(car, { 'charging.connection': 'fault' }, { 'charging.status': 'idle', 'charging.supply': 'none' }),
    ).to.deep.equal([])
    expect(tellAll(car, { 'charging.status': 'fault' })).to.deep.equal([])
    expect(
      tellAll(car, { 'charging.connection': 'connected', 'charging.status': 'idle' }, { 'charging.supply': 'fault' }),
    ).to.deep.equal(['charging-fault'])
  })

  it('is none for a fault that was there when the car became known', () => {
    const car = new RememberedCar({ 'charging.status': 'fault', 'charging.supply': 'none' })
    expect(tellAll(car, { 'charging.supply': 'fault' })).to.deep.equal([])
  })
})

describe('charging-scheduled of a cloud without that word', () => {
  const plugged: Values = { 'charging.connection': 'connected', 'charging.status': 'idle' }
  const next = (time: string): Values => ({ 'charging.nextStart': `2026-03-02T${time}Z` })
  const scheduled = ['charging-scheduled']

  it('comes when a next start appears, and when it moves by more than a minute', () => {
    const car = new RememberedCar(plugged, 'stellantis')
    const [event] = car.later(1).tell(next('22:30:00')).events
    expect([event?.name, event?.details]).to.deep.equal(['charging-scheduled', { nextStart: '2026-03-02T22:30:00Z' }])
    expect(tellAll(car, next('22:31:00'))).to.deep.equal([])
    expect(tellAll(car, next('22:33:00'))).to.deep.equal(scheduled)
    expect(tellAll(car, { 'charging.nextStart': null }, next('22:33:00'))).to.deep.equal(scheduled)
  })

  it('does not come while charging, unplugged, or at the first reading', () => {
    for (const known of [{ ...plugged, 'charging.status': 'charging' }, { 'charging.connection': 'disconnected' }]) {
      expect(tellAll(new RememberedCar(known, 'stellantis'), next('22:30:00'))).to.deep.equal([])
    }
    expect(names(new RememberedCar({ 'fuel.level': 3 }).later(1).tell({ ...plugged, ...next('22:30:00') }))).to.deep.equal([])
  })
})

describe('level-changed', () => {
  const levels = (signal: 'battery.stateOfCharge' | 'fuel.level', ...values: number[]) => {
    const [first, ...rest] = values.map((value) => ({ [signal]: value }))
    const car = new RememberedCar(first)
    return rest.flatMap((value) => only('level-changed', car.later(1).tell(value)).map(({ details }) => details))
  }

  it('comes at each five points, once the multiple is passed by half a point', () => {
    expect(levels('battery.stateOfCharge', 59, 60, 60.4)).to.deep.equal([])
    expect(levels('battery.stateOfCharge', 59, 60.4, 60.5)).to.deep.equal([{ from: 60.4, to: 60.5 }])
    expect(levels('battery.stateOfCharge', 61, 60, 59.6)).to.deep.equal([])
    expect(levels('battery.stateOfCharge', 61, 59.5, 60.4, 59.5)).to.deep.equal([{ from: 61, to: 59.5 }])
  })

  it('is one event, however many multiples lie between two readings', () => {
    expect(levels('battery.stateOfCharge', 22, 61)).to.deep.equal([{ from: 22, to: 61 }])
    expect(levels('battery.stateOfCharge', 22, 21, 23)).to.deep.equal([])
  })

  it('knows full and empty, which nothing can pass', () => {
    expect(levels('battery.stateOfCharge', 98, 100, 99.8, 100)).to.have.length(1)
    expect(levels('battery.stateOfCharge', 2, 0, 0.2)).to.have.length(1)
  })

  it('goes by fuel only where there is no battery, and tells the range', () => {
    expect(levels('fuel.level', 52, 48)).to.deep.equal([{ from: 52, to: 48 }])
    const hybrid = new RememberedCar({ 'battery.stateOfCharge': 50, 'fuel.level': 52, 'battery.range': 31 })
    expect(only('level-changed', hybrid.later(1).tell({ 'fuel.level': 40 }))).to.deep.equal([])
    expect(only('level-changed', hybrid.later(1).tell({ 'battery.stateOfCharge': 44 }))[0]?.details).to.deep.equal({
      from: 50,
      to: 44,
      range: 31,
    })
  })
})

describe('moved', () => {
  /** About `metres` north of the same place. */
  const north = (metres: number, rest = {}): Values => ({
    'position.location': { latitude: 57 + metres / 111_195, longitude: 12, ...rest },
  })

  it('comes at a hundred metres from the place told last, also in small steps', () => {
    const car = new RememberedCar(north(0))
    expect(tellAll(car, north(60), north(99))).to.deep.equal([])
    const [event] = car.later(1).tell(north(120)).events
    expect(event?.name).to.equal('moved')
    expect(event?.details?.distance).to.be.within(119, 121)
    expect(event?.details?.from).to.deep.equal({ latitude: 57, longitude: 12 })
    expect(tellAll(car, north(60))).to.deep.equal([])
  })

  it('comes at a hundred metres, not only beyond', () => {
    expect(tellAll(new RememberedCar(north(0)), north(100.5))).to.deep.equal(['moved'])
  })

  it('is not a turn or a climb on the spot', () => {
    expect(tellAll(new RememberedCar(north(0)), north(0, { heading: 180, altitude: 900 }))).to.deep.equal([])
  })

  it('needs a kilometre where the place is only estimated', () => {
    const car = new RememberedCar({ ...north(0), 'position.fix': 'estimated' })
    expect(tellAll(car, north(900))).to.deep.equal([])
    expect(tellAll(car, north(1010))).to.deep.equal(['moved'])
  })

  it('is never told while the car withholds its place', () => {
    for (const privacy of ['geolocation', 'full']) {
      const car = new RememberedCar({ ...north(0), 'reachability.privacy': privacy })
      expect(tellAll(car, north(5000), north(9000))).to.deep.equal([])
    }
  })
})

describe('reachable and unreachable', () => {
  const status = (word: string): Values => ({ 'reachability.status': word })
  const asleep = { ...status('unavailable'), 'reachability.reason': 'power-saving' }

  it('come with the second reading, and tell since when', () => {
    const car = new RememberedCar(status('available')).later(10)
    expect(names(car.tell(asleep))).to.deep.equal([])
    const [event] = car.later(2).tell(asleep).events
    expect(event).to.deep.include({ name: 'unreachable', observedAt: '2026-03-02T12:10:00.000Z', detectedWithin: 720 })
    expect(event?.details).to.deep.equal({ reason: 'power-saving' })
    expect(tellAll(car, asleep)).to.deep.equal([])
    const back = { ...status('available'), 'reachability.reason': null }
    expect(tellAll(car, back)).to.deep.equal([])
    const [again] = car.later(1).tell(back).events
    expect([again?.name, again?.details]).to.deep.equal(['reachable', { reason: 'power-saving' }])
  })

  it('come after five minutes, though the cloud tells the same reading again or nothing', () => {
    const car = new RememberedCar(status('available')).later(10)
    const seen = car.now
    car.tell(asleep)
    expect(names(car.later(4).tell(asleep, { observedAt: seen }))).to.deep.equal([])
    expect(names(car.later(1).take([]))).to.deep.equal(['unreachable'])
    expect(names(car.later(9).take([]))).to.deep.equal([])
  })

  it('do not come for a car that is back at once', () => {
    const car = new RememberedCar(status('available'))
    expect(tellAll(car, status('unavailable'), status('available'), status('unavailable'), status('available'))).to.deep.equal([])
    expect(names(car.later(10).take([]))).to.deep.equal([])
  })
})

describe('trips', () => {
  const home = { latitude: 57.7, longitude: 11.9 }

  it('go by ignition where the car has one', () => {
    const car = new RememberedCar(
      {
        'vehicle.ignition': 'off',
        'vehicle.odometer': 1000,
        'battery.stateOfCharge': 70,
        'position.location': home,
        'vehicle.moving': false,
      },
      'stellantis',
    )
    expect(tellAll(car, { 'vehicle.ignition': 'starting' })).to.deep.equal([])
    const [started] = car.later(1).tell({ 'vehicle.ignition': 'on' }).events
    expect([started?.name, started?.details]).to.deep.equal([
      'trip-started',
      { odometer: 1000, stateOfCharge: 70, location: home },
    ])
    expect(tellAll(car, { 'vehicle.moving': true }, { 'vehicle.moving': false })).to.deep.equal([])
    const [stopped] = car
      .later(20)
      .tell({ 'vehicle.ignition': 'off', 'vehicle.odometer': 1018.4, 'battery.stateOfCharge': 66 }).events
    expect([stopped?.name, stopped?.details]).to.deep.equal([
      'trip-stopped',
      { distance: 18.4, duration: 1320, stateOfCharge: 66, location: home, chargeUsed: 4 },
    ])
  })

  it('go on when the car starts again within five minutes', () => {
    const car = new RememberedCar({ 'vehicle.ignition': 'off', 'vehicle.odometer': 100 }, 'stellantis')
    const on = { 'vehicle.ignition': 'on' }
    expect(tellAll(car, on, { 'vehicle.ignition': 'off' })).to.deep.equal(['trip-started', 'trip-stopped'])
    expect(names(car.later(5).tell(on))).to.deep.equal([])
    const [stopped] = car.later(10).tell({ 'vehicle.ignition': 'off', 'vehicle.odometer': 109 }).events
    expect(stopped?.details).to.deep.equal({ distance: 9, duration: 960 })
    expect(names(car.later(6).tell(on))).to.deep.equal(['trip-started'])
  })

  it('may stop without having been seen to start', () => {
    const car = new RememberedCar({ 'vehicle.ignition': 'on' }, 'stellantis')
    const [stopped] = car.later(9).tell({ 'vehicle.ignition': 'off' }).events
    expect(stopped).to.include({ name: 'trip-stopped' })
    expect(stopped?.details).to.equal(undefined)
  })

  it('go by movement where there is no ignition; five minutes of standing end one', () => {
    const car = new RememberedCar({ 'vehicle.moving': false }, 'invers')
    const moving = (value: boolean): Values => ({ 'vehicle.moving': value })
    expect(tellAll(car, moving(true), moving(false), moving(true), moving(false), moving(false))).to.deep.equal(['trip-started'])
    const [stopped] = car.later(4).tell(moving(false)).events
    expect(stopped).to.include({ name: 'trip-stopped', observedAt: '2026-03-02T12:04:00.000Z' })
    expect(stopped?.details).to.deep.equal({ duration: 180 })
  })

  it('of a Volvo start with its engine and stop when the odometer has grown by a kilometre', () => {
    const car = new RememberedCar({ 'engine.status': 'stopped', 'vehicle.odometer': 5000 })
    expect(tellAll(car, { 'engine.status': 'running' })).to.deep.equal(['trip-started', 'engine-started'])
    expect(tellAll(car, { 'engine.status': 'stopped' })).to.deep.equal(['engine-stopped'])
    const [stopped] = car.later(8).tell({ 'vehicle.odometer': 5007 }).events
    expect([stopped?.name, stopped?.details]).to.deep.equal(['trip-stopped', { distance: 7, duration: 540 }])
  })

  it('of an electric Volvo start when it is in use, and stop without a start where none was seen', () => {
    const free = { 'reachability.status': 'available', 'reachability.reason': null }
    const car = new RememberedCar({ ...free, 'vehicle.odometer': 5000 })
    const inUse = { 'reachability.status': 'unavailable', 'reachability.reason': 'in-use' }
    expect(tellAll(car, inUse)).to.deep.equal(['trip-started'])
    expect(tellAll(car, { ...free, 'vehicle.odometer': 5003 })).to.deep.equal(['trip-stopped'])
    const [stopped] = car.later(60).tell({ 'vehicle.odometer': 5010 }).events
    expect([stopped?.name, stopped?.details]).to.deep.equal(['trip-stopped', { distance: 7 }])
    expect(tellAll(car, { 'vehicle.odometer': 5010.6 })).to.deep.equal([])
    expect(tellAll(car, { 'vehicle.odometer': 5011.2 })).to.deep.equal(['trip-stopped'])
  })

  it('of a Volvo whose engine ran without a drive do not swallow the next one', () => {
    const car = new RememberedCar({ 'engine.status': 'stopped', 'vehicle.odometer': 5000 })
    tellAll(car, { 'engine.status': 'running' }, { 'engine.status': 'stopped' })
    expect(names(car.later(30).tell({ 'engine.status': 'running' }))).to.include('trip-started')
  })

  it('told by the provider itself are told as they are, and nothing is inferred any more', () => {
    const car = new RememberedCar({ 'vehicle.ignition': 'off' }, 'stellantis').later(2)
    const trip = { edge: 'start', at: car.now - minute, details: { trip: 't1' } } as const
    const [started] = car.tell({}, { source: 'push', trip }).events
    expect(started).to.deep.include({ name: 'trip-started', detectedWithin: 60, details: { trip: 't1' } })
    expect(names(car.tell({}, { source: 'push', trip }))).to.deep.equal([])
    expect(tellAll(car, { 'vehicle.ignition': 'on' }, { 'vehicle.ignition': 'off' })).to.deep.equal([])
    const stop = { edge: 'stop', at: car.now } as const
    expect(names(car.tell({}, { source: 'push', trip: stop }))).to.deep.equal(['trip-stopped'])
    expect(names(car.tell({}, { source: 'push', trip: stop }))).to.deep.equal([])
  })
})

describe('alerts of a cloud with an alert list', () => {
  const list = (...codes: string[]): Values => ({ 'alerts.active': codes })
  const details = (...items: Record<string, unknown>[]): Values => ({
    'alerts.active': [...new Set(items.map(({ code }) => code))] as SignalValue,
    'alerts.details': items,
  })
  const told = (car: RememberedCar, values: Values) =>
    car
      .later(1)
      .tell(values)
      .events.map(({ name, details: known }) => [name, known?.code])

  it('are raised when a code joins and cleared when it leaves', () => {
    const car = new RememberedCar(list('oil-level-low'), 'stellantis')
    expect(told(car, list('oil-level-low', 'engine-fault'))).to.deep.equal([['alert-raised', 'engine-fault']])
    expect(told(car, list('risk-of-ice'))).to.deep.equal([
      ['alert-raised', 'risk-of-ice'],
      ['alert-cleared', 'oil-level-low'],
      ['alert-cleared', 'engine-fault'],
    ])
  })

  it('are told with what is known of them', () => {
    const car = new RememberedCar(list(), 'stellantis')
    const known = { severity: 'warning', since: '2026-03-02T11:00:00Z' }
    const [event] = car.later(1).tell(details({ id: 'a1', code: 'engine-fault', ...known })).events
    expect(event?.details).to.deep.equal({ code: 'engine-fault', ...known })
  })

  it('are told apart by id where there is one', () => {
    const [one, two] = [
      { id: 'a1', code: 'risk-of-ice' },
      { id: 'a2', code: 'risk-of-ice' },
    ]
    const car = new RememberedCar(details(one), 'stellantis')
    expect(told(car, details(one, two))).to.deep.equal([['alert-raised', 'risk-of-ice']])
    expect(told(car, details(two))).to.deep.equal([['alert-cleared', 'risk-of-ice']])
  })

  it('are not raised again when their id becomes known or is left out', () => {
    const car = new RememberedCar(list('risk-of-ice'), 'stellantis')
    expect(told(car, details({ id: 'a1', code: 'risk-of-ice' }))).to.deep.equal([])
    expect(told(car, { 'alerts.active': ['risk-of-ice'], 'alerts.details': [] })).to.deep.equal([])
  })

  it('are not cleared by an absent list', () => {
    const car = new RememberedCar(list('risk-of-ice'), 'stellantis')
    expect(told(car, { 'alerts.active': null })).to.deep.equal([])
    expect(told(car, list('risk-of-ice'))).to.deep.equal([])
  })
})

describe('the theft alarm', () => {
  const alarm = (trigger: string, since?: string): Values => ({
    'alerts.alarmTrigger': trigger,
    ...(since && { 'alerts.alarmSince': `2026-03-02T${since}Z` }),
  })

  it('is told for a new trigger with its own time, and again only with another time', () => {
    const car = new RememberedCar(alarm('none'), 'stellantis').later(9)
    const [event] = car.tell(alarm('hood', '12:05:00')).events
    expect(event).to.deep.include({ name: 'alarm', observedAt: '2026-03-02T12:05:00.000Z', detectedWithin: 240 })
    expect(event?.details).to.deep.equal({ trigger: 'hood', since: '2026-03-02T12:05:00Z' })
    expect(tellAll(car, alarm('roof', '12:05:00'), alarm('none', '12:05:00'))).to.deep.equal([])
    expect(tellAll(car, alarm('hood', '12:20:00'), alarm('hood', '12:21:00'))).to.deep.equal(['alarm', 'alarm'])
  })

  it('is told by the trigger alone where the cloud gives no time', () => {
    const car = new RememberedCar(alarm('none'), 'stellantis')
    expect(tellAll(car, alarm('hood'), alarm('hood'), alarm('none'), alarm('hood'))).to.deep.equal(['alarm', 'alarm'])
  })

  it('is not the arming, an undocumented trigger, or an alarm from before we knew the car', () => {
    const car = new RememberedCar({ 'alerts.alarm': 'inactive', ...alarm('none') }, 'stellantis')
    expect(tellAll(car, { 'alerts.alarm': 'active' }, alarm('unknown', '12:01:30'))).to.deep.equal([])
    expect(tellAll(new RememberedCar({ 'fuel.level': 3 }, 'stellantis'), alarm('hood', '11:00:00'))).to.deep.equal([])
  })
})

describe('collision', () => {
  const crash = (time: string): Values => ({ 'alerts.collision': { at: `2026-03-02T${time}Z`, sides: [{ side: 'front' }] } })

  it('is told with its own time, once, also when it is the first one of a known car', () => {
    const car = new RememberedCar({ 'fuel.level': 3 }, 'stellantis').later(5)
    const [event] = car.tell(crash('12:04:00'), { observedAt: at('12:04:30') }).events
    expect(event).to.deep.include({ name: 'collision', observedAt: '2026-03-02T12:04:00.000Z', detectedWithin: 60 })
    expect(event?.details).to.deep.equal({ sides: [{ side: 'front' }] })
    expect(tellAll(car, crash('12:04:00'), crash('12:03:00'))).to.deep.equal([])
    expect(tellAll(car, crash('12:08:00'))).to.deep.equal(['collision'])
  })

  it('is none that happened before we knew the car', () => {
    expect(tellAll(new RememberedCar({ 'fuel.level': 3 }, 'stellantis'), crash('11:00:00'))).to.deep.equal([])
    expect(noon).to.be.above(at('11:00:00'))
  })
})
