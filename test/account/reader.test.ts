import { expect } from 'chai'
import { signalGroups } from '../../src/vehicle/signals'
import { tick } from '../support/clock'
import { failure, Gate, vin } from '../support/scriptedProvider'
import { failing, givenAccount, type Given } from './support'

describe('asking for the state of a car', () => {
  let given: Given
  beforeEach(() => {
    given = givenAccount()
    given.provider.says.set(vin(1), { 'battery.stateOfCharge': 62, 'lock.central': 'locked' })
  })
  afterEach(() => given.account.close())

  const car = () => given.account.vehicle(undefined)
  const reads = () => given.provider.reads().map(({ groups }) => groups.join(' '))

  it('gives what the car says, in the groups asked for only', async () => {
    const known = await given.account.read(await car(), ['battery'], 0)
    expect(known.snapshot).to.deep.equal({ battery: { stateOfCharge: 62 } })
    expect(known.readings['battery.stateOfCharge']).to.include({ value: 62, unit: '%' })
    expect(reads()).to.deep.equal(['battery'])
  })

  it('spends no call while what is known is fresh enough', async () => {
    await given.account.read(await car(), ['battery'], 0)
    await given.clock.advance(300_000)
    await given.account.read(await car(), ['battery', 'charging'], 300)
    expect(reads(), 'charging came along with battery').to.deep.equal(['battery'])
    await given.clock.advance(1)
    await given.account.read(await car(), ['battery'], 300)
    expect(reads()).to.deep.equal(['battery', 'battery'])
  })

  it('spends no call on what the cloud has nothing for', async () => {
    await given.account.read(await car(), ['tyres'], 0)
    expect(reads()).to.deep.equal([])
  })

  it('reads only the part that is too old', async () => {
    await given.account.read(await car(), ['lock'], 0)
    await given.account.read(await car(), ['battery', 'lock'], 60)
    expect(reads()).to.deep.equal(['lock', 'battery'])
  })

  it('is one read for all who ask at the same time', async () => {
    const vehicle = await car()
    const all = await Promise.all([1, 2, 3].map(() => given.account.read(vehicle, [], 0)))
    expect(reads()).to.have.length(1)
    expect(all.map(({ snapshot }) => snapshot.lock)).to.deep.equal([1, 2, 3].map(() => ({ central: 'locked' })))
  })

  it('fails once for all who ask at the same time, and is tried again for those who ask later', async () => {
    given.provider.onRead = () => Promise.reject(failure('PROVIDER_DOWN', { message: 'down for a while' }))
    const vehicle = await car()
    const errors = await Promise.all([1, 2, 3].map(() => failing(given.account.read(vehicle, signalGroups, 0))))
    expect(errors.map(({ message }) => message)).to.deep.equal([1, 2, 3].map(() => 'down for a while'))
    expect(reads()).to.have.length(1)
    expect((await failing(given.account.read(vehicle, [], 0))).code).to.equal('PROVIDER_DOWN')
    expect(reads()).to.have.length(2)
  })

  it('never asks one car twice at once, whoever asks for whatever', async () => {
    const vehicle = await car()
    const gates = [new Gate(), new Gate()]
    given.provider.onRead = () => gates[given.provider.reads().length - 1]!.promise
    const work = [given.account.read(vehicle, ['lock'], 0), given.account.read(vehicle, ['doors'], 0)]
    await tick()
    expect(reads()).to.deep.equal(['lock'])
    gates[0]!.open()
    gates[1]!.open()
    await Promise.all(work)
    expect(reads()).to.deep.equal(['lock', 'doors'])
    expect(given.provider.mostAtOnce).to.equal(1)
  })

  it('tells what came although a part of it failed, and does not call the account broken for it', async () => {
    given.provider.onRead = (_car, groups) =>
      Promise.resolve({
        groups: groups.filter((group) => group !== 'doors'),
        failures: [failure('PROVIDER_ERROR', { message: 'no doors today' }).cause],
      })
    const vehicle = await car()
    for (let round = 0; round < 3; round++) {
      const { snapshot } = await given.account.read(vehicle, ['lock', 'doors'], 0)
      expect(snapshot).to.deep.equal({ lock: { central: 'locked' } })
      await given.clock.advance(1000)
    }
    expect(given.troubles).to.deep.equal([])
    expect(given.account.health).to.deep.include({ online: true })
    expect(given.account.health.lastError).to.include({ code: 'PROVIDER_ERROR', message: 'no doors today' })
    expect(given.account.lastRead(vehicle.id, 'doors')).to.equal(undefined)
  })

  it('fails when nothing of it came', async () => {
    given.provider.onRead = () => Promise.resolve({ groups: [], failures: [failure('ASLEEP').cause] })
    expect((await failing(given.account.read(await car(), ['lock'], 0))).code).to.equal('ASLEEP')
  })

  it('fails in plain words when the cloud answers without it and without a reason', async () => {
    given.provider.onRead = () => Promise.resolve({ groups: [] })
    expect((await failing(given.account.read(await car(), ['lock'], 0))).message).to.equal(
      'The cloud answered without what was asked for',
    )
  })

  it('tells listeners that the cloud is back before it tells them what it said', async () => {
    const vehicle = await car()
    given.provider.onRead = () => Promise.reject(failure('NETWORK'))
    await failing(given.account.read(vehicle, ['lock'], 0))
    given.provider.onRead = undefined
    const heard: string[] = []
    given.account.on('health', ({ online }) => heard.push(online ? 'back' : 'away'))
    given.account.on('reading', () => heard.push('reading'))
    await given.account.read(vehicle, ['lock'], 0)
    expect(heard).to.deep.equal(['back', 'reading'])
  })

  it('ends at once when the account closes, and nothing is told of the car any more', async () => {
    const vehicle = await car()
    const gate = new Gate()
    given.provider.onRead = () => gate.promise
    const heard: unknown[] = []
    given.account.on('reading', () => heard.push(true))
    const work = failing(given.account.read(vehicle, ['lock'], 0))
    const behind = failing(given.account.read(vehicle, ['doors'], 0))
    await tick()
    given.account.close()
    gate.open()
    expect((await work).code).to.equal('SHUTDOWN')
    expect((await behind).code).to.equal('SHUTDOWN')
    expect(heard).to.deep.equal([])
    expect(given.troubles, 'closing is no trouble').to.deep.equal([])
    expect((await failing(given.account.vehicles())).code).to.equal('SHUTDOWN')
  })
})
