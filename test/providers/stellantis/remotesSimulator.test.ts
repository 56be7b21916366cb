import { expect } from 'chai'
import { hours } from '../../../src/clock'
import type { MonitorWanted } from '../../../src/providers/monitors'
import { stellantisDemo } from '../../../src/simulator/credentials'
import { commands, type CommandId } from '../../../src/vehicle/commands'
import { givenAtSimulator, type AtSimulator } from './atSimulator'
import { valuesOf } from './reading'

const ways: [what: string, api: 'v4' | 'v1', own: Record<string, string>][] = [
  ['v4', 'v4', {}],
  ['v1', 'v1', {}],
  ['v1 by headers', 'v1', { headerMode: 'true', userId: stellantisDemo.accounts.demo ?? '' }],
]

const workday = { slot: 1, start: '07:15', days: ['mon', 'tue'], enabled: true }
const paramsOf: Readonly<Partial<Record<CommandId, Record<string, unknown>>>> = {
  'climate-schedule': workday,
  'climate-schedule-delete': { slot: 1 },
  'climate-settings': { temperature: 21 },
  'charge-limit': { percent: 80 },
  'charge-power': { level: 3 },
  'charge-schedule': { ...workday, end: '09:00' },
  'charge-schedule-delete': { slot: 1 },
  'charge-defer': { start: '22:30' },
  'send-destination': { positions: [{ latitude: 48.85, longitude: 2.35 }] },
  'stolen-report': { stolen: false },
  'crank-inhibit': { active: false },
  'alarm-suppress': { hours: 12 },
  'alarm-confirm': { theft: false },
  'delete-personal-data': { confirm: true },
}

describe('Commands to a simulated Stellantis car', () => {
  const open: AtSimulator[] = []
  const given = async (api: 'v4' | 'v1', own: Record<string, string> = {}) => {
    const home = await givenAtSimulator(api, own)
    open.push(home)
    return home
  }
  afterEach(async () => {
    for (const home of open.splice(0)) await home.close()
  })

  for (const [what, api, own] of ways) {
    it(`${what}: everything a car says it can do is understood`, async function () {
      this.timeout(20_000)
      const { provider, go, send, idOf, signal, drifts, sim } = await given(api, own)
      for (const car of api === 'v4' ? ['e208', 'p3008'] : ['e208', 'avenger']) {
        const { commands: has } = await go(provider.capabilities(idOf(car), signal))
        expect(has, car).to.include('lock')
        for (const command of has) {
          const params = commands[command].params.parse(paramsOf[command] ?? {})
          const verdict = await send(car, command, params)
          const codes = [verdict.phase, verdict.cause?.code]
          // A car that is not plugged in, or has a climate that will not, says so in its own words.
          const isTold = verdict.phase === 'done' || verdict.cause?.code === 'VEHICLE_ERROR'
          expect(isTold, `${car} ${command} ${codes.join(' ')}`).to.equal(true)
        }
        expect(sim.cars.get(car).truth('lock.central')).to.be.oneOf(['locked', 'unlocked'])
      }
      expect(drifts).to.deep.equal([])
    })

    it(`${what}: a lock is locked, an open door is said, and a car that is locked already too`, async () => {
      const { send, sim } = await given(api, own)
      const car = sim.cars.get('e208')
      car.unlock()
      expect(await send('e208', 'lock')).to.include({ phase: 'done' })
      expect(car.truth('lock.central')).to.equal('locked')
      expect((await send('e208', 'lock')).provider).to.deep.include({ status: 'AlreadyDone' })
      car.unlock()
      car.open('frontLeft')
      const verdict = await send('e208', 'lock')
      expect([verdict.phase, verdict.cause?.code]).to.deep.equal(['refused', 'DOOR_OPEN'])
    })

    it(`${what}: steps arrive at our own address, and nothing has to be read`, async () => {
      const { provider, go, send, hookUrl, signal, arrived, phases, sim, idOf, drifts } = await given(api, own)
      const header = { name: 'X-Driveway-Secret', value: 's3cret' }
      await go(
        provider.monitors.createChannel({ label: 'Hook #dw-0a1b2c3d', transport: 'webhook', target: hookUrl, header }, signal),
      )
      sim.cars.get('e208').sleep()
      sim.cars.get('e208').unlock()
      expect(await send('e208', 'lock')).to.include({ phase: 'done' })
      expect(phases).to.include.members(['accepted', 'sent'])
      expect(arrived.length).to.be.greaterThan(1)
      for (const { delivery, headers } of arrived) {
        expect(delivery).to.have.nested.property('remote.id')
        expect(delivery).to.include({ vehicle: idOf('e208') })
        expect(headers['x-driveway-secret']).to.equal('s3cret')
      }
      expect(drifts).to.deep.equal([])
    })

    it(`${what}: an answer that is lost after the car has the command is found again`, async () => {
      const { send, sim } = await given(api, own)
      sim.cars.get('e208').unlock()
      await send('e208', 'lock')
      sim.cars.get('e208').unlock()
      sim.faults.add({ provider: 'stellantis', kind: 'reset-late' })
      expect(await send('e208', 'lock')).to.include({ phase: 'done' })
      sim.faults.add({ provider: 'stellantis', kind: 'error-late' })
      expect(await send('e208', 'lock')).to.include({ phase: 'done' })
      const posts = sim.calls.list().filter(({ method, path }) => method === 'POST' && path.includes('/remotes'))
      expect(posts).to.have.length(3)
    })

    it(`${what}: a command that the car does not have is told by the cloud`, async () => {
      const { send } = await given(api, own)
      const verdict = await send('corsa', 'lock')
      expect(verdict.phase).to.equal('refused')
      expect(verdict.cause?.code).to.be.oneOf(['UNSUPPORTED', 'VEHICLE_UNKNOWN'])
    })
  }

  for (const [word, phase, code] of [
    ['DoorsOpen', 'refused', 'DOOR_OPEN'],
    ['VehicleConnectionTimeout', 'failed', 'UNREACHABLE'],
    ['CanceledByDriver', 'refused', 'REJECTED'],
    ['TooManyRequestSent', 'refused', 'QUOTA_MINUTE'],
    ['SentToVehicle', 'unknown', 'TIMEOUT'],
    [501, 'refused', 'UNSUPPORTED'],
    [403, 'refused', undefined],
  ] as const)
    it(`that ends with ${word} is ${phase}`, async () => {
      const { send, sim } = await given('v4')
      sim.faults.add({ provider: 'stellantis', kind: 'next-command', status: word })
      const verdict = await send('e208', 'honk')
      expect(verdict.phase).to.equal(phase)
      if (code) expect(verdict.cause?.code).to.equal(code)
    })
})

