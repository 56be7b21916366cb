import { expect } from 'chai'
import { hours, minutes } from '../../src/clock'
import { emptyMemory } from '../../src/vehicle/memory'
import type { Reading } from '../../src/vehicle/reading'
import { emptyBook, followSession, tellSession } from '../../src/vehicle/session'
import { takeIn } from '../../src/vehicle/snapshot'
import type { SignalId } from '../../src/vehicle/signals'
import { noon } from '../support/cars'

/** A car whose charging is told answer by answer. */
class Charger {
  readonly memory = emptyMemory()
  book = emptyBook()

  tell(at: number, values: Partial<Record<SignalId, unknown>>): void {
    const readings = Object.entries(values).map(([signal, value]) => ({ signal, value, observedAt: at }) as Reading)
    const intake = { readings, receivedAt: at, source: 'poll' as const, groups: ['battery', 'charging'] as const }
    const { events } = takeIn(this.memory, intake, { provider: 'volvo', id: 'VIN' })
    followSession(this.book, this.memory, events)
  }

  charging(at: number, level: number, power?: number): void {
    this.tell(at, {
      'charging.connection': 'connected',
      'charging.status': 'charging',
      'charging.type': 'ac',
      'battery.stateOfCharge': level,
      'battery.range': level * 4,
      ...(power !== undefined && { 'charging.power': power }),
    })
  }

  stopped(at: number, status: string, level: number): void {
    this.tell(at, { 'charging.status': status, 'battery.stateOfCharge': level, 'battery.range': level * 4 })
  }

  get told() {
    const session = this.book.open ?? this.book.past.at(-1)
    return session && tellSession(session, noon + hours(9))
  }
}

const given = (capacity?: number): Charger => {
  const car = new Charger()
  car.tell(noon - hours(1), {
    'charging.connection': 'disconnected',
    'charging.status': 'idle',
    'battery.stateOfCharge': 40,
    'battery.range': 160,
    ...(capacity !== undefined && { 'battery.capacity': capacity }),
    'position.location': { latitude: 57, longitude: 12 },
  })
  return car
}

