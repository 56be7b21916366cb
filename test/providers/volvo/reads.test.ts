import { expect } from 'chai'
import { hours } from '../../../src/clock'
import { DrivewayError } from '../../../src/vehicle/causes'
import { cv, data, energy1, energy2, givenVolvo, ok, place, point, refusal, valuesOf, vin, type Given } from './support'

const failing = async (work: Promise<unknown>): Promise<DrivewayError> => {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).to.be.instanceOf(DrivewayError)
  return error as DrivewayError
}

const statistics = data({
  distanceToEmptyBattery: point(43, 'km'),
  distanceToEmptyTank: point(800, 'km'),
  averageSpeed: point(47, 'km/h'),
})
const notPermitted = refusal(403, 'FORBIDDEN', 'Client not allowed to access Location API')
const denied = refusal(403, 'FORBIDDEN', 'Access is denied')
const absent = refusal(404, 'NOT_FOUND', 'Not found')

describe('reading a Volvo', () => {
  const open: Given[] = []
  const given = async (options?: Parameters<typeof givenVolvo>[0]): Promise<Given> => {
    const home = await givenVolvo(options)
    open.push(home)
    return home
  }
  afterEach(async () => {
    for (const { cloud } of open.splice(0)) await cloud.close()
  })

  it('sends what Volvo asks for with every call, each with ids of its own', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${cv('doors')}`, data({ hood: point('OPEN') })).on(`GET ${cv('windows')}`, data({ sunroof: point('OPEN') }))
    await read('doors', 'windows')
    const [first, second] = cloud.seen.map(({ headers }) => headers)
    expect(first).to.include({ authorization: 'Bearer t1', 'vcc-api-key': 'key-1', accept: 'application/json' })
    expect(first?.['vcc-api-operationid']).to.match(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/)
    expect(first?.traceparent).to.match(/^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
    expect(second?.['vcc-api-operationid']).not.to.equal(first?.['vcc-api-operationid'])
  })

  const oneCall: [group: Parameters<Given['read']>[0], paths: string[]][] = [
    ['windows', ['windows']],
    ['doors', ['doors']],
    ['lock', ['doors']],
    ['engine', ['engine', 'engine-status']],
    ['service', ['brakes', 'diagnostics']],
    ['lights', ['warnings']],
    ['tyres', ['tyres']],
    ['fuel', ['fuel', 'statistics']],
    ['vehicle', ['odometer']],
    ['trip', ['statistics']],
    ['reachability', ['command-accessibility']],
  ]
  for (const [group, paths] of oneCall) {
    it(`asks for ${group} with ${paths.join(' and ')} and nothing else`, async () => {
      const { read, calls, cost } = await given()
      expect(cost(group)).to.equal(paths.length)
      expect((await read(group)).groups).to.include(group)
      expect(calls()).to.deep.equal(paths.map((path) => `/connected-vehicle/v2/${path}`))
    })
  }

  it('costs nothing to read what Volvo never tells', async () => {
    const { read, calls, cost } = await given()
    expect(cost('climate', 'assist')).to.equal(0)
    expect(await read('climate')).to.deep.include({ readings: [], failures: [], groups: ['climate'] })
    expect(calls()).to.deep.equal([])
  })

  it('tells which groups come along', async () => {
    const { volvo } = await given()
    expect(volvo.bring(vin, ['doors'])).to.deep.equal(['lock'])
    expect(volvo.bring(vin, ['charging'])).to.deep.equal(['battery'])
    expect(volvo.bring(vin, ['fuel'])).to.deep.equal(['trip'])
    expect(volvo.bring(vin, ['trip'])).to.deep.equal([])
  })

  it('gives what the other calls brought when one fails, and says which groups are whole', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${cv('doors')}`, data({ centralLock: point('LOCKED') })).on(`GET ${cv('windows')}`, denied)
    const answer = await read('doors', 'windows')
    expect(valuesOf(answer.readings)).to.deep.equal({ 'lock.central': 'locked' })
    expect(answer.groups).to.have.members(['doors', 'lock'])
    expect(answer.failures.map(({ code }) => code)).to.deep.equal(['SCOPE_MISSING'])
  })

  it('rejects when every call fails, with what concerns the whole account first', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${cv('windows')}`, denied).on(`GET ${cv('doors')}`, {
      status: 403,
      body: { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 03:30:56.' },
    })
    const error = await failing(read('doors', 'windows'))
    expect(error.code).to.equal('QUOTA_DAY')
    expect(error.cause.retryAfter).to.equal(12656)
  })

  it('does not take a used-up quota for a broken sign-in, and asks no more until it is back', async () => {
    const { cloud, read, tokens, calls, clock } = await given()
    cloud.on(
      `GET ${cv('doors')}`,
      { status: 403, body: { statusCode: 403, message: 'Out of call volume quota. Quota will be replenished in 01:00:00.' } },
      data({ hood: point('OPEN') }),
    )
    await failing(read('doors'))
    expect((await failing(read('doors'))).code).to.equal('QUOTA_DAY')
    expect([calls().length, tokens.renewals]).to.deep.equal([1, 0])
    await clock.advance(hours(1))
    expect(valuesOf((await read('doors')).readings)).to.deep.equal({ 'doors.hood': 'open' })
  })

  it('does not ask for a day what the car does not have, whichever way it says so', async () => {
    for (const empty of [
      { body: {} },
      data({}),
      data(null),
      data(''),
      absent,
      refusal(403, 'FORBIDDEN', 'x is not supported by this vehicle'),
    ]) {
      const { cloud, read, calls, cost, clock } = await given()
      cloud.on(`GET ${cv('windows')}`, empty)
      expect(await read('windows')).to.deep.equal({ readings: [], groups: ['windows'], failures: [] })
      expect(cost('windows')).to.equal(0)
      await clock.advance(hours(23.9))
      await read('windows')
      expect(calls(), JSON.stringify(empty)).to.have.length(1)
      await clock.advance(hours(0.2))
      expect(cost('windows')).to.equal(1)
      await read('windows')
      expect(calls()).to.have.length(1)
    }
  })

  it('takes a car without a known position for what it is', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${place}`, {
      status: 404,
      body: { status: 404, operationId: 'op', error: { message: 'NOT_FOUND', description: 'VIN not found' } },
    })
    expect(await read('position')).to.deep.equal({ readings: [], groups: ['position'], failures: [] })
  })

  it('gives the position', async () => {
    const { cloud, values } = await given()
    cloud.on(`GET ${place}`, {
      body: {
        status: 200,
        operationId: 'op',
        data: {
          type: 'Feature',
          properties: { heading: '90', timestamp: '2026-03-02T09:29:49Z' },
          geometry: { type: 'Point', coordinates: [11.9, 57.6, 0] },
        },
      },
    })
    expect(await values('position')).to.deep.equal({
      'position.location': { longitude: 11.9, latitude: 57.6, altitude: 0, heading: 90 },
    })
  })

  it('reads once more what was no JSON, then tells', async () => {
    const { cloud, values, read, calls } = await given()
    cloud
      .on(`GET ${cv('doors')}`, { body: '<html>' }, data({ hood: point('OPEN') }))
      .on(`GET ${cv('windows')}`, { body: '<html>' })
    expect(await values('doors')).to.deep.equal({ 'doors.hood': 'open' })
    expect((await failing(read('windows'))).code).to.equal('SCHEMA_DRIFT')
    expect(calls()).to.have.length(4)
  })

  it('tells a word that nobody documented once, not with every reading', async () => {
    const { cloud, values, drifts } = await given()
    cloud.on(`GET ${cv('doors')}`, data({ hood: point('SIDEWAYS'), tailgate: point('SIDEWAYS') }))
    expect(await values('doors')).to.deep.equal({ 'doors.hood': 'unknown', 'doors.tailgate': 'unknown' })
    await values('doors')
    expect(drifts).to.deep.equal([
      { where: 'connected-vehicle/v2/doors hood', sample: 'SIDEWAYS' },
      { where: 'connected-vehicle/v2/doors tailgate', sample: 'SIDEWAYS' },
    ])
  })

  it('never shows the vehicle number or the key in an error', async () => {
    const { cloud, read } = await given()
    cloud.on(`GET ${cv('doors')}`, refusal(400, 'BAD_REQUEST', `bad ${vin}`))
    const error = await failing(read('doors'))
    expect(JSON.stringify([error, error.message, error.stack])).not.to.match(new RegExp(`${vin}|key-1|t1"`))
  })

  it('ends at once when the account closes', async () => {
    const { cloud, read, abort } = await given()
    cloud.on(`GET ${cv('doors')}`, { silent: true })
    const work = failing(read('doors'))
    while (cloud.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
    abort.abort()
    expect((await work).code).to.equal('SHUTDOWN')
  })

  describe('for its battery', () => {
    const full = {
      body: {
        batteryChargeLevel: ok(62.5, 'percentage'),
        electricRange: ok(230, 'km'),
        chargerConnectionStatus: ok('CONNECTED'),
        chargingStatus: ok('CHARGING'),
      },
    }

    it('spends one call where the energy state delivers', async () => {
      const { cloud, values, calls, cost } = await given()
      cloud.on(`GET ${energy2}`, full)
      expect(await values('battery', 'charging')).to.deep.equal({
        'battery.stateOfCharge': 62.5,
        'battery.range': 230,
        'charging.connection': 'connected',
        'charging.status': 'charging',
        'battery.capacity': 78,
      })
      expect(calls()).to.deep.equal(['/connected-vehicle/v2', '/energy/v2/state'])
      expect(cost('battery', 'charging')).to.equal(1)
      await values('battery')
      expect(calls()).to.deep.equal(['/energy/v2/state'])
    })

    it('asks for the details again after a day', async () => {
      const { cloud, values, calls, clock } = await given()
      cloud.on(`GET ${energy2}`, full)
      await values('battery')
      await clock.advance(hours(24))
      calls()
      await values('battery')
      expect(calls()).to.include('/connected-vehicle/v2')
    })

    it('does without the capacity when the details fail, and does not ask for them each time', async () => {
      const { cloud, read, calls } = await given()
      cloud.on(`GET ${energy2}`, full).on(`GET ${cv('')}`, denied)
      const first = await read('battery')
      expect([first.failures.length, first.groups.includes('battery')]).to.deep.equal([1, true])
      calls()
      expect((await read('battery')).failures).to.deep.equal([])
      expect(calls()).to.deep.equal(['/energy/v2/state'])
    })

    it('takes charge and range of an older hybrid from the calls that have them, behind the energy calls', async () => {
      const { cloud, read, calls } = await given()
      const failed = { status: 'ERROR', code: 'NOT_SUPPORTED', message: 'x' }
      cloud
        .on(`GET ${energy2}`, { body: { batteryChargeLevel: failed, electricRange: failed, chargingStatus: ok('IDLE') } })
        .on(`GET ${cv('fuel')}`, data({ batteryChargeLevel: point('87.3', '%'), fuelAmount: point('47.3', 'l') }))
        .on(`GET ${cv('statistics')}`, statistics)
      const { readings, groups } = await read('battery')
      expect(
        readings.filter(({ signal }) => signal.startsWith('battery.')).map(({ signal, value, rank }) => [signal, value, rank]),
      ).to.deep.equal([
        ['battery.stateOfCharge', 87.3, 1],
        ['battery.range', 43, 1],
        ['battery.capacity', 78, undefined],
      ])
      expect(groups).to.include.members(['battery', 'charging', 'fuel', 'trip'])
      calls()
      await read('battery')
      expect(calls()).to.deep.equal(['/connected-vehicle/v2/fuel', '/connected-vehicle/v2/statistics', '/energy/v2/state'])
    })

    it('stays with the energy calls once they have delivered, also when a point fails for a while', async () => {
      const { cloud, read, calls } = await given()
      const failed = { status: 'ERROR', code: 'ERROR_READING_PROPERTY', message: 'x' }
      cloud.on(`GET ${energy2}`, full, {
        body: { batteryChargeLevel: failed, electricRange: failed, chargingStatus: ok('IDLE') },
      })
      await read('battery')
      calls()
      await read('battery')
      expect(calls()).to.deep.equal(['/energy/v2/state'])
    })

    it('asks a petrol car for no battery once it knows', async () => {
      const { cloud, read, calls, cost } = await given()
      cloud
        .on(`GET ${energy2}`, absent)
        .on(`GET ${cv('fuel')}`, data({ fuelAmount: point(47, 'l') }))
        .on(`GET ${cv('statistics')}`, data({ averageSpeed: point(40, 'km/h') }))
      await read('battery', 'charging')
      expect(calls()).to.include.members(['/energy/v2/state', '/energy/v1/recharge-status'])
      expect(cost('battery', 'charging')).to.equal(0)
      expect(await read('battery', 'charging')).to.deep.include({ failures: [] })
      expect(calls()).to.deep.equal([])
      expect(cost('fuel')).to.equal(2)
    })
  })

  describe('with the older energy calls', () => {
    const v1 = {
      body: {
        status: 200,
        operationId: 'op',
        data: {
          batteryChargeLevel: point('58.0', 'percentage'),
          chargingConnectionStatus: point('CONNECTION_STATUS_CONNECTED_AC'),
        },
      },
    }

    it('asks only them, in their own media type, when the account is set so', async () => {
      const { cloud, values, calls } = await given({ api: 'v1' })
      cloud.on(`GET ${energy1}`, v1)
      expect(await values('charging')).to.deep.equal({
        'battery.stateOfCharge': 58,
        'charging.connection': 'connected',
        'charging.type': 'ac',
      })
      expect(calls()).to.deep.equal(['/energy/v1/recharge-status'])
      expect(cloud.seen[0]?.headers.accept).to.equal('application/vnd.volvocars.api.energy.vehicledata.v1+json')
    })

    for (const [why, refused] of [
      ['is not permitted', notPermitted],
      ['does not know the car', absent],
      ['is gone', { status: 410, body: {} }],
    ] as const) {
      it(`turns to them by itself when the newer one ${why}, and stays there for a day`, async () => {
        const { cloud, values, calls, clock } = await given()
        cloud.on(`GET ${energy2}`, refused).on(`GET ${energy1}`, v1)
        expect(await values('charging')).to.include({ 'battery.stateOfCharge': 58 })
        expect(calls()).to.deep.equal(['/energy/v1/recharge-status', '/energy/v2/state'])
        await values('charging')
        expect(calls()).to.deep.equal(['/energy/v1/recharge-status'])
        await clock.advance(hours(24))
        await values('charging')
        expect(calls()).to.include('/energy/v2/state')
      })
    }

    it('tells what the newer one said when neither is permitted, and asks the older one only once', async () => {
      const { cloud, read, calls } = await given()
      cloud.on(`GET ${energy2}`, notPermitted).on(`GET ${energy1}`, denied)
      const error = await failing(read('charging'))
      expect(error.cause.action).to.equal("Wait for Volvo's approval of your application.")
      await failing(read('charging'))
      expect(calls()).to.deep.equal(['/energy/v1/recharge-status', '/energy/v2/state', '/energy/v2/state'])
    })

    it('does not turn to them because the newer one is broken for a moment', async () => {
      const { cloud, read, calls } = await given()
      cloud.on(`GET ${energy2}`, { status: 502, body: '<html>' })
      expect((await failing(read('charging'))).code).to.equal('PROVIDER_DOWN')
      expect(new Set(calls())).to.deep.equal(new Set(['/energy/v2/state']))
    })

    it('reads the parts that are permitted when the whole is not', async () => {
      const { cloud, values, calls, cost } = await given({ api: 'v1' })
      cloud
        .on(`GET ${energy1}`, denied)
        .on(
          `GET ${energy1}/charging-connection-status`,
          data({ chargingConnectionStatus: point('CONNECTION_STATUS_DISCONNECTED') }),
        )
        .on(`GET ${energy1}/target-battery-charge-level`, data({ targetBatteryChargeLevel: point('90', 'percentage') }))
        .on(`GET ${energy1}/battery-charge-level`, denied)
      expect(await values('charging')).to.deep.equal({
        'charging.connection': 'disconnected',
        'charging.type': 'none',
        'charging.chargeLimit': 90,
      })
      expect(calls()).to.have.length(8)
      expect(cost('charging')).to.equal(2)
      await values('charging')
      expect(calls()).to.deep.equal([
        '/energy/v1/recharge-status/charging-connection-status',
        '/energy/v1/recharge-status/target-battery-charge-level',
      ])
    })

    it('says that the permission is missing when no part is permitted either, without asking for all parts again', async () => {
      const { cloud, read, calls } = await given({ api: 'v1' })
      cloud.on(`GET ${energy1}`, denied)
      expect((await failing(read('charging'))).code).to.equal('SCOPE_MISSING')
      calls()
      expect((await failing(read('charging'))).code).to.equal('SCOPE_MISSING')
      expect(calls()).to.deep.equal(['/energy/v1/recharge-status'])
    })

    it('reads one part by itself', async () => {
      const { cloud, part } = await given()
      cloud
        .on(`GET ${energy1}/charging-connection-status`, data({ chargingConnectionStatus: point('CONNECTION_STATUS_FAULT') }))
        .on(`GET ${energy1}/target-battery-charge-level`, data({ targetBatteryChargeLevel: point('90', 'percentage') }))
      expect(valuesOf(await part('charging-connection-status'))).to.deep.equal({
        'charging.connection': 'fault',
        'charging.type': null,
      })
      expect(valuesOf(await part('target-battery-charge-level'))).to.deep.equal({ 'charging.chargeLimit': 90 })
      expect(await part('electric-range')).to.deep.equal([])
      expect(cloud.seen.map(({ headers }) => headers.accept)).to.deep.equal([
        'application/vnd.volvocars.api.energy.vehicledata.v1+json',
        'application/vnd.volvocars.api.energy.targetbatterychargelevelresponse.v1+json',
        'application/vnd.volvocars.api.energy.vehicledata.v1+json',
      ])
    })
  })

  describe('as a list', () => {
    const list = '/connected-vehicle/v2/vehicles'

    it('gives every car with what Volvo says about it', async () => {
      const { cloud, vehicles } = await given()
      cloud
        .on(`GET ${list}`, data([{ vin }, { vin: 'YV1ZZZSWXR7654321' }, {}, null, { vin }]))
        .on(`GET ${list}/YV1ZZZSWXR7654321`, { status: 404, body: {} })
        .on(`GET ${cv('')}`, data({ vin, descriptions: { model: 'XC40' } }))
      expect(await vehicles()).to.deep.equal([
        { id: vin, meta: { brand: 'Volvo', model: 'XC40' } },
        { id: 'YV1ZZZSWXR7654321', meta: {} },
      ])
    })

    it('is empty for an account without cars', async () => {
      const { cloud, vehicles } = await given()
      cloud.on(`GET ${list}`, data([]))
      expect(await vehicles()).to.deep.equal([])
    })

    it('spends the details once a day', async () => {
      const { cloud, vehicles, calls } = await given()
      cloud.on(`GET ${list}`, data([{ vin }]))
      await vehicles()
      calls()
      await vehicles()
      expect(calls()).to.deep.equal([list])
    })
  })
})
