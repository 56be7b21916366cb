import { expect } from 'chai'
import { memoryStateStore, type StateStore } from '../../src/cloud/stateStore'
import { readMonitor } from '../../src/monitors/definition'
import { forgetMonitors } from '../../src/monitors/forget'
import { LocalMonitor } from '../../src/monitors/local'
import { Ownership, ownsAnything } from '../../src/monitors/ownership'
import { hookSecret } from '../../src/monitors/secret'
import { Seen } from '../../src/monitors/seen'
import { givenAccount, watchAll } from '../account/support'
import { ManualClock, tick } from '../support/clock'
import { vin } from '../support/scriptedProvider'

const marks = ['0a1b2c3d', '11112222']

/** A disk that says what lies on it. */
class Disk implements StateStore {
  readonly files = new Set<string>()
  private readonly inner = memoryStateStore()
  load = (name: string) => this.inner.load(name)
  save = (name: string, value: unknown) => {
    this.files.add(name)
    return this.inner.save(name, value)
  }
  remove = (name: string) => {
    this.files.delete(name)
    return this.inner.remove(name)
  }
}

describe('what monitors of an account keep', () => {
  const clock = new ManualClock()
  const onTrouble = () => undefined
  let disk: Disk
  beforeEach(() => (disk = new Disk()))

  const lived = async (account: string) => {
    await hookSecret(disk, account)
    const seen = new Seen({ store: disk, name: account, clock, onTrouble, pieceSize: 2 })
    await seen.ready
    for (const key of ['a', 'b', 'c']) await seen.add(`${account} ${key}`)
    const ownership = new Ownership(disk, account, onTrouble)
    await ownership.ready
    ownership.monitors.set(marks[0]!, { label: 'Alert', refs: [{ channelId: 'c', monitorId: 'm', vehicles: [vin(1)] }] })
    await ownership.save()
  }

  it('is gone when it is forgotten, and nothing of another account is', async () => {
    await lived('other')
    const others = [...disk.files]
    await lived('acc')
    for (const mark of marks) await disk.save(`monitor:${mark}`, { v: 1 })
    expect(await ownsAnything(disk, 'acc')).to.equal(true)
    const before = await hookSecret(disk, 'acc')
    await forgetMonitors(disk, 'acc', { clock, marks })
    expect([...disk.files].sort()).to.deep.equal(others.sort())
    expect(await ownsAnything(disk, 'acc')).to.equal(false)
    expect(await hookSecret(disk, 'acc')).not.to.equal(before)
  })

  it('holds no car any more that the account has forgotten, though the monitor goes on', async () => {
    const given = givenAccount()
    given.provider.listed = [1, 2].map((n) => ({ id: vin(n), meta: {} }))
    for (const n of [1, 2]) given.provider.says.set(vin(n), { 'battery.stateOfCharge': 50 })
    const trigger = { name: 'low', kind: 'data', data: 'battery.stateOfCharge', op: 'lowerThan', value: ['20'] }
    const definition = readMonitor({ label: 'Low', where: 'local', triggers: [trigger] })
    const [mark] = marks as [string]
    const { account, provider } = given
    const monitor = new LocalMonitor({
      account,
      definition,
      mark,
      matches: () => true,
      clock: given.clock,
      store: disk,
      onTrouble,
    })
    const until = async (there: (text: string) => boolean) => {
      for (let round = 0; round < 50; round++) {
        await given.clock.advance(60_000)
        await tick()
        if (there(JSON.stringify((await disk.load(`monitor:${mark}`)) ?? ''))) return
      }
      throw new Error(`it is ${JSON.stringify(await disk.load(`monitor:${mark}`))}`)
    }
    const stop = watchAll(given, 60)
    await until((text) => text.includes(vin(1)) && text.includes(vin(2)))
    provider.listed = [{ id: vin(2), meta: {} }]
    await account.forget()
    await forgetMonitors(disk, 'acc', { clock, marks })
    await account.vehicles()
    provider.says.set(vin(2), { 'battery.stateOfCharge': 40 })
    await until((text) => text.includes(vin(2)))
    expect(JSON.stringify(await disk.load(`monitor:${mark}`))).not.to.contain(vin(1))
    stop()
    await monitor.close()
    account.close()
  })
})