describe('a charging session', () => {
  it('tells when it began and ended, what it brought, and that the energy was measured', () => {
    const car = given(80)
    car.charging(noon, 40, 11)
    car.charging(noon + minutes(20), 45, 11)
    car.charging(noon + minutes(40), 50, 7)
    car.stopped(noon + hours(1), 'complete', 55)
    expect(car.told).to.deep.equal({
      startedAt: new Date(noon).toISOString(),
      endedAt: new Date(noon + hours(1)).toISOString(),
      stateOfCharge: { from: 40, to: 55 },
      energyAdded: 9,
      energyFrom: 'power',
      rangeAdded: 60,
      duration: 3600,
      peakPower: 11,
      meanPower: 9,
      type: 'ac',
      location: { latitude: 57, longitude: 12 },
      end: 'charging-complete',
    })
  })

  it('says that the energy comes from the state of charge where the cloud tells no power', () => {
    const car = given(80)
    car.charging(noon, 40)
    car.stopped(noon + hours(1), 'complete', 50)
    expect(car.told).to.include({ energyAdded: 8, energyFrom: 'stateOfCharge', meanPower: 8 })
    expect(car.told).not.to.have.property('peakPower')
  })

  it('makes no energy up when neither power nor the size of the battery is known', () => {
    const car = given()
    car.charging(noon, 40)
    car.stopped(noon + hours(1), 'idle', 50)
    expect(car.told).not.to.have.any.keys('energyAdded', 'energyFrom', 'meanPower')
    expect(car.told).to.include({ rangeAdded: 40, end: 'charging-stopped' })
  })

  it('is told while it is on', () => {
    const car = given(80)
    car.charging(noon, 40, 11)
    expect(car.told).not.to.have.property('endedAt')
    expect(car.told?.duration).to.equal(9 * 3600)
  })

  it('goes on when charging goes on a moment after it stopped', () => {
    const car = given(80)
    car.charging(noon, 40, 11)
    car.stopped(noon + minutes(30), 'idle', 45)
    car.charging(noon + minutes(35), 45, 11)
    car.stopped(noon + hours(1), 'complete', 50)
    expect(car.book.past).to.have.length(1)
    expect(car.told).to.deep.include({ startedAt: new Date(noon).toISOString(), stateOfCharge: { from: 40, to: 50 } })
  })

  it('is another one after a longer pause, and after it was complete', () => {
    const car = given(80)
    car.charging(noon, 40)
    car.stopped(noon + minutes(30), 'idle', 45)
    car.charging(noon + hours(2), 45)
    car.stopped(noon + hours(3), 'complete', 50)
    car.charging(noon + hours(3) + minutes(2), 50)
    expect(car.book.past).to.have.length(2)
    expect(car.book.open?.fromLevel).to.equal(50)
  })

  it('fills long gaps between readings of power by the state of charge, and leaves them out of the mean power', () => {
    const car = given(80)
    car.charging(noon, 40, 10)
    for (let at = 10; at <= 60; at += 10) car.charging(noon + minutes(at), 40 + at / 10, 10)
    car.charging(noon + minutes(100), 50, 10)
    car.charging(noon + minutes(110), 51, 10)
    car.stopped(noon + minutes(120), 'complete', 52)
    // 80 min of 10 kW, and 4 % of 80 kWh in the gap.
    expect(car.told).to.include({ energyAdded: 16.53, energyFrom: 'power', meanPower: 10 })
  })

  it('takes the mean power for long gaps where the size of the battery is not known', () => {
    const car = given()
    for (let at = 0; at <= 60; at += 20) car.charging(noon + minutes(at), 40, 10)
    car.charging(noon + minutes(100), 50, 4)
    car.stopped(noon + minutes(120), 'complete', 52)
    // 10 kWh in an hour, 4/3 kWh in the last 20 min: (11.333 / 80) × 120.
    expect(car.told).to.include({ energyAdded: 17, energyFrom: 'power', meanPower: 8.5 })
  })

  it('counts the energy up to a long silence before the end', () => {
    const car = given(80)
    for (let at = 0; at <= 60; at += 20) car.charging(noon + minutes(at), 40, 10)
    car.stopped(noon + minutes(100), 'complete', 45)
    expect(car.told).to.include({ energyAdded: 14, energyFrom: 'power', meanPower: 10 })
  })

  it('counts nothing for a short pause, and nothing twice', () => {
    const car = given()
    car.charging(noon, 40, 12)
    car.charging(noon + minutes(20), 42, 12)
    car.stopped(noon + minutes(25), 'idle', 42)
    car.charging(noon + minutes(30), 42, 12)
    car.stopped(noon + minutes(55), 'complete', 46)
    expect(car.told).to.include({ energyAdded: 10, meanPower: 12, duration: 55 * 60 })
  })

  for (const part of ['charging.connection', 'charging.supply'] as const)
    it(`goes on over a fault of ${part} while the car says that it charges`, () => {
      const car = given(80)
      car.charging(noon, 40, 11)
      car.tell(noon + minutes(10), { 'charging.status': 'charging', [part]: 'fault' })
      expect(car.book.open, 'the session').to.include({ startedAt: noon })
      expect(car.book.past).to.deep.equal([])
      car.tell(noon + minutes(20), { 'charging.status': 'fault', [part]: 'fault' })
      expect(car.told).to.include({ endedAt: new Date(noon + minutes(20)).toISOString(), end: 'charging-fault' })
    })

  it('ends with a fault that ends the charging', () => {
    const car = given(80)
    car.charging(noon, 40, 11)
    car.stopped(noon + minutes(10), 'fault', 41)
    expect(car.told).to.include({ end: 'charging-fault', duration: 600 })
  })

  it('of a car that is found charging began then or earlier, and counts from there', () => {
    const car = new Charger()
    car.memory.held['battery.capacity'] = { value: 80, observedAt: noon - hours(9), readAt: noon, rank: 0 }
    car.charging(noon, 60)
    expect(car.told).to.deep.include({ begunEarlier: true, startedAt: new Date(noon).toISOString() })
    car.charging(noon + minutes(30), 65)
    car.stopped(noon + hours(1), 'complete', 70)
    expect(car.told).to.deep.include({ begunEarlier: true, stateOfCharge: { from: 60, to: 70 }, energyAdded: 8, meanPower: 8 })
    expect(car.book.past).to.have.length(1)
    expect(given(80).told, 'a car that does not charge').to.equal(undefined)
  })

  it('is not begun anew by a status that stays behind when the cable was pulled', () => {
    const car = given(80)
    car.charging(noon, 40, 11)
    car.tell(noon + minutes(10), { 'charging.connection': 'disconnected' })
    car.tell(noon + minutes(20), { 'battery.stateOfCharge': 41 })
    expect(car.told).to.include({ end: 'unplugged', duration: 600 })
  })

  it('keeps the last hundred', () => {
    const car = given(80)
    for (let index = 0; index < 130; index++) {
      car.charging(noon + hours(index), 40)
      car.stopped(noon + hours(index) + minutes(20), 'complete', 41)
    }
    expect(car.book.past).to.have.length(100)
    expect(car.book.past.at(-1)?.startedAt).to.equal(noon + hours(129))
  })

  it('survives being written down and read back in the middle', () => {
    const whole = given(80)
    const broken = given(80)
    for (const car of [whole, broken]) {
      car.charging(noon, 40, 11)
      car.charging(noon + minutes(10), 42, 11)
      if (car === broken) car.book = JSON.parse(JSON.stringify(car.book))
      car.stopped(noon + minutes(20), 'complete', 44)
    }
    expect(broken.told).to.deep.equal(whole.told)
  })
})
