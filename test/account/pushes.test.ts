import { expect } from 'chai'
import { Account } from '../../src/account/account'
import { everySeconds } from '../../src/account/policies'
import { readSettings } from '../../src/account/settings'
import { hours, minutes, seconds } from '../../src/clock'
import { Ledger } from '../../src/cloud/quota'
import type { Cause } from '../../src/vehicle/causes'
import type { PushSink } from '../../src/providers/provider'
import { readingsFrom } from '../support/cars'
import { ManualClock, tick } from '../support/clock'
import { failure, Gate, ScriptedProvider, vin } from '../support/scriptedProvider'

const queueGone: Cause = { code: 'PROVIDER_ERROR', message: 'The queue is gone', action: 'Subscribe again.' }

function givenPushes() {
  const clock = new ManualClock()
  let sink: PushSink | undefined
  let well = false
  const provider = Object.assign(new ScriptedProvider(() => clock.now()), {
    pushes: {
      start(given: PushSink) {
        sink = given
        return () => (sink = undefined)
      },
    },
    pushed: () => well,
  })
  const ledger = new Ledger({ commandReserve: 5 }, clock, 'Scripted')
  const account = new Account({ settings: readSettings({ provider: 'volvo' }), provider, ledger, clock })
  const healths: unknown[] = []
  const troubles: string[] = []
  account.on('health', () => healths.push(account.health.unpushed?.message))
  account.on('trouble', ({ message }) => troubles.push(message))
  const stream = (problem?: Cause) => {
    well = problem === undefined
    sink?.health(problem, { callsGoOn: true })
  }
  return { clock, provider, account, healths, troubles, stream, sink: () => sink as unknown as PushSink }
}

