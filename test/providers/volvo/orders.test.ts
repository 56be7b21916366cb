import { expect } from 'chai'
import { hours } from '../../../src/clock'
import type { Order } from '../../../src/providers/provider'
import type { Vehicle } from '../../../src/vehicle/vehicle'
import { cv, data, givenVolvo, point, refusal, vin, type Given } from './support'

const car: Vehicle = { id: vin, slug: 'xc40', label: 'XC40', provider: 'volvo', meta: {} }
const completed = data({ vin, invokeStatus: 'COMPLETED', message: '' })
const commandPath = (path: string) => `POST ${cv(`commands/${path}`)}`
const href = (path: string) => `/v2/vehicles/${vin}/commands/${path}`

describe('sending a Volvo a command', () => {
  const open: Given[] = []
  const given = async (options?: Parameters<typeof givenVolvo>[0]): Promise<Given> => {
    const home = await givenVolvo(options)
    open.push(home)
    return home
  }
  afterEach(async () => {
    for (const { cloud } of open.splice(0)) await cloud.close()
  })

  const table: [command: Order['command'], path: string, params?: Order['params'], body?: string][] = [
    ['lock', 'lock'],
    ['unlock', 'unlock'],
    ['lock-reduced-guard', 'lock-reduced-guard'],
    ['honk', 'honk'],
    ['flash', 'flash'],
    ['honk-flash', 'honk-flash'],
    ['climate-start', 'climatization-start'],
    ['climate-stop', 'climatization-stop'],
    ['engine-start', 'engine-start', { minutes: 10 }, '{"runtimeMinutes":10}'],
    ['engine-stop', 'engine-stop'],
    ['raw', 'open-hood', { path: 'open-hood', body: { a: 1 } }, '{"a":1}'],
    ['raw', 'lock', { path: 'lock' }],
  ]
  for (const [command, path, params = {}, body = ''] of table) {
    it(`${command} goes to commands/${path}${body && ` with ${body}`}`, async () => {
      const { cloud, send, volvo, abort } = await given()
      cloud.on(commandPath(path), completed)
      expect(await send(command, params)).to.deep.include({ phase: 'done' })
      expect(cloud.seen[0]).to.include({ method: 'POST', path: cv(`commands/${path}`), body })
      expect(cloud.seen[0]?.headers).to.include({
        'content-type': 'application/json',
        'vcc-api-key': 'key-1',
        authorization: 'Bearer t1',
      })
      const preview = await volvo.preview({ id: 'o', vehicle: vin, command, params })
      expect(preview).to.deep.equal({
        method: 'POST',
        path: `/connected-vehicle/v2/vehicles/{vin}/commands/${path}`,
        ...(body && { body: JSON.parse(body) as unknown }),
      })
      expect(abort.signal.aborted).to.equal(false)
    })
  }

  it('tells that it was accepted and sent before it tells the end', async () => {
    const { cloud, send, phases } = await given()
    cloud.on(commandPath('lock'), completed)
    await send('lock')
    expect(phases).to.deep.equal(['accepted', 'sent'])
  })

  it('refuses what Volvo has no command for, naming what it has, without a call', async () => {
    const { send, cloud } = await given()
    const { phase, cause } = await send('charge-start')
    expect([phase, cause?.code]).to.deep.equal(['refused', 'UNSUPPORTED'])
    expect(cause?.message).to.contain('climate-start')
    expect(cloud.seen).to.deep.equal([])
  })

  it('refuses a raw command that could leave the commands of the car', async () => {
    const { send, cloud } = await given()
    for (const params of [
      { path: '../../x' },
      { path: 'a/b' },
      { path: 'Lock' },
      { path: '' },
      {},
      { path: 'lock', body: 'text' },
      { path: 'lock', more: 1 },
    ]) {
      const { phase, cause } = await send('raw', params)
      expect([phase, cause?.code], JSON.stringify(params)).to.deep.equal(['refused', 'INVALID_PARAMS'])
    }
    expect(cloud.seen).to.deep.equal([])
  })

  it('does not take a good answer for a success: the word in it decides', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('lock'), data({ vin, invokeStatus: 'unable_to_lock_door_open', message: 'door' }))
    const verdict = await send('lock')
    expect(verdict.phase).to.equal('refused')
    expect(verdict.cause).to.include({ code: 'DOOR_OPEN', action: 'Close all doors.' })
    expect(verdict.provider).to.deep.include({
      status: 'unable_to_lock_door_open',
      message: 'door',
      httpStatus: 200,
      call: 'POST /connected-vehicle/v2/vehicles/{vin}/commands/lock',
    })
  })

  it('takes an answer without the wrapper', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('lock'), { body: { vin, invokeStatus: 'DELIVERED', statusCode: 200 } })
    expect((await send('lock')).phase).to.equal('delivered')
  })

  it('is unknown when the answer says nothing of the outcome, or in a new word', async () => {
    const { cloud, send, drifts } = await given()
    cloud.on(
      commandPath('lock'),
      { body: { data: { vin } } },
      { body: { data: { invokeStatus: 'PONDERING' } } },
      { body: '<html>' },
      { status: 202 },
      { status: 204 },
    )
    for (const code of ['SCHEMA_DRIFT', 'SCHEMA_DRIFT', 'SCHEMA_DRIFT', 'TIMEOUT', 'SCHEMA_DRIFT']) {
      const { phase, cause } = await send('lock')
      expect([phase, cause?.code]).to.deep.equal(['unknown', code])
    }
    expect(cloud.seen).to.have.length(5)
    expect(drifts.map(({ sample }) => sample)).to.deep.equal(['no invokeStatus', 'PONDERING'])
  })

  it('tells until when the doors can be unlocked, whether Volvo says seconds or an instant', async () => {
    const { cloud, send, clock } = await given()
    const instant = clock.now() + 120_000
    for (const readyToUnlockUntil of [120, instant, '120']) {
      cloud.on(commandPath('unlock'), data({ invokeStatus: 'COMPLETED', readyToUnlock: true, readyToUnlockUntil }))
      expect((await send('unlock')).provider).to.deep.include({
        readyToUnlock: true,
        readyToUnlockUntil: new Date(instant).toISOString(),
      })
    }
    cloud.on(commandPath('unlock'), data({ invokeStatus: 'COMPLETED', readyToUnlock: 'soon', readyToUnlockUntil: 'soon' }))
    expect((await send('unlock')).provider).not.to.have.any.keys('readyToUnlock', 'readyToUnlockUntil')
  })

  it('waits longer for the car than Volvo does', async () => {
    const { cloud, send, clock, http } = await given()
    cloud.on(commandPath('lock'), { silent: true })
    const work = send('lock')
    while (cloud.seen.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await clock.advance(159_000)
    expect(http.underWay).to.equal(1)
    await clock.advance(1000)
    const { phase, cause } = await work
    expect([phase, cause?.code]).to.deep.equal(['unknown', 'TIMEOUT'])
    expect(cloud.seen).to.have.length(1)
  })

  it('sends once more after a 401, and never after anything else', async () => {
    const { cloud, send } = await given()
    cloud.on(commandPath('lock'), refusal(401, 'UNAUTHORIZED', 'Full authentication is required'), completed)
    expect((await send('lock')).phase).to.equal('done')
    cloud.on(commandPath('unlock'), refusal(500, 'INTERNAL_SERVER_ERROR', 'Error returned from car'), completed)
    const { phase, cause } = await send('unlock')
    expect([phase, cause?.code]).to.deep.equal(['failed', 'VEHICLE_ERROR'])
    expect(cloud.seen).to.have.length(3)
  })

  it('says why a car does not take commands as it was told last', async () => {
    const { cloud, read, send, volvo } = await given()
    const busy = refusal(503, 'SERVICE_UNAVAILABLE', 'Not allowed, car is in use or asleep')
    cloud.on(commandPath('climatization-start'), busy)
    const reasons: [unknown, string | undefined, string][] = [
      [{ ...point('UNAVAILABLE'), unavailableReason: 'POWER_SAVING_MODE' }, 'ASLEEP', 'ASLEEP'],
      [{ ...point('UNAVAILABLE'), unavailableReason: 'CAR_IN_USE' }, 'IN_USE', 'IN_USE'],
      [{ ...point('UNAVAILABLE'), unavailableReason: 'NO_INTERNET' }, 'UNREACHABLE', 'IN_USE'],
      [{ ...point('UNAVAILABLE'), unavailableReason: 'OTA_INSTALLATION_IN_PROGRESS' }, 'BUSY', 'IN_USE'],
      [{ ...point('UNAVAILABLE'), unavailableReason: 'UNSPECIFIED' }, 'UNREACHABLE', 'IN_USE'],
      [point('AVAILABLE'), undefined, 'IN_USE'],
    ]
    expect(volvo.likely(car)).to.equal(undefined)
    for (const [availabilityStatus, likely, code] of reasons) {
      cloud.on(`GET ${cv('command-accessibility')}`, data({ availabilityStatus }))
      await read('reachability')
      expect(volvo.likely(car)?.code).to.equal(likely)
      const verdict = await send('climate-start')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', code])
    }
  })

  describe('that it lists', () => {
    const list = (...items: [string, string?][]) => data(items.map(([command, address]) => ({ command, href: address })))

    it('can do what it lists, in our words, and leaves the rest to Volvo', async () => {
      const { cloud, capabilities, drifts } = await given()
      cloud.on(
        `GET ${cv('commands')}`,
        list(
          ['LOCK', href('lock')],
          ['HONK_AND_FLASH', href('honk-flash')],
          ['SEND_NAVI_POI', href('send')],
          ['TELEPORT', href('teleport')],
        ),
      )
      const { commands, unlisted } = await capabilities()
      expect(commands).to.deep.equal(['lock', 'honk-flash'])
      expect(unlisted).to.deep.equal(['raw'])
      expect(drifts).to.deep.equal([{ where: 'connected-vehicle/v2/commands command', sample: 'TELEPORT' }])
    })

    it('is asked once a day', async () => {
      const { cloud, capabilities, calls, clock } = await given()
      cloud.on(`GET ${cv('commands')}`, list(['LOCK', href('lock')]))
      await capabilities()
      calls()
      await capabilities()
      expect(calls()).to.deep.equal([])
      await clock.advance(hours(24))
      await capabilities()
      expect(calls()).to.include('/connected-vehicle/v2/commands')
    })

    it('leaves every command to Volvo when the car has no list', async () => {
      const { capabilities } = await given()
      const { commands, unlisted } = await capabilities()
      expect(commands).to.deep.equal([])
      expect(unlisted).to.include.members(['lock', 'unlock', 'raw'])
      expect(unlisted).not.to.include('charge-start')
    })

    it('uses the address that the car gives, and none outside its own commands', async () => {
      const { cloud, capabilities, volvo, drifts, clock } = await given()
      const other = `/v2/vehicles/YV1ZZZSWXR7654321/commands/lock`
      const good = [
        href('lock-now'),
        `${cloud.url}/connected-vehicle${href('lock-now')}`,
        `/connected-vehicle${href('lock-now')}`,
      ]
      const bad = [
        `https://evil.example.test${href('lock-now')}`,
        other,
        `${href('x')}/../../lock`,
        '/v2/vehicles',
        '//evil.example.test/lock',
        href('lock?x=1'),
        href('%2e%2e'),
        '',
      ]
      for (const [addresses, expected] of [
        [good, 'lock-now'],
        [bad, 'lock'],
      ] as const) {
        for (const address of addresses) {
          cloud.on(`GET ${cv('commands')}`, list(['LOCK', address]))
          await clock.advance(hours(25))
          await capabilities()
          const { path } = await volvo.preview({ id: 'o', vehicle: vin, command: 'lock', params: {} })
          expect(path, address).to.equal(`/connected-vehicle/v2/vehicles/{vin}/commands/${expected}`)
        }
      }
      expect(drifts.map(({ where }) => where)).to.deep.equal(['connected-vehicle/v2/commands href'])
    })

    it('says which signals to expect, by what the energy calls promise under either name', async () => {
      const { cloud, capabilities, clock } = await given()
      cloud.on(`GET ${cv('commands')}`, list(['LOCK', href('lock')]))
      for (const name of ['chargingSystemStatus', 'chargingStatus']) {
        const points = {
          isSupported: true,
          [name]: { isSupported: false },
          batteryChargeLevel: { isSupported: false },
          chargingType: { isSupported: true },
        }
        cloud.on(`GET /energy/v2/vehicles/${vin}/capabilities`, { body: { getEnergyState: points } })
        const { signals } = await capabilities()
        expect(signals).to.include.members(['charging.type', 'charging.power', 'doors.hood', 'battery.stateOfCharge'])
        expect(signals).not.to.include('charging.status')
        await clock.advance(hours(25))
      }
      cloud.on(`GET /energy/v2/vehicles/${vin}/capabilities`, { body: { getEnergyState: { isSupported: false } } })
      const { signals } = await capabilities()
      expect(signals?.filter((id) => id.startsWith('charging.'))).to.deep.equal([])
    })

    it('expects no fuel of an electric car', async () => {
      const { cloud, capabilities, read } = await given()
      cloud.on(`GET ${cv('commands')}`, list(['LOCK', href('lock')]))
      await read('battery')
      expect((await capabilities()).signals?.filter((id) => id.startsWith('fuel.'))).to.deep.equal([])
    })
  })
})