describe('Monitors in the simulated cloud of Stellantis', () => {
  const open: AtSimulator[] = []
  afterEach(async () => {
    for (const home of open.splice(0)) await home.close()
  })

  for (const [what, api, own] of ways)
    it(`${what}: are made, recognised, fired, changed and removed`, async () => {
      const home = await givenAtSimulator(api, own)
      open.push(home)
      const { provider, go, hookUrl, signal, arrived, sim, idOf, settle, advance, drifts } = home
      const service = provider.monitors
      const vin = idOf('e208')
      const channel = await go(
        service.createChannel({ label: 'Hook #dw-0a1b2c3d', transport: 'webhook', target: hookUrl }, signal),
      )
      const wanted: MonitorWanted = {
        label: 'Nearly empty #dw-0a1b2c3d',
        triggers: [
          { name: 'bat1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } },
          { name: 'plug1', data: { data: 'vehicle.energy.charging.plugged', op: 'equalsTo', value: ['false'] } },
        ],
        boolExp: 'bat1 & plug1',
        refreshEvery: 600,
        extend: ['vehicle.position', api === 'v1' ? 'vehicle.latestTelemetry' : 'vehicle.status', 'vehicle.doorsState'],
        actions: [],
        vehicles: [vin],
      }
      const made = await go(service.create(channel.id, wanted, signal))
      const [listed] = await go(service.monitors(channel.id, vin, signal))
      expect(listed).to.deep.include({ monitorId: made.monitorId, label: wanted.label, status: 'running', vehicles: [vin] })
      expect(listed?.fingerprint).to.equal(service.fingerprint(wanted))

      sim.cars.get('e208').set('battery.stateOfCharge', 15)
      await advance(1000)
      await settle()
      expect(arrived).to.have.length(1)
      const [{ delivery }] = arrived as [(typeof arrived)[number]]
      expect(delivery).to.deep.include({ vehicle: vin, channelId: channel.id })
      expect(delivery?.monitor).to.deep.include({ monitorId: made.monitorId, refresh: false })
      expect(delivery?.monitor?.attributes).to.deep.include({ monitor: wanted.label, monitorId: made.monitorId })
      expect(valuesOf(delivery?.readings ?? [])).to.include({
        'battery.stateOfCharge': 15,
        'charging.connection': 'disconnected',
      })
      expect(valuesOf(delivery?.readings ?? [])).to.have.any.keys('position.location', 'lock.central')

      const changed = { ...wanted, boolExp: 'plug1', triggers: wanted.triggers.slice(1) }
      await go(service.update(made, changed, signal))
      await go(service.set(made, 'paused', signal))
      const [later] = await go(service.monitors(channel.id, vin, signal))
      expect(later).to.deep.include({ status: 'paused', fingerprint: service.fingerprint(changed) })
      await go(service.remove(made, signal))
      expect(await go(service.monitors(channel.id, vin, signal))).to.deep.equal([])
      await go(service.remove(made, signal))
      await go(service.setChannel(channel.id, 'paused', signal))
      expect(await go(service.channels(signal))).to.deep.equal([{ ...channel, status: 'paused' }])
      await go(service.removeChannel(channel.id, signal))
      expect(await go(service.channels(signal))).to.deep.equal([])
      expect(drifts).to.deep.equal([])
    })

  for (const [what, api, own] of ways)
    it(`${what}: the sixth of them is refused, and the five are named`, async () => {
      const home = await givenAtSimulator(api, own)
      open.push(home)
      const { provider, go, hookUrl, signal, idOf } = home
      const service = provider.monitors
      const told = (work: Promise<unknown>) =>
        go(work).then(String, (error: { code?: string; message?: string }) => `${error.code} ${error.message}`)
      const channel = (n: number) =>
        service.createChannel({ label: `Channel ${n}`, transport: 'webhook', target: hookUrl }, signal)
      for (let n = 1; n <= 5; n++) await go(channel(n))
      expect(await told(channel(6))).to.match(/^CONFLICT .*"Channel 1".*"Channel 5"/)
      const [{ id } = { id: '' }] = await go(service.channels(signal))
      const monitor = (n: number) => {
        const triggers = [{ name: 't1', data: { data: 'vehicle.odometer', op: 'greaterThan', value: [`${n}`] } }]
        const wanted = { label: `Monitor ${n}`, triggers, boolExp: 't1', extend: [], actions: [], vehicles: [idOf('e208')] }
        return service.create(id, wanted, signal)
      }
      for (let n = 1; n <= 5; n++) await go(monitor(n))
      expect(await told(monitor(6))).to.match(/^CONFLICT .*"Monitor 1".*"Monitor 5"/)
    })

  it('deliver what was missed in a batch, and it still names its car', async () => {
    for (const [, api, own] of ways) {
      const home = await givenAtSimulator(api, own)
      open.push(home)
      const { provider, go, signal, sim, idOf, advance, arrived, hookUrl } = home
      const service = provider.monitors
      const nobody = 'http://127.0.0.1:9/hook'
      const channel = await go(service.createChannel({ label: 'Hook', transport: 'webhook', target: nobody }, signal))
      const triggers = [{ name: 't1', data: { data: 'vehicle.energy.electric.level', op: 'lowerThan', value: ['20'] } }]
      const wanted = { label: 'M', triggers, boolExp: 't1', extend: [], actions: [], vehicles: [idOf('e208')] }
      await go(service.create(channel.id, wanted, signal))
      const car = sim.cars.get('e208')
      for (const level of [15, 60, 14, 60, 13]) {
        car.set('battery.stateOfCharge', level)
        await advance(2000)
      }
      expect(arrived).to.deep.equal([])
      await go(service.updateChannel(channel.id, { label: 'Hook', transport: 'webhook', target: hookUrl }, signal))
      await advance(hours(1))
      const levels = arrived.map(({ delivery }) => valuesOf(delivery?.readings ?? [])['battery.stateOfCharge'])
      expect(levels, api).to.deep.equal([15, 14, 13])
      expect(new Set(arrived.map(({ delivery }) => delivery?.vehicle))).to.deep.equal(new Set([idOf('e208')]))
      expect(new Set(arrived.map(({ delivery }) => delivery?.key)).size).to.equal(3)
    }
  })
})
