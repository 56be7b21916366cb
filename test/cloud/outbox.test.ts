import { expect } from 'chai'
import { Outbox, type Message } from '../../src/cloud/outbox'

const state = (topic: string, payload: string): Message => ({ topic, payload, retain: true, qos: 1 })
const event = (payload: string): Message => ({ topic: 'car/event', payload, retain: false, qos: 1 })
const payloads = (messages: readonly Message[]): string[] => messages.map(({ payload }) => payload)

describe('what waits for the broker', () => {
  it('is the last value of each retained topic, and every event in order', () => {
    const outbox = new Outbox()
    for (const message of [state('a', 'a1'), event('e1'), state('b', 'b1'), event('e2'), state('a', 'a2')]) outbox.put(message)
    expect(outbox.waiting).to.equal(4)
    expect(payloads(outbox.takeAll())).to.deep.equal(['b1', 'a2', 'e1', 'e2'])
    expect(outbox.waiting).to.equal(0)
    expect(outbox.takeAll()).to.deep.equal([])
  })

  it('is bounded: the oldest events go first and are counted; states are never dropped', () => {
    const outbox = new Outbox(3)
    outbox.put(state('a', 'a1'))
    for (let n = 1; n <= 5; n++) outbox.put(event(`e${n}`))
    expect(payloads(outbox.takeAll())).to.deep.equal(['a1', 'e3', 'e4', 'e5'])
    expect(outbox.dropped).to.equal(2)
  })

  it('takes back what was not acknowledged before what came meanwhile; of a topic the newest value stays', () => {
    const outbox = new Outbox()
    for (const message of [state('b', 'b3'), event('e3')]) outbox.put(message)
    outbox.putBack([state('a', 'a1'), event('e1'), state('b', 'b2'), state('a', 'a2'), event('e2')])
    expect(payloads(outbox.takeAll())).to.deep.equal(['a2', 'b3', 'e1', 'e2', 'e3'])
  })

  it('keeps its bound when something comes back', () => {
    const outbox = new Outbox(3)
    for (const n of [3, 4]) outbox.put(event(`e${n}`))
    outbox.putBack([event('e1'), event('e2')])
    expect(payloads(outbox.takeAll())).to.deep.equal(['e2', 'e3', 'e4'])
    expect(outbox.dropped).to.equal(1)
  })

  it('holds ten thousand events unless told otherwise', () => {
    const outbox = new Outbox()
    for (let n = 0; n < 10_001; n++) outbox.put(event(String(n)))
    expect([outbox.waiting, outbox.dropped]).to.deep.equal([10_000, 1])
  })
})
