/** What INVERS posts to our own address, from the door to the listeners of an account. */
import { expect } from 'chai'
import { Account } from '../../../src/account/account'
import { readSettings } from '../../../src/account/settings'
import { memoryStateStore } from '../../../src/cloud/stateStore'
import { inboxOf } from '../../../src/monitors/inbox'
import { Intake } from '../../../src/monitors/intake'
import type { VehicleEvent } from '../../../src/vehicle/events'
import { minutes } from '../../../src/clock'
import { settle } from '../../support/settle'
import { rush } from '../../support/scriptedCloud'
import { car, commandPath, flowId, givens, property, statePath, vehicleOf, vehiclePath } from './support'

const secret = 'a-secret-of-many-letters'
const list = 'GET /vehicles?limit=100'

describe("an INVERS account's webhook", () => {
  const { given, close } = givens()
  let account: Account
  afterEach(async () => {
    account.close()
    await close()
  })

  const opened = async () => {
    const home = await given()
    const { invers: provider, ledger, clock, http } = home
    account = new Account({ settings: readSettings({ provider: 'invers' }), provider, ledger, clock })
    const events: VehicleEvent[] = []
    account.on('event', (_car, event) => events.push(event))
    const strange: string[] = []
    const door = new Intake(clock)
    const told = { strange: (what: string) => void strange.push(what), onTrouble: () => undefined }
    door.open('acc', inboxOf({ account, name: 'acc', secret, clock, store: memoryStateStore(), ...told }))
    const post = async (...messages: object[]): Promise<number> => {
      const body = JSON.stringify(messages.length === 1 ? messages[0] : messages)
      const { status } = await rush(clock, http, door.receive({ account: 'acc', secret, body, headers: {}, query: {} }))
      return status
    }
    const names = () => events.map(({ name }) => name)
    return { ...home, post, events, names, strange, lock: () => account.snapshot(car).lock?.central }
  }

  let ids = 0
  const event = (type: string, data: object, second = 0, more: object = {}) => ({
    metadata: { id: `E${ids++}`, type, occurred_at: `2026-03-02T11:50:0${second}Z`, ...more },
    data: { vehicle_id: car, ...data },
  })
  const locked = (word: string, second = 0) =>
    event('VehicleStateRecorded', { vehicle_state: { central_lock: property(word, `2026-03-02T11:50:0${second}Z`) } }, second)

  it('knows what the level of a car is about, though nobody had asked for the list', async () => {
    const { post } = await opened()
    const state = { state_of_charge_or_fuel_level_in_percent: property(64) }
    expect(await post(event('VehicleStateRecorded', { vehicle_state: state }))).to.equal(200)
    expect(account.snapshot(car).battery).to.deep.equal({ stateOfCharge: 64 })
  })

  it('reads the state for a message that says only that it changed', async () => {
    const { post, cloud, lock } = await opened()
    cloud.on(`GET ${statePath()}`, { body: { central_lock: property('LOCKED') } })
    expect(await post(event('CentralLockStatusChanged', { when: 'now' }))).to.equal(200)
    await settle()
    expect(lock()).to.equal('locked')
  })

  it('reads the vehicle for a message that says only that the vehicle changed', async () => {
    const { post, cloud } = await opened()
    cloud.on(`GET ${vehiclePath()}`, { body: vehicleOf(car, { rental_status: { value: 'IN_RENTAL' } }) })
    expect(await post(event('VehicleChanged', { reasons: ['RENTAL_STATUS_CHANGED'] }))).to.equal(200)
    await settle()
    expect(account.snapshot(car).vehicle?.rental).to.equal('rented')
  })

  it('asks twice at most for a hundred messages that say only that something changed, and tells the last state', async () => {
    const { post, cloud, lock } = await opened()
    await account.vehicles()
    const words = ['LOCKED', 'UNLOCKED']
    cloud.on(`GET ${statePath()}`, ...words.map((word) => ({ body: { central_lock: property(word) } })))
    const posts = Array.from({ length: 100 }, (_, n) => post(event('CentralLockStatusChanged', { n })))
    expect(new Set(await Promise.all(posts))).to.deep.equal(new Set([200]))
    await settle()
    const asked = cloud.paths().filter((path) => path === `GET ${statePath()}`)
    expect(asked.length).to.be.within(1, 2)
    expect(lock()).to.equal(words[asked.length - 1]?.toLowerCase())
  })

  it('thanks for such a message at once, however long the cloud takes, and takes in what comes after it', async () => {
    const { post, cloud, clock, names, lock } = await opened()
    await post(locked('LOCKED'))
    cloud.on(`GET ${statePath()}`, { silent: true })
    const began = clock.now()
    expect(await post(event('CentralLockStatusChanged', {}))).to.equal(200)
    expect(await post(locked('UNLOCKED', 1))).to.equal(200)
    expect([names(), lock(), clock.now()]).to.deep.equal([['unlocked'], 'unlocked', began])
  })

  it('asks again, and later each time, when nothing can be learnt now; nobody need send it again', async () => {
    const { post, cloud, clock, lock } = await opened()
    await account.vehicles()
    const state = { body: { central_lock: property('LOCKED') } }
    const down = { status: 500, body: '' }
    cloud.on(`GET ${statePath()}`, ...Array.from({ length: 30 }, () => down))
    expect(await post(event('CentralLockStatusChanged', { when: 'now' }))).to.equal(200)
    await clock.advance(minutes(3), settle)
    const asked = () => cloud.paths().filter((path) => path === `GET ${statePath()}`).length
    const inVain = asked()
    expect(inVain).to.be.within(4, 30)
    expect(lock()).to.equal(undefined)
    cloud.on(`GET ${statePath()}`, state)
    await clock.advance(minutes(10), settle)
    expect(lock()).to.equal('locked')
    expect(asked(), 'once it is known').to.equal(inVain + 1)
  })

  it('asks for the list again when a message is about a car that is new, and takes in what it says', async () => {
    const { post, cloud, strange } = await opened()
    await post(locked('LOCKED'))
    cloud.on(list, { body: { items: [vehicleOf(), vehicleOf('NEW')] } })
    const state = { central_lock: property('UNLOCKED'), state_of_charge_or_fuel_level_in_percent: property(40) }
    expect(await post(event('VehicleStateRecorded', { vehicle_id: 'NEW', vehicle_state: state }))).to.equal(200)
    expect(account.known.map(({ id }) => id)).to.deep.equal([car, 'NEW'])
    expect(account.snapshot('NEW').lock?.central).to.equal('unlocked')
    expect(await post(event('VehicleStateRecorded', { vehicle_id: 'NOBODY', vehicle_state: state }))).to.equal(200)
    expect(strange).to.deep.equal(['a message about a car that is not in the account'])
    expect(cloud.paths().filter((path) => path === list)).to.have.length(2)
  })

  it('asks for the list again when the data of a car changed', async () => {
    const { post, cloud } = await opened()
    await post(locked('LOCKED'))
    cloud.on(list, { body: { items: [vehicleOf(car, { master_data: { custom_name: 'New name' } })] } })
    const reasons = ['MASTER_DATA_CHANGED']
    await post(event('VehicleChanged', { reasons, vehicle: vehicleOf(car, { master_data: { custom_name: 'New name' } }) }))
    await post(locked('LOCKED', 1))
    expect(cloud.paths().filter((path) => path === list)).to.have.length(2)
    expect(account.known.map(({ label }) => label)).to.deep.equal(['New name'])
  })

  it('tells a trip, and of which command of ours a change is the effect', async () => {
    const { post, names, cloud, send } = await opened()
    cloud.on(commandPath('unlock-central-lock'), { body: {}, headers: { 'X-Invers-Flow-ID': flowId } })
    await send('unlock')
    await post(locked('LOCKED'))
    await post(event('Trip', { status: 'STARTED' }, 1))
    await post(event('Trip', { status: 'ENDED' }, 2))
    expect(names()).to.deep.equal(['trip-started', 'trip-stopped'])
  })

  it('calls an event late that happened before one already told, whatever came of states between', async () => {
    const { post, events } = await opened()
    const smoke = (second: number) => event('SmokeDetection', {}, second)
    await post(smoke(2))
    await post(locked('LOCKED', 8))
    await post(smoke(4))
    await post(smoke(3))
    await post(smoke(7), smoke(6))
    expect(events.map(({ name, late }) => `${name} ${late}`)).to.deep.equal([
      'smoke-detected false',
      'smoke-detected false',
      'smoke-detected true',
      'smoke-detected false',
      'smoke-detected false',
    ])
  })

  it('tells once what is posted twice, and an older state changes nothing', async () => {
    const { post, names, lock } = await opened()
    const unlocked = locked('UNLOCKED', 5)
    await post(locked('LOCKED', 1))
    await post(unlocked)
    await post(unlocked)
    await post(locked('LOCKED', 3))
    expect(names()).to.deep.equal(['unlocked'])
    expect(lock()).to.equal('unlocked')
  })
})
