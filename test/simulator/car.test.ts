import { expect } from 'chai'
import { minutes, seconds } from '../../src/clock'
import { CarRefusal } from '../../src/simulator/car/body'
import type { SimulatedCar } from '../../src/simulator/car/car'
import { startSimulator, type Simulator } from '../../src/simulator/simulator'
import { ManualClock } from '../support/clock'

describe('a simulated car', () => {
  let sim: Simulator
  let clock: ManualClock
  let car: SimulatedCar
  const start = async (lag = { min: 0, max: 0 }, tickMs = 1000) => {
    clock = new ManualClock()
    sim = await startSimulator({ clock, lag, tickMs })
    car = sim.cars.get('ex40')
  }
  beforeEach(() => start())
  afterEach(() => sim.close())

  const level = () => car.truth('battery.stateOfCharge') as number
  const what = () => car.history.map((edge) => edge.what)

  it('starts charging some seconds after it is plugged in', async () => {
    car.plugIn('ac')
    expect(car.truth('charging.status')).to.equal('idle')
    await clock.advance(seconds(7))
    expect(car.truth('charging.status')).to.equal('charging')
    expect(what()).to.deep.equal(['plugged-in', 'charging-started'])
    expect(car.pluggedInAt).to.equal(clock.now() - seconds(7))
    expect(car.when('plugged-in')).to.equal(car.pluggedInAt)
  })

  it('takes in an hour what the charger gives in an hour, and stops at the limit', async () => {
    car.plugIn('ac')
    await sim.advance(6)
    const before = level()
    await sim.advance(3600)
    expect(level() - before).to.be.closeTo((10.656 / 81.608) * 100, 0.1)
    await sim.advance(4 * 3600)
    expect(level()).to.equal(90)
    expect(what()).to.deep.equal(['plugged-in', 'charging-started', 'charging-complete'])
    expect(car.told('charging.status')?.value).to.equal('complete')
    expect(car.truth('charging.power')).to.equal(undefined)
  })

  it('charges faster with DC, and slower and slower above 80 %', async () => {
    car.set('charging.chargeLimit', 100)
    car.set('battery.stateOfCharge', 50)
    car.plugIn('dc')
    await sim.advance(10)
    expect(car.truth('charging.power')).to.equal(150)
    car.set('battery.stateOfCharge', 90)
    await sim.advance(10)
    expect(car.truth('charging.power')).to.be.closeTo(75, 5)
  })

  it('waits for its schedule, and is full at once when it is', async () => {
    car.set('charging.nextStart', new Date(clock.now() + minutes(60)).toISOString())
    car.plugIn('ac')
    await sim.advance(10)
    expect(car.truth('charging.status')).to.equal('scheduled')
    await sim.advance(3590)
    expect(car.truth('charging.status')).to.equal('charging')
    car.unplug()
    car.set('battery.stateOfCharge', 90)
    car.plugIn('ac')
    await sim.advance(10)
    expect(car.truth('charging.status')).to.equal('complete')
  })

  it('tells its cloud of a level only now and then while it charges', async () => {
    car.plugIn('ac')
    await sim.advance(10)
    const times = new Set<number>()
    for (let minute = 0; minute < 30; minute++) {
      await sim.advance(60)
      times.add(car.told('battery.stateOfCharge')?.at ?? 0)
    }
    expect(times.size).to.be.within(6, 30)
    expect(car.told('battery.stateOfCharge')?.at).to.be.at.least(sim.now() - seconds(300))
  })

  it('reaches its cloud late by the lag, with the time at which it saw things', async () => {
    await sim.close()
    await start({ min: 20, max: 20 })
    const saw = clock.now()
    car.plugIn('ac')
    await clock.advance(seconds(19))
    expect(car.told('charging.connection')?.value).to.equal('disconnected')
    await clock.advance(seconds(1))
    expect(car.told('charging.connection')).to.deep.equal({ value: 'connected', at: saw })
  })

  it('drives to a place, uses energy, and tells of the trip when it parks', async () => {
    const before = level()
    car.drive({ to: { latitude: 57.68, longitude: 11.875 } })
    await sim.advance(60)
    expect(car.truth('vehicle.odometer')).to.be.closeTo(30001, 0.01)
    expect(car.told('vehicle.odometer')?.value).to.equal(30000)
    expect(car.told('engine.status')?.value).to.equal('running')
    await sim.advance(1800)
    expect(car.isDriving).to.equal(false)
    expect(what()).to.deep.equal(['unlocked', 'engine-started', 'trip-started', 'engine-stopped', 'trip-stopped'])
    const driven = (car.told('vehicle.odometer')?.value as number) - 30000
    expect(driven).to.be.closeTo(6.7, 0.2)
    expect(before - level()).to.be.closeTo((driven * 19.9) / 81.608, 0.01)
    expect(car.told('trip.meterAutomatic')?.value).to.be.closeTo(driven, 0.001)
    expect(car.told('trip.averageSpeedAutomatic')?.value).to.be.closeTo(60, 2)
  })

  it('is unplugged and shut by whoever drives it, and refuses what cannot be', async () => {
    car.plugIn('ac')
    car.open('tailgate')
    car.drive({ km: 30 })
    expect(car.truth('charging.connection')).to.equal('disconnected')
    expect(car.truth('doors.tailgate')).to.equal('closed')
    for (const impossible of [
      () => car.plugIn('ac'),
      () => car.open('hood'),
      () => car.sleep(),
      () => car.drive(),
      () => car.unplug(),
    ])
      expect(impossible).to.throw(CarRefusal)
    expect(() => sim.cars.get('v60').plugIn('ac')).to.throw(CarRefusal, 'no charge port')
    expect(() => sim.cars.get('xc60').plugIn('dc')).to.throw(CarRefusal, 'DC')
    expect(() => car.open('rooftop')).to.throw(CarRefusal, 'rooftop')
  })

  it('falls asleep when nobody uses it for days, and wakes when it is started', async () => {
    await sim.advance(4 * 86_400 - 1)
    expect(car.asleep).to.equal(false)
    await sim.advance(2)
    expect(car.asleep).to.equal(true)
    car.drive({ km: 1 })
    expect(car.asleep).to.equal(false)
  })

  it('keeps its position to itself in privacy, and everything in full privacy', () => {
    car.setPrivacy('full')
    car.open('hood')
    expect(car.told('doors.hood')?.value).to.equal('closed')
    expect(car.told('reachability.privacy')?.value).to.equal('full')
    car.setPrivacy('geolocation')
    expect(car.told('doors.hood')?.value).to.equal('open')
    car.set('position.location', { latitude: 1, longitude: 2 })
    expect(car.told('position.location')?.value).to.include({ latitude: 57.70887 })
    car.setPrivacy('none')
    expect(car.told('position.location')?.value).to.include({ latitude: 1 })
  })

  it('raises and clears alerts', () => {
    car.alert('tyre-front-left')
    car.alert('4711')
    expect(car.told('tyres.frontLeft')?.value).to.equal('low')
    expect(car.told('alerts.active')?.value).to.deep.equal(['tyre-front-left', '4711'])
    car.alert('tyre-front-left', false)
    expect(car.told('tyres.frontLeft')?.value).to.equal('ok')
  })

  it('lives only when it is told to, with a tick of 0', async () => {
    await sim.close()
    await start(undefined, 0)
    car.plugIn('ac')
    await clock.advance(minutes(10))
    car.sync()
    expect(car.truth('charging.status')).to.equal('idle')
    await sim.advance(7)
    expect(car.truth('charging.status')).to.equal('charging')
    expect(car.when('charging-started')).to.be.within(sim.now() - seconds(7), sim.now())
  })

  it('plays the same life from the same seed', async () => {
    const when = async () => {
      const other = await startSimulator({ clock: new ManualClock(), seed: 7 })
      other.cars.get('ex40').plugIn('ac')
      await other.advance(10)
      await other.close()
      return other.cars.get('ex40').when('charging-started')
    }
    expect(await when()).to.equal(await when())
  })
})