describe('an account whose cloud tells by itself', () => {
  let given: ReturnType<typeof givenPushes>
  beforeEach(() => (given = givenPushes()))
  afterEach(() => given.account.close())

  const advance = async (ms: number) => {
    for (let left = ms; left > 0; left -= minutes(5)) await given.clock.advance(Math.min(left, minutes(5)), tick)
  }

  it('hardly asks while all comes by itself, asks again while it does not, and stops once it is back', async () => {
    const { provider, account, stream } = given
    account.watch(() => true, ['battery'], everySeconds(120))
    await advance(minutes(1))
    stream()
    const before = provider.reads().length
    await advance(hours(5))
    expect(provider.reads().length - before, 'while it is there').to.equal(0)
    stream(queueGone)
    await advance(hours(1))
    const without = provider.reads().length - before
    expect(without, 'while it is away').to.be.within(25, 35)
    stream()
    await advance(hours(3))
    expect(provider.reads().length - before - without, 'when it is back').to.be.below(2)
  })

  it('reads what is told to be another one now, although nobody watches it and all else comes by itself', async () => {
    const { provider, account, stream, sink, clock } = given
    provider.says.set(vin(1), { 'lock.central': 'locked' })
    const [car] = await account.vehicles()
    stream()
    await account.read(car!, ['lock'], 300)
    const gate = new Gate()
    provider.says.set(vin(1), { 'lock.central': 'unlocked' })
    provider.onRead = () => gate.promise
    const tell = () => sink().changed(vin(1), ['lock'])
    for (let n = 0; n < 100; n++) expect(await tell(), 'without waiting for the read').to.equal(true)
    await tick()
    expect(provider.reads(), 'the first news').to.have.length(2)
    gate.open()
    await clock.advance(seconds(1))
    expect(provider.reads(), 'all that came while it was read').to.have.length(3)
    expect(account.snapshot(vin(1)).lock?.central).to.equal('unlocked')
    await advance(hours(2))
    expect(provider.reads()).to.have.length(3)
    expect(await sink().changed('another', ['lock'])).to.equal(false)
  })

  it('does not take for fresh what it was told to be another one now, be the read of that refused', async () => {
    const { provider, account, stream, sink } = given
    const [car] = await account.vehicles()
    stream()
    await account.read(car!, ['lock'], 300)
    provider.onRead = () => Promise.reject(failure('SCOPE_MISSING'))
    await sink().changed(vin(1), ['lock'])
    await advance(hours(1))
    expect(provider.reads(), 'no use asking again').to.have.length(2)
    provider.onRead = undefined
    await account.read(car!, ['lock'], 300)
    await account.read(car!, ['lock'], 300)
    expect(provider.reads()).to.have.length(3)
  })

  it('knows what a car tells as the doing of a command whose answer is still to come, or was refused', async () => {
    const { provider, account, sink, clock } = given
    const [car] = await account.vehicles()
    const told: string[] = []
    account.on('event', (_car, { name, details }) => told.push(`${name} ${String(details?.after)}`))
    const engine = async (word: string) => {
      const readings = readingsFrom({ 'engine.status': word }, clock.now())
      await sink().push(vin(1), { readings, groups: [] })
      await advance(minutes(1))
    }
    const answer = new Gate()
    provider.onExecute = async (_order, onPhase) => {
      onPhase('sent')
      await answer.promise
      return { phase: 'refused', cause: failure('REJECTED').cause }
    }
    await engine('stopped')
    const sent = account.send({ vehicle: car!.id, command: 'engine-start', params: { minutes: 5 }, origin: 'dialog' })
    await tick()
    await engine('running')
    expect(told).to.deep.equal(['engine-started command'])
    answer.open()
    await sent
    await engine('stopped')
    await engine('running')
    expect(told.slice(-2), 'after the refusal').to.deep.equal(['trip-started undefined', 'engine-started trip'])
  })

  it('reads four of a fleet at a time, and a car that fails holds up no other', async () => {
    const { provider, account, sink, clock } = given
    provider.listed = Array.from({ length: 9 }, (_, n) => ({ id: vin(n + 1), meta: {} }))
    await account.vehicles()
    const under = () => [...provider.underWay.values()].reduce((sum, one) => sum + one, 0)
    let most = 0
    provider.onRead = async (vehicle) => {
      most = Math.max(most, under())
      await tick()
      if (vehicle === vin(1)) throw failure('PROVIDER_ERROR')
    }
    for (const { id } of provider.listed) await sink().changed(id, ['lock'])
    for (let n = 0; n < 120; n++) await clock.advance(seconds(5))
    expect(most).to.equal(4)
    for (const { id } of provider.listed.slice(1)) expect(provider.reads(id), id).to.have.length(1)
    expect(provider.reads(vin(1)).length).to.be.within(5, 7)
  })

  it('spends no call on what it once read whole and is told ever since, unless it shall be read now', async () => {
    const { provider, account, stream, sink } = given
    provider.says.set(vin(1), { 'battery.stateOfCharge': 60, 'lock.central': 'locked' })
    const [car] = await account.vehicles()
    const read = (maxAge: number) => account.read(car!, ['battery'], maxAge)
    stream()
    await read(300)
    expect(provider.reads(), 'never read before').to.have.length(1)
    await advance(hours(2))
    await sink().push(vin(1), { readings: readingsFrom({ 'battery.stateOfCharge': 65 }, given.clock.now()), groups: [] })
    await given.clock.advance(seconds(10))
    expect((await read(300)).snapshot).to.deep.equal({ battery: { stateOfCharge: 65 } })
    expect(provider.reads(), 'told ten seconds ago').to.have.length(1)
    await read(0)
    expect(provider.reads(), 'now').to.have.length(2)
    await advance(hours(1))
    stream(queueGone)
    await read(300)
    expect(provider.reads(), 'while nothing comes').to.have.length(3)
  })

  it('says once why nothing comes by itself, and is no less online for it', () => {
    const { account, healths, troubles, stream } = given
    stream(queueGone)
    stream(queueGone)
    expect(troubles).to.deep.equal(['The queue is gone'])
    expect(account.health).to.deep.include({ online: true, unpushed: queueGone })
    stream()
    expect(account.health).not.to.have.any.keys('unpushed', 'problem')
    expect(healths).to.deep.equal(['The queue is gone', undefined])
  })

  it('resolves a delivery once all who listen have it; says no for a car that is not its own; rejects when it ends', async () => {
    const { account, clock } = given
    await account.vehicles()
    const heard: string[] = []
    account.on('change', (_car, [change]) => heard.push(JSON.stringify(change?.to)))
    const push = (value: number) => ({ readings: readingsFrom({ 'battery.stateOfCharge': value }, clock.now()), groups: [] })
    expect(await account.deliver(vin(1), push(50))).to.equal(true)
    expect(heard).to.deep.equal(['50'])
    expect(await account.deliver('somebody-elses', push(60))).to.equal(false)
    account.close()
    const late = account.deliver(vin(1), push(70)).catch((error: Error & { code?: string }) => error.code)
    expect(await late).to.equal('SHUTDOWN')
    expect(heard).to.deep.equal(['50'])
  })

  it('tells all of one delivery before the next, also when whoever is told brings more of the car at once', async () => {
    const { account, clock } = given
    await account.vehicles()
    const heard: unknown[] = []
    const push = (value: number) => ({ readings: readingsFrom({ 'battery.stateOfCharge': value }, clock.now()), groups: [] })
    let next: Promise<boolean> | undefined
    account.on('reading', () => void (next ??= account.deliver(vin(1), push(60))))
    account.on('reading', (_car, { changes }) => heard.push('reading', changes[0]?.to))
    account.on('change', (_car, [change]) => heard.push('change', change?.to))
    await account.deliver(vin(1), push(50))
    expect(await next).to.equal(true)
    expect(heard).to.deep.equal(['reading', 50, 'change', 50, 'reading', 60, 'change', 60])
  })

  it('takes in what comes after the word of another list once that list is there: a car that left is not told of', async () => {
    const { account, clock, provider, sink } = given
    await account.vehicles()
    const push = { readings: readingsFrom({ 'battery.stateOfCharge': 50 }, clock.now()), groups: [] }
    provider.listed = [{ id: 'somebody-elses', meta: { model: 'EX40' } }]
    const before = sink().push(vin(1), push)
    sink().vehicles()
    const after = [sink().push(vin(1), push), sink().push('somebody-elses', push)]
    expect(await before).to.equal(true)
    expect(await Promise.all(after)).to.deep.equal([false, true])
  })

  it('says an event that no reading shows, such as a monitor that fired, beside those that readings make', async () => {
    const { account, clock } = given
    const [car] = await account.vehicles()
    if (!car) throw new Error('no car')
    const names: string[] = []
    account.on('event', (_car, { name }) => names.push(name))
    const told = { readings: readingsFrom({ 'charging.connection': 'disconnected' }, clock.now()), groups: [] }
    await account.deliver(vin(1), told)
    await given.clock.advance(seconds(60), tick)
    const now = clock.now()
    await account.say(car, { name: 'monitor', part: 'home', observedAt: now, receivedAt: now, source: 'push' })
    await account.deliver(vin(1), { ...told, readings: readingsFrom({ 'charging.connection': 'connected' }, now) })
    expect(names).to.deep.equal(['monitor', 'plugged-in'])
  })
})
