import { expect } from 'chai'
import { givenReceiver, type Receiver } from './receiver'
import { givenStellantis, type GivenStellantis } from './stellantisSupport'
import type { Json } from './support'

describe('the simulated Stellantis sends remotes', () => {
  let given: GivenStellantis
  let receiver: Receiver
  let chId: string
  beforeEach(async () => {
    given = await givenStellantis()
    receiver = await givenReceiver()
    chId = await channel()
  })
  afterEach(async () => {
    await given.sim.close()
    await receiver.close()
  })

  const car = () => given.sim.cars.get('e208')
  const carrier = (attributes: Json[]) => ({ webhook: { target: `${receiver.url}/in`, name: 'n', attributes } })
  const channel = async () =>
    String((await given.v1('/channels', { method: 'POST', body: { label: 'r', channel: carrier([]) } })).body.channelId)
  const remotes = (key = 'e208') => `/vehicles/${given.vinOf(key)}/channels/${chId}/remotes`
  const send = (action: Json, key = 'e208', more: Json = {}) =>
    given.v1(remotes(key), { method: 'POST', body: { action, ...more } })

  /** What was told of a remote up to its end: states, and the cause behind the last. */
  const course = async (action: Json, key = 'e208'): Promise<string[]> => {
    const sent = await send(action, key)
    expect(sent.status, JSON.stringify(sent.body)).to.equal(202)
    const of = () =>
      receiver.received.flatMap(({ body }) =>
        body.remoteEvent?.remoteActionId === sent.body.remoteActionId ? [body.remoteEvent.eventStatus as Json] : [],
      )
    for (let count = receiver.received.length + 1; !of().some(({ type }) => type === 'Done'); count++) await receiver.until(count)
    const shown = await given.v1(`${remotes(key)}/${sent.body.remoteActionId}`)
    expect(shown.body.status).to.equal(of().at(-1)!.status)
    return of().map(({ status, failureCause }) => [status, failureCause].filter(Boolean).join(' '))
  }
  const lock = { locking: { state: 'Locked' } }
  const unlock = { locking: { state: 'Unlocked' } }

  it('tells each step and the end, and the car has done it', async () => {
    expect(await course(unlock)).to.deep.equal(['Accepted', 'SentToVehicle', 'Success'])
    expect(car().truth('lock.central')).to.equal('unlocked')
    expect(await course(unlock)).to.deep.equal(['Accepted', 'SentToVehicle', 'AlreadyDone'])
    const [newest] = (await given.v1(remotes())).body._embedded.remoteActions as Json[]
    expect(newest).to.deep.include({ type: 'Locking', remote: { action: unlock }, status: 'AlreadyDone' })
  })

  it('takes the time that a car takes', async () => {
    given.sim.stellantis.settings.commandDelayMs = 3000
    const sent = await send(unlock)
    const status = async () => (await given.v1(`${remotes()}/${sent.body.remoteActionId}`)).body.status as string
    expect(await status()).to.equal('Accepted')
    expect((await given.v1(`/channels/${chId}`, { method: 'DELETE' })).status, 'a remote is pending').to.equal(400)
    await given.clock.advance(1000)
    expect(await status()).to.equal('SentToVehicle')
    await given.clock.advance(1000)
    expect(await status()).to.equal('Success')
    expect((await given.v1(`/channels/${chId}`, { method: 'DELETE' })).status).to.equal(204)
  })

  it('wakes a car that sleeps, so often in a month', async () => {
    given.sim.stellantis.limits.wakeUpsPerMonth = 1
    car().sleep()
    expect(await course({ wakeup: { action: 'Wakeup' } })).to.deep.equal([
      'Accepted',
      'WakingUpVehicle',
      'SentToVehicle',
      'Success',
    ])
    expect(car().asleep).to.equal(false)
    car().sleep()
    expect(await course(unlock)).to.deep.equal(['Failed TooManyWakeUpsOverMonth'])
    await given.sim.advance(31 * 86_400)
    car().sleep()
    given.token = String((await given.control('POST', '/stellantis/test-token')).body.access_token)
    expect((await course(unlock)).at(-1)).to.equal('Success')
  })

  it('cannot wake a car that sleeps deeply', async () => {
    car().sleep()
    given.sim.faults.add({ provider: 'stellantis', kind: 'deep-sleep' })
    expect(await course(unlock)).to.deep.equal(['Accepted', 'WakingUpVehicle', 'Failed VehicleConnectionTimeout'])
    expect(car().asleep).to.equal(true)
  })

  it('fails as real cars fail', async () => {
    car().unlock()
    car().open('frontLeft')
    expect(await course(lock)).to.deep.equal(['Accepted', 'SentToVehicle', 'Failed DoorsOpen'])
    car().close('frontLeft')
    expect((await course({ charging: { charge: { immediate: true } } })).at(-1)).to.equal('Failed ExternalChargingSystemError')
    car().set('alerts.stolen', true)
    car().lock()
    expect((await course(unlock)).at(-1)).to.equal('Failed NotPossibleDueToVehicleStolenState')
    car().set('battery.stateOfCharge', 10)
    expect((await course({ preconditioning: { airConditioning: { immediate: true } } })).at(-1)).to.equal(
      'Failed NotPossibleDueToVehicleBatteryLevel',
    )
    car().set('lowVoltage.level', 10)
    expect(await course(unlock)).to.deep.equal(['Failed VehicleBatteryChargeTooLow'])
    car().set('lowVoltage.level', 80)
    car().setPrivacy('full')
    expect(await course(unlock)).to.deep.equal(['Failed NotPossibleDueToVehiclePrivacyLevel'])
    car().setPrivacy('none')
    car().set('reachability.reason', 'power-saving')
    car().drive({ km: 5 })
    expect((await course({ horn: { state: 'Activated' } })).at(-1)).to.equal('Failed VehicleInUse')
  })

  it('takes the same action only once at a time', async () => {
    given.sim.faults.add({ provider: 'stellantis', kind: 'next-command', status: 'SentToVehicle' })
    await send(unlock)
    expect(await course(unlock)).to.deep.equal(['Failed SameActionInProgress'])
    expect((await course({ lights: { state: 'Activated' } })).at(-1)).to.equal('Success')
  })

  for (const [status, code, end] of [
    ['Success', undefined, 'Success'],
    ['AlreadyDone', undefined, 'AlreadyDone'],
    ['Failed', 'CidInside', 'Failed CidInside'],
    ['CanceledByDriver', undefined, 'Failed CanceledByDriver'],
  ] as const)
    it(`ends with ${end} when that is chosen`, async () => {
      given.sim.faults.add({ provider: 'stellantis', kind: 'next-command', status, ...(code ? { code } : {}) })
      expect((await course(unlock)).at(-1)).to.equal(end)
    })

  it('refuses at once, or loses its answer, when that is chosen', async () => {
    given.sim.faults.add({ provider: 'stellantis', kind: 'next-command', status: 503 })
    expect((await send(unlock)).status).to.equal(503)
    given.sim.faults.add({ provider: 'stellantis', kind: 'error-late' })
    expect((await send(unlock)).status).to.equal(500)
    await receiver.until(3)
    expect(car().truth('lock.central')).to.equal('unlocked')
    given.sim.faults.add({ provider: 'stellantis', kind: 'reset-late' })
    expect(await send(lock).catch(() => 'cut')).to.equal('cut')
    await receiver.until(6)
    expect(car().truth('lock.central')).to.equal('locked')
  })

  it('does all that a car can be asked', async () => {
    const done = async (action: Json, signal: string, value: unknown) => {
      expect((await course(action)).at(-1), JSON.stringify(action)).to.equal('Success')
      expect(car().truth(signal as never), JSON.stringify(action)).to.deep.equal(value)
    }
    const happened = async (action: Json, what: string) => {
      expect((await course(action)).at(-1), JSON.stringify(action)).to.equal('Success')
      expect(car().when(what), what).to.be.a('number')
    }
    const charge = (inside: Json) => ({ charging: { charge: inside } })
    const air = (inside: Json) => ({ preconditioning: { airConditioning: inside } })
    await done(air({ immediate: true }), 'climate.status', 'active')
    await done(air({ immediate: false }), 'climate.status', 'inactive')
    await done(air({ settings: { temp: 20.5 } }), 'climate.targetTemperature', 20.5)
    const set = { actionsType: 'Set', slot: 2, start: 'PT7H5M', enabled: true, occurrence: { day: ['Sat'] }, temp: 22 }
    await done(air({ programs: [set, { actionsType: 'Delete', slot: 1 }] }), 'climate.programs', [
      { slot: 2, start: '07:05', days: ['sat'], enabled: true, temperature: 22 },
    ])
    await done(charge({ settings: { chargeLimit: 'MedPlus' } }), 'charging.chargeLimit', 80)
    await done(charge({ settings: { chargePreferenceRate: 'Low' } }), 'charging.powerLevel', 1)
    await done(charge({ deferred: { start: { startTime: 'PT22H30M' } } }), 'charging.nextStart', '2026-03-02T21:30:00.000Z')
    car().plugIn('ac')
    car().tick(10)
    await done(charge({ immediate: true }), 'charging.status', 'charging')
    await done(charge({ immediate: false }), 'charging.status', 'idle')
    await done(
      charge({ deferred: { start: { immediate: true }, end: { endTime: 'PT6H' } } }),
      'charging.nextStop',
      '2026-03-03T05:00:00.000Z',
    )
    await done(
      charge({
        programs: [
          {
            slot: 1,
            start: 'PT22H',
            end: 'PT6H',
            enabled: true,
            occurrence: { day: ['Mon'] },
            minChargingLevel: 20,
            maxChargingLevel: 80,
          },
        ],
      }),
      'charging.programs',
      [{ slot: 1, start: '22:00', end: '06:00', days: ['mon'], enabled: true, minimum: 20, maximum: 80 }],
    )
    await done({ stolen: { state: true } }, 'alerts.stolen', true)
    await happened({ stolen: { crankInhibit: { activate: true } } }, 'crank-inhibit')
    await happened({ immobilization: { activate: true } }, 'immobilised')
    await happened({ tan: { suppress: { state: true, duration: 2 } } }, 'alarm-suppressed')
    await happened({ tan: { confirm: { state: true } } }, 'alarm-confirmed')
    await happened({ horn: { state: 'Activated' } }, 'honked')
    await happened({ onboardPersonalData: { action: 'Delete' } }, 'personal-data-deleted')
    expect(await course({ vehicleFinder: { action: 'GetPresentLocation' } })).to.include('Success')
    const tower = { type: 'Feature', geometry: { type: 'Point', coordinates: [2.2945, 48.8584] }, properties: { name: 'Tower' } }
    expect(await course({ navigation: { positions: [tower] } })).to.deep.equal(['SentToVehicle', 'Success'])
  })

  it('refuses bodies that are none, and actions that the car has not', async () => {
    const refused: Json[] = [
      {},
      { ignition: { state: 'Start' } },
      { ...lock, horn: { state: 'Activated' } },
      { locking: { state: 'Ajar' } },
      { charging: { charge: { immediate: true, settings: { chargeLimit: 'High' } } } },
      { charging: { charge: { deferred: { start: { startTime: 'PT1H', immediate: true } } } } },
      { charging: { charge: { programs: [{ slot: 3, start: 'PT1H' }] } } },
      {
        preconditioning: {
          airConditioning: { programs: [{ slot: 1, start: 'PT25H', enabled: true, occurrence: { day: ['Mon'] } }] },
        },
      },
      { preconditioning: { airConditioning: { settings: {} } } },
      { tan: { suppress: { state: true } } },
      { navigation: { positions: [] } },
      { wakeup: { action: 'Get up' } },
    ]
    for (const action of refused) expect((await send(action)).status, JSON.stringify(action)).to.equal(400)
    const cannot = await send({ navigation: { positions: [{ geometry: { type: 'Point', coordinates: [1, 2] } }] } }, 'p3008')
    expect(cannot.status).to.equal(501)
    expect(cannot.body).to.deep.include({ code: 'REMOTE_NOT_SUPPORTED' })
    expect(
      (await given.v1(`/vehicles/${given.vinOf('e208')}/channels/none/remotes`, { method: 'POST', body: { action: lock } }))
        .status,
    ).to.equal(404)
    const { body } = await given.control('POST', '/stellantis/test-token', { scopes: ['remote:horn:write'] })
    const token = String(body.access_token)
    expect((await given.v1(remotes(), { method: 'POST', body: { action: lock }, token })).status).to.equal(403)
  })

  it('speaks v4 too, with its own names', async () => {
    const body = { label: 'r4', callback: carrier([{ type: 'Body', key: 'vin', value: '$vin' }]) }
    const cb = String((await given.v4('/callbacks', { method: 'POST', body })).body.callbackId)
    const at = `/vehicles/${await given.idOf('e208')}/callbacks/${cb}/remotes`
    const sent = await given.v4(at, {
      method: 'POST',
      body: {
        label: 'open',
        door: { state: 'Unlocked' },
        attributes: [{ type: 'Header', key: 'X-What', value: '$RemoteStatus' }],
      },
    })
    expect(sent.status).to.equal(202)
    expect(sent.body.type).to.equal('Doors')
    const events = await receiver.until(3)
    expect(events.map(({ headers }) => headers['x-what'])).to.deep.equal(['Accepted', 'SentToVehicle', 'Success'])
    expect(events[2]!.body.remoteEvent).to.deep.include({
      remoteType: 'Doors',
      eventStatus: { type: 'Done', status: 'Success', feedbackDetail: 'NoCIDBlacklisted' },
    })
    expect((await given.v4(`${at}/${sent.body.remoteActionId}`)).body).to.deep.include({
      status: 'Success',
      feedbackDetail: 'NoCIDBlacklisted',
    })
    const status = async (remote: Json) => (await given.v4(at, { method: 'POST', body: remote })).status
    expect(await status({ lights: { on: true } })).to.equal(202)
    expect(await status({ wakeUp: { action: 'WakeUp' } })).to.equal(202)
    expect(await status({ charging: { schedule: { nextDelayedTime: 'PT22H30M' } } })).to.equal(202)
    expect(await status({ charging: { preferences: { level: 'Level3', type: 'Partial' } } })).to.equal(202)
    expect(await status({ charging: { preferences: { level: 'Level3' }, immediate: true } })).to.equal(400)
    expect(await status({ navigation: { positions: [{ type: 'Point', coordinates: [2.2945, 48.8584] }] } })).to.equal(202)
    expect(await status({ label: 'nothing' })).to.equal(400)
  })
})
