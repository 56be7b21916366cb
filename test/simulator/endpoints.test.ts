import { expect } from 'chai'
import { volvoDemo } from '../../src/simulator/credentials'
import { givenSimulator, signIn, type Given, type Json } from './support'

describe('what the simulated Volvo tells', () => {
  let given: Given & { token: string }
  before(async () => {
    given = await givenSimulator()
    given.sim.volvo.limits.perMinute = 10_000
    given.sim.volvo.users.give('demo', ['ex40', 'xc60', 'v60', 'ex30', 'us-xc40'])
  })
  after(() => given.sim.close())
  beforeEach(() => given.sim.cars.reset())

  const get = async (car: string, path: string, api = '/connected-vehicle/v2'): Promise<Json> => {
    const answer = await given.volvo(`${api}/vehicles/${given.sim.cars.get(car).id}${path}`)
    return { http: answer.status, ...((await answer.json()) as Json) }
  }
  const noon = '2026-03-02T12:00:00.000Z'

  it('lists cars by VIN, and nothing for a person without one', async () => {
    const answer = (await (await given.volvo('/connected-vehicle/v2/vehicles')).json()) as Json
    expect(answer).to.deep.equal({
      data: given.sim.cars
        .list()
        .filter(({ profile }) => profile.volvo)
        .map(({ id }) => ({ vin: id })),
    })
    const { access_token: token } = await signIn(given.sim, { user: 'nobody' })
    expect(await (await given.volvo('/connected-vehicle/v2/vehicles', { token })).json()).to.deep.equal({ data: [] })
  })

  it('describes a car, with what the EX30 and petrol cars lack', async () => {
    const { data } = await get('ex40', '')
    expect(data).to.include({
      modelYear: 2025,
      gearbox: 'AUTOMATIC',
      fuelType: 'ELECTRIC',
      externalColour: 'Silver Dawn',
      batteryCapacityKWH: 81.608,
    })
    expect(data.descriptions).to.deep.equal({ model: 'EX40', upholstery: 'null', steering: 'LEFT' })
    const ex30 = (await get('ex30', '')).data
    expect(ex30.fuelType).to.equal('NONE')
    expect(ex30.images).to.deep.equal({ exteriorImageUrl: '', internalImageUrl: '' })
    expect(ex30).not.to.have.property('externalColour')
    expect((await get('v60', '')).data).not.to.have.property('batteryCapacityKWH')
  })

  it('tells windows, doors and lock with the time at which the car saw them', async () => {
    given.sim.cars.get('ex40').set('windows.rearLeft', 'ajar')
    expect((await get('ex40', '/windows')).data.rearLeftWindow).to.deep.equal({ value: 'AJAR', timestamp: noon })
    expect((await get('v60', '/windows')).data.sunroof.value).to.equal('UNSPECIFIED')
    const doors = (await get('ex40', '/doors')).data
    expect(Object.keys(doors)).to.have.members([
      'centralLock',
      'frontLeftDoor',
      'frontRightDoor',
      'rearLeftDoor',
      'rearRightDoor',
      'hood',
      'tailgate',
      'tankLid',
    ])
    expect(doors.centralLock).to.deep.equal({ value: 'LOCKED', timestamp: noon })
  })

  for (const [path, field, signal, value, word] of [
    ['/engine-status', 'engineStatus', 'engine.status', 'running', 'RUNNING'],
    ['/engine', 'oilLevelWarning', 'engine.oilLevel', 'high', 'TOO_HIGH'],
    ['/engine', 'engineCoolantLevelWarning', 'engine.coolantLevel', 'low', 'TOO_LOW'],
    ['/diagnostics', 'serviceWarning', 'service.warning', 'almost-due', 'REGULAR_MAINTENANCE_ALMOST_TIME_FOR_SERVICE'],
    ['/diagnostics', 'serviceWarning', 'service.warning', 'other', 'UNKNOWN_WARNING'],
    ['/diagnostics', 'washerFluidLevelWarning', 'service.washerFluid', 'low', 'TOO_LOW'],
    ['/brakes', 'brakeFluidLevelWarning', 'service.brakeFluid', 'low', 'TOO_LOW'],
    ['/warnings', 'brakeLightLeftWarning', 'lights.brakeLeft', 'fault', 'FAILURE'],
    ['/tyres', 'rearLeft', 'tyres.rearLeft', 'very-low', 'VERY_LOW_PRESSURE'],
  ] as const)
    it(`says ${word} in ${path} when ${signal} is ${value}`, async () => {
      expect((await get('ex40', path)).data[field].value).not.to.equal(word)
      given.sim.cars.get('ex40').set(signal, value)
      expect((await get('ex40', path)).data[field].value).to.equal(word)
    })

  it('tells the service in months or in days, as the car does', async () => {
    const diagnostics = (await get('ex40', '/diagnostics')).data
    expect(diagnostics.timeToService).to.deep.equal({ value: 23, unit: 'months', timestamp: noon })
    expect(diagnostics.engineHoursToService).to.include({ value: 1266, unit: 'h' })
    expect(diagnostics.distanceToService).to.include({ value: 29000, unit: 'km' })
    expect((await get('v60', '/diagnostics')).data.timeToService).to.include({ value: 690, unit: 'days' })
  })

  it('tells 23 lamps, without side marks on a classic car and without words for hazard lights on a newer one', async () => {
    const modern = (await get('ex40', '/warnings')).data
    expect(Object.keys(modern)).to.have.length(23)
    expect(modern.hazardLightsWarning.value).to.equal('UNSPECIFIED')
    const classic = (await get('v60', '/warnings')).data
    expect(classic).not.to.have.property('sideMarkLightsWarning')
    expect(classic.hazardLightsWarning.value).to.equal('NO_WARNING')
  })

  it('tells of fuel and charge what each kind of car has', async () => {
    expect(Object.keys((await get('ex40', '/fuel')).data)).to.deep.equal(['batteryChargeLevel'])
    expect(Object.keys((await get('v60', '/fuel')).data)).to.deep.equal(['fuelAmount'])
    expect((await get('xc60', '/fuel')).data).to.deep.equal({
      fuelAmount: { value: 47.3, unit: 'l', timestamp: noon },
      batteryChargeLevel: { value: 48, unit: '%', timestamp: noon },
    })
    const electric = (await get('ex40', '/statistics')).data
    expect(electric).not.to.have.any.keys('distanceToEmptyTank', 'averageFuelConsumption')
    expect(electric.tripMeterManual).to.deep.equal({ value: 935.8, unit: 'km', timestamp: noon })
    expect((await get('v60', '/statistics')).data).not.to.have.any.keys('distanceToEmptyBattery', 'averageEnergyConsumption')
    expect((await get('ex40', '/odometer')).data.odometer).to.deep.equal({ value: 30000, unit: 'km', timestamp: noon })
  })

  it('lists the commands of each car, the horn with its odd address', async () => {
    const { data } = await get('ex40', '/commands')
    const href = `/v2/vehicles/${given.sim.cars.get('ex40').id}/commands/honk-flash`
    expect(data).to.deep.include({ command: 'HONK_AND_FLASH', href })
    expect(data.map(({ command }: Json) => command)).not.to.include('ENGINE_START')
    expect((await get('v60', '/commands')).data.map(({ command }: Json) => command)).to.include('ENGINE_START')
  })

  it('says why a car cannot be reached, inside the status', async () => {
    expect((await get('ex40', '/command-accessibility')).data.availabilityStatus).to.deep.equal({
      value: 'AVAILABLE',
      timestamp: noon,
    })
    given.sim.cars.get('ex40').drive({ km: 5 })
    expect((await get('ex40', '/command-accessibility')).data.availabilityStatus).to.include({
      value: 'UNAVAILABLE',
      unavailableReason: 'CAR_IN_USE',
    })
    given.sim.cars.get('xc60').sleep()
    expect((await get('xc60', '/command-accessibility')).data.availabilityStatus).to.include({
      unavailableReason: 'POWER_SAVING_MODE',
    })
  })

  it('tells energy v2 bare, in whole seconds, each point with its own status', async () => {
    const state = await get('ex40', '/state', '/energy/v2')
    const ok = (value: unknown, unit?: string) => ({
      status: 'OK',
      value,
      ...(unit ? { unit } : {}),
      updatedAt: '2026-03-02T12:00:00Z',
    })
    expect(state).to.deep.equal({
      http: 200,
      batteryChargeLevel: ok(62.5, 'percentage'),
      electricRange: ok(256, 'km'),
      chargerConnectionStatus: ok('DISCONNECTED'),
      chargingStatus: ok('IDLE'),
      chargingType: ok('NONE'),
      chargerPowerStatus: ok('NO_POWER_AVAILABLE'),
      estimatedChargingTimeToTargetBatteryChargeLevel: ok(0, 'minutes'),
      chargingCurrentLimit: ok(16, 'ampere'),
      targetBatteryChargeLevel: ok(90, 'percentage'),
      chargingPower: {
        status: 'ERROR',
        code: 'PROPERTY_NOT_FOUND',
        message: 'No valid value could be found for the requested property',
      },
    })
    given.sim.cars.get('ex40').plugIn('ac')
    given.sim.cars.get('ex40').tick(10)
    const charging = await get('ex40', '/state', '/energy/v2')
    expect(charging.chargingPower).to.include({ value: 10656, unit: 'watts' })
    expect(charging.chargerConnectionStatus.value).to.equal('CONNECTED')
    expect(charging.chargingStatus.value).to.equal('CHARGING')
    expect(charging.targetBatteryChargeLevel.updatedAt).to.equal('2026-03-02T12:00:00Z')
  })

  it('has the quirks of the EX30, of a hybrid, of a US car and of a petrol car in energy v2', async () => {
    const ex30 = await get('ex30', '/state', '/energy/v2')
    expect(ex30.targetBatteryChargeLevel.code).to.equal('NOT_SUPPORTED')
    expect(ex30.chargingCurrentLimit.status).to.equal('OK')
    expect((await get('ex30', '/capabilities', '/energy/v2')).getEnergyState.chargingCurrentLimit).to.deep.equal({
      isSupported: false,
    })
    expect((await get('xc60', '/state', '/energy/v2')).chargingCurrentLimit.code).to.equal('PROPERTY_NOT_SUPPORTED')
    expect((await get('us-xc40', '/state', '/energy/v2')).electricRange).to.include({ unit: 'miles', value: 168 })
    expect((await get('v60', '/state', '/energy/v2')).http).to.equal(404)
    expect((await get('v60', '/capabilities', '/energy/v2')).getEnergyState.isSupported).to.equal(false)
    expect((await get('ex40', '/capabilities', '/energy/v2')).getEnergyState)
      .to.include.keys('chargingSystemStatus')
      .and.not.include.keys('chargingStatus')
  })

  it('tells energy v1 as texts, whole or in parts, in the unit that is asked for', async () => {
    const all = await get('ex40', '/recharge-status', '/energy/v1')
    expect(all).to.include({ http: 200, status: 200 })
    expect(all.data.batteryChargeLevel).to.deep.equal({ value: '62.5', unit: 'percentage', timestamp: '2026-03-02T12:00:00Z' })
    expect(all.data.chargingConnectionStatus.value).to.equal('CONNECTION_STATUS_DISCONNECTED')
    expect(all.data.chargingSystemStatus.value).to.equal('CHARGING_SYSTEM_IDLE')
    expect(all.data).not.to.have.property('chargingCurrentLimit')
    expect((await get('ex40', '/recharge-status/charging-current-limit', '/energy/v1')).data.chargingCurrentLimit).to.include({
      value: '16',
      unit: 'ampere',
    })
    expect(
      (await get('ex40', '/recharge-status/electric-range?range_unit=imperial', '/energy/v1')).data.electricRange,
    ).to.include({ value: '159', unit: 'miles' })
    expect((await get('us-xc40', '/recharge-status/electric-range', '/energy/v1')).data.electricRange.unit).to.equal('miles')
    expect((await get('ex30', '/recharge-status/target-battery-charge-level', '/energy/v1')).data).to.deep.equal({})
    expect((await get('v60', '/recharge-status', '/energy/v1')).data).to.deep.equal({})
    given.sim.cars.get('ex40').plugIn('dc')
    expect(
      (await get('ex40', '/recharge-status/charging-connection-status', '/energy/v1')).data.chargingConnectionStatus.value,
    ).to.equal('CONNECTION_STATUS_CONNECTED_DC')
  })

  it('shows in the energy v1 aggregate only what the token may see', async () => {
    const token = given.sim.volvo.tokens.testToken('demo', ['openid', 'energy:electric_range'], false)
    const answer = await given.volvo(`/energy/v1/vehicles/${given.sim.cars.get('ex40').id}/recharge-status`, { token })
    expect(Object.keys(((await answer.json()) as Json).data)).to.deep.equal(['electricRange'])
    expect(volvoDemo.scopes).to.include('energy:target_battery_level')
  })

  it('tells where the car was parked, longitude first, and not where it drives', async () => {
    const at = async () => (await get('ex40', '/location', '/location/v1')).data
    const parked = await at()
    expect(parked).to.deep.equal({
      type: 'Feature',
      properties: { heading: '129', timestamp: '2026-03-02T12:00:00Z' },
      geometry: { type: 'Point', coordinates: [11.97456, 57.70887, 0] },
    })
    const car = given.sim.cars.get('ex40')
    car.drive({ to: { latitude: 57.68, longitude: 11.875 } })
    car.tick(60)
    expect(await at()).to.deep.equal(parked)
    car.tick(3600)
    expect((await at()).geometry.coordinates.slice(0, 2)).to.deep.equal([11.875, 57.68])
    car.set('position.location', null)
    expect((await get('ex40', '/location', '/location/v1')).http).to.equal(404)
  })

  it('does not change a single timestamp by being read', async () => {
    const before = await get('ex40', '/doors')
    await given.clock.advance(3_600_000)
    given.token = (await signIn(given.sim)).access_token
    expect(await get('ex40', '/doors')).to.deep.equal(before)
  })
})
