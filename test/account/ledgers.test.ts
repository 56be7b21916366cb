import { expect } from 'chai'
import { sharedLedger } from '../../src/account/ledgers'
import { seconds } from '../../src/clock'
import type { Ledger, Spender } from '../../src/cloud/quota'
import { memoryStateStore } from '../../src/cloud/stateStore'
import { ManualClock } from '../support/clock'

describe('two accounts with one API key', () => {
  const takeAll = (ledger: Ledger, spender: Spender): number => {
    for (let taken = 0; ; taken++) {
      if (ledger.waitFor(spender, 1) > 0) return taken
      ledger.take(spender)
    }
  }
  const open = async (clock = new ManualClock(), store = memoryStateStore()) => {
    const ledger = async (commandReserve: number, perDay = 10) =>
      sharedLedger('volvo key', { perDay, commandReserve }, clock, 'Volvo', store)
    return { clock, store, lavish: await ledger(5), strict: await ledger(20), small: await ledger(5, 4) }
  }

  it('together never make more calls than the key may', async () => {
    const { lavish, strict } = await open()
    expect(takeAll(strict.ledger, 'read')).to.equal(8)
    expect(takeAll(lavish.ledger, 'read')).to.equal(1)
    expect(takeAll(strict.ledger, 'command') + takeAll(lavish.ledger, 'command')).to.equal(1)
    expect(lavish.ledger.status()).to.include({ usedToday: 10, leftToday: 0 })
  })

  it('each keep their own reserve, whoever spent the rest', async () => {
    const { lavish, strict } = await open()
    expect(takeAll(lavish.ledger, 'read')).to.equal(9)
    expect(takeAll(strict.ledger, 'read')).to.equal(0)
    strict.ledger.take('command')
    expect(() => lavish.ledger.take('command')).to.throw(/calls are used up/)
  })

  it('have one count in the long run, also after a smaller quota of one of them and a restart', async () => {
    const { store, lavish, small } = await open()
    takeAll(small.ledger, 'read')
    lavish.ledger.take('read')
    small.spent()
    expect(small.ledger.status()).to.include({ usedToday: 4, leftToday: 0 })
    await small.flush()
    const { strict } = await open(new ManualClock(), store)
    expect(strict.ledger.status().usedToday).to.equal(4)
  })

  it('are both held back when the cloud refuses one of them', async () => {
    const { clock, lavish, strict } = await open()
    lavish.ledger.refused('minute', 30)
    expect(strict.ledger.waitFor('command', 1)).to.equal(seconds(30))
    await clock.advance(seconds(30))
    strict.ledger.take('command')
  })
})
